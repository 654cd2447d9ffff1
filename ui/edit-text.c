/* edit-text.c - what can be typed in, and the text that an edit begins with. */
#include "edit-text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect-error.h"

/* More than this is no line to type in. */
#define TEXT_ELEMENTS_MAX 4096
#define LIST_ELEMENTS_MAX 64
#define HINT_LABELS_MAX 8

static gboolean
is_character (const struct shmlens_type *type)
{
  return type->kind == SHMLENS_KIND_CHAR || type->kind == SHMLENS_KIND_UNICODE;
}

gboolean
edit_text_is_possible (const EntryInfo *info, int field)
{
  if (field >= 0)
    {
      const EntryField *f = &info->fields[field];

      return info->dimensions == 0
             && (f->dimensions == 0
                 || (f->dimensions == 1 && is_character (&f->type)
                     && entry_field_length (f) <= TEXT_ELEMENTS_MAX)
                 || entry_field_length (f) <= LIST_ELEMENTS_MAX);
    }
  if (info->type.kind == SHMLENS_KIND_STRUCT)
    return FALSE;
  return info->dimensions == 0
         || (info->dimensions == 1 && is_character (&info->type)
             && info->length <= TEXT_ELEMENTS_MAX);
}

static void
append_scalar (GString *text, const EntryInfo *info, const guint8 *element, int field,
               guint64 index)
{
  struct shmlens_type type;
  guint64 value = 0;
  char buffer[64];

  entry_info_extract (info, element, field, index, &type, &value);
  if (shmlens_type_print (&type, &value, sizeof buffer, buffer) >= 0)
    g_string_append (text, buffer);
}

static gboolean
is_nul (const EntryInfo *info, const guint8 *element, int field, guint64 index)
{
  guint64 value = 0;

  entry_info_extract (info, element, field, index, NULL, &value);
  return value == 0;
}

/* The length of the printable character of several bytes that begins here; 0: there is
 * none. An edit reads it back byte by byte. */
static guint64
utf8_length (const EntryInfo *info, const guint8 *elements, guint64 left)
{
  gunichar c;

  if (info->type.kind != SHMLENS_KIND_CHAR || elements[0] < 0x80)
    return 0;
  c = g_utf8_get_char_validated ((const char *) elements, (gssize) left);
  return c < 0x110000 && g_unichar_isprint (c) ? (guint64) g_unichar_to_utf8 (c, NULL) : 0;
}

char *
edit_text_of (const EntryInfo *info, const void *elements, guint64 count, int field)
{
  const guint8 *bytes = elements;
  g_autoptr (GString) text = NULL;

  if (!edit_text_is_possible (info, field) || elements == NULL || count < info->length)
    return NULL;
  text = g_string_new (NULL);
  if (field >= 0)
    {
      const EntryField *f = &info->fields[field];
      guint64 length = entry_field_length (f);
      gboolean characters = f->dimensions == 1 && is_character (&f->type);

      while (characters && length > 0 && is_nul (info, bytes, field, length - 1))
        length--;
      for (guint64 i = 0; i < length; i++)
        {
          if (i > 0 && !characters)
            g_string_append (text, ", ");
          append_scalar (text, info, bytes, field, i);
        }
    }
  else
    {
      guint64 length = info->length;

      while (info->dimensions > 0 && length > 0
             && is_nul (info, bytes + (length - 1) * info->type.size, -1, 0))
        length--;
      for (guint64 i = 0; i < length;)
        {
          guint64 several
            = info->dimensions > 0 ? utf8_length (info, bytes + i, length - i) : 0;

          if (several > 0)
            g_string_append_len (text, (const char *) bytes + i, (gssize) several);
          else
            append_scalar (text, info, bytes + i * info->type.size, -1, 0);
          i += MAX (several, 1);
        }
    }
  return g_strdup (text->str);
}

gboolean
edit_text_is_text (const EntryInfo *info, int field)
{
  guint dimensions = field >= 0 ? info->fields[field].dimensions : info->dimensions;

  return dimensions > 0 && is_character (display_set_type (info, field, NULL));
}

char *
edit_text_in_form (const EntryInfo *info, const DisplaySet *displays, const void *elements,
                   guint64 count, int field)
{
  guint64 n = field >= 0 ? entry_field_length (&info->fields[field]) : 1;
  GString *text;

  if (elements == NULL || count < info->length || !edit_text_is_possible (info, field)
      || edit_text_is_text (info, field) || !display_set_is_typed (displays, field))
    return edit_text_of (info, elements, count, field);
  text = g_string_new (NULL);
  for (guint64 i = 0; i < n; i++)
    {
      g_string_append (text, i > 0 ? ", " : "");
      display_set_append (displays, info, elements, field, i, text);
    }
  return g_string_free (text, FALSE);
}

Edit *
edit_text_make (Attachment *attachment, EntryInfo *info, int field, const char *text)
{
  Edit *edit = NULL;

  if (field >= 0 && info->fields[field].dimensions > 0)
    {
      const EntryField *f = &info->fields[field];

      if (!is_character (&f->type) && strchr (text, ',') != NULL)
        {
          g_auto (GStrv) parts = g_strsplit (text, ",", -1);
          g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

          for (char **part = parts; *part != NULL; part++)
            g_ptr_array_add (texts, g_strdup (*part));
          edit = edit_new_texts (attachment, info, 0, 1, EDIT_SET, texts);
        }
      else
        edit = edit_new (attachment, info, 0, 1, text);
      edit->field_index = EDIT_FIELD_ALL;
    }
  else
    edit = edit_new (attachment, info, 0, info->length, text);
  edit->field = field;
  return edit;
}

static char *
element_text (const EntryInfo *info, const void *element)
{
  return entry_info_element_text (info, element, -1);
}

char *
edit_text_hint (const EntryInfo *info, int field)
{
  const struct shmlens_type *type = field >= 0 ? &info->fields[field].type : &info->type;
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();
  g_autoptr (GString) hint = g_string_new (NULL);

  for (guint i = 0; i < info->n_labels && labels->len < HINT_LABELS_MAX; i++)
    if (info->labels[i].field == field)
      g_ptr_array_add (labels, info->labels[i].text);
  if (labels->len > 0)
    {
      g_autofree char *joined = NULL;

      g_ptr_array_add (labels, NULL);
      joined = g_strjoinv (", ", (char **) labels->pdata);
      g_string_printf (hint, _("One of: %s."), joined);
    }
  else if (type->kind == SHMLENS_KIND_BOOL)
    g_string_append (hint, _("true or false."));
  else if (is_character (type))
    g_string_append (hint, _("Text; \\n, \\0 and \\x41 are escapes."));
  else
    {
      if (field < 0 && info->has_minimum && info->has_maximum)
        {
          g_autofree char *low = element_text (info, info->minimum);
          g_autofree char *high = element_text (info, info->maximum);

          g_string_append_printf (hint, _("From %s to %s. "), low, high);
        }
      else if (field < 0 && info->has_minimum)
        {
          g_autofree char *low = element_text (info, info->minimum);

          g_string_append_printf (hint, _("At least %s. "), low);
        }
      else if (field < 0 && info->has_maximum)
        {
          g_autofree char *high = element_text (info, info->maximum);

          g_string_append_printf (hint, _("At most %s. "), high);
        }
      g_string_append (hint, _("+=5, -=1 and *=2 change what is there then."));
    }
  return g_strdup (hint->str);
}

static gboolean
is_number (const EntryInfo *info, int field)
{
  const struct shmlens_type *type = field >= 0 ? &info->fields[field].type : &info->type;

  return type->kind == SHMLENS_KIND_SIGNED || type->kind == SHMLENS_KIND_UNSIGNED
         || type->kind == SHMLENS_KIND_FLOAT;
}

Edit *
edit_text_make_block (Attachment *attachment, EntryInfo *info, const ArrayBlock *block, int field,
                      const char *text)
{
  /* A label may have a colon. */
  const char *colon = is_number (info, field) && entry_info_find_label (info, field, text) == NULL
                        ? strrchr (text, ':')
                        : NULL;
  Edit *edit;

  if (colon == NULL)
    edit = edit_new (attachment, info, 0, 0, text);
  else
    {
      g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

      g_ptr_array_add (texts, g_strndup (text, (gsize) (colon - text)));
      g_ptr_array_add (texts, g_strdup (colon + 1));
      edit = edit_new_texts (attachment, info, 0, 0, EDIT_RAMP, texts);
    }
  edit->field = field;
  edit_set_block (edit, block);
  return edit;
}

char *
edit_text_block_hint (const EntryInfo *info, int field)
{
  if (!is_number (info, field))
    return edit_text_hint (info, field);
  return g_strdup (_("One value for all of them; += -= *= to calculate; 0:2 for 0, 2, 4, …"));
}

const char *
edit_text_offer (const Edit *edit, const GError *error)
{
  if (error->domain != INSPECT_ERROR)
    return NULL;
  switch (error->code)
    {
    case INSPECT_ERROR_TIMEOUT:
      return _("_Try Again");
    case INSPECT_ERROR_NO_LOCK:
      return _("_Write Without the Lock");
    case INSPECT_ERROR_OWNER_DIED:
      return edit->entry->lock_kind == LOCK_SEMAPHORE ? _("_Release and Apply")
                                                      : _("_Recover and Apply");
    case INSPECT_ERROR_NO_UNDO:
      return _("_Write Without Undo");
    default:
      return NULL;
    }
}

Edit *
edit_text_make_offer (const Edit *edit, const GError *error)
{
  Edit *offered = edit_new_texts (edit->attachment, edit->entry, edit->first, edit->last,
                                  edit->operation, edit->texts);

  if (edit->block != NULL)
    edit_set_block (offered, edit->block);
  if (edit->elements != NULL)
    offered->elements = g_bytes_ref (edit->elements);
  offered->field = edit->field;
  offered->field_index = edit->field_index;
  offered->condition = g_strdup (edit->condition);
  offered->timeout_ns = edit->timeout_ns;
  offered->unlocked = edit->unlocked || error->code == INSPECT_ERROR_NO_LOCK;
  offered->recover = edit->recover || error->code == INSPECT_ERROR_OWNER_DIED;
  offered->without_undo = edit->without_undo || error->code == INSPECT_ERROR_NO_UNDO;
  return offered;
}
