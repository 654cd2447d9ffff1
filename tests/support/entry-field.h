/* entry-field.h - a field of a structure, as tests of entries make it up.
 *
 * To be included after cmocka.h.
 */
#pragma once

#include "entry-info.h"

static inline EntryField
field_of (const char *name, char code, guint32 offset)
{
  EntryField field = { .name = (char *) name, .offset = offset };

  assert_int_equal (shmlens_type_from_code (code, &field.type), 0);
  return field;
}
