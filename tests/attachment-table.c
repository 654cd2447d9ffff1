/* What is open is opened once, however many look at it, and as long as it is what it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <semaphore.h>

#include "attachment-recording.h"
#include "attachment-table.h"
#include "database.h"
#include "inspect-error.h"
#include "recording.h"
#include "support/fake-attachment.h"

#define ID "shm:/fake"
#define ROUNDS 2000

/* Opens a FakeAttachment each time. */
struct opener
{
  AttachmentTable *table;
  gint n_started;       /* atomic: threads that are about to open it */
  gint n_inside;        /* atomic: how many open it now */
  gint n_met;           /* atomic: how often another did so already */
  gint n_opened;        /* atomic */
  gint n_failures;      /* so often it fails first */
  sem_t *entered, *go;  /* waited for in between; NULL */
};

static Attachment *
open_fake (const char *id, gpointer user_data, GError **error)
{
  struct opener *opener = user_data;

  g_assert (g_str_equal (id, ID));
  if (g_atomic_int_add (&opener->n_inside, 1) > 0)
    g_atomic_int_inc (&opener->n_met);
  if (opener->entered != NULL)
    {
      sem_post (opener->entered);
      sem_wait (opener->go);
    }
  g_atomic_int_add (&opener->n_inside, -1);
  if (opener->n_failures > 0)
    {
      opener->n_failures--;
      g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION, "not now");
      return NULL;
    }
  g_atomic_int_inc (&opener->n_opened);
  return fake_attachment_base (fake_attachment_new (64));
}

static Attachment *
open_it (struct opener *opener)
{
  g_autoptr (GError) error = NULL;
  Attachment *attachment
    = attachment_table_open (opener->table, ID, open_fake, opener, &error);

  if (attachment == NULL)
    fail_msg ("%s", error->message);
  return attachment;
}

static int
begin (void **state)
{
  struct opener *opener = g_new0 (struct opener, 1);

  opener->table = attachment_table_new ();
  *state = opener;
  return 0;
}

static int
end (void **state)
{
  struct opener *opener = *state;

  attachment_table_unref (opener->table);
  g_free (opener);
  return 0;
}

static void
what_is_open_is_shared (void **state)
{
  struct opener *opener = *state;
  g_autoptr (Attachment) first = open_it (opener), second = open_it (opener);

  assert_ptr_equal (first, second);
  assert_int_equal (opener->n_opened, 1);
  /* As long as one has it. */
  g_clear_pointer (&first, attachment_unref);
  first = open_it (opener);
  assert_ptr_equal (first, second);
  g_clear_pointer (&first, attachment_unref);
  g_clear_pointer (&second, attachment_unref);
  first = open_it (opener);
  assert_int_equal (opener->n_opened, 2);
  /* The last may go after the table. */
  attachment_table_unref (opener->table);
  opener->table = NULL;
}

static void
what_is_no_longer_live_is_opened_anew (void **state)
{
  struct opener *opener = *state;
  g_autoptr (Attachment) old = open_it (opener), new = NULL, third = NULL;

  fake_attachment_set_state ((FakeAttachment *) old, SEGMENT_REPLACED, "another has its name");
  new = open_it (opener);
  assert_ptr_not_equal (new, old);
  assert_int_equal (opener->n_opened, 2);
  /* That the old one goes does not concern the new one. */
  g_clear_pointer (&old, attachment_unref);
  third = open_it (opener);
  assert_ptr_equal (third, new);
}

static void
what_could_not_be_opened_is_tried_again (void **state)
{
  struct opener *opener = *state;
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (GError) error = NULL;

  opener->n_failures = 1;
  assert_null (attachment_table_open (opener->table, ID, open_fake, opener, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION));
  attachment = open_it (opener);
}

/* cmocka's assertions are for its own thread. */
static gpointer
open_in_thread (gpointer data)
{
  struct opener *opener = data;

  g_atomic_int_inc (&opener->n_started);
  return attachment_table_open (opener->table, ID, open_fake, opener, NULL);
}

static void
two_at_once_open_one (void **state)
{
  struct opener *opener = *state;
  GThread *threads[2];
  Attachment *attachments[2];
  sem_t entered, go;

  sem_init (&entered, 0, 0);
  sem_init (&go, 0, 0);
  opener->entered = &entered;
  opener->go = &go;
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("opener", open_in_thread, opener);
  sem_wait (&entered);
  while (g_atomic_int_get (&opener->n_started) < (gint) G_N_ELEMENTS (threads))
    g_usleep (1000);
  /* Time for the other to open it as well. */
  g_usleep (100 * 1000);
  sem_post (&go);
  sem_post (&go);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    attachments[i] = g_thread_join (threads[i]);
  assert_ptr_equal (attachments[0], attachments[1]);
  assert_int_equal (opener->n_met, 0);
  assert_int_equal (opener->n_opened, 1);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    attachment_unref (attachments[i]);
  sem_destroy (&entered);
  sem_destroy (&go);
}

static gpointer
open_and_close (gpointer data)
{
  for (guint i = 0; i < ROUNDS; i++)
    {
      Attachment *attachment = open_in_thread (data);

      attachment_refresh (attachment);
      attachment_unref (attachment);
    }
  return NULL;
}

/* One is found while its last user lets it go. */
static void
opening_and_closing_do_not_meet (void **state)
{
  struct opener *opener = *state;
  GThread *threads[3];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("opener", open_and_close, opener);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  assert_int_equal (opener->n_met, 0);
  assert_in_range (opener->n_opened, 1, ROUNDS * G_N_ELEMENTS (threads));
}

static Attachment *
open_recording (const char *id, gpointer user_data, GError **error)
{
  return attachment_recording_new (id, error);
}

/* Each shows the moment that its own slider stands at. */
static void
a_recording_is_opened_by_each (void **state)
{
  struct opener *opener = *state;
  g_autofree char *directory = NULL, *path = NULL;
  g_autoptr (Attachment) first = NULL, second = NULL;
  g_autoptr (SegmentInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  if (!database_is_built ())
    skip ();
  directory = g_mkdtemp (g_strdup ("/dev/shm/shmlens-table-XXXXXX"));
  assert_non_null (directory);
  path = g_build_filename (directory, "a.shmrec", NULL);
  info = segment_info_new (
    &(SegmentInfo){ .id = (char *) "shm:/s", .name = (char *) "/s", .title = (char *) "s",
                    .kind = "native", .size = 4096 });
  recording_close (recording_create (path, info, 10, &error), NULL);
  assert_null (error);
  first = attachment_table_open (opener->table, path, open_recording, NULL, &error);
  second = attachment_table_open (opener->table, path, open_recording, NULL, &error);
  assert_null (error);
  assert_ptr_not_equal (first, second);
  g_unlink (path);
  g_rmdir (directory);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (what_is_open_is_shared, begin, end),
    cmocka_unit_test_setup_teardown (what_is_no_longer_live_is_opened_anew, begin, end),
    cmocka_unit_test_setup_teardown (what_could_not_be_opened_is_tried_again, begin, end),
    cmocka_unit_test_setup_teardown (two_at_once_open_one, begin, end),
    cmocka_unit_test_setup_teardown (opening_and_closing_do_not_meet, begin, end),
    cmocka_unit_test_setup_teardown (a_recording_is_opened_by_each, begin, end),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
