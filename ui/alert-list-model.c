/* alert-list-model.c - the alerts as a list model. */
#include "alert-list-model.h"

#include "watch-sources.h"

/* Changes that follow each other are saved once. */
#define SAVE_MS 1000

struct _AlertListModel
{
  GObject parent_instance;

  Session *session;
  SegmentList *segments;
  AlertList *list;
  GPtrArray *items;        /* of AlertItem, one for each row */
  GHashTable *told;        /* AlertItem -> gint64: when people were told last */
  Sampler *sampler;        /* made, as are these, for the first alert */
  WatchSources *sources;
  guint save_source;
};

static GType
alert_list_model_get_item_type (GListModel *model)
{
  return ALERT_TYPE_ITEM;
}

static guint
alert_list_model_get_n_items (GListModel *model)
{
  return ALERT_LIST_MODEL (model)->items->len;
}

static gpointer
alert_list_model_get_item (GListModel *model, guint position)
{
  AlertListModel *self = ALERT_LIST_MODEL (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
alert_list_model_list_init (GListModelInterface *interface)
{
  interface->get_item_type = alert_list_model_get_item_type;
  interface->get_n_items = alert_list_model_get_n_items;
  interface->get_item = alert_list_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AlertListModel, alert_list_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      alert_list_model_list_init))

enum
{
  SIGNAL_FIRED,
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
save (AlertListModel *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_handle_id (&self->save_source, g_source_remove);
  if (!alert_list_save (self->list, &error))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
}

static gboolean
on_save (gpointer user_data)
{
  AlertListModel *self = user_data;

  self->save_source = 0;
  save (self);
  return G_SOURCE_REMOVE;
}

static void
save_soon (AlertListModel *self)
{
  if (self->save_source == 0)
    self->save_source = g_timeout_add (SAVE_MS, on_save, self);
}

static void
on_source_changed (WatchSource *source, gpointer user_data)
{
  AlertListModel *self = user_data;

  for (guint i = 0; i < self->items->len; i++)
    {
      AlertItem *item = self->items->pdata[i];
      const AlertRow *row = alert_item_get_row (item);

      if (row->is_on && g_str_equal (row->segment, watch_source_get_key (source)))
        alert_item_set_attachment (item, watch_source_get_attachment (source),
                                   watch_source_get_reason (source));
    }
}

static void
name_segments (WatchSources *sources, gpointer user_data)
{
  AlertListModel *self = user_data;

  for (guint i = 0; i < self->items->len; i++)
    {
      const AlertRow *row = alert_item_get_row (self->items->pdata[i]);

      if (row->is_on)
        watch_sources_want (sources, row->segment, row->title);
    }
}

/* At least one is on, or none any more. */
static void
update_active (AlertListModel *self)
{
  gboolean active = FALSE;

  for (guint i = 0; i < self->items->len; i++)
    active = active || alert_item_get_row (self->items->pdata[i])->is_on;
  watch_sources_set_active (self->sources, active);
  watch_sources_look_soon (self->sources);
}

static void
fire (AlertListModel *self, AlertItem *item, gint64 time_us)
{
  AlertRow *row = alert_item_get_row (item);
  gint64 *told_us = g_hash_table_lookup (self->told, item);
  gboolean is_told = told_us == NULL || time_us - *told_us >= ALERT_TELL_US;

  row->count++;
  row->last_us = g_get_real_time ();
  if (is_told)
    g_hash_table_insert (self->told, item, g_memdup2 (&time_us, sizeof time_us));
  alert_item_row_changed (item);
  save_soon (self);
  g_signal_emit (self, signals[SIGNAL_FIRED], 0, item, time_us, is_told);
}

/* Whoever is told may change the list. */
static void
on_tick (Sampler *sampler, gint64 time_us, gpointer user_data)
{
  g_autoptr (AlertListModel) self = g_object_ref (user_data);
  g_autoptr (GPtrArray) fired = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->items->len; i++)
    if (alert_item_tick (self->items->pdata[i], time_us))
      g_ptr_array_add (fired, g_object_ref (self->items->pdata[i]));
  for (guint i = 0; i < fired->len; i++)
    if (alert_item_get_row (fired->pdata[i]) != NULL)
      fire (self, fired->pdata[i], time_us);
}

static void
on_rate (Session *session, GParamSpec *pspec, AlertListModel *self)
{
  double rate;

  if (self->sampler == NULL)
    return;
  g_object_get (session, "rate", &rate, NULL);
  sampler_set_rate (self->sampler, rate);
}

static void
add_item (AlertListModel *self, AlertRow *row)
{
  if (self->sampler == NULL)
    {
      self->sampler = sampler_new ();
      sampler_set_tick_func (self->sampler, on_tick, self);
      on_rate (self->session, NULL, self);
      self->sources = watch_sources_new (self->session, self->sampler, self->segments,
                                         name_segments, on_source_changed, self);
    }
  g_ptr_array_add (self->items, alert_item_new (self->sampler, row));
}

AlertListModel *
alert_list_model_new (Session *session, SegmentList *segments, const char *path)
{
  AlertListModel *self = g_object_new (ALERT_TYPE_LIST_MODEL, NULL);

  self->session = g_object_ref (session);
  self->segments = g_object_ref (segments);
  self->list = alert_list_new (path);
  g_signal_connect_object (session, "notify::rate", G_CALLBACK (on_rate), self, 0);
  return self;
}

void
alert_list_model_load (AlertListModel *self)
{
  g_autoptr (GError) error = NULL;
  gboolean is_whole = alert_list_load (self->list, &error);

  for (guint i = 0; i < alert_list_length (self->list); i++)
    add_item (self, alert_list_get (self->list, i));
  if (self->items->len > 0)
    {
      g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, self->items->len);
      update_active (self);
    }
  if (!is_whole)
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
}

guint
alert_list_model_add (AlertListModel *self, const SegmentInfo *info, const char *condition,
                      const char *note)
{
  AlertRow *row = alert_list_add (self->list, info, condition, note);
  guint position = self->items->len;

  if (row == NULL)
    return G_MAXUINT;
  add_item (self, row);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
  save_soon (self);
  update_active (self);
  return position;
}

gboolean
alert_list_model_change (AlertListModel *self, guint position, const char *condition,
                         const char *note)
{
  AlertItem *item = self->items->pdata[position];

  if (!alert_list_change (self->list, position, condition, note))
    return FALSE;
  g_hash_table_remove (self->told, item);
  alert_item_row_changed (item);
  save_soon (self);
  return TRUE;
}

void
alert_list_model_set_on (AlertListModel *self, guint position, gboolean is_on)
{
  AlertItem *item = self->items->pdata[position];
  AlertRow *row = alert_item_get_row (item);

  if (row->is_on == is_on)
    return;
  row->is_on = is_on;
  alert_item_set_attachment (item, NULL, NULL);
  alert_item_row_changed (item);
  save_soon (self);
  update_active (self);
}

void
alert_list_model_remove (AlertListModel *self, guint position)
{
  g_autoptr (AlertItem) item = g_object_ref (self->items->pdata[position]);

  g_ptr_array_remove_index (self->items, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  alert_item_forget_row (item);
  g_hash_table_remove (self->told, item);
  alert_list_remove (self->list, position);
  save_soon (self);
  update_active (self);
}

guint
alert_list_model_find (AlertListModel *self, AlertItem *item)
{
  guint position;

  return g_ptr_array_find (self->items, item, &position) ? position : G_MAXUINT;
}

static void
alert_list_model_dispose (GObject *object)
{
  AlertListModel *self = ALERT_LIST_MODEL (object);

  if (self->save_source != 0)
    save (self);
  for (guint i = 0; i < self->items->len; i++)
    alert_item_forget_row (self->items->pdata[i]);
  g_ptr_array_set_size (self->items, 0);
  g_hash_table_remove_all (self->told);
  if (self->sources != NULL)
    watch_sources_close (self->sources);
  g_clear_object (&self->sources);
  g_clear_pointer (&self->sampler, sampler_free);
  G_OBJECT_CLASS (alert_list_model_parent_class)->dispose (object);
}

static void
alert_list_model_finalize (GObject *object)
{
  AlertListModel *self = ALERT_LIST_MODEL (object);

  g_ptr_array_unref (self->items);
  g_hash_table_unref (self->told);
  alert_list_free (self->list);
  g_clear_object (&self->segments);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (alert_list_model_parent_class)->finalize (object);
}

static void
alert_list_model_class_init (AlertListModelClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = alert_list_model_dispose;
  object_class->finalize = alert_list_model_finalize;

  signals[SIGNAL_FIRED]
    = g_signal_new ("fired", ALERT_TYPE_LIST_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, ALERT_TYPE_ITEM, G_TYPE_INT64, G_TYPE_BOOLEAN);
  signals[SIGNAL_FAILED]
    = g_signal_new ("failed", ALERT_TYPE_LIST_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
alert_list_model_init (AlertListModel *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->told = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}
