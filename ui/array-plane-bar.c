/* array-plane-bar.c - chooses the plane that is shown. */
#include "array-plane-bar.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "drop-down.h"
#include "wrap-layout.h"

#define SPACING 6

struct _ArrayPlaneBar
{
  GtkWidget parent_instance;

  EntryInfo *entry;
  ArrayPlane plane;
  GtkDropDown *rows, *columns;
  GtkSpinButton *indices[SHMLENS_DIMENSIONS_MAX];  /* one for each axis; those of the plane hidden */
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (ArrayPlaneBar, array_plane_bar, GTK_TYPE_WIDGET)

static void
show_plane (ArrayPlaneBar *self)
{
  self->updating = TRUE;
  gtk_drop_down_set_selected (self->rows, self->plane.row_axis);
  gtk_drop_down_set_selected (self->columns, self->plane.column_axis);
  for (guint i = 0; i < self->entry->dimensions; i++)
    {
      gboolean other = i != self->plane.row_axis && i != self->plane.column_axis;

      gtk_spin_button_set_value (self->indices[i], (double) self->plane.indices[i]);
      gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->indices[i])), other);
    }
  self->updating = FALSE;
}

/* An axis that becomes the rows while it is the columns: the two change places. */
static void
note_axis (GtkDropDown *drop_down, GParamSpec *pspec, ArrayPlaneBar *self)
{
  guint chosen = gtk_drop_down_get_selected (drop_down);
  guint *axis = drop_down == self->rows ? &self->plane.row_axis : &self->plane.column_axis;
  guint *other = drop_down == self->rows ? &self->plane.column_axis : &self->plane.row_axis;

  if (self->updating || chosen >= self->entry->dimensions || chosen == *axis)
    return;
  if (chosen == *other)
    *other = *axis;
  *axis = chosen;
  show_plane (self);
  g_signal_emit_by_name (self, "chosen");
}

static void
note_index (GtkSpinButton *spin, ArrayPlaneBar *self)
{
  if (self->updating)
    return;
  for (guint i = 0; i < self->entry->dimensions; i++)
    if (self->indices[i] == spin)
      self->plane.indices[i] = (guint64) gtk_spin_button_get_value (spin);
  g_signal_emit_by_name (self, "chosen");
}

/* The two stay beside each other, whatever room there is. */
static void
add (ArrayPlaneBar *self, const char *text, GtkWidget *widget)
{
  GtkWidget *pair = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING);
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (pair), label);
  gtk_box_append (GTK_BOX (pair), widget);
  gtk_widget_set_parent (pair, GTK_WIDGET (self));
}

static GtkDropDown *
add_axes (ArrayPlaneBar *self, const char *title)
{
  GtkStringList *names = gtk_string_list_new (NULL);
  GtkWidget *drop_down;

  for (guint i = 0; i < self->entry->dimensions; i++)
    {
      g_autofree char *name = g_strdup_printf (_("axis %u (%" PRIu64 ")"), i,
                                               self->entry->shape[i]);

      gtk_string_list_append (names, name);
    }
  drop_down = gtk_drop_down_new (G_LIST_MODEL (names), NULL);
  drop_down_set_name (GTK_DROP_DOWN (drop_down), title);
  add (self, title, drop_down);
  return GTK_DROP_DOWN (drop_down);
}

static void
build (ArrayPlaneBar *self)
{
  self->updating = TRUE;
  self->rows = add_axes (self, _("Rows"));
  self->columns = add_axes (self, _("Columns"));
  for (guint i = 0; i < self->entry->dimensions; i++)
    {
      g_autofree char *name = g_strdup_printf (_("Axis %u at"), i);
      GtkWidget *spin = gtk_spin_button_new_with_range (
        0, (double) MAX (self->entry->shape[i], 1) - 1, 1);

      self->indices[i] = GTK_SPIN_BUTTON (spin);
      gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      add (self, name, spin);
      g_signal_connect (spin, "value-changed", G_CALLBACK (note_index), self);
    }
  g_signal_connect (self->rows, "notify::selected", G_CALLBACK (note_axis), self);
  g_signal_connect (self->columns, "notify::selected", G_CALLBACK (note_axis), self);
  self->updating = FALSE;
}

static void
clear (ArrayPlaneBar *self)
{
  GtkWidget *child;

  self->updating = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  self->updating = FALSE;
  g_clear_pointer (&self->entry, entry_info_unref);
}

void
array_plane_bar_set (ArrayPlaneBar *self, EntryInfo *entry, const ArrayPlane *plane)
{
  gboolean wanted = entry != NULL && entry->dimensions > 2 && entry->n_fields == 0;

  if (entry != self->entry)
    {
      clear (self);
      if (wanted)
        {
          self->entry = entry_info_ref (entry);
          build (self);
        }
    }
  gtk_widget_set_visible (GTK_WIDGET (self), wanted);
  if (!wanted)
    return;
  self->plane = *plane;
  show_plane (self);
}

void
array_plane_bar_get (ArrayPlaneBar *self, ArrayPlane *ret_plane)
{
  *ret_plane = self->plane;
}

static void
array_plane_bar_dispose (GObject *object)
{
  clear (ARRAY_PLANE_BAR (object));
  G_OBJECT_CLASS (array_plane_bar_parent_class)->dispose (object);
}

static void
array_plane_bar_class_init (ArrayPlaneBarClass *class)
{
  G_OBJECT_CLASS (class)->dispose = array_plane_bar_dispose;
  g_signal_new ("chosen", ARRAY_TYPE_PLANE_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                0);
}

static void
array_plane_bar_init (ArrayPlaneBar *self)
{
  gtk_widget_set_layout_manager (GTK_WIDGET (self), wrap_layout_new (2 * SPACING, SPACING / 2));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (GTK_WIDGET (self), "array-bar");
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
