/* ctl-columns.h - what watch and replay print of a segment: a column for each thing that was
 * asked for, a line for each moment. */
#pragma once

#include "ctl.h"

struct ctl_column
{
  char *name;             /* as it was written on the command line */
  struct target target;
  gboolean sampled;
  char *text;             /* of the newest sample; NULL when it could not be read */
  char *json;
  gboolean has_writes;
  guint64 writes;         /* its entry's write counter */
};

/* The columns (struct ctl_column) that the arguments after the first mean; without any, every
 * entry, long arrays by their first elements. The caller owns them. */
GPtrArray *ctl_columns_new (const struct ctl *ctl, Attachment *attachment, GError **error);

/* What it is now; elements NULL: it cannot be read. */
void ctl_column_set (struct ctl_column *column, const void *elements);

/* Prints the line of a moment (microseconds since 1970), in the form that was asked for. */
void ctl_columns_print (const struct ctl *ctl, GPtrArray *columns, gint64 wall_us);
/* The heading of comma separated values. */
void ctl_columns_print_heading (const struct ctl *ctl, GPtrArray *columns);
/* The same, to a text, of one column; and of its write counter. */
void ctl_append_heading (GString *line, const struct ctl *ctl, const struct ctl_column *column);
void ctl_append_writes (GString *line, const struct ctl_column *column);
/* Reads the counter of what is attached now. */
void ctl_column_take_writes (struct ctl_column *column, Attachment *attachment);
