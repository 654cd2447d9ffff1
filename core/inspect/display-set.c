/* display-set.c - how people want one entry displayed, and each of its fields. */
#include "display-set.h"

#include <string.h>

struct display_set
{
  gatomicrefcount references;
  guint n;             /* of displays: the fields and the elements themselves */
  Display **displays;  /* of field i at i + 1; NULL: as the entry says */
};

DisplaySet *
display_set_with (const DisplaySet *set, const EntryInfo *info, int field, const Display *display)
{
  g_autoptr (DisplaySet) made = g_new0 (DisplaySet, 1);
  gboolean is_any = FALSE;

  g_atomic_ref_count_init (&made->references);
  made->n = info->n_fields + 1;
  made->displays = g_new0 (Display *, made->n);
  for (guint i = 0; i < made->n; i++)
    {
      const Display *wanted = (int) i == field + 1 ? display : display_set_get (set, (int) i - 1);

      if (wanted == NULL || display_is_standard (wanted)
          || !display_suits (wanted, display_set_type (info, (int) i - 1, NULL)))
        continue;
      made->displays[i] = display_copy (wanted);
      is_any = TRUE;
    }
  return is_any ? g_steal_pointer (&made) : NULL;
}

DisplaySet *
display_set_ref (DisplaySet *set)
{
  if (set != NULL)
    g_atomic_ref_count_inc (&set->references);
  return set;
}

void
display_set_unref (DisplaySet *set)
{
  if (set == NULL || !g_atomic_ref_count_dec (&set->references))
    return;
  for (guint i = 0; i < set->n; i++)
    display_free (set->displays[i]);
  g_free (set->displays);
  g_free (set);
}

const Display *
display_set_get (const DisplaySet *set, int field)
{
  return set != NULL && (guint) (field + 1) < set->n ? set->displays[field + 1] : NULL;
}

gboolean
display_set_has_form (const DisplaySet *set, int field)
{
  const Display *display = display_set_get (set, field);

  return display != NULL && display->form != DISPLAY_STANDARD;
}

gboolean
display_set_is_typed (const DisplaySet *set, int field)
{
  return display_set_has_form (set, field)
         && display_set_get (set, field)->form != DISPLAY_PROGRESS;
}

gboolean
display_set_replace (DisplaySet **place, DisplaySet *set)
{
  if (*place == set)
    return FALSE;
  display_set_unref (*place);
  *place = display_set_ref (set);
  return TRUE;
}

const struct shmlens_type *
display_set_type (const EntryInfo *info, int field, guint *ret_bits)
{
  if (ret_bits != NULL)
    *ret_bits = field >= 0 ? info->fields[field].bit_width : 0;
  return field >= 0 ? &info->fields[field].type : &info->type;
}

Display *
display_set_own_labels (const EntryInfo *info, int field)
{
  g_autoptr (Display) display = display_new (DISPLAY_LABELS);

  for (guint i = 0; entry_info_has_labels (info, field) && i < info->n_labels; i++)
    {
      g_autofree char *text = g_strstrip (g_strdup (info->labels[i].text));

      /* Without a name there is nothing to be read. */
      if (info->labels[i].field == field && text[0] != '\0')
        display_add_label (display, info->labels[i].value, text);
    }
  return display->labels->len > 0 ? g_steal_pointer (&display) : NULL;
}

gboolean
display_set_append (const DisplaySet *set, const EntryInfo *info, const void *element, int field,
                    guint64 index, GString *text)
{
  const Display *display = display_set_get (set, field);
  struct shmlens_type type;
  guint8 value[8] = { 0 };
  guint bits;

  /* A set may be of what the entry was before. */
  if (display == NULL || !display_suits (display, display_set_type (info, field, &bits)))
    return FALSE;
  entry_info_extract (info, element, field, index, &type, value);
  return display_append (display, &type, bits, value, text);
}

static gboolean
is_operation (const char *text)
{
  while (g_ascii_isspace (*text))
    text++;
  return text[0] != '\0' && strchr ("+-*", text[0]) != NULL && text[1] == '=';
}

char *
display_set_parse (const DisplaySet *set, const EntryInfo *info, int field, const char *text,
                   GError **error)
{
  const Display *display = display_set_get (set, field);
  g_autoptr (GError) refused = NULL;
  guint bits;
  const struct shmlens_type *type = display_set_type (info, field, &bits);
  guint8 value[8];
  char buffer[64];

  if (!display_set_has_form (set, field) || is_operation (text))
    return g_strdup (text);
  /* First, since what is seen is in this form: it may have other values for the same names. */
  if (display_parse (display, type, bits, text, value, &refused))
    return g_strdup (shmlens_type_print (type, value, sizeof buffer, buffer) < 0 ? text : buffer);
  if (entry_info_find_label (info, field, text) != NULL)
    return g_strdup (text);
  g_propagate_error (error, g_steal_pointer (&refused));
  return NULL;
}
