/* names.c - a process's own index of the names in a segment. */
#include "names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "directory.h"
#include "error.h"

#define ROOM_MIN 64u

void
names_free (struct names *names)
{
  free (names->buckets);
  free (names->next);
  free (names->hashes);
  free (names->is_in);
  *names = (struct names){ .room = 0 };
}

static bool
make_room (struct names *names, uint32_t slot_count)
{
  uint32_t room = ROOM_MIN;

  while (room < slot_count)
    room *= 2;
  if (names->room >= room)
    return true;
  names_free (names);
  names->buckets = calloc (room, sizeof *names->buckets);
  names->next = calloc (room, sizeof *names->next);
  names->hashes = calloc (room, sizeof *names->hashes);
  names->is_in = calloc (room, sizeof *names->is_in);
  if (names->buckets == NULL || names->next == NULL || names->hashes == NULL
      || names->is_in == NULL)
    {
      names_free (names);
      return false;
    }
  names->room = room;
  names->mask = room - 1;
  return true;
}

static void
take_out (struct names *names, uint32_t index)
{
  uint32_t *link = &names->buckets[names->hashes[index] & names->mask];

  if (!names->is_in[index])
    return;
  while (*link != index)
    link = &names->next[*link];
  *link = names->next[index];
  names->is_in[index] = false;
}

static void
put_in (struct names *names, uint32_t index, uint32_t hash)
{
  uint32_t *bucket = &names->buckets[hash & names->mask];

  names->hashes[index] = hash;
  names->next[index] = *bucket;
  names->is_in[index] = true;
  *bucket = index;
}

static bool
is_live (const struct format_slot *shared)
{
  return FORMAT_STATE (__atomic_load_n (&shared->state, __ATOMIC_ACQUIRE)) == FORMAT_SLOT_LIVE;
}

static bool
rebuild (struct shmlens_segment *segment, const struct format_header *header, uint64_t length)
{
  struct names *names = &segment->names;

  if (!make_room (names, header->slot_count))
    return false;
  memset (names->buckets, 0xff, names->room * sizeof *names->buckets);
  memset (names->is_in, 0, names->room * sizeof *names->is_in);
  for (uint32_t index = 0; index < header->slot_count; index++)
    {
      const struct format_slot *shared = directory_slot (segment, header, length, index);

      if (shared != NULL && is_live (shared))
        put_in (names, index, __atomic_load_n (&shared->name_hash, __ATOMIC_RELAXED));
    }
  names->generation = header->generation;
  return true;
}

static bool
has_name (const struct format_slot *shared, const char *name)
{
  struct format_slot slot;

  return shared != NULL && is_live (shared) && format_copy_slot (shared, &slot) == 0
         && FORMAT_STATE (slot.state) == FORMAT_SLOT_LIVE && slot.what == FORMAT_WHAT_ENTRY
         && strncmp (slot.name, name, sizeof slot.name) == 0;
}

int
names_find (struct shmlens_segment *segment, const struct format_header *header, uint64_t length,
            const char *name, uint32_t *ret_index)
{
  struct names *names = &segment->names;
  uint32_t hash = format_hash (name);
  int result = -ENOENT;

  pthread_mutex_lock (&segment->handles_lock);
  if ((names->room == 0 || (int32_t) (names->generation - header->generation) < 0)
      && !rebuild (segment, header, length))
    result = error_set (ENOMEM, "%s: no memory for an index of its names", segment->name);
  else
    for (uint32_t index = names->buckets[hash & names->mask];
         index != FORMAT_NO_SLOT && result == -ENOENT; index = names->next[index])
      if (names->hashes[index] == hash
          && has_name (directory_slot (segment, header, length, index), name))
        {
          *ret_index = index;
          result = 0;
        }
  pthread_mutex_unlock (&segment->handles_lock);
  return result;
}

void
names_update (struct shmlens_segment *segment, uint32_t index, const struct format_slot *shared)
{
  struct names *names = &segment->names;

  pthread_mutex_lock (&segment->handles_lock);
  if (index < names->room && names->generation + 1 == segment->directory.generation)
    {
      take_out (names, index);
      if (is_live (shared))
        put_in (names, index, __atomic_load_n (&shared->name_hash, __ATOMIC_RELAXED));
      names->generation++;
    }
  pthread_mutex_unlock (&segment->handles_lock);
}
