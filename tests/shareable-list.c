/* Blocks of ShareableLists of both layouts, and bytes that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "shareable-list.h"

struct item
{
  const char *format;
  guint8 transform;
  gsize slot;
  const void *bytes;
  gsize length;
};

static const gint64 number = -5;
static const double real = 2.5;
static const struct item items[] = {
  { "q", 0, 8, &number, 8 },
  { "d", 0, 8, &real, 8 },
  { "xxxxxxx?", 0, 8, "\0\0\0\0\0\0\0\1", 8 },
  { "xxxxxx?x", 3, 8, "\0\0\0\0\0\0\0\0", 8 },
  { "16s", 1, 16, "gr\303\274n", 5 },
  { "8s", 2, 8, "\377\0x", 3 },
  { "8s", 1, 16, "short", 5 },  /* as 3.9 leaves it when a str took the place of a longer one */
};

static void
append_word (GByteArray *block, gint64 word)
{
  g_byte_array_append (block, (const guint8 *) &word, sizeof word);
}

/* As Python 3.9 on, or 3.8, writes them. */
static GByteArray *
make_block (const struct item *list, guint n, gboolean has_offsets)
{
  GByteArray *block = g_byte_array_new ();
  gint64 offset = 0;

  append_word (block, n);
  for (guint i = 0; i < n; i++)
    {
      append_word (block, has_offsets ? offset : (gint64) list[i].slot);
      offset += list[i].slot;
    }
  if (has_offsets)
    append_word (block, offset);
  for (guint i = 0; i < n; i++)
    {
      guint8 slot[64] = { 0 };

      memcpy (slot, list[i].bytes, list[i].length);
      g_byte_array_append (block, slot, list[i].slot);
    }
  for (guint i = 0; i < n; i++)
    {
      guint8 format[8] = { 0 };

      memcpy (format, list[i].format, strlen (list[i].format));
      g_byte_array_append (block, format, sizeof format);
    }
  for (guint i = 0; i < n; i++)
    g_byte_array_append (block, &list[i].transform, 1);
  return block;
}

static void
assert_described (const GByteArray *block, const char *expected)
{
  EntryInfo shape = { .length = 0 };
  g_autofree char *text = NULL;

  assert_true (shareable_list_describe (block->data, block->len, &shape));
  text = entry_info_element_text (&shape, block->data, -1);
  assert_string_equal (text, expected);
  assert_int_equal (shape.type.size, block->len);
  assert_true (shape.editable);
  entry_info_clear (&shape);
}

static void
assert_refused (const GByteArray *block)
{
  EntryInfo shape = { .length = 77 };

  assert_false (shareable_list_describe (block->data, block->len, &shape));
  assert_int_equal (shape.length, 77);
  assert_null (shape.fields);
}

static void
both_layouts (void **state)
{
  for (guint has_offsets = 0; has_offsets <= 1; has_offsets++)
    {
      g_autoptr (GByteArray) block = make_block (items, G_N_ELEMENTS (items), has_offsets);

      assert_described (block,
                        "{[0]: -5, [1]: 2.5, [2]: true, [3]: None (false), [4]: \"grün\", "
                        "[5]: \"\\xff\\0x\", [6]: \"short\"}");
    }
}

static void
fields_lie_in_their_slots (void **state)
{
  g_autoptr (GByteArray) block = make_block (items, G_N_ELEMENTS (items), TRUE);
  EntryInfo shape = { .length = 0 };
  gsize slots = 8 * (2 + G_N_ELEMENTS (items));

  assert_true (shareable_list_describe (block->data, block->len, &shape));
  assert_int_equal (shape.n_fields, G_N_ELEMENTS (items));
  for (guint i = 0; i < shape.n_fields; i++)
    {
      const EntryField *field = &shape.fields[i];
      gsize size = entry_field_length (field) * field->type.size;

      assert_in_range (field->offset, slots, slots + items[i].slot - size);
      slots += items[i].slot;
    }
  assert_null (shape.fields[0].reason);
  assert_non_null (shape.fields[3].reason);
  assert_int_equal (shape.fields[4].shape[0], 16);
  assert_int_equal (shape.fields[6].shape[0], 8);
  entry_info_clear (&shape);
}

static void
slack_is_at_most_a_page (void **state)
{
  static const guint8 nul[8192];
  g_autoptr (GByteArray) block = make_block (items, 2, TRUE);
  EntryInfo shape = { .length = 0 };
  guint length = block->len;

  g_byte_array_append (block, nul, 4095);
  assert_true (shareable_list_describe (block->data, block->len, &shape));
  entry_info_clear (&shape);
  g_byte_array_append (block, nul, 4096 + length - block->len + 1);
  assert_refused (block);
}

static void
long_lists_are_cut (void **state)
{
  guint n = SHMLENS_FIELDS_MAX + 10;
  g_autofree struct item *many = g_new (struct item, n);
  g_autoptr (GByteArray) block = NULL;
  EntryInfo shape = { .length = 0 };

  for (guint i = 0; i < n; i++)
    many[i] = items[i % 2];
  block = make_block (many, n, FALSE);
  assert_true (shareable_list_describe (block->data, block->len, &shape));
  assert_int_equal (shape.n_fields, SHMLENS_FIELDS_MAX);
  assert_non_null (strstr (shape.doc, "1034"));
  assert_string_equal (shape.fields[SHMLENS_FIELDS_MAX - 1].name, "[1023]");
  entry_info_clear (&shape);
  /* What is left out is looked at all the same. */
  block->data[block->len - 1] = 2;
  assert_refused (block);
}

/* Each of these could not be what Python wrote. */
static void
wrong_bytes_are_refused (void **state)
{
  static const struct
  {
    gsize offset;
    gint64 word;
  } changes[] = {
    { 0, 0 }, { 0, -1 }, { 0, 1 }, { 0, 8 }, { 0, G_MAXINT64 }, { 0, 1 << 20 },
    { 8, 8 }, { 16, 0 }, { 16, 4 }, { 16, -8 }, { 24, 8 }, { 64, 80 + 8 }, { 64, G_MAXINT64 },
  };
  gsize formats = 8 * 9 + 72;

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GByteArray) block = make_block (items, G_N_ELEMENTS (items), TRUE);

      memcpy (block->data + changes[i].offset, &changes[i].word, 8);
      assert_refused (block);
    }
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      static const char *const formats_of_others[] = { "", "Q", "99s", "0s", "-8s", "8sx", "8", "?" };

      for (guint f = 0; f < G_N_ELEMENTS (formats_of_others); f++)
        {
          g_autoptr (GByteArray) block = make_block (items, G_N_ELEMENTS (items), TRUE);

          memset (block->data + formats + 8 * i, 0, 8);
          memcpy (block->data + formats + 8 * i, formats_of_others[f],
                  strlen (formats_of_others[f]));
          assert_refused (block);
        }
      for (guint transform = 0; transform < 256; transform++)
        {
          g_autoptr (GByteArray) block = make_block (items, G_N_ELEMENTS (items), TRUE);
          EntryInfo shape = { .length = 0 };
          gboolean is_text = items[i].transform == 1 || items[i].transform == 2;
          gboolean is_right = is_text ? transform == 1 || transform == 2
                                      : transform == items[i].transform;

          block->data[formats + 8 * G_N_ELEMENTS (items) + i] = transform;
          assert_int_equal (shareable_list_describe (block->data, block->len, &shape), is_right);
          entry_info_clear (&shape);
        }
    }
}

/* No prefix of one is one; nothing is read behind the end (AddressSanitizer sees it). */
static void
cut_blocks_are_refused (void **state)
{
  for (guint has_offsets = 0; has_offsets <= 1; has_offsets++)
    {
      g_autoptr (GByteArray) block = make_block (items, G_N_ELEMENTS (items), has_offsets);

      for (guint length = 0; length < block->len; length++)
        {
          g_autofree guint8 *cut = g_memdup2 (block->data, length);
          EntryInfo shape = { .length = 0 };

          assert_false (shareable_list_describe (cut, length, &shape));
        }
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (both_layouts),
    cmocka_unit_test (fields_lie_in_their_slots),
    cmocka_unit_test (slack_is_at_most_a_page),
    cmocka_unit_test (long_lists_are_cut),
    cmocka_unit_test (wrong_bytes_are_refused),
    cmocka_unit_test (cut_blocks_are_refused),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
