/* python-member.c - a process of a Python program. */
#include "python-member.h"

#include <glib/gi18n-lib.h>

#include "process.h"

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

void
python_member_look (PythonMember *self, const char *proc, const gint *cancelled)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->process, py_process_free);
  g_clear_pointer (&self->refusal, g_free);
  self->is_due = self->is_named = FALSE;
  if (self->memory == NULL)
    self->memory = process_memory_open (proc, self->pid, &error);
  if (self->memory != NULL && process_memory_start_time (self->memory) != self->start_time)
    {
      g_clear_pointer (&self->memory, process_memory_unref);
      self->refusal = g_strdup (_("the process ended while it was looked at"));
      return;
    }
  if (self->memory != NULL)
    self->process = py_process_look (self->memory, cancelled, &error);
  if (self->process == NULL)
    self->refusal = g_strdup (error->message);
  else
    self->heap = py_process_heap_sign (self->process);
}

void
python_member_name (PythonMember *self, const gint *cancelled)
{
  if (self->process != NULL)
    py_process_name (self->process, cancelled);
  self->is_named = TRUE;
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
  g_string_append_printf (line, "Python %u.%u.%u, %u objects, %.1f MB looked through",
                          process->runtime.major, process->runtime.minor, process->runtime.micro,
                          process->found->len, (double) process->scan->bytes / 1e6);
  if (process->scan->bytes_unreadable > 0)
    g_string_append_printf (line, ", %.1f MB not readable",
                            (double) process->scan->bytes_unreadable / 1e6);
  for (guint i = 0; i < process->n_steps; i++)
    g_string_append_printf (line, "; %s %.1f ms", process->steps[i].name,
                            (double) process->steps[i].ns / 1e6);
  return g_string_free (line, FALSE);
}
