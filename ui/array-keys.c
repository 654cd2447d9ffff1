/* array-keys.c - the keyboard in a chart of an array. */
#include "array-keys.h"

struct keys
{
  ArrayKeysMoved moved;
  gpointer user_data;
};

static gboolean
note_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType modifiers,
          gpointer user_data)
{
  const struct keys *keys = user_data;
  enum array_keys_step step
    = (modifiers & GDK_CONTROL_MASK) != 0 ? ARRAY_KEYS_TENTH : ARRAY_KEYS_ONE;

  if ((modifiers & (GDK_ALT_MASK | GDK_SUPER_MASK | GDK_SHIFT_MASK)) != 0)
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      return keys->moved (-1, 0, step, keys->user_data);
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      return keys->moved (1, 0, step, keys->user_data);
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      return keys->moved (0, -1, step, keys->user_data);
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      return keys->moved (0, 1, step, keys->user_data);
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      return keys->moved (-1, 0, ARRAY_KEYS_TENTH, keys->user_data);
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      return keys->moved (1, 0, ARRAY_KEYS_TENTH, keys->user_data);
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      return keys->moved (-1, 0, ARRAY_KEYS_END, keys->user_data);
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      return keys->moved (1, 0, ARRAY_KEYS_END, keys->user_data);
    default:
      return FALSE;
    }
}

static void
note_focus (GtkEventControllerFocus *controller, gpointer user_data)
{
  const struct keys *keys = user_data;

  keys->moved (0, 0, ARRAY_KEYS_ONE, keys->user_data);
}

static void
note_press (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  gtk_widget_grab_focus (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)));
}

void
array_keys_add (GtkWidget *canvas, ArrayKeysMoved moved, gpointer user_data)
{
  GtkEventController *controller = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  struct keys *keys = g_new (struct keys, 1);

  *keys = (struct keys){ moved, user_data };
  g_object_set_data_full (G_OBJECT (canvas), "array-keys", keys, g_free);
  gtk_widget_set_focusable (canvas, TRUE);
  gtk_widget_add_css_class (canvas, "array-canvas");
  g_signal_connect (controller, "key-pressed", G_CALLBACK (note_key), keys);
  gtk_widget_add_controller (canvas, controller);
  g_signal_connect (focus, "enter", G_CALLBACK (note_focus), keys);
  g_signal_connect (focus, "leave", G_CALLBACK (note_focus), keys);
  gtk_widget_add_controller (canvas, focus);
  g_signal_connect (click, "pressed", G_CALLBACK (note_press), NULL);
  gtk_widget_add_controller (canvas, GTK_EVENT_CONTROLLER (click));
}

guint64
array_keys_move (guint64 place, int by, enum array_keys_step step, guint64 n)
{
  guint64 far = step == ARRAY_KEYS_END     ? n
                : step == ARRAY_KEYS_TENTH ? MAX (n / 10, 1)
                                           : 1;

  place = MIN (place, n - 1);
  if (by < 0)
    return place - MIN (far, place);
  return by > 0 ? place + MIN (far, n - 1 - place) : place;
}
