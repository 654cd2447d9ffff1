/* py-names.h - what a program calls its objects.
 *
 * A walk from what can be named (globals of modules, locals of running functions) to what
 * was found, breadth first and so the shortest path first. Names, the best first:
 *
 *   counter                   a global of __main__ (in a spawned process __mp_main__)
 *   state.counters[2], config['rate'], table[3].value, record.field
 *   Worker.total              an attribute of a class
 *   worker.local_progress     a variable of a function that runs, or of a generator that
 *                             waits; what the function is nested in is left out. Of a method
 *                             `Worker.run.self.seen`, up to 3.10 `run.self.seen`
 *   worker.counter            what a process was started with, by its target's parameter
 *   inc.total                 a variable that a function `inc` shares with the one around it;
 *                             a default argument; partly.args[0], bound.__self__.speed
 *   settings.flag             a global of another module, settings.load.flag a variable of its
 *                             function
 *   list(group)[0], list(table.values())[3], getattr(state, 'odd name'), globals()['odd key']
 *                             what has no shorter way to be written
 *   multiprocessing.…, main.counter
 *                             what only the library leads to, or in a forked process only the
 *                             functions of its parent, which never go on: when there is no
 *                             other name
 *
 * Cells are looked through; weak references, tracebacks, and functions that have returned
 * give no name.
 */
#pragma once

#include "py-found.h"

/* Fills found->names (the best first, at most 8 each, each at most PY_NAME_MAX bytes of UTF-8
 * without control characters, each once), for the wrapper where there is one, and for the
 * object. Bounded in depth, in objects visited, and by the image's budget, which is to be set
 * before; stops early when all have a name and what is as near was seen.
 *
 * cancelled: atomic, may be NULL. */
void py_names_find (const PyReader *reader, const PyScan *scan, GPtrArray *found,
                    const gint *cancelled);
