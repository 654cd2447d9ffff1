/* Comparing snapshots: what counts as different, and how it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "snapshot-compare.h"

static Snapshot *
new_snapshot (void)
{
  return snapshot_new (NULL, "/test", "test", 1);
}

static void
add (Snapshot *snapshot, const char *name, char code, guint64 length, const void *elements)
{
  EntryInfo values = { .name = (char *) name, .length = MAX (length, 1), .dimensions = length > 0 };
  g_autoptr (EntryInfo) info = NULL;
  g_autoptr (GBytes) bytes = NULL;

  assert_int_equal (shmlens_type_from_code (code, &values.type), 0);
  values.shape[0] = length;
  info = entry_info_new (&values);
  bytes = g_bytes_new (elements, values.length * values.type.size);
  snapshot_add (snapshot, info, bytes, NULL);
}

/* Of two arrays of one type. */
static SnapshotDifference *
compare (char code, guint64 length, const void *a, const void *b,
         const struct snapshot_tolerance *tolerance, Snapshot **old, Snapshot **new)
{
  g_autoptr (GPtrArray) differences = NULL;

  *old = new_snapshot ();
  *new = new_snapshot ();
  add (*old, "a", code, length, a);
  add (*new, "a", code, length, b);
  differences = snapshot_compare (*old, *new, tolerance, NULL);
  assert_true (differences->len <= 1);
  return differences->len == 0 ? NULL : g_ptr_array_steal_index (differences, 0);
}

static void
difference_free (SnapshotDifference *difference)
{
  g_clear_pointer (&difference->ranges, g_array_unref);
  g_free (difference);
}

static const struct snapshot_range *
range (const SnapshotDifference *difference, guint index)
{
  assert_true (index < difference->ranges->len);
  return &g_array_index (difference->ranges, struct snapshot_range, index);
}

static guint64
count_doubles (double a, double b, double absolute, double relative)
{
  const struct snapshot_tolerance tolerance = { absolute, relative };
  g_autoptr (Snapshot) old = NULL, new = NULL;
  SnapshotDifference *difference = compare ('d', 0, &a, &b, &tolerance, &old, &new);
  guint64 count = difference == NULL ? 0 : difference->count;

  if (difference != NULL)
    difference_free (difference);
  return count;
}

static void
test_ranges (void **state)
{
  const gint32 a[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
  const gint32 b[8] = { 0, 11, -2, 3, 4, 5, 6, 8 };
  g_autoptr (Snapshot) old = NULL, new = NULL;
  SnapshotDifference *difference = compare ('i', 8, a, b, NULL, &old, &new);
  g_autofree char *then = NULL, *now = NULL, *more = NULL, *name = NULL, *one = NULL;

  assert_int_equal (difference->change, SNAPSHOT_ELEMENTS);
  assert_int_equal (difference->count, 3);
  assert_true (difference->largest == 10);
  assert_int_equal (difference->ranges->len, 2);
  assert_int_equal (range (difference, 0)->first, 1);
  assert_int_equal (range (difference, 0)->last, 3);
  assert_int_equal (range (difference, 0)->count, 2);
  assert_true (range (difference, 0)->largest == 10);
  assert_int_equal (range (difference, 1)->first, 7);
  assert_int_equal (range (difference, 1)->last, 8);
  then = snapshot_element_text (difference->a, -1, 2);
  now = snapshot_element_text (difference->b, -1, 2);
  more = snapshot_difference_text (difference, -1, 2);
  name = snapshot_range_name (difference, range (difference, 0));
  one = snapshot_range_name (difference, range (difference, 1));
  assert_string_equal (name, "a[1:3]");
  assert_string_equal (one, "a[7]");
  assert_string_equal (then, "2");
  assert_string_equal (now, "-2");
  assert_string_equal (more, "-4");
  difference_free (difference);
}

/* The last range stands for what there is no room for; the counts are exact. */
static void
test_many_ranges (void **state)
{
  const guint n = 4 * SNAPSHOT_RANGES_MAX;
  g_autofree guint8 *a = g_malloc0 (n), *b = g_malloc0 (n);
  g_autoptr (Snapshot) old = NULL, new = NULL;
  SnapshotDifference *difference;

  for (guint i = 0; i < n; i += 2)
    b[i] = 1;
  difference = compare ('B', n, a, b, NULL, &old, &new);
  assert_int_equal (difference->count, n / 2);
  assert_int_equal (difference->ranges->len, SNAPSHOT_RANGES_MAX);
  assert_int_equal (range (difference, SNAPSHOT_RANGES_MAX - 1)->last, n - 1);
  assert_int_equal (range (difference, SNAPSHOT_RANGES_MAX - 1)->count,
                    n / 2 - SNAPSHOT_RANGES_MAX + 1);
  difference_free (difference);
}

static void
test_floats (void **state)
{
  assert_int_equal (count_doubles (1, 1, 0, 0), 0);
  assert_int_equal (count_doubles (1, nextafter (1, 2), 0, 0), 1);
  assert_int_equal (count_doubles (0.0, -0.0, 0, 0), 0);
  assert_int_equal (count_doubles (NAN, -NAN, 0, 0), 0);
  assert_int_equal (count_doubles (NAN, 1, 1e300, 1e300), 1);
  assert_int_equal (count_doubles (INFINITY, 1, 0, 1), 1);
  assert_int_equal (count_doubles (INFINITY, -INFINITY, 5, 5), 1);
  assert_int_equal (count_doubles (1, 1.4, 0.5, 0), 0);
  assert_int_equal (count_doubles (1, 1.6, 0.5, 0), 1);
  assert_int_equal (count_doubles (1000, 1009, 0, 0.01), 0);
  assert_int_equal (count_doubles (1000, 1011, 0, 0.01), 1);
}

static void
test_wide_integers (void **state)
{
  const guint64 a = G_MAXUINT64, b = G_MAXUINT64 - 1, zero = 0;
  const struct snapshot_tolerance one = { 1, 0 };
  g_autoptr (Snapshot) old = NULL, new = NULL, old2 = NULL, new2 = NULL, old3 = NULL, new3 = NULL;
  SnapshotDifference *difference = compare ('Q', 0, &a, &b, NULL, &old, &new);
  g_autofree char *text = NULL, *most = NULL;

  assert_true (difference->largest == 1);
  text = snapshot_difference_text (difference, -1, 0);
  assert_string_equal (text, "-1");
  difference_free (difference);
  assert_null (compare ('Q', 0, &a, &b, &one, &old2, &new2));

  difference = compare ('Q', 0, &zero, &a, NULL, &old3, &new3);
  most = snapshot_difference_text (difference, -1, 0);
  assert_string_equal (most, "+18446744073709551615");
  difference_free (difference);
}

static void
test_text (void **state)
{
  g_autoptr (Snapshot) old = NULL, new = NULL;
  const struct snapshot_tolerance wide = { 1000, 1 };
  SnapshotDifference *difference = compare ('c', 3, "abc", "abd", &wide, &old, &new);

  assert_int_equal (difference->count, 1);
  assert_true (isnan (difference->largest));
  assert_null (snapshot_difference_text (difference, -1, 2));
  difference_free (difference);
}

/* What lies between the fields is nobody's. */
static void
test_structure (void **state)
{
  EntryField fields[] = { { .name = (char *) "a" },
                          { .name = (char *) "b", .offset = 4, .dimensions = 1, .shape = { 3 } } };
  EntryInfo values = { .name = (char *) "s",
                       .type = { 8, SHMLENS_KIND_STRUCT, 'T', 0 },
                       .length = 2,
                       .dimensions = 1,
                       .shape = { 2 },
                       .n_fields = 2,
                       .fields = fields };
  g_autoptr (Snapshot) old = new_snapshot (), new = new_snapshot ();
  g_autoptr (GBytes) a = g_bytes_new ("\1-..\1\2\3.\1-..\1\2\3.", 16);
  g_autoptr (GBytes) b = g_bytes_new ("\1-!!\1\2\3!\2-!!\1\7\4!", 16);
  g_autoptr (EntryInfo) info = NULL;
  g_autoptr (GPtrArray) differences = NULL;
  SnapshotDifference *difference;
  g_autofree char *text = NULL, *name = NULL;

  shmlens_type_from_code ('H', &fields[0].type);
  shmlens_type_from_code ('B', &fields[1].type);
  info = entry_info_new (&values);
  snapshot_add (old, info, a, NULL);
  snapshot_add (new, info, b, NULL);
  differences = snapshot_compare (old, new, NULL, NULL);
  assert_int_equal (differences->len, 1);
  difference = differences->pdata[0];
  assert_int_equal (difference->count, 2);
  assert_int_equal (range (difference, 0)->field, 0);
  assert_int_equal (range (difference, 0)->first, 1);
  assert_int_equal (range (difference, 1)->field, 1);
  assert_int_equal (range (difference, 1)->count, 1);
  assert_true (range (difference, 1)->largest == 5);
  name = snapshot_range_name (difference, range (difference, 1));
  assert_string_equal (name, "s[1].b");
  text = snapshot_element_text (difference->b, 1, 1);
  assert_string_equal (text, "[1, 7, 4]");
  assert_null (snapshot_difference_text (difference, 1, 1));
}

static void
test_one_side_and_types (void **state)
{
  g_autoptr (Snapshot) old = new_snapshot (), new = new_snapshot ();
  const gint32 one[2] = { 1, 1 };
  const char *const names[] = { "gone", "same", NULL };
  g_autoptr (GPtrArray) differences = NULL, some = NULL;
  static const enum snapshot_change expected[]
    = { SNAPSHOT_ONLY_A, SNAPSHOT_TYPE, SNAPSHOT_TYPE, SNAPSHOT_NOT_READ, SNAPSHOT_ONLY_B };
  g_autoptr (EntryInfo) info = NULL;

  add (old, "same", 'i', 0, one);
  add (old, "gone", 'i', 0, one);
  add (old, "type", 'i', 0, one);
  add (old, "shape", 'i', 2, one);
  add (old, "refused", 'i', 0, one);
  add (new, "come", 'i', 0, one);
  add (new, "same", 'i', 0, one);
  add (new, "type", 'f', 0, one);
  add (new, "shape", 'i', 0, one);
  info = entry_info_ref (snapshot_find (old, "refused")->info);
  snapshot_add (new, info, NULL, "it is too large");

  differences = snapshot_compare (old, new, NULL, NULL);
  assert_int_equal (differences->len, G_N_ELEMENTS (expected));
  for (guint i = 0; i < differences->len; i++)
    assert_int_equal (((SnapshotDifference *) differences->pdata[i])->change, expected[i]);
  some = snapshot_compare (old, new, NULL, names);
  assert_int_equal (some->len, 1);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_ranges),
    cmocka_unit_test (test_many_ranges),
    cmocka_unit_test (test_floats),
    cmocka_unit_test (test_wide_integers),
    cmocka_unit_test (test_text),
    cmocka_unit_test (test_structure),
    cmocka_unit_test (test_one_side_and_types),
  };

  return cmocka_run_group_tests_name ("snapshot-compare", tests, NULL, NULL);
}
