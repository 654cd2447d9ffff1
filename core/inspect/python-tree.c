/* python-tree.c - which Python programs run, each with all its processes. */
#include "python-tree.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "printable.h"

/* How many generations are looked up: a forkserver or a helper may stand between. */
#define GENERATIONS 8
#define TITLE_MAX 200

struct member
{
  pid_t pid;
  guint64 shared;
  char *command_line;   /* NULL: not known */
  gsize length;
  guint parent;         /* index of the member it belongs to; its own: a root */
};

void
python_tree_free (PythonTree *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->pids);
  g_free (self);
}

static gboolean
is_started_by_multiprocessing (const struct member *member)
{
  return member->command_line != NULL
         && memmem (member->command_line, member->length, "multiprocessing",
                    strlen ("multiprocessing"))
              != NULL;
}

static gboolean
has_same_command_line (const struct member *a, const struct member *b)
{
  return a->command_line != NULL && b->command_line != NULL && a->length == b->length
         && memcmp (a->command_line, b->command_line, a->length) == 0;
}

static int
compare_members (gconstpointer a, gconstpointer b)
{
  return ((const struct member *) a)->pid < ((const struct member *) b)->pid ? -1 : 1;
}

static struct member *
find_member (struct member *members, guint n, pid_t pid)
{
  for (guint low = 0, high = n; low < high;)
    {
      guint middle = low + (high - low) / 2;

      if (members[middle].pid == pid)
        return &members[middle];
      if (members[middle].pid < pid)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}

/* The nearest ancestor that is of the same program. */
static void
find_parent (struct member *members, guint n, struct member *member, const char *proc)
{
  pid_t pid = member->pid;

  member->parent = member - members;
  for (guint generation = 0; generation < GENERATIONS; generation++)
    {
      struct member *ancestor;

      pid = process_parent (proc, pid);
      if (pid <= 1)
        return;
      ancestor = find_member (members, n, pid);
      if (ancestor == NULL || ancestor == member)
        continue;
      if (is_started_by_multiprocessing (member) || has_same_command_line (member, ancestor))
        member->parent = ancestor - members;
      return;
    }
}

/* Ids are reused, so that parents read at different moments could form a ring. */
static guint
root_of (const struct member *members, guint index)
{
  for (guint i = 0; i < GENERATIONS * GENERATIONS && members[index].parent != index; i++)
    index = members[index].parent;
  return index;
}

static PythonTree *
tree_of_root (GPtrArray *trees, pid_t root)
{
  PythonTree *tree;

  for (guint i = 0; i < trees->len; i++)
    {
      tree = trees->pdata[i];
      if (tree->root == root)
        return tree;
    }
  tree = g_new0 (PythonTree, 1);
  tree->root = root;
  tree->pids = g_array_new (FALSE, FALSE, sizeof (pid_t));
  g_ptr_array_add (trees, tree);
  return tree;
}

GPtrArray *
python_trees (ProcessTable *processes, const char *proc)
{
  GPtrArray *trees = g_ptr_array_new_with_free_func ((GDestroyNotify) python_tree_free);
  guint n;
  const struct python_process *pythons = process_table_pythons (processes, &n);
  g_autofree struct member *members = g_new0 (struct member, n);

  for (guint i = 0; i < n; i++)
    {
      members[i].pid = pythons[i].pid;
      members[i].shared = pythons[i].shared;
      members[i].command_line
        = process_command_line (proc, members[i].pid, &members[i].length);
    }
  if (n > 0)
    qsort (members, n, sizeof *members, compare_members);
  for (guint i = 0; i < n; i++)
    find_parent (members, n, &members[i], proc);
  for (guint i = 0; i < n; i++)
    {
      PythonTree *tree = tree_of_root (trees, members[root_of (members, i)].pid);

      g_array_append_val (tree->pids, members[i].pid);
      if (members[i].pid == tree->root)
        tree->root_shared = members[i].shared;
      tree->shared = (tree->shared ^ members[i].shared ^ (guint64) members[i].pid)
                     * G_GUINT64_CONSTANT (0x100000001b3);
    }
  for (guint i = 0; i < n; i++)
    g_free (members[i].command_line);
  return trees;
}

const PythonTree *
python_trees_find (const GPtrArray *trees, pid_t pid)
{
  for (guint i = 0; i < trees->len; i++)
    {
      const PythonTree *tree = trees->pdata[i];

      for (guint j = 0; j < tree->pids->len; j++)
        if (g_array_index (tree->pids, pid_t, j) == pid)
          return tree;
    }
  return NULL;
}

char *
python_title (const char *proc, pid_t pid)
{
  gsize length;
  g_autofree char *line = process_command_line (proc, pid, &length);
  g_autofree char *shown = NULL;

  if (line == NULL)
    return NULL;
  while (length > 0 && line[length - 1] == '\0')
    length--;
  for (gsize i = 0; i < length; i++)
    if (line[i] == '\0')
      line[i] = ' ';
  /* Only the program's own name of the interpreter's path. */
  if (line[0] == '/')
    {
      const char *end = memchr (line, ' ', length);
      const char *slash = memrchr (line, '/', end != NULL ? (gsize) (end - line) : length);

      length -= (gsize) (slash + 1 - line);
      memmove (line, slash + 1, length);
    }
  line[length] = '\0';
  shown = printable_prose (line);
  if (g_utf8_strlen (shown, -1) > TITLE_MAX)
    {
      g_autofree char *cut = g_utf8_substring (shown, 0, TITLE_MAX - 1);

      return g_strconcat (cut, "…", NULL);
    }
  return g_steal_pointer (&shown);
}

void
python_identify (const char *proc, pid_t root, guint64 start_time, SegmentInfo *ret_values)
{
  g_autofree char *path = g_strdup_printf ("%s/%d", proc, (int) root);
  struct stat status;

  if (stat (path, &status) == 0)
    ret_values->owner = status.st_uid;
  ret_values->inode = start_time << 22 | (guint64) root;
}
