/* entry-trace.h - the last while of one value, in columns of equal time as a small picture
 * draws them: each from the least to the greatest value that was in it.
 *
 * Between two values the value is taken to have stayed what it was. Memory is bounded; the
 * cost of a call is that of the columns which went by. Times ascend: a value older than
 * the last is left out. Not safe between threads by itself.
 */
#pragma once

#include <glib.h>

typedef struct entry_trace EntryTrace;

EntryTrace *entry_trace_new (guint n_columns, gint64 column_us);
void entry_trace_free (EntryTrace *self);
/* The value at this time; not finite: it is not known from here on. */
void entry_trace_add (EntryTrace *self, gint64 time_us, double value);
/* Goes on to this time with the value as it is. */
void entry_trace_advance (EntryTrace *self, gint64 now_us);
void entry_trace_clear (EntryTrace *self);

/* Raised with each column that begins: until then the picture may stay as it is. */
guint64 entry_trace_get_serial (const EntryTrace *self);
guint entry_trace_get_n_columns (const EntryTrace *self);
/* Column 0 is the oldest that there is room for. FALSE: nothing is known of that time. */
gboolean entry_trace_get (const EntryTrace *self, guint column, double *ret_least,
                          double *ret_greatest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntryTrace, entry_trace_free)
