/* sparkline-cell.c - a cell with the last minute of an entry as a small picture.
 *
 * It is drawn anew when a column of its trace is complete, twice a second, and not with each
 * sample: that is as much as its pixels can show. */
#include "sparkline-cell.h"

#include <glib/gi18n.h>
#include <math.h>

#define MARGIN 3
#define THICKNESS 1.5f

struct _SparklineCell
{
  EntryCell parent_instance;
};

G_DEFINE_FINAL_TYPE (SparklineCell, sparkline_cell, ENTRY_TYPE_CELL)

struct range
{
  double least, greatest;
};

static const struct range nothing = { INFINITY, -INFINITY };

static gboolean
is_nothing (const struct range *range)
{
  return range->least > range->greatest;
}

/* What was in the columns first <= i < last. */
static struct range
range_of (const EntryTrace *trace, guint first, guint last)
{
  struct range range = nothing;

  for (guint i = first; i < last; i++)
    {
      double least, greatest;

      if (!entry_trace_get (trace, i, &least, &greatest))
        continue;
      range.least = MIN (range.least, least);
      range.greatest = MAX (range.greatest, greatest);
    }
  return range;
}

static float
y_of (double value, const struct range *all, float height)
{
  double span = all->greatest - all->least;

  /* What stands still is in the middle. */
  if (!(span > 0))
    return height / 2;
  /* A span beyond what a double can hold. */
  if (!isfinite (span))
    return height * (value > 0 ? 0 : 1);
  return (float) ((all->greatest - value) / span) * height;
}

static void
sparkline_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EntryItem *item = entry_cell_get_item (ENTRY_CELL (widget));
  const EntryTrace *trace = item != NULL ? entry_item_get_trace (item) : NULL;
  const int width = gtk_widget_get_width (widget);
  const float height = (float) gtk_widget_get_height (widget) - 2 * MARGIN - THICKNESS;
  struct range all, before = nothing;
  GdkRGBA color;
  guint n;

  if (trace == NULL || width <= 0 || height <= 0)
    return;
  n = entry_trace_get_n_columns (trace);
  all = range_of (trace, 0, n);
  if (is_nothing (&all))
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  for (int x = 0; x < width; x++)
    {
      guint first = (guint) ((guint64) x * n / width);
      guint last = (guint) (((guint64) x + 1) * n / width);
      struct range range = range_of (trace, first, MAX (last, first + 1)), drawn = range;
      float top;

      if (!is_nothing (&range))
        {
          /* Without a gap to the pixel before. */
          if (!is_nothing (&before))
            {
              drawn.least = MIN (drawn.least, before.greatest);
              drawn.greatest = MAX (drawn.greatest, before.least);
            }
          top = y_of (drawn.greatest, &all, height);
          gtk_snapshot_append_color (
            snapshot, &color,
            &GRAPHENE_RECT_INIT (x, MARGIN + top, 1,
                                 y_of (drawn.least, &all, height) - top + THICKNESS));
        }
      before = range;
    }
}

static void
sparkline_cell_update (EntryCell *cell, EntryItem *item, const char *property)
{
  if (property == NULL || g_str_equal (property, "trace") || g_str_equal (property, "info"))
    gtk_widget_queue_draw (GTK_WIDGET (cell));
}

static gboolean
sparkline_cell_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard,
                              GtkTooltip *tooltip)
{
  EntryItem *item = entry_cell_get_item (ENTRY_CELL (widget));
  const EntryTrace *trace = item != NULL ? entry_item_get_trace (item) : NULL;
  struct range all = trace != NULL ? range_of (trace, 0, entry_trace_get_n_columns (trace))
                                   : nothing;
  g_autofree char *tip = NULL;

  if (is_nothing (&all))
    return FALSE;
  tip = g_strdup_printf (_("From %.6g to %.6g in the last minute"), all.least, all.greatest);
  gtk_tooltip_set_text (tooltip, tip);
  return TRUE;
}

static void
sparkline_cell_class_init (SparklineCellClass *class)
{
  ENTRY_CELL_CLASS (class)->update = sparkline_cell_update;
  GTK_WIDGET_CLASS (class)->snapshot = sparkline_cell_snapshot;
  GTK_WIDGET_CLASS (class)->query_tooltip = sparkline_cell_query_tooltip;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "sparklinecell");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
sparkline_cell_init (SparklineCell *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("The last minute"), -1);
}

GtkWidget *
sparkline_cell_new (void)
{
  return g_object_new (SPARKLINE_TYPE_CELL, NULL);
}
