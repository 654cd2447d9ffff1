/* plot-page-private.h - what the two halves of the page share: plot-page.c is what is
 * plotted, plot-page-actions.c what can be done with it. */
#pragma once

#include "plot-page.h"
#include "status-page.h"

struct _PlotPage
{
  GtkWidget parent_instance;

  GtkMenuButton *add_button, *menu;
  GtkPopover *add_popover, *range_popover;
  GtkEntry *add_entry, *range_minimum, *range_maximum;
  GtkLabel *add_error, *range_error;
  GtkWidget *tools;
  GtkInscription *note;
  GtkStack *stack;
  StatusPage *empty;
  PlotView *view;
  GtkListBox *legend;
  int legend_chosen;      /* its width, by people; 0: not yet */
  int position, highest;  /* of the handle beside it, as given last, and what could be given then */

  PlotList *plots;
  Session *session;
  gulong tick_handler;
  EntryList *list;
  EntryItem *item;
  Attachment *recorded;   /* the segment that is recorded; NULL: none */
  char *recorded_path;
  gboolean logarithmic;
  enum plot_panes panes;
  gint64 shown_us;        /* when the legend was brought up to date */
};

/* Asks what to add; item: what of is suggested, NULL nothing. */
void plot_page_ask (PlotPage *self, EntryItem *item);
/* The range that was typed in. */
void plot_page_take_range (GtkWidget *widget, PlotPage *self);
void plot_page_install_actions (GtkWidgetClass *class);
