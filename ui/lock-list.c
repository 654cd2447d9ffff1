/* lock-list.c - the locks of one segment. */
#include "lock-list.h"

#include "list-update.h"

#define SEEN_MS 100
#define UNSEEN_MS 1000
/* So many locks are looked at in one go; of more, others the next time. */
#define LOOKS_MAX 256
/* So many entries of a lock are named. */
#define NAMES_MAX 8

struct _LockList
{
  GObject parent_instance;

  EntryList *entries;
  GPtrArray *items;
  gboolean stale;         /* the items are not those of the entries any more, or yet */
  guint next;             /* which item is looked at next */
  gboolean seen;
  guint timeout;
};

static void lock_list_model_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LockList, lock_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, lock_list_model_init))

static guint held_long_signal;

static gboolean
is_long (LockList *self, LockItem *item)
{
  const LockInfo *info = lock_item_get_info (item);
  double notice;

  g_object_get (entry_list_get_session (self->entries), "lock-notice", &notice, NULL);
  return notice > 0
         && (info->state == SHMLENS_LOCK_DEAD
             || (info->state == SHMLENS_LOCK_HELD && (double) info->held_ns / 1e9 >= notice));
}

static void
look_at (LockList *self, LockItem *item)
{
  if (lock_item_look (item) && lock_item_notice (item, is_long (self, item)))
    g_signal_emit (self, held_long_signal, 0, item);
}

static void
adopt (gpointer item, gpointer newer)
{
  lock_item_adopt (item, newer);
}

/* The entries on each lock; in the order of the first. */
static void
update (LockList *self)
{
  static const struct list_update_class class = { lock_item_hash, lock_item_equal, adopt };
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) names
    = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GPtrArray) firsts = g_ptr_array_new ();
  GListModel *entries = G_LIST_MODEL (self->entries);

  for (guint i = 0; i < g_list_model_get_n_items (entries); i++)
    {
      g_autoptr (EntryItem) entry = g_list_model_get_item (entries, i);
      EntryInfo *info = entry_item_get_info (entry);
      GPtrArray *known;

      if (!lock_kind_can_be_taken (info->lock_kind))
        continue;
      known = g_hash_table_lookup (names, &info->lock_id);
      if (known == NULL)
        {
          known = g_ptr_array_new ();
          g_hash_table_insert (names, &info->lock_id, known);
          g_ptr_array_add (firsts, info);
        }
      if (known->len < NAMES_MAX)
        g_ptr_array_add (known, info->name);
      else if (known->len == NAMES_MAX)
        g_ptr_array_add (known, (gpointer) "…");
    }
  for (guint i = 0; i < firsts->len; i++)
    {
      EntryInfo *info = firsts->pdata[i];
      GPtrArray *known = g_hash_table_lookup (names, &info->lock_id);
      g_autofree char *text = NULL;

      g_ptr_array_add (known, NULL);
      text = g_strjoinv (", ", (char **) known->pdata);
      g_ptr_array_add (items, lock_item_new (entry_list_get_attachment (self->entries), info, text));
    }
  self->stale = FALSE;
  list_update (G_LIST_MODEL (self), self->items, items, &class);
}

static gboolean
on_timeout (gpointer user_data)
{
  LockList *self = user_data;
  guint n;

  g_object_ref (self);
  if (self->stale)
    update (self);
  n = MIN (self->items->len, LOOKS_MAX);
  for (guint i = 0; i < n && self->items->len > 0; i++)
    {
      g_autoptr (LockItem) item = g_object_ref (self->items->pdata[self->next++ % self->items->len]);

      look_at (self, item);
    }
  g_object_unref (self);
  return G_SOURCE_CONTINUE;
}

static void
start (LockList *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  self->timeout = g_timeout_add (self->seen ? SEEN_MS : UNSEEN_MS, on_timeout, self);
}

void
lock_list_set_seen (LockList *self, gboolean seen)
{
  if (self->seen == seen)
    return;
  self->seen = seen;
  if (self->stale)
    update (self);
  start (self);
}

/* With the next look: of a segment whose entries come and go all the time, a list of all locks
 * for each would be too much. */
static void
on_entries_changed (GListModel *model, guint position, guint removed, guint added, LockList *self)
{
  self->stale = TRUE;
}

LockList *
lock_list_new (EntryList *entries)
{
  LockList *self = g_object_new (LOCK_TYPE_LIST, NULL);

  self->entries = g_object_ref (entries);
  g_signal_connect_object (entries, "items-changed", G_CALLBACK (on_entries_changed), self,
                           G_CONNECT_AFTER);
  /* Thousands of locks that nobody sees need not be there before their entries are. */
  self->stale = TRUE;
  start (self);
  return self;
}

static GType
get_item_type (GListModel *model)
{
  return LOCK_TYPE_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return LOCK_LIST (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  LockList *self = LOCK_LIST (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
lock_list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

static void
lock_list_dispose (GObject *object)
{
  LockList *self = LOCK_LIST (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_object (&self->entries);
  G_OBJECT_CLASS (lock_list_parent_class)->dispose (object);
}

static void
lock_list_finalize (GObject *object)
{
  g_ptr_array_unref (LOCK_LIST (object)->items);
  G_OBJECT_CLASS (lock_list_parent_class)->finalize (object);
}

static void
lock_list_class_init (LockListClass *class)
{
  G_OBJECT_CLASS (class)->dispose = lock_list_dispose;
  G_OBJECT_CLASS (class)->finalize = lock_list_finalize;
  held_long_signal = g_signal_new ("held-long", LOCK_TYPE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, LOCK_TYPE_ITEM);
}

static void
lock_list_init (LockList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}
