/* entry-filter-parse.c - reading what is looked for. */
#include "entry-filter-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "words.h"

static const struct
{
  const char *name;
  enum filter_key key;
} keys[] = {
  { "name", FILTER_NAME }, { "type", FILTER_TYPE }, { "unit", FILTER_UNIT },
  { "role", FILTER_ROLE }, { "pid", FILTER_PID },   { "process", FILTER_PROCESS },
  { "is", FILTER_IS },
};

/* The last is NULL. */
static const char *const states[FILTER_N_IS + 1] = {
  [FILTER_CHANGED] = "changed", [FILTER_LOCKED] = "locked", [FILTER_HELD] = "held",
  [FILTER_ARRAY] = "array",     [FILTER_VALUE] = "value",   [FILTER_STRUCT] = "struct",
  [FILTER_READONLY] = "readonly",
};

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\n';
}

/* Behind what a quote at this place encloses; the end of the text when it is not closed. */
static const char *
skip_quoted (const char *text)
{
  const char *end = strchr (text + 1, *text);

  return end != NULL ? end + 1 : text + strlen (text);
}

char *
entry_filter_next_word (const char **text)
{
  const char *start, *end;
  gboolean may_quote = TRUE;   /* an apostrophe within a word is none */

  while (is_blank (**text))
    ++*text;
  start = end = *text;
  while (*end != '\0' && !is_blank (*end))
    if (may_quote && (*end == '"' || *end == '\''))
      end = skip_quoted (end);
    else
      {
        may_quote = *end == ':' || *end == ',' || (*end == '-' && end == start);
        end++;
      }
  *text = end;
  return end > start ? g_strndup (start, (gsize) (end - start)) : NULL;
}

/* The first of them is said. */
static void G_GNUC_PRINTF (2, 3)
complain (EntryFilter *self, const char *format, ...)
{
  va_list arguments;

  if (self->problem != NULL)
    return;
  va_start (arguments, format);
  self->problem = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

static char *
known_roles (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint role = 0; role <= SHMLENS_ROLE_IMAGE; role++)
    g_string_append_printf (text, role > 0 ? ", %s" : "%s", entry_role_name (role));
  return g_strdup (text->str);
}

static gboolean
find_role (const char *folded, guint *ret_role)
{
  for (guint role = 0; role <= SHMLENS_ROLE_IMAGE; role++)
    {
      g_autofree char *translated = g_utf8_casefold (words_role (role), -1);

      if (g_str_equal (folded, entry_role_name (role)) || g_str_equal (folded, translated))
        {
          *ret_role = role;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
find_state (const char *folded, guint *ret_state)
{
  for (guint i = 0; i < FILTER_N_IS; i++)
    if (g_str_equal (folded, states[i]))
      {
        *ret_state = i;
        return TRUE;
      }
  return FALSE;
}

/* FALSE: it is left out. */
static gboolean
parse_value (EntryFilter *self, enum filter_key key, const char *text,
             struct filter_value *ret_value)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  struct filter_value value = { .folded = folded };
  guint64 pid;

  if (key == FILTER_ROLE && !find_role (folded, &value.number))
    {
      g_autofree char *roles = known_roles ();

      complain (self, _("There is no role “%s”; after “role:” can stand: %s."), text, roles);
      return FALSE;
    }
  if (key == FILTER_IS && !find_state (folded, &value.number))
    {
      g_autofree char *all = g_strjoinv (", ", (char **) states);

      complain (self, _("An entry cannot be “%s”; after “is:” can stand: %s."), text, all);
      return FALSE;
    }
  if (key == FILTER_PID)
    {
      if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT32, &pid, NULL))
        {
          complain (self, _("“%s” is no process id; after “pid:” stands a number, after “process:” "
                            "a name."), text);
          return FALSE;
        }
      value.number = (guint) pid;
    }
  if (*text == '\0')
    {
      complain (self, _("Behind the colon stands what is looked for, for example “type:int32”."));
      return FALSE;
    }
  if (key == FILTER_TYPE && text[1] == '\0')
    value.code = text[0];
  value.folded = g_steal_pointer (&folded);
  *ret_value = value;
  return TRUE;
}

/* The key that the word begins with, and where its value begins. */
static enum filter_key
parse_key (EntryFilter *self, const char *word, const char **ret_value)
{
  gsize length = strspn (word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

  *ret_value = word;
  /* "std::vector" is a name. */
  if (length == 0 || word[length] != ':' || word[length + 1] == ':')
    return FILTER_TEXT;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (strlen (keys[i].name) == length && g_ascii_strncasecmp (word, keys[i].name, length) == 0)
      {
        *ret_value = word + length + 1;
        return keys[i].key;
      }
  complain (self, _("“%.*s:” is not known, so that “%s” is looked for as it stands. Known are "
                    "name:, type:, unit:, role:, pid:, process: and is:."),
            (int) length, word, word);
  return FILTER_TEXT;
}

static void
clear_value (gpointer value)
{
  g_free (((struct filter_value *) value)->folded);
}

static void
parse_word (EntryFilter *self, const char *text)
{
  struct filter_word word = { .negative = text[0] == '-' };
  const char *position;

  word.key = parse_key (self, text + word.negative, &position);
  word.values = g_array_new (FALSE, FALSE, sizeof (struct filter_value));
  g_array_set_clear_func (word.values, clear_value);
  do
    {
      struct filter_value value;
      g_autofree char *part = NULL;
      const char *end;

      if (*position == '"' || *position == '\'')
        {
          end = skip_quoted (position);
          part = g_strndup (position + 1, (gsize) (end - position - 1));
          if (strlen (part) > 0 && part[strlen (part) - 1] == *position)
            part[strlen (part) - 1] = '\0';
          end += strcspn (end, ",");
        }
      else
        {
          end = position + (word.key == FILTER_TEXT ? strlen (position) : strcspn (position, ","));
          part = g_strndup (position, (gsize) (end - position));
        }
      if ((*part != '\0' || word.values->len == 0) && parse_value (self, word.key, part, &value))
        g_array_append_val (word.values, value);
      position = *end == ',' ? end + 1 : end;
    }
  while (*position != '\0');
  if (word.values->len > 0)
    g_array_append_val (self->words, word);
  else
    g_array_unref (word.values);
}

void
entry_filter_parse (EntryFilter *self, const char *text)
{
  g_autofree char *word = NULL;

  while ((word = entry_filter_next_word (&text)) != NULL)
    {
      /* A dash alone is one that a word will follow. */
      if (!g_str_equal (word, "-"))
        parse_word (self, word);
      g_clear_pointer (&word, g_free);
    }
}
