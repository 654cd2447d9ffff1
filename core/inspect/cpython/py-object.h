/* py-object.h - Python objects, read one look at a time. Every function validates what it
 * reads and bounds what it follows; a failure means only "this is not one (any more)". */
#pragma once

#include "py-runtime.h"

typedef struct py_reader PyReader;

/* What the functions need, kept together. */
struct py_reader
{
  PyImage *image;
  const PyRuntime *runtime;
  GHashTable *shapes;   /* py_ctype_shapes_new(); NULL: every object is taken apart anew */
};

#define PY_NAME_MAX 256
#define PY_ITEMS_MAX 1000000

/* An object: refcount plausible, and a type that is a type. ret_type may be NULL. */
gboolean py_object_type (const PyReader *reader, guint64 object, guint64 *ret_type);
/* Whether it is of exactly this type; or of it or one derived from it. */
gboolean py_object_is (const PyReader *reader, guint64 object, guint64 type);
gboolean py_object_is_kind (const PyReader *reader, guint64 object, guint64 type);

/* Types. Names: tp_name as it stands ("_ctypes.PyCSimpleType", of a class written in
 * Python "Point"); newly allocated, NULL. py_type_has_name() follows the bases. */
gboolean py_type_is_type (const PyReader *reader, guint64 type);
char *py_type_name (const PyReader *reader, guint64 type);
guint64 py_type_base (const PyReader *reader, guint64 type);  /* 0 none */
gboolean py_type_derives (const PyReader *reader, guint64 type, const char *base_name);
/* The class's __module__, or what stands before the last dot of tp_name; NULL. */
char *py_type_module (const PyReader *reader, guint64 type);

/* Builtin values. str: newly allocated UTF-8, at most `most` characters (NULL when it is
 * longer); int: FALSE when it does not fit. */
char *py_string (const PyReader *reader, guint64 object, gsize most);
gboolean py_string_is (const PyReader *reader, guint64 object, const char *text);
gboolean py_integer (const PyReader *reader, guint64 object, gint64 *ret_value);

/* Calls with each item until it returns FALSE; PY_ITEMS_MAX at most. Returns FALSE when it
 * is no such object. dict: in the order of insertion. */
typedef gboolean (*PyPairFunc) (guint64 key, guint64 value, gpointer data);
typedef gboolean (*PyItemFunc) (guint64 index, guint64 item, gpointer data);
gboolean py_dict_foreach (const PyReader *reader, guint64 dict, PyPairFunc func, gpointer data);
guint64 py_dict_find (const PyReader *reader, guint64 dict, const char *key);  /* 0 none */
/* list and tuple. */
gboolean py_sequence_foreach (const PyReader *reader, guint64 sequence, PyItemFunc func,
                              gpointer data);
guint64 py_sequence_item (const PyReader *reader, guint64 sequence, guint64 index);  /* 0 none */

/* Attributes of an instance of a class written in Python, wherever its version keeps them
 * (a dict, a split dict, inline values, slots). 0: none. func gets the name's str object. */
guint64 py_attribute (const PyReader *reader, guint64 object, const char *name);
gboolean py_attributes_foreach (const PyReader *reader, guint64 object, PyPairFunc func,
                                gpointer data);
