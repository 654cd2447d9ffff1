/* lock-info.c - what is known of the lock of an entry. */
#include "lock-info.h"

#include <glib/gi18n-lib.h>

#include "inspect-error.h"

const char *
lock_kind_name (enum lock_kind kind)
{
  static const char *const names[] = { "none", "robust", "external", "sem" };

  return (guint) kind < G_N_ELEMENTS (names) ? names[kind] : "none";
}

const char *
lock_way_name (enum lock_way way)
{
  static const char *const names[] = { "none", "linked", "map_files", "stop" };

  return (guint) way < G_N_ELEMENTS (names) ? names[way] : "none";
}

const char *
lock_state_name (enum lock_kind kind, enum shmlens_lock_state state)
{
  static const char *const names[] = { "free", "held", "dead", "unknown" };

  if (kind == LOCK_NONE)
    return "none";
  return (guint) state < G_N_ELEMENTS (names) ? names[state] : "unknown";
}

gboolean
lock_kind_can_be_taken (enum lock_kind kind)
{
  return kind == LOCK_ROBUST || kind == LOCK_SEMAPHORE;
}

void
lock_info_refuse_release (const LockInfo *info, const char *name, GError **error)
{
  if (info->owner_pid > 0)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CONDITION,
                 _("%s: its lock is held by process %d, which lives; let that one release it"), name,
                 (int) info->owner_pid);
  else if (info->state == SHMLENS_LOCK_FREE)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CONDITION,
                 _("%s: its lock is free; there is nothing to let go"), name);
  else if (info->kind == LOCK_ROBUST && info->state == SHMLENS_LOCK_HELD)
    /* Just taken, or just being let go: one of ours is noted down while it is held. */
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CONDITION,
                 _("%s: its lock is held, and by whom is not known just now; try again"), name);
  else
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CONDITION,
                 _("%s: it is not certain that its lock's holder is dead, for not every process that"
                   " has the lock can be asked; run shmlens as root"),
                 name);
}
