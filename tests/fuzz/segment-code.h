/* segment-code.h - segments as short inputs for the fuzzer.
 *
 * A segment has 40 KiB and more, most of it zero, and no mutation finds the
 * words that count. So an input is a recipe:
 *
 *   'P' record...   segment_bytes_build, then patched. A record has 12 bytes:
 *                   which word (2 bytes; an index into the words that count),
 *                   how (1), 0, the value (8).
 *   'Z' run...      a segment of its own. A run is the number of zero words (2
 *                   bytes), that of other words (2), and these, of 8 bytes.
 *
 * All numbers are little endian.
 */
#ifndef SHMLENS_TESTS_SEGMENT_CODE_H
#define SHMLENS_TESTS_SEGMENT_CODE_H

#include <stddef.h>
#include <stdint.h>

#define SEGMENT_CODE_LONGEST (UINT64_C (1) << 18)

/* Makes the segment of a recipe.
 *
 * @returns its bytes, exactly as long as ret_length says; to be freed. NULL when
 *   the recipe is none.
 */
char *segment_code_decode (const uint8_t *code, size_t size, uint64_t *ret_length);

/* The 'Z' recipe of a segment.
 *
 * @returns its bytes, to be freed.
 */
uint8_t *segment_code_encode (const char *segment, uint64_t length, size_t *ret_size);

#endif
