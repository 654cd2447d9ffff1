/* entry.c - opening, describing, closing and removing values and arrays. */
#include "entry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attacher.h"
#include "entry-lock.h"
#include "error.h"
#include "extent.h"
#include "shared.h"
#include "type.h"

/* Where a handle keeps what it copied: behind itself, in one piece. */
struct room
{
  size_t fields;
  size_t labels;
  size_t metadata;
  size_t total;
};

static struct room
measure (const struct format_slot *slot)
{
  struct room room;

  room.fields = (sizeof (struct shmlens_entry) + 15) / 16 * 16;
  room.labels = room.fields + slot->field_count * sizeof (struct shmlens_field);
  room.metadata = room.labels + slot->label_count * sizeof (struct shmlens_label);
  room.total = room.metadata + slot->metadata_length;
  return room;
}

static void
describe_fields (struct shmlens_entry *entry, struct shmlens_field *ret_fields)
{
  const struct format_field *stored = (const struct format_field *) entry->metadata;

  for (unsigned i = 0; i < entry->slot.field_count; i++)
    {
      struct shmlens_type type = { .code = stored[i].code };

      type_from_stored (stored[i].kind, stored[i].size, stored[i].code, &type);
      ret_fields[i] = (struct shmlens_field){
        .name = stored[i].name,
        .code = type.code,
        .swapped = stored[i].swapped != 0,
        .bit_offset = stored[i].bit_offset,
        .bit_width = stored[i].bit_width,
        .offset = stored[i].offset,
        .dimensions = stored[i].dimensions,
      };
      memcpy (ret_fields[i].shape, stored[i].shape, sizeof ret_fields[i].shape);
    }
  entry->info.field_count = entry->slot.field_count;
  entry->info.fields = entry->slot.field_count == 0 ? NULL : ret_fields;
}

static void
describe_labels (struct shmlens_entry *entry, struct shmlens_label *ret_labels)
{
  const struct format_label *stored
      = (const struct format_label *) (entry->metadata
                                       + entry->slot.field_count * sizeof (struct format_field));

  for (unsigned i = 0; i < entry->slot.label_count; i++)
    ret_labels[i] = (struct shmlens_label){ .value = stored[i].value,
                                            .text = stored[i].text,
                                            .field = stored[i].field };
  entry->info.label_count = entry->slot.label_count;
  entry->info.labels = entry->slot.label_count == 0 ? NULL : ret_labels;
  entry->info.doc
      = entry->slot.doc_length == 0 ? "" : (const char *) (stored + entry->slot.label_count);
}

static void
describe (struct shmlens_entry *entry, const struct room *room)
{
  struct shmlens_entry_info *info = &entry->info;
  struct format_slot *slot = &entry->slot;

  describe_fields (entry, (struct shmlens_field *) ((uint8_t *) entry + room->fields));
  describe_labels (entry, (struct shmlens_label *) ((uint8_t *) entry + room->labels));
  info->name = slot->name;
  info->type
      = (struct shmlens_type){ .size = slot->element_size, .kind = slot->kind, .code = slot->code };
  type_from_stored (slot->kind, slot->element_size, slot->code, &info->type);
  info->dimensions = slot->dimensions;
  memcpy (info->shape, slot->shape, sizeof info->shape);
  info->length = entry->length;
  info->offset = slot->data_offset;
  info->flags = (slot->lock_kind == SHMLENS_LOCK_NONE ? SHMLENS_NO_LOCK : 0)
                | (slot->lock_kind == SHMLENS_LOCK_EXTERNAL ? SHMLENS_EXTERNAL_LOCK : 0)
                | ((slot->flags & FORMAT_NOT_EDITABLE) != 0 ? SHMLENS_READ_ONLY_ENTRY : 0)
                | ((slot->flags & FORMAT_MADE_UP_NAME) != 0 ? SHMLENS_UNNAMED : 0);
  info->role = slot->role;
  info->lock_kind = slot->lock_kind;
  info->unit = slot->unit;
  info->minimum = (slot->flags & FORMAT_HAS_MINIMUM) != 0 ? slot->minimum : NULL;
  info->maximum = (slot->flags & FORMAT_HAS_MAXIMUM) != 0 ? slot->maximum : NULL;
  info->progress_max = (slot->flags & FORMAT_HAS_PROGRESS_MAX) != 0 ? slot->progress_max : NULL;
}

/* Finds the lock of a checked slot; 0 where it has none of ours. */
static int
find_lock (const struct shmlens_segment *segment, const struct format_header *header,
           uint64_t length, const struct format_slot *slot, uint32_t index, uint64_t *ret_offset,
           uint32_t *ret_generation)
{
  struct format_slot owner = *slot;

  *ret_offset = 0;
  if (slot->lock_kind != SHMLENS_LOCK_ROBUST)
    return 0;
  if (slot->lock_slot != index
      && directory_read_slot (segment, header, length, slot->lock_slot, &owner) < 0)
    return -EBADMSG;
  *ret_offset = format_lock_offset (slot, index, &owner, slot->lock_slot);
  *ret_generation = FORMAT_GENERATION (owner.state);
  if (*ret_offset == 0)
    return error_set (EBADMSG,
                      "%s is corrupt: slot %u (\"%s\"), lock_slot: slot %u has no lock; remove the"
                      " segment",
                      segment->name, index, slot->name, slot->lock_slot);
  return 0;
}

/* Points the handle at what it uses in shared memory. */
static void
connect (struct shmlens_entry *entry, uint64_t lock_offset, uint32_t lock_generation)
{
  struct shmlens_segment *segment = entry->segment;
  const struct format_slot *slot = &entry->slot;
  struct format_slot *shared
      = (struct format_slot *) ((uintptr_t) entry->state - offsetof (struct format_slot, state));
  uint32_t *writes = &shared->writes_low;

  entry->data = segment->base + slot->data_offset;
  entry->element_size = slot->element_size;
  entry->length = slot->data_length / slot->element_size;
  entry->is_atomic = slot->element_size <= 8 && (slot->element_size & (slot->element_size - 1)) == 0
                     && slot->data_offset % slot->element_size == 0;
  entry->is_writable = segment->access == SHMLENS_READ_WRITE;
  if (lock_offset != 0)
    {
      entry->lock = segment->directory_lock;
      entry->lock.shared = (struct format_lock *) (segment->base + lock_offset);
      entry->lock.slot = slot->lock_slot;
      entry->lock.generation = lock_generation;
      if (slot->lock_slot == entry->index)
        writes = &entry->lock.shared->writes;
    }
  entry->writes = &entry->uncounted[0];
  entry->writes_high = &entry->uncounted[1];
  if (slot->lock_kind == SHMLENS_LOCK_NONE)
    return;
  entry->count = writes;
  entry->count_high = &shared->writes_high;
  if (entry->is_writable)
    {
      entry->writes = writes;
      entry->writes_high = &shared->writes_high;
    }
}

static void
enlist (struct shmlens_entry *entry)
{
  struct shmlens_segment *segment = entry->segment;

  pthread_mutex_lock (&segment->handles_lock);
  entry->next = segment->entries;
  if (entry->next != NULL)
    entry->next->previous = entry;
  segment->entries = entry;
  pthread_mutex_unlock (&segment->handles_lock);
}

int
entry_new (struct shmlens_segment *segment, const struct format_header *header, uint64_t length,
           uint32_t index, struct shmlens_entry **ret_entry)
{
  struct shmlens_entry *entry;
  struct format_error error;
  struct format_slot slot;
  struct room room;
  uint64_t lock_offset;
  uint32_t lock_generation = 0;
  int result;

  if ((result = directory_read_slot (segment, header, length, index, &slot)) < 0)
    return result;
  if (FORMAT_STATE (slot.state) != FORMAT_SLOT_LIVE || slot.what != FORMAT_WHAT_ENTRY)
    return error_set (ENOENT, "slot %u of %s has no entry", index, segment->name);

  room = measure (&slot);
  entry = calloc (1, room.total);
  if (entry == NULL)
    return error_set (ENOMEM, "entry \"%s\" in %s: no memory for its handle", slot.name,
                      segment->name);
  entry->segment = segment;
  entry->index = index;
  entry->slot = slot;
  entry->state = &directory_slot (segment, header, length, index)->state;
  entry->metadata = (uint8_t *) entry + room.metadata;
  shared_read (entry->metadata, segment->base + slot.metadata_offset, slot.metadata_length);
  result = find_lock (segment, header, length, &slot, index, &lock_offset, &lock_generation);

  /* All of it belongs together only if the slot is still the same. */
  if (!shmlens_entry_is_live (entry))
    result = error_set (ENOENT, ENTRY_NAME_FORMAT " was removed just now", ENTRY_NAME (entry));
  else if (result == 0 && format_check_metadata (&slot, index, entry->metadata, &error) < 0)
    result
        = error_set (EBADMSG, "%s is corrupt: %s; remove the segment", segment->name, error.text);
  if (result < 0)
    {
      free (entry);
      return result;
    }
  connect (entry, lock_offset, lock_generation);
  describe (entry, &room);
  enlist (entry);
  *ret_entry = entry;
  return 0;
}

int
shmlens_entry_open (struct shmlens_segment *segment, const char *name,
                    struct shmlens_entry **ret_entry)
{
  struct format_header header;
  uint64_t length;
  uint32_t index;
  int result;

  attacher_after_fork ();
  if ((result = directory_copy (segment, &header, &length)) < 0)
    return result;
  result = name == NULL ? -ENOENT : names_find (segment, &header, length, name, &index);
  if (result == -ENOENT)
    return error_set (ENOENT,
                      "there is no entry \"%s\" in %s; make it with shmlens_value_create() or"
                      " shmlens_array_create(), or see shmlensctl list %s",
                      name == NULL ? "" : name, segment->name, segment->name);
  if (result < 0)
    return result;
  return entry_new (segment, &header, length, index, ret_entry);
}

int
shmlens_entry_open_id (struct shmlens_segment *segment, uint64_t id,
                       struct shmlens_entry **ret_entry)
{
  struct shmlens_entry *entry = NULL;
  struct format_header header;
  uint64_t length;
  int result;

  attacher_after_fork ();
  if ((result = directory_copy (segment, &header, &length)) < 0)
    return result;
  result = entry_new (segment, &header, length, (uint32_t) id, &entry);
  if (result == 0 && shmlens_entry_id (entry) != id)
    {
      shmlens_entry_close (entry);
      result = -ENOENT;
    }
  if (result == -ENOENT)
    return error_set (ENOENT, "the entry with the id %llu was removed from %s",
                      (unsigned long long) id, segment->name);
  if (result == 0)
    *ret_entry = entry;
  return result;
}

int
shmlens_segment_next (struct shmlens_segment *segment, uint32_t *cursor,
                      struct shmlens_entry **ret_entry)
{
  struct format_header header;
  uint64_t length;
  int result;

  /* A corrupt directory is told once; nothing more can be found by it. */
  if (*cursor == UINT32_MAX)
    return 0;
  if ((result = directory_copy (segment, &header, &length)) < 0)
    {
      *cursor = UINT32_MAX;
      return result;
    }
  while (*cursor < header.slot_count)
    {
      result = entry_new (segment, &header, length, (*cursor)++, ret_entry);
      if (result != -ENOENT)
        return result < 0 ? result : 1;
    }
  return 0;
}

void
shmlens_entry_close (struct shmlens_entry *entry)
{
  struct shmlens_segment *segment;

  if (entry == NULL)
    return;
  segment = entry->segment;
  pthread_mutex_lock (&segment->handles_lock);
  if (entry->next != NULL)
    entry->next->previous = entry->previous;
  if (entry->previous != NULL)
    entry->previous->next = entry->next;
  else
    segment->entries = entry->next;
  pthread_mutex_unlock (&segment->handles_lock);
  free (entry);
}

void
entry_free_all (struct shmlens_segment *segment)
{
  while (segment->entries != NULL)
    {
      struct shmlens_entry *entry = segment->entries;

      segment->entries = entry->next;
      free (entry);
    }
}


/* Removing. */

/* Whether nobody else is inside the entry's lock. A lock that would go with the
 * entry must not be held by this thread either: its memory is a link in the
 * thread's list of robust locks. */
static int
check_unused (struct shmlens_entry *entry)
{
  bool is_own = entry->slot.lock_slot == entry->index;
  int result;

  if (entry->lock.shared == NULL)
    return 0;
  if (is_own && __atomic_load_n (&entry->lock.shared->references, __ATOMIC_RELAXED) == 0
      && shmlens_lock_is_mine (&entry->lock))
    return error_set (EBUSY, ENTRY_NAME_FORMAT ": this thread holds its lock; release it first",
                      ENTRY_NAME (entry));
  result = shmlens_lock_try_acquire (&entry->lock);
  if (result == -EBUSY)
    return error_set (EBUSY,
                      ENTRY_NAME_FORMAT " is in use: another thread holds its lock; try again when"
                                        " it has let go",
                      ENTRY_NAME (entry));
  if (result >= 0)
    shmlens_lock_release (&entry->lock);

  /* A lock that can never be taken again keeps nobody from removing what it guarded. */
  return result == -ENOTRECOVERABLE || result >= 0 ? 0 : result;
}

void
entry_withdraw (struct shmlens_segment *segment, uint32_t index, const struct format_slot *slot)
{
  if (slot->lock_slot == index)
    {
      entry_lock_withdraw (segment, index, slot);
      return;
    }
  directory_set_state (segment, index, FORMAT_SLOT_FREE);
  extent_give_back (segment, index, slot->extent_offset, slot->extent_length);
  if (slot->lock_kind == SHMLENS_LOCK_ROBUST)
    entry_lock_forget (segment, slot->lock_slot);
}

int
shmlens_entry_remove (struct shmlens_entry *entry)
{
  struct shmlens_segment *segment = entry->segment;
  struct format_slot slot;
  int result;

  if ((result = directory_begin (segment)) < 0)
    return result;
  if (!shmlens_entry_is_live (entry))
    result = error_set (ENOENT, ENTRY_NAME_FORMAT " was removed already; close the handle",
                        ENTRY_NAME (entry));
  else
    result = directory_read_slot (segment, &segment->directory, segment->directory_length,
                                  entry->index, &slot);
  if (result == 0)
    result = check_unused (entry);
  if (result == 0)
    entry_withdraw (segment, entry->index, &slot);
  directory_end (segment);
  if (result == 0)
    shmlens_entry_close (entry);
  return result;
}


/* Describing. */

bool
shmlens_entry_is_live (const struct shmlens_entry *entry)
{
  return __atomic_load_n (entry->state, __ATOMIC_ACQUIRE) == entry->slot.state;
}

uint64_t
shmlens_entry_id (const struct shmlens_entry *entry)
{
  return (uint64_t) FORMAT_GENERATION (entry->slot.state) << 32 | entry->index;
}

struct shmlens_segment *
shmlens_entry_segment (const struct shmlens_entry *entry)
{
  return entry->segment;
}

const struct shmlens_entry_info *
shmlens_entry_describe (const struct shmlens_entry *entry)
{
  return &entry->info;
}

struct shmlens_lock *
shmlens_entry_lock (const struct shmlens_entry *entry)
{
  return entry->lock.shared == NULL ? NULL : (struct shmlens_lock *) &entry->lock;
}
