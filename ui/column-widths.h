/* column-widths.h - how wide the columns of a table are: as people last made them. */
#pragma once

#include <gtk/gtk.h>

typedef struct column_widths ColumnWidths;

/* In the settings: from the column's id to its width; -1 by what is in it. Only those that are not
 * as they are at first. */
#define COLUMN_WIDTHS_KEY "column-widths"

ColumnWidths *column_widths_new (void);
/* Keeps what was not kept yet. */
void column_widths_free (ColumnWidths *self);

/* Gives the column its width, and keeps what people make of it; a column that takes the room that
 * is left keeps none. id: static. width: at first. */
void column_widths_add (ColumnWidths *self, GtkColumnViewColumn *column, const char *id, int width);

/* Once all are added. */
void column_widths_set_settings (ColumnWidths *self, GSettings *settings);

/* This width for a while, which is not kept; 0: again the one that people made. */
void column_widths_override (ColumnWidths *self, const char *id, int width);

/* As they are at first. */
void column_widths_reset (ColumnWidths *self);
