/* recording-file.c - reading a recording at any time in it.
 *
 * Of each entry that is read the run that holds the last asked time is kept: a recording that is
 * played reads each run once. */
#include "recording-file.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "recorded-run.h"

#define TEXT_MAX 4096
#define NOTES_MAX 10000
/* Of how many entries the first sample is looked for, and how long a tick is at most. */
#define FIRST_ENTRIES_MAX 256
#define TICK_US_MAX 1000000
/* Runs that are kept are all given up when they hold more than this. */
#define CACHE_BYTES_MAX (256u << 20)

struct cache
{
  struct recorded_run runs[RECORDING_KINDS];
};

struct recording_file
{
  pthread_mutex_t mutex;
  Database *database;
  Statement *find[RECORDING_KINDS];  /* the run that holds; NULL: the file is older than such */
  Statement *next[RECORDING_KINDS];  /* when the one after it starts */
  Statement *find_end;
  struct recording_head head;
  GPtrArray *entries;     /* of RecordedEntry */
  GHashTable *by_number;  /* guint64 to RecordedEntry */
  GHashTable *caches;     /* guint64 to struct cache */
  gsize cache_bytes;
};

static const char *const tables[]
  = { "recording", "entries", "fields", "labels", "samples", "locks", "marks", "gaps", NULL };

static void
cache_free (gpointer data)
{
  struct cache *cache = data;

  for (guint i = 0; i < RECORDING_KINDS; i++)
    recorded_run_clear (&cache->runs[i]);
  g_free (cache);
}

static gboolean
read_head (RecordingFile *self, GError **error)
{
  g_autoptr (Statement) statement = statement_new (
    self->database,
    "SELECT segment, name, title, logical_name, kind, size, rate, start_us, start_wall_us, end_us"
    " FROM recording",
    error);
  struct recording_head *head = &self->head;
  gint64 size, rate;
  enum statement_step step;

  if (statement == NULL)
    return FALSE;
  step = statement_step (statement, error);
  if (step == STATEMENT_FAILED)
    return FALSE;
  if (step == STATEMENT_ROW && statement_integer (statement, 5, 0, G_MAXINT64, &size)
      && statement_integer (statement, 6, 0, G_MAXINT32, &rate)
      && statement_integer (statement, 7, 0, G_MAXINT64 / 2, &head->start_us)
      && statement_integer (statement, 8, 0, G_MAXINT64 / 2, &head->start_wall_us)
      && statement_integer (statement, 9, head->start_us, G_MAXINT64 / 2, &head->end_us))
    {
      head->segment = statement_text (statement, 0, TEXT_MAX);
      head->name = statement_text (statement, 1, TEXT_MAX);
      head->title = statement_text (statement, 2, TEXT_MAX);
      head->logical_name = statement_text (statement, 3, TEXT_MAX);
      head->kind = statement_text (statement, 4, TEXT_MAX);
      head->size = (guint64) size;
      head->rate = (double) rate / 1000;
    }
  statement_reset (statement);
  if (head->segment != NULL && head->name != NULL && head->title != NULL && head->kind != NULL)
    return TRUE;
  database_fail_corrupt (self->database, "recording", error);
  return FALSE;
}

/* Whether the file has write counters, which those of older versions have not. */
static gboolean
has_writes (Database *database)
{
  g_autoptr (Statement) statement = statement_new (
    database,
    "SELECT count(*) FROM sqlite_schema WHERE name = 'writes' AND type = 'table' AND rootpage > 0"
    " AND sql LIKE 'CREATE TABLE %'",
    NULL);
  gint64 count = 0;

  return statement != NULL && statement_step (statement, NULL) == STATEMENT_ROW
         && statement_integer (statement, 0, 1, 1, &count);
}

static gboolean
prepare (RecordingFile *self, GError **error)
{
  static const struct
  {
    const char *find, *next;
  } statements[] = {
    [RECORDING_SAMPLES]
    = { "SELECT n, start_us, times, statuses, elements FROM samples"
        " WHERE entry = ? AND start_us <= ? ORDER BY start_us DESC LIMIT 1",
        "SELECT min(start_us) FROM samples WHERE entry = ? AND start_us > ?" },
    [RECORDING_LOCKS] = { "SELECT n, start_us, states FROM locks"
                          " WHERE entry = ? AND start_us <= ? ORDER BY start_us DESC LIMIT 1",
                          "SELECT min(start_us) FROM locks WHERE entry = ? AND start_us > ?" },
    [RECORDING_WRITES] = { "SELECT n, start_us, states FROM writes"
                           " WHERE entry = ? AND start_us <= ? ORDER BY start_us DESC LIMIT 1",
                           "SELECT min(start_us) FROM writes WHERE entry = ? AND start_us > ?" },
  };

  for (guint i = 0; i < RECORDING_KINDS; i++)
    if ((i != RECORDING_WRITES || has_writes (self->database))
        && ((self->find[i] = statement_new (self->database, statements[i].find, error)) == NULL
            || (self->next[i] = statement_new (self->database, statements[i].next, error)) == NULL))
      return FALSE;
  self->find_end = statement_new (self->database, "SELECT end_us FROM recording", error);
  return self->find_end != NULL;
}

/* When the next run starts. */
static gint64
find_next (Statement *statement, guint64 entry, gint64 time_us)
{
  gint64 next_us = G_MAXINT64;

  statement_bind_integer (statement, 1, (gint64) entry);
  statement_bind_integer (statement, 2, time_us);
  if (statement_step (statement, NULL) != STATEMENT_ROW
      || !statement_integer (statement, 0, time_us + 1, G_MAXINT64 - 1, &next_us))
    next_us = G_MAXINT64;
  statement_reset (statement);
  return next_us;
}

/* It begins when its first values are known: after it was created, long after when it waited for a
 * condition. What was looked at in the same tick belongs to it. */
static void
begin_with_values (RecordingFile *self)
{
  struct recording_head *head = &self->head;
  gint64 tick_us = head->rate > 0 ? (gint64) MIN (1e6 / head->rate, TICK_US_MAX) : TICK_US_MAX;
  guint n = MIN (self->entries->len, FIRST_ENTRIES_MAX);
  g_autofree gint64 *firsts = g_new (gint64, MAX (n, 1));
  gint64 first_us = G_MAXINT64, start_us;

  for (guint i = 0; i < n; i++)
    {
      const RecordedEntry *entry = self->entries->pdata[i];

      firsts[i] = find_next (self->next[RECORDING_SAMPLES], entry->info->id, head->start_us - 1);
      first_us = MIN (first_us, firsts[i]);
    }
  if (first_us > head->end_us)
    return;
  start_us = first_us;
  for (guint i = 0; i < n; i++)
    if (firsts[i] - first_us <= tick_us && firsts[i] <= head->end_us)
      start_us = MAX (start_us, firsts[i]);
  head->start_wall_us += start_us - head->start_us;
  head->start_us = start_us;
}

RecordingFile *
recording_file_open (const char *path, GError **error)
{
  Database *database = database_open (path, RECORDING_APPLICATION, tables, error);
  g_autoptr (RecordingFile) self = NULL;

  if (database == NULL)
    return NULL;
  self = g_new0 (RecordingFile, 1);
  pthread_mutex_init (&self->mutex, NULL);
  self->database = database;
  self->by_number = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->caches = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, cache_free);
  if (!read_head (self, error) || !prepare (self, error)
      || (self->entries = recording_entry_read_all (database, error)) == NULL)
    return NULL;
  for (guint i = 0; i < self->entries->len; i++)
    {
      RecordedEntry *entry = self->entries->pdata[i];

      g_hash_table_insert (self->by_number, &entry->info->id, entry);
    }
  begin_with_values (self);
  return g_steal_pointer (&self);
}

void
recording_file_close (RecordingFile *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->caches);
  g_hash_table_unref (self->by_number);
  if (self->entries != NULL)
    g_ptr_array_unref (self->entries);
  for (guint i = 0; i < RECORDING_KINDS; i++)
    {
      statement_free (self->find[i]);
      statement_free (self->next[i]);
    }
  statement_free (self->find_end);
  database_close (self->database);
  g_free (self->head.segment);
  g_free (self->head.name);
  g_free (self->head.title);
  g_free (self->head.logical_name);
  g_free (self->head.kind);
  pthread_mutex_destroy (&self->mutex);
  g_free (self);
}

void
recording_file_refresh (RecordingFile *self)
{
  gint64 end_us;

  pthread_mutex_lock (&self->mutex);
  if (statement_step (self->find_end, NULL) == STATEMENT_ROW
      && statement_integer (self->find_end, 0, self->head.end_us + 1, G_MAXINT64 / 2, &end_us))
    {
      self->head.end_us = end_us;
      g_hash_table_remove_all (self->caches);
      self->cache_bytes = 0;
    }
  statement_reset (self->find_end);
  pthread_mutex_unlock (&self->mutex);
}

const struct recording_head *
recording_file_head (RecordingFile *self)
{
  return &self->head;
}

gint64
recording_file_end (RecordingFile *self)
{
  gint64 end_us;

  pthread_mutex_lock (&self->mutex);
  end_us = self->head.end_us;
  pthread_mutex_unlock (&self->mutex);
  return end_us;
}

GPtrArray *
recording_file_entries (RecordingFile *self)
{
  return self->entries;
}

const RecordedEntry *
recording_file_find_entry (RecordingFile *self, guint64 number)
{
  return g_hash_table_lookup (self->by_number, &number);
}

/* Under the mutex: the run that holds at this time. 0, -ENODATA or -EBADMSG. */
static int
load_run (RecordingFile *self, const RecordedEntry *entry, gint64 time_us, enum recording_kind kind,
          struct recorded_run **ret_run)
{
  Statement *statement = self->find[kind];
  struct cache *cache = g_hash_table_lookup (self->caches, &entry->info->id);
  struct recorded_run *run, loaded = { .n = 0 };
  enum statement_step step;
  gsize bytes;
  gboolean is_sound;

  if (statement == NULL)
    return -ENODATA;
  if (cache == NULL)
    {
      cache = g_new0 (struct cache, 1);
      g_hash_table_insert (self->caches, &entry->info->id, cache);
    }
  run = *ret_run = &cache->runs[kind];
  if (recorded_run_covers (run, time_us))
    return 0;
  statement_bind_integer (statement, 1, (gint64) entry->info->id);
  statement_bind_integer (statement, 2, time_us);
  step = statement_step (statement, NULL);
  is_sound = step == STATEMENT_ROW && recorded_run_take (statement, entry->info, kind, &loaded);
  statement_reset (statement);
  if (!is_sound)
    return step == STATEMENT_DONE ? -ENODATA : -EBADMSG;
  loaded.next_us = find_next (self->next[kind], entry->info->id, loaded.times[0]);
  bytes = loaded.n * recorded_run_step (entry->info, kind);
  if (self->cache_bytes + bytes > CACHE_BYTES_MAX)
    {
      g_hash_table_remove_all (self->caches);
      self->cache_bytes = 0;
      cache = g_new0 (struct cache, 1);
      g_hash_table_insert (self->caches, &entry->info->id, cache);
      run = *ret_run = &cache->runs[kind];
    }
  self->cache_bytes += bytes;
  recorded_run_clear (run);
  *run = loaded;
  return recorded_run_covers (run, time_us) ? 0 : -EBADMSG;
}

int
recording_file_read (RecordingFile *self, guint64 number, gint64 time_us, guint64 first,
                     guint64 last, void *ret_elements)
{
  const RecordedEntry *entry = recording_file_find_entry (self, number);
  struct recorded_run *run;
  int status;

  if (entry == NULL || first > last || last > entry->info->length)
    return -ERANGE;
  if (time_us >= entry->gone_us)
    return -ESTALE;
  pthread_mutex_lock (&self->mutex);
  status = load_run (self, entry, time_us, RECORDING_SAMPLES, &run);
  if (status == 0)
    {
      guint index = recorded_run_find (run, time_us);
      gsize size = entry->info->type.size;

      status = run->statuses[index];
      if (status >= 0)
        memcpy (ret_elements, run->bytes + (index * entry->info->length + first) * size,
                (last - first) * size);
    }
  pthread_mutex_unlock (&self->mutex);
  return status <= SHMLENS_CONSISTENCY_UNLOCKED ? status : -EBADMSG;
}

int
recording_file_read_lock (RecordingFile *self, guint64 number, gint64 time_us, LockInfo *ret_lock)
{
  const RecordedEntry *entry = recording_file_find_entry (self, number);
  struct recorded_run *run;
  int status;

  if (entry == NULL)
    return -ERANGE;
  pthread_mutex_lock (&self->mutex);
  status = load_run (self, entry, time_us, RECORDING_LOCKS, &run);
  if (status == 0)
    {
      guint index = recorded_run_find (run, time_us);
      const guint8 *state = run->bytes + (gsize) index * RECORDING_LOCK_BYTES;
      guint32 kept = recorded_word (state + 32);

      *ret_lock = (LockInfo){
        .kind = entry->info->lock_kind,
        .state = kept <= SHMLENS_LOCK_UNKNOWN ? (enum shmlens_lock_state) kept
                                              : SHMLENS_LOCK_UNKNOWN,
        .held_ns = (guint64) recorded_integer (state + 8),
        .owner_pid = MAX ((pid_t) recorded_word (state + 16), 0),
        .owner_tid = MAX ((pid_t) recorded_word (state + 20), 0),
        .depth = recorded_word (state + 24),
        .recoveries = recorded_word (state + 28),
        .waiters = (int) recorded_word (state + 36),
      };
      if (ret_lock->state == SHMLENS_LOCK_HELD || ret_lock->state == SHMLENS_LOCK_DEAD)
        ret_lock->held_ns += (guint64) (time_us - run->times[index]) * 1000;
    }
  pthread_mutex_unlock (&self->mutex);
  return status;
}

int
recording_file_read_writes (RecordingFile *self, guint64 number, gint64 time_us,
                            guint64 *ret_writes)
{
  const RecordedEntry *entry = recording_file_find_entry (self, number);
  struct recorded_run *run;
  int status;

  if (entry == NULL)
    return -ERANGE;
  if (time_us >= entry->gone_us)
    return -ESTALE;
  pthread_mutex_lock (&self->mutex);
  status = load_run (self, entry, time_us, RECORDING_WRITES, &run);
  if (status == 0)
    {
      const guint8 *state
        = run->bytes + (gsize) recorded_run_find (run, time_us) * RECORDING_WRITES_BYTES;
      guint64 writes = (guint64) recorded_integer (state + 8);

      if (writes == RECORDING_WRITES_UNKNOWN)
        status = -ENODATA;
      else
        *ret_writes = writes;
    }
  pthread_mutex_unlock (&self->mutex);
  return status;
}

/* Under the mutex: gives the samples of a run that lie in a span; FALSE: it is to end. */
static gboolean
give_run (const struct recorded_run *run, gsize size, gint64 first_us, gint64 last_us,
          RecordingSampleFunc func, gpointer user_data)
{
  guint i = run->times[0] < first_us ? recorded_run_find (run, first_us) : 0;

  for (; i < run->n && run->times[i] < last_us; i++)
    if (!func (run->times[i], run->statuses[i], run->statuses[i] >= 0 ? run->bytes + i * size : NULL,
               user_data))
      return FALSE;
  return i == run->n;
}

gboolean
recording_file_each_sample_between (RecordingFile *self, guint64 number, gint64 first_us,
                                    gint64 last_us, RecordingSampleFunc func, gpointer user_data,
                                    GError **error)
{
  const RecordedEntry *entry = recording_file_find_entry (self, number);
  gsize size = entry == NULL ? 0 : (gsize) (entry->info->length * entry->info->type.size);
  gint64 time_us = first_us;
  gboolean goes_on = entry != NULL, is_first = TRUE;

  while (goes_on)
    {
      struct recorded_run *run;
      int status;

      /* The run that holds at first, then those that begin later. */
      pthread_mutex_lock (&self->mutex);
      if (!is_first)
        time_us = find_next (self->next[RECORDING_SAMPLES], number, time_us);
      status = time_us == G_MAXINT64
                 ? -ENODATA
                 : load_run (self, entry, time_us, RECORDING_SAMPLES, &run);
      if (status == 0)
        {
          time_us = run->times[0];
          goes_on = give_run (run, size, first_us, last_us, func, user_data);
        }
      pthread_mutex_unlock (&self->mutex);
      if (status == -ENODATA && !is_first)
        return TRUE;
      if (status != 0 && status != -ENODATA)
        {
          database_fail_corrupt (self->database, "samples", error);
          return FALSE;
        }
      is_first = FALSE;
    }
  return TRUE;
}

gboolean
recording_file_each_sample (RecordingFile *self, guint64 number, RecordingSampleFunc func,
                            gpointer user_data, GError **error)
{
  return recording_file_each_sample_between (self, number, G_MININT64 + 1, G_MAXINT64, func,
                                             user_data, error);
}

/* Rows of two integers before two more, or two texts. */
static GArray *
read_notes (RecordingFile *self, gboolean are_marks)
{
  GArray *notes = g_array_new (FALSE, FALSE, are_marks ? sizeof (struct recording_mark)
                                                       : sizeof (struct recording_hole));
  g_autoptr (Statement) statement = NULL;

  pthread_mutex_lock (&self->mutex);
  statement = statement_new (self->database,
                             are_marks ? "SELECT time_us, kind, text FROM marks ORDER BY time_us"
                                       : "SELECT start_us, end_us, ticks, samples FROM gaps"
                                         " ORDER BY start_us",
                             NULL);
  while (statement != NULL && notes->len < NOTES_MAX
         && statement_step (statement, NULL) == STATEMENT_ROW)
    {
      struct recording_mark mark = { 0 };
      struct recording_hole hole = { 0 };
      gint64 ticks, samples;

      if (!statement_integer (statement, 0, 0, G_MAXINT64 / 2, are_marks ? &mark.time_us : &hole.start_us))
        continue;
      if (are_marks)
        {
          mark.kind = statement_text (statement, 1, TEXT_MAX);
          mark.text = statement_text (statement, 2, TEXT_MAX);
          if (mark.kind == NULL)
            mark.kind = g_strdup ("note");
          if (mark.text == NULL)
            mark.text = g_strdup ("");
          g_array_append_val (notes, mark);
        }
      else if (statement_integer (statement, 1, hole.start_us, G_MAXINT64 / 2, &hole.end_us)
               && statement_integer (statement, 2, 0, G_MAXINT64, &ticks)
               && statement_integer (statement, 3, 0, G_MAXINT64, &samples))
        {
          hole.ticks = (guint64) ticks;
          hole.samples = (guint64) samples;
          g_array_append_val (notes, hole);
        }
    }
  g_clear_pointer (&statement, statement_free);
  pthread_mutex_unlock (&self->mutex);
  return notes;
}

static void
mark_clear (gpointer data)
{
  struct recording_mark *mark = data;

  g_free (mark->kind);
  g_free (mark->text);
}

GArray *
recording_file_marks (RecordingFile *self)
{
  GArray *marks = read_notes (self, TRUE);

  g_array_set_clear_func (marks, mark_clear);
  return marks;
}

GArray *
recording_file_holes (RecordingFile *self)
{
  return read_notes (self, FALSE);
}
