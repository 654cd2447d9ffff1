/* python-record.c - what a program that runs under `python -m shmlens` wrote down: the lines. What
 * they say of objects is read in python-recorded.c. */
#include "python-record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json-line.h"
#include "python-recorded.h"

#define RECORD_LINE_MAX 16384
#define RECORD_MAX (64 << 20)
#define ID_MAX 63
#define CHUNK 65536

struct python_record
{
  int fd;
  gint64 pid, start_time;
  gboolean is_begun;           /* the first line was read, and is ours */
  gboolean is_refused;
  off_t position;
  GString *rest;               /* of a line whose end is not there yet */
  struct recorded_lines lines;
  GPtrArray *found;            /* what they say, of PyFound; NULL: to be made again */
  GHashTable *by_key;          /* the same by key_of(); owns the keys */
};

static void
free_lines (gpointer data)
{
  g_ptr_array_unref (data);
}

PythonRecord *
python_record_open (const char *shm, pid_t pid, guint64 start_time)
{
  g_autofree char *path = g_strdup_printf ("%s/shmlens-record-%d-%" G_GUINT64_FORMAT, shm,
                                           (int) pid, start_time);
  PythonRecord *self;
  struct stat status;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

  if (fd < 0)
    return NULL;
  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode) || status.st_nlink != 1
      || (status.st_uid != geteuid () && geteuid () != 0))
    {
      close (fd);
      return NULL;
    }
  self = g_new0 (PythonRecord, 1);
  self->fd = fd;
  self->pid = pid;
  self->start_time = (gint64) start_time;
  self->rest = g_string_new (NULL);
  self->lines.prefix = g_strdup_printf ("shmlens-%d-%" G_GUINT64_FORMAT "-", (int) pid, start_time);
  self->lines.made = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  self->lines.by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->lines.guards = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                              (GDestroyNotify) g_variant_unref);
  self->lines.types = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_lines);
  self->lines.gone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  python_record_update (self);
  if (self->is_begun)
    return self;
  python_record_free (self);
  return NULL;
}

static void
forget_found (PythonRecord *self)
{
  g_clear_pointer (&self->by_key, g_hash_table_unref);
  g_clear_pointer (&self->found, g_ptr_array_unref);
}

void
python_record_free (PythonRecord *self)
{
  if (self == NULL)
    return;
  close (self->fd);
  g_string_free (self->rest, TRUE);
  g_free (self->lines.prefix);
  g_ptr_array_unref (self->lines.made);
  g_hash_table_unref (self->lines.by_id);
  g_hash_table_unref (self->lines.guards);
  g_hash_table_unref (self->lines.types);
  g_hash_table_unref (self->lines.gone);
  forget_found (self);
  g_free (self);
}

static gboolean
is_first_line (PythonRecord *self, GVariant *line, const char *event)
{
  gint64 version, pid, start_time;

  return g_str_equal (event, "program") && g_variant_lookup (line, "version", "x", &version)
         && version == 1 && g_variant_lookup (line, "pid", "x", &pid) && pid == self->pid
         && g_variant_lookup (line, "start", "x", &start_time) && start_time == self->start_time;
}

static void
take_type (struct recorded_lines *lines, const char *id, GVariant *line)
{
  GPtrArray *parts = g_hash_table_lookup (lines->types, id);

  if (parts == NULL)
    {
      parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
      g_hash_table_insert (lines->types, g_strdup (id), parts);
    }
  g_ptr_array_add (parts, g_variant_ref (line));
}

static void
take_line (PythonRecord *self, GVariant *line)
{
  struct recorded_lines *lines = &self->lines;
  const char *event, *id;

  if (!g_variant_lookup (line, "event", "&s", &event))
    return;
  if (!self->is_begun)
    {
      self->is_begun = is_first_line (self, line, event);
      self->is_refused = !self->is_begun;
      return;
    }
  if (!g_variant_lookup (line, "id", "&s", &id) || strlen (id) > ID_MAX)
    return;
  if (g_str_equal (event, "type"))
    take_type (lines, id, line);
  else if (g_str_equal (event, "new") && !g_hash_table_contains (lines->by_id, id))
    {
      g_ptr_array_add (lines->made, g_variant_ref (line));
      g_hash_table_insert (lines->by_id, g_strdup (id), line);
    }
  else if (g_str_equal (event, "guard"))
    g_hash_table_replace (lines->guards, g_strdup (id), g_variant_ref (line));
  else if (g_str_equal (event, "gone"))
    g_hash_table_add (lines->gone, g_strdup (id));
}

/* Takes the whole lines off what was read. */
static void
take_lines (PythonRecord *self)
{
  gsize done = 0;
  const char *newline;

  while (!self->is_refused
         && (newline = memchr (self->rest->str + done, '\n', self->rest->len - done)) != NULL)
    {
      gsize length = (gsize) (newline - (self->rest->str + done));
      g_autoptr (GVariant) line = NULL;

      if (length < RECORD_LINE_MAX)
        line = json_line_parse (self->rest->str + done, length);
      if (line != NULL)
        take_line (self, line);
      else if (!self->is_begun)
        self->is_refused = TRUE;
      done += length + 1;
    }
  g_string_erase (self->rest, 0, (gssize) done);
}

gboolean
python_record_update (PythonRecord *self)
{
  gboolean is_new = FALSE;

  while (!self->is_refused && self->position < RECORD_MAX)
    {
      char chunk[CHUNK];
      gssize length = pread (self->fd, chunk, sizeof chunk, self->position);

      if (length <= 0)
        break;
      self->position += length;
      g_string_append_len (self->rest, chunk, length);
      take_lines (self);
      forget_found (self);
      is_new = TRUE;
      /* A line without an end is none. */
      if (self->rest->len > CHUNK)
        self->is_refused = TRUE;
    }
  return is_new;
}

/* ---------------------------------------------------------------------- what it says -- */

static gboolean
is_listed (const struct recorded_lines *lines, GVariant *line)
{
  gboolean is_part = FALSE;
  const char *id = NULL;

  g_variant_lookup (line, "part", "b", &is_part);
  g_variant_lookup (line, "id", "&s", &id);
  return !is_part && !g_hash_table_contains (lines->gone, id);
}

/* Names the memory or the semaphore by which an object is told apart. */
static char *
key_of (const PyFound *found)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT ":%d",
                          found->device, found->inode, found->offset,
                          (int) found->shape.object);
}

static void
annotate (PyFound *found, const PyFound *recorded)
{
  if (found->recorded_name == NULL)
    found->recorded_name = g_strdup (recorded->recorded_name);
  if (found->shape.doc == NULL)
    found->shape.doc = g_strdup (recorded->shape.doc);
}

/* Makes of the lines what they say, unless that was done since the last of them came. */
static void
make_found (PythonRecord *self)
{
  if (self->found != NULL)
    return;
  self->found = g_ptr_array_new_with_free_func ((GDestroyNotify) py_found_free);
  self->by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < self->lines.made->len; i++)
    {
      GVariant *line = self->lines.made->pdata[i];
      PyFound *found = is_listed (&self->lines, line) ? recorded_found (&self->lines, line) : NULL;

      if (found == NULL)
        continue;
      g_ptr_array_add (self->found, found);
      g_hash_table_replace (self->by_key, key_of (found), found);
    }
}

GPtrArray *
python_record_found (PythonRecord *self)
{
  make_found (self);
  return g_ptr_array_ref (self->found);
}

void
python_record_annotate (PythonRecord *self, GPtrArray *found)
{
  make_found (self);
  for (guint i = 0; i < found->len; i++)
    {
      g_autofree char *key = key_of (found->pdata[i]);
      const PyFound *recorded = g_hash_table_lookup (self->by_key, key);

      if (recorded != NULL)
        annotate (found->pdata[i], recorded);
    }
}
