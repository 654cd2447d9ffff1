/* py-block.h - what multiprocessing.shared_memory has: blocks that programs know by a name, and
 * lists in such blocks. */
#pragma once

#include "py-found.h"

/* As py_ctype_decode(), for one of scan->blocks. A SharedMemory is an array of bytes; a
 * ShareableList a structure of its elements (see shareable-list.h), or bytes when what is in it
 * is none. object is the mmap that it lies in, wrapper the instance itself. FALSE: it is closed. */
gboolean py_block_decode (const PyReader *reader, guint64 object, PyFound *ret_found);

/* Adds all of scan->blocks. The SharedMemory of a ShareableList becomes a part. */
void py_block_find (const PyReader *reader, const PyScan *scan, GPtrArray *found);
