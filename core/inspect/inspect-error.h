/* inspect-error.h - why the engine could not do something.
 *
 * The codes are the exit statuses of shmlensctl. A GError's message is a whole
 * sentence for people: the thing, the reason, the remedy.
 */
#pragma once

#include <glib.h>

#define INSPECT_ERROR (inspect_error_quark ())

enum inspect_error
{
  INSPECT_ERROR_USAGE = 1,       /* a target or an option that cannot be understood */
  INSPECT_ERROR_NOT_FOUND = 2,   /* no such segment, entry, element */
  INSPECT_ERROR_PERMISSION = 3,  /* the kernel, or the entry itself, forbids it */
  INSPECT_ERROR_TIMEOUT = 4,     /* the lock was not obtained in time */
  INSPECT_ERROR_BAD_VALUE = 5,   /* text that is no element of this type, or out of range */
  INSPECT_ERROR_CORRUPT = 6,     /* the segment is not what it claims to be, or went away */
  INSPECT_ERROR_CONDITION = 7,   /* the element was not what the edit expected */
  INSPECT_ERROR_CANCELLED = 8,   /* the user gave up waiting */
  INSPECT_ERROR_NO_LOCK = 9,     /* it cannot be locked from outside: needs an explicit unlocked edit */
  INSPECT_ERROR_OWNER_DIED = 10, /* the lock's holder died: needs an explicit recovery */
  INSPECT_ERROR_NO_UNDO = 11     /* too much to be kept for undo: needs an explicit edit without */
};

GQuark inspect_error_quark (void);

/* The sentence of libshmlens about a text that is no value, in the language of the user; any other
 * of its sentences as it is. Free with g_free(). */
char *inspect_error_core_sentence (void);

/* Turns a negative errno of libshmlens, with its sentence, into a GError. */
void inspect_error_set_from_core (GError **error, int code);
