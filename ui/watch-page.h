/* watch-page.h - the watch list as a page of the window: values of any segment, live, edited
 * where they stand, below headings of one's own.
 */
#pragma once

#include <gtk/gtk.h>

#include "watch-list-model.h"

#define WATCH_TYPE_PAGE (watch_page_get_type ())
G_DECLARE_FINAL_TYPE (WatchPage, watch_page, WATCH, PAGE, GtkWidget)

/* Property `narrow`: only the name and the value are shown.
 *
 * Signal `open` (const char *segment, const char *entry): asks to show an entry where it is.
 *
 * Actions: watch.edit, watch.remove, watch.up, watch.down, watch.move-to (int32: of the heading, -1
 * before all headings), watch.heading, watch.note, watch.show, watch.copy-value, watch.copy-name,
 * watch.menu. */
void watch_page_set_model (WatchPage *self, WatchListModel *model);
