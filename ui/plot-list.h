/* plot-list.h - what is plotted, as a list model. */
#pragma once

#include <gio/gio.h>

#include "plot-series.h"

#define PLOT_TYPE_LIST (plot_list_get_type ())
G_DECLARE_FINAL_TYPE (PlotList, plot_list, PLOT, LIST, GObject)

/* More than anybody can tell apart. */
#define PLOT_LIST_MAX 40

/* Its series share SERIES_LIMIT_DEFAULT, and each has a style of its own. What memory has no room
 * for is written below $XDG_CACHE_HOME until the list is empty, where this build has recordings.
 *
 * Signals: `changed`: something of a series or the series themselves are others; `detailed`: more
 * is known of what was seen; `failed` (char *): a recording cannot be read, or what memory has no
 * room for cannot be written any more: a sentence. */
PlotList *plot_list_new (void);

/* FALSE when the list is full. */
gboolean plot_list_add (PlotList *self, PlotSeries *series);
/* It stops. */
void plot_list_remove (PlotList *self, PlotSeries *series);
void plot_list_clear (PlotList *self);

guint plot_list_length (PlotList *self);
/* Owned by the list. */
PlotSeries *plot_list_get (PlotList *self, guint position);
/* The one of this place; NULL. Owned by the list. */
PlotSeries *plot_list_find (PlotList *self, const struct plot_place *place);
