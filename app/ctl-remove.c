/* ctl-remove.c - shmlensctl rm: the only command that removes anything. */
#include "ctl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "inspect-error.h"

/* Asks on the terminal; without one the answer is no. */
static gboolean
ask (const char *question)
{
  char answer[16];

  if (!isatty (STDIN_FILENO))
    {
      g_printerr ("shmlensctl: %s Nobody can be asked here; --yes removes without asking\n",
                  question);
      return FALSE;
    }
  g_print ("%s [y/N] ", question);
  fflush (stdout);
  return fgets (answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
}

static enum ctl_status
remove_one (const SegmentInfo *info)
{
  int result = shmlens_segment_unlink (info->name);

  if (result < 0)
    {
      g_printerr ("shmlensctl: %s\n", shmlens_error ());
      return result == -ENOENT ? CTL_NOT_FOUND : CTL_PERMISSION;
    }
  g_print ("removed %s\n", info->id);
  return CTL_DONE;
}

static enum ctl_status
remove_stale (const struct ctl *ctl)
{
  g_autoptr (Registry) registry = registry_new (NULL);
  g_autoptr (GPtrArray) segments = registry_list (registry);
  enum ctl_status status = CTL_DONE;
  guint n_stale = 0;

  for (guint i = 0; i < segments->len; i++)
    {
      const SegmentInfo *info = g_ptr_array_index (segments, i);

      if (!info->stale)
        continue;
      n_stale++;
      g_print ("%s (%s): all its programs have ended\n", info->id, info->title);
    }
  if (n_stale == 0)
    {
      g_print ("No segment is stale.\n");
      return CTL_DONE;
    }
  if (!ctl->yes)
    {
      g_autofree char *question = g_strdup_printf ("Remove %u stale segments?", n_stale);

      if (!ask (question))
        return CTL_CONDITION;
    }
  for (guint i = 0; i < segments->len; i++)
    {
      const SegmentInfo *info = g_ptr_array_index (segments, i);

      /* Somebody may have attached while the question stood there. */
      if (info->stale && shmlens_segment_is_stale (info->name) == 1
          && remove_one (info) != CTL_DONE)
        status = CTL_PERMISSION;
    }
  return status;
}

enum ctl_status
ctl_rm (const struct ctl *ctl)
{
  struct ctl_opened opened;
  enum ctl_status status;

  if (ctl->stale && ctl->arguments->len == 0)
    return remove_stale (ctl);
  if (ctl->stale || ctl->arguments->len == 0)
    return ctl_usage ("rm takes a SEGMENT, or --stale for all whose programs have ended");
  status = ctl_open (ctl, NULL, &opened);
  if (status == CTL_DONE)
    {
      g_autoptr (SegmentInfo) info = attachment_get_info (opened.attachment);
      g_autofree char *size = g_format_size_full (info->size, G_FORMAT_SIZE_IEC_UNITS);
      g_autofree char *question = g_strdup_printf (
        "Remove %s (%s, used by %u processes)? Programs that have it keep it.", info->id, size,
        info->n_pids);

      status = ctl->yes || ask (question) ? remove_one (info) : CTL_CONDITION;
    }
  ctl_close (&opened);
  return status;
}
