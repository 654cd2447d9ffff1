/* array-view.c - the elements of an array: the grid, and what belongs to it. */
#include "array-view.h"

#include <glib/gi18n.h>

#include "array-grid.h"
#include "edit-popover.h"
#include "inscription.h"

struct _ArrayView
{
  GtkWidget parent_instance;

  GtkInscription *place;
  GtkEntry *index;
  ArrayGrid *grid;
  EditPopover *popover;       /* made when first needed */

  EntryItem *item;
  gulong info_handler, mark_handler;
};

G_DEFINE_FINAL_TYPE (ArrayView, array_view, GTK_TYPE_WIDGET)

/* "[3][4]" of an element, and the name of its field. */
static char *
place_text (const EntryInfo *info, guint64 index, int field)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 left = info->length;

  for (guint i = 0; i < info->dimensions; i++)
    {
      left /= MAX (info->shape[i], 1);
      g_string_append_printf (text, "[%" G_GUINT64_FORMAT "]", index / MAX (left, 1));
      index %= MAX (left, 1);
    }
  if (field >= 0)
    g_string_append_printf (text, ".%s", info->fields[field].name);
  return g_strdup (text->str);
}

static void
on_cursor_moved (ArrayGrid *grid, ArrayView *self)
{
  guint64 index;
  int field;

  if (self->item == NULL || !array_grid_get_cursor (grid, &index, &field))
    inscription_set_text (self->place, NULL);
  else
    {
      g_autofree char *where = place_text (entry_item_get_info (self->item), index, field);
      g_autofree char *text = array_grid_get_cursor_text (grid);
      g_autofree char *both
        = text != NULL ? g_strdup_printf ("%s = %s", where, text) : g_strdup (where);

      inscription_set_text (self->place, both);
    }
}

static void
on_activate (ArrayGrid *grid, guint64 index, int field, ArrayView *self)
{
  g_autofree char *text = array_grid_get_cursor_text (grid);
  GdkRectangle area;
  graphene_point_t origin;

  if (text == NULL || !array_grid_get_cursor_area (grid, &area)
      || !gtk_widget_compute_point (GTK_WIDGET (grid), GTK_WIDGET (self),
                                    &GRAPHENE_POINT_INIT ((float) area.x, (float) area.y),
                                    &origin))
    return;
  area.x = (int) origin.x;
  area.y = (int) origin.y;
  if (self->popover == NULL)
    {
      self->popover = edit_popover_new ();
      gtk_widget_set_parent (GTK_WIDGET (self->popover), GTK_WIDGET (self));
    }
  edit_popover_open_element (self->popover, self->item, index, field, text, &area);
}

/* The element that a text names, in C order. */
static gboolean
parse_index (const EntryInfo *info, const char *text, guint64 *ret_index)
{
  guint64 numbers[SHMLENS_DIMENSIONS_MAX], index = 0;
  const guint64 *shape = info->shape;
  guint n = 0;

  while (*text != '\0')
    {
      gboolean negative = *text == '-';
      char *end;
      guint64 number;

      if (!negative && !g_ascii_isdigit (*text))
        {
          if (strchr ("[] ,;", *text++) == NULL)
            return FALSE;
          continue;
        }
      if (n == SHMLENS_DIMENSIONS_MAX)
        return FALSE;
      errno = 0;
      number = g_ascii_strtoull (text + negative, &end, 10);
      if (errno != 0 || end == text + negative)
        return FALSE;
      numbers[n] = negative ? -number : number;
      text = end;
      n++;
    }
  /* One number goes through the array in C order. */
  if (n == 1)
    shape = &info->length;
  else if (n != info->dimensions)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      guint64 number = (gint64) numbers[i] < 0 ? numbers[i] + shape[i] : numbers[i];

      if (number >= shape[i])
        return FALSE;
      index = index * shape[i] + number;
    }
  *ret_index = index;
  return n > 0;
}

gboolean
array_view_go_to (ArrayView *self, const char *text)
{
  guint64 index, now;
  int field = -1;

  if (self->item == NULL || !parse_index (entry_item_get_info (self->item), text, &index))
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
                   && !parse_index (entry_item_get_info (self->item), text, &index);

  if (wrong)
    gtk_widget_add_css_class (GTK_WIDGET (editable), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (editable), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (editable), GTK_ACCESSIBLE_STATE_INVALID,
                               wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

void
array_view_ask_index (ArrayView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->index));
}

static void
show_array (ArrayView *self)
{
  Session *session = entry_item_get_session (self->item);

  array_grid_set_mark_changes (self->grid, session_get_mark_changes (session));
  array_grid_set_array (self->grid, session_get_sampler (session),
                        entry_item_get_attachment (self->item),
                        entry_item_get_info (self->item));
  on_cursor_moved (self->grid, self);
}

static void
on_info (EntryItem *item, GParamSpec *pspec, ArrayView *self)
{
  show_array (self);
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
      g_clear_signal_handler (&self->mark_handler, entry_item_get_session (self->item));
      array_grid_set_array (self->grid, NULL, NULL, NULL);
    }
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  self->info_handler = g_signal_connect (item, "notify::info", G_CALLBACK (on_info), self);
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

  array_view_set_item (self, NULL);
  self->popover = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (array_view_parent_class)->dispose (object);
}

static void
array_view_class_init (ArrayViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = array_view_dispose;
  widget_class->grab_focus = array_view_grab_focus;

  g_type_ensure (ARRAY_TYPE_GRID);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/array-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ArrayView, place);
  gtk_widget_class_bind_template_child (widget_class, ArrayView, index);
  gtk_widget_class_bind_template_child (widget_class, ArrayView, grid);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_cursor_moved);
  gtk_widget_class_bind_template_callback (widget_class, on_index_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_index_changed);
}

static void
array_view_init (ArrayView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
