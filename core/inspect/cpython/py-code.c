/* py-code.c - functions and their code. */
#include "py-code.h"

#include <string.h>

#define TUPLE_SIZE 16

/* Where a version of CPython keeps what struct py_layout_frame does not say. */
struct code_layout
{
  guint until;  /* minor versions below this one */
  guint8 n_positional;
  guint8 qualname, n_free;  /* 0: it has none */
};

static const struct code_layout code_layouts[] = {
  { 11, 16, 0, 0 },
  { 12, 56, 128, 92 },
  { G_MAXUINT, 52, 128, 88 },
};

struct function_layout
{
  guint until;
  guint8 code, globals, qualname, defaults, keyword_defaults, closure, attributes;
};

static const struct function_layout function_layouts[] = {
  { 10, 16, 24, 104, 32, 40, 48, 72 },
  { G_MAXUINT, 48, 16, 40, 56, 64, 72, 88 },
};

static const struct code_layout *
code_layout_of (const PyReader *reader)
{
  const struct code_layout *layout = code_layouts;

  while (reader->runtime->minor >= layout->until)
    layout++;
  return layout;
}

static const struct function_layout *
function_layout_of (const PyReader *reader)
{
  const struct function_layout *layout = function_layouts;

  while (reader->runtime->minor >= layout->until)
    layout++;
  return layout;
}

/* A number of variables. */
static gboolean
count_at (const PyReader *reader, guint64 address, guint *ret_count)
{
  gint32 count;

  if (!py_image_i32 (reader->image, address, &count) || count < 0 || count > PY_VARIABLES_MAX)
    return FALSE;
  *ret_count = (guint) count;
  return TRUE;
}

/* A tuple of names, and how many they are. */
static gboolean
names_at (const PyReader *reader, guint64 address, guint64 *ret_tuple, guint *ret_count)
{
  guint64 size;

  if (!py_image_u64 (reader->image, address, ret_tuple)
      || !py_object_is (reader, *ret_tuple, reader->runtime->tuple)
      || !py_image_u64 (reader->image, *ret_tuple + TUPLE_SIZE, &size) || size > PY_VARIABLES_MAX)
    return FALSE;
  *ret_count = (guint) size;
  return TRUE;
}

/* Up to 3.10 the names of variables, cells and free variables are a tuple each. */
static gboolean
read_names (const PyReader *reader, guint64 code, PyCode *read)
{
  const struct py_layout_frame *layout = &reader->runtime->layout.frame;
  guint64 places[] = { layout->code_locals, layout->code_cells, layout->code_free };

  for (guint i = 0; i < G_N_ELEMENTS (places) && places[i] != 0; i++)
    {
      if (!names_at (reader, code + places[i], &read->names[i], &read->n_names[i]))
        return FALSE;
      read->n_variables += read->n_names[i];
    }
  read->n_free = read->n_names[2];
  return TRUE;
}

gboolean
py_code_read (const PyReader *reader, guint64 code, PyCode *ret_code)
{
  const struct py_layout_frame *layout = &reader->runtime->layout.frame;
  const struct code_layout *more = code_layout_of (reader);
  PyCode read = { 0 };

  if (!py_object_is (reader, code, reader->runtime->code)
      || !py_image_u64 (reader->image, code + layout->code_filename, &read.filename)
      || !py_image_u64 (reader->image, code + layout->code_name, &read.name)
      || !count_at (reader, code + more->n_positional, &read.n_positional)
      || !read_names (reader, code, &read))
    return FALSE;
  if (more->qualname != 0
      && (!py_image_u64 (reader->image, code + more->qualname, &read.qualname)
          || !count_at (reader, code + more->n_free, &read.n_free)))
    return FALSE;
  if (read.n_free > read.n_variables)
    return FALSE;
  *ret_code = read;
  return TRUE;
}

guint64
py_code_variable (const PyReader *reader, const PyCode *code, guint index)
{
  for (guint i = 0; i < G_N_ELEMENTS (code->names); i++)
    {
      if (index < code->n_names[i])
        return py_sequence_item (reader, code->names[i], index);
      index -= code->n_names[i];
    }
  return 0;
}

guint64
py_code_free_variable (const PyReader *reader, const PyCode *code, guint index)
{
  if (index >= code->n_free)
    return 0;
  return py_code_variable (reader, code, code->n_variables - code->n_free + index);
}

/* The part of a qualified name behind the last function around it. */
static char *
title_of (const PyReader *reader, guint64 qualname, guint64 name)
{
  static const char inside[] = "<locals>.";
  g_autofree char *text = qualname != 0 ? py_string (reader, qualname, PY_NAME_MAX) : NULL;
  const char *start = text;

  if (text == NULL)
    return name != 0 ? py_string (reader, name, PY_NAME_MAX) : NULL;
  for (const char *at = text; (at = strstr (at, inside)) != NULL;)
    start = at += strlen (inside);
  return g_strdup (start);
}

char *
py_code_title (const PyReader *reader, const PyCode *code)
{
  return title_of (reader, code->qualname, code->name);
}

gboolean
py_function_read (const PyReader *reader, guint64 function, PyFunction *ret_function)
{
  const struct function_layout *layout = function_layout_of (reader);
  PyFunction read = { 0 };

  if (!py_object_is (reader, function, reader->runtime->function)
      || !py_image_u64 (reader->image, function + layout->code, &read.code)
      || !py_image_u64 (reader->image, function + layout->globals, &read.globals)
      || !py_image_u64 (reader->image, function + layout->qualname, &read.qualname)
      || !py_image_u64 (reader->image, function + layout->defaults, &read.defaults)
      || !py_image_u64 (reader->image, function + layout->keyword_defaults,
                        &read.keyword_defaults)
      || !py_image_u64 (reader->image, function + layout->closure, &read.closure)
      || !py_image_u64 (reader->image, function + layout->attributes, &read.attributes))
    return FALSE;
  *ret_function = read;
  return TRUE;
}

char *
py_function_title (const PyReader *reader, const PyFunction *function)
{
  return title_of (reader, function->qualname, 0);
}
