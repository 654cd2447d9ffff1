/* database.c - a file of tables, by SQLite. */
#include "database.h"

#include <dlfcn.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sqlite3.h>
#include <string.h>

#include "inspect-error.h"

/* A statement over a file of somebody else's is given up after so many steps of SQLite's machine:
 * some seconds. */
#define STEPS_BETWEEN 100000
#define STEPS_MOST 20000
/* The longest value, and the longest wait for another process that writes. */
#define VALUE_BYTES_MAX (512 << 20)
#define BUSY_MS 2000

/* What is used of the library, which is loaded when the first file is: most runs of shmlensctl
 * need none. */
#define FUNCTIONS \
  FUNCTION (bind_blob64) FUNCTION (bind_int64) FUNCTION (bind_null) \
  FUNCTION (bind_text) FUNCTION (busy_timeout) FUNCTION (close) FUNCTION (column_blob) \
  FUNCTION (column_bytes) FUNCTION (column_int64) FUNCTION (column_text) \
  FUNCTION (column_type) FUNCTION (db_config) FUNCTION (errcode) FUNCTION (errmsg) \
  FUNCTION (exec) FUNCTION (extended_result_codes) FUNCTION (finalize) FUNCTION (limit) \
  FUNCTION (open_v2) FUNCTION (prepare_v3) FUNCTION (progress_handler) FUNCTION (reset) \
  FUNCTION (step) FUNCTION (system_errno)

static struct
{
#define FUNCTION(name) __typeof__ (sqlite3_##name) *name;
  FUNCTIONS
#undef FUNCTION
} sqlite;

struct database
{
  sqlite3 *handle;
  char *path;
  guint steps;         /* of the statement that runs, in STEPS_BETWEEN */
};

struct statement
{
  Database *database;
  sqlite3_stmt *handle;
};

gboolean
database_is_built (void)
{
  return TRUE;
}

/* Once, by whichever thread comes first; it stays until the program ends. */
static gboolean
load_library (const char *path, GError **error)
{
  static gsize state;   /* 1: it is not there, 2: it is */

  if (g_once_init_enter (&state))
    {
      void *library = dlopen ("libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL);
      gboolean is_whole = library != NULL;

#define FUNCTION(name) \
  is_whole = is_whole && (*(void **) &sqlite.name = dlsym (library, "sqlite3_" #name)) != NULL;
      FUNCTIONS
#undef FUNCTION
      g_once_init_leave (&state, is_whole ? 2 : 1);
    }
  if (state == 2)
    return TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
               _("%s: SQLite, in which recordings are kept, is not installed; install the package"
                 " libsqlite3-0"),
               path);
  return FALSE;
}

static void
fail (Database *self, GError **error)
{
  int code = sqlite.errcode (self->handle) & 0xff;
  int reason = sqlite.system_errno (self->handle);
  const char *why = sqlite.errmsg (self->handle);

  if ((code == SQLITE_IOERR || code == SQLITE_CANTOPEN) && (reason == ENOSPC || reason == EDQUOT))
    code = SQLITE_FULL;
  switch (code)
    {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:
    case SQLITE_FORMAT:
    case SQLITE_TOOBIG:
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
                   _("%s is no recording, or damaged (%s); use a copy that is whole"), self->path,
                   why);
      break;
    case SQLITE_INTERRUPT:
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
                   _("%s is made so that reading it takes too long; do not trust it"), self->path);
      break;
    case SQLITE_FULL:
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                   _("%s cannot be written: the disk is full; make room, or record fewer entries"),
                   self->path);
      break;
    default:
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                   _("%s cannot be used (%s); see that it and its directory may be read and"
                     " written"),
                   self->path, why);
      break;
    }
}

static int
count_steps (void *data)
{
  Database *self = data;

  return ++self->steps > STEPS_MOST;
}

/* The handle is there also when opening failed, and has the reason. */
static Database *
open_file (const char *path, const char *uri, int flags, GError **error)
{
  g_autoptr (Database) self = NULL;

  if (!load_library (path, error))
    return NULL;
  self = g_new0 (Database, 1);
  self->path = g_strdup (path);
  if (sqlite.open_v2 (uri, &self->handle, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL)
      != SQLITE_OK)
    {
      if (self->handle != NULL)
        fail (self, error);
      else
        g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                     _("%s cannot be opened: there is no memory for it; close other programs"),
                     path);
      return NULL;
    }
  sqlite.extended_result_codes (self->handle, 1);
  sqlite.busy_timeout (self->handle, BUSY_MS);
  sqlite.limit (self->handle, SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX);
  return g_steal_pointer (&self);
}

static char *
uri_of (const char *path, const char *query)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *escaped = g_uri_escape_string (absolute, "/", FALSE);

  return g_strconcat ("file://", escaped, query, NULL);
}

Database *
database_create (const char *path, GError **error)
{
  g_autofree char *uri = uri_of (path, "");
  g_autoptr (Database) self = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                   _("%s is there already; give another name, or remove it first"), path);
      return NULL;
    }
  self = open_file (path, uri, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);
  if (self == NULL || !database_run (self, "PRAGMA journal_mode=WAL", error)
      || !database_run (self, "PRAGMA synchronous=NORMAL", error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Whether all of them are plain tables: a view or a virtual table could do anything. */
static gboolean
check_tables (Database *self, const char *const *tables, GError **error)
{
  g_autoptr (Statement) statement = statement_new (
    self,
    "SELECT count(*) FROM sqlite_schema WHERE name = ? AND type = 'table' AND rootpage > 0"
    " AND sql LIKE 'CREATE TABLE %'",
    error);
  gint64 count;

  if (statement == NULL)
    return FALSE;
  for (; *tables != NULL; tables++)
    {
      statement_bind_text (statement, 1, *tables);
      if (statement_step (statement, error) != STATEMENT_ROW)
        return FALSE;
      if (!statement_integer (statement, 0, 1, 1, &count))
        {
          database_fail_corrupt (self, *tables, error);
          return FALSE;
        }
      statement_reset (statement);
    }
  return TRUE;
}

static gboolean
check_application (Database *self, gint32 application, GError **error)
{
  g_autoptr (Statement) statement = statement_new (self, "PRAGMA application_id", error);
  gint64 found;

  if (statement == NULL || statement_step (statement, error) != STATEMENT_ROW)
    return FALSE;
  if (statement_integer (statement, 0, application, application, &found))
    return TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
               _("%s is no recording of shmlens; record one with shmlensctl record"), self->path);
  return FALSE;
}

Database *
database_open (const char *path, gint32 application, const char *const *tables, GError **error)
{
  g_autofree char *uri = uri_of (path, "?mode=ro");
  g_autofree char *immutable = uri_of (path, "?mode=ro&immutable=1");
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autoptr (Database) self = NULL;
  g_autoptr (GError) first = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s: there is no such file; give the path of a recording"), path);
      return NULL;
    }
  self = open_file (path, uri, SQLITE_OPEN_READONLY, error);
  if (self == NULL)
    return NULL;
  /* A finished recording can lie where nothing may be written, which SQLite would do. */
  if (!check_application (self, application, &first)
      && g_error_matches (first, INSPECT_ERROR, INSPECT_ERROR_PERMISSION)
      && !g_file_test (log, G_FILE_TEST_EXISTS))
    {
      database_close (self);
      self = open_file (path, immutable, SQLITE_OPEN_READONLY, error);
      g_clear_error (&first);
      if (self == NULL || !check_application (self, application, error))
        return NULL;
    }
  if (first != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&first));
      return NULL;
    }
  sqlite.progress_handler (self->handle, STEPS_BETWEEN, count_steps, self);
  sqlite.db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *) NULL);
  sqlite.db_config (self->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *) NULL);
  if (!database_run (self, "PRAGMA cell_size_check=ON", error)
      || !check_tables (self, tables, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
database_close (Database *self)
{
  if (self == NULL)
    return;
  if (self->handle != NULL)
    sqlite.close (self->handle);
  g_free (self->path);
  g_free (self);
}

gboolean
database_run (Database *self, const char *sql, GError **error)
{
  self->steps = 0;
  if (sqlite.exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  fail (self, error);
  return FALSE;
}

Statement *
statement_new (Database *database, const char *sql, GError **error)
{
  Statement *self = g_new0 (Statement, 1);

  self->database = database;
  if (sqlite.prepare_v3 (database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &self->handle,
                          NULL)
      == SQLITE_OK)
    return self;
  fail (database, error);
  g_free (self);
  return NULL;
}

void
statement_free (Statement *self)
{
  if (self == NULL)
    return;
  sqlite.finalize (self->handle);
  g_free (self);
}

void
statement_bind_integer (Statement *self, int index, gint64 value)
{
  sqlite.bind_int64 (self->handle, index, value);
}

void
statement_bind_text (Statement *self, int index, const char *text)
{
  sqlite.bind_text (self->handle, index, text, -1, SQLITE_STATIC);
}

void
statement_bind_blob (Statement *self, int index, const void *bytes, gsize size)
{
  if (bytes == NULL)
    sqlite.bind_null (self->handle, index);
  else
    sqlite.bind_blob64 (self->handle, index, bytes, size, SQLITE_STATIC);
}

enum statement_step
statement_step (Statement *self, GError **error)
{
  int code;

  self->database->steps = 0;
  code = sqlite.step (self->handle);
  if (code == SQLITE_ROW)
    return STATEMENT_ROW;
  if (code != SQLITE_DONE)
    fail (self->database, error);
  sqlite.reset (self->handle);
  return code == SQLITE_DONE ? STATEMENT_DONE : STATEMENT_FAILED;
}

void
statement_reset (Statement *self)
{
  sqlite.reset (self->handle);
}

gboolean
statement_run (Statement *self, GError **error)
{
  enum statement_step step = statement_step (self, error);

  if (step == STATEMENT_ROW)
    statement_reset (self);
  return step != STATEMENT_FAILED;
}

gboolean
statement_integer (Statement *self, int column, gint64 least, gint64 most, gint64 *ret_value)
{
  gint64 value;

  if (sqlite.column_type (self->handle, column) != SQLITE_INTEGER)
    return FALSE;
  value = sqlite.column_int64 (self->handle, column);
  if (value < least || value > most)
    return FALSE;
  *ret_value = value;
  return TRUE;
}

gboolean
statement_is_null (Statement *self, int column)
{
  return sqlite.column_type (self->handle, column) == SQLITE_NULL;
}

char *
statement_text (Statement *self, int column, gsize longest)
{
  const char *text;
  gsize size;

  if (sqlite.column_type (self->handle, column) != SQLITE_TEXT)
    return NULL;
  text = (const char *) sqlite.column_text (self->handle, column);
  size = (gsize) sqlite.column_bytes (self->handle, column);
  if (text == NULL || size > longest || memchr (text, '\0', size) != NULL
      || !g_utf8_validate (text, (gssize) size, NULL))
    return NULL;
  return g_strndup (text, size);
}

const void *
statement_blob (Statement *self, int column, gsize *ret_size)
{
  if (sqlite.column_type (self->handle, column) != SQLITE_BLOB)
    return NULL;
  *ret_size = (gsize) sqlite.column_bytes (self->handle, column);
  /* Of no bytes it is NULL. */
  return *ret_size > 0 ? sqlite.column_blob (self->handle, column) : "";
}

void
database_fail_corrupt (Database *self, const char *what, GError **error)
{
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
               /* Translators: the path, and the table of the file. */
               _("%s is damaged: its \"%s\" hold what no recording holds; use a copy that is whole"),
               self->path, what);
}
