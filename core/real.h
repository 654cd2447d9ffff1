/* real.h - floating-point numbers as text, whatever the locale. */
#ifndef SHMLENS_CORE_REAL_H
#define SHMLENS_CORE_REAL_H

#include <stddef.h>
#include <stdint.h>

/* Room for what real_print() writes. */
#define REAL_TEXT_SIZE 32

/* Both take an IEEE 754 number of `size` 4 or 8 bytes, not aligned, and count
 * on the rounding to nearest that every thread starts with. */

/* Reads the number nearest to the text, rounded once to its own size: decimal
 * or hexadecimal notation, "inf", "infinity" or "nan" in any case, a sign
 * before. 0, -EINVAL, or -ERANGE when it is too large. */
int real_parse (const char *text, size_t length, uint32_t size, void *ret_element);

/* Writes the shortest text that reads back to the same number, in the form of
 * Python's repr(); returns its length. */
int real_print (const void *element, uint32_t size, char ret_text[REAL_TEXT_SIZE]);

#endif
