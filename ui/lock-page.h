/* lock-page.h - the page with the locks of the open segment: who has which, since when, who
 * waits, and how it was in the last minute. */
#pragma once

#include <gtk/gtk.h>

#include "lock-list.h"

#define LOCK_TYPE_PAGE (lock_page_get_type ())
G_DECLARE_FINAL_TYPE (LockPage, lock_page, LOCK, PAGE, GtkWidget)

/* Signal `activate` (LockItem *): a row was activated.
 *
 * session: tells how long shmlens itself has waited. */
GtkWidget *lock_page_new (Session *session);
/* NULL: shows nothing. Looks at the list more often while it is seen. */
void lock_page_set_list (LockPage *self, LockList *list);
