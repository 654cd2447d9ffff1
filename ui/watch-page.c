/* watch-page.c - the watch list as a page of the window. */
#include "watch-page-private.h"

#include <glib/gi18n.h>

#include "list-scroll.h"
#include "popover-place.h"
#include "sentence.h"
#include "status-page.h"
#include "tab-focus.h"
#include "watch-cell.h"

G_DEFINE_FINAL_TYPE (WatchPage, watch_page, GTK_TYPE_WIDGET)

enum
{
  PROP_NARROW = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void
setup_name (GtkListItemFactory *factory, GtkListItem *list_item, WatchPage *self)
{
  gtk_list_item_set_child (list_item, watch_cell_new (WATCH_CELL_NAME));
}

static void
setup_value (GtkListItemFactory *factory, GtkListItem *list_item, WatchPage *self)
{
  gtk_list_item_set_child (list_item, watch_cell_new (WATCH_CELL_VALUE));
}

static void
setup_segment (GtkListItemFactory *factory, GtkListItem *list_item, WatchPage *self)
{
  gtk_list_item_set_child (list_item, watch_cell_new (WATCH_CELL_SEGMENT));
}

static void
setup_note (GtkListItemFactory *factory, GtkListItem *list_item, WatchPage *self)
{
  gtk_list_item_set_child (list_item, watch_cell_new (WATCH_CELL_NOTE));
}

static void
bind_cell (GtkListItemFactory *factory, GtkListItem *list_item, WatchPage *self)
{
  watch_cell_set_item (WATCH_CELL (gtk_list_item_get_child (list_item)),
                       gtk_list_item_get_item (list_item));
}

static void
unbind_cell (GtkListItemFactory *factory, GtkListItem *list_item, WatchPage *self)
{
  watch_cell_set_item (WATCH_CELL (gtk_list_item_get_child (list_item)), NULL);
}

guint
watch_page_find (WatchPage *self, WatchItem *item)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->model)); i++)
    {
      g_autoptr (WatchItem) other = g_list_model_get_item (G_LIST_MODEL (self->model), i);

      if (other == item)
        return i;
    }
  return G_MAXUINT;
}

static GtkListView *
list_of (WatchPage *self)
{
  return GTK_LIST_VIEW (gtk_widget_get_last_child (GTK_WIDGET (self->view)));
}

void
watch_page_select (WatchPage *self, guint position)
{
  gtk_single_selection_set_selected (self->selection, position);
  list_scroll_to_selected (list_of (self));
}

/* The cell of a kind that shows the item, below this widget; NULL. */
static GtkWidget *
find_cell (GtkWidget *widget, WatchItem *item, guint column)
{
  for (GtkWidget *row = gtk_widget_get_first_child (widget); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *place = gtk_widget_get_first_child (row);

      for (guint i = 0; i < column && place != NULL; i++)
        place = gtk_widget_get_next_sibling (place);
      if (place != NULL && gtk_widget_get_mapped (place)
          && gtk_widget_get_first_child (place) != NULL
          && WATCH_IS_CELL (gtk_widget_get_first_child (place))
          && watch_cell_get_item (WATCH_CELL (gtk_widget_get_first_child (place))) == item)
        return place;
    }
  return NULL;
}

GdkRectangle
watch_page_place (WatchPage *self)
{
  WatchItem *item = gtk_single_selection_get_selected_item (self->selection);
  GtkWidget *cell = item != NULL ? find_cell (GTK_WIDGET (list_of (self)), item, 1) : NULL;
  GtkWidget *widget = GTK_WIDGET (self);
  graphene_rect_t bounds;

  if (cell != NULL && gtk_widget_compute_bounds (cell, widget, &bounds))
    return (GdkRectangle) { (int) bounds.origin.x, (int) bounds.origin.y,
                            (int) bounds.size.width, (int) bounds.size.height };
  return (GdkRectangle) { gtk_widget_get_width (widget) / 2, gtk_widget_get_height (widget) / 3,
                          1, 1 };
}

/* A new row gets its widgets with the next frame, and what popped up gives the focus back to the
 * row that had it. */
static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  WatchPage *self = WATCH_PAGE (widget);
  GtkWidget *cell;

  if (!gtk_widget_get_mapped (widget)
      || gtk_single_selection_get_selected_item (self->selection) != user_data)
    return G_SOURCE_REMOVE;
  cell = find_cell (GTK_WIDGET (list_of (self)), user_data, 0);
  if (cell == NULL || gtk_widget_get_visible (GTK_WIDGET (self->text_popover)))
    return G_SOURCE_CONTINUE;
  gtk_widget_grab_focus (gtk_widget_get_parent (cell));
  return G_SOURCE_REMOVE;
}

void
watch_page_focus_later (WatchPage *self)
{
  gtk_widget_add_tick_callback (
    GTK_WIDGET (self), on_frame,
    g_object_ref (gtk_single_selection_get_selected_item (self->selection)), g_object_unref);
}

static void
open_menu_at (WatchPage *self, const GdkRectangle *place)
{
  watch_page_fill_groups (self);
  popover_popup_at (self->menu, place);
}

static void
open_menu (GtkWidget *widget, const char *action, GVariant *parameter)
{
  WatchPage *self = WATCH_PAGE (widget);
  GdkRectangle place = watch_page_place (self);

  if (gtk_single_selection_get_selected_item (self->selection) != NULL)
    open_menu_at (self, &place);
}

static void
on_secondary_press (GtkGestureClick *gesture, int n_press, double x, double y, WatchPage *self)
{
  GtkWidget *view = GTK_WIDGET (self->view);
  GtkWidget *cell = NULL;
  double to_x, to_y;

  for (GtkWidget *w = gtk_widget_pick (view, x, y, GTK_PICK_DEFAULT);
       w != NULL && w != view && cell == NULL; w = gtk_widget_get_parent (w))
    if (WATCH_IS_CELL (w))
      cell = w;
    else if (gtk_widget_get_first_child (w) != NULL
             && WATCH_IS_CELL (gtk_widget_get_first_child (w)))
      cell = gtk_widget_get_first_child (w);
  if (cell == NULL)
    return;
  gtk_single_selection_set_selected (
    self->selection, watch_page_find (self, watch_cell_get_item (WATCH_CELL (cell))));
  gtk_widget_translate_coordinates (view, GTK_WIDGET (self), x, y, &to_x, &to_y);
  open_menu_at (self, &(GdkRectangle) { (int) to_x, (int) to_y, 1, 1 });
}

static void
on_activate (GtkColumnView *view, guint position, WatchPage *self)
{
  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (self), "watch.edit", NULL);
}

static void
on_reason (WatchItem *item, GParamSpec *pspec, WatchPage *self)
{
  const char *reason = watch_item_get_reason (item);
  const WatchRow *row = watch_item_get_row (item);
  g_autofree char *sentence
    = reason != NULL ? sentence_begin (reason, row != NULL ? row->target : NULL) : NULL;

  sentence_show (self->reason, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->reason), reason != NULL);
}

static void
on_selected (GtkSingleSelection *selection, GParamSpec *pspec, WatchPage *self)
{
  if (self->explained != NULL)
    g_clear_signal_handler (&self->reason_handler, self->explained);
  g_set_object (&self->explained, gtk_single_selection_get_selected_item (selection));
  gtk_widget_set_visible (GTK_WIDGET (self->reason), FALSE);
  if (self->explained == NULL)
    return;
  self->reason_handler
    = g_signal_connect (self->explained, "notify::reason", G_CALLBACK (on_reason), self);
  on_reason (self->explained, NULL, self);
}

static void
update (WatchPage *self)
{
  guint n = watch_list_model_count_targets (self->model);
  g_autofree char *subtitle = g_strdup_printf (ngettext ("%u value", "%u values", n), n);
  gboolean is_empty = g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0;

  gtk_label_set_text (self->subtitle, subtitle);
  gtk_stack_set_visible_child_name (self->stack, is_empty ? "empty" : "list");
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, WatchPage *self)
{
  update (self);
}

void
watch_page_set_model (WatchPage *self, WatchListModel *model)
{
  if (self->model == model)
    return;
  if (self->model != NULL)
    {
      g_clear_signal_handler (&self->items_handler, self->model);
      watch_list_model_set_active (self->model, FALSE);
    }
  g_set_object (&self->model, model);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (model));
  if (model == NULL)
    return;
  self->items_handler
    = g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), self);
  watch_list_model_set_active (model, gtk_widget_get_mapped (GTK_WIDGET (self)));
  update (self);
}

static void
set_narrow (WatchPage *self, gboolean narrow)
{
  if (self->narrow == narrow)
    return;
  self->narrow = narrow;
  /* Taken out, not hidden: this version of the toolkit keeps room for hidden columns. */
  if (narrow)
    {
      gtk_column_view_remove_column (self->view, self->segment_column);
      gtk_column_view_remove_column (self->view, self->note_column);
    }
  else
    {
      gtk_column_view_append_column (self->view, self->segment_column);
      gtk_column_view_append_column (self->view, self->note_column);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
}

static void
watch_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_NARROW)
    g_value_set_boolean (value, WATCH_PAGE (object)->narrow);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
watch_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_NARROW)
    set_narrow (WATCH_PAGE (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
watch_page_map (GtkWidget *widget)
{
  WatchPage *self = WATCH_PAGE (widget);

  GTK_WIDGET_CLASS (watch_page_parent_class)->map (widget);
  if (self->model != NULL)
    watch_list_model_set_active (self->model, TRUE);
}

static void
watch_page_unmap (GtkWidget *widget)
{
  WatchPage *self = WATCH_PAGE (widget);

  if (self->model != NULL)
    watch_list_model_set_active (self->model, FALSE);
  GTK_WIDGET_CLASS (watch_page_parent_class)->unmap (widget);
}

static gboolean
watch_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WATCH_PAGE (widget)->view));
}

static void
watch_page_dispose (GObject *object)
{
  WatchPage *self = WATCH_PAGE (object);
  GtkWidget *child;

  if (self->selection != NULL)
    {
      watch_page_set_model (self, NULL);
      g_signal_handlers_disconnect_by_data (self->selection, self);
    }
  if (self->explained != NULL)
    g_clear_signal_handler (&self->reason_handler, self->explained);
  g_clear_object (&self->explained);
  self->edit_popover = NULL;
  self->text_popover = NULL;
  g_clear_object (&self->asked_of);
  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  self->view = NULL;
  g_clear_object (&self->selection);
  G_OBJECT_CLASS (watch_page_parent_class)->dispose (object);
}

static void
watch_page_class_init (WatchPageClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->get_property = watch_page_get_property;
  object_class->set_property = watch_page_set_property;
  object_class->dispose = watch_page_dispose;
  widget_class->map = watch_page_map;
  widget_class->unmap = watch_page_unmap;
  widget_class->focus = tab_focus_children;
  widget_class->grab_focus = watch_page_grab_focus;

  properties[PROP_NARROW]
    = g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  g_signal_new ("open", WATCH_TYPE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                G_TYPE_STRING, G_TYPE_STRING);

  g_type_ensure (STATUS_TYPE_PAGE);
  watch_page_install_actions (widget_class);
  gtk_widget_class_install_action (widget_class, "watch.menu", NULL, open_menu);
  gtk_widget_class_set_css_name (widget_class, "watchpage");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/watch-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WatchPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WatchPage, subtitle);
  gtk_widget_class_bind_template_child (widget_class, WatchPage, view);
  gtk_widget_class_bind_template_child (widget_class, WatchPage, reason);
  gtk_widget_class_bind_template_child (widget_class, WatchPage, segment_column);
  gtk_widget_class_bind_template_child (widget_class, WatchPage, note_column);
  gtk_widget_class_bind_template_child (widget_class, WatchPage, menu);
  gtk_widget_class_bind_template_child (widget_class, WatchPage, groups);
  gtk_widget_class_bind_template_callback (widget_class, setup_name);
  gtk_widget_class_bind_template_callback (widget_class, setup_value);
  gtk_widget_class_bind_template_callback (widget_class, setup_segment);
  gtk_widget_class_bind_template_callback (widget_class, setup_note);
  gtk_widget_class_bind_template_callback (widget_class, bind_cell);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cell);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_secondary_press);
}

static void
watch_page_init (WatchPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tab_focus_leave_list (GTK_WIDGET (self->view));
  self->selection = gtk_single_selection_new (NULL);
  g_signal_connect (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
}
