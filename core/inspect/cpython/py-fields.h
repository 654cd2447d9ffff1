/* py-fields.h - the fields of a structure while they are gathered, whatever says what they are.
 *
 * What describes a structure is hostile: how many fields there are, how deep they nest, how
 * long their names are and how often a description was tried in vain are all bounded. */
#pragma once

#include "entry-info.h"

typedef struct py_fields PyFields;
typedef struct py_leaf PyLeaf;

/* What has no parts: a scalar, or something that is shown as several. */
struct py_leaf
{
  struct shmlens_type type;
  gboolean swapped;
  guint bit_offset, bit_width;  /* as in EntryField */
  guint64 repeat;      /* not 0: so many of the type, a last dimension more */
  enum shmlens_role role;
  const char *doc;     /* what it is, where its type does not say that; NULL. Static */
  const char *reason;  /* why it must not be edited: a sentence; NULL. Static */
};

struct py_fields
{
  GArray *fields;  /* of EntryField */
  guint64 size;    /* of the structure: what lies behind it is refused */
  guint work;      /* fields that may still be added, and taken off again */
};

#define PY_DEPTH_MAX 32
#define PY_PATH_MAX 1024  /* bytes of a field's name with what it is nested in */

void py_fields_init (PyFields *self, guint64 size);
void py_fields_clear (PyFields *self);

/* Adds one, named prefix and name in one. FALSE, and nothing is added: it does not lie within
 * the structure, or there are too many. */
gboolean py_fields_add (PyFields *self, const char *prefix, const char *name, guint64 offset,
                        const PyLeaf *leaf, const guint64 *shape, guint dimensions);
/* Adds both parts of a complex number: prefix "z.". */
gboolean py_fields_add_complex (PyFields *self, const char *prefix, guint64 offset,
                                const PyLeaf *leaf);
/* Adds bytes that nothing better is known of. */
gboolean py_fields_add_bytes (PyFields *self, const char *prefix, const char *name, guint64 offset,
                              guint64 size);
/* Takes off those that were added after there were n. */
void py_fields_truncate (PyFields *self, guint n);
/* Hands the fields over; self is empty then. */
void py_fields_steal (PyFields *self, EntryInfo *shape);

/* How many elements a shape has; FALSE when that is beyond what a process can have. */
gboolean py_shape_length (const guint64 *shape, guint dimensions, guint64 *ret_length);
/* Folds what is more than SHMLENS_DIMENSIONS_MAX into the first. Of memory without gaps.
 * Returns how many are left. */
guint py_shape_fold (guint64 *shape, guint dimensions);

/* Sets the type, dimensions, shape, strides, length, role, doc and reason of a whole that has
 * no gaps. shape: room for one more. */
void py_shape_set (EntryInfo *ret_shape, const PyLeaf *leaf, guint64 *shape, guint dimensions);
/* The same for so many bytes that nothing better is known of, and why that is so. */
void py_shape_set_bytes (EntryInfo *ret_shape, guint64 size, const char *doc);
/* Names the elements of an array of structures while it is laid flat: "[1][0]", by the number of
 * the element in C order. Newly allocated. */
char *py_shape_index (const guint64 *shape, guint dimensions, guint64 element);
