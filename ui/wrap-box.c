/* wrap-box.c - a bar whose parts go on in a line below where they have no room. */
#include "wrap-box.h"

#include "wrap-layout.h"

#define COLUMN_SPACING 6
#define ROW_SPACING 3

struct _WrapBox
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (WrapBox, wrap_box, GTK_TYPE_WIDGET)

static void
wrap_box_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wrap_box_parent_class)->dispose (object);
}

static void
wrap_box_class_init (WrapBoxClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wrap_box_dispose;
}

static void
wrap_box_init (WrapBox *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_layout_manager (GTK_WIDGET (self), wrap_layout_new (COLUMN_SPACING, ROW_SPACING));
}
