/* plot-axis.h - an axis of a plot: where values stand on it, and the round ones to mark.
 *
 * Knows nothing of drawing and allocates nothing, so that an axis that moves costs next to
 * nothing in a frame. Any thread.
 */
#pragma once

#include <glib.h>

typedef struct plot_axis PlotAxis;
typedef struct plot_tick PlotTick;

enum plot_axis_kind
{
  PLOT_AXIS_LINEAR,
  PLOT_AXIS_LOGARITHMIC,
  PLOT_AXIS_TIME          /* microseconds since 1970, as g_get_real_time(); told in local time */
};

/* Only axes for which plot_axis_is_valid() holds are given to the other functions;
 * plot_axis_cover() makes such. */
struct plot_axis
{
  enum plot_axis_kind kind;
  double first, last;     /* what stands at both ends */
};

#define PLOT_TICKS_MAX 64
#define PLOT_TEXT_MAX 32

struct plot_tick
{
  double value;
  double place;                /* 0 at first, 1 at last */
  char text[PLOT_TEXT_MAX];    /* ASCII; "" for one that has none */
};

/* Both ends are finite, the last is above the first by more than doubles of that size can
 * be apart, and those of a logarithmic axis are above 0. */
gboolean plot_axis_is_valid (const PlotAxis *axis);

/* An axis that shows the values from minimum to maximum, and a little room on both sides
 * (none on a time axis). Whatever they are, it is valid: one value or none gets a range around
 * it, and a logarithmic one begins above 0. */
PlotAxis plot_axis_cover (enum plot_axis_kind kind, double minimum, double maximum);

/* From 0 to 1 for what is on the axis, below or beyond for what is not; NAN for what has no
 * place: no number, or nothing above 0 on a logarithmic axis. */
double plot_axis_place (const PlotAxis *axis, double value);
/* The value that stands at a place. */
double plot_axis_value (const PlotAxis *axis, double place);

/* Magnified `factor` times (below 1: made smaller) about a place that stays where it is. Left as
 * it is when the result is not valid. */
void plot_axis_zoom (PlotAxis *axis, double place, double factor);
/* Moved on by a share of its length. */
void plot_axis_pan (PlotAxis *axis, double share);

/* Round values, ascending: steps of 1, 2 or 5 times a power of ten; powers of ten on a
 * logarithmic axis; seconds, minutes, hours and days of local time on a time axis.
 *
 * wanted: about how many are to have a text; never more than one above it.
 * Returns how many there are. */
guint plot_axis_ticks (const PlotAxis *axis, guint wanted, PlotTick ret_ticks[PLOT_TICKS_MAX]);

/* A value as exact as the axis shows it: to a thousandth of its length, or of the value. */
void plot_axis_text (const PlotAxis *axis, double value, char ret_text[PLOT_TEXT_MAX]);
