/* python-member.c - a process of a Python program. */
#include "python-member.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

#include "inspect-error.h"
#include "process.h"

#define ENDING_LOOKS 10
#define ENDING_PAUSE_US 10000

PythonMember *
python_member_new (const char *proc, pid_t pid)
{
  PythonMember *self = g_new0 (PythonMember, 1);

  self->pid = pid;
  self->start_time = process_start_time (proc, pid);
  self->is_due = TRUE;
  return self;
}

void
python_member_free (PythonMember *self)
{
  if (self == NULL)
    return;
  py_process_free (self->process);
  process_memory_unref (self->memory);
  g_free (self->refusal);
  g_free (self);
}

gboolean
python_member_is_gone (const PythonMember *self, const char *proc)
{
  return self->start_time == 0 || process_is_gone (proc, self->pid, self->start_time);
}

/* Whether it cannot be looked at for that it ends. Its memory goes first, and then it takes a
 * moment until that can be told from its state. */
static gboolean
is_ending (const PythonMember *self, const char *proc, const GError *error)
{
  guint8 byte;

  if (self->memory != NULL ? process_memory_read (self->memory, 0, &byte, 1) != -ESRCH
                           : !g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND))
    return python_member_is_gone (self, proc);
  for (guint i = 0; i < ENDING_LOOKS; i++)
    {
      if (python_member_is_gone (self, proc))
        return TRUE;
      g_usleep (ENDING_PAUSE_US);
    }
  return FALSE;
}

void
python_member_look (PythonMember *self, const char *proc, const gint *cancelled)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->process, py_process_free);
  g_clear_pointer (&self->refusal, g_free);
  self->is_due = self->is_named = self->has_ended = FALSE;
  if (self->memory == NULL)
    self->memory = process_memory_open (proc, self->pid, &error);
  if (self->memory != NULL && process_memory_start_time (self->memory) != self->start_time)
    {
      g_clear_pointer (&self->memory, process_memory_unref);
      g_set_error_literal (&error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                           _("the process ended while it was looked at"));
    }
  if (self->memory != NULL)
    self->process = py_process_look (self->memory, cancelled, &error);
  if (self->process != NULL)
    {
      self->heap = py_process_heap_sign (self->process);
      return;
    }
  self->refusal = g_strdup (error->message);
  self->is_refused = error->code == INSPECT_ERROR_PERMISSION || error->code == INSPECT_ERROR_USAGE;
  self->has_ended = is_ending (self, proc, error);
}

void
python_member_name (PythonMember *self, const gint *cancelled)
{
  if (self->process != NULL)
    py_process_name (self->process, cancelled);
  self->is_named = TRUE;
}

void
python_member_forget (PythonMember *self)
{
  PyProcess *process = self->process;

  if (process != NULL)
    self->process = py_process_new_watch (process);
  py_process_free (process);
}

PythonMember *
python_member_new_watch (const PythonMember *self)
{
  PythonMember *watch = g_new0 (PythonMember, 1);

  watch->pid = self->pid;
  watch->start_time = self->start_time;
  watch->shared = self->shared;
  watch->heap = self->heap;
  watch->memory = process_memory_ref (self->memory);
  watch->process = py_process_new_watch (self->process);
  return watch;
}

gboolean
python_member_has_sign (PythonMember *self)
{
  g_autofree PyPlace *places = NULL;
  g_autofree gboolean *valid = NULL;
  const GPtrArray *found;

  if (self->process == NULL)
    return FALSE;
  if (py_process_heap_sign (self->process) != self->heap)
    return TRUE;
  found = self->process->found;
  places = g_new (PyPlace, found->len);
  valid = g_new (gboolean, found->len);
  for (guint i = 0; i < found->len; i++)
    {
      const PyFound *one = found->pdata[i];

      places[i] = (PyPlace) { self->memory, one->object, one->type, one->data_slot, one->first };
    }
  return py_places_validate (places, found->len, valid) < found->len;
}

char *
python_member_report (const PythonMember *self)
{
  GString *line = g_string_new (NULL);
  const PyProcess *process = self->process;

  g_string_append_printf (line, "%d: ", (int) self->pid);
  if (process == NULL)
    {
      g_string_append (line, self->refusal);
      return g_string_free (line, FALSE);
    }
  g_string_append_printf (line,
                          g_dngettext (GETTEXT_PACKAGE,
                                       "Python %u.%u.%u, %u object, %.1f MB looked through",
                                       "Python %u.%u.%u, %u objects, %.1f MB looked through",
                                       process->found->len),
                          process->runtime.major, process->runtime.minor, process->runtime.micro,
                          process->found->len, (double) process->scan->bytes / 1e6);
  if (process->scan->bytes_unreadable > 0)
    g_string_append_printf (line, _(", %.1f MB not readable"),
                            (double) process->scan->bytes_unreadable / 1e6);
  for (guint i = 0; i < process->n_steps; i++)
    g_string_append_printf (line, "; %s %.1f ms",
                            g_dpgettext2 (GETTEXT_PACKAGE, "step", process->steps[i].name),
                            (double) process->steps[i].ns / 1e6);
  return g_string_free (line, FALSE);
}
