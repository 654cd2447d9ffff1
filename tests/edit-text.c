/* The text that an edit begins with, and what it makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "edit-text.h"
#include "inspect-error.h"
#include "support/fake-attachment.h"

static EntryInfo
entry (char code, guint dimensions, guint64 length)
{
  EntryInfo info = { .id = 1, .name = (char *) "x", .unit = (char *) "", .doc = (char *) "",
                     .dimensions = dimensions, .shape = { length },
                     .length = dimensions > 0 ? length : 1, .editable = TRUE };

  assert_int_equal (shmlens_type_from_code (code, &info.type), 0);
  return info;
}

static void
assert_text (char *text, const char *expected)
{
  if (expected == NULL)
    assert_null (text);
  else
    {
      assert_non_null (text);
      assert_string_equal (text, expected);
    }
  g_free (text);
}

static void
values_begin_with_their_exact_text (void **state)
{
  EntryLabel labels[] = { { 2, -1, (char *) "running" } };
  EntryInfo info = entry ('d', 0, 1);
  double real = 0.1;
  guint8 two = 2;

  assert_text (edit_text_of (&info, &real, 1, -1), "0.1");
  assert_text (edit_text_of (&info, NULL, 0, -1), NULL);

  /* A label is shown as "running (2)", which could not be read back. */
  info = entry ('B', 0, 1);
  info.n_labels = 1;
  info.labels = labels;
  assert_text (edit_text_of (&info, &two, 1, -1), "2");
}

static void
characters_begin_as_text_without_padding (void **state)
{
  EntryInfo info = entry ('c', 1, 12);

  assert_text (edit_text_of (&info, "ab\n\0\0\0\0\0\0\0\0\0", 12, -1), "ab\\n");
  assert_text (edit_text_of (&info, "a\0b\0\0\0\0\0\0\0\0\0", 12, -1), "a\\x00b");
  assert_text (edit_text_of (&info, "\0\0\0\0\0\0\0\0\0\0\0\0", 12, -1), "");
  assert_text (edit_text_of (&info, "gr\xc3\xbc\xc3\x9f\xff\0\0\0\0\0", 12, -1), "grüß\\xff");
  /* Only a part of it was read. */
  assert_text (edit_text_of (&info, "ab", 2, -1), NULL);
}

static void
every_text_reads_back_to_the_same_bytes (void **state)
{
  EntryInfo info = entry ('c', 1, 8);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint round = 0; round < 3000; round++)
    {
      static const char special[] = "\\'\"\n\0\xc3\xbc\xe2\x82\xac";
      guint8 bytes[8];
      g_autofree char *text = NULL;

      for (guint i = 0; i < sizeof bytes; i++)
        bytes[i] = g_rand_boolean (rand)
                     ? (guint8) g_rand_int (rand)
                     : (guint8) special[g_rand_int_range (rand, 0, sizeof special - 1)];
      text = edit_text_of (&info, bytes, 8, -1);
      assert_non_null (text);
      assert_true (g_utf8_validate (text, -1, NULL));
      for (guint i = 0, at = 0; i < sizeof bytes; i++)
        {
          gsize left = strlen (text + at);
          gsize length = left == 0 ? 0 : text[at] != '\\' ? 1 : text[at + 1] == 'x' ? 4 : 2;
          guint8 back = 0;

          if (left > 0)
            assert_int_equal (shmlens_type_parse (&info.type, text + at, length, &back), 0);
          assert_int_equal (back, bytes[i]);
          at += length;
        }
    }
}

static void
arrays_and_whole_structures_are_no_text (void **state)
{
  EntryField fields[2] = { { .name = (char *) "n", .offset = 0, .dimensions = 1, .shape = { 3 } },
                           { .name = (char *) "m", .offset = 12, .dimensions = 1,
                             .shape = { 1000 } } };
  gint32 numbers[3] = { 1, -2, 3 };
  EntryInfo info = entry ('i', 1, 3);

  assert_false (edit_text_is_possible (&info, -1));
  assert_text (edit_text_of (&info, numbers, 3, -1), NULL);

  info = (EntryInfo) { .id = 1, .name = (char *) "s", .length = 1, .n_fields = 2,
                       .fields = fields, .type = { 4012, SHMLENS_KIND_STRUCT, 'T' } };
  assert_int_equal (shmlens_type_from_code ('i', &fields[0].type), 0);
  assert_int_equal (shmlens_type_from_code ('i', &fields[1].type), 0);
  assert_false (edit_text_is_possible (&info, -1));
  assert_true (edit_text_is_possible (&info, 0));
  assert_false (edit_text_is_possible (&info, 1));
  assert_text (edit_text_of (&info, numbers, 1, 0), "1, -2, 3");
}

static void
assert_block (FakeAttachment *fake, EntryInfo *info, const char *text, const char *first,
              const char *step)
{
  ArrayBlock block = array_block_range (0, 3);
  g_autoptr (Edit) edit
    = edit_text_make_block (fake_attachment_base (fake), info, &block, -1, text);

  assert_int_equal (edit->operation, step != NULL ? EDIT_RAMP : EDIT_FROM_TEXT);
  assert_string_equal (edit->texts->pdata[0], first);
  if (step != NULL)
    assert_string_equal (edit->texts->pdata[1], step);
}

static void
labels_with_a_colon_are_no_ramps (void **state)
{
  EntryLabel labels[] = { { 5, -1, (char *) "err:io" }, { 7, -1, (char *) "0:1" },
                          { 8, -1, (char *) "err" }, { 9, 0, (char *) "2:3" } };
  EntryInfo values = entry ('i', 1, 3);
  FakeAttachment *fake = fake_attachment_new (64);
  g_autoptr (EntryInfo) info = NULL;

  values.n_labels = G_N_ELEMENTS (labels);
  values.labels = labels;
  info = fake_attachment_add (fake, &values, NULL);
  assert_block (fake, info, "err:io", "err:io", NULL);
  assert_block (fake, info, " 0:1 ", " 0:1 ", NULL);
  assert_block (fake, info, "err:io (5)", "err:io (5)", NULL);
  assert_block (fake, info, "err:io:2", "err:io", "2");
  assert_block (fake, info, "err:1", "err", "1");
  assert_block (fake, info, "2:3", "2", "3");
  fake_attachment_unref (fake);
}

static void
hints_tell_what_may_be_typed (void **state)
{
  EntryLabel labels[] = { { 0, -1, (char *) "idle" }, { 1, -1, (char *) "busy" } };
  EntryInfo info = entry ('i', 0, 1);
  gint32 low = -3, high = 9;

  info.has_minimum = TRUE;
  memcpy (info.minimum, &low, sizeof low);
  assert_text (edit_text_hint (&info, -1),
               "At least -3. +=5, -=1 and *=2 change what is there then.");
  info.has_maximum = TRUE;
  memcpy (info.maximum, &high, sizeof high);
  assert_text (edit_text_hint (&info, -1),
               "From -3 to 9. +=5, -=1 and *=2 change what is there then.");
  info.n_labels = 2;
  info.labels = labels;
  assert_text (edit_text_hint (&info, -1), "One of: idle, busy.");
  info = entry ('?', 0, 1);
  assert_text (edit_text_hint (&info, -1), "true or false.");
}

static void
only_some_failures_have_an_offer (void **state)
{
  static const struct
  {
    int code;
    gboolean offered, unlocked, recover;
  } cases[] = {
    { INSPECT_ERROR_TIMEOUT, TRUE, FALSE, FALSE },
    { INSPECT_ERROR_NO_LOCK, TRUE, TRUE, FALSE },
    { INSPECT_ERROR_OWNER_DIED, TRUE, FALSE, TRUE },
    { INSPECT_ERROR_NO_UNDO, TRUE, FALSE, FALSE },
    { INSPECT_ERROR_BAD_VALUE, FALSE, FALSE, FALSE },
    { INSPECT_ERROR_PERMISSION, FALSE, FALSE, FALSE },
  };
  EntryInfo info = entry ('i', 0, 1);
  Edit edit = { .entry = &info };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new (INSPECT_ERROR, cases[i].code, "why");

      assert_int_equal (edit_text_offer (&edit, error) != NULL, cases[i].offered);
    }
}

static void
a_semaphore_is_released_not_recovered (void **state)
{
  EntryInfo info = entry ('i', 0, 1);
  Edit edit = { .entry = &info };
  g_autoptr (GError) error = g_error_new (INSPECT_ERROR, INSPECT_ERROR_OWNER_DIED, "why");

  info.lock_kind = LOCK_ROBUST;
  assert_string_equal (edit_text_offer (&edit, error), "_Recover and Apply");
  info.lock_kind = LOCK_SEMAPHORE;
  assert_string_equal (edit_text_offer (&edit, error), "_Release and Apply");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (values_begin_with_their_exact_text),
    cmocka_unit_test (characters_begin_as_text_without_padding),
    cmocka_unit_test (every_text_reads_back_to_the_same_bytes),
    cmocka_unit_test (arrays_and_whole_structures_are_no_text),
    cmocka_unit_test (labels_with_a_colon_are_no_ramps),
    cmocka_unit_test (hints_tell_what_may_be_typed),
    cmocka_unit_test (only_some_failures_have_an_offer),
    cmocka_unit_test (a_semaphore_is_released_not_recovered),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
