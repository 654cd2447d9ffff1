/* ctl-snapshot.c - shmlensctl snapshot, diff and restore. */
#include "ctl.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "inspect-error.h"
#include "snapshot-compare.h"
#include "snapshot-file.h"
#include "snapshot-restore.h"

/* Of one entry, so many ranges are printed for people. */
#define LINES_MAX 20

static Attachment *
open_segment (Registry *registry, const char *id, GError **error)
{
  Attachment *attachment = registry_open (registry, id, error);

  if (attachment != NULL)
    attachment_settle (attachment);
  return attachment;
}

/* The arguments from this one on as a list; NULL when there are none. To be freed, not what is in it. */
static const char **
names_from (const struct ctl *ctl, guint first)
{
  const char **names;

  if (ctl->arguments->len <= first)
    return NULL;
  names = g_new0 (const char *, ctl->arguments->len - first + 1);
  for (guint i = first; i < ctl->arguments->len; i++)
    names[i - first] = ctl_argument (ctl, i);
  return names;
}

static void
print_left_out (Snapshot *snapshot)
{
  for (guint i = 0; i < snapshot->entries->len; i++)
    {
      const SnapshotEntry *entry = snapshot->entries->pdata[i];

      if (entry->elements == NULL)
        g_printerr (_("shmlensctl: %s was left out: %s\n"), entry->info->name, entry->reason);
    }
}

enum ctl_status
ctl_snapshot (const struct ctl *ctl)
{
  g_autofree const char **names = names_from (ctl, 1);
  const struct snapshot_options options
    = { .name = ctl->name, .entries = names, .locked = ctl->locked };
  g_autoptr (Registry) registry = registry_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (Snapshot) snapshot = NULL;

  if (ctl->output == NULL)
    return ctl_usage (_("snapshot needs --output FILE"));
  attachment = open_segment (registry, ctl_argument (ctl, 0), &error);
  if (attachment == NULL)
    return ctl_fail (error);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      struct target target;
      gboolean is_good = target_parse (attachment, names[i], &target, &error);

      if (!is_good)
        return ctl_fail (error);
      is_good = g_str_equal (target.entry->name, names[i]);
      target_clear (&target);
      if (!is_good)
        return ctl_usage (_("%s: a snapshot is of whole entries; leave out what is behind the name"),
                          names[i]);
    }
  snapshot = snapshot_take (attachment, &options, NULL);
  if (!snapshot_save (snapshot, ctl->output, &error))
    return ctl_fail (error);
  print_left_out (snapshot);
  return CTL_DONE;
}

/* ------------------------------------------------------------------------- diff -- */

/* A file, or a segment as it is now. */
static Snapshot *
open_side (Registry *registry, const char *word, GError **error)
{
  g_autoptr (Attachment) attachment = NULL;

  if (g_file_test (word, G_FILE_TEST_IS_REGULAR))
    return snapshot_load (word, error);
  attachment = open_segment (registry, word, error);
  return attachment != NULL ? snapshot_take (attachment, NULL, NULL) : NULL;
}

static const char *
change_name (enum snapshot_change change)
{
  static const char *const names[] = { [SNAPSHOT_ELEMENTS] = "elements",
                                       [SNAPSHOT_ONLY_A] = "only-a",
                                       [SNAPSHOT_ONLY_B] = "only-b",
                                       [SNAPSHOT_TYPE] = "type",
                                       [SNAPSHOT_NOT_READ] = "not-read" };

  return names[change];
}

static void
json_largest (Json *json, double largest)
{
  guint8 element[8];
  struct shmlens_type type;

  shmlens_type_from_code ('d', &type);
  memcpy (element, &largest, sizeof largest);
  if (isnan (largest))
    json_null (json, "largest");
  else
    json_element (json, "largest", &type, element);
}

static void
json_range (Json *json, const SnapshotDifference *difference, const struct snapshot_range *range)
{
  g_autofree char *then = snapshot_element_text (difference->a, range->field, range->first);
  g_autofree char *now = snapshot_element_text (difference->b, range->field, range->first);

  json_begin_object (json, NULL);
  json_string (json, "field",
               range->field < 0 ? NULL : difference->a->info->fields[range->field].name);
  json_unsigned (json, "first", range->first);
  json_unsigned (json, "last", range->last);
  json_unsigned (json, "count", range->count);
  json_largest (json, range->largest);
  json_string (json, "a", then);
  json_string (json, "b", now);
  json_end_object (json);
}

static const EntryInfo *
info_of (const SnapshotDifference *difference)
{
  return difference->a != NULL ? difference->a->info : difference->b->info;
}

static void
print_json (const struct ctl *ctl, const GPtrArray *differences)
{
  Json json;

  json_init (&json);
  json_begin_object (&json, NULL);
  json_string (&json, "a", ctl_argument (ctl, 0));
  json_string (&json, "b", ctl_argument (ctl, 1));
  json_begin_array (&json, "differences");
  for (guint i = 0; i < differences->len; i++)
    {
      const SnapshotDifference *difference = differences->pdata[i];

      json_begin_object (&json, NULL);
      json_string (&json, "entry", info_of (difference)->name);
      json_string (&json, "change", change_name (difference->change));
      json_unsigned (&json, "count", difference->count);
      json_largest (&json, difference->largest);
      json_begin_array (&json, "ranges");
      for (guint k = 0; difference->ranges != NULL && k < difference->ranges->len; k++)
        json_range (&json, difference,
                    &g_array_index (difference->ranges, struct snapshot_range, k));
      json_end_array (&json);
      json_end_object (&json);
    }
  json_end_array (&json);
  json_end_object (&json);
  ctl_print_json (&json);
}

static void
print_range (const SnapshotDifference *difference, const struct snapshot_range *range)
{
  g_autofree char *name = snapshot_range_name (difference, range);
  g_autofree char *then = snapshot_element_text (difference->a, range->field, range->first);
  g_autofree char *now = snapshot_element_text (difference->b, range->field, range->first);
  g_autofree char *more = snapshot_difference_text (difference, range->field, range->first);

  g_print ("%s: %s -> %s", name, then, now);
  if (more != NULL)
    g_print (" (%s)", more);
  if (range->count > 1)
    {
      /* Translators: one of NUMBER elements that differ. */
      g_print (_(", the first of %" PRIu64), range->count);
      if (!isnan (range->largest))
        /* Translators: elements of an array differ "by up to NUMBER". */
        g_print (_(", by up to %g"), range->largest);
    }
  g_print ("\n");
}

static void
print_difference (const SnapshotDifference *difference)
{
  const EntryInfo *info = info_of (difference);
  const SnapshotEntry *without;
  g_autofree char *a = NULL, *b = NULL;

  switch (difference->change)
    {
    case SNAPSHOT_ELEMENTS:
      for (guint i = 0; i < MIN (difference->ranges->len, LINES_MAX); i++)
        print_range (difference, &g_array_index (difference->ranges, struct snapshot_range, i));
      if (difference->ranges->len > LINES_MAX)
        g_print (_("%s: %" PRIu64 " differ in all; --json tells which\n"), info->name,
                 difference->count);
      return;
    case SNAPSHOT_ONLY_A:
      g_print (_("%s: only in the first\n"), info->name);
      return;
    case SNAPSHOT_ONLY_B:
      g_print (_("%s: only in the second\n"), info->name);
      return;
    case SNAPSHOT_TYPE:
      a = entry_info_type_text (difference->a->info);
      b = entry_info_type_text (difference->b->info);
      /* Translators: NAME: TYPE in the first, TYPE in the second. */
      g_print (_("%s: %s in the first, %s in the second\n"), info->name, a, b);
      return;
    case SNAPSHOT_NOT_READ:
      without = difference->a->elements == NULL ? difference->a : difference->b;
      g_print (_("%s: cannot be compared: %s\n"), info->name, without->reason);
      return;
    }
}

enum ctl_status
ctl_diff (const struct ctl *ctl)
{
  const struct snapshot_tolerance tolerance = { .absolute = ctl->tolerance };
  g_autoptr (Registry) registry = registry_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (Snapshot) a = NULL, b = NULL;
  g_autoptr (GPtrArray) differences = NULL;

  if ((a = open_side (registry, ctl_argument (ctl, 0), &error)) == NULL
      || (b = open_side (registry, ctl_argument (ctl, 1), &error)) == NULL)
    return ctl_fail (error);
  differences = snapshot_compare (a, b, &tolerance, NULL);
  if (ctl->json)
    print_json (ctl, differences);
  else
    for (guint i = 0; i < differences->len; i++)
      print_difference (differences->pdata[i]);
  return differences->len == 0 ? CTL_DONE : CTL_DIFFERENT;
}

/* ---------------------------------------------------------------------- restore -- */

static void
print_plan (const SnapshotRestore *restore)
{
  const EntryInfo *last = NULL;

  for (guint i = 0; i < restore->group->edits->len; i++)
    {
      const Edit *edit = restore->group->edits->pdata[i];

      if (edit->entry != last)
        g_print (_("%s would be restored\n"), edit->entry->name);
      last = edit->entry;
    }
}

static void
json_restore (const SnapshotRestore *restore)
{
  Json json;

  json_init (&json);
  json_begin_object (&json, NULL);
  json_unsigned (&json, "restored", restore->n_entries);
  json_unsigned (&json, "same", restore->n_same);
  json_begin_array (&json, "refused");
  for (guint i = 0; i < restore->refusals->len; i++)
    {
      const struct snapshot_refusal *refusal = restore->refusals->pdata[i];

      json_begin_object (&json, NULL);
      json_string (&json, "entry", refusal->name);
      json_string (&json, "reason", refusal->reason);
      json_end_object (&json);
    }
  json_end_array (&json);
  json_end_object (&json);
  ctl_print_json (&json);
}

static void
report_restore (const struct ctl *ctl, const SnapshotRestore *restore)
{
  g_autofree char *summary = snapshot_restore_summary (restore);

  if (ctl->json)
    {
      json_restore (restore);
      return;
    }
  if (ctl->dry_run)
    print_plan (restore);
  else
    g_print ("%s\n", summary);
  for (guint i = 0; i < restore->refusals->len; i++)
    {
      const struct snapshot_refusal *refusal = restore->refusals->pdata[i];

      g_printerr ("shmlensctl: %s: %s\n", refusal->name, refusal->reason);
    }
}

enum ctl_status
ctl_restore (const struct ctl *ctl)
{
  g_autofree const char **names = names_from (ctl, 2);
  g_autoptr (Registry) registry = registry_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (Snapshot) snapshot = snapshot_load (ctl_argument (ctl, 0), &error);
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (Snapshot) live = NULL;
  g_autoptr (SnapshotRestore) restore = NULL;

  if (snapshot == NULL
      || (attachment = open_segment (registry, ctl_argument (ctl, 1), &error)) == NULL)
    return ctl_fail (error);
  live = snapshot_take (attachment, NULL, NULL);
  restore = snapshot_restore_new (snapshot, attachment, names, live, ctl->unlocked,
                                  (guint64) (ctl->timeout * 1e9));
  if (!ctl->dry_run)
    {
      g_autoptr (GArray) outcomes = edit_group_apply (restore->group, NULL, NULL);

      snapshot_restore_finish (restore, outcomes, NULL);
    }
  report_restore (ctl, restore);
  return restore->refusals->len == 0 ? CTL_DONE : CTL_CONDITION;
}
