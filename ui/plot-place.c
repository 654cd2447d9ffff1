/* plot-place.c - which number of an entry is meant. */
#include "plot-place.h"

#include "number.h"

gboolean
plot_place_is_number (const struct plot_place *place)
{
  const EntryInfo *entry = place->entry;

  if (place->element >= entry->length || place->field >= (int) entry->n_fields)
    return FALSE;
  if (place->field < 0)
    return entry->type.kind != SHMLENS_KIND_STRUCT;
  return entry->fields[place->field].type.kind != SHMLENS_KIND_STRUCT
         && place->field_index < entry_field_length (&entry->fields[place->field]);
}

const struct shmlens_type *
plot_place_type (const struct plot_place *place)
{
  return place->field < 0 ? &place->entry->type : &place->entry->fields[place->field].type;
}

char *
plot_place_name (const struct plot_place *place)
{
  return entry_info_scalar_name (place->entry, place->element, place->field, place->field_index);
}

double
plot_place_value (const struct plot_place *place, const void *element, gboolean *is_rounded)
{
  struct shmlens_type type;
  guint64 scalar = 0;
  Number number;

  entry_info_extract (place->entry, element, place->field, place->field_index, &type, &scalar);
  number = number_load (&type, &scalar);
  if (number.form == NUMBER_FLOAT)
    return number.single;
  if (number.form == NUMBER_DOUBLE)
    return number.real;
  if ((WideInteger) (double) number.integer != number.integer)
    *is_rounded = TRUE;
  return (double) number.integer;
}
