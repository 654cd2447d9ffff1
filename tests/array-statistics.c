/* What the numbers of an array are like: by one pass over pieces, in whatever order and
 * type, as by the book; and read on a thread that can be given up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "array-statistics.h"
#include "inspect-error.h"
#include "support/fake-attachment.h"

static struct shmlens_type
type_of (char code)
{
  struct shmlens_type type;

  assert_int_equal (shmlens_type_from_code (code, &type), 0);
  return type;
}

static gboolean
near (double a, double b)
{
  return a == b || fabs (a - b) <= 1e-12 * MAX (fabs (a), fabs (b));
}

/* Added in pieces of these sizes. */
static ArrayStatistics
statistics_of (char code, const void *elements, guint64 n, guint64 piece)
{
  struct shmlens_type type = type_of (code);
  ArrayStatistics statistics;

  array_statistics_init (&statistics, &type);
  for (guint64 i = 0; i < n; i += piece)
    array_statistics_add (&statistics, (const guint8 *) elements + i * type.size,
                          MIN (piece, n - i), i);
  return statistics;
}

/* Two passes in long double. */
static void
assert_by_the_book (const ArrayStatistics *statistics, const double *numbers, guint64 n)
{
  guint64 n_nan = 0, n_infinite = 0, n_finite = 0, least = 0, most = 0;
  long double sum = 0, squares = 0, mean;

  for (guint64 i = 0; i < n; i++)
    if (isnan (numbers[i]))
      n_nan++;
    else if (isinf (numbers[i]))
      n_infinite++;
    else
      {
        if (n_finite == 0 || numbers[i] < numbers[least])
          least = i;
        if (n_finite == 0 || numbers[i] > numbers[most])
          most = i;
        n_finite++;
        sum += numbers[i];
      }
  mean = sum / n_finite;
  for (guint64 i = 0; i < n; i++)
    if (isfinite (numbers[i]))
      squares += (numbers[i] - mean) * (numbers[i] - mean);

  assert_int_equal (statistics->n, n);
  assert_int_equal (statistics->n_nan, n_nan);
  assert_int_equal (statistics->n_infinite, n_infinite);
  assert_int_equal (statistics->has_numbers, n_finite > 0);
  if (n_finite == 0)
    {
      assert_true (isnan (array_statistics_mean (statistics)));
      assert_true (isnan (array_statistics_deviation (statistics)));
      return;
    }
  assert_int_equal (statistics->least_number, least);
  assert_int_equal (statistics->most_number, most);
  assert_true (near (array_statistics_mean (statistics), (double) mean));
  assert_true (near (array_statistics_deviation (statistics),
                     (double) sqrtl (squares / n_finite)));
}

static void
doubles_are_as_by_the_book_in_pieces_of_any_size (void **state)
{
  static const guint64 lengths[] = { 0, 1, 15, 16, 17, 4095, 4096, 4097, 20000 };
  static const guint64 pieces[] = { 1, 7, 16, 4096, 5000, 100000 };
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autofree double *numbers = g_new (double, 20000);

  for (guint i = 0; i < 20000; i++)
    {
      int kind = g_rand_int_range (random, 0, 40);

      /* Far from 0 and near to each other: where sums of squares lose everything. */
      numbers[i] = kind == 0   ? NAN
                   : kind == 1 ? INFINITY
                   : kind == 2 ? -INFINITY
                               : 1e9 + g_rand_double (random);
    }
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (guint j = 0; j < G_N_ELEMENTS (pieces); j++)
      {
        ArrayStatistics statistics = statistics_of ('d', numbers, lengths[i], pieces[j]);

        if (lengths[i] > 0)
          assert_by_the_book (&statistics, numbers, lengths[i]);
        else
          assert_false (statistics.has_numbers);
      }
}

static void
each_type_is_exact_at_its_ends (void **state)
{
  static const struct
  {
    char code;
    guint64 bits[3];
    const char *least, *most, *sum;
  } cases[] = {
    { '?', { 0, 1, 1 }, "0", "1", "2" },
    { 'b', { 0x80, 0x7f, 0 }, "-128", "127", "-1" },
    { 'B', { 255, 255, 1 }, "1", "255", "511" },
    { 'h', { 0x8000, 0x7fff, 0 }, "-32768", "32767", "-1" },
    { 'H', { 65535, 65535, 1 }, "1", "65535", "131071" },
    { 'i', { 0x80000000, 0x80000000, 5 }, "-2147483648", "5", "-4294967291" },
    { 'I', { 0xffffffff, 0xffffffff, 1 }, "1", "4294967295", "8589934591" },
    { 'q', { 0x8000000000000000, 0x8000000000000000, 0x20000000000001 },
      "-9223372036854775808", "9007199254740993", "-18437736874454810623" },
    { 'Q', { G_MAXUINT64, G_MAXUINT64, G_MAXUINT64 - 1 }, "18446744073709551614",
      "18446744073709551615", "55340232221128654844" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      struct shmlens_type type = type_of (cases[i].code);
      guint8 elements[24];
      ArrayStatistics statistics;
      g_autofree char *least = NULL, *most = NULL, *sum = NULL;

      for (guint j = 0; j < 3; j++)
        memcpy (elements + j * type.size, &cases[i].bits[j], type.size);
      statistics = statistics_of (cases[i].code, elements, 3, 2);
      least = number_integer_text (statistics.least.integer);
      most = number_integer_text (statistics.most.integer);
      sum = array_statistics_sum_text (&statistics);
      assert_string_equal (least, cases[i].least);
      assert_string_equal (most, cases[i].most);
      assert_string_equal (sum, cases[i].sum);
    }
}

static void
many_integers_do_not_overflow (void **state)
{
  g_autofree guint64 *numbers = g_new (guint64, 5000);
  g_autofree char *sum = NULL;
  ArrayStatistics statistics;

  for (guint i = 0; i < 5000; i++)
    numbers[i] = G_MAXUINT64;
  statistics = statistics_of ('Q', numbers, 5000, 5000);
  sum = array_statistics_sum_text (&statistics);
  assert_string_equal (sum, "92233720368547758075000");
  assert_true (near (array_statistics_mean (&statistics), 18446744073709551615.0));
  assert_true (array_statistics_deviation (&statistics) == 0);
}

static void
floats_keep_their_extremes_and_are_summed_in_doubles (void **state)
{
  float numbers[] = { 0.1f, NAN, 16777216.0f, 1.0f, 1.0f, -INFINITY };
  ArrayStatistics statistics = statistics_of ('f', numbers, 6, 6);

  assert_int_equal (statistics.n_nan, 1);
  assert_int_equal (statistics.n_infinite, 1);
  assert_true (statistics.least.form == NUMBER_FLOAT && statistics.least.single == 0.1f);
  assert_int_equal (statistics.least_number, 0);
  assert_true (statistics.most.single == 16777216.0f);
  assert_int_equal (statistics.most_number, 2);
  assert_true (statistics.sum == 16777218.0 + (double) 0.1f);
}

static EntryInfo *
add_array (FakeAttachment *fake, char code, guint dimensions, const guint64 *shape,
           gboolean swapped, const void *initial)
{
  EntryInfo values = { .name = (char *) "a", .unit = (char *) "", .doc = (char *) "",
                       .dimensions = dimensions, .length = 1, .swapped = swapped,
                       .editable = TRUE };

  values.type = type_of (code);
  for (guint i = 0; i < dimensions; i++)
    {
      values.shape[i] = shape[i];
      values.length *= shape[i];
    }
  return fake_attachment_add (fake, &values, initial);
}

static void
a_block_is_read_whatever_its_steps_are (void **state)
{
  FakeAttachment *fake = fake_attachment_new (8 << 20);
  Attachment *attachment = fake_attachment_base (fake);
  const guint64 shape[] = { 6, 300, 500 };
  g_autofree gint32 *numbers = g_new (gint32, 6 * 300 * 500);
  g_autoptr (EntryInfo) entry = NULL;
  const ArrayBlock blocks[] = {
    { 0, 6, 150000, 150000, 1 },         /* all */
    { 1000, 300, 500, 500, 1 },          /* a plane */
    { 7 * 500 + 3, 6, 100, 150000, 500 },/* another one, whose columns lie far apart */
    { 2, 100, 200, 500, 2 },             /* every other column */
    { 0, 500, 300, 1, 500 },             /* turned over */
    { 899999, 1, 1, 0, 0 },
    { 5, 0, 10, 1, 1 },
  };

  for (gint32 i = 0; i < 6 * 300 * 500; i++)
    numbers[i] = i * 7 % 100003;
  entry = add_array (fake, 'i', 3, shape, FALSE, numbers);
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      g_autoptr (ArrayReader) reader
        = array_reader_new (attachment, entry, -1, &blocks[i], NULL);
      ArrayStatistics statistics;
      WideInteger sum = 0;
      guint64 n = array_block_n_elements (&blocks[i]), seen = 0, number;
      const void *scalars;
      gint64 got;

      assert_non_null (reader);
      while ((got = array_reader_next (reader, &scalars, &number, NULL)) > 0)
        {
          assert_int_equal (number, seen);
          for (gint64 j = 0; j < got; j++)
            {
              gint32 wanted = numbers[array_block_element (&blocks[i], seen + j)];

              assert_int_equal (((const gint32 *) scalars)[j], wanted);
              sum += wanted;
            }
          seen += (guint64) got;
        }
      assert_int_equal (got, 0);
      assert_int_equal (seen, n);
      assert_true (array_statistics_read (reader, NULL, &statistics, NULL));
      assert_true (statistics.whole == sum);
      assert_int_equal (statistics.n, n);
    }
  fake_attachment_unref (fake);
}

static void
what_is_not_within_or_no_number_is_refused (void **state)
{
  FakeAttachment *fake = fake_attachment_new (4096);
  Attachment *attachment = fake_attachment_base (fake);
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (fake, "a", 'i', 100, NULL);
  g_autoptr (EntryInfo) text = fake_attachment_add_plain (fake, "t", 'c', 100, NULL);
  const ArrayBlock wrong[] = {
    { 0, 1, 101, 0, 1 },
    { 100, 1, 1, 0, 0 },
    { 0, 10, 10, 11, 1 },
    { 0, G_MAXUINT64, 2, 1, 1 },
    { 0, 2, 2, G_MAXUINT64, 1 },
    { 1, 2, 1, G_MAXUINT64, 1 },
  };
  const ArrayBlock right = { 0, 10, 10, 10, 1 };
  GError *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      assert_null (array_reader_new (attachment, entry, -1, &wrong[i], &error));
      assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND));
      g_clear_error (&error);
    }
  assert_null (array_reader_new (attachment, text, -1, &right, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE));
  g_clear_error (&error);
  fake_attachment_unref (fake);
}

static void
the_other_byte_order_is_turned (void **state)
{
  FakeAttachment *fake = fake_attachment_new (4096);
  const guint64 shape[] = { 3 };
  const guint8 bytes[] = { 0, 1, 0xff, 0xfe, 0, 3 };
  g_autoptr (EntryInfo) entry = add_array (fake, 'h', 1, shape, TRUE, bytes);
  ArrayBlock block = array_block_range (0, 3);
  g_autoptr (ArrayReader) reader
    = array_reader_new (fake_attachment_base (fake), entry, -1, &block, NULL);
  ArrayStatistics statistics;

  assert_true (array_statistics_read (reader, NULL, &statistics, NULL));
  assert_true (statistics.whole == 1 - 2 + 3);
  assert_true (statistics.least.integer == -2);
  fake_attachment_unref (fake);
}

static void
numbers_fall_into_bins (void **state)
{
  FakeAttachment *fake = fake_attachment_new (1 << 20);
  g_autofree double *numbers = g_new (double, 10000);
  g_autoptr (EntryInfo) entry = NULL;
  ArrayBlock block = array_block_range (0, 10000);
  g_autoptr (ArrayReader) reader = NULL;
  ArrayStatistics statistics;
  double low = NAN, high = NAN;
  guint64 bins[10], expected[10] = { 0 };

  for (guint i = 0; i < 10000; i++)
    numbers[i] = i % 100 == 99 ? NAN : i % 100 == 98 ? INFINITY : i % 100;
  entry = fake_attachment_add_plain (fake, "a", 'd', 10000, numbers);
  reader = array_reader_new (fake_attachment_base (fake), entry, -1, &block, NULL);
  assert_true (
    array_statistics_read_bins (reader, NULL, &statistics, &low, &high, bins, 10, NULL));
  assert_true (low == 0 && high == 97);
  for (guint i = 0; i <= 97; i++)
    expected[MIN (i * 10 / 97, 9)] += 100;
  assert_memory_equal (bins, expected, sizeof bins);
  low = 10;
  high = 20;
  assert_true (
    array_statistics_read_bins (reader, NULL, &statistics, &low, &high, bins, 10, NULL));
  for (guint i = 0; i < 10; i++)
    assert_int_equal (bins[i], i == 9 ? 200 : 100);

  /* The ends may be as far apart as doubles can be, or the same. */
  numbers[0] = -1.7e308;
  numbers[1] = 1.7e308;
  fake_attachment_poke (fake, entry, 0, 2, numbers);
  low = high = NAN;
  assert_true (
    array_statistics_read_bins (reader, NULL, &statistics, &low, &high, bins, 10, NULL));
  assert_int_equal (bins[0], 1);
  assert_int_equal (bins[9], 1);
  assert_int_equal (bins[4] + bins[5], 9800 - 2);
  low = high = 5;
  assert_true (
    array_statistics_read_bins (reader, NULL, &statistics, &low, &high, bins, 10, NULL));
  assert_int_equal (bins[0], 100);
  fake_attachment_unref (fake);
}

static void
memory_that_goes_away_is_an_error (void **state)
{
  FakeAttachment *fake = fake_attachment_new (4096);
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (fake, "a", 'i', 100, NULL);
  ArrayBlock block = array_block_range (0, 100);
  g_autoptr (ArrayReader) reader
    = array_reader_new (fake_attachment_base (fake), entry, -1, &block, NULL);
  ArrayStatistics statistics;
  GError *error = NULL;

  fake_attachment_set_gone (fake, TRUE);
  assert_false (array_statistics_read (reader, NULL, &statistics, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT));
  g_clear_error (&error);
  fake_attachment_unref (fake);
}

struct work
{
  ArrayReader *reader;
  ArrayStatistics statistics;
  GError *error;
  gint begun;
  gboolean forever;
  gboolean done;
};

static void
run (ArrayTask *task, gpointer data)
{
  struct work *work = data;

  do
    {
      array_statistics_read (work->reader, task, &work->statistics, &work->error);
      g_atomic_int_set (&work->begun, TRUE);
    }
  while (work->forever && work->error == NULL);
}

static void
note_done (ArrayTask *task, gpointer data)
{
  struct work *work = data;

  assert_true (array_task_get_progress (task) == 1.0);
  work->done = TRUE;
  array_task_free (task);
}

static void
a_task_tells_when_it_is_done_and_is_given_up (void **state)
{
  FakeAttachment *fake = fake_attachment_new (4 << 20);
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (fake, "a", 'i', 1000000, NULL);
  ArrayBlock block = array_block_range (0, 1000000);
  g_autoptr (ArrayReader) reader
    = array_reader_new (fake_attachment_base (fake), entry, -1, &block, NULL);
  struct work work = { .reader = reader };
  ArrayTask *task;

  array_task_new (run, note_done, &work);
  while (!work.done)
    g_main_context_iteration (NULL, TRUE);
  assert_null (work.error);
  assert_int_equal (work.statistics.n, 1000000);

  work = (struct work) { .reader = reader, .forever = TRUE };
  task = array_task_new (run, note_done, &work);
  while (!g_atomic_int_get (&work.begun))
    g_thread_yield ();
  array_task_free (task);
  assert_true (g_error_matches (work.error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED));
  g_clear_error (&work.error);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_false (work.done);
  fake_attachment_unref (fake);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (doubles_are_as_by_the_book_in_pieces_of_any_size),
    cmocka_unit_test (each_type_is_exact_at_its_ends),
    cmocka_unit_test (many_integers_do_not_overflow),
    cmocka_unit_test (floats_keep_their_extremes_and_are_summed_in_doubles),
    cmocka_unit_test (a_block_is_read_whatever_its_steps_are),
    cmocka_unit_test (what_is_not_within_or_no_number_is_refused),
    cmocka_unit_test (the_other_byte_order_is_turned),
    cmocka_unit_test (numbers_fall_into_bins),
    cmocka_unit_test (memory_that_goes_away_is_an_error),
    cmocka_unit_test (a_task_tells_when_it_is_done_and_is_given_up),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
