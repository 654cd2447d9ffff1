/* attachment-table.h - the segments that are open, so that each is opened once however many look
 * at it: the table, the watch list, alerts. A second attachment would look at the program a second
 * time.
 *
 * It keeps nothing open: an attachment goes with its last user.
 *
 * Counted references; any function from any thread.
 */
#pragma once

#include "attachment.h"

AttachmentTable *attachment_table_new (void);
AttachmentTable *attachment_table_ref (AttachmentTable *self);
void attachment_table_unref (AttachmentTable *self);

/* Opens a segment by its id; NULL with an error. */
typedef Attachment *(*AttachmentOpen) (const char *id, gpointer user_data, GError **error);

/* The segment as somebody has it open, with a reference, as long as it is live; else what open()
 * makes, which is called in this thread. Who asks for one that is just being opened waits for it.
 * A recording is always opened: each shows the moment that its own user wants. */
Attachment *attachment_table_open (AttachmentTable *self, const char *id, AttachmentOpen open,
                                   gpointer user_data, GError **error);

/* For attachment_unref(): one of the table's is about to be freed. */
void attachment_table_forget (AttachmentTable *self, Attachment *attachment);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AttachmentTable, attachment_table_unref)
