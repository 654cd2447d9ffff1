/* demo-children.c - the demo programs that the window starts, and ends. */
#include "demo-children.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_US 2000000
#define STEP_US 10000

static const char *const names[] = { "training", "together", "array" };
static pid_t children[G_N_ELEMENTS (names)];
static char *segment;   /* of the first */

/* In the child, before it becomes the demo. */
static void
end_with_parent (gpointer user_data)
{
  pid_t parent = GPOINTER_TO_INT (user_data);

  prctl (PR_SET_PDEATHSIG, SIGTERM);
  if (getppid () != parent)
    _exit (0);
}

/* shmlensctl beside this program, or wherever it is installed. */
static char *
find_command (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *directory = self != NULL ? g_path_get_dirname (self) : NULL;
  char *beside = directory != NULL ? g_build_filename (directory, "shmlensctl", NULL) : NULL;

  if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return beside;
  g_free (beside);
  return g_strdup ("shmlensctl");
}

static gboolean
is_running (pid_t pid)
{
  return pid > 0 && waitpid (pid, NULL, WNOHANG) == 0;
}

gboolean
demo_children_start (GError **error)
{
  g_autofree char *command = find_command ();

  if (segment == NULL)
    segment = g_strdup_printf ("/demo-training-%d", (int) getpid ());
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strdup_printf ("/demo-%s-%d", names[i], (int) getpid ());
      const char *arguments[]
        = { command, "demo", names[i], "--slow", "--with-parent", "--segment", name, NULL };

      if (is_running (children[i]))
        continue;
      children[i] = 0;
      if (!g_spawn_async (NULL, (char **) arguments, NULL,
                          G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD
                            | G_SPAWN_STDOUT_TO_DEV_NULL,
                          end_with_parent, GINT_TO_POINTER (getpid ()), &children[i], error))
        {
          g_prefix_error (error, "The demo cannot be started: ");
          return FALSE;
        }
    }
  return TRUE;
}

const char *
demo_children_segment (void)
{
  return segment;
}

void
demo_children_stop (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    if (is_running (children[i]))
      kill (children[i], SIGTERM);
    else
      children[i] = 0;
  for (gint64 waited = 0; waited < WAIT_US; waited += STEP_US)
    {
      gboolean any = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (children); i++)
        if (is_running (children[i]))
          any = TRUE;
        else
          children[i] = 0;
      if (!any)
        break;
      g_usleep (STEP_US);
    }
  g_clear_pointer (&segment, g_free);
}
