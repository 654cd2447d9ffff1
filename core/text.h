/* text.h - UTF-8, and text that is safe to show in a sentence. */
#ifndef SHMLENS_CORE_TEXT_H
#define SHMLENS_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for what text_quote() writes. */
#define TEXT_QUOTED_SIZE 192

/* The first character of length bytes, when it is one: overlong forms,
 * surrogates, and what lies beyond U+10FFFF are none.
 *
 * Returns its bytes, 1 to 4; 0 when there is no valid character. */
size_t text_decode (const char *text, size_t length, uint32_t *ret_code_point);

/* Writes the UTF-8 of a code point; returns its bytes, 0 when it has no UTF-8. */
size_t text_encode (uint32_t code_point, char ret_bytes[4]);

/* Whether a code point can be seen when it stands alone: no control or format
 * character, no blank but the space, nothing that Unicode will never assign. */
bool text_is_printable (uint32_t code_point);

/* The text in quotation marks, what cannot be seen escaped, cut after a few
 * dozen bytes. Returns ret_quoted. */
const char *text_quote (const char *text, size_t length, char ret_quoted[TEXT_QUOTED_SIZE]);

/* error_set() for a text that is not accepted: `"text": reason; remedy`. */
int text_refuse (int code, const char *text, size_t length, const char *reason,
                 const char *remedy);

#endif
