/* ctl-remove.c - shmlensctl rm: the only command that removes anything. */
#include "ctl.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "inspect-error.h"

/* result: of removing it. */
static enum ctl_status
tell_removed (const SegmentInfo *info, int result)
{
  if (result < 0)
    {
      g_printerr ("shmlensctl: %s\n", shmlens_error ());
      return result == -ENOENT ? CTL_NOT_FOUND : CTL_PERMISSION;
    }
  g_print (_("removed %s\n"), info->id);
  return CTL_DONE;
}

/* One that is corrupt is no segment that the library would know again. */
static gboolean
is_stale (const SegmentInfo *info)
{
  return info->stale && info->state != SEGMENT_CORRUPT;
}

static enum ctl_status
remove_stale (const struct ctl *ctl)
{
  g_autoptr (Registry) registry = registry_new (NULL);
  g_autoptr (GPtrArray) segments = registry_list (registry, "native");
  enum ctl_status status = CTL_DONE;
  guint n_stale = 0;

  for (guint i = 0; i < segments->len; i++)
    {
      const SegmentInfo *info = g_ptr_array_index (segments, i);

      if (!is_stale (info))
        continue;
      n_stale++;
      g_print (_("%s (%s): all its programs have ended\n"), info->id, info->title);
    }
  if (n_stale == 0)
    {
      g_print (_("No segment is stale.\n"));
      return CTL_DONE;
    }
  if (!ctl->yes)
    {
      g_autofree char *question = g_strdup_printf (
        ngettext ("Remove %u stale segment?", "Remove %u stale segments?", n_stale), n_stale);

      if (!ctl_ask (question))
        return CTL_CONDITION;
    }
  for (guint i = 0; i < segments->len; i++)
    {
      const SegmentInfo *info = g_ptr_array_index (segments, i);
      /* Somebody may have attached, or removed it, while the question stood there. */
      int result = is_stale (info) ? shmlens_segment_unlink_stale (info->name) : 0;

      if (result != 0 && result != -ENOENT && tell_removed (info, result) != CTL_DONE)
        status = CTL_PERMISSION;
    }
  return status;
}

/* A segment that cannot be opened, being corrupt or forbidden, can be removed: what is
 * listed is looked at first. */
static SegmentInfo *
find_segment (Registry *registry, const char *written, GError **error)
{
  g_autoptr (GPtrArray) segments = registry_list (registry, NULL);
  g_autoptr (Attachment) attachment = NULL;
  g_autofree char *id = g_str_has_prefix (written, "shm:") ? g_strdup (written)
                        : *written == '/'                  ? g_strconcat ("shm:", written, NULL)
                                          : g_strconcat ("shm:/", written, NULL);

  for (guint i = 0; i < segments->len; i++)
    {
      SegmentInfo *info = g_ptr_array_index (segments, i);

      if (g_str_equal (info->id, id))
        return segment_info_ref (info);
    }
  attachment = registry_open (registry, written, error);
  return attachment != NULL ? attachment_get_info (attachment) : NULL;
}

enum ctl_status
ctl_rm (const struct ctl *ctl)
{
  g_autoptr (Registry) registry = NULL;
  g_autoptr (SegmentInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *size = NULL, *question = NULL;

  if (ctl->stale && ctl->arguments->len == 0)
    return remove_stale (ctl);
  if (ctl->stale || ctl->arguments->len == 0)
    return ctl_usage (_("rm takes a SEGMENT, or --stale for all whose programs have ended"));
  registry = registry_new (NULL);
  info = find_segment (registry, ctl_argument (ctl, 0), &error);
  if (info == NULL)
    return ctl_fail (error);
  size = g_format_size_full (info->size, G_FORMAT_SIZE_IEC_UNITS);
  question = g_strdup_printf (
    ngettext ("Remove %s (%s, used by %u process)? Programs that have it keep it.",
              "Remove %s (%s, used by %u processes)? Programs that have it keep it.",
              info->n_pids),
    info->id, size, info->n_pids);
  if (!ctl->yes && !ctl_ask (question))
    return CTL_CONDITION;
  return tell_removed (info, shmlens_segment_unlink (info->name));
}
