/* python-member.h - a process of a Python program: what the last look at it found, and
 * whether there is a sign that it is not so any more.
 *
 * Thread safety: one thread at a time.
 */
#pragma once

#include "py-process.h"

typedef struct python_member PythonMember;

struct python_member
{
  pid_t pid;
  guint64 start_time;      /* tells it from another process of this id; 0: it had ended already */
  guint64 shared;          /* of the process table, at the look */
  guint64 heap;            /* sign of multiprocessing's heap, at the look */
  ProcessMemory *memory;   /* NULL: may not be read */
  PyProcess *process;      /* NULL: likewise, or no Python that is known */
  char *refusal;           /* why, a sentence; NULL */
  gboolean is_refused;     /* it may not be read, or its Python is not supported: no matter of time */
  gboolean has_ended;      /* so much so that it could not be looked at for it */
  gboolean is_due;         /* to be looked through */
  gboolean is_named;
};

/* One that is due. proc: "/proc". */
PythonMember *python_member_new (const char *proc, pid_t pid);
void python_member_free (PythonMember *self);

/* Whether this very process has ended, whether another has its id or none. */
gboolean python_member_is_gone (const PythonMember *self, const char *proc);

/* Looks through the process. cancelled: atomic, may be NULL. */
void python_member_look (PythonMember *self, const char *proc, const gint *cancelled);
/* Looks for names in what was found. */
void python_member_name (PythonMember *self, const gint *cancelled);

/* Forgets what was found, but not the sign of multiprocessing's heap. */
void python_member_forget (PythonMember *self);
/* Another of the same process, as if it had forgotten. */
PythonMember *python_member_new_watch (const PythonMember *self);

/* Whether something that was found is not there any more, or something was made that shows
 * nowhere else. Costs a few reads. */
gboolean python_member_has_sign (PythonMember *self);

/* A line for people: what was found and how long each step took, or why nothing could be. The
 * caller frees it. */
char *python_member_report (const PythonMember *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PythonMember, python_member_free)
