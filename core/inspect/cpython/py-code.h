/* py-code.h - functions and their code: what their variables are called.
 *
 * As everything that reads objects: what is read is validated, and FALSE, 0 or NULL means only
 * "this is not one (any more)".
 */
#pragma once

#include "py-object.h"

typedef struct py_code PyCode;
typedef struct py_function PyFunction;

#define PY_VARIABLES_MAX 4096

/* What a code object says of its function. */
struct py_code
{
  guint64 filename, name;  /* str objects */
  guint64 qualname;        /* likewise; 0 before 3.11 */
  guint n_positional;      /* parameters that can be given by their place */
  /* Variables in the order in which frames keep them, positional parameters first. */
  guint n_variables, n_free;
  guint64 names[3];        /* tuples of str, one behind the other; unused ones 0 */
  guint n_names[3];
};

struct py_function
{
  guint64 code, globals, qualname;
  /* 0 or None where there is nothing. */
  guint64 defaults, keyword_defaults, closure, attributes;
};

gboolean py_code_read (const PyReader *reader, guint64 code, PyCode *ret_code);
/* The str object of a variable's name; 0. free: of the variables of functions around, which
 * are the last. */
guint64 py_code_variable (const PyReader *reader, const PyCode *code, guint index);
guint64 py_code_free_variable (const PyReader *reader, const PyCode *code, guint index);
/* "worker", "Worker.run": what functions around it are called is left out. Before 3.11, where
 * code does not know its class, "run". Newly allocated; NULL. */
char *py_code_title (const PyReader *reader, const PyCode *code);

gboolean py_function_read (const PyReader *reader, guint64 function, PyFunction *ret_function);
/* As py_code_title(), with the class in all versions. */
char *py_function_title (const PyReader *reader, const PyFunction *function);
