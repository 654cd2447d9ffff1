/* Stopping over a broker: it works as by oneself, and nothing stays stopped whatever the client
 * does. */
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "broker-io.h"
#include "process-stop.h"
#include "stop-refusal.h"
#include "support/broker-stage.h"

#define PATIENCE_US (20 * G_USEC_PER_SEC)

static gboolean
is_stopped (const struct stage *stage)
{
  return process_is_stopped ("/proc", stage->target);
}

static void
wait_until_it_runs (const struct stage *stage)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (is_stopped (stage))
    assert_true (g_get_monotonic_time () < end);
}

static ProcessStop *
stop (ProcessMemory *memory, ProcessStopCheck check, gpointer data)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  ProcessStop *made = NULL;
  int result;

  do
    result = process_stop_begin (&memory, 1, check, data, &made);
  while (result == -EAGAIN && g_get_monotonic_time () < end);
  assert_int_equal (result, 0);
  return made;
}

static void
all_stop_and_go_on (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  guint n_stopped = 0;

  NEED_RIGHTS ();
  memory = stage_open (stage);
  for (guint i = 0; i < 20; i++)
    {
      ProcessStop *made = stop (memory, NULL, NULL);

      n_stopped += stop_refusal_tracer (memory) == stage->broker && is_stopped (stage);
      process_stop_end (made);
      wait_until_it_runs (stage);
    }
  /* Whoever does not get to run for 100 ms, as this test may, has lost his stop. */
  assert_true (n_stopped > 0);
}


static int
look_and_change (ProcessStop *self, gpointer data)
{
  const struct stage *stage = data;
  guint64 address = address_of (stage_private + 4 * PAGE), word;
  int result = process_stop_peek (self, 0, address, &word);

  if (result == -ETIMEDOUT)
    return -EAGAIN;
  assert_int_equal (result, 0);
  assert_memory_equal (&word, "pppppppp", 8);
  memcpy (&word, "quitting", 8);
  result = process_stop_poke (self, 0, address + 8, word);
  if (result == 0)
    result = process_stop_peek (self, 0, 8, &word) == -EFAULT ? 0 : -EAGAIN;
  if (result == 0)
    result = process_stop_poke (self, 0, 8, word) == -EFAULT ? 0 : -EAGAIN;
  return result == 0 && is_stopped (stage) ? -EDOM : -EAGAIN;
}

static void
the_check_looks_and_decides (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  ProcessStop *made = NULL;
  guint8 bytes[16];
  int result;

  NEED_RIGHTS ();
  memory = stage_open (stage);
  do
    result = process_stop_begin (&memory, 1, look_and_change, stage, &made);
  while (result == -EAGAIN && g_get_monotonic_time () < end);
  assert_int_equal (result, -EDOM);
  wait_until_it_runs (stage);
  assert_int_equal (process_memory_read (memory, address_of (stage_private + 4 * PAGE), bytes, 16),
                    16);
  assert_memory_equal (bytes, "ppppppppquitting", 16);
}

static void
a_killed_client_leaves_nothing_stopped (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;

  NEED_RIGHTS ();
  for (guint i = 0; i < 10; i++)
    {
      pid_t client = fork ();

      if (client == 0)
        {
          prctl (PR_SET_PDEATHSIG, SIGKILL);
          memory = process_memory_open ("/proc", stage->target, NULL);
          stop (memory, NULL, NULL);
          raise (SIGKILL);
        }
      waitpid (client, NULL, 0);
      wait_until_it_runs (stage);
    }
  memory = stage_open (stage);
  process_stop_end (stop (memory, NULL, NULL));
}

/* Stops the target, by the client's own functions; checked: also says that it shall stay so. */
static BrokerClient *
stop_by_client (const struct stage *stage, ProcessMemory *memory, gboolean checked)
{
  const struct broker_target target = stage_target_of (stage->target);
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  BrokerClient *made = NULL;
  int result;

  do
    {
      g_clear_pointer (&made, broker_client_unref);
      result = broker_client_stop (process_memory_broker (memory), &target, 1, &made);
      if (result == 0 && checked)
        result = broker_client_checked (made, 0);
    }
  while ((result == -EAGAIN || result == -ETIMEDOUT) && g_get_monotonic_time () < end);
  assert_int_equal (result, 0);
  return made;
}

static void
a_late_client_leaves_nothing_stopped (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  g_autoptr (BrokerClient) made = NULL;
  guint64 word;

  NEED_RIGHTS ();
  memory = stage_open (stage);
  made = stop_by_client (stage, memory, TRUE);
  wait_until_it_runs (stage);
  assert_int_equal (broker_client_go_on (made), -ETIMEDOUT);
  g_clear_pointer (&made, broker_client_unref);

  /* The same before it has checked. */
  made = stop_by_client (stage, memory, FALSE);
  wait_until_it_runs (stage);
  assert_int_equal (broker_client_peek (made, 0, address_of (stage_private), &word), -ETIMEDOUT);
  assert_int_equal (broker_client_poke (made, 0, address_of (stage_private), 1), -ETIMEDOUT);
  assert_int_equal (broker_client_checked (made, 0), -ETIMEDOUT);
}

static void
one_stops_after_the_other (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  struct broker_target target;
  int result;

  NEED_RIGHTS ();
  memory = stage_open (stage);
  target = stage_target_of (stage->target);
  /* Again, when the first was over before the second came. */
  for (gint64 end = g_get_monotonic_time () + PATIENCE_US;;)
    {
      BrokerClient *made = stop_by_client (stage, memory, TRUE), *another = NULL;

      result = broker_client_stop (process_memory_broker (memory), &target, 1, &another);
      broker_client_unref (another);
      broker_client_unref (made);
      if (result != 0)
        break;
      assert_true (g_get_monotonic_time () < end);
    }
  assert_int_equal (result, -EAGAIN);
}

/* Sends a request and half a payload, or nonsense, while the target is stopped. */
static void
a_hostile_client_leaves_nothing_stopped (void **state)
{
  struct stage *stage = *state;
  struct broker_request stop_it = { .magic = BROKER_MAGIC, .kind = BROKER_STOP };
  struct broker_target target;
  struct broker_reply reply;

  NEED_RIGHTS ();
  target = stage_target_of (stage->target);
  stop_it.length = sizeof target;
  for (guint kind = 0; kind <= BROKER_GO_ON + 1; kind++)
    for (guint half = 0; half < 2; half++)
      {
        struct broker_request request
          = { .magic = BROKER_MAGIC, .kind = kind, .target = target, .size = 7000 };
        gint64 deadline = g_get_monotonic_time () + PATIENCE_US;
        int fd = stage_connect (stage);

        assert_int_equal (broker_io_send (fd, &stop_it, sizeof stop_it, &target, sizeof target, -1,
                                          deadline),
                          0);
        assert_int_equal (broker_io_receive (fd, &reply, sizeof reply, deadline, NULL), 0);
        /* -EAGAIN: it could not be stopped just now. */
        if (reply.result != -EAGAIN)
          assert_int_equal (reply.result, 0);
        send (fd, &request, half ? sizeof request / 2 : sizeof request, MSG_NOSIGNAL);
        wait_until_it_runs (stage);
        close (fd);
      }
  process_memory_unref (stage_open (stage));
}

static void
all_must_be_descendants (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL, own = NULL;
  ProcessMemory *both[2];
  ProcessStop *made = NULL;
  int result;

  NEED_RIGHTS ();
  memory = stage_open (stage);
  own = process_memory_open_direct ("/proc", getpid (), &result);
  both[0] = memory;
  both[1] = own;
  assert_int_equal (process_stop_begin (both, 2, NULL, NULL, &made), -EPERM);
  assert_false (is_stopped (stage));
  kill (stage->target, SIGKILL);
  while (!process_memory_is_gone (memory))
    continue;
  result = process_stop_begin (&memory, 1, NULL, NULL, &made);
  /* By now it may have been reparented away, or reaped. */
  assert_true (result == -ESRCH || result == -EPERM);
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, stage_set_up, stage_tear_down)
  const struct CMUnitTest tests[] = {
    TEST (all_stop_and_go_on),
    TEST (the_check_looks_and_decides),
    TEST (a_killed_client_leaves_nothing_stopped),
    TEST (a_late_client_leaves_nothing_stopped),
    TEST (one_stops_after_the_other),
    TEST (a_hostile_client_leaves_nothing_stopped),
    TEST (all_must_be_descendants),
  };

  return cmocka_run_group_tests (tests, stage_set_up_all, stage_tear_down_all);
}
