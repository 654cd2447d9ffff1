/* entry-copy.c - entries with their values as text for other programs. */
#include "entry-copy.h"

#include <glib/gi18n-lib.h>

#include "inspect-error.h"

/* Of elements that are read in all. */
#define BYTES_MAX (64u << 20)

void
entry_copy_init (EntryCopy *copy, Attachment *attachment, EntryInfo *entry, const void *shown,
                 gboolean is_shown)
{
  *copy = (EntryCopy){ .attachment = attachment_ref (attachment),
                       .entry = entry_info_ref (entry),
                       .is_shown = is_shown };
  if (shown != NULL)
    copy->shown = g_memdup2 (shown, entry->length * entry->type.size);
}

void
entry_copy_clear (EntryCopy *copy)
{
  g_clear_pointer (&copy->attachment, attachment_unref);
  g_clear_pointer (&copy->entry, entry_info_unref);
  g_clear_pointer (&copy->shown, g_free);
}

static gboolean
check_size (const EntryCopy *copies, guint n, GError **error)
{
  guint64 n_elements = 0, n_bytes = 0;

  for (guint i = 0; i < n; i++)
    {
      const EntryInfo *entry = copies[i].entry;

      n_elements += MIN (entry->length, ENTRY_COPY_ELEMENTS_MAX + 1);
      n_bytes += MIN (entry->length, BYTES_MAX + 1) * entry->type.size;
      if (n_elements <= ENTRY_COPY_ELEMENTS_MAX && n_bytes <= BYTES_MAX)
        continue;
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                   _("%s: so many elements are too much text; copy at most %d at once"),
                   entry->name, ENTRY_COPY_ELEMENTS_MAX);
      return FALSE;
    }
  return TRUE;
}

/* Newly allocated. */
static guint8 *
read_elements (const EntryCopy *copy, GError **error)
{
  const EntryInfo *entry = copy->entry;
  guint8 *elements;
  int status;

  if (copy->shown != NULL && copy->is_shown)
    return g_memdup2 (copy->shown, entry->length * entry->type.size);
  elements = g_malloc (MAX (entry->length * entry->type.size, 1));
  status = attachment_read (copy->attachment, copy->entry, 0, entry->length, elements);
  if (status >= 0)
    return elements;
  g_free (elements);
  if (copy->shown != NULL)
    return g_memdup2 (copy->shown, entry->length * entry->type.size);
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT, _("%s: its memory cannot be read: %s"),
               entry->name, g_strerror (-status));
  return NULL;
}

static gboolean
append_value (GString *text, Literal *literal, const EntryCopy *copy, ArrayTask *task,
              GError **error)
{
  g_autofree guint8 *elements = read_elements (copy, error);

  if (elements == NULL)
    return FALSE;
  if (literal_append_value (literal, text, elements, task) && array_task_go_on (task, 0, 1))
    return TRUE;
  g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED,
                       _("given up before all was read; ask for it again"));
  return FALSE;
}

static void
append_csv_names (GString *text, const EntryCopy *copy)
{
  g_autofree char *type = entry_info_type_text (copy->entry);

  literal_append_cell (text, LITERAL_CSV, copy->entry->name);
  g_string_append_c (text, ',');
  literal_append_cell (text, LITERAL_CSV, type);
  g_string_append_c (text, ',');
}

static gboolean
append_entry (GString *text, const EntryCopy *copy, enum literal_form form, gboolean is_only,
              GHashTable *identifiers, ArrayTask *task, GError **error)
{
  g_autoptr (Literal) literal = literal_new (form, copy->entry);
  g_autofree char *identifier = NULL;

  switch (form)
    {
    case LITERAL_C:
      identifier = literal_identifier (copy->entry->name, identifiers);
      literal_append_declaration (literal, text, identifier);
      if (!append_value (text, literal, copy, task, error))
        return FALSE;
      g_string_append (text, ";\n");
      return TRUE;
    case LITERAL_PYTHON:
      if (is_only)
        return append_value (text, literal, copy, task, error);
      g_string_append_c (text, ' ');
      literal_append_python_name (text, copy->entry->name);
      g_string_append (text, ": ");
      if (!append_value (text, literal, copy, task, error))
        return FALSE;
      g_string_append (text, ",\n");
      return TRUE;
    default:
      append_csv_names (text, copy);
      if (!append_value (text, literal, copy, task, error))
        return FALSE;
      g_string_append_c (text, '\n');
      return TRUE;
    }
}

char *
entry_copy_text (const EntryCopy *copies, guint n, enum literal_form form, ArrayTask *task,
                 GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GHashTable) identifiers
    = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean is_dictionary = form == LITERAL_PYTHON && n != 1;

  if (!check_size (copies, n, error))
    return NULL;
  g_string_append (text, form == LITERAL_CSV ? "name,type,value\n" : is_dictionary ? "{\n" : "");
  for (guint i = 0; i < n; i++)
    if (!append_entry (text, &copies[i], form, n == 1, identifiers, task, error))
      return NULL;
  g_string_append (text, is_dictionary ? "}\n" : "");
  return g_string_free (g_steal_pointer (&text), FALSE);
}
