/* json-line.h - one JSON object on one line, read strictly. */
#pragma once

#include <glib.h>

/* Reads an object whose values are strings, whole numbers, booleans, null, and arrays and objects of
 * these, nested 4 deep at most.
 *
 * Returns a dictionary (a{sv}) that the caller owns: strings (s), numbers (x), booleans (b), null as
 * an empty tuple, arrays (av), objects (a{sv}). NULL: it is anything else, has fractions, or text
 * that no string here can hold (NUL, half a surrogate pair). The text must be UTF-8. */
GVariant *json_line_parse (const char *text, gsize length);
