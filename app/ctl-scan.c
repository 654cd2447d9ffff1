/* ctl-scan.c - shmlensctl scan: what was found in a program that is not ours, what could not be
 * read and why, and the time of each step. */
#include "ctl.h"

enum ctl_status
ctl_scan (const struct ctl *ctl)
{
  struct ctl_opened opened;
  enum ctl_status status = ctl_open (ctl, NULL, &opened);

  if (status == CTL_DONE)
    {
      g_autoptr (SegmentInfo) info = attachment_get_info (opened.attachment);
      g_autoptr (GPtrArray) entries = attachment_get_entries (opened.attachment, NULL);
      g_autoptr (GPtrArray) lines = attachment_report (opened.attachment);

      if (ctl->json)
        {
          Json json;

          json_init (&json);
          json_begin_object (&json, NULL);
          json_string (&json, "segment", info->id);
          json_unsigned (&json, "entries", entries->len);
          json_begin_array (&json, "report");
          for (guint i = 0; i < lines->len; i++)
            json_string (&json, NULL, lines->pdata[i]);
          json_end_array (&json);
          json_end_object (&json);
          ctl_print_json (&json);
        }
      else
        {
          g_print ("%s: %s\n", info->id, info->title);
          for (guint i = 0; i < lines->len; i++)
            g_print ("  %s\n", (const char *) lines->pdata[i]);
          for (guint i = 0; i < entries->len; i++)
            {
              const EntryInfo *entry = entries->pdata[i];

              g_print ("  %s  %s%s%s\n", entry->name, entry->ctype != NULL ? entry->ctype : "",
                       entry->reason != NULL ? ": " : "",
                       entry->reason != NULL ? entry->reason : "");
            }
        }
    }
  ctl_close (&opened);
  return status;
}
