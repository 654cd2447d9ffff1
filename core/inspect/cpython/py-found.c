/* py-found.c - a shared object as one process has it. */
#include "py-found.h"

PyFound *
py_found_new (void)
{
  PyFound *self = g_new0 (PyFound, 1);

  self->names = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
py_found_free (PyFound *self)
{
  if (self == NULL)
    return;
  entry_info_clear (&self->shape);
  g_ptr_array_unref (self->names);
  g_free (self->path);
  g_free (self->recorded_name);
  g_free (self);
}

void
py_found_identify (PyFound *self, const PySemaphore *semaphore)
{
  self->device = semaphore->device;
  self->inode = semaphore->inode;
  self->offset = semaphore->offset;
}
