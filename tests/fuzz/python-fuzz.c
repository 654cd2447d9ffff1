/* Hostile memory of a Python process (see python-code.h): every decoder looks at a few objects
 * and at what they lead to. Nothing crashes, everything ends, and what is told is well-formed. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "py-frame.h"
#include "py-object.h"
#include "python-code.h"

#define PAGE 4096u
#define PIECES_MAX 512
/* What may be read, and how many objects are looked at: more takes too long. */
#define BUDGET (1u << 18)
#define OBJECTS_MAX 24
#define TEXT_MOST 1000

struct piece
{
  guint64 address;
  gsize length;
  const guint8 *bytes;
};

struct memory
{
  struct piece pieces[PIECES_MAX];
  guint n;
};

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

/* Pages that a piece touches are there, and nothing but zeros beside it. */
static gssize
read_page (const struct memory *memory, guint64 page, guint8 *bytes)
{
  gboolean is_there = FALSE;

  memset (bytes, 0, PAGE);
  for (guint i = 0; i < memory->n; i++)
    {
      const struct piece *piece = &memory->pieces[i];
      guint64 start = MAX (piece->address, page), end = MIN (piece->address + piece->length, page + PAGE);

      if (start >= end)
        continue;
      memcpy (bytes + (start - page), piece->bytes + (start - piece->address), end - start);
      is_there = TRUE;
    }
  return is_there ? (gssize) PAGE : -1;
}

static gssize
read_memory (gpointer data, guint64 address, void *to, gsize length)
{
  guint8 bytes[PAGE];
  gsize done = 0;

  while (done < length)
    {
      guint64 page = (address + done) / PAGE * PAGE, at = address + done - page;
      gsize n = MIN (length - done, PAGE - at);

      if (read_page (data, page, bytes) < 0)
        break;
      memcpy ((guint8 *) to + done, bytes + at, n);
      done += n;
    }
  return done > 0 ? (gssize) done : -1;
}

static gboolean
decode (const guint8 *data, size_t size, struct python_code_header *ret_header,
        struct memory *ret_memory)
{
  struct python_code_piece piece;

  if (size < sizeof *ret_header)
    return FALSE;
  memcpy (ret_header, data, sizeof *ret_header);
  data += sizeof *ret_header;
  size -= sizeof *ret_header;
  ret_memory->n = 0;
  while (size > sizeof piece && ret_memory->n < PIECES_MAX)
    {
      struct piece *own = &ret_memory->pieces[ret_memory->n++];

      memcpy (&piece, data, sizeof piece);
      data += sizeof piece;
      size -= sizeof piece;
      own->address = piece.address % (G_GUINT64_CONSTANT (1) << 47);
      own->length = MIN (piece.length, size);
      own->bytes = data;
      data += own->length;
      size -= own->length;
    }
  return TRUE;
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
  (void) py_frame_is_live (reader, object, &frame);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static struct memory memory;
  static PyImage *image;   /* one for all runs: it is large */
  struct python_code_header header;
  PyRuntime runtime;
  PyReader reader = { .runtime = &runtime };
  struct walk walk = { .reader = &reader };

  if (!decode (data, size, &header, &memory))
    return 0;
  python_code_runtime (&header, &runtime);
  if (image == NULL)
    image = py_image_new (read_memory, &memory);
  reader.image = image;
  py_image_forget (image);
  py_image_set_budget (image, BUDGET);
  for (guint i = 0; i < header.n_objects && i < G_N_ELEMENTS (header.objects); i++)
    remember (&walk, header.objects[i]);
  for (guint i = 0; i < walk.n_objects && !py_image_is_exhausted (image); i++)
    look_at (&walk, walk.objects[i]);
  return 0;
}
