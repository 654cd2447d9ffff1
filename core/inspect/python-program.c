/* python-program.c - one Python program, with all its processes. */
#include "python-program.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "inspect-error.h"
#include "python-member.h"
#include "python-merge.h"
#include "python-name.h"
#include "python-record.h"
#include "python-tree.h"
#include "worker.h"

/* How often signs of change are looked for; and how many times as long as the last look took is
 * waited at least, so that a program that changes all the time is not looked through all the time. */
#define TICK_US (500 * 1000)
#define PAUSE_LOOKS 4
/* What has no name yet may be given one by the next lines of its program. */
#define NAME_TRIES 4
/* Processes of one program that are looked through. */
#define PROCESSES_MAX 256u
/* A program that ends takes its objects apart before its process goes: what it lost in so
 * long a time before was still there when it ended. */
#define ENDING_US (3 * G_USEC_PER_SEC)

struct python_program
{
  gint references;         /* atomic; the thread has none */
  char *shm, *proc;
  pid_t pid;               /* by which it was asked for, then its root, also when that has ended */

  /* Of the look: one thread at a time. */
  guint64 start_time;      /* of the root */
  gboolean root_has_ended; /* its other processes may go on */
  ProcessTable *table;
  GPtrArray *members;      /* of PythonMember *, the root first */
  PythonMember *looked;    /* looked through before, not among them yet; NULL */
  PythonCache *cache;
  PythonRecord *record;    /* what the program wrote down itself; NULL */
  PyProcess *recorded;     /* what that says, or the files, when no memory may be read; NULL */
  guint name_tries;
  GPtrArray *fuller;       /* the entries before some, or their names, went lately; NULL */
  gint64 fuller_us;        /* when the first of them went */

  pthread_mutex_t mutex;   /* around what follows */
  pthread_cond_t cond;
  PythonSnapshot *snapshot;
  gboolean is_asked;       /* for a look at everything */
  gboolean stop;
  gint cancelled;          /* atomic: the thread is to end */
  pthread_t thread;
};

/* ------------------------------------------------------------------------ snapshots -- */

static gboolean
is_root_gone (PythonProgram *self)
{
  return self->start_time == 0 || process_is_gone (self->proc, self->pid, self->start_time);
}

/* Who has it, and why what is not shown cannot be. */
static void
describe_members (PythonProgram *self, gboolean is_empty, SegmentInfo *values, pid_t *pids)
{
  values->pids = pids;
  values->n_pids = 0;
  for (guint i = 0; i < self->members->len; i++)
    {
      const PythonMember *member = self->members->pdata[i];

      pids[values->n_pids++] = member->pid;
      if (member->refusal != NULL && !member->has_ended && values->state == SEGMENT_LIVE && self->record == NULL
          && (is_empty || self->recorded != NULL))
        {
          values->state = SEGMENT_FORBIDDEN;
          values->reason = member->refusal;
        }
    }
}

/* What the list and the top of the window say. */
static SegmentInfo *
describe (PythonProgram *self, const GPtrArray *entries)
{
  g_autofree char *id = g_strdup_printf ("pid:%d", (int) self->pid);
  g_autofree char *title = NULL;
  g_autofree pid_t *pids = g_new (pid_t, self->members->len);
  SegmentInfo values = { .kind = "python", .id = id, .name = id, .writable = TRUE };
  g_autoptr (GHashTable) files = g_hash_table_new (NULL, NULL);

  title = python_title (self->proc, self->pid);
  values.title = values.logical_name = title != NULL ? title : id;
  python_identify (self->proc, self->pid, self->start_time, &values);
  /* Whoever has the root's id by now is another process. */
  self->root_has_ended = self->root_has_ended || is_root_gone (self);
  if ((self->root_has_ended || self->members->len == 0) && self->snapshot != NULL)
    values = *self->snapshot->info;
  if (self->members->len == 0)
    {
      values.state = SEGMENT_REMOVED;
      values.reason = (char *) _("the program has ended; what it had last is still shown");
      values.n_pids = 0;
      return segment_info_new (&values);
    }
  values.state = SEGMENT_LIVE;
  values.reason = self->root_has_ended
                    ? (char *) _("the program's first process has ended; what the processes that it"
                                 " started still have is shown")
                    : NULL;
  describe_members (self, entries->len == 0, &values, pids);
  values.size = 0;
  for (guint i = 0; i < entries->len; i++)
    {
      SharedFile *file = ((PythonEntry *) entries->pdata[i])->file;

      if (file != NULL && g_hash_table_add (files, file))
        values.size += shared_file_length (file);
    }
  values.n_entries = entries->len;
  return segment_info_new (&values);
}

/* What can be shown without any memory: what the program wrote down itself, else its files. */
static PyProcess *
look_without_memory (PythonProgram *self)
{
  g_autoptr (ProcessMemory) files = NULL;
  PyProcess *process;

  if (self->record == NULL)
    {
      files = process_memory_open_files (self->proc, self->pid);
      return files == NULL ? NULL : py_process_look_at_files (files);
    }
  process = g_new0 (PyProcess, 1);
  process->pid = self->pid;
  process->found = python_record_found (self->record);
  return process;
}

/* Takes what the program wrote down itself into account, and what is left where no memory may be
 * read. */
static void
use_record (PythonProgram *self, GPtrArray *processes)
{
  g_clear_pointer (&self->recorded, py_process_free);
  for (guint i = 0; i < processes->len && self->record != NULL; i++)
    python_record_annotate (self->record, ((PyProcess *) processes->pdata[i])->found);
  if (processes->len > 0 || self->members->len == 0)
    return;
  self->recorded = look_without_memory (self);
  if (self->recorded != NULL)
    g_ptr_array_add (processes, self->recorded);
}

static guint
n_named (const GPtrArray *entries)
{
  guint n = 0;

  for (guint i = 0; i < entries->len; i++)
    n += !python_name_is_made_up (((PythonEntry *) entries->pdata[i])->info->name);
  return n;
}

/* Names count first: before they are looked for there are also the parts that others consist of. */
static gboolean
is_poorer (const GPtrArray *entries, const GPtrArray *before)
{
  guint named = n_named (entries), named_before = n_named (before);

  return named != named_before ? named < named_before : entries->len < before->len;
}

/* The entries as they are to stand in the next snapshot, with a reference; NULL: given up. */
static GPtrArray *
gather_entries (PythonProgram *self, GPtrArray *processes)
{
  gboolean has_ended = self->members->len == 0 && self->snapshot != NULL;
  gint64 now = g_get_monotonic_time ();
  GPtrArray *entries;

  if (self->fuller != NULL && now - self->fuller_us >= ENDING_US)
    g_clear_pointer (&self->fuller, g_ptr_array_unref);
  if (has_ended)
    return g_ptr_array_ref (self->fuller != NULL ? self->fuller : self->snapshot->entries);
  entries = python_merge (self->cache, processes, &self->cancelled);
  if (entries == NULL || self->snapshot == NULL)
    return entries;
  if (self->fuller != NULL && !is_poorer (entries, self->fuller))
    g_clear_pointer (&self->fuller, g_ptr_array_unref);
  if (self->fuller == NULL && is_poorer (entries, self->snapshot->entries))
    {
      self->fuller = g_ptr_array_ref (self->snapshot->entries);
      self->fuller_us = now;
    }
  return entries;
}

/* Puts the members together, and in place of the snapshot before. */
static void
publish (PythonProgram *self, gboolean is_named)
{
  PythonSnapshot *snapshot, *before;
  g_autoptr (GPtrArray) processes = g_ptr_array_new ();
  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (SegmentInfo) info = NULL;

  for (guint i = 0; i < self->members->len; i++)
    {
      const PythonMember *member = self->members->pdata[i];

      g_ptr_array_add (reports, python_member_report (member));
      if (member->process != NULL)
        g_ptr_array_add (processes, member->process);
    }
  use_record (self, processes);
  entries = gather_entries (self, processes);
  if (entries == NULL)
    return;
  info = describe (self, entries);
  snapshot = python_snapshot_new (info, entries, reports, is_named);

  pthread_mutex_lock (&self->mutex);
  before = self->snapshot;
  self->snapshot = snapshot;
  pthread_cond_broadcast (&self->cond);
  pthread_mutex_unlock (&self->mutex);
  python_snapshot_unref (before);
}

/* ------------------------------------------------------------------------------ looks -- */

/* Takes the member of this id out, unless its process has ended and another has the id. NULL. */
static PythonMember *
take_member (GPtrArray *members, const char *proc, pid_t pid)
{
  for (guint i = 0; members != NULL && i < members->len; i++)
    {
      PythonMember *member = members->pdata[i];

      if (member->pid == pid && !python_member_is_gone (member, proc))
        return g_ptr_array_steal_index_fast (members, i);
    }
  return NULL;
}

static guint64
shared_of (ProcessTable *table, pid_t pid)
{
  guint n;
  const struct python_process *pythons = process_table_pythons (table, &n);

  for (guint i = 0; i < n; i++)
    if (pythons[i].pid == pid)
      return pythons[i].shared;
  return 0;
}

/* Looks which processes there are, and what those that are known map. */
static void
update_table (PythonProgram *self)
{
  g_autoptr (GArray) pids = g_array_new (FALSE, FALSE, sizeof (pid_t));

  if (self->members == NULL)
    {
      process_table_update (self->table, TRUE);
      return;
    }
  for (guint i = 0; i < self->members->len; i++)
    g_array_append_val (pids, ((PythonMember *) self->members->pdata[i])->pid);
  process_table_look (self->table, (const pid_t *) (gpointer) pids->data, pids->len);
  process_table_update (self->table, FALSE);
}

/* Whether the process is known to be of this program, and lives. */
static gboolean
is_known (PythonProgram *self, pid_t pid)
{
  if (self->members == NULL)
    return pid == self->pid;
  for (guint i = 0; i < self->members->len; i++)
    {
      const PythonMember *member = self->members->pdata[i];

      if (member->pid == pid && !python_member_is_gone (member, self->proc))
        return TRUE;
    }
  return FALSE;
}

/* Whether a process of this program is in the tree. When the root has ended, its children are
 * roots of trees of their own. */
static gboolean
has_known (PythonProgram *self, const PythonTree *tree)
{
  for (guint i = 0; i < tree->pids->len; i++)
    if (is_known (self, g_array_index (tree->pids, pid_t, i)))
      return TRUE;
  return FALSE;
}

/* Takes the tree's processes over. Returns whether any is due. */
static gboolean
add_members (PythonProgram *self, GPtrArray *members, const PythonTree *tree, gboolean all)
{
  /* An orphan may have come under another program. */
  gboolean is_foreign = self->root_has_ended && !is_known (self, tree->root);
  gboolean differs = FALSE;

  for (guint i = 0; i < tree->pids->len && members->len < PROCESSES_MAX; i++)
    {
      pid_t pid = g_array_index (tree->pids, pid_t, i);
      PythonMember *member = take_member (self->members, self->proc, pid);
      guint64 shared = shared_of (self->table, pid);

      if (self->looked != NULL && self->looked->pid == pid
          && !python_member_is_gone (self->looked, self->proc))
        member = g_steal_pointer (&self->looked);
      if (member == NULL && is_foreign)
        continue;
      if (member == NULL)
        member = python_member_new (self->proc, pid);
      member->is_due = member->is_due || all || member->shared != shared
                       || python_member_has_sign (member);
      member->shared = shared;
      differs = differs || member->is_due;
      g_ptr_array_insert (members, pid == self->pid && !self->root_has_ended ? 0 : -1, member);
    }
  return differs;
}

/* Brings the members up to date, the root first. Returns whether any came, went or is due. */
static gboolean
update_members (PythonProgram *self, gboolean all)
{
  g_autoptr (GPtrArray) trees = NULL, own = g_ptr_array_new ();
  GPtrArray *members = g_ptr_array_new_with_free_func ((GDestroyNotify) python_member_free);
  gboolean differs = self->members == NULL;
  const PythonTree *tree;

  update_table (self);
  trees = python_trees (self->table, self->proc);
  for (guint i = 0; i < trees->len; i++)
    if (has_known (self, trees->pdata[i]))
      g_ptr_array_add (own, trees->pdata[i]);
  self->root_has_ended = self->root_has_ended || (self->members != NULL && is_root_gone (self));
  tree = self->root_has_ended ? NULL : python_trees_find (own, self->pid);
  /* The root may have got one further out. */
  if (tree != NULL && (tree->root != self->pid || self->members == NULL))
    {
      self->pid = tree->root;
      self->start_time = process_start_time (self->proc, tree->root);
    }
  for (guint i = 0; i < own->len; i++)
    differs = add_members (self, members, own->pdata[i], all) || differs;
  differs = differs || (self->members != NULL && self->members->len > 0);
  g_clear_pointer (&self->members, g_ptr_array_unref);
  self->members = members;
  return differs;
}

/* Whether the program wrote down more. */
static gboolean
update_record (PythonProgram *self)
{
  if (self->record != NULL)
    return python_record_update (self->record);
  if (self->root_has_ended || self->members->len == 0)
    return FALSE;
  self->record = python_record_open (self->shm, self->pid, self->start_time);
  return self->record != NULL;
}

/* Whether something of the program's own has no name yet. */
static gboolean
lacks_names (PythonProgram *self)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      const PythonMember *member = self->members->pdata[i];

      for (guint j = 0; member->process != NULL && j < member->process->found->len; j++)
        if (((PyFound *) member->process->found->pdata[j])->names->len == 0)
          return TRUE;
    }
  return FALSE;
}

static void
name_members (PythonProgram *self, gboolean again)
{
  for (guint i = 0; i < self->members->len && !g_atomic_int_get (&self->cancelled); i++)
    {
      PythonMember *member = self->members->pdata[i];

      if (again || !member->is_named)
        python_member_name (member, &self->cancelled);
    }
}

/* One turn of the thread. */
static void
look_again (PythonProgram *self, gboolean all)
{
  gboolean differs = update_members (self, all);

  differs = update_record (self) || differs;
  if (differs)
    {
      for (guint i = 0; i < self->members->len && !g_atomic_int_get (&self->cancelled); i++)
        {
          PythonMember *member = self->members->pdata[i];

          if (member->is_due)
            python_member_look (member, self->proc, &self->cancelled);
        }
      /* Objects would lose the names that they have for as long as it takes to find them anew. */
      if (!self->snapshot->is_named)
        publish (self, FALSE);
      self->name_tries = 0;
    }
  if (differs || (self->name_tries < NAME_TRIES && lacks_names (self)))
    {
      name_members (self, !differs);
      self->name_tries++;
      publish (self, TRUE);
    }
}

static void *
program_thread (void *data)
{
  PythonProgram *self = data;
  gint64 look_us = 0;

  name_members (self, FALSE);
  python_cache_watch_locks (self->cache, &self->cancelled);
  publish (self, TRUE);
  pthread_mutex_lock (&self->mutex);
  while (!self->stop)
    {
      gint64 until_us = g_get_monotonic_time () + MAX (TICK_US, PAUSE_LOOKS * look_us);
      struct timespec until = { until_us / G_USEC_PER_SEC, until_us % G_USEC_PER_SEC * 1000 };
      gboolean all;

      if (!self->is_asked
          && pthread_cond_timedwait (&self->cond, &self->mutex, &until) != ETIMEDOUT
          && !self->is_asked)
        continue;
      if (self->stop)
        break;
      all = self->is_asked;
      self->is_asked = FALSE;
      pthread_mutex_unlock (&self->mutex);
      look_us = g_get_monotonic_time ();
      look_again (self, all);
      look_us = g_get_monotonic_time () - look_us;
      python_cache_watch_locks (self->cache, &self->cancelled);
      pthread_mutex_lock (&self->mutex);
    }
  pthread_mutex_unlock (&self->mutex);
  return NULL;
}

/* ---------------------------------------------------------------------------- objects -- */

static void
program_free (PythonProgram *self)
{
  if (self->members != NULL)
    g_ptr_array_unref (self->members);
  python_snapshot_unref (self->snapshot);
  g_clear_pointer (&self->fuller, g_ptr_array_unref);
  python_cache_free (self->cache);
  python_record_free (self->record);
  py_process_free (self->recorded);
  process_table_free (self->table);
  pthread_cond_destroy (&self->cond);
  pthread_mutex_destroy (&self->mutex);
  g_free (self->shm);
  g_free (self->proc);
  g_free (self);
}

PythonProgram *
python_program_new (const char *shm, const char *proc, pid_t pid, PythonMember *looked,
                    GError **error)
{
  PythonProgram *self = g_new0 (PythonProgram, 1);
  pthread_condattr_t attributes;
  gboolean lives = FALSE;

  self->references = 1;
  self->shm = g_strdup (shm);
  self->proc = g_strdup (proc);
  self->pid = pid;
  self->table = process_table_new (proc, 0);
  self->cache = python_cache_new (shm, proc);
  pthread_mutex_init (&self->mutex, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&self->cond, &attributes);
  pthread_condattr_destroy (&attributes);

  self->looked = looked;
  update_members (self, FALSE);
  g_clear_pointer (&self->looked, python_member_free);
  if (self->members->len == 0)
    {
      /* What may not be looked at is no less likely to share something. */
      g_autoptr (ProcessMemory) memory = process_memory_open (proc, pid, error);

      if (memory != NULL)
        g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                     _("process %d shares no Python objects with others (yet); shmlensctl list"
                       " tells which programs do"),
                     (int) pid);
      program_free (self);
      return NULL;
    }
  for (guint i = 0; i < self->members->len; i++)
    {
      PythonMember *member = self->members->pdata[i];

      if (member->is_due)
        python_member_look (member, self->proc, &self->cancelled);
      lives = lives || !member->has_ended;
    }
  if (!lives)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("process %d ended while it was looked at; shmlensctl list tells which there"
                     " are"),
                   (int) pid);
      program_free (self);
      return NULL;
    }
  update_record (self);
  publish (self, FALSE);
  worker_start (&self->thread, "shmlens-python", program_thread, self);
  return self;
}

PythonProgram *
python_program_ref (PythonProgram *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

void
python_program_unref (PythonProgram *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->references))
    return;
  pthread_mutex_lock (&self->mutex);
  self->stop = TRUE;
  g_atomic_int_set (&self->cancelled, TRUE);
  pthread_cond_broadcast (&self->cond);
  pthread_mutex_unlock (&self->mutex);
  pthread_join (self->thread, NULL);
  program_free (self);
}

PythonSnapshot *
python_program_snapshot (PythonProgram *self)
{
  PythonSnapshot *snapshot;

  pthread_mutex_lock (&self->mutex);
  snapshot = python_snapshot_ref (self->snapshot);
  pthread_mutex_unlock (&self->mutex);
  return snapshot;
}

void
python_program_settle (PythonProgram *self, gint64 timeout_us)
{
  gint64 until_us = g_get_monotonic_time () + timeout_us;
  struct timespec until = { until_us / G_USEC_PER_SEC, until_us % G_USEC_PER_SEC * 1000 };

  pthread_mutex_lock (&self->mutex);
  while (!self->snapshot->is_named
         && pthread_cond_timedwait (&self->cond, &self->mutex, &until) != ETIMEDOUT)
    ;
  pthread_mutex_unlock (&self->mutex);
}

void
python_program_look (PythonProgram *self)
{
  pthread_mutex_lock (&self->mutex);
  self->is_asked = TRUE;
  pthread_cond_broadcast (&self->cond);
  pthread_mutex_unlock (&self->mutex);
}
