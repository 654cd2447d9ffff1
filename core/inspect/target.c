/* target.c - which elements a user means. */
#include "target.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "inspect-error.h"
#include "near.h"
#include "printable.h"

struct parser
{
  const char *text;
  const char *position;
  const char *name;     /* of what is indexed, for errors */
  GError **error;
};

static gboolean G_GNUC_PRINTF (2, 3)
fail_usage (struct parser *parser, const char *format, ...)
{
  g_autofree char *why = NULL;
  g_autofree char *text = printable_name (parser->text);
  va_list arguments;

  va_start (arguments, format);
  why = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (parser->error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
               /* Translators: "TEXT", character NUMBER: WHAT IS WRONG THERE. */
               _("\"%s\", character %ld: %s; write for example ENTRY, ENTRY[3], ENTRY[2:5],"
                 " ENTRY.field or 'odd name'[3]"),
               text, g_utf8_pointer_to_offset (parser->text, parser->position) + 1, why);
  return FALSE;
}

static gboolean
fail_bounds (struct parser *parser, gint64 index, guint dimension, guint64 length)
{
  if (length == 0)
    g_set_error (parser->error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                 _("%s: index %" PRId64 " is out of bounds: dimension %u has no elements; use"
                   " another entry, this one is empty"),
                 parser->name, index, dimension + 1);
  else
    g_set_error (parser->error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                 g_dngettext (GETTEXT_PACKAGE,
                              "%s: index %" PRId64 " is out of bounds: dimension %u has %" PRIu64
                              " element; use 0 up to one less, or a negative index from the end",
                              "%s: index %" PRId64 " is out of bounds: dimension %u has %" PRIu64
                              " elements; use 0 up to one less, or a negative index from the end",
                              length),
                 parser->name, index, dimension + 1, length);
  return FALSE;
}

static void
skip_blanks (struct parser *parser)
{
  while (*parser->position == ' ')
    parser->position++;
}

/* A number with a sign, when there is one here. */
static gboolean
parse_integer (struct parser *parser, gboolean *ret_is_there, gint64 *ret_number)
{
  const char *digits = parser->position + (*parser->position == '-' || *parser->position == '+');
  char *end;

  *ret_is_there = g_ascii_isdigit (*digits);
  if (!*ret_is_there)
    return digits == parser->position ? TRUE : fail_usage (parser, _("a number is missing"));
  errno = 0;
  *ret_number = g_ascii_strtoll (parser->position, &end, 10);
  if (errno == ERANGE)
    return fail_usage (parser, _("the number is too large"));
  parser->position = end;
  skip_blanks (parser);
  return TRUE;
}

/* What brackets select of an array: elements first <= i < last in C order, and the
 * shape that is left. */
struct selection
{
  guint64 first, last;
  guint dimensions;
  guint64 shape[SHMLENS_DIMENSIONS_MAX];
};

/* "[3]", "[-1]", "[2:5]", "[:]" at one dimension of the given length. */
static gboolean
parse_bracket (struct parser *parser, guint dimension, guint64 length, guint64 *ret_from,
               guint64 *ret_to, gboolean *ret_is_slice)
{
  gint64 from = 0, to = 0;
  gboolean has_from, has_to = FALSE;

  parser->position++;
  skip_blanks (parser);
  if (!parse_integer (parser, &has_from, &from))
    return FALSE;
  *ret_is_slice = *parser->position == ':';
  if (*ret_is_slice)
    {
      parser->position++;
      skip_blanks (parser);
      if (!parse_integer (parser, &has_to, &to))
        return FALSE;
    }
  else if (!has_from)
    return fail_usage (parser, _("an index is missing"));
  if (*parser->position == ':')
    return fail_usage (parser, _("a slice has no step"));
  if (*parser->position != ']')
    return fail_usage (parser, *parser->position == '\0' ? _("a ] is missing")
                                                         : _("an index is a whole number"));
  parser->position++;

  /* An element's number is below the length, a slice's end may be equal to it. */
  *ret_from = from < 0 ? from + length : (guint64) from;
  if (from < 0 ? (guint64) 0 - (guint64) from > length
               : (guint64) from > length || (!*ret_is_slice && (guint64) from == length))
    return fail_bounds (parser, from, dimension, length);
  if (!has_from)
    *ret_from = 0;
  *ret_to = has_to ? (to < 0 ? to + length : (guint64) to) : length;
  if (has_to && (to < 0 ? (guint64) 0 - (guint64) to > length : (guint64) to > length))
    return fail_bounds (parser, to, dimension, length);
  if (!*ret_is_slice)
    *ret_to = *ret_from + 1;
  else if (*ret_to < *ret_from)
    return fail_usage (parser, _("the slice ends before it begins"));
  return TRUE;
}

/* All brackets that follow. */
static gboolean
parse_indices (struct parser *parser, guint dimensions, const guint64 *shape,
               struct selection *ret_selection)
{
  struct selection selection = { .last = 1 };
  gboolean had_slice = FALSE;
  guint dimension = 0;

  while (*parser->position == '[')
    {
      gboolean is_slice;
      guint64 from = 0, to = 0;

      if (dimension == dimensions)
        return fail_usage (parser, dimensions == 0 ? _("it is a single value, with no index")
                                                   : _("there are more indices than dimensions"));
      if (had_slice)
        return fail_usage (parser, _("a slice must be the last index"));
      if (!parse_bracket (parser, dimension, shape[dimension], &from, &to, &is_slice))
        return FALSE;
      selection.last = selection.first * shape[dimension] + to;
      selection.first = selection.first * shape[dimension] + from;
      if (is_slice)
        selection.shape[selection.dimensions++] = to - from;
      had_slice = is_slice;
      dimension++;
    }
  for (; dimension < dimensions; dimension++)
    {
      selection.first *= shape[dimension];
      selection.last *= shape[dimension];
      selection.shape[selection.dimensions++] = shape[dimension];
    }
  *ret_selection = selection;
  return TRUE;
}

static gboolean
ends_name (char c, const char *followers)
{
  return c == '\0' || strchr (followers, c) != NULL;
}

/* The indices of the field that was found. */
static gboolean
parse_field_indices (struct parser *parser, struct target *target)
{
  const EntryField *field = &target->entry->fields[target->field];
  struct selection selection;

  parser->name = field->name;
  if (!parse_indices (parser, field->dimensions, field->shape, &selection))
    return FALSE;
  target->field_index = selection.first;
  target->field_length = selection.last - selection.first;
  for (guint i = 0; i < selection.dimensions; i++)
    target->shape[target->dimensions++] = selection.shape[i];
  return TRUE;
}

/* ".field" with its indices. Names of fields hold dots: the longest that fits counts. */
static gboolean
parse_field (struct parser *parser, struct target *target)
{
  const EntryInfo *entry = target->entry;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *near = NULL;
  gsize longest = 0;

  parser->position++;
  for (guint i = 0; i < entry->n_fields; i++)
    {
      const char *name = entry->fields[i].name;
      gsize length = strlen (name);

      g_ptr_array_add (names, (char *) name);
      if (length > longest && strncmp (parser->position, name, length) == 0
          && ends_name (parser->position[length], "["))
        {
          longest = length;
          target->field = i;
        }
    }
  if (target->field < 0)
    {
      near = near_names (parser->position, names);
      g_set_error (parser->error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   near != NULL ? _("%s has no field \"%s\"; near it are %s")
                   : entry->n_fields > 0
                     ? _("%s has no field \"%s\"; shmlensctl list tells which there are")
                     : _("%s is no structure and has no field \"%s\"; leave it out"),
                   entry->name, parser->position, near);
      return FALSE;
    }
  parser->position += longest;
  return parse_field_indices (parser, target);
}

/* "[3]" of such a list. */
static gboolean
parse_list_index (struct parser *parser, struct target *target)
{
  guint64 from, to;
  gboolean is_slice;

  if (!parse_bracket (parser, 0, target->entry->n_fields, &from, &to, &is_slice))
    return FALSE;
  if (is_slice)
    return fail_usage (parser, _("its elements differ in type; name one of them"));
  target->field = from;
  return parse_field_indices (parser, target);
}

/* What follows an entry's name. */
static gboolean
parse_rest (struct parser *parser, EntryInfo *entry, struct target *ret_target)
{
  struct target target = { .entry = entry, .field = -1, .last = 1 };
  struct selection selection;

  parser->name = entry->name;
  if (entry_info_is_list (entry) && *parser->position == '[')
    {
      if (!parse_list_index (parser, &target))
        return FALSE;
    }
  else
    {
      if (!parse_indices (parser, entry->dimensions, entry->shape, &selection))
        return FALSE;
      target.first = selection.first;
      target.last = selection.last;
      target.dimensions = selection.dimensions;
      memcpy (target.shape, selection.shape, sizeof selection.shape);
    }
  if (*parser->position == '.' && target.field < 0 && !parse_field (parser, &target))
    return FALSE;
  if (*parser->position != '\0')
    return fail_usage (parser, _("this cannot be understood: \"%s\""), parser->position);
  target.is_slice = target.dimensions > 0;
  entry_info_ref (entry);
  *ret_target = target;
  return TRUE;
}

static EntryInfo *
find_exactly (GPtrArray *entries, const char *name)
{
  for (guint i = 0; i < entries->len; i++)
    if (g_str_equal (((EntryInfo *) entries->pdata[i])->name, name))
      return entries->pdata[i];
  return NULL;
}

static gboolean
fail_not_found (Attachment *attachment, struct parser *parser, GPtrArray *entries,
                const char *name)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (SegmentInfo) info = attachment_get_info (attachment);
  g_autofree char *near = NULL;

  /* Nothing is known of what may not be looked into. */
  if (info->state == SEGMENT_FORBIDDEN)
    {
      g_set_error_literal (parser->error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION, info->reason);
      return FALSE;
    }
  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (names, ((EntryInfo *) entries->pdata[i])->name);
  near = near_names (name, names);
  g_set_error (parser->error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
               near != NULL ? _("%s has no entry \"%s\"; near it are %s")
                            : _("%s has no entry \"%s\"; shmlensctl list tells which there are"),
               info->id, name, near);
  return FALSE;
}

/* 'name' or "name", in which a backslash takes away the meaning of what follows. */
static gboolean
parse_quoted (Attachment *attachment, struct parser *parser, GPtrArray *entries,
              struct target *ret_target)
{
  g_autoptr (GString) unquoted = g_string_new (NULL);
  g_autofree char *name = NULL;
  const char *position = parser->text + 1;
  EntryInfo *entry;

  for (; *position != *parser->text; position++)
    {
      if (*position == '\\' && position[1] != '\0')
        position++;
      if (*position == '\0')
        return fail_usage (parser, _("the quote is not closed"));
      g_string_append_c (unquoted, *position);
    }
  parser->position = position + 1;
  name = printable_name (unquoted->str);
  entry = find_exactly (entries, name);
  return entry != NULL ? parse_rest (parser, entry, ret_target)
                       : fail_not_found (attachment, parser, entries, name);
}

gboolean
target_parse (Attachment *attachment, const char *given, struct target *ret_target,
              GError **error)
{
  g_autoptr (GPtrArray) entries = attachment_get_entries (attachment, NULL);
  /* So are the names of entries and fields. */
  g_autofree char *text = g_utf8_validate (given, -1, NULL) ? printable_name (given) : NULL;
  struct parser parser = { .text = text, .position = text, .error = error };
  EntryInfo *entry;
  gsize longest = 0;

  if (text == NULL || *text == '\0')
    {
      g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
                           text != NULL
                             ? _("the entry's name is empty; give one")
                             : _("the entry's name is no UTF-8 text; give one that is"));
      return FALSE;
    }
  entry = find_exactly (entries, text);
  if (entry == NULL && (*text == '\'' || *text == '"'))
    {
      /* Between quotes a backslash means something else. */
      parser.text = parser.position = given;
      return parse_quoted (attachment, &parser, entries, ret_target);
    }
  if (entry != NULL)
    longest = strlen (text);
  else
    for (guint i = 0; i < entries->len; i++)
      {
        EntryInfo *candidate = entries->pdata[i];
        gsize length = strlen (candidate->name);

        if (length > longest && strncmp (text, candidate->name, length) == 0
            && ends_name (text[length], "[."))
          {
            longest = length;
            entry = candidate;
          }
      }
  if (entry == NULL)
    {
      g_autofree char *name = g_strndup (text, strcspn (text, "["));

      return fail_not_found (attachment, &parser, entries, *name != '\0' ? name : text);
    }
  parser.position = text + longest;
  return parse_rest (&parser, entry, ret_target);
}

void
target_clear (struct target *target)
{
  g_clear_pointer (&target->entry, entry_info_unref);
}

char *
target_name (const char *name)
{
  g_autoptr (GString) text = g_string_new ("'");

  if (strpbrk (name, "[].'\"\\") == NULL)
    return g_strdup (name);
  for (; *name != '\0'; name++)
    {
      if (*name == '\'' || *name == '\\')
        g_string_append_c (text, '\\');
      g_string_append_c (text, *name);
    }
  g_string_append_c (text, '\'');
  return g_strdup (text->str);
}
