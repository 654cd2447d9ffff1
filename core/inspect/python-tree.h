/* python-tree.h - which Python programs run, each with all its processes.
 *
 * A program is a process and those of its descendants that multiprocessing started: they
 * share unlinked memory with it, have its command line (fork), or one that names
 * multiprocessing (spawn, forkserver). A program that it started by other means is another.
 */
#pragma once

#include "process.h"
#include "segment-info.h"

typedef struct python_tree PythonTree;

/* A program. */
struct python_tree
{
  pid_t root;         /* the outermost process */
  GArray *pids;       /* of pid_t, ascending; all that share memory */
  guint64 root_shared;  /* of the root alone, as the table has it */
  guint64 shared;     /* another number whenever a process comes, goes, or maps other shared memory */
};

void python_tree_free (PythonTree *self);

/* The programs among the processes of a table, by root. The caller owns the array of
 * PythonTree *. Costs a look at the stat and cmdline of each Python process. */
GPtrArray *python_trees (ProcessTable *processes, const char *proc);

/* The tree that the process belongs to, among them; NULL. */
const PythonTree *python_trees_find (const GPtrArray *trees, pid_t pid);

/* The command line as a title: "python3 app.py --fast"; NULL. Newly allocated, UTF-8. */
char *python_title (const char *proc, pid_t pid);

/* The kernel's number for its owner, and what identifies the program among all: for the list and
 * for who opened it alike. */
void python_identify (const char *proc, pid_t root, guint64 start_time, SegmentInfo *ret_values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PythonTree, python_tree_free)
