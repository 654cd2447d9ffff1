/* literal.h - elements of an entry as other programs' source code and spreadsheets write them.
 * Numbers are exact.
 *
 *            C                       Python                CSV, tables
 * number     5, 0.1f, NAN            5, 0.1, float('nan')  5
 * flag       true                    True                  true
 * text       "abc"                   'abc', b'abc'         abc
 * array      { 1, 2 }                [1, 2]                [1, 2]
 * structure  { .x = 1, .pos_y = 2 }  {'x': 1, 'pos.y': 2}  {x: 1, pos.y: 2}
 *
 * One thread at a time.
 */
#pragma once

#include "array-task.h"
#include "entry-info.h"
#include "literal-text.h"

typedef struct literal Literal;

/* Writes elements of this entry, of which it takes a reference. */
Literal *literal_new (enum literal_form form, EntryInfo *entry);
void literal_free (Literal *self);

/* One element, or one field of it (-1: the whole). Cells are quoted where they need it. */
void literal_append_element (Literal *self, GString *text, const void *element, int field);

/* The whole value; of an array all its elements, packed. In a cell it is one. FALSE when the task
 * was given up; may be NULL. */
gboolean literal_append_value (Literal *self, GString *text, const void *elements, ArrayTask *task);

/* Declares a variable of this name in C: "double loss[3] = ", where the value follows. */
void literal_append_declaration (Literal *self, GString *text, const char *identifier);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Literal, literal_free)
