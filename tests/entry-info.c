/* What is known of an entry, and its elements as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "display-set.h"
#include "inspect-error.h"
#include "printable.h"
#include "support/entry-field.h"

static EntryInfo
scalar (char code)
{
  EntryInfo info = { .id = 1, .name = (char *) "x", .length = 1 };

  assert_int_equal (shmlens_type_from_code (code, &info.type), 0);
  return info;
}

static void
assert_text (char *text, const char *expected)
{
  assert_string_equal (text, expected);
  g_free (text);
}

static void
copies_are_their_own_and_equal (void **state)
{
  char name[] = "loss", text[] = "running";
  EntryField fields[] = { field_of ("a", 'i', 0), field_of ("b", 'd', 8) };
  EntryLabel labels[] = { { 2, 0, text } };
  EntryInfo values = { .id = 3, .name = name, .length = 1, .type = { 16, SHMLENS_KIND_STRUCT, 'T' },
                       .n_fields = 2, .fields = fields, .n_labels = 1, .labels = labels };
  g_autoptr (EntryInfo) a = entry_info_new (&values);
  g_autoptr (EntryInfo) b = entry_info_new (&values);

  assert_true (entry_info_equal (a, b));
  name[0] = text[0] = 'X';
  assert_string_equal (a->name, "loss");
  assert_string_equal (a->labels[0].text, "running");
  assert_string_equal (a->unit, "");
  assert_string_equal (a->doc, "");
}

static void
texts_from_outside_are_made_printable (void **state)
{
  char name[] = "two\nlines\033[2J", unit[] = "m\u202es", doc[] = "broken\nhere\377";
  char field_name[] = "a\t\xc2\x9b", text[] = "run\u2028ning", class[] = "P\u200b";
  char *names[] = { name, field_name, NULL };
  EntryField fields[] = { field_of (field_name, 'i', 0) };
  EntryLabel labels[] = { { 2, 0, text } };
  EntryInfo values = { .name = name, .names = names, .ctype = class, .unit = unit, .doc = doc,
                       .reason = doc, .length = 1, .type = { 16, SHMLENS_KIND_STRUCT, 'T' },
                       .n_fields = 1, .fields = fields, .n_labels = 1, .labels = labels };
  g_autoptr (EntryInfo) info = entry_info_new (&values);
  g_autoptr (EntryInfo) again = entry_info_new (info);

  assert_string_equal (info->name, "two\\nlines\\x1b[2J");
  assert_string_equal (info->names[1], "a\\t\\u009b");
  assert_string_equal (info->ctype, "P\\u200b");
  assert_string_equal (info->unit, "m\\u202es");
  assert_string_equal (info->doc, "broken here\\xff");
  assert_string_equal (info->reason, "broken here\\xff");
  assert_string_equal (info->fields[0].name, "a\\t\\u009b");
  assert_string_equal (info->labels[0].text, "run ning");
  /* What can be shown stays as it is. */
  assert_true (entry_info_equal (info, again));
}

static void
long_texts_are_cut (void **state)
{
  g_autofree char *plain = g_strnfill (PRINTABLE_MAX, 'x');
  g_autofree char *name = g_strnfill (PRINTABLE_MAX, '\033');
  g_autofree char *wide = g_strdup_printf ("%sxé", plain);
  EntryInfo values = { .name = name, .unit = plain, .doc = wide, .length = 1 };
  g_autoptr (EntryInfo) info = entry_info_new (&values);
  g_autoptr (EntryInfo) again = entry_info_new (info);

  assert_string_equal (info->unit, plain);
  assert_true (g_str_has_suffix (info->name, "…") && g_str_has_suffix (info->doc, "xx…"));
  assert_true (strlen (info->name) <= PRINTABLE_MAX && strlen (info->doc) <= PRINTABLE_MAX);
  assert_true (entry_info_equal (info, again));
}

static void
every_difference_is_seen (void **state)
{
  EntryField fields[] = { field_of ("a", 'i', 0) };
  EntryLabel labels[] = { { 2, 0, (char *) "running" } };
  EntryInfo values = { .id = 3, .name = (char *) "x", .length = 4, .dimensions = 1, .shape = { 4 },
                       .type = { 4, SHMLENS_KIND_STRUCT, 'T' }, .strides = { 4 },
                       .n_fields = 1, .fields = fields, .n_labels = 1, .labels = labels };
  g_autoptr (EntryInfo) first = entry_info_new (&values);

#define SEES(change, undo)                                       \
  do                                                             \
    {                                                            \
      g_autoptr (EntryInfo) other = (change, entry_info_new (&values)); \
      assert_false (entry_info_equal (first, other));            \
      undo;                                                      \
    }                                                            \
  while (0)
  SEES (values.id = 4, values.id = 3);
  SEES (values.name = (char *) "y", values.name = (char *) "x");
  SEES (values.shape[0] = 5, values.shape[0] = 4);
  SEES (values.offset = 64, values.offset = 0);
  SEES (values.role = SHMLENS_ROLE_FLAG, values.role = SHMLENS_ROLE_PLAIN);
  SEES (values.unit = (char *) "ms", values.unit = NULL);
  SEES (values.doc = (char *) "d", values.doc = NULL);
  SEES (values.has_maximum = TRUE, values.has_maximum = FALSE);
  SEES (values.lock_id = 1, values.lock_id = 0);
  SEES (values.editable = TRUE, values.editable = FALSE);
  SEES (values.reason = (char *) "no", values.reason = NULL);
  SEES (values.n_fields = 0, values.n_fields = 1);
  SEES (fields[0].bit_width = 3, fields[0].bit_width = 0);
  SEES (labels[0].value = 1, labels[0].value = 2);
#undef SEES
}

static void
types_are_written_with_their_shape (void **state)
{
  EntryInfo info = scalar ('f');

  assert_text (entry_info_type_text (&info), "float32");
  info.dimensions = 2;
  info.shape[0] = 480;
  info.shape[1] = 640;
  assert_text (entry_info_type_text (&info), "float32[480][640]");
  info = (EntryInfo) { .type = { 16, SHMLENS_KIND_STRUCT, 'T' } };
  assert_text (entry_info_type_text (&info), "struct");
}

static void
numbers_are_exact_in_either_byte_order (void **state)
{
  EntryInfo info = scalar ('Q');
  guint64 big = G_MAXUINT64 - 1;
  double real = 0.1;
  guint32 swapped = GUINT32_SWAP_LE_BE (258);

  assert_text (entry_info_element_text (&info, &big, -1), "18446744073709551614");
  info = scalar ('d');
  assert_text (entry_info_element_text (&info, &real, -1), "0.1");
  info = scalar ('I');
  info.swapped = TRUE;
  assert_text (entry_info_element_text (&info, &swapped, -1), "258");
  assert_true (entry_info_element_double (&info, &swapped, -1) == 258);
}

static void
labels_leave_the_number_visible (void **state)
{
  EntryLabel labels[] = { { 2, -1, (char *) "running" }, { -1, -1, (char *) "failed" } };
  EntryInfo info = scalar ('b');
  gint8 value = 2;

  info.n_labels = 2;
  info.labels = labels;
  assert_text (entry_info_element_text (&info, &value, -1), "running (2)");
  value = -1;
  assert_text (entry_info_element_text (&info, &value, -1), "failed (-1)");
  value = 3;
  assert_text (entry_info_element_text (&info, &value, -1), "3");
}

/* int32 low 3 bits signed, next 5 unsigned; big-endian uint16; char[4]; uint8[2][2]. */
static void
make_structure (EntryInfo *info, EntryField fields[5])
{
  fields[0] = field_of ("s", 'i', 0);
  fields[0].bit_width = 3;
  fields[1] = field_of ("u", 'I', 0);
  fields[1].bit_offset = 3;
  fields[1].bit_width = 5;
  fields[2] = field_of ("net.port", 'H', 4);
  fields[2].swapped = TRUE;
  fields[3] = field_of ("tag", 'c', 6);
  fields[3].dimensions = 1;
  fields[3].shape[0] = 4;
  fields[4] = field_of ("m", 'B', 10);
  fields[4].dimensions = 2;
  fields[4].shape[0] = fields[4].shape[1] = 2;
  *info = (EntryInfo) { .name = (char *) "r", .type = { 16, SHMLENS_KIND_STRUCT, 'T' },
                        .length = 1, .n_fields = 5, .fields = fields };
}

static void
structures_show_bit_fields_swapped_fields_and_arrays (void **state)
{
  EntryField fields[5];
  EntryInfo info;
  guint8 element[16] = { 0 };
  guint32 bits = 0x5 | 17 << 3 | 0xffffff00;

  make_structure (&info, fields);
  memcpy (element, &bits, sizeof bits);
  element[4] = 0x1f;
  element[5] = 0x90;
  memcpy (element + 6, "ab\"", 4);
  memcpy (element + 10, "\1\2\3\4", 4);
  assert_text (entry_info_element_text (&info, element, -1),
               "{s: -3, u: 17, net.port: 8080, tag: \"ab\\\"\", m: [1, 2, 3, 4]}");
  assert_text (entry_info_element_text (&info, element, 1), "17");
  assert_text (entry_info_element_text (&info, element, 4), "[1, 2, 3, 4]");
  assert_true (entry_info_element_double (&info, element, 0) == -3);
  assert_true (isnan (entry_info_element_double (&info, element, 4)));
  assert_true (isnan (entry_info_element_double (&info, element, -1)));
}

static void
scalars_are_named_by_all_their_indices (void **state)
{
  EntryField fields[5];
  EntryInfo info;

  make_structure (&info, fields);
  assert_text (entry_info_place_text (&info, 0), "");
  assert_text (entry_info_scalar_name (&info, 0, 2, 0), "r.net.port");
  info.dimensions = 3;
  info.shape[0] = 2;
  info.shape[1] = 3;
  info.shape[2] = 4;
  info.length = 24;
  assert_text (entry_info_place_text (&info, 23), "[1][2][3]");
  assert_text (entry_info_scalar_name (&info, 17, -1, 0), "r[1][1][1]");
  assert_text (entry_info_scalar_name (&info, 0, 4, 3), "r[0][0][0].m[1][1]");
  assert_text (entry_info_scalar_name (&info, 4, 4, ENTRY_FIELD_WHOLE), "r[0][1][0].m");
  /* Of an array without elements nothing is divided by. */
  info.shape[1] = 0;
  assert_text (entry_info_place_text (&info, 5), "[1][0][1]");
  info.dimensions = 0;
  fields[0].name = (char *) "[0]";
  assert_text (entry_info_scalar_name (&info, 0, 0, 0), "r[0]");
}

static void
scalars_are_displayed_in_the_forms_of_a_set (void **state)
{
  EntryField fields[5];
  EntryInfo info;
  guint8 element[16] = { 5, 0, 0, 0, 0x1f, 0x90, 'a', 'b', '"', 0, 1, 2, 3, 255 };
  g_autoptr (Display) display = display_new (DISPLAY_HEXADECIMAL);
  g_autoptr (Display) standard = display_new (DISPLAY_STANDARD);
  g_autoptr (DisplaySet) port = NULL, both = NULL, three = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  make_structure (&info, fields);
  port = display_set_with (NULL, &info, 2, display);
  both = display_set_with (port, &info, 4, display);
  display->form = DISPLAY_BINARY;
  three = display_set_with (both, &info, 0, display);
  entry_info_append_element (&info, three, element, -1, text);
  assert_string_equal (text->str, "{s: 0b101, u: 0, net.port: 0x1f90, tag: \"ab\\\"\", "
                                  "m: [0x01, 0x02, 0x03, 0xff]}");
  assert_null (display_set_get (port, 4));
  assert_null (display_set_get (port, 99));
  assert_null (display_set_get (NULL, 0));
  /* The structure itself has no form; and none at all is no set. */
  assert_null (display_set_with (NULL, &info, -1, display));
  assert_null (display_set_with (port, &info, 2, standard));

  assert_text (display_set_parse (three, &info, 0, "0b101", NULL), "-3");
  assert_text (display_set_parse (three, &info, 0, " += 0b1", NULL), " += 0b1");
  assert_text (display_set_parse (three, &info, 1, "anything", NULL), "anything");
  assert_null (display_set_parse (three, &info, 2, "anything", &error));

  /* A set of what the entry was before does no harm. */
  info.fields[2] = field_of ("real", 'd', 4);
  g_string_truncate (text, 0);
  entry_info_append_element (&info, three, element, 2, text);
  assert_true (text->len > 0);
}

static void
names_in_a_form_go_before_those_of_the_program (void **state)
{
  EntryInfo info = scalar ('B');
  EntryLabel labels[] = { { 0, -1, (char *) "run" }, { 7, -1, (char *) "stop" } };
  g_autoptr (Display) display = display_new (DISPLAY_LABELS);
  g_autoptr (DisplaySet) displays = NULL;
  g_autoptr (GError) error = NULL;

  info.n_labels = G_N_ELEMENTS (labels);
  info.labels = labels;
  assert_true (display_set_labels (display, "1=run, 2=running", NULL));
  displays = display_set_with (NULL, &info, -1, display);
  assert_text (display_set_parse (displays, &info, -1, "run", NULL), "1");
  assert_text (display_set_parse (displays, &info, -1, "run (1)", NULL), "1");
  assert_text (display_set_parse (displays, &info, -1, "running", NULL), "2");
  assert_text (display_set_parse (displays, &info, -1, " stop", NULL), " stop");
  assert_text (display_set_parse (displays, &info, -1, "stop (7)", NULL), "stop (7)");
  assert_null (display_set_parse (displays, &info, -1, "stopped", &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE));
}

static void
all_labels_of_the_program_can_be_read (void **state)
{
  EntryInfo info = scalar ('I');
  EntryLabel labels[1000];
  static const struct
  {
    const char *text;
    gint64 value;
  } odd[] = { { "", 0 },        { "a, b", 1 },  { "a|b", 2 },     { " run ", 3 },
              { "err:io", 4 },  { "a (1)", 5 }, { "a", 6 },       { "0..1", 7 } };
  g_autoptr (Display) names = NULL;
  const EntryLabel *found;

  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    labels[i] = (EntryLabel){ i, -1,
                              i < G_N_ELEMENTS (odd) ? g_strdup (odd[i].text)
                                                     : g_strdup_printf ("state %u", i) };
  info.n_labels = G_N_ELEMENTS (labels);
  info.labels = labels;
  names = display_set_own_labels (&info, -1);
  assert_non_null (names);
  assert_int_equal (names->labels->len, G_N_ELEMENTS (labels) - 1);
  for (guint i = 1; i < G_N_ELEMENTS (labels); i++)
    {
      g_autofree char *shown = entry_info_element_text (&info, &(guint32){ i }, -1);
      guint32 value = 0;

      assert_true (display_parse (names, &info.type, 0, labels[i].text, &value, NULL));
      assert_int_equal (value, i);
      assert_true (display_parse (names, &info.type, 0, shown, &value, NULL));
      assert_int_equal (value, i);
      assert_ptr_equal (entry_info_find_label (&info, -1, labels[i].text), &labels[i]);
      assert_ptr_equal (entry_info_find_label (&info, -1, shown), &labels[i]);
    }
  assert_null (entry_info_find_label (&info, -1, ""));
  assert_null (entry_info_find_label (&info, -1, " (0)"));
  assert_null (entry_info_find_label (&info, -1, "a (7)"));
  assert_null (entry_info_find_label (&info, -1, "err"));
  found = entry_info_find_label (&info, -1, "a(6) ");
  assert_ptr_equal (found, &labels[6]);
  /* Characters are shown without labels, and read so. */
  info.type.kind = SHMLENS_KIND_UNICODE;
  assert_null (entry_info_find_label (&info, -1, "a"));
  assert_null (display_set_own_labels (&info, -1));
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    g_free (labels[i].text);
}

static void
arrays_are_displayed_in_a_form (void **state)
{
  EntryInfo info = scalar ('c');
  g_autoptr (Display) display = display_new (DISPLAY_HEXADECIMAL);
  g_autoptr (DisplaySet) displays = NULL;

  info.dimensions = 1;
  info.shape[0] = info.length = 3;
  assert_text (entry_info_preview_in (&info, NULL, "abc", 3, 80), "\"abc\"");
  displays = display_set_with (NULL, &info, -1, display);
  assert_text (entry_info_preview_in (&info, displays, "abc", 3, 80), "[0x61, 0x62, 0x63]");
  assert_text (entry_info_preview_in (&info, displays, "abc", 3, 12), "[0x61, …]");
}

static void
fields_are_put_back_without_touching_their_neighbours (void **state)
{
  EntryField fields[5];
  EntryInfo info;
  guint8 element[16], before[16];
  gint32 value = -4;
  guint32 wide = 32;
  guint16 port = 443;

  make_structure (&info, fields);
  memset (element, 0xff, sizeof element);
  memcpy (before, element, sizeof element);
  assert_true (entry_info_insert (&info, element, 0, 0, &value));
  assert_text (entry_info_element_text (&info, element, 0), "-4");
  assert_text (entry_info_element_text (&info, element, 1), "31");
  assert_memory_equal (element + 1, before + 1, 15);
  value = 4;
  assert_false (entry_info_insert (&info, element, 0, 0, &value));
  assert_false (entry_info_insert (&info, element, 1, 0, &wide));
  assert_text (entry_info_element_text (&info, element, 0), "-4");
  assert_true (entry_info_insert (&info, element, 2, 0, &port));
  assert_int_equal (element[4] << 8 | element[5], 443);
  assert_true (entry_info_insert (&info, element, 4, 3, "\7"));
  assert_int_equal (element[13], 7);
  assert_int_equal (element[12], 0xff);
}

static void
whole_width_bit_fields_work (void **state)
{
  EntryField fields[] = { field_of ("q", 'q', 0) };
  EntryInfo info = { .type = { 8, SHMLENS_KIND_STRUCT, 'T' }, .length = 1, .n_fields = 1,
                     .fields = fields };
  gint64 element = 0, value = G_MININT64, back;

  fields[0].bit_width = 64;
  assert_true (entry_info_insert (&info, &element, 0, 0, &value));
  entry_info_extract (&info, &element, 0, 0, NULL, &back);
  assert_true (back == G_MININT64);
}

static void
arrays_are_previewed_in_brackets_and_cut (void **state)
{
  EntryInfo info = scalar ('i');
  gint32 elements[] = { 0, 1, 2, 3, 4, 5 };

  info.dimensions = 1;
  info.length = info.shape[0] = 6;
  assert_text (entry_info_preview (&info, elements, 6, 80), "[0, 1, 2, 3, 4, 5]");
  assert_text (entry_info_preview (&info, elements, 6, 18), "[0, 1, 2, 3, 4, 5]");
  assert_text (entry_info_preview (&info, elements, 6, 17), "[0, 1, 2, 3, …]");
  assert_text (entry_info_preview (&info, elements, 3, 80), "[0, 1, 2, …]");
  assert_text (entry_info_preview (&info, elements, 0, 80), "[…]");
  info.dimensions = 2;
  info.shape[0] = 2;
  info.shape[1] = 3;
  assert_text (entry_info_preview (&info, elements, 6, 80), "[[0, 1, 2], [3, 4, 5]]");
  assert_text (entry_info_preview (&info, elements, 4, 80), "[[0, 1, 2], [3, …]]");
  assert_text (entry_info_preview (&info, elements, 3, 80), "[[0, 1, 2], …]");
  info.length = info.shape[0] = 0;
  assert_text (entry_info_preview (&info, elements, 0, 80), "[]");
}

static void
previews_are_never_longer_than_asked (void **state)
{
  EntryInfo info = scalar ('d');
  double elements[64];

  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    elements[i] = -1.0 / 3 * i;
  info.dimensions = 3;
  info.shape[0] = info.shape[1] = info.shape[2] = 4;
  info.length = 64;
  for (guint most = 1; most < 200; most++)
    {
      g_autofree char *text = entry_info_preview (&info, elements, 64, most);

      assert_true (g_utf8_validate (text, -1, NULL));
      assert_true (g_utf8_strlen (text, -1) <= (glong) most);
    }
}

static void
characters_are_previewed_as_quoted_text (void **state)
{
  EntryInfo info = scalar ('c');

  info.dimensions = 1;
  info.length = info.shape[0] = 8;
  assert_text (entry_info_preview (&info, "abc\0\0\0\0\0", 8, 80), "\"abc\"");
  assert_text (entry_info_preview (&info, "a\n\0b\xff\0\0\0", 8, 80), "\"a\\n\\0b\\xff\"");
  assert_text (entry_info_preview (&info, "k\xc3\xb6ln   ", 8, 80), "\"köln   \"");
  assert_text (entry_info_preview (&info, "abc\0\0", 5, 80), "\"abc…\"");
  assert_text (entry_info_preview (&info, "abcdefgh", 8, 8), "\"abcde…\"");
  /* RIGHT-TO-LEFT OVERRIDE */
  assert_text (entry_info_preview (&info, "a\xe2\x80\xae""bcde", 8, 80), "\"a\\u202ebcde\"");
}

static void
the_text_role_ends_at_the_first_nul (void **state)
{
  EntryInfo info = scalar ('B');

  info.dimensions = 1;
  info.length = info.shape[0] = 8;
  info.role = SHMLENS_ROLE_TEXT;
  assert_text (entry_info_preview (&info, "ab\0junk", 8, 80), "\"ab\"");
  assert_text (entry_info_preview (&info, "\0\0\0\0\0\0\0", 8, 80), "\"\"");
  assert_text (entry_info_preview (&info, "ab\0", 3, 80), "\"ab\"");
}

static void
code_points_that_do_not_exist_are_escaped (void **state)
{
  EntryInfo info = scalar ('u');
  guint32 text[] = { 'h', 0x20ac, 0xd800, 0x110000 };

  info.dimensions = 1;
  info.length = info.shape[0] = 4;
  assert_text (entry_info_preview (&info, text, 4, 80), "\"h€\\ud800\\U00110000\"");
}

static void
names_of_roles_and_locks_exist_for_every_number (void **state)
{
  assert_string_equal (entry_role_name (SHMLENS_ROLE_IMAGE), "image");
  assert_string_equal (entry_role_name ((enum shmlens_role) 77), "plain");
  assert_string_equal (lock_kind_name (LOCK_EXTERNAL), "external");
  assert_string_equal (lock_state_name (LOCK_NONE, SHMLENS_LOCK_FREE), "none");
  assert_string_equal (lock_state_name (LOCK_ROBUST, SHMLENS_LOCK_DEAD), "dead");
  assert_string_equal (lock_state_name (LOCK_EXTERNAL, SHMLENS_LOCK_UNKNOWN),
                       "unknown");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (copies_are_their_own_and_equal),
    cmocka_unit_test (texts_from_outside_are_made_printable),
    cmocka_unit_test (long_texts_are_cut),
    cmocka_unit_test (every_difference_is_seen),
    cmocka_unit_test (types_are_written_with_their_shape),
    cmocka_unit_test (numbers_are_exact_in_either_byte_order),
    cmocka_unit_test (labels_leave_the_number_visible),
    cmocka_unit_test (structures_show_bit_fields_swapped_fields_and_arrays),
    cmocka_unit_test (scalars_are_named_by_all_their_indices),
    cmocka_unit_test (scalars_are_displayed_in_the_forms_of_a_set),
    cmocka_unit_test (names_in_a_form_go_before_those_of_the_program),
    cmocka_unit_test (all_labels_of_the_program_can_be_read),
    cmocka_unit_test (arrays_are_displayed_in_a_form),
    cmocka_unit_test (fields_are_put_back_without_touching_their_neighbours),
    cmocka_unit_test (whole_width_bit_fields_work),
    cmocka_unit_test (arrays_are_previewed_in_brackets_and_cut),
    cmocka_unit_test (previews_are_never_longer_than_asked),
    cmocka_unit_test (characters_are_previewed_as_quoted_text),
    cmocka_unit_test (the_text_role_ends_at_the_first_nul),
    cmocka_unit_test (code_points_that_do_not_exist_are_escaped),
    cmocka_unit_test (names_of_roles_and_locks_exist_for_every_number),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
