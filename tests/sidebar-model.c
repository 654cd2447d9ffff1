/* The rows of the sidebar: headings, order, filter, and what is reported. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "process.h"
#include "sidebar-model.h"

struct fixture
{
  SegmentList *list;
  SidebarModel *model;
  guint n_reports;
};

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, guint *n_reports)
{
  ++*n_reports;
}

/* "n:train/a" is a segment /a of our kind, of the program train; "p" of Python, "b" bytes, "r" a
 * recording. */
static void
set (struct fixture *f, const char *text)
{
  g_autoptr (GPtrArray) infos
    = g_ptr_array_new_with_free_func ((GDestroyNotify) segment_info_unref);
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (char **word = words; *word != NULL && **word != '\0'; word++)
    {
      g_auto (GStrv) parts = g_strsplit (*word + 2, "/", 2);
      g_autofree char *id = g_strconcat ("shm:/", parts[1], NULL);
      pid_t own = getpid ();
      SegmentInfo values = { .id = id, .name = parts[1], .title = parts[0],
                             .kind = **word == 'n'   ? "native"
                                     : **word == 'p' ? "python"
                                     : **word == 'r' ? "recording"
                                                     : "posix" };

      if (g_str_has_suffix (*word, "-mine"))
        {
          values.n_pids = 1;
          values.pids = &own;
        }
      g_ptr_array_add (infos, segment_info_new (&values));
    }
  segment_list_update (f->list, infos);
}

static void
assert_rows (struct fixture *f, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (f->model)); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (f->model), i);

      if (SIDEBAR_IS_GROUP (item))
        g_string_append_printf (text, "[%s · %s]", sidebar_group_get_heading (SIDEBAR_GROUP (item)),
                                sidebar_group_get_count (SIDEBAR_GROUP (item)));
      else
        g_string_append_printf (text, "%s;", segment_item_get_info (SEGMENT_ITEM (item))->name);
    }
  assert_string_equal (text->str, expected);
}

static int
begin (void **state)
{
  struct fixture *f = g_new0 (struct fixture, 1);

  f->list = segment_list_new ();
  f->model = sidebar_model_new ();
  sidebar_model_set_list (f->model, f->list);
  g_signal_connect (f->model, "items-changed", G_CALLBACK (on_items_changed), &f->n_reports);
  *state = f;
  return 0;
}

static int
end (void **state)
{
  struct fixture *f = *state;

  g_object_unref (f->model);
  g_object_unref (f->list);
  g_free (f);
  return 0;
}

static void
segments_stand_below_their_kind (void **state)
{
  struct fixture *f = *state;

  assert_rows (f, "");
  set (f, "r:old/r b:x/x p:job/j n:train/t b:y/y");
  assert_rows (f, "[Python programs · 1]j;[Programs that use shmlens · 1]t;"
                  "[Other shared memory · 2]x;y;[Recordings · 1]r;");
  set (f, "b:y/y n:train/t");
  assert_rows (f, "[Programs that use shmlens · 1]t;[Other shared memory · 1]y;");
}

static void
those_of_one_program_stand_together (void **state)
{
  struct fixture *f = *state;

  set (f, "n:train/a n:serve/b n:train/c");
  assert_rows (f, "[Programs that use shmlens · 3]a;c;b;");
  set (f, "b:x/1-mine b:y/2 b:z/3-mine");
  assert_rows (f, "[Other shared memory · 3]1-mine;3-mine;2;");
}

static void
rows_stay_the_same_objects_and_nothing_is_reported_twice (void **state)
{
  struct fixture *f = *state;
  g_autoptr (GObject) heading = NULL, heading_later = NULL;
  guint before;

  set (f, "n:train/a n:train/b");
  heading = g_list_model_get_item (G_LIST_MODEL (f->model), 0);
  before = f->n_reports;
  set (f, "n:train/a n:train/b");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_int_equal (f->n_reports, before);
  set (f, "n:train/a n:train/b n:train/c");
  assert_int_equal (f->n_reports, before + 1);
  heading_later = g_list_model_get_item (G_LIST_MODEL (f->model), 0);
  assert_ptr_equal (heading, heading_later);
  assert_rows (f, "[Programs that use shmlens · 3]a;b;c;");
}

static void
a_group_is_collapsed_and_that_is_remembered_by_its_name (void **state)
{
  struct fixture *f = *state;
  g_autoptr (GObject) heading = NULL;
  g_auto (GStrv) names = NULL;

  set (f, "n:train/a b:x/x");
  heading = g_list_model_get_item (G_LIST_MODEL (f->model), 0);
  sidebar_model_set_group_collapsed (f->model, SIDEBAR_GROUP (heading), TRUE);
  assert_rows (f, "[Programs that use shmlens · 1][Other shared memory · 1]x;");
  assert_false (sidebar_group_get_open (SIDEBAR_GROUP (heading)));
  g_object_get (f->model, "collapsed", &names, NULL);
  assert_int_equal (g_strv_length (names), 1);
  assert_string_equal (names[0], "native");

  g_object_set (f->model, "collapsed", (const char *[]) { "other", "who knows", NULL }, NULL);
  assert_rows (f, "[Programs that use shmlens · 1]a;[Other shared memory · 1]");
  assert_int_equal (sidebar_model_first_segment (f->model), 1);
}

static void
the_filter_goes_by_name_and_by_process (void **state)
{
  struct fixture *f = *state;
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());
  g_autofree char *own_name = process_name ("/proc", getpid ());
  g_autoptr (GObject) heading = NULL;

  set (f, "n:train/a n:serve/b b:x/1-mine");
  sidebar_model_set_filter (f->model, "TRAI");
  assert_rows (f, "[Programs that use shmlens · 1 of 2]a;");
  sidebar_model_set_filter (f->model, "shm:/ a tr");
  assert_rows (f, "[Programs that use shmlens · 1 of 2]a;");
  sidebar_model_set_filter (f->model, "nothing like that");
  assert_rows (f, "");
  assert_int_equal (sidebar_model_first_segment (f->model), G_MAXUINT);
  sidebar_model_set_filter (f->model, pid);
  assert_rows (f, "[Other shared memory · 1]1-mine;");
  assert_non_null (own_name);
  sidebar_model_set_filter (f->model, own_name);
  assert_rows (f, "[Other shared memory · 1]1-mine;");

  /* What is found is shown, wherever it is. */
  heading = g_list_model_get_item (G_LIST_MODEL (f->model), 0);
  sidebar_model_set_group_collapsed (f->model, SIDEBAR_GROUP (heading), TRUE);
  assert_rows (f, "[Other shared memory · 1]1-mine;");
  sidebar_model_set_filter (f->model, "  ");
  assert_rows (f, "[Programs that use shmlens · 2]a;b;[Other shared memory · 1]");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (segments_stand_below_their_kind, begin, end),
    cmocka_unit_test_setup_teardown (those_of_one_program_stand_together, begin, end),
    cmocka_unit_test_setup_teardown (rows_stay_the_same_objects_and_nothing_is_reported_twice,
                                     begin, end),
    cmocka_unit_test_setup_teardown (a_group_is_collapsed_and_that_is_remembered_by_its_name,
                                     begin, end),
    cmocka_unit_test_setup_teardown (the_filter_goes_by_name_and_by_process, begin, end),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
