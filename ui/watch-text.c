/* watch-text.c - what a target has, as text. */
#include "watch-text.h"

#include <string.h>

#include "object-text.h"

#define PREVIEW_CHARACTERS 96
/* So many numbers of an array in structures fill a line. */
#define SCALARS_MAX 64

/* The elements as if they were an entry of their own. */
static char *
slice_text (const struct target *target, const DisplaySet *displays, const void *elements,
            guint64 n)
{
  EntryInfo values = *target->entry;
  g_autoptr (EntryInfo) view = NULL;

  values.dimensions = MIN (target->dimensions, SHMLENS_DIMENSIONS_MAX);
  memcpy (values.shape, target->shape, sizeof values.shape);
  values.length = target->last - target->first;
  view = entry_info_new (&values);
  return entry_info_preview_in (view, displays, elements, n, PREVIEW_CHARACTERS);
}

/* Part of an array in a structure, or a field of several structures. */
static char *
fields_text (const struct target *target, const DisplaySet *displays, const guint8 *elements,
             guint64 n)
{
  const EntryInfo *entry = target->entry;
  g_autoptr (GString) text = g_string_new (NULL);
  guint count = 0;

  for (guint64 i = 0; i < n; i++)
    for (guint64 j = 0; j < target->field_length; j++)
      {
        struct shmlens_type type;
        guint8 value[8] = { 0 };
        char buffer[64];

        if (count == SCALARS_MAX)
          {
            g_string_append (text, ", …");
            return g_strdup_printf ("[%s]", text->str);
          }
        if (count++ > 0)
          g_string_append (text, ", ");
        if (display_set_append (displays, entry, elements + i * entry->type.size, target->field,
                                target->field_index + j, text))
          continue;
        entry_info_extract (entry, elements + i * entry->type.size, target->field,
                            target->field_index + j, &type, value);
        if (shmlens_type_print (&type, value, sizeof buffer, buffer) < 0)
          g_strlcpy (buffer, "?", sizeof buffer);
        g_string_append (text, buffer);
      }
  return target->is_slice ? g_strdup_printf ("[%s]", text->str) : g_strdup (text->str);
}

static char *
element_text (const struct target *target, const DisplaySet *displays, const void *elements)
{
  GString *text = g_string_new (NULL);

  entry_info_append_element (target->entry, displays, elements, target->field, text);
  return g_string_free (text, FALSE);
}

char *
watch_text (const struct target *target, const DisplaySet *displays, const void *elements,
            guint64 n, const LockInfo *lock)
{
  const EntryInfo *entry = target->entry;

  if (target->field >= 0)
    {
      const EntryField *field = &entry->fields[target->field];

      if (n == 1 && target->last - target->first == 1
          && target->field_length == entry_field_length (field))
        return element_text (target, displays, elements);
      return fields_text (target, displays, elements, n);
    }
  if (entry->object != OBJECT_DATA)
    return object_text_state (entry, elements, lock, NULL);
  if (target->is_slice)
    return slice_text (target, displays, elements, n);
  return entry->dimensions == 0
           ? entry_info_preview_in (entry, displays, elements, 1, PREVIEW_CHARACTERS)
           : element_text (target, displays, elements);
}
