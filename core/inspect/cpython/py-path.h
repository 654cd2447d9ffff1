/* py-path.h - paths as a programmer would write them: `state.counters[2]`,
 * `config['rate']`.
 *
 * Everything in a path can be read aloud by Python: what is no identifier is written with
 * getattr() or globals(), strings are quoted and escaped as repr() does, keys that cannot be
 * written are counted (`list(table.values())[3]`). So there are no control characters in it.
 * Long strings are cut, which `…` shows.
 */
#pragma once

#include "py-edge.h"

/* Roots; newly allocated. A module: "settings". A function: "worker", "settings.load". */
char *py_path_module (const char *name);
char *py_path_function (const char *module, const char *title);

/* Adds a step to a path.
 *
 * from: the object that the step leaves.
 * Returns FALSE when it cannot be written (any more): then the path is none. */
gboolean py_path_append (GString *path, const PyReader *reader, enum py_step step, guint64 key,
                         guint64 from);

/* Takes the path; at most PY_NAME_MAX bytes of it, and then `…` at the end. NULL: it is
 * empty. */
char *py_path_finish (GString *path);
