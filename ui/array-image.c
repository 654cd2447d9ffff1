/* array-image.c - a plane of an array as a heat map or an image.
 *
 * The picture is made on a thread, as large as it is on the screen: the main thread copies
 * pixels, and does nothing with elements. */
#include "array-image.h"

#include <glib/gi18n.h>
#include <math.h>

#include "array-chart.h"
#include "array-feed.h"
#include "array-render.h"
#include "drop-down.h"
#include "inscription.h"

/* Pictures longer than this, times their width, are not drawn with square pixels. */
#define ASPECT_MAX 8

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
  gboolean has_pointer;
  double pointer_x, pointer_y;
  gboolean updating;
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

static double
number_in (GtkEntry *entry)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));
  char *end;
  double number = g_ascii_strtod (text, &end);

  return end != text && *end == '\0' && isfinite (number) ? number : NAN;
}

/* Begins anew with what is chosen now. */
static void
restart (ArrayImage *self)
{
  gboolean fixed = gtk_check_button_get_active (self->fixed);
  double low = number_in (self->low), high = number_in (self->high);
  int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  GdkRectangle area;

  array_feed_hold (self->feed);
  if (!get_area (self, &area))
    return;
  self->work.width = (guint) MIN (area.width * factor, ARRAY_RENDER_SIZE_MAX);
  self->work.height = (guint) MIN (area.height * factor, ARRAY_RENDER_SIZE_MAX);
  self->work.channels = self->channels;
  self->work.palette = MIN (gtk_drop_down_get_selected (self->palette), ARRAY_N_PALETTES - 1);
  self->work.fixed = fixed && low < high;
  if (self->work.fixed)
    {
      self->work.low = low;
      self->work.high = high;
    }
  array_feed_restart (self->feed);
}

static gboolean
run (ArrayReader *reader, ArrayTask *task, gpointer user_data, GError **error)
{
  return array_render_paint (&ARRAY_IMAGE (user_data)->work, reader, task, error);
}

static void
set_number (GtkEntry *entry, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.6g", number);
  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (entry)), text))
    gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

static void
show_pointed (ArrayImage *self)
{
  g_autofree char *text
    = self->has_pointer ? array_image_text_at (self, self->pointer_x, self->pointer_y) : NULL;

  inscription_set_text (self->pointed, text);
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
  self->seen = self->work;
  self->seen.values = NULL;
  self->work.pixels = pixels;
  if (self->work.fixed || !has_range)
    return;
  self->updating = TRUE;
  set_number (self->low, self->work.low);
  set_number (self->high, self->work.high);
  self->updating = FALSE;
}

static void
draw (GtkDrawingArea *canvas, cairo_t *cairo, int width, int height, gpointer user_data)
{
  ArrayImage *self = user_data;
  cairo_surface_t *surface;
  GdkRectangle area;

  if (self->reason != NULL || !get_area (self, &area))
    {
      array_chart_say (GTK_WIDGET (canvas), cairo, width, height,
                       self->reason != NULL ? self->reason : _("There is nothing to draw"));
      return;
    }
  if (self->seen.pixels == NULL)
    return;
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
  if (self->has_pointer)
    show_pointed (self);
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
  guint64 n_rows, n_columns, row, column, index;
  g_autofree guint8 *element = NULL;
  g_autofree char *where = NULL;
  GString *text;
  Attachment *attachment;
  EntryInfo *entry;
  GdkRectangle area;
  ArrayBlock block;
  int field;

  if (!array_feed_get (self->feed, &attachment, &entry, &block, &field) || !get_area (self, &area)
      || !get_size (self, &n_rows, &n_columns) || x < area.x || y < area.y
      || x >= area.x + area.width || y >= area.y + area.height)
    return NULL;
  row = MIN ((guint64) ((y - area.y) / area.height * (double) n_rows), n_rows - 1);
  column = MIN ((guint64) ((x - area.x) / area.width * (double) n_columns), n_columns - 1);
  index = array_block_element (&block, row * block.n_columns + column * self->channels);
  element = g_malloc (entry->type.size);
  where = array_plane_index_text (entry, index);
  text = g_string_new (where);
  for (guint i = 0; i < self->channels; i++)
    {
      g_autofree char *value = NULL;

      if (attachment_read (attachment, entry, index + i, index + i + 1, element) < 0)
        break;
      value = entry_info_element_text (entry, element, field);
      g_string_append_printf (text, "%s%s", i == 0 ? " = " : ", ", value);
    }
  return g_string_free (text, FALSE);
}

static void
note_motion (GtkEventControllerMotion *controller, double x, double y, ArrayImage *self)
{
  self->has_pointer = TRUE;
  self->pointer_x = x;
  self->pointer_y = y;
  show_pointed (self);
}

static void
note_leave (GtkEventControllerMotion *controller, ArrayImage *self)
{
  self->has_pointer = FALSE;
  show_pointed (self);
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
  gboolean fixed = gtk_check_button_get_active (self->fixed);
  gboolean wrong = fixed && !(number_in (self->low) < number_in (self->high));
  GtkEntry *entries[] = { self->low, self->high };

  if (self->updating)
    return;
  for (guint i = 0; i < 2; i++)
    {
      gtk_widget_set_sensitive (GTK_WIDGET (entries[i]), fixed);
      if (wrong)
        gtk_widget_add_css_class (GTK_WIDGET (entries[i]), "error");
      else
        gtk_widget_remove_css_class (GTK_WIDGET (entries[i]), "error");
    }
  restart (self);
}

/* How many elements of the last axis make a pixel. */
static guint
channels_of (const EntryInfo *entry)
{
  guint last = entry->dimensions == 3 && entry->n_fields == 0 ? (guint) MIN (entry->shape[2], 5) : 1;

  return last == 3 || last == 4 ? last : 1;
}

void
array_image_set (ArrayImage *self, Session *session, Attachment *attachment, EntryInfo *entry,
                 const ArrayPlane *plane, int field)
{
  guint channels = entry != NULL ? channels_of (entry) : 1;
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
  self->channels = channels;
  /* The feed begins to draw at once. */
  self->work.channels = channels;
  gtk_widget_set_sensitive (GTK_WIDGET (self->palette), channels == 1);
  gtk_widget_set_sensitive (GTK_WIDGET (self->fixed), channels == 1);
  array_feed_set (self->feed, session, attachment, entry, &block, field);
  restart (self);
  gtk_widget_queue_draw (GTK_WIDGET (self->canvas));
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
}
