/* plot-axis.c - an axis of a plot: where values stand on it, and the round ones to mark. */
#include "plot-axis.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define ROOM 0.04           /* of the length, on both sides of what is covered */
#define HUGEST 1e300        /* no sum or difference of such is infinite */
#define FINEST 1e-13        /* of the size of the ends: what doubles can still tell apart */
#define DECADES 6           /* below the maximum, where nothing says how far down to go */
#define SECOND 1e6
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static double
size_of (const PlotAxis *axis)
{
  return MAX (fabs (axis->first), fabs (axis->last));
}

gboolean
plot_axis_is_valid (const PlotAxis *axis)
{
  return isfinite (axis->first) && isfinite (axis->last) && size_of (axis) <= 10 * HUGEST
         && axis->last - axis->first > FINEST * size_of (axis)
         && (axis->kind == PLOT_AXIS_LOGARITHMIC || axis->last - axis->first >= 1 / HUGEST)
         && (axis->kind != PLOT_AXIS_LOGARITHMIC
             || (axis->first > 0 && isfinite (axis->last / axis->first)));
}

static PlotAxis
cover_logarithmic (double minimum, double maximum)
{
  double room;

  maximum = maximum > 0 ? MAX (maximum, 1 / HUGEST) : 1;
  minimum = minimum > 0 ? minimum : maximum / pow (10, DECADES);
  minimum = MAX (minimum, maximum / HUGEST);
  minimum = MAX (minimum, 1 / HUGEST);
  room = pow (maximum / minimum, ROOM);
  room = CLAMP (room, 1.1, 5);
  return (PlotAxis) { PLOT_AXIS_LOGARITHMIC, minimum / room, maximum * room };
}

PlotAxis
plot_axis_cover (enum plot_axis_kind kind, double minimum, double maximum)
{
  double room;

  if (!isfinite (minimum))
    minimum = isfinite (maximum) ? maximum : 0;
  if (!isfinite (maximum))
    maximum = minimum;
  minimum = CLAMP (minimum, -HUGEST, HUGEST);
  maximum = CLAMP (maximum, minimum, HUGEST);
  if (kind == PLOT_AXIS_LOGARITHMIC)
    return cover_logarithmic (minimum, maximum);
  if (kind == PLOT_AXIS_TIME)
    return (PlotAxis) { kind, minimum, MAX (maximum, minimum + 1) };
  room = ROOM * (maximum - minimum);
  if (maximum - minimum <= 4 * FINEST * MAX (fabs (minimum), fabs (maximum)))
    room = minimum == 0 ? 1 : fabs (minimum) / 10;
  room = MAX (room, 1 / HUGEST);
  return (PlotAxis) { kind, minimum - room, maximum + room };
}

double
plot_axis_place (const PlotAxis *axis, double value)
{
  if (axis->kind != PLOT_AXIS_LOGARITHMIC)
    return (value - axis->first) / (axis->last - axis->first);
  return value > 0 ? log (value / axis->first) / log (axis->last / axis->first) : NAN;
}

double
plot_axis_value (const PlotAxis *axis, double place)
{
  if (axis->kind != PLOT_AXIS_LOGARITHMIC)
    return axis->first + place * (axis->last - axis->first);
  return axis->first * pow (axis->last / axis->first, place);
}

static void
set_if_valid (PlotAxis *axis, double first, double last)
{
  const PlotAxis wanted = { axis->kind, first, last };

  if (plot_axis_is_valid (&wanted) && (axis->kind != PLOT_AXIS_TIME || last - first >= 1))
    *axis = wanted;
}

void
plot_axis_zoom (PlotAxis *axis, double place, double factor)
{
  set_if_valid (axis, plot_axis_value (axis, place - place / factor),
                plot_axis_value (axis, place + (1 - place) / factor));
}

void
plot_axis_pan (PlotAxis *axis, double share)
{
  set_if_valid (axis, plot_axis_value (axis, share), plot_axis_value (axis, 1 + share));
}

/* A number with so many digits behind the point, or, where that were long, with an exponent. */
static void
print_number (double value, int exponent_of_step, double size, char ret_text[PLOT_TEXT_MAX])
{
  char format[16];

  if (value == 0)
    {
      g_strlcpy (ret_text, "0", PLOT_TEXT_MAX);
      return;
    }
  if (size < 1e7 && exponent_of_step >= -6)
    g_snprintf (format, sizeof format, "%%.%df", MAX (-exponent_of_step, 0));
  else
    g_snprintf (format, sizeof format, "%%.%de",
                CLAMP ((int) floor (log10 (fabs (value))) - exponent_of_step, 0, 16));
  g_ascii_formatd (ret_text, PLOT_TEXT_MAX, format, value);
}

static guint
ticks_linear (const PlotAxis *axis, guint wanted, PlotTick ret_ticks[PLOT_TICKS_MAX])
{
  double least = (axis->last - axis->first) / wanted;
  int exponent = (int) floor (log10 (least));
  double power = pow (10, abs (exponent)), digit = 10;
  double multiple, end;
  guint n = 0;

  for (int i = 0; i < 3; i++)
    {
      static const double digits[] = { 1, 2, 5 };

      if ((exponent < 0 ? digits[i] / power : digits[i] * power) >= least * (1 - 1e-9))
        {
          digit = digits[i];
          break;
        }
    }
  if (digit == 10)
    {
      digit = 1;
      exponent++;
      power = pow (10, abs (exponent));
    }
  /* Divided by whole powers of ten, so that 0.3 is 0.3. */
  multiple = ceil (exponent < 0 ? axis->first * power / digit : axis->first / power / digit);
  end = exponent < 0 ? axis->last * power / digit : axis->last / power / digit;
  for (; multiple <= end && n < PLOT_TICKS_MAX; multiple++, n++)
    {
      PlotTick *tick = &ret_ticks[n];

      tick->value = exponent < 0 ? multiple * digit / power : multiple * digit * power;
      tick->place = plot_axis_place (axis, tick->value);
      print_number (tick->value, exponent, size_of (axis), tick->text);
    }
  return n;
}

/* All of 1 to 9 times a power of ten where there is room, texts at every so many powers. */
static guint
ticks_logarithmic (const PlotAxis *axis, guint wanted, PlotTick ret_ticks[PLOT_TICKS_MAX])
{
  int from = (int) floor (log10 (axis->first)), to = (int) ceil (log10 (axis->last));
  int every = 1 + (to - from) / (int) wanted;
  gboolean few = to - from <= (int) MIN (wanted, 6);
  guint n = 0, n_texts = 0;

  for (int exponent = from; exponent <= to; exponent++)
    for (int digit = 1; digit <= (few ? 9 : 1); digit++)
      {
        double value = exponent < 0 ? digit / pow (10, -exponent) : digit * pow (10, exponent);
        PlotTick *tick = &ret_ticks[n];

        if (value < axis->first || value > axis->last || n == PLOT_TICKS_MAX
            || exponent % every != 0)
          continue;
        *tick = (PlotTick) { .value = value, .place = plot_axis_place (axis, value) };
        if (digit == 1 || (to - from <= 2 && (guint) (3 * (to - from)) <= wanted
                           && (digit == 2 || digit == 5)))
          {
            print_number (value, exponent, value, tick->text);
            n_texts++;
          }
        n++;
      }
  return n_texts >= 2 ? n : ticks_linear (axis, wanted, ret_ticks);
}

static double
time_step (double least)
{
  static const double steps[] = {
    SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE,
    5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR,
    12 * HOUR,
  };
  double unit = least < SECOND ? 1 : DAY;

  if (least >= SECOND * (1 + 1e-9))
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
      if (steps[i] >= least)
        return steps[i];
  for (;; unit *= 10)
    for (int digit = 1; digit <= 5; digit += digit == 1 ? 1 : 3)
      if (unit * digit >= least)
        return unit * digit;
}

/* Local time; to be added to the time since 1970. */
static gboolean
local_time (double time_us, struct tm *ret_local, double *ret_offset_us)
{
  double seconds = floor (time_us / SECOND);
  time_t whole = (time_t) CLAMP (seconds, -6e10, 2e11);

  if (localtime_r (&whole, ret_local) == NULL)
    return FALSE;
  *ret_offset_us = (double) ret_local->tm_gmtoff * SECOND;
  return TRUE;
}

/* step: how fine it is to be told, in microseconds. */
static void
print_time (double time_us, double step, char ret_text[PLOT_TEXT_MAX])
{
  struct tm local;
  double offset;
  gsize n;

  ret_text[0] = '\0';
  if (!local_time (time_us, &local, &offset))
    return;
  if (step >= DAY)
    strftime (ret_text, PLOT_TEXT_MAX, "%Y-%m-%d", &local);
  else if (step >= MINUTE)
    strftime (ret_text, PLOT_TEXT_MAX, "%H:%M", &local);
  else
    {
      n = strftime (ret_text, PLOT_TEXT_MAX, "%H:%M:%S", &local);
      if (step < SECOND)
        {
          int micros = (int) (time_us - floor (time_us / SECOND) * SECOND);
          int digits = CLAMP ((int) ceil (-log10 (step / SECOND) - 1e-9), 1, 6);
          char all[8];

          g_snprintf (all, sizeof all, ".%06d", CLAMP (micros, 0, 999999));
          all[digits + 1] = '\0';
          g_strlcpy (ret_text + n, all, PLOT_TEXT_MAX - n);
        }
    }
}

static guint
ticks_time (const PlotAxis *axis, guint wanted, PlotTick ret_ticks[PLOT_TICKS_MAX])
{
  double step = time_step ((axis->last - axis->first) / wanted);
  struct tm local;
  double offset = 0;
  guint n = 0;

  local_time (axis->last, &local, &offset);
  for (double multiple = ceil ((axis->first + offset) / step);
       multiple * step - offset <= axis->last && n < PLOT_TICKS_MAX; multiple++, n++)
    {
      PlotTick *tick = &ret_ticks[n];

      tick->value = multiple * step - offset;
      tick->place = plot_axis_place (axis, tick->value);
      print_time (tick->value, step, tick->text);
    }
  return n;
}

guint
plot_axis_ticks (const PlotAxis *axis, guint wanted, PlotTick ret_ticks[PLOT_TICKS_MAX])
{
  wanted = CLAMP (wanted, 1, PLOT_TICKS_MAX - 1);
  switch (axis->kind)
    {
    case PLOT_AXIS_LOGARITHMIC:
      return ticks_logarithmic (axis, wanted, ret_ticks);
    case PLOT_AXIS_TIME:
      return ticks_time (axis, wanted, ret_ticks);
    case PLOT_AXIS_LINEAR:
    default:
      return ticks_linear (axis, wanted, ret_ticks);
    }
}

void
plot_axis_text (const PlotAxis *axis, double value, char ret_text[PLOT_TEXT_MAX])
{
  double finest;

  if (!isfinite (value))
    {
      g_strlcpy (ret_text, isnan (value) ? "nan" : value > 0 ? "inf" : "-inf", PLOT_TEXT_MAX);
      return;
    }
  if (axis->kind == PLOT_AXIS_TIME)
    {
      print_time (value, MIN ((axis->last - axis->first) / 1000, SECOND), ret_text);
      return;
    }
  finest = axis->kind == PLOT_AXIS_LOGARITHMIC ? fabs (value) : axis->last - axis->first;
  finest = MIN (finest / 1000, 1);
  print_number (value, finest > 0 ? (int) floor (log10 (finest)) : 0, fabs (value), ret_text);
}
