/* lock.c - shmlens.Lock: a robust recursive lock for `with`. */
#include "extension.h"

#include <errno.h>
#include <time.h>

/* How long one wait may last: between two, Python looks for Ctrl-C. */
#define SLICE_NS 50000000

static PyObject *failure;             /* shmlens._errors.failure */
static PyObject *owner_died_warning;  /* shmlens.OwnerDiedWarning */
static PyObject *owner_died;          /* its text */

int
lock_prepare (void)
{
  PyObject *errors = PyImport_ImportModule ("shmlens._errors");

  if (errors == NULL)
    return -1;
  failure = PyObject_GetAttrString (errors, "failure");
  owner_died_warning = PyObject_GetAttrString (errors, "OwnerDiedWarning");
  owner_died = PyObject_GetAttrString (errors, "OWNER_DIED");
  Py_DECREF (errors);
  return failure != NULL && owner_died_warning != NULL && owner_died != NULL ? 0 : -1;
}

int
lock_raise (int result)
{
  PyObject *exception = PyObject_CallFunction (failure, "is", -result, shmlens_error ());

  if (exception != NULL)
    {
      PyErr_SetObject ((PyObject *) Py_TYPE (exception), exception);
      Py_DECREF (exception);
    }
  return -1;
}

static int
warn_of_dead_owner (void)
{
  const char *text = PyUnicode_AsUTF8 (owner_died);

  return text == NULL ? -1 : PyErr_WarnEx (owner_died_warning, text, 1);
}

static int64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;
}

/* As lock_wait, for a lock that another holds. */
static int
wait_in_slices (struct shmlens_lock *lock, double timeout)
{
  int64_t end = INT64_MAX, start = now_ns ();
  int64_t span;
  int r;

  if (timeout >= 0 && timeout < 1e9)
    end = start + (int64_t) (timeout * 1e9);
  do
    {
      span = end - now_ns ();
      span = span > SLICE_NS ? SLICE_NS : span < 0 ? 0 : span;
      Py_BEGIN_ALLOW_THREADS
      r = shmlens_lock_acquire_timed (lock, (uint64_t) span);
      Py_END_ALLOW_THREADS
    }
  while (r == -ETIMEDOUT && PyErr_CheckSignals () == 0 && now_ns () < end);
  return r;
}

int
lock_wait (struct shmlens_lock *lock, int result, double timeout)
{
  if (result == -EBUSY)
    result = wait_in_slices (lock, timeout);
  if (result == -ETIMEDOUT)
    return PyErr_Occurred () ? -1 : 0;
  if (result < 0)
    return lock_raise (result);
  if (result > 0 && warn_of_dead_owner () < 0)
    {
      shmlens_lock_release (lock);
      return -1;
    }
  return 1;
}

static PyObject *
lock_new (PyTypeObject *type, PyObject *args, PyObject *keywords)
{
  struct lock_object *self;
  unsigned long long address;
  PyObject *owner;

  if (!PyArg_ParseTuple (args, "KO:Lock", &address, &owner))
    return NULL;
  self = (struct lock_object *) type->tp_alloc (type, 0);
  if (self == NULL)
    return NULL;
  self->lock = (struct shmlens_lock *) (uintptr_t) address;
  Py_INCREF (owner);
  self->owner = owner;
  return (PyObject *) self;
}

static void
lock_dealloc (PyObject *object)
{
  struct lock_object *self = (struct lock_object *) object;

  if (self->weak_references != NULL)
    PyObject_ClearWeakRefs (object);
  Py_CLEAR (self->owner);
  Py_TYPE (object)->tp_free (object);
}

static PyObject *
lock_acquire (PyObject *object, PyObject *args, PyObject *keywords)
{
  static char block_name[] = "block", timeout_name[] = "timeout";
  static char *names[] = { block_name, timeout_name, NULL };
  struct lock_object *self = (struct lock_object *) object;
  PyObject *timeout_given = Py_None;
  double timeout = -1;
  int block = 1;
  int r;

  if (!PyArg_ParseTupleAndKeywords (args, keywords, "|pO:acquire", names, &block, &timeout_given))
    return NULL;
  if (timeout_given != Py_None)
    {
      timeout = PyFloat_AsDouble (timeout_given);
      if (timeout == -1.0 && PyErr_Occurred ())
        return NULL;
      timeout = timeout > 0 ? timeout : 0;
    }

  r = shmlens_lock_try_acquire (self->lock);
  if (r == -EBUSY && !block)
    Py_RETURN_FALSE;
  r = r == 0 ? 1 : lock_wait (self->lock, r, timeout);
  return r < 0 ? NULL : PyBool_FromLong (r);
}

static PyObject *
lock_release (PyObject *object, PyObject *unused)
{
  int r = shmlens_lock_release (((struct lock_object *) object)->lock);

  if (r < 0)
    {
      lock_raise (r);
      return NULL;
    }
  Py_RETURN_NONE;
}

static PyObject *
lock_enter (PyObject *object, PyObject *unused)
{
  struct shmlens_lock *lock = ((struct lock_object *) object)->lock;
  int r = shmlens_lock_try_acquire (lock);

  if (r != 0 && lock_wait (lock, r, -1) < 0)
    return NULL;
  Py_RETURN_TRUE;
}

static PyObject *
lock_exit (PyObject *object, PyObject *const *args, Py_ssize_t count)
{
  return lock_release (object, NULL);
}

static PyMethodDef methods[] = {
  { "acquire", (PyCFunction) (void (*) (void)) lock_acquire, METH_VARARGS | METH_KEYWORDS,
    "acquire(block=True, timeout=None)\n--\n\n"
    "Takes the lock; returns whether it did. timeout is in seconds." },
  { "release", lock_release, METH_NOARGS, "release()\n--\n\nLets the lock go." },
  { "__enter__", lock_enter, METH_NOARGS, NULL },
  { "__exit__", (PyCFunction) (void (*) (void)) lock_exit, METH_FASTCALL, NULL },
  { NULL }
};

static PyMemberDef members[] = {
  { "_address", T_PYSSIZET, offsetof (struct lock_object, lock), READONLY, NULL },
  { "_owner", T_OBJECT, offsetof (struct lock_object, owner), READONLY, NULL },
  { NULL }
};

PyTypeObject lock_type = {
  PyVarObject_HEAD_INIT (NULL, 0)
  .tp_name = "shmlens._shmlens.Lock",
  .tp_doc = "A robust recursive lock in a segment.",
  .tp_basicsize = sizeof (struct lock_object),
  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
  .tp_new = lock_new,
  .tp_dealloc = lock_dealloc,
  .tp_weaklistoffset = offsetof (struct lock_object, weak_references),
  .tp_methods = methods,
  .tp_members = members,
};
