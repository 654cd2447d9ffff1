/* snapshot-restore.c - what is to be written so that entries are as in a snapshot. */
#include "snapshot-restore.h"

#include <glib/gi18n-lib.h>

#include "snapshot-compare.h"

static void
refusal_free (gpointer data)
{
  struct snapshot_refusal *refusal = data;

  g_free (refusal->name);
  g_free (refusal->reason);
  g_free (refusal);
}

static void
refuse (SnapshotRestore *restore, const char *name, const char *reason)
{
  struct snapshot_refusal *refusal = g_new (struct snapshot_refusal, 1);

  *refusal = (struct snapshot_refusal){ g_strdup (name), g_strdup (reason) };
  g_ptr_array_add (restore->refusals, refusal);
}

struct planning
{
  SnapshotRestore *restore;
  Snapshot *live;
  Attachment *attachment;
  GHashTable *entries;    /* the segment's now, by name */
  gboolean unlocked;
  guint64 timeout_ns;
};

static void
add_edit (const struct planning *self, const SnapshotEntry *then, EntryInfo *now)
{
  g_autoptr (Edit) edit
    = edit_new_elements (self->attachment, now, 0, now->length, then->elements);

  edit->timeout_ns = self->timeout_ns;
  edit->unlocked = self->unlocked && now->reason != NULL;
  edit_group_add (self->restore->group, edit);
  self->restore->bytes += 2 * g_bytes_get_size (then->elements);
}

/* All fields that may be written, at once. */
static void
add_fields (const struct planning *self, const SnapshotEntry *then, EntryInfo *now)
{
  guint n = 0;

  for (guint i = 0; i < now->n_fields; i++)
    {
      const EntryField *field = &now->fields[i];
      g_autofree char *name = g_strdup_printf ("%s.%s", now->name, field->name);

      if (field->reason != NULL)
        {
          refuse (self->restore, name, field->reason);
          continue;
        }
      n++;
    }
  if (now->n_fields == 0)
    refuse (self->restore, now->name,
            _("it is a structure, and nobody told of its fields; only look at it"));
  if (n == 0)
    return;
  add_edit (self, then, now);
  self->restore->n_entries++;
}

static gboolean
is_same (const struct planning *self, const SnapshotEntry *then)
{
  const SnapshotEntry *now
    = self->live != NULL ? snapshot_find (self->live, then->info->name) : NULL;

  return now != NULL && now->elements != NULL
         && snapshot_is_same_type (then->info, now->info)
         && g_bytes_equal (then->elements, now->elements);
}

static void
plan_entry (const struct planning *self, const SnapshotEntry *then)
{
  const char *name = then->info->name;
  EntryInfo *now = g_hash_table_lookup (self->entries, name);
  g_autofree char *then_type = entry_info_type_text (then->info);
  g_autofree char *now_type = now != NULL ? entry_info_type_text (now) : NULL;
  g_autofree char *reason = NULL;

  if (then->elements == NULL)
    /* Translators: the reason why it was left out. */
    reason = g_strdup_printf (_("it was left out of the snapshot: %s"), then->reason);
  else if (now == NULL)
    reason = g_strdup (_("the segment has no entry of this name now"));
  else if (!snapshot_is_same_type (then->info, now))
    reason = g_str_equal (then_type, now_type)
               ? g_strdup (_("its fields are others now than in the snapshot"))
               : g_strdup_printf (_("it is %s now and was %s in the snapshot"), now_type,
                                  then_type);
  else if (is_same (self, then))
    {
      self->restore->n_same++;
      return;
    }
  else if (!now->editable)
    reason = g_strdup (now->reason != NULL
                         ? now->reason
                         : _("its program does not want it edited; only look at it"));
  else if (now->reason != NULL && !self->unlocked)
    reason = g_strdup (now->reason);
  if (reason != NULL)
    {
      refuse (self->restore, name, reason);
      return;
    }
  if (now->type.kind == SHMLENS_KIND_STRUCT)
    {
      add_fields (self, then, now);
      return;
    }
  add_edit (self, then, now);
  self->restore->n_entries++;
}

SnapshotRestore *
snapshot_restore_new (Snapshot *snapshot, Attachment *attachment, const char *const *names,
                      Snapshot *live, gboolean unlocked, guint64 timeout_ns)
{
  SnapshotRestore *restore = g_new0 (SnapshotRestore, 1);
  g_autoptr (GPtrArray) entries = attachment_get_entries (attachment, NULL);
  g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *title = NULL;
  const struct planning planning = {
    .restore = restore,
    .live = live,
    .attachment = attachment,
    .entries = by_name,
    .unlocked = unlocked,
    .timeout_ns = timeout_ns,
  };

  /* Translators: a step that can be undone; the name of a snapshot. */
  title = *snapshot->name != '\0' ? g_strdup_printf (_("restore of “%s”"), snapshot->name)
                                  : g_strdup (_("restore of a snapshot"));
  restore->group = edit_group_new (title);
  restore->refusals = g_ptr_array_new_with_free_func (refusal_free);
  for (guint i = entries->len; i > 0; i--)
    g_hash_table_insert (by_name, ((EntryInfo *) entries->pdata[i - 1])->name,
                         entries->pdata[i - 1]);
  for (guint i = 0; names == NULL && i < snapshot->entries->len; i++)
    {
      const SnapshotEntry *entry = snapshot->entries->pdata[i];

      if (snapshot_find (snapshot, entry->info->name) == entry)
        plan_entry (&planning, entry);
    }
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      const SnapshotEntry *entry = snapshot_find (snapshot, names[i]);

      if (entry != NULL)
        plan_entry (&planning, entry);
      else
        refuse (restore, names[i], _("the snapshot has no entry of this name"));
    }
  return restore;
}

void
snapshot_restore_free (SnapshotRestore *restore)
{
  if (restore == NULL)
    return;
  edit_group_unref (restore->group);
  g_ptr_array_unref (restore->refusals);
  g_free (restore);
}

void
snapshot_restore_finish (SnapshotRestore *restore, const GArray *outcomes, const GError *error)
{
  for (guint i = 0; i < restore->group->edits->len; i++)
    {
      const Edit *edit = restore->group->edits->pdata[i];
      const GError *failure
        = outcomes != NULL ? g_array_index (outcomes, EditOutcome, i).error : error;

      if (failure == NULL)
        continue;
      refuse (restore, edit->entry->name, failure->message);
      restore->n_entries--;
    }
}

static void
append_part (GString *text, char *part)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", part);
  g_free (part);
}

char *
snapshot_restore_summary (const SnapshotRestore *restore)
{
  GString *text = g_string_new (NULL);
  guint n_refused = restore->refusals->len;

  append_part (text, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u entry restored",
                                                   "%u entries restored", restore->n_entries),
                                      restore->n_entries));
  if (restore->n_same > 0)
    append_part (text, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u was the same",
                                                     "%u were the same", restore->n_same),
                                        restore->n_same));
  if (n_refused > 0)
    append_part (text, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u could not be",
                                                     "%u could not be", n_refused),
                                        n_refused));
  return g_string_free (text, FALSE);
}

char *
snapshot_restore_report (const SnapshotRestore *restore)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < restore->refusals->len; i++)
    {
      const struct snapshot_refusal *refusal = restore->refusals->pdata[i];

      g_string_append_printf (text, "%s%s: %s", i > 0 ? "\n" : "", refusal->name, refusal->reason);
    }
  return g_string_free (text, FALSE);
}
