/* py-edge.c - the ways from one object to others. */
#include "py-edge.h"

#include "py-locals.h"

/* Of one object. A list of numbers is long, and does not name anything. */
#define ITEMS_MAX 262144
#define OBJECT_SIZE 16       /* of a tuple and what is like it: how many items */
#define TYPE_BASE 256
#define TYPE_DICT 264
#define CELL_CONTENT 16
#define METHOD_FUNCTION 16
#define METHOD_SELF 24
#define CALLABLE_FUNCTION 16
#define PARTIAL_FUNCTION 16
#define PARTIAL_ARGUMENTS 24
#define PARTIAL_KEYWORDS 32
#define NAMESPACE_DICT 16
#define PROXY_MAPPING 16
#define ARRAY_BASE 48
#define VIEW_OBJECT 64       /* view.obj */
#define SET_MASK 32
#define SET_TABLE 40
#define DEQUE_BLOCK 24
#define DEQUE_LEFT 40
#define BLOCK_ITEMS 64
#define BLOCK_ITEM 8
#define BLOCK_RIGHT (BLOCK_ITEM + BLOCK_ITEMS * 8)

/* One object's edges on their way out. */
struct edges
{
  const PyReader *reader;
  PyEdgeFunc func;
  gpointer data;
  enum py_step step;
  guint64 names;      /* of items: a tuple of str; 0 */
  const PyCode *code;
  guint first;        /* which variable of code the first item is */
  gboolean is_outer;  /* the items are the code's free variables */
  guint n;
  gboolean has_stopped;
};

static gboolean
emit (struct edges *edges, enum py_step step, guint64 key, guint64 to)
{
  if (edges->has_stopped || edges->n >= ITEMS_MAX)
    return FALSE;
  edges->n++;
  if (to != 0 && !edges->func (step, key, to, edges->data))
    edges->has_stopped = TRUE;
  return !edges->has_stopped;
}

static gboolean
emit_pair (guint64 key, guint64 value, gpointer data)
{
  struct edges *edges = data;

  return emit (edges, edges->step, key, value);
}

static gboolean
emit_item (guint64 index, guint64 item, gpointer data)
{
  return emit (data, STEP_INDEX, index, item);
}

/* An item of a tuple whose items have names. */
static gboolean
emit_field (guint64 index, guint64 item, gpointer data)
{
  struct edges *edges = data;
  guint64 name = py_sequence_item (edges->reader, edges->names, index);

  return name != 0 ? emit (edges, STEP_ATTRIBUTE, name, item)
                   : emit (edges, STEP_INDEX, index, item);
}

/* An item that is the value of a variable. */
static gboolean
emit_variable (guint64 index, guint64 item, gpointer data)
{
  struct edges *edges = data;
  guint64 name;

  if (index >= PY_VARIABLES_MAX)
    return FALSE;
  name = edges->is_outer
             ? py_code_free_variable (edges->reader, edges->code, (guint) index)
             : py_code_variable (edges->reader, edges->code, edges->first + (guint) index);
  return name == 0 || emit (edges, edges->is_outer ? STEP_OUTER : STEP_ATTRIBUTE, name, item);
}

/* One of a frame's, whose free variables are the last. */
static gboolean
emit_local (guint64 index, guint64 name, guint64 value, gpointer data)
{
  struct edges *edges = data;
  gboolean is_outer = index >= edges->code->n_variables - edges->code->n_free;

  return emit (edges, is_outer ? STEP_OUTER : STEP_ATTRIBUTE, name, value);
}

static void
emit_pointer (struct edges *edges, enum py_step step, guint64 key, guint64 address)
{
  guint64 to;

  if (py_image_u64 (edges->reader->image, address, &to))
    emit (edges, step, key, to);
}

static void
emit_dict (struct edges *edges, enum py_step step, guint64 dict)
{
  edges->step = step;
  py_dict_foreach (edges->reader, dict, emit_pair, edges);
}

static void
emit_dict_at (struct edges *edges, enum py_step step, guint64 address)
{
  guint64 dict;

  if (py_image_u64 (edges->reader->image, address, &dict) && dict != 0)
    emit_dict (edges, step, dict);
}

static void
emit_record (struct edges *edges, guint64 object)
{
  guint64 type, dict;

  edges->names = 0;
  if (py_object_type (edges->reader, object, &type)
      && py_image_u64 (edges->reader->image, type + TYPE_DICT, &dict))
    edges->names = py_dict_find (edges->reader, dict, "_fields");
  py_sequence_foreach (edges->reader, object, emit_field, edges);
}

/* A set has no order that a program knows, but list() of it gives that of its table. */
static void
emit_set (struct edges *edges, guint64 object)
{
  guint64 mask, table, index = 0;

  if (!py_image_u64 (edges->reader->image, object + SET_MASK, &mask)
      || !py_image_u64 (edges->reader->image, object + SET_TABLE, &table))
    return;
  for (guint64 i = 0; i <= mask && i < ITEMS_MAX; i++)
    {
      struct { guint64 key; gint64 hash; } entry;

      if (!py_image_read (edges->reader->image, table + i * sizeof entry, &entry, sizeof entry))
        return;
      /* The hash of one that was taken out is -1. */
      if (entry.key != 0 && entry.hash != -1
          && !emit (edges, STEP_MEMBER, index++, entry.key))
        return;
    }
}

static void
emit_deque (struct edges *edges, guint64 object)
{
  guint64 size, block, left;

  if (!py_image_u64 (edges->reader->image, object + OBJECT_SIZE, &size)
      || !py_image_u64 (edges->reader->image, object + DEQUE_BLOCK, &block)
      || !py_image_u64 (edges->reader->image, object + DEQUE_LEFT, &left))
    return;
  for (guint64 i = 0; i < size && i < ITEMS_MAX; i++)
    {
      guint64 item;

      if (left >= BLOCK_ITEMS)
        {
          left = 0;
          if (!py_image_u64 (edges->reader->image, block + BLOCK_RIGHT, &block))
            return;
        }
      if (!py_image_u64 (edges->reader->image, block + BLOCK_ITEM + left++ * sizeof item, &item)
          || !emit (edges, STEP_INDEX, i, item))
        return;
    }
}

/* The variables that a function keeps while it does not run: those of functions around it,
 * and the values that its parameters have when none are given. */
static void
emit_function (struct edges *edges, guint64 object)
{
  const PyReader *reader = edges->reader;
  PyFunction function;
  PyCode code;
  guint64 n_defaults;

  if (!py_function_read (reader, object, &function))
    return;
  if (py_code_read (reader, function.code, &code))
    {
      edges->code = &code;
      edges->is_outer = TRUE;
      py_sequence_foreach (reader, function.closure, emit_variable, edges);
      edges->is_outer = FALSE;
      if (py_object_is (reader, function.defaults, reader->runtime->tuple)
          && py_image_u64 (reader->image, function.defaults + OBJECT_SIZE, &n_defaults)
          && n_defaults <= code.n_positional)
        {
          edges->first = code.n_positional - (guint) n_defaults;
          py_sequence_foreach (reader, function.defaults, emit_variable, edges);
        }
      edges->code = NULL;
    }
  if (function.keyword_defaults != 0)
    emit_dict (edges, STEP_ATTRIBUTE, function.keyword_defaults);
  if (function.attributes != 0)
    emit_dict (edges, STEP_ATTRIBUTE, function.attributes);
}

static void
emit_class (struct edges *edges, PyKinds *kinds, guint64 object)
{
  guint64 base;

  emit_dict_at (edges, STEP_ATTRIBUTE, object + TYPE_DICT);
  if (py_image_u64 (edges->reader->image, object + TYPE_BASE, &base) && base != 0
      && py_kinds_place_of_class (kinds, base) < PLACE_PACKAGE)
    emit (edges, STEP_THROUGH, 0, base);
}

static void
emit_frame (struct edges *edges, guint64 object)
{
  PyLocals frame;

  if (!py_locals_read (edges->reader, object, &frame))
    return;
  edges->code = &frame.code;
  py_locals_foreach (edges->reader, &frame, emit_local, edges);
  edges->code = NULL;
}

/* What a process was given, by the names of its target's parameters. */
static void
emit_arguments (struct edges *edges, guint64 process)
{
  const PyReader *reader = edges->reader;
  guint64 target = py_attribute (reader, process, "_target");
  guint64 arguments = py_attribute (reader, process, "_args");
  guint64 keywords = py_attribute (reader, process, "_kwargs");
  PyFunction function;
  PyCode code;

  edges->first = 0;
  if (target != 0 && py_object_is (reader, target, reader->runtime->method))
    {
      guint64 method = target;

      edges->first = 1;
      if (!py_image_u64 (reader->image, method + METHOD_FUNCTION, &target))
        return;
      if (py_function_read (reader, target, &function)
          && py_code_read (reader, function.code, &code) && code.n_positional > 0)
        emit_pointer (edges, STEP_ATTRIBUTE, py_code_variable (reader, &code, 0),
                      method + METHOD_SELF);
    }
  if (!py_function_read (reader, target, &function)
      || !py_code_read (reader, function.code, &code))
    return;
  edges->code = &code;
  if (arguments != 0)
    {
      guint64 n;

      /* More than there are parameters: those of *args, which the running function has. */
      if (py_object_is (reader, arguments, reader->runtime->tuple)
          && py_image_u64 (reader->image, arguments + OBJECT_SIZE, &n)
          && n <= code.n_positional - MIN (edges->first, code.n_positional))
        py_sequence_foreach (reader, arguments, emit_variable, edges);
    }
  if (keywords != 0)
    emit_dict (edges, STEP_ATTRIBUTE, keywords);
  edges->code = NULL;
}

static void
emit_attributes (struct edges *edges, PyKinds *kinds, guint64 object)
{
  const struct py_kind_info *info;
  guint64 type;

  edges->step = STEP_ATTRIBUTE;
  py_attributes_foreach (edges->reader, object, emit_pair, edges);
  info = py_kinds_of (kinds, object, &type);
  if (info != NULL && info->place < PLACE_PACKAGE)
    emit (edges, STEP_THROUGH, 0, type);
}

void
py_edges_foreach (PyKinds *kinds, const PyReader *reader, enum py_kind kind,
                  gboolean has_attributes, guint64 object, PyEdgeFunc func, gpointer data)
{
  struct edges edges = { .reader = reader, .func = func, .data = data };

  switch (kind)
    {
    case KIND_SEQUENCE:
      py_sequence_foreach (reader, object, emit_item, &edges);
      break;
    case KIND_RECORD:
      emit_record (&edges, object);
      break;
    case KIND_GLOBALS:
      emit_dict (&edges, STEP_ATTRIBUTE, object);
      break;
    case KIND_DICT:
      emit_dict (&edges, STEP_KEY, object);
      break;
    case KIND_SET:
      emit_set (&edges, object);
      break;
    case KIND_DEQUE:
      emit_deque (&edges, object);
      break;
    case KIND_NAMESPACE:
      emit_dict_at (&edges, STEP_ATTRIBUTE, object + NAMESPACE_DICT);
      break;
    case KIND_PROXY:
      emit_pointer (&edges, STEP_THROUGH, 0, object + PROXY_MAPPING);
      break;
    case KIND_CLASS:
      emit_class (&edges, kinds, object);
      break;
    case KIND_FUNCTION:
      emit_function (&edges, object);
      break;
    case KIND_METHOD:
      emit_pointer (&edges, STEP_WORD, WORD_SELF, object + METHOD_SELF);
      emit_pointer (&edges, STEP_WORD, WORD_FUNCTION, object + METHOD_FUNCTION);
      break;
    case KIND_CALLABLE:
      emit_pointer (&edges, STEP_THROUGH, 0, object + CALLABLE_FUNCTION);
      break;
    case KIND_PARTIAL:
      emit_pointer (&edges, STEP_WORD, WORD_ARGS, object + PARTIAL_ARGUMENTS);
      emit_pointer (&edges, STEP_WORD, WORD_KEYWORDS, object + PARTIAL_KEYWORDS);
      emit_pointer (&edges, STEP_WORD, WORD_FUNC, object + PARTIAL_FUNCTION);
      break;
    case KIND_CELL:
      emit_pointer (&edges, STEP_THROUGH, 0, object + CELL_CONTENT);
      break;
    case KIND_NDARRAY:
      emit_pointer (&edges, STEP_WORD, WORD_BASE, object + ARRAY_BASE);
      break;
    case KIND_MEMORYVIEW:
      emit_pointer (&edges, STEP_WORD, WORD_OBJ, object + VIEW_OBJECT);
      break;
    case KIND_FRAME:
      emit_frame (&edges, object);
      break;
    case KIND_ARGUMENTS:
      emit_arguments (&edges, object);
      break;
    case KIND_LEAF:
    case KIND_INSTANCE:
    case KIND_MODULE:
      break;
    }
  if (has_attributes && !edges.has_stopped)
    emit_attributes (&edges, kinds, object);
}
