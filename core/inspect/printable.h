/* printable.h - text that came from outside, made so that it can be shown.
 *
 * Names, docs, units, titles and command lines are what another program wants them to be: any
 * bytes, line breaks, what moves a terminal's cursor or turns the line round. Entries and segments
 * pass all of theirs through here when they are made (entry_info_new(), segment_info_new()), so
 * that nobody who shows them has to think of it. What is cut ends with "…". */
#pragma once

#include <glib.h>

/* Bytes that are kept. No name that can be given is longer, escaped or not. */
#define PRINTABLE_MAX 4096

/* Whether a character can be seen, and stays where it stands; of blanks only the space. */
gboolean printable_character (gunichar c);

/* Adds a character: as itself, or as an escape (\n \r \t \x1b \u202e \U000e0001). */
void printable_append (GString *text, gunichar c);

/* A name: what cannot be seen is escaped, bytes that are no UTF-8 as \xNN. A name that was made
 * printable stays as it is. Returns newly allocated text; NULL of NULL. */
char *printable_name (const char *text);

/* A sentence: the same, but blanks of any kind, also line breaks, are spaces. */
char *printable_prose (const char *text);
