/* command-match.h - how well what somebody typed fits a title or a name. Any thread. */
#pragma once

#include <glib.h>

/* Of a text only so many characters are looked at. */
#define COMMAND_MATCH_LETTERS_MAX 128

/* The text as it is compared: without case and accents. Newly allocated. */
char *command_match_fold (const char *text);
/* Its words, folded; an empty list when there is none. Free with g_strfreev(). */
char **command_match_words (const char *typed);
/* Letters of each word must be found in their order: beside each other, or where words of the text
 * begin ("tsn" is in "take a snapshot"), with few exceptions. folded: of the text. More is
 * better; -1: it does not fit. No word fits everything equally. */
int command_match (const char *const *words, const char *folded);
