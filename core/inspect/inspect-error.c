/* inspect-error.c - why the engine could not do something. */
#include "inspect-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "shmlens.h"

/* Longer than any name of a type, and any integer. */
#define WORD_SIZE 32

G_DEFINE_QUARK (inspect-error-quark, inspect_error)

static enum inspect_error
code_of_errno (int number)
{
  switch (number)
    {
    case ENOENT:
    case ESTALE:
      return INSPECT_ERROR_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
    case EXDEV:
      return INSPECT_ERROR_PERMISSION;
    case ETIMEDOUT:
    case EBUSY:
    case EAGAIN:
      return INSPECT_ERROR_TIMEOUT;
    case EINVAL:
    case ERANGE:
    case EOVERFLOW:
    case EILSEQ:
      return INSPECT_ERROR_BAD_VALUE;
    case ECANCELED:
    case EINTR:
      return INSPECT_ERROR_CANCELLED;
    case ENOTSUP:
      return INSPECT_ERROR_NO_LOCK;
    case EOWNERDEAD:
      return INSPECT_ERROR_OWNER_DIED;
    default:
      return INSPECT_ERROR_CORRUPT;
    }
}

/* What the library says behind a text that is no value. Its other sentences are for those who
 * write programs. */
static const char *const refusals[] = {
  N_ ("not a number; give it like 1.5, -2e-3, 0x1.8p0, inf or nan"),
  N_ ("longer than 4095 characters; leave out digits that make no difference"),
  N_ ("too large for float32; give -3.4028235e+38 to 3.4028235e+38, or inf"),
  N_ ("too large for float64; give -1.7976931348623157e+308 to 1.7976931348623157e+308, or inf"),
  N_ ("has no digits; give digits, with 0x, 0o or 0b before them unless decimal, and _ only"
      " between two of them"),
  N_ ("not an integer; give digits, with 0x, 0o or 0b before them unless decimal, and _ only"
      " between two of them"),
  N_ ("neither true nor false; give true, false, on, off, yes, no, 1 or 0"),
  N_ ("not an escape; use \\n \\t \\r \\0 \\\\ \\' \\\" or \\xNN"),
  N_ ("not an escape; use \\n \\t \\r \\0 \\\\ \\' \\\" \\xNN \\uXXXX or \\UXXXXXXXX"),
  N_ ("not valid UTF-8; give one UTF-8 character, or its number as \\uXXXX or \\UXXXXXXXX"),
  N_ ("more than one character; give one character, as itself or as an escape"),
  N_ ("more than one byte; give one byte, as itself or as \\xNN"),
};

char *
inspect_error_core_sentence (void)
{
  const char *sentence = shmlens_error ();
  const char *quoted = g_strrstr (sentence, "\": ");
  const char *refusal = quoted != NULL ? quoted + strlen ("\": ") : "";
  char type[WORD_SIZE], low[WORD_SIZE], high[WORD_SIZE];
  int length = (int) (refusal - sentence);

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (g_str_equal (refusal, refusals[i]))
      return g_strdup_printf ("%.*s%s", length, sentence, _(refusals[i]));
  if (sscanf (refusal, "does not fit into %31[^;]; give %31s to %31s", type, low, high) == 3)
    {
      /* Translators: stands behind a text: it does not fit into TYPE; give LEAST to GREATEST. */
      g_autofree char *why
        = g_strdup_printf (_("does not fit into %s; give %s to %s"), type, low, high);

      return g_strdup_printf ("%.*s%s", length, sentence, why);
    }
  if (sscanf (refusal, "empty; give one %31[^;]", type) == 1)
    {
      /* Translators: stands behind a text: it is empty; give one TYPE. */
      g_autofree char *why = g_strdup_printf (_("empty; give one %s"), type);

      return g_strdup_printf ("%.*s%s", length, sentence, why);
    }
  return g_strdup (sentence);
}

void
inspect_error_set_from_core (GError **error, int code)
{
  g_autofree char *sentence = inspect_error_core_sentence ();

  g_return_if_fail (code < 0);
  g_set_error_literal (error, INSPECT_ERROR, code_of_errno (-code), sentence);
}
