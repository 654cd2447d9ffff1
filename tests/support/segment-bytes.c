#include "segment-bytes.h"

#include <stdlib.h>
#include <string.h>

/* What is being composed: a header that grows a used area behind the directory. */
struct builder
{
  char *memory;
  struct format_header header;
};

static uint64_t
align (uint64_t offset, uint64_t to)
{
  return (offset + to - 1) / to * to;
}

uint64_t
segment_bytes_slot_offset (uint32_t index)
{
  return SEGMENT_BYTES_BLOCK + (uint64_t) index * sizeof (struct format_slot);
}

struct format_slot *
segment_bytes_slot (void *memory, uint32_t index)
{
  return (struct format_slot *) ((char *) memory + segment_bytes_slot_offset (index));
}

/* A free robust recursive process-shared mutex of glibc's. */
static void
make_lock (char *memory)
{
  struct format_lock lock = { .references = 1 };
  const uint32_t kind = 0x91;

  memcpy (lock.mutex + 16, &kind, sizeof kind);
  memcpy (memory, &lock, sizeof lock);
}

static struct format_slot *
begin (struct builder *builder, uint32_t index, const char *name, uint8_t kind, char code,
       uint32_t size)
{
  struct format_slot *slot = segment_bytes_slot (builder->memory, index);

  slot->state = 1u << FORMAT_STATE_BITS | FORMAT_SLOT_LIVE;
  slot->next_free = FORMAT_NO_SLOT;
  slot->what = FORMAT_WHAT_ENTRY;
  slot->kind = kind;
  slot->code = code;
  slot->element_size = size;
  slot->maker_pid = 1;
  slot->created_ns = 1700000000000000000;
  slot->lock_slot = FORMAT_NO_SLOT;
  strncpy (slot->name, name, SHMLENS_ENTRY_NAME_MAX);
  slot->name_hash = format_hash (name);
  return slot;
}

/* Lays out the extent: the lock when `lock_slot` is the slot itself, the data,
 * the metadata. */
static void
finish (struct builder *builder, uint32_t index, uint32_t lock_slot, const void *metadata,
        uint32_t metadata_length)
{
  struct format_slot *slot = segment_bytes_slot (builder->memory, index);
  uint64_t at = builder->header.used;

  slot->data_length = slot->element_size;
  for (unsigned i = 0; i < slot->dimensions; i++)
    slot->data_length *= slot->shape[i];

  slot->extent_offset = at;
  slot->lock_slot = lock_slot;
  if (lock_slot != FORMAT_NO_SLOT)
    slot->lock_kind = SHMLENS_LOCK_ROBUST;
  if (lock_slot == index)
    {
      make_lock (builder->memory + at);
      at += sizeof (struct format_lock);
    }
  if (lock_slot == index && slot->dimensions == 0 && slot->data_length <= 8)
    slot->data_offset = slot->extent_offset + offsetof (struct format_lock, inline_value);
  else if (slot->data_length > 0)
    {
      slot->data_offset = at;
      at += slot->data_length;
    }
  if (metadata_length > 0)
    {
      at = align (at, sizeof (uint64_t));
      slot->metadata_offset = at;
      slot->metadata_length = metadata_length;
      memcpy (builder->memory + at, metadata, metadata_length);
      at += metadata_length;
    }
  builder->header.used = align (at, FORMAT_ALIGNMENT);
  slot->extent_length = builder->header.used - slot->extent_offset;
  if (slot->extent_length == 0)
    slot->extent_offset = 0;
}

static void
make_scalars (struct builder *builder)
{
  static const char doc[] = "mean over the last epoch";
  const double zero = 0, ten = 10;
  struct format_slot *slot;

  begin (builder, SEGMENT_BYTES_COUNTER, "counter", SHMLENS_KIND_SIGNED, 'q', 8);
  finish (builder, SEGMENT_BYTES_COUNTER, SEGMENT_BYTES_COUNTER, NULL, 0);

  slot = begin (builder, SEGMENT_BYTES_LOSS, "loss", SHMLENS_KIND_FLOAT, 'd', 8);
  slot->flags = FORMAT_HAS_MINIMUM | FORMAT_HAS_MAXIMUM | FORMAT_HAS_PROGRESS_MAX;
  memcpy (slot->minimum, &zero, sizeof zero);
  memcpy (slot->maximum, &ten, sizeof ten);
  memcpy (slot->progress_max, &ten, sizeof ten);
  slot->role = SHMLENS_ROLE_PROGRESS;
  strcpy (slot->unit, "°C");
  slot->doc_length = sizeof doc - 1;
  finish (builder, SEGMENT_BYTES_LOSS, SEGMENT_BYTES_LOSS, doc, sizeof doc);
}

static void
make_arrays (struct builder *builder)
{
  struct format_slot *slot;

  slot = begin (builder, SEGMENT_BYTES_LOCK, "", 0, '\0', 0);
  slot->what = FORMAT_WHAT_LOCK;
  finish (builder, SEGMENT_BYTES_LOCK, SEGMENT_BYTES_LOCK, NULL, 0);
  slot->data_offset = 0;

  slot = begin (builder, SEGMENT_BYTES_GRID, "grid", SHMLENS_KIND_FLOAT, 'f', 4);
  slot->dimensions = 2;
  slot->shape[0] = 4;
  slot->shape[1] = 5;
  finish (builder, SEGMENT_BYTES_GRID, SEGMENT_BYTES_LOCK, NULL, 0);

  begin (builder, SEGMENT_BYTES_RETIRED, "gone", SHMLENS_KIND_SIGNED, 'i', 4);
  finish (builder, SEGMENT_BYTES_RETIRED, SEGMENT_BYTES_RETIRED, NULL, 0);
  slot = segment_bytes_slot (builder->memory, SEGMENT_BYTES_RETIRED);
  slot->state = 1u << FORMAT_STATE_BITS | FORMAT_SLOT_RETIRED;

  slot = begin (builder, SEGMENT_BYTES_TEXT, "text", SHMLENS_KIND_CHAR, 'c', 1);
  slot->role = SHMLENS_ROLE_TEXT;
  slot->dimensions = 1;
  slot->shape[0] = 16;
  finish (builder, SEGMENT_BYTES_TEXT, SEGMENT_BYTES_RETIRED, NULL, 0);

  slot = begin (builder, SEGMENT_BYTES_EXTERNAL, "external", SHMLENS_KIND_UNSIGNED, 'I', 4);
  slot->dimensions = 2;
  slot->shape[0] = 2;
  finish (builder, SEGMENT_BYTES_EXTERNAL, FORMAT_NO_SLOT, NULL, 0);
  slot->lock_kind = SHMLENS_LOCK_EXTERNAL;
}

static struct format_field
field (const char *name, uint32_t offset, uint8_t kind, char code, uint32_t size)
{
  struct format_field result = { .offset = offset, .size = size, .kind = kind, .code = code };

  strncpy (result.name, name, SHMLENS_ENTRY_NAME_MAX);
  return result;
}

static void
make_structure (struct builder *builder)
{
  struct
  {
    struct format_field fields[6];
    struct format_label labels[2];
    char doc[8];
  } metadata = { .doc = "a swarm" };
  struct format_slot *slot;

#define AT(member) offsetof (struct segment_bytes_particle, member)
  metadata.fields[0] = field ("pos.x", AT (x), SHMLENS_KIND_FLOAT, 'd', 8);
  metadata.fields[1] = field ("pos.y", AT (y), SHMLENS_KIND_FLOAT, 'd', 8);
  metadata.fields[2] = field ("tag", AT (tag), SHMLENS_KIND_CHAR, 'c', 1);
  metadata.fields[2].dimensions = 1;
  metadata.fields[2].shape[0] = 4;
  metadata.fields[3] = field ("alive", AT (bits), SHMLENS_KIND_BOOL, '?', 1);
  metadata.fields[3].bit_width = 1;
  metadata.fields[4] = field ("mode", AT (bits), SHMLENS_KIND_UNSIGNED, 'I', 4);
  metadata.fields[4].bit_offset = 29;
  metadata.fields[4].bit_width = 3;
  metadata.fields[5] = field ("ports", AT (big_endian), SHMLENS_KIND_SIGNED, 'i', 4);
  metadata.fields[5].swapped = 1;
  metadata.fields[5].dimensions = 2;
  metadata.fields[5].shape[0] = 1;
  metadata.fields[5].shape[1] = 2;
#undef AT
  metadata.labels[0] = (struct format_label) { .value = 0, .field = 4, .text = "idle" };
  metadata.labels[1] = (struct format_label) { .value = 5, .field = 4, .text = "läuft" };

  slot = begin (builder, SEGMENT_BYTES_PARTICLES, "particles", SHMLENS_KIND_STRUCT, 'T',
                sizeof (struct segment_bytes_particle));
  slot->dimensions = 1;
  slot->shape[0] = 3;
  slot->field_count = 6;
  slot->label_count = 2;
  slot->doc_length = 7;
  finish (builder, SEGMENT_BYTES_PARTICLES, SEGMENT_BYTES_PARTICLES, &metadata, sizeof metadata);

  metadata.labels[0].field = metadata.labels[1].field = -1;
  slot = begin (builder, SEGMENT_BYTES_STATUS, "status", SHMLENS_KIND_UNSIGNED, 'B', 1);
  slot->flags = FORMAT_NOT_EDITABLE | FORMAT_MADE_UP_NAME;
  slot->label_count = 2;
  finish (builder, SEGMENT_BYTES_STATUS, FORMAT_NO_SLOT, metadata.labels, sizeof metadata.labels);
}

static void
make_free_slots (struct builder *builder)
{
  struct format_slot *slot;

  slot = segment_bytes_slot (builder->memory, SEGMENT_BYTES_FREE);
  slot->state = 3u << FORMAT_STATE_BITS | FORMAT_SLOT_FREE;
  slot->next_free = FORMAT_NO_SLOT;
  slot->extent_offset = builder->header.used;
  slot->extent_length = 192;
  builder->header.used += slot->extent_length;
  builder->header.free_head[1] = SEGMENT_BYTES_FREE;

  slot = segment_bytes_slot (builder->memory, SEGMENT_BYTES_EMPTY);
  slot->next_free = FORMAT_NO_SLOT;
  builder->header.free_slot = SEGMENT_BYTES_EMPTY;

  slot = segment_bytes_slot (builder->memory, SEGMENT_BYTES_BUILDING);
  slot->state = 1u << FORMAT_STATE_BITS | FORMAT_SLOT_BUILDING;
  slot->extent_offset = UINT64_MAX;
}

void
segment_bytes_build (void *memory)
{
  struct builder builder = {
    .memory = memory,
    .header = {
      .magic = FORMAT_MAGIC,
      .version = FORMAT_VERSION,
      .byte_order = FORMAT_BYTE_ORDER,
      .header_size = sizeof (struct format_header),
      .slot_size = sizeof (struct format_slot),
      .lock_size = sizeof (struct format_lock),
      .attacher_size = sizeof (struct format_attacher),
      .lock_abi = FORMAT_LOCK_ABI_GLIBC_64,
      .capacity = 1u << 20,
      .pid_namespace = 4026531836,
      .identity = { 1, 2, 3, 4 },
      .created_ns = 1700000000000000000,
      .maker_pid = 1,
      .attacher_count = FORMAT_ATTACHERS,
      .attacher_offset = SEGMENT_BYTES_ATTACHERS,
      .program = "maker",
      .logical_name = "/made by hand",
      .size = SEGMENT_BYTES_SIZE,
      .used = SEGMENT_BYTES_EXTENTS,
      .slot_count = SEGMENT_BYTES_SLOTS,
      .generation = 9,
      .block_offset = { SEGMENT_BYTES_BLOCK },
    },
  };
  struct format_attacher attacher = { .pid = 1, .start_time = 2, .program = "maker" };

  memset (memory, 0, SEGMENT_BYTES_SIZE);
  memset (builder.header.free_head, 0xff, sizeof builder.header.free_head);
  make_scalars (&builder);
  make_arrays (&builder);
  make_structure (&builder);
  make_free_slots (&builder);
  memcpy (builder.memory + SEGMENT_BYTES_ATTACHERS, &attacher, sizeof attacher);
  make_lock ((char *) &builder.header.directory_lock);
  memcpy (memory, &builder.header, sizeof builder.header);
  if (builder.header.used > SEGMENT_BYTES_SIZE)
    abort ();
}
