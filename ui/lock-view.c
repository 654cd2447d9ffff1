/* lock-view.c - a lock as people see it. */
#include "lock-view.h"

#include <glib/gi18n.h>

#include "words.h"

/* How long after it was last seen held a lock counts as busy; and from when on one tells
 * by whom it is held. */
#define BUSY_US 1000000
#define HELD_NS 100000000

gboolean
lock_view_update (struct lock_view *self, const LockInfo *info, gint64 time_us)
{
  enum entry_lock before = self->state;

  if (info->kind == LOCK_NONE)
    self->state = ENTRY_LOCK_NONE;
  else if (info->kind == LOCK_EXTERNAL)
    self->state = ENTRY_LOCK_EXTERNAL;
  else if (info->state == SHMLENS_LOCK_DEAD)
    self->state = ENTRY_LOCK_DEAD;
  else if (info->state == SHMLENS_LOCK_HELD && info->held_ns >= HELD_NS)
    self->state = ENTRY_LOCK_HELD;
  else if (info->state == SHMLENS_LOCK_HELD || time_us < self->busy_until_us)
    self->state = ENTRY_LOCK_BUSY;
  else if (info->state == SHMLENS_LOCK_FREE)
    self->state = ENTRY_LOCK_FREE;
  else
    self->state = ENTRY_LOCK_UNKNOWN;

  if (self->state == ENTRY_LOCK_BUSY && info->state == SHMLENS_LOCK_HELD)
    self->busy_until_us = time_us + BUSY_US;
  return self->state != before;
}

const char *
lock_view_holder (struct lock_view *self, const LockInfo *info)
{
  if (info->owner_pid == 0)
    return NULL;
  if (self->holder == NULL || self->holder_pid != info->owner_pid)
    {
      g_free (self->holder);
      self->holder = words_process (info->owner_pid);
      self->holder_pid = info->owner_pid;
    }
  return self->holder;
}

static char *
held_text (struct lock_view *self, const LockInfo *info)
{
  g_autofree char *span = words_span (info->held_ns);
  const char *holder = lock_view_holder (self, info);

  if (holder == NULL)
    holder = C_("lock", "held");
  /* Translators: who holds a lock, and since when at least. */
  return g_strdup_printf (info->held_longer ? _("%s, ≥ %s") : _("%s, %s"), holder, span);
}

char *
lock_view_text (struct lock_view *self, const LockInfo *info)
{
  switch (self->state)
    {
    case ENTRY_LOCK_UNKNOWN:
      return g_strdup ("");
    case ENTRY_LOCK_NONE:
      return g_strdup (C_("lock", "none"));
    case ENTRY_LOCK_EXTERNAL:
      return g_strdup (C_("lock", "external"));
    case ENTRY_LOCK_FREE:
      return g_strdup (C_("lock", "free"));
    case ENTRY_LOCK_BUSY:
      return g_strdup (C_("lock", "in use"));
    case ENTRY_LOCK_HELD:
      return held_text (self, info);
    case ENTRY_LOCK_DEAD:
      return g_strdup (C_("lock", "holder died"));
    }
  return NULL;
}

void
lock_view_clear (struct lock_view *self)
{
  g_clear_pointer (&self->holder, g_free);
}
