/* literal.c - elements of an entry as other programs write them. */
#include "literal.h"

#include <math.h>
#include <string.h>

/* Lines of source code are broken behind so many bytes. */
#define LINE_LENGTH 88
/* So many elements are written until it is asked whether to go on. */
#define ELEMENTS_BETWEEN 4096

struct literal
{
  enum literal_form form;
  EntryInfo *entry;
  GPtrArray *identifiers;  /* of its fields in C; else NULL */
  gsize line_start;
  guint depth;             /* of brackets that are open */
  ArrayTask *task;
  guint64 n_done;
};

/* Elements, or those of a field that is an array: then of one element. */
struct part
{
  const guint8 *elements;
  int field;
  const struct shmlens_type *type;
  guint dimensions;
  const guint64 *shape;
};

static void append_structure (Literal *self, GString *text, const guint8 *element);

static gboolean
is_code (const Literal *self)
{
  return self->form == LITERAL_C || self->form == LITERAL_PYTHON;
}

static gboolean
is_character (const struct shmlens_type *type)
{
  return type->kind == SHMLENS_KIND_CHAR || type->kind == SHMLENS_KIND_UNICODE;
}

/* Whether it says so of bytes, or a list of Python has them: there they are nearly always text. */
static gboolean
is_text (const Literal *self, const struct part *part)
{
  return part->type->size == 1
         && (part->field < 0 ? self->entry->role == SHMLENS_ROLE_TEXT
                             : entry_info_is_list (self->entry));
}

static gboolean
get_odd (const struct shmlens_type *type, const void *value, double *ret_number)
{
  float narrow;

  if (type->kind != SHMLENS_KIND_FLOAT)
    return FALSE;
  if (type->size == sizeof (double))
    memcpy (ret_number, value, sizeof *ret_number);
  else
    {
      memcpy (&narrow, value, sizeof narrow);
      *ret_number = (double) narrow;
    }
  return !isfinite (*ret_number);
}

static void
append_c (GString *text, const struct shmlens_type *type, const void *value, const char *printed)
{
  double number;

  if (get_odd (type, value, &number))
    g_string_append (text, isnan (number) ? "NAN" : number > 0 ? "INFINITY" : "-INFINITY");
  /* The least number of 64 bits is no literal: its digits alone do not fit. */
  else if (g_str_equal (printed, "-9223372036854775808"))
    g_string_append (text, "(-9223372036854775807 - 1)");
  else
    g_string_append_printf (
      text, "%s%s", printed,
      type->kind == SHMLENS_KIND_FLOAT && type->size == sizeof (float)      ? "f"
      : type->kind == SHMLENS_KIND_UNSIGNED && type->size > sizeof (guint16) ? "u"
                                                                             : "");
}

static void
append_python (GString *text, const struct shmlens_type *type, const void *value,
               const char *printed)
{
  double number;

  if (get_odd (type, value, &number))
    g_string_append_printf (text, "float('%s')", printed);
  else if (type->kind == SHMLENS_KIND_BOOL)
    g_string_append (text, g_str_equal (printed, "true") ? "True" : "False");
  else
    g_string_append (text, printed);
}

static void
append_scalar (Literal *self, GString *text, const guint8 *element, int field, guint64 index)
{
  struct shmlens_type type = { 0 };
  char printed[64];
  guint64 value = 0;

  entry_info_extract (self->entry, element, field, index, &type, &value);
  if (is_character (&type))
    {
      const LiteralCharacters one = { (const guint8 *) &value, 1, type.size, FALSE, FALSE };

      literal_append_character (text, self->form, &one);
    }
  else if (shmlens_type_print (&type, &value, sizeof printed, printed) < 0)
    g_string_append_c (text, '0');
  else if (self->form == LITERAL_C)
    append_c (text, &type, &value, printed);
  else if (self->form == LITERAL_PYTHON)
    append_python (text, &type, &value, printed);
  else
    g_string_append (text, printed);
}

static void
open_bracket (Literal *self, GString *text, gboolean is_structure)
{
  gboolean is_brace = self->form == LITERAL_C || is_structure;

  g_string_append (text, self->form == LITERAL_C ? "{ " : is_brace ? "{" : "[");
  self->depth++;
}

static void
close_bracket (Literal *self, GString *text, gboolean is_structure)
{
  gboolean is_brace = self->form == LITERAL_C || is_structure;

  g_string_append (text, self->form == LITERAL_C ? " }" : is_brace ? "}" : "]");
  self->depth--;
}

/* Where lines may end, long ones do. */
static void
append_comma (Literal *self, GString *text)
{
  if (!is_code (self) || text->len < self->line_start + LINE_LENGTH)
    {
      g_string_append (text, ", ");
      return;
    }
  g_string_append (text, ",\n");
  self->line_start = text->len;
  for (guint i = 0; i < self->depth; i++)
    g_string_append (text, self->form == LITERAL_C ? "  " : " ");
}

static gboolean
append_one (Literal *self, GString *text, const struct part *part, guint64 index)
{
  const guint8 *element = part->elements;

  if (part->field < 0)
    element += index * part->type->size;
  if (part->type->kind == SHMLENS_KIND_STRUCT)
    append_structure (self, text, element);
  else
    append_scalar (self, text, element, part->field, part->field < 0 ? 0 : index);
  return ++self->n_done % ELEMENTS_BETWEEN != 0
         || array_task_go_on (self->task, self->n_done, self->entry->length);
}

static void
append_text (Literal *self, GString *text, const struct part *part, guint64 first, guint64 n)
{
  const EntryField *field = part->field < 0 ? NULL : &self->entry->fields[part->field];
  const LiteralCharacters characters = {
    .bytes = part->elements + (field != NULL ? field->offset : 0) + first * part->type->size,
    .n = n,
    .size = part->type->size,
    .swapped = field != NULL ? field->swapped : self->entry->swapped,
    .is_text = is_text (self, part),
  };

  literal_append_string (text, self->form, &characters, self->depth == 0 && !is_code (self));
}

/* index: of the first one in this dimension, then behind the last one. */
static gboolean
append_array (Literal *self, GString *text, const struct part *part, guint dimension,
              guint64 *index)
{
  gboolean is_last = dimension + 1 == part->dimensions;
  guint64 n = part->shape[dimension];

  if (is_last && (is_character (part->type) || is_text (self, part)))
    {
      append_text (self, text, part, *index, n);
      *index += n;
      return TRUE;
    }
  open_bracket (self, text, FALSE);
  for (guint64 i = 0; i < n; i++)
    {
      if (i > 0)
        append_comma (self, text);
      if (is_last ? !append_one (self, text, part, (*index)++)
                  : !append_array (self, text, part, dimension + 1, index))
        return FALSE;
    }
  close_bracket (self, text, FALSE);
  return TRUE;
}

static void
append_field (Literal *self, GString *text, const guint8 *element, guint field)
{
  const EntryField *f = &self->entry->fields[field];
  const struct part part = { element, (int) field, &f->type, f->dimensions, f->shape };
  guint64 index = 0, value = 0;
  const char *label;

  if (f->dimensions > 0 && entry_field_length (f) == 0)
    {
      open_bracket (self, text, FALSE);
      close_bracket (self, text, FALSE);
    }
  else if (f->dimensions > 0)
    append_array (self, text, &part, 0, &index);
  else
    {
      entry_info_extract (self->entry, element, (int) field, 0, NULL, &value);
      label = self->form == LITERAL_PYTHON && entry_info_is_list (self->entry)
                ? entry_info_label (self->entry, (int) field, &value)
                : NULL;
      /* Of a list's elements only None has one. */
      if (label != NULL)
        g_string_append (text, label);
      else
        append_scalar (self, text, element, (int) field, 0);
    }
}

static void
append_structure (Literal *self, GString *text, const guint8 *element)
{
  gboolean is_list = entry_info_is_list (self->entry) && self->form != LITERAL_C;

  open_bracket (self, text, !is_list);
  for (guint i = 0; i < self->entry->n_fields; i++)
    {
      const char *name = self->entry->fields[i].name;

      if (i > 0)
        append_comma (self, text);
      if (self->form == LITERAL_C)
        g_string_append_printf (text, ".%s = ", (char *) self->identifiers->pdata[i]);
      else if (!is_list && self->form == LITERAL_PYTHON)
        literal_append_python_name (text, name);
      else if (!is_list)
        g_string_append (text, name);
      if (!is_list && self->form != LITERAL_C)
        g_string_append (text, ": ");
      append_field (self, text, element, i);
    }
  if (self->entry->n_fields == 0 && self->form == LITERAL_C)
    g_string_append_c (text, '0');
  close_bracket (self, text, !is_list);
}

static gsize
line_start_of (const GString *text)
{
  const char *end = memrchr (text->str, '\n', text->len);

  return end != NULL ? (gsize) (end + 1 - text->str) : 0;
}

Literal *
literal_new (enum literal_form form, EntryInfo *entry)
{
  Literal *self = g_new0 (Literal, 1);
  g_autoptr (GHashTable) taken = NULL;

  self->form = form;
  self->entry = entry_info_ref (entry);
  if (form != LITERAL_C || entry->n_fields == 0)
    return self;
  taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->identifiers = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < entry->n_fields; i++)
    g_ptr_array_add (self->identifiers, literal_identifier (entry->fields[i].name, taken));
  return self;
}

void
literal_free (Literal *self)
{
  if (self == NULL)
    return;
  entry_info_unref (self->entry);
  g_clear_pointer (&self->identifiers, g_ptr_array_unref);
  g_free (self);
}

void
literal_append_element (Literal *self, GString *text, const void *element, int field)
{
  const EntryField *f = field < 0 ? NULL : &self->entry->fields[field];
  g_autoptr (GString) cell = is_code (self) ? NULL : g_string_new (NULL);
  GString *to = cell != NULL ? cell : text;

  if (f != NULL)
    append_field (self, to, element, (guint) field);
  else if (self->entry->type.kind == SHMLENS_KIND_STRUCT)
    append_structure (self, to, element);
  else
    append_scalar (self, to, element, -1, 0);
  if (cell != NULL)
    literal_append_cell (text, self->form, cell->str);
}

gboolean
literal_append_value (Literal *self, GString *text, const void *elements, ArrayTask *task)
{
  const EntryInfo *entry = self->entry;
  const struct part part = { elements, -1, &entry->type, entry->dimensions, entry->shape };
  g_autoptr (GString) cell = NULL;
  guint64 index = 0;
  gboolean is_whole = TRUE;

  self->line_start = line_start_of (text);
  if (entry->dimensions == 0)
    {
      literal_append_element (self, text, elements, -1);
      return TRUE;
    }
  cell = is_code (self) ? NULL : g_string_new (NULL);
  self->task = task;
  self->n_done = 0;
  if (entry->length == 0)
    g_string_append (cell != NULL ? cell : text, self->form == LITERAL_C ? "{ }" : "[]");
  else
    is_whole = append_array (self, cell != NULL ? cell : text, &part, 0, &index);
  if (cell != NULL && is_whole)
    literal_append_cell (text, self->form, cell->str);
  return is_whole;
}

static void
append_type (GString *text, const struct shmlens_type *type)
{
  static const char *const names[]
    = { [SHMLENS_KIND_BOOL] = "bool", [SHMLENS_KIND_CHAR] = "char",
        [SHMLENS_KIND_UNICODE] = "wchar_t" };

  if (type->kind == SHMLENS_KIND_FLOAT)
    g_string_append (text, type->size == sizeof (float) ? "float" : "double");
  else if (type->kind == SHMLENS_KIND_SIGNED || type->kind == SHMLENS_KIND_UNSIGNED)
    g_string_append_printf (text, "%sint%u_t", type->kind == SHMLENS_KIND_UNSIGNED ? "u" : "",
                            type->size * 8);
  else
    g_string_append (text, names[type->kind]);
}

static void
append_variable (GString *text, const char *identifier, guint dimensions, const guint64 *shape)
{
  g_string_append_printf (text, " %s", identifier);
  for (guint i = 0; i < dimensions; i++)
    g_string_append_printf (text, "[%" G_GUINT64_FORMAT "]", shape[i]);
}

void
literal_append_declaration (Literal *self, GString *text, const char *identifier)
{
  const EntryInfo *entry = self->entry;

  if (entry->type.kind != SHMLENS_KIND_STRUCT)
    append_type (text, &entry->type);
  else
    {
      g_string_append (text, "struct {");
      for (guint i = 0; i < entry->n_fields; i++)
        {
          const EntryField *field = &entry->fields[i];

          g_string_append (text, "\n  ");
          append_type (text, &field->type);
          append_variable (text, self->identifiers->pdata[i], field->dimensions, field->shape);
          g_string_append_c (text, ';');
        }
      g_string_append (text, entry->n_fields > 0 ? "\n}" : " char unknown; }");
    }
  append_variable (text, identifier, entry->dimensions, entry->shape);
  g_string_append (text, " = ");
}
