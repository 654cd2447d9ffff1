/* watch-list-model.c - the watch list as a list model. */
#include "watch-list-model.h"

#include "watch-sources.h"

/* Changes that follow each other are saved once. */
#define SAVE_MS 500

struct _WatchListModel
{
  GObject parent_instance;

  Session *session;
  SegmentList *segments;
  WatchList *list;
  GPtrArray *items;      /* of WatchItem, one for each row */
  WatchSources *sources;
  gboolean active;
  guint save_source;
};

static GType
watch_list_model_get_item_type (GListModel *model)
{
  return WATCH_TYPE_ITEM;
}

static guint
watch_list_model_get_n_items (GListModel *model)
{
  return WATCH_LIST_MODEL (model)->items->len;
}

static gpointer
watch_list_model_get_item (GListModel *model, guint position)
{
  WatchListModel *self = WATCH_LIST_MODEL (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
watch_list_model_list_init (GListModelInterface *interface)
{
  interface->get_item_type = watch_list_model_get_item_type;
  interface->get_n_items = watch_list_model_get_n_items;
  interface->get_item = watch_list_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WatchListModel, watch_list_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      watch_list_model_list_init))

static guint failed_signal;

static void
save (WatchListModel *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_handle_id (&self->save_source, g_source_remove);
  for (guint i = 0; i < self->items->len; i++)
    watch_list_set_value (self->list, i, watch_item_get_value (self->items->pdata[i]));
  if (!watch_list_save (self->list, &error))
    g_signal_emit (self, failed_signal, 0, error->message);
}

static gboolean
on_save (gpointer user_data)
{
  WatchListModel *self = user_data;

  self->save_source = 0;
  save (self);
  return G_SOURCE_REMOVE;
}

static void
save_soon (WatchListModel *self)
{
  if (self->save_source == 0)
    self->save_source = g_timeout_add (SAVE_MS, on_save, self);
}

static void
update_items (WatchListModel *self, WatchSource *source)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      WatchItem *item = self->items->pdata[i];
      const WatchRow *row = watch_item_get_row (item);

      if (row->heading == NULL && g_str_equal (row->segment, watch_source_get_key (source)))
        watch_item_set_attachment (item, watch_source_get_attachment (source),
                                   watch_source_get_reason (source));
    }
}

static void
on_source_changed (WatchSource *source, gpointer user_data)
{
  update_items (user_data, source);
}

static void
name_segments (WatchSources *sources, gpointer user_data)
{
  WatchListModel *self = user_data;

  for (guint i = 0; i < self->items->len; i++)
    {
      const WatchRow *row = watch_item_get_row (self->items->pdata[i]);

      if (row->heading == NULL)
        watch_sources_want (sources, row->segment, row->title);
    }
}

static WatchItem *
add_item (WatchListModel *self, guint position)
{
  WatchItem *item = watch_item_new (self->session, watch_list_get (self->list, position));

  watch_item_set_active (item, self->active);
  g_ptr_array_insert (self->items, (gint) position, item);
  return item;
}

WatchListModel *
watch_list_model_new (Session *session, SegmentList *segments, const char *path)
{
  WatchListModel *self = g_object_new (WATCH_TYPE_LIST_MODEL, NULL);

  self->session = g_object_ref (session);
  self->segments = g_object_ref (segments);
  self->list = watch_list_new (path);
  self->sources = watch_sources_new (session, session_get_sampler (session), segments,
                                     name_segments, on_source_changed, self);
  return self;
}

void
watch_list_model_load (WatchListModel *self)
{
  g_autoptr (GError) error = NULL;
  gboolean is_whole = watch_list_load (self->list, &error);

  for (guint i = 0; i < watch_list_length (self->list); i++)
    add_item (self, i);
  if (self->items->len > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, self->items->len);
  if (!is_whole)
    g_signal_emit (self, failed_signal, 0, error->message);
  watch_sources_look_soon (self->sources);
}

void
watch_list_model_set_active (WatchListModel *self, gboolean active)
{
  if (self->active == active)
    return;
  self->active = active;
  for (guint i = 0; i < self->items->len; i++)
    watch_item_set_active (self->items->pdata[i], active);
  watch_sources_set_active (self->sources, active);
  if (!active && watch_list_model_count_targets (self) > 0)
    /* The values that were seen last. */
    save_soon (self);
}

guint
watch_list_model_add (WatchListModel *self, const SegmentInfo *info, const char *target,
                      gboolean *ret_is_new)
{
  guint position = self->items->len;

  *ret_is_new = watch_list_add (self->list, info, target);
  if (!*ret_is_new)
    return watch_list_find (self->list, info, target);
  add_item (self, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
  save_soon (self);
  watch_sources_look_soon (self->sources);
  return position;
}

gboolean
watch_list_model_add_heading (WatchListModel *self, guint position, const char *text)
{
  position = MIN (position, self->items->len);
  if (!watch_list_add_heading (self->list, position, text))
    return FALSE;
  add_item (self, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
  save_soon (self);
  return TRUE;
}

void
watch_list_model_remove (WatchListModel *self, guint position)
{
  g_autoptr (WatchItem) item = g_ptr_array_steal_index (self->items, position);

  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  watch_item_forget_row (item);
  watch_list_remove (self->list, position);
  save_soon (self);
  watch_sources_look_soon (self->sources);
}

void
watch_list_model_move (WatchListModel *self, guint from, guint to)
{
  guint first = MIN (from, to), n = MAX (from, to) - first + 1;

  if (from == to)
    return;
  watch_list_move (self->list, from, to);
  g_ptr_array_insert (self->items, (gint) to, g_ptr_array_steal_index (self->items, from));
  g_list_model_items_changed (G_LIST_MODEL (self), first, n, n);
  save_soon (self);
}

void
watch_list_model_set_heading (WatchListModel *self, guint position, const char *text)
{
  watch_list_set_heading (self->list, position, text);
  watch_item_row_changed (self->items->pdata[position]);
  save_soon (self);
}

void
watch_list_model_set_note (WatchListModel *self, guint position, const char *note)
{
  watch_list_set_note (self->list, position, note);
  watch_item_row_changed (self->items->pdata[position]);
  save_soon (self);
}

guint
watch_list_model_count_targets (WatchListModel *self)
{
  guint n = 0;

  for (guint i = 0; i < self->items->len; i++)
    n += watch_item_get_row (self->items->pdata[i])->heading == NULL;
  return n;
}

char *
watch_list_model_segment_of (WatchListModel *self, guint position)
{
  WatchItem *item = self->items->pdata[position];
  Attachment *attachment = watch_item_get_attachment (item);
  g_autoptr (SegmentInfo) info = attachment != NULL ? attachment_get_info (attachment) : NULL;

  return info != NULL && segment_list_find (self->segments, info->id) != G_MAXUINT
           ? g_strdup (info->id)
           : NULL;
}

static void
watch_list_model_dispose (GObject *object)
{
  WatchListModel *self = WATCH_LIST_MODEL (object);

  if (self->save_source != 0 || self->active)
    save (self);
  self->active = FALSE;
  for (guint i = 0; i < self->items->len; i++)
    watch_item_forget_row (self->items->pdata[i]);
  g_ptr_array_set_size (self->items, 0);
  watch_sources_close (self->sources);
  G_OBJECT_CLASS (watch_list_model_parent_class)->dispose (object);
}

static void
watch_list_model_finalize (GObject *object)
{
  WatchListModel *self = WATCH_LIST_MODEL (object);

  g_ptr_array_unref (self->items);
  g_clear_object (&self->sources);
  watch_list_free (self->list);
  g_clear_object (&self->segments);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (watch_list_model_parent_class)->finalize (object);
}

static void
watch_list_model_class_init (WatchListModelClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = watch_list_model_dispose;
  object_class->finalize = watch_list_model_finalize;

  failed_signal = g_signal_new ("failed", WATCH_TYPE_LIST_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
watch_list_model_init (WatchListModel *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}
