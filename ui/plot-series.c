/* plot-series.c - one number of an entry and what it was since it is plotted. */
#include "plot-series-private.h"

#include <math.h>

G_DEFINE_FINAL_TYPE (PlotSeries, plot_series, G_TYPE_OBJECT)

guint plot_series_signals[PLOT_SERIES_SIGNALS];

void
plot_series_note_changed (PlotSeries *self)
{
  g_signal_emit (self, plot_series_signals[PLOT_SERIES_CHANGED], 0);
}

void
plot_series_append (PlotSeries *self, gint64 time_us, double value)
{
  series_add (self->series, time_us, value);
  plot_detail_add (self->detail, time_us, value);
  self->added++;
}

void
plot_series_add (PlotSeries *self, gint64 time_us, double value)
{
  plot_series_append (self, time_us, value);
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
    plot_series_append (self, self->now_us + 1, NAN);
}

static void
on_tick (Session *session, gint64 time_us, PlotSeries *self)
{
  gint64 now = plot_time (time_us);

  if (plot_series_is_of_recording (self))
    {
      plot_series_read_on (self);
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
  if (plot_series_is_of_recording (self) || !sampler_get_paused (session_get_sampler (session))
      || self->gap)
    return;
  self->gap = TRUE;
  plot_series_append (self, self->now_us + 1, NAN);
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
  plot_series_note_changed (self);
}

static void
start (PlotSeries *self)
{
  if (plot_series_is_of_recording (self))
    {
      plot_series_read_on (self);
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
  plot_series_note_changed (self);
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
  plot_series_note_changed (self);
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
  plot_series_note_changed (self);
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

  plot_detail_free (self->detail);
  series_free (self->series);
  g_clear_pointer (&self->spilled, entry_info_unref);
  g_free (self->failure);
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
  static const char *const names[PLOT_SERIES_SIGNALS] = {
    [PLOT_SERIES_CHANGED] = "changed",
    [PLOT_SERIES_LOADED] = "loaded",
    [PLOT_SERIES_FAILED] = "failed",
    [PLOT_SERIES_DETAILED] = "detailed",
  };
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = plot_series_dispose;
  object_class->finalize = plot_series_finalize;
  for (guint i = 0; i < PLOT_SERIES_SIGNALS; i++)
    plot_series_signals[i] = g_signal_new (names[i], PLOT_TYPE_SERIES, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
}

static void
on_detail (gpointer user_data)
{
  g_signal_emit (user_data, plot_series_signals[PLOT_SERIES_DETAILED], 0);
}

static void
plot_series_init (PlotSeries *self)
{
  self->visible = TRUE;
  self->lost_us = G_MININT64;
  self->newest = NAN;
  self->detail = plot_detail_new (on_detail, self);
}
