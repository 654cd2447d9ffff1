/* entry-table-actions.c - what can be done with entries: by menu, keys and pointer alike. */
#include "display-dialog.h"
#include "edit-text.h"
#include "entry-clipboard.h"
#include "entry-drag.h"
#include "entry-table-private.h"
#include "popover-place.h"

/* Where the value of an entry stands; FALSE when it is not on the screen. */
static gboolean
place_of_value (EntryTable *self, EntryItem *item, GdkRectangle *ret_place)
{
  GtkWidget *cell = entry_columns_get_value_cell (self->columns, item);
  graphene_rect_t bounds;

  if (cell == NULL || !gtk_widget_get_mapped (cell)
      || !gtk_widget_compute_bounds (cell, GTK_WIDGET (self), &bounds))
    return FALSE;
  *ret_place = (GdkRectangle) { (int) bounds.origin.x, (int) bounds.origin.y,
                                (int) bounds.size.width, (int) bounds.size.height };
  return TRUE;
}

/* Where the popover of the row that is looked at points to. */
static GdkRectangle
place_to_edit (EntryTable *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GdkRectangle place;

  if (place_of_value (self, entry_table_get_selected (self), &place))
    return place;
  entry_table_scroll_to_selected (self);
  return (GdkRectangle){ gtk_widget_get_width (widget) / 2, gtk_widget_get_height (widget) / 2, 1,
                         1 };
}

static void
edit_several (EntryTable *self, GPtrArray *items)
{
  GdkRectangle place = place_to_edit (self);

  if (self->group_popover == NULL)
    {
      self->group_popover = group_popover_new ();
      gtk_widget_set_parent (GTK_WIDGET (self->group_popover), GTK_WIDGET (self));
    }
  group_popover_open (self->group_popover, items, &place);
}

static void
edit (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntryTable *self = ENTRY_TABLE (widget);
  EntryItem *item = entry_table_get_selected (self);
  g_autoptr (GPtrArray) items = entry_selection_list (self->selection);
  GdkRectangle place;

  if (item == NULL)
    return;
  if (items->len > 1)
    {
      edit_several (self, items);
      return;
    }
  if (!edit_text_is_possible (entry_item_get_info (item), -1))
    {
      g_signal_emit_by_name (self, "open", item);
      return;
    }
  place = place_to_edit (self);
  if (self->popover == NULL)
    {
      self->popover = edit_popover_new ();
      gtk_widget_set_parent (GTK_WIDGET (self->popover), widget);
    }
  edit_popover_open (self->popover, item, -1, &place);
}

static void
write_text (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntryTable *self = ENTRY_TABLE (widget);
  g_autoptr (EntryItem) item = NULL;
  g_autoptr (Edit) edited = NULL;
  const char *name, *text;

  g_variant_get (parameter, "(&s&s)", &name, &text);
  item = g_list_model_get_item (list_fill_get_source (self->fill),
                                entry_table_find (self, name, FALSE));
  if (item == NULL)
    return;
  edited = edit_text_make (entry_item_get_attachment (item), entry_item_get_info (item), -1, text);
  g_signal_emit_by_name (self, "apply", edited);
}

/* Of several, each in a line of its own. */
static void
copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GPtrArray) items = entry_selection_list (ENTRY_TABLE (widget)->selection);
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean name = g_str_equal (action, "entry.copy-name");
  guint n = 0;

  for (guint i = 0; i < items->len; i++)
    {
      EntryItem *item = items->pdata[i];
      g_autofree char *exact = name ? NULL : entry_item_get_edit_text (item);
      const char *line = name            ? entry_item_get_info (item)->name
                         : exact != NULL ? exact
                                         : entry_item_get_value (item);

      if (line != NULL)
        g_string_append_printf (text, n++ > 0 ? "\n%s" : "%s", line);
    }
  if (n > 0)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);
}

static void
copy_as (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GPtrArray) items = entry_selection_list (ENTRY_TABLE (widget)->selection);

  entry_clipboard_copy (widget, items,
                        g_str_equal (action, "entry.copy-c")        ? LITERAL_C
                        : g_str_equal (action, "entry.copy-python") ? LITERAL_PYTHON
                                                                    : LITERAL_CSV);
}

static void
pin (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntryItem *item = entry_table_get_selected (ENTRY_TABLE (widget));

  if (item != NULL)
    gtk_widget_activate_action (widget, "win.pin", "s", entry_item_get_info (item)->name);
}

static void
open_menu (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntryTable *self = ENTRY_TABLE (widget);
  EntryItem *item = entry_table_get_selected (self);
  GdkRectangle place;

  if (item == NULL)
    return;
  /* Also of a row that is scrolled away, or has just come: a key that does nothing is a riddle. */
  place = place_to_edit (self);
  popover_popup_at (self->menu, &place);
}

static void
choose_display (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GPtrArray) items = entry_selection_list (ENTRY_TABLE (widget)->selection);

  for (guint i = items->len; i-- > 0;)
    if (!entry_item_can_display (items->pdata[i], -1))
      g_ptr_array_remove_index (items, i);
  if (items->len > 0)
    gtk_window_present (
      GTK_WINDOW (display_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), items)));
}

static void
choose_columns (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntryTable *self = ENTRY_TABLE (widget);
  const GdkRectangle header = { gtk_widget_get_width (widget) / 2, 0, 1,
                                gtk_widget_get_height (
                                  gtk_widget_get_first_child (GTK_WIDGET (self->view))) };

  if (self->chooser == NULL)
    {
      self->chooser = column_chooser_new (self->columns);
      gtk_widget_set_parent (GTK_WIDGET (self->chooser), widget);
    }
  column_chooser_open (self->chooser, &header);
}

static void
hide_column (GtkWidget *widget, const char *action, GVariant *parameter)
{
  entry_columns_set_shown (ENTRY_TABLE (widget)->columns, g_variant_get_string (parameter, NULL),
                           FALSE);
}

static void
unsort (GtkWidget *widget, const char *action, GVariant *parameter)
{
  entry_columns_unsort (ENTRY_TABLE (widget)->columns);
}

static void
reset_statistics (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GPtrArray) items = entry_selection_list (ENTRY_TABLE (widget)->selection);

  for (guint i = 0; i < items->len; i++)
    entry_item_reset_statistics (items->pdata[i]);
}

static GListModel *
rows_of (EntryTable *self)
{
  return G_LIST_MODEL (entry_selection_get_model (self->selection));
}

void
entry_table_open_menu (GtkGestureClick *gesture, int n_press, double x, double y, EntryTable *self)
{
  GtkWidget *view = GTK_WIDGET (self->view);
  EntryItem *pressed = entry_drag_find (view, x, y);
  GdkRectangle place = { 0, 0, 1, 1 };
  double to_x, to_y;

  if (pressed == NULL || list_fill_is_held (self->fill))
    return;
  for (guint i = 0; i < g_list_model_get_n_items (rows_of (self)); i++)
    {
      g_autoptr (EntryItem) item = g_list_model_get_item (rows_of (self), i);

      /* The menu of a row that is selected is that of all that are. */
      if (item == pressed && !entry_selection_is_selected (self->selection, i))
        entry_selection_select (self->selection, i);
    }
  gtk_widget_translate_coordinates (view, GTK_WIDGET (self), x, y, &to_x, &to_y);
  place.x = (int) to_x;
  place.y = (int) to_y;
  popover_popup_at (self->menu, &place);
}

void
entry_table_edit_row (GtkColumnView *view, guint position, EntryTable *self)
{
  if (list_fill_is_held (self->fill))
    return;
  if (!entry_selection_is_selected (self->selection, position))
    entry_selection_select (self->selection, position);
  edit (GTK_WIDGET (self), NULL, NULL);
}

void
entry_table_enable_actions (EntryTable *self)
{
  static const char *const of_entry[]
    = { "entry.edit", "entry.copy-value", "entry.copy-name", "entry.copy-csv", "entry.copy-c",
        "entry.copy-python", "entry.pin", "entry.reset-statistics", "entry.menu" };
  EntryItem *item = entry_table_get_selected (self);

  for (guint i = 0; i < G_N_ELEMENTS (of_entry); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), of_entry[i], item != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "entry.display",
                                 item != NULL && entry_item_can_display (item, -1));
}

void
entry_table_install_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "entry.edit", NULL, edit);
  gtk_widget_class_install_action (class, "entry.write", "(ss)", write_text);
  gtk_widget_class_install_action (class, "entry.pin", NULL, pin);
  gtk_widget_class_install_action (class, "entry.copy-name", NULL, copy);
  gtk_widget_class_install_action (class, "entry.copy-value", NULL, copy);
  gtk_widget_class_install_action (class, "entry.copy-csv", NULL, copy_as);
  gtk_widget_class_install_action (class, "entry.copy-c", NULL, copy_as);
  gtk_widget_class_install_action (class, "entry.copy-python", NULL, copy_as);
  gtk_widget_class_install_action (class, "entry.display", NULL, choose_display);
  gtk_widget_class_install_action (class, "entry.columns", NULL, choose_columns);
  gtk_widget_class_install_action (class, "entry.unsort", NULL, unsort);
  gtk_widget_class_install_action (class, "entry.hide-column", "s", hide_column);
  gtk_widget_class_install_action (class, "entry.reset-statistics", NULL, reset_statistics);
  gtk_widget_class_install_action (class, "entry.menu", NULL, open_menu);
}
