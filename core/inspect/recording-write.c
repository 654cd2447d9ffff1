/* recording-write.c - writing what was sampled into a file. */
#include <glib/gi18n-lib.h>
#include <sys/stat.h>

#include "inspect-error.h"
#include "recording-entry.h"
#include "recording-private.h"

static const char schema[] =
  "PRAGMA application_id = 1936223602;"
  "PRAGMA user_version = 1;"
  "CREATE TABLE recording (segment TEXT, name TEXT, title TEXT, logical_name TEXT, kind TEXT,"
  " device INTEGER, inode INTEGER, size INTEGER, start_us INTEGER, start_wall_us INTEGER,"
  " end_us INTEGER, rate INTEGER);"
  "CREATE TABLE entries (number INTEGER PRIMARY KEY, name TEXT, kind INTEGER, size INTEGER,"
  " code INTEGER, dimensions INTEGER, shape0 INTEGER, shape1 INTEGER, shape2 INTEGER,"
  " shape3 INTEGER, swapped INTEGER, role INTEGER, object INTEGER, unit TEXT, doc TEXT, ctype TEXT,"
  " minimum BLOB, maximum BLOB, progress_max BLOB, lock_kind INTEGER, lock_id INTEGER,"
  " lock_recursive INTEGER, first_us INTEGER, gone_us INTEGER);"
  "CREATE TABLE fields (entry INTEGER, number INTEGER, name TEXT, kind INTEGER, size INTEGER,"
  " code INTEGER, dimensions INTEGER, shape0 INTEGER, shape1 INTEGER, shape2 INTEGER,"
  " shape3 INTEGER, swapped INTEGER, offset INTEGER, bit_offset INTEGER, bit_width INTEGER);"
  "CREATE INDEX fields_by_entry ON fields (entry, number);"
  "CREATE TABLE labels (entry INTEGER, field INTEGER, value INTEGER, text TEXT);"
  "CREATE INDEX labels_by_entry ON labels (entry);"
  "CREATE TABLE samples (entry INTEGER, start_us INTEGER, end_us INTEGER, n INTEGER, times BLOB,"
  " statuses BLOB, elements BLOB);"
  "CREATE INDEX samples_by_entry ON samples (entry, start_us);"
  "CREATE TABLE locks (entry INTEGER, start_us INTEGER, end_us INTEGER, n INTEGER, states BLOB);"
  "CREATE INDEX locks_by_entry ON locks (entry, start_us);"
  "CREATE TABLE writes (entry INTEGER, start_us INTEGER, end_us INTEGER, n INTEGER, states BLOB);"
  "CREATE INDEX writes_by_entry ON writes (entry, start_us);"
  "CREATE TABLE marks (time_us INTEGER, kind TEXT, text TEXT);"
  "CREATE TABLE gaps (start_us INTEGER, end_us INTEGER, ticks INTEGER, samples INTEGER);";

void
recording_run_free (struct recording_run *run)
{
  GByteArray *parts[] = { run->times, run->statuses, run->elements, run->states };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL)
      g_byte_array_unref (parts[i]);
  g_free (run);
}

static void
added_clear (gpointer data)
{
  struct recording_added *added = data;

  entry_info_unref (added->info);
}

static void
note_clear (gpointer data)
{
  struct recording_note *note = data;

  g_free (note->kind);
  g_free (note->text);
}

void
recording_batch_init (struct recording_batch *batch)
{
  *batch = (struct recording_batch){
    .added = g_array_new (FALSE, FALSE, sizeof (struct recording_added)),
    .gone = g_array_new (FALSE, FALSE, sizeof (struct recording_gone)),
    .notes = g_array_new (FALSE, FALSE, sizeof (struct recording_note)),
    .gaps = g_array_new (FALSE, FALSE, sizeof (struct recording_gap)),
    .runs = g_ptr_array_new_with_free_func ((GDestroyNotify) recording_run_free),
  };
  g_array_set_clear_func (batch->added, added_clear);
  g_array_set_clear_func (batch->notes, note_clear);
}

void
recording_batch_clear (struct recording_batch *batch)
{
  g_array_unref (batch->added);
  g_array_unref (batch->gone);
  g_array_unref (batch->notes);
  g_array_unref (batch->gaps);
  g_ptr_array_unref (batch->runs);
}

static gboolean
write_run (struct recording_writer *self, const struct recording_run *run, GError **error)
{
  Statement *statement = self->insert_run[run->kind];

  statement_bind_integer (statement, 1, run->entry);
  statement_bind_integer (statement, 2, run->start_us);
  statement_bind_integer (statement, 3, run->end_us);
  statement_bind_integer (statement, 4, run->n);
  if (run->states != NULL)
    statement_bind_blob (statement, 5, run->states->data, run->states->len);
  else
    {
      statement_bind_blob (statement, 5, run->times->data, run->times->len);
      statement_bind_blob (statement, 6, run->statuses->data, run->statuses->len);
      statement_bind_blob (statement, 7,
                           run->elements->len > 0 ? run->elements->data : (const guint8 *) "",
                           run->elements->len);
    }
  return statement_run (statement, error);
}

static gboolean
write_entries (struct recording_writer *self, const struct recording_batch *batch, GError **error)
{
  for (guint i = 0; i < batch->added->len; i++)
    {
      const struct recording_added *added = &g_array_index (batch->added, struct recording_added, i);

      if (!recording_entry_write (self->database, added->entry, added->info, added->first_us, error))
        return FALSE;
    }
  for (guint i = 0; i < batch->gone->len; i++)
    {
      const struct recording_gone *gone = &g_array_index (batch->gone, struct recording_gone, i);

      statement_bind_integer (self->update_gone, 1, gone->gone_us);
      statement_bind_integer (self->update_gone, 2, gone->entry);
      if (!statement_run (self->update_gone, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_notes (struct recording_writer *self, const struct recording_batch *batch, GError **error)
{
  for (guint i = 0; i < batch->notes->len; i++)
    {
      const struct recording_note *note = &g_array_index (batch->notes, struct recording_note, i);

      statement_bind_integer (self->insert_note, 1, note->time_us);
      statement_bind_text (self->insert_note, 2, note->kind);
      statement_bind_text (self->insert_note, 3, note->text);
      if (!statement_run (self->insert_note, error))
        return FALSE;
    }
  for (guint i = 0; i < batch->gaps->len; i++)
    {
      const struct recording_gap *gap = &g_array_index (batch->gaps, struct recording_gap, i);

      statement_bind_integer (self->insert_gap, 1, gap->start_us);
      statement_bind_integer (self->insert_gap, 2, gap->end_us);
      statement_bind_integer (self->insert_gap, 3, gap->ticks);
      statement_bind_integer (self->insert_gap, 4, gap->samples);
      if (!statement_run (self->insert_gap, error))
        return FALSE;
    }
  return TRUE;
}

/* What is written into a file that has no name any more is lost, and SQLite does not mind. */
static gboolean
check_is_there (struct recording_writer *self, GError **error)
{
  struct stat status;

  if (stat (self->path, &status) == 0 && status.st_dev == self->device
      && status.st_ino == self->inode)
    return TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
               _("%s was removed or moved while it was recorded into; what was recorded before is"
                 " where it was moved to, record into another file to go on"),
               self->path);
  return FALSE;
}

gboolean
recording_writer_write (struct recording_writer *self, const struct recording_batch *batch,
                        GError **error)
{
  if (!check_is_there (self, error) || !database_run (self->database, "BEGIN", error)
      || !write_entries (self, batch, error))
    return FALSE;
  for (guint i = 0; i < batch->runs->len; i++)
    if (!write_run (self, batch->runs->pdata[i], error))
      return FALSE;
  statement_bind_integer (self->update_end, 1, batch->end_us);
  return write_notes (self, batch, error) && statement_run (self->update_end, error)
         && database_run (self->database, "COMMIT", error);
}

static gboolean
prepare (struct recording_writer *self, GError **error)
{
  const struct
  {
    Statement **statement;
    const char *sql;
  } statements[] = {
    { &self->insert_run[RECORDING_SAMPLES], "INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, ?)" },
    { &self->insert_run[RECORDING_LOCKS], "INSERT INTO locks VALUES (?, ?, ?, ?, ?)" },
    { &self->insert_run[RECORDING_WRITES], "INSERT INTO writes VALUES (?, ?, ?, ?, ?)" },
    { &self->insert_note, "INSERT INTO marks VALUES (?, ?, ?)" },
    { &self->insert_gap, "INSERT INTO gaps VALUES (?, ?, ?, ?)" },
    { &self->update_end, "UPDATE recording SET end_us = ?" },
    { &self->update_gone, "UPDATE entries SET gone_us = ? WHERE number = ?" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    if ((*statements[i].statement = statement_new (self->database, statements[i].sql, error))
        == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
write_head (struct recording_writer *self, const SegmentInfo *segment, double rate, gint64 start_us,
            GError **error)
{
  g_autoptr (Statement) statement = statement_new (
    self->database, "INSERT INTO recording VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", error);

  if (statement == NULL)
    return FALSE;
  statement_bind_text (statement, 1, segment->id);
  statement_bind_text (statement, 2, segment->name);
  statement_bind_text (statement, 3, segment->title);
  statement_bind_text (statement, 4, segment->logical_name);
  statement_bind_text (statement, 5, segment->kind);
  statement_bind_integer (statement, 6, (gint64) segment->device);
  statement_bind_integer (statement, 7, (gint64) segment->inode);
  statement_bind_integer (statement, 8, (gint64) segment->size);
  statement_bind_integer (statement, 9, start_us);
  statement_bind_integer (statement, 10, start_us + g_get_real_time () - g_get_monotonic_time ());
  statement_bind_integer (statement, 11, start_us);
  statement_bind_integer (statement, 12, (gint64) (rate * 1000));
  return statement_run (statement, error);
}

gboolean
recording_writer_open (struct recording_writer *self, const char *path, const SegmentInfo *segment,
                       double rate, gint64 start_us, GError **error)
{
  struct stat status;

  self->path = g_strdup (path);
  self->database = database_create (path, error);
  if (self->database != NULL && stat (path, &status) == 0)
    {
      self->device = status.st_dev;
      self->inode = status.st_ino;
    }
  return self->database != NULL && database_run (self->database, "BEGIN", error)
         && database_run (self->database, schema, error)
         && write_head (self, segment, rate, start_us, error)
         && database_run (self->database, "COMMIT", error) && prepare (self, error);
}

void
recording_writer_close (struct recording_writer *self, gboolean is_whole)
{
  for (guint i = 0; i < RECORDING_KINDS; i++)
    statement_free (self->insert_run[i]);
  statement_free (self->insert_note);
  statement_free (self->insert_gap);
  statement_free (self->update_end);
  statement_free (self->update_gone);
  /* One plain file, that can be read where nothing may be written. A reader that has it open
   * keeps it as it is, which does no harm. */
  if (is_whole)
    database_run (self->database, "PRAGMA journal_mode=DELETE", NULL);
  /* What was moved has its log no longer beside it. */
  else if (self->database != NULL)
    database_run (self->database, "PRAGMA wal_checkpoint(TRUNCATE)", NULL);
  database_close (self->database);
  g_free (self->path);
}
