/* snapshot-list.c - the differences between two snapshots, as a list model. */
#include "snapshot-list.h"

#include "list-update.h"

struct _SnapshotList
{
  GObject parent_instance;

  GPtrArray *items;
};

static void snapshot_list_model_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SnapshotList, snapshot_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, snapshot_list_model_init))

SnapshotList *
snapshot_list_new (void)
{
  return g_object_new (SNAPSHOT_TYPE_LIST, NULL);
}

gboolean
snapshot_list_update (SnapshotList *self, GPtrArray *differences)
{
  static const struct list_update_class class
    = { snapshot_item_hash, snapshot_item_equal, snapshot_item_adopt };
  g_autoptr (GPtrArray) newer = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean fits = TRUE;

  for (guint i = 0; differences != NULL && i < differences->len && fits; i++)
    {
      const SnapshotDifference *difference = differences->pdata[i];
      guint n = difference->ranges != NULL ? difference->ranges->len : 1;

      fits = newer->len + n <= SNAPSHOT_LIST_MAX;
      for (guint k = 0; k < MIN (n, SNAPSHOT_LIST_MAX - newer->len); k++)
        g_ptr_array_add (newer,
                         snapshot_item_new (difference,
                                            difference->ranges == NULL
                                              ? NULL
                                              : &g_array_index (difference->ranges,
                                                                struct snapshot_range, k)));
    }
  list_update (G_LIST_MODEL (self), self->items, newer, &class);
  return fits;
}

static GType
snapshot_list_get_item_type (GListModel *model)
{
  return SNAPSHOT_TYPE_ITEM;
}

static guint
snapshot_list_get_n_items (GListModel *model)
{
  return SNAPSHOT_LIST (model)->items->len;
}

static gpointer
snapshot_list_get_item (GListModel *model, guint position)
{
  SnapshotList *self = SNAPSHOT_LIST (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
snapshot_list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = snapshot_list_get_item_type;
  interface->get_n_items = snapshot_list_get_n_items;
  interface->get_item = snapshot_list_get_item;
}

static void
snapshot_list_finalize (GObject *object)
{
  g_ptr_array_unref (SNAPSHOT_LIST (object)->items);
  G_OBJECT_CLASS (snapshot_list_parent_class)->finalize (object);
}

static void
snapshot_list_class_init (SnapshotListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = snapshot_list_finalize;
}

static void
snapshot_list_init (SnapshotList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}
