/* array-image.h - a plane of an array as a heat map; or as an image, where the last axis has three
 * or four elements: red, green, blue, alpha. */
#pragma once

#include <gtk/gtk.h>

#include "array-plane.h"
#include "display-set.h"
#include "session.h"

#define ARRAY_TYPE_IMAGE (array_image_get_type ())
G_DECLARE_FINAL_TYPE (ArrayImage, array_image, ARRAY, IMAGE, GtkWidget)

/* Shows a plane, or of structures a field of all elements; entry NULL: nothing. Reads while it is on
 * the screen. */
void array_image_set (ArrayImage *self, Session *session, Attachment *attachment, EntryInfo *entry,
                      const ArrayPlane *plane, int field);

/* How many elements side by side are one pixel: 3 or 4 of an image, else 1. */
guint array_image_channels (const EntryInfo *entry);
/* The forms in which numbers are told; NULL: as the entry says. */
void array_image_set_displays (ArrayImage *self, DisplaySet *displays);

/* "[3][4] = 0.5" of the element at a place in the picture; newly allocated; NULL beside it. */
char *array_image_text_at (ArrayImage *self, double x, double y);
