/* type-expression.h - types given by hand to bytes that nobody describes.
 *
 *     float32[480][640]
 *     int64 @ 128
 *     loss: float64 @ 0; hist: uint32[256]; rest: B[]
 *
 * Several are separated by ";". Each has a type (a sized name or a type code), up to
 * four dimensions, of which the first may be left empty (as many as there is room
 * for), and an offset in bytes; without one it lies behind the one before, aligned as
 * a C compiler would. Without a name it is called by type and offset: "int64@128".
 */
#pragma once

#include <glib.h>

#include "shmlens.h"

typedef struct type_item TypeItem;

struct type_item
{
  char *name;
  struct shmlens_type type;
  guint dimensions;
  guint64 shape[SHMLENS_DIMENSIONS_MAX];
  gboolean is_open;     /* shape[0] is to be found: see type_item_resolve() */
  guint64 offset;
};

#define TYPE_EXPRESSION_ITEMS_MAX 256u
#define TYPE_EXPRESSION_BYTES_MAX 8192u

/* The items of an expression, at least one. Errors: USAGE with the place. */
GPtrArray *type_expression_parse (const char *text, GError **error);

/* How many elements the item has in an object of so many bytes; its first
 * dimension is set when it was left open. */
guint64 type_item_resolve (const TypeItem *item, guint64 object_size,
                           guint64 ret_shape[SHMLENS_DIMENSIONS_MAX]);
