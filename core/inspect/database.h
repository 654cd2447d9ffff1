/* database.h - a file of tables: what recordings need of SQLite, which is an optional part of the
 * build. Without it (database-missing.c) nothing can be created or opened, and the error says so.
 *
 * A file that is opened may come from anybody: only tables are read, whatever it claims to hold,
 * no statement runs without end, and values are given only when they are of the type asked for.
 * One thread at a time.
 *
 * Errors are sentences with the path: PERMISSION the file or the disk refuses, CORRUPT it is no
 * such file or damaged, NOT_FOUND.
 */
#pragma once

#include <glib.h>

typedef struct database Database;
typedef struct statement Statement;

/* Whether this build has it. */
gboolean database_is_built (void);

/* Creates a file, which must not exist. A program that dies loses at most what was not committed. */
Database *database_create (const char *path, GError **error);
/* Opens one to read. application: the number that database_create's user put into it by
 * "PRAGMA application_id"; another's file is CORRUPT. tables: all that have to be there, to NULL. */
Database *database_open (const char *path, gint32 application, const char *const *tables,
                         GError **error);
/* NULL is allowed. Statements have to be freed before. */
void database_close (Database *database);

/* Runs statements that give no rows. */
gboolean database_run (Database *database, const char *sql, GError **error);

Statement *statement_new (Database *database, const char *sql, GError **error);
void statement_free (Statement *statement);

/* Parameters are numbered from 1. Text and blobs stay the caller's, until the step; NULL is null. */
void statement_bind_integer (Statement *statement, int index, gint64 value);
void statement_bind_text (Statement *statement, int index, const char *text);
void statement_bind_blob (Statement *statement, int index, const void *bytes, gsize size);

enum statement_step
{
  STATEMENT_FAILED = -1,
  STATEMENT_DONE = 0,
  STATEMENT_ROW = 1
};
/* The next row. When it is done or has failed it can be bound and stepped anew. */
enum statement_step statement_step (Statement *statement, GError **error);
/* Leaves the rows that are left. */
void statement_reset (Statement *statement);
/* The one row that the statement is to write. */
gboolean statement_run (Statement *statement, GError **error);

/* Columns are numbered from 0. FALSE when the value is not of the type: then results are left
 * alone. Text is valid UTF-8 of at most `longest` bytes, newly allocated; NULL when it is null
 * or something else. A blob stays valid until the next step or reset. */
gboolean statement_integer (Statement *statement, int column, gint64 least, gint64 most,
                            gint64 *ret_value);
gboolean statement_is_null (Statement *statement, int column);
char *statement_text (Statement *statement, int column, gsize longest);
const void *statement_blob (Statement *statement, int column, gsize *ret_size);

/* The error for a file whose tables hold what they should not. */
void database_fail_corrupt (Database *database, const char *what, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Database, database_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Statement, statement_free)
