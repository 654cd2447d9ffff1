/* entry-sort.h - by what entries are put in order. */
#pragma once

#include "entry-item.h"
#include "number.h"

enum entry_sort
{
  ENTRY_SORT_NONE,
  ENTRY_SORT_NAME,
  ENTRY_SORT_TYPE,
  ENTRY_SORT_VALUE,
  ENTRY_SORT_STATISTIC,
  ENTRY_SORT_LOCK,
  ENTRY_SORT_CHANGED
};

/* What an entry is compared by, as it was when it was made: values move while others are sorted.
 * Numbers come before texts, and what is not known comes last. */
struct entry_sort_key
{
  enum { ENTRY_SORT_NUMBER, ENTRY_SORT_TEXT, ENTRY_SORT_UNKNOWN } kind;
  Number number;
  char *text;
};

/* statistic: of ENTRY_SORT_STATISTIC. The key must be empty, or have been cleared. */
void entry_sort_key_make (EntryItem *item, enum entry_sort by, enum entry_statistic statistic,
                          struct entry_sort_key *ret_key);
void entry_sort_key_clear (struct entry_sort_key *key);
/* As strcmp() does; NaN comes behind all other numbers. */
int entry_sort_key_compare (const struct entry_sort_key *a, const struct entry_sort_key *b);
/* Whether the order changes by itself. */
gboolean entry_sort_is_live (enum entry_sort by);
