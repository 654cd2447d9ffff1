/* array-summary.c - what selected elements sum up to. */
#include "array-summary.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#define INTERVAL_MS 500
/* Of a processor, at most this part is spent on it. */
#define SHARE 20

struct array_summary
{
  ArraySummaryChanged changed;
  gpointer user_data;
  Attachment *attachment;
  EntryInfo *entry;        /* NULL: sums up nothing */
  DisplaySet *displays;
  ArrayBlock block;
  int field;
  char *text;
  guint timeout;
  ArrayTask *task;         /* while it reads; what follows is the thread's then */
  ArrayReader *reader;
  ArrayStatistics statistics;
  GError *error;
  gint64 begun_us;
};

static void start (ArraySummary *summary);

ArraySummary *
array_summary_new (ArraySummaryChanged changed, gpointer user_data)
{
  ArraySummary *summary = g_new0 (ArraySummary, 1);

  summary->changed = changed;
  summary->user_data = user_data;
  return summary;
}

static void
stop (ArraySummary *summary)
{
  g_clear_handle_id (&summary->timeout, g_source_remove);
  g_clear_pointer (&summary->task, array_task_free);
  g_clear_pointer (&summary->reader, array_reader_free);
  g_clear_error (&summary->error);
  g_clear_pointer (&summary->text, g_free);
  g_clear_pointer (&summary->attachment, attachment_unref);
  g_clear_pointer (&summary->entry, entry_info_unref);
  g_clear_pointer (&summary->displays, display_set_unref);
}

void
array_summary_free (ArraySummary *summary)
{
  if (summary == NULL)
    return;
  stop (summary);
  g_free (summary);
}

static char *
number_of (const ArrayStatistics *statistics)
{
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%" PRIu64 " element",
                                       "%" PRIu64 " elements", (gulong) statistics->n),
                          statistics->n);
}

/* Short enough to be read; the grid has exact ones. */
static char *
rounded (double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, "%.9g", number));
}

static char *
extreme_text (const ArrayStatistics *statistics, const Display *display, guint bits,
              const Number *number)
{
  guint8 value[8];
  char *text = NULL;

  if (display != NULL && display->form != DISPLAY_PROGRESS && number->form == NUMBER_INTEGER)
    {
      number_store (&statistics->type, number, value);
      text = display_format (display, &statistics->type, bits, value);
    }
  if (text != NULL)
    return text;
  return number->form == NUMBER_DOUBLE  ? rounded (number->real)
         : number->form == NUMBER_FLOAT ? rounded ((double) number->single)
                                        : number_text (&statistics->type, number);
}

char *
array_summary_text (const ArrayStatistics *statistics, const Display *display, guint bits)
{
  GString *text = g_string_new (NULL);
  g_autofree char *n = number_of (statistics);
  char mean[G_ASCII_DTOSTR_BUF_SIZE], deviation[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, n);
  if (statistics->has_numbers)
    {
      gboolean whole = statistics->type.kind != SHMLENS_KIND_FLOAT;
      g_autofree char *sum
        = whole ? array_statistics_sum_text (statistics) : rounded (statistics->sum);
      g_autofree char *least = extreme_text (statistics, display, bits, &statistics->least);
      g_autofree char *most = extreme_text (statistics, display, bits, &statistics->most);

      g_ascii_formatd (mean, sizeof mean, "%.7g", array_statistics_mean (statistics));
      g_ascii_formatd (deviation, sizeof deviation, "%.4g",
                       array_statistics_deviation (statistics));
      /* Translators: of numbers: their sum, the least, the greatest, the mean, the deviation. */
      g_string_append_printf (text, _(" · sum %s · %s to %s · mean %s · deviation %s"), sum, least,
                              most, mean, deviation);
    }
  if (statistics->n_nan > 0)
    /* Translators: how many are no numbers. */
    g_string_append_printf (text, _(" · %" PRIu64 " NaN"), statistics->n_nan);
  if (statistics->n_infinite > 0)
    g_string_append_printf (text, _(" · %" PRIu64 " infinite"), statistics->n_infinite);
  return g_string_free (text, FALSE);
}

static gboolean
start_again (gpointer user_data)
{
  ArraySummary *summary = user_data;

  summary->timeout = 0;
  start (summary);
  return G_SOURCE_REMOVE;
}

static void
note_done (ArrayTask *task, gpointer data)
{
  ArraySummary *summary = data;
  gint64 spent_ms = (g_get_monotonic_time () - summary->begun_us) / 1000;
  const Display *display = display_set_get (summary->displays, summary->field);
  g_autofree char *text = NULL;
  guint bits;

  display_set_type (summary->entry, summary->field, &bits);
  text = summary->error != NULL ? g_strdup (summary->error->message)
                                : array_summary_text (&summary->statistics, display, bits);
  g_clear_pointer (&summary->task, array_task_free);
  g_clear_error (&summary->error);
  summary->timeout
    = g_timeout_add ((guint) CLAMP (spent_ms * SHARE, INTERVAL_MS, 60000), start_again, summary);
  if (g_strcmp0 (text, summary->text) == 0)
    return;
  g_free (summary->text);
  summary->text = g_steal_pointer (&text);
  summary->changed (summary->user_data);
}

static void
run (ArrayTask *task, gpointer data)
{
  ArraySummary *summary = data;

  array_statistics_read (summary->reader, task, &summary->statistics, &summary->error);
}

static void
start (ArraySummary *summary)
{
  summary->begun_us = g_get_monotonic_time ();
  summary->task = array_task_new (run, note_done, summary);
}

void
array_summary_set (ArraySummary *summary, Attachment *attachment, EntryInfo *entry,
                   DisplaySet *displays, const ArrayBlock *block, int field)
{
  g_autoptr (GError) error = NULL;

  if (entry == summary->entry
      && (entry == NULL
          || (field == summary->field && displays == summary->displays
              && memcmp (block, &summary->block, sizeof *block) == 0)))
    return;
  stop (summary);
  if (entry == NULL)
    return;
  summary->attachment = attachment_ref (attachment);
  summary->entry = entry_info_ref (entry);
  summary->displays = display_set_ref (displays);
  summary->block = *block;
  summary->field = field;
  summary->reader = array_reader_new (attachment, entry, field, block, &error);
  if (summary->reader != NULL)
    start (summary);
  else
    summary->text = g_strdup (error->message);
}

const char *
array_summary_get_text (ArraySummary *summary)
{
  return summary->text;
}
