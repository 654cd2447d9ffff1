/* python-name.h - names that an entry of a Python program gets when the program has none for
 * it, or the same one for several. */
#pragma once

#include "entry-info.h"

/* A name that is not in taken yet, and is put there. best: the program's own; NULL: it has
 * none, then it is called by its type and place: "c_double[5] @ 64", "Event @ 0x7f…". Where
 * another has it already, the process tells them apart: "worker.local (4711)", then a number:
 * "worker.local #2".
 *
 * taken: names, each with the last number that was tried behind it (1: none yet); made by
 * g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL), and used by this alone. */
char *python_name_unique (GHashTable *taken, const char *best, const EntryInfo *shape,
                          guint64 object, guint64 offset, pid_t pid);

/* Whether it was made of type and place. */
gboolean python_name_is_made_up (const char *name);
