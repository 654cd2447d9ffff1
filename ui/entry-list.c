/* entry-list.c - the entries of one segment, as a list model. */
#include "entry-list.h"

#include "list-update.h"

/* How often the list is brought up to date at most, while entries come and go: each time all of
 * the table is laid out. */
#define UPDATE_MS 100

struct _EntryList
{
  GObject parent_instance;

  Session *session;
  Attachment *attachment;
  SegmentInfo *segment;
  Watch *watch;
  guint64 generation;
  gint64 updated_us;
  guint later;            /* a timeout: there is something new */
  GPtrArray *items;
};

static guint signal_segment_changed;

static GType
entry_list_get_item_type (GListModel *model)
{
  return ENTRY_TYPE_ITEM;
}

static guint
entry_list_get_n_items (GListModel *model)
{
  return ENTRY_LIST (model)->items->len;
}

static gpointer
entry_list_get_item (GListModel *model, guint position)
{
  EntryList *self = ENTRY_LIST (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
entry_list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = entry_list_get_item_type;
  interface->get_n_items = entry_list_get_n_items;
  interface->get_item = entry_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (EntryList, entry_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, entry_list_model_init))

static guint
hash_of_item (gconstpointer item)
{
  return g_int64_hash (&entry_item_get_info ((EntryItem *) item)->id);
}

static gboolean
is_same_entry (gconstpointer a, gconstpointer b)
{
  const EntryInfo *first = entry_item_get_info ((EntryItem *) a);
  const EntryInfo *second = entry_item_get_info ((EntryItem *) b);

  /* The names of a program's objects are found out after the objects. */
  return first->id == second->id
         && (g_str_equal (first->name, second->name)
             || (first->offset == second->offset && first->length == second->length
                 && first->type.size == second->type.size
                 && g_strcmp0 (first->ctype, second->ctype) == 0));
}

static void
adopt (gpointer item, gpointer newer)
{
  entry_item_set_info (item, entry_item_get_info (newer));
}

/* By the description of each, which is the same as long as nothing of it changes. */
static GHashTable *
index_items (EntryList *self)
{
  GHashTable *index = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < self->items->len; i++)
    g_hash_table_insert (index, entry_item_get_info (self->items->pdata[i]),
                         self->items->pdata[i]);
  return index;
}

static void
update_entries (EntryList *self)
{
  static const struct list_update_class class = { hash_of_item, is_same_entry, adopt };
  guint64 generation;
  g_autoptr (GPtrArray) entries = attachment_get_entries (self->attachment, &generation);
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GHashTable) index = NULL;

  if (generation == self->generation)
    return;
  self->generation = generation;
  self->updated_us = g_get_monotonic_time ();
  items = g_ptr_array_new_full (entries->len, g_object_unref);
  index = index_items (self);
  for (guint i = 0; i < entries->len; i++)
    {
      EntryItem *item = g_hash_table_lookup (index, entries->pdata[i]);

      g_ptr_array_add (items, item != NULL ? g_object_ref (item)
                                           : entry_item_new (self->session, self->attachment,
                                                             entries->pdata[i]));
    }
  list_update (G_LIST_MODEL (self), self->items, items, &class);
}

static gboolean
update_later (gpointer user_data)
{
  EntryList *self = user_data;

  self->later = 0;
  update_entries (self);
  return G_SOURCE_REMOVE;
}

static void
on_segment (Attachment *attachment, gpointer user_data)
{
  EntryList *self = user_data;
  g_autoptr (SegmentInfo) segment = attachment_get_info (attachment);
  gint64 passed_ms = (g_get_monotonic_time () - self->updated_us) / 1000;

  if (passed_ms >= UPDATE_MS)
    update_entries (self);
  else if (self->later == 0)
    self->later = g_timeout_add ((guint)(UPDATE_MS - passed_ms), update_later, self);
  if (segment_info_equal (segment, self->segment))
    return;
  segment_info_unref (self->segment);
  self->segment = g_steal_pointer (&segment);
  g_signal_emit (self, signal_segment_changed, 0);
}

EntryList *
entry_list_new (Session *session, Attachment *attachment)
{
  EntryList *self = g_object_new (ENTRY_TYPE_LIST, NULL);

  self->session = g_object_ref (session);
  self->attachment = attachment_ref (attachment);
  self->segment = attachment_get_info (attachment);
  update_entries (self);
  self->watch = sampler_watch_segment (session_get_sampler (session), attachment, on_segment,
                                       self);
  return self;
}

Session *
entry_list_get_session (EntryList *self)
{
  return self->session;
}

Attachment *
entry_list_get_attachment (EntryList *self)
{
  return self->attachment;
}

SegmentInfo *
entry_list_get_segment (EntryList *self)
{
  return self->segment;
}

guint
entry_list_find (EntryList *self, const char *name)
{
  for (guint i = 0; i < self->items->len; i++)
    if (g_str_equal (entry_item_get_info (self->items->pdata[i])->name, name))
      return i;
  return G_MAXUINT;
}

static void
entry_list_dispose (GObject *object)
{
  EntryList *self = ENTRY_LIST (object);

  if (self->watch != NULL)
    sampler_unwatch (session_get_sampler (self->session), self->watch);
  self->watch = NULL;
  g_clear_handle_id (&self->later, g_source_remove);
  G_OBJECT_CLASS (entry_list_parent_class)->dispose (object);
}

static void
entry_list_finalize (GObject *object)
{
  EntryList *self = ENTRY_LIST (object);

  g_ptr_array_unref (self->items);
  segment_info_unref (self->segment);
  attachment_unref (self->attachment);
  g_object_unref (self->session);
  G_OBJECT_CLASS (entry_list_parent_class)->finalize (object);
}

static void
entry_list_class_init (EntryListClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = entry_list_dispose;
  object_class->finalize = entry_list_finalize;

  signal_segment_changed = g_signal_new ("segment-changed", ENTRY_TYPE_LIST, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
entry_list_init (EntryList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->generation = G_MAXUINT64;
}
