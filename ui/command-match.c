/* command-match.c - how well what somebody typed fits a title or a name. */
#include "command-match.h"

#include <string.h>

#define WORD_LETTERS_MAX 32
/* Points of a letter that is found: the first where a word begins; others behind the one before,
 * where another word begins, and elsewhere. */
#define BEGINS 8
#define BEGINS_AGAIN 5
#define FOLLOWS   6
#define AFTER_GAP -2
/* In all that is found there must be so many for each letter. */
#define PER_LETTER 3
#define NEVER      (G_MININT / 2)

char *
command_match_fold (const char *text)
{
  g_autofree char *apart = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  g_autofree char *plain = NULL;
  GString *kept;

  if (apart == NULL)
    return g_strdup ("");
  kept = g_string_sized_new (strlen (apart));
  for (const char *c = apart; *c != '\0'; c = g_utf8_next_char (c))
    if (!g_unichar_ismark (g_utf8_get_char (c)))
      g_string_append_unichar (kept, g_utf8_get_char (c));
  plain = g_string_free (kept, FALSE);
  return g_utf8_casefold (plain, -1);
}

char **
command_match_words (const char *typed)
{
  g_autofree char *folded = command_match_fold (typed);
  g_auto (GStrv) parts = g_strsplit_set (folded, " \t\n", -1);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] != '\0')
      g_strv_builder_add (words, parts[i]);
  return g_strv_builder_end (words);
}

/* How many there are; -1 when there are more. */
static int
letters_of (const char *text, gunichar *ret_letters, int max)
{
  int n = 0;

  for (; *text != '\0' && n < max; text = g_utf8_next_char (text))
    ret_letters[n++] = g_utf8_get_char (text);
  return *text == '\0' ? n : -1;
}

/* Of an ideograph nobody can say whether it is in the midst of a word. */
static gboolean
begins_word (const gunichar *text, int i)
{
  return i == 0 || !g_unichar_isalnum (text[i - 1]) || g_unichar_iswide (text[i])
         || (g_unichar_isdigit (text[i]) && !g_unichar_isdigit (text[i - 1]));
}

/* The best way to find the letters of the word in the text; NEVER when there is none. */
static int
match_word (const gunichar *word, int n_word, const gunichar *text, int n_text)
{
  int best[2][COMMAND_MATCH_LETTERS_MAX]; /* with this letter at that place */
  int *before = best[0], *now = best[1], result = NEVER;

  for (int i = 0; i < n_word; i++)
    {
      int far = NEVER; /* the best of all places before the last one */
      int *old = before;

      for (int j = 0; j < n_text; j++)
        {
          int reached = i == 0 ? 0 : NEVER;

          if (i > 0 && j > 0)
            reached
                = MAX (before[j - 1] + FOLLOWS,
                     far + (begins_word (text, j) ? BEGINS_AGAIN : AFTER_GAP));
          else if (i == 0 && begins_word (text, j))
            reached = BEGINS;
          now[j] = text[j] == word[i] ? reached : NEVER;
          if (i > 0 && j > 0)
            far = MAX (far, before[j - 1]);
        }
      before = now;
      now = old;
    }
  for (int j = 0; j < n_text; j++)
    result = MAX (result, before[j]);
  return result;
}

int
command_match (const char *const *words, const char *folded)
{
  gunichar text[COMMAND_MATCH_LETTERS_MAX], word[WORD_LETTERS_MAX];
  int n_text = letters_of (folded, text, COMMAND_MATCH_LETTERS_MAX), points = 0;

  n_text = n_text < 0 ? COMMAND_MATCH_LETTERS_MAX : n_text;
  for (guint i = 0; words[i] != NULL; i++)
    {
      int n_word = letters_of (words[i], word, WORD_LETTERS_MAX);
      int found = n_word < 0 ? NEVER : match_word (word, n_word, text, n_text);

      if (found < PER_LETTER * n_word || found < 0)
        return -1;
      points += found;
    }
  /* Of equals, the shortest. */
  return points * COMMAND_MATCH_LETTERS_MAX + COMMAND_MATCH_LETTERS_MAX - n_text;
}
