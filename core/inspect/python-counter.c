/* python-counter.c - how much the Python programs of a list have. */
#include "python-counter.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "python-record.h"
#include "worker.h"

/* A program that changes all the time is looked through for a fifth of the time at most. */
#define PAUSE_LOOKS 4
#define PAUSE_MIN_US (500 * 1000)
/* What was found is kept for who opens the program, unless it is very much. */
#define KEPT_MAX 20000u

struct program
{
  pid_t root;
  guint64 start_time;
  guint64 shared;        /* of the tree */
  guint64 root_shared;
  PythonMember *member;  /* as it was looked through last; the thread's while is_busy; NULL */
  PythonRecord *record;  /* of one that cannot be looked through; the thread's while is_busy */
  PythonCount count;
  gboolean is_due;       /* told by python_counter_set(); waited for */
  gboolean is_busy;      /* the thread is at it */
  gboolean is_listed;    /* FALSE: it has gone */
  gint64 again_us;       /* not before */
};

struct python_counter
{
  char *shm, *proc;
  pthread_mutex_t mutex;   /* around what follows */
  pthread_cond_t asked, done;
  GPtrArray *programs;     /* of struct program */
  gboolean looks_for_signs;
  gboolean has_changed;
  gint cancelled;          /* atomic: the thread is to end */
  gboolean is_started;     /* FALSE: there was nothing to look at yet */
  pthread_t thread;
};

static void
program_free (gpointer data)
{
  struct program *program = data;

  python_member_free (program->member);
  python_record_free (program->record);
  g_free (program->count.refusal);
  g_free (program);
}

static struct program *
find (PythonCounter *self, pid_t root)
{
  for (guint i = 0; i < self->programs->len; i++)
    {
      struct program *program = self->programs->pdata[i];

      if (program->root == root && program->is_listed)
        return program;
    }
  return NULL;
}

/* ---------------------------------------------------------------------- the thread -- */

/* Entries are counted once, however many processes and views have them. */
static void
count (const PyProcess *process, PythonCount *ret_count)
{
  g_autoptr (GHashTable) regions = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < process->found->len; i++)
    {
      const PyFound *found = process->found->pdata[i];
      MemoryRegion *region
        = found->data == 0 ? NULL : memory_regions_find (process->regions, found->data);

      ret_count->n_entries += !found->is_part;
      if (region != NULL && g_hash_table_add (regions, region))
        ret_count->size += region->end - region->start;
    }
}

/* Without the mutex. */
static PythonCount
look_through (PythonCounter *self, struct program *program)
{
  PythonCount result = { .start_time = program->start_time, .is_known = TRUE };
  PythonMember *member = program->member;

  if (member == NULL || python_member_is_gone (member, self->proc))
    {
      python_member_free (member);
      member = program->member = python_member_new (self->proc, program->root);
    }
  python_member_look (member, self->proc, &self->cancelled);
  g_clear_pointer (&program->record, python_record_free);
  if (member->process != NULL)
    {
      count (member->process, &result);
      if (member->process->found->len > KEPT_MAX)
        python_member_forget (member);
    }
  else if ((program->record
            = python_record_open (self->shm, program->root, program->start_time)) != NULL)
    {
      g_autoptr (GPtrArray) recorded = python_record_found (program->record);

      result.n_entries = recorded->len;
    }
  else if (!member->has_ended && member->is_refused)
    result.refusal = g_strdup (member->refusal);
  return result;
}

/* Whether to look through it again. Without the mutex. */
static gboolean
has_sign (PythonCounter *self, struct program *program)
{
  g_autoptr (ProcessMemory) memory = NULL;

  if (program->record != NULL && python_record_update (program->record))
    return TRUE;
  if (program->member == NULL || program->member->memory != NULL)
    return program->member != NULL && python_member_has_sign (program->member);
  memory = process_memory_open (self->proc, program->root, NULL);
  return memory != NULL;
}

static gboolean
is_other (const PythonCount *a, const PythonCount *b)
{
  return a->is_known != b->is_known || a->n_entries != b->n_entries || a->size != b->size
         || g_strcmp0 (a->refusal, b->refusal) != 0;
}

/* Does what is to be done for it. With the mutex, which is let go meanwhile. */
static void
work_at (PythonCounter *self, struct program *program, gboolean is_due)
{
  guint64 root_shared = program->root_shared;
  gint64 begin_us = g_get_monotonic_time (), end_us;
  PythonCount result = { .is_known = FALSE };

  program->is_busy = TRUE;
  program->is_due = FALSE;
  pthread_mutex_unlock (&self->mutex);
  if (is_due || has_sign (self, program))
    result = look_through (self, program);
  end_us = g_get_monotonic_time ();
  pthread_mutex_lock (&self->mutex);
  program->is_busy = FALSE;
  program->again_us = end_us + MAX (PAUSE_MIN_US, PAUSE_LOOKS * (end_us - begin_us));
  if (result.is_known)
    {
      program->member->shared = root_shared;
      self->has_changed = self->has_changed || is_other (&result, &program->count);
      g_free (program->count.refusal);
      program->count = result;
    }
  if (!program->is_listed)
    g_ptr_array_remove_fast (self->programs, program);
  pthread_cond_broadcast (&self->done);
}

/* The program to work at next. NULL: none now; then ret_until_us says when, 0: not before something
 * is asked for. */
static struct program *
choose (PythonCounter *self, gint64 *ret_until_us)
{
  gint64 now = g_get_monotonic_time ();

  *ret_until_us = 0;
  for (guint i = 0; i < self->programs->len; i++)
    {
      struct program *program = self->programs->pdata[i];

      if (!program->is_due)
        continue;
      if (program->again_us <= now)
        return program;
      *ret_until_us = *ret_until_us == 0 ? program->again_us
                                         : MIN (*ret_until_us, program->again_us);
    }
  return NULL;
}

/* With the mutex, which is let go meanwhile. */
static void
look_for_signs (PythonCounter *self)
{
  g_autoptr (GArray) roots = g_array_new (FALSE, FALSE, sizeof (pid_t));

  self->looks_for_signs = FALSE;
  for (guint i = 0; i < self->programs->len; i++)
    g_array_append_val (roots, ((struct program *) self->programs->pdata[i])->root);
  for (guint i = 0; i < roots->len && !g_atomic_int_get (&self->cancelled); i++)
    {
      struct program *program = find (self, g_array_index (roots, pid_t, i));

      if (program != NULL && !program->is_due && program->again_us <= g_get_monotonic_time ())
        work_at (self, program, FALSE);
    }
}

static void *
counter_thread (void *data)
{
  PythonCounter *self = data;

  pthread_mutex_lock (&self->mutex);
  while (!g_atomic_int_get (&self->cancelled))
    {
      gint64 until_us;
      struct program *program = choose (self, &until_us);
      struct timespec until = { until_us / G_USEC_PER_SEC, until_us % G_USEC_PER_SEC * 1000 };

      if (program != NULL)
        work_at (self, program, TRUE);
      else if (self->looks_for_signs)
        look_for_signs (self);
      else if (until_us != 0)
        pthread_cond_timedwait (&self->asked, &self->mutex, &until);
      else
        pthread_cond_wait (&self->asked, &self->mutex);
    }
  pthread_mutex_unlock (&self->mutex);
  return NULL;
}

/* ------------------------------------------------------------------------- objects -- */

PythonCounter *
python_counter_new (const char *shm, const char *proc)
{
  PythonCounter *self = g_new0 (PythonCounter, 1);
  pthread_condattr_t attributes;

  self->shm = g_strdup (shm);
  self->proc = g_strdup (proc);
  self->programs = g_ptr_array_new_with_free_func (program_free);
  pthread_mutex_init (&self->mutex, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&self->asked, &attributes);
  pthread_cond_init (&self->done, &attributes);
  pthread_condattr_destroy (&attributes);
  return self;
}

void
python_counter_free (PythonCounter *self)
{
  if (self == NULL)
    return;
  pthread_mutex_lock (&self->mutex);
  g_atomic_int_set (&self->cancelled, TRUE);
  pthread_cond_broadcast (&self->asked);
  pthread_mutex_unlock (&self->mutex);
  if (self->is_started)
    pthread_join (self->thread, NULL);
  g_ptr_array_unref (self->programs);
  pthread_cond_destroy (&self->asked);
  pthread_cond_destroy (&self->done);
  pthread_mutex_destroy (&self->mutex);
  g_free (self->shm);
  g_free (self->proc);
  g_free (self);
}

/* Takes those off that are not listed; one that the thread is at, it takes off itself. */
static void
drop_unlisted (PythonCounter *self)
{
  for (guint i = self->programs->len; i > 0; i--)
    {
      struct program *program = self->programs->pdata[i - 1];

      if (!program->is_listed && !program->is_busy)
        g_ptr_array_remove_index_fast (self->programs, i - 1);
    }
}

void
python_counter_set (PythonCounter *self, const GPtrArray *trees)
{
  g_autoptr (GPtrArray) listed = g_ptr_array_new ();

  pthread_mutex_lock (&self->mutex);
  self->has_changed = FALSE;
  for (guint i = 0; i < trees->len; i++)
    {
      const PythonTree *tree = trees->pdata[i];
      struct program *program = find (self, tree->root);
      guint64 start_time = process_start_time (self->proc, tree->root);

      if (program == NULL || program->start_time != start_time)
        {
          program = g_new0 (struct program, 1);
          program->root = tree->root;
          program->start_time = program->count.start_time = start_time;
          program->is_due = TRUE;
          g_ptr_array_add (self->programs, program);
        }
      program->is_due = program->is_due || program->shared != tree->shared;
      program->shared = tree->shared;
      program->root_shared = tree->root_shared;
      g_ptr_array_add (listed, program);
    }
  for (guint i = 0; i < self->programs->len; i++)
    ((struct program *) self->programs->pdata[i])->is_listed = FALSE;
  for (guint i = 0; i < listed->len; i++)
    ((struct program *) listed->pdata[i])->is_listed = TRUE;
  drop_unlisted (self);
  if (!self->is_started && self->programs->len > 0)
    {
      self->is_started = TRUE;
      worker_start (&self->thread, "shmlens-count", counter_thread, self);
    }
  pthread_cond_broadcast (&self->asked);
  pthread_mutex_unlock (&self->mutex);
}

/* Whether nothing is left to do; all: nor will be in a while. */
static gboolean
is_idle (PythonCounter *self, gboolean all)
{
  for (guint i = 0; i < self->programs->len; i++)
    {
      const struct program *program = self->programs->pdata[i];

      if (program->is_busy || (program->is_due && (all || program->again_us <= g_get_monotonic_time ())))
        return FALSE;
    }
  return TRUE;
}

gboolean
python_counter_wait (PythonCounter *self, gint64 timeout_us, gboolean all)
{
  gint64 until_us = g_get_monotonic_time () + timeout_us;
  struct timespec until = { until_us / G_USEC_PER_SEC, until_us % G_USEC_PER_SEC * 1000 };
  gboolean is_done;

  pthread_mutex_lock (&self->mutex);
  while (!(is_done = is_idle (self, all))
         && pthread_cond_timedwait (&self->done, &self->mutex, &until) != ETIMEDOUT)
    ;
  pthread_mutex_unlock (&self->mutex);
  return is_done;
}

gboolean
python_counter_get (PythonCounter *self, pid_t root, PythonCount *ret_count)
{
  const struct program *program;

  pthread_mutex_lock (&self->mutex);
  program = find (self, root);
  if (program != NULL)
    {
      *ret_count = program->count;
      ret_count->refusal = g_strdup (program->count.refusal);
    }
  pthread_mutex_unlock (&self->mutex);
  return program != NULL;
}

gboolean
python_counter_changed (PythonCounter *self)
{
  gboolean has_changed;

  pthread_mutex_lock (&self->mutex);
  has_changed = self->has_changed;
  self->looks_for_signs = TRUE;
  pthread_cond_broadcast (&self->asked);
  pthread_mutex_unlock (&self->mutex);
  return has_changed;
}

PythonMember *
python_counter_take (PythonCounter *self, pid_t root)
{
  struct program *program;
  PythonMember *member = NULL;

  pthread_mutex_lock (&self->mutex);
  /* A look that is under way takes no longer than another one from here. */
  while ((program = find (self, root)) != NULL && program->is_busy)
    pthread_cond_wait (&self->done, &self->mutex);
  if (program != NULL && program->member != NULL && program->member->process != NULL
      && program->member->process->scan != NULL)
    {
      member = program->member;
      program->member = python_member_new_watch (member);
    }
  pthread_mutex_unlock (&self->mutex);
  return member;
}
