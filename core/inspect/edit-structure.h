/* edit-structure.h - several fields of structures written at once: which bits of an element
 * are theirs, and elements put together of what is there and what is wanted. What lies between the
 * fields, and fields that may not be edited, are nobody's and stay as they are.
 */
#pragma once

#include "entry-info.h"
#include "memory.h"

typedef struct edit_structure EditStructure;

struct edit_structure
{
  const EntryInfo *entry;
  guint8 *mask;              /* of one element: the bits that are written */
  struct memory_part *parts; /* of one element: the bytes, one part a field */
  guint n_parts;
};

/* All fields of the entry that can be edited. NULL: there are none. The entry must live as long. */
EditStructure *edit_structure_new (const EntryInfo *entry);
void edit_structure_free (EditStructure *self);

/* Makes `after` of n elements: as `before`, and in the fields as `wanted`.
 *
 * expected: what must be there; then fields in which it is as `wanted` are left alone, since
 * nothing is to be changed in them. NULL: anything.
 * FALSE: a field is not as expected; which, and of which element. */
gboolean edit_structure_blend (const EditStructure *self, guint64 n, const guint8 *before,
                               const guint8 *expected, const guint8 *wanted, guint8 *after,
                               guint64 *ret_element, guint *ret_field, guint64 *ret_index);
