/* segment-name.h - what people name a segment by: a file of it, or some text. */
#pragma once

#include <glib.h>

/* Of a file in /dev/shm its object, "shm:/name"; of a recording "file:/path"; of a process in /proc
 * "pid:N". It looks at the file. NULL with BAD_VALUE when it is none of these. path: from the root.
 * Newly allocated. */
char *segment_name_of_path (const char *path, GError **error);

/* Of text that was dropped or pasted: its first line, which may also be the path or the address of
 * a file. NULL with BAD_VALUE when it can be no name. Newly allocated. */
char *segment_name_of_text (const char *text, GError **error);
