/* array-plot.c - the elements of an array as a line over their index. */
#include "array-plot.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "array-chart.h"
#include "array-feed.h"
#include "array-keys.h"
#include "array-kernel.h"
#include "array-plane.h"
#include "inscription.h"
#include "inspect-error.h"

#define COLUMNS_MAX 4096
struct column
{
  double least, most;      /* least above most: none */
};

struct picture
{
  guint64 n;               /* elements */
  guint n_columns;         /* of columns, at most as many as elements */
  double least, most;
  struct column columns[COLUMNS_MAX];
};

struct _ArrayPlot
{
  GtkWidget parent_instance;

  GtkWidget *canvas, *pointed;
  ArrayFeed *feed;
  struct picture *work;    /* the thread's, unless the feed is held */
  struct picture *seen;
  guint wanted;            /* columns of pixels */
  DisplaySet *displays;    /* forms of what is told */
  gboolean has_seen;       /* what is seen is of the elements that are set */
  char *reason;
  gboolean has_pointer;
  double pointer_x;
  guint64 cursor;          /* the element that keys have moved to */
};

G_DEFINE_FINAL_TYPE (ArrayPlot, array_plot, GTK_TYPE_WIDGET)

/* The first element of a column of pixels. */
static guint64
column_begin (guint64 column, guint64 n, guint64 n_columns)
{
  return (guint64) ((double) column * (double) n / (double) n_columns);
}

/* The column of pixels that an element is in. */
static guint
column_of (guint64 number, guint64 n, guint64 n_columns)
{
  guint64 column = (guint64) ((double) number * (double) n_columns / (double) n);

  while (column > 0 && column_begin (column, n, n_columns) > number)
    column--;
  while (column + 1 < n_columns && column_begin (column + 1, n, n_columns) <= number)
    column++;
  return (guint) column;
}

/* ---------------------------------------------------------------- on the thread -- */

static void
take_piece (struct picture *picture, const struct shmlens_type *type, const guint8 *scalars,
            guint64 number, guint64 n, guint *column)
{
  double converted[ARRAY_KERNEL_ELEMENTS];

  while (n > 0)
    {
      guint64 end = column_begin (*column + 1, picture->n, picture->n_columns), part;

      if (end <= number && *column + 1 < picture->n_columns)
        {
          ++*column;
          continue;
        }
      part = MIN (n, ARRAY_KERNEL_ELEMENTS);
      if (*column + 1 < picture->n_columns)
        part = MIN (part, end - number);
      array_kernel_to_double (type, scalars, part, converted);
      array_kernel_range (converted, part, &picture->columns[*column].least,
                          &picture->columns[*column].most);
      scalars += part * type->size;
      number += part;
      n -= part;
    }
}

static gboolean
run (ArrayReader *reader, ArrayTask *task, gpointer user_data, GError **error)
{
  ArrayPlot *self = user_data;
  struct picture *picture = self->work;
  guint64 number;
  const void *scalars;
  guint column = 0;
  gint64 n;

  picture->n = array_block_n_elements (array_reader_get_block (reader));
  picture->n_columns = (guint) MIN (picture->n, self->wanted);
  picture->least = INFINITY;
  picture->most = -INFINITY;
  for (guint i = 0; i < picture->n_columns; i++)
    picture->columns[i] = (struct column){ INFINITY, -INFINITY };
  while ((n = array_reader_next (reader, &scalars, &number, error)) > 0)
    {
      take_piece (picture, array_reader_get_type (reader), scalars, number, (guint64) n, &column);
      if (!array_task_go_on (task, number + (guint64) n, picture->n))
        {
          g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED,
                               _("given up before all was read; ask for it again"));
          return FALSE;
        }
    }
  for (guint i = 0; i < picture->n_columns; i++)
    {
      picture->least = MIN (picture->least, picture->columns[i].least);
      picture->most = MAX (picture->most, picture->columns[i].most);
    }
  return n == 0;
}

/* --------------------------------------------------------------------- drawing -- */

/* As wide as the space within the frame. */
static void
restart (ArrayPlot *self)
{
  ArrayChart chart;

  array_feed_hold (self->feed);
  array_chart_place (self->canvas, gtk_widget_get_width (self->canvas),
                     gtk_widget_get_height (self->canvas), &chart);
  self->wanted = (guint) CLAMP (chart.width, 1, COLUMNS_MAX);
  array_feed_restart (self->feed);
}

static void
get_axes (const struct picture *picture, PlotAxis *ret_horizontal, PlotAxis *ret_vertical)
{
  *ret_horizontal = plot_axis_cover (PLOT_AXIS_LINEAR, 0, (double) MAX (picture->n, 2) - 1);
  ret_horizontal->first = 0;
  ret_horizontal->last = (double) MAX (picture->n, 2) - 1;
  *ret_vertical = plot_axis_cover (PLOT_AXIS_LINEAR, picture->least, picture->most);
}

static double
place_x (const ArrayChart *chart, const struct picture *picture, guint column)
{
  return picture->n_columns < 2
           ? chart->x
           : chart->x + (double) column * chart->width / (double) (picture->n_columns - 1);
}

static double
place_y (const ArrayChart *chart, const PlotAxis *vertical, double value)
{
  return chart->y + (1 - plot_axis_place (vertical, value)) * chart->height;
}

/* Each element has a place of its own: joined, with gaps where there is no number. */
static void
draw_joined (const ArrayChart *chart, const struct picture *picture, const PlotAxis *vertical,
             cairo_t *cairo)
{
  gboolean down = FALSE;

  for (guint i = 0; i < picture->n_columns; i++)
    {
      const struct column *column = &picture->columns[i];
      double x = place_x (chart, picture, i), y;

      if (column->least > column->most)
        {
          down = FALSE;
          continue;
        }
      y = place_y (chart, vertical, column->least);
      if (down)
        cairo_line_to (cairo, x, y);
      else
        {
          /* Seen also when it has no neighbours. */
          cairo_move_to (cairo, x - 1, y);
          cairo_line_to (cairo, x, y);
        }
      down = TRUE;
    }
  cairo_set_line_width (cairo, 1.5);
  cairo_set_line_join (cairo, CAIRO_LINE_JOIN_BEVEL);
  cairo_stroke (cairo);
}

/* Bars from the least to the greatest, each up to its neighbour. */
static void
draw_bars (const ArrayChart *chart, const struct picture *picture, const PlotAxis *vertical,
           cairo_t *cairo)
{
  double before = NAN;

  for (guint i = 0; i < picture->n_columns; i++)
    {
      const struct column *column = &picture->columns[i];
      double top, bottom;

      if (column->least > column->most)
        {
          before = NAN;
          continue;
        }
      top = floor (place_y (chart, vertical, column->most));
      bottom = ceil (place_y (chart, vertical, column->least));
      if (before < top)
        top = before;
      else if (before > bottom)
        bottom = before;
      cairo_rectangle (cairo, floor (chart->x + i), top, 1, MAX (bottom - top, 1));
      before = floor (place_y (chart, vertical, column->least / 2 + column->most / 2));
    }
  cairo_fill (cairo);
}

/* Where the pointer is, or else what keys have moved to while the focus is here. */
static gboolean
get_mark (ArrayPlot *self, const ArrayChart *chart, double *ret_x)
{
  const struct picture *seen = self->seen;

  if (self->has_pointer)
    *ret_x = self->pointer_x;
  else if (gtk_widget_is_focus (self->canvas) && seen->n_columns > 0)
    *ret_x = place_x (chart, seen, column_of (MIN (self->cursor, seen->n - 1), seen->n,
                                              seen->n_columns));
  else
    return FALSE;
  return *ret_x >= chart->x && *ret_x <= chart->x + chart->width;
}

static void
draw (GtkDrawingArea *canvas, cairo_t *cairo, int width, int height, gpointer user_data)
{
  ArrayPlot *self = user_data;
  struct picture *seen = self->seen;
  PlotAxis horizontal, vertical;
  ArrayChart chart;
  double mark;

  if (self->reason != NULL || !self->has_seen || seen->n == 0 || seen->least > seen->most)
    {
      array_chart_say_why (GTK_WIDGET (canvas), cairo, width, height, self->reason,
                           self->has_seen);
      return;
    }
  array_chart_place (GTK_WIDGET (canvas), width, height, &chart);
  get_axes (seen, &horizontal, &vertical);
  array_chart_draw (&chart, GTK_WIDGET (canvas), cairo, &horizontal, &vertical);
  cairo_rectangle (cairo, chart.x, chart.y, chart.width, chart.height);
  cairo_clip (cairo);
  gdk_cairo_set_source_rgba (cairo, &chart.data);
  if (seen->n <= seen->n_columns)
    draw_joined (&chart, seen, &vertical, cairo);
  else
    draw_bars (&chart, seen, &vertical, cairo);
  if (get_mark (self, &chart, &mark))
    {
      GdkRGBA line = chart.text;

      line.alpha *= 0.5f;
      gdk_cairo_set_source_rgba (cairo, &line);
      cairo_rectangle (cairo, floor (MIN (mark, chart.x + chart.width - 1)), chart.y, 1,
                       chart.height);
      cairo_fill (cairo);
    }
}

static void
append_exact (ArrayPlot *self, GString *text, Attachment *attachment, EntryInfo *entry,
              guint64 index, int field)
{
  g_autofree guint8 *element = g_malloc (entry->type.size);

  if (attachment_read (attachment, entry, index, index + 1, element) >= 0)
    entry_info_append_element (entry, self->displays, element, field, text);
}

static char *
text_of_column (ArrayPlot *self, guint column)
{
  const struct picture *seen = self->seen;
  g_autofree char *where = NULL, *end = NULL;
  Attachment *attachment;
  EntryInfo *entry;
  ArrayBlock block;
  GString *text;
  guint64 first, last;
  int field;

  if (!array_feed_get (self->feed, &attachment, &entry, &block, &field) || !self->has_seen
      || column >= seen->n_columns || seen->n != array_block_n_elements (&block))
    return NULL;
  first = column_begin (column, seen->n, seen->n_columns);
  last = MAX (column_begin (column + 1, seen->n, seen->n_columns), first + 1) - 1;
  first = MIN (first, seen->n - 1);
  last = MIN (last, seen->n - 1);
  where = entry_info_place_text (entry, array_block_element (&block, first));
  if (first < last)
    {
      end = entry_info_place_text (entry, array_block_element (&block, last));
      if (seen->columns[column].least > seen->columns[column].most)
        return g_strdup_printf (_("%s to %s: no numbers"), where, end);
      /* Translators: from element to element: from the least number to the greatest. */
      return g_strdup_printf (_("%s to %s: %.7g to %.7g"), where, end, seen->columns[column].least,
                              seen->columns[column].most);
    }
  text = g_string_new (where);
  g_string_append (text, " = ");
  append_exact (self, text, attachment, entry, array_block_element (&block, first), field);
  return g_string_free (text, FALSE);
}

char *
array_plot_text_at (ArrayPlot *self, double x)
{
  ArrayChart chart;

  array_chart_place (self->canvas, gtk_widget_get_width (self->canvas),
                     gtk_widget_get_height (self->canvas), &chart);
  if (x < chart.x || x > chart.x + chart.width || self->seen->n_columns == 0)
    return NULL;
  return text_of_column (
    self, (guint) ((x - chart.x) / chart.width * (self->seen->n_columns - 1) + 0.5));
}

static void
show_pointed (ArrayPlot *self)
{
  const struct picture *seen = self->seen;
  gboolean has_any = self->has_seen && seen->n > 0 && self->reason == NULL;
  g_autofree char *text = NULL;

  if (self->has_pointer)
    text = array_plot_text_at (self, self->pointer_x);
  else if (has_any && gtk_widget_is_focus (self->canvas))
    text = text_of_column (self, column_of (MIN (self->cursor, seen->n - 1), seen->n,
                                            seen->n_columns));
  else if (has_any)
    text = g_strdup_printf (ngettext ("%" PRIu64 " element", "%" PRIu64 " elements",
                                      (gulong) seen->n),
                            seen->n);
  inscription_set_text (GTK_INSCRIPTION (self->pointed), text);
  array_chart_describe (self->canvas, self->reason != NULL ? self->reason : text);
}

static gboolean
note_key (int right, int down, enum array_keys_step step, gpointer user_data)
{
  ArrayPlot *self = user_data;
  const struct picture *seen = self->seen;

  if (down != 0)
    return FALSE;
  if (self->has_seen && seen->n_columns > 0)
    {
      guint column = column_of (MIN (self->cursor, seen->n - 1), seen->n, seen->n_columns);

      self->has_pointer = self->has_pointer && right == 0;
      self->cursor = column_begin (array_keys_move (column, right, step, seen->n_columns), seen->n,
                                   seen->n_columns);
    }
  show_pointed (self);
  gtk_widget_queue_draw (self->canvas);
  return TRUE;
}

static void
note_done (const GError *error, gpointer user_data)
{
  ArrayPlot *self = user_data;
  struct picture *before = self->seen;

  array_chart_set_reason (self->canvas, &self->reason, error != NULL ? error->message : NULL);
  if (error == NULL)
    {
      self->has_seen = TRUE;
      self->seen = self->work;
      self->work = before;
    }
  show_pointed (self);
  gtk_widget_queue_draw (self->canvas);
}

static void
note_motion (GtkEventControllerMotion *controller, double x, double y, ArrayPlot *self)
{
  /* The toolkit tells where it is also when what is under it was drawn anew. */
  if (x == self->pointer_x && !self->has_pointer)
    return;
  self->has_pointer = TRUE;
  self->pointer_x = x;
  show_pointed (self);
  gtk_widget_queue_draw (self->canvas);
}

static void
note_leave (GtkEventControllerMotion *controller, ArrayPlot *self)
{
  self->has_pointer = FALSE;
  self->pointer_x = -1;
  show_pointed (self);
  gtk_widget_queue_draw (self->canvas);
}

static void
note_resize (GtkDrawingArea *canvas, int width, int height, ArrayPlot *self)
{
  restart (self);
}

void
array_plot_set (ArrayPlot *self, Session *session, Attachment *attachment, EntryInfo *entry,
                const ArrayBlock *block, int field)
{
  if (array_feed_is (self->feed, entry, block, field))
    return;
  array_chart_set_reason (self->canvas, &self->reason, NULL);
  self->has_seen = FALSE;
  array_feed_set (self->feed, session, attachment, entry, block, field);
  show_pointed (self);
  gtk_widget_queue_draw (self->canvas);
}

void
array_plot_set_displays (ArrayPlot *self, DisplaySet *displays)
{
  if (display_set_replace (&self->displays, displays))
    show_pointed (self);
}

static void
array_plot_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (array_plot_parent_class)->map (widget);
  array_feed_set_active (ARRAY_PLOT (widget)->feed, TRUE);
}

static void
array_plot_unmap (GtkWidget *widget)
{
  array_feed_set_active (ARRAY_PLOT (widget)->feed, FALSE);
  GTK_WIDGET_CLASS (array_plot_parent_class)->unmap (widget);
}

static void
array_plot_dispose (GObject *object)
{
  GtkWidget *child;

  array_feed_set (ARRAY_PLOT (object)->feed, NULL, NULL, NULL, NULL, -1);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (array_plot_parent_class)->dispose (object);
}

static void
array_plot_finalize (GObject *object)
{
  ArrayPlot *self = ARRAY_PLOT (object);

  array_feed_free (self->feed);
  display_set_unref (self->displays);
  g_free (self->work);
  g_free (self->seen);
  g_free (self->reason);
  G_OBJECT_CLASS (array_plot_parent_class)->finalize (object);
}

static void
array_plot_class_init (ArrayPlotClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = array_plot_dispose;
  G_OBJECT_CLASS (class)->finalize = array_plot_finalize;
  widget_class->map = array_plot_map;
  widget_class->unmap = array_plot_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
array_plot_init (ArrayPlot *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  GtkEventController *motion = gtk_event_controller_motion_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  self->feed = array_feed_new (run, note_done, self);
  self->work = g_new0 (struct picture, 1);
  self->seen = g_new0 (struct picture, 1);
  self->wanted = 1;
  self->canvas = g_object_new (GTK_TYPE_DRAWING_AREA, "hexpand", TRUE, "vexpand", TRUE,
                               "content-width", 160, "content-height", 80, "accessible-role",
                               GTK_ACCESSIBLE_ROLE_IMG, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->canvas), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Line of the elements"), -1);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->canvas), draw, self, NULL);
  g_signal_connect (self->canvas, "resize", G_CALLBACK (note_resize), self);
  g_signal_connect (motion, "motion", G_CALLBACK (note_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (note_leave), self);
  gtk_widget_add_controller (self->canvas, motion);
  array_keys_add (self->canvas, note_key, self);
  gtk_widget_set_parent (self->canvas, GTK_WIDGET (self));
  self->pointed = inscription_new ();
  gtk_widget_set_valign (self->pointed, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->pointed, "numeric");
  gtk_widget_add_css_class (self->pointed, "array-bar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pointed), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Element under the pointer"), -1);
  gtk_widget_set_parent (self->pointed, GTK_WIDGET (self));
}
