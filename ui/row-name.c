/* row-name.c - what a screen reader is told of the row of a table that the focus is in. */
#include "row-name.h"

#define TEXT_MAX 500

const char *
row_name_text_of (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return gtk_label_get_text (GTK_LABEL (widget));
  if (GTK_IS_INSCRIPTION (widget))
    return gtk_inscription_get_text (GTK_INSCRIPTION (widget));
  return NULL;
}

static void
append_texts (GtkWidget *widget, GString *text)
{
  const char *own = row_name_text_of (widget);

  if (!gtk_widget_get_visible (widget) || text->len > TEXT_MAX)
    return;
  if (own != NULL && own[0] != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", own);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    append_texts (child, text);
}

static void
set_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* The row of a table that the widget is, or is in. */
static GtkWidget *
row_of (GtkWidget *widget)
{
  while (widget != NULL
         && gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget)) != GTK_ACCESSIBLE_ROLE_ROW)
    widget = gtk_widget_get_parent (widget);
  return widget;
}

static void
on_focus (GtkWindow *window, GParamSpec *pspec, GWeakRef *named)
{
  GtkWidget *focus = gtk_window_get_focus (window);
  GtkWidget *row = focus != NULL ? row_of (focus) : NULL;
  g_autoptr (GtkWidget) before = g_weak_ref_get (named);
  g_autoptr (GString) text = g_string_new (NULL);

  /* It may be given to another item later. */
  if (before != NULL && before != row)
    set_name (before, "");
  g_weak_ref_set (named, row);
  if (row == NULL)
    return;
  append_texts (row, text);
  set_name (row, text->str);
  /* The toolkit's own list between the row and the table is nothing to be told of. */
  if (!GTK_IS_COLUMN_VIEW (gtk_widget_get_parent (row)))
    set_name (gtk_widget_get_parent (row), "");
}

static void
free_named (gpointer data, GClosure *closure)
{
  g_weak_ref_clear (data);
  g_free (data);
}

void
row_name_watch (GtkWindow *window)
{
  GWeakRef *named = g_new (GWeakRef, 1);

  g_weak_ref_init (named, NULL);
  g_signal_connect_data (window, "notify::focus-widget", G_CALLBACK (on_focus), named, free_named,
                         0);
}
