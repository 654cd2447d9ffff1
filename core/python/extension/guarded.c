/* guarded.c - what values, arrays and structures with a lock have in common. */
#include "extension.h"

#include <string.h>

int
guarded_enter_other (struct guarded_object *self)
{
  PyObject *result = PyObject_CallMethod (self->lock, "acquire", NULL);

  Py_XDECREF (result);
  return result != NULL ? 0 : -1;
}

int
guarded_leave_other (struct guarded_object *self)
{
  PyObject *type, *value, *traceback;
  PyObject *result;

  PyErr_Fetch (&type, &value, &traceback);
  result = PyObject_CallMethod (self->lock, "release", NULL);
  if (result != NULL || type != NULL)
    PyErr_Restore (type, value, traceback);
  Py_XDECREF (result);
  return result != NULL ? 0 : -1;
}

/* What is added, as the element has it: an int64_t, or a double. */
static int
take_delta (const struct shmlens_type *type, PyObject *delta, union element *ret_delta)
{
  if (type->kind == SHMLENS_KIND_FLOAT)
    {
      ret_delta->f64 = delta != NULL ? PyFloat_AsDouble (delta) : 1;
      return ret_delta->f64 == -1 && PyErr_Occurred () ? -1 : 0;
    }
  if (type->kind != SHMLENS_KIND_SIGNED && type->kind != SHMLENS_KIND_UNSIGNED)
    {
      PyErr_SetString (PyExc_TypeError, "add() is for numbers");
      return -1;
    }
  if (delta != NULL && !PyIndex_Check (delta))
    {
      PyErr_Format (PyExc_TypeError, "an integer is required to add to an integer, not %s",
                    Py_TYPE (delta)->tp_name);
      return -1;
    }
  ret_delta->i64 = delta != NULL ? PyLong_AsLongLong (delta) : 1;
  return ret_delta->i64 == -1 && PyErr_Occurred () ? -1 : 0;
}

PyObject *
guarded_add (struct guarded_object *self, Py_ssize_t index, PyObject *delta_given)
{
  unsigned char *data = self->data + index * self->element.size;
  union element delta, element;
  bool fits;

  if (take_delta (&self->element, delta_given, &delta) < 0 || guarded_enter (self) < 0)
    return NULL;
  element_load (data, self->element.size, &element);
  fits = element_add (&self->element, &delta, &element);
  if (fits)
    {
      element_store (data, self->element.size, &element);
      shmlens_entry_commit (self->handle);
    }
  if (guarded_leave (self) < 0)
    return NULL;
  if (!fits)
    {
      PyErr_Format (PyExc_OverflowError, "the sum does not fit into %s",
                    shmlens_type_name (&self->element));
      return NULL;
    }
  Py_RETURN_NONE;
}

static void
take_shape (struct guarded_object *self)
{
  const struct shmlens_entry_info *info = shmlens_entry_describe (self->handle);
  Py_ssize_t stride = info->type.size;
  unsigned i;

  self->length = (Py_ssize_t) info->length;
  self->dimensions = info->dimensions;
  for (i = info->dimensions; i-- > 0;)
    {
      self->shape[i] = (Py_ssize_t) info->shape[i];
      self->strides[i] = stride;
      stride *= self->shape[i];
    }
}

static PyObject *
guarded_new (PyTypeObject *class, PyObject *args, PyObject *keywords)
{
  unsigned long long handle, lock_address;
  PyObject *entry, *lock, *type;
  struct guarded_object *self;
  const char *code;

  if (!PyArg_ParseTuple (args, "OOOzKK", &entry, &lock, &type, &code, &handle, &lock_address))
    return NULL;
  self = (struct guarded_object *) class->tp_alloc (class, 0);
  if (self == NULL)
    return NULL;
  Py_INCREF (entry);
  self->entry = entry;
  Py_INCREF (lock);
  self->lock = lock;
  Py_INCREF (type);
  self->type = type;
  self->handle = (struct shmlens_entry *) (uintptr_t) handle;
  self->ours = (struct shmlens_lock *) (uintptr_t) lock_address;
  self->data = shmlens_entry_data (self->handle);
  take_shape (self);
  if (code != NULL && (shmlens_type_from_code (code[0], &self->element) < 0 ||
                       (uintptr_t) self->data % self->element.size != 0))
    memset (&self->element, 0, sizeof self->element);
  return (PyObject *) self;
}

static int
guarded_traverse (PyObject *object, visitproc visit, void *arg)
{
  struct guarded_object *self = (struct guarded_object *) object;

  Py_VISIT (self->entry);
  Py_VISIT (self->lock);
  Py_VISIT (self->type);
  Py_VISIT (self->object);
  return 0;
}

/* The entry stays until the end: a method that runs after this finds its memory. */
static int
guarded_clear (PyObject *object)
{
  struct guarded_object *self = (struct guarded_object *) object;

  Py_CLEAR (self->object);
  return 0;
}

static void
guarded_dealloc (PyObject *object)
{
  struct guarded_object *self = (struct guarded_object *) object;

  PyObject_GC_UnTrack (object);
  Py_CLEAR (self->object);
  Py_CLEAR (self->type);
  Py_CLEAR (self->lock);
  Py_CLEAR (self->entry);
  Py_TYPE (object)->tp_free (object);
}

static PyObject *
guarded_get_lock (PyObject *object, PyObject *unused)
{
  struct guarded_object *self = (struct guarded_object *) object;

  Py_INCREF (self->lock);
  return self->lock;
}

static PyObject *
guarded_call_lock (PyObject *object, const char *name, PyObject *args, PyObject *keywords)
{
  struct guarded_object *self = (struct guarded_object *) object;
  PyObject *method = PyObject_GetAttrString (self->lock, name);
  PyObject *result = method == NULL ? NULL : PyObject_Call (method, args, keywords);

  Py_XDECREF (method);
  return result;
}

static PyObject *
guarded_acquire (PyObject *object, PyObject *args, PyObject *keywords)
{
  return guarded_call_lock (object, "acquire", args, keywords);
}

static PyObject *
guarded_release (PyObject *object, PyObject *args)
{
  return guarded_call_lock (object, "release", args, NULL);
}

static PyObject *
guarded_enter_method (PyObject *object, PyObject *unused)
{
  struct guarded_object *self = (struct guarded_object *) object;

  if (self->ours == NULL)
    return PyObject_CallMethod (self->lock, "__enter__", NULL);
  if (guarded_enter (self) < 0)
    return NULL;
  Py_RETURN_TRUE;
}

static PyObject *
guarded_exit_method (PyObject *object, PyObject *const *args, Py_ssize_t count)
{
  struct guarded_object *self = (struct guarded_object *) object;

  if (count != 3)
    {
      PyErr_Format (PyExc_TypeError, "__exit__ expected 3 arguments, got %zd", count);
      return NULL;
    }
  if (self->ours == NULL)
    return PyObject_CallMethod (self->lock, "__exit__", "OOO", args[0], args[1], args[2]);
  if (guarded_leave (self) < 0)
    return NULL;
  Py_RETURN_NONE;
}

static PyObject *
guarded_commit (PyObject *object, PyObject *unused)
{
  shmlens_entry_commit (((struct guarded_object *) object)->handle);
  Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
  { "get_lock", guarded_get_lock, METH_NOARGS, "get_lock()\n--\n\nThe lock." },
  { "acquire", (PyCFunction) (void (*) (void)) guarded_acquire, METH_VARARGS | METH_KEYWORDS,
    "acquire(block=True, timeout=None)\n--\n\nTakes the lock, as the lock's own acquire()." },
  { "release", guarded_release, METH_VARARGS, "release()\n--\n\nLets the lock go." },
  { "__enter__", guarded_enter_method, METH_NOARGS, NULL },
  { "__exit__", (PyCFunction) (void (*) (void)) guarded_exit_method, METH_FASTCALL, NULL },
  { "commit", guarded_commit, METH_NOARGS,
    "commit()\n--\n\n"
    "Says that the content was changed through get_obj() or a buffer. To be called\n"
    "while the lock is held." },
  { NULL }
};

static PyMemberDef members[] = {
  { "_entry", T_OBJECT, offsetof (struct guarded_object, entry), READONLY, NULL },
  { "_lock", T_OBJECT, offsetof (struct guarded_object, lock), READONLY, NULL },
  { "_type", T_OBJECT, offsetof (struct guarded_object, type), READONLY, NULL },
  { "_obj", T_OBJECT, offsetof (struct guarded_object, object), 0, NULL },
  { NULL }
};

PyTypeObject guarded_type = {
  PyVarObject_HEAD_INIT (NULL, 0)
  .tp_name = "shmlens._shmlens.Guarded",
  .tp_doc = "A ctypes object in a segment, and the lock that guards it.",
  .tp_basicsize = sizeof (struct guarded_object),
  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
  .tp_new = guarded_new,
  .tp_dealloc = guarded_dealloc,
  .tp_traverse = guarded_traverse,
  .tp_clear = guarded_clear,
  .tp_methods = methods,
  .tp_members = members,
};
