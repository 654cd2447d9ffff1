/* column-chooser.c - a popover in which people choose the columns of a table. */
#include "column-chooser.h"

#include <glib/gi18n.h>

struct _ColumnChooser
{
  GtkPopover parent_instance;

  GtkBox *rows;
  EntryColumns *columns;
};

G_DEFINE_FINAL_TYPE (ColumnChooser, column_chooser, GTK_TYPE_POPOVER)

/* What one can do about a column; kept with each widget that does it. */
#define ID "column-id"

static void fill (ColumnChooser *self, const char *focused_id, int focused_child);

static const char *
id_of (gpointer widget)
{
  return g_object_get_data (widget, ID);
}

static void
on_toggled (GtkCheckButton *button, ColumnChooser *self)
{
  const char *id = id_of (button);

  entry_columns_set_shown (self->columns, id, gtk_check_button_get_active (button));
  fill (self, id, 0);
}

static void
on_earlier (GtkButton *button, ColumnChooser *self)
{
  entry_columns_move (self->columns, id_of (button), -1);
  fill (self, id_of (button), 1);
}

static void
on_later (GtkButton *button, ColumnChooser *self)
{
  entry_columns_move (self->columns, id_of (button), 1);
  fill (self, id_of (button), 2);
}

static GtkWidget *
make_button (ColumnChooser *self, const char *id, const char *icon, const char *label,
             GCallback callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);
  g_autofree char *text = g_strdup_printf (label, entry_columns_get_title (id));

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
  g_object_set_data (G_OBJECT (button), ID, (gpointer) id);
  g_signal_connect (button, "clicked", callback, self);
  return button;
}

static GtkWidget *
make_row (ColumnChooser *self, const char *id, gboolean shown, gboolean first, gboolean last)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *check = gtk_check_button_new_with_label (entry_columns_get_title (id));
  GtkWidget *earlier = make_button (self, id, "go-up-symbolic", _("Move %s to the left"),
                                    G_CALLBACK (on_earlier));
  GtkWidget *later = make_button (self, id, "go-down-symbolic", _("Move %s to the right"),
                                  G_CALLBACK (on_later));

  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), shown);
  gtk_widget_set_sensitive (check, entry_columns_can_hide (id));
  gtk_widget_set_hexpand (check, TRUE);
  gtk_widget_set_sensitive (earlier, shown && !first);
  gtk_widget_set_sensitive (later, shown && !last);
  g_object_set_data (G_OBJECT (check), ID, (gpointer) id);
  g_signal_connect (check, "toggled", G_CALLBACK (on_toggled), self);
  gtk_box_append (GTK_BOX (row), check);
  gtk_box_append (GTK_BOX (row), earlier);
  gtk_box_append (GTK_BOX (row), later);
  return row;
}

/* The row's child of this number, or the one before that can take the focus. */
static void
focus_in (GtkWidget *row, int child)
{
  GtkWidget *widget = gtk_widget_get_first_child (row);

  for (int i = 0; i < child; i++)
    widget = gtk_widget_get_next_sibling (widget);
  while (widget != NULL && !gtk_widget_grab_focus (widget))
    widget = gtk_widget_get_prev_sibling (widget);
}

/* Rows are made anew: there are few. focused_id NULL: the focus stays where it is. */
static void
fill (ColumnChooser *self, const char *focused_id, int focused_child)
{
  guint n_shown;
  g_autofree const char **ids = entry_columns_list (self->columns, &n_shown);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
    gtk_box_remove (self->rows, child);
  for (guint i = 0; ids[i] != NULL; i++)
    {
      child = make_row (self, ids[i], i < n_shown, i == 0, i + 1 == n_shown);
      gtk_box_append (self->rows, child);
      if (focused_id != NULL && g_str_equal (ids[i], focused_id))
        focus_in (child, focused_child);
    }
}

static void
on_reset (GtkButton *button, ColumnChooser *self)
{
  entry_columns_reset (self->columns);
  fill (self, NULL, 0);
}

void
column_chooser_open (ColumnChooser *self, const GdkRectangle *where)
{
  fill (self, NULL, 0);
  gtk_popover_set_pointing_to (GTK_POPOVER (self), where);
  gtk_popover_popup (GTK_POPOVER (self));
}

ColumnChooser *
column_chooser_new (EntryColumns *columns)
{
  ColumnChooser *self = g_object_new (COLUMN_TYPE_CHOOSER, NULL);

  self->columns = columns;
  return self;
}

static void
column_chooser_class_init (ColumnChooserClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/column-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, ColumnChooser, rows);
  gtk_widget_class_bind_template_callback (widget_class, on_reset);
}

static void
column_chooser_init (ColumnChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
