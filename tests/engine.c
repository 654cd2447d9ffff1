/* Sampler and editor over a real segment, beside a real worker process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "editor.h"
#include "memory.h"
#include "sampler.h"
#include "support/roots.h"
#include "support/wait.h"

#define ROUNDS 20000
#define EDITS 200

struct fixture
{
  struct roots roots;
  Registry *registry;
  struct shmlens_segment *segment;
  struct shmlens_entry *count, *turn, *array;
  Attachment *attachment;
  EntryInfo *count_info, *array_info;
  Sampler *sampler;
  Editor *editor;
  pid_t worker;
};

static struct shmlens_entry *
make (struct fixture *f, const char *name, char code, guint64 length)
{
  struct shmlens_entry *entry;
  int result = length == 0
                 ? shmlens_value_create (f->segment, name, code, NULL, NULL, &entry)
                 : shmlens_array_create (f->segment, name, code, 1, &length, NULL, NULL, &entry);

  if (result < 0)
    fail_msg ("%s", shmlens_error ());
  return entry;
}

static int
set_up (void **state)
{
  struct fixture *f = g_new0 (struct fixture, 1);
  g_autoptr (GError) error = NULL;

  roots_make (&f->roots);
  f->segment = roots_create (&f->roots, "engine");
  f->count = make (f, "count", 'q', 0);
  f->turn = make (f, "turn", 'i', 0);
  f->array = make (f, "array", 'd', 1000);
  f->registry = registry_new (&f->roots.registry);
  f->attachment = registry_open (f->registry, "shm:/engine", &error);
  if (f->attachment == NULL)
    fail_msg ("%s", error->message);
  f->count_info = attachment_find_entry (f->attachment, "count");
  f->array_info = attachment_find_entry (f->attachment, "array");
  f->sampler = sampler_new ();
  sampler_set_rate (f->sampler, 200);
  f->editor = editor_new ();
  *state = f;
  return 0;
}

static void
end_worker (struct fixture *f)
{
  if (f->worker > 0)
    {
      kill (f->worker, SIGKILL);
      waitpid (f->worker, NULL, 0);
    }
  f->worker = 0;
}

static int
tear_down (void **state)
{
  struct fixture *f = *state;

  end_worker (f);
  sampler_free (f->sampler);
  editor_free (f->editor);
  entry_info_unref (f->count_info);
  entry_info_unref (f->array_info);
  attachment_unref (f->attachment);
  registry_free (f->registry);
  shmlens_segment_detach (f->segment);
  roots_remove (&f->roots);
  g_free (f);
  return 0;
}

/* A process of its own, which ends with us. The two agree by the value `turn`. */
static void
start_worker (struct fixture *f, void (*work) (struct fixture *))
{
  f->worker = fork ();
  assert_true (f->worker >= 0);
  if (f->worker > 0)
    return;
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  work (f);
  _exit (0);
}

static int
turn (struct fixture *f)
{
  int value;

  shmlens_entry_load (f->turn, 0, &value);
  return value;
}

static void
set_turn (struct fixture *f, int value)
{
  shmlens_entry_store (f->turn, 0, &value);
}

static gint64
count (struct fixture *f)
{
  gint64 value;

  shmlens_entry_load (f->count, 0, &value);
  return value;
}

static void
increment_for_ever (struct fixture *f)
{
  for (;;)
    shmlens_entry_add (f->count, 0, 1);
}

static void
increment_many_times (struct fixture *f)
{
  while (turn (f) == 0)
    usleep (100);
  for (int i = 0; i < ROUNDS; i++)
    shmlens_entry_add (f->count, 0, 1);
  set_turn (f, 2);
}

static void
hold_the_lock (struct fixture *f)
{
  struct shmlens_lock *lock = shmlens_entry_lock (f->count);

  shmlens_lock_acquire (lock);
  set_turn (f, 1);
  while (turn (f) == 1)
    usleep (100);
  shmlens_lock_release (lock);
  set_turn (f, 3);
}

struct record
{
  guint calls;
  int status;
  gint64 last;
  gboolean went_back;
  guint64 writes;
  LockInfo lock;
};

static void
record_count (Watch *watch, const Sample *sample, gpointer data)
{
  struct record *record = data;
  gint64 value = sample->elements != NULL ? *(const gint64 *) sample->elements : -1;

  record->calls++;
  record->status = sample->status;
  record->went_back |= value < record->last;
  record->last = value;
  record->writes = sample->writes;
  record->lock = sample->lock;
}

static void
a_counting_worker_is_seen_to_count (void **state)
{
  struct fixture *f = *state;
  struct record r = { 0 };

  start_worker (f, increment_for_ever);
  sampler_watch (f->sampler, f->attachment, f->count_info, 0, 1, record_count, &r);
  WAIT_UNTIL (r.calls > 50);
  end_worker (f);
  WAIT_UNTIL (r.last == count (f));
  assert_false (r.went_back);
  assert_true (r.writes > 0);
  assert_true (r.status >= 0);
}

static void
who_holds_the_lock_is_seen (void **state)
{
  struct fixture *f = *state;
  struct record r = { 0 };

  sampler_watch (f->sampler, f->attachment, f->count_info, 0, 1, record_count, &r);
  WAIT_UNTIL (r.calls > 0);
  assert_int_equal (r.lock.state, SHMLENS_LOCK_FREE);
  start_worker (f, hold_the_lock);
  /* A look at the moment between taking it and saying so sees nobody. */
  WAIT_UNTIL (r.lock.state == SHMLENS_LOCK_HELD && r.lock.owner_pid == f->worker);
  end_worker (f);
  WAIT_UNTIL (r.lock.state == SHMLENS_LOCK_DEAD);
}

static void
count_call (Attachment *attachment, gpointer data)
{
  ++*(guint *) data;
}

static void
what_comes_and_goes_is_told (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EntryInfo) added = NULL;
  g_autofree char *path = roots_path (&f->roots, "engine");
  g_autoptr (SegmentInfo) info = NULL;
  g_autoptr (Edit) edit = edit_new (f->attachment, f->count_info, 0, 1, "5");
  g_autoptr (GError) error = NULL;
  struct record r = { 0 };
  guint calls = 0;
  gint64 five = 5;

  sampler_watch_segment (f->sampler, f->attachment, count_call, &calls);
  sampler_watch (f->sampler, f->attachment, f->count_info, 0, 1, record_count, &r);
  WAIT_UNTIL (calls == 1 && r.calls == 1);
  make (f, "later", 'i', 0);
  WAIT_UNTIL ((added = attachment_find_entry (f->attachment, "later")) != NULL);
  WAIT_UNTIL (calls > 1);

  assert_int_equal (shmlens_entry_set (f->count, 0, &five), 0);
  WAIT_UNTIL (r.last == 5);
  assert_int_equal (shmlens_entry_remove (f->count), 0);
  WAIT_UNTIL (r.status == -ESTALE);
  assert_int_equal (r.last, 5);
  assert_false (edit_apply (edit, NULL, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND));

  calls = 0;
  assert_int_equal (unlink (path), 0);
  WAIT_UNTIL (calls > 0);
  info = attachment_get_info (f->attachment);
  assert_int_equal (info->state, SEGMENT_REMOVED);
}

static void
a_truncated_segment_keeps_its_last_values (void **state)
{
  struct fixture *f = *state;
  g_autofree char *path = roots_path (&f->roots, "engine");
  g_autoptr (Edit) edit = edit_new (f->attachment, f->count_info, 0, 1, "5");
  g_autoptr (GError) error = NULL;
  off_t size = shmlens_segment_size (f->segment);
  struct record r = { 0 };
  gint64 five = 5;

  memory_install ();
  assert_int_equal (shmlens_entry_set (f->count, 0, &five), 0);
  sampler_watch (f->sampler, f->attachment, f->count_info, 0, 1, record_count, &r);
  WAIT_UNTIL (r.last == 5);
  /* The library's own mapping is not touched while it is short. */
  assert_int_equal (truncate (path, 0), 0);
  WAIT_UNTIL (r.status < 0);
  assert_int_equal (r.last, 5);
  assert_false (edit_apply (edit, NULL, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT));
  assert_int_equal (truncate (path, size), 0);
}

static void
record_done (Editor *editor, const Edit *edit, const EditResult *result, const GError *error,
             gpointer data)
{
  if (error != NULL)
    fail_msg ("%s", error->message);
  assert_int_equal (result->consistency, SHMLENS_CONSISTENCY_LOCKED);
  ++*(guint *) data;
}

static void
edits_beside_a_worker_lose_nothing (void **state)
{
  struct fixture *f = *state;
  guint done = 0;

  start_worker (f, increment_many_times);
  set_turn (f, 1);
  for (guint i = 0; i < EDITS; i++)
    {
      g_autoptr (Edit) edit = edit_new (f->attachment, f->count_info, 0, 1, "+=1000000");

      edit->timeout_ns = 20 * G_GUINT64_CONSTANT (1000000000);
      editor_apply (f->editor, edit, record_done, &done);
    }
  WAIT_UNTIL (done == EDITS && turn (f) == 2);
  assert_int_equal (count (f), ROUNDS + EDITS * G_GINT64_CONSTANT (1000000));
  assert_int_equal (shmlens_entry_writes (f->count), ROUNDS + EDITS);
}

static void
a_slice_is_edited_and_undone (void **state)
{
  struct fixture *f = *state;
  g_autoptr (Edit) set = edit_new (f->attachment, f->array_info, 10, 1000, "0.5");
  g_autoptr (Edit) add = edit_new (f->attachment, f->array_info, 0, 1000, "+=0.25");
  guint done = 0;
  double value[1000];

  editor_apply (f->editor, set, record_done, &done);
  editor_apply (f->editor, add, record_done, &done);
  WAIT_UNTIL (done == 2);
  shmlens_entry_get_slice (f->array, 0, 1000, value);
  assert_true (value[9] == 0.25 && value[10] == 0.75 && value[999] == 0.75);
  editor_undo (f->editor, FALSE, record_done, &done);
  editor_undo (f->editor, FALSE, record_done, &done);
  editor_redo (f->editor, FALSE, record_done, &done);
  WAIT_UNTIL (done == 5);
  shmlens_entry_get_slice (f->array, 0, 1000, value);
  assert_true (value[9] == 0 && value[10] == 0.5 && value[999] == 0.5);
}

struct waiting
{
  guint calls;
  pid_t pid;
};

static void
record_waiting (Editor *editor, const Edit *edit, guint64 waited_ns,
                const LockInfo *holder, gpointer data)
{
  struct waiting *waiting = data;

  waiting->calls++;
  waiting->pid = holder->owner_pid;
}

static void
count_error (Editor *editor, const Edit *edit, const EditResult *result, const GError *error,
             gpointer data)
{
  assert_null (result);
  *(int *) data = error->code;
}

static void
an_edit_waits_for_the_worker_that_holds_the_lock (void **state)
{
  struct fixture *f = *state;
  g_autoptr (Edit) edit = edit_new (f->attachment, f->count_info, 0, 1, "5");
  g_autoptr (Edit) hasty = edit_new (f->attachment, f->count_info, 0, 1, "6");
  struct waiting waiting = { 0 };
  guint done = 0;
  int code = 0;

  editor_set_waiting_func (f->editor, record_waiting, &waiting);
  start_worker (f, hold_the_lock);
  WAIT_UNTIL (turn (f) == 1);
  hasty->timeout_ns = 10000000;
  editor_apply (f->editor, hasty, count_error, &code);
  WAIT_UNTIL (code != 0);
  assert_int_equal (code, INSPECT_ERROR_TIMEOUT);

  edit->timeout_ns = 20 * G_GUINT64_CONSTANT (1000000000);
  editor_apply (f->editor, edit, count_error, &code);
  WAIT_UNTIL (waiting.calls > 0);
  assert_int_equal (waiting.pid, f->worker);
  editor_cancel (f->editor);
  WAIT_UNTIL (!editor_is_busy (f->editor));
  assert_int_equal (code, INSPECT_ERROR_CANCELLED);

  editor_apply (f->editor, edit, record_done, &done);
  set_turn (f, 2);
  WAIT_UNTIL (done == 1 && turn (f) == 3);
  assert_int_equal (count (f), 5);
}

static void
record_recovery (Editor *editor, const Edit *edit, const EditResult *result, const GError *error,
                 gpointer data)
{
  if (error != NULL)
    fail_msg ("%s", error->message);
  assert_true (result->recovered);
  ++*(guint *) data;
}

static void
a_dead_worker_s_lock_is_recovered_when_asked (void **state)
{
  struct fixture *f = *state;
  g_autoptr (Edit) edit = edit_new (f->attachment, f->count_info, 0, 1, "5");
  g_autoptr (Edit) recovering = edit_new (f->attachment, f->count_info, 0, 1, "6");
  guint done = 0;
  int code = 0;
  gint64 value = 0;

  start_worker (f, hold_the_lock);
  WAIT_UNTIL (turn (f) == 1);
  end_worker (f);
  editor_apply (f->editor, edit, count_error, &code);
  WAIT_UNTIL (code != 0);
  assert_int_equal (code, INSPECT_ERROR_OWNER_DIED);
  assert_int_equal (count (f), 0);
  recovering->recover = TRUE;
  editor_apply (f->editor, recovering, record_recovery, &done);
  WAIT_UNTIL (done == 1);
  /* The programs go on. */
  assert_int_equal (shmlens_entry_get (f->count, 0, &value), 0);
  assert_int_equal (value, 6);
}

enum fate
{
  FATE_TRUNCATED,
  FATE_HALVED,
  FATE_EMPTIED,
  FATE_UNLINKED,
  FATE_REPLACED,
  FATES
};

/* A segment without anybody in it, so that only the inspector sees what befalls it. */
static void
leave_segment (struct fixture *f, const char *file)
{
  struct shmlens_segment *segment = roots_create (&f->roots, file);
  guint64 length = 10000;
  struct shmlens_entry *entry;

  assert_int_equal (shmlens_value_create (segment, "count", 'q', NULL, NULL, &entry), 0);
  assert_int_equal (
    shmlens_array_create (segment, "array", 'd', 1, &length, NULL, NULL, &entry), 0);
  assert_int_equal (shmlens_segment_detach (segment), 0);
}

static void
befall (struct fixture *f, enum fate fate)
{
  g_autofree char *path = roots_path (&f->roots, "doomed");
  g_autofree char *other = roots_path (&f->roots, "other");
  struct stat status;

  switch (fate)
    {
    case FATE_TRUNCATED:
      assert_int_equal (truncate (path, 0), 0);
      break;
    case FATE_HALVED:
      assert_int_equal (truncate (path, 40000), 0);
      break;
    case FATE_EMPTIED:
      assert_int_equal (stat (path, &status), 0);
      assert_int_equal (truncate (path, 0), 0);
      assert_int_equal (truncate (path, status.st_size), 0);
      break;
    case FATE_UNLINKED:
      assert_int_equal (unlink (path), 0);
      break;
    default:
      leave_segment (f, "other");
      assert_int_equal (rename (other, path), 0);
      break;
    }
}

static void
count_sample (Watch *watch, const Sample *sample, gpointer data)
{
  ++*(guint *) data;
}

static void
count_either_way (Editor *editor, const Edit *edit, const EditResult *result, const GError *error,
                  gpointer data)
{
  ++*(guint *) data;
}

static enum segment_state
state_of (Attachment *attachment)
{
  g_autoptr (SegmentInfo) info = attachment_get_info (attachment);

  return info->state;
}

static void
watch_one_go_away (struct fixture *f, enum fate fate)
{
  g_autofree char *path = roots_path (&f->roots, "doomed");
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (EntryInfo) value = NULL, array = NULL;
  g_autoptr (Edit) edit = NULL, slice = NULL;
  Watch *watches[3];
  guint segment_calls = 0, samples = 0, done = 0;

  leave_segment (f, "doomed");
  attachment = registry_open (f->registry, "shm:/doomed", NULL);
  assert_non_null (attachment);
  value = attachment_find_entry (attachment, "count");
  array = attachment_find_entry (attachment, "array");
  edit = edit_new (attachment, value, 0, 1, "+=1");
  slice = edit_new (attachment, array, 0, 10000, "+=1");
  watches[0] = sampler_watch_segment (f->sampler, attachment, count_call, &segment_calls);
  watches[1] = sampler_watch (f->sampler, attachment, value, 0, 1, count_sample, &samples);
  watches[2] = sampler_watch (f->sampler, attachment, array, 0, 10000, count_sample, &samples);
  WAIT_UNTIL (segment_calls > 0 && samples >= 2);

  for (int i = 0; i < 4; i++)
    editor_apply (f->editor, i % 2 ? edit : slice, count_either_way, &done);
  befall (f, fate);
  WAIT_UNTIL (state_of (attachment) != SEGMENT_LIVE && segment_calls > 1 && done == 4);
  for (int i = 0; i < 3; i++)
    sampler_unwatch (f->sampler, watches[i]);
  unlink (path);
}

static void
segments_that_go_away_while_watched_and_edited_do_no_harm (void **state)
{
  struct fixture *f = *state;
  guint rounds = g_getenv ("SHMLENS_LONG") != NULL ? 1000 : 50;

  memory_install ();
  sampler_set_rate (f->sampler, 1000);
  for (guint i = 0; i < rounds; i++)
    watch_one_go_away (f, i % FATES);
}

#define test_of(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    test_of (a_counting_worker_is_seen_to_count),
    test_of (who_holds_the_lock_is_seen),
    test_of (what_comes_and_goes_is_told),
    test_of (a_truncated_segment_keeps_its_last_values),
    test_of (edits_beside_a_worker_lose_nothing),
    test_of (a_slice_is_edited_and_undone),
    test_of (an_edit_waits_for_the_worker_that_holds_the_lock),
    test_of (a_dead_worker_s_lock_is_recovered_when_asked),
    test_of (segments_that_go_away_while_watched_and_edited_do_no_harm),
  };

  g_set_prgname ("engine");
  return cmocka_run_group_tests (tests, NULL, NULL);
}
