/* source-python.c - running Python programs that share objects.
 *
 * Which programs there are is told by what processes map; whether one has objects, and how
 * many, by a look through its root process, once for each sign of change. Whoever opens one
 * gets all its processes (python-program.c).
 */
#include "source-python.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "attachment-python.h"
#include "inspect-error.h"
#include "py-process.h"
#include "python-record.h"
#include "python-tree.h"

/* What the last look at a program said. */
struct known
{
  guint64 start_time;
  guint64 shared;      /* of the tree, at the look */
  guint n_entries;
  guint64 size;
  char *refusal;       /* why it cannot be looked at; NULL */
  gboolean is_seen;
};

typedef struct source_python SourcePython;

struct source_python
{
  Source base;
  char *shm, *proc;
  GHashTable *known;   /* root's pid -> struct known */
};

static void
known_free (gpointer data)
{
  struct known *known = data;

  g_free (known->refusal);
  g_free (known);
}

/* Entries are counted once, however many processes and views have them. */
static void
count (struct known *known, const PyProcess *process)
{
  g_autoptr (GHashTable) regions = g_hash_table_new (NULL, NULL);

  known->n_entries = 0;
  known->size = 0;
  for (guint i = 0; i < process->found->len; i++)
    {
      const PyFound *found = process->found->pdata[i];
      MemoryRegion *region = found->data == 0 ? NULL : memory_regions_find (process->regions, found->data);

      known->n_entries += !found->is_part;
      if (region != NULL && g_hash_table_add (regions, region))
        known->size += region->end - region->start;
    }
}

static void
look_through (SourcePython *self, struct known *known, const PythonTree *tree)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ProcessMemory) memory = process_memory_open (self->proc, tree->root, &error);
  g_autoptr (PyProcess) process = NULL;
  g_autoptr (PythonRecord) record = NULL;

  g_clear_pointer (&known->refusal, g_free);
  known->n_entries = 0;
  if (memory != NULL)
    process = py_process_look (memory, NULL, &error);
  if (process != NULL)
    count (known, process);
  else if ((record = python_record_open (self->shm, tree->root, known->start_time)) != NULL)
    {
      g_autoptr (GPtrArray) recorded = python_record_found (record);

      known->n_entries = recorded->len;
    }
  else if (error->code == INSPECT_ERROR_PERMISSION || error->code == INSPECT_ERROR_USAGE)
    known->refusal = g_strdup (error->message);
}

static SegmentInfo *
describe (SourcePython *self, const PythonTree *tree, const struct known *known)
{
  g_autofree char *id = g_strdup_printf ("pid:%d", (int) tree->root);
  g_autofree char *title = python_title (self->proc, tree->root);
  SegmentInfo values = {
    .kind = "python",
    .id = id,
    .name = id,
    .title = title != NULL ? title : id,
    .logical_name = title,
    .state = known->refusal != NULL ? SEGMENT_FORBIDDEN : SEGMENT_LIVE,
    .reason = known->refusal,
    .size = known->size,
    .writable = TRUE,
    .pids = (pid_t *) (gpointer) tree->pids->data,
    .n_pids = tree->pids->len,
    .n_entries = known->n_entries,
  };

  python_identify (self->proc, tree->root, known->start_time, &values);
  return segment_info_new (&values);
}

static gboolean
drop_unseen (gpointer key, gpointer value, gpointer user_data)
{
  struct known *known = value;
  gboolean was_seen = known->is_seen;

  known->is_seen = FALSE;
  return !was_seen;
}

static GPtrArray *
python_list (Source *base, ProcessTable *processes)
{
  SourcePython *self = (SourcePython *) base;
  GPtrArray *segments = g_ptr_array_new_with_free_func ((GDestroyNotify) segment_info_unref);
  g_autoptr (GPtrArray) trees = python_trees (processes, self->proc);

  for (guint i = 0; i < trees->len; i++)
    {
      const PythonTree *tree = trees->pdata[i];
      gpointer key = GINT_TO_POINTER (tree->root);
      struct known *known = g_hash_table_lookup (self->known, key);
      guint64 start_time = process_start_time (self->proc, tree->root);

      if (known == NULL || known->start_time != start_time || known->shared != tree->shared)
        {
          known = g_new0 (struct known, 1);
          known->start_time = start_time;
          known->shared = tree->shared;
          g_hash_table_replace (self->known, key, known);
          look_through (self, known, tree);
        }
      known->is_seen = TRUE;
      if (known->n_entries > 0 || known->refusal != NULL)
        g_ptr_array_add (segments, describe (self, tree, known));
    }
  g_hash_table_foreach_remove (self->known, drop_unseen, NULL);
  return segments;
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
  program = python_program_new (self->shm, self->proc, (pid_t) pid, error);
  return program == NULL ? NULL : attachment_python_new (program);
}

static void
python_finalize_source (Source *base)
{
  SourcePython *self = (SourcePython *) base;

  g_hash_table_unref (self->known);
  g_free (self->shm);
  g_free (self->proc);
  g_free (self);
}

static const SourceClass python_source_class = {
  .kind = "python",
  .list = python_list,
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
  self->known = g_hash_table_new_full (NULL, NULL, NULL, known_free);
  return &self->base;
}
