/* plot-row.c - a series in the legend of a plot. */
#include "plot-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inscription.h"
#include "plot-style.h"
#include "plot-view.h"
#include "tooltip.h"

#define DIGITS 6              /* of a float */
#define DIGITS_FORMAT "%.6g"
#define VALUE_CHARS 9         /* beside which the unit has room */
#define UNIT_CHARS_MAX 8

struct _PlotRow
{
  GtkWidget parent_instance;

  GtkCheckButton *check;
  GtkWidget *swatch, *remove;
  GtkInscription *name, *value;
  PlotSeries *series;
  char *shown;            /* what stands in value */
};

G_DEFINE_FINAL_TYPE (PlotRow, plot_row, GTK_TYPE_WIDGET)

static guint remove_signal;

/* Takes text over. */
static void
take_label (GtkWidget *widget, char *text)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  tooltip_set_text (widget, text);
  g_free (text);
}

static void
update (PlotRow *self)
{
  const char *name = plot_series_get_name (self->series);
  const char *segment = plot_series_get_segment (self->series);
  g_autofree char *tip = segment[0] != '\0' ? g_strdup_printf (_("%s of %s"), name, segment)
                                            : g_strdup (name);

  inscription_set_text (self->name, name);
  tooltip_set_text (GTK_WIDGET (self->name), tip);
  gtk_check_button_set_active (self->check, plot_series_get_visible (self->series));
  take_label (GTK_WIDGET (self->check), g_strdup_printf (_("Show %s"), name));
  take_label (self->remove, g_strdup_printf (_("Remove %s from the plot"), name));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_toggled (GtkCheckButton *check, PlotRow *self)
{
  plot_series_set_visible (self->series, gtk_check_button_get_active (check));
}

static void
on_remove (GtkButton *button, PlotRow *self)
{
  g_signal_emit (self, remove_signal, 0);
}

GtkWidget *
plot_row_new (PlotSeries *series)
{
  PlotRow *self = g_object_new (PLOT_TYPE_ROW, NULL);

  self->series = g_object_ref (series);
  g_signal_connect_object (series, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  gtk_inscription_set_nat_chars (
    self->value,
    VALUE_CHARS + 1
      + MIN ((guint) g_utf8_strlen (plot_series_get_unit (series), -1), UNIT_CHARS_MAX));
  update (self);
  plot_row_show (self, PLOT_NO_TIME);
  return GTK_WIDGET (self);
}

PlotSeries *
plot_row_get_series (PlotRow *self)
{
  return self->series;
}

void
plot_row_show (PlotRow *self, gint64 time_us)
{
  const char *unit = plot_series_get_unit (self->series);
  gint64 at = time_us != PLOT_NO_TIME ? time_us : plot_series_get_now (self->series);
  double number = plot_series_at (self->series, at);
  char value[64], text[128];

  plot_series_text (self->series, number, value);
  /* What has no room here stands in the table. */
  if (plot_series_get_number_type (self->series)->kind == SHMLENS_KIND_FLOAT
      && strlen (value) > DIGITS + 2)
    g_ascii_formatd (value, sizeof value, DIGITS_FORMAT, number);
  g_snprintf (text, sizeof text, value[0] != '\0' && unit[0] != '\0' ? "%s %s" : "%s",
              value[0] != '\0' ? value : "–", unit);
  if (g_strcmp0 (text, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_strdup (text);
  inscription_set_text (self->value, text);
}

static void
plot_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PlotRow *self = PLOT_ROW (widget);
  graphene_rect_t area;
  PlotColors colors;

  GTK_WIDGET_CLASS (plot_row_parent_class)->snapshot (widget, snapshot);
  if (!gtk_widget_compute_bounds (self->swatch, widget, &area))
    return;
  plot_colors_load (widget, &colors);
  plot_style_draw (plot_series_get_style (self->series), &colors, snapshot, &area);
}

static void
plot_row_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (plot_row_parent_class)->dispose (object);
}

static void
plot_row_finalize (GObject *object)
{
  PlotRow *self = PLOT_ROW (object);

  g_clear_object (&self->series);
  g_free (self->shown);
  G_OBJECT_CLASS (plot_row_parent_class)->finalize (object);
}

static void
plot_row_class_init (PlotRowClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = plot_row_dispose;
  object_class->finalize = plot_row_finalize;
  widget_class->snapshot = plot_row_snapshot;
  remove_signal = g_signal_new ("remove", PLOT_TYPE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "plotrow");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/shmlens/Shmlens/ui/plot-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PlotRow, check);
  gtk_widget_class_bind_template_child (widget_class, PlotRow, swatch);
  gtk_widget_class_bind_template_child (widget_class, PlotRow, name);
  gtk_widget_class_bind_template_child (widget_class, PlotRow, value);
  gtk_widget_class_bind_template_child (widget_class, PlotRow, remove);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
}

static void
plot_row_init (PlotRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
