/* plot-page.h - plots of entries over time, with what is plotted beside them: a page of the
 * window.
 *
 * What is plotted stays when another segment is opened, and goes on where a segment comes back
 * under its name.
 */
#pragma once

#include <gtk/gtk.h>

#include "entry-list.h"
#include "plot-list.h"
#include "plot-view.h"

#define PLOT_TYPE_PAGE (plot_page_get_type ())
G_DECLARE_FINAL_TYPE (PlotPage, plot_page, PLOT, PAGE, GtkWidget)

/* Signal `failed` (char *): as that of PlotList.
 *
 * Actions, for its buttons, menu and keys: `plot.zoom`, `plot.zoom-values`, `plot.pan`,
 * `plot.pan-values`, `plot.move-cursor` (a double), `plot.show-all`, `plot.automatic`,
 * `plot.cursor-off`, `plot.add`, `plot.range`, `plot.remove`, `plot.remove-all`,
 * `plot.save-picture`, `plot.save-values`; and with a state `plot.following`,
 * `plot.logarithmic`, `plot.panes` ("unit", "one", "each"). */
GtkWidget *plot_page_new (void);
/* Without a session nothing can be added. */
void plot_page_set_session (PlotPage *self, Session *session);
/* Shown on the time axis. */
void plot_page_set_marks (PlotPage *self, MarkList *marks);
/* The open segment; NULL: none. */
void plot_page_set_list (PlotPage *self, EntryList *list);
/* The file into which a segment is recorded: of what is plotted from now on it tells what was
 * before. NULL: none is. */
void plot_page_set_recorded (PlotPage *self, Attachment *attachment, const char *path);
/* The selected entry, which is offered to be added. */
void plot_page_set_item (PlotPage *self, EntryItem *item);

/* Plots one number. FALSE: it is none, or the plot is full. */
gboolean plot_page_add_place (PlotPage *self, const struct plot_place *place);
/* Plots an entry; of one that has several numbers, asks which. */
void plot_page_add_item (PlotPage *self, EntryItem *item);
/* Plots what is meant (target.h) in the open segment: each number of a slice. */
gboolean plot_page_add (PlotPage *self, const char *target, GError **error);

/* Both owned by the page. */
PlotList *plot_page_get_plots (PlotPage *self);
PlotView *plot_page_get_view (PlotPage *self);
