/* value.c - shmlens.Synchronized: a scalar with a lock. */
#include "extension.h"

static PyObject *
value_get (PyObject *object, void *unused)
{
  struct guarded_object *self = (struct guarded_object *) object;
  PyObject *ctypes_object, *result;
  union element element;

  if (self->element.code != 0)
    {
      if (guarded_enter (self) < 0)
        return NULL;
      element_load (self->data, self->element.size, &element);
      return guarded_leave (self) < 0 ? NULL : element_to_python (&self->element, &element);
    }

  ctypes_object = PyObject_CallMethod (object, "get_obj", NULL);
  if (ctypes_object == NULL)
    return NULL;
  result = NULL;
  if (guarded_enter (self) == 0)
    {
      result = PyObject_GetAttrString (ctypes_object, "value");
      if (guarded_leave (self) < 0)
        Py_CLEAR (result);
    }
  Py_DECREF (ctypes_object);
  return result;
}

static int
value_set (PyObject *object, PyObject *value, void *unused)
{
  struct guarded_object *self = (struct guarded_object *) object;
  PyObject *ctypes_object;
  union element element;
  int r;

  if (value == NULL)
    {
      PyErr_SetString (PyExc_AttributeError, "can't delete attribute");
      return -1;
    }
  if (self->element.code != 0 && element_from_python (&self->element, value, &element))
    {
      if (guarded_enter (self) < 0)
        return -1;
      element_store (self->data, self->element.size, &element);
      shmlens_entry_commit (self->handle);
      return guarded_leave (self);
    }

  ctypes_object = PyObject_CallMethod (object, "get_obj", NULL);
  if (ctypes_object == NULL)
    return -1;
  r = guarded_enter (self);
  if (r == 0)
    {
      r = PyObject_SetAttrString (ctypes_object, "value", value);
      if (r == 0)
        shmlens_entry_commit (self->handle);
      if (guarded_leave (self) < 0)
        r = -1;
    }
  Py_DECREF (ctypes_object);
  return r;
}

static PyObject *
value_add (PyObject *object, PyObject *const *args, Py_ssize_t count)
{
  if (count > 1)
    {
      PyErr_Format (PyExc_TypeError, "add expected at most 1 argument, got %zd", count);
      return NULL;
    }
  return guarded_add ((struct guarded_object *) object, 0, count == 1 ? args[0] : NULL);
}

static PyMethodDef methods[] = {
  { "add", (PyCFunction) (void (*) (void)) value_add, METH_FASTCALL,
    "add(delta=1, /)\n--\n\n"
    "Adds to the value under the lock. Raises OverflowError when the sum does not\n"
    "fit, and then changes nothing." },
  { NULL }
};

static PyGetSetDef properties[] = {
  { "value", value_get, value_set,
    "The value; the lock is taken to read it, and to set it.", NULL },
  { NULL }
};

PyTypeObject value_type = {
  PyVarObject_HEAD_INIT (NULL, 0)
  .tp_name = "shmlens._shmlens.Value",
  .tp_doc = "A scalar.",
  .tp_basicsize = sizeof (struct guarded_object),
  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
  .tp_base = &guarded_type,
  .tp_methods = methods,
  .tp_getset = properties,
};
