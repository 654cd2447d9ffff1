/* entry-sorter.c - the order of the rows of the table of entries. */
#include "entry-sorter.h"

#define PACE_MS 1000

struct sorted_column
{
  EntrySorter *owner;
  GtkColumnViewColumn *column;
  const char *id;
  enum entry_sort by;
  enum entry_statistic statistic;
};

struct entry_sorter
{
  GtkColumnView *view;
  GtkSorter *sorter;           /* of the view */
  GPtrArray *columns;          /* of struct sorted_column */
  GHashTable *keys;            /* EntryItem -> struct entry_sort_key, of the first column */
  const struct sorted_column *keyed;  /* whose keys they are */
  gulong changed_handler;
  guint timer;
  GdkFrameClock *clock;        /* while rows that were sorted anew get their places */
  double place;                /* what was scrolled to before */
  EntrySorterChanged changed;
  gpointer user_data;

  GObject *probe[2];           /* no entries: see find_first() */
  const struct sorted_column *asked;
};

static void
stop_leading (EntrySorter *self)
{
  if (self->clock == NULL)
    return;
  /* None when its window has gone. */
  g_signal_handlers_disconnect_by_data (self->clock, self);
  g_clear_object (&self->clock);
}

static void
free_key (gpointer data)
{
  entry_sort_key_clear (data);
  g_free (data);
}

static const struct entry_sort_key *
key_of (EntrySorter *self, const struct sorted_column *column, EntryItem *item)
{
  struct entry_sort_key *key;

  key = g_hash_table_lookup (self->keys, item);
  if (key == NULL)
    {
      key = g_new0 (struct entry_sort_key, 1);
      entry_sort_key_make (item, column->by, column->statistic, key);
      g_hash_table_insert (self->keys, g_object_ref (item), key);
    }
  return key;
}

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  struct sorted_column *column = user_data;
  EntrySorter *self = column->owner;
  struct entry_sort_key first, second;
  int result;

  if (a == self->probe[0])
    {
      if (self->asked == NULL)
        self->asked = column;
      return -1;
    }
  if (self->keyed == column && entry_sort_is_live (column->by))
    return entry_sort_key_compare (key_of (self, column, (EntryItem *) a),
                                   key_of (self, column, (EntryItem *) b));
  /* What stays as it is needs not be kept; nor what is asked of few, which are equal by another. */
  entry_sort_key_make ((EntryItem *) a, column->by, column->statistic, &first);
  entry_sort_key_make ((EntryItem *) b, column->by, column->statistic, &second);
  result = entry_sort_key_compare (&first, &second);
  entry_sort_key_clear (&first);
  entry_sort_key_clear (&second);
  return result;
}

/* This version of the toolkit keeps to itself by which column a view is sorted: but it asks that
 * one first. */
static const struct sorted_column *
find_first (EntrySorter *self, gboolean *ret_descending)
{
  GtkOrdering ordering;

  self->asked = NULL;
  ordering = gtk_sorter_compare (self->sorter, self->probe[0], self->probe[1]);
  if (ret_descending != NULL)
    *ret_descending = ordering == GTK_ORDERING_LARGER;
  return self->asked;
}

static gboolean
is_in_order (EntrySorter *self)
{
  GListModel *rows = G_LIST_MODEL (gtk_column_view_get_model (self->view));
  g_autoptr (GObject) before = g_list_model_get_item (rows, 0);

  for (guint i = 1; i < g_list_model_get_n_items (rows); i++)
    {
      GObject *item = g_list_model_get_item (rows, i);
      gboolean wrong = gtk_sorter_compare (self->sorter, before, item) == GTK_ORDERING_LARGER;

      g_object_unref (before);
      before = item;
      if (wrong)
        return FALSE;
    }
  return TRUE;
}

/* Somebody is asked for something that points to a row. */
static gboolean
is_asking (EntrySorter *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self->view));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) != NULL;
}

/* Rows have their places. The view has followed the one that was uppermost to wherever it is now,
 * and is led back within the same frame, which is laid out once more then. */
static void
on_layout (GdkFrameClock *clock, EntrySorter *self)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view));

  stop_leading (self);
  gtk_adjustment_set_value (adjustment, self->place);
}

static void
sort_anew (EntrySorter *self)
{
  GtkSorter *sorter = gtk_column_view_column_get_sorter (self->keyed->column);

  g_signal_handler_block (self->sorter, self->changed_handler);
  stop_leading (self);
  self->place = gtk_adjustment_get_value (
    gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view)));
  gtk_sorter_changed (sorter, GTK_SORTER_CHANGE_DIFFERENT);
  g_signal_handler_unblock (self->sorter, self->changed_handler);
  self->clock = g_object_ref (gtk_widget_get_frame_clock (GTK_WIDGET (self->view)));
  g_signal_connect_after (self->clock, "layout", G_CALLBACK (on_layout), self);
}

static gboolean
on_timer (gpointer data)
{
  EntrySorter *self = data;
  const struct sorted_column *first = find_first (self, NULL);

  g_hash_table_remove_all (self->keys);
  self->keyed = first;
  if (first == NULL || gtk_column_view_get_model (self->view) == NULL
      || !gtk_widget_get_mapped (GTK_WIDGET (self->view)) || is_asking (self))
    return G_SOURCE_CONTINUE;
  if (!is_in_order (self))
    sort_anew (self);
  return G_SOURCE_CONTINUE;
}

static void
update_timer (EntrySorter *self)
{
  gboolean live = entry_sorter_is_live (self);

  if (live && self->timer == 0)
    self->timer = g_timeout_add (PACE_MS, on_timer, self);
  else if (!live)
    g_clear_handle_id (&self->timer, g_source_remove);
}

static void
on_changed (GtkSorter *sorter, GtkSorterChange change, gpointer user_data)
{
  EntrySorter *self = user_data;

  update_timer (self);
  self->changed (self->user_data);
}

/* Before the rows are sorted: keys of another column, or another time, are of no use then. */
static void
forget_keys (GtkSorter *sorter, GtkSorterChange change, gpointer user_data)
{
  EntrySorter *self = user_data;

  g_hash_table_remove_all (self->keys);
  self->keyed = find_first (self, NULL);
}

EntrySorter *
entry_sorter_new (GtkColumnView *view, EntrySorterChanged changed, gpointer user_data)
{
  EntrySorter *self = g_new0 (EntrySorter, 1);

  self->view = view;
  self->changed = changed;
  self->user_data = user_data;
  self->columns = g_ptr_array_new_with_free_func (g_free);
  self->keys = g_hash_table_new_full (NULL, NULL, g_object_unref, free_key);
  for (guint i = 0; i < G_N_ELEMENTS (self->probe); i++)
    self->probe[i] = g_object_new (G_TYPE_OBJECT, NULL);
  self->sorter = g_object_ref (gtk_column_view_get_sorter (view));
  g_signal_connect (self->sorter, "changed", G_CALLBACK (forget_keys), self);
  self->changed_handler
    = g_signal_connect_after (self->sorter, "changed", G_CALLBACK (on_changed), self);
  return self;
}

void
entry_sorter_free (EntrySorter *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->sorter, self);
  for (guint i = 0; i < self->columns->len; i++)
    gtk_column_view_column_set_sorter (
      ((struct sorted_column *) self->columns->pdata[i])->column, NULL);
  g_object_unref (self->sorter);
  for (guint i = 0; i < G_N_ELEMENTS (self->probe); i++)
    g_object_unref (self->probe[i]);
  g_hash_table_unref (self->keys);
  g_ptr_array_unref (self->columns);
  g_free (self);
}

void
entry_sorter_add (EntrySorter *self, GtkColumnViewColumn *column, const char *id,
                  enum entry_sort by, enum entry_statistic statistic)
{
  struct sorted_column *sorted = g_new (struct sorted_column, 1);
  g_autoptr (GtkSorter) sorter = NULL;

  *sorted = (struct sorted_column) { self, column, id, by, statistic };
  g_ptr_array_add (self->columns, sorted);
  sorter = GTK_SORTER (gtk_custom_sorter_new (compare, sorted, NULL));
  gtk_column_view_column_set_sorter (column, sorter);
}

const char *
entry_sorter_get (EntrySorter *self, gboolean *ret_descending)
{
  const struct sorted_column *first = find_first (self, ret_descending);

  return first != NULL ? first->id : NULL;
}

void
entry_sorter_set (EntrySorter *self, const char *id, gboolean descending)
{
  GtkColumnViewColumn *column = NULL;

  for (guint i = 0; i < self->columns->len && id != NULL; i++)
    {
      const struct sorted_column *sorted = self->columns->pdata[i];

      if (g_str_equal (sorted->id, id))
        column = sorted->column;
    }
  gtk_column_view_sort_by_column (self->view, column,
                                  descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
}

gboolean
entry_sorter_is_live (EntrySorter *self)
{
  const struct sorted_column *first = find_first (self, NULL);

  return first != NULL && entry_sort_is_live (first->by);
}

void
entry_sorter_forget (EntrySorter *self)
{
  stop_leading (self);
  g_hash_table_remove_all (self->keys);
}
