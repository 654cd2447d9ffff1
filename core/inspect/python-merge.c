/* python-merge.c - what several processes of a program have, put together.
 *
 * Memory is the same when file and offset are; an object is the same when its memory and its
 * type are. Two views of one memory by different types are two entries.
 */
#include "python-merge.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"
#include "python-name.h"

/* See python-lock.c: three looks, 20 ms from the first to the last. */
#define LOOKS 4
#define LOOK_PAUSE_US 10000
/* Of one object: a record may have any number of lines about the same memory. */
#define NAMES_MAX 64

struct python_cache
{
  char *shm, *proc;
  GHashTable *files;   /* key of the file -> SharedFile */
  GHashTable *locks;   /* key of the semaphore -> PythonLock */
};

/* What is known of a semaphore, from all processes. */
struct gathered_lock
{
  gboolean is_recursive;
  MemoryRegion *region;         /* of the first user, or made up for one that is only recorded */
  GArray *users;                /* of struct python_lock_user */
};

/* What is known of an object, from all processes; the first found tells what it is. */
struct gathered
{
  const PyFound *found;
  const PyProcess *process;     /* that it was found in first */
  guint64 key;
  GArray *places;               /* of PyPlace, without references */
  const PyFound *locked;        /* one that has a lock; NULL */
  GPtrArray *names;             /* of const char *, the best first */
  GPtrArray *recorded_names;    /* likewise, by the program's own record: next best */
  GArray *pids;
};

PythonCache *
python_cache_new (const char *shm, const char *proc)
{
  PythonCache *self = g_new0 (PythonCache, 1);

  self->shm = g_strdup (shm);
  self->proc = g_strdup (proc);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) shared_file_unref);
  self->locks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) python_lock_unref);
  return self;
}

void
python_cache_free (PythonCache *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->files);
  g_hash_table_unref (self->locks);
  g_free (self->shm);
  g_free (self->proc);
  g_free (self);
}

static gboolean
is_given_up (const gint *cancelled)
{
  return cancelled != NULL && g_atomic_int_get (cancelled) != 0;
}

void
python_cache_watch_locks (PythonCache *self, const gint *cancelled)
{
  GHashTableIter iter;
  gpointer value;
  gboolean is_open = TRUE;

  for (guint look = 0; look < LOOKS && is_open; look++)
    {
      if (look > 0)
        g_usleep (LOOK_PAUSE_US);
      is_open = FALSE;
      g_hash_table_iter_init (&iter, self->locks);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        {
          LockInfo info;

          if (is_given_up (cancelled))
            return;

          is_open |= python_lock_describe (value, &info) == 0
                     && info.state == SHMLENS_LOCK_HELD && info.owner_pid == 0;
        }
    }
}

static void
gathered_lock_free (gpointer data)
{
  struct gathered_lock *lock = data;

  g_array_unref (lock->users);
  memory_region_free (lock->region);
  g_free (lock);
}

static void
gathered_free (gpointer data)
{
  struct gathered *gathered = data;

  g_array_unref (gathered->places);
  g_ptr_array_unref (gathered->names);
  g_ptr_array_unref (gathered->recorded_names);
  g_array_unref (gathered->pids);
  g_free (gathered);
}

/* Names memory across processes; memory without a file within its own. */
static char *
place_key (guint64 device, guint64 inode, guint64 offset, pid_t pid)
{
  return g_strdup_printf ("%" G_GINT64_MODIFIER "x:%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT ":%d",
                          device, inode, offset, inode == 0 ? (int) pid : 0);
}

static char *
semaphore_key (const PySemaphore *semaphore, pid_t pid)
{
  return place_key (semaphore->device, semaphore->inode,
                    semaphore->inode != 0 ? semaphore->offset : semaphore->handle, pid);
}

/* ------------------------------------------------------------------------------ locks -- */

/* The mapping of a semaphore. One that is only recorded has none: then just what names its file. */
static MemoryRegion *
region_of (const PyProcess *process, const PySemaphore *semaphore)
{
  MemoryRegion recorded = {
    .end = 1,
    .device = semaphore->device,
    .inode = semaphore->inode,
    .is_readable = TRUE,
    .is_writable = TRUE,
    .is_shared = TRUE,
    .path = (char *) "",
  };
  const MemoryRegion *region;

  if (process->memory == NULL)
    return memory_region_copy (&recorded);
  region = memory_regions_find (process->regions, semaphore->handle);
  return region == NULL ? NULL : memory_region_copy (region);
}

static void
gather_lock (GHashTable *locks, const PyProcess *process, const PySemaphore *semaphore)
{
  g_autofree char *key = semaphore_key (semaphore, process->pid);
  struct gathered_lock *lock = g_hash_table_lookup (locks, key);
  struct python_lock_user user = { process->memory, semaphore->handle, semaphore->object };

  if (lock == NULL)
    {
      MemoryRegion *region = region_of (process, semaphore);

      if (region == NULL)
        return;
      lock = g_new0 (struct gathered_lock, 1);
      lock->is_recursive = semaphore->is_recursive;
      lock->region = region;
      lock->users = g_array_new (FALSE, FALSE, sizeof user);
      g_hash_table_insert (locks, g_steal_pointer (&key), lock);
    }
  for (guint i = 0; i < lock->users->len && process->memory != NULL; i++)
    {
      const struct python_lock_user *known
        = &g_array_index (lock->users, struct python_lock_user, i);

      if (known->memory == user.memory && known->object == user.object)
        return;
    }
  if (process->memory != NULL)
    g_array_append_val (lock->users, user);
}

static GHashTable *
gather_locks (const GPtrArray *processes, const gint *cancelled)
{
  GHashTable *locks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, gathered_lock_free);

  for (guint i = 0; i < processes->len; i++)
    {
      const PyProcess *process = processes->pdata[i];

      for (guint j = 0; j < process->found->len && !is_given_up (cancelled); j++)
        {
          const PyFound *found = process->found->pdata[j];

          if (found->lock_kind == LOCK_SEMAPHORE)
            gather_lock (locks, process, &found->lock);
          for (guint k = 0; k < found->n_parts; k++)
            if (found->parts[k].inode != 0 || found->parts[k].handle != 0)
              gather_lock (locks, process, &found->parts[k]);
        }
    }
  return locks;
}

/* Opens the locks; those of the look before are taken over by those of the same semaphore. */
static void
make_locks (PythonCache *cache, GHashTable *gathered, const gint *cancelled)
{
  g_autoptr (SemaphoreWays) ways = semaphore_ways_new (cache->shm);
  g_autoptr (GHashTable) before = g_steal_pointer (&cache->locks);
  GHashTableIter iter;
  gpointer key, value;

  cache->locks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) python_lock_unref);
  g_hash_table_iter_init (&iter, gathered);
  while (!is_given_up (cancelled) && g_hash_table_iter_next (&iter, &key, &value))
    {
      const struct gathered_lock *lock = value;
      PythonLock *old = g_hash_table_lookup (before, key);

      if (old != NULL
          && python_lock_has_users (old, (const struct python_lock_user *) (gpointer) lock->users->data,
                                    lock->users->len))
        python_lock_ref (old);
      else
        old = python_lock_new (ways, cache->proc, lock->region,
                               (const struct python_lock_user *) (gpointer) lock->users->data,
                               lock->users->len, lock->is_recursive, old);
      g_hash_table_insert (cache->locks, g_strdup (key), old);
    }
}

static PythonLock *
lock_of (PythonCache *cache, const PySemaphore *semaphore, pid_t pid)
{
  g_autofree char *key = semaphore_key (semaphore, pid);

  return g_hash_table_lookup (cache->locks, key);
}

/* ---------------------------------------------------------------------------- objects -- */

static char *
object_key (const PyFound *found, pid_t pid)
{
  g_autofree char *place = NULL;
  GString *key;

  place = place_key (found->device, found->inode,
                     found->inode != 0    ? found->offset + found->shape.offset
                     : found->first != 0 ? found->first
                                         : found->object,
                     pid);
  key = g_string_new (place);
  g_string_append_printf (key, " %s %d", found->shape.ctype != NULL ? found->shape.ctype : "",
                          (int) found->shape.object);
  for (guint i = 0; i < found->shape.dimensions; i++)
    g_string_append_printf (key, "[%" G_GUINT64_FORMAT "/%" G_GINT64_FORMAT "]",
                            found->shape.shape[i], found->shape.strides[i]);
  return g_string_free (key, FALSE);
}

static guint64
hash_key (const char *key)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (; *key != '\0'; key++)
    hash = (hash ^ (guint8) *key) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash;
}

static void
add_name (GPtrArray *names, const char *name)
{
  if (names->len >= NAMES_MAX)
    return;
  for (guint i = 0; i < names->len; i++)
    if (g_str_equal (names->pdata[i], name))
      return;
  g_ptr_array_add (names, (gpointer) name);
}

static void
gather_object (GHashTable *objects, GPtrArray *order, const PyProcess *process,
               const PyFound *found)
{
  pid_t pid = process->pid;
  g_autofree char *key = object_key (found, pid);
  struct gathered *gathered = g_hash_table_lookup (objects, key);
  PyPlace place = { process->memory, found->object, found->type, found->data_slot,
                    found->first };

  if (gathered == NULL)
    {
      gathered = g_new0 (struct gathered, 1);
      gathered->found = found;
      gathered->process = process;
      gathered->key = hash_key (key);
      gathered->places = g_array_new (FALSE, FALSE, sizeof place);
      gathered->names = g_ptr_array_new ();
      gathered->recorded_names = g_ptr_array_new ();
      gathered->pids = g_array_new (FALSE, FALSE, sizeof pid);
      g_hash_table_insert (objects, g_steal_pointer (&key), gathered);
      g_ptr_array_add (order, gathered);
    }
  if (process->memory != NULL && !process->is_raw)
    g_array_append_val (gathered->places, place);
  if (gathered->locked == NULL && found->lock_kind != LOCK_NONE)
    gathered->locked = found;
  for (guint i = 0; i < found->names->len; i++)
    add_name (gathered->names, found->names->pdata[i]);
  if (found->recorded_name != NULL)
    add_name (gathered->recorded_names, found->recorded_name);
  if (gathered->pids->len == 0
      || g_array_index (gathered->pids, pid_t, gathered->pids->len - 1) != pid)
    g_array_append_val (gathered->pids, pid);
}

/* ---------------------------------------------------------------------------- entries -- */

static SharedFile *
file_of (PythonCache *cache, GHashTable *used, const PyProcess *process, const PyFound *found)
{
  const MemoryRegion *region;
  g_autofree char *key = NULL;
  SharedFile *file;
  int code;

  if (found->inode == 0 || (found->data == 0 && found->path == NULL))
    return NULL;
  key = place_key (found->device, found->inode, 0, 0);
  file = g_hash_table_lookup (used, key);
  if (file != NULL)
    return shared_file_ref (file);
  file = g_hash_table_lookup (cache->files, key);
  if (file != NULL)
    shared_file_ref (file);
  else if (found->path != NULL)
    file = shared_file_open_path (found->path, found->device, found->inode, &code);
  else if ((region = memory_regions_find (process->regions, found->data)) != NULL)
    file = shared_file_open (process->memory, region, &code);
  if (file == NULL)
    return NULL;
  g_hash_table_insert (used, g_steal_pointer (&key), shared_file_ref (file));
  return file;
}

/* Why it cannot be edited, or not under its lock. */
static void
set_editable (EntryInfo *info, const PythonLock *lock, char **ret_reason)
{
  const char *reason = NULL;

  if (info->reason != NULL)
    return;
  info->editable = info->object == OBJECT_DATA || info->object == OBJECT_EVENT;
  if (!info->editable)
    reason = _("programs coordinate by it, and to change it from outside would break what they"
               " count on; let the program do it");
  else if (info->lock_kind == LOCK_NONE)
    reason = _("it has no lock, so an edit can fall between a read and a write of its program;"
               " ask for an unlocked edit");
  else if (info->lock_kind == LOCK_EXTERNAL)
    reason = _("its lock is one that only the program itself can take, such as a"
               " threading.Lock; ask for an unlocked edit");
  else if (lock == NULL || info->lock_way == LOCK_WAY_NONE)
    reason = lock == NULL ? _("its lock cannot be reached; ask for an unlocked edit")
                          : posix_semaphore_reason (python_lock_semaphore ((PythonLock *) lock));
  *ret_reason = g_strdup (reason);
}

static PythonEntry *
make_entry (PythonCache *cache, GHashTable *used, const struct gathered *gathered,
            const char *name)
{
  const PyFound *found = gathered->found;
  const PyFound *locked = gathered->locked;
  pid_t pid = gathered->process->pid;
  EntryInfo info = found->shape;
  PythonEntry values = { 0 };
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *reason = NULL;

  values.file = file_of (cache, used, gathered->process, found);
  values.file_offset = found->offset + found->shape.offset;
  values.n_places = gathered->places->len;
  values.places = g_memdup2 (gathered->places->data, values.n_places * sizeof *values.places);
  for (guint i = 0; i < values.n_places; i++)
    process_memory_ref (values.places[i].memory);
  for (guint i = 0; i < found->n_parts; i++)
    {
      PythonLock *part = lock_of (cache, &found->parts[i], pid);

      if (i == 0)
        values.maximum = found->parts[0].maximum;
      if (part != NULL)
        values.parts[i] = python_lock_ref (part);
      values.n_parts = i + 1;
    }
  if (locked != NULL)
    {
      info.lock_kind = locked->lock_kind;
      info.lock_recursive = locked->lock.is_recursive;
    }
  if (info.lock_kind == LOCK_SEMAPHORE
      && (values.lock = lock_of (cache, &locked->lock, pid)) != NULL)
    {
      python_lock_ref (values.lock);
      info.lock_id = python_lock_id (values.lock);
      info.lock_way = posix_semaphore_way (python_lock_semaphore (values.lock));
    }

  g_ptr_array_add (names, (gpointer) name);
  for (guint i = 0; i < gathered->names->len; i++)
    add_name (names, gathered->names->pdata[i]);
  g_ptr_array_add (names, NULL);
  info.id = gathered->key;
  info.name = (char *) name;
  info.names = (char **) names->pdata;
  info.address = found->first != 0 ? found->first : found->object;
  info.offset = values.file_offset;
  info.pids = (pid_t *) (gpointer) gathered->pids->data;
  info.n_pids = gathered->pids->len;
  set_editable (&info, values.lock, &reason);
  if (reason != NULL)
    info.reason = reason;
  values.info = entry_info_new (&info);
  return python_entry_new (&values);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const PythonEntry *x = *(PythonEntry *const *) a, *y = *(PythonEntry *const *) b;
  gboolean x_nameless = python_name_is_made_up (x->info->name);
  gboolean y_nameless = python_name_is_made_up (y->info->name);

  if (x_nameless != y_nameless)
    return x_nameless ? 1 : -1;
  if (x_nameless && x->info->offset != y->info->offset)
    return x->info->offset < y->info->offset ? -1 : 1;
  return strcmp (x->info->name, y->info->name);
}

/* Puts what the processes have together: objects owns it, order is that of the processes. */
static void
gather_objects (GHashTable *objects, GPtrArray *order, const GPtrArray *processes,
                const gint *cancelled)
{
  for (guint i = 0; i < processes->len; i++)
    {
      const PyProcess *process = processes->pdata[i];

      for (guint j = 0; j < process->found->len && !is_given_up (cancelled); j++)
        gather_object (objects, order, process, process->found->pdata[j]);
    }
  for (guint i = 0; i < order->len; i++)
    {
      const struct gathered *gathered = order->pdata[i];

      for (guint j = 0; j < gathered->recorded_names->len; j++)
        add_name (gathered->names, gathered->recorded_names->pdata[j]);
    }
}

GPtrArray *
python_merge (PythonCache *cache, const GPtrArray *processes, const gint *cancelled)
{
  g_autoptr (GPtrArray) entries
    = g_ptr_array_new_with_free_func ((GDestroyNotify) python_entry_unref);
  g_autoptr (GHashTable) locks = gather_locks (processes, cancelled);
  g_autoptr (GHashTable) objects
    = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, gathered_free);
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTable *used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) shared_file_unref);

  make_locks (cache, locks, cancelled);
  gather_objects (objects, order, processes, cancelled);
  for (guint i = 0; i < order->len && !is_given_up (cancelled); i++)
    {
      const struct gathered *gathered = order->pdata[i];
      /* As the entry will have it: what is told apart must be so on the screen. */
      g_autofree char *best
        = printable_name (gathered->names->len > 0 ? gathered->names->pdata[0] : NULL);
      g_autofree char *name = python_name_unique (
        taken, best, &gathered->found->shape, gathered->found->object,
        gathered->found->offset + gathered->found->shape.offset,
        g_array_index (gathered->pids, pid_t, 0));

      g_ptr_array_add (entries, make_entry (cache, used, gathered, name));
    }
  g_hash_table_unref (cache->files);
  cache->files = used;
  if (is_given_up (cancelled))
    return NULL;
  g_ptr_array_sort (entries, compare_entries);
  return g_steal_pointer (&entries);
}
