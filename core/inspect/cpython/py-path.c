/* py-path.c - paths as text. */
#include "py-path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Characters of a string that are shown, and that are read for it. */
#define SHOWN 64
#define READ 4096
#define BYTES_SHOWN 32
#define BYTES_SIZE 16
#define BYTES_DATA 32
#define FLOAT_VALUE 16
#define TUPLE_SIZE 16
#define TUPLE_SHOWN 8
#define NESTED 2
/* How far a key is counted to. */
#define COUNTED 4096
#define ELLIPSIS "…"

static gboolean
is_identifier (const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c != '_' && !g_unichar_isalpha (c)
          && (at == text || !(g_unichar_isalnum (c) || g_unichar_ismark (c))))
        return FALSE;
    }
  return *text != '\0';
}

static gboolean
is_dotted (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", -1);

  for (char **part = parts; *part != NULL; part++)
    if (!is_identifier (*part))
      return FALSE;
  return *text != '\0';
}

/* Lines and spaces of other kinds, which look like none. */
static gboolean
is_separator (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR
         || type == G_UNICODE_SPACE_SEPARATOR;
}

static void
append_escaped (GString *path, gunichar c, char quote)
{
  switch (c)
    {
    case '\n':
      g_string_append (path, "\\n");
      break;
    case '\r':
      g_string_append (path, "\\r");
      break;
    case '\t':
      g_string_append (path, "\\t");
      break;
    default:
      if (c == '\\' || c == (gunichar) quote)
        g_string_append_c (path, '\\');
      if (c == ' ' || (g_unichar_isprint (c) && !is_separator (c)))
        g_string_append_unichar (path, c);
      else if (c < 0x100)
        g_string_append_printf (path, "\\x%02x", c);
      else if (c < 0x10000)
        g_string_append_printf (path, "\\u%04x", c);
      else
        g_string_append_printf (path, "\\U%08x", c);
    }
}

/* As repr() writes a string: in single quotes, unless only they occur in it. */
static void
append_quoted (GString *path, const char *text)
{
  char quote = strchr (text, '\'') != NULL && strchr (text, '"') == NULL ? '"' : '\'';
  guint n = 0;

  g_string_append_c (path, quote);
  for (; *text != '\0' && n < SHOWN; text = g_utf8_next_char (text), n++)
    append_escaped (path, g_utf8_get_char (text), quote);
  if (*text != '\0')
    g_string_append (path, ELLIPSIS);
  g_string_append_c (path, quote);
}

char *
py_path_module (const char *name)
{
  GString *path;

  if (is_dotted (name))
    return g_strdup (name);
  path = g_string_new ("sys.modules[");
  append_quoted (path, name);
  g_string_append_c (path, ']');
  return g_string_free (path, FALSE);
}

char *
py_path_function (const char *module, const char *title)
{
  GString *path = g_string_new (NULL);

  if (module != NULL)
    {
      g_autofree char *prefix = py_path_module (module);

      g_string_append (path, prefix);
      g_string_append_c (path, '.');
    }
  for (; *title != '\0'; title = g_utf8_next_char (title))
    append_escaped (path, g_utf8_get_char (title), '\0');
  return g_string_free (path, FALSE);
}

/* Puts the path so far between two texts. */
static void
wrap (GString *path, const char *before, const char *behind)
{
  g_string_prepend (path, before);
  g_string_append (path, behind);
}

static gboolean
append_attribute (GString *path, const PyReader *reader, guint64 key)
{
  g_autofree char *name = py_string (reader, key, READ);

  if (name == NULL)
    return FALSE;
  if (is_identifier (name))
    {
      if (path->len > 0)
        g_string_append_c (path, '.');
      g_string_append (path, name);
      return TRUE;
    }
  if (path->len == 0)
    {
      g_string_append (path, "globals()[");
      append_quoted (path, name);
      g_string_append_c (path, ']');
      return TRUE;
    }
  wrap (path, "getattr(", ", ");
  append_quoted (path, name);
  g_string_append_c (path, ')');
  return TRUE;
}

static gboolean
append_bytes (GString *path, const PyReader *reader, guint64 key)
{
  guint8 bytes[BYTES_SHOWN];
  guint64 size;

  if (!py_image_u64 (reader->image, key + BYTES_SIZE, &size) || size > sizeof bytes
      || (size > 0 && !py_image_read (reader->image, key + BYTES_DATA, bytes, size)))
    return FALSE;
  g_string_append (path, "b'");
  for (guint64 i = 0; i < size; i++)
    if (bytes[i] < 0x80)
      append_escaped (path, bytes[i], '\'');
    else
      g_string_append_printf (path, "\\x%02x", bytes[i]);
  g_string_append_c (path, '\'');
  return TRUE;
}

/* The shortest digits that read back as the same number. */
static gboolean
append_float (GString *path, const PyReader *reader, guint64 key)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE], format[8];
  double value;

  if (!py_image_read (reader->image, key + FLOAT_VALUE, &value, sizeof value)
      || !isfinite (value))
    return FALSE;
  for (int digits = 1; digits <= 17; digits++)
    {
      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (text, sizeof text, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  g_string_append (path, text);
  if (strpbrk (text, ".e") == NULL)
    g_string_append (path, ".0");
  return TRUE;
}

static gboolean append_value (GString *path, const PyReader *reader, guint64 key, guint nested);

static gboolean
append_tuple (GString *path, const PyReader *reader, guint64 key, guint nested)
{
  guint64 size;

  if (nested >= NESTED || !py_image_u64 (reader->image, key + TUPLE_SIZE, &size)
      || size > TUPLE_SHOWN)
    return FALSE;
  g_string_append_c (path, '(');
  for (guint64 i = 0; i < size; i++)
    {
      guint64 item = py_sequence_item (reader, key, i);

      if (i > 0)
        g_string_append (path, ", ");
      if (item == 0 || !append_value (path, reader, item, nested + 1))
        return FALSE;
    }
  g_string_append (path, size == 1 ? ",)" : ")");
  return TRUE;
}

/* A member of an enumeration: Color.RED. */
static gboolean
append_member (GString *path, const PyReader *reader, guint64 key, guint64 type)
{
  guint64 object = py_attribute (reader, key, "_name_");
  g_autofree char *name = object != 0 ? py_string (reader, object, SHOWN) : NULL;
  g_autofree char *class = name != NULL ? py_type_name (reader, type) : NULL;

  if (class == NULL || !is_identifier (name) || !is_identifier (class))
    return FALSE;
  g_string_append_printf (path, "%s.%s", class, name);
  return TRUE;
}

/* What a key of a dict is written as; FALSE when it cannot, and what was added is to be
 * taken off. */
static gboolean
append_value (GString *path, const PyReader *reader, guint64 key, guint nested)
{
  const PyRuntime *runtime = reader->runtime;
  guint64 type;
  gint64 number;

  if (!py_object_type (reader, key, &type))
    return FALSE;
  if (type == runtime->string)
    {
      g_autofree char *text = py_string (reader, key, READ);

      if (text != NULL)
        append_quoted (path, text);
      return text != NULL;
    }
  if (type == runtime->boolean || type == runtime->integer)
    {
      if (!py_integer (reader, key, &number))
        return FALSE;
      if (type == runtime->boolean)
        g_string_append (path, number != 0 ? "True" : "False");
      else
        g_string_append_printf (path, "%" G_GINT64_FORMAT, number);
      return TRUE;
    }
  if (type == runtime->none_type)
    {
      g_string_append (path, "None");
      return TRUE;
    }
  if (type == runtime->bytes)
    return append_bytes (path, reader, key);
  if (type == runtime->real)
    return append_float (path, reader, key);
  if (type == runtime->tuple)
    return append_tuple (path, reader, key, nested);
  return append_member (path, reader, key, type);
}

struct search
{
  guint64 key, index;
  gboolean is_found;
};

static gboolean
count_key (guint64 key, guint64 value, gpointer data)
{
  struct search *search = data;

  (void) value;
  search->is_found = key == search->key;
  if (!search->is_found)
    search->index++;
  return !search->is_found && search->index < COUNTED;
}

static gboolean
append_key (GString *path, const PyReader *reader, guint64 key, guint64 dict)
{
  gsize length = path->len;
  struct search search = { .key = key };

  g_string_append_c (path, '[');
  if (append_value (path, reader, key, 0))
    {
      g_string_append_c (path, ']');
      return TRUE;
    }
  g_string_truncate (path, length);
  py_dict_foreach (reader, dict, count_key, &search);
  wrap (path, "list(", ".values())[");
  g_string_append_printf (path, "%" G_GUINT64_FORMAT "]", search.index);
  return search.is_found;
}

gboolean
py_path_append (GString *path, const PyReader *reader, enum py_step step, guint64 key,
                guint64 from)
{
  static const char *const words[] = {
    [WORD_SELF] = "__self__", [WORD_FUNCTION] = "__func__", [WORD_FUNC] = "func",
    [WORD_ARGS] = "args",     [WORD_KEYWORDS] = "keywords", [WORD_BASE] = "base",
    [WORD_OBJ] = "obj",
  };

  switch (step)
    {
    case STEP_ROOT:
    case STEP_THROUGH:
      break;
    case STEP_ATTRIBUTE:
    case STEP_OUTER:
      return append_attribute (path, reader, key);
    case STEP_WORD:
      g_string_append_printf (path, ".%s", words[key]);
      break;
    case STEP_INDEX:
      g_string_append_printf (path, "[%" G_GUINT64_FORMAT "]", key);
      break;
    case STEP_KEY:
      return append_key (path, reader, key, from);
    case STEP_MEMBER:
      wrap (path, "list(", ")");
      g_string_append_printf (path, "[%" G_GUINT64_FORMAT "]", key);
      break;
    }
  return TRUE;
}

char *
py_path_finish (GString *path)
{
  if (path->len > PY_NAME_MAX)
    {
      gsize length = PY_NAME_MAX - strlen (ELLIPSIS);

      while (length > 0 && ((guchar) path->str[length] & 0xc0) == 0x80)
        length--;
      g_string_truncate (path, length);
      g_string_append (path, ELLIPSIS);
    }
  return g_string_free (path, path->len == 0);
}
