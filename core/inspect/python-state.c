/* python-state.c - what multiprocessing keeps in semaphores.
 *
 * The protocols are those of multiprocessing/synchronize.py and queues.py, the same from
 * 3.6 on. A Condition has four semaphores: its lock, how many sleep, how many have woken,
 * and the one they sleep on. An Event is a flag (a semaphore of 0 or 1) beside a Condition.
 */
#include "python-state.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "inspect-error.h"

/* Parts of an Event; those of a Condition begin with its lock. */
enum
{
  EVENT_FLAG,
  EVENT_LOCK,
  EVENT_SLEEPING,
  EVENT_WOKEN,
  EVENT_WAIT,
  EVENT_PARTS
};
#define CONDITION_SLEEPING 1
#define CONDITION_WOKEN 2

/* How long those who were woken may take to say so, which is well below a millisecond unless one
 * of them cannot: the lock is held meanwhile, and its program's others wait. */
#define WAKE_NS (G_GUINT64_CONSTANT (100000000))
/* As many can wait for one event. */
#define SLEEPERS_MAX 100000u

static int
value_of (PythonLock *part, gint32 *ret_value)
{
  guint value, waiters;
  int result = part == NULL
                 ? -EFAULT
                 : posix_semaphore_look (python_lock_semaphore (part), &value, &waiters);

  if (result == 0)
    *ret_value = (gint32) MIN (value, G_MAXINT32);
  return result;
}

/* The difference of two semaphores that are read one after the other. */
static int
difference_of (PythonLock *from, PythonLock *less, gint32 *ret_value)
{
  gint32 a, b;
  int result = value_of (from, &a);

  if (result == 0)
    result = value_of (less, &b);
  if (result == 0)
    *ret_value = MAX (a - b, 0);
  return result;
}

static int
read_queue (PythonEntry *entry, gint32 *ret_fields)
{
  gint32 slots = 0, unfinished = 0;
  int result = value_of (entry->parts[0], &slots);

  if (result == 0 && entry->n_parts > 1)
    result = value_of (entry->parts[1], &unfinished);
  if (result < 0)
    return result;
  ret_fields[0] = MAX (entry->maximum - slots, 0);
  if (entry->n_parts > 1)
    ret_fields[1] = unfinished;
  return 0;
}

int
python_state_read (PythonEntry *entry, void *ret_element)
{
  guint8 *element = ret_element;
  gint32 fields[2] = { 0 };
  int result = -EFAULT;

  if (entry->n_parts == 0)
    return result;
  switch (entry->info->object)
    {
    case OBJECT_EVENT:
      result = value_of (entry->parts[EVENT_FLAG], &fields[0]);
      if (result == 0)
        *element = fields[0] > 0;
      return result < 0 ? result : SHMLENS_CONSISTENCY_ATOMIC;
    case OBJECT_LOCK:
    case OBJECT_SEMAPHORE:
      result = value_of (entry->parts[0], &fields[0]);
      break;
    case OBJECT_CONDITION:
      if (entry->n_parts > CONDITION_WOKEN)
        result = difference_of (entry->parts[CONDITION_SLEEPING], entry->parts[CONDITION_WOKEN],
                                &fields[0]);
      break;
    case OBJECT_QUEUE:
      result = read_queue (entry, fields);
      break;
    case OBJECT_BARRIER:
    case OBJECT_DATA:
      return result;
    }
  if (result < 0)
    return result;
  memcpy (element, fields, MIN (entry->info->type.size, sizeof fields));
  return entry->n_parts == 1 ? SHMLENS_CONSISTENCY_ATOMIC : SHMLENS_CONSISTENCY_UNLOCKED;
}

/* ---------------------------------------------------------------------------- events -- */

static PosixSemaphore *
part (PythonEntry *entry, guint index)
{
  return python_lock_semaphore (entry->parts[index]);
}

static gboolean
fail (PythonEntry *entry, int code, GError **error)
{
  if (code == -ETIMEDOUT)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_TIMEOUT,
                 _("%s is set, but not everyone who waited for it woke within a tenth of a second: a"
                   " process that waited has died or is stopped; set it again once that goes on"),
                 entry->info->name);
  else
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                 _("%s cannot be changed from here: %s; run shmlens as root"), entry->info->name,
                 g_strerror (-code));
  return FALSE;
}

/* Condition.notify_all(), with its lock held. */
static int
notify_all (PythonEntry *entry)
{
  gint64 until = g_get_monotonic_time () + (gint64) (WAKE_NS / 1000);
  guint n_woken = 0;
  int result = 0;

  /* Those whose wait timed out are still counted as sleeping until now. */
  for (guint i = 0; i < SLEEPERS_MAX && posix_semaphore_try_wait (part (entry, EVENT_WOKEN)) == 0; i++)
    posix_semaphore_try_wait (part (entry, EVENT_SLEEPING));
  while (n_woken < SLEEPERS_MAX && posix_semaphore_try_wait (part (entry, EVENT_SLEEPING)) == 0)
    {
      result = posix_semaphore_post (part (entry, EVENT_WAIT));
      if (result < 0)
        return result;
      n_woken++;
    }
  for (; n_woken > 0 && result == 0; n_woken -= result == 0)
    {
      gint64 left = until - g_get_monotonic_time ();

      result = posix_semaphore_wait (part (entry, EVENT_WOKEN),
                                     left > 0 ? (guint64) left * 1000 : 0, NULL);
    }
  /* What they have not taken is taken back, or the next notify would find it; and they still
   * count as sleeping, as they do for the program itself when their wait times out. */
  for (guint i = 0; i < n_woken && posix_semaphore_try_wait (part (entry, EVENT_WAIT)) == 0; i++)
    ;
  for (guint i = 0; i < n_woken; i++)
    posix_semaphore_post (part (entry, EVENT_SLEEPING));
  return result;
}

static int
set_by_semaphores (PythonEntry *entry, gboolean set)
{
  int result = posix_semaphore_try_wait (part (entry, EVENT_FLAG));

  if (result < 0 && result != -EAGAIN)
    return result;
  if (!set)
    return 0;
  result = posix_semaphore_post (part (entry, EVENT_FLAG));
  return result < 0 ? result : notify_all (entry);
}

/* While the program is stopped nobody else touches the semaphores. Sleepers are in a system
 * call that starts anew as they go on, and looks at the value then. They are let through as if
 * their wait had timed out: they count themselves as woken, and the next notify settles it. */
static int
set_by_values (PythonEntry *entry, gboolean set)
{
  gint32 sleeping;
  int result = python_lock_put (entry->parts[EVENT_FLAG], set ? 1 : 0);

  if (result == 0 && set)
    result = difference_of (entry->parts[EVENT_SLEEPING], entry->parts[EVENT_WOKEN], &sleeping);
  if (result == 0 && set && sleeping > 0)
    result = python_lock_put (entry->parts[EVENT_WAIT], (guint32) MIN (sleeping, (gint32) SLEEPERS_MAX));
  return result;
}

static gboolean
has_all_parts (PythonEntry *entry)
{
  for (guint i = 0; i < EVENT_PARTS; i++)
    if (entry->n_parts != EVENT_PARTS || entry->parts[i] == NULL)
      return FALSE;
  return TRUE;
}

gboolean
python_state_set_event (PythonEntry *entry, gboolean set, GError **error)
{
  int result = -EFAULT;

  if (has_all_parts (entry))
    result = posix_semaphore_way (part (entry, EVENT_LOCK)) == LOCK_WAY_STOP
               ? set_by_values (entry, set)
               : set_by_semaphores (entry, set);
  return result == 0 || fail (entry, result, error);
}
