/* watch-sources.c - the segments that rows of a list mean. */
#include "watch-sources.h"

struct _WatchSources
{
  GObject parent_instance;

  Session *session;
  Sampler *sampler;
  SegmentList *segments;
  WatchSourcesName name;
  WatchSourceChanged changed;
  gpointer user_data;

  GHashTable *sources;   /* key -> WatchSource */
  GHashTable *wanted;    /* of keys, while they are being told */
  gboolean active;
  guint look_source;
};

G_DEFINE_FINAL_TYPE (WatchSources, watch_sources, G_TYPE_OBJECT)

static void
on_source_changed (WatchSource *source, gpointer user_data)
{
  WatchSources *self = user_data;

  self->changed (source, self->user_data);
}

void
watch_sources_want (WatchSources *self, const char *key, const char *title)
{
  WatchSource *source = g_hash_table_lookup (self->sources, key);

  if (source == NULL)
    {
      source = watch_source_new (self->session, self->sampler, key, title, on_source_changed, self);
      watch_source_set_active (source, TRUE);
      g_hash_table_insert (self->sources, (gpointer) watch_source_get_key (source), source);
    }
  g_hash_table_add (self->wanted, (gpointer) watch_source_get_key (source));
}

static gboolean
is_unwanted (gpointer key, gpointer source, gpointer user_data)
{
  WatchSources *self = user_data;

  return !g_hash_table_contains (self->wanted, key);
}

static void
look (WatchSources *self)
{
  g_autoptr (GList) sources = NULL;

  g_clear_handle_id (&self->look_source, g_source_remove);
  if (!self->active)
    return;
  self->name (self, self->user_data);
  g_hash_table_foreach_remove (self->sources, is_unwanted, self);
  g_hash_table_remove_all (self->wanted);
  sources = g_hash_table_get_values (self->sources);
  for (GList *l = sources; l != NULL; l = l->next)
    {
      watch_source_look (l->data, self->segments);
      self->changed (l->data, self->user_data);
    }
}

static gboolean
on_look (gpointer user_data)
{
  WatchSources *self = user_data;

  self->look_source = 0;
  look (self);
  return G_SOURCE_REMOVE;
}

void
watch_sources_look_soon (WatchSources *self)
{
  if (self->active && self->look_source == 0)
    self->look_source = g_idle_add (on_look, self);
}

static void
on_info (SegmentItem *item, GParamSpec *pspec, WatchSources *self)
{
  watch_sources_look_soon (self);
}

static void
on_segments_changed (GListModel *segments, guint position, guint removed, guint added,
                     WatchSources *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (SegmentItem) item = g_list_model_get_item (segments, i);

      g_signal_handlers_disconnect_by_data (item, self);
      g_signal_connect_object (item, "notify::info", G_CALLBACK (on_info), self, 0);
    }
  watch_sources_look_soon (self);
}

void
watch_sources_set_active (WatchSources *self, gboolean active)
{
  GHashTableIter iter;
  gpointer source;

  if (self->active == active)
    return;
  self->active = active;
  g_hash_table_iter_init (&iter, self->sources);
  while (g_hash_table_iter_next (&iter, NULL, &source))
    watch_source_set_active (source, active);
  if (active)
    look (self);
}

WatchSource *
watch_sources_find (WatchSources *self, const char *key)
{
  return g_hash_table_lookup (self->sources, key);
}

WatchSources *
watch_sources_new (Session *session, Sampler *sampler, SegmentList *segments,
                   WatchSourcesName name, WatchSourceChanged changed, gpointer user_data)
{
  WatchSources *self = g_object_new (WATCH_TYPE_SOURCES, NULL);

  self->session = g_object_ref (session);
  self->sampler = sampler;
  self->segments = g_object_ref (segments);
  self->name = name;
  self->changed = changed;
  self->user_data = user_data;
  g_signal_connect_object (segments, "items-changed", G_CALLBACK (on_segments_changed), self, 0);
  on_segments_changed (G_LIST_MODEL (segments), 0, 0,
                       g_list_model_get_n_items (G_LIST_MODEL (segments)), self);
  return self;
}

void
watch_sources_close (WatchSources *self)
{
  self->active = FALSE;
  g_clear_handle_id (&self->look_source, g_source_remove);
  g_hash_table_remove_all (self->sources);
}

static void
watch_sources_finalize (GObject *object)
{
  WatchSources *self = WATCH_SOURCES (object);

  watch_sources_close (self);
  g_hash_table_unref (self->sources);
  g_hash_table_unref (self->wanted);
  g_clear_object (&self->segments);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (watch_sources_parent_class)->finalize (object);
}

static void
watch_sources_class_init (WatchSourcesClass *class)
{
  G_OBJECT_CLASS (class)->finalize = watch_sources_finalize;
}

static void
watch_sources_init (WatchSources *self)
{
  self->wanted = g_hash_table_new (g_str_hash, g_str_equal);
  self->sources = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify) watch_source_free);
}
