/* session.h - what a window works with: who finds, samples and edits segments, and
 * how fast.
 *
 * Counted, so that the sampler outlives every row that watches something.
 */
#pragma once

#include <gio/gio.h>

#include "editor.h"
#include "hold.h"
#include "sampler.h"
#include "source.h"

#define SESSION_TYPE (session_get_type ())
G_DECLARE_FINAL_TYPE (Session, session, SHMLENS, SESSION, GObject)

/* Properties: `rate` (Hz), `paused`, `lock-timeout` (seconds), `lock-notice` (seconds
 * after which a lock is said to be held long, 0 never), `mark-changes`, and
 * read-only `undo-text`, `redo-text` (NULL when there is nothing), `busy`, and `holds` (no
 * value), notified when other entries are held.
 *
 * Signals: `tick` (gint64 time_us) after the samples of a tick; `waiting` (Edit *, guint64
 * waited_ns, const LockInfo *) while an edit waits for its lock.
 *
 * roots: NULL means the real ones. */
Session *session_new (const struct registry_roots *roots);

Registry *session_get_registry (Session *self);
Sampler *session_get_sampler (Session *self);
Editor *session_get_editor (Session *self);
guint64 session_get_lock_timeout_ns (Session *self);
/* How long its edits have waited for locks in all; waits below a tenth of a second do not count. */
guint64 session_get_waited_ns (Session *self);
gboolean session_get_mark_changes (Session *self);

/* What is kept from changing now: of Hold; NULL nothing. Those that have ended do not count. */
void session_set_holds (Session *self, GPtrArray *holds);
/* Whether an entry, or a part of it, is among them. */
gboolean session_is_held (Session *self, const SegmentInfo *segment, const EntryInfo *entry);

/* Opens a segment on a thread of its own. As long as it is live, all who open it share one
 * attachment; but not of a recording. */
void session_open (Session *self, const char *id, GCancellable *cancellable,
                   GAsyncReadyCallback callback, gpointer user_data);
Attachment *session_open_finish (Session *self, GAsyncResult *result, GError **error);

/* Applies an edit with the session's time limit; takes over nothing. */
void session_apply (Session *self, Edit *edit, GAsyncReadyCallback callback, gpointer user_data);
void session_undo (Session *self, gboolean force, GAsyncReadyCallback callback,
                   gpointer user_data);
void session_redo (Session *self, gboolean force, GAsyncReadyCallback callback,
                   gpointer user_data);
/* ret_recovered: whether a dead holder's lock was recovered; may be NULL. */
gboolean session_edit_finish (Session *self, GAsyncResult *result, gboolean *ret_recovered,
                              GError **error);
/* The edit that such a result is of, with a reference; NULL when there was none. */
Edit *session_edit_of_result (GAsyncResult *result);
