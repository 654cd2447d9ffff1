/* entry-info.c - what is known of an entry. */
#include "entry-info.h"

#include <math.h>
#include <string.h>

#include "number.h"
#include "printable.h"

void
entry_info_copy (const EntryInfo *values, EntryInfo *ret_copy)
{
  EntryInfo *info = ret_copy;

  *info = *values;
  info->name = g_strdup (values->name);
  info->names = g_strdupv (values->names);
  info->ctype = g_strdup (values->ctype);
  info->pids = g_memdup2 (values->pids, values->n_pids * sizeof *values->pids);
  info->unit = g_strdup (values->unit);
  info->doc = g_strdup (values->doc);
  info->reason = g_strdup (values->reason);
  info->fields = g_memdup2 (values->fields, values->n_fields * sizeof *values->fields);
  for (guint i = 0; i < info->n_fields; i++)
    {
      info->fields[i].name = g_strdup (values->fields[i].name);
      info->fields[i].reason = g_strdup (values->fields[i].reason);
    }
  info->labels = g_memdup2 (values->labels, values->n_labels * sizeof *values->labels);
  for (guint i = 0; i < info->n_labels; i++)
    info->labels[i].text = g_strdup (values->labels[i].text);
}

static void
take_printable (char **text, char *(*make) (const char *))
{
  char *made = make (*text);

  g_free (*text);
  *text = made;
}

static void
make_printable (EntryInfo *info)
{
  take_printable (&info->name, printable_name);
  for (char **name = info->names; name != NULL && *name != NULL; name++)
    take_printable (name, printable_name);
  take_printable (&info->ctype, printable_name);
  take_printable (&info->unit, printable_prose);
  take_printable (&info->doc, printable_prose);
  take_printable (&info->reason, printable_prose);
  for (guint i = 0; i < info->n_fields; i++)
    {
      take_printable (&info->fields[i].name, printable_name);
      take_printable (&info->fields[i].reason, printable_prose);
    }
  for (guint i = 0; i < info->n_labels; i++)
    take_printable (&info->labels[i].text, printable_prose);
}

EntryInfo *
entry_info_new (const EntryInfo *values)
{
  EntryInfo *info = g_atomic_rc_box_new (EntryInfo);

  entry_info_copy (values, info);
  make_printable (info);
  if (info->unit == NULL)
    info->unit = g_strdup ("");
  if (info->doc == NULL)
    info->doc = g_strdup ("");
  return info;
}

EntryInfo *
entry_info_ref (EntryInfo *info)
{
  return g_atomic_rc_box_acquire (info);
}

void
entry_info_clear (EntryInfo *values)
{
  for (guint i = 0; i < values->n_fields; i++)
    {
      g_free (values->fields[i].name);
      g_free (values->fields[i].reason);
    }
  for (guint i = 0; i < values->n_labels; i++)
    g_free (values->labels[i].text);
  g_free (values->fields);
  g_free (values->labels);
  g_free (values->name);
  g_strfreev (values->names);
  g_free (values->ctype);
  g_free (values->pids);
  g_free (values->unit);
  g_free (values->doc);
  g_free (values->reason);
  *values = (EntryInfo) { .name = NULL };
}

static void
clear_box (gpointer data)
{
  entry_info_clear (data);
}

void
entry_info_unref (EntryInfo *info)
{
  if (info != NULL)
    g_atomic_rc_box_release_full (info, clear_box);
}

static gboolean
types_equal (const struct shmlens_type *a, const struct shmlens_type *b)
{
  return a->size == b->size && a->kind == b->kind && a->code == b->code;
}

static gboolean
fields_equal (const EntryField *a, const EntryField *b)
{
  return g_str_equal (a->name, b->name) && types_equal (&a->type, &b->type)
         && a->swapped == b->swapped && a->bit_offset == b->bit_offset
         && a->bit_width == b->bit_width && a->offset == b->offset
         && a->dimensions == b->dimensions && memcmp (a->shape, b->shape, sizeof a->shape) == 0
         && g_strcmp0 (a->reason, b->reason) == 0;
}

static gboolean
limits_equal (gboolean has_a, const guint8 *a, gboolean has_b, const guint8 *b)
{
  return has_a == has_b && (!has_a || memcmp (a, b, 8) == 0);
}

static gboolean
origins_equal (const EntryInfo *a, const EntryInfo *b)
{
  if ((a->names == NULL) != (b->names == NULL))
    return FALSE;
  return a->object == b->object && g_strcmp0 (a->ctype, b->ctype) == 0 && a->address == b->address
         && a->n_pids == b->n_pids
         && (a->n_pids == 0 || memcmp (a->pids, b->pids, a->n_pids * sizeof *a->pids) == 0)
         && (a->names == NULL
             || g_strv_equal ((const char *const *) a->names, (const char *const *) b->names));
}

gboolean
entry_info_equal (const EntryInfo *a, const EntryInfo *b)
{
  if (a == b)
    return TRUE;
  if (a->id != b->id || !g_str_equal (a->name, b->name) || !types_equal (&a->type, &b->type)
      || a->swapped != b->swapped || a->dimensions != b->dimensions
      || memcmp (a->shape, b->shape, sizeof a->shape) != 0
      || memcmp (a->strides, b->strides, sizeof a->strides) != 0 || a->length != b->length
      || a->offset != b->offset || a->role != b->role || !g_str_equal (a->unit, b->unit)
      || !g_str_equal (a->doc, b->doc)
      || !limits_equal (a->has_minimum, a->minimum, b->has_minimum, b->minimum)
      || !limits_equal (a->has_maximum, a->maximum, b->has_maximum, b->maximum)
      || !limits_equal (a->has_progress_max, a->progress_max, b->has_progress_max, b->progress_max)
      || a->lock_kind != b->lock_kind || a->lock_id != b->lock_id || a->lock_way != b->lock_way
      || a->lock_recursive != b->lock_recursive || !origins_equal (a, b) || a->editable != b->editable
      || g_strcmp0 (a->reason, b->reason) != 0 || a->n_fields != b->n_fields
      || a->n_labels != b->n_labels)
    return FALSE;
  for (guint i = 0; i < a->n_fields; i++)
    if (!fields_equal (&a->fields[i], &b->fields[i]))
      return FALSE;
  for (guint i = 0; i < a->n_labels; i++)
    if (a->labels[i].value != b->labels[i].value || a->labels[i].field != b->labels[i].field
        || !g_str_equal (a->labels[i].text, b->labels[i].text))
      return FALSE;
  return TRUE;
}

gboolean
entry_info_is_list (const EntryInfo *info)
{
  return info->dimensions == 0 && info->n_fields > 0 && info->fields[0].name[0] == '[';
}

const char *
entry_role_name (enum shmlens_role role)
{
  static const char *const names[] = { "plain", "progress", "flag", "counter",
                                       "text",  "bytes",    "image" };

  return (guint) role < G_N_ELEMENTS (names) ? names[role] : "plain";
}

guint64
entry_field_length (const EntryField *field)
{
  guint64 length = 1;

  for (guint i = 0; i < field->dimensions; i++)
    length *= field->shape[i];
  return length;
}

static void
copy_swapped (guint8 *to, const guint8 *from, gsize size)
{
  for (gsize i = 0; i < size; i++)
    to[i] = from[size - 1 - i];
}

static guint64
load_bits (const guint8 *bytes, gsize size)
{
  guint64 bits = 0;

  for (gsize i = 0; i < size; i++)
    bits |= (guint64) bytes[G_BYTE_ORDER == G_LITTLE_ENDIAN ? i : size - 1 - i] << (8 * i);
  return bits;
}

static void
store_bits (guint8 *bytes, gsize size, guint64 bits)
{
  for (gsize i = 0; i < size; i++)
    bytes[G_BYTE_ORDER == G_LITTLE_ENDIAN ? i : size - 1 - i] = bits >> (8 * i);
}

static guint64
bit_mask (guint width)
{
  return width >= 64 ? G_MAXUINT64 : (G_GUINT64_CONSTANT (1) << width) - 1;
}

static guint64
sign_extended (guint64 bits, guint width)
{
  guint64 sign = G_GUINT64_CONSTANT (1) << (width - 1);

  return (bits ^ sign) - sign;
}

void
entry_info_extract (const EntryInfo *info, const void *element, int field, guint64 index,
                    struct shmlens_type *ret_type, void *ret_value)
{
  const EntryField *f = field < 0 ? NULL : &info->fields[field];
  const struct shmlens_type *type = f == NULL ? &info->type : &f->type;
  const guint8 *from = element;

  g_return_if_fail (type->size <= 8);
  if (f != NULL)
    from += f->offset + index * type->size;
  if (f == NULL ? info->swapped : f->swapped)
    copy_swapped (ret_value, from, type->size);
  else
    memcpy (ret_value, from, type->size);

  if (f != NULL && f->bit_width > 0)
    {
      guint64 bits = load_bits (ret_value, type->size) >> f->bit_offset & bit_mask (f->bit_width);

      if (type->kind == SHMLENS_KIND_SIGNED)
        bits = sign_extended (bits, f->bit_width);
      store_bits (ret_value, type->size, bits);
    }
  if (ret_type != NULL)
    *ret_type = *type;
}

gboolean
entry_info_insert (const EntryInfo *info, void *element, int field, guint64 index,
                   const void *value)
{
  const EntryField *f = field < 0 ? NULL : &info->fields[field];
  const struct shmlens_type *type = f == NULL ? &info->type : &f->type;
  gboolean swapped = f == NULL ? info->swapped : f->swapped;
  guint8 *to = element;
  guint8 whole[8];

  g_return_val_if_fail (type->size <= 8, FALSE);
  if (f != NULL)
    to += f->offset + index * type->size;
  memcpy (whole, value, type->size);
  if (f != NULL && f->bit_width > 0)
    {
      guint64 bits = load_bits (value, type->size);
      guint64 mask = bit_mask (f->bit_width);
      guint64 kept = bits & mask;
      guint64 back = type->kind == SHMLENS_KIND_SIGNED ? sign_extended (kept, f->bit_width) : kept;

      if ((back & bit_mask (type->size * 8)) != bits)
        return FALSE;
      if (swapped)
        copy_swapped (whole, to, type->size);
      else
        memcpy (whole, to, type->size);
      bits = (load_bits (whole, type->size) & ~(mask << f->bit_offset)) | kept << f->bit_offset;
      store_bits (whole, type->size, bits);
    }
  if (swapped)
    copy_swapped (to, whole, type->size);
  else
    memcpy (to, whole, type->size);
  return TRUE;
}

gboolean
entry_info_has_labels (const EntryInfo *info, int field)
{
  const struct shmlens_type *type = field < 0 ? &info->type : &info->fields[field].type;

  return info->n_labels > 0
         && (type->kind == SHMLENS_KIND_SIGNED || type->kind == SHMLENS_KIND_UNSIGNED
             || type->kind == SHMLENS_KIND_BOOL);
}

const char *
entry_info_label (const EntryInfo *info, int field, const void *value)
{
  const struct shmlens_type *type = field < 0 ? &info->type : &info->fields[field].type;
  guint64 bits;

  if (!entry_info_has_labels (info, field))
    return NULL;
  bits = load_bits (value, type->size);
  if (type->kind == SHMLENS_KIND_SIGNED)
    bits = sign_extended (bits, type->size * 8);
  for (guint i = 0; i < info->n_labels; i++)
    if (info->labels[i].field == field && info->labels[i].value == (gint64) bits)
      return info->labels[i].text;
  return NULL;
}

static const char *
skip_blanks (const char *text)
{
  while (g_ascii_isspace (*text))
    text++;
  return text;
}

const EntryLabel *
entry_info_find_label (const EntryInfo *info, int field, const char *text)
{
  g_autofree char *written = NULL;
  const EntryLabel *shown = NULL;

  if (!entry_info_has_labels (info, field))
    return NULL;
  written = g_strstrip (g_strdup (text));
  for (guint i = 0; i < info->n_labels; i++)
    {
      const EntryLabel *label = &info->labels[i];
      const char *name = skip_blanks (label->text);
      gsize length = strlen (name);

      while (length > 0 && g_ascii_isspace (name[length - 1]))
        length--;
      /* One without a name is not meant by nothing. */
      if (label->field != field || length == 0 || strncmp (written, name, length) != 0)
        continue;
      if (written[length] == '\0')
        return label;
      if (shown == NULL && number_is_in_brackets (written + length, label->value))
        shown = label;
    }
  return shown;
}

double
entry_info_element_double (const EntryInfo *info, const void *element, int field)
{
  struct shmlens_type type;
  guint8 value[8];
  guint64 bits;

  if ((field < 0 && info->type.kind == SHMLENS_KIND_STRUCT)
      || (field >= 0 && info->fields[field].dimensions > 0))
    return NAN;
  entry_info_extract (info, element, field, 0, &type, value);
  bits = load_bits (value, type.size);
  switch (type.kind)
    {
    case SHMLENS_KIND_BOOL:
      return bits != 0;
    case SHMLENS_KIND_SIGNED:
      return (gint64) sign_extended (bits, type.size * 8);
    case SHMLENS_KIND_UNSIGNED:
      return bits;
    case SHMLENS_KIND_FLOAT:
      if (type.size == sizeof (float))
        {
          float real;

          memcpy (&real, value, sizeof real);
          return real;
        }
      else
        {
          double real;

          memcpy (&real, value, sizeof real);
          return real;
        }
    default:
      return NAN;
    }
}
