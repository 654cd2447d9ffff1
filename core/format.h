/* format.h - the bytes of a segment, and the functions that judge them.
 *
 * SPDX-License-Identifier: MIT
 *
 * core/format.md explains every field; this header is its C form. Nothing here
 * allocates, maps, or follows a pointer that came out of shared memory.
 *
 * Whoever reads a segment copies a structure out first (format_copy_*), then
 * judges the copy (format_check_*), then uses the copy: what lies in shared
 * memory may change between a check and its use.
 */
#ifndef SHMLENS_FORMAT_H
#define SHMLENS_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shmlens.h"

#define FORMAT_MAGIC "SHMLENS\n"
#define FORMAT_VERSION 1u
#define FORMAT_BYTE_ORDER 0x01020304u  /* as the maker's machine stores it */

/* A segment grows by whole pages of this size; offsets of tables are multiples
 * of FORMAT_ALIGNMENT, a cache line. */
#define FORMAT_PAGE 4096u
#define FORMAT_ALIGNMENT 64u

#define FORMAT_ATTACHERS 256u
#define FORMAT_BLOCKS 16u            /* directory blocks; block k has 64 << k slots */
#define FORMAT_FIRST_BLOCK_SLOTS 64u
#define FORMAT_SLOTS_MAX (FORMAT_FIRST_BLOCK_SLOTS * ((1u << FORMAT_BLOCKS) - 1u))
#define FORMAT_FREE_CLASSES 48u      /* free extents of 64 << k bytes and up */
#define FORMAT_NO_SLOT UINT32_MAX

/* What a peer may claim at most; at least, a capacity holds the header's page,
 * the attachers and the first directory block. */
#define FORMAT_CAPACITY_MIN 40960u
#define FORMAT_CAPACITY_MAX (UINT64_C (1) << 46)
#define FORMAT_ELEMENT_MAX (1u << 20)   /* bytes of a structure */
#define FORMAT_METADATA_MAX (1u << 18)  /* bytes of an entry's metadata */

/* Which implementation's mutex lies in a format_lock: glibc's 40 byte
 * robust mutex with 64-bit list pointers. */
#define FORMAT_LOCK_ABI_GLIBC_64 1u

/* Feature bits, as ext4 has them: an unknown bit in `incompatible` forbids
 * attaching, one in `read_only_compatible` forbids writing, one in `compatible`
 * nothing. */
#define FORMAT_COMPATIBLE_KNOWN 0u
#define FORMAT_READ_ONLY_COMPATIBLE_KNOWN 0u
#define FORMAT_INCOMPATIBLE_KNOWN 0u

/* A lock: 128 bytes. The first line is written by every holder, the second is
 * nearly always only read. A value of up to 8 bytes with its own lock lives in
 * the first line, so that a locked increment touches one line. */
struct format_lock
{
  uint8_t mutex[40];       /* the robust mutex, by the segment's lock_abi */
  uint32_t holder_pid;     /* who took it last; meaningful while it is held */
  uint32_t sequence;       /* odd while held; raised on taking and on releasing */
  uint32_t since_ms;       /* CLOCK_MONOTONIC_COARSE when taken, milliseconds modulo 2^32 */
  uint32_t writes;         /* low half of the owning entry's write counter */
  uint8_t inline_value[8];

  uint32_t plea;           /* futex word: thread id of a waiter that asks to be let in; 0 none */
  uint32_t recoveries;     /* how often a dead holder's lock was recovered */
  uint32_t references;     /* entries in other slots that use it; under the directory lock */
  uint32_t reserved_0;
  uint64_t reserved[6];
};

/* A process that has the segment attached. Taken by compare-and-swap of the pid
 * from 0 or from a process that is gone. */
struct format_attacher
{
  uint32_t pid;
  uint32_t reserved_0;
  uint64_t start_time;     /* field 22 of /proc/PID/stat; 0 while being filled in */
  uint64_t reserved[2];
  char program[32];
};

enum format_slot_state
{
  FORMAT_SLOT_FREE = 0,      /* may keep an extent, to be given to the next one that fits */
  FORMAT_SLOT_BUILDING = 1,  /* its maker is at work, or died at it: a later maker takes it back */
  FORMAT_SLOT_LIVE = 2,
  FORMAT_SLOT_RETIRED = 3    /* removed, but its lock is still used by other entries */
};

#define FORMAT_STATE_BITS 3u
#define FORMAT_STATE(word) ((enum format_slot_state) ((word) & ((1u << FORMAT_STATE_BITS) - 1)))
#define FORMAT_GENERATION(word) ((word) >> FORMAT_STATE_BITS)

enum format_slot_what
{
  FORMAT_WHAT_ENTRY = 1,
  FORMAT_WHAT_LOCK = 2  /* a lock that stands alone: no name, no data */
};

enum
{
  FORMAT_HAS_MINIMUM = 1u << 0,
  FORMAT_HAS_MAXIMUM = 1u << 1,
  FORMAT_HAS_PROGRESS_MAX = 1u << 2,
  FORMAT_NOT_EDITABLE = 1u << 3,
  FORMAT_MADE_UP_NAME = 1u << 4,
  FORMAT_FLAGS_KNOWN = (1u << 5) - 1
};

/* An entry in the directory: 320 bytes. A slot owns one extent, which holds, in
 * this order and each when needed: its format_lock, its data, its metadata. */
struct format_slot
{
  uint32_t state;           /* generation << 3 | enum format_slot_state */
  uint32_t next_free;       /* in a free list: the next slot, or FORMAT_NO_SLOT */
  uint32_t name_hash;       /* FNV-1a of the name */
  uint32_t writes_low;      /* the write counter of entries without a format_lock of their own */
  uint32_t writes_high;     /* high half of every entry's write counter */
  uint32_t lock_slot;       /* whose extent begins with the lock: itself, another slot, FORMAT_NO_SLOT */
  uint64_t extent_offset;   /* from the segment's start; 0 when it owns none */
  uint64_t extent_length;
  uint64_t data_offset;     /* from the segment's start */
  uint64_t data_length;     /* element_size times all of shape */

  uint8_t what;             /* enum format_slot_what */
  uint8_t kind;             /* enum shmlens_kind */
  char code;                /* the maker's type code, a hint; kind and size count */
  uint8_t role;             /* enum shmlens_role */
  uint8_t lock_kind;        /* enum shmlens_lock_kind */
  uint8_t dimensions;       /* 0 for a value */
  uint16_t flags;           /* FORMAT_HAS_... */
  uint32_t element_size;
  uint32_t maker_pid;
  uint64_t shape[SHMLENS_DIMENSIONS_MAX];  /* unused ones 0 */
  uint8_t minimum[8];       /* an element each, in the entry's own type */
  uint8_t maximum[8];
  uint8_t progress_max[8];

  uint64_t created_ns;      /* CLOCK_REALTIME */
  uint64_t metadata_offset; /* 0 when there is none */
  uint32_t metadata_length; /* field table, label table, then the doc with its NUL */
  uint16_t field_count;
  uint16_t label_count;
  uint32_t doc_length;      /* without the NUL; 0 none */
  uint32_t reserved_0;
  char unit[SHMLENS_UNIT_MAX + 1];
  char name[SHMLENS_ENTRY_NAME_MAX + 1];
  uint64_t reserved[5];
};

struct format_field
{
  uint32_t offset;
  uint32_t size;            /* of one element */
  uint8_t kind;             /* any but SHMLENS_KIND_STRUCT */
  char code;
  uint8_t swapped;
  uint8_t bit_offset;
  uint8_t bit_width;        /* 0: no bit field */
  uint8_t dimensions;
  uint16_t reserved_0;
  uint32_t shape[SHMLENS_DIMENSIONS_MAX];
  char name[SHMLENS_ENTRY_NAME_MAX + 1];
};

struct format_label
{
  int64_t value;
  int32_t field;            /* index into the field table; -1 the element itself */
  uint32_t reserved_0;
  char text[64];
};

/* The start of every segment: one page. */
struct format_header
{
  char magic[8];
  uint32_t version;
  uint32_t byte_order;
  uint32_t header_size;
  uint32_t slot_size;
  uint32_t lock_size;
  uint32_t attacher_size;
  uint32_t compatible;
  uint32_t read_only_compatible;
  uint32_t incompatible;
  uint32_t lock_abi;
  uint64_t capacity;        /* the most bytes the segment can have; never changes */
  uint64_t pid_namespace;   /* inode of the maker's /proc/self/ns/pid: thread ids mean threads there */
  uint8_t identity[16];     /* random */
  uint64_t created_ns;      /* CLOCK_REALTIME */
  uint64_t maker_start_time;
  uint32_t maker_pid;
  uint32_t attacher_count;  /* FORMAT_ATTACHERS */
  uint64_t attacher_offset;
  char program[64];
  char logical_name[256];
  uint8_t reserved_0[16];   /* fills the cache line */

  /* From here on: changed under the directory lock. */
  uint64_t size;            /* bytes given out, a multiple of FORMAT_PAGE; the file is as long */
  uint64_t used;            /* the first byte never given to an extent */
  uint32_t slot_count;      /* slots ever used; a slot's index is below it */
  uint32_t generation;      /* raised whenever a slot becomes live or stops being so */
  uint64_t block_offset[FORMAT_BLOCKS];      /* 0: not there yet */
  uint32_t free_head[FORMAT_FREE_CLASSES];   /* a slot, or FORMAT_NO_SLOT */
  uint32_t free_slot;       /* first free slot without an extent, or FORMAT_NO_SLOT */
  uint32_t changing;        /* not 0 while somebody changes the directory, or died at it */
  uint8_t reserved_1[32];   /* fills the cache line */

  struct format_lock directory_lock;
};

#ifdef __cplusplus
#define FORMAT_ASSERT static_assert
#else
#define FORMAT_ASSERT _Static_assert
#endif
FORMAT_ASSERT (sizeof (struct format_lock) == 128, "a lock is two cache lines");
FORMAT_ASSERT (offsetof (struct format_lock, inline_value) == 56, "the value shares the first line");
FORMAT_ASSERT (offsetof (struct format_lock, plea) == 64, "the second line");
FORMAT_ASSERT (sizeof (struct format_attacher) == 64, "an attacher is one cache line");
FORMAT_ASSERT (sizeof (struct format_slot) == 320, "a slot is five cache lines");
FORMAT_ASSERT (sizeof (struct format_field) == 128, "fields are 128 bytes");
FORMAT_ASSERT (sizeof (struct format_label) == 80, "labels are 80 bytes");
FORMAT_ASSERT (offsetof (struct format_header, size) % 64 == 0, "what changes has its own lines");
FORMAT_ASSERT (offsetof (struct format_header, directory_lock) % 64 == 0, "a lock begins a line");
FORMAT_ASSERT (sizeof (struct format_header) <= FORMAT_PAGE, "the header is at most a page");

/* What is wrong with a segment: a sentence that names the field, for example
 * "slot 3, data_offset: 4294967296 lies beyond the segment's 65536 bytes". */
struct format_error
{
  char text[256];
};

/* Copies a header that may change meanwhile: words in the opposite order of
 * that in which writers store them (free lists, slot_count, block_offset, used,
 * size), so that the copy of a whole segment is always a whole header.
 *
 * @param header_memory  at least sizeof (struct format_header) bytes, 8-byte aligned.
 */
void format_copy_header (const void *header_memory, struct format_header *ret_header);

/* Judges a copy of the header.
 *
 * @param length  the bytes that really are there (of the file, not of the
 *   header's word), asked for after the copy was made: segments grow.
 * @param ret_error  tells which field and why, on failure; NULL here and below
 *   when nobody wants to know.
 * @returns 0; -EBADMSG; -EPROTONOSUPPORT another version, byte order or an
 *   unknown incompatible feature.
 */
int format_check_header (const struct format_header *header, uint64_t length,
                         struct format_error *ret_error);

/* Whether a checked header allows this library to write and to lock:
 * 0, or -EPROTONOSUPPORT (a feature bit, the lock ABI) with the reason. */
int format_check_writable (const struct format_header *header, struct format_error *ret_error);

/* Where the slot with this index lies, by a checked header; 0 when its block is
 * not there or does not fit into length. */
uint64_t format_slot_offset (const struct format_header *header, uint32_t index, uint64_t length);

/* Judges the copy of a live slot, or of a retired one: of that only its lock
 * counts. Slots in other states hold nothing to be used: -EBADMSG.
 *
 * @param header  a checked copy; may be older than the slot.
 * @param length  the file's bytes, asked for after the slot was copied.
 * @returns 0 or -EBADMSG.
 */
int format_check_slot (const struct format_header *header, const struct format_slot *slot,
                       uint32_t index, uint64_t length, struct format_error *ret_error);

/* Judges the copy of a checked slot's metadata.
 *
 * @param metadata  slot->metadata_length bytes, 8-byte aligned.
 */
int format_check_metadata (const struct format_slot *slot, uint32_t index, const void *metadata,
                           struct format_error *ret_error);

/* Where a checked slot's lock lies; 0 when it has none of ours. Another slot's
 * lock must be looked up through that slot: copy and check it first, then
 * give it as `lock_slot`. */
uint64_t format_lock_offset (const struct format_slot *slot, uint32_t index,
                             const struct format_slot *lock_slot, uint32_t lock_index);

/* Copies a slot that may change meanwhile: the copy is of one generation (when
 * its state is live or retired; the content of others is in flux).
 *
 * @returns 0, or -EAGAIN when it kept changing.
 */
int format_copy_slot (const void *slot_memory, struct format_slot *ret_slot);

/* Stores everything but the state into a slot whose state word its maker has
 * set to FORMAT_SLOT_BUILDING; the maker then publishes it by a release store
 * of the state. The counterpart of format_copy_slot: a copy taken meanwhile is
 * noticed. */
void format_store_slot (void *slot_memory, const struct format_slot *slot);

/* Judges a whole segment: header, attachers, every slot and its metadata. Reads
 * nothing outside bytes[0..length), terminates for every input, and keeps
 * no state. The bytes must not change meanwhile (for live memory use the
 * functions above on copies).
 *
 * @param bytes  8-byte aligned.
 */
int format_validate (const void *bytes, uint64_t length, struct format_error *ret_error);

/* FNV-1a, 32 bits, of a name. */
uint32_t format_hash (const char *name);

/* Whether these bytes are a name: 1 to `longest` bytes of valid UTF-8, no
 * control characters (those below U+0020 and U+007F to U+009F), ended by a NUL
 * within `size` bytes. */
bool format_name_is_valid (const char *name, size_t size, size_t longest);

#endif
