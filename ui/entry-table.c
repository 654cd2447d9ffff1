/* entry-table.c - the entries of a segment as a table. */
#include "entry-table.h"

#include <glib/gi18n.h>
#include <string.h>

#include "column-chooser.h"
#include "display-dialog.h"
#include "edit-popover.h"
#include "edit-text.h"
#include "entry-clipboard.h"
#include "entry-columns.h"
#include "entry-drag.h"
#include "entry-row-filter.h"
#include "entry-follow.h"
#include "entry-selection.h"
#include "group-popover.h"
#include "list-fill.h"
#include "list-scroll.h"
#include "popover-place.h"
#include "tab-focus.h"

#define ROWS_MADE_ANEW_MAX 48

struct _EntryTable
{
  GtkWidget parent_instance;

  GtkColumnView *view;
  EntryColumns *columns;
  GtkPopover *menu;
  EditPopover *popover;      /* made when first needed, as are these */
  GroupPopover *group_popover;
  ColumnChooser *chooser;
  EntryFollow *follow;

  GtkFilterListModel *filtered;
  EntryRowFilter *filter;    /* owned by the model above */
  GtkWidget *no_match;
  ListFill *fill;
  EntrySelection *selection;
  gboolean narrow;
};

G_DEFINE_FINAL_TYPE (EntryTable, entry_table, GTK_TYPE_WIDGET)

enum
{
  PROP_SELECTED = 1,
  PROP_NARROW,
  N_PROPERTIES
};

enum
{
  SIGNAL_APPLY,
  SIGNAL_OPEN,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

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

static void
scroll_to_selected (EntryTable *self)
{
  list_scroll_to_selected (GTK_LIST_VIEW (gtk_widget_get_last_child (GTK_WIDGET (self->view))));
}

EntryItem *
entry_table_get_selected (EntryTable *self)
{
  return self->selection != NULL ? entry_selection_get_cursor (self->selection) : NULL;
}

static GListModel *
rows_of (EntryTable *self)
{
  return G_LIST_MODEL (entry_selection_get_model (self->selection));
}

/* Where the popover of the row that is looked at points to. */
static GdkRectangle
place_to_edit (EntryTable *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GdkRectangle place;

  if (place_of_value (self, entry_table_get_selected (self), &place))
    return place;
  scroll_to_selected (self);
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
      g_signal_emit (self, signals[SIGNAL_OPEN], 0, item);
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

/* Its place among the rows, those that are still to come too; G_MAXUINT when there is none. */
static guint
find (EntryTable *self, const char *name, gboolean by_other_names)
{
  GListModel *model = list_fill_get_source (self->fill);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (EntryItem) item = g_list_model_get_item (model, i);
      const EntryInfo *info = entry_item_get_info (item);

      const char *const *names = (const char *const *) info->names;

      if (by_other_names ? names != NULL && g_strv_contains (names, name)
                         : g_str_equal (info->name, name))
        return i;
    }
  return G_MAXUINT;
}

static void
write_text (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntryTable *self = ENTRY_TABLE (widget);
  g_autoptr (EntryItem) item = NULL;
  g_autoptr (Edit) edited = NULL;
  const char *name, *text;

  g_variant_get (parameter, "(&s&s)", &name, &text);
  item = g_list_model_get_item (list_fill_get_source (self->fill), find (self, name, FALSE));
  if (item == NULL)
    return;
  edited = edit_text_make (entry_item_get_attachment (item), entry_item_get_info (item), -1, text);
  g_signal_emit (self, signals[SIGNAL_APPLY], 0, edited);
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
on_columns_changed (EntryColumns *columns, gpointer user_data)
{
  entry_follow_set_wanted (ENTRY_TABLE (user_data)->follow,
                           entry_columns_want_statistics (columns));
}

void
entry_table_set_settings (EntryTable *self, GSettings *settings)
{
  entry_columns_set_settings (self->columns, settings);
}

static void
reset_statistics (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GPtrArray) items = entry_selection_list (ENTRY_TABLE (widget)->selection);

  for (guint i = 0; i < items->len; i++)
    entry_item_reset_statistics (items->pdata[i]);
}

static void
on_secondary_press (GtkGestureClick *gesture, int n_press, double x, double y, EntryTable *self)
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

static void
on_activate (GtkColumnView *view, guint position, EntryTable *self)
{
  if (list_fill_is_held (self->fill))
    return;
  if (!entry_selection_is_selected (self->selection, position))
    entry_selection_select (self->selection, position);
  edit (GTK_WIDGET (self), NULL, NULL);
}

static void
on_selected (EntrySelection *selection, gpointer user_data)
{
  static const char *const of_entry[]
    = { "entry.edit", "entry.copy-value", "entry.copy-name", "entry.copy-csv", "entry.copy-c",
        "entry.copy-python", "entry.pin", "entry.reset-statistics", "entry.menu" };
  EntryTable *self = user_data;
  EntryItem *item = entry_table_get_selected (self);

  for (guint i = 0; i < G_N_ELEMENTS (of_entry); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), of_entry[i], item != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "entry.display",
                                 item != NULL && entry_item_can_display (item, -1));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

gboolean
entry_table_select (EntryTable *self, const char *name)
{
  guint found = find (self, name, FALSE);

  if (found == G_MAXUINT)
    found = find (self, name, TRUE);
  if (found == G_MAXUINT)
    return FALSE;
  if (list_fill_is_held (self->fill))
    {
      g_autoptr (EntryItem) item
        = g_list_model_get_item (list_fill_get_source (self->fill), found);

      entry_selection_keep (self->selection, item);
      return TRUE;
    }
  list_fill_reach (self->fill, found + 1);
  entry_selection_select (self->selection, found);
  scroll_to_selected (self);
  return TRUE;
}

/* Rows go and come, and may be the same. */
static void
hold (EntryTable *self)
{
  entry_selection_suspend (self->selection);
  list_fill_hold (self->fill);
}

static void
on_ready (ListFill *fill, gpointer user_data)
{
  EntryTable *self = user_data;
  guint n = entry_selection_reach (self->selection, list_fill_get_source (fill));

  list_fill_reach (fill, n);
  entry_selection_resume (self->selection);
  if (n > 0)
    scroll_to_selected (self);
}

void
entry_table_set_filter (EntryTable *self, const char *text)
{
  /* Of many rows that stay many most are made already, and it takes long to make them anew. */
  gboolean were_many = entry_table_get_n_visible (self) > ROWS_MADE_ANEW_MAX
                       && !list_fill_is_held (self->fill);

  hold (self);
  entry_row_filter_set_text (self->filter, text);
  if (were_many && entry_table_get_n_visible (self) > ROWS_MADE_ANEW_MAX)
    list_fill_release (self->fill);
  else
    list_fill_restart (self->fill);
}

/* An empty table says why it is. */
static void
on_filtered (GListModel *filtered, guint position, guint removed, guint added, EntryTable *self)
{
  GListModel *all = gtk_filter_list_model_get_model (self->filtered);

  gtk_widget_set_visible (self->no_match, all != NULL && g_list_model_get_n_items (all) > 0
                                            && g_list_model_get_n_items (filtered) == 0);
}

guint
entry_table_get_n_visible (EntryTable *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
}

void
entry_table_set_list (EntryTable *self, EntryList *list)
{
  if (self->popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->popover));
  if (self->group_popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->group_popover));
  entry_columns_forget_entries (self->columns);
  hold (self);
  entry_selection_keep (self->selection, NULL);
  entry_row_filter_set_list (self->filter, list);
  gtk_filter_list_model_set_model (self->filtered, G_LIST_MODEL (list));
  list_fill_restart (self->fill);
  entry_follow_set_model (self->follow, G_LIST_MODEL (list),
                          list != NULL ? entry_list_get_session (list) : NULL);
}

void
entry_table_refresh (EntryTable *self, EntryInfo *info)
{
  entry_columns_refresh (self->columns, info);
}

static void
set_narrow (EntryTable *self, gboolean narrow)
{
  if (self->narrow == narrow)
    return;
  self->narrow = narrow;
  entry_columns_set_narrow (self->columns, narrow);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
}

static void
entry_table_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntryTable *self = ENTRY_TABLE (object);

  switch (id)
    {
    case PROP_SELECTED:
      g_value_set_object (value, entry_table_get_selected (self));
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
entry_table_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_NARROW)
    set_narrow (ENTRY_TABLE (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static gboolean
entry_table_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (ENTRY_TABLE (widget)->view));
}

static void
entry_table_dispose (GObject *object)
{
  EntryTable *self = ENTRY_TABLE (object);
  GtkWidget *child;

  self->popover = NULL;
  self->group_popover = NULL;
  self->chooser = NULL;
  entry_follow_set_model (self->follow, NULL, NULL);
  if (self->view != NULL)
    {
      entry_columns_forget_entries (self->columns);
      gtk_column_view_set_model (self->view, NULL);
    }
  if (self->fill != NULL)
    g_object_run_dispose (G_OBJECT (self->fill));
  g_clear_object (&self->fill);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  self->view = NULL;
  g_clear_pointer (&self->selection, entry_selection_free);
  g_clear_object (&self->filtered);
  G_OBJECT_CLASS (entry_table_parent_class)->dispose (object);
}

static void
entry_table_finalize (GObject *object)
{
  EntryTable *self = ENTRY_TABLE (object);

  entry_columns_free (self->columns);
  entry_follow_free (self->follow);
  G_OBJECT_CLASS (entry_table_parent_class)->finalize (object);
}

static void
entry_table_class_init (EntryTableClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->get_property = entry_table_get_property;
  object_class->set_property = entry_table_set_property;
  object_class->dispose = entry_table_dispose;
  object_class->finalize = entry_table_finalize;
  widget_class->focus = tab_focus_table;
  widget_class->grab_focus = entry_table_grab_focus;

  properties[PROP_SELECTED]
    = g_param_spec_object ("selected", NULL, NULL, ENTRY_TYPE_ITEM,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_NARROW]
    = g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  signals[SIGNAL_APPLY] = g_signal_new ("apply", ENTRY_TYPE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_OPEN] = g_signal_new ("open", ENTRY_TYPE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 1, ENTRY_TYPE_ITEM);

  gtk_widget_class_install_action (widget_class, "entry.edit", NULL, edit);
  gtk_widget_class_install_action (widget_class, "entry.write", "(ss)", write_text);
  gtk_widget_class_install_action (widget_class, "entry.pin", NULL, pin);
  gtk_widget_class_install_action (widget_class, "entry.copy-name", NULL, copy);
  gtk_widget_class_install_action (widget_class, "entry.copy-value", NULL, copy);
  gtk_widget_class_install_action (widget_class, "entry.copy-csv", NULL, copy_as);
  gtk_widget_class_install_action (widget_class, "entry.copy-c", NULL, copy_as);
  gtk_widget_class_install_action (widget_class, "entry.copy-python", NULL, copy_as);
  gtk_widget_class_install_action (widget_class, "entry.display", NULL, choose_display);
  gtk_widget_class_install_action (widget_class, "entry.columns", NULL, choose_columns);
  gtk_widget_class_install_action (widget_class, "entry.unsort", NULL, unsort);
  gtk_widget_class_install_action (widget_class, "entry.hide-column", "s", hide_column);
  gtk_widget_class_install_action (widget_class, "entry.reset-statistics", NULL,
                                   reset_statistics);
  gtk_widget_class_install_action (widget_class, "entry.menu", NULL, open_menu);

  gtk_widget_class_set_css_name (widget_class, "entrytable");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/entry-table.ui");
  gtk_widget_class_bind_template_child (widget_class, EntryTable, view);
  gtk_widget_class_bind_template_child (widget_class, EntryTable, menu);
  gtk_widget_class_bind_template_child (widget_class, EntryTable, no_match);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_secondary_press);
}

static void
entry_table_init (EntryTable *self)
{
  g_autoptr (GtkSortListModel) sorted = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  tab_focus_leave_list (GTK_WIDGET (self->view));
  entry_drag_start_from (GTK_WIDGET (self->view));
  self->follow = entry_follow_new ();
  self->columns = entry_columns_new (self->view);
  self->filter = entry_row_filter_new ();
  self->filtered = gtk_filter_list_model_new (NULL, GTK_FILTER (self->filter));
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (on_filtered), self,
                           G_CONNECT_AFTER);
  entry_columns_set_changed_func (self->columns, on_columns_changed, self);
  sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->filtered)),
                                    g_object_ref (gtk_column_view_get_sorter (self->view)));
  self->fill = list_fill_new (GTK_WIDGET (self->view), G_LIST_MODEL (sorted), on_ready, self);
  self->selection = entry_selection_new (G_LIST_MODEL (self->fill), on_selected, self);
  gtk_column_view_set_model (self->view, entry_selection_get_model (self->selection));
  entry_selection_start (self->selection);
}
