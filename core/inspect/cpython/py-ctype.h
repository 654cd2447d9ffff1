/* py-ctype.h - what an instance of ctypes is: element type, shape, fields. */
#pragma once

#include "py-found.h"

/* Decodes the ctypes instance at `object` (simple types, arrays nested to any depth,
 * structures and unions, big-endian ones): fills data, size, shape of ret_found (not where it
 * is across processes, nor locks and names). Function pointers, and instances that view a part
 * of another (b_base), are not objects of their own: FALSE. Needs no scan.
 *
 * Element types that no type code has are shown so that nothing is guessed or lost: see
 * py-ctype.c. More than four dimensions are folded into the first. */
gboolean py_ctype_decode (const PyReader *reader, guint64 object, PyFound *ret_found);

/* What was found of types: of many objects of one type, that is taken apart once. For one look at
 * a process, in which types do not change; the caller owns it. */
GHashTable *py_ctype_shapes_new (void);
