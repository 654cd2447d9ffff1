/* entry-columns.c - the columns of the table of entries.
 *
 * The order that is kept is the one of a wide table. The view has the columns of it that are
 * shown now: when somebody drags one, the order follows. */
#include "entry-columns.h"

#include <glib/gi18n.h>
#include <string.h>

#include "column-widths.h"
#include "entry-sorter.h"
#include "sparkline-cell.h"
#include "text-cell.h"
#include "value-cell.h"

#define NARROW_NAME_WIDTH 120

enum column
{
  COLUMN_NAME,
  COLUMN_TYPE,
  COLUMN_VALUE,
  COLUMN_SPARKLINE,
  COLUMN_RATE_1,
  COLUMN_RATE_10,
  COLUMN_RATE_100,
  COLUMN_PREVIOUS,
  COLUMN_MINIMUM,
  COLUMN_MAXIMUM,
  COLUMN_MEAN,
  COLUMN_CHANGES,
  COLUMN_WRITES,
  COLUMN_LOCK,
  COLUMN_AGE,
  N_COLUMNS
};

static const struct
{
  const char *id, *title;
  int width;
  enum text_cell_kind kind;  /* of those with a text */
  enum entry_statistic statistic;
  enum entry_sort sort;
} columns[N_COLUMNS] = {
#define STATISTIC(id, title, width, which) \
  { id, title, width, TEXT_CELL_STATISTIC, ENTRY_STATISTIC_##which, ENTRY_SORT_STATISTIC }
  [COLUMN_NAME] = { "name", N_("Name"), 160, TEXT_CELL_NAME, 0, ENTRY_SORT_NAME },
  [COLUMN_TYPE] = { "type", N_("Type"), 110, TEXT_CELL_TYPE, 0, ENTRY_SORT_TYPE },
  [COLUMN_VALUE] = { "value", N_("Value"), 200, 0, 0, ENTRY_SORT_VALUE },
  [COLUMN_SPARKLINE] = { "sparkline", N_("Last minute"), 130, 0, 0 },
  [COLUMN_RATE_1] = STATISTIC ("rate-1", N_("Rate 1 s"), 90, RATE_1_S),
  [COLUMN_RATE_10] = STATISTIC ("rate-10", N_("Rate 10 s"), 90, RATE_10_S),
  [COLUMN_RATE_100] = STATISTIC ("rate-100", N_("Rate 100 s"), 90, RATE_100_S),
  [COLUMN_PREVIOUS] = STATISTIC ("previous", N_("Previous"), 100, PREVIOUS),
  [COLUMN_MINIMUM] = STATISTIC ("minimum", N_("Minimum"), 100, MINIMUM),
  [COLUMN_MAXIMUM] = STATISTIC ("maximum", N_("Maximum"), 100, MAXIMUM),
  [COLUMN_MEAN] = STATISTIC ("mean", N_("Mean"), 100, MEAN),
  [COLUMN_CHANGES] = STATISTIC ("changes", N_("Changes"), 80, CHANGES),
  [COLUMN_WRITES] = STATISTIC ("writes", N_("Writes"), 80, WRITES),
  [COLUMN_LOCK] = { "lock", N_("Lock"), 160, TEXT_CELL_LOCK, 0, ENTRY_SORT_LOCK },
  [COLUMN_AGE] = { "changed", N_("Changed"), 86, TEXT_CELL_AGE, 0, ENTRY_SORT_CHANGED },
#undef STATISTIC
};

static const enum column at_first[]
  = { COLUMN_NAME, COLUMN_TYPE, COLUMN_VALUE, COLUMN_LOCK, COLUMN_AGE };

struct entry_columns
{
  GtkColumnView *view;
  GtkColumnViewColumn *columns[N_COLUMNS];
  enum column order[N_COLUMNS];  /* those that are shown in a wide table */
  guint n_shown;
  ColumnWidths *widths;
  EntrySorter *sorter;
  char *sort_id;          /* by which column people want them, also while it is not in the view */
  gboolean sort_descending;
  GHashTable *cells;      /* EntryItem -> the ValueCell that is bound to it */
  gboolean narrow;

  GSettings *settings;    /* NULL: nothing is kept */
  gulong settings_handler;
  GListModel *in_view;    /* the view's own list of columns */
  gulong dragged_handler;
  guint dragged_source;
  EntryColumnsChanged changed;
  gpointer changed_data;
};

/* ------------------------------------------------------------- the cells -- */

static void
setup_cell (GtkListItemFactory *factory, GtkListItem *list_item, gpointer data)
{
  enum column column = GPOINTER_TO_UINT (data);

  if (column == COLUMN_SPARKLINE)
    gtk_list_item_set_child (list_item, sparkline_cell_new ());
  else
    gtk_list_item_set_child (list_item,
                             text_cell_new (columns[column].kind, columns[column].statistic));
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
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cell), GUINT_TO_POINTER (column));
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cell), NULL);
  return factory;
}

static GMenuModel *
make_menu (enum column column)
{
  GMenu *menu = g_menu_new ();

  g_menu_append (menu, _("_Columns…"), "entry.columns");
  g_menu_append (menu, _("_Order of the Segment"), "entry.unsort");
  if (entry_columns_can_hide (columns[column].id))
    {
      g_autofree char *action = g_strdup_printf ("entry.hide-column::%s", columns[column].id);

      g_menu_append (menu, _("_Hide This Column"), action);
    }
  return G_MENU_MODEL (menu);
}

static GtkColumnViewColumn *
make_column (EntryColumns *self, enum column column)
{
  GtkColumnViewColumn *made
    = gtk_column_view_column_new (_(columns[column].title), make_factory (self, column));
  g_autoptr (GMenuModel) menu = make_menu (column);

  gtk_column_view_column_set_resizable (made, TRUE);
  gtk_column_view_column_set_expand (made, column == COLUMN_VALUE);
  column_widths_add (self->widths, made, columns[column].id, columns[column].width);
  gtk_column_view_column_set_header_menu (made, menu);
  return made;
}

/* --------------------------------------------------------- which and where -- */

static enum column
column_of (const char *id)
{
  enum column column = 0;

  while (column < N_COLUMNS && !g_str_equal (columns[column].id, id))
    column++;
  return column;
}

/* N_COLUMNS: it is not shown. */
static guint
place_of (EntryColumns *self, enum column column)
{
  for (guint i = 0; i < self->n_shown; i++)
    if (self->order[i] == column)
      return i;
  return N_COLUMNS;
}

static gboolean
is_in_view (EntryColumns *self, enum column column)
{
  return !self->narrow || column == COLUMN_NAME || column == COLUMN_VALUE;
}

/* A column that is taken out of the view is no longer what it is sorted by. */
static void
restore_sort (EntryColumns *self)
{
  gboolean descending;
  const char *id = entry_sorter_get (self->sorter, &descending);

  if (self->sort_id != NULL
      && (g_strcmp0 (id, self->sort_id) != 0 || descending != self->sort_descending)
      && place_of (self, column_of (self->sort_id)) < N_COLUMNS
      && is_in_view (self, column_of (self->sort_id)))
    entry_sorter_set (self->sorter, self->sort_id, self->sort_descending);
}

/* Puts into the view what is to be there. Taken out, not hidden: this version of the toolkit
 * keeps room for hidden columns. */
static void
update_view (EntryColumns *self)
{
  guint place = 0;

  g_signal_handler_block (self->in_view, self->dragged_handler);
  for (guint i = g_list_model_get_n_items (self->in_view); i-- > 0;)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (self->in_view, i);
      guint which = 0;

      while (which < N_COLUMNS && self->columns[which] != column)
        which++;
      if (which == N_COLUMNS || !is_in_view (self, which) || place_of (self, which) == N_COLUMNS)
        gtk_column_view_remove_column (self->view, column);
    }
  for (guint i = 0; i < self->n_shown; i++)
    {
      GtkColumnViewColumn *column = self->columns[self->order[i]];
      g_autoptr (GtkColumnViewColumn) there = NULL;

      if (!is_in_view (self, self->order[i]))
        continue;
      there = g_list_model_get_item (self->in_view, place);
      if (there != column)
        gtk_column_view_insert_column (self->view, place, column);
      place++;
    }
  g_signal_handler_unblock (self->in_view, self->dragged_handler);
  restore_sort (self);
  if (self->changed != NULL)
    self->changed (self, self->changed_data);
}

static void
save (EntryColumns *self)
{
  const char *ids[N_COLUMNS + 1] = { NULL };

  if (self->settings == NULL)
    return;
  for (guint i = 0; i < self->n_shown; i++)
    ids[i] = columns[self->order[i]].id;
  g_signal_handler_block (self->settings, self->settings_handler);
  g_settings_set_strv (self->settings, ENTRY_COLUMNS_KEY, ids);
  g_signal_handler_unblock (self->settings, self->settings_handler);
}

static void
save_sort (EntryColumns *self)
{
  if (self->settings == NULL)
    return;
  g_settings_set_string (self->settings, ENTRY_COLUMNS_SORT_KEY,
                         self->sort_id != NULL ? self->sort_id : "");
  g_settings_set_boolean (self->settings, ENTRY_COLUMNS_DESCENDING_KEY, self->sort_descending);
}

static void
update (EntryColumns *self)
{
  update_view (self);
  save (self);
}

/* What is wrong in the settings is passed over. */
static void
load (EntryColumns *self)
{
  g_auto (GStrv) ids = g_settings_get_strv (self->settings, ENTRY_COLUMNS_KEY);

  self->n_shown = 0;
  for (guint i = 0; ids[i] != NULL; i++)
    {
      enum column column = column_of (ids[i]);

      if (column < N_COLUMNS && place_of (self, column) == N_COLUMNS)
        self->order[self->n_shown++] = column;
    }
  if (place_of (self, COLUMN_VALUE) == N_COLUMNS)
    self->order[self->n_shown++] = COLUMN_VALUE;
  if (place_of (self, COLUMN_NAME) == N_COLUMNS)
    {
      memmove (self->order + 1, self->order, self->n_shown++ * sizeof self->order[0]);
      self->order[0] = COLUMN_NAME;
    }
  update_view (self);
}

/* Nothing but a column that goes leaves it unsorted here. */
static void
on_sorted (gpointer data)
{
  EntryColumns *self = data;
  gboolean descending;
  const char *id = entry_sorter_get (self->sorter, &descending);

  if (id != NULL)
    {
      g_free (self->sort_id);
      self->sort_id = g_strdup (id);
      self->sort_descending = descending;
      save_sort (self);
    }
  if (self->changed != NULL)
    self->changed (self, self->changed_data);
}

static void
on_settings (GSettings *settings, const char *key, gpointer data)
{
  load (data);
}

/* Somebody has dragged a column to another place. */
static gboolean
take_order (gpointer data)
{
  EntryColumns *self = data;
  guint n = g_list_model_get_n_items (self->in_view);

  self->dragged_source = 0;
  if (self->narrow || n != self->n_shown)
    return G_SOURCE_REMOVE;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (self->in_view, i);

      for (guint which = 0; which < N_COLUMNS; which++)
        if (self->columns[which] == column)
          self->order[i] = which;
    }
  restore_sort (self);
  save (self);
  return G_SOURCE_REMOVE;
}

/* It is taken out before it is put in again. */
static void
on_columns_changed (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  EntryColumns *self = data;

  if (self->dragged_source == 0)
    self->dragged_source = g_idle_add (take_order, self);
}

static void
set_at_first (EntryColumns *self)
{
  self->n_shown = G_N_ELEMENTS (at_first);
  memcpy (self->order, at_first, sizeof at_first);
}

/* ------------------------------------------------------------- for others -- */

EntryColumns *
entry_columns_new (GtkColumnView *view)
{
  EntryColumns *self = g_new0 (EntryColumns, 1);

  self->view = view;
  self->cells = g_hash_table_new (NULL, NULL);
  self->widths = column_widths_new ();
  for (guint i = 0; i < N_COLUMNS; i++)
    self->columns[i] = make_column (self, i);
  self->sorter = entry_sorter_new (view, on_sorted, self);
  for (guint i = 0; i < N_COLUMNS; i++)
    if (columns[i].sort != ENTRY_SORT_NONE)
      entry_sorter_add (self->sorter, self->columns[i], columns[i].id, columns[i].sort,
                        columns[i].statistic);
  self->in_view = g_object_ref (gtk_column_view_get_columns (view));
  self->dragged_handler
    = g_signal_connect (self->in_view, "items-changed", G_CALLBACK (on_columns_changed), self);
  set_at_first (self);
  update_view (self);
  return self;
}

void
entry_columns_free (EntryColumns *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->dragged_source, g_source_remove);
  g_clear_signal_handler (&self->dragged_handler, self->in_view);
  g_object_unref (self->in_view);
  if (self->settings != NULL)
    g_clear_signal_handler (&self->settings_handler, self->settings);
  g_clear_object (&self->settings);
  column_widths_free (self->widths);
  entry_sorter_free (self->sorter);
  g_free (self->sort_id);
  for (guint i = 0; i < N_COLUMNS; i++)
    g_object_unref (self->columns[i]);
  g_hash_table_unref (self->cells);
  g_free (self);
}

void
entry_columns_set_settings (EntryColumns *self, GSettings *settings)
{
  g_return_if_fail (self->settings == NULL);
  self->settings = g_object_ref (settings);
  column_widths_set_settings (self->widths, settings);
  self->settings_handler = g_signal_connect (settings, "changed::" ENTRY_COLUMNS_KEY,
                                             G_CALLBACK (on_settings), self);
  self->sort_descending = g_settings_get_boolean (settings, ENTRY_COLUMNS_DESCENDING_KEY);
  g_free (self->sort_id);
  self->sort_id = g_settings_get_string (settings, ENTRY_COLUMNS_SORT_KEY);
  load (self);
}

void
entry_columns_unsort (EntryColumns *self)
{
  g_clear_pointer (&self->sort_id, g_free);
  self->sort_descending = FALSE;
  entry_sorter_set (self->sorter, NULL, FALSE);
  save_sort (self);
}

void
entry_columns_forget_entries (EntryColumns *self)
{
  entry_sorter_forget (self->sorter);
}

void
entry_columns_set_narrow (EntryColumns *self, gboolean narrow)
{
  if (self->narrow == narrow)
    return;
  self->narrow = narrow;
  column_widths_override (self->widths, "name", narrow ? NARROW_NAME_WIDTH : 0);
  update_view (self);
}

const char **
entry_columns_list (EntryColumns *self, guint *ret_n_shown)
{
  const char **ids = g_new0 (const char *, N_COLUMNS + 1);
  guint n = 0;

  for (; n < self->n_shown; n++)
    ids[n] = columns[self->order[n]].id;
  for (guint i = 0; i < N_COLUMNS; i++)
    if (place_of (self, i) == N_COLUMNS)
      ids[n++] = columns[i].id;
  if (ret_n_shown != NULL)
    *ret_n_shown = self->n_shown;
  return ids;
}

const char *
entry_columns_get_title (const char *id)
{
  return _(columns[column_of (id)].title);
}

gboolean
entry_columns_is_shown (EntryColumns *self, const char *id)
{
  return place_of (self, column_of (id)) < N_COLUMNS;
}

gboolean
entry_columns_can_hide (const char *id)
{
  return column_of (id) != COLUMN_NAME && column_of (id) != COLUMN_VALUE;
}

void
entry_columns_set_shown (EntryColumns *self, const char *id, gboolean shown)
{
  enum column column = column_of (id);
  guint place = place_of (self, column);

  if (column == N_COLUMNS || shown == (place < N_COLUMNS)
      || (!shown && !entry_columns_can_hide (id)))
    return;
  if (shown)
    self->order[self->n_shown++] = column;
  else
    memmove (self->order + place, self->order + place + 1,
             (--self->n_shown - place) * sizeof self->order[0]);
  update (self);
}

void
entry_columns_move (EntryColumns *self, const char *id, int places)
{
  enum column column = column_of (id);
  int from = (int) place_of (self, column);
  int to = CLAMP (from + places, 0, (int) self->n_shown - 1);

  if (from >= N_COLUMNS || from == to)
    return;
  for (int step = to > from ? 1 : -1; from != to; from += step)
    self->order[from] = self->order[from + step];
  self->order[to] = column;
  update (self);
}

void
entry_columns_reset (EntryColumns *self)
{
  set_at_first (self);
  column_widths_reset (self->widths);
  update (self);
}

gboolean
entry_columns_want_statistics (EntryColumns *self)
{
  if (entry_sorter_is_live (self->sorter))
    return TRUE;
  for (guint i = 0; i < self->n_shown && !self->narrow; i++)
    if (self->order[i] >= COLUMN_SPARKLINE && self->order[i] <= COLUMN_CHANGES)
      return TRUE;
  return FALSE;
}

void
entry_columns_set_changed_func (EntryColumns *self, EntryColumnsChanged func, gpointer user_data)
{
  self->changed = func;
  self->changed_data = user_data;
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
