/* Restoring from a snapshot: what is written, what is refused and why, and its undo. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "editor.h"
#include "inspect-error.h"
#include "snapshot-restore.h"
#include "support/fake-attachment.h"
#include "support/wait.h"

struct fixture
{
  FakeAttachment *fake;
  Attachment *attachment;
  EntryInfo *loss, *counts;
  Snapshot *snapshot;
};

static const double loss = 0.25, other_loss = 9;
static const gint32 counts[3] = { 1, 2, 3 }, other_counts[3] = { 1, 5, 3 };

static int
set_up (void **state)
{
  struct fixture *f = g_new0 (struct fixture, 1);

  f->fake = fake_attachment_new (65536);
  f->attachment = fake_attachment_base (f->fake);
  f->loss = fake_attachment_add_plain (f->fake, "loss", 'd', 0, &loss);
  f->counts = fake_attachment_add_plain (f->fake, "counts", 'i', 3, counts);
  f->snapshot = snapshot_take (f->attachment, NULL, NULL);
  fake_attachment_poke (f->fake, f->loss, 0, 1, &other_loss);
  fake_attachment_poke (f->fake, f->counts, 0, 3, other_counts);
  *state = f;
  return 0;
}

static int
tear_down (void **state)
{
  struct fixture *f = *state;

  snapshot_unref (f->snapshot);
  entry_info_unref (f->loss);
  entry_info_unref (f->counts);
  fake_attachment_unref (f->fake);
  g_free (f);
  return 0;
}

static SnapshotRestore *
restore (struct fixture *f, const char *const *names, gboolean unlocked)
{
  g_autoptr (Snapshot) live = snapshot_take (f->attachment, NULL, NULL);
  SnapshotRestore *plan
    = snapshot_restore_new (f->snapshot, f->attachment, names, live, unlocked, 1000000);
  g_autoptr (GArray) outcomes = edit_group_apply (plan->group, NULL, NULL);

  snapshot_restore_finish (plan, outcomes, NULL);
  return plan;
}

static void
assert_refusal (const SnapshotRestore *plan, guint index, const char *name, const char *part)
{
  const struct snapshot_refusal *refusal;

  assert_true (index < plan->refusals->len);
  refusal = plan->refusals->pdata[index];
  assert_string_equal (refusal->name, name);
  if (strstr (refusal->reason, part) == NULL)
    fail_msg ("%s: %s", refusal->name, refusal->reason);
}

static double
loss_now (struct fixture *f)
{
  double now;

  fake_attachment_peek (f->fake, f->loss, 0, 1, &now);
  return now;
}

static void
all_is_restored_under_the_locks (void **state)
{
  struct fixture *f = *state;
  g_autoptr (SnapshotRestore) plan = restore (f, NULL, FALSE);
  g_autofree char *summary = snapshot_restore_summary (plan);
  struct fake_counts done;
  gint32 now[3];

  assert_int_equal (plan->n_entries, 2);
  assert_string_equal (summary, "2 entries restored");
  assert_true (loss_now (f) == loss);
  fake_attachment_peek (f->fake, f->counts, 0, 3, now);
  assert_memory_equal (now, counts, sizeof counts);
  fake_attachment_get_counts (f->fake, &done);
  assert_int_equal (done.locked_stores, done.stores);
}

static void
a_selection_leaves_the_rest (void **state)
{
  struct fixture *f = *state;
  const char *const names[] = { "loss", "no such", NULL };
  g_autoptr (SnapshotRestore) plan = restore (f, names, FALSE);
  gint32 now[3];

  assert_int_equal (plan->n_entries, 1);
  assert_int_equal (plan->refusals->len, 1);
  assert_refusal (plan, 0, "no such", "the snapshot has no entry");
  fake_attachment_peek (f->fake, f->counts, 0, 3, now);
  assert_memory_equal (now, other_counts, sizeof counts);
}

static void
what_is_the_same_is_left_alone (void **state)
{
  struct fixture *f = *state;
  g_autoptr (SnapshotRestore) plan = NULL;
  g_autofree char *summary = NULL;
  struct fake_counts done;

  fake_attachment_poke (f->fake, f->loss, 0, 1, &loss);
  plan = restore (f, NULL, FALSE);
  summary = snapshot_restore_summary (plan);
  assert_string_equal (summary, "1 entry restored, 1 was the same");
  fake_attachment_get_counts (f->fake, &done);
  assert_int_equal (done.stores, 1);
}

static void
what_cannot_be_is_told_by_name (void **state)
{
  struct fixture *f = *state;
  EntryInfo values = *f->loss;
  g_autoptr (SnapshotRestore) plan = NULL;
  g_autofree char *report = NULL;

  fake_attachment_remove (f->fake, f->loss);
  fake_attachment_remove (f->fake, f->counts);
  values.name = (char *) "counts";
  entry_info_unref (fake_attachment_add (f->fake, &values, NULL));
  attachment_refresh (f->attachment);
  plan = restore (f, NULL, FALSE);
  report = snapshot_restore_report (plan);
  assert_int_equal (plan->n_entries, 0);
  assert_refusal (plan, 0, "loss", "no entry of this name now");
  assert_refusal (plan, 1, "counts", "is float64 now and was int32[3]");
  assert_non_null (strstr (report, "\ncounts: it is float64"));
}

static void
a_lock_that_is_held_refuses_only_its_entry (void **state)
{
  struct fixture *f = *state;
  g_autoptr (SnapshotRestore) plan = NULL;

  fake_attachment_hold (f->fake, f->counts, 4242);
  plan = restore (f, NULL, FALSE);
  assert_int_equal (plan->n_entries, 1);
  assert_refusal (plan, 0, "counts", "still locked");
  assert_true (loss_now (f) == loss);
}

/* A read-only entry, and one that can only be written without a lock. */
static void
entries_keep_their_own_rules (void **state)
{
  struct fixture *f = *state;
  EntryInfo read_only = *f->loss, lockless = *f->loss;
  g_autoptr (EntryInfo) a = NULL, b = NULL;
  g_autoptr (SnapshotRestore) plan = NULL, unlocked = NULL;
  double now;

  read_only.name = (char *) "read only";
  read_only.editable = FALSE;
  lockless.name = (char *) "lockless";
  lockless.lock_kind = LOCK_NONE;
  lockless.reason = (char *) "it has no lock";
  a = fake_attachment_add (f->fake, &read_only, &loss);
  b = fake_attachment_add (f->fake, &lockless, &loss);
  snapshot_unref (f->snapshot);
  f->snapshot = snapshot_take (f->attachment, NULL, NULL);
  fake_attachment_poke (f->fake, a, 0, 1, &other_loss);
  fake_attachment_poke (f->fake, b, 0, 1, &other_loss);

  plan = restore (f, NULL, FALSE);
  assert_refusal (plan, 0, "read only", "does not want it edited");
  assert_refusal (plan, 1, "lockless", "it has no lock");
  unlocked = restore (f, NULL, TRUE);
  assert_int_equal (unlocked->refusals->len, 1);
  assert_int_equal (unlocked->n_entries, 1);
  fake_attachment_peek (f->fake, b, 0, 1, &now);
  assert_true (now == loss);
}

/* Only the fields are written, and only those that may be. */
static void
structures_are_restored_by_their_fields (void **state)
{
  struct fixture *f = *state;
  EntryField fields[] = { { .name = (char *) "a" },
                          { .name = (char *) "pointer", .offset = 4, .reason = (char *) "a pointer" } };
  EntryInfo values = { .name = (char *) "s",
                       .type = { 8, SHMLENS_KIND_STRUCT, 'T', 0 },
                       .length = 1,
                       .editable = TRUE,
                       .lock_kind = LOCK_ROBUST,
                       .n_fields = 2,
                       .fields = fields };
  const char *const names[] = { "s", NULL };
  g_autoptr (EntryInfo) info = NULL;
  g_autoptr (SnapshotRestore) plan = NULL;
  guint8 now[8];

  shmlens_type_from_code ('H', &fields[0].type);
  shmlens_type_from_code ('I', &fields[1].type);
  info = fake_attachment_add (f->fake, &values, "\1\1..\2\2\2\2");
  snapshot_unref (f->snapshot);
  f->snapshot = snapshot_take (f->attachment, NULL, NULL);
  fake_attachment_poke (f->fake, info, 0, 1, "\7\7!!\7\7\7\7");
  plan = restore (f, names, FALSE);
  fake_attachment_peek (f->fake, info, 0, 1, now);
  assert_memory_equal (now, "\1\1!!\7\7\7\7", 8);
  assert_int_equal (plan->n_entries, 1);
  assert_refusal (plan, 0, "s.pointer", "a pointer");
}

static void
on_group (Editor *editor, const EditGroup *group, const GArray *outcomes, const GError *error,
          gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
on_undone (Editor *editor, const Edit *edit, const EditResult *result, const GError *error,
           gpointer data)
{
  assert_null (error);
  *(gboolean *) data = TRUE;
}

static void
one_undo_takes_it_back (void **state)
{
  struct fixture *f = *state;
  g_autoptr (Snapshot) named = snapshot_rename (f->snapshot, "start");
  g_autoptr (SnapshotRestore) plan
    = snapshot_restore_new (named, f->attachment, NULL, NULL, FALSE, 1000000);
  g_autoptr (Editor) editor = editor_new ();
  gboolean done = FALSE, undone = FALSE;
  g_autofree char *text = NULL;
  gint32 now[3];

  editor_apply_group (editor, plan->group, on_group, &done);
  WAIT_UNTIL (done);
  text = editor_describe_undo (editor);
  assert_string_equal (text, "restore of “start”");
  assert_true (loss_now (f) == loss);
  editor_undo (editor, FALSE, on_undone, &undone);
  WAIT_UNTIL (undone);
  assert_true (loss_now (f) == other_loss);
  fake_attachment_peek (f->fake, f->counts, 0, 3, now);
  assert_memory_equal (now, other_counts, sizeof counts);
}

#define test_of(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    test_of (all_is_restored_under_the_locks),
    test_of (a_selection_leaves_the_rest),
    test_of (what_is_the_same_is_left_alone),
    test_of (what_cannot_be_is_told_by_name),
    test_of (a_lock_that_is_held_refuses_only_its_entry),
    test_of (entries_keep_their_own_rules),
    test_of (structures_are_restored_by_their_fields),
    test_of (one_undo_takes_it_back),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
