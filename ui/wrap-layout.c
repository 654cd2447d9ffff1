/* wrap-layout.c - a layout of lines: what has no room beside what is before it goes below. */
#include "wrap-layout.h"

struct _WrapLayout
{
  GtkLayoutManager parent_instance;

  int column_spacing, row_spacing;
};

G_DEFINE_FINAL_TYPE (WrapLayout, wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

static int
width_of (GtkWidget *child, int width)
{
  int minimum, natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  return MAX (minimum, MIN (natural, width));
}

static int
height_of (GtkWidget *child, int width)
{
  int natural;

  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
  return natural;
}

/* The first of the next line; ret_height: of this line, which begins with first. */
static GtkWidget *
measure_line (WrapLayout *self, GtkWidget *first, int width, int *ret_height)
{
  GtkWidget *child;
  int x = 0;

  *ret_height = 0;
  for (child = first; child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int own;

      if (!gtk_widget_should_layout (child))
        continue;
      own = width_of (child, width);
      if (x > 0 && own > width - x)
        break;
      *ret_height = MAX (*ret_height, height_of (child, own));
      x += own + self->column_spacing;
    }
  return child;
}

static void
place_line (WrapLayout *self, GtkWidget *first, GtkWidget *end, int y, int width, int height,
            gboolean right_to_left)
{
  int x = 0;

  for (GtkWidget *child = first; child != end; child = gtk_widget_get_next_sibling (child))
    {
      GtkAllocation place = { .y = y, .height = height };

      if (!gtk_widget_should_layout (child))
        continue;
      place.width = width_of (child, width);
      place.x = right_to_left ? width - x - place.width : x;
      gtk_widget_size_allocate (child, &place, -1);
      x += place.width + self->column_spacing;
    }
}

static GtkSizeRequestMode
wrap_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static int
widest (GtkWidget *widget)
{
  int width = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_should_layout (child))
      width = MAX (width, width_of (child, G_MAXINT));
  return width;
}

static void
wrap_layout_measure (GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation,
                     int for_size, int *ret_minimum, int *ret_natural, int *ret_minimum_baseline,
                     int *ret_natural_baseline)
{
  WrapLayout *self = WRAP_LAYOUT (manager);
  int width = for_size < 0 ? G_MAXINT : for_size, total = 0, height;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *ret_minimum = *ret_natural = widest (widget);
      return;
    }
  *ret_minimum = 0;
  for (GtkWidget *line = gtk_widget_get_first_child (widget); line != NULL;)
    {
      line = measure_line (self, line, width, &height);
      if (total == 0)
        *ret_minimum = height;
      total += height + (total > 0 ? self->row_spacing : 0);
    }
  *ret_natural = total;
}

static void
wrap_layout_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height,
                      int baseline)
{
  WrapLayout *self = WRAP_LAYOUT (manager);
  gboolean right_to_left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int y = 0, line_height;

  for (GtkWidget *line = gtk_widget_get_first_child (widget); line != NULL;)
    {
      GtkWidget *next = measure_line (self, line, width, &line_height);

      place_line (self, line, next, y, width, line_height, right_to_left);
      y += line_height + self->row_spacing;
      line = next;
    }
}

static void
wrap_layout_class_init (WrapLayoutClass *class)
{
  GtkLayoutManagerClass *manager_class = GTK_LAYOUT_MANAGER_CLASS (class);

  manager_class->get_request_mode = wrap_layout_get_request_mode;
  manager_class->measure = wrap_layout_measure;
  manager_class->allocate = wrap_layout_allocate;
}

static void
wrap_layout_init (WrapLayout *self)
{
}

GtkLayoutManager *
wrap_layout_new (int column_spacing, int row_spacing)
{
  WrapLayout *self = g_object_new (WRAP_TYPE_LAYOUT, NULL);

  self->column_spacing = column_spacing;
  self->row_spacing = row_spacing;
  return GTK_LAYOUT_MANAGER (self);
}
