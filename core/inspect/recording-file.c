/* recording-file.c - reading a recording at any time in it.
 *
 * Of each entry that is read the run that holds the last asked time is kept: a recording that is
 * played reads each run once. */
#include "recording-file.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "recording-private.h"

#define TEXT_MAX 4096
#define NOTES_MAX 10000
#define SAMPLES_MAX 100000000
/* Runs that are kept are all given up when they hold more than this. */
#define CACHE_BYTES_MAX (256u << 20)

/* Samples or lock states of one entry, which hold until next_us. */
struct run
{
  gint64 next_us;         /* when the next run starts; G_MAXINT64: none yet */
  guint n;
  gint64 *times;
  gint8 *statuses;        /* NULL: states of a lock */
  guint8 *bytes;
};

struct cache
{
  struct run samples, locks;
};

struct recording_file
{
  pthread_mutex_t mutex;
  Database *database;
  Statement *find_run, *find_lock, *next_run, *next_lock, *find_end;
  struct recording_head head;
  GPtrArray *entries;     /* of RecordedEntry */
  GHashTable *by_number;  /* guint64 to RecordedEntry */
  GHashTable *caches;     /* guint64 to struct cache */
  gsize cache_bytes;
};

static const char *const tables[]
  = { "recording", "entries", "fields", "labels", "samples", "locks", "marks", "gaps", NULL };

static void
run_clear (struct run *run)
{
  g_free (run->times);
  g_free (run->statuses);
  g_free (run->bytes);
  *run = (struct run){ .n = 0 };
}

static void
cache_free (gpointer data)
{
  struct cache *cache = data;

  run_clear (&cache->samples);
  run_clear (&cache->locks);
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

static gboolean
prepare (RecordingFile *self, GError **error)
{
  const struct
  {
    Statement **statement;
    const char *sql;
  } statements[] = {
    { &self->find_run, "SELECT n, start_us, times, statuses, elements FROM samples"
                       " WHERE entry = ? AND start_us <= ? ORDER BY start_us DESC LIMIT 1" },
    { &self->find_lock, "SELECT n, start_us, states FROM locks"
                        " WHERE entry = ? AND start_us <= ? ORDER BY start_us DESC LIMIT 1" },
    { &self->next_run, "SELECT min(start_us) FROM samples WHERE entry = ? AND start_us > ?" },
    { &self->next_lock, "SELECT min(start_us) FROM locks WHERE entry = ? AND start_us > ?" },
    { &self->find_end, "SELECT end_us FROM recording" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    if ((*statements[i].statement = statement_new (self->database, statements[i].sql, error))
        == NULL)
      return FALSE;
  return TRUE;
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
  statement_free (self->find_run);
  statement_free (self->find_lock);
  statement_free (self->next_run);
  statement_free (self->next_lock);
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

/* Whether the elements are those of n samples, or of samples none of which could be read. */
static gboolean
has_elements (gsize n, gsize element, const gint8 *statuses, gsize size)
{
  if (size == 0)
    for (gsize i = 0; element > 0 && i < n; i++)
      if (statuses[i] >= 0)
        return FALSE;
  return size == 0 || (element > 0 && size / element == n && size % element == 0);
}

static gint64
load_integer (const guint8 *bytes)
{
  gint64 value;

  memcpy (&value, bytes, sizeof value);
  return GINT64_FROM_LE (value);
}

static guint32
load_word (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_LE (value);
}

/* The run of the row that stands there: from column 2 on, of samples times, statuses and elements,
 * of a lock states. FALSE when it is not sound. */
static gboolean
take_run (Statement *statement, const EntryInfo *info, gboolean is_of_lock, struct run *run)
{
  gsize element = is_of_lock ? RECORDING_LOCK_BYTES : (gsize) (info->length * info->type.size);
  gsize sizes[3] = { 0, 0, 0 };
  const guint8 *parts[3] = { NULL, NULL, NULL };
  gint64 n, start;
  gsize step = is_of_lock ? RECORDING_LOCK_BYTES : 8;

  if (!statement_integer (statement, 0, 1, SAMPLES_MAX, &n)
      || !statement_integer (statement, 1, G_MININT64, G_MAXINT64, &start))
    return FALSE;
  for (int i = 0; i < (is_of_lock ? 1 : 3); i++)
    if ((parts[i] = statement_blob (statement, 2 + i, &sizes[i])) == NULL)
      return FALSE;
  if (sizes[0] != (gsize) n * step
      || (!is_of_lock
          && (sizes[1] != (gsize) n
              || !has_elements ((gsize) n, element, (const gint8 *) parts[1], sizes[2]))))
    return FALSE;
  for (gsize i = 0; i < (gsize) n; i++)
    {
      gint64 time_us = load_integer (parts[0] + i * step);

      if (i == 0 ? time_us != start : time_us <= load_integer (parts[0] + (i - 1) * step))
        return FALSE;
    }
  run->n = (guint) n;
  run->times = g_new (gint64, n);
  for (gsize i = 0; i < (gsize) n; i++)
    run->times[i] = load_integer (parts[0] + i * step);
  run->statuses = is_of_lock ? NULL : g_memdup2 (parts[1], sizes[1]);
  run->bytes = is_of_lock ? g_memdup2 (parts[0], sizes[0]) : g_memdup2 (parts[2], sizes[2]);
  return TRUE;
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

static gboolean
covers (const struct run *run, gint64 time_us)
{
  return run->n > 0 && time_us >= run->times[0] && time_us < run->next_us;
}

/* Under the mutex: the run that holds at this time. 0, -ENODATA or -EBADMSG. */
static int
load_run (RecordingFile *self, const RecordedEntry *entry, gint64 time_us, gboolean is_of_lock,
          struct run **ret_run)
{
  Statement *statement = is_of_lock ? self->find_lock : self->find_run;
  struct cache *cache = g_hash_table_lookup (self->caches, &entry->info->id);
  struct run *run, loaded = { .n = 0 };
  enum statement_step step;
  gsize bytes;
  gboolean is_sound;

  if (cache == NULL)
    {
      cache = g_new0 (struct cache, 1);
      g_hash_table_insert (self->caches, &entry->info->id, cache);
    }
  run = is_of_lock ? &cache->locks : &cache->samples;
  *ret_run = run;
  if (covers (run, time_us))
    return 0;
  statement_bind_integer (statement, 1, (gint64) entry->info->id);
  statement_bind_integer (statement, 2, time_us);
  step = statement_step (statement, NULL);
  is_sound = step == STATEMENT_ROW && take_run (statement, entry->info, is_of_lock, &loaded);
  statement_reset (statement);
  if (!is_sound)
    return step == STATEMENT_DONE ? -ENODATA : -EBADMSG;
  loaded.next_us = find_next (is_of_lock ? self->next_lock : self->next_run, entry->info->id,
                              loaded.times[0]);
  bytes = loaded.n * (is_of_lock ? RECORDING_LOCK_BYTES
                                 : (gsize) (entry->info->length * entry->info->type.size));
  if (self->cache_bytes + bytes > CACHE_BYTES_MAX)
    {
      g_hash_table_remove_all (self->caches);
      self->cache_bytes = 0;
      cache = g_new0 (struct cache, 1);
      g_hash_table_insert (self->caches, &entry->info->id, cache);
      run = *ret_run = is_of_lock ? &cache->locks : &cache->samples;
    }
  self->cache_bytes += bytes;
  run_clear (run);
  *run = loaded;
  return covers (run, time_us) ? 0 : -EBADMSG;
}

/* The last that is not later; the run covers the time. */
static guint
find_in_run (const struct run *run, gint64 time_us)
{
  guint low = 0, high = run->n;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (run->times[middle] <= time_us)
        low = middle;
      else
        high = middle;
    }
  return low;
}

int
recording_file_read (RecordingFile *self, guint64 number, gint64 time_us, guint64 first,
                     guint64 last, void *ret_elements)
{
  const RecordedEntry *entry = g_hash_table_lookup (self->by_number, &number);
  struct run *run;
  int status;

  if (entry == NULL || first > last || last > entry->info->length)
    return -ERANGE;
  if (time_us >= entry->gone_us)
    return -ESTALE;
  pthread_mutex_lock (&self->mutex);
  status = load_run (self, entry, time_us, FALSE, &run);
  if (status == 0)
    {
      guint index = find_in_run (run, time_us);
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
  const RecordedEntry *entry = g_hash_table_lookup (self->by_number, &number);
  struct run *run;
  int status;

  if (entry == NULL)
    return -ERANGE;
  pthread_mutex_lock (&self->mutex);
  status = load_run (self, entry, time_us, TRUE, &run);
  if (status == 0)
    {
      guint index = find_in_run (run, time_us);
      const guint8 *state = run->bytes + (gsize) index * RECORDING_LOCK_BYTES;
      guint32 kept = load_word (state + 32);

      *ret_lock = (LockInfo){
        .kind = entry->info->lock_kind,
        .state = kept <= SHMLENS_LOCK_UNKNOWN ? (enum shmlens_lock_state) kept
                                              : SHMLENS_LOCK_UNKNOWN,
        .held_ns = (guint64) load_integer (state + 8),
        .owner_pid = MAX ((pid_t) load_word (state + 16), 0),
        .owner_tid = MAX ((pid_t) load_word (state + 20), 0),
        .depth = load_word (state + 24),
        .recoveries = load_word (state + 28),
        .waiters = (int) load_word (state + 36),
      };
      if (ret_lock->state == SHMLENS_LOCK_HELD || ret_lock->state == SHMLENS_LOCK_DEAD)
        ret_lock->held_ns += (guint64) (time_us - run->times[index]) * 1000;
    }
  pthread_mutex_unlock (&self->mutex);
  return status;
}

/* Under the mutex: gives the samples of a run that lie in a span; FALSE: it is to end. */
static gboolean
give_run (const struct run *run, gsize size, gint64 first_us, gint64 last_us,
          RecordingSampleFunc func, gpointer user_data)
{
  guint i = run->times[0] < first_us ? find_in_run (run, first_us) : 0;

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
  const RecordedEntry *entry = g_hash_table_lookup (self->by_number, &number);
  gsize size = entry == NULL ? 0 : (gsize) (entry->info->length * entry->info->type.size);
  gint64 time_us = first_us;
  gboolean goes_on = entry != NULL, is_first = TRUE;

  while (goes_on)
    {
      struct run *run;
      int status;

      /* The run that holds at first, then those that begin later. */
      pthread_mutex_lock (&self->mutex);
      if (!is_first)
        time_us = find_next (self->next_run, number, time_us);
      status = time_us == G_MAXINT64 ? -ENODATA : load_run (self, entry, time_us, FALSE, &run);
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
