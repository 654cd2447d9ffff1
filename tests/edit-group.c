/* Several edits as one step: one hold for those that share a lock, an outcome for each, one undo. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "editor.h"
#include "inspect-error.h"
#include "journal.h"
#include "support/fake-attachment.h"
#include "support/wait.h"

#define OTHER_PID 4242

struct fixture
{
  FakeAttachment *fake;
  Attachment *attachment;
  Editor *editor;
  EntryInfo *a, *b, *shared;   /* int32; the last has the lock of the first */
};

static int
set_up (void **state)
{
  struct fixture *f = g_new0 (struct fixture, 1);
  EntryInfo values;

  f->fake = fake_attachment_new (65536);
  f->attachment = fake_attachment_base (f->fake);
  f->a = fake_attachment_add_plain (f->fake, "a", 'i', 0, NULL);
  f->b = fake_attachment_add_plain (f->fake, "b", 'i', 0, NULL);
  values = *f->a;
  values.name = (char *) "shared";
  f->shared = fake_attachment_add (f->fake, &values, NULL);
  f->editor = editor_new ();
  *state = f;
  return 0;
}

static int
tear_down (void **state)
{
  struct fixture *f = *state;

  editor_free (f->editor);
  entry_info_unref (f->a);
  entry_info_unref (f->b);
  entry_info_unref (f->shared);
  fake_attachment_unref (f->fake);
  g_free (f);
  return 0;
}

static void
add (struct fixture *f, EditGroup *group, EntryInfo *entry, const char *text)
{
  g_autoptr (Edit) edit = edit_new (f->attachment, entry, 0, 1, text);

  edit->timeout_ns = 1000000;
  edit_group_add (group, edit);
}

static EditGroup *
new_group (struct fixture *f, const char *text)
{
  EditGroup *group = edit_group_new ("set all");

  add (f, group, f->a, text);
  add (f, group, f->b, text);
  add (f, group, f->shared, text);
  return group;
}

static gint32
peek (struct fixture *f, EntryInfo *entry)
{
  gint32 value;

  fake_attachment_peek (f->fake, entry, 0, 1, &value);
  return value;
}

static int
code_of (const GArray *outcomes, guint index)
{
  const GError *error = g_array_index (outcomes, EditOutcome, index).error;

  return error != NULL ? error->code : 0;
}

static void
those_that_share_a_lock_are_made_under_one_hold (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EditGroup) group = new_group (f, "7");
  g_autoptr (GArray) outcomes = edit_group_apply (group, NULL, NULL);
  struct fake_counts counts;

  assert_int_equal (edit_outcomes_failed (outcomes, NULL), 0);
  fake_attachment_get_counts (f->fake, &counts);
  assert_int_equal (counts.locks, 2);
  assert_int_equal (counts.unlocks, 2);
  assert_int_equal (counts.locked_stores, 3);
  assert_int_equal (peek (f, f->a), 7);
  assert_int_equal (peek (f, f->b), 7);
  assert_int_equal (peek (f, f->shared), 7);
  assert_int_equal (g_array_index (outcomes, EditOutcome, 2).result.consistency,
                    SHMLENS_CONSISTENCY_LOCKED);
}

static void
one_that_fails_keeps_none_from_it (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EditGroup) group = new_group (f, "7");
  g_autoptr (GArray) outcomes = NULL;
  g_autoptr (GError) error = NULL;

  fake_attachment_hold (f->fake, f->a, OTHER_PID);
  add (f, group, f->b, "no number");
  outcomes = edit_group_apply (group, NULL, NULL);
  assert_int_equal (code_of (outcomes, 0), INSPECT_ERROR_TIMEOUT);
  assert_int_equal (code_of (outcomes, 1), 0);
  assert_int_equal (code_of (outcomes, 2), INSPECT_ERROR_TIMEOUT);
  assert_int_equal (code_of (outcomes, 3), INSPECT_ERROR_BAD_VALUE);
  assert_int_equal (edit_outcomes_failed (outcomes, &error), 3);
  assert_non_null (strstr (error->message, "3 of 4"));
  assert_int_equal (peek (f, f->a), 0);
  assert_int_equal (peek (f, f->b), 7);
}

/* Each edit found what the one before it had left, as fields that overlap do. */
static void
edits_of_the_same_element_are_undone_from_the_last (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EditGroup) group = edit_group_new ("twice");
  g_autoptr (GPtrArray) before = g_ptr_array_new (), after = g_ptr_array_new ();
  g_autoptr (GArray) outcomes = NULL, undone = NULL;

  add (f, group, f->a, "1");
  add (f, group, f->a, "2");
  outcomes = edit_group_apply (group, NULL, NULL);
  for (guint i = 0; i < 2; i++)
    {
      const EditResult *result = &g_array_index (outcomes, EditOutcome, i).result;

      g_ptr_array_add (before, result->before);
      g_ptr_array_add (after, result->after);
    }
  assert_int_equal (peek (f, f->a), 2);
  undone = edit_group_restore (group, after, before, FALSE, TRUE, NULL, NULL);
  assert_int_equal (edit_outcomes_failed (undone, NULL), 0);
  assert_int_equal (peek (f, f->a), 0);
}

static void
what_is_cancelled_writes_nothing (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EditGroup) group = new_group (f, "7");
  const gint cancelled = TRUE;
  g_autoptr (GArray) outcomes = edit_group_apply (group, NULL, &cancelled);

  for (guint i = 0; i < 3; i++)
    assert_int_equal (code_of (outcomes, i), INSPECT_ERROR_CANCELLED);
  assert_int_equal (peek (f, f->a), 0);
  assert_int_equal (peek (f, f->b), 0);
}

/* ---------------------------------------------------------------------- the editor -- */

struct report
{
  guint calls;
  int code;
  guint failed;
  char message[256];
};

static void
on_group (Editor *editor, const EditGroup *group, const GArray *outcomes, const GError *error,
          gpointer data)
{
  struct report *report = data;

  report->calls++;
  report->code = error != NULL ? error->code : 0;
  report->failed = outcomes != NULL ? edit_outcomes_failed (outcomes, NULL) : group->edits->len;
}

static void
on_undone (Editor *editor, const Edit *edit, const EditResult *result, const GError *error,
           gpointer data)
{
  struct report *report = data;

  report->calls++;
  report->code = error != NULL ? error->code : 0;
  g_strlcpy (report->message, error != NULL ? error->message : "", sizeof report->message);
}

static struct report
apply (struct fixture *f, const char *text)
{
  g_autoptr (EditGroup) group = new_group (f, text);
  struct report report = { 0 };

  editor_apply_group (f->editor, group, on_group, &report);
  WAIT_UNTIL (report.calls > 0);
  return report;
}

static struct report
undo (struct fixture *f)
{
  struct report report = { 0 };

  editor_undo (f->editor, FALSE, on_undone, &report);
  WAIT_UNTIL (report.calls > 0);
  return report;
}

static struct report
redo (struct fixture *f)
{
  struct report report = { 0 };

  editor_redo (f->editor, FALSE, on_undone, &report);
  WAIT_UNTIL (report.calls > 0);
  return report;
}

static void
a_group_is_one_step (void **state)
{
  struct fixture *f = *state;
  g_autofree char *text = NULL;

  assert_int_equal (apply (f, "5").code, 0);
  text = editor_describe_undo (f->editor);
  assert_string_equal (text, "set all");
  assert_int_equal (undo (f).code, 0);
  assert_false (editor_can_undo (f->editor));
  assert_int_equal (peek (f, f->a) + peek (f, f->b) + peek (f, f->shared), 0);
  assert_int_equal (redo (f).code, 0);
  assert_int_equal (peek (f, f->a) + peek (f, f->b) + peek (f, f->shared), 15);
  assert_false (editor_can_redo (f->editor));
}

static void
what_failed_is_no_part_of_the_step (void **state)
{
  struct fixture *f = *state;
  struct report report;

  fake_attachment_hold (f->fake, f->b, OTHER_PID);
  report = apply (f, "5");
  assert_int_equal (report.code, INSPECT_ERROR_TIMEOUT);
  assert_int_equal (report.failed, 1);
  fake_attachment_release (f->fake, f->b);
  assert_int_equal (undo (f).code, 0);
  assert_int_equal (peek (f, f->a), 0);
  fake_attachment_hold (f->fake, f->b, OTHER_PID);
  fake_attachment_hold (f->fake, f->a, OTHER_PID);
  assert_int_equal (apply (f, "5").failed, 3);
  assert_false (editor_can_undo (f->editor));
  /* A step that was not made forgets nothing. */
  assert_true (editor_can_redo (f->editor));
}

/* What the program has changed meanwhile is left to be undone, the rest is undone; what is gone
 * is not offered again. */
static void
an_undo_takes_back_what_it_can (void **state)
{
  struct fixture *f = *state;
  const gint32 other = 9;
  struct report report;

  assert_int_equal (apply (f, "5").code, 0);
  fake_attachment_poke (f->fake, f->b, 0, 1, &other);
  fake_attachment_remove (f->fake, f->shared);
  report = undo (f);
  assert_non_null (strstr (report.message, "2 of 3"));
  assert_int_equal (peek (f, f->a), 0);
  assert_int_equal (peek (f, f->b), 9);
  assert_true (editor_can_undo (f->editor) && editor_can_redo (f->editor));

  report = undo (f);
  assert_int_equal (report.code, INSPECT_ERROR_CONDITION);
  report = (struct report){ 0 };
  editor_undo (f->editor, TRUE, on_undone, &report);
  WAIT_UNTIL (report.calls > 0);
  assert_int_equal (report.code, 0);
  assert_int_equal (peek (f, f->b), 0);
  assert_false (editor_can_undo (f->editor));
  assert_int_equal (redo (f).code, 0);
  assert_int_equal (peek (f, f->b), 5);
  assert_int_equal (redo (f).code, 0);
  assert_int_equal (peek (f, f->a), 5);
}

#define test_of(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    test_of (those_that_share_a_lock_are_made_under_one_hold),
    test_of (one_that_fails_keeps_none_from_it),
    test_of (edits_of_the_same_element_are_undone_from_the_last),
    test_of (what_is_cancelled_writes_nothing),
    test_of (a_group_is_one_step),
    test_of (what_failed_is_no_part_of_the_step),
    test_of (an_undo_takes_back_what_it_can),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
