/* entry-row-filter.c - an EntryFilter on the rows of the table. */
#include "entry-row-filter.h"

#include "entry-filter.h"

/* How long a change counts as one, and how often rows come and go for it at most. */
#define CHANGED_US (10 * G_USEC_PER_SEC)
#define UPDATE_US (G_USEC_PER_SEC / 4)

struct _EntryRowFilter
{
  GtkFilter parent_instance;

  char *text;
  EntryFilter *filter;
  EntryList *list;
  gulong items_handler, tick_handler, holds_handler;
  Session *session;          /* while entries are held */
  GPtrArray *held;           /* those of the list, while it needs their state */
  gint64 now_us, updated_us;
};

G_DEFINE_FINAL_TYPE (EntryRowFilter, entry_row_filter, GTK_TYPE_FILTER)

static gboolean
entry_row_filter_match (GtkFilter *filter, gpointer item)
{
  EntryRowFilter *self = ENTRY_ROW_FILTER (filter);
  gint64 changed_us = entry_item_get_changed_us (item);
  struct entry_filter_state state = {
    .changed = changed_us != 0 && self->now_us - changed_us < CHANGED_US,
    .lock = entry_item_get_lock (item),
  };
  const EntryInfo *info = entry_item_get_info (item);
  g_autoptr (SegmentInfo) segment = NULL;

  if (entry_filter_is_empty (self->filter))
    return TRUE;
  segment = attachment_get_info (entry_item_get_attachment (item));
  state.held = session_is_held (entry_item_get_session (item), segment, info);
  return entry_filter_matches (self->filter, info, segment, &state);
}

static GtkFilterMatch
entry_row_filter_get_strictness (GtkFilter *filter)
{
  return entry_filter_is_empty (ENTRY_ROW_FILTER (filter)->filter) ? GTK_FILTER_MATCH_ALL
                                                                   : GTK_FILTER_MATCH_SOME;
}

static void
hold (EntryRowFilter *self, guint position, guint removed, guint added)
{
  for (guint i = position; i < position + removed; i++)
    entry_item_release (self->held->pdata[i]);
  if (removed > 0)
    g_ptr_array_remove_range (self->held, position, removed);
  for (guint i = position; i < position + added; i++)
    {
      EntryItem *item = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      entry_item_hold (item);
      g_ptr_array_insert (self->held, (gint) i, item);
    }
}

static void
on_items_changed (GListModel *list, guint position, guint removed, guint added,
                  EntryRowFilter *self)
{
  hold (self, position, removed, added);
}

static void
on_tick (Session *session, gint64 time_us, EntryRowFilter *self)
{
  self->now_us = time_us;
  if (time_us - self->updated_us < UPDATE_US)
    return;
  self->updated_us = time_us;
  gtk_filter_changed (GTK_FILTER (self), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
stop_looking (EntryRowFilter *self)
{
  if (self->session == NULL)
    return;
  g_clear_signal_handler (&self->items_handler, self->list);
  g_clear_signal_handler (&self->tick_handler, self->session);
  hold (self, 0, self->held->len, 0);
  g_clear_object (&self->session);
}

static void
look (EntryRowFilter *self)
{
  if (self->list == NULL || !entry_filter_needs_state (self->filter))
    {
      stop_looking (self);
      return;
    }
  if (self->session != NULL)
    return;
  self->session = g_object_ref (entry_list_get_session (self->list));
  self->now_us = g_get_monotonic_time ();
  hold (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (self->list)));
  self->items_handler
    = g_signal_connect (self->list, "items-changed", G_CALLBACK (on_items_changed), self);
  self->tick_handler = g_signal_connect (self->session, "tick", G_CALLBACK (on_tick), self);
}

static void
on_holds (Session *session, GParamSpec *pspec, EntryRowFilter *self)
{
  if (entry_filter_needs_held (self->filter))
    gtk_filter_changed (GTK_FILTER (self), GTK_FILTER_CHANGE_DIFFERENT);
}

void
entry_row_filter_set_text (EntryRowFilter *self, const char *text)
{
  if (g_strcmp0 (text != NULL ? text : "", self->text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text != NULL ? text : "");
  entry_filter_free (self->filter);
  self->filter = entry_filter_new (self->text);
  look (self);
  gtk_filter_changed (GTK_FILTER (self), GTK_FILTER_CHANGE_DIFFERENT);
}

void
entry_row_filter_set_list (EntryRowFilter *self, EntryList *list)
{
  if (self->list == list)
    return;
  stop_looking (self);
  if (self->list != NULL)
    g_clear_signal_handler (&self->holds_handler, entry_list_get_session (self->list));
  g_set_object (&self->list, list);
  if (list != NULL)
    self->holds_handler = g_signal_connect (entry_list_get_session (list), "notify::holds",
                                            G_CALLBACK (on_holds), self);
  look (self);
}

EntryRowFilter *
entry_row_filter_new (void)
{
  return g_object_new (ENTRY_TYPE_ROW_FILTER, NULL);
}

static void
entry_row_filter_dispose (GObject *object)
{
  entry_row_filter_set_list (ENTRY_ROW_FILTER (object), NULL);
  G_OBJECT_CLASS (entry_row_filter_parent_class)->dispose (object);
}

static void
entry_row_filter_finalize (GObject *object)
{
  EntryRowFilter *self = ENTRY_ROW_FILTER (object);

  g_ptr_array_unref (self->held);
  entry_filter_free (self->filter);
  g_free (self->text);
  G_OBJECT_CLASS (entry_row_filter_parent_class)->finalize (object);
}

static void
entry_row_filter_class_init (EntryRowFilterClass *class)
{
  GtkFilterClass *filter_class = GTK_FILTER_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = entry_row_filter_dispose;
  G_OBJECT_CLASS (class)->finalize = entry_row_filter_finalize;
  filter_class->match = entry_row_filter_match;
  filter_class->get_strictness = entry_row_filter_get_strictness;
}

static void
entry_row_filter_init (EntryRowFilter *self)
{
  self->text = g_strdup ("");
  self->filter = entry_filter_new (NULL);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
}
