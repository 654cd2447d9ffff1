/* source-python.c - running Python programs that share objects.
 *
 * Which programs there are is told by what processes map; whether one has objects, and how
 * many, by a look through its root process (python-counter.c). What takes long is listed before
 * that is known. Whoever opens one gets all its processes (python-program.c).
 */
#include "source-python.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "attachment-python.h"
#include "inspect-error.h"
#include "python-counter.h"

/* A list waits so long for what is new in it; python_settle() longer, also for
 * what is let alone between two looks. */
#define LIST_US (200 * 1000)
#define SETTLE_US (30 * G_USEC_PER_SEC)

typedef struct source_python SourcePython;

struct source_python
{
  Source base;
  char *shm, *proc;
  PythonCounter *counter;
  gboolean is_settled;   /* the last list had all of it */
};

static SegmentInfo *
describe (SourcePython *self, const PythonTree *tree, const PythonCount *count)
{
  g_autofree char *id = g_strdup_printf ("pid:%d", (int) tree->root);
  g_autofree char *title = python_title (self->proc, tree->root);
  SegmentInfo values = {
    .kind = "python",
    .id = id,
    .name = id,
    .title = title != NULL ? title : id,
    .logical_name = title,
    .state = count->refusal != NULL ? SEGMENT_FORBIDDEN : SEGMENT_LIVE,
    .reason = count->refusal,
    .size = count->size,
    .writable = TRUE,
    .pids = (pid_t *) (gpointer) tree->pids->data,
    .n_pids = tree->pids->len,
    .n_entries = count->n_entries,
  };

  python_identify (self->proc, tree->root, count->start_time, &values);
  return segment_info_new (&values);
}

static GPtrArray *
python_list (Source *base, ProcessTable *processes)
{
  SourcePython *self = (SourcePython *) base;
  GPtrArray *segments = g_ptr_array_new_with_free_func ((GDestroyNotify) segment_info_unref);
  g_autoptr (GPtrArray) trees = python_trees (processes, self->proc);

  python_counter_set (self->counter, trees);
  (void) python_counter_wait (self->counter, LIST_US, FALSE);
  self->is_settled = python_counter_wait (self->counter, 0, TRUE);
  for (guint i = 0; i < trees->len; i++)
    {
      const PythonTree *tree = trees->pdata[i];
      PythonCount count;

      if (!python_counter_get (self->counter, tree->root, &count))
        continue;
      if (!count.is_known || count.n_entries > 0 || count.refusal != NULL)
        g_ptr_array_add (segments, describe (self, tree, &count));
      g_free (count.refusal);
    }
  return segments;
}

static gboolean
python_settle (Source *base)
{
  SourcePython *self = (SourcePython *) base;

  return !self->is_settled && python_counter_wait (self->counter, SETTLE_US, TRUE);
}

static gboolean
python_changed (Source *base)
{
  return python_counter_changed (((SourcePython *) base)->counter);
}

static Attachment *
python_open (Source *base, const char *id, GError **error)
{
  SourcePython *self = (SourcePython *) base;
  g_autoptr (PythonProgram) program = NULL;
  char *end;
  long pid;

  if (!g_str_has_prefix (id, "pid:"))
    return NULL;
  errno = 0;
  pid = strtol (id + strlen ("pid:"), &end, 10);
  if (*end != '\0' || end == id + strlen ("pid:") || errno != 0 || pid <= 0 || pid > G_MAXINT)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
                   _("\"%s\" is no process; write for example pid:4711"), id);
      return NULL;
    }
  program = python_program_new (self->shm, self->proc, (pid_t) pid,
                                python_counter_take (self->counter, (pid_t) pid), error);
  return program == NULL ? NULL : attachment_python_new (program);
}

static void
python_finalize_source (Source *base)
{
  SourcePython *self = (SourcePython *) base;

  python_counter_free (self->counter);
  g_free (self->shm);
  g_free (self->proc);
  g_free (self);
}

static const SourceClass python_source_class = {
  .kind = "python",
  .list = python_list,
  .settle = python_settle,
  .changed = python_changed,
  .open = python_open,
  .finalize = python_finalize_source,
};

Source *
source_python_new (const char *shm, const char *proc)
{
  SourcePython *self = g_new0 (SourcePython, 1);

  self->base.class = &python_source_class;
  self->shm = g_strdup (shm);
  self->proc = g_strdup (proc);
  self->counter = python_counter_new (shm, proc);
  return &self->base;
}
