/* lock-info.c - what is known of the lock of an entry. */
#include "lock-info.h"

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
