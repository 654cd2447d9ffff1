/* list-update.c - the difference between a list model and a newer list. */
#include "list-update.h"

/* Removes what is not in newer, run by run from the end. */
static void
remove_gone (GListModel *model, GPtrArray *items, GHashTable *newer)
{
  guint end = items->len;

  while (end > 0)
    {
      guint start = end;

      while (start > 0 && !g_hash_table_contains (newer, items->pdata[start - 1]))
        start--;
      if (start < end)
        {
          g_ptr_array_remove_range (items, start, end - start);
          g_list_model_items_changed (model, start, end - start, 0);
        }
      end = MAX (start, 1) - 1;
    }
}

/* Puts in what is only in newer, run by run; what stays is in order already. */
static void
insert_new (GListModel *model, GPtrArray *items, GPtrArray *newer, GHashTable *old)
{
  for (guint i = 0; i < newer->len;)
    {
      guint run = 0;

      while (i + run < newer->len && !g_hash_table_contains (old, newer->pdata[i + run]))
        {
          g_ptr_array_insert (items, (gint) (i + run), g_object_ref (newer->pdata[i + run]));
          run++;
        }
      if (run > 0)
        g_list_model_items_changed (model, i, 0, run);
      i += MAX (run, 1);
    }
}

void
list_update (GListModel *model, GPtrArray *items, GPtrArray *newer,
             const struct list_update_class *class)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (class->hash, class->equal);
  g_autoptr (GHashTable) kept = g_hash_table_new (class->hash, class->equal);
  g_autoptr (GPtrArray) order = g_ptr_array_new_with_free_func (g_object_unref);
  guint n;

  for (guint i = 0; i < newer->len; i++)
    g_hash_table_add (wanted, newer->pdata[i]);
  remove_gone (model, items, wanted);

  for (guint i = 0; i < items->len; i++)
    g_hash_table_add (kept, items->pdata[i]);
  for (guint i = 0; i < newer->len; i++)
    {
      gpointer item = g_hash_table_lookup (kept, newer->pdata[i]);

      if (item == NULL)
        continue;
      class->adopt (item, newer->pdata[i]);
      g_ptr_array_add (order, g_object_ref (item));
    }

  /* Items that changed places are reported as one block. */
  n = items->len;
  for (guint first = 0; first < n; first++)
    if (items->pdata[first] != order->pdata[first])
      {
        guint last = n;

        while (items->pdata[last - 1] == order->pdata[last - 1])
          last--;
        for (guint i = first; i < last; i++)
          items->pdata[i] = order->pdata[i];
        g_list_model_items_changed (model, first, last - first, last - first);
        break;
      }
  insert_new (model, items, newer, kept);
}
