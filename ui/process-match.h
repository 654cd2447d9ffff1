/* process-match.h - whether one of some processes is what somebody looks for. */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* The names of processes, as far as they were asked for; freed as a hash table. */
GHashTable *process_match_names_new (void);

/* Whether the id of one begins with this word, or its name contains it.
 *
 * word: case folded. names: looked up at most once for each process. */
gboolean process_match (const pid_t *pids, guint n, const char *word, GHashTable *names);
