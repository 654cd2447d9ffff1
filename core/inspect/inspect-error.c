/* inspect-error.c - why the engine could not do something. */
#include "inspect-error.h"

#include <errno.h>

#include "shmlens.h"

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

void
inspect_error_set_from_core (GError **error, int code)
{
  g_return_if_fail (code < 0);
  g_set_error_literal (error, INSPECT_ERROR, code_of_errno (-code), shmlens_error ());
}
