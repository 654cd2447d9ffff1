/* py-names.h - what a program calls its objects.
 *
 * A walk from what can be named (globals of modules, locals of running functions) to what
 * was found, breadth first and so the shortest path first: `counter`, `state.counters[2]`,
 * `config['rate']`, `Worker.total`, `worker.local_progress`, `pool.module.name`. Globals of
 * __main__ are written plain. What only frames of multiprocessing itself, or frames that do
 * not run any more, hold gives no name.
 */
#pragma once

#include "py-found.h"

/* Fills found->names (the best first, at most 8 each, each at most PY_NAME_MAX bytes), for
 * the wrapper where there is one, else for the object. Bounded in objects visited and in
 * bytes read; stops early when all have a name and what is as near was seen.
 *
 * cancelled: atomic, may be NULL. */
void py_names_find (const PyReader *reader, const PyScan *scan, GPtrArray *found,
                    const gint *cancelled);
