/* Any text as an element of any type: what is accepted is printed to a text
 * that is accepted again, with the same bits.
 *
 * The input is a type code, or any byte that stands for one, and the text. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "shmlens.h"

static void
demand (bool condition)
{
  if (!condition)
    abort ();
}

/* Of NaN only the sign is kept. */
static bool
is_nan (const struct shmlens_type *type, const void *element)
{
  double value;
  float single;

  if (type->kind != SHMLENS_KIND_FLOAT)
    return false;
  if (type->size == sizeof value)
    memcpy (&value, element, sizeof value);
  else
    {
      memcpy (&single, element, sizeof single);
      value = single;
    }
  return value != value;
}

static void
check_round_trip (const struct shmlens_type *type, const uint8_t element[8])
{
  uint8_t again[8] = { 0 };
  char text[64];
  int length = shmlens_type_print (type, element, sizeof text, text);

  demand (length > 0 && (size_t) length == strlen (text));
  demand (shmlens_type_parse (type, text, (size_t) length, again) == 0);
  if (!is_nan (type, element))
    demand (memcmp (element, again, type->size) == 0);
  else
    demand (is_nan (type, again));
  demand (shmlens_type_print (type, element, (size_t) length, text) < 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char codes[] = "?cbBuhHiIlLqQfd";
  uint8_t element[8] = { 0 };
  struct shmlens_type type;
  char *text;
  char code;
  int result;

  if (size == 0)
    return 0;
  code = (char) data[0];
  if (memchr (codes, code, sizeof codes - 1) == NULL)
    code = codes[data[0] % (sizeof codes - 1)];
  demand (shmlens_type_from_code (code, &type) == 0);

  /* A block of exactly this length: the text need not end in NUL. */
  text = malloc (size);
  demand (text != NULL);
  memcpy (text, data + 1, size - 1);
  text = realloc (text, size > 1 ? size - 1 : 1);
  demand (text != NULL);
  result = shmlens_type_parse (&type, text, size - 1, element);
  if (result == 0)
    check_round_trip (&type, element);
  else
    demand (result < 0 && memcmp (element, (uint8_t[8]){ 0 }, sizeof element) == 0);
  free (text);
  return 0;
}
