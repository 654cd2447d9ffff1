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

struct line
{
  GtkWidget *first, *end;   /* end: the first of the next one, or NULL */
  int height, left;         /* left: of its width */
  int n_expand;             /* so many would have it */
};

static struct line
measure_line (WrapLayout *self, GtkWidget *first, int width)
{
  struct line line = { .first = first };
  GtkWidget *child;
  int x = 0;

  for (child = first; child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int own;

      if (!gtk_widget_should_layout (child))
        continue;
      own = width_of (child, width);
      if (x > 0 && own > width - x)
        break;
      line.height = MAX (line.height, height_of (child, own));
      line.n_expand += gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL);
      line.left = width - x - own;
      x += own + self->column_spacing;
    }
  line.end = child;
  return line;
}

static void
place_line (WrapLayout *self, const struct line *line, int y, int width, gboolean right_to_left)
{
  int x = 0, left = line->left, n_expand = line->n_expand;

  for (GtkWidget *child = line->first; child != line->end;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkAllocation place = { .y = y, .height = line->height };

      if (!gtk_widget_should_layout (child))
        continue;
      place.width = width_of (child, width);
      if (gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL))
        {
          place.width += left / n_expand;
          left -= left / n_expand--;
        }
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

static void
measure_width (GtkWidget *widget, int *ret_minimum, int *ret_natural)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_should_layout (child))
      {
        int minimum, natural;

        gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
        *ret_minimum = MAX (*ret_minimum, minimum);
        *ret_natural = MAX (*ret_natural, natural);
      }
}

static void
wrap_layout_measure (GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation,
                     int for_size, int *ret_minimum, int *ret_natural, int *ret_minimum_baseline,
                     int *ret_natural_baseline)
{
  WrapLayout *self = WRAP_LAYOUT (manager);
  int width = for_size < 0 ? G_MAXINT : for_size, total = 0;

  *ret_minimum = *ret_natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      measure_width (widget, ret_minimum, ret_natural);
      return;
    }
  for (GtkWidget *next = gtk_widget_get_first_child (widget); next != NULL;)
    {
      struct line line = measure_line (self, next, width);

      total += line.height + (total > 0 ? self->row_spacing : 0);
      next = line.end;
    }
  *ret_minimum = *ret_natural = total;
}

static void
wrap_layout_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height,
                      int baseline)
{
  WrapLayout *self = WRAP_LAYOUT (manager);
  gboolean right_to_left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int y = 0;

  for (GtkWidget *next = gtk_widget_get_first_child (widget); next != NULL;)
    {
      struct line line = measure_line (self, next, width);

      place_line (self, &line, y, width, right_to_left);
      y += line.height + self->row_spacing;
      next = line.end;
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
