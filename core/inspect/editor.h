/* editor.h - applies edits on a thread of its own, and keeps the journal: undo
 * and redo are edits too, made under the lock like any other.
 *
 * All functions on the context the editor was made on.
 */
#pragma once

#include "edit-group.h"

typedef struct editor Editor;

Editor *editor_new (void);
/* Cancels what is under way; no callback comes afterwards. */
void editor_free (Editor *editor);

/* While an edit waits for its lock: whom for. Every 100 ms. `holder` has the lock
 * as attachment_describe_lock() sees it. */
typedef void (*EditorWaiting) (Editor *editor, const Edit *edit, guint64 waited_ns,
                               const LockInfo *holder, gpointer user_data);
void editor_set_waiting_func (Editor *editor, EditorWaiting func, gpointer user_data);

/* An edit was applied, undone or redone (error NULL), or failed (result NULL). `edit` is
 * NULL when there was nothing to undo or redo. */
typedef void (*EditorDone) (Editor *editor, const Edit *edit, const EditResult *result,
                            const GError *error, gpointer user_data);

/* Queues the edit; edits are applied one after the other. An edit that succeeds goes to
 * the journal and forgets what could be redone. `done` may be NULL. */
void editor_apply (Editor *editor, Edit *edit, EditorDone done, gpointer user_data);

/* The same for several as one step, which one undo takes back. Each edit has its outcome; `error` is
 * NULL when all were made. outcomes: of EditOutcome, valid during the call; NULL when it was
 * given up before its turn. An undo of several takes back those that it can; those that it
 * cannot now are left to be undone. */
typedef void (*EditorGroupDone) (Editor *editor, const EditGroup *group, const GArray *outcomes,
                                 const GError *error, gpointer user_data);
void editor_apply_group (Editor *editor, EditGroup *group, EditorGroupDone done,
                         gpointer user_data);

/* Gives up the edit that waits now, and those queued behind it: each is done with
 * CANCELLED. */
void editor_cancel (Editor *editor);
/* Whether anything is queued, under way, or not yet reported. */
gboolean editor_is_busy (Editor *editor);

/* The journal: the newest edits, bounded in number and in bytes of what was before and
 * after. A step that is larger fails with NO_UNDO, unless one of its edits is `without_undo`: then it
 * is made, cannot be undone, and leaves those before it as they are.
 *
 * An undo writes back what was there before, under the lock, and only where the element
 * still is what the edit left there (else CONDITION, which names both; force
 * overrides). What can never be undone any more, because its entry or segment is
 * gone, leaves the journal with its error. */
#define EDITOR_JOURNAL_EDITS 1000
#define EDITOR_JOURNAL_BYTES (64u << 20)

gboolean editor_can_undo (Editor *editor);
gboolean editor_can_redo (Editor *editor);
char *editor_describe_undo (Editor *editor);  /* "loss = 0.5"; NULL when there is none */
char *editor_describe_redo (Editor *editor);
/* The number of the step that would be undone or redone next: the highest so far when it is what
 * was made, undone or redone last, be it a part of a step. 0 when there is none. */
guint64 editor_get_undo_number (Editor *editor);
guint64 editor_get_redo_number (Editor *editor);
void editor_undo (Editor *editor, gboolean force, EditorDone done, gpointer user_data);
void editor_redo (Editor *editor, gboolean force, EditorDone done, gpointer user_data);

/* Called when can_undo, can_redo, busy or their descriptions change. */
typedef void (*EditorChanged) (Editor *editor, gpointer user_data);
void editor_set_changed_func (Editor *editor, EditorChanged func, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Editor, editor_free)
