/* filter-menu.h - the button beside a filter: what can be looked for, without knowing how it
 * is written; and what is wrong with what was written. */
#pragma once

#include <gtk/gtk.h>

#define FILTER_TYPE_MENU (filter_menu_get_type ())
G_DECLARE_FINAL_TYPE (FilterMenu, filter_menu, FILTER, MENU, GtkWidget)

/* Property `entry` (GtkEditable): the filter, as EntryFilter reads it. Its tooltip and its
 * accessible description say what could not be understood, or how to write it.
 *
 * Actions: filter.clear, and one of each word that is offered (filter.role-flag), which puts it
 * in or takes it out. */
