/* Rows of entries: sampled only while held, told only what is new. No screen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "entry-follow.h"
#include "entry-list.h"
#include "inspect-error.h"

struct rows
{
  char *name;
  struct shmlens_segment *segment;
  Session *session;
  EntryList *list;
};

static int
begin (void **state)
{
  static unsigned count;
  struct rows *rows = g_new0 (struct rows, 1);

  rows->name = g_strdup_printf ("/entry-item-test-%d-%u", (int) getpid (), count++);
  assert_int_equal (shmlens_segment_create (rows->name, NULL, &rows->segment), 0);
  rows->session = session_new (NULL);
  *state = rows;
  return 0;
}

static int
end (void **state)
{
  struct rows *rows = *state;

  shmlens_segment_unlink (rows->name);
  shmlens_segment_detach (rows->segment);
  g_clear_object (&rows->list);
  g_object_unref (rows->session);
  g_free (rows->name);
  g_free (rows);
  return 0;
}

static struct shmlens_entry *
add (struct rows *rows, const char *name, char code, const void *initial,
     const struct shmlens_entry_attr *attr)
{
  struct shmlens_entry *entry = NULL;

  assert_int_equal (shmlens_value_create (rows->segment, name, code, initial, attr, &entry), 0);
  return entry;
}

static void
open_list (struct rows *rows)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Attachment) attachment
    = registry_open (session_get_registry (rows->session), rows->name, &error);

  assert_non_null (attachment);
  rows->list = entry_list_new (rows->session, attachment);
}

static EntryItem *
item_of (struct rows *rows, const char *name)
{
  guint position = entry_list_find (rows->list, name);
  EntryItem *item = g_list_model_get_item (G_LIST_MODEL (rows->list), position);

  assert_non_null (item);
  g_object_unref (item);
  return item;
}

static gboolean
wake_up (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

#define wait_until(condition)                                                     \
  do                                                                              \
    {                                                                             \
      gint64 wait_end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;            \
      guint wait_source = g_timeout_add (20, wake_up, NULL);                      \
      while (!(condition) && g_get_monotonic_time () < wait_end)                  \
        g_main_context_iteration (NULL, TRUE);                                    \
      g_source_remove (wait_source);                                              \
      assert_true (condition);                                                    \
    }                                                                             \
  while (0)

static void
on_notify (GObject *item, GParamSpec *pspec, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
a_row_is_sampled_only_while_it_is_held (void **state)
{
  struct rows *rows = *state;
  int value = 5;
  struct shmlens_entry *entry = add (rows, "n", 'i', &value, NULL);
  EntryItem *item;

  open_list (rows);
  item = item_of (rows, "n");
  assert_null (entry_item_get_value (item));
  assert_null (entry_item_get_elements (item, NULL));
  entry_item_hold (item);
  entry_item_hold (item);
  wait_until (g_strcmp0 (entry_item_get_value (item), "5") == 0);
  assert_int_equal (entry_item_get_mark (item), ENTRY_MARK_NONE);
  assert_string_equal (entry_item_get_age (item), "");
  assert_int_equal (entry_item_get_lock (item), ENTRY_LOCK_FREE);

  entry_item_release (item);
  assert_true (entry_item_is_held (item));
  value = 6;
  shmlens_entry_set (entry, 0, &value);
  wait_until (g_strcmp0 (entry_item_get_value (item), "6") == 0);
  assert_int_equal (entry_item_get_mark (item), ENTRY_MARK_CHANGED);

  /* What it had stays; what changed meanwhile is marked when somebody looks again. */
  entry_item_release (item);
  assert_false (entry_item_is_held (item));
  assert_string_equal (entry_item_get_value (item), "6");
  assert_int_equal (entry_item_get_mark (item), ENTRY_MARK_NONE);
  value = 7;
  shmlens_entry_set (entry, 0, &value);
  entry_item_hold (item);
  wait_until (g_strcmp0 (entry_item_get_value (item), "7") == 0);
  assert_int_equal (entry_item_get_mark (item), ENTRY_MARK_CHANGED);
  entry_item_release (item);
}

static void
a_mark_fades_and_ends (void **state)
{
  struct rows *rows = *state;
  int value = 5;
  struct shmlens_entry *entry = add (rows, "n", 'i', &value, NULL);
  EntryItem *item;

  open_list (rows);
  item = item_of (rows, "n");
  entry_item_hold (item);
  wait_until (entry_item_get_value (item) != NULL);
  value = 6;
  shmlens_entry_set (entry, 0, &value);
  wait_until (entry_item_get_mark (item) == ENTRY_MARK_CHANGED);
  wait_until (entry_item_get_mark (item) == ENTRY_MARK_FADING);
  wait_until (entry_item_get_mark (item) == ENTRY_MARK_NONE);

  g_object_set (rows->session, "mark-changes", FALSE, NULL);
  value = 7;
  shmlens_entry_set (entry, 0, &value);
  wait_until (g_strcmp0 (entry_item_get_value (item), "7") == 0);
  assert_int_equal (entry_item_get_mark (item), ENTRY_MARK_NONE);
  entry_item_release (item);
}

static void
what_stays_the_same_is_not_told (void **state)
{
  struct rows *rows = *state;
  int value = 5;
  struct shmlens_entry *entry = add (rows, "n", 'i', &value, NULL);
  EntryItem *item;
  guint told_value = 0, told_lock = 0, told_fraction = 0;

  open_list (rows);
  item = item_of (rows, "n");
  entry_item_hold (item);
  wait_until (entry_item_get_value (item) != NULL);
  g_signal_connect (item, "notify::value", G_CALLBACK (on_notify), &told_value);
  g_signal_connect (item, "notify::lock-text", G_CALLBACK (on_notify), &told_lock);
  g_signal_connect (item, "notify::fraction", G_CALLBACK (on_notify), &told_fraction);
  /* Written, and yet the same. */
  shmlens_entry_set (entry, 0, &value);
  wait_until (entry_item_get_mark (item) == ENTRY_MARK_CHANGED);
  assert_int_equal (told_value + told_lock + told_fraction, 0);
  value = 6;
  shmlens_entry_set (entry, 0, &value);
  wait_until (told_value == 1);
  assert_int_equal (told_lock + told_fraction, 0);
  g_signal_handlers_disconnect_by_data (item, &told_value);
  g_signal_handlers_disconnect_by_data (item, &told_lock);
  g_signal_handlers_disconnect_by_data (item, &told_fraction);
  entry_item_release (item);
}

static void
a_lock_that_is_held_shows_its_holder (void **state)
{
  struct rows *rows = *state;
  struct shmlens_entry *entry = add (rows, "n", 'i', NULL, NULL);
  EntryItem *item;
  g_autofree char *who = g_strdup_printf ("(%d), ", (int) getpid ());

  open_list (rows);
  item = item_of (rows, "n");
  entry_item_hold (item);
  wait_until (entry_item_get_lock (item) == ENTRY_LOCK_FREE);
  assert_int_equal (shmlens_lock_acquire (shmlens_entry_lock (entry)), 0);
  wait_until (entry_item_get_lock (item) == ENTRY_LOCK_HELD);
  assert_non_null (strstr (entry_item_get_lock_text (item), who));
  assert_int_equal (shmlens_lock_release (shmlens_entry_lock (entry)), 0);
  wait_until (entry_item_get_lock (item) == ENTRY_LOCK_FREE);
  assert_string_equal (entry_item_get_lock_text (item), "free");
  entry_item_release (item);
}

static void
progress_has_a_fraction_and_a_rate (void **state)
{
  struct rows *rows = *state;
  int32_t value = 10, end_value = 40;
  struct shmlens_entry *entry
    = add (rows, "done", 'i', &value,
           &(struct shmlens_entry_attr) { .role = SHMLENS_ROLE_PROGRESS,
                                          .progress_max = &end_value });
  EntryItem *item;

  open_list (rows);
  item = item_of (rows, "done");
  entry_item_hold (item);
  wait_until (g_strcmp0 (entry_item_get_value (item), "10 / 40") == 0);
  assert_true (entry_item_get_fraction (item) == 0.25);
  assert_string_equal (entry_item_get_suffix (item), "25 %");
  value = 100;
  shmlens_entry_set (entry, 0, &value);
  wait_until (entry_item_get_fraction (item) == 1);
  wait_until (g_str_has_suffix (entry_item_get_suffix (item), "/s"));
  entry_item_release (item);
}

static void
entries_that_come_and_go_keep_the_others (void **state)
{
  struct rows *rows = *state;
  struct shmlens_entry *first = add (rows, "first", 'i', NULL, NULL);
  EntryItem *second;

  add (rows, "second", 'i', NULL, NULL);
  open_list (rows);
  assert_int_equal (g_list_model_get_n_items (G_LIST_MODEL (rows->list)), 2);
  second = item_of (rows, "second");
  assert_int_equal (shmlens_entry_remove (first), 0);
  add (rows, "third", 'd', NULL, NULL);
  wait_until (entry_list_find (rows->list, "third") != G_MAXUINT
              && entry_list_find (rows->list, "first") == G_MAXUINT);
  assert_ptr_equal (item_of (rows, "second"), second);
}

/* As names of a Python program's objects, which are found out later. */
static void
another_name_keeps_what_was_read (void **state)
{
  struct rows *rows = *state;
  int32_t value = 41;
  EntryItem *item;
  g_autoptr (EntryInfo) renamed = NULL;
  EntryInfo values;

  add (rows, "c_int @ 16", 'i', &value, NULL);
  open_list (rows);
  item = item_of (rows, "c_int @ 16");
  entry_item_hold (item);
  wait_until (g_strcmp0 (entry_item_get_value (item), "41") == 0);
  values = *entry_item_get_info (item);
  values.name = (char *) "counter";
  renamed = entry_info_new (&values);
  entry_item_set_info (item, renamed);
  assert_string_equal (entry_item_get_info (item)->name, "counter");
  assert_string_equal (entry_item_get_value (item), "41");

  /* What lies elsewhere is something else. */
  values.offset += 64;
  entry_info_unref (renamed);
  renamed = entry_info_new (&values);
  entry_item_set_info (item, renamed);
  assert_null (entry_item_get_value (item));
  entry_item_release (item);
}

static void
note_told (EntryItem *item, GParamSpec *pspec, GString *told)
{
  if (g_str_equal (pspec->name, "info") || g_str_equal (pspec->name, "name"))
    g_string_append_printf (told, "%s ", pspec->name);
}

static void
what_lost_its_fields_is_told_of_first_and_has_no_form_of_them (void **state)
{
  struct rows *rows = *state;
  static const struct shmlens_field fields[]
    = { { .name = "x", .code = 'i' }, { .name = "y", .code = 'i', .offset = 4 } };
  const struct shmlens_entry_attr attr
    = { .element_size = 8, .field_count = G_N_ELEMENTS (fields), .fields = fields };
  g_autoptr (Display) display = display_new (DISPLAY_HEXADECIMAL);
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (EntryInfo) fewer = NULL;
  EntryInfo values;
  EntryItem *item;

  add (rows, "point", 'T', NULL, &attr);
  open_list (rows);
  item = item_of (rows, "point");
  values = *entry_item_get_info (item);
  values.n_fields = 1;
  fewer = entry_info_new (&values);
  g_signal_connect (item, "notify", G_CALLBACK (note_told), told);
  entry_item_set_info (item, fewer);
  g_signal_handlers_disconnect_by_data (item, told);
  /* Who has its fields makes them anew before looking for what they are called. */
  assert_string_equal (told->str, "info name ");

  assert_false (entry_item_set_display (item, 1, display, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND));
  assert_null (entry_item_get_displays (item));
}

static void
the_state_of_the_segment_is_told (void **state)
{
  struct rows *rows = *state;

  open_list (rows);
  assert_int_equal (entry_list_get_segment (rows->list)->state, SEGMENT_LIVE);
  shmlens_segment_unlink (rows->name);
  wait_until (entry_list_get_segment (rows->list)->state == SEGMENT_REMOVED);
  assert_non_null (entry_list_get_segment (rows->list)->reason);
}

static gboolean
statistic_is (EntryItem *item, enum entry_statistic statistic, const char *expected)
{
  g_autofree char *text = entry_item_get_statistic (item, statistic);

  return g_str_equal (text, expected);
}

static void
what_becomes_of_a_number_is_kept (void **state)
{
  struct rows *rows = *state;
  gint64 value = G_MAXINT64 - 1;
  struct shmlens_entry *entry = add (rows, "n", 'q', &value, NULL);
  double least, greatest;
  EntryItem *item;
  guint told = 0;

  open_list (rows);
  item = item_of (rows, "n");
  assert_true (statistic_is (item, ENTRY_STATISTIC_MINIMUM, ""));
  assert_null (entry_item_get_trace (item));
  entry_item_hold (item);
  g_signal_connect (item, "notify::statistics", G_CALLBACK (on_notify), &told);
  wait_until (statistic_is (item, ENTRY_STATISTIC_MINIMUM, "9223372036854775806"));
  assert_true (statistic_is (item, ENTRY_STATISTIC_PREVIOUS, ""));
  value++;
  shmlens_entry_set (entry, 0, &value);
  wait_until (statistic_is (item, ENTRY_STATISTIC_MAXIMUM, "9223372036854775807"));
  assert_true (statistic_is (item, ENTRY_STATISTIC_PREVIOUS, "9223372036854775806"));
  assert_true (statistic_is (item, ENTRY_STATISTIC_CHANGES, "1"));
  assert_true (statistic_is (item, ENTRY_STATISTIC_WRITES, "1"));
  wait_until (told > 1);
  wait_until (!statistic_is (item, ENTRY_STATISTIC_RATE_1_S, ""));
  assert_true (entry_trace_get (entry_item_get_trace (item), 119, &least, &greatest));
  entry_item_reset_statistics (item);
  assert_true (statistic_is (item, ENTRY_STATISTIC_MINIMUM, "9223372036854775807"));
  assert_true (statistic_is (item, ENTRY_STATISTIC_PREVIOUS, ""));
  assert_true (statistic_is (item, ENTRY_STATISTIC_CHANGES, "0"));
  g_signal_handlers_disconnect_by_data (item, &told);
  entry_item_release (item);
}

static void
what_is_followed_is_sampled_but_not_shown (void **state)
{
  struct rows *rows = *state;
  g_autoptr (EntryFollow) follow = entry_follow_new ();
  int value = 5;
  struct shmlens_entry *entry = add (rows, "n", 'i', &value, NULL);
  struct shmlens_entry *later;
  EntryItem *item;

  open_list (rows);
  item = item_of (rows, "n");
  entry_follow_set_model (follow, G_LIST_MODEL (rows->list), rows->session);
  g_main_context_iteration (NULL, FALSE);
  assert_null (entry_item_get_elements (item, NULL));
  entry_follow_set_wanted (follow, TRUE);
  assert_false (entry_item_is_held (item));
  wait_until (statistic_is (item, ENTRY_STATISTIC_MINIMUM, "5"));
  assert_null (entry_item_get_value (item));
  value = 3;
  shmlens_entry_set (entry, 0, &value);
  wait_until (statistic_is (item, ENTRY_STATISTIC_MINIMUM, "3"));
  assert_null (entry_item_get_value (item));

  /* It is known already when somebody looks. */
  entry_item_hold (item);
  assert_string_equal (entry_item_get_value (item), "3");
  entry_item_release (item);

  /* What comes is followed too; not what takes too many samples, nor what nobody wants. */
  later = add (rows, "later", 'd', NULL, NULL);
  wait_until (entry_list_find (rows->list, "later") != G_MAXUINT);
  wait_until (statistic_is (item_of (rows, "later"), ENTRY_STATISTIC_MINIMUM, "0.0"));
  assert_int_equal (shmlens_entry_remove (later), 0);
  wait_until (entry_list_find (rows->list, "later") == G_MAXUINT);
  value = 2;
  shmlens_entry_set (entry, 0, &value);
  wait_until (statistic_is (item, ENTRY_STATISTIC_MINIMUM, "2"));
  entry_follow_set_wanted (follow, FALSE);
  value = 1;
  shmlens_entry_set (entry, 0, &value);
  for (gint64 end = g_get_monotonic_time () + 300000; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);
  assert_true (statistic_is (item, ENTRY_STATISTIC_MINIMUM, "2"));
}

int
main (void)
{
#define row_test(name) cmocka_unit_test_setup_teardown (name, begin, end)
  const struct CMUnitTest tests[] = {
    row_test (a_row_is_sampled_only_while_it_is_held),
    row_test (a_mark_fades_and_ends),
    row_test (what_stays_the_same_is_not_told),
    row_test (a_lock_that_is_held_shows_its_holder),
    row_test (progress_has_a_fraction_and_a_rate),
    row_test (entries_that_come_and_go_keep_the_others),
    row_test (another_name_keeps_what_was_read),
    row_test (what_lost_its_fields_is_told_of_first_and_has_no_form_of_them),
    row_test (the_state_of_the_segment_is_told),
    row_test (what_becomes_of_a_number_is_kept),
    row_test (what_is_followed_is_sampled_but_not_shown),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
