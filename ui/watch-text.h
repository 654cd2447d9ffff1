/* watch-text.h - what a target has, as text. */
#pragma once

#include "display-set.h"
#include "target.h"

/* As people read it: "1.5", "[1, 2, 3, …]", "\"text\"". Newly allocated.
 *
 * displays: in these forms; NULL: as the entry says. elements: the first n of those that the target
 * means, packed; at least one. lock: of the entry, as far as it is known; NULL. */
char *watch_text (const struct target *target, const DisplaySet *displays, const void *elements,
                  guint64 n, const LockInfo *lock);
