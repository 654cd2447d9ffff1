/* entry-item-display.c - the form in which people want an entry's value, and typing it in
 * that form. */
#include "entry-item-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "display-store.h"
#include "edit-text.h"

gboolean
entry_item_can_display (EntryItem *self)
{
  return self->info->object == OBJECT_DATA && entry_item_has_statistics (self->info);
}

const Display *
entry_item_get_display (EntryItem *self)
{
  return self->display;
}

enum display_form
entry_item_get_form (EntryItem *self)
{
  return self->display != NULL ? self->display->form : DISPLAY_STANDARD;
}

void
entry_item_take_display (EntryItem *self, const Display *display)
{
  g_clear_pointer (&self->display, display_free);
  if (display != NULL && entry_item_can_display (self) && !display_is_standard (display)
      && display_suits (display, &self->info->type))
    self->display = display_copy (display);
}

void
entry_item_load_display (EntryItem *self)
{
  g_autoptr (SegmentInfo) segment = NULL;

  if (display_store_is_empty ())
    return;
  segment = attachment_get_info (self->attachment);
  entry_item_take_display (self, display_store_get (segment, self->info->name));
}

gboolean
entry_item_set_display (EntryItem *self, const Display *display, GError **error)
{
  g_autoptr (SegmentInfo) segment = attachment_get_info (self->attachment);
  gboolean is_none = display == NULL || display_is_standard (display);

  entry_item_take_display (self, display);
  entry_item_show_value (self);
  entry_item_show_suffix (self);
  entry_item_notify (self, ENTRY_ITEM_NAME);
  entry_item_notify (self, ENTRY_ITEM_STATISTICS);
  return display_store_set (segment, self->info->name, is_none ? NULL : display, error);
}

const char *
entry_item_get_unit (EntryItem *self)
{
  return self->display != NULL && self->display->unit != NULL ? self->display->unit
                                                              : self->info->unit;
}

char *
entry_item_format (EntryItem *self, const void *element)
{
  struct shmlens_type type;
  guint8 value[8];

  if (self->display == NULL)
    return NULL;
  entry_info_extract (self->info, element, -1, 0, &type, value);
  return display_format (self->display, &type, value);
}

char *
entry_item_get_edit_text (EntryItem *self)
{
  /* Of progress only what is done. */
  char *text = self->n_elements > 0 && entry_item_get_form (self) != DISPLAY_PROGRESS
                 ? entry_item_format (self, self->elements)
                 : NULL;

  return text != NULL ? text
                      : edit_text_of (self->info, self->elements, self->n_elements, -1);
}

static gboolean
is_operation (const char *text)
{
  while (g_ascii_isspace (*text))
    text++;
  return text[0] != '\0' && strchr ("+-*", text[0]) != NULL && text[1] == '=';
}

char *
entry_item_parse_text (EntryItem *self, const char *text, GError **error)
{
  struct shmlens_type type = self->info->type;
  guint8 value[8];
  char buffer[64];

  if (entry_item_get_form (self) == DISPLAY_STANDARD || is_operation (text))
    return g_strdup (text);
  if (!display_parse (self->display, &type, text, value, error))
    return NULL;
  return g_strdup (shmlens_type_print (&type, value, sizeof buffer, buffer) < 0 ? text : buffer);
}

char *
entry_item_get_edit_hint (EntryItem *self)
{
  g_autofree char *labels = NULL;

  switch (entry_item_get_form (self))
    {
    case DISPLAY_STANDARD:
    case DISPLAY_DECIMAL:
      return edit_text_hint (self->info, -1);
    case DISPLAY_CHARACTER:
      return g_strdup (_("A character as 'A', or its number."));
    case DISPLAY_PROGRESS:
      return g_strdup (_("A number, or percent of the maximum. +=5, -=1 and *=2 change what is "
                         "there then."));
    case DISPLAY_BITS:
      labels = display_get_labels (self->display);
      return g_strdup_printf (_("Bits joined by |, or a number. %s"), labels);
    case DISPLAY_LABELS:
      labels = display_get_labels (self->display);
      return g_strdup_printf (_("A label, or a number. %s"), labels);
    default:
      return g_strdup (_("A number as 5, 0x05, 0o5 or 0b101. +=5, -=1 and *=2 change what is there "
                         "then."));
    }
}
