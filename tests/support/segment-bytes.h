/* segment-bytes.h - a small valid segment in plain memory, with something of
 * everything in it, for tests that break it. */
#ifndef SHMLENS_TESTS_SEGMENT_BYTES_H
#define SHMLENS_TESTS_SEGMENT_BYTES_H

#include "format.h"

#define SEGMENT_BYTES_ATTACHERS 4096u
#define SEGMENT_BYTES_BLOCK 20480u   /* of the only directory block */
#define SEGMENT_BYTES_EXTENTS 40960u
#define SEGMENT_BYTES_SIZE 45056u

enum
{
  SEGMENT_BYTES_COUNTER,    /* int64, its own lock, the value inside it */
  SEGMENT_BYTES_LOSS,       /* float64, its own lock, limits, unit and doc */
  SEGMENT_BYTES_LOCK,       /* a lock that stands alone */
  SEGMENT_BYTES_GRID,       /* float32[4][5] under that lock */
  SEGMENT_BYTES_PARTICLES,  /* 3 structures with fields and labels, their own lock */
  SEGMENT_BYTES_STATUS,     /* uint8, no lock, labels */
  SEGMENT_BYTES_RETIRED,    /* a removed entry, kept for its lock */
  SEGMENT_BYTES_TEXT,       /* char[16] under the retired entry's lock */
  SEGMENT_BYTES_EXTERNAL,   /* uint32[2][0], an external lock, no bytes at all */
  SEGMENT_BYTES_FREE,       /* free with an extent */
  SEGMENT_BYTES_EMPTY,      /* free without */
  SEGMENT_BYTES_BUILDING,
  SEGMENT_BYTES_SLOTS
};

/* The structure whose bytes are in SEGMENT_BYTES_PARTICLES. */
struct segment_bytes_particle
{
  double x, y;
  char tag[4];
  uint32_t bits;
  int32_t big_endian[2];
};

/* Fills memory, SEGMENT_BYTES_SIZE bytes, 8-byte aligned. */
void segment_bytes_build (void *memory);

/* Its slots, and the offset of a slot. */
struct format_slot *segment_bytes_slot (void *memory, uint32_t index);
uint64_t segment_bytes_slot_offset (uint32_t index);

#endif
