/* array.c - shmlens.SynchronizedArray: elements with a lock. */
#include "extension.h"

#include <string.h>

_Static_assert (sizeof (union element) <= sizeof (PyObject *), "see array_list");

/* Slices that are set, of up to this many bytes are copied by way of the stack. */
#define SMALL 1024

static Py_ssize_t
array_length (PyObject *object)
{
  struct guarded_object *self = (struct guarded_object *) object;
  PyObject *ctypes_object;
  Py_ssize_t length;

  if (self->element.code != 0)
    return self->length;
  ctypes_object = PyObject_CallMethod (object, "get_obj", NULL);
  if (ctypes_object == NULL)
    return -1;
  length = PyObject_Size (ctypes_object);
  Py_DECREF (ctypes_object);
  return length;
}

static PyObject *
array_item (PyObject *object, Py_ssize_t index)
{
  struct guarded_object *self = (struct guarded_object *) object;
  union element element;
  PyObject *key, *result;

  if (self->element.code == 0)
    {
      key = PyLong_FromSsize_t (index);
      result = key == NULL ? NULL : PyObject_CallMethod (object, "_get_item", "(O)", key);
      Py_XDECREF (key);
      return result;
    }
  if (index < 0 || index >= self->length)
    {
      PyErr_SetString (PyExc_IndexError, "invalid index");
      return NULL;
    }
  if (guarded_enter (self) < 0)
    return NULL;
  element_load (self->data + index * self->element.size, self->element.size, &element);
  return guarded_leave (self) < 0 ? NULL : element_to_python (&self->element, &element);
}

/* Copies elements while the lock is held. */
static int
array_copy (struct guarded_object *self, Py_ssize_t first, Py_ssize_t length, void *ret_elements)
{
  if (guarded_enter (self) < 0)
    return -1;
  memcpy (ret_elements, self->data + (size_t) first * self->element.size,
          (size_t) length * self->element.size);
  return guarded_leave (self);
}

/* The lock is held for the copy alone, not while Python objects are made of it.
 * The copy goes to the end of the list's own room: an element is not longer than
 * a pointer, so each is read before its place is needed. Other memory for it would
 * cost as much again as the rest. Until it is whole the list is hidden from the
 * garbage collector, which would follow the elements as pointers. */
static PyObject *
array_list (struct guarded_object *self, Py_ssize_t first, Py_ssize_t length)
{
  PyObject *list = PyList_New (length);
  unsigned char *copy;

  if (list == NULL || length == 0)
    return list;
  PyObject_GC_UnTrack (list);
  copy = (unsigned char *) (PySequence_Fast_ITEMS (list) + length)
         - (size_t) length * self->element.size;
  if (array_copy (self, first, length, copy) < 0)
    memset (copy, 0, (size_t) length * self->element.size);
  else if (element_fill_list (&self->element, list, copy))
    {
      PyObject_GC_Track (list);
      return list;
    }
  PyObject_GC_Track (list);
  Py_DECREF (list);
  return NULL;
}

/* bytes or str, as ctypes gives them. */
static PyObject *
array_characters (struct guarded_object *self, Py_ssize_t first, Py_ssize_t length)
{
  void *copy;
  PyObject *result = NULL;

  if (self->element.kind == SHMLENS_KIND_CHAR)
    {
      result = PyBytes_FromStringAndSize (NULL, length);
      if (result != NULL && array_copy (self, first, length, PyBytes_AS_STRING (result)) < 0)
        Py_CLEAR (result);
      return result;
    }
  copy = PyMem_Malloc ((size_t) length * self->element.size);
  if (copy == NULL)
    return PyErr_NoMemory ();
  if (array_copy (self, first, length, copy) == 0)
    result = PyUnicode_FromWideChar (copy, length);
  PyMem_Free (copy);
  return result;
}

static PyObject *
array_slice (struct guarded_object *self, Py_ssize_t first, Py_ssize_t length)
{
  bool characters = self->element.kind == SHMLENS_KIND_CHAR ||
                    self->element.kind == SHMLENS_KIND_UNICODE;

  return characters ? array_characters (self, first, length) : array_list (self, first, length);
}

static PyObject *
array_subscript (PyObject *object, PyObject *key)
{
  struct guarded_object *self = (struct guarded_object *) object;
  Py_ssize_t index, start, stop, step, length;

  if (self->element.code != 0 && PyIndex_Check (key))
    {
      index = PyNumber_AsSsize_t (key, PyExc_IndexError);
      if (index == -1 && PyErr_Occurred ())
        return NULL;
      return array_item (object, index < 0 ? index + self->length : index);
    }
  if (self->element.code != 0 && PySlice_Check (key))
    {
      if (PySlice_Unpack (key, &start, &stop, &step) < 0)
        return NULL;
      length = PySlice_AdjustIndices (self->length, &start, &stop, step);
      if (step == 1)
        return array_slice (self, start, length);
    }
  return PyObject_CallMethod (object, "_get_item", "(O)", key);
}

/* Copies elements out of a list, a tuple, bytes, or a buffer of the same type. */
static bool
elements_from_python (const struct shmlens_type *type, PyObject *values, Py_ssize_t length,
                      unsigned char *ret_elements)
{
  union element element;
  Py_buffer buffer;
  PyObject **items;
  Py_ssize_t i;
  bool same;

  if (PyList_CheckExact (values) || PyTuple_CheckExact (values))
    {
      if (PySequence_Fast_GET_SIZE (values) != length)
        return false;
      items = PySequence_Fast_ITEMS (values);
      for (i = 0; i < length; i++)
        {
          if (!element_from_python (type, items[i], &element))
            return false;
          memcpy (ret_elements + i * type->size, &element, type->size);
        }
      return true;
    }
  if (!PyObject_CheckBuffer (values))
    return false;
  if (PyObject_GetBuffer (values, &buffer, PyBUF_FORMAT | PyBUF_ND) < 0)
    {
      PyErr_Clear ();
      return false;
    }
  same = buffer.len == length * (Py_ssize_t) type->size && buffer.ndim == 1 &&
         buffer.itemsize == (Py_ssize_t) type->size &&
         ((buffer.format != NULL && buffer.format[0] == type->code && buffer.format[1] == 0) ||
          (type->kind == SHMLENS_KIND_CHAR && PyBytes_Check (values)));
  if (same)
    memcpy (ret_elements, buffer.buf, (size_t) buffer.len);
  PyBuffer_Release (&buffer);
  return same;
}

/* Sets a slice: 1; 0 when ctypes has to decide about the values; -1. */
static int
array_set_slice (struct guarded_object *self, Py_ssize_t first, Py_ssize_t length,
                 PyObject *values)
{
  size_t bytes = (size_t) length * self->element.size;
  unsigned char small[SMALL];
  unsigned char *copy = bytes <= SMALL ? small : PyMem_RawMalloc (bytes);
  int r;

  if (copy == NULL)
    {
      PyErr_NoMemory ();
      return -1;
    }
  r = elements_from_python (&self->element, values, length, copy);
  if (r == 1)
    {
      r = guarded_enter (self);
      if (r == 0)
        {
          memcpy (self->data + (size_t) first * self->element.size, copy, bytes);
          shmlens_entry_commit (self->handle);
          r = guarded_leave (self);
        }
      r = r == 0 ? 1 : -1;
    }
  if (copy != small)
    PyMem_RawFree (copy);
  return r;
}

static int
array_set_slowly (PyObject *object, PyObject *key, PyObject *value)
{
  PyObject *result = PyObject_CallMethod (object, "_set_item", "(OO)", key, value);

  Py_XDECREF (result);
  return result != NULL ? 0 : -1;
}

static int
array_set_subscript (PyObject *object, PyObject *key, PyObject *value)
{
  struct guarded_object *self = (struct guarded_object *) object;
  Py_ssize_t index, start, stop, step, length;
  union element element;
  int r;

  if (value == NULL)
    {
      PyErr_SetString (PyExc_AttributeError, "__delitem__");
      return -1;
    }
  if (self->element.code == 0)
    return array_set_slowly (object, key, value);
  if (PyIndex_Check (key) && element_from_python (&self->element, value, &element))
    {
      index = PyNumber_AsSsize_t (key, PyExc_IndexError);
      if (index == -1 && PyErr_Occurred ())
        return -1;
      index += index < 0 ? self->length : 0;
      if (index < 0 || index >= self->length)
        {
          PyErr_SetString (PyExc_IndexError, "invalid index");
          return -1;
        }
      if (guarded_enter (self) < 0)
        return -1;
      element_store (self->data + index * self->element.size, self->element.size, &element);
      shmlens_entry_commit (self->handle);
      return guarded_leave (self);
    }
  if (PySlice_Check (key))
    {
      if (PySlice_Unpack (key, &start, &stop, &step) < 0)
        return -1;
      length = PySlice_AdjustIndices (self->length, &start, &stop, step);
      r = step == 1 ? array_set_slice (self, start, length, value) : 0;
      if (r != 0)
        return r < 0 ? -1 : 0;
    }
  return array_set_slowly (object, key, value);
}

static PyObject *
array_add (PyObject *object, PyObject *const *args, Py_ssize_t count)
{
  struct guarded_object *self = (struct guarded_object *) object;
  Py_ssize_t index;

  if (count < 1 || count > 2)
    {
      PyErr_Format (PyExc_TypeError, "add expected 1 or 2 arguments, got %zd", count);
      return NULL;
    }
  index = PyNumber_AsSsize_t (args[0], PyExc_IndexError);
  if (index == -1 && PyErr_Occurred ())
    return NULL;
  index += index < 0 ? self->length : 0;
  if (index < 0 || index >= self->length)
    {
      PyErr_SetString (PyExc_IndexError, "invalid index");
      return NULL;
    }
  return guarded_add (self, index, count == 2 ? args[1] : NULL);
}

/* The memory itself: elements with a type code in their shape, others as bytes. */
static int
array_get_buffer (PyObject *object, Py_buffer *view, int flags)
{
  static const char codes[] = "?\0c\0u\0b\0B\0h\0H\0i\0I\0l\0L\0q\0Q\0f\0d";
  struct guarded_object *self = (struct guarded_object *) object;
  const struct shmlens_entry_info *info = shmlens_entry_describe (self->handle);
  bool typed = self->element.code != 0;
  const char *code = codes;

  if ((flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS && self->dimensions > 1)
    {
      PyErr_SetString (PyExc_BufferError, "the array is in C order");
      view->obj = NULL;
      return -1;
    }
  if (PyBuffer_FillInfo (view, object, self->data,
                         (Py_ssize_t) (info->length * info->type.size), 0, flags) < 0)
    return -1;
  if (!typed)
    return 0;
  while (code[0] != self->element.code)
    code += 2;
  view->itemsize = self->element.size;
  if ((flags & PyBUF_FORMAT) == PyBUF_FORMAT)
    view->format = (char *) (code[0] == 'u' ? "w" : code);
  if ((flags & PyBUF_ND) == PyBUF_ND)
    {
      view->ndim = (int) self->dimensions;
      view->shape = self->shape;
    }
  if ((flags & PyBUF_STRIDES) == PyBUF_STRIDES)
    view->strides = self->strides;
  return 0;
}

static PyMethodDef methods[] = {
  { "add", (PyCFunction) (void (*) (void)) array_add, METH_FASTCALL,
    "add(index, delta=1, /)\n--\n\nAdds to one element under the lock, as Synchronized.add()." },
  { NULL }
};

static PySequenceMethods as_sequence = {
  .sq_length = array_length,
  .sq_item = array_item,
};

static PyMappingMethods as_mapping = {
  .mp_length = array_length,
  .mp_subscript = array_subscript,
  .mp_ass_subscript = array_set_subscript,
};

static PyBufferProcs as_buffer = {
  .bf_getbuffer = array_get_buffer,
};

PyTypeObject array_type = {
  PyVarObject_HEAD_INIT (NULL, 0)
  .tp_name = "shmlens._shmlens.Array",
  .tp_doc = "Elements.",
  .tp_basicsize = sizeof (struct guarded_object),
  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
  .tp_base = &guarded_type,
  .tp_methods = methods,
  .tp_as_sequence = &as_sequence,
  .tp_as_mapping = &as_mapping,
  .tp_as_buffer = &as_buffer,
};
