/* history.h - a fixed ring of (time, value) of one watched entry. */
#pragma once

#include <glib.h>

typedef struct history History;

History *history_new (guint capacity);
void history_free (History *history);
/* Adds a sample; the oldest goes when the ring is full. Times ascend: a sample older than
 * the newest is left out. */
void history_add (History *history, gint64 time_us, double value);
void history_clear (History *history);
guint history_length (const History *history);
/* index 0 is the oldest. */
gboolean history_get (const History *history, guint index, gint64 *ret_time_us, double *ret_value);
/* Change per second over the last span_us: from the newest sample at least that old
 * (or the oldest) to the newest. NAN with fewer than two samples. */
double history_rate (const History *history, gint64 span_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (History, history_free)
