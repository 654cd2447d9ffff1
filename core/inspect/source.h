/* source.h - finding segments: the interface of a kind of program, and the
 * registry that holds one source of each kind.
 *
 * To add a kind: write source-KIND.{h,c} with a SourceClass, and name it in
 * registry_new(). Nothing above knows which source a segment came from.
 */
#pragma once

#include "attachment.h"

typedef struct source Source;
typedef struct source_class SourceClass;
typedef struct registry Registry;

struct source_class
{
  const char *kind;
  /* All segments of this kind now, as SegmentInfo, in any order; never NULL. May
   * read files; is called on the registry's thread. `previous` is the list it gave
   * last, so that what did not change need not be opened again. */
  GPtrArray *(*list) (Source *self, GPtrArray *previous);
  /* Opens one; NULL without an error means: not of this kind, ask the next source. */
  Attachment *(*open) (Source *self, const char *id, GError **error);
  void (*finalize) (Source *self);
};

struct source
{
  const SourceClass *class;
};

/* Where the system is looked at; tests give made-up roots. */
struct registry_roots
{
  const char *shm;   /* "/dev/shm" */
  const char *proc;  /* "/proc" */
};

/* The list as it is now (SegmentInfo, sorted by title, then id), on the context
 * the registry was made on. Called only when something changed. */
typedef void (*RegistryChanged) (Registry *registry, GPtrArray *segments, gpointer user_data);

/* roots: NULL means the real ones. */
Registry *registry_new (const struct registry_roots *roots);
void registry_free (Registry *registry);

/* The list of segments, looked at right now, in this thread. The caller owns it. */
GPtrArray *registry_list (Registry *registry);

/* Watches from now on, at a cost that does not grow with what did not change:
 * inotify for names, a difference of the process list each second for who maps
 * what. Calls back first with the list as it is. One watch at a time. */
void registry_watch (Registry *registry, RegistryChanged changed, gpointer user_data);
void registry_unwatch (Registry *registry);

/* Opens a segment by what a user wrote: "shm:/name", "/name".
 * Errors: NOT_FOUND (names what does exist and comes near), PERMISSION, CORRUPT. */
Attachment *registry_open (Registry *registry, const char *id, GError **error);

/* Gives bytes of a foreign segment a type by hand ("float32[480][640]",
 * "int64 @ 128"; several by "; "), remembered for the name; NULL or "" forgets it.
 * Errors: USAGE with the place in the expression. */
gboolean registry_set_type (Registry *registry, const char *id, const char *expression,
                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Registry, registry_free)
