/* editor.h - applies edits on a thread of its own, and keeps the journal: undo
 * and redo are edits too, made under the lock like any other.
 *
 * All functions on the context the editor was made on.
 */
#pragma once

#include "edit.h"

typedef struct editor Editor;

Editor *editor_new (void);
/* Cancels what is under way. */
void editor_free (Editor *editor);

/* While an edit waits for its lock: whom for. Every 100 ms. `holder` has the lock
 * as attachment_describe_lock() sees it. */
typedef void (*EditorWaiting) (Editor *editor, const Edit *edit, guint64 waited_ns,
                               const struct shmlens_lock_info *holder, gpointer user_data);
void editor_set_waiting_func (Editor *editor, EditorWaiting func, gpointer user_data);

/* An edit was applied, undone or redone, or failed (error != NULL). */
typedef void (*EditorDone) (Editor *editor, const Edit *edit, gboolean recovered,
                            const GError *error, gpointer user_data);

/* Queues the edit; edits are applied one after the other. An edit that succeeds goes to
 * the journal and forgets what could be redone. */
void editor_apply (Editor *editor, Edit *edit, EditorDone done, gpointer user_data);

/* Gives up the edit that waits now, and those queued behind it. */
void editor_cancel (Editor *editor);
gboolean editor_is_busy (Editor *editor);

/* The journal. An undo writes back what was there before, under the lock, and only
 * where the element still is what the edit left there (else CONDITION, which names
 * both; force overrides). */
gboolean editor_can_undo (Editor *editor);
gboolean editor_can_redo (Editor *editor);
char *editor_describe_undo (Editor *editor);  /* "loss = 0.5"; NULL when there is none */
char *editor_describe_redo (Editor *editor);
void editor_undo (Editor *editor, gboolean force, EditorDone done, gpointer user_data);
void editor_redo (Editor *editor, gboolean force, EditorDone done, gpointer user_data);

/* Called when can_undo, can_redo, busy or their descriptions change. */
typedef void (*EditorChanged) (Editor *editor, gpointer user_data);
void editor_set_changed_func (Editor *editor, EditorChanged func, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Editor, editor_free)
