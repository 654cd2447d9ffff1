/* Hostile memory of a Python process (see python-code.h): every decoder looks at a few objects
 * and at what they lead to. Nothing crashes, everything ends, and what is told is well-formed. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "py-frame.h"
#include "py-object.h"
#include "python-code.h"

/* What may be read, and how many objects are looked at: more takes too long. */
#define BUDGET (1u << 18)
#define OBJECTS_MAX 24
#define TEXT_MOST 1000

const gsize python_code_header_length = sizeof (struct python_code_header);

struct walk
{
  const PyReader *reader;
  guint64 objects[OBJECTS_MAX];
  guint n_objects;
  guint n_items;
};

static void
demand (gboolean condition)
{
  if (!condition)
    abort ();
}

static void
remember (struct walk *walk, guint64 object)
{
  for (guint i = 0; i < walk->n_objects; i++)
    if (walk->objects[i] == object)
      return;
  if (walk->n_objects < OBJECTS_MAX)
    walk->objects[walk->n_objects++] = object;
}

static gboolean
take_pair (guint64 key, guint64 value, gpointer data)
{
  struct walk *walk = data;

  demand (key != 0 && value != 0);
  demand (walk->n_items++ < PY_ITEMS_MAX);
  remember (walk, value);
  remember (walk, key);
  return TRUE;
}

static gboolean
take_item (guint64 index, guint64 item, gpointer data)
{
  struct walk *walk = data;

  demand (walk->n_items++ < PY_ITEMS_MAX && index < PY_ITEMS_MAX);
  remember (walk, item);
  return TRUE;
}

static void
look_at_text (char *text, gsize most)
{
  demand (text == NULL || g_utf8_validate (text, -1, NULL));
  demand (text == NULL || (gsize) g_utf8_strlen (text, -1) <= most);
  g_free (text);
}

static void
look_at_type (const PyReader *reader, guint64 type)
{
  look_at_text (py_type_name (reader, type), PY_NAME_MAX);
  look_at_text (py_type_module (reader, type), PY_NAME_MAX);
  (void) py_type_base (reader, type);
  (void) py_type_derives (reader, type, "SynchronizedBase");
}

static void
look_at (struct walk *walk, guint64 object)
{
  const PyReader *reader = walk->reader;
  guint64 type, frame;
  gint64 number;
  char *text;

  if (py_object_type (reader, object, &type))
    {
      look_at_type (reader, type);
      remember (walk, type);
    }
  look_at_type (reader, object);
  (void) py_object_is_kind (reader, object, reader->runtime->dict);
  text = py_string (reader, object, TEXT_MOST);
  demand (text == NULL || strlen (text) >= 64 || py_string_is (reader, object, text)
          || py_image_is_exhausted (reader->image));
  look_at_text (text, TEXT_MOST);
  (void) py_integer (reader, object, &number);
  walk->n_items = 0;
  (void) py_dict_foreach (reader, object, take_pair, walk);
  (void) py_dict_find (reader, object, "__name__");
  walk->n_items = 0;
  (void) py_sequence_foreach (reader, object, take_item, walk);
  (void) py_sequence_item (reader, object, 3);
  walk->n_items = 0;
  (void) py_attributes_foreach (reader, object, take_pair, walk);
  (void) py_attribute (reader, object, "_obj");
  (void) py_frame_is_waiting (reader, object, &frame);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static struct python_code_memory memory;
  static PyImage *image;   /* one for all runs: it is large */
  struct python_code_header header;
  PyRuntime runtime;
  PyReader reader = { .runtime = &runtime };
  struct walk walk = { .reader = &reader };

  if (!python_code_decode (data, size, &header, &memory))
    return 0;
  python_code_runtime (&header, &runtime);
  if (image == NULL)
    image = py_image_new (python_code_read, &memory);
  reader.image = image;
  py_image_forget (image);
  py_image_set_budget (image, BUDGET);
  for (guint i = 0; i < header.n_objects && i < G_N_ELEMENTS (header.objects); i++)
    remember (&walk, header.objects[i]);
  for (guint i = 0; i < walk.n_objects && !py_image_is_exhausted (image); i++)
    look_at (&walk, walk.objects[i]);
  return 0;
}
