/* scratch-directory.h - directories for what a program keeps on the disk only while it runs.
 *
 * Each is locked by the program that made it, as long as that lives: what a program left that was
 * killed, whoever comes later can tell and remove. Any thread.
 */
#pragma once

#include <glib.h>

/* "$XDG_CACHE_HOME/shmlens/NAME", below which they are made. Newly allocated. */
char *scratch_directory_root (const char *name);

/* Makes one below root, which is made too. ret_lock: a descriptor; while it is open, nobody takes
 * the directory away. NULL with PERMISSION. Newly allocated. */
char *scratch_directory_new (const char *root, int *ret_lock, GError **error);
/* With the files in it; the descriptor is closed. */
void scratch_directory_remove (const char *path, int lock);
/* Removes those below root whose programs have ended. How many. */
guint scratch_directory_clean (const char *root);
