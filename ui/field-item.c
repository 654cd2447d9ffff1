/* field-item.c - a field of a structure, as a row. */
#include "field-item.h"

#include <glib/gi18n.h>

struct _FieldItem
{
  GObject parent_instance;

  EntryItem *entry;
  guint index;
};

G_DEFINE_FINAL_TYPE (FieldItem, field_item, G_TYPE_OBJECT)

FieldItem *
field_item_new (EntryItem *entry, guint index)
{
  FieldItem *self = g_object_new (FIELD_TYPE_ITEM, NULL);

  self->entry = g_object_ref (entry);
  self->index = index;
  return self;
}

static const EntryField *
field_of (FieldItem *self)
{
  return &entry_item_get_info (self->entry)->fields[self->index];
}

guint
field_item_get_index (FieldItem *self)
{
  return self->index;
}

const char *
field_item_get_name (FieldItem *self)
{
  return field_of (self)->name;
}

char *
field_item_get_type_text (FieldItem *self)
{
  const EntryField *field = field_of (self);
  g_autoptr (GString) text = g_string_new (shmlens_type_name (&field->type));

  for (guint i = 0; i < field->dimensions; i++)
    g_string_append_printf (text, "[%" G_GUINT64_FORMAT "]", field->shape[i]);
  if (field->bit_width == 1)
    g_string_append_printf (text, _(", bit %u"), field->bit_offset);
  else if (field->bit_width > 1)
    g_string_append_printf (text, _(", bits %u to %u"), field->bit_offset,
                            field->bit_offset + field->bit_width - 1);
  return g_strdup (text->str);
}

char *
field_item_get_value (FieldItem *self)
{
  guint64 count = 0;
  const void *elements = entry_item_get_elements (self->entry, &count);
  const DisplaySet *displays = entry_item_get_displays (self->entry);
  const Display *display = display_set_get (displays, (int) self->index);
  GString *text;

  if (elements == NULL || count == 0)
    return NULL;
  text = g_string_new (NULL);
  entry_info_append_element (entry_item_get_info (self->entry), displays, elements,
                             (int) self->index, text);
  if (display != NULL && display->unit != NULL)
    g_string_append_printf (text, "  %s", display->unit);
  return g_string_free (text, FALSE);
}

static void
field_item_finalize (GObject *object)
{
  g_object_unref (FIELD_ITEM (object)->entry);
  G_OBJECT_CLASS (field_item_parent_class)->finalize (object);
}

static void
field_item_class_init (FieldItemClass *class)
{
  G_OBJECT_CLASS (class)->finalize = field_item_finalize;
}

static void
field_item_init (FieldItem *self)
{
}
