/* snapshot-columns.c - each column shows one property of a difference, as text. */
#include "snapshot-columns.h"

#include <glib/gi18n.h>

#include "inscription.h"

static void
setup_cell (GtkListItemFactory *factory, GtkListItem *list_item, const char *property)
{
  GtkWidget *text = inscription_new_cell ();

  /* Of a number the end tells as much as the beginning. */
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (text, "field");
  g_object_bind_property (text, "text", text, "tooltip-text", 0);
  gtk_list_item_set_child (list_item, text);
}

static void
bind_cell (GtkListItemFactory *factory, GtkListItem *list_item, const char *property)
{
  GtkWidget *text = gtk_list_item_get_child (list_item);

  g_object_set_data_full (
    G_OBJECT (text), "binding",
    g_object_ref (g_object_bind_property (gtk_list_item_get_item (list_item), property, text,
                                          "text", G_BINDING_SYNC_CREATE)),
    g_object_unref);
}

static void
unbind_cell (GtkListItemFactory *factory, GtkListItem *list_item, const char *property)
{
  GtkWidget *text = gtk_list_item_get_child (list_item);

  g_binding_unbind (g_object_get_data (G_OBJECT (text), "binding"));
  g_object_set_data (G_OBJECT (text), "binding", NULL);
}

static void
add_column (GtkColumnView *view, const char *property, const char *title, int width)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (title, factory);

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cell), (gpointer) property);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), (gpointer) property);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cell), (gpointer) property);
  gtk_column_view_column_set_resizable (column, TRUE);
  if (width > 0)
    gtk_column_view_column_set_fixed_width (column, width);
  else
    gtk_column_view_column_set_expand (column, TRUE);
  gtk_column_view_append_column (view, column);
}

void
snapshot_columns_add (GtkColumnView *view)
{
  add_column (view, "entry", _("Entry"), 170);
  add_column (view, "place", _("Elements"), 100);
  add_column (view, "then", _("Then"), 0);
  add_column (view, "now", _("Now"), 0);
  add_column (view, "change", _("Difference"), 150);
}
