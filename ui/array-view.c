/* array-view.c - the elements of an array: the grid, and what belongs to it. */
#include "array-view.h"

#include <glib/gi18n.h>

#include "array-commands.h"
#include "array-find-bar.h"
#include "array-grid.h"
#include "array-histogram.h"
#include "array-image.h"
#include "array-plot.h"
#include "array-plane-bar.h"
#include "array-summary.h"
#include "display-dialog.h"
#include "drop-down.h"
#include "edit-popover.h"
#include "input-error.h"
#include "inscription.h"
#include "tab-focus.h"
#include "target.h"
#include "tooltip.h"

/* As the drop-down has them. */
enum page
{
  PAGE_GRID,
  PAGE_LINE,
  PAGE_HISTOGRAM,
  PAGE_IMAGE
};

struct _ArrayView
{
  GtkWidget parent_instance;

  GtkInscription *place, *selected;
  GtkEntry *index;
  ArrayGrid *grid;
  GtkDropDown *page;
  GtkStack *pages;
  ArrayPlot *plot;
  ArrayHistogram *histogram;
  ArrayImage *image;
  ArrayPlaneBar *plane_bar;
  ArrayFindBar *find_bar;
  ArraySummary *summary;      /* of several selected elements */
  EditPopover *popover;       /* made when first needed */

  EntryItem *item;
  gulong info_handler, name_handler, mark_handler;
};

G_DEFINE_FINAL_TYPE (ArrayView, array_view, GTK_TYPE_WIDGET)

/* What is selected when that is several elements; FALSE else. */
static gboolean
get_several (ArrayView *self, ArrayBlock *ret_block, int *ret_field, guint *ret_n_fields)
{
  return self->item != NULL
         && array_grid_get_selection (self->grid, ret_block, ret_field, ret_n_fields)
         && (array_block_n_elements (ret_block) > 1 || *ret_n_fields > 1);
}

static void
show_place (ArrayView *self)
{
  const EntryInfo *info = entry_item_get_info (self->item);
  g_autofree char *where = NULL, *part = NULL, *both = NULL;
  g_autofree char *text = array_grid_get_cursor_shown (self->grid);
  guint64 index;
  int field;

  if (!array_grid_get_cursor (self->grid, &index, &field))
    {
      inscription_set_text (self->place, NULL);
      return;
    }
  where = entry_info_place_text (info, index);
  part = entry_info_field_text (info, field, ENTRY_FIELD_WHOLE);
  both = g_strdup_printf ("%s%s%s%s", where, part, text != NULL ? " = " : "",
                          text != NULL ? text : "");
  inscription_set_text (self->place, both);
}

/* The place of the current element and its value; of several that are selected what they sum
 * up to besides. */
static void
update_place (ArrayView *self)
{
  gboolean grid = gtk_drop_down_get_selected (self->page) == PAGE_GRID, several;
  ArrayBlock block;
  int field;
  guint n_fields;

  if (self->item != NULL)
    show_place (self);
  else
    inscription_set_text (self->place, NULL);
  /* Numbers of several fields have no sum. */
  several = grid && get_several (self, &block, &field, &n_fields) && n_fields <= 1;
  gtk_widget_set_visible (GTK_WIDGET (self->selected), several);
  if (!several)
    {
      array_summary_set (self->summary, NULL, NULL, NULL, NULL, -1);
      return;
    }
  array_summary_set (self->summary, entry_item_get_attachment (self->item),
                     entry_item_get_info (self->item), entry_item_get_displays (self->item),
                     &block, field);
  inscription_set_text (self->selected, array_summary_get_text (self->summary));
  tooltip_set_text (GTK_WIDGET (self->selected), array_summary_get_text (self->summary));
}

/* The row of a plane that the current cell is in; of one dimension all elements. */
static ArrayBlock
row_of_cursor (ArrayView *self, const ArrayPlane *plane, const EntryInfo *info)
{
  ArrayBlock block = array_plane_block (plane, info);
  ArrayPlane aimed = *plane;
  guint64 index, row, column;
  int field;

  if (info->dimensions <= 1 || !array_grid_get_cursor (self->grid, &index, &field))
    return block;
  array_plane_aim (&aimed, info, index, &row, &column);
  block.first += row * block.row_step;
  block.n_rows = 1;
  return block;
}

/* What the other pages show: what the grid is at. */
static void
update_pages (ArrayView *self)
{
  Session *session = self->item != NULL ? entry_item_get_session (self->item) : NULL;
  Attachment *attachment = self->item != NULL ? entry_item_get_attachment (self->item) : NULL;
  EntryInfo *info = self->item != NULL ? entry_item_get_info (self->item) : NULL;
  ArrayBlock all = { 0 }, row = { 0 };
  ArrayPlane plane = { 0 };
  guint64 index;
  int field = -1;

  if (info != NULL)
    {
      array_grid_get_cursor (self->grid, &index, &field);
      all = row = array_block_range (0, info->length);
      if (array_grid_get_plane (self->grid, &plane))
        row = row_of_cursor (self, &plane, info);
    }
  array_plot_set (self->plot, session, attachment, info, &row, field);
  array_histogram_set (self->histogram, session, attachment, info, &all, field);
  array_image_set (self->image, session, attachment, info, &plane, field);
}

/* Of an image what its pixels are made of is no plane. */
static void
update_plane_bar (ArrayView *self)
{
  EntryInfo *info = self->item != NULL ? entry_item_get_info (self->item) : NULL;
  gboolean image = info != NULL && gtk_drop_down_get_selected (self->page) == PAGE_IMAGE
                   && array_image_channels (info) > 1;
  ArrayPlane plane;

  if (info != NULL && !image && array_grid_get_plane (self->grid, &plane))
    array_plane_bar_set (self->plane_bar, info, &plane);
  else
    array_plane_bar_set (self->plane_bar, NULL, NULL);
}

static void
note_summary (gpointer user_data)
{
  update_place (user_data);
}

static void
on_page (GtkDropDown *page, GParamSpec *pspec, ArrayView *self)
{
  GtkWidget *widgets[] = { gtk_widget_get_ancestor (GTK_WIDGET (self->grid), GTK_TYPE_SCROLLED_WINDOW),
                           GTK_WIDGET (self->plot), GTK_WIDGET (self->histogram),
                           GTK_WIDGET (self->image) };

  gtk_stack_set_visible_child (
    self->pages, widgets[MIN (gtk_drop_down_get_selected (page), G_N_ELEMENTS (widgets) - 1)]);
  update_place (self);
  update_plane_bar (self);
  update_pages (self);
}

static void
on_cursor_moved (ArrayGrid *grid, ArrayView *self)
{
  update_place (self);
  if (gtk_drop_down_get_selected (self->page) != PAGE_GRID)
    update_pages (self);
}

static void
on_plane_changed (ArrayGrid *grid, ArrayView *self)
{
  update_plane_bar (self);
  update_place (self);
  update_pages (self);
}

static void
on_plane_chosen (ArrayPlaneBar *bar, ArrayView *self)
{
  ArrayPlane plane;

  array_plane_bar_get (bar, &plane);
  array_grid_set_plane (self->grid, &plane);
}

/* Where the current cell is, in this widget. */
static gboolean
get_cursor_area (ArrayView *self, GdkRectangle *ret_area)
{
  graphene_point_t origin;

  if (!array_grid_get_cursor_area (self->grid, ret_area)
      || !gtk_widget_compute_point (GTK_WIDGET (self->grid), GTK_WIDGET (self),
                                    &GRAPHENE_POINT_INIT ((float) ret_area->x, (float) ret_area->y),
                                    &origin))
    return FALSE;
  ret_area->x = (int) origin.x;
  ret_area->y = (int) origin.y;
  return TRUE;
}

static EditPopover *
get_popover (ArrayView *self)
{
  if (self->popover == NULL)
    {
      self->popover = edit_popover_new ();
      gtk_widget_set_parent (GTK_WIDGET (self->popover), GTK_WIDGET (self));
    }
  return self->popover;
}

static void
on_activate (ArrayGrid *grid, guint64 index, int field, ArrayView *self)
{
  g_autofree char *text
    = display_set_is_typed (entry_item_get_displays (self->item), field)
        ? array_grid_get_cursor_shown (grid)
        : array_grid_get_cursor_text (grid);
  ArrayBlock block;
  GdkRectangle area;
  int first_field;
  guint n_fields;

  if (!get_cursor_area (self, &area))
    return;
  if (get_several (self, &block, &first_field, &n_fields) && n_fields == 1)
    edit_popover_open_block (get_popover (self), self->item, &block, first_field, &area);
  else if (text != NULL)
    edit_popover_open_element (get_popover (self), self->item, index, field, text, &area);
}

static void
do_copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ArrayView *self = ARRAY_VIEW (widget);

  array_commands_copy (self->grid, self->item,
                       g_str_equal (action, "array.copy-c")        ? LITERAL_C
                       : g_str_equal (action, "array.copy-python") ? LITERAL_PYTHON
                       : g_str_equal (action, "array.copy-csv")    ? LITERAL_CSV
                                                                   : LITERAL_TABLE);
}

static void
do_paste (GtkWidget *widget, const char *action, GVariant *parameter)
{
  array_commands_paste (ARRAY_VIEW (widget)->grid, ARRAY_VIEW (widget)->item);
}

static void
do_edit (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ArrayView *self = ARRAY_VIEW (widget);
  guint64 index;
  int field;

  if (self->item != NULL && array_grid_get_cursor (self->grid, &index, &field))
    on_activate (self->grid, index, field, self);
}

/* Of structures the field that the current cell is of. */
static void
do_display (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ArrayView *self = ARRAY_VIEW (widget);
  guint64 index;
  int field;

  if (self->item == NULL || !array_grid_get_cursor (self->grid, &index, &field)
      || !entry_item_can_display (self->item, field))
    return;
  gtk_window_present (GTK_WINDOW (display_dialog_new_field (
    GTK_WINDOW (gtk_widget_get_root (widget)), self->item, index, field)));
}

static void
do_find (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ArrayView *self = ARRAY_VIEW (widget);

  if (g_str_equal (action, "array.find") || !gtk_widget_get_visible (GTK_WIDGET (self->find_bar)))
    array_find_bar_open (self->find_bar);
  else
    array_find_bar_go (self->find_bar, g_str_equal (action, "array.find-previous"));
}

/* What is selected, or the element at the cursor, to the watch list. */
static void
pin (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ArrayView *self = ARRAY_VIEW (widget);
  const EntryInfo *info = self->item != NULL ? entry_item_get_info (self->item) : NULL;
  g_autofree char *name = NULL, *where = NULL, *part = NULL, *target = NULL;
  guint64 index, first, last;
  ArrayBlock block;
  guint n_fields = 1;
  int field;

  if (info == NULL)
    return;
  if (info->dimensions == 1 && get_several (self, &block, &field, &n_fields)
      && array_block_is_range (&block, &first, &last))
    where = g_strdup_printf ("[%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT "]", first, last);
  else if (array_grid_get_cursor (self->grid, &index, &field))
    where = entry_info_place_text (info, index);
  else
    return;
  name = target_name (info->name);
  part = entry_info_field_text (info, n_fields == 1 ? field : -1, ENTRY_FIELD_WHOLE);
  target = g_strconcat (name, where, part, NULL);
  gtk_widget_activate_action (widget, "win.pin", "s", target);
}

gboolean
array_view_go_to (ArrayView *self, const char *text)
{
  guint64 index, now;
  int field = -1;

  if (self->item == NULL || !array_plane_read_index (entry_item_get_info (self->item), text, &index))
    return FALSE;
  array_grid_get_cursor (self->grid, &now, &field);
  array_grid_go_to (self->grid, index, field);
  return TRUE;
}

static void
on_index_activate (GtkEntry *entry, ArrayView *self)
{
  if (array_view_go_to (self, gtk_editable_get_text (GTK_EDITABLE (entry))))
    gtk_widget_grab_focus (GTK_WIDGET (self->grid));
}

static void
on_index_changed (GtkEditable *editable, ArrayView *self)
{
  const char *text = gtk_editable_get_text (editable);
  guint64 index;
  gboolean wrong = self->item != NULL && text[0] != '\0'
                   && !array_plane_read_index (entry_item_get_info (self->item), text, &index);

  input_error_mark (GTK_WIDGET (editable), wrong);
}

void
array_view_ask_index (ArrayView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->index));
}

/* The forms in which people want the elements. */
static void
show_forms (ArrayView *self)
{
  DisplaySet *displays = entry_item_get_displays (self->item);

  array_grid_set_displays (self->grid, displays);
  array_plot_set_displays (self->plot, displays);
  array_image_set_displays (self->image, displays);
  update_place (self);
}

static void
show_array (ArrayView *self)
{
  Session *session = entry_item_get_session (self->item);

  array_grid_set_mark_changes (self->grid, session_get_mark_changes (session));
  array_grid_set_array (self->grid, session_get_sampler (session),
                        entry_item_get_attachment (self->item),
                        entry_item_get_info (self->item));
  array_find_bar_set_item (self->find_bar, self->item);
  update_plane_bar (self);
  show_forms (self);
  update_pages (self);
}

static void
on_info (EntryItem *item, GParamSpec *pspec, ArrayView *self)
{
  show_array (self);
}

static void
on_name (EntryItem *item, GParamSpec *pspec, ArrayView *self)
{
  show_forms (self);
}

static void
on_mark_changes (Session *session, GParamSpec *pspec, ArrayView *self)
{
  array_grid_set_mark_changes (self->grid, session_get_mark_changes (session));
}

void
array_view_set_item (ArrayView *self, EntryItem *item)
{
  if (self->item == item)
    return;
  if (self->popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->popover));
  gtk_editable_set_text (GTK_EDITABLE (self->index), "");
  if (self->item != NULL)
    {
      g_clear_signal_handler (&self->info_handler, self->item);
      g_clear_signal_handler (&self->name_handler, self->item);
      g_clear_signal_handler (&self->mark_handler, entry_item_get_session (self->item));
      array_grid_set_array (self->grid, NULL, NULL, NULL);
      array_find_bar_set_item (self->find_bar, NULL);
      array_plane_bar_set (self->plane_bar, NULL, NULL);
    }
  g_set_object (&self->item, item);
  if (item == NULL)
    {
      update_place (self);
      update_pages (self);
      return;
    }
  self->info_handler = g_signal_connect (item, "notify::info", G_CALLBACK (on_info), self);
  self->name_handler = g_signal_connect (item, "notify::name", G_CALLBACK (on_name), self);
  self->mark_handler = g_signal_connect (entry_item_get_session (item), "notify::mark-changes",
                                         G_CALLBACK (on_mark_changes), self);
  show_array (self);
}

static gboolean
array_view_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (ARRAY_VIEW (widget)->grid));
}

static void
array_view_dispose (GObject *object)
{
  ArrayView *self = ARRAY_VIEW (object);
  GtkWidget *child;

  if (self->summary != NULL)
    array_view_set_item (self, NULL);
  g_clear_pointer (&self->summary, array_summary_free);
  self->popover = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (array_view_parent_class)->dispose (object);
}

/* Keys of the view and what is in it; entries have the same ones for their text. */
static void
add_actions (GtkWidgetClass *class)
{
  static const struct
  {
    const char *name;
    GtkWidgetActionActivateFunc activate;
    guint key;
    GdkModifierType modifiers;
  } actions[] = {
    { "array.copy-table", do_copy, GDK_KEY_c, GDK_CONTROL_MASK },
    { "array.copy-csv", do_copy, 0, 0 },
    { "array.copy-c", do_copy, 0, 0 },
    { "array.copy-python", do_copy, 0, 0 },
    { "array.paste", do_paste, GDK_KEY_v, GDK_CONTROL_MASK },
    { "array.edit", do_edit, 0, 0 },
    { "array.display", do_display, GDK_KEY_Return, GDK_ALT_MASK },
    { "array.find", do_find, 0, 0 },  /* its key is the whole window's: array-view.ui */
    { "array.find-next", do_find, GDK_KEY_F3, 0 },
    { "array.find-previous", do_find, GDK_KEY_F3, GDK_SHIFT_MASK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      gtk_widget_class_install_action (class, actions[i].name, NULL, actions[i].activate);
      if (actions[i].key != 0)
        gtk_widget_class_add_binding_action (class, actions[i].key, actions[i].modifiers,
                                             actions[i].name, NULL);
    }
}

static void
array_view_class_init (ArrayViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = array_view_dispose;
  widget_class->focus = tab_focus_children;
  widget_class->grab_focus = array_view_grab_focus;

  g_type_ensure (ARRAY_TYPE_FIND_BAR);
  g_type_ensure (ARRAY_TYPE_GRID);
  g_type_ensure (ARRAY_TYPE_HISTOGRAM);
  g_type_ensure (ARRAY_TYPE_IMAGE);
  g_type_ensure (ARRAY_TYPE_PLANE_BAR);
  g_type_ensure (ARRAY_TYPE_PLOT);
  gtk_widget_class_install_action (widget_class, "array.pin", NULL, pin);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_d, GDK_CONTROL_MASK, "array.pin", NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/array-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ArrayView, place);
  gtk_widget_class_bind_template_child (widget_class, ArrayView, index);
  gtk_widget_class_bind_template_child (widget_class, ArrayView, grid);
  gtk_widget_class_bind_template_child (widget_class, ArrayView, selected);
  gtk_widget_class_bind_template_child (widget_class, ArrayView, page);
  gtk_widget_class_bind_template_child (widget_class, ArrayView, pages);
  gtk_widget_class_bind_template_child (widget_class, ArrayView, plot);
  gtk_widget_class_bind_template_child (widget_class, ArrayView, histogram);
  gtk_widget_class_bind_template_child (widget_class, ArrayView, image);
  gtk_widget_class_bind_template_callback (widget_class, on_page);
  gtk_widget_class_bind_template_child (widget_class, ArrayView, plane_bar);
  gtk_widget_class_bind_template_child (widget_class, ArrayView, find_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_plane_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_plane_chosen);
  add_actions (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_cursor_moved);
  gtk_widget_class_bind_template_callback (widget_class, on_index_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_index_changed);
}

static void
array_view_init (ArrayView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  drop_down_set_name (self->page, _("How the elements are shown"));
  self->summary = array_summary_new (note_summary, self);
  array_find_bar_set_grid (self->find_bar, self->grid);
}
