/* sidebar.c - the list of segments. */
#include "sidebar.h"

#include <glib/gi18n.h>

#include "list-scroll.h"
#include "popover-place.h"
#include "segment-row.h"
#include "sidebar-heading.h"
#include "sidebar-model.h"
#include "tab-focus.h"

struct _Sidebar
{
  GtkWidget parent_instance;

  GtkSearchEntry *filter;
  GtkListView *view;
  GtkWidget *watch_button, *no_match;
  GtkLabel *watched;
  GtkPopover *menu;

  SegmentList *list;
  SidebarModel *model;
  GtkSingleSelection *selection;
  SegmentItem *current;      /* selected last, also while its row is not shown */
  gboolean is_restoring;
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
on_heading_clicked (SidebarHeading *heading, Sidebar *self)
{
  SidebarGroup *group = sidebar_heading_get_group (heading);

  if (group != NULL)
    sidebar_model_set_group_collapsed (self->model, group, !sidebar_group_get_collapsed (group));
}

/* The row shows what belongs to its item: a heading, or a segment. */
static void
bind_row (GtkListItemFactory *factory, GtkListItem *list_item, Sidebar *self)
{
  gpointer item = gtk_list_item_get_item (list_item);
  GtkWidget *child = gtk_list_item_get_child (list_item);

  if (SEGMENT_IS_ITEM (item))
    {
      if (child == NULL || !SEGMENT_IS_ROW (child))
        {
          child = segment_row_new ();
          gtk_list_item_set_child (list_item, child);
        }
      segment_row_set_item (SEGMENT_ROW (child), item);
      return;
    }
  if (child == NULL || !SIDEBAR_IS_HEADING (child))
    {
      child = sidebar_heading_new ();
      g_signal_connect (child, "clicked", G_CALLBACK (on_heading_clicked), self);
      gtk_list_item_set_child (list_item, child);
    }
  sidebar_heading_set_group (SIDEBAR_HEADING (child), item);
}

static void
unbind_row (GtkListItemFactory *factory, GtkListItem *list_item, Sidebar *self)
{
  GtkWidget *child = gtk_list_item_get_child (list_item);

  if (SEGMENT_IS_ROW (child))
    segment_row_set_item (SEGMENT_ROW (child), NULL);
  else
    sidebar_heading_set_group (SIDEBAR_HEADING (child), NULL);
}

void
sidebar_set_list (Sidebar *self, SegmentList *list)
{
  g_set_object (&self->list, list);
  sidebar_model_set_list (self->model, list);
}

void
sidebar_set_settings (Sidebar *self, GSettings *settings)
{
  g_settings_bind (settings, "collapsed-groups", self->model, "collapsed",
                   G_SETTINGS_BIND_DEFAULT);
}

/* Whatever hides the row: a filter, or its group. */
static void
reveal (Sidebar *self, SegmentItem *item)
{
  if (sidebar_model_find (self->model, item) == G_MAXUINT)
    gtk_editable_set_text (GTK_EDITABLE (self->filter), "");
  sidebar_model_set_filter (self->model, gtk_editable_get_text (GTK_EDITABLE (self->filter)));
  if (sidebar_model_find (self->model, item) == G_MAXUINT)
    sidebar_model_set_group_collapsed (self->model, sidebar_model_group_of (self->model, item),
                                       FALSE);
}

gboolean
sidebar_select (Sidebar *self, const char *id)
{
  guint found = segment_list_find (self->list, id);
  g_autoptr (SegmentItem) wanted = NULL;

  if (found == G_MAXUINT)
    return FALSE;
  wanted = g_list_model_get_item (G_LIST_MODEL (self->list), found);
  reveal (self, wanted);
  gtk_single_selection_set_selected (self->selection, sidebar_model_find (self->model, wanted));
  list_scroll_to_selected (self->view);
  return TRUE;
}

void
sidebar_unselect (Sidebar *self)
{
  g_clear_object (&self->current);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
}

void
sidebar_set_watched (Sidebar *self, guint n)
{
  g_autofree char *count = g_strdup_printf ("· %u", n);
  g_autofree char *label = g_strdup_printf (ngettext ("Watch list, %u value",
                                                      "Watch list, %u values", n), n);

  gtk_label_set_text (self->watched, count);
  gtk_widget_set_visible (GTK_WIDGET (self->watched), n > 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->watch_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void
sidebar_select_first (Sidebar *self)
{
  guint first = sidebar_model_first_segment (self->model);

  if (first == G_MAXUINT && g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0)
    {
      g_autoptr (SegmentItem) item = g_list_model_get_item (G_LIST_MODEL (self->list), 0);

      reveal (self, item);
      first = sidebar_model_first_segment (self->model);
    }
  if (first != G_MAXUINT)
    gtk_single_selection_set_selected (self->selection, first);
}

static void
restore_selection (Sidebar *self)
{
  self->is_restoring = TRUE;
  gtk_single_selection_set_selected (
    self->selection, self->current != NULL ? sidebar_model_find (self->model, self->current)
                                           : GTK_INVALID_LIST_POSITION);
  self->is_restoring = FALSE;
}

static void
on_selected (GtkSingleSelection *selection, GParamSpec *pspec, Sidebar *self)
{
  gpointer item = gtk_single_selection_get_selected_item (selection);

  if (item == NULL || self->is_restoring)
    return;
  /* A heading can have the focus, for which a row has to be one that can be selected. */
  if (!SEGMENT_IS_ITEM (item))
    {
      restore_selection (self);
      return;
    }
  g_set_object (&self->current, item);
  g_signal_emit (self, signals[SIGNAL_SELECTED], 0, item);
}

/* What was selected before its row was hidden is selected when it is back. */
static void
on_rows_changed (GListModel *model, guint position, guint removed, guint added, Sidebar *self)
{
  gtk_widget_set_visible (self->no_match,
                          gtk_editable_get_text (GTK_EDITABLE (self->filter))[0] != '\0'
                            && g_list_model_get_n_items (model) == 0);
  if (self->current != NULL && gtk_single_selection_get_selected_item (self->selection) == NULL)
    restore_selection (self);
}

static void
on_activate (GtkListView *view, guint position, Sidebar *self)
{
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  if (SIDEBAR_IS_GROUP (item))
    {
      sidebar_model_set_group_collapsed (self->model, SIDEBAR_GROUP (item),
                                         !sidebar_group_get_collapsed (SIDEBAR_GROUP (item)));
      return;
    }
  gtk_single_selection_set_selected (self->selection, position);
  g_signal_emit (self, signals[SIGNAL_ACTIVATED], 0, item);
}

static void
on_filter_changed (GtkSearchEntry *entry, Sidebar *self)
{
  sidebar_model_set_filter (self->model, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

/* Enter goes to the first that is left, Escape back to the list. */
static void
on_filter_activate (GtkSearchEntry *entry, Sidebar *self)
{
  on_filter_changed (entry, self);
  sidebar_select_first (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
on_filter_stopped (GtkSearchEntry *entry, Sidebar *self)
{
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
clear_filter (GtkWidget *widget, const char *action, GVariant *parameter)
{
  on_filter_stopped (SHMLENS_SIDEBAR (widget)->filter, SHMLENS_SIDEBAR (widget));
}

static void
focus_filter (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_grab_focus (GTK_WIDGET (SHMLENS_SIDEBAR (widget)->filter));
}

static void
open_menu_at (Sidebar *self, int x, int y)
{
  popover_popup_at (self->menu, &(GdkRectangle) { x, y, 1, 1 });
}

static gboolean
is_row (GtkWidget *widget)
{
  return widget != NULL && (SEGMENT_IS_ROW (widget) || SIDEBAR_IS_HEADING (widget));
}

/* The row that this widget is in, is, or has as its child. */
static GtkWidget *
row_of (GtkWidget *widget, GtkWidget *view)
{
  for (; widget != NULL && widget != view; widget = gtk_widget_get_parent (widget))
    if (is_row (widget))
      return widget;
    else if (is_row (gtk_widget_get_first_child (widget)))
      return gtk_widget_get_first_child (widget);
  return NULL;
}

/* A row that goes would give the focus to whatever stands beside the list. */
static void
focus_heading (Sidebar *self, SidebarGroup *group)
{
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->view)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *child = gtk_widget_get_first_child (row);

      if (child != NULL && SIDEBAR_IS_HEADING (child)
          && sidebar_heading_get_group (SIDEBAR_HEADING (child)) == group)
        gtk_widget_grab_focus (row);
    }
}

/* Left collapses the group of the row with the focus, Right expands it. */
static void
collapse (GtkWidget *widget, const char *action, GVariant *parameter)
{
  Sidebar *self = SHMLENS_SIDEBAR (widget);
  GtkWidget *row = row_of (gtk_root_get_focus (gtk_widget_get_root (widget)),
                           GTK_WIDGET (self->view));
  gboolean is_right = g_variant_get_boolean (parameter);
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  SidebarGroup *group;
  gpointer item;

  if (row == NULL)
    return;
  item = SEGMENT_IS_ROW (row) ? (gpointer) segment_row_get_item (SEGMENT_ROW (row))
                              : (gpointer) sidebar_heading_get_group (SIDEBAR_HEADING (row));
  group = sidebar_model_group_of (self->model, item);
  if (is_right == is_rtl)
    focus_heading (self, group);
  sidebar_model_set_group_collapsed (self->model, group, is_right == is_rtl);
}

static void
on_secondary_press (GtkGestureClick *gesture, int n_press, double x, double y, Sidebar *self)
{
  GtkWidget *view = GTK_WIDGET (self->view);
  GtkWidget *row = row_of (gtk_widget_pick (view, x, y, GTK_PICK_DEFAULT), view);
  double to_x, to_y;

  if (row == NULL || !SEGMENT_IS_ROW (row)
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

  if (self->current == NULL || focus == NULL
      || gtk_widget_is_ancestor (focus, GTK_WIDGET (self->filter))
      || !gtk_widget_compute_bounds (focus, widget, &bounds))
    return;
  open_menu_at (self, (int) bounds.origin.x + 24,
                (int) (bounds.origin.y + bounds.size.height / 2));
}

/* Keys that are typed first are for the list, not for the filter that stands above it. */
static void
sidebar_root (GtkWidget *widget)
{
  GtkRoot *root;

  GTK_WIDGET_CLASS (sidebar_parent_class)->root (widget);
  root = gtk_widget_get_root (widget);
  if (GTK_IS_WINDOW (root) && gtk_window_get_focus (GTK_WINDOW (root)) == NULL)
    gtk_window_set_focus (GTK_WINDOW (root), GTK_WIDGET (SHMLENS_SIDEBAR (widget)->view));
}

static void
sidebar_dispose (GObject *object)
{
  Sidebar *self = SHMLENS_SIDEBAR (object);
  GtkWidget *child;

  if (self->selection != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->selection, self);
      g_signal_handlers_disconnect_by_data (self->model, self);
      sidebar_model_set_list (self->model, NULL);
    }
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  g_clear_object (&self->current);
  g_clear_object (&self->list);
  G_OBJECT_CLASS (sidebar_parent_class)->dispose (object);
}

static void
sidebar_class_init (SidebarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sidebar_dispose;
  widget_class->root = sidebar_root;

  signals[SIGNAL_SELECTED] = g_signal_new ("selected", SIDEBAR_TYPE, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, SEGMENT_TYPE_ITEM);
  signals[SIGNAL_ACTIVATED] = g_signal_new ("activated", SIDEBAR_TYPE, G_SIGNAL_RUN_LAST, 0, NULL,
                                            NULL, NULL, G_TYPE_NONE, 1, SEGMENT_TYPE_ITEM);

  gtk_widget_class_install_action (widget_class, "sidebar.menu", NULL, open_menu);
  gtk_widget_class_install_action (widget_class, "sidebar.filter", NULL, focus_filter);
  gtk_widget_class_install_action (widget_class, "sidebar.clear-filter", NULL, clear_filter);
  gtk_widget_class_install_action (widget_class, "sidebar.collapse", "b", collapse);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, Sidebar, filter);
  gtk_widget_class_bind_template_child (widget_class, Sidebar, view);
  gtk_widget_class_bind_template_child (widget_class, Sidebar, no_match);
  gtk_widget_class_bind_template_child (widget_class, Sidebar, watch_button);
  gtk_widget_class_bind_template_child (widget_class, Sidebar, watched);
  gtk_widget_class_bind_template_child (widget_class, Sidebar, menu);
  gtk_widget_class_bind_template_callback (widget_class, bind_row);
  gtk_widget_class_bind_template_callback (widget_class, unbind_row);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_secondary_press);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_stopped);
}

static void
sidebar_init (Sidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tab_focus_leave_list (GTK_WIDGET (self->view));
  gtk_search_entry_set_key_capture_widget (self->filter, GTK_WIDGET (self->view));
  self->model = sidebar_model_new ();
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->model));
  g_signal_connect (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self);
  g_signal_connect_after (self->model, "items-changed", G_CALLBACK (on_rows_changed), self);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
}
