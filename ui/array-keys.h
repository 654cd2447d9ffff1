/* array-keys.h - the keyboard in a chart of an array: a cursor that arrow keys move. */
#pragma once

#include <gtk/gtk.h>

/* How far a key moves. */
enum array_keys_step
{
  ARRAY_KEYS_ONE,
  ARRAY_KEYS_TENTH,   /* of all: Page Up and Page Down, or an arrow with Ctrl */
  ARRAY_KEYS_END      /* as far as it goes: Home and End */
};

/* right, down: -1, 0 or 1; both 0: the focus has come or gone. FALSE: the key is not for the
 * chart. */
typedef gboolean (*ArrayKeysMoved) (int right, int down, enum array_keys_step step,
                                    gpointer user_data);

/* Lets the canvas have the focus. user_data must stay as long as the canvas. */
void array_keys_add (GtkWidget *canvas, ArrayKeysMoved moved, gpointer user_data);

/* Where a place of n (at least 1) is after such a move. */
guint64 array_keys_move (guint64 place, int by, enum array_keys_step step, guint64 n);
