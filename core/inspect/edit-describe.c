/* edit-describe.c - an edit in a few words, for menus and the journal. */
#include "edit-plan.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

/* How many characters of the values are shown. */
#define VALUE_CHARACTERS_MAX 40

/* first <= i < last as people write it: leading indices, then a slice of the first
 * dimension that is not single; FALSE when the elements form no such block. */
static gboolean
append_indices (GString *name, const EntryInfo *entry, guint64 first, guint64 last)
{
  guint64 block = entry->length;

  for (guint i = 0; i < entry->dimensions; i++)
    {
      guint64 row = block / entry->shape[i];
      guint64 from = first / row % entry->shape[i];
      guint64 n = (last - first) / row;

      if (first % row == 0 && last % row == 0 && n > 0)
        {
          if (from + n > entry->shape[i])
            return FALSE;
          if (n == entry->shape[i] && n > 1)
            g_string_append (name, "[:]");
          else if (n > 1)
            g_string_append_printf (name, "[%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT "]", from,
                                    from + n);
          else
            g_string_append_printf (name, "[%" G_GUINT64_FORMAT "]", from);
          return TRUE;
        }
      g_string_append_printf (name, "[%" G_GUINT64_FORMAT "]", from);
      block = row;
    }
  return entry->dimensions == 0;
}

static void
append_target (GString *text, const Edit *edit)
{
  const EntryInfo *entry = edit->entry;
  ArrayBlock block = edit_get_block (edit);
  g_autofree char *field = NULL;
  guint64 first, last;

  if (!array_block_is_range (&block, &first, &last) && block.first < entry->length)
    {
      append_indices (text, entry, block.first, block.first + 1);
      g_string_append_printf (text, " (%" G_GUINT64_FORMAT "×%" G_GUINT64_FORMAT ")", block.n_rows,
                              block.n_columns);
    }
  else if (edit->last <= edit->first || edit->last > entry->length)
    g_string_append_printf (text, "[%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT "]", edit->first,
                            edit->last);
  else if (!append_indices (text, entry, edit->first, edit->last))
    /* Translators: "NAME (elements FIRST to LAST)". */
    g_string_printf (text, _("%s (elements %" PRIu64 " to %" PRIu64 ")"), entry->name,
                     edit->first, edit->last - 1);
  if (edit->field < 0 || (guint) edit->field >= entry->n_fields)
    return;
  field = entry_info_field_text (entry, edit->field, edit->field_index);
  g_string_append (text, field);
}

/* What it sets the elements, or a field of them, to; as much as is shown. */
static char *
elements_text (const Edit *edit)
{
  const guint8 *elements = g_bytes_get_data (edit->elements, NULL);
  GString *text = g_string_new (NULL);
  ArrayBlock block = edit_get_block (edit);
  guint64 n = array_block_n_elements (&block);

  for (guint64 i = 0; i < n && text->len <= VALUE_CHARACTERS_MAX; i++)
    {
      g_autofree char *one = entry_info_element_text (
        edit->entry, elements + i * edit->entry->type.size, edit->field);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", one);
    }
  return g_string_free (text, FALSE);
}

static void
append_values (GString *text, const Edit *edit, const char *first)
{
  g_autoptr (GString) values = g_string_new (first);
  const char *end;

  if (edit->operation == EDIT_RAMP && edit->texts->len == 2)
    /* Translators: what a ramp begins with, and how much more each next element is. */
    g_string_printf (values, _("%s in steps of %s"), first,
                     (const char *) edit->texts->pdata[1]);
  for (guint i = edit->operation == EDIT_RAMP ? 2 : 1; i < edit->texts->len && values->len <= VALUE_CHARACTERS_MAX; i++)
    g_string_append_printf (values, ", %s", (const char *) edit->texts->pdata[i]);
  if (!g_utf8_validate (values->str, values->len, NULL))
    {
      g_autofree char *valid = g_utf8_make_valid (values->str, values->len);

      g_string_assign (values, valid);
    }
  if (g_utf8_strlen (values->str, values->len) > VALUE_CHARACTERS_MAX)
    {
      end = g_utf8_offset_to_pointer (values->str, VALUE_CHARACTERS_MAX - 1);
      g_string_truncate (values, end - values->str);
      g_string_append (values, "…");
    }
  g_string_append (text, values->str);
}

char *
edit_describe (const Edit *edit)
{
  static const char *const signs[] = { [EDIT_SET] = "=",
                                       [EDIT_ADD] = "+=",
                                       [EDIT_SUBTRACT] = "-=",
                                       [EDIT_MULTIPLY] = "*=",
                                       [EDIT_RAMP] = "=" };
  GString *text = g_string_new (edit->entry->name);
  g_autofree char *elements = edit->elements != NULL ? elements_text (edit) : NULL;
  const char *first = elements != NULL ? elements : edit->texts->len > 0 ? edit->texts->pdata[0] : "";
  enum edit_operation operation = edit_plan_split (edit, &first);

  append_target (text, edit);
  while (g_ascii_isspace (*first))
    first++;
  g_string_append_printf (text, " %s ", signs[operation]);
  append_values (text, edit, first);
  return g_string_free (text, FALSE);
}
