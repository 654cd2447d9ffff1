/* lock-view.c - a lock as people see it. */
#include "lock-view.h"

#include <glib/gi18n.h>

#include "words.h"

/* How long after it was last seen held a lock counts as busy; and from when on one tells
 * by whom it is held. */
#define BUSY_US 1000000
#define HELD_NS 100000000

/* Names are not read at each look: when another has it, or is_anew. */
static void
learn_holder (struct lock_view *self, const LockInfo *info, gboolean is_anew)
{
  if (info->owner_pid == 0)
    return;
  self->seen_held = TRUE;
  if (!is_anew && self->process != NULL && self->pid == info->owner_pid
      && self->tid == info->owner_tid && self->start_time == info->owner_start_time)
    return;
  lock_view_clear (self);
  self->pid = info->owner_pid;
  self->tid = info->owner_tid;
  self->start_time = info->owner_start_time;
  self->process = words_process (self->pid);
  self->thread = words_thread (self->pid, self->tid);
}

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
  if (info->state == SHMLENS_LOCK_FREE)
    self->seen_held = FALSE;
  if (self->state == ENTRY_LOCK_HELD)
    learn_holder (self, info, self->state != before);
  if (self->state != ENTRY_LOCK_DEAD)
    self->died_us = 0;
  else if (self->died_us == 0)
    self->died_us = g_get_real_time ();
  return self->state != before;
}

const char *
lock_view_holder (struct lock_view *self, const LockInfo *info)
{
  if (info->owner_pid == 0)
    return NULL;
  /* One that is dead has no name any more but that which was learnt before. */
  if (self->state != ENTRY_LOCK_DEAD || self->pid != info->owner_pid)
    learn_holder (self, info, FALSE);
  return self->process;
}

const char *
lock_view_holder_thread (struct lock_view *self, const LockInfo *info)
{
  return lock_view_holder (self, info) != NULL ? self->thread : NULL;
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

char *
lock_view_details (struct lock_view *self, const LockInfo *info)
{
  if (self->state == ENTRY_LOCK_HELD)
    return words_lock (info, lock_view_holder_thread (self, info));
  if (self->state == ENTRY_LOCK_DEAD)
    return lock_view_death (self, info);
  return lock_view_text (self, info);
}

char *
lock_view_death (struct lock_view *self, const LockInfo *info)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (self->died_us / G_USEC_PER_SEC);
  g_autofree char *clock = g_date_time_format (time, "%X");

  /* A semaphore does not tell who had it. */
  if (info->owner_pid == 0 && self->seen_held)
    /* Translators: a time of day, and a process. */
    return g_strdup_printf (_("Its holder has died, which was noticed at %s; %s was the last that was"
                              " seen to have it."),
                            clock, self->thread);
  if (info->owner_pid == 0)
    return g_strdup_printf (_("Its holder has died, which was noticed at %s."), clock);
  /* Translators: a process, and a time of day. */
  return g_strdup_printf (_("%s had it and has died, which was noticed at %s."),
                          lock_view_holder_thread (self, info), clock);
}

void
lock_view_clear (struct lock_view *self)
{
  g_clear_pointer (&self->process, g_free);
  g_clear_pointer (&self->thread, g_free);
}
