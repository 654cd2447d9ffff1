/* py-layout.h - how versions of CPython lay out their objects (64-bit, with the global
 * interpreter lock). From the public headers of each version, and measured. */
#pragma once

#include <glib.h>

struct py_layout
{
  guint minor;
  gboolean has_values;      /* 3.11 on: attributes of instances can lie in an array */
  guint64 string_ascii, string_other;   /* where characters begin */
  guint64 type_cached_keys;             /* ht_cached_keys of a heap type */
  guint64 stginfo_format, stginfo_dimensions, stginfo_shape;
  /* The rest of what differs is private to the files that know it; see py-layout.c. */
  guint64 frame_locals, frame_code, frame_function, frame_globals;
  /* What has to be taken off a word of a frame to have its pointer: `word & ~frame_tag_bits`; 0
   * then: no object. 0 up to 3.13. */
  guint64 frame_tag_bits;
};

/* FALSE: this version is not known. */
gboolean py_layout_for (guint major, guint minor, struct py_layout *ret_layout);
