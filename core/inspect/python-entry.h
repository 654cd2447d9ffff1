/* python-entry.h - an entry of a Python program, and where its bytes and its lock are.
 *
 * Immutable but for the shared memory itself; counted references; any function from any
 * thread.
 */
#pragma once

#include "entry-info.h"
#include "py-process.h"
#include "python-lock.h"
#include "shared-file.h"

#define PYTHON_PARTS_MAX 5

typedef struct python_entry PythonEntry;

struct python_entry
{
  EntryInfo *info;
  SharedFile *file;        /* NULL: only to be reached in its processes */
  guint64 file_offset;     /* of the first element */
  PythonLock *lock;        /* NULL: none that can be reached */
  guint n_parts;           /* of what has its state in semaphores: see py-sync.h */
  PythonLock *parts[PYTHON_PARTS_MAX];  /* NULL: cannot be reached */
  gint32 maximum;          /* of the first part: how much a Queue holds */
  guint n_places;
  PyPlace *places;         /* where each process has it; the program's root first */
};

/* Takes the members over. */
PythonEntry *python_entry_new (PythonEntry *values);
PythonEntry *python_entry_ref (PythonEntry *self);
void python_entry_unref (PythonEntry *self);

/* As attachment_read(), but that it never answers LOCKED. */
int python_entry_read (PythonEntry *self, guint64 first, guint64 last, void *ret_elements);

/* As attachment_store(): bytes of packed elements. id: the segment's, for errors. */
gboolean python_entry_store (PythonEntry *self, const char *id, guint64 offset, guint64 length,
                             const void *bytes, GError **error);

/* Whether some process that lives still has the object as it was found. */
gboolean python_entry_is_valid (PythonEntry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PythonEntry, python_entry_unref)
