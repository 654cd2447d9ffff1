/* array-grid-private.h - what the parts of the grid share: array-grid.c places and selects,
 * array-grid-input.c takes keys and the pointer, array-grid-draw.c draws. */
#pragma once

#include "array-grid.h"
#include "array-rows.h"
#include "glyph-painter.h"

#define PADDING 8.0            /* on both sides of a cell's text */
#define LINE_PADDING 3.0       /* above and below */
#define MARK_US (G_USEC_PER_SEC * 8 / 10)  /* how long a change stays marked */

struct _ArrayGrid
{
  GtkWidget parent_instance;

  ArrayRows *rows;         /* NULL: shows nothing */
  EntryInfo *entry;
  GlyphPainter *painter;   /* made anew when the font changes */
  GtkAdjustment *adjustments[2];  /* by GtkOrientation */
  GtkScrollablePolicy policies[2];
  guint64 row, column;     /* the current cell */
  guint64 anchor_row, anchor_column;  /* where the selection began that ends there */
  gboolean follows;        /* the current cell is in sight, and is to stay there */
  gboolean mark_changes;
  guint unmark;            /* a timeout that takes marks off again */
};

/* Pixels; all of them depend on the font. */
struct geometry
{
  double line;          /* height of a row, and of the heading */
  double cell;          /* width of a cell */
  double title;         /* width of what stands before a row */
  double view_width;    /* for cells */
  double view_height;
  guint64 first_row, last_row;        /* in sight */
  guint64 first_column, last_column;
};

/* Moves the current cell, and the end of the selection; extend: not its beginning. */
void array_grid_move (ArrayGrid *self, guint64 row, guint64 column, gboolean extend);
void array_grid_add_input (ArrayGrid *self);
gboolean array_grid_cell_is_selected (ArrayGrid *self, guint64 row, guint64 column);
double array_grid_scrolled (ArrayGrid *self, GtkOrientation orientation);
void array_grid_get_geometry (ArrayGrid *self, struct geometry *ret_geometry);
void array_grid_get_cell_area (ArrayGrid *self, const struct geometry *geometry, guint64 row,
                               guint64 column, graphene_rect_t *ret_area);
void array_grid_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);
