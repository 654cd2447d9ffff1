/* native-entries.c - the entries of a segment of ours, from copies of its slots. */
#include "native-entries.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "memory.h"

struct builder
{
  NativeView *view;
  const char *refusal;
  const char *unlocked;
  GPtrArray *entries;
  guint64 metadata;  /* bytes read, and kept of earlier looks */
};

static guint64
id_of (guint32 index, guint32 state)
{
  return (guint64) FORMAT_GENERATION (state) << 32 | index;
}

static void
add_corrupt (struct builder *builder, guint32 index, guint32 state, const char *sentence)
{
  g_autofree char *name = g_strdup_printf (_("#%u (corrupt)"), index);
  g_autofree char *reason
    = g_strdup_printf (_("%s; the program that made it has a fault, or another wrote over it"),
                       sentence);
  EntryInfo values = {
    .id = id_of (index, state),
    .name = name,
    .type = { 1, SHMLENS_KIND_UNSIGNED, 'B' },
    .dimensions = 1,
    .strides = { 1 },
    .reason = reason,
  };

  g_ptr_array_add (builder->entries, entry_info_new (&values));
}

static void
add_overflow (struct builder *builder, const char *reason)
{
  EntryInfo values = {
    .id = G_MAXUINT64,
    .name = (char *) "…",
    .type = { 1, SHMLENS_KIND_UNSIGNED, 'B' },
    .dimensions = 1,
    .strides = { 1 },
    .reason = (char *) reason,
  };

  g_ptr_array_add (builder->entries, entry_info_new (&values));
}

static void
take_fields (EntryInfo *values, const struct format_field *fields, guint n)
{
  values->n_fields = n;
  values->fields = g_new0 (EntryField, n);
  for (guint i = 0; i < n; i++)
    {
      EntryField *to = &values->fields[i];

      to->name = (char *) fields[i].name;
      to->type = (struct shmlens_type) { fields[i].size, fields[i].kind, fields[i].code };
      to->swapped = fields[i].swapped;
      to->bit_offset = fields[i].bit_offset;
      to->bit_width = fields[i].bit_width;
      to->offset = fields[i].offset;
      to->dimensions = fields[i].dimensions;
      for (guint d = 0; d < fields[i].dimensions; d++)
        to->shape[d] = fields[i].shape[d];
    }
}

static void
take_labels (EntryInfo *values, const struct format_label *labels, guint n)
{
  values->n_labels = n;
  values->labels = g_new0 (EntryLabel, n);
  for (guint i = 0; i < n; i++)
    values->labels[i] = (EntryLabel) { labels[i].value, labels[i].field, (char *) labels[i].text };
}

static void
take_slot (EntryInfo *values, const struct format_slot *slot)
{
  guint64 stride = slot->element_size;

  values->name = (char *) slot->name;
  values->type = (struct shmlens_type) { slot->element_size, slot->kind, slot->code };
  values->dimensions = slot->dimensions;
  for (guint d = slot->dimensions; d-- > 0;)
    {
      values->shape[d] = slot->shape[d];
      values->strides[d] = stride;
      stride *= slot->shape[d];
    }
  values->length = slot->data_length / slot->element_size;
  values->offset = slot->data_offset;
  values->role = slot->role;
  values->unit = (char *) slot->unit;
  values->has_minimum = (slot->flags & FORMAT_HAS_MINIMUM) != 0;
  values->has_maximum = (slot->flags & FORMAT_HAS_MAXIMUM) != 0;
  values->has_progress_max = (slot->flags & FORMAT_HAS_PROGRESS_MAX) != 0;
  memcpy (values->minimum, slot->minimum, sizeof values->minimum);
  memcpy (values->maximum, slot->maximum, sizeof values->maximum);
  memcpy (values->progress_max, slot->progress_max, sizeof values->progress_max);
  values->lock_kind = slot->lock_kind;
  values->lock_id = slot->lock_kind == LOCK_ROBUST ? slot->lock_slot : 0;
}

static void
take_editable (EntryInfo *values, const struct builder *builder, const struct format_slot *slot)
{
  const char *reason = NULL;

  values->editable = FALSE;
  if (slot->flags & FORMAT_NOT_EDITABLE)
    reason = _("its program made it read-only for people; change the program to edit it");
  else if (builder->refusal != NULL)
    reason = builder->refusal;
  else
    {
      values->editable = TRUE;
      if (slot->lock_kind == LOCK_NONE)
        reason = _("it has no lock, so an edit can fall between a read and a write of its program;"
                   " ask for an unlocked edit");
      else if (slot->lock_kind == LOCK_EXTERNAL)
        reason = _("its lock is of a kind that only the program itself can take; ask for an"
                   " unlocked edit");
      else
        reason = builder->unlocked;
    }
  values->reason = (char *) reason;
}

/* The entry in a slot that is live. */
static void
add_slot (struct builder *builder, guint32 index, guint32 state)
{
  g_autofree guint64 *metadata = NULL;
  g_autofree EntryField *fields = NULL;
  g_autofree EntryLabel *labels = NULL;
  struct format_error error;
  struct format_slot slot;
  EntryInfo values = { 0 };
  guint64 lock_offset;
  const guint8 *part;
  guint32 state_after;
  int result;

  result = native_view_slot (builder->view, index, &slot, &error);
  if (result == 0 && slot.what != FORMAT_WHAT_ENTRY)
    return;
  if (result == 0)
    {
      builder->metadata += slot.metadata_length;
      metadata = g_malloc0 (slot.metadata_length + sizeof *metadata);
      result = memory_copy (metadata, builder->view->base + slot.metadata_offset,
                            slot.metadata_length);
    }
  if (result == 0 && slot.lock_kind == LOCK_ROBUST && slot.lock_slot != index)
    result = native_view_lock (builder->view, slot.lock_slot, &lock_offset, &error);
  if (result == 0)
    result = format_check_metadata (&slot, index, metadata, &error);

  /* Only now is it known that all of this belonged together. What changed is looked
   * at again when the header's generation is seen to differ. */
  if (native_view_state (builder->view, index, &state_after) < 0 || state_after != state
      || (result == 0 && slot.state != state) || result == -EFAULT || result == -EAGAIN)
    return;
  if (result == -ENOENT)
    {
      g_snprintf (error.text, sizeof error.text, "slot %u, lock_slot: %u has no lock", index,
                  slot.lock_slot);
      result = -EBADMSG;
    }
  if (result < 0)
    {
      add_corrupt (builder, index, state, error.text);
      return;
    }

  values.id = id_of (index, state);
  take_slot (&values, &slot);
  take_editable (&values, builder, &slot);
  part = (const guint8 *) metadata;
  take_fields (&values, (const struct format_field *) (gconstpointer) part, slot.field_count);
  part += slot.field_count * sizeof (struct format_field);
  take_labels (&values, (const struct format_label *) (gconstpointer) part, slot.label_count);
  part += slot.label_count * sizeof (struct format_label);
  if (slot.doc_length > 0)
    values.doc = (char *) part;
  fields = values.fields;
  labels = values.labels;
  g_ptr_array_add (builder->entries, entry_info_new (&values));
}

static void
keep (struct builder *builder, EntryInfo *entry)
{
  builder->metadata += entry->n_fields * sizeof (struct format_field)
                       + entry->n_labels * sizeof (struct format_label) + strlen (entry->doc);
  g_ptr_array_add (builder->entries, entry_info_ref (entry));
}

GPtrArray *
native_entries (NativeView *view, GPtrArray *old, const char *refusal, const char *unlocked)
{
  struct builder builder = {
    .view = view,
    .refusal = refusal,
    .unlocked = unlocked,
    .entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_info_unref),
  };
  guint next_old = 0;

  for (guint32 index = 0; index < view->header.slot_count; index++)
    {
      guint32 state;

      if (native_view_state (view, index, &state) < 0)
        break;
      if (FORMAT_STATE (state) != FORMAT_SLOT_LIVE)
        continue;
      if (builder.entries->len == NATIVE_ENTRIES_MAX)
        {
          add_overflow (&builder, _("only the first 100000 entries of a segment are listed"));
          break;
        }
      if (builder.metadata > NATIVE_METADATA_MAX)
        {
          add_overflow (&builder,
                        _("the entries up to here have more than 64 MiB of fields, labels and"
                          " docs; the others are not listed"));
          break;
        }
      /* Both are in the order of slots. A slot that was not made anew holds what it held. */
      while (old != NULL && next_old < old->len
             && native_entry_slot (old->pdata[next_old]) < index)
        next_old++;
      if (old != NULL && next_old < old->len
          && ((EntryInfo *) old->pdata[next_old])->id == id_of (index, state))
        keep (&builder, old->pdata[next_old]);
      else
        add_slot (&builder, index, state);
    }
  return builder.entries;
}
