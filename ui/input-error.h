/* input-error.h - what is typed is not right: the field looks so, and says so to assistive
 * technology. */
#pragma once

#include <gtk/gtk.h>

/* Marks a field, or takes the mark away. */
void input_error_mark (GtkWidget *field, gboolean is_wrong);

/* The same, with the reason in a label that is there only then; why: NULL, nothing is wrong. */
void input_error_show (GtkWidget *field, GtkLabel *message, const char *why);
