/* The editor: edits on its own thread, whom they wait for, cancelling, undo and redo. */
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
  EntryInfo *value;   /* int32 */
  guint changes;
};

/* What a done callback was given. */
struct outcome
{
  guint calls;
  int code;           /* of the error; 0: done */
  gboolean recovered;
  gboolean had_edit;
  char message[256];
  guint order;
};

static guint order;

static void
record (Editor *editor, const Edit *edit, const EditResult *result, const GError *error,
        gpointer data)
{
  struct outcome *outcome = data;

  assert_true ((result == NULL) == (error != NULL));
  outcome->calls++;
  outcome->order = ++order;
  outcome->had_edit = edit != NULL;
  outcome->code = error != NULL ? error->code : 0;
  outcome->recovered = result != NULL && result->recovered;
  g_strlcpy (outcome->message, error != NULL ? error->message : "", sizeof outcome->message);
}

static void
count_change (Editor *editor, gpointer data)
{
  ++((struct fixture *) data)->changes;
}

static int
set_up (void **state)
{
  struct fixture *f = g_new0 (struct fixture, 1);

  f->fake = fake_attachment_new (65536);
  f->attachment = fake_attachment_base (f->fake);
  f->value = fake_attachment_add_plain (f->fake, "loss", 'i', 0, NULL);
  f->editor = editor_new ();
  editor_set_changed_func (f->editor, count_change, f);
  *state = f;
  return 0;
}

static int
tear_down (void **state)
{
  struct fixture *f = *state;

  editor_free (f->editor);
  entry_info_unref (f->value);
  fake_attachment_unref (f->fake);
  g_free (f);
  return 0;
}

static void
queue_edit (struct fixture *f, const char *text, struct outcome *outcome)
{
  g_autoptr (Edit) edit = edit_new (f->attachment, f->value, 0, 1, text);

  edit->timeout_ns = 20 * G_GUINT64_CONSTANT (1000000000);
  editor_apply (f->editor, edit, record, outcome);
}

static struct outcome
apply (struct fixture *f, const char *text)
{
  struct outcome outcome = { 0 };

  queue_edit (f, text, &outcome);
  WAIT_UNTIL (outcome.calls > 0);
  return outcome;
}

static struct outcome
undo (struct fixture *f, gboolean force)
{
  struct outcome outcome = { 0 };

  editor_undo (f->editor, force, record, &outcome);
  WAIT_UNTIL (outcome.calls > 0);
  return outcome;
}

static struct outcome
redo (struct fixture *f, gboolean force)
{
  struct outcome outcome = { 0 };

  editor_redo (f->editor, force, record, &outcome);
  WAIT_UNTIL (outcome.calls > 0);
  return outcome;
}

static gint32
current (struct fixture *f)
{
  gint32 value;

  fake_attachment_peek (f->fake, f->value, 0, 1, &value);
  return value;
}

static void
edits_are_applied_in_turn (void **state)
{
  struct fixture *f = *state;
  struct outcome outcomes[3] = { 0 };

  assert_false (editor_is_busy (f->editor));
  queue_edit (f, "5", &outcomes[0]);
  queue_edit (f, "bad", &outcomes[1]);
  queue_edit (f, "*=3", &outcomes[2]);
  assert_true (editor_is_busy (f->editor));
  WAIT_UNTIL (outcomes[2].calls == 1);
  assert_false (editor_is_busy (f->editor));
  assert_int_equal (current (f), 15);
  assert_int_equal (outcomes[0].code, 0);
  assert_int_equal (outcomes[1].code, INSPECT_ERROR_BAD_VALUE);
  assert_true (outcomes[0].order < outcomes[1].order && outcomes[1].order < outcomes[2].order);
  WAIT_UNTIL (f->changes > 0);
}

static void
undo_and_redo_go_back_and_forth (void **state)
{
  struct fixture *f = *state;
  g_autofree char *undo_text = NULL, *redo_text = NULL;

  assert_false (editor_can_undo (f->editor));
  assert_null (editor_describe_undo (f->editor));
  apply (f, "5");
  apply (f, "+=2");
  assert_true (editor_can_undo (f->editor));
  assert_false (editor_can_redo (f->editor));
  undo_text = editor_describe_undo (f->editor);
  assert_string_equal (undo_text, "loss += 2");

  assert_int_equal (undo (f, FALSE).code, 0);
  assert_int_equal (current (f), 5);
  redo_text = editor_describe_redo (f->editor);
  assert_string_equal (redo_text, "loss += 2");
  assert_int_equal (undo (f, FALSE).code, 0);
  assert_int_equal (current (f), 0);
  assert_false (editor_can_undo (f->editor));
  assert_int_equal (redo (f, FALSE).code, 0);
  assert_int_equal (redo (f, FALSE).code, 0);
  assert_int_equal (current (f), 7);
  assert_false (editor_can_redo (f->editor));

  undo (f, FALSE);
  apply (f, "100");
  assert_false (editor_can_redo (f->editor));
}

static void
what_came_last_has_the_highest_number (void **state)
{
  struct fixture *f = *state;
  guint64 first, second, undone, redone;

  assert_int_equal (editor_get_undo_number (f->editor), 0);
  apply (f, "5");
  first = editor_get_undo_number (f->editor);
  /* The same again is another. */
  apply (f, "5");
  second = editor_get_undo_number (f->editor);
  assert_true (first > 0 && second > first);
  undo (f, FALSE);
  assert_int_equal (editor_get_undo_number (f->editor), first);
  undone = editor_get_redo_number (f->editor);
  assert_true (undone > second);
  redo (f, FALSE);
  redone = editor_get_undo_number (f->editor);
  assert_true (redone > undone);
  assert_int_equal (editor_get_redo_number (f->editor), 0);
  undo (f, FALSE);
  apply (f, "6");
  assert_true (editor_get_undo_number (f->editor) > redone);
}

static void
nothing_to_undo_is_an_error (void **state)
{
  struct fixture *f = *state;
  struct outcome outcome = undo (f, FALSE);

  assert_int_equal (outcome.code, INSPECT_ERROR_NOT_FOUND);
  assert_false (outcome.had_edit);
  assert_non_null (strstr (outcome.message, "undo"));
  assert_int_equal (redo (f, TRUE).code, INSPECT_ERROR_NOT_FOUND);
}

static void
an_undo_queued_behind_an_edit_undoes_that_edit (void **state)
{
  struct fixture *f = *state;
  struct outcome edit = { 0 }, undone = { 0 };

  apply (f, "5");
  fake_attachment_hold (f->fake, f->value, OTHER_PID);
  queue_edit (f, "9", &edit);
  editor_undo (f->editor, FALSE, record, &undone);
  fake_attachment_release (f->fake, f->value);
  WAIT_UNTIL (undone.calls == 1);
  assert_int_equal (undone.code, 0);
  assert_int_equal (current (f), 5);
  assert_true (editor_can_undo (f->editor));
}

static void
an_undo_does_not_overwrite_what_came_after (void **state)
{
  struct fixture *f = *state;
  gint32 other = 66;
  struct outcome outcome;

  apply (f, "5");
  fake_attachment_poke (f->fake, f->value, 0, 1, &other);
  outcome = undo (f, FALSE);
  assert_int_equal (outcome.code, INSPECT_ERROR_CONDITION);
  assert_non_null (strstr (outcome.message, "66"));
  assert_non_null (strstr (outcome.message, "5"));
  assert_int_equal (current (f), 66);
  assert_true (editor_can_undo (f->editor));
  assert_int_equal (undo (f, TRUE).code, 0);
  assert_int_equal (current (f), 0);

  fake_attachment_poke (f->fake, f->value, 0, 1, &other);
  assert_int_equal (redo (f, FALSE).code, INSPECT_ERROR_CONDITION);
  assert_int_equal (redo (f, TRUE).code, 0);
  assert_int_equal (current (f), 5);
}

static void
what_can_never_be_undone_leaves_the_journal (void **state)
{
  struct fixture *f = *state;
  g_autoptr (EntryInfo) other = fake_attachment_add_plain (f->fake, "other", 'i', 0, NULL);
  g_autoptr (Edit) edit = edit_new (f->attachment, other, 0, 1, "1");
  struct outcome outcome = { 0 };
  g_autofree char *text = NULL;

  apply (f, "5");
  editor_apply (f->editor, edit, record, &outcome);
  WAIT_UNTIL (outcome.calls == 1);
  fake_attachment_remove (f->fake, other);
  assert_int_equal (undo (f, FALSE).code, INSPECT_ERROR_NOT_FOUND);
  text = editor_describe_undo (f->editor);
  assert_string_equal (text, "loss = 5");
  assert_int_equal (undo (f, FALSE).code, 0);
  assert_int_equal (current (f), 0);

  fake_attachment_set_state (f->fake, SEGMENT_REPLACED, "another has its name");
  assert_int_equal (redo (f, FALSE).code, INSPECT_ERROR_CORRUPT);
  assert_false (editor_can_redo (f->editor));
  assert_int_equal (apply (f, "3").code, INSPECT_ERROR_CORRUPT);
}

struct waiting
{
  guint calls;
  pid_t pid;
  guint64 waited_ns;
  gboolean frees;
  struct fixture *f;
};

static void
record_waiting (Editor *editor, const Edit *edit, guint64 waited_ns,
                const LockInfo *holder, gpointer data)
{
  struct waiting *waiting = data;

  assert_true (edit->entry != NULL);
  assert_true (waited_ns > waiting->waited_ns);
  waiting->waited_ns = waited_ns;
  waiting->pid = holder->owner_pid;
  waiting->calls++;
  if (waiting->frees)
    g_clear_pointer (&waiting->f->editor, editor_free);
}

static void
a_waiting_edit_tells_whom_for (void **state)
{
  struct fixture *f = *state;
  struct waiting waiting = { 0 };
  struct outcome outcome = { 0 };
  guint calls;

  editor_set_waiting_func (f->editor, record_waiting, &waiting);
  fake_attachment_hold (f->fake, f->value, OTHER_PID);
  queue_edit (f, "5", &outcome);
  WAIT_UNTIL (waiting.calls >= 2);
  assert_int_equal (waiting.pid, OTHER_PID);
  assert_true (waiting.waited_ns >= 100000000);
  assert_int_equal (outcome.calls, 0);
  fake_attachment_release (f->fake, f->value);
  WAIT_UNTIL (outcome.calls == 1);
  calls = waiting.calls;
  assert_int_equal (outcome.code, 0);
  assert_int_equal (current (f), 5);
  for (int i = 0; i < 5; i++)
    g_main_context_iteration (NULL, FALSE);
  assert_int_equal (waiting.calls, calls);
}

static void
cancelling_gives_up_all_that_wait (void **state)
{
  struct fixture *f = *state;
  struct outcome outcomes[3] = { 0 }, undone = { 0 };
  struct waiting waiting = { 0 };

  editor_cancel (f->editor);
  apply (f, "1");
  editor_set_waiting_func (f->editor, record_waiting, &waiting);
  fake_attachment_hold (f->fake, f->value, OTHER_PID);
  for (int i = 0; i < 3; i++)
    queue_edit (f, "5", &outcomes[i]);
  editor_undo (f->editor, FALSE, record, &undone);
  WAIT_UNTIL (waiting.calls > 0);
  editor_cancel (f->editor);
  WAIT_UNTIL (!editor_is_busy (f->editor));
  for (int i = 0; i < 3; i++)
    {
      assert_int_equal (outcomes[i].calls, 1);
      assert_int_equal (outcomes[i].code, INSPECT_ERROR_CANCELLED);
    }
  assert_int_equal (undone.code, INSPECT_ERROR_CANCELLED);
  fake_attachment_release (f->fake, f->value);
  assert_int_equal (current (f), 1);
  assert_int_equal (apply (f, "7").code, 0);
}

static void
a_recovered_lock_is_reported (void **state)
{
  struct fixture *f = *state;
  g_autoptr (Edit) edit = edit_new (f->attachment, f->value, 0, 1, "5");
  struct outcome outcome = { 0 };

  fake_attachment_hold (f->fake, f->value, OTHER_PID);
  fake_attachment_kill_holder (f->fake, f->value);
  assert_int_equal (apply (f, "5").code, INSPECT_ERROR_OWNER_DIED);
  edit->recover = TRUE;
  editor_apply (f->editor, edit, record, &outcome);
  WAIT_UNTIL (outcome.calls == 1);
  assert_int_equal (outcome.code, 0);
  assert_true (outcome.recovered);
}

static void
an_application_can_quit_while_an_edit_waits (void **state)
{
  struct fixture *f = *state;
  struct outcome outcomes[2] = { 0 };

  fake_attachment_hold (f->fake, f->value, OTHER_PID);
  queue_edit (f, "5", &outcomes[0]);
  queue_edit (f, "6", &outcomes[1]);
  g_clear_pointer (&f->editor, editor_free);
  for (int i = 0; i < 10; i++)
    g_main_context_iteration (NULL, FALSE);
  assert_int_equal (outcomes[0].calls + outcomes[1].calls, 0);
  assert_int_equal (current (f), 0);
}

static void
free_editor (Editor *editor, const Edit *edit, const EditResult *result, const GError *error,
             gpointer data)
{
  struct fixture *f = data;

  g_clear_pointer (&f->editor, editor_free);
  assert_int_equal (*(const gint32 *) g_bytes_get_data (result->after, NULL), 5);
}

static void
the_editor_can_be_freed_in_a_callback (void **state)
{
  struct fixture *f = *state;
  g_autoptr (Edit) edit = edit_new (f->attachment, f->value, 0, 1, "5");
  struct waiting waiting = { .frees = TRUE, .f = f };
  struct outcome outcome = { 0 };
  guint changes;

  editor_apply (f->editor, edit, free_editor, f);
  editor_apply (f->editor, edit, record, &outcome);
  WAIT_UNTIL (f->editor == NULL);
  changes = f->changes;
  for (int i = 0; i < 10; i++)
    g_main_context_iteration (NULL, FALSE);
  assert_int_equal (f->changes, changes);
  assert_int_equal (outcome.calls, 0);

  f->editor = editor_new ();
  editor_set_waiting_func (f->editor, record_waiting, &waiting);
  fake_attachment_hold (f->fake, f->value, OTHER_PID);
  queue_edit (f, "5", &outcome);
  WAIT_UNTIL (f->editor == NULL);
  assert_int_equal (outcome.calls, 0);
}

static GBytes *
bytes_of (gsize size)
{
  return g_bytes_new_take (g_malloc0 (size), size);
}

static void
add_step (Journal *journal, Edit *edit, gsize size)
{
  g_autoptr (GBytes) before = bytes_of (size / 2);
  g_autoptr (GBytes) after = bytes_of (size - size / 2);

  journal_add (journal, edit, before, after);
}

static guint
count_dropped (Journal *journal)
{
  GSList *dropped = journal_steal_dropped (journal);
  guint n = g_slist_length (dropped);

  journal_steps_free (dropped);
  return n;
}

static void
the_journal_is_bounded (void **state)
{
  struct fixture *f = *state;
  g_autoptr (Edit) edit = edit_new (f->attachment, f->value, 0, 1, "5");
  g_autoptr (Journal) journal = journal_new (3, 100);
  guint n = 0;

  for (int i = 0; i < 5; i++)
    add_step (journal, edit, 10);
  assert_int_equal (count_dropped (journal), 2);
  add_step (journal, edit, 81);
  assert_int_equal (count_dropped (journal), 2);
  journal_undone (journal, NULL);
  add_step (journal, edit, 90);
  assert_int_equal (count_dropped (journal), 1);
  assert_null (journal_get_redo (journal));
  /* One that is too large keeps the others from nothing. */
  add_step (journal, edit, 101);
  assert_int_equal (count_dropped (journal), 1);
  assert_non_null (journal_get_undo (journal));
  for (add_step (journal, edit, 1), add_step (journal, edit, 1); journal_get_undo (journal); n++)
    journal_undone (journal, NULL);
  assert_int_equal (n, 3);
}

/* A step that cannot be kept is made only when that was said; what could be undone before still
 * can. */
static void
too_much_for_undo_is_asked_for (void **state)
{
  struct fixture *f = *state;
  g_autoptr (FakeAttachment) fake = fake_attachment_new (EDITOR_JOURNAL_BYTES);
  g_autoptr (EntryInfo) large
    = fake_attachment_add_plain (fake, "large", 'B', EDITOR_JOURNAL_BYTES / 2 + 1, NULL);
  g_autoptr (Edit) edit
    = edit_new (fake_attachment_base (fake), large, 0, large->length, "1");
  struct outcome refused = { 0 }, made = { 0 };
  g_autofree char *text = NULL;
  guint8 last;

  assert_int_equal (apply (f, "5").code, 0);
  editor_apply (f->editor, edit, record, &refused);
  WAIT_UNTIL (refused.calls > 0);
  assert_int_equal (refused.code, INSPECT_ERROR_NO_UNDO);
  assert_non_null (strstr (refused.message, "large: 32.0"));
  fake_attachment_peek (fake, large, large->length - 1, 1, &last);
  assert_int_equal (last, 0);

  edit->without_undo = TRUE;
  editor_apply (f->editor, edit, record, &made);
  WAIT_UNTIL (made.calls > 0);
  assert_int_equal (made.code, 0);
  fake_attachment_peek (fake, large, large->length - 1, 1, &last);
  assert_int_equal (last, 1);
  text = editor_describe_undo (f->editor);
  assert_string_equal (text, "loss = 5");
  assert_int_equal (undo (f, FALSE).code, 0);
}

#define test_of(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    test_of (edits_are_applied_in_turn),
    test_of (undo_and_redo_go_back_and_forth),
    test_of (what_came_last_has_the_highest_number),
    test_of (nothing_to_undo_is_an_error),
    test_of (an_undo_queued_behind_an_edit_undoes_that_edit),
    test_of (an_undo_does_not_overwrite_what_came_after),
    test_of (what_can_never_be_undone_leaves_the_journal),
    test_of (a_waiting_edit_tells_whom_for),
    test_of (cancelling_gives_up_all_that_wait),
    test_of (a_recovered_lock_is_reported),
    test_of (an_application_can_quit_while_an_edit_waits),
    test_of (the_editor_can_be_freed_in_a_callback),
    test_of (the_journal_is_bounded),
    test_of (too_much_for_undo_is_asked_for),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
