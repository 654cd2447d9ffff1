/* py-image.h - a Python process's memory as bytes at addresses: a small cache over any
 * way of reading. What decodes objects knows only this, so that it can be tested and
 * fuzzed over made-up memory.
 *
 * Everything read is hostile: any word may be anything, and another at the next look. The
 * budget bounds how much is read in all; when it is used up every read fails.
 *
 * Thread safety: one thread at a time.
 */
#pragma once

#include <glib.h>

typedef struct py_image PyImage;

/* Copies memory out; returns how many bytes from address on were there, <= 0 none. */
typedef gssize (*PyImageRead) (gpointer data, guint64 address, void *to, gsize length);

/* The next run of memory at or behind `from`, and before `end`, that has content; FALSE: none. */
typedef gboolean (*PyImageContent) (gpointer data, guint64 from, guint64 end, guint64 *ret_start,
                                    guint64 *ret_end);

PyImage *py_image_new (PyImageRead read, gpointer data);
/* How memory without content is told, so that whoever looks through memory leaves it out; it
 * has the same data. Without it, everything counts as content. */
void py_image_set_content (PyImage *self, PyImageContent content);
void py_image_free (PyImage *self);

/* Forgets what is cached: the next reads look anew. */
void py_image_forget (PyImage *self);
/* How many bytes may still be read from now on (served from the cache or not). */
void py_image_set_budget (PyImage *self, guint64 bytes);
/* Whether it is used up, or looking was given up: no read succeeds any more, and loops over
 * what is still to be read should end. */
gboolean py_image_is_exhausted (PyImage *self);
/* cancelled: atomic; once it is set the budget counts as used up, whatever is being decoded.
 * NULL: never. */
void py_image_set_cancelled (PyImage *self, const gint *cancelled);

/* See PyImageContent. */
gboolean py_image_next_content (PyImage *self, guint64 from, guint64 end, guint64 *ret_start,
                                guint64 *ret_end);

/* All of it or FALSE, and then what is at `to` is undefined. */
gboolean py_image_read (PyImage *self, guint64 address, void *to, gsize length);
gboolean py_image_u8 (PyImage *self, guint64 address, guint8 *ret);
gboolean py_image_u32 (PyImage *self, guint64 address, guint32 *ret);
gboolean py_image_i32 (PyImage *self, guint64 address, gint32 *ret);
gboolean py_image_i64 (PyImage *self, guint64 address, gint64 *ret);
/* Also a pointer. Words of 8 bytes that are not aligned fail. */
gboolean py_image_u64 (PyImage *self, guint64 address, guint64 *ret);

/* The C string there, which ends within `most` bytes; newly allocated; NULL when it does
 * not, or is no UTF-8. */
char *py_image_string (PyImage *self, guint64 address, gsize most);
/* Whether exactly this C string is there. */
gboolean py_image_has_string (PyImage *self, guint64 address, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyImage, py_image_free)
