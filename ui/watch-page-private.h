/* watch-page-private.h - the page's own parts, for watch-page.c and watch-page-actions.c. */
#pragma once

#include "edit-popover.h"
#include "text-popover.h"
#include "watch-page.h"

struct _WatchPage
{
  GtkWidget parent_instance;

  GtkStack *stack;
  GtkLabel *subtitle, *reason;
  GtkColumnView *view;
  GtkColumnViewColumn *segment_column, *note_column;
  GtkPopover *menu;
  GMenu *groups;
  EditPopover *edit_popover;   /* made when first needed, like the other */
  TextPopover *text_popover;
  enum { ASK_HEADING, ASK_NEW_HEADING, ASK_NOTE } asked;
  WatchItem *asked_of;         /* while the text is typed; of a new heading what it stands before */

  WatchListModel *model;
  gulong items_handler;
  WatchItem *explained;        /* the selected one: why it is not live is said below the list */
  gulong reason_handler;
  GtkSingleSelection *selection;
  gboolean narrow;
};

/* The place of an item; G_MAXUINT when it is in the list no more. */
guint watch_page_find (WatchPage *self, WatchItem *item);
/* Selects a row, and scrolls to it. */
void watch_page_select (WatchPage *self, guint position);
/* Gives the focus to the selected row, of which there is one, when the text popover is closed. */
void watch_page_focus_later (WatchPage *self);
/* Where the selected row's value stands; the middle of the page when it is not on the screen. */
GdkRectangle watch_page_place (WatchPage *self);

void watch_page_install_actions (GtkWidgetClass *class);
/* The headings that a row can be moved below. */
void watch_page_fill_groups (WatchPage *self);
