/* snapshot-page-private.h - the page's own parts, for snapshot-page.c and snapshot-page-actions.c. */
#pragma once

#include "snapshot-list.h"
#include "snapshot-page.h"
#include "snapshot.h"

struct _SnapshotPage
{
  GtkWidget parent_instance;

  GtkDropDown *then_choice, *now_choice;
  GtkEditable *tolerance, *name;
  GtkLabel *status, *message, *hint;
  GtkStack *stack;
  GtkColumnView *view;
  GtkPopover *rename_popover;
  GtkWidget *more_button;

  Session *session;
  EntryList *list;
  GPtrArray *snapshots;         /* in the order of the choices */
  guint n_taken;
  GtkStringList *then_names, *now_names;
  SnapshotList *differences;
  GtkMultiSelection *selection;
  GCancellable *cancellable;
  gboolean is_filling;          /* the choices */
  gboolean is_comparing, is_outdated;
  guint timer;
};

/* The snapshot that is chosen, and the segment that is open; NULL: none. Owned by the page and
 * its list. */
Snapshot *snapshot_page_chosen (SnapshotPage *self);
Attachment *snapshot_page_attachment (SnapshotPage *self);
/* Makes the choices those that there are, and chooses one (NULL: none). */
void snapshot_page_fill (SnapshotPage *self, Snapshot *choice);

/* The name that was typed goes to the snapshot that is chosen. */
void snapshot_page_rename (GtkEntry *entry, SnapshotPage *self);
void snapshot_page_install_actions (GtkWidgetClass *class);
