/* python-entry.c - an entry of a Python program: its bytes read and written.
 *
 * Elements may lie apart (a column of a matrix, every second one, backwards): what is
 * handed out is packed.
 */
#include "python-entry.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "inspect-error.h"
#include "python-state.h"

PythonEntry *
python_entry_new (PythonEntry *values)
{
  PythonEntry *self = g_atomic_rc_box_new (PythonEntry);

  *self = *values;
  return self;
}

PythonEntry *
python_entry_ref (PythonEntry *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
python_entry_clear (gpointer data)
{
  PythonEntry *self = data;

  entry_info_unref (self->info);
  shared_file_unref (self->file);
  python_lock_unref (self->lock);
  for (guint i = 0; i < self->n_parts; i++)
    python_lock_unref (self->parts[i]);
  for (guint i = 0; i < self->n_places; i++)
    process_memory_unref (self->places[i].memory);
  g_free (self->places);
}

void
python_entry_unref (PythonEntry *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, python_entry_clear);
}

/* The first process that still has it; NULL. */
static const PyPlace *
valid_place (PythonEntry *self)
{
  gboolean valid;

  for (guint i = 0; i < self->n_places; i++)
    if (py_places_validate (&self->places[i], 1, &valid) > 0)
      return &self->places[i];
  return NULL;
}

gboolean
python_entry_is_valid (PythonEntry *self)
{
  /* What is only recorded is in no memory that could be looked at. */
  return self->n_places == 0 || valid_place (self) != NULL;
}

/* -------------------------------------------------------------------- where bytes are -- */

/* Copies bytes at a distance (may be negative) from the first element. place: where they are
 * when there is no file; elsewhere the address may have become another object's. */
static int
read_at (PythonEntry *self, const PyPlace *place, gint64 distance, gsize length, void *to)
{
  if (self->file != NULL)
    return shared_file_read (self->file, self->file_offset + (guint64) distance, length, to);
  if (place != NULL
      && process_memory_read (place->memory, place->data + (guint64) distance, to, length)
           == (gssize) length)
    return 0;
  return -EFAULT;
}

static int
store_at (PythonEntry *self, const PyPlace *place, gint64 distance, gsize length, const void *from)
{
  gsize unit = self->info->type.size;

  if (self->info->type.kind == SHMLENS_KIND_STRUCT)
    for (unit = 8; unit > 1 && ((self->file_offset + (guint64) distance) % unit != 0
                                || length % unit != 0);)
      unit /= 2;
  if (self->file != NULL)
    return shared_file_store (self->file, self->file_offset + (guint64) distance, length, unit,
                              from);
  if (place == NULL)
    return -EFAULT;
  return process_memory_write (place->memory, place->data + (guint64) distance, from, length);
}

/* How many elements, from any that is a multiple of that, lie one behind the other. */
static guint64
run_length (const EntryInfo *info)
{
  guint64 run = 1;

  for (guint d = info->dimensions; d-- > 0;)
    {
      if (info->strides[d] != (gint64) (run * info->type.size))
        break;
      run *= info->shape[d];
    }
  return run;
}

/* The distance of an element from the first one. */
static gint64
distance_of (const EntryInfo *info, guint64 index)
{
  guint64 distance = 0;

  for (guint d = info->dimensions; d-- > 0;)
    {
      distance += index % info->shape[d] * (guint64) info->strides[d];
      index /= info->shape[d];
    }
  return (gint64) distance;
}

typedef int (*Transfer) (PythonEntry *self, const PyPlace *place, gint64 distance, gsize length,
                         gsize done, gpointer data);

/* Goes through the bytes offset <= i < offset + length of the packed elements, by pieces
 * that lie together. */
static int
for_each_piece (PythonEntry *self, guint64 offset, guint64 length, Transfer transfer,
                gpointer data)
{
  const EntryInfo *info = self->info;
  const PyPlace *place = self->file == NULL ? valid_place (self) : NULL;
  guint64 size = info->type.size;
  guint64 run = MAX (run_length (info), 1) * size;
  gsize done = 0;

  while (done < length)
    {
      guint64 position = offset + done;
      gsize piece = MIN (length - done, run - position % run);
      int result = transfer (self, place,
                             distance_of (info, position / size) + (gint64) (position % size),
                             piece, done, data);

      if (result < 0)
        return result;
      done += piece;
    }
  return 0;
}

static int
read_piece (PythonEntry *self, const PyPlace *place, gint64 distance, gsize length, gsize done,
            gpointer data)
{
  return read_at (self, place, distance, length, (guint8 *) data + done);
}

static int
store_piece (PythonEntry *self, const PyPlace *place, gint64 distance, gsize length, gsize done,
             gpointer data)
{
  return store_at (self, place, distance, length, (const guint8 *) data + done);
}

/* -------------------------------------------------------------------- reading, writing -- */

int
python_entry_read (PythonEntry *self, guint64 first, guint64 last, void *ret_elements)
{
  const EntryInfo *info = self->info;
  guint64 size = info->type.size;
  int result;

  if (info->object != OBJECT_DATA && info->object != OBJECT_BARRIER)
    return python_state_read (self, ret_elements);
  result = for_each_piece (self, first * size, (last - first) * size, read_piece, ret_elements);
  if (result < 0)
    return -EFAULT;
  if (last - first == 1 && size <= 8 && info->type.kind != SHMLENS_KIND_STRUCT
      && (self->file_offset + (guint64) distance_of (info, first)) % size == 0)
    return SHMLENS_CONSISTENCY_ATOMIC;
  return SHMLENS_CONSISTENCY_UNLOCKED;
}

gboolean
python_entry_store (PythonEntry *self, const char *id, guint64 offset, guint64 length,
                    const void *bytes, GError **error)
{
  const EntryInfo *info = self->info;
  int result;

  if (!info->editable)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION, "%s: %s", info->name,
                   info->reason);
      return FALSE;
    }
  if (!python_entry_is_valid (self))
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s %s: its program does not have it any more; look at the list again"), id,
                   info->name);
      return FALSE;
    }
  if (info->object == OBJECT_EVENT)
    return python_state_set_event (self, *(const guint8 *) bytes != 0, error);
  result = for_each_piece (self, offset, length, store_piece, (gpointer) bytes);
  if (result == 0)
    return TRUE;
  if (result == -EFAULT)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
                 _("%s %s: its memory went away; look at the list again"), id, info->name);
  else
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                 _("%s %s: its memory may not be written by this user: %s; run as its owner"), id,
                 info->name, g_strerror (-result));
  return FALSE;
}
