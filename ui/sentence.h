/* sentence.h - sentences for people that have names from outside in them.
 *
 * Entries, segments, programs and files are called as whoever made them likes, also in a script
 * that is written from right to left. In a sentence that goes the other way such a name would
 * take along what stands beside it, "שלב: 3 of 4" would have the 3 before the name, and a sentence
 * that begins with one would as a whole be written from right to left.
 *
 * Main thread, since the direction of the window's language decides. */
#pragma once

#include <gtk/gtk.h>

/* The sentence with what is written from right to left set apart in it, by characters that cannot
 * be seen: the whole of what stands in quotation marks, or else the words. Any other is left as it
 * is, as is a name alone, and every sentence of a language that is itself written from right to
 * left. Newly allocated. */
char *sentence_isolate (const char *text);

/* A reason that elsewhere follows a name after a colon, "its lock cannot be taken", as a sentence
 * of its own: with a capital letter. What begins with a name is left as it is: when its first word
 * is that of this name, which may be NULL, or is not one in letters. Newly allocated. */
char *sentence_begin (const char *reason, const char *name);

/* Shows it, set apart so; NULL: nothing. Does nothing when it is shown already. */
void sentence_show (GtkLabel *label, const char *text);
