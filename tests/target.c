/* Which elements a user means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "inspect-error.h"
#include "target.h"

static Attachment *segment;

static const AttachmentClass class = { 0 };

static EntryField
field (const char *name, char code, guint dimensions, guint64 first, guint64 second)
{
  EntryField f = { .name = (char *) name, .dimensions = dimensions, .shape = { first, second } };

  shmlens_type_from_code (code, &f.type);
  return f;
}

static void
add (GPtrArray *entries, const char *name, guint dimensions, guint64 a, guint64 b, guint64 c,
     guint64 d, guint n_fields, EntryField *fields)
{
  EntryInfo values = { .id = entries->len, .name = (char *) name, .dimensions = dimensions,
                       .shape = { a, b, c, d }, .length = 1, .n_fields = n_fields,
                       .fields = fields, .type = { 4, SHMLENS_KIND_SIGNED, 'i' } };

  if (n_fields > 0)
    values.type = (struct shmlens_type) { 64, SHMLENS_KIND_STRUCT, 'T' };
  for (guint i = 0; i < dimensions; i++)
    values.length *= values.shape[i];
  g_ptr_array_add (entries, entry_info_new (&values));
}

static int
set_up (void **state)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_info_unref);
  SegmentInfo values = { .id = (char *) "shm:/s", .name = (char *) "/s", .kind = "native" };
  SegmentInfo *info = segment_info_new (&values);
  EntryField fields[] = { field ("x", 'i', 0, 0, 0), field ("y", 'i', 0, 0, 0),
                          field ("y.z", 'i', 0, 0, 0), field ("v", 'i', 1, 4, 0),
                          field ("m", 'i', 2, 2, 3) };
  EntryField elements[] = { field ("[0]", 'i', 0, 0, 0), field ("[1]", 'c', 1, 8, 0),
                            field ("[2]", 'd', 0, 0, 0) };

  add (entries, "v", 0, 0, 0, 0, 0, 0, NULL);
  add (entries, "a", 1, 10, 0, 0, 0, 0, NULL);
  add (entries, "g", 2, 3, 4, 0, 0, 0, NULL);
  add (entries, "h", 4, 2, 3, 4, 5, 0, NULL);
  add (entries, "rec", 0, 0, 0, 0, 0, 5, fields);
  add (entries, "g_pts", 1, 6, 0, 0, 0, 5, fields);
  add (entries, "list", 0, 0, 0, 0, 0, 3, elements);
  add (entries, "a[0]", 1, 7, 0, 0, 0, 0, NULL);
  add (entries, "a[0][1]", 0, 0, 0, 0, 0, 0, NULL);
  add (entries, "my value", 1, 2, 0, 0, 0, 0, NULL);
  add (entries, "rec.x", 1, 2, 0, 0, 0, 0, NULL);
  add (entries, "it's", 1, 2, 0, 0, 0, 0, NULL);
  add (entries, "'q'", 1, 3, 0, 0, 0, 0, NULL);
  add (entries, "back\\slash", 0, 0, 0, 0, 0, 0, NULL);
  add (entries, "empty", 1, 0, 0, 0, 0, 0, NULL);
  add (entries, "größe", 1, 2, 0, 0, 0, 0, NULL);
  add (entries, "two\nlines", 1, 2, 0, 0, 0, 0, NULL);
  segment = g_new0 (Attachment, 1);
  attachment_init (segment, &class, info);
  attachment_update (segment, NULL, entries);
  segment_info_unref (info);
  g_ptr_array_unref (entries);
  return 0;
}

static int
tear_down (void **state)
{
  attachment_unref (segment);
  return 0;
}

/* "NAME first:last shape .field index+length", and "slice" when it is one. */
static void
assert_means (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) found = g_string_new (NULL);
  struct target target;

  if (!target_parse (segment, text, &target, &error))
    fail_msg ("%s: %s", text, error->message);
  g_string_append_printf (found, "%s %d:%d", target.entry->name, (int) target.first,
                          (int) target.last);
  for (guint i = 0; i < target.dimensions; i++)
    g_string_append_printf (found, "%s%d", i == 0 ? " " : "x", (int) target.shape[i]);
  if (target.field >= 0)
    g_string_append_printf (found, " .%s %d+%d", target.entry->fields[target.field].name,
                            (int) target.field_index, (int) target.field_length);
  if (target.is_slice)
    g_string_append (found, " slice");
  assert_string_equal (found->str, expected);
  target_clear (&target);
}

static void
assert_fails (const char *text, enum inspect_error code, const char *part)
{
  g_autoptr (GError) error = NULL;
  struct target target;

  assert_false (target_parse (segment, text, &target, &error));
  if (error->code != (int) code || strstr (error->message, part) == NULL)
    fail_msg ("%s: %d %s", text, error->code, error->message);
}

static void
names_alone_mean_everything (void **state)
{
  assert_means ("v", "v 0:1");
  assert_means ("a", "a 0:10 10 slice");
  assert_means ("g", "g 0:12 3x4 slice");
  assert_means ("rec", "rec 0:1");
  assert_means ("empty", "empty 0:0 0 slice");
  assert_means ("größe[1]", "größe 1:2");
}

static void
indices_count_from_both_ends (void **state)
{
  assert_means ("a[3]", "a 3:4");
  assert_means ("a[-1]", "a 9:10");
  assert_means ("a[-10]", "a 0:1");
  assert_means ("a[+2]", "a 2:3");
  assert_means ("a[ 3 ]", "a 3:4");
  assert_means ("g[1][2]", "g 6:7");
  assert_means ("g[-1][-1]", "g 11:12");
  assert_means ("h[1][2][3][4]", "h 119:120");
}

static void
slices_may_be_open_on_both_sides (void **state)
{
  assert_means ("a[2:5]", "a 2:5 3 slice");
  assert_means ("a[:5]", "a 0:5 5 slice");
  assert_means ("a[7:]", "a 7:10 3 slice");
  assert_means ("a[:]", "a 0:10 10 slice");
  assert_means ("a[-3:-1]", "a 7:9 2 slice");
  assert_means ("a[3:4]", "a 3:4 1 slice");
  assert_means ("a[4:4]", "a 4:4 0 slice");
  assert_means ("a[10:10]", "a 10:10 0 slice");
  assert_means ("a[ 2 : 5 ]", "a 2:5 3 slice");
  assert_means ("empty[:]", "empty 0:0 0 slice");
}

static void
trailing_dimensions_may_be_left_out (void **state)
{
  assert_means ("g[1]", "g 4:8 4 slice");
  assert_means ("g[1:3]", "g 4:12 2x4 slice");
  assert_means ("g[2][1:3]", "g 9:11 2 slice");
  assert_means ("h[1]", "h 60:120 3x4x5 slice");
  assert_means ("h[1][2]", "h 100:120 4x5 slice");
  assert_means ("h[1][0:2]", "h 60:100 2x4x5 slice");
  assert_means ("h[0][0][0][1:]", "h 1:5 4 slice");
}

static void
fields_are_selected_by_their_longest_name (void **state)
{
  assert_means ("rec.y", "rec 0:1 .y 0+1");
  assert_means ("rec.y.z", "rec 0:1 .y.z 0+1");
  assert_means ("g_pts[1].y", "g_pts 1:2 .y 0+1");
  assert_means ("g_pts[-1].y.z", "g_pts 5:6 .y.z 0+1");
  assert_means ("g_pts[1:3].y", "g_pts 1:3 2 .y 0+1 slice");
  assert_means ("g_pts.x", "g_pts 0:6 6 .x 0+1 slice");
}

static void
array_fields_are_indexed_too (void **state)
{
  assert_means ("rec.v[2]", "rec 0:1 .v 2+1");
  assert_means ("rec.v[-1]", "rec 0:1 .v 3+1");
  assert_means ("rec.v", "rec 0:1 4 .v 0+4 slice");
  assert_means ("rec.v[1:3]", "rec 0:1 2 .v 1+2 slice");
  assert_means ("rec.m[1][2]", "rec 0:1 .m 5+1");
  assert_means ("rec.m[1]", "rec 0:1 3 .m 3+3 slice");
  assert_means ("g_pts[2].v[0]", "g_pts 2:3 .v 0+1");
  assert_means ("g_pts[2:4].m", "g_pts 2:4 2x2x3 .m 0+6 slice");
}

static void
lists_of_mixed_types_are_indexed (void **state)
{
  assert_means ("list[0]", "list 0:1 .[0] 0+1");
  assert_means ("list[-1]", "list 0:1 .[2] 0+1");
  assert_means ("list[1]", "list 0:1 8 .[1] 0+8 slice");
  assert_means ("list[1][2]", "list 0:1 .[1] 2+1");
  assert_means ("list.[2]", "list 0:1 .[2] 0+1");
  assert_means ("list", "list 0:1");
  assert_fails ("list[3]", INSPECT_ERROR_NOT_FOUND, "out of bounds");
  assert_fails ("list[0:2]", INSPECT_ERROR_USAGE, "differ in type");
  assert_fails ("list[0][0]", INSPECT_ERROR_USAGE, "single value");
  assert_fails ("list[0].[1]", INSPECT_ERROR_USAGE, "cannot be understood");
}

static void
an_exact_name_comes_first_then_the_longest (void **state)
{
  assert_means ("a[0]", "a[0] 0:7 7 slice");
  assert_means ("a[0][2]", "a[0] 2:3");
  assert_means ("a[0][1]", "a[0][1] 0:1");
  assert_means ("a[1]", "a 1:2");
  assert_means ("my value[1]", "my value 1:2");
  assert_means ("rec.x", "rec.x 0:2 2 slice");
  assert_means ("rec.x[1]", "rec.x 1:2");
  assert_means ("it's[0]", "it's 0:1");
  assert_means ("'q'", "'q' 0:3 3 slice");
}

static void
quotes_take_the_name_as_it_stands (void **state)
{
  assert_means ("'a'[0]", "a 0:1");
  assert_means ("\"a\"[0]", "a 0:1");
  assert_means ("'a[0]'[3]", "a[0] 3:4");
  assert_means ("'rec'.x", "rec 0:1 .x 0+1");
  assert_means ("\"it's\"[1]", "it's 1:2");
  assert_means ("'it\\'s'[1]", "it's 1:2");
  assert_means ("'back\\\\slash'", "back\\slash 0:1");
  assert_means ("back\\slash", "back\\slash 0:1");
  assert_means ("\"'q'\"[1]", "'q' 1:2");
}

static void
what_cannot_be_seen_is_written_as_it_is_or_as_it_is_shown (void **state)
{
  assert_means ("two\\nlines", "two\\nlines 0:2 2 slice");
  assert_means ("two\nlines", "two\\nlines 0:2 2 slice");
  assert_means ("two\nlines[1]", "two\\nlines 1:2");
  assert_means ("'two\nlines'[1]", "two\\nlines 1:2");
  assert_means ("'two\\\\nlines'[1]", "two\\nlines 1:2");
  assert_fails ("two\nlines[x\033]", INSPECT_ERROR_USAGE, "\"two\\nlines[x\\x1b]\"");
  assert_fails ("'two\nlines\033'", INSPECT_ERROR_NOT_FOUND, "\"two\\nlines\\x1b\"");
}

static void
what_is_not_there_is_not_found (void **state)
{
  assert_fails ("nothing", INSPECT_ERROR_NOT_FOUND, "nothing");
  assert_fails ("g_pst", INSPECT_ERROR_NOT_FOUND, "near it are \"g_pts\"");
  assert_fails ("g_pst[1]", INSPECT_ERROR_NOT_FOUND, "\"g_pts\"");
  assert_fails ("'nothing'[1]", INSPECT_ERROR_NOT_FOUND, "nothing");
  assert_fails ("a[10]", INSPECT_ERROR_NOT_FOUND, "10");
  assert_fails ("a[-11]", INSPECT_ERROR_NOT_FOUND, "-11");
  assert_fails ("a[0:11]", INSPECT_ERROR_NOT_FOUND, "11");
  assert_fails ("a[11:]", INSPECT_ERROR_NOT_FOUND, "11");
  assert_fails ("a[-9223372036854775808]", INSPECT_ERROR_NOT_FOUND, "out of bounds");
  assert_fails ("a[9223372036854775807]", INSPECT_ERROR_NOT_FOUND, "out of bounds");
  assert_fails ("g[0][4]", INSPECT_ERROR_NOT_FOUND, "dimension 2 has 4");
  assert_fails ("empty[0]", INSPECT_ERROR_NOT_FOUND, "empty");
  assert_fails ("rec.w", INSPECT_ERROR_NOT_FOUND, "no field \"w\"");
  assert_fails ("rec.v[4]", INSPECT_ERROR_NOT_FOUND, "out of bounds");
  assert_fails ("v.x", INSPECT_ERROR_NOT_FOUND, "no structure");
}

static void
what_cannot_be_read_says_where (void **state)
{
  assert_fails ("", INSPECT_ERROR_USAGE, "empty");
  assert_fails ("\xff", INSPECT_ERROR_USAGE, "UTF-8");
  assert_fails ("v[0]", INSPECT_ERROR_USAGE, "single value");
  assert_fails ("a[]", INSPECT_ERROR_USAGE, "character 3");
  assert_fails ("a[1", INSPECT_ERROR_USAGE, "] is missing");
  assert_fails ("a[", INSPECT_ERROR_USAGE, "missing");
  assert_fails ("a[1]]", INSPECT_ERROR_USAGE, "character 5");
  assert_fails ("a[1][2]", INSPECT_ERROR_USAGE, "more indices");
  assert_fails ("a[1.5]", INSPECT_ERROR_USAGE, "whole number");
  assert_fails ("a[0x1]", INSPECT_ERROR_USAGE, "whole number");
  assert_fails ("a[-]", INSPECT_ERROR_USAGE, "number is missing");
  assert_fails ("a[99999999999999999999]", INSPECT_ERROR_USAGE, "too large");
  assert_fails ("a[5:2]", INSPECT_ERROR_USAGE, "ends before");
  assert_fails ("a[1:5:2]", INSPECT_ERROR_USAGE, "step");
  assert_fails ("g[0:2][1]", INSPECT_ERROR_USAGE, "last index");
  assert_fails ("'a", INSPECT_ERROR_USAGE, "not closed");
  assert_fails ("'a\\", INSPECT_ERROR_USAGE, "not closed");
  assert_fails ("a[1]x", INSPECT_ERROR_USAGE, "\"x\"");
  assert_fails ("'a'x", INSPECT_ERROR_USAGE, "\"x\"");
  assert_fails ("rec.v[1]y", INSPECT_ERROR_USAGE, "\"y\"");
}

static void
any_text_is_answered (void **state)
{
  static const char letters[] = "agvhrec.[]0123-+:'\"\\ xym";
  GRand *random = g_rand_new_with_seed (7);
  guint understood = 0;

  for (guint i = 0; i < 200000; i++)
    {
      guint length = g_rand_int_range (random, 0, 14);
      g_autoptr (GError) error = NULL;
      struct target target;
      char text[16] = "";

      for (guint j = 0; j < length; j++)
        text[j] = letters[g_rand_int_range (random, 0, sizeof letters - 1)];
      if (target_parse (segment, text, &target, &error))
        {
          assert_true (target.first <= target.last && target.last <= target.entry->length);
          target_clear (&target);
          understood++;
        }
      else
        assert_true (error->code == INSPECT_ERROR_USAGE || error->code == INSPECT_ERROR_NOT_FOUND);
    }
  assert_true (understood > 1000);
  g_rand_free (random);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (names_alone_mean_everything),
    cmocka_unit_test (indices_count_from_both_ends),
    cmocka_unit_test (slices_may_be_open_on_both_sides),
    cmocka_unit_test (trailing_dimensions_may_be_left_out),
    cmocka_unit_test (fields_are_selected_by_their_longest_name),
    cmocka_unit_test (array_fields_are_indexed_too),
    cmocka_unit_test (lists_of_mixed_types_are_indexed),
    cmocka_unit_test (an_exact_name_comes_first_then_the_longest),
    cmocka_unit_test (quotes_take_the_name_as_it_stands),
    cmocka_unit_test (what_cannot_be_seen_is_written_as_it_is_or_as_it_is_shown),
    cmocka_unit_test (what_is_not_there_is_not_found),
    cmocka_unit_test (what_cannot_be_read_says_where),
    cmocka_unit_test (any_text_is_answered),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
