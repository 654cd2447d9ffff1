/* array-range.h - a range of numbers that people may give: a check button, and two entries. */
#pragma once

#include <gtk/gtk.h>

/* The range that is given; FALSE when none is, or none that is right. */
gboolean array_range_get (GtkCheckButton *fixed, GtkEntry *low, GtkEntry *high, double *ret_low,
                          double *ret_high);
/* After a change of one of them: lets the entries be typed in when a range is to be given, and
 * marks a wrong one. FALSE: the change was array_range_show()'s. */
gboolean array_range_check (GtkCheckButton *fixed, GtkEntry *low, GtkEntry *high);
/* Shows in the entries what the range is by itself. */
void array_range_show (GtkCheckButton *fixed, GtkEntry *low, GtkEntry *high, double low_number,
                       double high_number);
