/* Snapshots: what they hold and leave out, and that a file gives back what was saved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspect-error.h"
#include "snapshot-compare.h"
#include "snapshot-file.h"
#include "support/fake-attachment.h"

#define MEMORY_BYTES ((gsize) SNAPSHOT_ENTRY_BYTES + (6u << 20))

struct fixture
{
  FakeAttachment *fake;
  Attachment *attachment;
  EntryInfo *loss, *counts, *robot;
  char *path;
};

static const double loss = 0.25;
static const gint32 counts[4] = { 1, -2, 3, -4 };

struct robot
{
  double x;
  guint16 flags;
  guint8 name[6];
};

static EntryInfo *
add_robot (FakeAttachment *fake)
{
  const struct robot robot = { 1.5, 0x0a, "abc" };
  EntryField fields[] = {
    { .name = (char *) "pos.x" },
    { .name = (char *) "mode", .offset = 8, .bit_offset = 1, .bit_width = 3 },
    { .name = (char *) "name", .offset = 10, .dimensions = 1, .shape = { 6 } },
  };
  const EntryInfo values = {
    .name = (char *) "robot",
    .type = { sizeof robot, SHMLENS_KIND_STRUCT, 'T', 0 },
    .length = 1,
    .unit = (char *) "m",
    .lock_kind = LOCK_ROBUST,
    .editable = TRUE,
    .n_fields = G_N_ELEMENTS (fields),
    .fields = fields,
  };

  shmlens_type_from_code ('d', &fields[0].type);
  shmlens_type_from_code ('H', &fields[1].type);
  shmlens_type_from_code ('c', &fields[2].type);
  return fake_attachment_add (fake, &values, &robot);
}

static int
set_up (void **state)
{
  struct fixture *f = g_new0 (struct fixture, 1);

  f->fake = fake_attachment_new (MEMORY_BYTES);
  f->attachment = fake_attachment_base (f->fake);
  f->loss = fake_attachment_add_plain (f->fake, "loss", 'd', 0, &loss);
  f->counts = fake_attachment_add_plain (f->fake, "counts", 'i', 4, counts);
  f->robot = add_robot (f->fake);
  f->path = g_strdup_printf ("%s/snapshot-test-%d" SNAPSHOT_FILE_SUFFIX, g_get_tmp_dir (),
                             getpid ());
  *state = f;
  return 0;
}

static int
tear_down (void **state)
{
  struct fixture *f = *state;

  g_unlink (f->path);
  g_free (f->path);
  entry_info_unref (f->loss);
  entry_info_unref (f->counts);
  entry_info_unref (f->robot);
  fake_attachment_unref (f->fake);
  g_free (f);
  return 0;
}

static Snapshot *
take (struct fixture *f)
{
  const struct snapshot_options options = { .name = "before" };
  Snapshot *snapshot = snapshot_take (f->attachment, &options, NULL);

  assert_non_null (snapshot);
  return snapshot;
}

static void
test_take (void **state)
{
  struct fixture *f = *state;
  gint64 begin = g_get_real_time ();
  g_autoptr (Snapshot) snapshot = take (f);
  const SnapshotEntry *entry = snapshot_find (snapshot, "counts");
  struct fake_counts done;

  assert_string_equal (snapshot->name, "before");
  assert_string_equal (snapshot->segment, "shm:/fake");
  assert_int_equal (snapshot->entries->len, 3);
  assert_int_equal (snapshot_left_out (snapshot), 0);
  assert_int_equal (snapshot_bytes (snapshot), 8 + 16 + 16);
  assert_non_null (entry);
  assert_memory_equal (g_bytes_get_data (entry->elements, NULL), counts, sizeof counts);
  assert_int_equal (entry->consistency, SHMLENS_CONSISTENCY_SEQUENCE);
  assert_true (entry->time_us >= begin && entry->time_us <= g_get_real_time ());
  assert_null (snapshot_find (snapshot, "no such entry"));
  fake_attachment_get_counts (f->fake, &done);
  assert_int_equal (done.locks, 0);
}

static void
test_take_some (void **state)
{
  struct fixture *f = *state;
  const char *const names[] = { "loss", "no such entry", NULL };
  const struct snapshot_options options = { .entries = names };
  g_autoptr (Snapshot) snapshot = snapshot_take (f->attachment, &options, NULL);

  assert_int_equal (snapshot->entries->len, 1);
  assert_non_null (snapshot_find (snapshot, "loss"));
}

static void
test_take_under_locks (void **state)
{
  struct fixture *f = *state;
  const struct snapshot_options options = { .locked = TRUE };
  g_autoptr (Snapshot) snapshot = NULL;
  struct fake_counts done;

  /* Whose lock is not to be had is read beside it. */
  fake_attachment_hold (f->fake, f->counts, 4242);
  snapshot = snapshot_take (f->attachment, &options, NULL);
  assert_int_equal (snapshot_left_out (snapshot), 0);
  fake_attachment_get_counts (f->fake, &done);
  assert_int_equal (done.locks, 2);
  assert_int_equal (done.unlocks, 2);
}

/* A lock that is stuck and guards many entries costs its time limit once. */
static void
test_a_stuck_lock_is_waited_for_once (void **state)
{
  struct fixture *f = *state;
  const struct snapshot_options options = { .locked = TRUE };
  g_autoptr (Snapshot) snapshot = NULL, later = NULL;
  struct fake_counts before, during, after;
  EntryInfo values = *f->counts;

  values.id = 0;
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("beside %u", i);

      values.name = name;
      entry_info_unref (fake_attachment_add (f->fake, &values, NULL));
    }
  fake_attachment_hold (f->fake, f->counts, 4242);
  fake_attachment_get_counts (f->fake, &before);
  snapshot = snapshot_take (f->attachment, &options, NULL);
  fake_attachment_get_counts (f->fake, &during);
  assert_int_equal (snapshot_left_out (snapshot), 0);
  assert_int_equal (during.timeouts - before.timeouts, 1);

  /* The next snapshot asks again. */
  fake_attachment_release (f->fake, f->counts);
  later = snapshot_take (f->attachment, &options, NULL);
  fake_attachment_get_counts (f->fake, &after);
  assert_int_equal (after.timeouts, during.timeouts);
  assert_int_equal (after.locks - during.locks, during.locks - before.locks + 21);
}

static void
test_large_is_left_out (void **state)
{
  struct fixture *f = *state;
  guint64 length = SNAPSHOT_ENTRY_BYTES + (5u << 20);
  g_autoptr (EntryInfo) huge = fake_attachment_add_plain (f->fake, "huge", 'B', length, NULL);
  const char *const names[] = { "huge", NULL };
  const struct snapshot_options options = { .entries = names };
  g_autoptr (Snapshot) without = take (f);
  g_autoptr (Snapshot) with = snapshot_take (f->attachment, &options, NULL);
  const SnapshotEntry *entry = snapshot_find (without, "huge");
  const guint8 last = 7;
  struct fake_counts before, after;
  g_autoptr (Snapshot) again = NULL;
  const guint8 *elements;

  assert_null (entry->elements);
  assert_non_null (strstr (entry->reason, "21.0"));
  assert_int_equal (snapshot_left_out (without), 1);

  /* By request, in pieces, each of another moment. */
  assert_non_null (snapshot_find (with, "huge")->elements);
  fake_attachment_poke (f->fake, huge, length - 1, 1, &last);
  fake_attachment_get_counts (f->fake, &before);
  again = snapshot_take (f->attachment, &options, NULL);
  fake_attachment_get_counts (f->fake, &after);
  assert_int_equal (after.reads - before.reads, 6);
  entry = snapshot_find (again, "huge");
  elements = g_bytes_get_data (entry->elements, NULL);
  assert_int_equal (elements[length - 1], 7);
  assert_int_equal (entry->consistency, SHMLENS_CONSISTENCY_UNLOCKED);
}

static void
test_unreadable_is_left_out (void **state)
{
  struct fixture *f = *state;
  g_autoptr (Snapshot) snapshot = NULL;

  fake_attachment_set_gone (f->fake, TRUE);
  snapshot = take (f);
  assert_int_equal (snapshot_left_out (snapshot), 3);
  assert_non_null (strstr (snapshot_find (snapshot, "loss")->reason, "cannot be read"));
}

static void
test_cancel (void **state)
{
  struct fixture *f = *state;
  gint cancelled = 1;

  assert_null (snapshot_take (f->attachment, NULL, &cancelled));
}

static void
test_rename (void **state)
{
  struct fixture *f = *state;
  g_autoptr (Snapshot) snapshot = take (f);
  g_autoptr (Snapshot) renamed = snapshot_rename (snapshot, "after");
  g_autoptr (GPtrArray) differences = snapshot_compare (snapshot, renamed, NULL, NULL);

  assert_string_equal (renamed->name, "after");
  assert_string_equal (snapshot->name, "before");
  assert_int_equal (differences->len, 0);
}

static void
test_file (void **state)
{
  struct fixture *f = *state;
  g_autoptr (Snapshot) snapshot = NULL, loaded = NULL;
  g_autoptr (GPtrArray) differences = NULL;
  g_autoptr (GError) error = NULL;
  const SnapshotEntry *entry;
  struct stat status;

  entry_info_unref (
    fake_attachment_add_plain (f->fake, "huge", 'B', SNAPSHOT_ENTRY_BYTES + 1, NULL));
  snapshot = take (f);
  assert_true (snapshot_save (snapshot, f->path, &error));
  assert_int_equal (g_stat (f->path, &status), 0);
  assert_int_equal (status.st_mode & 0777, 0600);
  loaded = snapshot_load (f->path, &error);
  assert_non_null (loaded);
  assert_string_equal (loaded->name, "before");
  assert_string_equal (loaded->segment, "shm:/fake");
  assert_string_equal (loaded->title, "fake");
  assert_true (loaded->time_us == snapshot->time_us);
  assert_int_equal (loaded->entries->len, 4);
  assert_string_equal (snapshot_find (loaded, "huge")->reason,
                       snapshot_find (snapshot, "huge")->reason);

  entry = snapshot_find (loaded, "robot");
  assert_string_equal (entry->info->unit, "m");
  assert_int_equal (entry->info->n_fields, 3);
  assert_string_equal (entry->info->fields[1].name, "mode");
  assert_int_equal (entry->info->fields[1].bit_width, 3);
  assert_int_equal (entry->info->fields[2].shape[0], 6);
  assert_int_equal (entry->consistency, SHMLENS_CONSISTENCY_SEQUENCE);

  /* All but the one that neither has. */
  differences = snapshot_compare (snapshot, loaded, NULL, NULL);
  assert_int_equal (differences->len, 1);
  assert_int_equal (((SnapshotDifference *) differences->pdata[0])->change, SNAPSHOT_NOT_READ);
}

static void
assert_refused (const char *path, int code, const char *part)
{
  g_autoptr (GError) error = NULL;
  Snapshot *snapshot = snapshot_load (path, &error);

  assert_null (snapshot);
  if (error->code != code || strstr (error->message, part) == NULL)
    fail_msg ("%d: %s", error->code, error->message);
}

static void
test_bad_files (void **state)
{
  struct fixture *f = *state;
  g_autoptr (Snapshot) snapshot = take (f);
  g_autoptr (GBytes) bytes = snapshot_to_bytes (snapshot);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GError) error = NULL;

  assert_refused (f->path, INSPECT_ERROR_NOT_FOUND, f->path);
  assert_refused ("/dev/zero", INSPECT_ERROR_CORRUPT, "no file");
  assert_refused (g_get_tmp_dir (), INSPECT_ERROR_CORRUPT, "no file");
  assert_true (g_file_set_contents (f->path, "", 0, NULL));
  assert_refused (f->path, INSPECT_ERROR_CORRUPT, "no snapshot");
  assert_true (g_file_set_contents (f->path, "hello", 5, NULL));
  assert_refused (f->path, INSPECT_ERROR_CORRUPT, "no snapshot");
  assert_true (g_file_set_contents (f->path, data, (gssize) size / 2, NULL));
  assert_refused (f->path, INSPECT_ERROR_CORRUPT, "damaged");
  assert_false (snapshot_save (snapshot, "/proc/no/such/place", &error));
  assert_int_equal (error->code, INSPECT_ERROR_PERMISSION);
}

/* Whatever a file is cut off at, it is refused. */
static void
test_every_length (void **state)
{
  struct fixture *f = *state;
  g_autoptr (Snapshot) snapshot = take (f);
  g_autoptr (GBytes) bytes = snapshot_to_bytes (snapshot);

  for (gsize size = 0; size < g_bytes_get_size (bytes); size++)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, 0, size);
      g_autoptr (GError) error = NULL;

      assert_null (snapshot_from_bytes (part, &error));
      assert_int_equal (error->code, INSPECT_ERROR_CORRUPT);
    }
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
    TEST (test_take),
    TEST (test_take_some),
    TEST (test_take_under_locks),
    TEST (test_a_stuck_lock_is_waited_for_once),
    TEST (test_large_is_left_out),
    TEST (test_unreadable_is_left_out),
    TEST (test_cancel),
    TEST (test_rename),
    TEST (test_file),
    TEST (test_bad_files),
    TEST (test_every_length),
  };

  return cmocka_run_group_tests_name ("snapshot", tests, NULL, NULL);
}
