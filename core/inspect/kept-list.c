/* kept-list.c - a list that people have made by hand, and its file. */
#include "kept-list.h"

#define VERSION 1

void
kept_list_init (KeptList *self, const KeptListClass *class, const char *path)
{
  self->class = class;
  self->rows = g_ptr_array_new_with_free_func (class->free_row);
  self->path = kept_file_path (path, class->file);
}

void
kept_list_clear (KeptList *self)
{
  g_ptr_array_unref (self->rows);
  g_free (self->path);
}

/* FALSE: this is no row, or one too many. */
static gboolean
load_row (KeptList *self, GKeyFile *file, const char *group)
{
  gpointer row = kept_list_is_full (self) ? NULL : self->class->load_row (file, group);

  if (row == NULL)
    return FALSE;
  g_ptr_array_add (self->rows, row);
  return TRUE;
}

/* Whether all of the file was understood. */
static gboolean
load_rows (KeptList *self, GKeyFile *file)
{
  const char *head = self->class->head;
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  gboolean is_whole = g_key_file_get_integer (file, head, "version", NULL) == VERSION;

  for (char **group = groups; *group != NULL; group++)
    if (!g_str_equal (*group, head) && !load_row (self, file, *group))
      is_whole = FALSE;
  return is_whole;
}

enum kept_list_state
kept_list_load (KeptList *self, char **ret_aside, GError **error)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autoptr (GError) own_error = NULL;
  enum kept_file_state state = kept_file_read (self->path, &file, &own_error);
  char *aside;

  g_ptr_array_set_size (self->rows, 0);
  self->is_locked = FALSE;
  if (state == KEPT_FILE_ABSENT || (state == KEPT_FILE_READ && load_rows (self, file)))
    return KEPT_LIST_WHOLE;
  aside = kept_file_put_aside (self->path);
  if (aside != NULL)
    {
      *ret_aside = aside;
      return KEPT_LIST_ASIDE;
    }
  self->is_locked = TRUE;
  if (own_error != NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return KEPT_LIST_LOCKED;
}

gboolean
kept_list_save (KeptList *self, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (self->is_locked)
    return TRUE;
  g_key_file_set_integer (file, self->class->head, "version", VERSION);
  for (guint i = 0; i < self->rows->len; i++)
    {
      g_autofree char *group = g_strdup_printf ("%s %u", self->class->group, i + 1);

      self->class->save_row (self->rows->pdata[i], file, group);
    }
  return kept_file_write (self->path, file, error);
}

gboolean
kept_list_is_full (const KeptList *self)
{
  return self->rows->len >= self->class->n_max;
}

gpointer
kept_list_get (const KeptList *self, guint index)
{
  g_assert (index < self->rows->len);
  return self->rows->pdata[index];
}

void
kept_list_remove (KeptList *self, guint index)
{
  g_assert (index < self->rows->len);
  g_ptr_array_remove_index (self->rows, index);
}
