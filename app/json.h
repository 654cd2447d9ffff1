/* json.h - writing one JSON document.
 *
 * Our own, since libraries print numbers as doubles with 17 digits: here 64-bit
 * integers are exact and floats shortest.
 */
#pragma once

#include <glib.h>

#include "shmlens.h"

typedef struct json Json;

struct json
{
  GString *text;
  gboolean need_comma;
};

void json_init (Json *json);
/* Gives the document; the writer is empty afterwards. */
char *json_finish (Json *json);

/* name: of the member in an object; NULL in an array or at the top. */
void json_begin_object (Json *json, const char *name);
void json_end_object (Json *json);
void json_begin_array (Json *json, const char *name);
void json_end_array (Json *json);
/* text NULL writes null; what is not UTF-8 is replaced by U+FFFD. */
void json_string (Json *json, const char *name, const char *text);
void json_unsigned (Json *json, const char *name, guint64 number);
void json_double (Json *json, const char *name, double number, int decimals);
void json_boolean (Json *json, const char *name, gboolean value);
void json_null (Json *json, const char *name);
/* A scalar of a segment: true, exact integers, shortest floats, "nan", "inf", "-inf"; a
 * char or Unicode element as a string of one. */
void json_element (Json *json, const char *name, const struct shmlens_type *type,
                   const void *element);
/* A row of char or Unicode elements as one string: of `c` bytes, those outside
 * printable ASCII and the backslash as \xNN; of `u` the characters. */
void json_characters (Json *json, const char *name, const struct shmlens_type *type,
                      const void *elements, guint64 length);
