/* entry-item-statistics.c - what became of an entry that is one number. */
#include "entry-item-private.h"

#include <math.h>

#include "words.h"

/* The picture of the last minute. */
#define TRACE_COLUMNS 120
#define TRACE_COLUMN_US 500000
/* Nobody reads numbers that change more often. */
#define TELL_US 500000

static gboolean
is_quantity (const EntryInfo *info)
{
  return info->type.kind != SHMLENS_KIND_CHAR && info->type.kind != SHMLENS_KIND_UNICODE;
}

gboolean
entry_item_has_statistics (const EntryInfo *info)
{
  return info->dimensions == 0 && info->type.kind != SHMLENS_KIND_STRUCT && info->type.size <= 8;
}

void
entry_item_feed_statistics (EntryItem *self, gint64 time_us)
{
  struct shmlens_type type;
  guint8 value[8];
  Number number;

  if (self->n_elements == 0 || !entry_item_has_statistics (self->info))
    return;
  if (self->statistics == NULL)
    {
      self->statistics = entry_statistics_new ();
      self->trace = entry_trace_new (TRACE_COLUMNS, TRACE_COLUMN_US);
    }
  entry_info_extract (self->info, self->elements, -1, 0, &type, value);
  number = number_load (&type, value);
  entry_statistics_add (self->statistics, time_us, &number);
  entry_trace_add (self->trace, time_us, number_double (&number));
}

void
entry_item_pause_statistics (EntryItem *self, gint64 time_us)
{
  if (self->statistics == NULL)
    return;
  entry_statistics_pause (self->statistics, time_us);
  entry_trace_add (self->trace, time_us, NAN);
}

void
entry_item_forget_statistics (EntryItem *self)
{
  g_clear_pointer (&self->statistics, entry_statistics_free);
  g_clear_pointer (&self->trace, entry_trace_free);
}

void
entry_item_tell_statistics (EntryItem *self, gint64 time_us)
{
  if (time_us - self->statistics_us >= TELL_US)
    {
      self->statistics_us = time_us;
      entry_item_notify (self, ENTRY_ITEM_STATISTICS);
    }
  if (self->trace == NULL)
    return;
  entry_trace_advance (self->trace, time_us);
  if (entry_trace_get_serial (self->trace) == self->trace_serial)
    return;
  self->trace_serial = entry_trace_get_serial (self->trace);
  entry_item_notify (self, ENTRY_ITEM_TRACE);
}

void
entry_item_reset_statistics (EntryItem *self)
{
  if (self->statistics == NULL)
    return;
  entry_statistics_reset (self->statistics, g_get_monotonic_time ());
  entry_trace_clear (self->trace);
  entry_item_feed_statistics (self, g_get_monotonic_time ());
  if (self->watch == NULL)
    entry_item_pause_statistics (self, g_get_monotonic_time ());
  entry_item_notify (self, ENTRY_ITEM_STATISTICS);
  entry_item_notify (self, ENTRY_ITEM_TRACE);
}

const EntryTrace *
entry_item_get_trace (EntryItem *self)
{
  return is_quantity (self->info) ? self->trace : NULL;
}

static char *
number_in_words (EntryItem *self, enum statistic statistic)
{
  const EntryInfo *info = self->info;
  const Display *display = entry_item_get_display (self);
  guint8 value[8] = { 0 };
  const char *label;
  char *text;
  Number number;

  if (!entry_statistics_get (self->statistics, statistic, &number))
    return g_strdup ("");
  number_store (&info->type, &number, value);
  if (display != NULL && display->form != DISPLAY_PROGRESS
      && (text = display_format (display, &info->type, 0, value)) != NULL)
    return text;
  label = entry_info_label (info, -1, value);
  return label != NULL ? g_strdup (label) : number_text (&info->type, &number);
}

static char *
rate_in_words (EntryItem *self, enum statistic_span span)
{
  char *rate = words_rate (
    entry_statistics_rate (self->statistics, span, g_get_monotonic_time ()));

  return rate != NULL ? rate : g_strdup ("");
}

static char *
mean_in_words (EntryItem *self)
{
  double mean = entry_statistics_mean (self->statistics, g_get_monotonic_time ());

  return isnan (mean) ? g_strdup ("") : g_strdup_printf ("%.6g", mean);
}

char *
entry_item_get_statistic (EntryItem *self, enum entry_statistic statistic)
{
  if (statistic == ENTRY_STATISTIC_WRITES)
    return self->has_writes ? g_strdup_printf ("%" G_GUINT64_FORMAT, self->writes)
                            : g_strdup ("");
  if (self->statistics == NULL
      || (!is_quantity (self->info) && statistic != ENTRY_STATISTIC_PREVIOUS
          && statistic != ENTRY_STATISTIC_CHANGES))
    return g_strdup ("");
  switch (statistic)
    {
    case ENTRY_STATISTIC_PREVIOUS:
      return number_in_words (self, STATISTIC_PREVIOUS);
    case ENTRY_STATISTIC_MINIMUM:
      return number_in_words (self, STATISTIC_MINIMUM);
    case ENTRY_STATISTIC_MAXIMUM:
      return number_in_words (self, STATISTIC_MAXIMUM);
    case ENTRY_STATISTIC_MEAN:
      return mean_in_words (self);
    case ENTRY_STATISTIC_CHANGES:
      return g_strdup_printf ("%" G_GUINT64_FORMAT,
                              entry_statistics_changes (self->statistics, NULL));
    case ENTRY_STATISTIC_RATE_1_S:
      return rate_in_words (self, STATISTIC_1_S);
    case ENTRY_STATISTIC_RATE_10_S:
      return rate_in_words (self, STATISTIC_10_S);
    case ENTRY_STATISTIC_RATE_100_S:
      return rate_in_words (self, STATISTIC_100_S);
    case ENTRY_STATISTIC_WRITES:
      break;
    }
  return g_strdup ("");
}

gboolean
entry_item_get_statistic_number (EntryItem *self, enum entry_statistic statistic,
                                 Number *ret_number)
{
  static const enum statistic_span spans[] = {
    [ENTRY_STATISTIC_RATE_1_S] = STATISTIC_1_S,
    [ENTRY_STATISTIC_RATE_10_S] = STATISTIC_10_S,
    [ENTRY_STATISTIC_RATE_100_S] = STATISTIC_100_S,
  };
  double real = NAN;

  if (statistic == ENTRY_STATISTIC_WRITES)
    {
      *ret_number = (Number) { .form = NUMBER_INTEGER, .integer = self->writes };
      return self->has_writes;
    }
  if (self->statistics == NULL)
    return FALSE;
  switch (statistic)
    {
    case ENTRY_STATISTIC_PREVIOUS:
      return entry_statistics_get (self->statistics, STATISTIC_PREVIOUS, ret_number);
    case ENTRY_STATISTIC_MINIMUM:
      return entry_statistics_get (self->statistics, STATISTIC_MINIMUM, ret_number);
    case ENTRY_STATISTIC_MAXIMUM:
      return entry_statistics_get (self->statistics, STATISTIC_MAXIMUM, ret_number);
    case ENTRY_STATISTIC_CHANGES:
      *ret_number = (Number) { .form = NUMBER_INTEGER,
                               .integer = entry_statistics_changes (self->statistics, NULL) };
      return TRUE;
    case ENTRY_STATISTIC_MEAN:
      real = entry_statistics_mean (self->statistics, g_get_monotonic_time ());
      break;
    default:
      real = entry_statistics_rate (self->statistics, spans[statistic], g_get_monotonic_time ());
    }
  *ret_number = (Number) { .form = NUMBER_DOUBLE, .real = real };
  return !isnan (real);
}
