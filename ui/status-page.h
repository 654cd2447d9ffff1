/* status-page.h - fills a place where nothing can be shown, says why, and what to do. */
#pragma once

#include <gtk/gtk.h>

#define STATUS_TYPE_PAGE (status_page_get_type ())
G_DECLARE_FINAL_TYPE (StatusPage, status_page, STATUS, PAGE, GtkWidget)

/* Properties: `icon-name` (NULL: none, where the place is low), `title`, `description`, and of the
 * button `button-label` and `action-name` (no button when they are NULL). */
void status_page_set (StatusPage *self, const char *icon_name, const char *title,
                      const char *description, const char *button_label,
                      const char *action_name);
