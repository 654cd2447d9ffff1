/* What selected elements sum up to, as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "array-summary.h"
#include "support/fake-attachment.h"

/* The text of all elements, or of a field of them. */
static char *
sum_up (FakeAttachment *fake, EntryInfo *entry, const Display *display, int field)
{
  ArrayBlock all = array_block_range (0, entry->length);
  g_autoptr (ArrayReader) reader
    = array_reader_new (fake_attachment_base (fake), entry, field, &all, NULL);
  ArrayStatistics statistics;
  guint bits;

  assert_non_null (reader);
  assert_true (array_statistics_read (reader, NULL, &statistics, NULL));
  display_set_type (entry, field, &bits);
  return array_summary_text (&statistics, display, bits);
}

static void
assert_sums_up (FakeAttachment *fake, EntryInfo *entry, const Display *display, int field,
                const char *expected)
{
  g_autofree char *text = sum_up (fake, entry, display, field);

  assert_string_equal (text, expected);
}

static void
numbers_are_summed_up_in_a_line (void **state)
{
  FakeAttachment *fake = fake_attachment_new (256);
  g_autoptr (EntryInfo) whole
    = fake_attachment_add_plain (fake, "n", 'h', 4, (const gint16[]){ -1, 3, 5, 9 });
  g_autoptr (EntryInfo) real = fake_attachment_add_plain (
    fake, "d", 'd', 4, (const double[]){ 1, 2.5, __builtin_nan (""), __builtin_inf () });
  g_autoptr (EntryInfo) none
    = fake_attachment_add_plain (fake, "f", 'f', 1, (const float[]){ __builtin_nanf ("") });

  assert_sums_up (fake, whole, NULL, -1,
                  "4 elements · sum 16 · -1 to 9 · mean 4 · deviation 3.606");
  assert_sums_up (fake, real, NULL, -1,
                  "4 elements · sum 3.5 · 1 to 2.5 · mean 1.75 · deviation 0.75 · 1 NaN"
                  " · 1 infinite");
  assert_sums_up (fake, none, NULL, -1, "1 element · 1 NaN");
  fake_attachment_unref (fake);
}

/* As a cell has them. */
static void
extremes_are_in_the_form_of_the_cells (void **state)
{
  EntryField field = { .name = (char *) "s", .bit_offset = 4, .bit_width = 4 };
  EntryInfo values = { .name = (char *) "flags", .unit = (char *) "", .doc = (char *) "",
                       .type = { 4, SHMLENS_KIND_STRUCT, 'T', 0 }, .dimensions = 1,
                       .shape = { 2 }, .length = 2, .n_fields = 1, .fields = &field };
  FakeAttachment *fake = fake_attachment_new (256);
  g_autoptr (Display) display = display_new (DISPLAY_HEXADECIMAL);
  g_autoptr (DisplaySet) displays = NULL;
  g_autoptr (EntryInfo) entry = NULL;
  g_autoptr (EntryInfo) whole
    = fake_attachment_add_plain (fake, "n", 'i', 2, (const gint32[]){ -3, 2 });
  const guint32 elements[] = { 0xd0, 0x20 };
  g_autoptr (GString) cell = g_string_new (NULL);

  shmlens_type_from_code ('i', &field.type);
  entry = fake_attachment_add (fake, &values, elements);
  displays = display_set_with (NULL, entry, 0, display);
  entry_info_append_element (entry, displays, &elements[0], 0, cell);
  assert_string_equal (cell->str, "0xd");
  assert_sums_up (fake, entry, display, 0,
                  "2 elements · sum -1 · 0xd to 0x2 · mean -0.5 · deviation 2.5");
  assert_sums_up (fake, whole, display, -1,
                  "2 elements · sum -1 · 0xfffffffd to 0x00000002 · mean -0.5 · deviation 2.5");
  /* Of what is done there is no need to say the maximum twice. */
  display->form = DISPLAY_PROGRESS;
  assert_sums_up (fake, whole, display, -1,
                  "2 elements · sum -1 · -3 to 2 · mean -0.5 · deviation 2.5");
  fake_attachment_unref (fake);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (numbers_are_summed_up_in_a_line),
    cmocka_unit_test (extremes_are_in_the_form_of_the_cells),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
