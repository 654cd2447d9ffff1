/* entry-request.c - checking what a caller wants to be made. */
#include "entry-request.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "type.h"

static int
check_text (const struct entry_request *request, const char *what, const char *text, size_t longest)
{
  if (text[0] == '\0' || format_name_is_valid (text, longest + 1, longest))
    return 0;
  return error_set (EINVAL,
                    ENTRY_NAME_FORMAT ": its %s must be UTF-8 of at most %zu bytes without control"
                                      " characters",
                    ENTRY_REQUEST_NAME (request), what, longest);
}

static int
set_name (struct entry_request *request, const char *name)
{
  if (name == NULL
      || !format_name_is_valid (name, SHMLENS_ENTRY_NAME_MAX + 1, SHMLENS_ENTRY_NAME_MAX))
    return error_set (EINVAL,
                      "an entry's name in %s must be 1 to %d bytes of UTF-8 without control"
                      " characters, and \"%.100s\" is not",
                      request->segment->name, SHMLENS_ENTRY_NAME_MAX, name == NULL ? "" : name);
  strcpy (request->slot.name, name);
  return 0;
}

static int
set_type (struct entry_request *request, char code)
{
  const struct shmlens_entry_attr *attr = request->attr;
  struct shmlens_type type
      = { .kind = SHMLENS_KIND_STRUCT, .size = attr->element_size, .code = 'T' };

  if (code == 'T')
    {
      if (attr->element_size == 0 || attr->element_size > FORMAT_ELEMENT_MAX)
        return error_set (EINVAL,
                          ENTRY_NAME_FORMAT ": attr.element_size %" PRIu32 " of a structure is not"
                                            " from 1 to %u",
                          ENTRY_REQUEST_NAME (request), attr->element_size, FORMAT_ELEMENT_MAX);
    }
  else if (shmlens_type_from_code (code, &type) < 0)
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": its code %d ('%c') is none of ?cbBuhHiIlLqQfdT",
                      ENTRY_REQUEST_NAME (request), code, code >= 0x20 && code < 0x7f ? code : '?');
  else if (attr->element_size != 0 && attr->element_size != type.size)
    return error_set (EINVAL,
                      ENTRY_NAME_FORMAT ": attr.element_size is %" PRIu32 ", but '%c' has %" PRIu32
                                        " bytes; leave it 0",
                      ENTRY_REQUEST_NAME (request), attr->element_size, code, type.size);
  request->slot.kind = type.kind;
  request->slot.code = type.code;
  request->slot.element_size = type.size;
  return 0;
}

static int
set_shape (struct entry_request *request, unsigned dimensions, const uint64_t *shape)
{
  uint64_t length = request->slot.element_size;
  bool is_empty = false;

  if (dimensions > SHMLENS_DIMENSIONS_MAX)
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": %u dimensions are not from 1 to %d",
                      ENTRY_REQUEST_NAME (request), dimensions, SHMLENS_DIMENSIONS_MAX);

  /* Multiplied without the zeroes: they must not hide a product that overflows. */
  for (unsigned i = 0; i < dimensions; i++)
    {
      request->slot.shape[i] = shape[i];
      if (shape[i] == 0)
        is_empty = true;
      else if (__builtin_mul_overflow (length, shape[i], &length) || length > FORMAT_CAPACITY_MAX)
        return error_set (EOVERFLOW,
                          ENTRY_NAME_FORMAT ": its size overflows at shape[%u], %" PRIu64
                                            "; make it smaller",
                          ENTRY_REQUEST_NAME (request), i, shape[i]);
    }
  request->slot.dimensions = (uint8_t) dimensions;
  request->slot.data_length = is_empty ? 0 : length;
  return 0;
}

static int
set_limit (struct entry_request *request, const void *limit, uint16_t flag, uint8_t ret_limit[8])
{
  if (limit == NULL)
    return 0;
  if (request->slot.kind == SHMLENS_KIND_STRUCT)
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": a structure has no minimum, maximum or progress",
                      ENTRY_REQUEST_NAME (request));
  memcpy (ret_limit, limit, request->slot.element_size);
  request->slot.flags |= flag;
  return 0;
}

/* Whether a range has something in it; a NaN is no limit. */
static bool
range_is_possible (const struct format_slot *slot)
{
  const uint8_t *low = slot->minimum;
  const uint8_t *high = slot->maximum;

#define IS_POSSIBLE(type)                                                                          \
  {                                                                                                \
    type numbers[2];                                                                               \
                                                                                                   \
    memcpy (&numbers[0], low, sizeof numbers[0]);                                                  \
    memcpy (&numbers[1], high, sizeof numbers[1]);                                                 \
    return numbers[0] <= numbers[1];                                                               \
  }
  switch (slot->kind << 4 | slot->element_size)
    {
    case SHMLENS_KIND_FLOAT << 4 | 4:
      IS_POSSIBLE (float)
    case SHMLENS_KIND_FLOAT << 4 | 8:
      IS_POSSIBLE (double)
    case SHMLENS_KIND_SIGNED << 4 | 1:
      IS_POSSIBLE (int8_t)
    case SHMLENS_KIND_SIGNED << 4 | 2:
      IS_POSSIBLE (int16_t)
    case SHMLENS_KIND_SIGNED << 4 | 4:
      IS_POSSIBLE (int32_t)
    case SHMLENS_KIND_SIGNED << 4 | 8:
      IS_POSSIBLE (int64_t)
    }
  switch (slot->element_size)
    {
    case 1:
      IS_POSSIBLE (uint8_t)
    case 2:
      IS_POSSIBLE (uint16_t)
    case 4:
      IS_POSSIBLE (uint32_t)
    default:
      IS_POSSIBLE (uint64_t)
    }
#undef IS_POSSIBLE
}

static int
set_attributes (struct entry_request *request)
{
  const struct shmlens_entry_attr *attr = request->attr;
  const unsigned known
      = SHMLENS_NO_LOCK | SHMLENS_EXTERNAL_LOCK | SHMLENS_READ_ONLY_ENTRY | SHMLENS_UNNAMED;
  struct format_slot *slot = &request->slot;
  int result;

  if ((attr->flags & ~known) != 0)
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": attr.flags has unknown bits, 0x%x",
                      ENTRY_REQUEST_NAME (request), attr->flags & ~known);
  if (((attr->flags & SHMLENS_NO_LOCK) != 0) + ((attr->flags & SHMLENS_EXTERNAL_LOCK) != 0)
          + (attr->lock != NULL)
      > 1)
    return error_set (EINVAL,
                      ENTRY_NAME_FORMAT ": SHMLENS_NO_LOCK, SHMLENS_EXTERNAL_LOCK and attr.lock"
                                        " exclude each other; give one",
                      ENTRY_REQUEST_NAME (request));
  if ((unsigned) attr->role > SHMLENS_ROLE_IMAGE)
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": there is no role %d",
                      ENTRY_REQUEST_NAME (request), (int) attr->role);
  for (size_t i = 0; i < sizeof attr->reserved / sizeof attr->reserved[0]; i++)
    if (attr->reserved[i] != 0)
      return error_set (EINVAL,
                        ENTRY_NAME_FORMAT ": attr.reserved must be zero; clear the structure first",
                        ENTRY_REQUEST_NAME (request));
  if (attr->unit != NULL)
    {
      if ((result = check_text (request, "unit", attr->unit, SHMLENS_UNIT_MAX)) < 0)
        return result;
      strcpy (slot->unit, attr->unit);
    }
  if (attr->doc != NULL && (result = check_text (request, "doc", attr->doc, SHMLENS_DOC_MAX)) < 0)
    return result;
  if ((result = set_limit (request, attr->minimum, FORMAT_HAS_MINIMUM, slot->minimum)) < 0
      || (result = set_limit (request, attr->maximum, FORMAT_HAS_MAXIMUM, slot->maximum)) < 0
      || (result
          = set_limit (request, attr->progress_max, FORMAT_HAS_PROGRESS_MAX, slot->progress_max))
             < 0)
    return result;
  if (attr->minimum != NULL && attr->maximum != NULL && !range_is_possible (slot))
    return error_set (EINVAL,
                      ENTRY_NAME_FORMAT ": nothing is between attr.minimum and attr.maximum",
                      ENTRY_REQUEST_NAME (request));

  slot->role = (uint8_t) attr->role;
  slot->lock_kind = SHMLENS_LOCK_ROBUST;
  if ((attr->flags & SHMLENS_NO_LOCK) != 0)
    slot->lock_kind = SHMLENS_LOCK_NONE;
  if ((attr->flags & SHMLENS_EXTERNAL_LOCK) != 0)
    slot->lock_kind = SHMLENS_LOCK_EXTERNAL;
  if ((attr->flags & SHMLENS_READ_ONLY_ENTRY) != 0)
    slot->flags |= FORMAT_NOT_EDITABLE;
  if ((attr->flags & SHMLENS_UNNAMED) != 0)
    slot->flags |= FORMAT_MADE_UP_NAME;
  return 0;
}

/* Fields and labels are judged as a whole later (format_check_metadata); here
 * only what would not fit into the tables. */
static int
store_field (const struct entry_request *request, const struct shmlens_field *field,
             struct format_field *ret_field)
{
  struct shmlens_type type;

  if (field->name == NULL
      || !format_name_is_valid (field->name, SHMLENS_ENTRY_NAME_MAX + 1, SHMLENS_ENTRY_NAME_MAX))
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": a field's name is not 1 to %d bytes of UTF-8",
                      ENTRY_REQUEST_NAME (request), SHMLENS_ENTRY_NAME_MAX);
  if (shmlens_type_from_code (field->code, &type) < 0)
    return error_set (EINVAL,
                      ENTRY_NAME_FORMAT ": field \"%s\": its code %d is none of ?cbBuhHiIlLqQfd",
                      ENTRY_REQUEST_NAME (request), field->name, field->code);
  ret_field->offset = field->offset;
  ret_field->size = type.size;
  ret_field->kind = type.kind;
  ret_field->code = type.code;
  ret_field->swapped = field->swapped;
  ret_field->bit_offset = field->bit_offset;
  ret_field->bit_width = field->bit_width;
  ret_field->dimensions = field->dimensions;
  memcpy (ret_field->shape, field->shape, sizeof ret_field->shape);
  strcpy (ret_field->name, field->name);
  return 0;
}

static int
store_label (const struct entry_request *request, const struct shmlens_label *label,
             struct format_label *ret_label)
{
  const size_t longest = sizeof ret_label->text - 1;

  if (label->text == NULL || !format_name_is_valid (label->text, longest + 1, longest))
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": a label's text is not 1 to %zu bytes of UTF-8",
                      ENTRY_REQUEST_NAME (request), longest);
  ret_label->value = label->value;
  ret_label->field = label->field;
  strcpy (ret_label->text, label->text);
  return 0;
}

static int
make_metadata (struct entry_request *request)
{
  const struct shmlens_entry_attr *attr = request->attr;
  struct format_slot *slot = &request->slot;
  struct format_field *fields;
  struct format_label *labels;
  int result;

  if (attr->field_count > SHMLENS_FIELDS_MAX || attr->label_count > SHMLENS_LABELS_MAX)
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": at most %d fields and %d labels are possible",
                      ENTRY_REQUEST_NAME (request), SHMLENS_FIELDS_MAX, SHMLENS_LABELS_MAX);
  if (attr->field_count > 0 && slot->kind != SHMLENS_KIND_STRUCT)
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": only a structure (code T) has fields",
                      ENTRY_REQUEST_NAME (request));
  slot->field_count = (uint16_t) attr->field_count;
  slot->label_count = (uint16_t) attr->label_count;
  slot->doc_length = attr->doc == NULL ? 0 : (uint32_t) strlen (attr->doc);
  slot->metadata_length
      = (uint32_t) (slot->field_count * sizeof *fields + slot->label_count * sizeof *labels
                    + (slot->doc_length == 0 ? 0 : slot->doc_length + 1));
  if (slot->metadata_length == 0)
    return 0;

  request->metadata = calloc (1, slot->metadata_length);
  if (request->metadata == NULL)
    return error_set (ENOMEM, ENTRY_NAME_FORMAT ": no memory for its description",
                      ENTRY_REQUEST_NAME (request));
  fields = (struct format_field *) request->metadata;
  labels = (struct format_label *) (fields + slot->field_count);
  for (unsigned i = 0; i < slot->field_count; i++)
    if ((result = store_field (request, &attr->fields[i], &fields[i])) < 0)
      return result;
  for (unsigned i = 0; i < slot->label_count; i++)
    if ((result = store_label (request, &attr->labels[i], &labels[i])) < 0)
      return result;
  if (slot->doc_length > 0)
    memcpy (labels + slot->label_count, attr->doc, slot->doc_length + 1);
  return 0;
}

int
entry_request_make (struct shmlens_segment *segment, const char *name, char code,
                    unsigned dimensions, const uint64_t *shape, const void *initial,
                    const struct shmlens_entry_attr *attr, struct entry_request *ret_request)
{
  static const struct shmlens_entry_attr plain;
  int result;

  *ret_request = (struct entry_request){
    .segment = segment,
    .attr = attr == NULL ? &plain : attr,
    .initial = initial,
    .slot = { .what = FORMAT_WHAT_ENTRY, .lock_slot = FORMAT_NO_SLOT, .next_free = FORMAT_NO_SLOT },
  };
  if ((result = set_name (ret_request, name)) < 0 || (result = set_type (ret_request, code)) < 0
      || (result = set_shape (ret_request, dimensions, shape)) < 0
      || (result = set_attributes (ret_request)) < 0 || (result = make_metadata (ret_request)) < 0)
    return result;
  ret_request->slot.created_ns = segment_realtime_ns ();
  ret_request->slot.maker_pid = (uint32_t) getpid ();
  return 0;
}
