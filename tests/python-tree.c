/* Which processes are one Python program, from a made-up /proc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "python-tree.h"
#include "support/roots.h"

#define PYTHON "55d0-55d1 r-xp 00000000 00:1b 9 /usr/bin/python3.11\n"
#define SHARES "7f00-7f01 rw-s 00000000 00:1a 5 /dev/shm/pym-1-x (deleted)\n"

/* command: with blanks between its arguments. */
static void
add (struct roots *roots, int pid, int parent, const char *command, const char *maps)
{
  g_autofree char *directory = g_strdup_printf ("%s/%d", roots->proc, pid);
  g_autofree char *stat_path = g_build_filename (directory, "stat", NULL);
  g_autofree char *line_path = g_build_filename (directory, "cmdline", NULL);
  g_autofree char *line = g_strdup (command);
  g_autofree char *stat_text = g_strdup_printf (
    "%d (python3) S %d 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0\n", pid, parent);

  roots_set_process (roots, pid, 5, maps);
  g_assert (g_file_set_contents (stat_path, stat_text, -1, NULL));
  g_strdelimit (line, " ", '\0');
  g_assert (g_file_set_contents (line_path, line, (gssize) strlen (command) + 1, NULL));
}

/* "30: 30 31 32; 40: 40" */
static char *
trees_text (struct roots *roots)
{
  g_autoptr (ProcessTable) table = process_table_new (roots->proc, 0);
  g_autoptr (GPtrArray) trees = NULL;
  GString *text = g_string_new (NULL);

  process_table_update (table, TRUE);
  trees = python_trees (table, roots->proc);
  for (guint i = 0; i < trees->len; i++)
    {
      const PythonTree *tree = trees->pdata[i];

      g_string_append_printf (text, "%s%d:", i > 0 ? "; " : "", (int) tree->root);
      for (guint j = 0; j < tree->pids->len; j++)
        g_string_append_printf (text, " %d", (int) g_array_index (tree->pids, pid_t, j));
    }
  return g_string_free (text, FALSE);
}

static void
children_of_every_start_method_are_one_program (void **state)
{
  struct roots *roots = *state;
  g_autofree char *text = NULL;

  add (roots, 30, 1, "python3 app.py", PYTHON SHARES);
  add (roots, 31, 30, "python3 app.py", PYTHON SHARES);
  add (roots, 32, 30, "python3 -c from multiprocessing.spawn import spawn_main", PYTHON SHARES);
  add (roots, 33, 30, "python3 -c from multiprocessing.forkserver import main", PYTHON);
  add (roots, 34, 33, "python3 -c from multiprocessing.forkserver import main", PYTHON SHARES);
  text = trees_text (roots);
  assert_string_equal (text, "30: 30 31 32 34");
}

static void
other_programs_are_not (void **state)
{
  struct roots *roots = *state;
  g_autofree char *text = NULL;

  add (roots, 30, 1, "python3 run-all.py", PYTHON SHARES);
  add (roots, 40, 30, "python3 other.py", PYTHON SHARES);
  add (roots, 41, 40, "python3 other.py", PYTHON SHARES);
  add (roots, 50, 30, "cat", SHARES);
  add (roots, 51, 30, "python3 quiet.py", PYTHON);
  text = trees_text (roots);
  assert_string_equal (text, "30: 30; 40: 40 41");
}

static void
a_ring_of_parents_ends (void **state)
{
  struct roots *roots = *state;
  g_autofree char *text = NULL;

  add (roots, 30, 31, "python3 app.py", PYTHON SHARES);
  add (roots, 31, 30, "python3 app.py", PYTHON SHARES);
  text = trees_text (roots);
  assert_non_null (strstr (text, "30"));
}

static void
what_it_shares_is_seen_to_change (void **state)
{
  struct roots *roots = *state;
  g_autoptr (ProcessTable) table = process_table_new (roots->proc, 0);
  pid_t pid = 30;
  guint64 before;
  guint n;

  add (roots, 30, 1, "python3 app.py", PYTHON SHARES);
  process_table_update (table, TRUE);
  before = process_table_pythons (table, &n)->shared;
  assert_int_equal (n, 1);
  assert_false (process_table_look (table, &pid, 1));
  add (roots, 30, 1, "python3 app.py",
       PYTHON SHARES "7f02-7f03 rw-s 00000000 00:1a 6 /dev/shm/sem.x (deleted)\n");
  assert_true (process_table_look (table, &pid, 1));
  assert_true (process_table_pythons (table, &n)->shared != before);
}

static void
titles_are_command_lines (void **state)
{
  struct roots *roots = *state;
  g_autofree char *title = NULL, *other = NULL;

  add (roots, 30, 1, "/usr/bin/python3 /srv/app.py --fast", PYTHON SHARES);
  add (roots, 31, 1, "python3 odd\n\033name", PYTHON SHARES);
  title = python_title (roots->proc, 30);
  assert_string_equal (title, "python3 /srv/app.py --fast");
  other = python_title (roots->proc, 31);
  assert_string_equal (other, "python3 odd \\x1bname");
  assert_null (python_title (roots->proc, 99));
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, roots_set_up, roots_tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    TEST (children_of_every_start_method_are_one_program),
    TEST (other_programs_are_not),
    TEST (a_ring_of_parents_ends),
    TEST (what_it_shares_is_seen_to_change),
    TEST (titles_are_command_lines),
  };

  g_set_prgname ("python-tree");
  return cmocka_run_group_tests (tests, NULL, NULL);
}
