/* shareable-list.c - the layout of Python's ShareableList. */
#include "shareable-list.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define WORD 8
#define FORMAT_SIZE 8

/* Blocks are as large as they need to be; on some systems, as large as pages. */
#define SLACK_MAX 4096

enum transform
{
  TRANSFORM_NONE,
  TRANSFORM_STR,
  TRANSFORM_BYTES,
  TRANSFORM_NONE_TYPE
};

struct list
{
  const guint8 *bytes;
  gsize length;
  gboolean has_offsets;  /* as from 3.9 on */
  guint64 n;
  gsize slots, formats, transforms;  /* where they begin */
};

struct element
{
  char code;       /* '\0': None */
  gsize offset;    /* of the value, from the block's start */
  gsize repeat;    /* of a str or bytes: its characters */
};

static gint64
load_word (const struct list *list, gsize offset)
{
  gint64 word;

  memcpy (&word, list->bytes + offset, sizeof word);
  return word;
}

/* Where a slot ends, from where the slots begin; -1: nowhere that could be. */
static gint64
slot_end (const struct list *list, guint64 index, gint64 start)
{
  gint64 word = load_word (list, WORD * (1 + index + (list->has_offsets ? 1 : 0)));

  if (word < 0 || word > (gint64) list->length)
    return -1;
  if (!list->has_offsets)
    word += start;
  return word > start && word % WORD == 0 && (gsize) word <= list->length - list->slots ? word : -1;
}

/* A number of characters and "s". 0: it is none. */
static gsize
characters_of_format (const char *format)
{
  guint64 number;
  char *end;

  if (!g_ascii_isdigit (format[0]))
    return 0;
  number = g_ascii_strtoull (format, &end, 10);
  return end[0] == 's' && end[1] == '\0' ? number : 0;
}

static gboolean
read_element (const struct list *list, guint64 index, gsize start, gsize size,
              struct element *ret_element)
{
  guint8 transform = list->bytes[list->transforms + index];
  char format[FORMAT_SIZE + 1] = "";
  gsize offset = list->slots + start;
  gsize characters;

  memcpy (format, list->bytes + list->formats + index * FORMAT_SIZE, FORMAT_SIZE);
  characters = characters_of_format (format);
  if (characters > 0)
    {
      *ret_element = (struct element) { 'c', offset, characters };
      return characters <= size && (transform == TRANSFORM_STR || transform == TRANSFORM_BYTES);
    }
  if (g_str_equal (format, "xxxxxx?x"))
    {
      *ret_element = (struct element) { '\0', offset + 6, 0 };
      return transform == TRANSFORM_NONE_TYPE;
    }
  if (g_str_equal (format, "xxxxxxx?"))
    *ret_element = (struct element) { '?', offset + 7, 0 };
  else if (g_str_equal (format, "q") || g_str_equal (format, "d"))
    *ret_element = (struct element) { format[0], offset, 0 };
  else
    return FALSE;
  return transform == TRANSFORM_NONE;
}

/* Finds where everything is; FALSE when it cannot be there. */
static gboolean
locate (struct list *list)
{
  gint64 end = 0;
  gsize total;

  list->slots = WORD * (1 + list->n + (list->has_offsets ? 1 : 0));
  if (list->slots > list->length || (list->has_offsets && load_word (list, WORD) != 0))
    return FALSE;
  for (guint64 i = 0; i < list->n; i++)
    {
      end = slot_end (list, i, end);
      if (end < 0)
        return FALSE;
    }
  list->formats = list->slots + end;
  list->transforms = list->formats + list->n * FORMAT_SIZE;
  total = list->transforms + list->n;
  return total <= list->length && list->length - total < SLACK_MAX;
}

static void
add_field (GArray *fields, GArray *labels, guint64 index, const struct element *element)
{
  EntryField field = {
    .name = g_strdup_printf ("[%" G_GUINT64_FORMAT "]", index),
    .offset = element->offset,
    .dimensions = element->repeat > 0 ? 1 : 0,
    .shape = { element->repeat },
  };

  (void) shmlens_type_from_code (element->code == '\0' ? '?' : element->code, &field.type);
  if (element->code == '\0')
    {
      EntryLabel label = { 0, fields->len, g_strdup ("None") };

      field.reason = g_strdup (_("it is None, and only its program can make something else of it"));
      g_array_append_val (labels, label);
    }
  g_array_append_val (fields, field);
}

static void
take (const struct list *list, GArray *fields, GArray *labels, EntryInfo *ret_shape)
{
  ret_shape->type = (struct shmlens_type) { list->length, SHMLENS_KIND_STRUCT, 'T', 0 };
  ret_shape->length = 1;
  ret_shape->editable = TRUE;
  if (list->n > fields->len)
    ret_shape->doc = g_strdup_printf (_("a list of %" PRIu64 " elements, of which the "
                                        "first %u are shown"),
                                      list->n, fields->len);
  ret_shape->n_fields = fields->len;
  ret_shape->fields = (EntryField *) g_array_free (fields, FALSE);
  ret_shape->n_labels = labels->len;
  ret_shape->labels = (EntryLabel *) g_array_free (labels, FALSE);
}

static gboolean
describe (struct list *list, EntryInfo *ret_shape)
{
  GArray *fields, *labels;
  gint64 start = 0;
  gboolean is_list = TRUE;

  if (!locate (list))
    return FALSE;
  fields = g_array_new (FALSE, TRUE, sizeof (EntryField));
  labels = g_array_new (FALSE, TRUE, sizeof (EntryLabel));
  for (guint64 i = 0; is_list && i < list->n; i++)
    {
      gint64 end = slot_end (list, i, start);
      struct element element;

      is_list = end > start && read_element (list, i, start, end - start, &element);
      if (is_list && fields->len < SHMLENS_FIELDS_MAX)
        add_field (fields, labels, i, &element);
      start = end;
    }
  if (is_list)
    take (list, fields, labels, ret_shape);
  else
    {
      EntryInfo refused = { .n_fields = fields->len, .n_labels = labels->len };

      refused.fields = (EntryField *) g_array_free (fields, FALSE);
      refused.labels = (EntryLabel *) g_array_free (labels, FALSE);
      entry_info_clear (&refused);
    }
  return is_list;
}

gboolean
shareable_list_describe (const void *bytes, gsize length, EntryInfo *ret_shape)
{
  struct list list = { .bytes = bytes, .length = length };
  gint64 n;

  if (length < WORD || length > G_MAXINT32)
    return FALSE;
  n = load_word (&list, 0);
  if (n <= 0 || (guint64) n > length / (WORD + WORD + FORMAT_SIZE + 1))
    return FALSE;
  list.n = n;
  list.has_offsets = TRUE;
  if (describe (&list, ret_shape))
    return TRUE;
  list.has_offsets = FALSE;
  return describe (&list, ret_shape);
}
