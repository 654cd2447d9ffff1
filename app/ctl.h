/* ctl.h - shmlensctl, the command line: what its commands share. */
#pragma once

#include "json.h"
#include "source.h"
#include "target.h"

/* The exit statuses; the rest of enum inspect_error is folded into these. */
enum ctl_status
{
  CTL_DONE = 0,
  CTL_USAGE = 1,
  CTL_DIFFERENT = 1,     /* of diff, as that of files says it */
  CTL_NOT_FOUND = 2,
  CTL_PERMISSION = 3,
  CTL_TIMEOUT = 4,
  CTL_BAD_VALUE = 5,
  CTL_CORRUPT = 6,
  CTL_CONDITION = 7
};

/* What was asked for on the command line. */
struct ctl
{
  const char *command;
  GPtrArray *arguments;  /* of const char *, after the command; not owned */
  gboolean json;
  gboolean csv;
  gboolean writes;       /* --writes */
  gboolean yes;
  gboolean stale;
  gboolean unlocked;
  gboolean recover;
  gboolean release;
  gboolean slow;
  gboolean with_parent;
  double timeout;        /* seconds */
  double interval;       /* seconds */
  guint64 count;         /* 0: without end */
  guint64 workers;       /* 0: the demo's choice */
  const char *condition; /* --if */
  const char *segment;   /* --segment */
  const char *output;    /* --output */
  const char *name;      /* --name */
  double tolerance;      /* --tolerance */
  gboolean locked;       /* --locked */
  gboolean dry_run;      /* --dry-run */
  const char *format;    /* --format */
  const char *when;      /* --when, a condition */
  const char *until;     /* --until, a condition */
  double rate;           /* samples a second */
  double duration;       /* seconds; 0: without end */
  double speed;          /* of a replay; 0: without waiting */
  double at;             /* seconds from a recording's start */
};

/* One function per command: prints, and returns the exit status. */
enum ctl_status ctl_list (const struct ctl *ctl);
enum ctl_status ctl_get (const struct ctl *ctl);
enum ctl_status ctl_set (const struct ctl *ctl);
enum ctl_status ctl_watch (const struct ctl *ctl);
enum ctl_status ctl_lock (const struct ctl *ctl);
enum ctl_status ctl_scan (const struct ctl *ctl);
enum ctl_status ctl_rm (const struct ctl *ctl);
enum ctl_status ctl_type (const struct ctl *ctl);
enum ctl_status ctl_snapshot (const struct ctl *ctl);
enum ctl_status ctl_diff (const struct ctl *ctl);
enum ctl_status ctl_restore (const struct ctl *ctl);
enum ctl_status ctl_demo (const struct ctl *ctl);
enum ctl_status ctl_record (const struct ctl *ctl);
enum ctl_status ctl_replay (const struct ctl *ctl);
enum ctl_status ctl_export (const struct ctl *ctl);
/* The exit status is the program's. */
enum ctl_status ctl_run (const struct ctl *ctl);
/* For the shell's completion: what could stand at this place, one a line. */
enum ctl_status ctl_complete (const struct ctl *ctl);

/* Asks on the terminal; without one the answer is no. */
gboolean ctl_ask (const char *question);

/* Argument number index after the command, or NULL. */
const char *ctl_argument (const struct ctl *ctl, guint index);

/* Prints the sentence on the standard error and gives the status for it. */
enum ctl_status ctl_fail (const GError *error);
enum ctl_status ctl_usage (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* How many blanks fill the text up to a width in columns of a terminal, where a wide
 * character has two, and bytes that are no character one each. */
int ctl_padding (const char *text, int width);

/* Prints a finished document with a newline. */
void ctl_print_json (Json *json);

/* A segment and what was meant in it. */
struct ctl_opened
{
  Registry *registry;
  Attachment *attachment;
  struct target target;
};

/* Opens SEGMENT (argument 0) and, when entry is not NULL, what it means in it. On
 * failure prints why and gives the status. Either way: ctl_close(). */
enum ctl_status ctl_open (const struct ctl *ctl, const char *entry, struct ctl_opened *ret_opened);
void ctl_close (struct ctl_opened *opened);

/* Elements as one JSON value, or as text: a scalar, nested lists by the target's
 * shape, strings for characters. */
void ctl_json_value (Json *json, const char *name, const struct target *target,
                     const void *elements);
void ctl_append_value (GString *text, const struct target *target, const void *elements);

/* "locked", "sequence", "atomic", "unlocked". */
const char *ctl_consistency_name (int consistency);

/* The lock of an entry as members "lock": {…}. */
void ctl_json_lock (Json *json, Attachment *attachment, EntryInfo *entry);
