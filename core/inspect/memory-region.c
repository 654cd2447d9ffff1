/* memory-region.c - the mappings of a process. */
#include "memory-region.h"

#include <string.h>
#include <sys/sysmacros.h>

/* A process that maps more than this is not understood in time anyway. */
#define REGIONS_MAX 200000

static gboolean
parse_hex (const char **position, char end, guint64 *ret_number)
{
  char *after;

  if (!g_ascii_isxdigit (**position))
    return FALSE;
  *ret_number = g_ascii_strtoull (*position, &after, 16);
  if (*after != end)
    return FALSE;
  *position = after + 1;
  return TRUE;
}

/* "7f00-7f01 rw-s 00000000 00:1a 123   /dev/shm/x (deleted)" */
static MemoryRegion *
parse_line (const char *line)
{
  MemoryRegion region = { 0 };
  guint64 device_major, device_minor;
  gsize length;
  char *end;

  if (!parse_hex (&line, '-', &region.start) || !parse_hex (&line, ' ', &region.end)
      || region.start >= region.end || strlen (line) < 5)
    return NULL;
  region.is_readable = line[0] == 'r';
  region.is_writable = line[1] == 'w';
  region.is_executable = line[2] == 'x';
  region.is_shared = line[3] == 's';
  line += 5;
  if (!parse_hex (&line, ' ', &region.offset) || !parse_hex (&line, ':', &device_major)
      || !parse_hex (&line, ' ', &device_minor))
    return NULL;
  region.inode = g_ascii_strtoull (line, &end, 10);
  region.device = region.inode == 0 ? 0 : makedev (device_major, device_minor);
  while (*end == ' ')
    end++;
  length = strlen (end);
  region.is_deleted = g_str_has_suffix (end, " (deleted)");
  region.path = g_strndup (end, region.is_deleted ? length - strlen (" (deleted)") : length);
  return g_memdup2 (&region, sizeof region);
}

MemoryRegion *
memory_region_copy (const MemoryRegion *region)
{
  MemoryRegion *copy = g_memdup2 (region, sizeof *region);

  copy->path = g_strdup (region->path);
  return copy;
}

void
memory_region_free (MemoryRegion *region)
{
  if (region == NULL)
    return;
  g_free (region->path);
  g_free (region);
}

MemoryRegion *
memory_regions_find (const GPtrArray *regions, guint64 address)
{
  guint low = 0, high = regions->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      MemoryRegion *region = regions->pdata[middle];

      if (address < region->start)
        high = middle;
      else if (address >= region->end)
        low = middle + 1;
      else
        return region;
    }
  return NULL;
}

GPtrArray *
memory_regions_parse (char *text)
{
  GPtrArray *regions = g_ptr_array_new_with_free_func ((GDestroyNotify) memory_region_free);
  guint64 behind = 0;
  char *line, *next;

  for (line = text; *line != '\0' && regions->len < REGIONS_MAX; line = next)
    {
      MemoryRegion *region;
      char *newline = strchr (line, '\n');

      next = newline != NULL ? newline + 1 : line + strlen (line);
      if (newline != NULL)
        *newline = '\0';
      region = parse_line (line);
      /* Read in several pieces while the program maps and unmaps, it may overlap. */
      if (region != NULL && region->start < behind)
        g_clear_pointer (&region, memory_region_free);
      if (region == NULL)
        continue;
      behind = region->end;
      g_ptr_array_add (regions, region);
    }
  return regions;
}
