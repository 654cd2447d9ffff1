/* entry-create.c - making values and arrays. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "entry-lock.h"
#include "entry.h"
#include "error.h"
#include "extent.h"
#include "shared.h"

/* How often open-or-create goes round when others make and remove the name. */
#define ROUNDS 100

/* What is to be made, checked as far as that is possible without the segment. */
struct request
{
  struct shmlens_segment *segment;
  const struct shmlens_entry_attr *attr;
  const void *initial;
  struct format_slot slot;  /* all but the places */
  uint8_t *metadata;        /* slot.metadata_length bytes */
};

#define REQUEST_NAME(request) (request)->slot.name, (request)->segment->name

static int
check_text (const struct request *request, const char *what, const char *text, size_t longest)
{
  if (text[0] == '\0' || format_name_is_valid (text, longest + 1, longest))
    return 0;
  return error_set (EINVAL,
                    ENTRY_NAME_FORMAT ": its %s must be UTF-8 of at most %zu bytes without control"
                                      " characters",
                    REQUEST_NAME (request), what, longest);
}

static int
set_name (struct request *request, const char *name)
{
  if (name == NULL || !format_name_is_valid (name, SHMLENS_ENTRY_NAME_MAX + 1, SHMLENS_ENTRY_NAME_MAX))
    return error_set (EINVAL,
                      "an entry's name in %s must be 1 to %d bytes of UTF-8 without control"
                      " characters, and \"%.100s\" is not",
                      request->segment->name, SHMLENS_ENTRY_NAME_MAX, name == NULL ? "" : name);
  strcpy (request->slot.name, name);
  return 0;
}

static int
set_type (struct request *request, char code)
{
  const struct shmlens_entry_attr *attr = request->attr;
  struct shmlens_type type = { .kind = SHMLENS_KIND_STRUCT, .size = attr->element_size, .code = 'T' };

  if (code == 'T')
    {
      if (attr->element_size == 0 || attr->element_size > FORMAT_ELEMENT_MAX)
        return error_set (EINVAL,
                          ENTRY_NAME_FORMAT ": attr.element_size %" PRIu32 " of a structure is not"
                                            " from 1 to %u",
                          REQUEST_NAME (request), attr->element_size, FORMAT_ELEMENT_MAX);
    }
  else if (shmlens_type_from_code (code, &type) < 0)
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": its code %d ('%c') is none of ?cbBuhHiIlLqQfdT",
                      REQUEST_NAME (request), code, code >= 0x20 && code < 0x7f ? code : '?');
  else if (attr->element_size != 0 && attr->element_size != type.size)
    return error_set (EINVAL,
                      ENTRY_NAME_FORMAT ": attr.element_size is %" PRIu32 ", but '%c' has %" PRIu32
                                        " bytes; leave it 0",
                      REQUEST_NAME (request), attr->element_size, code, type.size);
  request->slot.kind = type.kind;
  request->slot.code = type.code;
  request->slot.element_size = type.size;
  return 0;
}

static int
set_shape (struct request *request, unsigned dimensions, const uint64_t *shape)
{
  uint64_t length = request->slot.element_size;
  bool is_empty = false;

  if (dimensions > SHMLENS_DIMENSIONS_MAX)
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": %u dimensions are not from 1 to %d",
                      REQUEST_NAME (request), dimensions, SHMLENS_DIMENSIONS_MAX);

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
                          REQUEST_NAME (request), i, shape[i]);
    }
  request->slot.dimensions = (uint8_t) dimensions;
  request->slot.data_length = is_empty ? 0 : length;
  return 0;
}

static int
set_limit (struct request *request, const void *limit, uint16_t flag, uint8_t ret_limit[8])
{
  if (limit == NULL)
    return 0;
  if (request->slot.kind == SHMLENS_KIND_STRUCT)
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": a structure has no minimum, maximum or progress",
                      REQUEST_NAME (request));
  memcpy (ret_limit, limit, request->slot.element_size);
  request->slot.flags |= flag;
  return 0;
}

static int
set_attributes (struct request *request)
{
  const struct shmlens_entry_attr *attr = request->attr;
  const unsigned known
      = SHMLENS_NO_LOCK | SHMLENS_EXTERNAL_LOCK | SHMLENS_READ_ONLY_ENTRY | SHMLENS_UNNAMED;
  struct format_slot *slot = &request->slot;
  int result;

  if ((attr->flags & ~known) != 0)
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": attr.flags has unknown bits, 0x%x",
                      REQUEST_NAME (request), attr->flags & ~known);
  if (((attr->flags & SHMLENS_NO_LOCK) != 0) + ((attr->flags & SHMLENS_EXTERNAL_LOCK) != 0)
          + (attr->lock != NULL)
      > 1)
    return error_set (EINVAL,
                      ENTRY_NAME_FORMAT ": SHMLENS_NO_LOCK, SHMLENS_EXTERNAL_LOCK and attr.lock"
                                        " exclude each other; give one",
                      REQUEST_NAME (request));
  if ((unsigned) attr->role > SHMLENS_ROLE_IMAGE)
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": there is no role %d", REQUEST_NAME (request),
                      (int) attr->role);
  for (size_t i = 0; i < sizeof attr->reserved / sizeof attr->reserved[0]; i++)
    if (attr->reserved[i] != 0)
      return error_set (EINVAL,
                        ENTRY_NAME_FORMAT ": attr.reserved must be zero; clear the structure first",
                        REQUEST_NAME (request));
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
      || (result = set_limit (request, attr->progress_max, FORMAT_HAS_PROGRESS_MAX,
                              slot->progress_max))
             < 0)
    return result;

  slot->role = (uint8_t) attr->role;
  slot->lock_kind = (attr->flags & SHMLENS_NO_LOCK) != 0         ? SHMLENS_LOCK_NONE
                    : (attr->flags & SHMLENS_EXTERNAL_LOCK) != 0 ? SHMLENS_LOCK_EXTERNAL
                                                                 : SHMLENS_LOCK_ROBUST;
  slot->flags |= (uint16_t) (((attr->flags & SHMLENS_READ_ONLY_ENTRY) != 0 ? FORMAT_NOT_EDITABLE : 0)
                             | ((attr->flags & SHMLENS_UNNAMED) != 0 ? FORMAT_MADE_UP_NAME : 0));
  return 0;
}

/* Fields and labels are judged as a whole later (format_check_metadata); here
 * only what would not fit into the tables. */
static int
store_field (const struct request *request, const struct shmlens_field *field,
             struct format_field *ret_field)
{
  struct shmlens_type type;

  if (field->name == NULL
      || !format_name_is_valid (field->name, SHMLENS_ENTRY_NAME_MAX + 1, SHMLENS_ENTRY_NAME_MAX))
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": a field's name is not 1 to %d bytes of UTF-8",
                      REQUEST_NAME (request), SHMLENS_ENTRY_NAME_MAX);
  if (shmlens_type_from_code (field->code, &type) < 0)
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": field \"%s\": its code %d is none of ?cbBuhHiIlLqQfd",
                      REQUEST_NAME (request), field->name, field->code);
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
store_label (const struct request *request, const struct shmlens_label *label,
             struct format_label *ret_label)
{
  const size_t longest = sizeof ret_label->text - 1;

  if (label->text == NULL || !format_name_is_valid (label->text, longest + 1, longest))
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": a label's text is not 1 to %zu bytes of UTF-8",
                      REQUEST_NAME (request), longest);
  ret_label->value = label->value;
  ret_label->field = label->field;
  strcpy (ret_label->text, label->text);
  return 0;
}

static int
make_metadata (struct request *request)
{
  const struct shmlens_entry_attr *attr = request->attr;
  struct format_slot *slot = &request->slot;
  struct format_field *fields;
  struct format_label *labels;
  int result;

  if (attr->field_count > SHMLENS_FIELDS_MAX || attr->label_count > SHMLENS_LABELS_MAX)
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": at most %d fields and %d labels are possible",
                      REQUEST_NAME (request), SHMLENS_FIELDS_MAX, SHMLENS_LABELS_MAX);
  if (attr->field_count > 0 && slot->kind != SHMLENS_KIND_STRUCT)
    return error_set (EINVAL, ENTRY_NAME_FORMAT ": only a structure (code T) has fields",
                      REQUEST_NAME (request));
  slot->field_count = (uint16_t) attr->field_count;
  slot->label_count = (uint16_t) attr->label_count;
  slot->doc_length = attr->doc == NULL ? 0 : (uint32_t) strlen (attr->doc);
  slot->metadata_length = (uint32_t) (slot->field_count * sizeof *fields
                                      + slot->label_count * sizeof *labels
                                      + (slot->doc_length == 0 ? 0 : slot->doc_length + 1));
  if (slot->metadata_length == 0)
    return 0;

  request->metadata = calloc (1, slot->metadata_length);
  if (request->metadata == NULL)
    return error_set (ENOMEM, ENTRY_NAME_FORMAT ": no memory for its description",
                      REQUEST_NAME (request));
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

/* The caller frees request->metadata, also on failure. */
static int
make_request (struct shmlens_segment *segment, const char *name, char code, unsigned dimensions,
              const uint64_t *shape, const void *initial, const struct shmlens_entry_attr *attr,
              struct request *ret_request)
{
  static const struct shmlens_entry_attr plain;
  struct timespec now;
  int result;

  *ret_request = (struct request){
    .segment = segment,
    .attr = attr == NULL ? &plain : attr,
    .initial = initial,
    .slot = { .what = FORMAT_WHAT_ENTRY, .lock_slot = FORMAT_NO_SLOT, .next_free = FORMAT_NO_SLOT },
  };
  if ((result = set_name (ret_request, name)) < 0 || (result = set_type (ret_request, code)) < 0
      || (result = set_shape (ret_request, dimensions, shape)) < 0
      || (result = set_attributes (ret_request)) < 0 || (result = make_metadata (ret_request)) < 0)
    return result;
  clock_gettime (CLOCK_REALTIME, &now);
  ret_request->slot.created_ns = (uint64_t) now.tv_sec * 1000000000u + (uint64_t) now.tv_nsec;
  ret_request->slot.maker_pid = (uint32_t) getpid ();
  return 0;
}


/* Under the directory lock. */

/* 0 it is taken, -ENOENT, -ENOMEM. */
static int
look_for (struct request *request)
{
  struct shmlens_segment *segment = request->segment;
  uint32_t index;

  return names_find (segment, &segment->directory, segment->directory_length, request->slot.name,
                     &index);
}

/* `base#number`, with as much of the base as fits. */
static void
number_name (const char *base, uint32_t number, char ret_name[SHMLENS_ENTRY_NAME_MAX + 1])
{
  char suffix[12];
  size_t room;
  size_t length = strlen (base);

  snprintf (suffix, sizeof suffix, "#%" PRIu32, number);
  room = SHMLENS_ENTRY_NAME_MAX - strlen (suffix);
  if (length > room)
    for (length = room; length > 0 && ((unsigned char) base[length] & 0xc0) == 0x80; length--)
      ;
  memcpy (ret_name, base, length);
  strcpy (ret_name + length, suffix);
}

/* Finds a number that is free, in few steps however many are taken: doubling
 * until one is, then halving the distance to the last that was not. */
static void
make_up_name (struct request *request)
{
  char base[SHMLENS_ENTRY_NAME_MAX + 1];
  char *name = request->slot.name;
  uint32_t taken = 1;
  uint32_t free = 2;

  strcpy (base, name);
  for (number_name (base, free, name); look_for (request) == 0;
       number_name (base, free, name))
    {
      taken = free;
      free *= 2;
    }
  while (free - taken > 1)
    {
      uint32_t middle = taken + (free - taken) / 2;

      number_name (base, middle, name);
      if (look_for (request) == 0)
        taken = middle;
      else
        free = middle;
    }
  number_name (base, free, name);
}

static int
settle_name (struct request *request)
{
  int result = look_for (request);

  if (result < 0 && result != -ENOENT)
    return result;
  if (result == 0)
    {
      if ((request->slot.flags & FORMAT_MADE_UP_NAME) == 0)
        return error_set (EEXIST,
                          ENTRY_NAME_FORMAT " exists already; open it with shmlens_entry_open(), or"
                                            " choose another name",
                          REQUEST_NAME (request));
      make_up_name (request);
    }
  request->slot.name_hash = format_hash (request->slot.name);
  return 0;
}

static uint64_t
align (uint64_t offset)
{
  return (offset + FORMAT_ALIGNMENT - 1) / FORMAT_ALIGNMENT * FORMAT_ALIGNMENT;
}

/* Lock, data, metadata, each on cache lines of its own; but a small value lies
 * within its lock, so that a locked change touches one line.
 *
 * @returns the bytes that are needed, places counted from 0.
 */
static uint64_t
lay_out (struct format_slot *slot, bool has_own_lock)
{
  uint64_t end = has_own_lock ? sizeof (struct format_lock) : 0;

  if (has_own_lock && slot->dimensions == 0
      && slot->data_length <= sizeof ((struct format_lock *) 0)->inline_value)
    slot->data_offset = offsetof (struct format_lock, inline_value);
  else
    {
      slot->data_offset = end;
      end += slot->data_length;
    }
  if (slot->metadata_length > 0)
    {
      slot->metadata_offset = align (end);
      end = slot->metadata_offset + slot->metadata_length;
    }
  return end < FORMAT_ALIGNMENT ? FORMAT_ALIGNMENT : end;
}

/* Says what format_check_slot and _metadata have against it, in terms of the
 * caller: without the slot. */
static int
reject (const struct request *request, uint32_t index, const struct format_error *error)
{
  char place[SHMLENS_ENTRY_NAME_MAX + 32];
  const char *reason = error->text;
  int length;

  length = snprintf (place, sizeof place, "slot %" PRIu32 " (\"%s\"), ", index, request->slot.name);
  if (strncmp (reason, place, (size_t) length) == 0)
    reason += length;
  else if (strncmp (reason, place, strcspn (place, " (") + 1) == 0 && strchr (reason, ',') != NULL)
    reason = strchr (reason, ',') + 2;
  return error_set (EINVAL, ENTRY_NAME_FORMAT ": %s", REQUEST_NAME (request), reason);
}

/* Fills in a slot that is BUILDING, and makes it live. */
static int
build (struct request *request, uint32_t index, bool has_own_lock)
{
  struct shmlens_segment *segment = request->segment;
  struct format_slot *slot = &request->slot;
  struct format_slot *shared
      = directory_slot (segment, &segment->directory, segment->directory_length, index);
  struct format_error error;

  slot->data_offset += slot->extent_offset;
  if (slot->metadata_length > 0)
    slot->metadata_offset += slot->extent_offset;
  slot->lock_slot = has_own_lock                              ? index
                    : slot->lock_kind == SHMLENS_LOCK_ROBUST ? request->attr->lock->slot
                                                              : FORMAT_NO_SLOT;
  slot->state = FORMAT_SLOT_LIVE;
  if (format_check_slot (&segment->directory, slot, index, segment->directory_length, &error) < 0
      || format_check_metadata (slot, index, request->metadata, &error) < 0)
    return reject (request, index, &error);

  if (has_own_lock)
    lock_initialise ((struct format_lock *) (segment->base + slot->extent_offset));
  if (request->initial != NULL)
    shared_write (segment->base + slot->data_offset, request->initial, slot->data_length);
  if (slot->metadata_length > 0)
    shared_write (segment->base + slot->metadata_offset, request->metadata, slot->metadata_length);
  format_store_slot (shared, slot);
  if (!has_own_lock && slot->lock_kind == SHMLENS_LOCK_ROBUST)
    entry_lock_refer (segment, slot->lock_slot);
  directory_set_state (segment, index, FORMAT_SLOT_LIVE);
  return 0;
}

static int
create_under_lock (struct request *request, struct shmlens_entry **ret_entry)
{
  struct shmlens_segment *segment = request->segment;
  struct shmlens_lock *lock = request->attr->lock;
  bool has_own_lock = request->slot.lock_kind == SHMLENS_LOCK_ROBUST && lock == NULL;
  uint32_t index;
  int result;

  if ((result = settle_name (request)) < 0
      || (lock != NULL && (result = entry_lock_check (segment, lock)) < 0))
    return result;
  result = extent_take (segment, lay_out (&request->slot, has_own_lock), &index,
                        &request->slot.extent_offset, &request->slot.extent_length);
  if (result < 0)
    return result;
  result = build (request, index, has_own_lock);
  if (result < 0)
    {
      extent_give_back (segment, index, request->slot.extent_offset, request->slot.extent_length);
      return result;
    }
  result = entry_new (segment, &segment->directory, segment->directory_length, index, ret_entry);
  if (result < 0)
    entry_withdraw (segment, index, &request->slot);
  return result;
}

static int
create (struct shmlens_segment *segment, const char *name, char code, unsigned dimensions,
        const uint64_t *shape, const void *initial, const struct shmlens_entry_attr *attr,
        struct shmlens_entry **ret_entry)
{
  struct request request;
  int result;

  if ((result = segment_check_writable (segment)) < 0)
    return result;
  result = make_request (segment, name, code, dimensions, shape, initial, attr, &request);
  if (result == 0)
    result = directory_begin (segment);
  if (result == 0)
    {
      result = create_under_lock (&request, ret_entry);
      directory_end (segment);
    }
  free (request.metadata);
  return result;
}

int
shmlens_value_create (struct shmlens_segment *segment, const char *name, char code,
                      const void *initial, const struct shmlens_entry_attr *attr,
                      struct shmlens_entry **ret_entry)
{
  return create (segment, name, code, 0, NULL, initial, attr, ret_entry);
}

static int
check_dimensions (const char *name, unsigned dimensions)
{
  if (dimensions >= 1 && dimensions <= SHMLENS_DIMENSIONS_MAX)
    return 0;
  return error_set (EINVAL, "array \"%s\": %u dimensions are not from 1 to %d", name == NULL ? "" : name,
                    dimensions, SHMLENS_DIMENSIONS_MAX);
}

int
shmlens_array_create (struct shmlens_segment *segment, const char *name, char code,
                      unsigned dimensions, const uint64_t *shape, const void *initial,
                      const struct shmlens_entry_attr *attr, struct shmlens_entry **ret_entry)
{
  int result = check_dimensions (name, dimensions);

  return result < 0 ? result
                    : create (segment, name, code, dimensions, shape, initial, attr, ret_entry);
}


/* Open or create. */

static int
check_same (const struct request *request, const struct shmlens_entry *entry)
{
  const struct format_slot *wanted = &request->slot;
  const struct format_slot *found = &entry->slot;

  if (found->kind == wanted->kind && found->element_size == wanted->element_size
      && found->dimensions == wanted->dimensions
      && memcmp (found->shape, wanted->shape, sizeof found->shape) == 0
      && found->field_count == wanted->field_count
      && (found->field_count == 0
          || memcmp (entry->metadata, request->metadata,
                     found->field_count * sizeof (struct format_field))
                 == 0))
    return 0;
  return error_set (EPROTOTYPE,
                    ENTRY_NAME_FORMAT " exists with another type or shape: %u dimensions, %" PRIu64
                                      " elements of %s; open it with shmlens_entry_open(), or"
                                      " choose another name",
                    ENTRY_NAME (entry), entry->info.dimensions, entry->length,
                    shmlens_type_name (&entry->info.type));
}

static int
open_or_create (struct shmlens_segment *segment, const char *name, char code, unsigned dimensions,
                const uint64_t *shape, const void *initial, const struct shmlens_entry_attr *attr,
                struct shmlens_entry **ret_entry)
{
  struct shmlens_entry *entry;
  struct request request;
  int result;

  result = make_request (segment, name, code, dimensions, shape, initial, attr, &request);
  for (int round = 0; result == 0 && round < ROUNDS; round++)
    {
      result = shmlens_entry_open (segment, name, &entry);
      if (result == 0)
        {
          result = check_same (&request, entry);
          if (result < 0)
            shmlens_entry_close (entry);
          else
            *ret_entry = entry;
          break;
        }
      if (result != -ENOENT)
        break;
      result = create (segment, name, code, dimensions, shape, initial, attr, ret_entry);
      if (result == 0)
        result = 1;
      if (result != -EEXIST)
        break;
      result = 0;
    }
  free (request.metadata);
  return result;
}

int
shmlens_value_open_or_create (struct shmlens_segment *segment, const char *name, char code,
                              const void *initial, const struct shmlens_entry_attr *attr,
                              struct shmlens_entry **ret_entry)
{
  return open_or_create (segment, name, code, 0, NULL, initial, attr, ret_entry);
}

int
shmlens_array_open_or_create (struct shmlens_segment *segment, const char *name, char code,
                              unsigned dimensions, const uint64_t *shape, const void *initial,
                              const struct shmlens_entry_attr *attr,
                              struct shmlens_entry **ret_entry)
{
  int result = check_dimensions (name, dimensions);

  return result < 0 ? result
                    : open_or_create (segment, name, code, dimensions, shape, initial, attr,
                                      ret_entry);
}
