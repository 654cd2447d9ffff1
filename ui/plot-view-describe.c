/* plot-view-describe.c - what a screen reader says of a plot, which is drawn and has no widgets. */
#include <glib/gi18n.h>
#include <math.h>

#include "plot-view-private.h"

#define DESCRIBED_MAX 12   /* series */

static void
describe_line (GString *text, PlotView *self, const PlotLine *line)
{
  double minimum = line->before, maximum = line->before;
  gint64 at = self->marks.cursor_us == PLOT_NO_TIME ? plot_series_get_now (line->series)
                                                    : self->marks.cursor_us;
  char value[64], low[64], high[64];

  for (guint i = 0; i < line->n_columns; i++)
    {
      minimum = fmin (minimum, line->columns[i].minimum);
      maximum = fmax (maximum, line->columns[i].maximum);
    }
  plot_series_text (line->series, plot_series_at (line->series, at), value);
  plot_series_text (line->series, minimum, low);
  plot_series_text (line->series, maximum, high);
  g_string_append_c (text, ' ');
  if (value[0] == '\0')
    g_string_append_printf (text, _("%s: not known."), plot_series_get_name (line->series));
  else
    /* Translators: NAME: VALUE, between LEAST and GREATEST. */
    g_string_append_printf (text, _("%s: %s, between %s and %s."),
                            plot_series_get_name (line->series), value, low, high);
}

/* How many are in sight, and the newest of them. */
static void
describe_moments (GString *text, PlotView *self, const PlotAxis *time)
{
  MarkList *moments = self->marks.moments;
  const struct mark *newest = NULL;
  char at[PLOT_TEXT_MAX];
  guint n = 0;

  for (guint i = 0; moments != NULL && i < mark_list_length (moments); i++)
    {
      const struct mark *mark = mark_list_get (moments, i);

      if ((double) mark->time_us < time->first || (double) mark->time_us > time->last)
        continue;
      newest = mark;
      n++;
    }
  if (newest == NULL)
    return;
  plot_axis_text (time, (double) newest->time_us, at);
  g_string_append_c (text, ' ');
  /* Translators: the last %s are a condition and a time of day. */
  g_string_append_printf (text,
                          ngettext ("%u alert, %s at %s.", "%u alerts, the last %s at %s.", n), n,
                          newest->text, at);
}

void
plot_view_describe (PlotView *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = self->scene->n_lines;

  self->described_us = g_get_monotonic_time ();
  if (plot_view_update (self))
    {
      const PlotAxis time = plot_scene_time (self->scene);
      char first[PLOT_TEXT_MAX], last[PLOT_TEXT_MAX], cursor[PLOT_TEXT_MAX];

      plot_axis_text (&time, time.first, first);
      plot_axis_text (&time, time.last, last);
      g_string_printf (text, ngettext ("%u series from %s to %s.", "%u series from %s to %s.", n), n,
                       first, last);
      if (self->marks.cursor_us != PLOT_NO_TIME)
        {
          plot_axis_text (&time, (double) self->marks.cursor_us, cursor);
          g_string_append_c (text, ' ');
          g_string_append_printf (text, _("At %s:"), cursor);
        }
      describe_moments (text, self, &time);
      for (guint i = 0; i < MIN (n, DESCRIBED_MAX); i++)
        describe_line (text, self, &self->scene->lines[i]);
    }
  if (g_strcmp0 (text->str, self->description) == 0)
    return;
  g_free (self->description);
  self->description = g_strdup (text->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  self->description, -1);
}
