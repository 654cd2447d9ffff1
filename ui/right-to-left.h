/* right-to-left.h - a window in a language that is written from right to left.
 *
 * The toolkit mirrors what a window consists of. Numbers, names and values of programs are
 * written from left to right in every language all the same, and so is what has an axis of its
 * own: plots, pictures and grids of arrays.
 */
#pragma once

#include <gtk/gtk.h>

/* Once, as soon as the toolkit knows the direction. From then on every text of a window that
 * is written from right to left stands at the window's start, whichever direction it has itself,
 * and one without letters is written from left to right: "-1 / 5" would be "5 / 1-". Tables are
 * scrolled to their first column. Does nothing in other languages.
 *
 * Main thread. */
void right_to_left_prepare (void);

/* How a letter is written; NONE: it is none. Any thread. */
GtkTextDirection right_to_left_of_letter (gunichar letter);
