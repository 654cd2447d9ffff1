/* entry-selection.c - which entries of the table are selected, and which is looked at. */
#include "entry-selection.h"

struct entry_selection
{
  GtkMultiSelection *model;
  EntryItem *cursor;
  EntrySelectionChanged changed;
  gpointer user_data;
  gulong selection_handler, items_handler;
  GPtrArray *kept;        /* what is selected while it is suspended */
};

EntrySelection *
entry_selection_new (GListModel *model, EntrySelectionChanged changed, gpointer user_data)
{
  EntrySelection *self = g_new0 (EntrySelection, 1);

  self->model = gtk_multi_selection_new (g_object_ref (model));
  self->changed = changed;
  self->user_data = user_data;
  return self;
}

void
entry_selection_free (EntrySelection *self)
{
  if (self == NULL)
    return;
  g_clear_signal_handler (&self->selection_handler, self->model);
  g_clear_signal_handler (&self->items_handler, self->model);
  g_clear_pointer (&self->kept, g_ptr_array_unref);
  g_clear_object (&self->cursor);
  g_object_unref (self->model);
  g_free (self);
}

GtkSelectionModel *
entry_selection_get_model (EntrySelection *self)
{
  return GTK_SELECTION_MODEL (self->model);
}

static void
set_cursor (EntrySelection *self, guint position)
{
  g_autoptr (EntryItem) item
    = position != GTK_INVALID_LIST_POSITION
        ? g_list_model_get_item (G_LIST_MODEL (self->model), position)
        : NULL;

  g_set_object (&self->cursor, item);
  self->changed (self, self->user_data);
}

static gboolean
is_cursor_selected (EntrySelection *self)
{
  g_autoptr (GPtrArray) selected = entry_selection_list (self);

  return self->cursor != NULL && g_ptr_array_find (selected, self->cursor, NULL);
}

static void
on_selection_changed (GtkSelectionModel *model, guint position, guint n, EntrySelection *self)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (model);
  g_autoptr (GtkBitset) among = gtk_bitset_new_range (position, n);

  gtk_bitset_intersect (among, selected);
  if (gtk_bitset_is_empty (selected))
    set_cursor (self, GTK_INVALID_LIST_POSITION);
  else if (gtk_bitset_get_size (among) == 1)
    set_cursor (self, gtk_bitset_get_minimum (among));
  else if (!is_cursor_selected (self))
    set_cursor (self, gtk_bitset_get_minimum (selected));
  else
    self->changed (self, self->user_data);
}

/* Rows came or went. After the view, which must know of them before any is selected. */
static void
on_items_changed (GListModel *model, guint position, guint removed, guint added,
                  EntrySelection *self)
{
  g_autoptr (GtkBitset) selected = NULL;
  guint n = g_list_model_get_n_items (model);

  if (is_cursor_selected (self))
    return;
  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (model));
  if (!gtk_bitset_is_empty (selected))
    set_cursor (self, gtk_bitset_get_minimum (selected));
  else if (n > 0)
    entry_selection_select (self, MIN (position, n - 1));
  else
    set_cursor (self, GTK_INVALID_LIST_POSITION);
}

void
entry_selection_start (EntrySelection *self)
{
  self->selection_handler = g_signal_connect_after (self->model, "selection-changed",
                                                    G_CALLBACK (on_selection_changed), self);
  self->items_handler = g_signal_connect_after (self->model, "items-changed",
                                                G_CALLBACK (on_items_changed), self);
}

void
entry_selection_suspend (EntrySelection *self)
{
  if (self->kept != NULL)
    return;
  self->kept = entry_selection_list (self);
  g_signal_handler_block (self->model, self->selection_handler);
  g_signal_handler_block (self->model, self->items_handler);
}

void
entry_selection_keep (EntrySelection *self, EntryItem *item)
{
  g_ptr_array_set_size (self->kept, 0);
  if (item != NULL)
    g_ptr_array_add (self->kept, g_object_ref (item));
  g_set_object (&self->cursor, item);
  self->changed (self, self->user_data);
}

/* Where they stand among rows. */
static GtkBitset *
find_kept (EntrySelection *self, GListModel *rows)
{
  GtkBitset *found = gtk_bitset_new_empty ();
  g_autoptr (GHashTable) kept = g_hash_table_new (NULL, NULL);
  guint n = g_list_model_get_n_items (rows);

  for (guint i = 0; i < self->kept->len; i++)
    g_hash_table_add (kept, self->kept->pdata[i]);
  for (guint i = 0; i < n && gtk_bitset_get_size (found) < self->kept->len; i++)
    {
      g_autoptr (EntryItem) item = g_list_model_get_item (rows, i);

      if (g_hash_table_contains (kept, item))
        gtk_bitset_add (found, i);
    }
  return found;
}

guint
entry_selection_reach (EntrySelection *self, GListModel *rows)
{
  g_autoptr (GtkBitset) found = find_kept (self, rows);

  return gtk_bitset_is_empty (found) ? 0 : gtk_bitset_get_maximum (found) + 1;
}

void
entry_selection_resume (EntrySelection *self)
{
  GListModel *rows = G_LIST_MODEL (self->model);
  guint n = g_list_model_get_n_items (rows);
  g_autoptr (GtkBitset) found = NULL, all = NULL;

  if (self->kept == NULL)
    return;
  found = find_kept (self, rows);
  all = gtk_bitset_new_range (0, n);
  gtk_selection_model_set_selection (GTK_SELECTION_MODEL (self->model), found, all);
  g_clear_pointer (&self->kept, g_ptr_array_unref);
  g_signal_handler_unblock (self->model, self->selection_handler);
  g_signal_handler_unblock (self->model, self->items_handler);
  on_items_changed (rows, 0, 0, n, self);
}

EntryItem *
entry_selection_get_cursor (EntrySelection *self)
{
  return self->cursor;
}

void
entry_selection_select (EntrySelection *self, guint position)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->model), position, TRUE);
}

gboolean
entry_selection_is_selected (EntrySelection *self, guint position)
{
  return gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->model), position);
}

GPtrArray *
entry_selection_list (EntrySelection *self)
{
  g_autoptr (GtkBitset) selected
    = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->model));
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  GtkBitsetIter iter;
  guint position;

  for (guint i = 0; self->kept != NULL && i < self->kept->len; i++)
    g_ptr_array_add (items, g_object_ref (self->kept->pdata[i]));
  if (self->kept != NULL)
    return items;
  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    {
      gpointer item = g_list_model_get_item (G_LIST_MODEL (self->model), position);

      if (item != NULL)
        g_ptr_array_add (items, item);
    }
  return items;
}
