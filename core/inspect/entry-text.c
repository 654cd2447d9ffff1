/* entry-text.c - types and elements as text for people. Display only: what text
 * is read back from is the matter of shmlens_type_print(). */
#include "entry-info.h"

#include <string.h>

#include "display-set.h"
#include "printable.h"

/* Where a whole structure, or an array in one, is cut. */
#define TEXT_BYTES_MAX 4096

char *
entry_info_type_text (const EntryInfo *info)
{
  GString *text = g_string_new (shmlens_type_name (&info->type));

  for (guint i = 0; i < info->dimensions; i++)
    g_string_append_printf (text, "[%" G_GUINT64_FORMAT "]", info->shape[i]);
  return g_string_free (text, FALSE);
}

/* A number in C order as places along the axes; bounded by them, whatever it is. */
static void
append_place (GString *text, guint dimensions, const guint64 *shape, guint64 number)
{
  guint64 places[SHMLENS_DIMENSIONS_MAX];

  for (guint i = dimensions; i-- > 0; number /= MAX (shape[i], 1))
    places[i] = number % MAX (shape[i], 1);
  for (guint i = 0; i < dimensions; i++)
    g_string_append_printf (text, "[%" G_GUINT64_FORMAT "]", places[i]);
}

char *
entry_info_place_text (const EntryInfo *info, guint64 element)
{
  GString *text = g_string_new (NULL);

  append_place (text, info->dimensions, info->shape, element);
  return g_string_free (text, FALSE);
}

char *
entry_info_field_text (const EntryInfo *info, int field, guint64 index)
{
  GString *text = g_string_new (NULL);

  if (field >= 0)
    {
      const EntryField *f = &info->fields[field];

      g_string_append_printf (text, entry_info_is_list (info) ? "%s" : ".%s", f->name);
      if (index != ENTRY_FIELD_WHOLE)
        append_place (text, f->dimensions, f->shape, index);
    }
  return g_string_free (text, FALSE);
}

char *
entry_info_scalar_name (const EntryInfo *info, guint64 element, int field, guint64 index)
{
  g_autofree char *place = entry_info_place_text (info, element);
  g_autofree char *part = entry_info_field_text (info, field, index);

  return g_strconcat (info->name, place, part, NULL);
}

static void
append_character (GString *text, gunichar c)
{
  switch (c)
    {
    case '\0':
      g_string_append (text, "\\0");
      return;
    case '"':
    case '\\':
      g_string_append_c (text, '\\');
      g_string_append_c (text, c);
      return;
    }
  printable_append (text, c);
}

static gunichar
character_at (const guint8 *bytes, gsize size, gboolean swapped)
{
  guint32 wide;
  guint16 narrow;

  switch (size)
    {
    case 1:
      return *bytes;
    case 2:
      memcpy (&narrow, bytes, sizeof narrow);
      return swapped ? GUINT16_SWAP_LE_BE (narrow) : narrow;
    default:
      memcpy (&wide, bytes, sizeof wide);
      return swapped ? GUINT32_SWAP_LE_BE (wide) : wide;
    }
}

/* Characters as quoted text. Of padding NULs at the end none is shown; of a text
 * role nothing from the first NUL on. is_all: there are no more than these n. */
static void
append_characters (GString *text, const guint8 *bytes, gsize size, guint64 n, gboolean swapped,
                   gboolean to_first_nul, gboolean is_all, guint max_characters)
{
  guint64 end = n;
  guint written = 0;

  if (to_first_nul)
    for (guint64 i = 0; i < n; i++)
      if (character_at (bytes + i * size, size, swapped) == 0)
        {
          end = i;
          is_all = TRUE;
          break;
        }
  while (end > 0 && character_at (bytes + (end - 1) * size, size, swapped) == 0)
    end--;

  g_string_append_c (text, '"');
  for (guint64 i = 0; i < end;)
    {
      gunichar c = character_at (bytes + i * size, size, swapped);
      guint64 used = 1;

      if (written == max_characters)
        {
          g_string_append (text, "…\"");
          return;
        }
      if (size == 1 && c >= 0x80)
        {
          gunichar decoded = g_utf8_get_char_validated ((const char *) bytes + i, end - i);

          if (decoded < 0x110000)
            {
              append_character (text, decoded);
              used = g_unichar_to_utf8 (decoded, NULL);
            }
          else
            g_string_append_printf (text, "\\x%02x", c);
        }
      else
        append_character (text, c);
      written++;
      i += used;
    }
  g_string_append (text, is_all ? "\"" : "…\"");
}

static void
append_scalar (GString *text, const EntryInfo *info, const DisplaySet *displays,
               const void *element, int field, guint64 index, gboolean quote)
{
  struct shmlens_type type;
  guint64 value = 0;
  char buffer[64];
  const char *label;

  if (display_set_append (displays, info, element, field, index, text))
    return;
  entry_info_extract (info, element, field, index, &type, &value);
  if (shmlens_type_print (&type, &value, sizeof buffer, buffer) < 0)
    strcpy (buffer, "?");
  label = entry_info_label (info, field, &value);
  if (label != NULL)
    g_string_append_printf (text, "%s (%s)", label, buffer);
  else if (quote && (type.kind == SHMLENS_KIND_CHAR || type.kind == SHMLENS_KIND_UNICODE))
    g_string_append_printf (text, "'%s'", buffer);
  else
    g_string_append (text, buffer);
}

static gboolean
is_character (const struct shmlens_type *type)
{
  return type->kind == SHMLENS_KIND_CHAR || type->kind == SHMLENS_KIND_UNICODE;
}

static void
append_field (GString *text, const EntryInfo *info, const DisplaySet *displays,
              const guint8 *element, int field, gboolean quote)
{
  const EntryField *f = &info->fields[field];
  guint64 length = entry_field_length (f);

  if (f->dimensions == 0)
    append_scalar (text, info, displays, element, field, 0, quote);
  else if (f->dimensions == 1 && is_character (&f->type) && !display_set_has_form (displays, field))
    append_characters (text, element + f->offset, f->type.size, length, f->swapped, FALSE, TRUE,
                       TEXT_BYTES_MAX);
  else
    {
      g_string_append_c (text, '[');
      for (guint64 i = 0; i < length; i++)
        {
          if (i > 0)
            g_string_append (text, ", ");
          if (text->len > TEXT_BYTES_MAX)
            {
              g_string_append (text, "…");
              break;
            }
          append_scalar (text, info, displays, element, field, i, TRUE);
        }
      g_string_append_c (text, ']');
    }
}

static void
append_element (GString *text, const EntryInfo *info, const DisplaySet *displays,
                const void *element, gboolean quote)
{
  if (info->type.kind != SHMLENS_KIND_STRUCT)
    {
      append_scalar (text, info, displays, element, -1, 0, quote);
      return;
    }
  g_string_append_c (text, '{');
  for (guint i = 0; i < info->n_fields; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      if (text->len > TEXT_BYTES_MAX)
        {
          g_string_append (text, "…");
          break;
        }
      g_string_append (text, info->fields[i].name);
      g_string_append (text, ": ");
      append_field (text, info, displays, element, i, TRUE);
    }
  g_string_append_c (text, '}');
}

void
entry_info_append_element (const EntryInfo *info, const DisplaySet *displays, const void *element,
                           int field, GString *text)
{
  if (field < 0)
    append_element (text, info, displays, element, FALSE);
  else
    append_field (text, info, displays, element, field, FALSE);
}

char *
entry_info_element_text (const EntryInfo *info, const void *element, int field)
{
  GString *text = g_string_new (NULL);

  entry_info_append_element (info, NULL, element, field, text);
  return g_string_free (text, FALSE);
}

/* The elements in nested brackets, as many as fit. */
static void
append_array (GString *text, const EntryInfo *info, const DisplaySet *displays,
              const guint8 *elements, guint64 n, guint max_characters)
{
  guint64 rows[SHMLENS_DIMENSIONS_MAX];  /* elements in one row of each dimension */
  guint64 product = 1;
  guint open = 0;
  glong used = 0;

  for (guint d = info->dimensions; d-- > 0;)
    rows[d] = product *= info->shape[d];
  for (guint64 i = 0; i < n; i++)
    {
      g_autoptr (GString) piece = g_string_new (i > 0 ? ", " : "");
      guint opened = 0, closed = 0;
      glong length;

      for (guint d = 0; d < info->dimensions; d++)
        {
          if (i % rows[d] == 0)
            opened++;
          if ((i + 1) % rows[d] == 0)
            closed++;
        }
      for (guint b = 0; b < opened; b++)
        g_string_append_c (piece, '[');
      append_element (piece, info, displays, elements + i * info->type.size, TRUE);
      length = g_utf8_strlen (piece->str, piece->len);
      if (used + length + (i + 1 == info->length ? 0 : 3) + open + opened > max_characters)
        break;
      g_string_append_len (text, piece->str, piece->len);
      for (guint b = 0; b < closed; b++)
        g_string_append_c (text, ']');
      used += length + closed;
      open = open + opened - closed;
      if (i + 1 == info->length)
        return;
    }
  if (used == 0)
    {
      g_string_append (text, info->length == 0 ? "[]" : "[…]");
      return;
    }
  g_string_append (text, ", …");
  for (guint b = 0; b < open; b++)
    g_string_append_c (text, ']');
}

char *
entry_info_preview_in (const EntryInfo *info, const DisplaySet *displays, const void *elements,
                       guint64 n_elements, guint max_characters)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean is_text = info->role == SHMLENS_ROLE_TEXT && info->type.size == 1;

  if (info->dimensions == 1 && (is_text || is_character (&info->type))
      && !display_set_has_form (displays, -1))
    append_characters (text, elements, info->type.size, n_elements, info->swapped,
                       info->role == SHMLENS_ROLE_TEXT, n_elements == info->length,
                       MAX (max_characters, 3) - 3);
  else if (info->dimensions > 0)
    append_array (text, info, displays, elements, n_elements, max_characters);
  else if (n_elements > 0)
    append_element (text, info, displays, elements, FALSE);

  if (max_characters > 0 && g_utf8_strlen (text->str, text->len) > (glong) max_characters)
    {
      const char *end = g_utf8_offset_to_pointer (text->str, max_characters - 1);

      g_string_truncate (text, end - text->str);
      g_string_append (text, "…");
    }
  return g_strdup (text->str);
}

char *
entry_info_preview (const EntryInfo *info, const void *elements, guint64 n_elements,
                    guint max_characters)
{
  return entry_info_preview_in (info, NULL, elements, n_elements, max_characters);
}
