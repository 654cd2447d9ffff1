/* array-find.c - looking for the next element that is what somebody asks for. */
#include "array-find.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "inspect-error.h"

/* ------------------------------------------------------------------- the query -- */

/* How values are given. */
struct form
{
  const struct shmlens_type *type;
  const Display *display;  /* NULL: as the type has it */
  guint bits;
};

static gboolean
parse_number (const struct form *form, const char *text, gsize length, Number *ret_number,
              GError **error)
{
  const struct shmlens_type *type = form->type;
  guint8 value[8];

  if (form->display != NULL)
    {
      g_autofree char *alone = g_strndup (text, length);

      if (!display_parse (form->display, type, form->bits, alone, value, error))
        return FALSE;
    }
  else if (shmlens_type_parse (type, text, length, value) < 0)
    {
      g_autofree char *sentence = inspect_error_core_sentence ();

      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                   _("%s; or look for >0.5, 1..2, != 0, nonfinite, changed"), sentence);
      return FALSE;
    }
  *ret_number = number_load (type, value);
  return TRUE;
}

static gboolean
parse_range (const struct form *form, const char *text, const char *dots,
             ArrayQuery *query, GError **error)
{
  query->has_low = query->has_high = TRUE;
  if (!parse_number (form, text, (gsize) (dots - text), &query->low, error)
      || !parse_number (form, dots + 2, strlen (dots + 2), &query->high, error))
    return FALSE;
  if (number_less_or_equal (&query->low, &query->high))
    return TRUE;
  g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                       _("the range ends before it begins; give the lower number first"));
  return FALSE;
}

/* How long the sign is that stands before the one value: "!=", ">", none. */
static gsize
sign_length (const char *text)
{
  gboolean is_one = text[0] == '>' || text[0] == '<' || text[0] == '=';

  if (g_str_has_prefix (text, "!=") || (is_one && text[1] == '='))
    return 2;
  return is_one ? 1 : 0;
}

static gboolean
parse_comparison (const struct form *form, const char *text, ArrayQuery *query,
                  GError **error)
{
  gboolean greater = text[0] == '>', less = text[0] == '<', other = g_str_has_prefix (text, "!=");
  gsize skip = sign_length (text);
  gboolean or_equal = skip == 2;
  Number number;

  if (!parse_number (form, text + skip, strlen (text + skip), &number, error))
    return FALSE;
  query->low = query->high = number;
  query->kind = other ? ARRAY_QUERY_OTHER : ARRAY_QUERY_RANGE;
  query->has_low = !less;
  query->has_high = !greater;
  query->above_low = greater && !or_equal;
  query->below_high = less && !or_equal;
  return TRUE;
}

/* A name may have dots and signs in it. */
static gboolean
is_name (const Display *display, const char *text)
{
  while (g_ascii_isspace (*text))
    text++;
  return display != NULL
         && (display->form == DISPLAY_LABELS || display->form == DISPLAY_BITS)
         && display_find_label (display, text) != NULL;
}

gboolean
array_query_parse (const struct shmlens_type *type, const Display *display, guint bits,
                   const char *text, ArrayQuery *ret_query, GError **error)
{
  gboolean has_form = display != NULL && display->form != DISPLAY_STANDARD
                      && display_suits (display, type);
  const struct form form = { type, has_form ? display : NULL, bits };
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  ArrayQuery query = { .kind = ARRAY_QUERY_RANGE };
  const char *dots = strstr (stripped, "..");
  gboolean right = TRUE;

  if (g_str_equal (stripped, "changed"))
    query.kind = ARRAY_QUERY_CHANGED;
  else if (g_str_equal (stripped, "nonfinite"))
    query.kind = ARRAY_QUERY_NOT_FINITE;
  else if (is_name (form.display, stripped))
    {
      right = parse_number (&form, stripped, strlen (stripped), &query.low, error);
      query.high = query.low;
      query.has_low = query.has_high = TRUE;
    }
  else if (dots != NULL && !is_name (form.display, stripped + sign_length (stripped)))
    right = parse_range (&form, stripped, dots, &query, error);
  else
    right = parse_comparison (&form, stripped, &query, error);
  if (right)
    *ret_query = query;
  return right;
}

static gboolean
is_finite (const Number *number)
{
  return number->form == NUMBER_INTEGER
         || (number->form == NUMBER_FLOAT ? isfinite (number->single) : isfinite (number->real));
}

static gboolean
is_wanted (const ArrayQuery *query, const Number *number)
{
  gboolean one = query->has_low && query->has_high && !query->above_low && !query->below_high;

  switch (query->kind)
    {
    case ARRAY_QUERY_NOT_FINITE:
      return !is_finite (number);
    case ARRAY_QUERY_OTHER:
      return !number_equal (number, &query->low);
    default:
      /* NaN is in no range, but a NaN that is looked for is found. */
      if (one && number_equal (number, &query->low))
        return TRUE;
      return (!query->has_low
              || (number_less_or_equal (&query->low, number)
                  && !(query->above_low && number_equal (&query->low, number))))
             && (!query->has_high
                 || (number_less_or_equal (number, &query->high)
                     && !(query->below_high && number_equal (&query->high, number))));
    }
}

/* -------------------------------------------------------------------- searching -- */

static gboolean
go_on (ArrayTask *task, guint64 n_done, guint64 n_all, GError **error)
{
  if (array_task_go_on (task, n_done, n_all))
    return TRUE;
  g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED,
                       _("given up before all was read; ask for it again"));
  return FALSE;
}

GBytes *
array_find_copy (ArrayReader *reader, ArrayTask *task, GError **error)
{
  guint64 n = array_block_n_elements (array_reader_get_block (reader)), number;
  gsize size = array_reader_get_type (reader)->size;
  const void *scalars;
  guint8 *copy = n <= ARRAY_FIND_COPY_BYTES / size ? g_try_malloc (MAX (n * size, 1)) : NULL;
  gint64 got;

  if (copy == NULL)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                   _("there is no room for a copy of so many elements to compare with; select at"
                     " most %u MiB of them"),
                   ARRAY_FIND_COPY_BYTES >> 20);
      return NULL;
    }
  array_reader_rewind (reader);
  while ((got = array_reader_next (reader, &scalars, &number, error)) > 0)
    {
      memcpy (copy + number * size, scalars, (gsize) got * size);
      if (!go_on (task, number + (guint64) got, n, error))
        got = -1;
      if (got < 0)
        break;
    }
  if (got == 0)
    return g_bytes_new_take (copy, n * size);
  g_free (copy);
  return NULL;
}

struct search
{
  ArrayReader *reader;
  const ArrayQuery *query;
  const guint8 *copy;      /* NULL: none */
  gboolean backwards;
  ArrayTask *task;
  guint64 n_done, n_all;
};

/* The first wanted one of a piece, or the last; n when there is none. */
static guint64
search_piece (const struct search *search, const guint8 *scalars, guint64 number, guint64 n)
{
  const struct shmlens_type *type = array_reader_get_type (search->reader);

  for (guint64 i = 0; i < n; i++)
    {
      guint64 at = search->backwards ? n - 1 - i : i;
      const guint8 *scalar = scalars + at * type->size;

      if (search->query->kind == ARRAY_QUERY_CHANGED)
        {
          if (memcmp (scalar, search->copy + (number + at) * type->size, type->size) != 0)
            return at;
        }
      else
        {
          Number value = number_load (type, scalar);

          if (is_wanted (search->query, &value))
            return at;
        }
    }
  return n;
}

/* Looks through first <= number < last; *found is set when there is one. */
static gboolean
search_part (struct search *search, guint64 first, guint64 last, gboolean *found,
             guint64 *ret_number, GError **error)
{
  guint64 piece = array_reader_get_piece (search->reader);

  while (first < last)
    {
      guint64 begin = search->backwards && last - first > piece ? last - piece : first;
      guint64 number, n, at;
      const void *scalars;
      gint64 got;

      array_reader_seek (search->reader, begin);
      got = array_reader_next (search->reader, &scalars, &number, error);
      if (got < 0)
        return FALSE;
      n = MIN ((guint64) got, last - begin);
      at = search_piece (search, scalars, number, n);
      if (at < n)
        {
          *found = TRUE;
          *ret_number = number + at;
          return TRUE;
        }
      search->n_done += n;
      if (!go_on (search->task, search->n_done, search->n_all, error))
        return FALSE;
      if (search->backwards)
        last = begin;
      else
        first += n;
    }
  return TRUE;
}

gboolean
array_find (ArrayReader *reader, const ArrayQuery *query, GBytes *copy, guint64 from,
            gboolean backwards, ArrayTask *task, struct array_found *ret_found, GError **error)
{
  guint64 n = array_block_n_elements (array_reader_get_block (reader));
  gsize size = n * array_reader_get_type (reader)->size;
  struct search search = { .reader = reader, .query = query, .backwards = backwards, .task = task,
                           .n_all = n };
  struct array_found found = { .found = FALSE };

  *ret_found = found;
  if (n == 0)
    return TRUE;
  from = MIN (from, n - 1);
  if (query->kind == ARRAY_QUERY_CHANGED)
    {
      g_return_val_if_fail (copy != NULL && g_bytes_get_size (copy) == size, FALSE);
      search.copy = g_bytes_get_data (copy, NULL);
    }
  if (!search_part (&search, backwards ? 0 : from + 1, backwards ? from : n, &found.found,
                    &found.number, error))
    return FALSE;
  if (!found.found)
    {
      found.wrapped = TRUE;
      if (!search_part (&search, backwards ? from : 0, backwards ? n : from + 1, &found.found,
                        &found.number, error))
        return FALSE;
    }
  *ret_found = found;
  return TRUE;
}
