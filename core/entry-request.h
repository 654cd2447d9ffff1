/* entry-request.h - what a caller wants to be made. */
#ifndef SHMLENS_CORE_ENTRY_REQUEST_H
#define SHMLENS_CORE_ENTRY_REQUEST_H

#include "entry.h"

/* What is to be made, checked as far as that is possible without the segment. */
struct entry_request
{
  struct shmlens_segment *segment;
  const struct shmlens_entry_attr *attr;
  const void *initial;
  struct format_slot slot; /* all but the places */
  uint8_t *metadata;       /* slot.metadata_length bytes */
};

#define ENTRY_REQUEST_NAME(request) (request)->slot.name, (request)->segment->name

/* Checks the arguments of shmlens_value_create (dimensions 0) and
 * shmlens_array_create.
 *
 * @param ret_request  the caller frees its metadata, also on failure.
 * @returns 0; -EINVAL, -EOVERFLOW, -ENOMEM with a sentence.
 */
int entry_request_make (struct shmlens_segment *segment, const char *name, char code,
                        unsigned dimensions, const uint64_t *shape, const void *initial,
                        const struct shmlens_entry_attr *attr, struct entry_request *ret_request);

#endif
