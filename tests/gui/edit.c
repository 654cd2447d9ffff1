/* Editing in the window: in place, under the lock, undone. */
#include "window-fixture.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "array-view.h"
#include "edit-popover.h"
#include "entry-table.h"
#include "field-table.h"
#include "value-cell.h"

static gboolean
is_editing (struct window_fixture *f)
{
  GtkWidget *popover = find_widget (f->window, EDIT_TYPE_POPOVER);

  return popover != NULL && gtk_widget_get_mapped (popover);
}

/* Selects the entry and opens its popover, as F2 does. */
static GtkWidget *
begin_edit (struct window_fixture *f, const char *name)
{
  EntryItem *item = window_fixture_item (f, name);

  wait_until (entry_item_get_value (item) != NULL);
  gtk_widget_activate_action (child_of (f->window, "table"), "entry.edit", NULL);
  wait_until (is_editing (f));
  return find_widget (f->window, EDIT_TYPE_POPOVER);
}

static void
type_in (GtkWidget *popover, const char *text)
{
  gtk_editable_set_text (child_of (popover, "entry"), text);
}

static void
press_return (GtkWidget *popover)
{
  g_signal_emit_by_name (gtk_editable_get_delegate (child_of (popover, "entry")), "activate");
}

static void
press (gpointer owner, const char *button)
{
  assert_true (gtk_widget_get_sensitive (child_of (owner, button)));
  g_signal_emit_by_name (child_of (owner, button), "clicked");
}

static int
value_of (struct shmlens_entry *entry)
{
  int value = -1;

  assert_int_equal (shmlens_entry_load (entry, 0, &value), 0);
  return value;
}

static void
a_value_is_edited_undone_and_redone (void **state)
{
  struct window_fixture *f = *state;
  int value = 41;
  struct shmlens_entry *entry;
  GtkWidget *popover;

  entry = window_fixture_value (f, "n", 'i', &value, NULL);
  window_fixture_show (f);
  popover = begin_edit (f, "n");
  assert_string_equal (gtk_editable_get_text (child_of (popover, "entry")), "41");
  type_in (popover, "7");
  press_return (popover);
  wait_until (value_of (entry) == 7 && !is_editing (f));
  wait_until (shows (child_of (f->window, "table"), "7"));

  popover = begin_edit (f, "n");
  type_in (popover, "+=5");
  press (popover, "apply");
  wait_until (value_of (entry) == 12 && !is_editing (f));

  wait_until (gtk_widget_get_sensitive (child_of (f->window, "undo_button")));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.undo", NULL);
  wait_until (value_of (entry) == 7);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.undo", NULL);
  wait_until (value_of (entry) == 41);
  wait_until (!gtk_widget_get_sensitive (child_of (f->window, "undo_button")));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.redo", NULL);
  wait_until (value_of (entry) == 7);
}

static void
what_may_only_be_read_says_why_until_it_may_be_written (void **state)
{
  struct window_fixture *f = *state;
  int value = 41;
  struct shmlens_entry *entry;
  GtkWidget *popover;

  entry = window_fixture_value (f, "n", 'i', &value, NULL);
  window_fixture_value (f, "stop", '?', NULL,
                        &(struct shmlens_entry_attr) { .role = SHMLENS_ROLE_FLAG });
  window_fixture_chmod (f->name, 0444);
  if (!window_fixture_become_ordinary ())
    skip ();
  window_fixture_show (f);
  wait_until (segment_shows (f, f->name, "read only"));
  popover = begin_edit (f, "n");
  assert_true (shows_part (popover, f->name));
  assert_true (shows_part (popover, "may not be written: it "));
  assert_true (shows_part (popover, "run "));
  type_in (popover, "7");
  assert_true (shows_part (popover, "may not be written: it "));
  assert_false (gtk_widget_get_sensitive (child_of (popover, "apply")));
  press_return (popover);
  run_main_loop_for (100);
  assert_true (is_editing (f));
  assert_int_equal (value_of (entry), 41);
  press (popover, "cancel");
  wait_until (!is_editing (f));
  assert_true (shows_part (window_fixture_details (f), "may not be written: it "));
  assert_false (gtk_widget_get_sensitive (find_widget (f->window, GTK_TYPE_SWITCH)));

  /* It is noticed while the segment is open. */
  window_fixture_chmod (f->name, 0666);
  wait_until (!shows_part (window_fixture_details (f), "may not be written"));
  wait_until (!segment_shows (f, f->name, "read only"));
  assert_true (gtk_widget_get_sensitive (find_widget (f->window, GTK_TYPE_SWITCH)));
  popover = begin_edit (f, "n");
  type_in (popover, "7");
  press (popover, "apply");
  wait_until (value_of (entry) == 7 && !is_editing (f));
}

static void
wrong_text_cannot_be_applied_and_says_why (void **state)
{
  struct window_fixture *f = *state;
  int value = 5, low = 0, high = 10;
  struct shmlens_entry *entry;
  GtkWidget *popover;

  entry = window_fixture_value (
    f, "n", 'i', &value, &(struct shmlens_entry_attr) { .minimum = &low, .maximum = &high });
  window_fixture_show (f);
  popover = begin_edit (f, "n");
  assert_true (shows_part (popover, "From 0 to 10"));
  for (guint i = 0; i < 3; i++)
    {
      static const char *const wrong[] = { "11", "7x", "" };

      type_in (popover, "6");
      assert_true (gtk_widget_get_sensitive (child_of (popover, "apply")));
      assert_false (gtk_widget_has_css_class (child_of (popover, "entry"), "error"));
      type_in (popover, wrong[i]);
      assert_false (gtk_widget_get_sensitive (child_of (popover, "apply")));
      assert_true (gtk_widget_has_css_class (child_of (popover, "entry"), "error"));
      assert_false (shows_part (popover, "From 0 to 10"));
      press_return (popover);
    }
  press (popover, "cancel");
  wait_until (!is_editing (f));
  assert_int_equal (value_of (entry), 5);
}

static void
an_edit_waits_for_the_holder_of_the_lock (void **state)
{
  struct window_fixture *f = *state;
  int value = 5;
  struct shmlens_entry *entry;
  GtkWidget *popover;
  pid_t holder;
  g_autofree char *who = NULL;

  entry = window_fixture_value (f, "n", 'i', &value, NULL);
  window_fixture_show (f);
  g_object_set (f->session, "lock-timeout", 60.0, NULL);
  holder = window_fixture_hold_lock (f, "n", FALSE);
  who = g_strdup_printf ("(%d)", (int) holder);
  wait_until (shows_part (child_of (f->window, "table"), who));

  popover = begin_edit (f, "n");
  type_in (popover, "6");
  press (popover, "apply");
  wait_until (shows_part (popover, "Waiting for the lock of “n”, held by")
              && shows_part (popover, who));
  assert_int_equal (value_of (entry), 5);

  /* Given up: */
  press (popover, "cancel");
  wait_until (!is_editing (f) && !editor_is_busy (session_get_editor (f->session)));
  assert_int_equal (value_of (entry), 5);

  /* The time limit: */
  g_object_set (f->session, "lock-timeout", 0.2, NULL);
  popover = begin_edit (f, "n");
  type_in (popover, "6");
  press (popover, "apply");
  wait_until (gtk_widget_get_visible (child_of (popover, "offer")));
  assert_string_equal (gtk_button_get_label (child_of (popover, "offer")), "_Try Again");
  assert_int_equal (value_of (entry), 5);
  window_fixture_end_process (holder);
}

static void
a_dead_holder_is_recovered_only_when_asked_for (void **state)
{
  struct window_fixture *f = *state;
  int value = 5;
  struct shmlens_entry *entry;
  GtkWidget *popover;

  entry = window_fixture_value (f, "n", 'i', &value, NULL);
  window_fixture_show (f);
  window_fixture_hold_lock (f, "n", TRUE);
  wait_until (shows (child_of (f->window, "table"), "holder died"));
  popover = begin_edit (f, "n");
  type_in (popover, "6");
  press (popover, "apply");
  wait_until (gtk_widget_get_visible (child_of (popover, "offer")));
  assert_string_equal (gtk_button_get_label (child_of (popover, "offer")), "_Recover and Apply");
  assert_int_equal (value_of (entry), 5);
  press (popover, "offer");
  wait_until (value_of (entry) == 6 && !is_editing (f));
  wait_until (shows (child_of (f->window, "table"), "free"));
}

static void
a_lock_of_another_kind_needs_a_second_word (void **state)
{
  struct window_fixture *f = *state;
  int value = 5;
  struct shmlens_entry *entry;
  GtkWidget *popover;

  entry = window_fixture_value (
    f, "n", 'i', &value, &(struct shmlens_entry_attr) { .flags = SHMLENS_EXTERNAL_LOCK });
  window_fixture_show (f);
  popover = begin_edit (f, "n");
  type_in (popover, "6");
  press (popover, "apply");
  wait_until (gtk_widget_get_visible (child_of (popover, "offer")));
  assert_string_equal (gtk_button_get_label (child_of (popover, "offer")),
                       "_Write Without the Lock");
  assert_int_equal (value_of (entry), 5);
  press (popover, "offer");
  wait_until (value_of (entry) == 6 && !is_editing (f));
}

static void
what_is_read_only_says_so (void **state)
{
  struct window_fixture *f = *state;
  int value = 5;
  struct shmlens_entry *entry;
  GtkWidget *popover;

  entry = window_fixture_value (
    f, "n", 'i', &value, &(struct shmlens_entry_attr) { .flags = SHMLENS_READ_ONLY_ENTRY });
  window_fixture_show (f);
  popover = begin_edit (f, "n");
  type_in (popover, "6");
  assert_false (gtk_widget_get_sensitive (child_of (popover, "apply")));
  assert_true (shows_part (window_fixture_details (f), "read-only"));
  assert_int_equal (value_of (entry), 5);
}

static void
a_switch_edits_the_flag_and_waits_too (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *entry;
  GtkSwitch *flag;
  MessageBar *bar;
  uint8_t on = 0;
  pid_t holder;

  entry = window_fixture_value (f, "stop", '?', NULL,
                                &(struct shmlens_entry_attr) { .role = SHMLENS_ROLE_FLAG });
  window_fixture_show (f);
  bar = shmlens_window_get_message_bar (f->window);
  wait_until (find_widget (f->window, GTK_TYPE_SWITCH) != NULL && shows (f->window, "false"));
  flag = GTK_SWITCH (find_widget (f->window, GTK_TYPE_SWITCH));
  gtk_switch_set_active (flag, TRUE);
  wait_until (shmlens_entry_load (entry, 0, &on) == 0 && on == 1);
  wait_until (gtk_switch_get_state (flag));
  assert_null (message_bar_get_text (bar));

  g_object_set (f->session, "lock-timeout", 2.0, NULL);
  holder = window_fixture_hold_lock (f, "stop", FALSE);
  gtk_switch_set_active (flag, FALSE);
  wait_until (message_bar_get_text (bar) != NULL
              && g_str_has_prefix (message_bar_get_text (bar), "Waiting for the lock of “stop”"));
  wait_until (gtk_widget_has_css_class (child_of (bar, "box"), "error"));
  assert_true (gtk_switch_get_active (flag));
  window_fixture_end_process (holder);
}

static void
what_comes_while_an_edit_waits_is_said_after_it (void **state)
{
  struct window_fixture *f = *state;
  GtkWidget *flag;
  MessageBar *bar;
  pid_t holder;

  window_fixture_value (f, "stop", '?', NULL,
                        &(struct shmlens_entry_attr) { .role = SHMLENS_ROLE_FLAG });
  g_object_set (f->session, "lock-timeout", 600.0, "lock-notice", 0.0, NULL);
  window_fixture_show (f);
  bar = shmlens_window_get_message_bar (f->window);
  wait_until ((flag = find_widget (f->window, GTK_TYPE_SWITCH)) != NULL
              && shows (f->window, "false"));
  holder = window_fixture_hold_lock (f, "stop", FALSE);
  gtk_switch_set_active (GTK_SWITCH (flag), TRUE);
  wait_until (message_bar_get_text (bar) != NULL);

  message_bar_say (bar, MESSAGE_NOTICE, "This is so.");
  message_bar_say (bar, MESSAGE_NOTICE, "This was so.");
  assert_true (g_str_has_prefix (message_bar_get_text (bar), "Waiting for the lock of “stop”"));
  assert_true (gtk_widget_get_mapped (child_of (bar, "button")));
  g_signal_emit_by_name (child_of (bar, "button"), "clicked");
  wait_until (g_strcmp0 (message_bar_get_text (bar), "This was so.") == 0);
  message_bar_close (bar);
  assert_null (message_bar_get_text (bar));
  window_fixture_end_process (holder);
}

static void
a_field_of_a_structure_is_edited (void **state)
{
  static const struct shmlens_field fields[] = {
    { .name = "x", .code = 'i', .offset = 0 },
    { .name = "tag", .code = 'c', .offset = 4, .dimensions = 1, .shape = { 4 } },
  };
  struct
  {
    int x;
    char tag[4];
  } robot = { 3, "ab" };
  struct window_fixture *f = *state;
  struct shmlens_entry *entry;
  GtkWidget *table, *popover;

  entry = window_fixture_value (f, "robot", 'T', &robot,
                                &(struct shmlens_entry_attr) { .element_size = sizeof robot,
                                                               .field_count = 2,
                                                               .fields = fields });
  window_fixture_show (f);
  window_fixture_item (f, "robot");
  wait_until (shows (window_fixture_details (f), "tag")
              && shows (window_fixture_details (f), "3"));
  table = find_widget (f->window, FIELD_TYPE_TABLE);
  gtk_widget_activate_action (table, "field.edit", NULL);
  wait_until (is_editing (f));
  popover = find_widget (f->window, EDIT_TYPE_POPOVER);
  assert_string_equal (gtk_editable_get_text (child_of (popover, "entry")), "3");
  type_in (popover, "-8");
  press (popover, "apply");
  wait_until (shmlens_entry_get (entry, 0, &robot) == 0 && robot.x == -8);
  assert_memory_equal (robot.tag, "ab", 3);
}

static void
an_element_of_an_array_is_found_and_edited (void **state)
{
  struct window_fixture *f = *state;
  uint64_t shape[] = { 300, 40 };
  struct shmlens_entry *entry = NULL;
  GtkWidget *view, *popover;
  double element = 0;

  assert_int_equal (
    shmlens_array_create (f->segment, "field", 'd', 2, shape, NULL, NULL, &entry), 0);
  element = 1.25;
  assert_int_equal (shmlens_entry_set (entry, 250 * 40 + 30, &element), 0);
  window_fixture_show (f);
  window_fixture_item (f, "field");
  view = find_widget (f->window, ARRAY_TYPE_VIEW);
  wait_until (gtk_widget_get_mapped (view));
  assert_false (array_view_go_to (ARRAY_VIEW (view), "300, 0"));
  assert_false (array_view_go_to (ARRAY_VIEW (view), "x"));
  assert_false (array_view_go_to (ARRAY_VIEW (view), "12000"));
  assert_true (array_view_go_to (ARRAY_VIEW (view), "-1"));
  wait_until (shows (view, "[299][39] = 0.0"));
  assert_true (array_view_go_to (ARRAY_VIEW (view), "250, 30"));
  wait_until (shows (view, "[250][30] = 1.25"));

  g_signal_emit_by_name (child_of (view, "grid"), "activate", (guint64) (250 * 40 + 30), -1);
  wait_until (is_editing (f));
  popover = find_widget (f->window, EDIT_TYPE_POPOVER);
  assert_string_equal (gtk_editable_get_text (child_of (popover, "entry")), "1.25");
  type_in (popover, "*=2");
  press (popover, "apply");
  wait_until (shmlens_entry_load (entry, 250 * 40 + 30, &element) == 0 && element == 2.5);
  wait_until (shows (view, "[250][30] = 2.5"));
}

static void
closing_the_window_gives_up_an_edit_that_waits (void **state)
{
  struct window_fixture *f = *state;
  int value = 5;
  GtkWidget *popover;
  pid_t holder;

  window_fixture_value (f, "n", 'i', &value, NULL);
  window_fixture_show (f);
  g_object_set (f->session, "lock-timeout", 60.0, NULL);
  holder = window_fixture_hold_lock (f, "n", FALSE);
  popover = begin_edit (f, "n");
  type_in (popover, "6");
  press (popover, "apply");
  wait_until (shows_part (popover, "Waiting"));
  window_fixture_close (f);
  wait_until (!editor_is_busy (session_get_editor (f->session)));
  window_fixture_end_process (holder);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (a_value_is_edited_undone_and_redone),
    window_test (what_may_only_be_read_says_why_until_it_may_be_written),
    window_test (wrong_text_cannot_be_applied_and_says_why),
    window_test (an_edit_waits_for_the_holder_of_the_lock),
    window_test (a_dead_holder_is_recovered_only_when_asked_for),
    window_test (a_lock_of_another_kind_needs_a_second_word),
    window_test (what_is_read_only_says_so),
    window_test (a_switch_edits_the_flag_and_waits_too),
    window_test (what_comes_while_an_edit_waits_is_said_after_it),
    window_test (a_field_of_a_structure_is_edited),
    window_test (an_element_of_an_array_is_found_and_edited),
    window_test (closing_the_window_gives_up_an_edit_that_waits),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
