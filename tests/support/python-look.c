/* python-look.c - what the decoder of Python objects sees in a process, as text, for
 * tests/python-object.py.
 *
 * Usage: python-look PID, and then a command a line:
 *   value ADDRESS            the object, as Python would write it; <NAME> of other types
 *   attributes ADDRESS       of an instance, as a dict
 *   attribute ADDRESS NAME   one of them; nothing: an empty line
 *   type ADDRESS             name and module of the object's type
 *   kind ADDRESS NAME        whether its type derives from the one of that name
 *   version                  of the interpreter
 *   list shared|synchronized|coordinators|modules    addresses that a scan finds, in order
 *   frames FILE              names of the functions that run or wait, of a file, in order
 */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "py-scan.h"

#define DEPTH_MAX 5

struct description
{
  const PyReader *reader;
  GString *text;
  guint depth;
  gboolean is_next;
};

static gssize
read_memory (gpointer memory, guint64 address, void *to, gsize length)
{
  return process_memory_read (memory, address, to, length);
}

static gboolean
next_content (gpointer memory, guint64 from, guint64 end, guint64 *ret_start, guint64 *ret_end)
{
  return process_memory_next_content (memory, from, end, ret_start, ret_end);
}

static void describe (struct description *description, guint64 object);

static void
separate (struct description *description)
{
  if (description->is_next)
    g_string_append (description->text, ", ");
  description->is_next = TRUE;
}

static gboolean
describe_pair (guint64 key, guint64 value, gpointer data)
{
  struct description *description = data;

  separate (description);
  describe (description, key);
  g_string_append (description->text, ": ");
  describe (description, value);
  description->is_next = TRUE;
  return TRUE;
}

static gboolean
describe_item (guint64 index, guint64 item, gpointer data)
{
  struct description *description = data;

  separate (description);
  describe (description, item);
  description->is_next = TRUE;
  return TRUE;
}

static void
describe_string (struct description *description, const char *string)
{
  g_string_append_c (description->text, '\'');
  for (; *string != '\0'; string = g_utf8_next_char (string))
    {
      gunichar c = g_utf8_get_char (string);

      if (c >= 32 && c < 127)
        g_string_append_c (description->text, (char) c);
      else
        g_string_append_printf (description->text, "<%x>", c);
    }
  g_string_append_c (description->text, '\'');
}

static void
describe (struct description *description, guint64 object)
{
  const PyReader *reader = description->reader;
  const PyRuntime *runtime = reader->runtime;
  GString *text = description->text;
  g_autofree char *string = NULL;
  g_autofree char *name = NULL;
  guint64 type;
  gint64 number;

  if (!py_object_type (reader, object, &type))
    {
      g_string_append (text, "<none>");
      return;
    }
  name = py_type_name (reader, type);
  description->is_next = FALSE;
  description->depth++;
  if (type == runtime->none_type)
    g_string_append (text, "None");
  else if (type == runtime->boolean)
    g_string_append (text, py_integer (reader, object, &number) && number == 1 ? "True" : "False");
  else if (type == runtime->integer && py_integer (reader, object, &number))
    g_string_append_printf (text, "%" G_GINT64_FORMAT, number);
  else if (py_object_is_kind (reader, object, runtime->string)
           && (string = py_string (reader, object, 100000)) != NULL)
    describe_string (description, string);
  else if (description->depth > DEPTH_MAX)
    g_string_append (text, "...");
  else if (type == runtime->tuple || type == runtime->list)
    {
      g_string_append_c (text, type == runtime->tuple ? '(' : '[');
      (void) py_sequence_foreach (reader, object, describe_item, description);
      g_string_append_c (text, type == runtime->tuple ? ')' : ']');
    }
  else if (type == runtime->dict)
    {
      g_string_append_c (text, '{');
      (void) py_dict_foreach (reader, object, describe_pair, description);
      g_string_append_c (text, '}');
    }
  else
    g_string_append_printf (text, "<%s>", name);
  description->depth--;
}

static void
list (const PyScan *scan, const char *name, GString *text)
{
  const GArray *array = g_str_equal (name, "shared")         ? scan->shared
                        : g_str_equal (name, "synchronized") ? scan->synchronized
                        : g_str_equal (name, "coordinators") ? scan->coordinators
                                                             : scan->modules;

  for (guint i = 0; i < array->len; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? " " : "",
                            g_array_index (array, guint64, i));
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static char *
code_string (const PyReader *reader, guint64 frame, guint64 offset)
{
  const struct py_layout_frame *layout = &reader->runtime->layout.frame;
  guint64 code, string;

  return py_image_u64 (reader->image, frame + layout->code, &code)
                 && py_image_u64 (reader->image, (code & ~layout->tag_bits) + offset, &string)
             ? py_string (reader, string, 1000)
             : NULL;
}

static void
list_frames (const PyReader *reader, const PyScan *scan, const char *file, GString *text)
{
  const struct py_layout_frame *layout = &reader->runtime->layout.frame;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < scan->frames->len; i++)
    {
      guint64 frame = g_array_index (scan->frames, guint64, i);
      g_autofree char *of = code_string (reader, frame, layout->code_filename);
      char *name = code_string (reader, frame, layout->code_name);

      if (of == NULL || name == NULL || !g_str_has_suffix (of, file))
        g_free (name);
      else
        g_ptr_array_add (names, name);
    }
  g_ptr_array_sort (names, compare);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", (char *) names->pdata[i]);
}

static void
answer (const PyReader *reader, const PyScan *scan, char **words, GString *text)
{
  struct description description = { reader, text, 0, FALSE };
  guint64 address = words[1] != NULL ? g_ascii_strtoull (words[1], NULL, 10) : 0;
  guint64 type;

  if (g_str_equal (words[0], "version"))
    g_string_append_printf (text, "%u.%u.%u", reader->runtime->major, reader->runtime->minor,
                            reader->runtime->micro);
  else if (g_str_equal (words[0], "list"))
    list (scan, words[1], text);
  else if (g_str_equal (words[0], "frames"))
    list_frames (reader, scan, words[1], text);
  else if (g_str_equal (words[0], "value"))
    describe (&description, address);
  else if (g_str_equal (words[0], "attributes"))
    {
      g_string_append_c (text, '{');
      (void) py_attributes_foreach (reader, address, describe_pair, &description);
      g_string_append_c (text, '}');
    }
  else if (g_str_equal (words[0], "attribute"))
    {
      guint64 value = py_attribute (reader, address, words[2]);

      if (value != 0)
        describe (&description, value);
    }
  else if (g_str_equal (words[0], "type") && py_object_type (reader, address, &type))
    {
      g_autofree char *name = py_type_name (reader, type);
      g_autofree char *module = py_type_module (reader, type);

      g_string_append_printf (text, "%s %s", name, module != NULL ? module : "-");
    }
  else if (g_str_equal (words[0], "kind") && py_object_type (reader, address, &type))
    g_string_append (text, py_type_derives (reader, type, words[2]) ? "yes" : "no");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ProcessMemory) memory = NULL;
  g_autoptr (GPtrArray) regions = NULL;
  g_autoptr (PyImage) image = NULL;
  g_autoptr (PyScan) scan = NULL;
  PyRuntime runtime;
  PyReader reader = { NULL, &runtime };
  char line[1000];

  if (argc != 2)
    return 2;
  memory = process_memory_open ("/proc", atoi (argv[1]), &error);
  if (memory == NULL)
    {
      printf ("%s\n", error->message);
      return 1;
    }
  regions = process_memory_regions (memory);
  image = reader.image = py_image_new (read_memory, memory);
  py_image_set_content (image, next_content);
  if (py_runtime_find (image, regions, &runtime, &error))
    scan = py_scan_run (&reader, memory, regions, NULL, &error);
  if (scan == NULL)
    {
      printf ("%s\n", error->message);
      return 1;
    }
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      g_auto (GStrv) words = g_strsplit (g_strchomp (line), " ", 3);
      g_autoptr (GString) text = g_string_new (NULL);

      answer (&reader, scan, words, text);
      printf ("%s\n", text->str);
      fflush (stdout);
    }
  return 0;
}
