/* plot-series.c - one number of an entry and what it was since it is plotted. */
#include "plot-series.h"

#include <math.h>

#include "attachment-recording.h"
#include "plot-recorded.h"

struct _PlotSeries
{
  GObject parent_instance;

  Session *session;      /* NULL: nobody samples it */
  struct plot_place place;
  Watch *watch, *segment_watch;
  gulong tick_handler, paused_handler;

  Series *series;
  gsize limit;
  GCancellable *reading; /* a recording; NULL: it is not read */
  gint64 read_us;        /* up to when it was, in its own times */
  struct shmlens_type type;
  char *name, *unit, *segment;
  gboolean visible;
  guint style;
  guint64 added;
  gint64 now_us;
  double newest;         /* NAN: not known */
  gboolean gap;          /* the session was paused after the newest */
  gboolean rounded;
};

/* How much longer a recording that is written has to be before it is read on. */
#define READ_ON_US 1000000

G_DEFINE_FINAL_TYPE (PlotSeries, plot_series, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_LOADED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

gint64
plot_time (gint64 monotonic_us)
{
  static gint64 difference;

  if (difference == 0)
    difference = g_get_real_time () - g_get_monotonic_time ();
  return monotonic_us + difference;
}

void
plot_number_text (const struct shmlens_type *type, double value, char ret_text[64])
{
  const struct shmlens_type real = { .kind = SHMLENS_KIND_FLOAT, .code = 'd', .size = 8 };
  float single = (float) value;

  ret_text[0] = '\0';
  if (isnan (value))
    return;
  if (type->kind != SHMLENS_KIND_FLOAT)
    g_snprintf (ret_text, 64, "%.0f", value);
  else if (type->size == sizeof single)
    shmlens_type_print (type, &single, 64, ret_text);
  else
    shmlens_type_print (&real, &value, 64, ret_text);
}

/* From the times of its recording to those since 1970. */
static gint64
offset_of (PlotSeries *self)
{
  const struct recording_head *head
    = recording_file_head (attachment_recording_get_file (self->place.attachment));

  return head->start_wall_us - head->start_us;
}

static void
changed (PlotSeries *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
plot_series_add (PlotSeries *self, gint64 time_us, double value)
{
  series_add (self->series, time_us, value);
  self->added++;
  self->newest = value;
  self->now_us = MAX (self->now_us, time_us);
}

static void
on_sample (Watch *watch, const Sample *sample, gpointer user_data)
{
  PlotSeries *self = user_data;
  double value = NAN;

  if (sample->status >= 0 && sample->elements != NULL && sample->last > sample->first)
    value = plot_place_value (&self->place, sample->elements, &self->rounded);
  if (self->gap || self->added == 0
      || !(value == self->newest || (isnan (value) && isnan (self->newest))))
    plot_series_add (self, plot_time (sample->time_us), value);
  self->gap = sampler_get_paused (session_get_sampler (self->session));
  if (self->gap && !isnan (value))
    series_add (self->series, self->now_us + 1, NAN);
}

/* What was before, then what was sampled since. */
static void
join (PlotSeries *self, Series *before)
{
  guint64 length = series_length (self->series);

  for (guint64 i = 0; i < length; i++)
    {
      gint64 time_us;
      double value;

      if (series_get (self->series, i, &time_us, &value))
        series_add (before, time_us, value);
    }
  series_free (self->series);
  self->series = before;
  series_set_limit (before, self->limit);
}

static void
append (PlotSeries *self, const Series *after)
{
  guint64 length = series_length (after);

  for (guint64 i = 0; i < length; i++)
    {
      gint64 time_us;
      double value;

      if (series_get (after, i, &time_us, &value))
        series_add (self->series, time_us, value);
    }
}

static gboolean
is_of_recording (PlotSeries *self)
{
  return self->place.attachment != NULL && attachment_is_recording (self->place.attachment);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlotSeries) self = user_data;
  g_autoptr (GCancellable) reading = NULL;
  struct plot_recorded recorded;
  gboolean is_first = self->read_us == 0;

  if (!plot_recorded_read_finish (result, &recorded, NULL))
    {
      /* Not again: it is damaged, or does not hold the entry. */
      self->read_us = G_MAXINT64;
      if (!g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
        g_clear_object (&self->reading);
      return;
    }
  reading = g_steal_pointer (&self->reading);
  self->read_us = recorded.end_us;
  self->rounded |= recorded.is_rounded;
  if (is_first)
    join (self, recorded.series);
  else
    {
      append (self, recorded.series);
      series_free (recorded.series);
    }
  self->added++;
  if (is_of_recording (self))
    self->now_us = recorded.end_us + offset_of (self);
  if (!is_first)
    return;
  g_signal_emit (self, signals[SIGNAL_LOADED], 0);
  changed (self);
}

static void
read_recording (PlotSeries *self, const char *path, guint64 number, gint64 first_us,
                gint64 last_us, gint64 offset_us)
{
  if (self->reading != NULL)
    return;
  self->reading = g_cancellable_new ();
  plot_recorded_read (path, number, &self->place, first_us, last_us, offset_us, self->limit,
                      self->reading, on_read, g_object_ref (self));
}

/* What there is more of it than was read. */
static void
read_on (PlotSeries *self)
{
  RecordingFile *file = attachment_recording_get_file (self->place.attachment);

  if (self->read_us == 0 || recording_file_end (file) - self->read_us >= READ_ON_US)
    read_recording (self, attachment_recording_get_path (self->place.attachment),
                    self->place.entry->id, self->read_us != 0 ? self->read_us + 1 : G_MININT64 + 1,
                    G_MAXINT64, offset_of (self));
}

void
plot_series_load (PlotSeries *self, const char *path)
{
  gint64 first_us, last_us;

  if (self->watch == NULL)
    return;
  if (!series_span (self->series, &first_us, &last_us))
    first_us = plot_time (g_get_monotonic_time ());
  read_recording (self, path, 0, G_MININT64 + 1, first_us - plot_time (0), plot_time (0));
}

static void
on_tick (Session *session, gint64 time_us, PlotSeries *self)
{
  gint64 now = plot_time (time_us);

  if (is_of_recording (self))
    {
      read_on (self);
      return;
    }
  if (sampler_get_paused (session_get_sampler (session)))
    return;
  /* It was looked at again after a pause, and is what it was. */
  if (self->gap)
    {
      self->gap = FALSE;
      plot_series_add (self, now, self->newest);
    }
  self->now_us = MAX (self->now_us, now);
}

static void
on_paused (Session *session, GParamSpec *pspec, PlotSeries *self)
{
  if (is_of_recording (self) || !sampler_get_paused (session_get_sampler (session)) || self->gap)
    return;
  self->gap = TRUE;
  series_add (self->series, self->now_us + 1, NAN);
  self->added++;
}

static void
set_texts (PlotSeries *self)
{
  const EntryInfo *entry = self->place.entry;
  g_autoptr (SegmentInfo) segment = attachment_get_info (self->place.attachment);

  g_free (self->name);
  g_free (self->unit);
  g_free (self->segment);
  self->name = plot_place_name (&self->place);
  self->unit = g_strdup (self->place.field < 0 && entry->unit != NULL ? entry->unit : "");
  self->segment = g_strdup (segment->title);
  self->type = *plot_place_type (&self->place);
}

static void
unwatch (PlotSeries *self, Watch **watch)
{
  if (*watch != NULL)
    sampler_unwatch (session_get_sampler (self->session), *watch);
  *watch = NULL;
}

static void
watch_place (PlotSeries *self)
{
  unwatch (self, &self->watch);
  self->watch = sampler_watch (session_get_sampler (self->session), self->place.attachment,
                               self->place.entry, self->place.element, self->place.element + 1,
                               on_sample, self);
}

/* What the entry is called or where it is in a newer look at the segment; NULL when it is not
 * there. */
static EntryInfo *
find_again (PlotSeries *self)
{
  const EntryInfo *old = self->place.entry;
  EntryInfo *entry = attachment_find_entry_id (self->place.attachment, old->id);

  /* Objects of a program are found before their names are. */
  if (entry != NULL && (g_str_equal (entry->name, old->name)
                        || (entry->offset == old->offset && entry->length == old->length
                            && entry->type.size == old->type.size)))
    return entry;
  if (entry != NULL)
    entry_info_unref (entry);
  return attachment_find_entry (self->place.attachment, old->name);
}

static void
on_segment (Attachment *attachment, gpointer user_data)
{
  PlotSeries *self = user_data;
  g_autoptr (EntryInfo) entry = find_again (self);
  struct plot_place place = self->place;

  if (entry == NULL || entry_info_equal (entry, self->place.entry))
    return;
  place.entry = entry;
  if (!plot_place_is_number (&place))
    return;
  entry_info_unref (self->place.entry);
  self->place.entry = g_steal_pointer (&entry);
  set_texts (self);
  watch_place (self);
  changed (self);
}

static void
start (PlotSeries *self)
{
  if (is_of_recording (self))
    {
      read_on (self);
      return;
    }
  watch_place (self);
  self->segment_watch = sampler_watch_segment (session_get_sampler (self->session),
                                               self->place.attachment, on_segment, self);
}

PlotSeries *
plot_series_new (Session *session, const struct plot_place *place)
{
  PlotSeries *self = g_object_new (PLOT_TYPE_SERIES, NULL);

  g_return_val_if_fail (plot_place_is_number (place), self);
  self->session = g_object_ref (session);
  self->limit = SERIES_LIMIT_DEFAULT;
  self->series = series_new (self->limit);
  self->place = *place;
  attachment_ref (self->place.attachment);
  entry_info_ref (self->place.entry);
  set_texts (self);
  self->tick_handler = g_signal_connect (session, "tick", G_CALLBACK (on_tick), self);
  self->paused_handler = g_signal_connect (session, "notify::paused", G_CALLBACK (on_paused), self);
  start (self);
  return self;
}

PlotSeries *
plot_series_new_of (Series *series, const char *name, const char *unit,
                    const struct shmlens_type *type)
{
  PlotSeries *self = g_object_new (PLOT_TYPE_SERIES, NULL);
  gint64 first;

  self->series = series;
  self->type = *type;
  self->name = g_strdup (name);
  self->unit = g_strdup (unit);
  self->segment = g_strdup ("");
  if (series_span (series, &first, &self->now_us))
    self->newest = series_at (series, self->now_us);
  return self;
}

void
plot_series_move (PlotSeries *self, Attachment *attachment)
{
  g_autoptr (EntryInfo) entry = NULL;
  struct plot_place place = self->place;

  if (self->watch == NULL || attachment == self->place.attachment)
    return;
  entry = attachment_find_entry (attachment, self->place.entry->name);
  if (entry == NULL)
    return;
  place.attachment = attachment;
  place.entry = entry;
  if (!plot_place_is_number (&place))
    return;
  unwatch (self, &self->watch);
  unwatch (self, &self->segment_watch);
  attachment_unref (self->place.attachment);
  entry_info_unref (self->place.entry);
  self->place.attachment = attachment_ref (attachment);
  self->place.entry = g_steal_pointer (&entry);
  set_texts (self);
  start (self);
  changed (self);
}

void
plot_series_stop (PlotSeries *self)
{
  if (self->session == NULL)
    return;
  g_clear_signal_handler (&self->tick_handler, self->session);
  g_clear_signal_handler (&self->paused_handler, self->session);
  unwatch (self, &self->watch);
  unwatch (self, &self->segment_watch);
  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
}

gboolean
plot_series_is_sampled (PlotSeries *self)
{
  return self->watch != NULL;
}

void
plot_series_set_limit (PlotSeries *self, gsize limit)
{
  self->limit = limit;
  series_set_limit (self->series, limit);
}

Series *
plot_series_get_series (PlotSeries *self)
{
  return self->series;
}

const char *
plot_series_get_name (PlotSeries *self)
{
  return self->name;
}

const char *
plot_series_get_unit (PlotSeries *self)
{
  return self->unit;
}

const char *
plot_series_get_segment (PlotSeries *self)
{
  return self->segment;
}

Attachment *
plot_series_get_attachment (PlotSeries *self)
{
  return self->place.attachment;
}

gboolean
plot_series_is_place (PlotSeries *self, const struct plot_place *place)
{
  return self->place.attachment == place->attachment && self->place.entry != NULL
         && self->place.entry->id == place->entry->id && self->place.element == place->element
         && self->place.field == place->field && self->place.field_index == place->field_index;
}

gboolean
plot_series_get_visible (PlotSeries *self)
{
  return self->visible;
}

void
plot_series_set_visible (PlotSeries *self, gboolean visible)
{
  if (self->visible == visible)
    return;
  self->visible = visible;
  changed (self);
}

guint
plot_series_get_style (PlotSeries *self)
{
  return self->style;
}

void
plot_series_set_style (PlotSeries *self, guint style)
{
  if (self->style == style)
    return;
  self->style = style;
  changed (self);
}

guint64
plot_series_get_added (PlotSeries *self)
{
  return self->added;
}

gint64
plot_series_get_now (PlotSeries *self)
{
  return self->now_us;
}

gboolean
plot_series_is_rounded (PlotSeries *self)
{
  return self->rounded;
}

const struct shmlens_type *
plot_series_get_number_type (PlotSeries *self)
{
  return &self->type;
}

void
plot_series_text (PlotSeries *self, double value, char ret_text[64])
{
  plot_number_text (&self->type, value, ret_text);
}

static void
plot_series_dispose (GObject *object)
{
  plot_series_stop (PLOT_SERIES (object));
  G_OBJECT_CLASS (plot_series_parent_class)->dispose (object);
}

static void
plot_series_finalize (GObject *object)
{
  PlotSeries *self = PLOT_SERIES (object);

  series_free (self->series);
  g_free (self->name);
  g_free (self->unit);
  g_free (self->segment);
  g_clear_pointer (&self->place.entry, entry_info_unref);
  g_clear_pointer (&self->place.attachment, attachment_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (plot_series_parent_class)->finalize (object);
}

static void
plot_series_class_init (PlotSeriesClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = plot_series_dispose;
  object_class->finalize = plot_series_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", PLOT_TYPE_SERIES, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LOADED] = g_signal_new ("loaded", PLOT_TYPE_SERIES, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
}

static void
plot_series_init (PlotSeries *self)
{
  self->visible = TRUE;
  self->newest = NAN;
}
