/* entry-copy.h - entries with their values as text for other programs. Any thread. */
#pragma once

#include "attachment.h"
#include "literal.h"

typedef struct entry_copy EntryCopy;

/* One of the entries. */
struct entry_copy
{
  Attachment *attachment;
  EntryInfo *entry;
  guint8 *shown;      /* all of its elements as people see them; NULL: not so many are shown */
  gboolean is_shown;  /* these are what is copied; else only what there is when reading fails */
};

#define ENTRY_COPY_ELEMENTS_MAX 4000000

/* All that is in it is its own from now on; takes references. shown: elements, of which a copy is
 * made; NULL. */
void entry_copy_init (EntryCopy *copy, Attachment *attachment, EntryInfo *entry, const void *shown,
                      gboolean is_shown);
void entry_copy_clear (EntryCopy *copy);

/* What is not shown is read, without a lock.
 * CSV: a line with name, type and value of each, below a heading.
 * C: a variable for each, whose name is an identifier.
 * Python: of one entry its value; of several a dictionary by their names.
 *
 * NULL with BAD_VALUE for more than ENTRY_COPY_ELEMENTS_MAX elements in all, CORRUPT when one
 * cannot be read, CANCELLED when the task was given up. task: may be NULL. Newly allocated. */
char *entry_copy_text (const EntryCopy *copies, guint n, enum literal_form form, ArrayTask *task,
                       GError **error);
