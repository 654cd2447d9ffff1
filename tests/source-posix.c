/* Any other object in the shared memory directory, and the registry over all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "memory.h"
#include "support/roots.h"

struct fixture
{
  struct roots roots;
  Registry *registry;
  GPtrArray *seen;   /* the last list of the watch */
  guint n_calls;
};

static int
set_up (void **state)
{
  struct fixture *fixture = g_new0 (struct fixture, 1);

  roots_make (&fixture->roots);
  fixture->registry = registry_new (&fixture->roots.registry);
  *state = fixture;
  return 0;
}

static int
tear_down (void **state)
{
  struct fixture *fixture = *state;

  registry_free (fixture->registry);
  g_clear_pointer (&fixture->seen, g_ptr_array_unref);
  roots_remove (&fixture->roots);
  g_free (fixture);
  return 0;
}

static Attachment *
open_segment (struct fixture *fixture, const char *id)
{
  g_autoptr (GError) error = NULL;
  Attachment *attachment = registry_open (fixture->registry, id, &error);

  if (attachment == NULL)
    fail_msg ("%s", error->message);
  memory_install ();
  return attachment;
}

static enum segment_state
state_of (Attachment *attachment)
{
  g_autoptr (SegmentInfo) info = attachment_get_info (attachment);

  return info->state;
}

static void
an_object_is_shown_as_its_bytes (void **state)
{
  struct fixture *fixture = *state;
  g_autoptr (GPtrArray) segments = NULL;
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;
  LockInfo lock;
  EntryInfo *entry;
  SegmentInfo *info;
  char copy[6] = "";
  guint64 writes;

  roots_write (&fixture->roots, "sem.gate", "hello", 5);
  segments = registry_list (fixture->registry, NULL);
  assert_int_equal (segments->len, 1);
  info = segments->pdata[0];
  assert_string_equal (info->id, "shm:/sem.gate");
  assert_string_equal (info->title, "/sem.gate");
  assert_string_equal (info->kind, "posix");
  assert_true (info->size == 5 && info->n_entries == 1 && info->n_pids == 0);
  assert_false (info->stale);

  attachment = open_segment (fixture, "/sem.gate");
  entries = attachment_get_entries (attachment, NULL);
  assert_int_equal (entries->len, 1);
  entry = entries->pdata[0];
  assert_string_equal (entry->name, "bytes");
  assert_int_equal (entry->type.code, 'B');
  assert_true (entry->dimensions == 1 && entry->shape[0] == 5 && entry->length == 5);
  assert_int_equal (entry->lock_kind, LOCK_NONE);
  assert_true (entry->editable);
  assert_non_null (strstr (entry->reason, "unlocked"));
  assert_int_equal (attachment_read (attachment, entry, 0, 5, copy), SHMLENS_CONSISTENCY_UNLOCKED);
  assert_string_equal (copy, "hello");
  assert_int_equal (attachment_read (attachment, entry, 1, 2, copy), SHMLENS_CONSISTENCY_ATOMIC);
  assert_int_equal (copy[0], 'e');
  assert_int_equal (attachment_read (attachment, entry, 0, 6, copy), -ERANGE);
  assert_int_equal (attachment_writes (attachment, entry, &writes), -ENOTSUP);
  assert_int_equal (attachment_describe_lock (attachment, entry, &lock), 0);
  assert_int_equal (lock.kind, LOCK_NONE);
  assert_false (attachment_lock (attachment, entry, 0, FALSE, NULL, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NO_LOCK));
}

static void
its_bytes_can_be_stored (void **state)
{
  struct fixture *fixture = *state;
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (EntryInfo) entry = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = roots_path (&fixture->roots, "x");
  g_autofree char *content = NULL;

  roots_write (&fixture->roots, "x", "hello", 5);
  attachment = open_segment (fixture, "/x");
  entry = attachment_find_entry (attachment, "bytes");
  assert_true (attachment_store (attachment, entry, 1, 3, "EL!", &error));
  assert_true (g_file_get_contents (path, &content, NULL, NULL));
  assert_string_equal (content, "hEL!o");
  assert_true (attachment_store (attachment, entry, 5, 0, "", &error));
  assert_false (attachment_store (attachment, entry, 3, 3, "abc", &error));
}

static void
a_type_given_by_hand_makes_entries_of_it (void **state)
{
  struct fixture *fixture = *state;
  double numbers[] = { 1.5, 2.5, 3.5, 4.5 };
  double copy[4];
  g_autoptr (Attachment) attachment = NULL, later = NULL;
  g_autoptr (EntryInfo) loss = NULL, grid = NULL, beyond = NULL, bytes = NULL;
  g_autoptr (GError) error = NULL;

  roots_write (&fixture->roots, "x", numbers, sizeof numbers);
  attachment = open_segment (fixture, "/x");
  assert_true (registry_set_type (fixture->registry, "/x",
                                  "loss: d; grid: float64[2][2] @ 0; beyond: int64 @ 1000", &error));
  assert_true (attachment_refresh (attachment));
  assert_false (attachment_refresh (attachment));
  loss = attachment_find_entry (attachment, "loss");
  grid = attachment_find_entry (attachment, "grid");
  beyond = attachment_find_entry (attachment, "beyond");
  assert_int_equal (attachment_read (attachment, loss, 0, 1, copy), SHMLENS_CONSISTENCY_ATOMIC);
  assert_true (copy[0] == 1.5);
  assert_true (grid->dimensions == 2 && grid->strides[0] == 16 && grid->strides[1] == 8);
  assert_true (attachment_read (attachment, grid, 3, 4, copy) >= 0);
  assert_true (copy[0] == 4.5);
  assert_false (beyond->editable);
  assert_non_null (strstr (beyond->reason, "beyond"));
  assert_int_equal (attachment_read (attachment, beyond, 0, 1, copy), -EFAULT);

  assert_false (registry_set_type (fixture->registry, "/x", "rubbish", &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_USAGE));
  g_clear_error (&error);
  later = open_segment (fixture, "shm:/x");
  assert_true (registry_set_type (fixture->registry, "/x", NULL, &error));
  assert_true (attachment_refresh (later));
  bytes = attachment_find_entry (later, "bytes");
  assert_non_null (bytes);
}

static void
holes_get_no_memory_by_being_looked_at (void **state)
{
  struct fixture *fixture = *state;
  g_autofree char *path = roots_path (&fixture->roots, "sparse");
  g_autofree guint8 *copy = g_malloc (1 << 20);
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (EntryInfo) entry = NULL;
  g_autoptr (GPtrArray) segments = NULL;
  struct stat status;

  roots_write (&fixture->roots, "sparse", "", 0);
  assert_int_equal (truncate (path, 1 << 30), 0);
  segments = registry_list (fixture->registry, NULL);
  attachment = open_segment (fixture, "/sparse");
  entry = attachment_find_entry (attachment, "bytes");
  assert_true (attachment_read (attachment, entry, 1 << 20, 2 << 20, copy) >= 0);
  assert_int_equal (stat (path, &status), 0);
  assert_int_equal (status.st_blocks, 0);
}

static void
shrinking_growing_removing_and_replacing_are_noticed (void **state)
{
  struct fixture *fixture = *state;
  g_autofree char *path = roots_path (&fixture->roots, "x");
  g_autofree guint8 *bytes = g_malloc0 (20000);
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (EntryInfo) entry = NULL, larger = NULL;
  g_autoptr (GError) error = NULL;

  roots_write (&fixture->roots, "x", bytes, 20000);
  attachment = open_segment (fixture, "/x");
  entry = attachment_find_entry (attachment, "bytes");
  assert_false (attachment_refresh (attachment));
  assert_int_equal (truncate (path, 100), 0);
  assert_int_equal (attachment_read (attachment, entry, 0, 20000, bytes), -EFAULT);
  assert_int_equal (attachment_read (attachment, entry, 19999, 20000, bytes), -EFAULT);
  assert_false (attachment_store (attachment, entry, 19999, 1, "x", &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT));
  assert_true (attachment_refresh (attachment));
  assert_int_equal (state_of (attachment), SEGMENT_SHRUNK);

  assert_int_equal (truncate (path, 30000), 0);
  assert_true (attachment_refresh (attachment));
  assert_int_equal (state_of (attachment), SEGMENT_LIVE);
  larger = attachment_find_entry (attachment, "bytes");
  assert_true (larger->length == 30000);

  assert_int_equal (unlink (path), 0);
  assert_true (attachment_refresh (attachment));
  assert_int_equal (state_of (attachment), SEGMENT_REMOVED);
  roots_write (&fixture->roots, "x", "new", 3);
  assert_true (attachment_refresh (attachment));
  assert_int_equal (state_of (attachment), SEGMENT_REPLACED);
  assert_true (attachment_read (attachment, larger, 0, 20000, bytes) >= 0);
}

static void
odd_names_can_be_listed_and_opened (void **state)
{
  struct fixture *fixture = *state;
  static const char *const files[] = { "with blank", "k\xc3\xb6ln", "bad\xff\xfe", "new\nline",
                                       "back\\x41slash", "a:b",
                                       "bad\\xff\\xfe", "-", "[0]" };
  g_autoptr (GPtrArray) segments = NULL;
  char longest[256] = "";

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    roots_write (&fixture->roots, files[i], files[i], strlen (files[i]));
  memset (longest, 0xff, sizeof longest - 1);
  roots_write (&fixture->roots, longest, "", 0);
  segments = registry_list (fixture->registry, NULL);
  assert_int_equal (segments->len, G_N_ELEMENTS (files) + 1);
  assert_non_null (roots_find (segments, "shm:/bad\\xff\\xfe"));
  assert_non_null (roots_find (segments, "shm:/new\\x0aline"));
  for (guint i = 0; i < segments->len; i++)
    {
      SegmentInfo *info = segments->pdata[i];
      g_autoptr (Attachment) attachment = open_segment (fixture, info->id);
      g_autoptr (SegmentInfo) opened = attachment_get_info (attachment);

      assert_true (g_utf8_validate (info->id, -1, NULL));
      assert_string_equal (opened->id, info->id);
      assert_true (opened->inode == info->inode);
    }
  {
    g_autoptr (Attachment) literal = open_segment (fixture, "/back\\x41slash");

    assert_non_null (literal);
    assert_null (registry_open (fixture->registry, "/-\\x00", NULL));
  }
}

static void
only_regular_files_are_objects (void **state)
{
  struct fixture *fixture = *state;
  g_autofree char *fifo = roots_path (&fixture->roots, "fifo");
  g_autofree char *link = roots_path (&fixture->roots, "link");
  g_autofree char *folder = roots_path (&fixture->roots, "folder");
  g_autoptr (GPtrArray) segments = NULL;
  static const char *const ids[] = { "/fifo", "/link", "/folder", "/..", "/.", "/", "", "shm:",
                                     "/folder/x", "sysv:1" };

  assert_int_equal (mkfifo (fifo, 0600), 0);
  assert_int_equal (symlink ("/etc/passwd", link), 0);
  assert_int_equal (mkdir (folder, 0700), 0);
  segments = registry_list (fixture->registry, NULL);
  assert_int_equal (segments->len, 0);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GError) error = NULL;

      assert_null (registry_open (fixture->registry, ids[i], &error));
      assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND));
    }
}

static void
a_name_that_is_not_there_brings_near_ones (void **state)
{
  struct fixture *fixture = *state;
  g_autoptr (GError) error = NULL;
  g_autoptr (Attachment) bare = NULL;

  roots_write (&fixture->roots, "training", "", 0);
  roots_write (&fixture->roots, "other", "", 0);
  assert_null (registry_open (fixture->registry, "/trianing", &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND));
  assert_non_null (strstr (error->message, "shm:/training"));
  assert_null (strstr (error->message, "other"));
  bare = open_segment (fixture, "training");
}

static void
what_may_not_be_read_says_who_may (void **state)
{
  struct fixture *fixture = *state;
  pid_t pid;
  int status;

  if (geteuid () != 0)
    skip ();
  roots_write (&fixture->roots, "secret", "x", 1);
  assert_int_equal (chmod (fixture->roots.shm, 0755), 0);
  pid = fork ();
  if (pid == 0)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) segments = NULL;
      Registry *registry;
      SegmentInfo *info;

      if (setgid (65534) < 0 || setuid (65534) < 0)
        _exit (1);
      registry = registry_new (&fixture->roots.registry);
      if (registry_open (registry, "/secret", &error) != NULL
          || !g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION)
          || strstr (error->message, "root") == NULL || strstr (error->message, "0600") == NULL)
        _exit (2);
      segments = registry_list (registry, NULL);
      info = roots_find (segments, "shm:/secret");
      if (info == NULL || info->state != SEGMENT_FORBIDDEN || info->reason == NULL
          || info->writable)
        _exit (3);
      _exit (0);
    }
  assert_int_equal (waitpid (pid, &status, 0), pid);
  assert_int_equal (status, 0);
}

static void
thousands_of_objects_are_listed (void **state)
{
  struct fixture *fixture = *state;
  g_autoptr (GPtrArray) segments = NULL;

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *file = g_strdup_printf ("object-%u", i);

      roots_write (&fixture->roots, file, "", 0);
    }
  segments = registry_list (fixture->registry, NULL);
  assert_int_equal (segments->len, 3000);
}

static void
who_maps_an_object_is_told (void **state)
{
  struct fixture *fixture = *state;
  g_autoptr (GPtrArray) segments = NULL;
  g_autofree char *path = roots_path (&fixture->roots, "x");
  int ready[2], fd;
  SegmentInfo *info;
  char byte;
  pid_t pid;

  roots_write (&fixture->roots, "x", "12345678", 8);
  assert_int_equal (pipe (ready), 0);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  pid = fork ();
  if (pid == 0)
    {
      alarm (100);
      if (mmap (NULL, 8, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED
          && write (ready[1], "x", 1) == 1)
        pause ();
      _exit (0);
    }
  assert_int_equal (read (ready[0], &byte, 1), 1);
  segments = registry_list (fixture->registry, NULL);
  info = roots_find (segments, "shm:/x");
  assert_int_equal (info->n_pids, 1);
  assert_int_equal (info->pids[0], pid);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  close (fd);
  close (ready[0]);
  close (ready[1]);
}

static void
note_list (Registry *registry, GPtrArray *segments, gpointer user_data)
{
  struct fixture *fixture = user_data;

  g_clear_pointer (&fixture->seen, g_ptr_array_unref);
  fixture->seen = g_ptr_array_ref (segments);
  fixture->n_calls++;
}

static gboolean
give_up (gpointer user_data)
{
  gboolean *gave_up = user_data;

  *gave_up = TRUE;
  return G_SOURCE_CONTINUE;
}

/* Runs the main loop until the list has the segment with so many processes (n_pids
 * -1: does not have it), or entries when that is not -1. */
static void
wait_for (struct fixture *fixture, const char *id, int n_pids, int n_entries)
{
  gboolean gave_up = FALSE;
  guint timeout = g_timeout_add_seconds (180, give_up, &gave_up);

  for (;;)
    {
      SegmentInfo *info = fixture->seen == NULL ? NULL : roots_find (fixture->seen, id);

      if (fixture->seen != NULL
          && (info == NULL ? n_pids == -1
                           : (int) info->n_pids == n_pids
                               && (n_entries < 0 || (int) info->n_entries == n_entries)))
        break;
      if (gave_up)
        fail_msg ("%s never had %d processes and %d entries", id, n_pids, n_entries);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (timeout);
}

/* A process that maps the object when a byte comes through ret_go. */
static pid_t
child_that_maps (const char *path, int *ret_go)
{
  int go[2];
  pid_t pid;

  assert_int_equal (pipe (go), 0);
  pid = fork ();
  if (pid == 0)
    {
      char byte;
      int fd;

      alarm (100);
      if (read (go[0], &byte, 1) == 1 && (fd = open (path, O_RDONLY | O_CLOEXEC)) >= 0
          && mmap (NULL, 8, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED)
        pause ();
      _exit (0);
    }
  close (go[0]);
  *ret_go = go[1];
  return pid;
}

static void
a_watch_follows_names_processes_and_entries (void **state)
{
  struct fixture *fixture = *state;
  g_autofree char *path = roots_path (&fixture->roots, "plain");
  g_autofree char *train = roots_path (&fixture->roots, "train");
  struct shmlens_segment *segment;
  struct shmlens_entry *entry;
  pid_t pid;
  int go;

  pid = child_that_maps (path, &go);
  registry_watch (fixture->registry, note_list, fixture);
  wait_for (fixture, "shm:/plain", -1, -1);
  roots_write (&fixture->roots, "plain", "12345678", 8);
  wait_for (fixture, "shm:/plain", 0, 1);
  assert_int_equal (write (go, "x", 1), 1);
  wait_for (fixture, "shm:/plain", 1, 1);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  wait_for (fixture, "shm:/plain", 0, 1);
  assert_int_equal (unlink (path), 0);
  wait_for (fixture, "shm:/plain", -1, -1);

  segment = roots_create (&fixture->roots, "train");
  wait_for (fixture, "shm:/train", 1, 0);
  assert_int_equal (shmlens_value_create (segment, "a", 'i', NULL, NULL, &entry), 0);
  wait_for (fixture, "shm:/train", 1, 1);
  shmlens_segment_detach (segment);
  wait_for (fixture, "shm:/train", 0, 1);
  assert_true (roots_find (fixture->seen, "shm:/train")->stale);
  assert_int_equal (unlink (train), 0);
  wait_for (fixture, "shm:/train", -1, -1);
  registry_unwatch (fixture->registry);
  close (go);
}

static void
nothing_comes_after_unwatch (void **state)
{
  struct fixture *fixture = *state;
  guint calls;

  for (guint i = 0; i < 50; i++)
    {
      registry_watch (fixture->registry, note_list, fixture);
      if (i % 2 == 0)
        roots_write (&fixture->roots, "x", "", 0);
      registry_unwatch (fixture->registry);
    }
  calls = fixture->n_calls;
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_int_equal (fixture->n_calls, calls);
}

static void
a_watch_is_quiet_until_an_old_process_maps_something (void **state)
{
  struct fixture *fixture = *state;
  g_autofree char *path = roots_path (&fixture->roots, "x");
  gboolean time_is_up = FALSE;
  guint timeout, calls;
  pid_t pid;
  int go;

  roots_write (&fixture->roots, "x", "12345678", 8);
  pid = child_that_maps (path, &go);
  registry_watch (fixture->registry, note_list, fixture);
  wait_for (fixture, "shm:/x", 0, 1);
  calls = fixture->n_calls;
  /* So long that the process is no longer looked at without a reason. */
  timeout = g_timeout_add (3500, give_up, &time_is_up);
  while (!time_is_up)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timeout);
  assert_int_equal (fixture->n_calls, calls);
  assert_int_equal (write (go, "x", 1), 1);
  wait_for (fixture, "shm:/x", 1, 1);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  close (go);
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
    TEST (an_object_is_shown_as_its_bytes),
    TEST (its_bytes_can_be_stored),
    TEST (a_type_given_by_hand_makes_entries_of_it),
    TEST (holes_get_no_memory_by_being_looked_at),
    TEST (shrinking_growing_removing_and_replacing_are_noticed),
    TEST (odd_names_can_be_listed_and_opened),
    TEST (only_regular_files_are_objects),
    TEST (a_name_that_is_not_there_brings_near_ones),
    TEST (what_may_not_be_read_says_who_may),
    TEST (thousands_of_objects_are_listed),
    TEST (who_maps_an_object_is_told),
    TEST (a_watch_follows_names_processes_and_entries),
    TEST (nothing_comes_after_unwatch),
    TEST (a_watch_is_quiet_until_an_old_process_maps_something),
  };
  g_autofree char *home = g_dir_make_tmp ("posix-XXXXXX", NULL);
  int result;

  g_set_prgname ("posix");
  g_setenv ("XDG_CONFIG_HOME", home, TRUE);
  result = cmocka_run_group_tests (tests, NULL, NULL);
  nftw (home, roots_remove_one, 16, FTW_DEPTH | FTW_PHYS);
  return result;
}
