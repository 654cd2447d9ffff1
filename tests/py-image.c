/* Reading made-up memory through PyImage: what is there and what is not, budget, cache. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support/made-memory.h"

#define BASE G_GUINT64_CONSTANT (0x7f0000000000)
#define END (G_GUINT64_CONSTANT (1) << 47)

struct fixture
{
  struct made_memory *memory;
  PyImage *image;
};

static int
set_up (void **state)
{
  struct fixture *fixture = g_new0 (struct fixture, 1);

  fixture->memory = made_memory_new ();
  fixture->image = py_image_new (made_memory_read, fixture->memory);
  *state = fixture;
  return 0;
}

static int
tear_down (void **state)
{
  struct fixture *fixture = *state;

  py_image_free (fixture->image);
  made_memory_free (fixture->memory);
  g_free (fixture);
  return 0;
}

static void
reads_are_whole_or_fail (void **state)
{
  struct fixture *fixture = *state;
  guint8 written[3 * MADE_PAGE], read[16 * MADE_PAGE];

  for (gsize i = 0; i < sizeof written; i++)
    written[i] = (guint8) (i * 7 + i / 256);
  made_memory_put (fixture->memory, BASE, written, sizeof written);
  for (gsize length = 1; length <= sizeof written; length += 997)
    for (gsize at = 0; at + length <= sizeof written; at += 509)
      {
        assert_true (py_image_read (fixture->image, BASE + at, read, length));
        assert_memory_equal (read, written + at, length);
      }
  assert_true (py_image_read (fixture->image, BASE, read, 0));
  assert_false (py_image_read (fixture->image, BASE - 1, read, 2));
  assert_false (py_image_read (fixture->image, BASE + sizeof written - 1, read, 2));
  assert_false (py_image_read (fixture->image, BASE + sizeof written, read, 1));
  /* So much that it goes past the cache. */
  assert_false (py_image_read (fixture->image, BASE, read, sizeof read));
}

static void
words_have_their_size_and_place (void **state)
{
  struct fixture *fixture = *state;
  guint64 u64;
  gint64 i64;
  guint32 u32;
  gint32 i32;
  guint8 u8;

  made_memory_put_word (fixture->memory, BASE + 8, G_GUINT64_CONSTANT (0xfedcba9876543210));
  assert_true (py_image_u64 (fixture->image, BASE + 8, &u64));
  assert_int_equal (u64, G_GUINT64_CONSTANT (0xfedcba9876543210));
  assert_true (py_image_i64 (fixture->image, BASE + 8, &i64));
  assert_true (i64 < 0);
  assert_true (py_image_u32 (fixture->image, BASE + 12, &u32));
  assert_int_equal (u32, 0xfedcba98);
  assert_true (py_image_i32 (fixture->image, BASE + 12, &i32));
  assert_true (i32 < 0);
  assert_true (py_image_u8 (fixture->image, BASE + 15, &u8));
  assert_int_equal (u8, 0xfe);
  for (guint at = 1; at < 8; at++)
    {
      assert_false (py_image_u64 (fixture->image, BASE + at, &u64));
      assert_false (py_image_i64 (fixture->image, BASE + at, &i64));
    }
}

/* Addresses that no program has are not even asked for. */
static void
impossible_addresses_cost_nothing (void **state)
{
  static const guint64 addresses[] = { 0, 8, 4088, END, END + 8, G_MAXINT64 - 7, G_MAXUINT64 - 7 };
  struct fixture *fixture = *state;
  g_autofree guint8 *much = g_malloc (1 << 20);
  guint64 word;

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      assert_false (py_image_u64 (fixture->image, addresses[i] & ~G_GUINT64_CONSTANT (7), &word));
      assert_false (py_image_read (fixture->image, addresses[i], much, 1 << 20));
      assert_null (py_image_string (fixture->image, addresses[i], 1 << 20));
      assert_false (py_image_has_string (fixture->image, addresses[i], "x"));
    }
  assert_false (py_image_read (fixture->image, END - 8, much, 1 << 20));
  assert_false (py_image_read (fixture->image, END - 8, much, G_MAXSIZE - 4));
  assert_int_equal (fixture->memory->n_bytes, 0);
  assert_int_equal (fixture->memory->n_reads, 0);
}

static void
strings_end_in_time (void **state)
{
  struct fixture *fixture = *state;
  char *text;
  guint64 near_end = BASE + MADE_PAGE - 3;

  made_memory_put_string (fixture->memory, near_end, "across pages");
  text = py_image_string (fixture->image, near_end, 100);
  assert_string_equal (text, "across pages");
  g_free (text);
  assert_true (py_image_has_string (fixture->image, near_end, "across pages"));
  assert_false (py_image_has_string (fixture->image, near_end, "across page"));
  assert_false (py_image_has_string (fixture->image, near_end, "across pages "));
  text = py_image_string (fixture->image, near_end, 13);
  assert_string_equal (text, "across pages");
  g_free (text);
  assert_null (py_image_string (fixture->image, near_end, 12));
  assert_null (py_image_string (fixture->image, near_end, 0));

  made_memory_put (fixture->memory, BASE + 4 * MADE_PAGE - 4, "open", 4);
  assert_null (py_image_string (fixture->image, BASE + 4 * MADE_PAGE - 4, 100));
  assert_false (py_image_has_string (fixture->image, BASE + 4 * MADE_PAGE - 4, "open"));
  made_memory_put_string (fixture->memory, BASE + 8 * MADE_PAGE, "\xff\xfe");
  assert_null (py_image_string (fixture->image, BASE + 8 * MADE_PAGE, 100));
  made_memory_put_string (fixture->memory, BASE + 9 * MADE_PAGE, "");
  text = py_image_string (fixture->image, BASE + 9 * MADE_PAGE, 1);
  assert_string_equal (text, "");
  g_free (text);
}

static void
budget_ends_every_loop (void **state)
{
  struct fixture *fixture = *state;
  guint64 word;
  guint n = 0;

  made_memory_put_word (fixture->memory, BASE, 5);
  py_image_set_budget (fixture->image, 100);
  while (n < 1000 && py_image_u64 (fixture->image, BASE, &word))
    n++;
  assert_int_equal (n, 12);
  assert_true (py_image_is_exhausted (fixture->image));
  assert_false (py_image_read (fixture->image, BASE, &word, 1));
  assert_null (py_image_string (fixture->image, BASE, 4));
  assert_false (py_image_has_string (fixture->image, BASE, "\5"));

  /* What is not there costs too, and so does nothing. */
  py_image_set_budget (fixture->image, 100);
  assert_false (py_image_is_exhausted (fixture->image));
  for (n = 0; n < 1000 && !py_image_is_exhausted (fixture->image); n++)
    assert_false (py_image_u64 (fixture->image, BASE + MADE_PAGE, &word));
  assert_int_equal (n, 13);
  py_image_set_budget (fixture->image, 100);
  for (n = 0; n < 1000 && py_image_read (fixture->image, BASE, &word, 0); n++)
    ;
  assert_int_equal (n, 100);
}

static void
giving_up_ends_every_loop (void **state)
{
  struct fixture *fixture = *state;
  gint cancelled = FALSE;
  guint64 word, reads;

  made_memory_put_word (fixture->memory, BASE, 7);
  py_image_set_cancelled (fixture->image, &cancelled);
  assert_true (py_image_u64 (fixture->image, BASE, &word));
  assert_false (py_image_is_exhausted (fixture->image));
  reads = fixture->memory->n_reads;
  cancelled = TRUE;
  assert_true (py_image_is_exhausted (fixture->image));
  /* Not even what was read before. */
  assert_false (py_image_u64 (fixture->image, BASE, &word));
  for (guint i = 1; i < 100; i++)
    assert_false (py_image_u64 (fixture->image, BASE + i * MADE_PAGE, &word));
  assert_null (py_image_string (fixture->image, BASE, 100));
  assert_false (py_image_has_string (fixture->image, BASE, "x"));
  assert_int_equal (fixture->memory->n_reads, reads);
}

static void
pages_are_kept_until_forgotten (void **state)
{
  struct fixture *fixture = *state;
  guint64 word, reads;

  made_memory_put_word (fixture->memory, BASE, 1);
  assert_true (py_image_u64 (fixture->image, BASE, &word));
  assert_false (py_image_u64 (fixture->image, BASE + MADE_PAGE, &word));
  reads = fixture->memory->n_reads;
  made_memory_put_word (fixture->memory, BASE, 2);
  assert_true (py_image_u64 (fixture->image, BASE, &word));
  assert_int_equal (word, 1);
  assert_false (py_image_u64 (fixture->image, BASE + MADE_PAGE, &word));
  assert_int_equal (fixture->memory->n_reads, reads);
  py_image_forget (fixture->image);
  assert_true (py_image_u64 (fixture->image, BASE, &word));
  assert_int_equal (word, 2);

  /* Many pages push each other out, and each is still right. */
  for (guint64 i = 0; i < 3000; i++)
    made_memory_put_word (fixture->memory, BASE + i * 3 * MADE_PAGE + i % 512 * 8, i);
  py_image_forget (fixture->image);
  for (guint round = 0; round < 2; round++)
    for (guint64 i = 0; i < 3000; i++)
      {
        assert_true (py_image_u64 (fixture->image, BASE + i * 3 * MADE_PAGE + i % 512 * 8, &word));
        assert_int_equal (word, i);
      }
}

static void
content_is_everything_unless_told (void **state)
{
  struct fixture *fixture = *state;
  guint64 start, end;

  assert_true (py_image_next_content (fixture->image, 100, 200, &start, &end));
  assert_int_equal (start, 100);
  assert_int_equal (end, 200);
  assert_false (py_image_next_content (fixture->image, 200, 200, &start, &end));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (reads_are_whole_or_fail, set_up, tear_down),
    cmocka_unit_test_setup_teardown (words_have_their_size_and_place, set_up, tear_down),
    cmocka_unit_test_setup_teardown (impossible_addresses_cost_nothing, set_up, tear_down),
    cmocka_unit_test_setup_teardown (strings_end_in_time, set_up, tear_down),
    cmocka_unit_test_setup_teardown (budget_ends_every_loop, set_up, tear_down),
    cmocka_unit_test_setup_teardown (giving_up_ends_every_loop, set_up, tear_down),
    cmocka_unit_test_setup_teardown (pages_are_kept_until_forgotten, set_up, tear_down),
    cmocka_unit_test_setup_teardown (content_is_everything_unless_told, set_up, tear_down),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
