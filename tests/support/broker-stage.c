/* broker-stage.c - a broker with a target below it, and this process as a client. */
#include "broker-stage.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "broker-io.h"
#include "broker-server.h"

#define USER    65534
#define ANOTHER 65533

guint8 *stage_shared, *stage_private;
gboolean stage_has_rights;
static char *runtime;
static int ask_other[2], answer_other[2];

/* With what a broker needs here, or for the moment without. */
static void
set_capabilities (gboolean effective)
{
  const guint32 all = 1u << CAP_SYS_PTRACE | 1u << CAP_DAC_READ_SEARCH;
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct data[2] = { { effective ? all : 0, all, 0 }, { 0, 0, 0 } };

  assert_int_equal (syscall (SYS_capset, &header, data), 0);
}

/* As another user, to whom the way to the socket was opened: whether the broker says a
 * word to him. */
static void
be_another_user (void)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  struct broker_request request = { .magic = BROKER_MAGIC, .kind = BROKER_PROBE };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  char byte = 'n';

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  close (ask_other[1]);
  if (read (ask_other[0], address.sun_path, sizeof address.sun_path - 1) <= 0)
    _exit (0);
  chmod (address.sun_path, 0666);
  *strrchr (address.sun_path, '/') = '\0';
  chmod (address.sun_path, 0711);
  address.sun_path[strlen (address.sun_path)] = '/';
  chmod (runtime, 0711);
  if (setresuid (ANOTHER, ANOTHER, ANOTHER) != 0)
    byte = 'u';
  else if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    byte = 'c';
  else if (send (fd, &request, sizeof request, MSG_NOSIGNAL) > 0 && recv (fd, &byte, 1, 0) == 1)
    byte = 'y';
  if (write (answer_other[1], &byte, 1) < 0)
    _exit (1);
  _exit (0);
}

/* Once: becomes a user with few rights. */
int
stage_set_up_all (void **state)
{
  runtime = g_dir_make_tmp ("shmlens-broker-test-XXXXXX", NULL);
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  stage_has_rights = geteuid () == 0;
  if (!stage_has_rights)
    return 0;
  assert_int_equal (chown (runtime, USER, USER), 0);
  assert_int_equal (pipe (ask_other), 0);
  assert_int_equal (pipe (answer_other), 0);
  if (fork () == 0)
    be_another_user ();
  close (ask_other[0]);
  close (answer_other[1]);
  assert_int_equal (prctl (PR_SET_KEEPCAPS, 1), 0);
  assert_int_equal (setresuid (USER, USER, USER), 0);
  return 0;
}

static void
be_target (int fd, int ready)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  /* Now only those with a capability may look. */
  prctl (PR_SET_DUMPABLE, 0);
  madvise (stage_private, 16 * PAGE, MADV_NOHUGEPAGE);
  memset (stage_private + 4 * PAGE, 'p', PAGE);
  memset (stage_shared, 's', PAGE);
  if (write (ready, "", 1) == 1)
    pause ();
  close (fd);
  _exit (0);
}

/* Serves, with a target below it; tells the target's id. */
static void
be_broker (int fd, int to_test)
{
  BrokerServer *server;
  int ready[2];
  char byte;
  pid_t pid;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  set_capabilities (TRUE);
  if (pipe (ready) != 0)
    _exit (1);
  pid = fork ();
  if (pid == 0)
    be_target (fd, ready[1]);
  close (fd);
  server = broker_server_new (NULL);
  if (server == NULL || read (ready[0], &byte, 1) != 1
      || write (to_test, &pid, sizeof pid) != sizeof pid)
    _exit (1);
  while (TRUE)
    pause ();
}

int
stage_set_up (void **state)
{
  char name[] = "/dev/shm/broker-test-XXXXXX";
  struct stage *stage;
  int from_broker[2], fd;

  if (!stage_has_rights)
    return 0;
  stage = g_new0 (struct stage, 1);
  set_capabilities (TRUE);
  fd = mkstemp (name);
  assert_true (fd >= 0);
  unlink (name);
  assert_int_equal (ftruncate (fd, PAGE), 0);
  stage_shared = mmap (NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  stage_private = mmap (NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert_int_equal (pipe (from_broker), 0);
  stage->broker = fork ();
  if (stage->broker == 0)
    be_broker (fd, from_broker[1]);
  close (fd);
  close (from_broker[1]);
  assert_int_equal (read (from_broker[0], &stage->target, sizeof stage->target),
                    sizeof stage->target);
  close (from_broker[0]);
  g_snprintf (stage->path, sizeof stage->path, "%s/shmlens/%d-%" G_GUINT64_FORMAT, runtime,
              stage->broker, process_start_time ("/proc", stage->broker));
  set_capabilities (FALSE);
  *state = stage;
  return 0;
}

int
stage_tear_down (void **state)
{
  struct stage *stage = *state;

  if (stage == NULL)
    return 0;
  kill (stage->target, SIGKILL);
  kill (stage->broker, SIGKILL);
  waitpid (stage->broker, NULL, 0);
  munmap (stage_shared, PAGE);
  munmap (stage_private, 16 * PAGE);
  unlink (stage->path);
  g_free (stage);
  return 0;
}

int
stage_tear_down_all (void **state)
{
  g_autofree char *directory = g_build_filename (runtime, "shmlens", NULL);

  rmdir (directory);
  rmdir (runtime);
  g_free (runtime);
  return 0;
}

ProcessMemory *
stage_open (const struct stage *stage)
{
  g_autoptr (GError) error = NULL;
  ProcessMemory *memory;
  int result = 0;

  assert_null (process_memory_open_direct ("/proc", stage->target, &result));
  assert_int_equal (result, -EPERM);
  memory = process_memory_open ("/proc", stage->target, &error);
  assert_null (error);
  assert_non_null (process_memory_broker (memory));
  return memory;
}

int
stage_connect (const struct stage *stage)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, stage->path, sizeof address.sun_path);
  assert_int_equal (connect (fd, (struct sockaddr *) &address, sizeof address), 0);
  return fd;
}

/* What the broker says to a request without payload; 1: it hangs up. */
int
stage_ask (int fd, struct broker_request request)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  struct broker_reply reply;
  int result;

  request.magic = BROKER_MAGIC;
  result = broker_io_send (fd, &request, sizeof request, NULL, 0, -1, deadline);
  if (result == 0)
    result = broker_io_receive (fd, &reply, sizeof reply, deadline, NULL);
  if (result == -EPIPE)
    return 1;
  assert_int_equal (result, 0);
  for (guint64 i = 0; i < reply.length; i++)
    {
      char byte;

      assert_int_equal (broker_io_receive (fd, &byte, 1, deadline, NULL), 0);
    }
  return reply.result;
}

struct broker_target
stage_target_of (pid_t pid)
{
  return (struct broker_target) { pid, process_start_time ("/proc", pid) };
}

char
stage_ask_as_another (const struct stage *stage)
{
  char byte;

  assert_int_equal (write (ask_other[1], stage->path, strlen (stage->path)),
                    strlen (stage->path));
  assert_int_equal (read (answer_other[0], &byte, 1), 1);
  return byte;
}
