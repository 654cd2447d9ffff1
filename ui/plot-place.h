/* plot-place.h - which number of an entry is meant: a value, an element of an array, a field of a
 * structure. Any thread. */
#pragma once

#include "attachment.h"

/* entry, element, field and index as in entry_info_extract(). */
struct plot_place
{
  Attachment *attachment;
  EntryInfo *entry;
  guint64 element;
  int field;             /* -1: the element itself */
  guint64 field_index;
};

/* Whether it is there and one number: no structure, no field with several. */
gboolean plot_place_is_number (const struct plot_place *place);
const struct shmlens_type *plot_place_type (const struct plot_place *place);
/* As people write it; newly allocated. */
char *plot_place_name (const struct plot_place *place);

/* The number in a copy of the element. is_rounded: set when it could not be kept exactly. */
double plot_place_value (const struct plot_place *place, const void *element,
                         gboolean *is_rounded);
