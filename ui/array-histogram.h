/* array-histogram.h - how the numbers of an array are distributed, and what they are like. */
#pragma once

#include <gtk/gtk.h>

#include "array-block.h"
#include "session.h"

#define ARRAY_TYPE_HISTOGRAM (array_histogram_get_type ())
G_DECLARE_FINAL_TYPE (ArrayHistogram, array_histogram, ARRAY, HISTOGRAM, GtkWidget)

/* Of structures a field. entry NULL: nothing. Reads while it is on the screen. */
void array_histogram_set (ArrayHistogram *self, Session *session, Attachment *attachment,
                          EntryInfo *entry, const ArrayBlock *block, int field);
