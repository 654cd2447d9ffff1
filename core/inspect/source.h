/* source.h - finding segments: the interface of a kind of program, and the
 * registry that holds one source of each kind.
 *
 * To add a kind: write source-KIND.{h,c} with a SourceClass, and name it in
 * registry_new(). Nothing above knows which source a segment came from.
 */
#pragma once

#include "attachment.h"
#include "process.h"

typedef struct source Source;
typedef struct source_class SourceClass;
typedef struct registry Registry;

struct source_class
{
  const char *kind;
  /* All segments of this kind now, as SegmentInfo, in any order; never NULL. May
   * read files, and keep what it read for the next time. `processes` tells who maps
   * what in the shared memory directory. What an earlier source in the registry has
   * listed under the same id is left out afterwards. */
  GPtrArray *(*list) (Source *self, ProcessTable *processes);
  /* Waits, some seconds at most, for what list() has left for later. Returns whether it is known
   * now, and list() would say it; FALSE also when nothing was left. May be NULL. */
  gboolean (*settle) (Source *self);
  /* Whether something changed since list() that no event of the directory and no
   * process tells of. Costs next to nothing; may be NULL. */
  gboolean (*changed) (Source *self);
  /* Opens one; NULL without an error means: not of this kind, ask the next source. */
  Attachment *(*open) (Source *self, const char *id, GError **error);
  void (*finalize) (Source *self);
};

/* list(), settle() and changed() are called by one thread at a time, open() by any. */
struct source
{
  const SourceClass *class;
};

/* Where the system is looked at; tests give made-up roots. */
struct registry_roots
{
  const char *shm;   /* "/dev/shm" */
  const char *proc;  /* "/proc" */
  gboolean only_shm; /* what lies in shm alone, no programs */
};

/* The list as it is now (SegmentInfo, sorted by title, then id), on the context
 * the registry was made on. Called only when something changed. */
typedef void (*RegistryChanged) (Registry *registry, GPtrArray *segments, gpointer user_data);

/* roots: NULL means the real ones. */
Registry *registry_new (const struct registry_roots *roots);
void registry_free (Registry *registry);

/* The list of segments, looked at right now, in this thread; those of one kind, or of all (NULL):
 * programs are looked through for it. The caller owns it. */
GPtrArray *registry_list (Registry *registry, const char *kind);

/* Watches from now on, at a cost that does not grow with what did not change:
 * inotify for names, a difference of the process list each second for who maps
 * what. Calls back first with the list as it is. One watch at a time. */
void registry_watch (Registry *registry, RegistryChanged changed, gpointer user_data);
void registry_unwatch (Registry *registry);

/* Opens a segment by what a user wrote: "shm:/name", "/name", "name". Looks at this
 * segment alone: who maps it is what registry_list() tells, the attachment's info
 * has only those that say themselves that they have it attached.
 *
 * Errors: NOT_FOUND (names what does exist and comes near), PERMISSION, CORRUPT. */
Attachment *registry_open (Registry *registry, const char *id, GError **error);

/* Gives bytes of a foreign segment a type by hand ("float32[480][640]",
 * "int64 @ 128"; several by "; "), remembered for the name; NULL or "" forgets it.
 * Errors: USAGE with the place in the expression. */
gboolean registry_set_type (Registry *registry, const char *id, const char *expression,
                            GError **error);
/* The expression that was given, newly allocated; NULL when none was. */
char *registry_type_of (Registry *registry, const char *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Registry, registry_free)
