/* snapshot-page.h - snapshots of the segment that is open: taken, kept, compared with what is there now
 * or with one another, and restored. */
#pragma once

#include <gtk/gtk.h>

#include "entry-list.h"

#define SNAPSHOT_TYPE_PAGE (snapshot_page_get_type ())
G_DECLARE_FINAL_TYPE (SnapshotPage, snapshot_page, SNAPSHOT, PAGE, GtkWidget)

/* Actions: snapshot.take, snapshot.rename, snapshot.save, snapshot.open, snapshot.delete,
 * snapshot.restore-all, snapshot.restore-selected. */

void snapshot_page_set_session (SnapshotPage *self, Session *session);
/* The segment that is open; NULL: none. The snapshots stay. */
void snapshot_page_set_list (SnapshotPage *self, EntryList *list);

/* What the choosers of files end in. */
void snapshot_page_open_file (SnapshotPage *self, const char *path);
void snapshot_page_save_file (SnapshotPage *self, const char *path);
