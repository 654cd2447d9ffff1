/* database-missing.c - a build without SQLite: no file can be created or opened, so that nothing
 * else here is ever reached with one. */
#include "database.h"

#include <glib/gi18n-lib.h>

#include "inspect-error.h"

gboolean
database_is_built (void)
{
  return FALSE;
}

static void
fail (const char *path, GError **error)
{
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
               _("%s: this shmlens was built without SQLite, in which recordings are kept; install"
                 " libsqlite3-dev and build it again"),
               path);
}

Database *
database_create (const char *path, GError **error)
{
  fail (path, error);
  return NULL;
}

Database *
database_open (const char *path, gint32 application, const char *const *tables, GError **error)
{
  fail (path, error);
  return NULL;
}

void
database_close (Database *database)
{
}

gboolean
database_run (Database *database, const char *sql, GError **error)
{
  g_return_val_if_reached (FALSE);
}

Statement *
statement_new (Database *database, const char *sql, GError **error)
{
  g_return_val_if_reached (NULL);
}

void
statement_free (Statement *statement)
{
}

void
statement_bind_integer (Statement *statement, int index, gint64 value)
{
}

void
statement_bind_text (Statement *statement, int index, const char *text)
{
}

void
statement_bind_blob (Statement *statement, int index, const void *bytes, gsize size)
{
}

enum statement_step
statement_step (Statement *statement, GError **error)
{
  g_return_val_if_reached (STATEMENT_FAILED);
}

void
statement_reset (Statement *statement)
{
}

gboolean
statement_run (Statement *statement, GError **error)
{
  g_return_val_if_reached (FALSE);
}

gboolean
statement_integer (Statement *statement, int column, gint64 least, gint64 most, gint64 *ret_value)
{
  g_return_val_if_reached (FALSE);
}

gboolean
statement_is_null (Statement *statement, int column)
{
  g_return_val_if_reached (TRUE);
}

char *
statement_text (Statement *statement, int column, gsize longest)
{
  g_return_val_if_reached (NULL);
}

const void *
statement_blob (Statement *statement, int column, gsize *ret_size)
{
  g_return_val_if_reached (NULL);
}

void
database_fail_corrupt (Database *database, const char *what, GError **error)
{
}
