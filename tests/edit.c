/* Edits: reading and checking texts, exact arithmetic, conditions, locks, and that
 * nothing is written unless everything can be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "edit.h"
#include "inspect-error.h"
#include "support/fake-attachment.h"

#define OTHER_PID 4242

struct fixture
{
  FakeAttachment *fake;
  Attachment *attachment;
};

static int
set_up (void **state)
{
  struct fixture *f = g_new0 (struct fixture, 1);

  f->fake = fake_attachment_new (65536);
  f->attachment = fake_attachment_base (f->fake);
  *state = f;
  return 0;
}

static int
tear_down (void **state)
{
  struct fixture *f = *state;

  fake_attachment_unref (f->fake);
  g_free (f);
  return 0;
}

static void
assert_error (GError *error, enum inspect_error code, const char *part)
{
  assert_non_null (error);
  if (error->domain != INSPECT_ERROR || error->code != (int) code
      || strstr (error->message, part) == NULL)
    fail_msg ("error %d: %s", error->code, error->message);
  g_error_free (error);
}

static void
assert_no_error (GError *error)
{
  if (error != NULL)
    fail_msg ("error %d: %s", error->code, error->message);
}

static GPtrArray *
list_of (const char *const *texts)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);

  for (; *texts != NULL; texts++)
    g_ptr_array_add (list, g_strdup (*texts));
  return list;
}

/* Applies an edit that is then given up. Takes the edit. */
static void
apply (Edit *edit)
{
  GError *error = NULL;

  edit_apply (edit, NULL, NULL, &error);
  assert_no_error (error);
  edit_unref (edit);
}

/* The same for an edit that must fail, both while typing and when applied (checked:
 * edit_check() finds it already), and write nothing. */
static void
refuse (struct fixture *f, Edit *edit, gboolean checked, enum inspect_error code,
        const char *part)
{
  gsize size = edit->entry->length * edit->entry->type.size;
  g_autofree guint8 *before = g_malloc (size + 1), *after = g_malloc (size + 1);
  struct fake_counts counts;
  GError *error = NULL;

  fake_attachment_peek (f->fake, edit->entry, 0, edit->entry->length, before);
  assert_int_equal (edit_check (edit, &error), !checked);
  if (checked)
    assert_error (g_steal_pointer (&error), code, part);
  assert_no_error (error);
  assert_false (edit_apply (edit, NULL, NULL, &error));
  assert_error (error, code, part);
  fake_attachment_peek (f->fake, edit->entry, 0, edit->entry->length, after);
  assert_memory_equal (before, after, size);
  fake_attachment_get_counts (f->fake, &counts);
  assert_int_equal (counts.locks, counts.unlocks);
  edit_unref (edit);
}

static Edit *
on_value (struct fixture *f, EntryInfo *entry, const char *text)
{
  return edit_new (f->attachment, entry, 0, 1, text);
}

static void
every_type_is_set_from_text (void **state)
{
  static const struct
  {
    char code;
    const char *text, *shown;
  } cases[] = {
    { '?', "on", "true" },
    { '?', "false", "false" },
    { 'c', "\\x41", "A" },
    { 'u', "é", "é" },
    { 'b', "-128", "-128" },
    { 'B', "0xff", "255" },
    { 'h', "-32_768", "-32768" },
    { 'H', "65535", "65535" },
    { 'i', "-2147483648", "-2147483648" },
    { 'I', "4294967295", "4294967295" },
    { 'l', " 9007199254740993 ", "9007199254740993" },
    { 'q', "-9223372036854775808", "-9223372036854775808" },
    { 'Q', "18446744073709551615", "18446744073709551615" },
    { 'f', "0.1", "0.1" },
    { 'd', "0.1", "0.1" },
    { 'd', "-0.0", "-0.0" },
    { 'd', "nan", "nan" },
    { 'd', "-inf", "-inf" },
    { 'd', "5e-324", "5e-324" },
  };
  struct fixture *f = *state;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EntryInfo) entry
        = fake_attachment_add_plain (f->fake, "x", cases[i].code, 0, NULL);
      g_autofree char *text = NULL;
      guint64 value;

      apply (on_value (f, entry, cases[i].text));
      fake_attachment_peek (f->fake, entry, 0, 1, &value);
      text = entry_info_element_text (entry, &value, -1);
      assert_string_equal (text, cases[i].shown);
    }
}

static void
what_is_no_value_of_the_type_is_refused (void **state)
{
  static const struct
  {
    char code;
    const char *text;
  } cases[] = {
    { '?', "2" },   { '?', "" },       { 'c', "ab" },   { 'c', "" },      { 'u', "éé" },
    { 'b', "128" }, { 'B', "-1" },     { 'B', "256" },  { 'i', "1.5" },   { 'i', "" },
    { 'i', "5 x" }, { 'q', "9223372036854775808" },     { 'Q', "-1" },    { 'd', "1e" },
    { 'd', "1,5" }, { 'f', "1e39" },   { 'i', "+=" },   { 'i', "+=1.5" }, { 'i', "1__0" },
    { 'Q', "18446744073709551616" },   { 'd', "*=x" },  { 'q', "+=0x" },
  };
  struct fixture *f = *state;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EntryInfo) entry
        = fake_attachment_add_plain (f->fake, "thing", cases[i].code, 0, NULL);

      refuse (f, on_value (f, entry, cases[i].text), TRUE, INSPECT_ERROR_BAD_VALUE, "thing: ");
    }
}

static void
integers_are_computed_exactly (void **state)
{
  static const struct
  {
    char code;
    const char *from, *text, *shown;
  } cases[] = {
    { 'q', "9007199254740993", "+=2", "9007199254740995" },
    { 'q', "9223372036854775806", "+= 1", "9223372036854775807" },
    { 'q', "-1", "-=-9223372036854775807", "9223372036854775806" },
    { 'q', "-3", "*=3074457345618258602", "-9223372036854775806" },
    { 'Q', "1", "+=18446744073709551614", "18446744073709551615" },
    { 'Q', "9223372036854775808", "+=-9223372036854775808", "0" },
    { 'Q', "4294967295", "*=4294967297", "18446744073709551615" },
    { 'Q', "5", "-=5", "0" },
    { 'B', "250", " += 5", "255" },
    { 'b', "127", "-=255", "-128" },
    { 'b', "-128", "*=0", "0" },
    { 'H', "3", "*= 0x10", "48" },
    { 'f', "16777216", "+=1", "16777216.0" },
    { 'd', "0.1", "+=0.2", "0.30000000000000004" },
    { 'f', "0.1", "+=0.2", "0.3" },
    { 'd', "1.5", "*=-2", "-3.0" },
    { 'd', "inf", "-=5", "inf" },
  };
  struct fixture *f = *state;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EntryInfo) entry
        = fake_attachment_add_plain (f->fake, "x", cases[i].code, 0, NULL);
      g_autofree char *text = NULL;
      guint64 value;

      apply (on_value (f, entry, cases[i].from));
      apply (on_value (f, entry, cases[i].text));
      fake_attachment_peek (f->fake, entry, 0, 1, &value);
      text = entry_info_element_text (entry, &value, -1);
      assert_string_equal (text, cases[i].shown);
    }
}

static void
a_result_that_does_not_fit_writes_nothing (void **state)
{
  static const struct
  {
    char code;
    const char *from, *text, *part;
  } cases[] = {
    { 'b', "127", "+=1", "127 + 1 is no number that int8 can hold" },
    { 'B', "0", "-=1", "0 - 1" },
    { 'B', "2", "*=128", "2 * 128" },
    { 'q', "9223372036854775807", "+=1", "int64" },
    { 'q', "-9223372036854775808", "-=1", "int64" },
    { 'q', "-9223372036854775808", "*=-9223372036854775808", "int64" },
    { 'Q', "18446744073709551615", "*=18446744073709551615", "uint64" },
    { 'Q', "18446744073709551615", "+=18446744073709551615", "uint64" },
    { 'd', "1e308", "*=10", "float64" },
    { 'f', "3e38", "+=3e38", "float32" },
    { 'd', "inf", "-=inf", "float64" },
  };
  struct fixture *f = *state;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EntryInfo) entry
        = fake_attachment_add_plain (f->fake, "x", cases[i].code, 0, NULL);

      apply (on_value (f, entry, cases[i].from));
      refuse (f, on_value (f, entry, cases[i].text), FALSE, INSPECT_ERROR_BAD_VALUE,
              cases[i].part);
    }
}

static void
one_element_too_large_leaves_all_as_they_are (void **state)
{
  static const gint8 initial[4] = { 1, 2, 120, 4 };
  struct fixture *f = *state;
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (f->fake, "x", 'b', 4, initial);

  refuse (f, edit_new (f->attachment, entry, 0, 4, "+=10"), FALSE, INSPECT_ERROR_BAD_VALUE,
          "x[2]: 120 + 10");
}

static void
the_range_of_the_entry_holds (void **state)
{
  struct fixture *f = *state;
  EntryInfo values = { .name = (char *) "rate", .editable = TRUE, .has_minimum = TRUE,
                       .has_maximum = TRUE, .lock_kind = LOCK_ROBUST };
  gint32 least = -5, most = 100, now = 99;
  double low = 0.5;
  g_autoptr (EntryInfo) entry = NULL, real = NULL;

  shmlens_type_from_code ('i', &values.type);
  memcpy (values.minimum, &least, 4);
  memcpy (values.maximum, &most, 4);
  entry = fake_attachment_add (f->fake, &values, &now);
  refuse (f, on_value (f, entry, "101"), TRUE, INSPECT_ERROR_BAD_VALUE, "give -5 to 100");
  refuse (f, on_value (f, entry, "-6"), TRUE, INSPECT_ERROR_BAD_VALUE, "give -5 to 100");
  refuse (f, on_value (f, entry, "+=2"), FALSE, INSPECT_ERROR_BAD_VALUE, "101 is not within");
  apply (on_value (f, entry, "+=1"));
  apply (on_value (f, entry, "-5"));

  shmlens_type_from_code ('d', &values.type);
  values.has_maximum = FALSE;
  memcpy (values.minimum, &low, 8);
  real = fake_attachment_add (f->fake, &values, NULL);
  refuse (f, on_value (f, real, "0.25"), TRUE, INSPECT_ERROR_BAD_VALUE,
          "below its range; give 0.5 or more");
  refuse (f, on_value (f, real, "nan"), TRUE, INSPECT_ERROR_BAD_VALUE, "nan");
  apply (on_value (f, real, "inf"));
}

static void
one_calculates_with_numbers_only (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EntryInfo) flag = fake_attachment_add_plain (f->fake, "flag", '?', 0, NULL);
  g_autoptr (EntryInfo) text = fake_attachment_add_plain (f->fake, "text", 'c', 4, NULL);
  g_autoptr (GPtrArray) ones = list_of ((const char *const[]) { "1", NULL });
  char value[4];

  refuse (f, on_value (f, flag, "+=1"), TRUE, INSPECT_ERROR_BAD_VALUE, "calculate with bool");
  refuse (f, edit_new_texts (f->attachment, text, 0, 1, EDIT_ADD, ones), TRUE,
          INSPECT_ERROR_BAD_VALUE, "calculate with char");
  apply (edit_new (f->attachment, text, 0, 4, "+=1"));
  fake_attachment_peek (f->fake, text, 0, 4, value);
  assert_memory_equal (value, "+=1\0", 4);
}

static void
a_text_fills_characters (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EntryInfo) bytes = fake_attachment_add_plain (f->fake, "c", 'c', 6, "123456");
  g_autoptr (EntryInfo) wide = fake_attachment_add_plain (f->fake, "u", 'u', 3, NULL);
  char value[6];
  wchar_t characters[3];

  apply (edit_new (f->attachment, bytes, 1, 5, "a\\n"));
  fake_attachment_peek (f->fake, bytes, 0, 6, value);
  assert_memory_equal (value, "1a\n\0\0006", 6);
  apply (edit_new (f->attachment, bytes, 0, 6, "é\\x00\\\\x"));
  fake_attachment_peek (f->fake, bytes, 0, 6, value);
  assert_memory_equal (value, "\xc3\xa9\0\\x\0", 6);
  apply (edit_new (f->attachment, bytes, 0, 6, ""));
  fake_attachment_peek (f->fake, bytes, 0, 6, value);
  assert_memory_equal (value, "\0\0\0\0\0\0", 6);
  refuse (f, edit_new (f->attachment, bytes, 0, 6, "1234567"), TRUE, INSPECT_ERROR_BAD_VALUE,
          "7 characters, and there is room for 6");
  refuse (f, edit_new (f->attachment, bytes, 0, 6, "12\\"), TRUE, INSPECT_ERROR_BAD_VALUE, "c: ");

  apply (edit_new (f->attachment, wide, 0, 3, "é\\u20ac"));
  fake_attachment_peek (f->fake, wide, 0, 3, characters);
  assert_int_equal (characters[0], 0xe9);
  assert_int_equal (characters[1], 0x20ac);
  assert_int_equal (characters[2], 0);
  refuse (f, edit_new (f->attachment, wide, 0, 3, "a\xff"), TRUE, INSPECT_ERROR_BAD_VALUE, "u: ");
}

static void
elements_are_set_each_or_all (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (f->fake, "x", 'i', 5, NULL);
  g_autoptr (GPtrArray) three = list_of ((const char *const[]) { "1", "-2", "3", NULL });
  gint32 value[5];

  apply (edit_new (f->attachment, entry, 0, 5, "7"));
  apply (edit_new_texts (f->attachment, entry, 1, 4, EDIT_SET, three));
  apply (edit_new_texts (f->attachment, entry, 2, 5, EDIT_MULTIPLY, three));
  apply (edit_new (f->attachment, entry, 5, 5, "9"));
  fake_attachment_peek (f->fake, entry, 0, 5, value);
  assert_memory_equal (value, ((gint32[]) { 7, 1, -2, -6, 21 }), sizeof value);

  refuse (f, edit_new_texts (f->attachment, entry, 0, 5, EDIT_SET, three), TRUE,
          INSPECT_ERROR_BAD_VALUE, "3 values for 5 elements");
  refuse (f, edit_new (f->attachment, entry, 3, 6, "1"), TRUE, INSPECT_ERROR_NOT_FOUND,
          "its length is 5");
  refuse (f, edit_new (f->attachment, entry, 4, 3, "1"), TRUE, INSPECT_ERROR_NOT_FOUND, "4:3");
}

static void
labels_are_values (void **state)
{
  struct fixture *f = *state;
  EntryLabel labels[] = { { 0, -1, (char *) "idle" }, { 2, -1, (char *) "running" },
                          { 300, -1, (char *) "too large" }, { 1, 0, (char *) "other" } };
  EntryInfo values = { .name = (char *) "status", .editable = TRUE,
                       .lock_kind = LOCK_ROBUST, .n_labels = 4, .labels = labels };
  g_autoptr (EntryInfo) entry = NULL;
  guint8 value;

  shmlens_type_from_code ('B', &values.type);
  entry = fake_attachment_add (f->fake, &values, NULL);
  apply (on_value (f, entry, " running "));
  fake_attachment_peek (f->fake, entry, 0, 1, &value);
  assert_int_equal (value, 2);
  apply (on_value (f, entry, "idle (0)"));
  fake_attachment_peek (f->fake, entry, 0, 1, &value);
  assert_int_equal (value, 0);
  apply (on_value (f, entry, "7"));
  refuse (f, on_value (f, entry, "run"), TRUE, INSPECT_ERROR_BAD_VALUE,
          "or one of idle, running");
  refuse (f, on_value (f, entry, "other"), TRUE, INSPECT_ERROR_BAD_VALUE, "status");
  refuse (f, on_value (f, entry, "too large"), TRUE, INSPECT_ERROR_BAD_VALUE,
          "300 does not fit uint8");
}

struct robot
{
  gint32 id;
  guint8 flags[4];   /* bits 4 to 6 of the first: a signed bit field */
  guint32 swapped;   /* big endian */
  float pos[3];
  char name[8];
};

static EntryInfo *
add_robots (struct fixture *f, const struct robot *initial)
{
  EntryField fields[] = {
    { .name = (char *) "id" },
    { .name = (char *) "mode", .bit_offset = 4, .bit_width = 3 },
    { .name = (char *) "swapped", .swapped = TRUE },
    { .name = (char *) "pos", .dimensions = 1, .shape = { 3 } },
    { .name = (char *) "name", .dimensions = 1, .shape = { 8 } },
  };
  EntryInfo values = { .name = (char *) "robots", .editable = TRUE, .dimensions = 1,
                       .shape = { 2 }, .lock_kind = LOCK_ROBUST,
                       .n_fields = G_N_ELEMENTS (fields), .fields = fields };

  values.type = (struct shmlens_type) { sizeof (struct robot), SHMLENS_KIND_STRUCT, 'T', 0 };
  shmlens_type_from_code ('i', &fields[0].type);
  shmlens_type_from_code ('b', &fields[1].type);
  shmlens_type_from_code ('I', &fields[2].type);
  shmlens_type_from_code ('f', &fields[3].type);
  shmlens_type_from_code ('c', &fields[4].type);
  fields[0].offset = offsetof (struct robot, id);
  fields[1].offset = offsetof (struct robot, flags);
  fields[2].offset = offsetof (struct robot, swapped);
  fields[3].offset = offsetof (struct robot, pos);
  fields[4].offset = offsetof (struct robot, name);
  return fake_attachment_add (f->fake, &values, initial);
}

static Edit *
on_field (struct fixture *f, EntryInfo *entry, int field, guint64 index, const char *text)
{
  Edit *edit = edit_new (f->attachment, entry, 0, 2, text);

  edit->field = field;
  edit->field_index = index;
  return edit;
}

static void
fields_of_structures_are_edited_alone (void **state)
{
  struct fixture *f = *state;
  struct robot r[2];
  struct fake_counts counts;
  g_autoptr (EntryInfo) entry = NULL;

  memset (r, 0xff, sizeof r);
  r[0].id = r[1].id = 5;
  r[0].swapped = r[1].swapped = GUINT32_TO_BE (0x100);
  r[0].pos[1] = 0.5;
  r[1].pos[1] = 1.5;
  entry = add_robots (f, r);

  apply (on_field (f, entry, 0, 0, "+=2"));
  fake_attachment_get_counts (f->fake, &counts);
  assert_int_equal (counts.stored_bytes, 2 * sizeof (gint32));
  apply (on_field (f, entry, 1, 0, "-4"));
  apply (on_field (f, entry, 2, 0, "+=1"));
  apply (on_field (f, entry, 3, 1, "*=2"));
  apply (on_field (f, entry, 4, EDIT_FIELD_ALL, "left"));
  fake_attachment_peek (f->fake, entry, 0, 2, r);
  for (int i = 0; i < 2; i++)
    {
      assert_int_equal (r[i].id, 7);
      assert_int_equal (r[i].flags[0], 0xcf);
      assert_int_equal (r[i].flags[1], 0xff);
      assert_int_equal (r[i].swapped, GUINT32_TO_BE (0x101));
      assert_true (r[i].pos[1] == 1 + 2 * i);
      assert_true (isnan (r[i].pos[0]) && isnan (r[i].pos[2]));
      assert_memory_equal (r[i].name, "left\0\0\0\0", 8);
    }

  refuse (f, on_field (f, entry, 1, 0, "4"), TRUE, INSPECT_ERROR_BAD_VALUE,
          "4 does not fit its 3 bits; give -4 to 3");
  refuse (f, on_field (f, entry, 1, 0, "-=1"), FALSE, INSPECT_ERROR_BAD_VALUE, "-4 - 1");
  refuse (f, on_field (f, entry, 3, 3, "1"), TRUE, INSPECT_ERROR_NOT_FOUND, "robots.pos");
  refuse (f, on_field (f, entry, 9, 0, "1"), TRUE, INSPECT_ERROR_NOT_FOUND, "no field 9");
  refuse (f, edit_new (f->attachment, entry, 0, 1, "1"), TRUE, INSPECT_ERROR_BAD_VALUE,
          "such as .id");
}

static void
elements_of_the_other_byte_order_are_numbers_too (void **state)
{
  struct fixture *f = *state;
  EntryInfo values = { .name = (char *) "x", .editable = TRUE, .swapped = TRUE,
                       .lock_kind = LOCK_ROBUST };
  gint16 value = GINT16_TO_BE (255);
  g_autoptr (EntryInfo) entry = NULL;

  shmlens_type_from_code ('h', &values.type);
  entry = fake_attachment_add (f->fake, &values, &value);
  apply (on_value (f, entry, "+=1"));
  fake_attachment_peek (f->fake, entry, 0, 1, &value);
  assert_int_equal (value, GINT16_TO_BE (256));
}

static Edit *
with_condition (Edit *edit, const char *condition)
{
  edit->condition = g_strdup (condition);
  return edit;
}

static void
a_condition_is_compared_by_value (void **state)
{
  static const gint64 initial[3] = { 5, 5, 6 };
  static const double reals[3] = { -NAN, -0.0, 0.1 };
  struct fixture *f = *state;
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (f->fake, "n", 'q', 3, initial);
  g_autoptr (EntryInfo) real = fake_attachment_add_plain (f->fake, "d", 'd', 3, reals);
  g_autoptr (EntryInfo) text = fake_attachment_add_plain (f->fake, "t", 'c', 4, "ab\0\0");
  g_autoptr (EntryInfo) single = fake_attachment_add_plain (f->fake, "f", 'f', 0, NULL);

  refuse (f, with_condition (edit_new (f->attachment, entry, 0, 3, "1"), "0x5"), FALSE,
          INSPECT_ERROR_CONDITION, "n[2] is 6, not 5 as expected");
  refuse (f, with_condition (edit_new (f->attachment, entry, 0, 3, "1"), "five"), TRUE,
          INSPECT_ERROR_BAD_VALUE, "five");
  apply (with_condition (edit_new (f->attachment, entry, 0, 2, "+=1"), "0x5"));
  apply (with_condition (edit_new (f->attachment, real, 0, 1, "1"), "nan"));
  apply (with_condition (edit_new (f->attachment, real, 1, 2, "1"), "0"));
  apply (with_condition (edit_new (f->attachment, real, 2, 3, "1"), "0.1"));
  refuse (f, with_condition (edit_new (f->attachment, real, 0, 1, "2"), "nan"), FALSE,
          INSPECT_ERROR_CONDITION, "d[0] is 1.0, not nan");
  apply (on_value (f, single, "0.1"));
  apply (with_condition (on_value (f, single, "2"), "0.1"));
  apply (with_condition (edit_new (f->attachment, text, 0, 4, "xyz"), "ab"));
  refuse (f, with_condition (edit_new (f->attachment, text, 0, 4, "q"), "xy"), FALSE,
          INSPECT_ERROR_CONDITION, "t[2] is 'z', not '\\x00'");
}

static void
checking_touches_nothing (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (f->fake, "x", 'i', 0, NULL);
  g_autoptr (Edit) edit = on_value (f, entry, "+=5");
  struct fake_counts counts;

  assert_true (edit_check (edit, NULL));
  fake_attachment_get_counts (f->fake, &counts);
  assert_int_equal (counts.reads + counts.refreshes + counts.locks + counts.stores, 0);
}

static void
the_result_tells_before_and_after (void **state)
{
  static const gint32 initial[4] = { 1, 2, 3, 4 };
  struct fixture *f = *state;
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (f->fake, "x", 'i', 4, initial);
  g_autoptr (Edit) edit = edit_new (f->attachment, entry, 1, 3, "*=10");
  g_auto (EditResult) result = { 0 };
  struct fake_counts counts;

  assert_true (edit_apply (edit, NULL, &result, NULL));
  assert_int_equal (g_bytes_get_size (result.before), 8);
  assert_memory_equal (g_bytes_get_data (result.before, NULL), ((gint32[]) { 2, 3 }), 8);
  assert_memory_equal (g_bytes_get_data (result.after, NULL), ((gint32[]) { 20, 30 }), 8);
  assert_int_equal (result.consistency, SHMLENS_CONSISTENCY_LOCKED);
  assert_false (result.recovered);
  fake_attachment_get_counts (f->fake, &counts);
  assert_int_equal (counts.locks, 1);
  assert_int_equal (counts.stores, 1);
  assert_int_equal (counts.locked_stores, 1);
}

static void
a_held_lock_is_waited_for_as_long_as_told (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (f->fake, "x", 'i', 0, NULL);
  gint cancelled = FALSE;
  Edit *edit = on_value (f, entry, "5");
  GError *error = NULL;

  fake_attachment_hold (f->fake, entry, OTHER_PID);
  edit->timeout_ns = 20000000;
  refuse (f, edit, FALSE, INSPECT_ERROR_TIMEOUT, "x");

  edit = on_value (f, entry, "5");
  g_atomic_int_set (&cancelled, TRUE);
  assert_false (edit_apply (edit, &cancelled, NULL, &error));
  assert_error (error, INSPECT_ERROR_CANCELLED, "x");

  fake_attachment_release (f->fake, entry);
  apply (edit);
}

static void
a_dead_holder_is_recovered_only_when_asked (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (f->fake, "x", 'i', 0, NULL);
  Edit *edit;
  g_auto (EditResult) result = { 0 };
  g_auto (EditResult) restored = { 0 };
  GError *error = NULL;

  fake_attachment_hold (f->fake, entry, OTHER_PID);
  fake_attachment_kill_holder (f->fake, entry);
  refuse (f, on_value (f, entry, "5"), FALSE, INSPECT_ERROR_OWNER_DIED, "x");
  edit = on_value (f, entry, "5");
  edit->recover = TRUE;
  assert_true (edit_apply (edit, NULL, &result, &error));
  assert_no_error (error);
  assert_true (result.recovered);

  fake_attachment_hold (f->fake, entry, OTHER_PID);
  fake_attachment_kill_holder (f->fake, entry);
  assert_false (edit_restore (edit, result.after, result.before, FALSE, NULL, &restored, &error));
  assert_error (error, INSPECT_ERROR_OWNER_DIED, "x");
  edit_unref (edit);
}

static EntryInfo *
add_special (struct fixture *f, enum lock_kind kind, gboolean editable,
             const char *reason, guint64 length)
{
  EntryInfo values = { .name = (char *) "x", .editable = editable, .lock_kind = kind,
                       .reason = (char *) reason, .dimensions = length > 0,
                       .shape = { length } };

  shmlens_type_from_code ('i', &values.type);
  return fake_attachment_add (f->fake, &values, NULL);
}

static enum shmlens_consistency
apply_for_consistency (Edit *edit)
{
  g_auto (EditResult) result = { 0 };
  GError *error = NULL;

  edit_apply (edit, NULL, &result, &error);
  assert_no_error (error);
  edit_unref (edit);
  return result.consistency;
}

static void
what_has_no_lock_by_its_own_will_is_stored_to (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EntryInfo) value = add_special (f, LOCK_NONE, TRUE, NULL, 0);
  g_autoptr (EntryInfo) array = add_special (f, LOCK_NONE, TRUE, NULL, 4);
  struct fake_counts counts;

  assert_int_equal (apply_for_consistency (on_value (f, value, "5")),
                    SHMLENS_CONSISTENCY_ATOMIC);
  assert_int_equal (apply_for_consistency (on_value (f, value, "+=5")),
                    SHMLENS_CONSISTENCY_UNLOCKED);
  assert_int_equal (apply_for_consistency (edit_new (f->attachment, array, 0, 4, "5")),
                    SHMLENS_CONSISTENCY_UNLOCKED);
  assert_int_equal (apply_for_consistency (edit_new (f->attachment, array, 2, 3, "5")),
                    SHMLENS_CONSISTENCY_ATOMIC);
  fake_attachment_get_counts (f->fake, &counts);
  assert_int_equal (counts.locks, 0);
}

static void
what_cannot_be_locked_needs_an_explicit_word (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EntryInfo) foreign
    = add_special (f, LOCK_NONE, TRUE, "nobody knows its lock", 0);
  g_autoptr (EntryInfo) external
    = add_special (f, LOCK_EXTERNAL, TRUE, "its lock is Python's", 0);
  g_autoptr (EntryInfo) unexplained = add_special (f, LOCK_EXTERNAL, TRUE, NULL, 0);
  g_autoptr (EntryInfo) locked = fake_attachment_add_plain (f->fake, "x", 'i', 0, NULL);
  g_autoptr (EntryInfo) forbidden
    = add_special (f, LOCK_ROBUST, FALSE, "another library's", 0);
  g_autoptr (EntryInfo) read_only = add_special (f, LOCK_ROBUST, FALSE, NULL, 0);
  EntryInfo *unlocked[] = { foreign, external, unexplained, locked };
  struct fake_counts counts;
  gint32 value;

  refuse (f, on_value (f, foreign, "5"), FALSE, INSPECT_ERROR_NO_LOCK, "nobody knows its lock");
  refuse (f, on_value (f, external, "5"), FALSE, INSPECT_ERROR_NO_LOCK, "Python's");
  refuse (f, on_value (f, unexplained, "5"), FALSE, INSPECT_ERROR_NO_LOCK, "x");
  refuse (f, on_value (f, forbidden, "5"), TRUE, INSPECT_ERROR_PERMISSION, "another library's");
  refuse (f, on_value (f, read_only, "5"), TRUE, INSPECT_ERROR_PERMISSION, "only look at it");

  fake_attachment_hold (f->fake, locked, OTHER_PID);
  for (guint i = 0; i < G_N_ELEMENTS (unlocked); i++)
    {
      Edit *edit = on_value (f, unlocked[i], "+=5");

      edit->unlocked = TRUE;
      assert_int_equal (apply_for_consistency (edit), SHMLENS_CONSISTENCY_UNLOCKED);
      fake_attachment_peek (f->fake, unlocked[i], 0, 1, &value);
      assert_int_equal (value, 5);
    }
  fake_attachment_get_counts (f->fake, &counts);
  assert_int_equal (counts.locks, 0);
}

static void
what_went_away_is_told_clearly (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (f->fake, "x", 'i', 0, NULL);
  g_autoptr (EntryInfo) plain = add_special (f, LOCK_NONE, TRUE, NULL, 0);

  fake_attachment_set_read_only (f->fake, TRUE);
  refuse (f, on_value (f, entry, "5"), FALSE, INSPECT_ERROR_PERMISSION, "read-only");
  fake_attachment_set_read_only (f->fake, FALSE);

  fake_attachment_set_state (f->fake, SEGMENT_SHRUNK, "it was truncated");
  fake_attachment_set_gone (f->fake, TRUE);
  refuse (f, on_value (f, plain, "5"), FALSE, INSPECT_ERROR_CORRUPT, "it was truncated");
  refuse (f, on_value (f, entry, "5"), FALSE, INSPECT_ERROR_CORRUPT, "x");
  fake_attachment_set_gone (f->fake, FALSE);

  fake_attachment_set_state (f->fake, SEGMENT_REPLACED, "another has its name");
  refuse (f, on_value (f, entry, "5"), FALSE, INSPECT_ERROR_CORRUPT, "replaced by another");
  fake_attachment_set_state (f->fake, SEGMENT_REMOVED, "its name is gone");
  apply (on_value (f, entry, "5"));

  fake_attachment_remove (f->fake, entry);
  fake_attachment_remove (f->fake, plain);
  refuse (f, on_value (f, entry, "6"), FALSE, INSPECT_ERROR_NOT_FOUND, "removed");
  refuse (f, on_value (f, plain, "6"), FALSE, INSPECT_ERROR_NOT_FOUND, "removed");
}

static void
what_an_edit_left_can_be_restored (void **state)
{
  static const gint32 initial[3] = { 1, 2, 3 };
  struct fixture *f = *state;
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (f->fake, "x", 'i', 3, initial);
  g_autoptr (Edit) edit = edit_new (f->attachment, entry, 0, 3, "+=10");
  g_auto (EditResult) result = { 0 };
  g_auto (EditResult) restored = { 0 };
  GError *error = NULL;
  gint32 value[3], other = 77;

  assert_true (edit_apply (edit, NULL, &result, NULL));
  fake_attachment_poke (f->fake, entry, 1, 1, &other);
  assert_false (edit_restore (edit, result.after, result.before, FALSE, NULL, NULL, &error));
  assert_error (error, INSPECT_ERROR_CONDITION, "x[1] is 77, not 12 as expected");
  fake_attachment_peek (f->fake, entry, 0, 3, value);
  assert_memory_equal (value, ((gint32[]) { 11, 77, 13 }), sizeof value);

  error = NULL;
  assert_true (edit_restore (edit, result.after, result.before, TRUE, NULL, &restored, &error));
  assert_no_error (error);
  fake_attachment_peek (f->fake, entry, 0, 3, value);
  assert_memory_equal (value, initial, sizeof value);
  assert_int_equal (restored.consistency, SHMLENS_CONSISTENCY_LOCKED);
  assert_memory_equal (g_bytes_get_data (restored.before, NULL), ((gint32[]) { 11, 77, 13 }), 12);
}

static void
restoring_a_field_leaves_the_others_alone (void **state)
{
  struct fixture *f = *state;
  struct robot r[2] = { { .id = 1, .flags = { 0xff } }, { .id = 2, .flags = { 0xff } } };
  g_autoptr (EntryInfo) entry = add_robots (f, r);
  g_autoptr (Edit) edit = on_field (f, entry, 1, 0, "2");
  g_auto (EditResult) result = { 0 };
  GError *error = NULL;

  assert_true (edit_apply (edit, NULL, &result, NULL));
  /* Meanwhile the program writes what lies beside it. */
  fake_attachment_peek (f->fake, entry, 0, 2, r);
  assert_int_equal (r[0].flags[0], 0xaf);
  r[0].id = 100;
  r[0].flags[0] &= 0xf0;
  fake_attachment_poke (f->fake, entry, 0, 2, r);

  assert_true (edit_restore (edit, result.after, result.before, FALSE, NULL, NULL, &error));
  assert_no_error (error);
  fake_attachment_peek (f->fake, entry, 0, 2, r);
  assert_int_equal (r[0].id, 100);
  assert_int_equal (r[0].flags[0], 0xf0);
  assert_int_equal (r[1].flags[0], 0xff);
}

/* All fields in one store a piece; what is beside the fields, and a field that may not be edited,
 * stay. An undo looks only at what the edit changed. */
static void
structures_are_set_at_once (void **state)
{
  struct fixture *f = *state;
  struct robot was[2], other[2], now[2];
  g_autoptr (EntryInfo) entry = NULL;
  g_autoptr (Edit) edit = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_auto (EditResult) result = { 0 };
  struct fake_counts before, after;
  GError *error = NULL;

  memset (was, 0x11, sizeof was);
  memset (other, 0x77, sizeof other);
  other[0].pos[2] = was[0].pos[2];
  entry = add_robots (f, other);
  bytes = g_bytes_new (was, sizeof was);
  edit = edit_new_elements (f->attachment, entry, 0, 2, bytes);
  fake_attachment_get_counts (f->fake, &before);
  assert_true (edit_apply (edit, NULL, &result, &error));
  fake_attachment_get_counts (f->fake, &after);
  assert_int_equal (after.locks - before.locks, 1);
  fake_attachment_peek (f->fake, entry, 0, 2, now);
  for (int i = 0; i < 2; i++)
    {
      assert_int_equal (now[i].id, was[i].id);
      assert_int_equal (now[i].flags[0], 0x17);
      assert_int_equal (now[i].flags[1], 0x77);
      assert_int_equal (now[i].swapped, was[i].swapped);
      assert_memory_equal (now[i].pos, was[i].pos, sizeof was[i].pos);
      assert_memory_equal (now[i].name, was[i].name, sizeof was[i].name);
    }

  /* What the program writes to where nothing was changed is its own. */
  now[0].pos[2] = 5;
  fake_attachment_poke (f->fake, entry, 0, 2, now);
  assert_true (edit_restore (edit, result.after, result.before, FALSE, NULL, NULL, &error));
  fake_attachment_peek (f->fake, entry, 0, 2, now);
  assert_true (now[0].pos[2] == 5);
  now[0].pos[2] = other[0].pos[2];
  assert_memory_equal (now, other, sizeof other);

  assert_true (edit_apply (edit, NULL, NULL, NULL));
  fake_attachment_peek (f->fake, entry, 0, 2, now);
  now[1].flags[0] = 0x27;
  fake_attachment_poke (f->fake, entry, 0, 2, now);
  assert_false (edit_restore (edit, result.after, result.before, FALSE, NULL, NULL, &error));
  assert_error (error, INSPECT_ERROR_CONDITION, "robots[1].mode is 2, not 1");
  error = NULL;
  assert_true (edit_restore (edit, result.after, result.before, TRUE, NULL, NULL, &error));
  fake_attachment_peek (f->fake, entry, 0, 2, now);
  assert_memory_equal (now, other, sizeof other);
}

static void
a_not_a_number_is_restored_by_its_bits (void **state)
{
  struct fixture *f = *state;
  double value = -NAN;
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (f->fake, "x", 'd', 0, &value);
  g_autoptr (Edit) edit = on_value (f, entry, "-0.0");
  g_auto (EditResult) result = { 0 };

  assert_true (edit_apply (edit, NULL, &result, NULL));
  value = 0.0;
  fake_attachment_poke (f->fake, entry, 0, 1, &value);
  assert_false (edit_restore (edit, result.after, result.before, FALSE, NULL, NULL, NULL));
  value = -0.0;
  fake_attachment_poke (f->fake, entry, 0, 1, &value);
  assert_true (edit_restore (edit, result.after, result.before, FALSE, NULL, NULL, NULL));
  fake_attachment_peek (f->fake, entry, 0, 1, &value);
  assert_true (isnan (value) && signbit (value));
}

static void
assert_described (Edit *edit, const char *expected)
{
  g_autofree char *text = edit_describe (edit);

  assert_string_equal (text, expected);
  edit_unref (edit);
}

static void
elements_are_set_to_bytes (void **state)
{
  struct fixture *f = *state;
  const gint32 wanted[2] = { -5, 7 };
  gint32 least = -6, now[3];
  g_autoptr (EntryInfo) plain = fake_attachment_add_plain (f->fake, "n", 'i', 3, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (wanted, sizeof wanted);
  EntryInfo values = *plain;
  g_autoptr (EntryInfo) entry = NULL;
  Edit *edit;
  g_autofree char *text = NULL;

  values.name = (char *) "m";
  values.has_minimum = TRUE;
  memcpy (values.minimum, &least, sizeof least);
  entry = fake_attachment_add (f->fake, &values, NULL);
  edit = edit_new_elements (f->attachment, entry, 1, 3, bytes);
  text = edit_describe (edit);
  assert_string_equal (text, "m[1:3] = -5, 7");
  apply (edit);
  fake_attachment_peek (f->fake, entry, 0, 3, now);
  assert_int_equal (now[0], 0);
  assert_memory_equal (now + 1, wanted, sizeof wanted);

  least = -4;
  memcpy (values.minimum, &least, sizeof least);
  entry_info_unref (entry);
  entry = fake_attachment_add (f->fake, &values, NULL);
  refuse (f, edit_new_elements (f->attachment, entry, 1, 3, bytes), TRUE, INSPECT_ERROR_BAD_VALUE,
          "-5 is below its range");
}

static void
an_edit_is_described_in_a_few_words (void **state)
{
  struct fixture *f = *state;
  EntryInfo values = { .name = (char *) "grid", .editable = TRUE, .dimensions = 3,
                       .shape = { 2, 3, 4 } };
  g_autoptr (EntryInfo) loss = fake_attachment_add_plain (f->fake, "loss", 'd', 0, NULL);
  g_autoptr (EntryInfo) counts = fake_attachment_add_plain (f->fake, "counts", 'q', 10, NULL);
  g_autoptr (EntryInfo) text = fake_attachment_add_plain (f->fake, "text", 'c', 50, NULL);
  g_autoptr (EntryInfo) robots = add_robots (f, NULL);
  g_autoptr (EntryInfo) grid = NULL;
  g_autoptr (GPtrArray) three = list_of ((const char *const[]) { "1", "2", "3", NULL });
  Edit *edit;

  shmlens_type_from_code ('i', &values.type);
  grid = fake_attachment_add (f->fake, &values, NULL);
  assert_described (on_value (f, loss, " 0.5"), "loss = 0.5");
  assert_described (on_value (f, loss, "*= 0.5"), "loss *= 0.5");
  assert_described (edit_new (f->attachment, counts, 3, 4, "7"), "counts[3] = 7");
  assert_described (edit_new (f->attachment, counts, 0, 5, "+=1"), "counts[0:5] += 1");
  assert_described (edit_new (f->attachment, counts, 0, 10, "-= 1"), "counts[:] -= 1");
  assert_described (edit_new_texts (f->attachment, counts, 0, 3, EDIT_SET, three),
                    "counts[0:3] = 1, 2, 3");
  assert_described (edit_new (f->attachment, text, 0, 50, "+=1"), "text[:] = +=1");
  assert_described (edit_new (f->attachment, text, 0, 50,
                              "ä123456789ä123456789ä123456789ä123456789x"),
                    "text[:] = ä123456789ä123456789ä123456789ä12345678…");
  assert_described (edit_new (f->attachment, grid, 17, 18, "1"), "grid[1][1][1] = 1");
  assert_described (edit_new (f->attachment, grid, 4, 8, "1"), "grid[0][1] = 1");
  assert_described (edit_new (f->attachment, grid, 12, 20, "1"), "grid[1][0:2] = 1");
  assert_described (edit_new (f->attachment, grid, 12, 24, "1"), "grid[1] = 1");
  assert_described (edit_new (f->attachment, grid, 0, 24, "1"), "grid[:] = 1");
  assert_described (edit_new (f->attachment, grid, 5, 7, "1"), "grid[0][1][1:3] = 1");
  assert_described (edit_new (f->attachment, grid, 3, 5, "1"), "grid (elements 3 to 4) = 1");
  edit = edit_new (f->attachment, robots, 1, 2, "+=0.5");
  edit->field = 3;
  edit->field_index = 2;
  assert_described (edit, "robots[1].pos[2] += 0.5");
}

struct increments
{
  struct fixture *f;
  EntryInfo *entry;
};

static void *
increment (void *data)
{
  struct increments *increments = data;

  for (int i = 0; i < 200; i++)
    {
      g_autoptr (Edit) edit = on_value (increments->f, increments->entry, "+=1");

      edit->timeout_ns = 20 * G_GUINT64_CONSTANT (1000000000);
      if (!edit_apply (edit, NULL, NULL, NULL))
        return NULL;
    }
  return data;
}

static void
increments_of_several_threads_are_not_lost (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (f->fake, "x", 'i', 0, NULL);
  struct increments increments = { f, entry };
  pthread_t threads[4];
  gint32 value;

  for (int i = 0; i < 4; i++)
    assert_int_equal (pthread_create (&threads[i], NULL, increment, &increments), 0);
  for (int i = 0; i < 4; i++)
    {
      void *done;

      pthread_join (threads[i], &done);
      assert_non_null (done);
    }
  fake_attachment_peek (f->fake, entry, 0, 1, &value);
  assert_int_equal (value, 800);
}

#define test_of(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    test_of (every_type_is_set_from_text),
    test_of (what_is_no_value_of_the_type_is_refused),
    test_of (integers_are_computed_exactly),
    test_of (a_result_that_does_not_fit_writes_nothing),
    test_of (one_element_too_large_leaves_all_as_they_are),
    test_of (the_range_of_the_entry_holds),
    test_of (one_calculates_with_numbers_only),
    test_of (a_text_fills_characters),
    test_of (elements_are_set_each_or_all),
    test_of (labels_are_values),
    test_of (fields_of_structures_are_edited_alone),
    test_of (elements_of_the_other_byte_order_are_numbers_too),
    test_of (a_condition_is_compared_by_value),
    test_of (checking_touches_nothing),
    test_of (the_result_tells_before_and_after),
    test_of (a_held_lock_is_waited_for_as_long_as_told),
    test_of (a_dead_holder_is_recovered_only_when_asked),
    test_of (what_has_no_lock_by_its_own_will_is_stored_to),
    test_of (what_cannot_be_locked_needs_an_explicit_word),
    test_of (what_went_away_is_told_clearly),
    test_of (what_an_edit_left_can_be_restored),
    test_of (restoring_a_field_leaves_the_others_alone),
    test_of (structures_are_set_at_once),
    test_of (a_not_a_number_is_restored_by_its_bits),
    test_of (elements_are_set_to_bytes),
    test_of (an_edit_is_described_in_a_few_words),
    test_of (increments_of_several_threads_are_not_lost),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
