/* entry-create.c - making values and arrays. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry-lock.h"
#include "entry-request.h"
#include "error.h"
#include "extent.h"
#include "shared.h"

/* How often open-or-create goes round when others make and remove the name. */
#define ROUNDS 100

/* Under the directory lock. */

/* 0 it is taken, -ENOENT, -ENOMEM. */
static int
look_for (struct entry_request *request)
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
make_up_name (struct entry_request *request)
{
  char base[SHMLENS_ENTRY_NAME_MAX + 1];
  char *name = request->slot.name;
  uint32_t taken = 1;
  uint32_t vacant = 2;

  strcpy (base, name);
  for (number_name (base, vacant, name); look_for (request) == 0; number_name (base, vacant, name))
    {
      taken = vacant;
      vacant *= 2;
    }
  while (vacant - taken > 1)
    {
      uint32_t middle = taken + (vacant - taken) / 2;

      number_name (base, middle, name);
      if (look_for (request) == 0)
        taken = middle;
      else
        vacant = middle;
    }
  number_name (base, vacant, name);
}

static int
settle_name (struct entry_request *request)
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
                          ENTRY_REQUEST_NAME (request));
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
reject (const struct entry_request *request, uint32_t index, const struct format_error *error)
{
  char place[SHMLENS_ENTRY_NAME_MAX + 32];
  const char *reason = error->text;
  int length;

  length = snprintf (place, sizeof place, "slot %" PRIu32 " (\"%s\"), ", index, request->slot.name);
  if (strncmp (reason, place, (size_t) length) == 0)
    reason += length;
  else if (strncmp (reason, place, strcspn (place, " (") + 1) == 0 && strchr (reason, ',') != NULL)
    reason = strchr (reason, ',') + 2;
  return error_set (EINVAL, ENTRY_NAME_FORMAT ": %s", ENTRY_REQUEST_NAME (request), reason);
}

/* Fills in a slot that is BUILDING, and makes it live. */
static int
build (struct entry_request *request, uint32_t index, bool has_own_lock)
{
  struct shmlens_segment *segment = request->segment;
  struct format_slot *slot = &request->slot;
  struct format_slot *shared
      = directory_slot (segment, &segment->directory, segment->directory_length, index);
  struct format_error error;

  slot->data_offset += slot->extent_offset;
  if (slot->metadata_length > 0)
    slot->metadata_offset += slot->extent_offset;
  slot->lock_slot = has_own_lock                             ? index
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
create_under_lock (struct entry_request *request, struct shmlens_entry **ret_entry)
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
  struct entry_request request;
  int result;

  if ((result = segment_check_writable (segment)) < 0)
    return result;
  result = entry_request_make (segment, name, code, dimensions, shape, initial, attr, &request);
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
  return error_set (EINVAL, "array \"%s\": %u dimensions are not from 1 to %d",
                    name == NULL ? "" : name, dimensions, SHMLENS_DIMENSIONS_MAX);
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
check_same (const struct entry_request *request, const struct shmlens_entry *entry)
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
  struct entry_request request;
  int result;

  result = entry_request_make (segment, name, code, dimensions, shape, initial, attr, &request);
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

  return result < 0
             ? result
             : open_or_create (segment, name, code, dimensions, shape, initial, attr, ret_entry);
}
