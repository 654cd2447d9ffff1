/* python-record.h - what a program that runs under `python -m shmlens` wrote down of what it
 * shares: names, source lines, types, locks, and names by which all of it can be opened. The
 * format is core/python/record.md. Everything in it is hostile input.
 *
 * One thread at a time.
 */
#pragma once

#include "py-found.h"

typedef struct python_record PythonRecord;

/* Opens that of the program whose first process this is. shm: "/dev/shm".
 * NULL: it has none, or one that is not to be believed. */
PythonRecord *python_record_open (const char *shm, pid_t pid, guint64 start_time);
void python_record_free (PythonRecord *self);

/* Reads what was written since the last time. Returns whether that was anything. */
gboolean python_record_update (PythonRecord *self);

/* Adds names and source lines to what was found in the memory of a process. */
void python_record_annotate (PythonRecord *self, GPtrArray *found);

/* All that is shared by what it says, for when no memory can be read: PyFound *, which are in no
 * process: object and data are 0. The same until more is read; not to be changed. Unref when
 * done. */
GPtrArray *python_record_found (PythonRecord *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PythonRecord, python_record_free)
