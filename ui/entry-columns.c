/* entry-columns.c - the columns of the table of entries. */
#include "entry-columns.h"

#include <glib/gi18n.h>
#include <string.h>

#include "object-text.h"
#include "text-cell.h"
#include "value-cell.h"

#define NARROW_NAME_WIDTH 120

enum column
{
  COLUMN_NAME,
  COLUMN_TYPE,
  COLUMN_VALUE,
  COLUMN_LOCK,
  COLUMN_AGE,
  N_COLUMNS
};

static const struct
{
  const char *title;
  int width;              /* -1: what is left */
  enum text_cell_kind kind;
} columns[N_COLUMNS] = {
  [COLUMN_NAME] = { N_("Name"), 160, TEXT_CELL_NAME },
  [COLUMN_TYPE] = { N_("Type"), 110, TEXT_CELL_TYPE },
  [COLUMN_VALUE] = { N_("Value"), -1, 0 },
  [COLUMN_LOCK] = { N_("Lock"), 160, TEXT_CELL_LOCK },
  [COLUMN_AGE] = { N_("Changed"), 76, TEXT_CELL_AGE },
};

struct entry_columns
{
  GtkColumnView *view;
  GtkColumnViewColumn *columns[N_COLUMNS];
  GHashTable *cells;      /* EntryItem -> the ValueCell that is bound to it */
  gboolean narrow;
};

static void
setup_text (GtkListItemFactory *factory, GtkListItem *list_item, gpointer kind)
{
  gtk_list_item_set_child (list_item, text_cell_new (GPOINTER_TO_UINT (kind)));
}

static void
bind_cell (GtkListItemFactory *factory, GtkListItem *list_item, gpointer unused)
{
  entry_cell_set_item (ENTRY_CELL (gtk_list_item_get_child (list_item)),
                       gtk_list_item_get_item (list_item));
}

static void
unbind_cell (GtkListItemFactory *factory, GtkListItem *list_item, gpointer unused)
{
  entry_cell_set_item (ENTRY_CELL (gtk_list_item_get_child (list_item)), NULL);
}

static void
setup_value (GtkListItemFactory *factory, GtkListItem *list_item, gpointer unused)
{
  gtk_list_item_set_child (list_item, value_cell_new ());
}

static void
bind_value (GtkListItemFactory *factory, GtkListItem *list_item, GHashTable *cells)
{
  bind_cell (factory, list_item, NULL);
  g_hash_table_insert (cells, gtk_list_item_get_item (list_item),
                       gtk_list_item_get_child (list_item));
}

static void
unbind_value (GtkListItemFactory *factory, GtkListItem *list_item, GHashTable *cells)
{
  /* While rows move, the new row of an item may be bound before the old one is let go. */
  if (g_hash_table_lookup (cells, gtk_list_item_get_item (list_item))
      == gtk_list_item_get_child (list_item))
    g_hash_table_remove (cells, gtk_list_item_get_item (list_item));
  unbind_cell (factory, list_item, NULL);
}

static void
unref_cells (gpointer cells, GClosure *closure)
{
  g_hash_table_unref (cells);
}

static void
connect_cells (GtkListItemFactory *factory, const char *signal, GCallback callback,
               GHashTable *cells)
{
  g_signal_connect_data (factory, signal, callback, g_hash_table_ref (cells), unref_cells, 0);
}

static GtkListItemFactory *
make_factory (EntryColumns *self, enum column column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  if (column == COLUMN_VALUE)
    {
      g_signal_connect (factory, "setup", G_CALLBACK (setup_value), NULL);
      connect_cells (factory, "bind", G_CALLBACK (bind_value), self->cells);
      connect_cells (factory, "unbind", G_CALLBACK (unbind_value), self->cells);
      return factory;
    }
  g_signal_connect (factory, "setup", G_CALLBACK (setup_text),
                    GUINT_TO_POINTER (columns[column].kind));
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cell), NULL);
  return factory;
}

static int
compare_names (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (entry_item_get_sort_key ((EntryItem *) a),
                 entry_item_get_sort_key ((EntryItem *) b));
}

static int
compare_types (gconstpointer a, gconstpointer b, gpointer user_data)
{
  g_autofree char *first = object_text_type (entry_item_get_info ((EntryItem *) a));
  g_autofree char *second = object_text_type (entry_item_get_info ((EntryItem *) b));

  return strcmp (first, second);
}

static void
set_sorter (GtkColumnViewColumn *column, GCompareDataFunc compare)
{
  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare, NULL, NULL));

  gtk_column_view_column_set_sorter (column, sorter);
}

EntryColumns *
entry_columns_new (GtkColumnView *view)
{
  EntryColumns *self = g_new0 (EntryColumns, 1);

  self->view = view;
  self->cells = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      GtkColumnViewColumn *column
        = gtk_column_view_column_new (_(columns[i].title), make_factory (self, i));

      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_fixed_width (column, columns[i].width);
      gtk_column_view_column_set_expand (column, columns[i].width < 0);
      gtk_column_view_append_column (view, column);
      self->columns[i] = column;
    }
  set_sorter (self->columns[COLUMN_NAME], compare_names);
  set_sorter (self->columns[COLUMN_TYPE], compare_types);
  return self;
}

void
entry_columns_free (EntryColumns *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < N_COLUMNS; i++)
    g_object_unref (self->columns[i]);
  g_hash_table_unref (self->cells);
  g_free (self);
}

void
entry_columns_set_narrow (EntryColumns *self, gboolean narrow)
{
  if (self->narrow == narrow)
    return;
  self->narrow = narrow;
  /* Taken out, not hidden: this version of the toolkit keeps room for hidden columns. */
  for (guint i = 0; i < N_COLUMNS; i++)
    if (i == COLUMN_NAME || i == COLUMN_VALUE)
      continue;
    else if (narrow)
      gtk_column_view_remove_column (self->view, self->columns[i]);
    else
      gtk_column_view_insert_column (self->view, i, self->columns[i]);
  gtk_column_view_column_set_fixed_width (self->columns[COLUMN_NAME],
                                          narrow ? NARROW_NAME_WIDTH : columns[COLUMN_NAME].width);
}

GtkWidget *
entry_columns_get_value_cell (EntryColumns *self, EntryItem *item)
{
  return g_hash_table_lookup (self->cells, item);
}

void
entry_columns_refresh (EntryColumns *self, EntryInfo *info)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    if (entry_item_get_info (item)->id == info->id)
      g_object_notify (item, "active");
}
