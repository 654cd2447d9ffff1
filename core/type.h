/* type.h - element types, as the library itself sees them. */
#ifndef SHMLENS_CORE_TYPE_H
#define SHMLENS_CORE_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "shmlens.h"

/* The type of a kind and a size that were stored in a segment, with a type code
 * chosen for this machine; a structure of any size but 0 has the code `T`. False,
 * and ret_type is left alone, when this library has no such type. */
bool type_from_kind (uint8_t kind, uint32_t size, struct shmlens_type *ret_type);

/* As type_from_kind(), but keeps the code that was stored beside them when it
 * stands for the same kind and size here ('l' and 'q' often do). */
bool type_from_stored (uint8_t kind, uint32_t size, char code, struct shmlens_type *ret_type);

/* Whether elements of the type can be read from text and written as text: it is
 * no structure, and of a kind and size that exist here. The code does not count. */
bool type_is_scalar (const struct shmlens_type *type);

#endif
