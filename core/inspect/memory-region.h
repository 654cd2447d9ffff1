/* memory-region.h - the mappings of a process, as /proc/PID/maps tells them. */
#pragma once

#include <glib.h>

typedef struct memory_region MemoryRegion;

/* One mapping of a process, as a line of /proc/PID/maps has it. */
struct memory_region
{
  guint64 start, end;
  guint64 offset;         /* in the file, of start */
  guint64 device, inode;  /* 0: not of a file. With offset, they name the memory across processes */
  gboolean is_readable, is_writable, is_executable;
  gboolean is_shared;
  gboolean is_deleted;    /* its file has no name any more */
  char *path;             /* "" none; "[heap]"; without " (deleted)" */
};

MemoryRegion *memory_region_copy (const MemoryRegion *region);
void memory_region_free (MemoryRegion *region);

/* Regions in the order of addresses, from the text, which is written into; lines that are none
 * are passed over. The caller owns the array of MemoryRegion *. */
GPtrArray *memory_regions_parse (char *text);
/* The region that holds the address; NULL. */
MemoryRegion *memory_regions_find (const GPtrArray *regions, guint64 address);
