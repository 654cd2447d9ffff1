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
 */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "py-object.h"

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
answer (const PyReader *reader, char **words, GString *text)
{
  struct description description = { reader, text, 0, FALSE };
  guint64 address = words[1] != NULL ? g_ascii_strtoull (words[1], NULL, 10) : 0;
  guint64 type;

  if (g_str_equal (words[0], "version"))
    g_string_append_printf (text, "%u.%u.%u", reader->runtime->major, reader->runtime->minor,
                            reader->runtime->micro);
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
  if (!py_runtime_find (image, regions, &runtime, &error))
    {
      printf ("%s\n", error->message);
      return 1;
    }
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      g_auto (GStrv) words = g_strsplit (g_strchomp (line), " ", 3);
      g_autoptr (GString) text = g_string_new (NULL);

      answer (&reader, words, text);
      printf ("%s\n", text->str);
      fflush (stdout);
    }
  return 0;
}
