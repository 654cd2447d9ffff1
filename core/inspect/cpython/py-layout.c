/* py-layout.c - offsets by version.
 *
 * Those of 3.6 to 3.13 were computed from the headers that were installed with a build of each
 * version, and every one is tried by tests/python-object.py on each Python that is found.
 * Those of 3.14 were READ in its public sources and could not be run: its builds with the
 * interpreter lock differ from 3.13 in the header of an object (a count of 32 bits, then
 * flags), in the state of a str (16 bits for being interned), in frames (tagged words, a pointer
 * to the top of the stack instead of an index) and in what ctypes keeps of a type.
 */
#include "py-layout.h"

/* Builds with one lock for the interpreter, 64-bit. */
static const struct py_layout_keys keys_until_310 = { .entries = 32, .indices = 40 };
static const struct py_layout_keys keys_from_311 = { .has_kind = TRUE, .entries = 24, .indices = 32 };

static const struct py_layout layouts[] = {
  { .minor = 6,
    .string_ascii = 48, .string_other = 72, .type_cached_keys = 856,
    .frame = { .locals = 376, .code = 32, .globals = 48, .previous = 24, .state = 132,
               .value_stack = 64, .stack_top = 72, .code_locals = 64, .code_cells = 80, .code_free = 72,
               .code_n_locals = 24, .code_name = 104, .code_filename = 96, .generator = 16 } },
  { .minor = 7,
    .string_ascii = 48, .string_other = 72, .type_cached_keys = 856,
    .frame = { .locals = 360, .code = 32, .globals = 48, .previous = 24, .state = 116,
               .value_stack = 64, .stack_top = 72, .code_locals = 64, .code_cells = 80, .code_free = 72,
               .code_n_locals = 24, .code_name = 104, .code_filename = 96, .generator = 16 } },
  { .minor = 8,
    .string_ascii = 48, .string_other = 72, .type_cached_keys = 872,
    .frame = { .locals = 360, .code = 32, .globals = 48, .previous = 24, .state = 116,
               .value_stack = 64, .stack_top = 72, .code_locals = 72, .code_cells = 88, .code_free = 80,
               .code_n_locals = 28, .code_name = 112, .code_filename = 104, .generator = 16 } },
  { .minor = 9,
    .string_ascii = 48, .string_other = 72, .type_cached_keys = 864,
    .frame = { .locals = 360, .code = 32, .globals = 48, .previous = 24, .state = 116,
               .value_stack = 64, .stack_top = 72, .code_locals = 72, .code_cells = 88, .code_free = 80,
               .code_n_locals = 28, .code_name = 112, .code_filename = 104, .generator = 16 } },
  { .minor = 10,
    .string_ascii = 48, .string_other = 72, .type_cached_keys = 872,
    .frame = { .locals = 352, .code = 32, .globals = 48, .previous = 24, .state = 108,
               .value_stack = 64, .code_locals = 72, .code_cells = 88, .code_free = 80, .code_n_locals = 28,
               .code_name = 112, .code_filename = 104, .generator = 16 } },
  { .minor = 11,
    .values = PY_VALUES_BEFORE, .string_ascii = 48, .string_other = 72, .type_cached_keys = 872,
    .frame = { .locals = 72, .code = 32, .function = 0, .globals = 8, .previous = 48, .owner = 69,
               .state = 75, .code_locals = 96, .code_kinds = 104, .code_n_locals = 76,
               .code_name = 120, .code_filename = 112, .generator = 80 },
    .interpreter_threads = 16, .thread_frame = 56, .thread_frame_in = 8 },
  { .minor = 12,
    .values = PY_VALUES_TAGGED, .string_ascii = 40, .string_other = 56, .type_cached_keys = 880,
    .frame = { .locals = 72, .code = 0, .function = 16, .globals = 24, .previous = 8, .owner = 70,
               .state = 67, .code_locals = 96, .code_kinds = 104, .code_n_locals = 72,
               .code_name = 120, .code_filename = 112, .generator = 72 },
    .interpreter_threads = 72, .thread_frame = 56 },
  { .minor = 13,
    .values = PY_VALUES_INLINE, .string_ascii = 40, .string_other = 56, .type_cached_keys = 880,
    .frame = { .locals = 72, .code = 0, .function = 16, .globals = 24, .previous = 8, .owner = 70,
               .state = 67, .code_locals = 96, .code_kinds = 104, .code_n_locals = 72,
               .code_name = 120, .code_filename = 112, .generator = 72 } },
  /* Read, not run. */
  { .minor = 14,
    .values = PY_VALUES_INLINE, .string_ascii = 40, .string_other = 56, .type_cached_keys = 880,
    .frame = { .locals = 80, .code = 0, .function = 16, .globals = 24, .tag_bits = 3, .previous = 8,
               .owner = 74, .state = 67, .code_locals = 96, .code_kinds = 104, .code_n_locals = 72,
               .code_name = 120, .code_filename = 112, .generator = 72 } },
};

gboolean
py_layout_for (guint major, guint minor, struct py_layout *ret_layout)
{
  for (gsize i = 0; major == 3 && i < G_N_ELEMENTS (layouts); i++)
    if (layouts[i].minor == minor)
      {
        *ret_layout = layouts[i];
        ret_layout->keys = minor >= 11 ? keys_from_311 : keys_until_310;
        if (minor <= 10)
          {
            ret_layout->interpreter_threads = 8;
            ret_layout->thread_frame = 24;
          }
        ret_layout->string_kind = minor >= 14 ? 16 : 2;
        ret_layout->has_integer_tag = minor >= 12;
        ret_layout->stginfo_format = minor >= 14 ? 144 : minor == 13 ? 136 : 120;
        ret_layout->stginfo_dimensions = ret_layout->stginfo_format + 8;
        ret_layout->stginfo_shape = ret_layout->stginfo_format + 16;
        return TRUE;
      }
  return FALSE;
}
