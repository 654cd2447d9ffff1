/* python-name.c - names that an entry gets when its program has none for it. */
#include "python-name.h"

#include <string.h>

#define AT " @ "

/* "c_double_Array_5" is c_double[5]; the shape tells the dimensions. */
static char *
made_up (const EntryInfo *shape, guint64 object, guint64 offset)
{
  const char *type = shape->ctype != NULL ? shape->ctype : "object";
  const char *array = strstr (type, "_Array_");
  GString *name = g_string_new_len (type, array != NULL ? array - type : (gssize) strlen (type));

  if (shape->object == OBJECT_DATA)
    for (guint i = 0; i < shape->dimensions; i++)
      g_string_append_printf (name, "[%" G_GUINT64_FORMAT "]", shape->shape[i]);
  if (shape->object == OBJECT_DATA)
    g_string_append_printf (name, AT "%" G_GUINT64_FORMAT, offset);
  else
    g_string_append_printf (name, AT "0x%" G_GINT64_MODIFIER "x", object);
  return g_string_free (name, FALSE);
}

gboolean
python_name_is_made_up (const char *name)
{
  return strstr (name, AT) != NULL;
}

char *
python_name_unique (GHashTable *taken, const char *best, const EntryInfo *shape, guint64 object,
                    guint64 offset, pid_t pid)
{
  g_autofree char *plain = best != NULL ? g_strdup (best) : made_up (shape, object, offset);
  char *name = g_strdup (plain);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (taken, plain));

  if (n > 0)
    {
      g_free (name);
      name = g_strdup_printf ("%s (%d)", plain, (int) pid);
    }
  while (g_hash_table_contains (taken, name))
    {
      g_free (name);
      name = g_strdup_printf ("%s #%u", plain, ++n);
    }
  /* The next of that name goes on from there: the numbers before are never tried again. */
  g_hash_table_insert (taken, g_strdup (plain), GUINT_TO_POINTER (MAX (n, 1)));
  if (!g_str_equal (name, plain))
    g_hash_table_insert (taken, g_strdup (name), GUINT_TO_POINTER (1));
  return name;
}
