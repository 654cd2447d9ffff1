/* python-code.h - how an input of fuzz-python tells a process's memory: a header, then pieces of
 * memory, each with its address. Numbers are little-endian.
 */
#pragma once

#include <glib.h>

#include "py-runtime.h"

struct python_code_header
{
  guint8 minor;          /* of the version; 6 to 14, others wrap around */
  guint8 n_objects;      /* how many of the objects are looked at */
  guint8 reserved[6];
  guint64 type, none_type, boolean, integer, string, tuple, list, dict, module, code, frame,
    generator, member_descriptor;
  guint64 objects[4];    /* where looking begins */
};

/* What a target's header is: the above, or more behind it. Each target defines it. */
extern const gsize python_code_header_length;

/* fuzz-python-types knows more types, and what is listed of what. */
struct python_types_header
{
  struct python_code_header code;
  guint64 builtin_function, memory_view;
};

/* fuzz-python-names knows all that lead from one object to others. Its objects are a module, a
 * frame, and two that names are looked for of. */
struct python_names_header
{
  struct python_types_header types;
  guint64 function, method, cell, set, simple_namespace, mapping_proxy, property, weakref, partial,
    deque;
};

/* Then as often as there is: this and `length` bytes. */
struct python_code_piece
{
  guint64 address;
  guint16 length;
  guint8 reserved[6];
};

#define PYTHON_CODE_PIECES_MAX 512

/* The pieces of an input, which stay where they are. */
struct python_code_memory
{
  struct
  {
    guint64 address;
    gsize length;
    const guint8 *bytes;
  } pieces[PYTHON_CODE_PIECES_MAX];
  guint n;
};

/* Takes an input apart. FALSE: it is too short for a header of python_code_header_length bytes. */
gboolean python_code_decode (const guint8 *data, gsize size, void *ret_header,
                             struct python_code_memory *ret_memory);
/* A PyImageRead. Pages that a piece touches are there, and nothing but zeros beside it. */
gssize python_code_read (gpointer memory, guint64 address, void *to, gsize length);

/* The runtime that a header tells. */
void python_code_runtime (const struct python_code_header *header, PyRuntime *ret_runtime);
/* And what the longest header tells more. */
void python_names_runtime (const struct python_names_header *header, PyRuntime *runtime);
