/* format-private.h - what the three files of the format share. */
#ifndef SHMLENS_FORMAT_PRIVATE_H
#define SHMLENS_FORMAT_PRIVATE_H

#include "format.h"

#define FORMAT_ATTACHERS_LENGTH ((uint64_t) FORMAT_ATTACHERS * sizeof (struct format_attacher))

void format_set_error (struct format_error *ret_error, const char *text, ...)
    __attribute__ ((format (printf, 2, 3)));

/* Whether offset and offset + length, which may overflow, lie in [first, end]. */
bool format_range_fits (uint64_t offset, uint64_t length, uint64_t first, uint64_t end);

/* For ranges that are known not to overflow. An empty one overlaps what it lies in. */
bool format_ranges_overlap (uint64_t a, uint64_t a_length, uint64_t b, uint64_t b_length);

/* As format_name_is_valid, but the text may be empty. */
bool format_text_is_valid (const char *text, size_t size, size_t longest);

/* Judges where a slot's extent lies, alone; as format_check_slot. */
int format_check_extent (const struct format_header *header, const struct format_slot *slot,
                         uint32_t index, uint64_t length, struct format_error *ret_error);

/* The bytes of a directory block. */
uint64_t format_block_length (unsigned block);

#endif
