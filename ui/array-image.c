/* array-image.c - a plane of an array as a heat map or an image.
 *
 * The picture is made on a thread, as large as it is on the screen: the main thread copies
 * pixels, and does nothing with elements. */
#include "array-image.h"

#include <glib/gi18n.h>
#include <math.h>

#include "array-chart.h"
#include "array-feed.h"
#include "array-keys.h"
#include "array-range.h"
#include "array-render.h"
#include "drop-down.h"
#include "inscription.h"

/* Pictures longer than this, times their width, are not drawn with square pixels. */
#define ASPECT_MAX 8
#define CURSOR_SIZE_MIN 7.0

struct _ArrayImage
{
  GtkWidget parent_instance;

  GtkDrawingArea *canvas, *scale;
  GtkDropDown *palette;
  GtkCheckButton *fixed;
  GtkEntry *low, *high;
  GtkInscription *pointed;

  ArrayFeed *feed;
  ArrayRender work;            /* the thread's, unless the feed is held */
  ArrayRender seen;            /* its pixels are on the screen */
  ArrayPlane plane;
  guint channels;
  char *reason;                /* why there is nothing to see */
  DisplaySet *displays;        /* forms of what is told */
  gboolean has_seen;           /* what is seen is of the elements that are set */
  gboolean has_pointer;
  double pointer_x, pointer_y;
  guint64 row, column;         /* where keys have moved to */
};

G_DEFINE_FINAL_TYPE (ArrayImage, array_image, GTK_TYPE_WIDGET)

static gboolean
get_size (ArrayImage *self, guint64 *ret_rows, guint64 *ret_columns)
{
  Attachment *attachment;
  EntryInfo *entry;
  ArrayBlock block;
  int field;

  if (!array_feed_get (self->feed, &attachment, &entry, &block, &field)
      || array_block_n_elements (&block) == 0)
    return FALSE;
  *ret_rows = block.n_rows;
  *ret_columns = block.n_columns / self->channels;
  return TRUE;
}

/* Where in the canvas the picture is; FALSE when there is none. */
static gboolean
get_area (ArrayImage *self, GdkRectangle *ret_area)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self->canvas));
  int height = gtk_widget_get_height (GTK_WIDGET (self->canvas));
  guint64 n_rows, n_columns;
  double scale;

  if (!get_size (self, &n_rows, &n_columns) || width < 1 || height < 1)
    return FALSE;
  *ret_area = (GdkRectangle){ 0, 0, width, height };
  if (n_rows / ASPECT_MAX > n_columns || n_columns / ASPECT_MAX > n_rows)
    return TRUE;
  scale = MIN (width / (double) n_columns, height / (double) n_rows);
  ret_area->width = CLAMP ((int) (scale * (double) n_columns), 1, width);
  ret_area->height = CLAMP ((int) (scale * (double) n_rows), 1, height);
  ret_area->x = (width - ret_area->width) / 2;
  ret_area->y = (height - ret_area->height) / 2;
  return TRUE;
}

/* Begins anew with what is chosen now. */
static void
restart (ArrayImage *self)
{
  int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  GdkRectangle area;

  array_feed_hold (self->feed);
  if (!get_area (self, &area))
    return;
  self->work.width = (guint) MIN (area.width * factor, ARRAY_RENDER_SIZE_MAX);
  self->work.height = (guint) MIN (area.height * factor, ARRAY_RENDER_SIZE_MAX);
  self->work.channels = self->channels;
  self->work.palette = MIN (gtk_drop_down_get_selected (self->palette), ARRAY_N_PALETTES - 1);
  self->work.fixed = array_range_get (self->fixed, self->low, self->high, &self->work.low,
                                      &self->work.high);
  array_feed_restart (self->feed);
}

static gboolean
run (ArrayReader *reader, ArrayTask *task, gpointer user_data, GError **error)
{
  return array_render_paint (&ARRAY_IMAGE (user_data)->work, reader, task, error);
}

static char *
text_of_pixel (ArrayImage *self, guint64 row, guint64 column)
{
  g_autofree guint8 *element = NULL;
  g_autofree char *where = NULL;
  guint64 n_rows, n_columns, index;
  Attachment *attachment;
  EntryInfo *entry;
  ArrayBlock block;
  GString *text;
  int field;

  if (!array_feed_get (self->feed, &attachment, &entry, &block, &field)
      || !get_size (self, &n_rows, &n_columns))
    return NULL;
  row = MIN (row, n_rows - 1);
  column = MIN (column, n_columns - 1);
  index = array_block_element (&block, row * block.n_columns + column * self->channels);
  element = g_malloc (entry->type.size);
  where = entry_info_place_text (entry, index);
  text = g_string_new (where);
  for (guint i = 0; i < self->channels; i++)
    {
      if (attachment_read (attachment, entry, index + i, index + i + 1, element) < 0)
        break;
      g_string_append (text, i == 0 ? " = " : ", ");
      entry_info_append_element (entry, self->displays, element, field, text);
    }
  return g_string_free (text, FALSE);
}

static void
show_pointed (ArrayImage *self)
{
  g_autofree char *text = NULL;

  if (self->has_pointer)
    text = array_image_text_at (self, self->pointer_x, self->pointer_y);
  else if (self->reason == NULL && gtk_widget_is_focus (GTK_WIDGET (self->canvas)))
    text = text_of_pixel (self, self->row, self->column);
  inscription_set_text (self->pointed, text);
  array_chart_describe (GTK_WIDGET (self->canvas), self->reason != NULL ? self->reason : text);
}

static gboolean
note_key (int right, int down, enum array_keys_step step, gpointer user_data)
{
  ArrayImage *self = user_data;
  guint64 n_rows, n_columns;

  if (get_size (self, &n_rows, &n_columns))
    {
      self->has_pointer = self->has_pointer && right == 0 && down == 0;
      self->row = array_keys_move (self->row, down, step, n_rows);
      self->column = array_keys_move (self->column, right, step, n_columns);
    }
  show_pointed (self);
  gtk_widget_queue_draw (GTK_WIDGET (self->canvas));
  return TRUE;
}

static void
note_done (const GError *error, gpointer user_data)
{
  ArrayImage *self = user_data;
  guint32 *pixels = self->seen.pixels;
  gboolean has_range = self->work.low <= self->work.high && self->channels == 1;

  array_chart_set_reason (GTK_WIDGET (self->canvas), &self->reason,
                          error != NULL ? error->message : NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self->canvas));
  if (error != NULL)
    return;
  self->has_seen = TRUE;
  self->seen = self->work;
  self->seen.values = NULL;
  self->work.pixels = pixels;
  show_pointed (self);
  if (!self->work.fixed && has_range)
    array_range_show (self->fixed, self->low, self->high, self->work.low, self->work.high);
}

/* Around the pixel that keys have moved to: dark in light, so that it is seen on both. */
static void
draw_cursor (ArrayImage *self, cairo_t *cairo, const GdkRectangle *area)
{
  guint64 n_rows, n_columns;
  double width, height, x, y;

  if (self->has_pointer || !gtk_widget_is_focus (GTK_WIDGET (self->canvas))
      || !get_size (self, &n_rows, &n_columns))
    return;
  width = area->width / (double) n_columns;
  height = area->height / (double) n_rows;
  x = area->x + (double) MIN (self->column, n_columns - 1) * width + width / 2;
  y = area->y + (double) MIN (self->row, n_rows - 1) * height + height / 2;
  width = MAX (width, CURSOR_SIZE_MIN);
  height = MAX (height, CURSOR_SIZE_MIN);
  cairo_rectangle (cairo, x - width / 2, y - height / 2, width, height);
  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_set_line_width (cairo, 4);
  cairo_stroke_preserve (cairo);
  cairo_set_source_rgb (cairo, 0, 0, 0);
  cairo_set_line_width (cairo, 2);
  cairo_stroke (cairo);
}

static void
draw (GtkDrawingArea *canvas, cairo_t *cairo, int width, int height, gpointer user_data)
{
  ArrayImage *self = user_data;
  cairo_surface_t *surface;
  GdkRectangle area;

  if (self->reason != NULL || !self->has_seen || !get_area (self, &area))
    {
      array_chart_say_why (GTK_WIDGET (canvas), cairo, width, height, self->reason,
                           self->has_seen);
      return;
    }
  cairo_save (cairo);
  surface = cairo_image_surface_create_for_data (
    (guchar *) self->seen.pixels, CAIRO_FORMAT_ARGB32, (int) self->seen.width,
    (int) self->seen.height, (int) self->seen.width * 4);
  cairo_translate (cairo, area.x, area.y);
  cairo_scale (cairo, area.width / (double) self->seen.width,
               area.height / (double) self->seen.height);
  cairo_set_source_surface (cairo, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cairo), CAIRO_FILTER_NEAREST);
  cairo_paint (cairo);
  /* The surface is of memory that is written again: no copy of it may be kept. */
  cairo_set_source_rgb (cairo, 0, 0, 0);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  cairo_restore (cairo);
  draw_cursor (self, cairo, &area);
}

static void
draw_scale (GtkDrawingArea *scale, cairo_t *cairo, int width, int height, gpointer user_data)
{
  ArrayImage *self = user_data;
  guint32 colors[ARRAY_PALETTE_COLORS];

  array_palette_fill (MIN (gtk_drop_down_get_selected (self->palette), ARRAY_N_PALETTES - 1), colors);
  for (int x = 0; x < width; x++)
    {
      guint32 color = colors[x * (ARRAY_PALETTE_COLORS - 1) / MAX (width - 1, 1)];

      cairo_set_source_rgb (cairo, (color >> 16 & 0xff) / 255.0, (color >> 8 & 0xff) / 255.0,
                            (color & 0xff) / 255.0);
      cairo_rectangle (cairo, x, 0, 1, height);
      cairo_fill (cairo);
    }
}

char *
array_image_text_at (ArrayImage *self, double x, double y)
{
  guint64 n_rows, n_columns;
  GdkRectangle area;

  if (!get_area (self, &area) || !get_size (self, &n_rows, &n_columns) || x < area.x
      || y < area.y || x >= area.x + area.width || y >= area.y + area.height)
    return NULL;
  return text_of_pixel (self, (guint64) ((y - area.y) / area.height * (double) n_rows),
                        (guint64) ((x - area.x) / area.width * (double) n_columns));
}

static void
note_motion (GtkEventControllerMotion *controller, double x, double y, ArrayImage *self)
{
  /* The toolkit tells where it is also when what is under it was drawn anew. */
  if (x == self->pointer_x && y == self->pointer_y && !self->has_pointer)
    return;
  /* The keyboard's cursor goes. */
  if (!self->has_pointer)
    gtk_widget_queue_draw (GTK_WIDGET (self->canvas));
  self->has_pointer = TRUE;
  self->pointer_x = x;
  self->pointer_y = y;
  show_pointed (self);
}

static void
note_leave (GtkEventControllerMotion *controller, ArrayImage *self)
{
  self->has_pointer = FALSE;
  self->pointer_x = self->pointer_y = -1;
  show_pointed (self);
  gtk_widget_queue_draw (GTK_WIDGET (self->canvas));
}

static void
on_resize (GtkDrawingArea *canvas, int width, int height, ArrayImage *self)
{
  restart (self);
}

static void
on_palette (GtkDropDown *palette, GParamSpec *pspec, ArrayImage *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self->scale));
  restart (self);
}

static void
on_range (gpointer widget, ArrayImage *self)
{
  if (array_range_check (self->fixed, self->low, self->high))
    restart (self);
}

/* How many elements of the last axis make a pixel. */
guint
array_image_channels (const EntryInfo *entry)
{
  guint last = entry->dimensions == 3 && entry->n_fields == 0 ? (guint) MIN (entry->shape[2], 5) : 1;

  return last == 3 || last == 4 ? last : 1;
}

void
array_image_set (ArrayImage *self, Session *session, Attachment *attachment, EntryInfo *entry,
                 const ArrayPlane *plane, int field)
{
  guint channels = entry != NULL ? array_image_channels (entry) : 1;
  ArrayBlock block = { 0 };

  if (channels > 1)
    block = (ArrayBlock){ 0, entry->shape[0], entry->shape[1] * channels,
                          entry->shape[1] * channels, 1 };
  else if (entry != NULL)
    block = entry->n_fields > 0 ? array_block_range (0, entry->length)
                                : array_plane_block (plane, entry);
  if (array_feed_is (self->feed, entry, &block, field))
    return;
  array_feed_hold (self->feed);
  array_chart_set_reason (GTK_WIDGET (self->canvas), &self->reason, NULL);
  self->has_seen = FALSE;
  self->channels = channels;
  /* The feed begins to draw at once. */
  self->work.channels = channels;
  gtk_widget_set_sensitive (GTK_WIDGET (self->palette), channels == 1);
  gtk_widget_set_sensitive (GTK_WIDGET (self->fixed), channels == 1);
  array_feed_set (self->feed, session, attachment, entry, &block, field);
  restart (self);
  show_pointed (self);
  gtk_widget_queue_draw (GTK_WIDGET (self->canvas));
}

void
array_image_set_displays (ArrayImage *self, DisplaySet *displays)
{
  if (display_set_replace (&self->displays, displays))
    show_pointed (self);
}

static void
array_image_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (array_image_parent_class)->map (widget);
  restart (ARRAY_IMAGE (widget));
  array_feed_set_active (ARRAY_IMAGE (widget)->feed, TRUE);
}

static void
array_image_unmap (GtkWidget *widget)
{
  array_feed_set_active (ARRAY_IMAGE (widget)->feed, FALSE);
  GTK_WIDGET_CLASS (array_image_parent_class)->unmap (widget);
}

static void
array_image_dispose (GObject *object)
{
  GtkWidget *child;

  if (ARRAY_IMAGE (object)->feed != NULL)
    array_feed_set (ARRAY_IMAGE (object)->feed, NULL, NULL, NULL, NULL, -1);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (array_image_parent_class)->dispose (object);
}

static void
array_image_finalize (GObject *object)
{
  ArrayImage *self = ARRAY_IMAGE (object);

  array_feed_free (self->feed);
  display_set_unref (self->displays);
  array_render_clear (&self->work);
  array_render_clear (&self->seen);
  g_free (self->reason);
  G_OBJECT_CLASS (array_image_parent_class)->finalize (object);
}

static void
array_image_class_init (ArrayImageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = array_image_dispose;
  G_OBJECT_CLASS (class)->finalize = array_image_finalize;
  widget_class->map = array_image_map;
  widget_class->unmap = array_image_unmap;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/array-image.ui");
  gtk_widget_class_bind_template_child (widget_class, ArrayImage, canvas);
  gtk_widget_class_bind_template_child (widget_class, ArrayImage, scale);
  gtk_widget_class_bind_template_child (widget_class, ArrayImage, palette);
  gtk_widget_class_bind_template_child (widget_class, ArrayImage, fixed);
  gtk_widget_class_bind_template_child (widget_class, ArrayImage, low);
  gtk_widget_class_bind_template_child (widget_class, ArrayImage, high);
  gtk_widget_class_bind_template_child (widget_class, ArrayImage, pointed);
  gtk_widget_class_bind_template_callback (widget_class, on_resize);
  gtk_widget_class_bind_template_callback (widget_class, on_palette);
  gtk_widget_class_bind_template_callback (widget_class, on_range);
}

static void
array_image_init (ArrayImage *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->channels = 1;
  self->work.channels = 1;
  self->feed = array_feed_new (run, note_done, self);
  gtk_widget_init_template (GTK_WIDGET (self));
  drop_down_set_name (self->palette, _("Colours"));
  gtk_drawing_area_set_draw_func (self->canvas, draw, self, NULL);
  gtk_drawing_area_set_draw_func (self->scale, draw_scale, self, NULL);
  g_signal_connect (motion, "motion", G_CALLBACK (note_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (note_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self->canvas), motion);
  array_keys_add (GTK_WIDGET (self->canvas), note_key, self);
}
