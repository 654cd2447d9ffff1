/* python-recorded.h - an object as the lines of a record describe it; for python-record.c alone. */
#pragma once

#include "py-found.h"

/* The lines that were read, by what they are about. */
struct recorded_lines
{
  char *prefix;        /* of the names that the record may send us to: "shmlens-PID-START-" */
  GPtrArray *made;     /* "new", in their order */
  GHashTable *by_id;   /* the same, by id */
  GHashTable *guards;  /* the last "guard" of an id */
  GHashTable *types;   /* id -> GPtrArray of "type" */
  GHashTable *gone;    /* ids */
};

/* What a "new" line describes, checked in itself and against the lines it refers to. Whether its
 * files are what it says is seen when they are opened. NULL: a part of something, of a kind that is
 * not shown, or not to be believed. */
PyFound *recorded_found (const struct recorded_lines *lines, GVariant *line);
