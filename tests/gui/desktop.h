/* desktop.h - what shows notifications on a desktop, of the test's own. */
#pragma once

#include <gio/gio.h>

struct desktop
{
  guint n_shown;           /* also in place of earlier ones */
  guint last, replaced;    /* the last one's number, and of the one that it came in place of: 0 none */
  char *title, *body;      /* of the last one */
  char *action;            /* that a click on it means */
};

extern struct desktop desktop;

/* FALSE: there is no bus. */
gboolean desktop_start (void);
void desktop_stop (void);
/* Somebody clicks on the last notification. */
void desktop_click (void);
