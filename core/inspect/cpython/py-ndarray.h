/* py-ndarray.h - what a numpy array is: dtype, shape, strides. */
#pragma once

#include "py-found.h"

/* As py_ctype_decode(), for an ndarray or an instance of a class derived from it (memmap)
 * whose data lies in shared memory. */
gboolean py_ndarray_decode (const PyReader *reader, guint64 object, PyFound *ret_found);
