/* py-found.h - a shared object as one process has it: what it is, where its bytes are, what
 * guards it, and what it is called. */
#pragma once

#include "entry-info.h"
#include "py-scan.h"

typedef struct py_found PyFound;
typedef struct py_semaphore PySemaphore;

/* A SemLock of a process. */
struct py_semaphore
{
  guint64 object;        /* the SemLock; 0 when it is only known by its handle */
  guint64 handle;        /* address of the sem_t in this process; 0: there is no such part */
  guint64 device, inode, offset;  /* which one it is across processes */
  gboolean is_recursive;
  gint32 maximum;
};

struct py_found
{
  guint64 object;        /* address of the Python object whose header is validated before edits */
  guint64 type;          /* its type object, likewise */
  guint64 data;          /* address of the first byte, in a shared mapping; 0 for coordinators
                          * without data of their own */
  guint64 data_slot;     /* where the program keeps the address of the first element (object + 16;
                          * elsewhere for a Barrier), for validation; 0: nowhere */
  guint64 first;         /* that address: data, or behind it when strides are negative */
  guint64 device, inode, offset;  /* of the first byte, across processes; inode 0: memory without a
                                   * file. Of coordinators without data: of the semaphore that no
                                   * other of its kind shares, so that views can be merged */
  char *path;            /* a name by which the file can be opened; NULL: through its process */
  guint64 size;          /* bytes from the first to behind the last */
  guint64 wrapper;       /* the Synchronized object, or what else a program has a name for; 0 */
  guint64 base;          /* of an ndarray: what it is a view of, by its `base`; 0 */
  gboolean is_part;      /* of another object: listed only when it has a name of its own */
  /* What an entry of it is: object, ctype, type, swapped, dimensions, shape, strides, length,
   * role, unit, doc, fields, labels, progress maximum; offset is that of the first element from
   * data; editable and reason say only what the type itself forbids. Name, id, lock and place are
   * filled in later. Strings and fields in it belong to it. */
  EntryInfo shape;
  enum lock_kind lock_kind;   /* EXTERNAL: a threading.Lock or something else not ours */
  PySemaphore lock;
  /* Coordinators: the semaphores that make up its state, by role (see py-sync.h). */
  guint n_parts;
  PySemaphore parts[5];
  char *recorded_name;   /* by which the program's own record has it; NULL */
  GPtrArray *names;      /* of char *, the best first; empty until they are looked for */
};

PyFound *py_found_new (void);
void py_found_free (PyFound *self);

/* Tells it apart, across processes, by a semaphore that no other of its kind shares. */
void py_found_identify (PyFound *self, const PySemaphore *semaphore);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyFound, py_found_free)
