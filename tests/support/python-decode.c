/* python-decode.c - prints what is decoded of a Python process, as JSON.
 *
 * Usage: python-decode PID
 *
 * One line for each object: addresses, type, shape, fields, the values of its first elements as
 * they are in the process's memory, its lock and its parts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "py-block.h"
#include "py-ctype.h"
#include "py-ndarray.h"
#include "py-sync.h"

#define ELEMENTS_MAX 4096
#define BUDGET (G_GUINT64_CONSTANT (1) << 32)

static void
print_text (const char *text)
{
  if (text == NULL)
    {
      fputs ("null", stdout);
      return;
    }
  putchar ('"');
  for (; *text != '\0'; text++)
    if ((guchar) *text < 0x20 || *text == '"' || *text == '\\')
      printf ("\\u%04x", (guint) (guchar) *text);
    else
      putchar (*text);
  putchar ('"');
}

static void
print_numbers (const char *name, const void *numbers, guint n)
{
  printf (", \"%s\": [", name);
  for (guint i = 0; i < n; i++)
    {
      gint64 number;

      memcpy (&number, (const char *) numbers + i * sizeof number, sizeof number);
      printf ("%s%" PRId64, i > 0 ? ", " : "", number);
    }
  putchar (']');
}

/* Characters as their codes, so that nothing has to be unquoted. */
static void
print_scalar (const EntryInfo *shape, const guint8 *element, int field, guint64 index)
{
  struct shmlens_type type;
  guint8 value[8];
  char text[64];

  entry_info_extract (shape, element, field, index, &type, value);
  if (type.kind == SHMLENS_KIND_CHAR)
    type = (struct shmlens_type) { 1, SHMLENS_KIND_UNSIGNED, 'B', 0 };
  else if (type.kind == SHMLENS_KIND_UNICODE)
    type = (struct shmlens_type) { 4, SHMLENS_KIND_UNSIGNED, 'I', 0 };
  if (shmlens_type_print (&type, value, sizeof text, text) < 0)
    strcpy (text, "?");
  print_text (text);
}

static void
print_element (const EntryInfo *shape, const guint8 *element)
{
  if (shape->type.kind != SHMLENS_KIND_STRUCT)
    {
      print_scalar (shape, element, -1, 0);
      return;
    }
  putchar ('{');
  for (guint i = 0; i < shape->n_fields; i++)
    {
      const EntryField *field = &shape->fields[i];
      guint64 length = entry_field_length (field);

      printf ("%s", i > 0 ? ", " : "");
      print_text (field->name);
      fputs (": [", stdout);
      for (guint64 n = 0; n < length; n++)
        {
          printf ("%s", n > 0 ? ", " : "");
          print_scalar (shape, element, i, n);
        }
      putchar (']');
    }
  putchar ('}');
}

static gint64
element_offset (const EntryInfo *shape, guint64 element)
{
  gint64 offset = shape->offset;

  for (guint d = shape->dimensions; d-- > 0;)
    {
      offset += (gint64) (element % shape->shape[d]) * shape->strides[d];
      element /= shape->shape[d];
    }
  return offset;
}

static void
print_values (ProcessMemory *memory, const PyFound *found)
{
  const EntryInfo *shape = &found->shape;
  g_autofree guint8 *bytes = g_malloc (found->size + 1);

  fputs (", \"values\": [", stdout);
  if (found->data != 0
      && process_memory_read (memory, found->data, bytes, found->size) == (gssize) found->size)
    for (guint64 i = 0; i < MIN (shape->length, ELEMENTS_MAX); i++)
      {
        gint64 offset = element_offset (shape, i);

        if (offset < 0 || (guint64) offset + shape->type.size > found->size)
          {
            fprintf (stderr, "%s at %" PRIx64 ": element %" PRIu64 " lies outside\n", shape->ctype,
                     found->object, i);
            exit (1);
          }
        printf ("%s", i > 0 ? ", " : "");
        print_element (shape, bytes + offset);
      }
  putchar (']');
}

static void
print_fields (const EntryInfo *shape)
{
  fputs (", \"fields\": [", stdout);
  for (guint i = 0; i < shape->n_fields; i++)
    {
      const EntryField *field = &shape->fields[i];

      printf ("%s{\"name\": ", i > 0 ? ", " : "");
      print_text (field->name);
      printf (", \"code\": \"%c\", \"offset\": %u, \"bits\": %u, \"reason\": ", field->type.code,
              field->offset, field->bit_width);
      print_text (field->reason);
      print_numbers ("shape", field->shape, field->dimensions);
      putchar ('}');
    }
  putchar (']');
}

static void
print_semaphore (ProcessMemory *memory, const PySemaphore *semaphore)
{
  guint32 value = G_MAXUINT32;
  gint32 count = 0;

  if (process_memory_read (memory, semaphore->handle, &value, sizeof value) != sizeof value
      || !py_semaphore_count (memory, semaphore, &count))
    {
      fputs ("null", stdout);
      return;
    }
  printf ("{\"object\": %" PRIu64 ", \"id\": \"%" PRIx64 ":%" PRIx64 ":%" PRIx64
          "\", \"recursive\": %s, \"maximum\": %d, \"value\": %u, \"count\": %d}",
          semaphore->object, semaphore->device, semaphore->inode, semaphore->offset,
          semaphore->is_recursive ? "true" : "false", semaphore->maximum, value, count);
}

static void
print_found (ProcessMemory *memory, const PyFound *found)
{
  const EntryInfo *shape = &found->shape;
  gint32 maximum;

  printf ("{\"object\": %" PRIu64 ", \"wrapper\": %" PRIu64 ", \"data\": %" PRIu64
          ", \"size\": %" PRIu64 ", \"kind\": %d, \"role\": \"%s\", \"swapped\": %s, \"part\": %s",
          found->object, found->wrapper, found->data, found->size, shape->object,
          entry_role_name (shape->role), shape->swapped ? "true" : "false",
          found->is_part ? "true" : "false");
  fputs (", \"ctype\": ", stdout);
  print_text (shape->ctype);
  printf (", \"code\": \"%c\", \"editable\": %s, \"doc\": ", shape->type.code,
          shape->editable ? "true" : "false");
  print_text (shape->doc);
  fputs (", \"unit\": ", stdout);
  print_text (shape->unit);
  print_numbers ("shape", shape->shape, shape->dimensions);
  print_numbers ("strides", shape->strides, shape->dimensions);
  if (shape->has_progress_max)
    {
      memcpy (&maximum, shape->progress_max, sizeof maximum);
      printf (", \"progress\": %d", maximum);
    }
  print_fields (shape);
  print_values (memory, found);
  printf (", \"lock_kind\": \"%s\", \"lock\": ", lock_kind_name (found->lock_kind));
  if (found->lock_kind == LOCK_SEMAPHORE)
    print_semaphore (memory, &found->lock);
  else
    fputs ("null", stdout);
  fputs (", \"parts\": [", stdout);
  for (guint i = 0; i < found->n_parts; i++)
    {
      printf ("%s", i > 0 ? ", " : "");
      print_semaphore (memory, &found->parts[i]);
    }
  puts ("]}");
}

static gssize
read_memory (gpointer data, guint64 address, void *to, gsize length)
{
  return process_memory_read (data, address, to, length);
}

static void
decode (const PyReader *reader, ProcessMemory *memory, const GPtrArray *regions)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) py_found_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (PyScan) scan = py_scan_run (reader, memory, regions, NULL, &error);

  if (scan == NULL)
    {
      fprintf (stderr, "%s\n", error->message);
      exit (1);
    }
  for (guint i = 0; i < scan->shared->len; i++)
    {
      guint64 object = g_array_index (scan->shared, guint64, i);
      g_autoptr (PyFound) one = py_found_new ();

      if (py_ctype_decode (reader, object, one) || py_ndarray_decode (reader, object, one))
        g_ptr_array_add (found, g_steal_pointer (&one));
    }
  py_block_find (reader, scan, found);
  py_sync_pair (reader, scan, regions, found);
  py_sync_find (reader, scan, regions, found);
  for (guint i = 0; i < found->len; i++)
    print_found (memory, found->pdata[i]);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ProcessMemory) memory = NULL;
  g_autoptr (GPtrArray) regions = NULL;
  g_autoptr (PyImage) image = NULL;
  g_autoptr (GHashTable) shapes = py_ctype_shapes_new ();
  PyRuntime runtime;
  PyReader reader;

  if (argc != 2)
    {
      fprintf (stderr, "usage: python-decode PID\n");
      return 2;
    }
  memory = process_memory_open ("/proc", atoi (argv[1]), &error);
  if (memory == NULL)
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  regions = process_memory_regions (memory);
  image = py_image_new (read_memory, memory);
  py_image_set_budget (image, BUDGET);
  if (regions == NULL || !py_runtime_find (image, regions, &runtime, &error))
    {
      fprintf (stderr, "%s\n", error == NULL ? "no regions" : error->message);
      return 1;
    }
  reader = (PyReader) { .image = image, .runtime = &runtime, .shapes = shapes };
  decode (&reader, memory, regions);
  return 0;
}
