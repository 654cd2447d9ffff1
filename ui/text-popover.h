/* text-popover.h - asks for a line of text where it will stand. */
#pragma once

#include <gtk/gtk.h>

#define TEXT_TYPE_POPOVER (text_popover_get_type ())
G_DECLARE_FINAL_TYPE (TextPopover, text_popover, TEXT, POPOVER, GtkPopover)

/* Set as parent by whoever uses it, who unparents it in dispose.
 *
 * Signal `accepted` (const char *): the text is to be taken. A handler that cannot take it says
 * why by text_popover_refuse(); else the popover closes. */
TextPopover *text_popover_new (void);

/* title: what is asked for, which also is the accessible label of the entry. where: in
 * coordinates of its parent. */
void text_popover_open (TextPopover *self, const char *title, const char *text,
                        const GdkRectangle *where);
/* Within a handler of `accepted`. */
void text_popover_refuse (TextPopover *self, const char *why);
