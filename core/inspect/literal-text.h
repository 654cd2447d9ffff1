/* literal-text.h - characters and names as other programs' source code and spreadsheets write
 * them. Any thread. */
#pragma once

#include <glib.h>

enum literal_form
{
  LITERAL_TABLE,   /* tabs between cells, a line a row: for a spreadsheet */
  LITERAL_CSV,     /* commas between cells */
  LITERAL_C,       /* initializers */
  LITERAL_PYTHON   /* what ast.literal_eval() takes, but for NaN and infinities */
};

typedef struct literal_characters LiteralCharacters;

/* Several characters that are one text. */
struct literal_characters
{
  const guint8 *bytes;
  guint64 n;
  gsize size;         /* of one, in bytes: 1 or 4 */
  gboolean swapped;
  gboolean is_text;   /* bytes are meant as UTF-8, and nothing counts from the first NUL on */
};

/* As one string: "text", L"text" of wide ones; 'text', or b'text' of bytes that are no text. NULs
 * at the end are left out. is_bare: without quotation marks, in a cell of its own. */
void literal_append_string (GString *text, enum literal_form form,
                            const LiteralCharacters *characters, gboolean is_bare);

/* One character: 'a', L'a'; b'a'; in a cell as itself. */
void literal_append_character (GString *text, enum literal_form form,
                               const LiteralCharacters *character);

/* A name of valid UTF-8 as a string of Python. */
void literal_append_python_name (GString *text, const char *name);

/* The name as an identifier of C that is not among those that are taken, to which it is added:
 * "worker 2" is worker_2. Newly allocated. taken: its keys are char *, which it frees; its values
 * are of no meaning to others. */
char *literal_identifier (const char *name, GHashTable *taken);

/* What is in it, in quotation marks where the cell would end before. */
void literal_append_cell (GString *text, enum literal_form form, const char *cell);
