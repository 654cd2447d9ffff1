/* shareable-list.h - the layout of Python's multiprocessing.shared_memory.ShareableList, from
 * the bytes of its block alone.
 *
 * The block begins with the number of elements n (int64). Then, from Python 3.9 on, n + 1 offsets
 * (int64) of the elements' slots from where they begin; in 3.8 instead n sizes of the slots.
 * Then the slots; for each element a struct format of 8 bytes; and for each a byte that says
 * what is made of it: 0 the number itself, 1 str, 2 bytes, 3 None. There is no lock.
 */
#pragma once

#include <glib.h>

#include "entry-info.h"

/* Describes the bytes as a structure with a field for each element, named by its index: "[0]".
 *
 * int is int64, float is float64, bool is bool; str (UTF-8, filled up with NULs) and bytes are
 * arrays of char as long as their slot. None is a bool with the label "None" that cannot be
 * edited. An edit may change the value of an element within its slot, and never its type: that is
 * in the format beside it. Elements beyond SHMLENS_FIELDS_MAX are left out, and doc says so.
 *
 * Sets type, length, fields, labels, doc and editable of ret_shape, which is freed by
 * entry_info_clear(). FALSE, and ret_shape is left alone: the bytes are no ShareableList of
 * either layout, or one without elements. A pure function, for any bytes. */
gboolean shareable_list_describe (const void *bytes, gsize length, EntryInfo *ret_shape);
