/* ctl-list.c - shmlensctl list. */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>

static void
json_segment (Json *json, const SegmentInfo *info)
{
  json_string (json, "segment", info->id);
  json_string (json, "kind", info->kind);
  json_unsigned (json, "size", info->size);
  json_string (json, "state", segment_state_name (info->state));
  json_begin_array (json, "pids");
  for (guint i = 0; i < info->n_pids; i++)
    json_unsigned (json, NULL, (guint64) info->pids[i]);
  json_end_array (json);
}

static void
print_segment (const SegmentInfo *info)
{
  g_autofree char *size = g_format_size_full (info->size, G_FORMAT_SIZE_IEC_UNITS);
  GString *pids = g_string_new (NULL);

  for (guint i = 0; i < info->n_pids; i++)
    g_string_append_printf (pids, "%s%d", i > 0 ? "," : "", (int) info->pids[i]);
  g_print ("%s%*s %-7s %*s%s  %-9s %8u  %-16s %s\n", info->id, ctl_padding (info->id, 32), "",
           info->kind, ctl_padding (size, 10), "", size,
           info->stale ? "stale" : segment_state_name (info->state), info->n_entries,
           pids->len > 0 ? pids->str : "-", info->title);
  g_string_free (pids, TRUE);
}

static enum ctl_status
list_segments (gboolean as_json)
{
  g_autoptr (Registry) registry = registry_new (NULL);
  g_autoptr (GPtrArray) segments = registry_list (registry, NULL);
  Json json;

  if (as_json)
    {
      json_init (&json);
      json_begin_object (&json, NULL);
      json_begin_array (&json, "segments");
      for (guint i = 0; i < segments->len; i++)
        {
          const SegmentInfo *info = g_ptr_array_index (segments, i);

          json_begin_object (&json, NULL);
          json_segment (&json, info);
          json_unsigned (&json, "entries", info->n_entries);
          json_end_object (&json);
        }
      json_end_array (&json);
      json_end_object (&json);
      ctl_print_json (&json);
      return CTL_DONE;
    }
  if (segments->len == 0)
    {
      g_print (
        _("There is no shared memory here yet. \"shmlensctl demo training\" makes some.\n"));
      return CTL_DONE;
    }
  g_print ("%-32s %-7s %10s  %-9s %8s  %-16s %s\n", "SEGMENT", "KIND", "SIZE", "STATE", "ENTRIES",
           "PROCESSES", "PROGRAM");
  for (guint i = 0; i < segments->len; i++)
    print_segment (g_ptr_array_index (segments, i));
  return CTL_DONE;
}

static void
json_fields (Json *json, const EntryInfo *entry)
{
  json_begin_array (json, "fields");
  for (guint i = 0; i < entry->n_fields; i++)
    {
      const EntryField *field = &entry->fields[i];
      char code[2] = { field->type.code, '\0' };

      json_begin_object (json, NULL);
      json_string (json, "name", field->name);
      json_string (json, "typecode", code);
      json_string (json, "type", shmlens_type_name (&field->type));
      json_begin_array (json, "shape");
      for (guint d = 0; d < field->dimensions; d++)
        json_unsigned (json, NULL, field->shape[d]);
      json_end_array (json);
      json_unsigned (json, "offset", field->offset);
      json_boolean (json, "swapped", field->swapped);
      if (field->bit_width > 0)
        {
          json_unsigned (json, "bit_offset", field->bit_offset);
          json_unsigned (json, "bit_width", field->bit_width);
        }
      json_end_object (json);
    }
  json_end_array (json);
}

/* Of an entry that a program has under names of its own. */
static void
json_origin (Json *json, const EntryInfo *entry)
{
  json_string (json, "ctype", entry->ctype);
  json_unsigned (json, "address", entry->address);
  json_begin_array (json, "names");
  for (guint i = 0; entry->names[i] != NULL; i++)
    json_string (json, NULL, entry->names[i]);
  json_end_array (json);
  json_begin_array (json, "pids");
  for (guint i = 0; i < entry->n_pids; i++)
    json_unsigned (json, NULL, (guint64) entry->pids[i]);
  json_end_array (json);
}

static void
json_entry (Json *json, Attachment *attachment, EntryInfo *entry)
{
  char code[2] = { entry->type.code, '\0' };
  g_autofree char *type = entry_info_type_text (entry);
  guint64 writes;

  json_begin_object (json, NULL);
  json_string (json, "name", entry->name);
  json_string (json, "typecode", code);
  json_string (json, "type", type);
  json_begin_array (json, "shape");
  for (guint i = 0; i < entry->dimensions; i++)
    json_unsigned (json, NULL, entry->shape[i]);
  json_end_array (json);
  json_unsigned (json, "offset", entry->offset);
  json_string (json, "role", entry_role_name (entry->role));
  json_string (json, "unit", entry->unit[0] != '\0' ? entry->unit : NULL);
  json_string (json, "doc", entry->doc[0] != '\0' ? entry->doc : NULL);
  if (attachment_writes (attachment, entry, &writes) == 0)
    json_unsigned (json, "writes", writes);
  else
    json_null (json, "writes");
  json_boolean (json, "editable", entry->editable);
  if (entry->n_fields > 0)
    json_fields (json, entry);
  if (entry->names != NULL)
    json_origin (json, entry);
  ctl_json_lock (json, attachment, entry);
  json_end_object (json);
}

#define PREVIEW_ELEMENTS 64

static void
print_entry (Attachment *attachment, EntryInfo *entry)
{
  guint64 length = MIN (entry->length, PREVIEW_ELEMENTS);
  g_autofree guint8 *elements = g_malloc0 (length * entry->type.size + 8);
  g_autofree char *type = entry_info_type_text (entry);
  g_autofree char *value = NULL;
  LockInfo lock = { .kind = entry->lock_kind, .state = SHMLENS_LOCK_UNKNOWN };

  if (lock_kind_can_be_taken (entry->lock_kind))
    attachment_describe_lock (attachment, entry, &lock);
  if (attachment_read (attachment, entry, 0, length, elements) >= 0)
    value = entry_info_preview (entry, elements, length, 48);
  g_print ("%s%*s %-20s %-8s %s%s%s\n", entry->name, ctl_padding (entry->name, 28), "", type,
           lock_state_name (entry->lock_kind, lock.state), value != NULL ? value : "-",
           entry->unit[0] != '\0' ? " " : "", entry->unit);
}

/* An attachment knows those that say themselves that they have the segment; who maps
 * it at all is what the registry's list tells. */
static SegmentInfo *
get_listed_info (const struct ctl_opened *opened)
{
  g_autoptr (SegmentInfo) info = attachment_get_info (opened->attachment);
  g_autoptr (GPtrArray) segments = NULL;

  /* A program is its processes. */
  if (info->device == 0)
    return g_steal_pointer (&info);
  segments = registry_list (opened->registry, info->kind);
  for (guint i = 0; i < segments->len; i++)
    {
      SegmentInfo *listed = g_ptr_array_index (segments, i);

      if (listed->device == info->device && listed->inode == info->inode)
        return segment_info_ref (listed);
    }
  return g_steal_pointer (&info);
}

static enum ctl_status
list_entries (const struct ctl *ctl)
{
  struct ctl_opened opened;
  enum ctl_status status = ctl_open (ctl, NULL, &opened);
  Json json;

  if (status == CTL_DONE)
    {
      g_autoptr (SegmentInfo) info = get_listed_info (&opened);
      g_autoptr (GPtrArray) entries = attachment_get_entries (opened.attachment, NULL);

      if (ctl->json)
        {
          json_init (&json);
          json_begin_object (&json, NULL);
          json_segment (&json, info);
          json_begin_array (&json, "entries");
          for (guint i = 0; i < entries->len; i++)
            json_entry (&json, opened.attachment, g_ptr_array_index (entries, i));
          json_end_array (&json);
          json_end_object (&json);
          ctl_print_json (&json);
        }
      else
        {
          if (info->reason != NULL)
            g_printerr ("shmlensctl: %s\n", info->reason);
          g_print ("%-28s %-20s %-8s %s\n", "ENTRY", "TYPE", "LOCK", "VALUE");
          for (guint i = 0; i < entries->len; i++)
            print_entry (opened.attachment, g_ptr_array_index (entries, i));
        }
      if (info->state == SEGMENT_CORRUPT)
        status = CTL_CORRUPT;
      else if (info->state == SEGMENT_FORBIDDEN)
        status = CTL_PERMISSION;
    }
  ctl_close (&opened);
  return status;
}

enum ctl_status
ctl_list (const struct ctl *ctl)
{
  return ctl->arguments->len == 0 ? list_segments (ctl->json) : list_entries (ctl);
}
