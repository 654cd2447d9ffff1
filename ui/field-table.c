/* field-table.c - the fields of a structure, live. */
#include "field-table.h"

#include "display-dialog.h"
#include "edit-popover.h"
#include "field-item.h"
#include "inscription.h"
#include "popover-place.h"
#include "tab-focus.h"
#include "target.h"

struct _FieldTable
{
  GtkWidget parent_instance;

  GtkColumnView *view;
  GMenuModel *menu;
  EditPopover *popover;          /* made when first needed, as is this */
  GtkPopover *menu_popover;

  EntryItem *item;
  gulong sampled_handler, info_handler, name_handler;
  GListStore *fields;
  GtkSingleSelection *selection;
  GHashTable *cells;             /* the inscription with a value -> its FieldItem */
};

G_DEFINE_FINAL_TYPE (FieldTable, field_table, GTK_TYPE_WIDGET)

static void
setup_cell (GtkListItemFactory *factory, GtkListItem *list_item, FieldTable *self)
{
  GtkWidget *text = inscription_new_cell ();

  gtk_widget_add_css_class (text, "field");
  gtk_list_item_set_child (list_item, text);
}

static void
setup_type (GtkListItemFactory *factory, GtkListItem *list_item, FieldTable *self)
{
  setup_cell (factory, list_item, self);
  gtk_widget_add_css_class (gtk_list_item_get_child (list_item), "dim-label");
}

static void
bind_name (GtkListItemFactory *factory, GtkListItem *list_item, FieldTable *self)
{
  GtkWidget *text = gtk_list_item_get_child (list_item);

  inscription_set_text (GTK_INSCRIPTION (text),
                        field_item_get_name (gtk_list_item_get_item (list_item)));
  gtk_widget_set_tooltip_text (text, field_item_get_name (gtk_list_item_get_item (list_item)));
}

static void
bind_type (GtkListItemFactory *factory, GtkListItem *list_item, FieldTable *self)
{
  g_autofree char *type = field_item_get_type_text (gtk_list_item_get_item (list_item));

  inscription_set_text (GTK_INSCRIPTION (gtk_list_item_get_child (list_item)), type);
  gtk_widget_set_tooltip_text (gtk_list_item_get_child (list_item), type);
}

static void
show_value (GtkInscription *text, FieldItem *field)
{
  g_autofree char *value = field_item_get_value (field);

  inscription_set_text (text, value);
}

static void
bind_value (GtkListItemFactory *factory, GtkListItem *list_item, FieldTable *self)
{
  GtkWidget *text = gtk_list_item_get_child (list_item);

  g_hash_table_insert (self->cells, text, gtk_list_item_get_item (list_item));
  show_value (GTK_INSCRIPTION (text), gtk_list_item_get_item (list_item));
}

static void
unbind_value (GtkListItemFactory *factory, GtkListItem *list_item, FieldTable *self)
{
  g_hash_table_remove (self->cells, gtk_list_item_get_child (list_item));
}

static void
on_sampled (EntryItem *item, FieldTable *self)
{
  GHashTableIter iter;
  gpointer text, field;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &text, &field))
    if (gtk_widget_get_mapped (text))
      show_value (text, field);
}

static void
fill (FieldTable *self)
{
  const EntryInfo *info = entry_item_get_info (self->item);
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < info->n_fields; i++)
    g_ptr_array_add (fields, field_item_new (self->item, i));
  g_list_store_splice (self->fields, 0, g_list_model_get_n_items (G_LIST_MODEL (self->fields)),
                       fields->pdata, fields->len);
}

static void
on_info (EntryItem *item, GParamSpec *pspec, FieldTable *self)
{
  fill (self);
}

/* Also in which form a field is to be displayed. */
static void
on_name (EntryItem *item, GParamSpec *pspec, FieldTable *self)
{
  on_sampled (item, self);
}

/* Where the selected field's value stands; in the middle when it is not on the screen. */
static GdkRectangle
place_of_selected (FieldTable *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  FieldItem *selected = gtk_single_selection_get_selected_item (self->selection);
  GdkRectangle place = { gtk_widget_get_width (widget) / 2, gtk_widget_get_height (widget) / 2,
                         1, 1 };
  GHashTableIter iter;
  gpointer text, field;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &text, &field))
    {
      graphene_rect_t bounds;

      if (field == selected && gtk_widget_get_mapped (text)
          && gtk_widget_compute_bounds (text, widget, &bounds))
        place = (GdkRectangle) { (int) bounds.origin.x, (int) bounds.origin.y,
                                 (int) bounds.size.width, (int) bounds.size.height };
    }
  return place;
}

static void
edit (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FieldTable *self = FIELD_TABLE (widget);
  FieldItem *selected = gtk_single_selection_get_selected_item (self->selection);
  GdkRectangle place;

  if (selected == NULL)
    return;
  if (self->popover == NULL)
    {
      self->popover = edit_popover_new ();
      gtk_widget_set_parent (GTK_WIDGET (self->popover), widget);
    }
  place = place_of_selected (self);
  edit_popover_open (self->popover, self->item, (int) field_item_get_index (selected), &place);
}

static void
choose_display (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FieldTable *self = FIELD_TABLE (widget);
  FieldItem *selected = gtk_single_selection_get_selected_item (self->selection);

  if (selected != NULL
      && entry_item_can_display (self->item, (int) field_item_get_index (selected)))
    gtk_window_present (GTK_WINDOW (
      display_dialog_new_field (GTK_WINDOW (gtk_widget_get_root (widget)), self->item, 0,
                                (int) field_item_get_index (selected))));
}

static void
open_menu_at (FieldTable *self, const GdkRectangle *place)
{
  if (gtk_single_selection_get_selected_item (self->selection) == NULL)
    return;
  if (self->menu_popover == NULL)
    {
      self->menu_popover = GTK_POPOVER (gtk_popover_menu_new_from_model (self->menu));
      gtk_widget_set_parent (GTK_WIDGET (self->menu_popover), GTK_WIDGET (self));
      gtk_popover_set_has_arrow (self->menu_popover, FALSE);
      gtk_widget_set_halign (GTK_WIDGET (self->menu_popover), GTK_ALIGN_START);
    }
  popover_popup_at (self->menu_popover, place);
}

static void
open_menu (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FieldTable *self = FIELD_TABLE (widget);
  GdkRectangle place = place_of_selected (self);

  open_menu_at (self, &place);
}

/* The field whose value, or what is around it, is under the pointer becomes the selected one. */
static void
on_secondary_press (GtkGestureClick *gesture, int n_press, double x, double y, FieldTable *self)
{
  GtkWidget *view = GTK_WIDGET (self->view);
  GHashTableIter iter;
  gpointer text, field;
  GdkRectangle place;
  double to_x, to_y;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &text, &field))
    {
      graphene_rect_t bounds;

      if (gtk_widget_get_mapped (text)
          && gtk_widget_compute_bounds (gtk_widget_get_parent (text), view, &bounds)
          && y >= (double) bounds.origin.y && y < (double) (bounds.origin.y + bounds.size.height))
        gtk_single_selection_set_selected (self->selection, field_item_get_index (field));
    }
  gtk_widget_translate_coordinates (view, GTK_WIDGET (self), x, y, &to_x, &to_y);
  place = (GdkRectangle) { (int) to_x, (int) to_y, 1, 1 };
  open_menu_at (self, &place);
}

/* The selected field, to the watch list. */
static void
pin (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FieldTable *self = FIELD_TABLE (widget);
  FieldItem *selected = gtk_single_selection_get_selected_item (self->selection);

  if (selected != NULL)
    {
      const EntryInfo *info = entry_item_get_info (self->item);
      g_autofree char *name = target_name (info->name);
      g_autofree char *part
        = entry_info_field_text (info, (int) field_item_get_index (selected), ENTRY_FIELD_WHOLE);
      g_autofree char *target = g_strconcat (name, part, NULL);

      gtk_widget_activate_action (widget, "win.pin", "s", target);
    }
}

static void
on_activate (GtkColumnView *view, guint position, FieldTable *self)
{
  gtk_single_selection_set_selected (self->selection, position);
  edit (GTK_WIDGET (self), NULL, NULL);
}

void
field_table_set_item (FieldTable *self, EntryItem *item)
{
  if (self->item == item)
    return;
  if (self->popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->popover));
  if (self->menu_popover != NULL)
    gtk_popover_popdown (self->menu_popover);
  if (self->item != NULL)
    {
      g_clear_signal_handler (&self->sampled_handler, self->item);
      g_clear_signal_handler (&self->info_handler, self->item);
      g_clear_signal_handler (&self->name_handler, self->item);
    }
  g_list_store_remove_all (self->fields);
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  self->sampled_handler = g_signal_connect (item, "sampled", G_CALLBACK (on_sampled), self);
  self->info_handler = g_signal_connect (item, "notify::info", G_CALLBACK (on_info), self);
  self->name_handler = g_signal_connect (item, "notify::name", G_CALLBACK (on_name), self);
  fill (self);
}

static gboolean
field_table_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (FIELD_TABLE (widget)->view));
}

static void
field_table_dispose (GObject *object)
{
  FieldTable *self = FIELD_TABLE (object);
  GtkWidget *child;

  if (self->fields != NULL)
    field_table_set_item (self, NULL);
  self->popover = NULL;
  self->menu_popover = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->fields);
  G_OBJECT_CLASS (field_table_parent_class)->dispose (object);
}

static void
field_table_finalize (GObject *object)
{
  g_hash_table_unref (FIELD_TABLE (object)->cells);
  G_OBJECT_CLASS (field_table_parent_class)->finalize (object);
}

static void
field_table_class_init (FieldTableClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = field_table_dispose;
  G_OBJECT_CLASS (class)->finalize = field_table_finalize;
  widget_class->focus = tab_focus_table;
  widget_class->grab_focus = field_table_grab_focus;

  gtk_widget_class_install_action (widget_class, "field.edit", NULL, edit);
  gtk_widget_class_install_action (widget_class, "field.display", NULL, choose_display);
  gtk_widget_class_install_action (widget_class, "field.menu", NULL, open_menu);
  gtk_widget_class_install_action (widget_class, "field.pin", NULL, pin);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_d, GDK_CONTROL_MASK, "field.pin", NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/field-table.ui");
  gtk_widget_class_bind_template_child (widget_class, FieldTable, view);
  gtk_widget_class_bind_template_child (widget_class, FieldTable, menu);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_secondary_press);
  gtk_widget_class_bind_template_callback (widget_class, setup_cell);
  gtk_widget_class_bind_template_callback (widget_class, setup_type);
  gtk_widget_class_bind_template_callback (widget_class, bind_name);
  gtk_widget_class_bind_template_callback (widget_class, bind_type);
  gtk_widget_class_bind_template_callback (widget_class, bind_value);
  gtk_widget_class_bind_template_callback (widget_class, unbind_value);
}

static void
field_table_init (FieldTable *self)
{
  self->cells = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  tab_focus_leave_list (GTK_WIDGET (self->view));
  self->fields = g_list_store_new (FIELD_TYPE_ITEM);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->fields)));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
}
