/* type-store.c - the type expressions that people gave. */
#include "type-store.h"

#include <glib/gi18n-lib.h>
#include <pthread.h>

#include "inspect-error.h"
#include "type-expression.h"

#define GROUP "types"

struct type_store
{
  pthread_mutex_t mutex;
  GKeyFile *file;       /* NULL until it is needed */
  guint generation;
};

TypeStore *
type_store_new (void)
{
  TypeStore *self = g_atomic_rc_box_new0 (TypeStore);

  pthread_mutex_init (&self->mutex, NULL);
  return self;
}

TypeStore *
type_store_ref (TypeStore *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
type_store_clear (gpointer data)
{
  TypeStore *self = data;

  g_clear_pointer (&self->file, g_key_file_unref);
  pthread_mutex_destroy (&self->mutex);
}

void
type_store_unref (TypeStore *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, type_store_clear);
}

static char *
file_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "shmlens", "types.ini", NULL);
}

/* An id may hold characters that a key cannot. */
static char *
key_of (const char *id)
{
  return g_uri_escape_string (id, "/:", TRUE);
}

static void
load (TypeStore *self)
{
  g_autofree char *path = file_path ();

  g_clear_pointer (&self->file, g_key_file_unref);
  self->file = g_key_file_new ();
  /* One that is not there, or is broken, holds nothing. */
  g_key_file_load_from_file (self->file, path, G_KEY_FILE_KEEP_COMMENTS, NULL);
}

char *
type_store_get (TypeStore *self, const char *id)
{
  g_autofree char *key = key_of (id);
  char *expression;

  pthread_mutex_lock (&self->mutex);
  if (self->file == NULL)
    load (self);
  expression = g_key_file_get_string (self->file, GROUP, key, NULL);
  pthread_mutex_unlock (&self->mutex);
  return expression;
}

guint
type_store_generation (TypeStore *self)
{
  guint generation;

  pthread_mutex_lock (&self->mutex);
  generation = self->generation;
  pthread_mutex_unlock (&self->mutex);
  return generation;
}

static gboolean
save (TypeStore *self, GError **error)
{
  g_autofree char *path = file_path ();
  g_autofree char *directory = g_path_get_dirname (path);
  g_autoptr (GError) own_error = NULL;
  g_autofree char *text = NULL;
  gsize length;

  text = g_key_file_to_data (self->file, &length, NULL);
  /* If the directory cannot be made, writing the file tells why. */
  g_mkdir_with_parents (directory, 0700);
  if (g_file_set_contents_full (path, text, length, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                &own_error))
    return TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
               _("the type cannot be remembered: %s; it holds until the end of this program"),
               own_error->message);
  return FALSE;
}

gboolean
type_store_set (TypeStore *self, const char *id, const char *expression, GError **error)
{
  g_autofree char *key = key_of (id);
  gboolean is_saved;

  if (expression != NULL && *expression == '\0')
    expression = NULL;
  if (expression != NULL)
    {
      g_autoptr (GPtrArray) items = type_expression_parse (expression, error);

      if (items == NULL)
        return FALSE;
    }
  pthread_mutex_lock (&self->mutex);
  /* Another program may have written meanwhile. */
  load (self);
  if (expression != NULL)
    g_key_file_set_string (self->file, GROUP, key, expression);
  else
    g_key_file_remove_key (self->file, GROUP, key, NULL);
  self->generation++;
  is_saved = save (self, error);
  pthread_mutex_unlock (&self->mutex);
  return is_saved;
}
