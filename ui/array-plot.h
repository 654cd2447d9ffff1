/* array-plot.h - the elements of an array as a line over their index: of an array of one dimension
 * all, else those of one row of a plane. Where several elements share a column of pixels, from
 * the least to the greatest of them is drawn, so that no spike is lost. */
#pragma once

#include <gtk/gtk.h>

#include "array-block.h"
#include "display-set.h"
#include "session.h"

#define ARRAY_TYPE_PLOT (array_plot_get_type ())
G_DECLARE_FINAL_TYPE (ArrayPlot, array_plot, ARRAY, PLOT, GtkWidget)

/* Of structures a field. entry NULL: nothing. Reads while it is on the screen. */
void array_plot_set (ArrayPlot *self, Session *session, Attachment *attachment, EntryInfo *entry,
                     const ArrayBlock *block, int field);

/* The forms in which numbers are told; NULL: as the entry says. */
void array_plot_set_displays (ArrayPlot *self, DisplaySet *displays);

/* "[5] = 0.5", or "[5] to [9]: 0.1 to 0.5" of a column of pixels that several elements share, or
 * NULL beside the line. Newly allocated. */
char *array_plot_text_at (ArrayPlot *self, double x);
