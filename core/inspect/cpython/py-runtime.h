/* py-runtime.h - the interpreter in a process: its version, how it lays out objects, and
 * where the types are by which objects are told apart. Found by content, without symbols. */
#pragma once

#include "process-memory.h"
#include "py-image.h"
#include "py-layout.h"

typedef struct py_runtime PyRuntime;

struct py_runtime
{
  guint major, minor, micro;
  struct py_layout layout;
  /* Addresses of type objects; 0 when the process has none. */
  guint64 type, object, none_type, boolean, integer, real, string, bytes, tuple, list, dict,
    set, module, function, method, builtin_function, cell, code, frame, generator, member_descriptor,
    property, weakref, mapping_proxy, simple_namespace, memory_view;
};

/* Finds it.
 *
 * regions: of process_memory_regions().
 * Returns FALSE with NOT_FOUND "no CPython interpreter" (says what else it looks like:
 * PyPy, ...), or USAGE an unsupported build, and which and why ("Python 3.13 free-threaded:
 * …"). */
gboolean py_runtime_find (PyImage *image, const GPtrArray *regions, PyRuntime *ret_runtime,
                          GError **error);
