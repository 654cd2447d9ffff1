/* Writes an input for fuzz-python, fuzz-python-types or fuzz-python-names from a running Python:
 * the objects at some addresses, with all the memory that decoding them reads.
 *
 * Usage: python-seeds PID FILE ADDRESS...
 *
 * For fuzz-python-names these are a module's, a frame's, two objects', and those of the types
 * functools.partial and collections.deque.
 *
 * Its own reading of images tells every read apart, where that of the engine reads pages. Words
 * are the engine's, over either. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "process-memory.h"
#include "python-code.h"

struct py_image
{
  ProcessMemory *memory;
  GHashTable *words;   /* addresses of words that were read, as keys; NULL: not noted */
};

PyImage *
py_image_new (PyImageRead read, gpointer data)
{
  static PyImage image;

  /* What is looked at is always this process. */
  if (image.memory == NULL)
    image.memory = data;
  return &image;
}

void
py_image_forget (PyImage *self)
{
}

gboolean
py_image_next_content (PyImage *self, guint64 from, guint64 end, guint64 *ret_start,
                       guint64 *ret_end)
{
  return process_memory_next_content (self->memory, from, end, ret_start, ret_end);
}

gboolean
py_image_is_exhausted (PyImage *self)
{
  return FALSE;
}

static void
note (PyImage *self, guint64 address, gsize length)
{
  for (guint64 word = address / 8; self->words != NULL && word * 8 < address + length; word++)
    g_hash_table_add (self->words, GSIZE_TO_POINTER (word));
}

gboolean
py_image_read (PyImage *self, guint64 address, void *to, gsize length)
{
  if (length == 0)
    return TRUE;
  if (process_memory_read (self->memory, address, to, length) != (gssize) length)
    return FALSE;
  note (self, address, length);
  return TRUE;
}

char *
py_image_string (PyImage *self, guint64 address, gsize most)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint8 c;

  while (text->len < most && py_image_u8 (self, address + text->len, &c))
    if (c == '\0')
      return g_utf8_validate (text->str, -1, NULL) ? g_strdup (text->str) : NULL;
    else
      g_string_append_c (text, (char) c);
  return NULL;
}

gboolean
py_image_has_string (PyImage *self, guint64 address, const char *string)
{
  g_autofree char *own = py_image_string (self, address, strlen (string) + 1);

  return own != NULL && strcmp (own, string) == 0;
}

void
py_image_set_budget (PyImage *self, guint64 bytes)
{
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  gsize x = GPOINTER_TO_SIZE (a), y = GPOINTER_TO_SIZE (b);

  return x < y ? -1 : x > y;
}

/* What was read, in as few pieces as there are. */
static void
write_pieces (PyImage *image, FILE *file)
{
  g_autoptr (GList) words = g_list_sort (g_hash_table_get_keys (image->words), compare);

  for (GList *first = words; first != NULL;)
    {
      struct python_code_piece piece = { .address = GPOINTER_TO_SIZE (first->data) * 8 };
      GList *next = first;
      guint8 bytes[4096];

      while (next != NULL && GPOINTER_TO_SIZE (next->data) * 8 == piece.address + piece.length
             && piece.length < sizeof bytes)
        {
          piece.length += 8;
          next = next->next;
        }
      if (process_memory_read (image->memory, piece.address, bytes, piece.length) != piece.length
          || fwrite (&piece, sizeof piece, 1, file) != 1
          || fwrite (bytes, piece.length, 1, file) != 1)
        err (1, "a piece");
      first = next;
    }
}

int
main (int argc, char **argv)
{
  struct python_names_header names = { 0 };
  struct python_types_header header = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (ProcessMemory) memory = NULL;
  g_autoptr (GPtrArray) regions = NULL;
  PyImage *image;
  PyRuntime runtime;
  FILE *file;

  if (argc < 4 || argc > 9)
    errx (2, "usage: %s PID FILE ADDRESS...", argv[0]);
  memory = process_memory_open ("/proc", atoi (argv[1]), &error);
  regions = memory != NULL ? process_memory_regions (memory) : NULL;
  image = py_image_new (NULL, memory);
  if (regions == NULL || !py_runtime_find (image, regions, &runtime, &error))
    errx (1, "%s", error->message);
  header.builtin_function = runtime.builtin_function;
  header.memory_view = runtime.memory_view;
  header.code = (struct python_code_header) {
    .minor = (guint8) runtime.minor, .n_objects = (guint8) (argc - 3), .type = runtime.type,
    .none_type = runtime.none_type, .boolean = runtime.boolean, .integer = runtime.integer,
    .string = runtime.string, .tuple = runtime.tuple, .list = runtime.list, .dict = runtime.dict,
    .module = runtime.module, .code = runtime.code, .frame = runtime.frame,
    .generator = runtime.generator, .member_descriptor = runtime.member_descriptor,
  };
  for (int i = 3; i < MIN (argc, 7); i++)
    header.code.objects[i - 3] = g_ascii_strtoull (argv[i], NULL, 10);
  names = (struct python_names_header) {
    .types = header, .function = runtime.function, .method = runtime.method, .cell = runtime.cell,
    .set = runtime.set, .simple_namespace = runtime.simple_namespace,
    .mapping_proxy = runtime.mapping_proxy, .property = runtime.property,
    .weakref = runtime.weakref, .partial = argc > 7 ? g_ascii_strtoull (argv[7], NULL, 10) : 0,
    .deque = argc > 8 ? g_ascii_strtoull (argv[8], NULL, 10) : 0,
  };
  image->words = g_hash_table_new (NULL, NULL);
  (void) LLVMFuzzerTestOneInput ((const guint8 *) &names, python_code_header_length);
  file = fopen (argv[2], "wb");
  if (file == NULL || fwrite (&names, python_code_header_length, 1, file) != 1)
    err (1, "%s", argv[2]);
  write_pieces (image, file);
  if (fclose (file) != 0)
    err (1, "%s", argv[2]);
  return 0;
}
