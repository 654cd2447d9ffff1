/* entry-table-private.h - what the two halves of the table share: entry-table.c is what is shown
 * and selected, entry-table-actions.c what can be done with it. */
#pragma once

#include "column-chooser.h"
#include "edit-popover.h"
#include "entry-columns.h"
#include "entry-follow.h"
#include "entry-row-filter.h"
#include "entry-selection.h"
#include "entry-table.h"
#include "group-popover.h"
#include "list-fill.h"

struct _EntryTable
{
  GtkWidget parent_instance;

  GtkColumnView *view;
  EntryColumns *columns;
  GtkPopover *menu;
  EditPopover *popover;      /* made when first needed, as are these */
  GroupPopover *group_popover;
  ColumnChooser *chooser;
  EntryFollow *follow;

  GtkFilterListModel *filtered;
  EntryRowFilter *filter;    /* owned by the model above */
  GtkWidget *no_match;
  ListFill *fill;
  EntrySelection *selection;
  gboolean narrow;
};

/* Its place among the rows, those that are still to come too; G_MAXUINT when there is none. */
guint entry_table_find (EntryTable *self, const char *name, gboolean by_other_names);
void entry_table_scroll_to_selected (EntryTable *self);

/* Of the row that was activated, and of the one that the secondary button was pressed on. */
void entry_table_edit_row (GtkColumnView *view, guint position, EntryTable *self);
void entry_table_open_menu (GtkGestureClick *gesture, int n_press, double x, double y,
                            EntryTable *self);
/* Those that can be done with what is selected. */
void entry_table_enable_actions (EntryTable *self);
void entry_table_install_actions (GtkWidgetClass *class);
