/* source-native.c - segments that programs made with libshmlens. */
#include "source-native.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "attachment-native-private.h"
#include "attachment-native.h"
#include "memory.h"
#include "native-view.h"

/* An object in the directory, kept from list to list: one that is not ours is not
 * opened again, and of one that is, the mapped header tells whether it changed. */
struct known
{
  guint64 inode;
  guint64 size;
  struct timespec changed;
  gboolean is_seen;
  gboolean is_native;
  int result;                /* of mapping it */
  struct format_error error;
  NativeView *view;          /* the last good one; NULL */
  guint n_entries;
  struct format_attacher *attachers;
  gboolean is_probed;
  gboolean stale;
  guint n_pids;              /* at the probe */
};

typedef struct source_native SourceNative;

struct source_native
{
  Source base;
  ShmDirectory *directory;
  GHashTable *known;         /* inode -> struct known */
};

static void
known_free (gpointer data)
{
  struct known *known = data;

  native_view_unref (known->view);
  g_free (known->attachers);
  g_free (known);
}

struct counting
{
  NativeView *view;
  guint n;
};

static void
guarded_count_entries (void *data)
{
  struct counting *counting = data;
  NativeView *view = counting->view;

  counting->n = 0;
  for (guint32 i = 0; i < view->header.slot_count; i++)
    {
      guint64 offset = format_slot_offset (&view->header, i, view->length);
      const struct format_slot *slot = (gconstpointer) (view->base + offset);

      if (offset == 0)
        return;
      if (FORMAT_STATE (__atomic_load_n (&slot->state, __ATOMIC_ACQUIRE)) == FORMAT_SLOT_LIVE
          && __atomic_load_n (&slot->what, __ATOMIC_RELAXED) == FORMAT_WHAT_ENTRY)
        counting->n++;
    }
}

/* Opens an object that is new or changed. */
static void
look_into (SourceNative *self, struct known *known, const char *file)
{
  struct stat status;
  int fd = shm_object_open (self->directory, file, &status);

  if (fd < 0)
    return;
  if (known->view != NULL || native_is_one (fd))
    {
      NativeView *view;

      known->is_native = TRUE;
      known->result = native_view_new (fd, FALSE, &view, &known->error);
      if (known->result == 0)
        {
          struct counting counting = { view, 0 };

          memory_guarded (view->base, view->length, guarded_count_entries, &counting);
          known->n_entries = counting.n;
          native_view_unref (known->view);
          known->view = view;
        }
    }
  close (fd);
}

static gboolean
header_changed (const struct known *known)
{
  const struct format_header *shared = (gconstpointer) known->view->base;
  guint32 generation;

  return memory_load (&shared->generation, sizeof generation, &generation) < 0
         || generation != known->view->header.generation;
}

static struct known *
look_up (SourceNative *self, const char *file, const struct stat *status)
{
  guint64 inode = status->st_ino;
  struct known *known = g_hash_table_lookup (self->known, &inode);

  if (known == NULL)
    {
      known = g_new0 (struct known, 1);
      known->inode = inode;
      g_hash_table_insert (self->known, &known->inode, known);
    }
  else if (known->size == (guint64) status->st_size
           && memcmp (&known->changed, &status->st_ctim, sizeof known->changed) == 0
           && (known->view == NULL || !header_changed (known)))
    return known;
  known->size = status->st_size;
  known->changed = status->st_ctim;
  look_into (self, known, file);
  return known;
}

/* Whether every program that had it attached has ended: such a program keeps a
 * shared flock on it. Taken on a descriptor of its own, and given back at once. */
static gboolean
probe_stale (SourceNative *self, const char *file, const struct known *known)
{
  struct stat status;
  int fd = shm_object_open (self->directory, file, &status);
  gboolean stale;

  if (fd < 0)
    return FALSE;
  stale = status.st_ino == known->inode && flock (fd, LOCK_EX | LOCK_NB) == 0;
  close (fd);
  return stale;
}

static int
compare_pids (gconstpointer a, gconstpointer b)
{
  pid_t x = *(const pid_t *) a, y = *(const pid_t *) b;

  return x < y ? -1 : x > y;
}

/* Those that have it attached and live, and those that map it; of ourselves only when
 * this program has attached it, not when it merely looks. */
static void
take_pids (SourceNative *self, struct known *known, ProcessTable *processes,
           SegmentInfo *ret_values, gboolean *ret_is_attached)
{
  struct format_attacher attachers[FORMAT_ATTACHERS];
  GArray *pids = g_array_new (FALSE, FALSE, sizeof (pid_t));
  guint n_mappers, n = 0, n_live = 0;
  const pid_t *mappers = process_table_find (processes, known->inode, &n_mappers);
  pid_t own = getpid ();

  if (known->view != NULL && native_view_attachers (known->view, attachers) == 0)
    {
      g_autofree pid_t *live = NULL;

      if (known->attachers == NULL)
        known->attachers = g_malloc (sizeof attachers);
      memcpy (known->attachers, attachers, sizeof attachers);
      live = native_view_live (known->view, attachers, self->directory->proc, &n_live);
      g_array_append_vals (pids, live, n_live);
    }
  for (guint i = 0; i < n_mappers; i++)
    if (mappers[i] != own)
      g_array_append_val (pids, mappers[i]);
  g_array_sort (pids, compare_pids);
  for (guint i = 0; i < pids->len; i++)
    if (i == 0 || g_array_index (pids, pid_t, i) != g_array_index (pids, pid_t, i - 1))
      g_array_index (pids, pid_t, n++) = g_array_index (pids, pid_t, i);
  *ret_is_attached = n_live > 0;
  ret_values->n_pids = n;
  ret_values->pids = (pid_t *) (gpointer) g_array_free (pids, FALSE);
}

static SegmentInfo *
describe (SourceNative *self, const char *file, const struct stat *status, struct known *known,
          ProcessTable *processes)
{
  SegmentInfo values = { .kind = "native" };
  SegmentInfo *info;
  gboolean is_attached;

  shm_object_describe (self->directory, file, status, &values);
  if (known->view != NULL)
    native_describe (known->view, &values);
  if (known->result < 0)
    {
      values.state = SEGMENT_CORRUPT;
      values.reason = native_corruption (values.id, known->result, &known->error);
    }
  values.n_entries = known->n_entries;
  take_pids (self, known, processes, &values, &is_attached);
  if (is_attached)
    known->is_probed = known->stale = FALSE;
  else if (!known->is_probed || !known->stale || known->n_pids != values.n_pids)
    {
      known->stale = probe_stale (self, file, known);
      known->is_probed = TRUE;
      known->n_pids = values.n_pids;
    }
  values.stale = known->stale;
  info = segment_info_new (&values);
  shm_object_clear (&values);
  return info;
}

static gboolean
drop_unseen (gpointer key, gpointer value, gpointer user_data)
{
  struct known *known = value;
  gboolean was_seen = known->is_seen;

  known->is_seen = FALSE;
  return !was_seen;
}

static GPtrArray *
native_list (Source *base, ProcessTable *processes)
{
  SourceNative *self = (SourceNative *) base;
  GPtrArray *segments = g_ptr_array_new_with_free_func ((GDestroyNotify) segment_info_unref);
  g_autoptr (GPtrArray) names = shm_directory_names (self->directory);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const char *file = names->pdata[i];
      struct known *known;
      struct stat status;

      if (shm_object_stat (self->directory, file, &status) < 0)
        continue;
      known = look_up (self, file, &status);
      known->is_seen = TRUE;
      if (known->is_native)
        g_ptr_array_add (segments, describe (self, file, &status, known, processes));
    }
  g_hash_table_foreach_remove (self->known, drop_unseen, NULL);
  return segments;
}

static gboolean
native_changed (Source *base)
{
  SourceNative *self = (SourceNative *) base;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const struct known *known = value;
      struct format_attacher attachers[FORMAT_ATTACHERS];

      if (known->view == NULL)
        continue;
      if ((known->result == 0 && header_changed (known))
          || (known->attachers != NULL && native_view_attachers (known->view, attachers) == 0
              && memcmp (attachers, known->attachers, sizeof attachers) != 0))
        return TRUE;
    }
  return FALSE;
}

static Attachment *
native_open (Source *base, const char *id, GError **error)
{
  SourceNative *self = (SourceNative *) base;
  g_autofree char *file = shm_object_file (self->directory, id);
  struct stat status;
  int fd;

  if (file == NULL || (fd = shm_object_open (self->directory, file, &status)) < 0)
    return NULL;
  if (!native_is_one (fd))
    {
      close (fd);
      return NULL;
    }
  return attachment_native_new (self->directory, file, fd, &status, error);
}

static void
native_finalize_source (Source *base)
{
  SourceNative *self = (SourceNative *) base;

  shm_directory_unref (self->directory);
  g_hash_table_unref (self->known);
  g_free (self);
}

static const SourceClass native_source_class = {
  .kind = "native",
  .list = native_list,
  .changed = native_changed,
  .open = native_open,
  .finalize = native_finalize_source,
};

Source *
source_native_new (ShmDirectory *directory)
{
  SourceNative *self = g_new0 (SourceNative, 1);

  self->base.class = &native_source_class;
  self->directory = shm_directory_ref (directory);
  self->known = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, known_free);
  return &self->base;
}
