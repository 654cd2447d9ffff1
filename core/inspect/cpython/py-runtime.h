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
  /* From 3.11 on their frames are in them, as generators' are. */
  guint64 coroutine, async_generator;
  guint64 modules;                /* the dict sys.modules; 0: not found */
  guint64 data_start, data_end;   /* the interpreter's own data, in which the built-in types are */
};

/* Finds it.
 *
 * regions: of process_memory_regions().
 * Returns FALSE with NOT_FOUND "no CPython interpreter" (says what else it looks like:
 * PyPy, ...), or USAGE an unsupported build, and which and why ("Python 3.13 free-threaded:
 * …"). */
gboolean py_runtime_find (PyImage *image, const GPtrArray *regions, PyRuntime *ret_runtime,
                          GError **error);
