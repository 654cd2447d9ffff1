/* List models that become what a newer list says: contents, and what is reported. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "segment-list.h"

/* "A:1" is the segment A of one byte. */
static GPtrArray *
make_infos (const char *text)
{
  GPtrArray *infos = g_ptr_array_new_with_free_func ((GDestroyNotify) segment_info_unref);
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (char **word = words; *word != NULL && **word != '\0'; word++)
    {
      char id[] = { (*word)[0], '\0' };
      SegmentInfo values = { .id = id, .name = id, .title = id, .kind = "native",
                             .size = strlen (*word) > 2 ? (guint64) ((*word)[2] - '0') : 0 };

      g_ptr_array_add (infos, segment_info_new (&values));
    }
  return infos;
}

/* Keeps a copy of the list by what is reported alone. */
struct mirror
{
  GPtrArray *items;
  guint n_reports, n_removed, n_added;
};

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added,
                  gpointer user_data)
{
  struct mirror *mirror = user_data;

  mirror->n_reports++;
  mirror->n_removed += removed;
  mirror->n_added += added;
  if (removed > 0)
    g_ptr_array_remove_range (mirror->items, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (mirror->items, (gint) (position + i),
                        g_list_model_get_item (model, position + i));
  assert_int_equal (mirror->items->len, g_list_model_get_n_items (model));
}

static void
assert_list (SegmentList *list, const struct mirror *mirror, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      g_autoptr (SegmentItem) item = g_list_model_get_item (G_LIST_MODEL (list), i);

      g_string_append (text, segment_item_get_id (item));
      assert_ptr_equal (item, mirror->items->pdata[i]);
    }
  assert_string_equal (text->str, expected);
}

static void
update (SegmentList *list, struct mirror *mirror, const char *text)
{
  g_autoptr (GPtrArray) infos = make_infos (text);

  mirror->n_reports = mirror->n_removed = mirror->n_added = 0;
  segment_list_update (list, infos);
}

static void
begin (SegmentList **ret_list, struct mirror *ret_mirror)
{
  *ret_mirror = (struct mirror) { .items = g_ptr_array_new_with_free_func (g_object_unref) };
  *ret_list = segment_list_new ();
  g_signal_connect (*ret_list, "items-changed", G_CALLBACK (on_items_changed), ret_mirror);
}

static void
only_differences_are_reported (void **state)
{
  g_autoptr (SegmentList) list = NULL;
  g_autoptr (SegmentItem) b = NULL;
  struct mirror mirror;

  begin (&list, &mirror);
  assert_false (segment_list_is_loaded (list));
  update (list, &mirror, "");
  assert_true (segment_list_is_loaded (list));
  assert_int_equal (mirror.n_reports, 0);

  update (list, &mirror, "a b c");
  assert_list (list, &mirror, "abc");
  assert_int_equal (mirror.n_reports, 1);
  b = g_list_model_get_item (G_LIST_MODEL (list), 1);

  update (list, &mirror, "a b c");
  assert_int_equal (mirror.n_reports, 0);

  update (list, &mirror, "b x c y");
  assert_list (list, &mirror, "bxcy");
  assert_int_equal (mirror.n_removed, 1);
  assert_int_equal (mirror.n_added, 2);
  assert_ptr_equal (mirror.items->pdata[0], b);

  update (list, &mirror, "y c x b");
  assert_list (list, &mirror, "ycxb");
  assert_int_equal (mirror.n_reports, 1);
  assert_ptr_equal (mirror.items->pdata[3], b);

  update (list, &mirror, "z b q y");
  assert_list (list, &mirror, "zbqy");
  update (list, &mirror, "");
  assert_list (list, &mirror, "");
  g_ptr_array_unref (mirror.items);
}

static void
on_info (GObject *item, GParamSpec *pspec, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
an_item_that_stays_tells_what_is_new (void **state)
{
  g_autoptr (SegmentList) list = NULL;
  struct mirror mirror;
  guint told = 0;

  begin (&list, &mirror);
  update (list, &mirror, "a:1 b:1");
  g_signal_connect (mirror.items->pdata[1], "notify::info", G_CALLBACK (on_info), &told);
  update (list, &mirror, "a:2 b:1");
  assert_int_equal (told, 0);
  update (list, &mirror, "a:2 b:7");
  assert_int_equal (told, 1);
  assert_int_equal (segment_item_get_info (mirror.items->pdata[1])->size, 7);
  assert_int_equal (mirror.n_reports, 0);
  g_ptr_array_unref (mirror.items);
}

static void
any_list_becomes_any_other (void **state)
{
  g_autoptr (SegmentList) list = NULL;
  struct mirror mirror;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  begin (&list, &mirror);
  for (guint round = 0; round < 2000; round++)
    {
      char letters[] = "abcdefgh";
      guint n = (guint) g_rand_int_range (rand, 0, 9);
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GString) expected = g_string_new (NULL);

      for (guint i = 0; i < n; i++)
        {
          guint j = (guint) g_rand_int_range (rand, (gint32) i, 8);
          char c = letters[j];

          letters[j] = letters[i];
          letters[i] = c;
          g_string_append_printf (text, i > 0 ? " %c" : "%c", c);
          g_string_append_c (expected, c);
        }
      update (list, &mirror, text->str);
      assert_list (list, &mirror, expected->str);
    }
  g_ptr_array_unref (mirror.items);
}

static void
segments_are_found_by_any_of_their_names (void **state)
{
  g_autoptr (SegmentList) list = segment_list_new ();
  g_autoptr (GPtrArray) infos
    = g_ptr_array_new_with_free_func ((GDestroyNotify) segment_info_unref);

  g_ptr_array_add (infos, segment_info_new (&(SegmentInfo) { .id = (char *) "shm:/render",
                                                             .name = (char *) "/render",
                                                             .title = (char *) "render",
                                                             .kind = "native" }));
  segment_list_update (list, infos);
  assert_int_equal (segment_list_find (list, "shm:/render"), 0);
  assert_int_equal (segment_list_find (list, "/render"), 0);
  assert_int_equal (segment_list_find (list, "render"), 0);
  assert_int_equal (segment_list_find (list, "ender"), G_MAXUINT);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (only_differences_are_reported),
    cmocka_unit_test (an_item_that_stays_tells_what_is_new),
    cmocka_unit_test (any_list_becomes_any_other),
    cmocka_unit_test (segments_are_found_by_any_of_their_names),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
