/* process-match.c - whether one of some processes is what somebody looks for. */
#include "process-match.h"

#include <string.h>

#include "process.h"

GHashTable *
process_match_names_new (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

static const char *
name_of (pid_t pid, GHashTable *names)
{
  gpointer name;

  if (!g_hash_table_lookup_extended (names, GINT_TO_POINTER (pid), NULL, &name))
    {
      g_autofree char *raw = process_name ("/proc", pid);
      g_autofree char *valid = g_utf8_make_valid (raw != NULL ? raw : "", -1);

      name = g_utf8_casefold (valid, -1);
      g_hash_table_insert (names, GINT_TO_POINTER (pid), name);
    }
  return name;
}

gboolean
process_match (const pid_t *pids, guint n, const char *word, GHashTable *names)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *number = g_strdup_printf ("%d", (int) pids[i]);

      if (g_str_has_prefix (number, word) || strstr (name_of (pids[i], names), word) != NULL)
        return TRUE;
    }
  return FALSE;
}
