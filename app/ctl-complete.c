/* ctl-complete.c - what the shell's completion asks: segments, the entries of one,
 * demos. Silent about everything that goes wrong. */
#include "ctl.h"
#include "demo.h"

#include <stdio.h>
#include <string.h>

static void
complete_segments (void)
{
  g_autoptr (Registry) registry = registry_new (NULL);
  g_autoptr (GPtrArray) segments = registry_list (registry, NULL);

  for (guint i = 0; i < segments->len; i++)
    {
      const SegmentInfo *info = g_ptr_array_index (segments, i);

      puts (info->name);
    }
}

static void
complete_entries (const char *segment)
{
  g_autoptr (Registry) registry = registry_new (NULL);
  g_autoptr (Attachment) attachment = registry_open (registry, segment, NULL);
  g_autoptr (GPtrArray) entries = NULL;

  if (attachment == NULL)
    return;
  entries = attachment_get_entries (attachment, NULL);
  for (guint i = 0; i < entries->len; i++)
    {
      const EntryInfo *entry = g_ptr_array_index (entries, i);

      puts (entry->name);
    }
}

/* shmlensctl complete COMMAND [SEGMENT] */
enum ctl_status
ctl_complete (const struct ctl *ctl)
{
  const char *command = ctl_argument (ctl, 0);
  const char *segment = ctl_argument (ctl, 1);

  if (command == NULL)
    return CTL_USAGE;
  if (strcmp (command, "demo") == 0)
    for (guint i = 0; demo_all[i] != NULL; i++)
      puts (demo_all[i]->name);
  else if (segment == NULL)
    complete_segments ();
  else
    complete_entries (segment);
  return CTL_DONE;
}
