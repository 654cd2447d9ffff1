/* plot-list.c - what is plotted, as a list model. */
#include "plot-list.h"

#include <glib/gi18n.h>

#include "database.h"
#include "scratch-directory.h"

struct _PlotList
{
  GObject parent_instance;

  GPtrArray *items;
  SeriesSpill *spill;   /* NULL: nothing is plotted, or there can be none */
};

static guint changed_signal, detailed_signal, failed_signal;

static GType
plot_list_get_item_type (GListModel *model)
{
  return PLOT_TYPE_SERIES;
}

static guint
plot_list_get_n_items (GListModel *model)
{
  return PLOT_LIST (model)->items->len;
}

static gpointer
plot_list_get_item (GListModel *model, guint position)
{
  PlotList *self = PLOT_LIST (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
plot_list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = plot_list_get_item_type;
  interface->get_n_items = plot_list_get_n_items;
  interface->get_item = plot_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (PlotList, plot_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, plot_list_model_init))

PlotList *
plot_list_new (void)
{
  return g_object_new (PLOT_TYPE_LIST, NULL);
}

static void
note_changed (PlotList *self)
{
  g_signal_emit (self, changed_signal, 0);
}

static void
note_detailed (PlotList *self)
{
  g_signal_emit (self, detailed_signal, 0);
}

static void
on_failed (PlotSeries *series, PlotList *self)
{
  g_signal_emit (self, failed_signal, 0, plot_series_get_failure (series));
}

static void
on_spill_failed (const GError *error, gpointer user_data)
{
  g_autofree char *said = g_strdup_printf (
    _("Of what is plotted from now on, only the extremes are kept when it is old: %s"),
    error->message);

  g_signal_emit (user_data, failed_signal, 0, said);
}

static void
give_spill (PlotList *self, PlotSeries *series)
{
  if (!database_is_built ())
    return;
  if (self->spill == NULL)
    {
      g_autofree char *root = scratch_directory_root ("plots");

      self->spill = series_spill_new (root, SERIES_SPILL_LIMIT_DEFAULT, plot_time (0),
                                      on_spill_failed, self);
    }
  plot_series_set_spill (series, self->spill);
}

static void
let_go (PlotList *self, PlotSeries *series)
{
  plot_series_stop (series);
  plot_series_set_spill (series, NULL);
  g_signal_handlers_disconnect_by_data (series, self);
}

static void
share_out (PlotList *self)
{
  for (guint i = 0; i < self->items->len; i++)
    plot_series_set_limit (self->items->pdata[i], SERIES_LIMIT_DEFAULT / self->items->len);
}

/* The lowest that no series has. */
static guint
free_style (PlotList *self)
{
  for (guint style = 0;; style++)
    {
      gboolean taken = FALSE;

      for (guint i = 0; i < self->items->len && !taken; i++)
        taken = plot_series_get_style (self->items->pdata[i]) == style;
      if (!taken)
        return style;
    }
}

gboolean
plot_list_add (PlotList *self, PlotSeries *series)
{
  if (self->items->len >= PLOT_LIST_MAX)
    return FALSE;
  plot_series_set_style (series, free_style (self));
  g_ptr_array_add (self->items, g_object_ref (series));
  g_signal_connect_swapped (series, "changed", G_CALLBACK (note_changed), self);
  g_signal_connect_swapped (series, "detailed", G_CALLBACK (note_detailed), self);
  g_signal_connect (series, "failed", G_CALLBACK (on_failed), self);
  give_spill (self, series);
  share_out (self);
  g_list_model_items_changed (G_LIST_MODEL (self), self->items->len - 1, 0, 1);
  note_changed (self);
  return TRUE;
}

void
plot_list_remove (PlotList *self, PlotSeries *series)
{
  guint position;

  if (!g_ptr_array_find (self->items, series, &position))
    return;
  let_go (self, series);
  g_ptr_array_remove_index (self->items, position);
  share_out (self);
  if (self->items->len == 0)
    g_clear_pointer (&self->spill, series_spill_free);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  note_changed (self);
}

void
plot_list_clear (PlotList *self)
{
  while (self->items->len > 0)
    plot_list_remove (self, self->items->pdata[self->items->len - 1]);
}

guint
plot_list_length (PlotList *self)
{
  return self->items->len;
}

PlotSeries *
plot_list_get (PlotList *self, guint position)
{
  return self->items->pdata[position];
}

PlotSeries *
plot_list_find (PlotList *self, const struct plot_place *place)
{
  for (guint i = 0; i < self->items->len; i++)
    if (plot_series_is_place (self->items->pdata[i], place))
      return self->items->pdata[i];
  return NULL;
}

static void
plot_list_dispose (GObject *object)
{
  PlotList *self = PLOT_LIST (object);

  for (guint i = 0; i < self->items->len; i++)
    let_go (self, self->items->pdata[i]);
  g_ptr_array_set_size (self->items, 0);
  g_clear_pointer (&self->spill, series_spill_free);
  G_OBJECT_CLASS (plot_list_parent_class)->dispose (object);
}

static void
plot_list_finalize (GObject *object)
{
  g_ptr_array_unref (PLOT_LIST (object)->items);
  G_OBJECT_CLASS (plot_list_parent_class)->finalize (object);
}

static void
plot_list_class_init (PlotListClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = plot_list_dispose;
  object_class->finalize = plot_list_finalize;
  changed_signal = g_signal_new ("changed", PLOT_TYPE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  detailed_signal = g_signal_new ("detailed", PLOT_TYPE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  failed_signal = g_signal_new ("failed", PLOT_TYPE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
plot_list_init (PlotList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}
