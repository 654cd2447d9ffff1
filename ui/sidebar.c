/* sidebar.c - the list of segments. */
#include "sidebar.h"

#include "list-scroll.h"
#include "segment-row.h"

struct _Sidebar
{
  GtkWidget parent_instance;

  GtkListView *view;
  GtkPopover *menu;

  SegmentList *list;
  GtkSortListModel *sorted;
  GtkSingleSelection *selection;
};

G_DEFINE_FINAL_TYPE (Sidebar, sidebar, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_SELECTED,
  SIGNAL_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
setup_row (GtkListItemFactory *factory, GtkListItem *list_item, Sidebar *self)
{
  gtk_list_item_set_child (list_item, segment_row_new ());
}

static void
bind_row (GtkListItemFactory *factory, GtkListItem *list_item, Sidebar *self)
{
  segment_row_set_item (SEGMENT_ROW (gtk_list_item_get_child (list_item)),
                        gtk_list_item_get_item (list_item));
}

static void
unbind_row (GtkListItemFactory *factory, GtkListItem *list_item, Sidebar *self)
{
  segment_row_set_item (SEGMENT_ROW (gtk_list_item_get_child (list_item)), NULL);
}

/* Programs, then segments that say what is in them, then the others. */
static int
rank_of (gconstpointer item)
{
  return segment_item_is_program ((SegmentItem *) item) ? 0
         : segment_item_is_raw ((SegmentItem *) item)   ? 2
                                                        : 1;
}

static int
compare_segments (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return rank_of (a) - rank_of (b);
}

void
sidebar_set_list (Sidebar *self, SegmentList *list)
{
  g_set_object (&self->list, list);
  gtk_sort_list_model_set_model (self->sorted, G_LIST_MODEL (list));
}

gboolean
sidebar_select (Sidebar *self, const char *id)
{
  guint found = segment_list_find (self->list, id);
  g_autoptr (SegmentItem) wanted = NULL;

  if (found == G_MAXUINT)
    return FALSE;
  wanted = g_list_model_get_item (G_LIST_MODEL (self->list), found);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->selection)); i++)
    {
      g_autoptr (SegmentItem) item = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

      if (item == wanted)
        gtk_single_selection_set_selected (self->selection, i);
    }
  list_scroll_to_selected (self->view);
  return TRUE;
}

void
sidebar_select_first (Sidebar *self)
{
  gtk_single_selection_set_selected (self->selection, 0);
}

static void
on_selected (GtkSingleSelection *selection, GParamSpec *pspec, Sidebar *self)
{
  SegmentItem *item = gtk_single_selection_get_selected_item (selection);

  if (item != NULL)
    g_signal_emit (self, signals[SIGNAL_SELECTED], 0, item);
}

static void
on_activate (GtkListView *view, guint position, Sidebar *self)
{
  gtk_single_selection_set_selected (self->selection, position);
  g_signal_emit (self, signals[SIGNAL_ACTIVATED], 0,
                 gtk_single_selection_get_selected_item (self->selection));
}

static void
open_menu_at (Sidebar *self, int x, int y)
{
  gtk_popover_set_pointing_to (self->menu, &(GdkRectangle) { x, y, 1, 1 });
  gtk_popover_popup (self->menu);
}

/* The row that this widget is in, is, or has as its child. */
static GtkWidget *
row_of (GtkWidget *widget, GtkWidget *view)
{
  for (; widget != NULL && widget != view; widget = gtk_widget_get_parent (widget))
    {
      GtkWidget *child = gtk_widget_get_first_child (widget);

      if (SEGMENT_IS_ROW (widget))
        return widget;
      if (child != NULL && SEGMENT_IS_ROW (child))
        return child;
    }
  return NULL;
}

static void
on_secondary_press (GtkGestureClick *gesture, int n_press, double x, double y, Sidebar *self)
{
  GtkWidget *view = GTK_WIDGET (self->view);
  GtkWidget *row = row_of (gtk_widget_pick (view, x, y, GTK_PICK_DEFAULT), view);
  double to_x, to_y;

  if (row == NULL
      || !gtk_widget_translate_coordinates (view, GTK_WIDGET (self), x, y, &to_x, &to_y))
    return;
  sidebar_select (self, segment_item_get_id (segment_row_get_item (SEGMENT_ROW (row))));
  open_menu_at (self, (int) to_x, (int) to_y);
}

/* At the row with the focus. */
static void
open_menu (GtkWidget *widget, const char *action, GVariant *parameter)
{
  Sidebar *self = SHMLENS_SIDEBAR (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  graphene_rect_t bounds;

  if (gtk_single_selection_get_selected_item (self->selection) == NULL || focus == NULL
      || !gtk_widget_compute_bounds (focus, widget, &bounds))
    return;
  open_menu_at (self, (int) bounds.origin.x + 24,
                (int) (bounds.origin.y + bounds.size.height / 2));
}

static void
sidebar_dispose (GObject *object)
{
  Sidebar *self = SHMLENS_SIDEBAR (object);
  GtkWidget *child;

  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->sorted);
  g_clear_object (&self->list);
  G_OBJECT_CLASS (sidebar_parent_class)->dispose (object);
}

static void
sidebar_class_init (SidebarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sidebar_dispose;

  signals[SIGNAL_SELECTED] = g_signal_new ("selected", SIDEBAR_TYPE, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, SEGMENT_TYPE_ITEM);
  signals[SIGNAL_ACTIVATED] = g_signal_new ("activated", SIDEBAR_TYPE, G_SIGNAL_RUN_LAST, 0, NULL,
                                            NULL, NULL, G_TYPE_NONE, 1, SEGMENT_TYPE_ITEM);

  gtk_widget_class_install_action (widget_class, "sidebar.menu", NULL, open_menu);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, Sidebar, view);
  gtk_widget_class_bind_template_child (widget_class, Sidebar, menu);
  gtk_widget_class_bind_template_callback (widget_class, setup_row);
  gtk_widget_class_bind_template_callback (widget_class, bind_row);
  gtk_widget_class_bind_template_callback (widget_class, unbind_row);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_secondary_press);
}

static void
sidebar_init (Sidebar *self)
{
  GtkSorter *sorter = GTK_SORTER (gtk_custom_sorter_new (compare_segments, NULL, NULL));

  gtk_widget_init_template (GTK_WIDGET (self));
  self->sorted = gtk_sort_list_model_new (NULL, sorter);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->sorted));
  g_signal_connect (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
}
