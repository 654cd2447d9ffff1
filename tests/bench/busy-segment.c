/* busy-segment.c - a segment of numbers that another process changes all the time. */
#include "busy-segment.h"

#include <err.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shmlens.h"

void
busy_segment_make (struct busy_segment *self, const char *what, unsigned n_entries)
{
  g_autofree char *name = g_strdup_printf ("/%s-%d", what, (int)getpid ());
  g_autoptr (GError) error = NULL;
  int result;

  *self = (struct busy_segment){ .n_entries = n_entries };
  self->entries = g_new0 (struct shmlens_entry *, n_entries);
  result = shmlens_segment_create (name, NULL, &self->segment);
  if (result < 0)
    errx (1, "%s", shmlens_error ());
  for (unsigned i = 0; i < n_entries && result >= 0; i++)
    {
      g_autofree char *entry = g_strdup_printf ("entry%u", i);

      result = shmlens_value_create (self->segment, entry, 'q', NULL, NULL, &self->entries[i]);
    }
  self->registry = registry_new (NULL);
  if (result >= 0)
    self->attachment = registry_open (self->registry, name, &error);
  shmlens_segment_unlink (name);
  if (self->attachment == NULL)
    errx (1, "%s", error != NULL ? error->message : shmlens_error ());
}

static void
work (const struct busy_segment *self, unsigned pause_us)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  for (;;)
    {
      for (unsigned i = 0; i < self->n_entries; i++)
        shmlens_entry_add (self->entries[i], 0, 1);
      usleep (pause_us);
    }
}

void
busy_segment_start (struct busy_segment *self, unsigned pause_us)
{
  self->worker = fork ();
  if (self->worker < 0)
    err (1, "fork");
  if (self->worker == 0)
    work (self, pause_us);
}

void
busy_segment_end (struct busy_segment *self)
{
  if (self->worker > 0)
    {
      kill (self->worker, SIGKILL);
      waitpid (self->worker, NULL, 0);
    }
  g_clear_pointer (&self->attachment, attachment_unref);
  g_clear_pointer (&self->registry, registry_free);
  shmlens_segment_detach (self->segment);
  g_clear_pointer (&self->entries, g_free);
}
