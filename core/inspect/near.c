/* near.c - names that somebody may have meant, for errors. */
#include "near.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SHOWN 3
/* Longer names are compared by their beginning only. */
#define LONGEST 64

/* How many characters have to be put in, left out or changed; two that changed
 * places count once. */
static guint
distance (const char *a, const char *b)
{
  gsize a_length = MIN (strlen (a), LONGEST), b_length = MIN (strlen (b), LONGEST);
  guint rows[3][LONGEST + 1];

  for (gsize j = 0; j <= b_length; j++)
    rows[0][j] = j;
  for (gsize i = 1; i <= a_length; i++)
    {
      guint *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];

      row[0] = i;
      for (gsize j = 1; j <= b_length; j++)
        {
          guint changed = above[j - 1] + (g_ascii_tolower (a[i - 1]) != g_ascii_tolower (b[j - 1]));

          row[j] = MIN (changed, MIN (above[j], row[j - 1]) + 1);
          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            row[j] = MIN (row[j], two_above[j - 2] + 1);
        }
    }
  return rows[a_length % 3][b_length];
}

/* G_MAXUINT: not near. */
static guint
score (const char *wanted, const char *name)
{
  gsize length = strlen (wanted);
  guint d;

  if (length == 0)
    return G_MAXUINT;
  if (g_ascii_strncasecmp (name, wanted, length) == 0)
    return 0;
  d = distance (wanted, name);
  if (d <= 1 + length / 4 && d < length)
    return d;
  return length >= 3 && strstr (name, wanted) != NULL ? length : G_MAXUINT;
}

char *
near_names (const char *wanted, GPtrArray *names)
{
  const char *best[SHOWN];
  guint scores[SHOWN];
  guint n = 0;
  GString *text;

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];
      guint own = score (wanted, name);
      guint place = n;

      if (own == G_MAXUINT)
        continue;
      while (place > 0 && scores[place - 1] > own)
        place--;
      if (place == SHOWN)
        continue;
      if (n < SHOWN)
        n++;
      for (guint j = n - 1; j > place; j--)
        {
          best[j] = best[j - 1];
          scores[j] = scores[j - 1];
        }
      best[place] = name;
      scores[place] = own;
    }
  if (n == 0)
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; i < n; i++)
    {
      g_string_append (text, i > 0 ? ", " : "");
      /* Translators: a name, in the quotation marks of the language. */
      g_string_append_printf (text, _("\"%s\""), best[i]);
    }
  return g_string_free (text, FALSE);
}
