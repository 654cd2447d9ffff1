/* module.c - shmlens._shmlens: the types that have to be fast.
 *
 * The module file holds the whole library besides; the package calls the rest of
 * it through ctypes.
 */
#include "extension.h"

static struct PyModuleDef definition = {
  PyModuleDef_HEAD_INIT,
  .m_name = "_shmlens",
  .m_doc = "Lock, Value and Array of shmlens.",
  .m_size = -1,
};

/* Before 3.9 PyMODINIT_FUNC does not say that it can be seen. */
PyMODINIT_FUNC PyInit__shmlens (void) __attribute__ ((visibility ("default")));

PyMODINIT_FUNC
PyInit__shmlens (void)
{
  static const struct
  {
    const char *name;
    PyTypeObject *type;
  } types[] = {
    { "Lock", &lock_type },
    { "Guarded", &guarded_type },
    { "Value", &value_type },
    { "Array", &array_type },
  };
  PyObject *module;
  size_t i;

  if (lock_prepare () < 0)
    return NULL;
  module = PyModule_Create (&definition);
  for (i = 0; module != NULL && i < sizeof types / sizeof types[0]; i++)
    {
      Py_INCREF (types[i].type);
      if (PyType_Ready (types[i].type) < 0 ||
          PyModule_AddObject (module, types[i].name, (PyObject *) types[i].type) < 0)
        Py_CLEAR (module);
    }
  return module;
}
