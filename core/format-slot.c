/* format-slot.c - judging copies of slots and of their metadata. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "format-private.h"

#define INLINE_VALUE offsetof (struct format_lock, inline_value)

/* Where a sentence begins: "slot 3 ("loss"), ". */
struct place
{
  uint32_t index;
  const char *name;  /* NULL until it is known to be one */
  struct format_error *error;
};

static int __attribute__ ((format (printf, 2, 3)))
fail (const struct place *place, const char *text, ...)
{
  char sentence[sizeof place->error->text];
  va_list arguments;

  va_start (arguments, text);
  vsnprintf (sentence, sizeof sentence, text, arguments);
  va_end (arguments);
  if (place->name != NULL)
    format_set_error (place->error, "slot %" PRIu32 " (\"%s\"), %s", place->index, place->name,
                      sentence);
  else
    format_set_error (place->error, "slot %" PRIu32 ", %s", place->index, sentence);
  return -EBADMSG;
}

/* What is wrong with a type, or NULL. */
static const char *
type_fault (uint8_t kind, uint32_t size, char code)
{
  const char *codes;
  bool known;

  switch (kind)
    {
    case SHMLENS_KIND_BOOL:
      codes = "?";
      known = size == 1;
      break;
    case SHMLENS_KIND_CHAR:
      codes = "c";
      known = size == 1;
      break;
    case SHMLENS_KIND_UNICODE:
      codes = "u";
      known = size == 2 || size == 4;
      break;
    case SHMLENS_KIND_SIGNED:
      codes = "bhilq";
      known = size == 1 || size == 2 || size == 4 || size == 8;
      break;
    case SHMLENS_KIND_UNSIGNED:
      codes = "BHILQ";
      known = size == 1 || size == 2 || size == 4 || size == 8;
      break;
    case SHMLENS_KIND_FLOAT:
      codes = "fd";
      known = size == 4 || size == 8;
      break;
    case SHMLENS_KIND_STRUCT:
      codes = "T";
      known = size >= 1 && size <= FORMAT_ELEMENT_MAX;
      break;
    default:
      return "is no known kind";
    }
  if (!known)
    return "has no such size";
  if (code == '\0' || strchr (codes, code) == NULL)
    return "has no such code";
  return NULL;
}

static uint64_t
alignment (const struct format_slot *slot)
{
  return slot->kind == SHMLENS_KIND_STRUCT ? 8 : slot->element_size;
}

static int
check_extent (const struct place *place, const struct format_header *header,
              const struct format_slot *slot, uint64_t length)
{
  uint64_t end = length < header->capacity ? length : header->capacity;

  if (slot->extent_offset == 0 && slot->extent_length == 0)
    return 0;
  if (slot->extent_offset % FORMAT_ALIGNMENT != 0)
    return fail (place, "extent_offset: %" PRIu64 " is no multiple of %u", slot->extent_offset,
                 FORMAT_ALIGNMENT);
  if (slot->extent_length % FORMAT_ALIGNMENT != 0 || slot->extent_length == 0)
    return fail (place, "extent_length: %" PRIu64 " is no multiple of %u above 0",
                 slot->extent_length, FORMAT_ALIGNMENT);
  if (slot->extent_offset < header->header_size)
    return fail (place, "extent_offset: %" PRIu64 " lies in the header's %" PRIu32 " bytes",
                 slot->extent_offset, header->header_size);
  if (!format_range_fits (slot->extent_offset, slot->extent_length, 0, end))
    return fail (place,
                 "extent_offset: %" PRIu64 " with %" PRIu64 " bytes lies beyond the segment's %"
                 PRIu64 " bytes",
                 slot->extent_offset, slot->extent_length, end);
  if (format_ranges_overlap (slot->extent_offset, slot->extent_length, header->attacher_offset,
                             FORMAT_ATTACHERS_LENGTH))
    return fail (place, "extent_offset: %" PRIu64 " with %" PRIu64
                 " bytes overlaps the attachers at %" PRIu64,
                 slot->extent_offset, slot->extent_length, header->attacher_offset);
  for (unsigned block = 0; block < FORMAT_BLOCKS && header->block_offset[block] != 0; block++)
    if (format_ranges_overlap (slot->extent_offset, slot->extent_length,
                               header->block_offset[block], format_block_length (block)))
      return fail (place, "extent_offset: %" PRIu64 " with %" PRIu64
                   " bytes overlaps directory block %u at %" PRIu64,
                   slot->extent_offset, slot->extent_length, block, header->block_offset[block]);
  return 0;
}

int
format_check_extent (const struct format_header *header, const struct format_slot *slot,
                     uint32_t index, uint64_t length, struct format_error *ret_error)
{
  struct place place = { index, NULL, ret_error };

  return check_extent (&place, header, slot, length);
}

/* lock_kind, lock_slot, and room for the lock when it is this slot's own. */
static int
check_lock (const struct place *place, const struct format_slot *slot)
{
  switch (slot->lock_kind)
    {
    case SHMLENS_LOCK_NONE:
    case SHMLENS_LOCK_EXTERNAL:
      if (slot->lock_slot != FORMAT_NO_SLOT)
        return fail (place, "lock_slot: %" PRIu32 ", but lock kind %u has none", slot->lock_slot,
                     slot->lock_kind);
      return 0;
    case SHMLENS_LOCK_ROBUST:
      break;
    default:
      return fail (place, "lock_kind: %u is no known kind", slot->lock_kind);
    }

  if (slot->lock_slot >= FORMAT_SLOTS_MAX)
    return fail (place, "lock_slot: %" PRIu32 " is not below %u", slot->lock_slot,
                 FORMAT_SLOTS_MAX);
  if (slot->lock_slot == place->index && slot->extent_length < sizeof (struct format_lock))
    return fail (place, "extent_length: %" PRIu64 " has no room for the lock's %zu bytes",
                 slot->extent_length, sizeof (struct format_lock));
  return 0;
}

static bool
owns_lock (const struct format_slot *slot, uint32_t index)
{
  return slot->lock_kind == SHMLENS_LOCK_ROBUST && slot->lock_slot == index;
}

static int
check_standalone_lock (const struct place *place, const struct format_slot *slot)
{
  if (!owns_lock (slot, place->index))
    return fail (place, "lock_slot: %" PRIu32 " with kind %u, but a lock that stands alone is its"
                 " own robust lock",
                 slot->lock_slot, slot->lock_kind);
  if (slot->name[0] != '\0')
    return fail (place, "name: a lock that stands alone has none");
  if (slot->data_length != 0)
    return fail (place, "data_length: %" PRIu64 ", but a lock that stands alone has no data",
                 slot->data_length);
  if (slot->metadata_length != 0)
    return fail (place, "metadata_length: %" PRIu32 ", but a lock that stands alone has none",
                 slot->metadata_length);
  return 0;
}

static int
check_type (const struct place *place, const struct format_slot *slot)
{
  const char *fault = type_fault (slot->kind, slot->element_size, slot->code);
  uint64_t bytes = slot->element_size;
  bool ranged = (slot->flags & (FORMAT_HAS_MINIMUM | FORMAT_HAS_MAXIMUM | FORMAT_HAS_PROGRESS_MAX))
                != 0;

  if (fault != NULL)
    return fail (place, "kind: %u with element size %" PRIu32 " and code %u %s", slot->kind,
                 slot->element_size, (unsigned char) slot->code, fault);
  if (slot->role > SHMLENS_ROLE_IMAGE)
    return fail (place, "role: %u is no known role", slot->role);
  if ((slot->flags & ~FORMAT_FLAGS_KNOWN) != 0)
    return fail (place, "flags: 0x%x has bits beyond 0x%x", slot->flags, FORMAT_FLAGS_KNOWN);
  if (ranged && slot->kind == SHMLENS_KIND_STRUCT)
    return fail (place, "flags: 0x%x gives a limit, but a structure has none", slot->flags);
  if (slot->dimensions > SHMLENS_DIMENSIONS_MAX)
    return fail (place, "dimensions: %u is more than %d", slot->dimensions,
                 SHMLENS_DIMENSIONS_MAX);

  /* Multiplied without the zeroes first: a product that passes through zero
   * must not hide one that overflows. */
  for (unsigned i = 0; i < slot->dimensions; i++)
    if (slot->shape[i] != 0 && __builtin_mul_overflow (bytes, slot->shape[i], &bytes))
      return fail (place, "shape[%u]: %" PRIu64 " makes the length overflow", i, slot->shape[i]);
  for (unsigned i = 0; i < slot->dimensions; i++)
    if (slot->shape[i] == 0)
      bytes = 0;
  for (unsigned i = slot->dimensions; i < SHMLENS_DIMENSIONS_MAX; i++)
    if (slot->shape[i] != 0)
      return fail (place, "shape[%u]: %" PRIu64 ", but there are only %u dimensions", i,
                   slot->shape[i], slot->dimensions);
  if (slot->data_length != bytes)
    return fail (place, "data_length: %" PRIu64 " is not the shape's %" PRIu64 " bytes",
                 slot->data_length, bytes);
  return 0;
}

/* Where the entry's data may begin, and where its metadata may. */
static int
check_data (const struct place *place, const struct format_slot *slot)
{
  uint64_t start = slot->extent_offset;
  uint64_t end = slot->extent_offset + slot->extent_length;
  bool has_lock = owns_lock (slot, place->index);

  if (has_lock)
    start += sizeof (struct format_lock);

  if (slot->data_length == 0 && slot->data_offset == 0)
    ;
  else if (has_lock && slot->data_offset == slot->extent_offset + INLINE_VALUE)
    {
      if (slot->data_length > sizeof ((struct format_lock *) NULL)->inline_value)
        return fail (place, "data_length: %" PRIu64 " bytes do not fit into the lock",
                     slot->data_length);
    }
  else
    {
      if (!format_range_fits (slot->data_offset, slot->data_length, start, end))
        return fail (place,
                     "data_offset: %" PRIu64 " with %" PRIu64 " bytes does not lie in the"
                     " entry's extent, %" PRIu64 " to %" PRIu64,
                     slot->data_offset, slot->data_length, start, end);
      start = slot->data_offset + slot->data_length;
    }
  if (slot->data_offset % alignment (slot) != 0)
    return fail (place, "data_offset: %" PRIu64 " is no multiple of %" PRIu64, slot->data_offset,
                 alignment (slot));

  if (slot->metadata_length == 0)
    {
      if (slot->metadata_offset != 0)
        return fail (place, "metadata_offset: %" PRIu64 ", but there is no metadata",
                     slot->metadata_offset);
      return 0;
    }
  if (slot->metadata_offset % sizeof (uint64_t) != 0)
    return fail (place, "metadata_offset: %" PRIu64 " is no multiple of %zu",
                 slot->metadata_offset, sizeof (uint64_t));
  if (!format_range_fits (slot->metadata_offset, slot->metadata_length, start, end))
    return fail (place,
                 "metadata_offset: %" PRIu64 " with %" PRIu32 " bytes does not lie between the"
                 " data and the extent's end, %" PRIu64 " to %" PRIu64,
                 slot->metadata_offset, slot->metadata_length, start, end);
  return 0;
}

static int
check_metadata_sizes (const struct place *place, const struct format_slot *slot)
{
  uint64_t needed;

  if (slot->field_count > SHMLENS_FIELDS_MAX)
    return fail (place, "field_count: %u is more than %d", slot->field_count, SHMLENS_FIELDS_MAX);
  if (slot->field_count > 0 && slot->kind != SHMLENS_KIND_STRUCT)
    return fail (place, "field_count: %u, but only a structure has fields", slot->field_count);
  if (slot->label_count > SHMLENS_LABELS_MAX)
    return fail (place, "label_count: %u is more than %d", slot->label_count, SHMLENS_LABELS_MAX);
  if (slot->doc_length > SHMLENS_DOC_MAX)
    return fail (place, "doc_length: %" PRIu32 " is more than %d", slot->doc_length,
                 SHMLENS_DOC_MAX);

  needed = slot->field_count * sizeof (struct format_field)
           + slot->label_count * sizeof (struct format_label)
           + (slot->doc_length > 0 ? slot->doc_length + 1 : 0);
  if (slot->metadata_length < needed || slot->metadata_length > FORMAT_METADATA_MAX)
    return fail (place, "metadata_length: %" PRIu32 " is not from %" PRIu64 " to %u",
                 slot->metadata_length, needed, FORMAT_METADATA_MAX);
  return 0;
}

int
format_check_slot (const struct format_header *header, const struct format_slot *slot,
                   uint32_t index, uint64_t length, struct format_error *ret_error)
{
  struct place place = { index, NULL, ret_error };
  enum format_slot_state state = FORMAT_STATE (slot->state);
  int result;

  if (state != FORMAT_SLOT_LIVE && state != FORMAT_SLOT_RETIRED)
    return fail (&place, "state: %u is neither live nor retired", state);

  if (state == FORMAT_SLOT_LIVE && slot->what == FORMAT_WHAT_ENTRY)
    {
      if (!format_name_is_valid (slot->name, sizeof slot->name, SHMLENS_ENTRY_NAME_MAX))
        return fail (&place, "name: not a name of 1 to %d bytes", SHMLENS_ENTRY_NAME_MAX);
      place.name = slot->name;
      if (slot->name_hash != format_hash (slot->name))
        return fail (&place, "name_hash: 0x%08" PRIx32 " is not that of the name, 0x%08" PRIx32,
                     slot->name_hash, format_hash (slot->name));
    }

  if ((result = check_extent (&place, header, slot, length)) < 0
      || (result = check_lock (&place, slot)) < 0)
    return result;

  if (state == FORMAT_SLOT_RETIRED)
    return owns_lock (slot, index)
               ? 0
               : fail (&place, "lock_slot: %" PRIu32 ", but a retired slot is kept for its lock",
                       slot->lock_slot);
  if (slot->what == FORMAT_WHAT_LOCK)
    return check_standalone_lock (&place, slot);
  if (slot->what != FORMAT_WHAT_ENTRY)
    return fail (&place, "what: %u is neither an entry nor a lock", slot->what);

  if ((result = check_type (&place, slot)) < 0
      || (result = check_metadata_sizes (&place, slot)) < 0
      || (result = check_data (&place, slot)) < 0)
    return result;
  if (!format_text_is_valid (slot->unit, sizeof slot->unit, SHMLENS_UNIT_MAX))
    return fail (&place, "unit: not a text of at most %d bytes", SHMLENS_UNIT_MAX);
  return 0;
}

uint64_t
format_lock_offset (const struct format_slot *slot, uint32_t index,
                    const struct format_slot *lock_slot, uint32_t lock_index)
{
  if (slot->lock_kind != SHMLENS_LOCK_ROBUST)
    return 0;
  if (slot->lock_slot == index)
    return slot->extent_offset;
  if (lock_slot == NULL || slot->lock_slot != lock_index || !owns_lock (lock_slot, lock_index))
    return 0;
  return lock_slot->extent_offset;
}

static int
check_field (const struct format_slot *slot, uint32_t index, unsigned number,
             const struct format_field *field, struct format_error *ret_error)
{
  struct place place = { index, NULL, ret_error };
  uint64_t bytes = field->size;
  const char *fault;
  char in[SHMLENS_ENTRY_NAME_MAX + 32];

  if (!format_name_is_valid (field->name, sizeof field->name, SHMLENS_ENTRY_NAME_MAX))
    return fail (&place, "field %u, name: not a name of 1 to %d bytes", number,
                 SHMLENS_ENTRY_NAME_MAX);
  snprintf (in, sizeof in, "field %u (\"%s\")", number, field->name);

  fault = field->kind == SHMLENS_KIND_STRUCT ? "is a structure; fields are flat"
                                             : type_fault (field->kind, field->size, field->code);
  if (fault != NULL)
    return fail (&place, "%s, kind: %u with size %" PRIu32 " and code %u %s", in, field->kind,
                 field->size, (unsigned char) field->code, fault);
  if (field->swapped > 1)
    return fail (&place, "%s, swapped: %u is neither 0 nor 1", in, field->swapped);
  if (field->dimensions > SHMLENS_DIMENSIONS_MAX)
    return fail (&place, "%s, dimensions: %u is more than %d", in, field->dimensions,
                 SHMLENS_DIMENSIONS_MAX);
  for (unsigned i = 0; i < SHMLENS_DIMENSIONS_MAX; i++)
    {
      if (i >= field->dimensions && field->shape[i] != 0)
        return fail (&place, "%s, shape[%u]: %" PRIu32 ", but there are only %u dimensions", in, i,
                     field->shape[i], field->dimensions);
      if (i < field->dimensions && field->shape[i] != 0
          && __builtin_mul_overflow (bytes, field->shape[i], &bytes))
        return fail (&place, "%s, shape[%u]: %" PRIu32 " makes the length overflow", in, i,
                     field->shape[i]);
    }
  for (unsigned i = 0; i < field->dimensions; i++)
    if (field->shape[i] == 0)
      bytes = 0;
  if (!format_range_fits (field->offset, bytes, 0, slot->element_size))
    return fail (&place,
                 "%s, offset: %" PRIu32 " with %" PRIu64 " bytes lies beyond the element's %"
                 PRIu32 " bytes",
                 in, field->offset, bytes, slot->element_size);

  if (field->bit_width == 0 && field->bit_offset != 0)
    return fail (&place, "%s, bit_offset: %u, but it is no bit field", in, field->bit_offset);
  if (field->bit_width == 0)
    return 0;
  if (field->kind != SHMLENS_KIND_BOOL && field->kind != SHMLENS_KIND_SIGNED
      && field->kind != SHMLENS_KIND_UNSIGNED)
    return fail (&place, "%s, bit_width: %u, but kind %u has no bit fields", in, field->bit_width,
                 field->kind);
  if (field->dimensions != 0)
    return fail (&place, "%s, bit_width: %u, but it is an array", in, field->bit_width);
  if (field->bit_offset + field->bit_width > 8u * field->size)
    return fail (&place, "%s, bit_offset: %u with %u bits lies beyond the field's %u bits", in,
                 field->bit_offset, field->bit_width, 8u * field->size);
  return 0;
}

static int
check_label (const struct format_slot *slot, uint32_t index, unsigned number,
             const struct format_label *label, struct format_error *ret_error)
{
  struct place place = { index, slot->name, ret_error };

  if (label->field < -1 || label->field >= slot->field_count)
    return fail (&place, "label %u, field: %" PRId32 " is not from -1 to %d", number, label->field,
                 slot->field_count - 1);
  if (label->field == -1 && slot->kind == SHMLENS_KIND_STRUCT)
    return fail (&place, "label %u, field: -1, but a structure is no number", number);
  if (!format_name_is_valid (label->text, sizeof label->text, sizeof label->text - 1))
    return fail (&place, "label %u, text: not a text of 1 to %zu bytes", number,
                 sizeof label->text - 1);
  return 0;
}

int
format_check_metadata (const struct format_slot *slot, uint32_t index, const void *metadata,
                       struct format_error *ret_error)
{
  const struct format_field *fields = metadata;
  const struct format_label *labels;
  const char *doc;
  int result;

  if (metadata == NULL)
    return 0;
  labels = (const struct format_label *) (fields + slot->field_count);
  doc = (const char *) (labels + slot->label_count);
  for (unsigned i = 0; i < slot->field_count; i++)
    if ((result = check_field (slot, index, i, &fields[i], ret_error)) < 0)
      return result;
  for (unsigned i = 0; i < slot->label_count; i++)
    if ((result = check_label (slot, index, i, &labels[i], ret_error)) < 0)
      return result;
  if (slot->doc_length > 0
      && (!format_text_is_valid (doc, slot->doc_length + 1, slot->doc_length)
          || strlen (doc) != slot->doc_length))
    {
      struct place place = { index, slot->name, ret_error };

      return fail (&place, "doc: not a text of %" PRIu32 " bytes", slot->doc_length);
    }
  return 0;
}
