/* near.h - names that somebody may have meant, for errors. */
#pragma once

#include <glib.h>

/* Up to three of the names that come near to `wanted`, nearest first, as
 * "\"loss\", \"lost\""; NULL when none does. */
char *near_names (const char *wanted, GPtrArray *names);
