/* array-histogram.c - how the numbers of an array are distributed. */
#include "array-histogram.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "array-chart.h"
#include "array-feed.h"
#include "array-statistics.h"
#include "array-summary.h"
#include "inscription.h"

#define BINS 64

struct picture
{
  ArrayStatistics statistics;
  double low, high;
  guint64 bins[BINS];
};

struct _ArrayHistogram
{
  GtkWidget parent_instance;

  GtkWidget *canvas, *summary;
  ArrayFeed *feed;
  struct picture work;     /* the thread's, unless the feed is held */
  struct picture seen;
  char *reason;
  gboolean has_pointer;
  double pointer_x;
};

G_DEFINE_FINAL_TYPE (ArrayHistogram, array_histogram, GTK_TYPE_WIDGET)

static gboolean
run (ArrayReader *reader, ArrayTask *task, gpointer user_data, GError **error)
{
  struct picture *work = &ARRAY_HISTOGRAM (user_data)->work;

  work->low = work->high = NAN;
  return array_statistics_read_bins (reader, task, &work->statistics, &work->low, &work->high,
                                     work->bins, BINS, error);
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
draw (GtkDrawingArea *canvas, cairo_t *cairo, int width, int height, gpointer user_data)
{
  ArrayHistogram *self = user_data;
  const struct picture *seen = &self->seen;
  PlotAxis horizontal, vertical;
  ArrayChart chart;

  if (self->reason != NULL || !seen->statistics.has_numbers)
    {
      array_chart_say (GTK_WIDGET (canvas), cairo, width, height,
                       self->reason != NULL ? self->reason : _("There is nothing to draw"));
      return;
    }
  array_chart_place (GTK_WIDGET (canvas), width, height, &chart);
  horizontal = plot_axis_cover (PLOT_AXIS_LINEAR, seen->low, seen->high);
  vertical = plot_axis_cover (PLOT_AXIS_LINEAR, 0, (double) MAX (highest (seen), 1));
  vertical.first = 0;
  array_chart_draw (&chart, GTK_WIDGET (canvas), cairo, &horizontal, &vertical);
  gdk_cairo_set_source_rgba (cairo, &chart.data);
  for (guint i = 0; i < BINS; i++)
    {
      double step = seen->high / BINS - seen->low / BINS;
      double left = plot_axis_place (&horizontal, seen->low + i * step) * chart.width;
      double right = plot_axis_place (&horizontal, seen->low + (i + 1) * step) * chart.width;
      double tall = plot_axis_place (&vertical, (double) seen->bins[i]) * chart.height;

      if (seen->bins[i] > 0)
        cairo_rectangle (cairo, floor (chart.x + left), chart.y + chart.height - MAX (ceil (tall), 1),
                         MAX (floor (right) - floor (left) - 1, 1), MAX (ceil (tall), 1));
    }
  cairo_fill (cairo);
}

/* Of the bin under the pointer; NULL beside them. */
static char *
bin_text (ArrayHistogram *self)
{
  const struct picture *seen = &self->seen;
  double step = seen->high / BINS - seen->low / BINS, value;
  PlotAxis horizontal;
  ArrayChart chart;
  guint bin;

  if (!self->has_pointer || !seen->statistics.has_numbers || step <= 0)
    return NULL;
  array_chart_place (self->canvas, gtk_widget_get_width (self->canvas),
                     gtk_widget_get_height (self->canvas), &chart);
  horizontal = plot_axis_cover (PLOT_AXIS_LINEAR, seen->low, seen->high);
  value = plot_axis_value (&horizontal, (self->pointer_x - chart.x) / chart.width);
  if (!(value >= seen->low && value <= seen->high))
    return NULL;
  bin = MIN ((guint) ((value - seen->low) / step), BINS - 1);
  /* Translators: numbers from one to another: how many. */
  return g_strdup_printf (_("%.7g to %.7g: %" PRIu64), seen->low + bin * step,
                          seen->low + (bin + 1) * step, seen->bins[bin]);
}

static void
show_summary (ArrayHistogram *self)
{
  g_autofree char *text = bin_text (self);

  if (text == NULL && self->seen.statistics.n > 0 && self->reason == NULL)
    text = array_summary_text (&self->seen.statistics);
  inscription_set_text (GTK_INSCRIPTION (self->summary), text);
  gtk_widget_set_tooltip_text (self->summary, text);
}

static void
note_done (const GError *error, gpointer user_data)
{
  ArrayHistogram *self = user_data;

  array_chart_set_reason (self->canvas, &self->reason, error != NULL ? error->message : NULL);
  if (error == NULL)
    self->seen = self->work;
  show_summary (self);
  gtk_widget_queue_draw (self->canvas);
}

static void
note_motion (GtkEventControllerMotion *controller, double x, double y, ArrayHistogram *self)
{
  self->has_pointer = TRUE;
  self->pointer_x = x;
  show_summary (self);
}

static void
note_leave (GtkEventControllerMotion *controller, ArrayHistogram *self)
{
  self->has_pointer = FALSE;
  show_summary (self);
}

void
array_histogram_set (ArrayHistogram *self, Session *session, Attachment *attachment,
                     EntryInfo *entry, const ArrayBlock *block, int field)
{
  if (array_feed_is (self->feed, entry, block, field))
    return;
  array_chart_set_reason (self->canvas, &self->reason, NULL);
  array_feed_set (self->feed, session, attachment, entry, block, field);
  gtk_widget_queue_draw (self->canvas);
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
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
array_histogram_init (ArrayHistogram *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  GtkEventController *motion = gtk_event_controller_motion_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  self->feed = array_feed_new (run, note_done, self);
  self->canvas = g_object_new (GTK_TYPE_DRAWING_AREA, "hexpand", TRUE, "vexpand", TRUE,
                               "content-width", 160, "content-height", 80, "accessible-role",
                               GTK_ACCESSIBLE_ROLE_IMG, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->canvas), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Histogram of the elements"), -1);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->canvas), draw, self, NULL);
  g_signal_connect (motion, "motion", G_CALLBACK (note_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (note_leave), self);
  gtk_widget_add_controller (self->canvas, motion);
  gtk_widget_set_parent (self->canvas, GTK_WIDGET (self));
  self->summary = inscription_new ();
  gtk_widget_set_valign (self->summary, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->summary, "numeric");
  gtk_widget_add_css_class (self->summary, "array-bar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->summary), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("What the numbers are like"), -1);
  gtk_widget_set_parent (self->summary, GTK_WIDGET (self));
}
