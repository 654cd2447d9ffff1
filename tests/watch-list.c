/* What people keep an eye on: rows, their file, and the segments that they mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>

#include "inspect-error.h"
#include "support/kept-fixture.h"
#include "watch-list.h"

/* "[heading]" and "segment/target=value#note", one after the other. */
static void
assert_rows (WatchList *list, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < watch_list_length (list); i++)
    {
      const WatchRow *row = watch_list_get (list, i);

      if (row->heading != NULL)
        g_string_append_printf (text, "[%s]", row->heading);
      else
        g_string_append_printf (text, "%s/%s=%s#%s;", row->segment, row->target,
                                row->value != NULL ? row->value : "", row->note);
    }
  assert_string_equal (text->str, expected);
}

static void
rows_come_back_from_the_file (void **state)
{
  g_autoptr (WatchList) list = watch_list_new (path);
  g_autoptr (WatchList) later = watch_list_new (path);

  assert_true (watch_list_load (list, NULL));
  assert_int_equal (watch_list_length (list), 0);
  assert_true (watch_list_add (list, &training, "counts[3]"));
  assert_true (watch_list_add (list, &training, "'odd = name'[2:5]"));
  assert_false (watch_list_add (list, &training, "counts[3]"));
  assert_true (watch_list_add_heading (list, 1, "Über\nalles"));
  watch_list_set_note (list, 0, "  [look] = here #\n");
  watch_list_set_value (list, 2, "1.5");
  watch_list_set_value (list, 2, NULL);
  assert_true (watch_list_save (list, NULL));

  assert_true (watch_list_load (later, NULL));
  assert_rows (later, "native:training/counts[3]=#  [look] = here #\n;[Über\nalles]"
                      "native:training/'odd = name'[2:5]=1.5#;");
  assert_string_equal (watch_list_get (later, 0)->title, "training run");
  assert_int_equal (watch_list_find (later, &training, "'odd = name'[2:5]"), 2);
  assert_int_equal (watch_list_find (later, &training, "loss"), G_MAXUINT);
}

static void
rows_move_and_go (void **state)
{
  g_autoptr (WatchList) list = watch_list_new (path);

  assert_true (watch_list_add (list, &training, "a"));
  assert_true (watch_list_add (list, &training, "b"));
  assert_true (watch_list_add (list, &training, "c"));
  assert_true (watch_list_add_heading (list, 99, "h"));
  watch_list_move (list, 3, 0);
  watch_list_move (list, 1, 3);
  assert_rows (list, "[h]native:training/b=#;native:training/c=#;native:training/a=#;");
  watch_list_remove (list, 1);
  watch_list_set_heading (list, 0, "other");
  assert_rows (list, "[other]native:training/c=#;native:training/a=#;");
}

static void
what_cannot_be_read_is_put_aside (void **state)
{
  static const char *const broken[] = {
    "no key file at all",
    "[watch list]\nversion=2\n",
    "[watch list]\nversion=1\n[row 1]\nsegment=native:x\n",
    "[watch list]\nversion=1\n[row 1]\nsegment=native:x\ntarget=\xff\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (WatchList) list = watch_list_new (path);
      g_autoptr (GError) error = NULL;
      g_autofree char *aside = g_strdup_printf ("%s.unreadable-%u", path, i + 1);
      g_autofree char *kept = NULL;

      write_file (broken[i]);
      assert_false (watch_list_load (list, &error));
      assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT));
      assert_non_null (strstr (error->message, aside));
      assert_int_equal (watch_list_length (list), 0);
      assert_true (watch_list_save (list, NULL));
      assert_true (g_file_get_contents (aside, &kept, NULL, NULL));
      assert_string_equal (kept, broken[i]);
    }
}

static void
what_can_be_read_of_a_broken_file_is_there (void **state)
{
  g_autoptr (WatchList) list = watch_list_new (path);
  g_autoptr (GError) error = NULL;

  write_file ("[watch list]\nversion=1\n[row 1]\nsegment=native:x\ntarget=a\n[row 2]\nfoo=1\n"
              "[row 3]\nheading=h\n");
  assert_false (watch_list_load (list, &error));
  assert_non_null (strstr (error->message, "only 2 rows"));
  assert_rows (list, "native:x/a=#;[h]");
}

static void
what_cannot_be_put_aside_is_not_overwritten (void **state)
{
  g_autoptr (WatchList) list = watch_list_new (path);
  g_autoptr (GError) error = NULL;
  g_autofree char *kept = NULL;

  /* No name is left for it. */
  write_file ("not ours");
  for (guint i = 1; i < 1000; i++)
    {
      g_autofree char *aside = g_strdup_printf ("%s.unreadable-%u", path, i);

      assert_true (g_file_set_contents_full (aside, "", 0, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
  assert_false (watch_list_load (list, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION));
  assert_true (watch_list_add (list, &training, "a"));
  assert_true (watch_list_save (list, NULL));
  assert_true (g_file_get_contents (path, &kept, NULL, NULL));
  assert_string_equal (kept, "not ours");
}

static void
a_file_that_cannot_be_written_is_said (void **state)
{
  g_autofree char *below = g_path_get_dirname (path);
  g_autofree char *impossible = g_build_filename (directory, "below", "x", "list.ini", NULL);
  g_autoptr (WatchList) list = watch_list_new (impossible);
  g_autoptr (GError) error = NULL;

  write_file ("");
  g_unlink (path);
  {
    g_autofree char *file = g_build_filename (below, "x", NULL);

    assert_true (g_file_set_contents (file, "", 0, NULL));
  }
  assert_true (watch_list_add (list, &training, "a"));
  assert_false (watch_list_save (list, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION));
  assert_non_null (strstr (error->message, "until the end of this program"));
}

static void
rows_and_texts_are_bounded (void **state)
{
  g_autoptr (WatchList) list = watch_list_new (path);
  g_autofree char *longer = g_strnfill (WATCH_LIST_TEXT_MAX + 1, 'x');

  assert_false (watch_list_add (list, &training, longer));
  for (guint i = 0; i < WATCH_LIST_ROWS_MAX; i++)
    assert_true (watch_list_add_heading (list, 0, "h"));
  assert_false (watch_list_add_heading (list, 0, "h"));
  assert_false (watch_list_add (list, &training, "a"));
  memcpy (longer + WATCH_LIST_TEXT_MAX - 1, "\xc3\xa4", 2);
  watch_list_set_note (list, 0, longer);
  assert_int_equal (strlen (watch_list_get (list, 0)->note), WATCH_LIST_TEXT_MAX - 1);
  assert_true (g_utf8_validate (watch_list_get (list, 0)->note, -1, NULL));
}

static void
a_segment_is_known_by_what_stays_the_same (void **state)
{
  SegmentInfo other = training;
  g_autofree char *key = watch_list_key (&training);

  assert_string_equal (key, "native:training");
  assert_int_equal (watch_list_fit (key, &training), 3);
  other.name = (char[]) { "/training-2" };
  other.n_pids = 0;
  assert_int_equal (watch_list_fit (key, &other), 2);
  other.state = SEGMENT_REMOVED;
  assert_int_equal (watch_list_fit (key, &other), 1);
  other.logical_name = NULL;
  assert_int_equal (watch_list_fit (key, &other), 0);
  assert_int_equal (watch_list_fit ("native:/training-2", &other), 1);
  other.kind = "posix";
  assert_int_equal (watch_list_fit ("native:/training-2", &other), 0);
}

int
main (void)
{
#define test(name) cmocka_unit_test_setup_teardown (name, begin, end)
  const struct CMUnitTest tests[] = {
    test (rows_come_back_from_the_file),
    test (rows_move_and_go),
    test (what_cannot_be_read_is_put_aside),
    test (what_can_be_read_of_a_broken_file_is_there),
    test (what_cannot_be_put_aside_is_not_overwritten),
    test (a_file_that_cannot_be_written_is_said),
    test (rows_and_texts_are_bounded),
    test (a_segment_is_known_by_what_stays_the_same),
  };
#undef test

  return cmocka_run_group_tests (tests, NULL, NULL);
}
