/* Hostile memory of a Python process (see python-code.h): names are looked for of two objects, out
 * of a module and a frame. Nothing crashes, everything ends, and names are well-formed. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "py-names.h"
#include "python-code.h"

#define BUDGET (1u << 18)
#define NAMES_MAX 8

const gsize python_code_header_length = sizeof (struct python_names_header);

static void
demand (gboolean condition)
{
  if (!condition)
    abort ();
}

static GArray *
list_of (guint64 object)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof object);

  return g_array_append_val (list, object);
}

static void
add_found (GPtrArray *found, guint64 object, guint64 wrapper)
{
  PyFound *one = py_found_new ();

  one->object = object;
  one->wrapper = wrapper;
  g_ptr_array_add (found, one);
}

static void
look_at (const PyFound *found)
{
  demand (found->names->len <= NAMES_MAX);
  for (guint i = 0; i < found->names->len; i++)
    {
      const char *name = found->names->pdata[i];

      demand (*name != '\0' && strlen (name) <= PY_NAME_MAX && g_utf8_validate (name, -1, NULL));
      for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
        demand (g_unichar_isprint (g_utf8_get_char (at)));
      for (guint j = 0; j < i; j++)
        demand (!g_str_equal (name, found->names->pdata[j]));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static struct python_code_memory memory;
  static PyImage *image;   /* one for all runs: it is large */
  struct python_names_header header;
  PyRuntime runtime;
  PyReader reader = { .runtime = &runtime };
  g_autoptr (GPtrArray) found = NULL;
  PyScan scan = { 0 };

  if (!python_code_decode (data, size, &header, &memory))
    return 0;
  python_code_runtime (&header.types.code, &runtime);
  python_names_runtime (&header, &runtime);
  if (image == NULL)
    image = py_image_new (python_code_read, &memory);
  reader.image = image;
  py_image_forget (image);
  py_image_set_budget (image, BUDGET);
  found = g_ptr_array_new_with_free_func ((GDestroyNotify) py_found_free);
  add_found (found, header.types.code.objects[2], 0);
  add_found (found, header.types.code.objects[3], header.types.code.objects[2]);
  scan.modules = list_of (header.types.code.objects[0]);
  scan.frames = list_of (header.types.code.objects[1]);
  scan.partial = header.partial;
  scan.deque = header.deque;
  py_names_find (&reader, &scan, found, NULL);
  for (guint i = 0; i < found->len; i++)
    look_at (found->pdata[i]);
  g_array_unref (scan.modules);
  g_array_unref (scan.frames);
  return 0;
}
