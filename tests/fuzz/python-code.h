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

/* Then as often as there is: this and `length` bytes. */
struct python_code_piece
{
  guint64 address;
  guint16 length;
  guint8 reserved[6];
};

/* The runtime that a header tells. */
static inline void
python_code_runtime (const struct python_code_header *header, PyRuntime *ret_runtime)
{
  PyRuntime runtime = { .major = 3, .minor = 6 + (header->minor + 9u - 6u) % 9u };

  (void) py_layout_for (runtime.major, runtime.minor, &runtime.layout);
  runtime.type = header->type;
  runtime.none_type = header->none_type;
  runtime.boolean = header->boolean;
  runtime.integer = header->integer;
  runtime.string = header->string;
  runtime.tuple = header->tuple;
  runtime.list = header->list;
  runtime.dict = header->dict;
  runtime.module = header->module;
  runtime.code = header->code;
  runtime.frame = header->frame;
  runtime.generator = header->generator;
  runtime.member_descriptor = header->member_descriptor;
  *ret_runtime = runtime;
}
