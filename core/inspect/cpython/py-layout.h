/* py-layout.h - how versions of CPython lay out their objects (64-bit, with the global
 * interpreter lock). From the headers of each version, and measured; 3.14's were only read
 * (see py-layout.c). Offsets in bytes. What all versions share is in py-object.c.
 */
#pragma once

#include <glib.h>

/* Where the list of keys of a dict keeps what. */
struct py_layout_keys
{
  gboolean has_kind;      /* 3.11 on: sizes as powers of two, and entries without a hash */
  guint64 entries, indices;   /* how many entries; where the table of indices begins */
};

/* How an instance keeps its attributes beside a dict. */
enum py_values
{
  PY_VALUES_NONE,    /* up to 3.10 */
  PY_VALUES_BEFORE,  /* 3.11: dict and values, each a word before the object */
  PY_VALUES_TAGGED,  /* 3.12: one word before the object, odd for values */
  PY_VALUES_INLINE   /* 3.13 on: values behind the object */
};

/* Where a frame keeps what. Up to 3.10 a frame is an object; later one is a struct on the
 * interpreter's own stack, or inside a generator. */
struct py_layout_frame
{
  guint64 locals, code, function, globals;  /* function: 0 there is none (up to 3.10) */
  /* What has to be taken off a word (code, function and each local) to have its pointer:
   * `word & ~tag_bits`; 0 then: no object. 0 up to 3.13. */
  guint64 tag_bits;
  guint64 previous, owner;
  guint64 state;          /* up to 3.9 f_executing, 3.10 f_state; later of a generator */
  guint64 value_stack;    /* up to 3.10 f_valuestack: where the stack begins, in the frame itself */
  guint64 stack_top;      /* up to 3.9 f_stacktop: whether it is suspended */
  /* A code's names of locals: up to 3.10 three tuples (locals, cells, free ones), later one,
   * with as many kinds as a bytes object has. */
  guint64 code_locals, code_cells, code_free, code_kinds;
  guint64 code_n_locals;  /* int: how many locals, from 3.11 on cells and free ones too */
  guint64 code_name, code_filename;
  guint64 generator;      /* up to 3.10 the pointer to its frame, later the frame itself */
};

struct py_layout
{
  guint minor;
  enum py_values values;
  guint64 string_ascii, string_other;   /* where characters begin */
  guint string_kind;                    /* first bit of their size, in the word of 32 bits at 32; two
                                         * flags follow: in one block, all ASCII */
  gboolean has_integer_tag;             /* 3.12 on: sign and number of digits in one word */
  guint64 type_cached_keys;             /* ht_cached_keys of a heap type */
  guint64 stginfo_format, stginfo_dimensions, stginfo_shape;
  struct py_layout_keys keys;
  struct py_layout_frame frame;
  /* Up to 3.12; later the program itself tells (see py-frame.c). Where an interpreter has the
   * first of its threads' states, and such a state its frame: up to 3.10 a frame object; in 3.11
   * and 3.12 a pointer to what has the frame's address there. */
  guint64 interpreter_threads, thread_frame, thread_frame_in;
};

/* FALSE: this version is not known. */
gboolean py_layout_for (guint major, guint minor, struct py_layout *ret_layout);
