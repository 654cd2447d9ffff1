/* extension.h - the parts of the Python module that have to be fast.
 *
 * Python code in the package makes these objects and gives them the addresses
 * of the library's handles; owner and entry are Python objects that keep what
 * the addresses lead to. What is not fast here is done by methods of the Python
 * subclasses: get_obj(), _get_item(), _set_item().
 */
#ifndef SHMLENS_PYTHON_EXTENSION_H
#define SHMLENS_PYTHON_EXTENSION_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include <stdbool.h>
#include <stdint.h>

#include "shmlens.h"

/* A lock: its address, and the entry that keeps it. */
struct lock_object
{
  PyObject_HEAD
  struct shmlens_lock *lock;
  PyObject *owner;
  PyObject *weak_references;
};

/* A ctypes object in a segment with the lock that guards it; the base of
 * values and arrays. */
struct guarded_object
{
  PyObject_HEAD
  PyObject *entry;
  PyObject *lock;                /* what get_lock() gives */
  PyObject *type;                /* the ctypes type */
  PyObject *object;              /* the ctypes object; NULL until it is asked for */
  struct shmlens_entry *handle;
  struct shmlens_lock *ours;     /* the lock when it is one of ours, else NULL */
  unsigned char *data;
  Py_ssize_t length;
  struct shmlens_type element;   /* code 0: elements go through the ctypes object */
  unsigned dimensions;
  Py_ssize_t shape[SHMLENS_DIMENSIONS_MAX];
  Py_ssize_t strides[SHMLENS_DIMENSIONS_MAX];
};

/* One element's bits. */
union element
{
  uint8_t u8;
  uint16_t u16;
  uint32_t u32;
  uint64_t u64;
  int8_t i8;
  int16_t i16;
  int32_t i32;
  int64_t i64;
  float f32;
  double f64;
};

extern PyTypeObject lock_type;
extern PyTypeObject guarded_type;
extern PyTypeObject value_type;
extern PyTypeObject array_type;

/* Finds the Python side's exceptions. */
int lock_prepare (void);

/* Sets the exception for a failed call of the library. Always -1. */
int lock_raise (int result);

/* Waits for a lock that could not be had at once, with the interpreter lock
 * given up, and Ctrl-C heard. `result` is what shmlens_lock_try_acquire() said.
 *
 * @param timeout  in seconds; negative: for ever.
 * @returns 1 taken, 0 not in time, -1 with an exception.
 */
int lock_wait (struct shmlens_lock *lock, int result, double timeout);

/* Takes or lets go what guards the object: 0, or -1 with an exception. An
 * exception that is set already stays. */
int guarded_enter_other (struct guarded_object *self);
int guarded_leave_other (struct guarded_object *self);

static inline int
guarded_enter (struct guarded_object *self)
{
  int r;

  if (self->ours == NULL)
    return guarded_enter_other (self);
  r = shmlens_lock_try_acquire (self->ours);
  return r == 0 || lock_wait (self->ours, r, -1) > 0 ? 0 : -1;
}

static inline int
guarded_leave (struct guarded_object *self)
{
  int r;

  if (self->ours == NULL)
    return guarded_leave_other (self);
  r = shmlens_lock_release (self->ours);
  return r == 0 ? 0 : lock_raise (r);
}

/* Adds to an element under the lock; None. The sum is not given back: making a
 * Python number of it is a sixth of the call. */
PyObject *guarded_add (struct guarded_object *self, Py_ssize_t index, PyObject *delta);

/* Copies an element that others may write at the same time. */
void element_load (const unsigned char *data, uint32_t size, union element *ret_element);
void element_store (unsigned char *data, uint32_t size, const union element *element);

PyObject *element_to_python (const struct shmlens_type *type, const union element *element);

/* Converts an object of the very type that an element is for, and of its range.
 *
 * @returns false when it is anything else; then ctypes decides. No exception is set.
 */
bool element_from_python (const struct shmlens_type *type, PyObject *object,
                          union element *ret_element);

/* Adds delta, which is an int64_t or for floats a double.
 *
 * @returns false when the sum does not fit; then the element is as it was.
 */
bool element_add (const struct shmlens_type *type, const union element *delta,
                  union element *element);

/* Makes the items of a list, which holds nothing yet, of elements. They may lie in
 * the room for the items itself, at its end.
 *
 * @returns false with an exception, and then the rest of the items is NULL.
 */
bool element_fill_list (const struct shmlens_type *type, PyObject *list,
                        const unsigned char *elements);

#endif
