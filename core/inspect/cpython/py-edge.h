/* py-edge.h - the ways from one object to others, each as a step that a programmer could
 * write. */
#pragma once

#include "py-kind.h"

/* How a step is written; key says more. */
enum py_step
{
  STEP_ROOT,       /* the beginning of a path */
  STEP_THROUGH,    /* not at all: a class behind its instance, a function behind staticmethod */
  STEP_ATTRIBUTE,  /* x.name; key: str object */
  STEP_OUTER,      /* likewise, but it is the variable of a function around x: counts twice */
  STEP_WORD,       /* x.word; key: an enum py_word */
  STEP_INDEX,      /* x[2]; key: the number */
  STEP_KEY,        /* x['rate']; key: the key object */
  STEP_MEMBER      /* list(x)[2]; key: the number */
};

enum py_word
{
  WORD_SELF,       /* of a bound method: __self__ */
  WORD_FUNCTION,   /* and __func__ */
  WORD_FUNC,       /* of a partial */
  WORD_ARGS,
  WORD_KEYWORDS,
  WORD_BASE,       /* of an array */
  WORD_OBJ         /* of a memoryview */
};

/* Returns FALSE to stop. */
typedef gboolean (*PyEdgeFunc) (enum py_step step, guint64 key, guint64 to, gpointer data);

/* Calls with everything that an object of this kind leads to, in the object's own order; of
 * very long ones with the first. Weak references are not followed.
 *
 * object: of KIND_GLOBALS a dict, of KIND_FRAME one of scan->frames, of KIND_ARGUMENTS a
 * multiprocessing Process. */
void py_edges_foreach (PyKinds *kinds, const PyReader *reader, enum py_kind kind,
                       gboolean has_attributes, guint64 object, PyEdgeFunc func, gpointer data);
