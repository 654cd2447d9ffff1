/* Alerts as a list: they fire once a time, are told now and then, and come back with their
 * segment. No screen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "alert-list-model.h"
#include "entry-list.h"
#include "shmlens.h"

/* However busy the machine is. */
#define WAIT_US (5 * 60 * G_USEC_PER_SEC)

struct stage
{
  char *name, *path;
  struct shmlens_segment *segment;
  struct shmlens_entry *loss;
  Session *session;
  SegmentList *segments;
  AlertListModel *alerts;
  guint n_fired, n_told;
};

static gboolean
on_moment (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

#define wait_until(condition)                                         \
  do                                                                  \
    {                                                                 \
      gint64 end_us = g_get_monotonic_time () + WAIT_US;              \
      guint moments = g_timeout_add (10, on_moment, NULL);            \
      while (!(condition))                                            \
        {                                                             \
          if (g_get_monotonic_time () > end_us)                       \
            fail_msg ("it did not happen: %s", #condition);           \
          g_main_context_iteration (NULL, TRUE);                      \
        }                                                             \
      g_source_remove (moments);                                      \
    }                                                                 \
  while (0)

static void
on_fired (AlertListModel *alerts, AlertItem *item, gint64 time_us, gboolean is_told,
          struct stage *stage)
{
  assert_true (time_us > 0);
  stage->n_fired++;
  stage->n_told += is_told ? 1 : 0;
}

static void
on_failed (AlertListModel *alerts, const char *why, struct stage *stage)
{
  fail_msg ("%s", why);
}

static void
make_segment (struct stage *stage)
{
  double loss = 1;

  assert_int_equal (shmlens_segment_create (stage->name, NULL, &stage->segment), 0);
  assert_int_equal (
    shmlens_value_create (stage->segment, "loss", 'd', &loss, NULL, &stage->loss), 0);
}

/* As the registry would. */
static void
list_segments (struct stage *stage)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) segment_info_unref);
  g_autoptr (Attachment) attachment
    = registry_open (session_get_registry (stage->session), stage->name, NULL);

  if (attachment != NULL)
    g_ptr_array_add (list, attachment_get_info (attachment));
  segment_list_update (stage->segments, list);
}

static void
open_alerts (struct stage *stage)
{
  stage->alerts = alert_list_model_new (stage->session, stage->segments, stage->path);
  g_signal_connect (stage->alerts, "fired", G_CALLBACK (on_fired), stage);
  g_signal_connect (stage->alerts, "failed", G_CALLBACK (on_failed), stage);
  alert_list_model_load (stage->alerts);
}

static int
begin (void **state)
{
  static unsigned count;
  struct stage *stage = g_new0 (struct stage, 1);

  stage->name = g_strdup_printf ("/alert-test-%d-%u", (int) getpid (), count++);
  stage->path = g_strdup_printf ("/dev/shm%s.ini", stage->name);
  stage->session = session_new (NULL);
  g_object_set (stage->session, "rate", 60.0, NULL);
  stage->segments = segment_list_new ();
  make_segment (stage);
  list_segments (stage);
  open_alerts (stage);
  *state = stage;
  return 0;
}

static int
end (void **state)
{
  static gpointer session;
  struct stage *stage = *state;

  g_clear_object (&stage->alerts);
  g_object_unref (stage->segments);
  session = stage->session;
  g_object_add_weak_pointer (session, &session);
  g_object_unref (session);
  /* A segment may still be being opened. */
  wait_until (session == NULL);
  g_unlink (stage->path);
  shmlens_segment_unlink (stage->name);
  shmlens_segment_detach (stage->segment);
  g_free (stage->name);
  g_free (stage->path);
  g_free (stage);
  return 0;
}

static AlertItem *
add (struct stage *stage, const char *condition)
{
  g_autoptr (SegmentItem) item = g_list_model_get_item (G_LIST_MODEL (stage->segments), 0);
  guint position
    = alert_list_model_add (stage->alerts, segment_item_get_info (item), condition, "");
  AlertItem *alert = g_list_model_get_item (G_LIST_MODEL (stage->alerts), position);

  assert_non_null (alert);
  g_object_unref (alert);
  return alert;
}

static void
set_loss (struct stage *stage, double value)
{
  assert_int_equal (shmlens_entry_store (stage->loss, 0, &value), 0);
}

static void
it_fires_when_the_condition_begins (void **state)
{
  struct stage *stage = *state;
  AlertItem *alert = add (stage, "loss > 10");

  assert_int_equal (alert_item_get_state (alert), ALERT_GONE);
  wait_until (alert_item_get_state (alert) == ALERT_WAITING);
  assert_string_equal (alert_item_get_entry (alert), "loss");
  assert_int_equal (stage->n_fired, 0);
  set_loss (stage, 11);
  wait_until (stage->n_fired == 1);
  assert_int_equal (alert_item_get_state (alert), ALERT_MET);
  assert_true (alert_item_get_since (alert) > 0);
  assert_int_equal (alert_item_get_row (alert)->count, 1);
  assert_int_equal (stage->n_told, 1);

  /* Pausing what is shown does not pause it, and it is told of again only after a time. */
  g_object_set (stage->session, "paused", TRUE, NULL);
  set_loss (stage, 9);
  wait_until (alert_item_get_state (alert) == ALERT_WAITING);
  set_loss (stage, 12);
  wait_until (stage->n_fired == 2);
  assert_int_equal (alert_item_get_row (alert)->count, 2);
}

static void
a_flickering_condition_is_one (void **state)
{
  struct stage *stage = *state;
  AlertItem *alert = add (stage, "changed(loss)");
  gint64 begin_us, begun_us;
  double value = 100;

  wait_until (alert_item_get_state (alert) == ALERT_WAITING);
  begin_us = g_get_monotonic_time ();
  /* The first is nothing to compare with. */
  wait_until ((set_loss (stage, value++), stage->n_fired > 0));
  for (int i = 0; i < 100; i++)
    {
      set_loss (stage, value++);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (2000);
    }
  begun_us = g_get_monotonic_time ();
  /* As often as there is room for, but not each time; and told less often still. */
  assert_true (stage->n_fired <= 1 + (begun_us - begin_us) / ALERT_REARM_US);
  assert_true (stage->n_told <= 1 + (begun_us - begin_us) / ALERT_TELL_US);
}

static void
what_is_off_is_not_looked_at (void **state)
{
  struct stage *stage = *state;
  AlertItem *off = add (stage, "loss > 10"), *on = add (stage, "loss > 20");

  alert_list_model_set_on (stage->alerts, 0, FALSE);
  assert_int_equal (alert_item_get_state (off), ALERT_OFF);
  set_loss (stage, 21);
  wait_until (alert_item_get_row (on)->count == 1);
  assert_int_equal (alert_item_get_row (off)->count, 0);
  alert_list_model_set_on (stage->alerts, 0, TRUE);
  wait_until (alert_item_get_row (off)->count == 1);
  alert_list_model_remove (stage->alerts, 1);
  assert_int_equal (g_list_model_get_n_items (G_LIST_MODEL (stage->alerts)), 1);
  assert_int_equal (alert_list_model_find (stage->alerts, off), 0);
}

static void
what_cannot_be_read_says_why (void **state)
{
  struct stage *stage = *state;
  AlertItem *alert = add (stage, "lost > 10");

  wait_until (alert_item_get_state (alert) == ALERT_BROKEN);
  assert_non_null (strstr (alert_item_get_reason (alert), "lost"));
  assert_null (alert_item_get_entry (alert));
  assert_true (alert_list_model_change (stage->alerts, 0, "loss > 0", "now"));
  wait_until (alert_item_get_state (alert) == ALERT_MET);
  assert_null (alert_item_get_reason (alert));
}

static void
it_comes_back_with_the_segment_and_the_program (void **state)
{
  struct stage *stage = *state;
  AlertItem *alert = add (stage, "loss > 10");

  set_loss (stage, 11);
  wait_until (alert_item_get_row (alert)->count == 1);
  assert_int_equal (shmlens_segment_unlink (stage->name), 0);
  shmlens_segment_detach (stage->segment);
  list_segments (stage);
  wait_until (alert_item_get_state (alert) == ALERT_GONE);
  assert_non_null (alert_item_get_reason (alert));

  make_segment (stage);
  set_loss (stage, 12);
  list_segments (stage);
  wait_until (alert_item_get_row (alert)->count == 2);

  /* Another start of the program. */
  g_clear_object (&stage->alerts);
  stage->n_fired = 0;
  open_alerts (stage);
  alert = g_list_model_get_item (G_LIST_MODEL (stage->alerts), 0);
  assert_non_null (alert);
  g_object_unref (alert);
  assert_string_equal (alert_item_get_row (alert)->condition, "loss > 10");
  wait_until (alert_item_get_row (alert)->count == 3);
  assert_int_equal (stage->n_fired, 1);
}

static void
on_opened (GObject *session, GAsyncResult *result, gpointer user_data)
{
  *(Attachment **) user_data = session_open_finish (SHMLENS_SESSION (session), result, NULL);
}

/* The window's table has the segment open too, and another clock than the alerts. */
static void
it_shares_what_is_open (void **state)
{
  struct stage *stage = *state;
  AlertItem *alert = add (stage, "loss > 10");
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (SegmentInfo) info = NULL;
  g_autoptr (EntryList) entries = NULL;
  struct shmlens_entry *other;

  wait_until (alert_item_get_state (alert) == ALERT_WAITING);
  info = attachment_get_info (alert_item_get_attachment (alert));
  session_open (stage->session, info->id, NULL, on_opened, &attachment);
  wait_until (attachment != NULL);
  assert_ptr_equal (attachment, alert_item_get_attachment (alert));
  entries = entry_list_new (stage->session, attachment);

  /* Whoever of the two notices it first, the other is told as well. */
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("more %u", i);

      assert_int_equal (shmlens_value_create (stage->segment, name, 'i', NULL, NULL, &other), 0);
      wait_until (g_list_model_get_n_items (G_LIST_MODEL (entries)) == i + 2);
    }
  assert_int_equal (shmlens_segment_unlink (stage->name), 0);
  wait_until (alert_item_get_state (alert) == ALERT_GONE);
  wait_until (entry_list_get_segment (entries)->state == SEGMENT_REMOVED);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (it_fires_when_the_condition_begins, begin, end),
    cmocka_unit_test_setup_teardown (a_flickering_condition_is_one, begin, end),
    cmocka_unit_test_setup_teardown (what_is_off_is_not_looked_at, begin, end),
    cmocka_unit_test_setup_teardown (what_cannot_be_read_says_why, begin, end),
    cmocka_unit_test_setup_teardown (it_comes_back_with_the_segment_and_the_program, begin, end),
    cmocka_unit_test_setup_teardown (it_shares_what_is_open, begin, end),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
