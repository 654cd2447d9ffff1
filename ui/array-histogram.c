/* array-histogram.c - how the numbers of an array are distributed. */
#include "array-histogram.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "array-chart.h"
#include "array-feed.h"
#include "array-keys.h"
#include "array-range.h"
#include "array-statistics.h"
#include "array-summary.h"
#include "inscription.h"
#include "tooltip.h"

#define BINS 64
/* Where a logarithmic axis of counts begins: below 1, so that one is seen. */
#define COUNT_LOW 0.5

struct picture
{
  ArrayStatistics statistics;
  gboolean fixed;          /* low and high were given */
  double low, high;
  guint64 bins[BINS];
};

struct _ArrayHistogram
{
  GtkWidget parent_instance;

  GtkWidget *canvas;
  GtkInscription *summary;
  GtkCheckButton *logarithmic, *fixed;
  GtkEntry *low, *high;

  ArrayFeed *feed;
  struct picture work;     /* the thread's, unless the feed is held */
  struct picture seen;
  gboolean has_seen;       /* what is seen is of the elements that are set */
  char *reason;
  gboolean has_pointer;
  double pointer_x;
  guint64 cursor;          /* the bin that keys have moved to */
};

G_DEFINE_FINAL_TYPE (ArrayHistogram, array_histogram, GTK_TYPE_WIDGET)

static gboolean
run (ArrayReader *reader, ArrayTask *task, gpointer user_data, GError **error)
{
  struct picture *work = &ARRAY_HISTOGRAM (user_data)->work;

  if (!work->fixed)
    work->low = work->high = NAN;
  return array_statistics_read_bins (reader, task, &work->statistics, &work->low, &work->high,
                                     work->bins, BINS, error);
}

/* Begins anew with the range that is chosen now. */
static void
restart (ArrayHistogram *self)
{
  array_feed_hold (self->feed);
  self->work.fixed = array_range_get (self->fixed, self->low, self->high, &self->work.low,
                                      &self->work.high);
  array_feed_restart (self->feed);
}

static guint64
highest (const struct picture *picture)
{
  guint64 most = 0;

  for (guint i = 0; i < BINS; i++)
    most = MAX (most, picture->bins[i]);
  return most;
}

static void
get_axes (ArrayHistogram *self, PlotAxis *ret_horizontal, PlotAxis *ret_vertical)
{
  gboolean logarithmic = gtk_check_button_get_active (self->logarithmic);
  double most = (double) MAX (highest (&self->seen), 1);

  *ret_horizontal = plot_axis_cover (PLOT_AXIS_LINEAR, self->seen.low, self->seen.high);
  *ret_vertical = logarithmic ? plot_axis_cover (PLOT_AXIS_LOGARITHMIC, 1, most)
                              : plot_axis_cover (PLOT_AXIS_LINEAR, 0, most);
  ret_vertical->first = logarithmic ? COUNT_LOW : 0;
}

static double
bin_edge (const struct picture *picture, guint bin)
{
  return picture->low + bin * (picture->high / BINS - picture->low / BINS);
}

static gboolean
has_bins (ArrayHistogram *self)
{
  return self->reason == NULL && self->has_seen && self->seen.statistics.has_numbers;
}

/* The bin under the pointer, or else the one that keys have moved to while the focus is here. */
static gboolean
get_bin (ArrayHistogram *self, guint *ret_bin)
{
  const struct picture *seen = &self->seen;
  PlotAxis horizontal, vertical;
  ArrayChart chart;
  double step = seen->high / BINS - seen->low / BINS, value;

  if (!has_bins (self) || !(step > 0))
    return FALSE;
  if (!self->has_pointer)
    {
      *ret_bin = (guint) MIN (self->cursor, BINS - 1);
      return gtk_widget_is_focus (self->canvas);
    }
  array_chart_place (self->canvas, gtk_widget_get_width (self->canvas),
                     gtk_widget_get_height (self->canvas), &chart);
  get_axes (self, &horizontal, &vertical);
  value = plot_axis_value (&horizontal, (self->pointer_x - chart.x) / chart.width);
  if (!(value >= seen->low && value <= seen->high))
    return FALSE;
  *ret_bin = MIN ((guint) ((value - seen->low) / step), BINS - 1);
  return TRUE;
}

static void
draw (GtkDrawingArea *canvas, cairo_t *cairo, int width, int height, gpointer user_data)
{
  ArrayHistogram *self = user_data;
  const struct picture *seen = &self->seen;
  PlotAxis horizontal, vertical;
  ArrayChart chart;
  guint marked;

  if (!has_bins (self))
    {
      array_chart_say_why (GTK_WIDGET (canvas), cairo, width, height, self->reason,
                           self->has_seen);
      return;
    }
  array_chart_place (GTK_WIDGET (canvas), width, height, &chart);
  get_axes (self, &horizontal, &vertical);
  array_chart_draw (&chart, GTK_WIDGET (canvas), cairo, &horizontal, &vertical);
  if (!get_bin (self, &marked))
    marked = BINS;
  for (guint i = 0; i < BINS; i++)
    {
      double left
        = floor (chart.x + plot_axis_place (&horizontal, bin_edge (seen, i)) * chart.width);
      double right
        = floor (chart.x + plot_axis_place (&horizontal, bin_edge (seen, i + 1)) * chart.width);
      double tall = seen->bins[i] > 0
                      ? ceil (plot_axis_place (&vertical, (double) seen->bins[i]) * chart.height)
                      : 0;
      GdkRGBA shade = chart.text;

      shade.alpha *= 0.12f;
      if (i == marked)
        {
          gdk_cairo_set_source_rgba (cairo, &shade);
          cairo_rectangle (cairo, left, chart.y, MAX (right - left, 1), chart.height);
          cairo_fill (cairo);
        }
      gdk_cairo_set_source_rgba (cairo, &chart.data);
      if (tall > 0)
        cairo_rectangle (cairo, left, chart.y + chart.height - tall, MAX (right - left - 1, 1),
                         tall);
      cairo_fill (cairo);
    }
}

/* How many finite numbers lie beyond a range that was given. */
static guint64
n_beyond (const struct picture *picture)
{
  guint64 n = picture->statistics.n - picture->statistics.n_nan - picture->statistics.n_infinite;

  for (guint i = 0; i < BINS; i++)
    n -= MIN (n, picture->bins[i]);
  return picture->fixed ? n : 0;
}

static char *
summary_text (ArrayHistogram *self)
{
  g_autofree char *text = array_summary_text (&self->seen.statistics, NULL, 0);
  guint64 beyond = n_beyond (&self->seen);

  if (beyond == 0)
    return g_steal_pointer (&text);
  /* Translators: behind what the numbers sum up to: how many lie beyond a range. */
  return g_strdup_printf (_("%s · %" PRIu64 " beyond the range"), text, beyond);
}

static void
show_summary (ArrayHistogram *self)
{
  const struct picture *seen = &self->seen;
  g_autofree char *text = NULL;
  guint bin;

  if (get_bin (self, &bin))
    /* Translators: numbers from one to another: how many. */
    text = g_strdup_printf (_("%.7g to %.7g: %" PRIu64), bin_edge (seen, bin),
                            bin_edge (seen, bin + 1), seen->bins[bin]);
  else if (self->reason == NULL && self->has_seen && seen->statistics.n > 0)
    text = summary_text (self);
  inscription_set_text (self->summary, text);
  tooltip_set_text (GTK_WIDGET (self->summary), text);
  array_chart_describe (self->canvas, self->reason != NULL ? self->reason : text);
}

static void
show (ArrayHistogram *self)
{
  show_summary (self);
  gtk_widget_queue_draw (self->canvas);
}

static gboolean
note_key (int right, int down, enum array_keys_step step, gpointer user_data)
{
  ArrayHistogram *self = user_data;

  if (down != 0)
    return FALSE;
  self->has_pointer = self->has_pointer && right == 0;
  self->cursor = array_keys_move (self->cursor, right, step, BINS);
  show (self);
  return TRUE;
}

static void
note_done (const GError *error, gpointer user_data)
{
  ArrayHistogram *self = user_data;

  array_chart_set_reason (self->canvas, &self->reason, error != NULL ? error->message : NULL);
  if (error == NULL)
    {
      self->has_seen = TRUE;
      self->seen = self->work;
      if (!self->seen.fixed && self->seen.statistics.has_numbers)
        array_range_show (self->fixed, self->low, self->high, self->seen.low, self->seen.high);
    }
  show (self);
}

static void
note_motion (GtkEventControllerMotion *controller, double x, double y, ArrayHistogram *self)
{
  /* The toolkit tells where it is also when what is under it was drawn anew. */
  if (x == self->pointer_x && !self->has_pointer)
    return;
  self->has_pointer = TRUE;
  self->pointer_x = x;
  show (self);
}

static void
note_leave (GtkEventControllerMotion *controller, ArrayHistogram *self)
{
  self->has_pointer = FALSE;
  self->pointer_x = -1;
  show (self);
}

static void
on_logarithmic (GtkCheckButton *button, ArrayHistogram *self)
{
  gtk_widget_queue_draw (self->canvas);
}

static void
on_range (gpointer widget, ArrayHistogram *self)
{
  if (array_range_check (self->fixed, self->low, self->high))
    restart (self);
}

void
array_histogram_set (ArrayHistogram *self, Session *session, Attachment *attachment,
                     EntryInfo *entry, const ArrayBlock *block, int field)
{
  if (array_feed_is (self->feed, entry, block, field))
    return;
  array_chart_set_reason (self->canvas, &self->reason, NULL);
  self->has_seen = FALSE;
  array_feed_set (self->feed, session, attachment, entry, block, field);
  show (self);
}

static void
array_histogram_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (array_histogram_parent_class)->map (widget);
  array_feed_set_active (ARRAY_HISTOGRAM (widget)->feed, TRUE);
}

static void
array_histogram_unmap (GtkWidget *widget)
{
  array_feed_set_active (ARRAY_HISTOGRAM (widget)->feed, FALSE);
  GTK_WIDGET_CLASS (array_histogram_parent_class)->unmap (widget);
}

static void
array_histogram_dispose (GObject *object)
{
  GtkWidget *child;

  if (ARRAY_HISTOGRAM (object)->feed != NULL)
    array_feed_set (ARRAY_HISTOGRAM (object)->feed, NULL, NULL, NULL, NULL, -1);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (array_histogram_parent_class)->dispose (object);
}

static void
array_histogram_finalize (GObject *object)
{
  array_feed_free (ARRAY_HISTOGRAM (object)->feed);
  g_free (ARRAY_HISTOGRAM (object)->reason);
  G_OBJECT_CLASS (array_histogram_parent_class)->finalize (object);
}

static void
array_histogram_class_init (ArrayHistogramClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = array_histogram_dispose;
  G_OBJECT_CLASS (class)->finalize = array_histogram_finalize;
  widget_class->map = array_histogram_map;
  widget_class->unmap = array_histogram_unmap;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/array-histogram.ui");
  gtk_widget_class_bind_template_child (widget_class, ArrayHistogram, canvas);
  gtk_widget_class_bind_template_child (widget_class, ArrayHistogram, logarithmic);
  gtk_widget_class_bind_template_child (widget_class, ArrayHistogram, fixed);
  gtk_widget_class_bind_template_child (widget_class, ArrayHistogram, low);
  gtk_widget_class_bind_template_child (widget_class, ArrayHistogram, high);
  gtk_widget_class_bind_template_child (widget_class, ArrayHistogram, summary);
  gtk_widget_class_bind_template_callback (widget_class, on_logarithmic);
  gtk_widget_class_bind_template_callback (widget_class, on_range);
}

static void
array_histogram_init (ArrayHistogram *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->feed = array_feed_new (run, note_done, self);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->canvas), draw, self, NULL);
  g_signal_connect (motion, "motion", G_CALLBACK (note_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (note_leave), self);
  gtk_widget_add_controller (self->canvas, motion);
  array_keys_add (self->canvas, note_key, self);
}
