/* entry-filter-private.h - the filter's own parts, for entry-filter.c and entry-filter-parse.c. */
#pragma once

#include "entry-filter.h"

enum filter_key
{
  FILTER_TEXT,      /* no key at all */
  FILTER_NAME,
  FILTER_TYPE,
  FILTER_UNIT,
  FILTER_ROLE,
  FILTER_PID,
  FILTER_PROCESS,
  FILTER_IS
};

enum filter_is
{
  FILTER_CHANGED,
  FILTER_LOCKED,
  FILTER_HELD,
  FILTER_ARRAY,
  FILTER_VALUE,
  FILTER_STRUCT,
  FILTER_READONLY,
  FILTER_N_IS
};

/* One of what a comma parts. */
struct filter_value
{
  char *folded;
  char code;        /* of a type: the one letter that it is; 0: it is more */
  guint number;     /* enum shmlens_role, enum filter_is, or a process id */
};

struct filter_word
{
  enum filter_key key;
  gboolean negative;
  GArray *values;   /* of struct filter_value; one of them has to be true */
};

struct entry_filter
{
  GArray *words;    /* of struct filter_word */
  char *problem;
  GHashTable *names;
};

/* Fills in words and problem of an empty filter. */
void entry_filter_parse (EntryFilter *self, const char *text);

/* The next word of a text as it stands, newly allocated; NULL at the end. */
char *entry_filter_next_word (const char **text);
