/* py-walk.h - the way from what can be named to what was found, breadth first and so the
 * shortest path first. See py-names.h. */
#pragma once

#include "py-edge.h"
#include "py-found.h"

typedef struct py_walk PyWalk;
typedef struct py_name PyName;

struct py_name
{
  char *text;
  enum py_place place;
  gboolean is_inner;  /* of the object inside its wrapper */
  guint depth;        /* steps */
};

/* Keeps the arguments. found: of PyFound *. cancelled: atomic, may be NULL. */
PyWalk *py_walk_new (const PyReader *reader, PyPlaces *places, PyKinds *kinds,
                     const GPtrArray *found, const gint *cancelled);
void py_walk_free (PyWalk *self);

/* path: what a path from it begins with; taken. */
void py_walk_add_root (PyWalk *self, enum py_place place, enum py_kind kind, guint64 object,
                       char *path);
void py_walk_run (PyWalk *self);

/* The names of found[index]; of PyName *, in the order in which they were seen. Owned by
 * self. */
GPtrArray *py_walk_names (PyWalk *self, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyWalk, py_walk_free)
