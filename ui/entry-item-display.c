/* entry-item-display.c - the forms in which people want an entry and its fields, and typing in
 * them. */
#include "entry-item-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "display-store.h"
#include "edit-text.h"
#include "inspect-error.h"

gboolean
entry_item_can_display (EntryItem *self, int field)
{
  const struct shmlens_type *type = display_set_type (self->info, field, NULL);

  return self->info->object == OBJECT_DATA && type->kind != SHMLENS_KIND_STRUCT && type->size <= 8;
}

DisplaySet *
entry_item_get_displays (EntryItem *self)
{
  return self->displays;
}

const Display *
entry_item_get_display (EntryItem *self)
{
  return display_set_get (self->displays, -1);
}

static enum display_form
form_of (EntryItem *self, int field)
{
  const Display *display = display_set_get (self->displays, field);

  return display != NULL ? display->form : DISPLAY_STANDARD;
}

enum display_form
entry_item_get_form (EntryItem *self)
{
  return form_of (self, -1);
}

void
entry_item_load_displays (EntryItem *self)
{
  g_autoptr (SegmentInfo) segment = NULL;

  g_clear_pointer (&self->displays, display_set_unref);
  if (display_store_is_empty () || self->info->object != OBJECT_DATA)
    return;
  segment = attachment_get_info (self->attachment);
  self->displays = display_store_get (segment, self->info);
}

gboolean
entry_item_set_display (EntryItem *self, int field, const Display *display, GError **error)
{
  g_autoptr (SegmentInfo) segment = attachment_get_info (self->attachment);
  g_autoptr (DisplaySet) old = NULL;
  gboolean is_none = display == NULL || display_is_standard (display);

  if (field >= (int) self->info->n_fields)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s: it has no field %d; look at its fields again"), self->info->name, field);
      return FALSE;
    }
  old = self->displays;
  self->displays = display_set_with (old, self->info, field, display);
  entry_item_show_value (self);
  entry_item_show_suffix (self);
  entry_item_notify (self, ENTRY_ITEM_NAME);
  entry_item_notify (self, ENTRY_ITEM_STATISTICS);
  return display_store_set (segment, self->info, field, is_none ? NULL : display, error);
}

const char *
entry_item_get_unit (EntryItem *self)
{
  const Display *display = entry_item_get_display (self);

  return display != NULL && display->unit != NULL ? display->unit : self->info->unit;
}

char *
entry_item_get_field_edit_text (EntryItem *self, int field)
{
  return edit_text_in_form (self->info, self->displays, self->elements, self->n_elements, field);
}

char *
entry_item_get_edit_text (EntryItem *self)
{
  return entry_item_get_field_edit_text (self, -1);
}

/* Several between commas, each for itself. */
static char *
parse_parts (EntryItem *self, int field, const char *text, GError **error)
{
  g_auto (GStrv) parts
    = display_split (display_set_get (self->displays, field), text, ',');

  for (char **part = parts; *part != NULL; part++)
    {
      char *parsed = display_set_parse (self->displays, self->info, field, *part, error);

      if (parsed == NULL)
        return NULL;
      g_free (*part);
      *part = parsed;
    }
  return g_strjoinv (",", parts);
}

char *
entry_item_parse_text (EntryItem *self, int field, const char *text, GError **error)
{
  if (form_of (self, field) == DISPLAY_STANDARD)
    return g_strdup (text);
  if (field >= 0 && self->info->fields[field].dimensions > 0)
    return edit_text_is_text (self->info, field) ? g_strdup (text)
                                 : parse_parts (self, field, text, error);
  return display_set_parse (self->displays, self->info, field, text, error);
}

char *
entry_item_parse_block_text (EntryItem *self, int field, const char *text, GError **error)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *begin = NULL, *parsed = NULL;
  char *whole;

  if (form_of (self, field) == DISPLAY_STANDARD || colon == NULL)
    return entry_item_parse_text (self, field, text, error);
  /* A label may have a colon. */
  whole = entry_item_parse_text (self, field, text, NULL);
  if (whole != NULL)
    return whole;
  begin = g_strndup (text, (gsize) (colon - text));
  parsed = display_set_parse (self->displays, self->info, field, begin, error);
  /* The step is no value: it may be less than any. */
  return parsed != NULL ? g_strconcat (parsed, colon, NULL) : NULL;
}

char *
entry_item_get_edit_hint (EntryItem *self, int field)
{
  const Display *display = display_set_get (self->displays, field);
  g_autofree char *labels = NULL;

  switch (field >= 0 && edit_text_is_text (self->info, field) ? DISPLAY_STANDARD : form_of (self, field))
    {
    case DISPLAY_STANDARD:
    case DISPLAY_DECIMAL:
      return edit_text_hint (self->info, field);
    case DISPLAY_CHARACTER:
      return g_strdup (_("A character as 'A', or its number."));
    case DISPLAY_PROGRESS:
      return g_strdup (_("A number, or percent of the maximum. +=5, -=1 and *=2 change what is "
                         "there then."));
    case DISPLAY_BITS:
      labels = display_get_labels (display);
      return g_strdup_printf (_("Bits joined by |, or a number. %s"), labels);
    case DISPLAY_LABELS:
      labels = display_get_labels (display);
      return g_strdup_printf (_("A label, or a number. %s"), labels);
    default:
      return g_strdup (_("A number as 5, 0x05, 0o5 or 0b101. +=5, -=1 and *=2 change what is there "
                         "then."));
    }
}
