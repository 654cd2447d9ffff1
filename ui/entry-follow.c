/* entry-follow.c - has statistics kept of all entries of a list. */
#include "entry-follow.h"

struct entry_follow
{
  GListModel *model;
  Session *session;
  gulong items_handler, rate_handler, paused_handler;
  gboolean wanted;
  GPtrArray *followed;   /* the model's items, in its order, while they are followed; or empty */
};

static void
unfollow (gpointer item)
{
  entry_item_unfollow (item);
  g_object_unref (item);
}

EntryFollow *
entry_follow_new (void)
{
  EntryFollow *self = g_new0 (EntryFollow, 1);

  self->followed = g_ptr_array_new_with_free_func (unfollow);
  return self;
}

void
entry_follow_free (EntryFollow *self)
{
  if (self == NULL)
    return;
  entry_follow_set_model (self, NULL, NULL);
  g_ptr_array_unref (self->followed);
  g_free (self);
}

static gboolean
can_follow (EntryFollow *self)
{
  double rate;

  if (!self->wanted || self->model == NULL)
    return FALSE;
  g_object_get (self->session, "rate", &rate, NULL);
  return rate * g_list_model_get_n_items (self->model) <= ENTRY_FOLLOW_SAMPLES_MAX;
}

static void
follow (EntryFollow *self, guint position, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      EntryItem *item = g_list_model_get_item (self->model, position + i);

      entry_item_follow (item);
      g_ptr_array_insert (self->followed, (int) (position + i), item);
    }
}

static void
update (EntryFollow *self)
{
  gboolean can = can_follow (self);

  if (!can)
    g_ptr_array_set_size (self->followed, 0);
  else if (self->followed->len == 0)
    follow (self, 0, g_list_model_get_n_items (self->model));
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  EntryFollow *self = data;

  if (self->followed->len > 0 && can_follow (self))
    {
      if (removed > 0)
        g_ptr_array_remove_range (self->followed, position, removed);
      follow (self, position, added);
    }
  else
    update (self);
}

static void
on_rate (Session *session, GParamSpec *pspec, gpointer data)
{
  update (data);
}

static void
on_paused (Session *session, GParamSpec *pspec, gpointer data)
{
  EntryFollow *self = data;
  gboolean paused;

  g_object_get (session, "paused", &paused, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (self->model); i++)
    {
      g_autoptr (EntryItem) item = g_list_model_get_item (self->model, i);

      entry_item_set_paused (item, paused);
    }
}

void
entry_follow_set_model (EntryFollow *self, GListModel *model, Session *session)
{
  g_ptr_array_set_size (self->followed, 0);
  if (self->model != NULL)
    {
      g_clear_signal_handler (&self->items_handler, self->model);
      g_clear_signal_handler (&self->rate_handler, self->session);
      g_clear_signal_handler (&self->paused_handler, self->session);
    }
  g_set_object (&self->model, model);
  g_set_object (&self->session, session);
  if (model == NULL)
    return;
  self->items_handler
    = g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), self);
  self->rate_handler = g_signal_connect (session, "notify::rate", G_CALLBACK (on_rate), self);
  self->paused_handler
    = g_signal_connect (session, "notify::paused", G_CALLBACK (on_paused), self);
  update (self);
}

void
entry_follow_set_wanted (EntryFollow *self, gboolean wanted)
{
  self->wanted = wanted;
  update (self);
}
