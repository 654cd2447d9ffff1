/* array-plane.h - which two axes of an array are shown as rows and columns, and where the others
 * stand. No GTK.
 *
 * Of an array of one dimension the plane is one row. */
#pragma once

#include "array-block.h"

typedef struct array_plane ArrayPlane;

struct array_plane
{
  guint row_axis, column_axis;                    /* equal: one dimension */
  guint64 indices[SHMLENS_DIMENSIONS_MAX];        /* of the axes that are neither */
};

/* The last two axes, at the beginning of the others. */
ArrayPlane array_plane_of (const EntryInfo *entry);

/* Its elements. */
ArrayBlock array_plane_block (const ArrayPlane *plane, const EntryInfo *entry);

/* Moves the plane to where an element is, and tells where in it that is. */
void array_plane_aim (ArrayPlane *plane, const EntryInfo *entry, guint64 index, guint64 *ret_row,
                      guint64 *ret_column);

/* Whether an element lies in it. */
gboolean array_plane_has (const ArrayPlane *plane, const EntryInfo *entry, guint64 index);

/* The element that people mean by "3, 4", "[3][4]", "-1" (the last), or one number in C order through
 * all dimensions. FALSE: there is none, or it is no such text. */
gboolean array_plane_read_index (const EntryInfo *entry, const char *text, guint64 *ret_index);
