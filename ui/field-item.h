/* field-item.h - a field of a structure, as a row. */
#pragma once

#include "entry-item.h"

#define FIELD_TYPE_ITEM (field_item_get_type ())
G_DECLARE_FINAL_TYPE (FieldItem, field_item, FIELD, ITEM, GObject)

FieldItem *field_item_new (EntryItem *entry, guint index);
guint field_item_get_index (FieldItem *self);
const char *field_item_get_name (FieldItem *self);
/* "int32[3]", "uint32, bits 3 to 7", newly allocated. */
char *field_item_get_type_text (FieldItem *self);
/* As last sampled, with its unit, newly allocated; NULL when it was never read. */
char *field_item_get_value (FieldItem *self);
