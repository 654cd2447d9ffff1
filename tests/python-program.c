/* A Python program whose processes come and end, from a made-up /proc. None of them can be read,
 * which is what a program looks like that belongs to somebody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "python-program.h"
#include "support/roots.h"

/* No process has such ids. */
#define ROOT 4999001
#define CHILD 4999002
#define OTHER 4999003

#define MAPS                                                                                       \
  "55d0-55d1 r-xp 00000000 00:1b 9 /usr/bin/python3.11\n"                                         \
  "7f00-7f01 rw-s 00000000 00:1a 5 /dev/shm/pym-1-x (deleted)\n"

static void
add (struct roots *roots, int pid, int parent, guint64 start_time, const char *command)
{
  g_autofree char *directory = g_strdup_printf ("%s/%d", roots->proc, pid);
  g_autofree char *stat_path = g_build_filename (directory, "stat", NULL);
  g_autofree char *line_path = g_build_filename (directory, "cmdline", NULL);
  g_autofree char *stat_text
    = g_strdup_printf ("%d (python3) S %d 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %" G_GUINT64_FORMAT
                       " 0 0\n",
                       pid, parent, start_time);

  roots_set_process (roots, pid, start_time, MAPS);
  g_assert (g_file_set_contents (stat_path, stat_text, -1, NULL));
  g_assert (g_file_set_contents (line_path, command, (gssize) strlen (command) + 1, NULL));
}

static void
end (struct roots *roots, int pid)
{
  static const char *const files[] = { "stat", "cmdline", "maps" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%d/%s", roots->proc, pid, files[i]);

      unlink (path);
    }
  {
    g_autofree char *directory = g_strdup_printf ("%s/%d", roots->proc, pid);

    assert_int_equal (rmdir (directory), 0);
  }
}

/* "live pid:30 30 31", once it is so or the time is over. */
static char *
await (PythonProgram *program, const char *wanted)
{
  char *text = NULL;

  for (guint i = 0; i < 1000 && g_strcmp0 (text, wanted) != 0; i++)
    {
      g_autoptr (PythonSnapshot) snapshot = python_program_snapshot (program);
      GString *line = g_string_new (segment_state_name (snapshot->info->state));

      g_string_append_printf (line, " %s", snapshot->info->id);
      for (guint j = 0; j < snapshot->info->n_pids; j++)
        g_string_append_printf (line, " %d", (int) snapshot->info->pids[j]);
      g_free (text);
      text = g_string_free (line, FALSE);
      python_program_look (program);
      g_usleep (10000);
    }
  return text;
}

static void
assert_becomes (PythonProgram *program, const char *wanted)
{
  g_autofree char *text = await (program, wanted);

  assert_string_equal (text, wanted);
}

static void
it_goes_on_when_its_first_process_ends (void **state)
{
  struct roots *roots = *state;
  g_autoptr (PythonProgram) program = NULL;
  g_autoptr (PythonSnapshot) before = NULL, after = NULL, last = NULL;

  add (roots, ROOT, 1, 50, "python3 app.py");
  add (roots, CHILD, ROOT, 60, "python3 app.py");
  program = python_program_new (roots->shm, roots->proc, CHILD, NULL, NULL);
  assert_non_null (program);
  assert_becomes (program, "forbidden pid:4999001 4999001 4999002");
  before = python_program_snapshot (program);

  end (roots, ROOT);
  add (roots, CHILD, 1, 60, "python3 app.py");
  assert_becomes (program, "forbidden pid:4999001 4999002");

  /* The id is given to somebody else, and so is the other's parent. */
  add (roots, ROOT, 1, 90, "python3 somebody.py");
  add (roots, CHILD, ROOT, 60, "python3 -c from multiprocessing.spawn import spawn_main");
  add (roots, OTHER, CHILD, 95, "python3 -c from multiprocessing.spawn import spawn_main");
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *text = await (program, "forbidden pid:4999001 4999002");

      assert_string_equal (text, "forbidden pid:4999001 4999002");
    }
  after = python_program_snapshot (program);
  assert_string_equal (after->info->title, "python3 app.py");
  assert_true (after->info->inode == before->info->inode);

  end (roots, CHILD);
  assert_becomes (program, "removed pid:4999001");
  last = python_program_snapshot (program);
  assert_true (last->info->inode == before->info->inode);
}

static void
another_with_the_id_of_one_that_ended_is_not_it (void **state)
{
  struct roots *roots = *state;
  g_autoptr (PythonProgram) program = NULL;

  add (roots, ROOT, 1, 50, "python3 app.py");
  program = python_program_new (roots->shm, roots->proc, ROOT, NULL, NULL);
  assert_becomes (program, "forbidden pid:4999001 4999001");
  add (roots, ROOT, 1, 51, "python3 app.py");
  assert_becomes (program, "removed pid:4999001");
}

static void
what_cannot_be_read_is_the_same_opened_and_identified (void **state)
{
  struct roots *roots = *state;
  g_autoptr (PythonProgram) program = NULL;
  g_autoptr (PythonSnapshot) snapshot = NULL;

  add (roots, ROOT, 1, 50, "python3 app.py");
  program = python_program_new (roots->shm, roots->proc, ROOT, NULL, NULL);
  assert_non_null (program);
  snapshot = python_program_snapshot (program);
  assert_true (snapshot->info->inode == (G_GUINT64_CONSTANT (50) << 22 | ROOT));
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, roots_set_up, roots_tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    TEST (it_goes_on_when_its_first_process_ends),
    TEST (another_with_the_id_of_one_that_ended_is_not_it),
    TEST (what_cannot_be_read_is_the_same_opened_and_identified),
  };

  g_set_prgname ("python-program");
  return cmocka_run_group_tests (tests, NULL, NULL);
}
