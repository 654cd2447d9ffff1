/* ctl.c - shmlensctl: reading the command line. */
#include "ctl.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inspect-error.h"

struct command
{
  const char *name;
  const char *usage;
  const char *summary;
  guint least, most;  /* arguments */
  enum ctl_status (*run) (const struct ctl *ctl);
};

static const struct command commands[] = {
  { "list", "[SEGMENT]", N_ ("segments, or the entries of one"), 0, 1, ctl_list },
  { "get", "SEGMENT ENTRY[a:b]", N_ ("prints a value or elements; never waits"), 2, 2, ctl_get },
  { "set", "SEGMENT ENTRY[i|a:b] VALUE...", N_ ("sets elements under their lock; also +=5 -=1 *=2"),
    3, G_MAXUINT, ctl_set },
  { "watch", "SEGMENT [ENTRY...]", N_ ("prints values again and again"), 1, G_MAXUINT, ctl_watch },
  { "lock", "SEGMENT ENTRY", N_ ("tells who holds the entry's lock"), 2, 2, ctl_lock },
  { "record", "SEGMENT [ENTRY...]", N_ ("records values into a file (--output)"), 1, G_MAXUINT,
    ctl_record },
  { "replay", "FILE [ENTRY...]", N_ ("prints what a recording holds, as watch does"), 1, G_MAXUINT,
    ctl_replay },
  { "export", "FILE|SEGMENT [ENTRY...]", N_ ("a recording, or an array now, as CSV or .npy"), 1,
    G_MAXUINT, ctl_export },
  { "scan", "pid:N", N_ ("tells what was found in a Python program, and how long it took"), 1, 1,
    ctl_scan },
  { "rm", "SEGMENT", N_ ("removes a segment's name; asks first"), 0, 1, ctl_rm },
  { "type", "SEGMENT [TYPE]", N_ ("gives bytes of other programs a type, e.g. 'float32[480][640]'"),
    1, 2, ctl_type },
  { "snapshot", "SEGMENT [ENTRY...]", N_ ("saves what entries are now; needs --output"), 1, G_MAXUINT,
    ctl_snapshot },
  { "diff", "A B", N_ ("compares snapshots, or segments as they are now"), 2, 2, ctl_diff },
  { "restore", "FILE SEGMENT [ENTRY...]", N_ ("makes entries what they are in a snapshot"), 2,
    G_MAXUINT, ctl_restore },
  { "demo", "[NAME]", N_ ("runs workers to look at; lists them without a name"), 0, 1, ctl_demo },
  { "run", "[--] PROGRAM ARGUMENT...", N_ ("runs a program so that it may be looked into"), 1,
    G_MAXUINT, ctl_run },
  { "complete", NULL, NULL, 0, G_MAXUINT, ctl_complete },
};

enum option_kind
{
  OPTION_FLAG,
  OPTION_SECONDS,
  OPTION_COUNT,
  OPTION_NUMBER,
  OPTION_TEXT
};

static struct ctl ctl
  = { .timeout = 1.0, .interval = 1.0, .rate = 10.0, .speed = 1.0, .format = "csv" };

static const struct option
{
  const char *name;
  enum option_kind kind;
  void *target;
  const char *commands;  /* the commands that take it, each between blanks; NULL: all */
  const char *argument, *summary;
} options[] = {
  { "--json", OPTION_FLAG, &ctl.json, NULL, "", N_ ("print one JSON document") },
  { "--timeout", OPTION_SECONDS, &ctl.timeout, " set restore ", " S",
    N_ ("wait S seconds at most for the lock (1)") },
  { "--if", OPTION_TEXT, &ctl.condition, " set ", " OLD",
    N_ ("only when every element is OLD before") },
  { "--unlocked", OPTION_FLAG, &ctl.unlocked, " set restore ", "", N_ ("write without the lock") },
  { "--recover", OPTION_FLAG, &ctl.recover, " set ", "",
    N_ ("take over the lock of a dead holder") },
  { "--interval", OPTION_SECONDS, &ctl.interval, " watch replay ", " S",
    N_ ("between two lines (1)") },
  { "--count", OPTION_COUNT, &ctl.count, " watch replay ", " N", N_ ("end after N lines") },
  { "--csv", OPTION_FLAG, &ctl.csv, " watch replay ", "",
    N_ ("comma separated, with a heading") },
  { "--writes", OPTION_FLAG, &ctl.writes, " watch replay export ", "",
    N_ ("also how often each entry was written, where it is counted") },
  { "--output", OPTION_TEXT, &ctl.output, " record export snapshot ", " FILE", N_ ("what to write") },
  { "--rate", OPTION_SECONDS, &ctl.rate, " record ", " HZ", N_ ("samples a second (10)") },
  { "--when", OPTION_TEXT, &ctl.when, " record ", " CONDITION",
    N_ ("begin when it is met, e.g. 'loss > 10'") },
  { "--until", OPTION_TEXT, &ctl.until, " record ", " CONDITION", N_ ("end when it is met") },
  { "--duration", OPTION_SECONDS, &ctl.duration, " record ", " S", N_ ("end after S seconds") },
  { "--speed", OPTION_SECONDS, &ctl.speed, " replay ", " X",
    N_ ("X times as fast; 0 without waiting (1)") },
  { "--at", OPTION_SECONDS, &ctl.at, " replay ", " S", N_ ("begin S seconds after its start") },
  { "--format", OPTION_TEXT, &ctl.format, " export ", " csv|npy", N_ ("what to write (csv)") },
  { "--name", OPTION_TEXT, &ctl.name, " snapshot ", " TEXT", N_ ("what it is called") },
  { "--locked", OPTION_FLAG, &ctl.locked, " snapshot ", "",
    N_ ("read small entries under their locks") },
  { "--tolerance", OPTION_NUMBER, &ctl.tolerance, " diff ", " X",
    N_ ("numbers no further apart are equal (0)") },
  { "--dry-run", OPTION_FLAG, &ctl.dry_run, " restore ", "", N_ ("only tell what would be done") },
  { "--release", OPTION_FLAG, &ctl.release, " lock ", "",
    N_ ("let go what a dead process holds; asks first") },
  { "--yes", OPTION_FLAG, &ctl.yes, " rm lock ", "", N_ ("do not ask") },
  { "--stale", OPTION_FLAG, &ctl.stale, " rm ", "",
    N_ ("all segments of ours whose programs have ended") },
  { "--slow", OPTION_FLAG, &ctl.slow, " demo ", "", N_ ("at a pace to watch") },
  { "--workers", OPTION_COUNT, &ctl.workers, " demo ", " N", N_ ("how many workers") },
  { "--segment", OPTION_TEXT, &ctl.segment, " demo ", " /NAME", N_ ("the segment to make") },
  { "--with-parent", OPTION_FLAG, &ctl.with_parent, " demo ", "",
    N_ ("end when the program that started it ends") },
};

static void
print_help (void)
{
  g_print (_("Usage: shmlensctl COMMAND [OPTION...]\n"
             "Shows what is inside live shared memory, and changes it safely.\n\nCommands:\n"));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (commands[i].usage != NULL)
      {
        g_autofree char *call = g_strdup_printf ("%s %s", commands[i].name, commands[i].usage);

        g_print ("  %-34s %s\n", call, _(commands[i].summary));
      }
  g_print (_("\nOptions:\n"));
  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_autofree char *call = g_strconcat (options[i].name, options[i].argument, NULL);
      g_autofree char *takers = g_strdup (options[i].commands != NULL ? options[i].commands : "");

      g_print ("  %-16s %-11s %s\n", call, g_strstrip (takers), _(options[i].summary));
    }
  g_print ("  %-28s %s\n", "--help", _("this text"));
  g_print ("  %-28s %s\n", "--version", _("the version"));
  g_print (_("\nSEGMENT is shm:/name, /name, or pid:N for a Python program. ENTRY is a name, also in quotes, with [index],\n"
             "[first:last] or .field behind it. Exit status: 0 done, 1 usage, 2 not found, 3 no\n"
             "permission, 4 lock not obtained in time, 5 bad value, 6 corrupt, 7 condition not\n"
             "met. See shmlensctl(1).\n"));
}

enum ctl_status
ctl_fail (const GError *error)
{
  const char *option = "";

  if (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NO_LOCK))
    option = " (--unlocked)";
  else if (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_OWNER_DIED))
    option = " (--recover)";
  g_printerr ("shmlensctl: %s%s\n", error->message, option);
  if (error->domain != INSPECT_ERROR)
    return CTL_CORRUPT;
  switch ((enum inspect_error) error->code)
    {
    case INSPECT_ERROR_NO_LOCK:
      return CTL_PERMISSION;
    case INSPECT_ERROR_OWNER_DIED:
    case INSPECT_ERROR_CANCELLED:
      return CTL_TIMEOUT;
    case INSPECT_ERROR_NO_UNDO:
      return CTL_BAD_VALUE;
    default:
      return (enum ctl_status) error->code;
    }
}

enum ctl_status
ctl_usage (const char *format, ...)
{
  va_list arguments;
  g_autofree char *sentence = NULL;

  va_start (arguments, format);
  sentence = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("shmlensctl: %s\n", sentence);
  return CTL_USAGE;
}

gboolean
ctl_ask (const char *question)
{
  /* Translators: stands behind a question. Its first letter, one of ASCII, means yes. */
  const char *answers = _("[y/N]");
  char answer[16];

  if (!isatty (STDIN_FILENO))
    {
      g_printerr ("shmlensctl: %s %s\n", question,
                  _("Nobody can be asked here; --yes does it without asking"));
      return FALSE;
    }
  g_print ("%s %s ", question, answers);
  fflush (stdout);
  return fgets (answer, sizeof answer, stdin) != NULL
         && (g_ascii_tolower (answer[0]) == 'y' || g_ascii_tolower (answer[0]) == answers[1]);
}

const char *
ctl_argument (const struct ctl *asked, guint index)
{
  return index < asked->arguments->len ? g_ptr_array_index (asked->arguments, index) : NULL;
}

static gboolean
read_option (const struct option *option, const char *text)
{
  char *end;

  switch (option->kind)
    {
    case OPTION_FLAG:
      *(gboolean *) option->target = TRUE;
      return TRUE;
    case OPTION_TEXT:
      *(const char **) option->target = text;
      return TRUE;
    case OPTION_COUNT:
      return g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT32, option->target, NULL);
    case OPTION_NUMBER:
      *(double *) option->target = g_ascii_strtod (text, &end);
      return *text != '\0' && *end == '\0' && *(double *) option->target >= 0;
    case OPTION_SECONDS:
      *(double *) option->target = g_ascii_strtod (text, &end);
      return *text != '\0' && *end == '\0' && *(double *) option->target >= 0
             && *(double *) option->target <= 1e6;
    }
  return FALSE;
}

/* "-5", "-=1", "-inf" are values; options have two dashes and a letter. */
static gboolean
is_option (const char *word)
{
  return word[0] == '-' && word[1] == '-' && g_ascii_isalpha (word[2]);
}

/* "run" leaves the words from the program's name on to the program. */
static gboolean
is_of_program (const char *command, const char *word)
{
  return strcmp (command, "run") == 0 && !is_option (word);
}

/* Sorts the words into options and arguments. */
static enum ctl_status
read_words (int n_words, char **words)
{
  gboolean all_arguments = FALSE;

  for (int i = 2; i < n_words; i++)
    {
      g_autofree char *name = NULL;
      g_autofree char *between = g_strdup_printf (" %s ", ctl.command);
      const struct option *option = NULL;
      const char *value;

      if (!all_arguments && strcmp (words[i], "--") == 0)
        {
          all_arguments = TRUE;
          continue;
        }
      if (all_arguments || !is_option (words[i]))
        {
          g_ptr_array_add (ctl.arguments, words[i]);
          all_arguments = all_arguments || is_of_program (ctl.command, words[i]);
          continue;
        }
      value = strchr (words[i], '=');
      name = value != NULL ? g_strndup (words[i], (gsize) (value - words[i])) : g_strdup (words[i]);
      for (gsize k = 0; k < G_N_ELEMENTS (options); k++)
        if (strcmp (options[k].name, name) == 0
            && (options[k].commands == NULL || strstr (options[k].commands, between) != NULL))
          option = &options[k];
      if (option == NULL)
        return ctl_usage (_("%s: there is no such option for \"%s\"; see shmlensctl --help"), name,
                          ctl.command);
      if (option->kind == OPTION_FLAG && value != NULL)
        return ctl_usage (_("%s takes no value"), name);
      if (option->kind != OPTION_FLAG && value == NULL && i + 1 == n_words)
        return ctl_usage (_("%s needs a value:%s"), name, option->argument);
      if (!read_option (option, option->kind == OPTION_FLAG ? NULL
                                : value != NULL             ? value + 1
                                                            : words[++i]))
        return ctl_usage (_("%s: \"%s\" is not a number that it takes"), name,
                          value != NULL ? value + 1 : words[i]);
    }
  return CTL_DONE;
}

int
main (int argc, char **argv)
{
  const char *catalogues = g_getenv ("SHMLENS_LOCALE_DIR");  /* of a build tree */
  const struct command *command = NULL;
  enum ctl_status status;

  /* Words and characters are the user's; numbers are the same everywhere. */
  setlocale (LC_MESSAGES, "");
  setlocale (LC_CTYPE, "");
  bindtextdomain (GETTEXT_PACKAGE, catalogues != NULL ? catalogues : SHMLENS_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  for (int i = 1; i < argc && strcmp (argv[i], "--") != 0
                  && (i == 1 || !is_of_program (argv[1], argv[i]));
       i++)
    if (strcmp (argv[i], "--help") == 0)
      {
        print_help ();
        return CTL_DONE;
      }
  if (argc < 2)
    return ctl_usage (_("no command was given; see shmlensctl --help"));
  if (strcmp (argv[1], "--version") == 0)
    {
      g_print ("shmlensctl %s\n", shmlens_version ());
      return CTL_DONE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, argv[1]) == 0)
      command = &commands[i];
  if (command == NULL)
    return ctl_usage (_("\"%s\" is no command; see shmlensctl --help"), argv[1]);

  ctl.command = command->name;
  ctl.arguments = g_ptr_array_new ();
  status = read_words (argc, argv);
  if (status == CTL_DONE
      && (ctl.arguments->len < command->least || ctl.arguments->len > command->most))
    status = ctl_usage (ctl.arguments->len < command->least
                          ? _("%s takes more: shmlensctl %s %s")
                          : _("%s takes less: shmlensctl %s %s"),
                        command->name, command->name, command->usage);
  else if (status == CTL_DONE)
    status = command->run (&ctl);
  g_ptr_array_unref (ctl.arguments);
  /* What could not be written out, on a full disk or a closed pipe, is no success. */
  if (fflush (stdout) != 0 && status == CTL_DONE)
    {
      perror (_("shmlensctl: standard output"));
      status = CTL_PERMISSION;
    }
  else if (ferror (stdout) && status == CTL_DONE)
    {
      g_printerr (_("shmlensctl: the standard output took only a part; give it a disk with room\n"));
      status = CTL_PERMISSION;
    }
  return (int) status;
}
