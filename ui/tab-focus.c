/* tab-focus.c - where Tab goes: around the window, past the rows of a list. */
#include "tab-focus.h"

static gboolean
is_back (GtkDirectionType direction)
{
  return direction == GTK_DIR_TAB_BACKWARD || direction == GTK_DIR_UP
         || direction == GTK_DIR_LEFT;
}

static GtkWidget *
next_of (GtkWidget *widget, GtkDirectionType direction)
{
  return is_back (direction) ? gtk_widget_get_prev_sibling (widget)
                             : gtk_widget_get_next_sibling (widget);
}

static GtkWidget *
first_of (GtkWidget *parent, GtkDirectionType direction)
{
  return is_back (direction) ? gtk_widget_get_last_child (parent)
                             : gtk_widget_get_first_child (parent);
}

/* This one, or one of those that follow. */
static gboolean
focus_from (GtkWidget *child, GtkDirectionType direction)
{
  while (child != NULL
         && !(gtk_widget_get_mapped (child) && gtk_widget_child_focus (child, direction)))
    child = next_of (child, direction);
  return child != NULL;
}

gboolean
tab_focus_children (GtkWidget *widget, GtkDirectionType direction)
{
  GtkWidget *child = gtk_widget_get_focus_child (widget);

  return focus_from (child != NULL ? child : first_of (widget, direction), direction);
}

gboolean
tab_focus_table (GtkWidget *widget, GtkDirectionType direction)
{
  if (gtk_widget_get_focus_child (widget) == NULL && gtk_widget_grab_focus (widget))
    return TRUE;
  return tab_focus_children (widget, direction);
}

gboolean
tab_focus_leave (GtkWidget *widget, GtkDirectionType direction)
{
  GtkWidget *parent;

  for (; (parent = gtk_widget_get_parent (widget)) != NULL; widget = parent)
    if (focus_from (next_of (widget, direction), direction))
      return TRUE;
  return focus_from (first_of (widget, direction), direction);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        gpointer user_data)
{
  GtkWidget *list = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_ISO_Left_Tab || (key == GDK_KEY_Tab && (state & GDK_SHIFT_MASK) != 0))
    return tab_focus_leave (list, GTK_DIR_TAB_BACKWARD);
  return key == GDK_KEY_Tab && tab_focus_leave (list, GTK_DIR_TAB_FORWARD);
}

void
tab_focus_leave_list (GtkWidget *list)
{
  GtkEventController *controller = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect (controller, "key-pressed", G_CALLBACK (on_key), NULL);
  gtk_widget_add_controller (list, controller);
}
