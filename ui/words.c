/* words.c - numbers, times and states in words. */
#include "words.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <math.h>
#include <pwd.h>
#include <unistd.h>

#include "process.h"

char *
words_age (gint64 age_us)
{
  gint64 seconds = age_us / G_USEC_PER_SEC;

  if (age_us < 200000)
    return g_strdup (C_("time since", "now"));
  if (seconds < 10)
    /* Translators: a time in seconds, with one digit behind the point. */
    return g_strdup_printf (_("%.1f s"), (double) (age_us / 100000) / 10);
  if (seconds < 60)
    return g_strdup_printf (_("%d s"), (int) seconds);
  if (seconds < 3600)
    return g_strdup_printf (_("%d min"), (int) (seconds / 60));
  if (seconds < 86400)
    return g_strdup_printf (_("%d h"), (int) (seconds / 3600));
  return g_strdup_printf (_("%d d"), (int) MIN (seconds / 86400, 99999));
}

char *
words_span (guint64 span_ns)
{
  guint64 seconds = span_ns / 1000000000;

  if (seconds < 60)
    return g_strdup_printf (_("%.1f s"), (double) (span_ns / 100000000) / 10);
  if (seconds < 3600)
    return g_strdup_printf (_("%d min %d s"), (int) (seconds / 60), (int) (seconds % 60));
  return g_strdup_printf (_("%d h %d min"), (int) MIN (seconds / 3600, 99999),
                          (int) (seconds / 60 % 60));
}

char *
words_process (pid_t pid)
{
  g_autofree char *name = process_name ("/proc", pid);

  if (name != NULL)
    return g_strdup_printf (_("%s (%d)"), name, (int) pid);
  return g_strdup_printf (_("process %d"), (int) pid);
}

char *
words_thread (pid_t pid, pid_t tid)
{
  g_autofree char *process = words_process (pid), *name = NULL;

  if (tid == 0 || tid == pid)
    return g_steal_pointer (&process);
  name = process_thread_name ("/proc", pid, tid);
  if (name == NULL)
    return g_strdup_printf (_("%s, thread %d"), process, (int) tid);
  /* Translators: a process, and the name and number of one of its threads. */
  return g_strdup_printf (_("%s, thread %s (%d)"), process, name, (int) tid);
}

/* So many are named; who has more does not read them. */
#define PROCESSES_MAX 16

char *
words_processes (const pid_t *pids, guint n)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n && i < PROCESSES_MAX; i++)
    {
      g_autofree char *process = words_process (pids[i]);

      g_string_append_printf (text, i > 0 ? ", %s" : "%s", process);
    }
  if (n > PROCESSES_MAX)
    g_string_append (text, ", …");
  return g_strdup (text->str);
}

char *
words_waiting (const char *name, const LockInfo *holder)
{
  g_autofree char *process = NULL, *span = NULL;

  if (holder == NULL || holder->state != SHMLENS_LOCK_HELD || holder->owner_pid == 0)
    return g_strdup_printf (_("Waiting for the lock of “%s”"), name);
  process = words_process (holder->owner_pid);
  span = words_span (holder->held_ns);
  return g_strdup_printf (holder->held_longer
                            ? _("Waiting for the lock of “%s”, held by %s for at least %s")
                            : _("Waiting for the lock of “%s”, held by %s for %s"),
                          name, process, span);
}

/* Of another user's segment nobody can be seen mapping it, which does not mean that nobody
 * does: whose it is says more. */
static char *
users_text (const SegmentInfo *info)
{
  uid_t own = geteuid ();
  struct passwd *owner = NULL, entry;
  char buffer[1024];

  if (info->n_pids > 0 || own == 0 || own == info->owner)
    return g_strdup_printf (ngettext ("%u process", "%u processes", info->n_pids), info->n_pids);
  getpwuid_r (info->owner, &entry, buffer, sizeof buffer, &owner);
  if (owner != NULL)
    /* Translators: a user's name: whose segment it is. */
    return g_strdup_printf (_("of %s"), owner->pw_name);
  return g_strdup_printf (_("of user %u"), (guint) info->owner);
}

char *
words_segment_size (const SegmentInfo *info)
{
  g_autofree char *size = g_format_size_full (info->size, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *processes = users_text (info);

  /* What its memory has room for says nothing of a program. */
  if (g_str_equal (info->kind, "python") && info->state == SEGMENT_REMOVED)
    return g_strdup (_("no process any more"));
  if (g_str_equal (info->kind, "python"))
    return g_steal_pointer (&processes);
  /* A file, which no process shares. */
  if (g_str_equal (info->kind, "recording"))
    return g_steal_pointer (&size);
  return g_strdup_printf ("%s · %s", size, processes);
}

char *
words_segment_summary (const SegmentInfo *info, guint n_entries)
{
  g_autofree char *size = words_segment_size (info);
  g_autofree char *entries
    = g_strdup_printf (ngettext ("%u entry", "%u entries", n_entries), n_entries);

  if (!info->writable)
    return g_strdup_printf ("%s · %s · %s", size, entries, C_("segment", "read only"));
  return g_strdup_printf ("%s · %s", size, entries);
}

char *
words_rate (double per_second)
{
  double size = fabs (per_second);

  if (!isfinite (per_second))
    return NULL;
  if (size >= 1e6)
    return g_strdup_printf (_("%.2e/s"), per_second);
  if (size >= 100)
    return g_strdup_printf (_("%.0f/s"), per_second);
  if (size >= 10)
    return g_strdup_printf (_("%.1f/s"), per_second);
  return g_strdup_printf (_("%.2f/s"), per_second);
}

const char *
words_consistency (int status, enum lock_kind kind)
{
  switch (status)
    {
    case SHMLENS_CONSISTENCY_LOCKED:
      return _("one moment (locked)");
    case SHMLENS_CONSISTENCY_SEQUENCE:
      return _("one moment (sequence)");
    case SHMLENS_CONSISTENCY_ATOMIC:
      return _("one moment (atomic)");
    case SHMLENS_CONSISTENCY_UNLOCKED:
      return kind == LOCK_NONE ? _("may be torn: no lock")
                                       : _("may be torn: written just then");
    case -ESTALE:
      return _("of before the entry was removed");
    case -EFAULT:
      return _("of before its memory went");
    case -ENOBUFS:
      return _("of before the disk was too slow to record it");
    default:
      return _("the last that could be read");
    }
}

const char *
words_segment_state (const SegmentInfo *info)
{
  switch (info->state)
    {
    case SEGMENT_LIVE:
      return C_("segment state", "live");
    case SEGMENT_SHRUNK:
      return C_("segment state", "shrunk");
    case SEGMENT_REPLACED:
      return C_("segment state", "replaced");
    case SEGMENT_REMOVED:
      return g_str_equal (info->kind, "python") ? C_("segment state", "ended")
                                                : C_("segment state", "removed");
    case SEGMENT_FORBIDDEN:
      return C_("segment state", "no access");
    case SEGMENT_CORRUPT:
      return C_("segment state", "corrupt");
    }
  return "";
}

const char *
words_role (enum shmlens_role role)
{
  switch (role)
    {
    case SHMLENS_ROLE_PLAIN:
      return C_("role", "plain");
    case SHMLENS_ROLE_PROGRESS:
      return C_("role", "progress");
    case SHMLENS_ROLE_FLAG:
      return C_("role", "flag");
    case SHMLENS_ROLE_COUNTER:
      return C_("role", "counter");
    case SHMLENS_ROLE_TEXT:
      return C_("role", "text");
    case SHMLENS_ROLE_BYTES:
      return C_("role", "bytes");
    case SHMLENS_ROLE_IMAGE:
      return C_("role", "image");
    }
  return "";
}

const char *
words_form (enum display_form form)
{
  switch (form)
    {
    case DISPLAY_STANDARD:
    case DISPLAY_N_FORMS:
      return NULL;
    case DISPLAY_DECIMAL:
      return C_("form", "decimal");
    case DISPLAY_HEXADECIMAL:
      return C_("form", "hexadecimal");
    case DISPLAY_OCTAL:
      return C_("form", "octal");
    case DISPLAY_BINARY:
      return C_("form", "binary");
    case DISPLAY_CHARACTER:
      return C_("form", "character");
    case DISPLAY_PROGRESS:
      return C_("form", "progress");
    case DISPLAY_BITS:
      return C_("form", "names of bits");
    case DISPLAY_LABELS:
      return C_("form", "names of values");
    }
  return NULL;
}

const char *
words_lock_kind (const EntryInfo *info)
{
  switch (info->lock_kind)
    {
    case LOCK_NONE:
      return C_("lock", "none");
    case LOCK_ROBUST:
      return C_("lock", "robust, recursive");
    case LOCK_EXTERNAL:
      return C_("lock", "of another kind; only the program itself can take it");
    case LOCK_SEMAPHORE:
      return info->lock_recursive ? C_("lock", "semaphore, recursive")
                                  : C_("lock", "semaphore, not recursive");
    }
  return "";
}

const char *
words_lock_way (enum lock_way way)
{
  switch (way)
    {
    case LOCK_WAY_NONE:
      return C_("lock", "not at all");
    case LOCK_WAY_LINKED:
      return C_("lock", "by its name");
    case LOCK_WAY_MAP_FILES:
      return C_("lock", "by map_files");
    case LOCK_WAY_STOP:
      return C_("lock", "by stopping the program for a moment");
    }
  return "";
}

static char *
held_text (const LockInfo *lock, const char *holder)
{
  g_autofree char *span = words_span (lock->held_ns);

  if (holder == NULL)
    return g_strdup_printf (_("held for at least %s; by whom is not known"), span);
  /* Of a lock that was seen held, only since when it was seen. */
  if (lock->held_longer)
    return lock->depth > 1
             ? g_strdup_printf (_("held by %s for at least %s, %u deep"), holder, span, lock->depth)
             : g_strdup_printf (_("held by %s for at least %s"), holder, span);
  if (lock->depth > 1)
    return g_strdup_printf (_("held by %s for %s, %u deep"), holder, span, lock->depth);
  return g_strdup_printf (_("held by %s for %s"), holder, span);
}

char *
words_lock (const LockInfo *lock, const char *holder)
{
  if (lock == NULL || lock->kind == LOCK_NONE)
    return NULL;
  switch (lock->state)
    {
    case SHMLENS_LOCK_FREE:
      return g_strdup (C_("lock", "free"));
    case SHMLENS_LOCK_UNKNOWN:
      return g_strdup (C_("lock", "not known"));
    case SHMLENS_LOCK_DEAD:
      return lock->owner_pid != 0
               ? g_strdup_printf (_("held by process %d, which died"), (int) lock->owner_pid)
               : g_strdup (_("held by a process that has died"));
    case SHMLENS_LOCK_HELD:
      break;
    }
  return held_text (lock, holder);
}

char *
words_on_same_lock (Attachment *attachment, const EntryInfo *entry, guint max)
{
  g_autoptr (GPtrArray) entries = attachment_get_entries (attachment, NULL);
  g_autoptr (GString) names = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < entries->len && n <= max; i++)
    {
      const EntryInfo *other = entries->pdata[i];

      if (other->id == entry->id || other->lock_kind != entry->lock_kind
          || other->lock_id != entry->lock_id)
        continue;
      g_string_append_printf (names, n > 0 ? ", %s" : "%s", n < max ? other->name : "…");
      n++;
    }
  return n > 0 ? g_strdup (names->str) : NULL;
}
