/* sentence.c - sentences for people that have names from outside in them. */
#include "sentence.h"

#include "right-to-left.h"

#define LEFT_TO_RIGHT_MARK 0x200e
#define FIRST_STRONG_ISOLATE 0x2068
#define POP_ISOLATE 0x2069
/* No character that is written from right to left begins with a lower byte. */
#define LEAST_BYTE 0xd6

static const struct
{
  gunichar opens, closes;
} quotes[] = { { 0x201c, 0x201d }, { 0x201e, 0x201c }, { 0x300c, 0x300d } }; /* “” „“ 「」 */

static gboolean
is (const char *letter, GtkTextDirection direction)
{
  return right_to_left_of_letter (g_utf8_get_char (letter)) == direction;
}

/* The first letter of the direction; NULL: there is none. */
static const char *
find_letter (const char *text, const char *end, GtkTextDirection direction)
{
  for (; text < end; text = g_utf8_next_char (text))
    if (is (text, direction))
      return text;
  return NULL;
}

static gboolean
may_have_right_to_left (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guchar)*text >= LEAST_BYTE)
      return TRUE;
  return FALSE;
}

/* Where the text ends that is quoted from here on; NULL: none is. */
static const char *
end_of_quoted (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (quotes); i++)
    if (g_utf8_get_char (text) == quotes[i].opens)
      return g_utf8_strchr (g_utf8_next_char (text), -1, quotes[i].closes);
  return NULL;
}

/* What may stand between two words of one name does not stand between two names. */
static gboolean
ends_name (const char *text)
{
  gunichar c = g_utf8_get_char (text);

  for (guint i = 0; i < G_N_ELEMENTS (quotes); i++)
    if (c == quotes[i].opens || c == quotes[i].closes)
      return TRUE;
  if (c == '\n' || is (text, GTK_TEXT_DIR_LTR))
    return TRUE;
  return g_unichar_ispunct (c) && g_ascii_isspace (*g_utf8_next_char (text));
}

/* Of the words from here on that are written from right to left. */
static const char *
end_of_words (const char *text)
{
  const char *end = g_utf8_next_char (text);

  for (const char *p = end; *p != '\0' && !ends_name (p); p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (is (p, GTK_TEXT_DIR_RTL)
          || (p == end && (g_unichar_ismark (c) || g_unichar_isdigit (c) || c == '_')))
        end = g_utf8_next_char (p);
    }
  return end;
}

static void
append_isolated (GString *made, const char *text, const char *end)
{
  g_string_append_unichar (made, FIRST_STRONG_ISOLATE);
  g_string_append_len (made, text, end - text);
  g_string_append_unichar (made, POP_ISOLATE);
}

char *
sentence_isolate (const char *text)
{
  const char *text_end = text + strlen (text), *first_rtl, *first_ltr;
  GString *made;

  if (!may_have_right_to_left (text) || gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL)
    return g_strdup (text);
  first_rtl = find_letter (text, text_end, GTK_TEXT_DIR_RTL);
  first_ltr = find_letter (text, text_end, GTK_TEXT_DIR_LTR);
  if (first_rtl == NULL || first_ltr == NULL)
    return g_strdup (text);
  made = g_string_new (NULL);
  /* The toolkit goes by the first letter, also if that is set apart. */
  if (first_rtl < first_ltr)
    g_string_append_unichar (made, LEFT_TO_RIGHT_MARK);
  while (*text != '\0')
    {
      const char *next = g_utf8_next_char (text), *quoted_end = end_of_quoted (text);
      gboolean is_quoted = quoted_end != NULL;
      const char *start = is_quoted ? next : text;
      const char *end = is_quoted ? quoted_end : next;

      if (!is_quoted && is (text, GTK_TEXT_DIR_RTL))
        end = end_of_words (text);
      g_string_append_len (made, text, start - text);
      if (find_letter (start, end, GTK_TEXT_DIR_RTL) != NULL)
        append_isolated (made, start, end);
      else
        g_string_append_len (made, start, end - start);
      text = is_quoted ? g_utf8_next_char (end) : end;
      if (is_quoted)
        g_string_append_len (made, end, text - end);
    }
  return g_string_free (made, FALSE);
}

/* How many bytes of the text are its first word; 0 when it begins with none, as "file:", "python3"
 * and "/name" do. */
static gsize
length_of_word (const char *text)
{
  const char *p = text;

  while (g_unichar_isalpha (g_utf8_get_char (p)) || *p == '\'')
    p = g_utf8_next_char (p);
  return *p == ' ' ? (gsize)(p - text) : 0;
}

char *
sentence_begin (const char *reason, const char *name)
{
  gsize word = length_of_word (reason);
  char first[6];
  int length;

  if (word == 0 || (name != NULL && strncmp (reason, name, word) == 0))
    return g_strdup (reason);
  length = g_unichar_to_utf8 (g_unichar_totitle (g_utf8_get_char (reason)), first);
  return g_strdup_printf ("%.*s%s", length, first, g_utf8_next_char (reason));
}

void
sentence_show (GtkLabel *label, const char *text)
{
  g_autofree char *isolated = sentence_isolate (text != NULL ? text : "");

  if (!g_str_equal (isolated, gtk_label_get_text (label)))
    gtk_label_set_text (label, isolated);
}
