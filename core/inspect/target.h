/* target.h - which elements a user means: ENTRY[a:b], ENTRY[i][j], ENTRY.field.
 *
 * An exact entry name comes first (names may hold brackets, dots and spaces), then a
 * quoted name ('a[0]'[3] or "…"), then the longest name that is followed by an index or
 * a field. Indices may be negative (from the end); a slice may be left open on both
 * sides, and must be the last index; leading dimensions may be indexed and the rest
 * left out. The same goes for the indices of an array field. A structure whose fields are
 * named by numbers ("[0]", a list of mixed types) is indexed like an array. Nothing is cut to fit: a
 * slice beyond the end is out of bounds.
 *
 * What cannot be seen in a name may be written as it is or as the escape that is shown of it.
 */
#pragma once

#include "attachment.h"

struct target
{
  EntryInfo *entry;
  guint64 first, last;   /* elements in C order */
  gboolean is_slice;     /* more than one element was meant: print a list even of one */
  int field;             /* -1 none: whole elements */
  guint64 field_index;   /* the first element of an array field */
  guint64 field_length;  /* how many of them; 1 of any other field */
  guint dimensions;      /* of what is selected, those of the field last: shape of the result */
  guint64 shape[2 * SHMLENS_DIMENSIONS_MAX];
};

/* Errors: NOT_FOUND (no such entry, with near names; index out of bounds, with the
 * length), USAGE (cannot be read, with the place). */
gboolean target_parse (Attachment *attachment, const char *text, struct target *ret_target,
                       GError **error);
void target_clear (struct target *target);

/* An entry's name as it stands before an index or a field: in quotes when it has to. Newly
 * allocated. */
char *target_name (const char *name);
