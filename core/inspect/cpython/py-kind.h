/* py-kind.h - which kinds of objects lead to others, by their types. Remembers what it has
 * found out of a type, for there are few types and many objects. */
#pragma once

#include "py-place.h"

typedef struct py_kinds PyKinds;

enum py_kind
{
  KIND_LEAF,       /* leads nowhere: numbers, text, … */
  KIND_INSTANCE,   /* has attributes only */
  KIND_SEQUENCE,   /* list, tuple */
  KIND_RECORD,     /* a tuple whose items have names */
  KIND_DICT,
  KIND_SET,
  KIND_DEQUE,
  KIND_NAMESPACE,  /* types.SimpleNamespace */
  KIND_CLASS,
  KIND_FUNCTION,
  KIND_METHOD,     /* bound */
  KIND_CALLABLE,   /* staticmethod, classmethod: a function inside */
  KIND_PARTIAL,
  KIND_CELL,
  KIND_MODULE,
  KIND_NDARRAY,
  KIND_MEMORYVIEW,
  KIND_PROXY,      /* types.MappingProxyType */
  /* Of roots: no objects of one type. */
  KIND_GLOBALS,
  KIND_FRAME,
  KIND_ARGUMENTS   /* a Process, whose arguments its target's parameters name */
};

struct py_kind_info
{
  enum py_kind kind;
  gboolean has_attributes;  /* it may also have attributes, being of a class written in Python */
  enum py_place place;      /* of its class */
};

/* Keeps the arguments. */
PyKinds *py_kinds_new (const PyReader *reader, const PyScan *scan, PyPlaces *places);
void py_kinds_free (PyKinds *self);

/* Of an object; NULL: it is none. ret_type: its type; may be NULL. Valid until the next call. */
const struct py_kind_info *py_kinds_of (PyKinds *self, guint64 object, guint64 *ret_type);
/* Of a class, where it is from. */
enum py_place py_kinds_place_of_class (PyKinds *self, guint64 type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyKinds, py_kinds_free)
