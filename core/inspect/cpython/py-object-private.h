/* py-object-private.h - what the files of py-object share. */
#pragma once

#include "py-object.h"

/* What all versions share: offsets in an object, a type, a variable-size object. */
#define SIZE 16
#define ITEMS 24
#define TYPE_NAME 24
#define TYPE_BASIC_SIZE 32
#define TYPE_ITEM_SIZE 40
#define TYPE_FLAGS 168
#define TYPE_BASE 256
#define TYPE_DICT 264
#define TYPE_DICT_OFFSET 288
#define TYPE_MRO 344

#define FLAG_INLINE_VALUES (1u << 2)
#define FLAG_MANAGED_DICT (1u << 4)
#define FLAG_HEAP_TYPE (1u << 9)
#define FLAG_INTEGER (1u << 24)
#define FLAG_LIST (1u << 25)
#define FLAG_TUPLE (1u << 26)
#define FLAG_STRING (1u << 28)
#define FLAG_DICT (1u << 29)
#define FLAG_TYPE (1u << 31)

typedef gboolean (*PyTypeFunc) (const PyReader *reader, guint64 type, gconstpointer data);

guint64 py_type_flags (const PyReader *reader, guint64 type);
/* Calls with the type and those it derives from, in the order of its attributes' resolution,
 * until one returns TRUE; then TRUE. */
gboolean py_type_any_base (const PyReader *reader, guint64 type, PyTypeFunc func,
                           gconstpointer data);
/* Whether the object's type has this flag, which says that it derives from a built-in one. */
gboolean py_object_has_flag (const PyReader *reader, guint64 object, guint64 flag);

/* Goes through the values of a dict or object that shares its keys with others of its class.
 * keys, values: addresses. */
gboolean py_split_foreach (const PyReader *reader, guint64 keys, guint64 values, PyPairFunc func,
                           gpointer data);
