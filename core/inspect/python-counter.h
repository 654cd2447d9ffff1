/* python-counter.h - how much the Python programs of a list have, and why some cannot be
 * looked at.
 *
 * A thread looks through their root processes, one after the other: each when it is new, when
 * it maps other shared memory, or when there is another sign of change, and not again before
 * a multiple of the time that the look took. So nobody waits for a big one but who wants to.
 *
 * Thread safety: any function from any thread.
 */
#pragma once

#include "python-member.h"
#include "python-tree.h"

typedef struct python_counter PythonCounter;
typedef struct python_count PythonCount;

/* What the last look at a program said. */
struct python_count
{
  guint64 start_time;   /* of the root */
  gboolean is_known;    /* it was looked at; FALSE: what follows is nothing yet */
  guint n_entries;
  guint64 size;
  char *refusal;        /* why it cannot be looked at; NULL; the caller frees it */
};

/* shm, proc: "/dev/shm", "/proc". */
PythonCounter *python_counter_new (const char *shm, const char *proc);
void python_counter_free (PythonCounter *self);

/* These are the programs that there are now (PythonTree *). Those that are new or map other shared
 * memory will be looked through. */
void python_counter_set (PythonCounter *self, const GPtrArray *trees);

/* Waits until all that are new or have changed are looked through, timeout_us at most. all: also
 * those that are let alone for a while after the last look. Returns whether they are. */
gboolean python_counter_wait (PythonCounter *self, gint64 timeout_us, gboolean all);

/* What is known of a program. FALSE: it is not among them. */
gboolean python_counter_get (PythonCounter *self, pid_t root, PythonCount *ret_count);

/* Whether something is known otherwise than at the last python_counter_set(). Has the thread look
 * for signs of change meanwhile, so that a program that changes or may be looked at by now is
 * looked through again. Costs next to nothing here. */
gboolean python_counter_changed (PythonCounter *self);

/* Hands over what the last look at the root found, so that it need not be looked through again;
 * NULL: nothing that is kept. */
PythonMember *python_counter_take (PythonCounter *self, pid_t root);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PythonCounter, python_counter_free)
