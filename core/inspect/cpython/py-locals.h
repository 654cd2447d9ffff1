/* py-locals.h - the variables of functions that run. */
#pragma once

#include "py-code.h"

typedef struct py_locals PyLocals;

struct py_locals
{
  PyCode code;
  guint64 globals;  /* a dict */
  guint64 locals;   /* where the values of code's variables begin */
  guint64 caller;   /* its frame, which need not be one of the scan's; 0 none */
};

/* Reads one of scan->frames. FALSE: it is none (any more), or does not run: it has returned,
 * but something (a traceback, a list of spare ones) keeps it. */
gboolean py_locals_read (const PyReader *reader, guint64 frame, PyLocals *ret_locals);

/* Calls with the number, the name (a str object) and the value of each variable that has one;
 * cells are handed on as they are. Until it returns FALSE. */
typedef gboolean (*PyLocalFunc) (guint64 index, guint64 name, guint64 value, gpointer data);
void py_locals_foreach (const PyReader *reader, const PyLocals *frame, PyLocalFunc func,
                       gpointer data);
