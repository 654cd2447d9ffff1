/* registry.c - one source of each kind: listing and opening through all of them. */
#include "registry.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

#include "inspect-error.h"
#include "near.h"
#include "source-native.h"
#include "source-posix.h"
#include "source-python.h"
#include "source-recording.h"

Registry *
registry_new (const struct registry_roots *roots)
{
  Registry *self = g_new0 (Registry, 1);

  self->directory = shm_directory_new (roots != NULL ? roots->shm : "/dev/shm",
                                       roots != NULL ? roots->proc : "/proc");
  pthread_mutex_init (&self->mutex, NULL);
  self->context = g_main_context_ref_thread_default ();
  self->types = type_store_new ();
  /* In this order they are asked: the posix source takes what is left. */
  self->sources[self->n_sources++] = source_native_new (self->directory);
  if (roots == NULL || !roots->only_shm)
    self->sources[self->n_sources++]
      = source_python_new (self->directory->path, self->directory->proc);
  self->sources[self->n_sources++] = source_posix_new (self->directory, self->types);
  self->sources[self->n_sources++] = source_recording_new ();
  g_assert (self->n_sources <= G_N_ELEMENTS (self->sources));
  return self;
}

void
registry_free (Registry *self)
{
  if (self == NULL)
    return;
  registry_unwatch (self);
  for (guint i = 0; i < self->n_sources; i++)
    self->sources[i]->class->finalize (self->sources[i]);
  type_store_unref (self->types);
  shm_directory_unref (self->directory);
  g_main_context_unref (self->context);
  pthread_mutex_destroy (&self->mutex);
  g_free (self);
}

static int
compare_segments (gconstpointer a, gconstpointer b)
{
  const SegmentInfo *x = *(SegmentInfo *const *) a, *y = *(SegmentInfo *const *) b;
  int order = strcmp (x->title, y->title);

  return order != 0 ? order : strcmp (x->id, y->id);
}

GPtrArray *
registry_list_by (Registry *self, const char *kind, ProcessTable *processes)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) segment_info_unref);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  pthread_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->n_sources; i++)
    {
      const SourceClass *class = self->sources[i]->class;
      g_autoptr (GPtrArray) some = NULL;

      if (kind != NULL && !g_str_equal (class->kind, kind))
        continue;
      some = class->list (self->sources[i], processes);

      for (guint j = 0; j < some->len; j++)
        {
          SegmentInfo *info = some->pdata[j];

          if (g_hash_table_add (ids, info->id))
            g_ptr_array_add (all, segment_info_ref (info));
        }
    }
  pthread_mutex_unlock (&self->mutex);
  g_ptr_array_sort (all, compare_segments);
  return all;
}

ProcessTable *
registry_processes (Registry *self)
{
  struct stat status;

  if (stat (self->directory->path, &status) < 0)
    status.st_dev = 0;
  return process_table_new (self->directory->proc, status.st_dev);
}

/* Whether there is more to list after a while that is over now. */
static gboolean
settle (Registry *self, const char *kind)
{
  gboolean is_more = FALSE;

  pthread_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->n_sources; i++)
    {
      const SourceClass *class = self->sources[i]->class;

      if (class->settle != NULL && (kind == NULL || g_str_equal (class->kind, kind)))
        is_more = class->settle (self->sources[i]) || is_more;
    }
  pthread_mutex_unlock (&self->mutex);
  return is_more;
}

GPtrArray *
registry_list (Registry *self, const char *kind)
{
  g_autoptr (ProcessTable) processes = registry_processes (self);
  GPtrArray *list;

  process_table_update (processes, TRUE);
  list = registry_list_by (self, kind, processes);
  if (!settle (self, kind))
    return list;
  g_ptr_array_unref (list);
  return registry_list_by (self, kind, processes);
}

/* The path of a file that seems to be meant; NULL: none. What source-recording.c would open. */
static const char *
file_meant (const char *id)
{
  const char *path = g_str_has_prefix (id, "shm:") ? id + strlen ("shm:") : id;

  if (path[0] == '/' && strchr (path + 1, '/') == NULL)
    return g_str_has_suffix (path, ".shmrec") ? path + 1 : NULL;
  return strchr (path, '/') != NULL ? path : NULL;
}

static void
set_not_found (Registry *self, const char *id, GError **error)
{
  g_autoptr (GPtrArray) files = shm_directory_names (self->directory);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *near = NULL;

  if (files == NULL)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s cannot be read: %s; mount a tmpfs there"), self->directory->path,
                   g_strerror (errno));
      return;
    }
  for (guint i = 0; i < files->len; i++)
    g_ptr_array_add (names, shm_object_id (files->pdata[i]));
  near = near_names (id, names);
  if (near == NULL && file_meant (id) != NULL)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                 _("there is no recording \"%s\"; give the path of its file"), file_meant (id));
  else if (near != NULL)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                 _("there is no segment \"%s\"; near it are %s"), id, near);
  else
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                 _("there is no segment \"%s\"; shmlensctl list tells which there are"), id);
}

/* What people leave out of an id. */
static char *
complete_id (const char *id)
{
  if (*id == '/')
    return g_strconcat ("shm:", id, NULL);
  if (strchr (id, ':') == NULL && strchr (id, '/') == NULL)
    return g_strconcat ("shm:/", id, NULL);
  return g_strdup (id);
}

Attachment *
registry_open (Registry *self, const char *id, GError **error)
{
  g_autofree char *whole = complete_id (id);

  for (guint i = 0; i < self->n_sources; i++)
    {
      g_autoptr (GError) own_error = NULL;
      Attachment *attachment = self->sources[i]->class->open (self->sources[i], whole, &own_error);

      if (attachment != NULL)
        return attachment;
      if (own_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&own_error));
          return NULL;
        }
    }
  set_not_found (self, whole, error);
  return NULL;
}

gboolean
registry_set_type (Registry *self, const char *id, const char *expression, GError **error)
{
  g_autofree char *whole = complete_id (id);

  return type_store_set (self->types, whole, expression, error);
}

char *
registry_type_of (Registry *self, const char *id)
{
  g_autofree char *whole = complete_id (id);

  return type_store_get (self->types, whole);
}
