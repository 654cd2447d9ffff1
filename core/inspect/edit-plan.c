/* edit-plan.c - reading and checking an edit before its lock is taken. */
#include "edit-plan.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "inspect-error.h"

/* How many labels an error lists. */
#define LABELS_SHOWN 8

static gboolean
type_is_character (const struct shmlens_type *type)
{
  return type->kind == SHMLENS_KIND_CHAR || type->kind == SHMLENS_KIND_UNICODE;
}

static gboolean
is_character (const EditPlan *plan)
{
  return type_is_character (&plan->type);
}

static const EntryField *
edit_field (const Edit *edit)
{
  return edit->field < 0 ? NULL : &edit->entry->fields[edit->field];
}

static gboolean
locate_field (EditPlan *plan, const Edit *edit, GError **error)
{
  const EntryInfo *entry = edit->entry;
  const EntryField *field;
  guint64 length;

  if ((guint) edit->field >= entry->n_fields)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s: it has no field %d; look at its fields again"), entry->name, edit->field);
      return FALSE;
    }
  field = edit_field (edit);
  if (field->reason != NULL)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION, "%s.%s: %s", entry->name,
                   field->name, field->reason);
      return FALSE;
    }
  length = entry_field_length (field);
  plan->type = field->type;
  plan->bit_width = field->bit_width;
  if (edit->field_index == EDIT_FIELD_ALL)
    plan->n_indices = length;
  else if (edit->field_index < length)
    plan->index = edit->field_index;
  else
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s.%s: there is no element %" PRIu64 "; it has %" PRIu64),
                   entry->name, field->name, edit->field_index, length);
      return FALSE;
    }
  plan->offset = field->offset + plan->index * field->type.size;
  return TRUE;
}

gboolean
edit_plan_locate (EditPlan *plan, const Edit *edit, GError **error)
{
  const EntryInfo *entry = edit->entry;
  ArrayBlock block = edit_get_block (edit);

  *plan = (EditPlan) { .edit = edit, .type = entry->type, .n_indices = 1 };
  if (!entry->editable)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION, "%s: %s", entry->name,
                   entry->reason != NULL
                     ? entry->reason
                     : _("its program does not want it edited; only look at it"));
      return FALSE;
    }
  if (edit->first > edit->last || edit->last > entry->length
      || (edit->block != NULL && !array_block_is_within (edit->block, entry)))
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s: there are no elements %" PRIu64 ":%" PRIu64 "; its length is %" PRIu64),
                   entry->name, edit->first, edit->last, entry->length);
      return FALSE;
    }
  if (edit->field >= 0 && !locate_field (plan, edit, error))
    return FALSE;
  if (plan->type.kind == SHMLENS_KIND_STRUCT && edit->elements != NULL)
    plan->structure = edit_structure_new (entry);
  if (plan->type.kind == SHMLENS_KIND_STRUCT && plan->structure == NULL)
    {
      if (entry->n_fields > 0)
        g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                     _("%s: a structure cannot be edited as a whole; name one of its fields,"
                       " such as .%s"),
                     entry->name, entry->fields[0].name);
      else
        g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                     _("%s: a structure cannot be edited as a whole, and nobody told of its"
                       " fields; only look at it"),
                     entry->name);
      return FALSE;
    }
  plan->n_scalars = array_block_n_elements (&block) * plan->n_indices;
  return TRUE;
}

/* --------------------------------------------------------------- names, texts -- */

char *
edit_plan_scalar_name (const EditPlan *plan, guint64 scalar)
{
  ArrayBlock block = edit_get_block (plan->edit);

  return entry_info_scalar_name (plan->edit->entry,
                                 array_block_element (&block, scalar / plan->n_indices),
                                 plan->edit->field, plan->index + scalar % plan->n_indices);
}

char *
edit_plan_value_text (const EditPlan *plan, const Number *number)
{
  g_autofree char *text = number_text (&plan->type, number);
  const char *label;
  guint8 value[8];

  if (is_character (plan))
    return g_strdup_printf ("'%s'", text);
  if (!number_fits (&plan->type, 0, number))
    return g_steal_pointer (&text);
  number_store (&plan->type, number, value);
  label = entry_info_label (plan->edit->entry, plan->edit->field, value);
  return label != NULL ? g_strdup_printf ("%s (%s)", label, text) : g_steal_pointer (&text);
}

/* The labels that could be given, as "idle, running"; NULL when there are none. */
static char *
list_labels (const EditPlan *plan)
{
  const EntryInfo *entry = plan->edit->entry;
  GString *list = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < entry->n_labels; i++)
    {
      if (entry->labels[i].field != plan->edit->field)
        continue;
      if (n == LABELS_SHOWN)
        {
          g_string_append (list, ", …");
          break;
        }
      g_string_append_printf (list, "%s%s", n == 0 ? "" : ", ", entry->labels[i].text);
      n++;
    }
  return g_string_free (list, n == 0);
}

/* ------------------------------------------------------------------ the range -- */

static gboolean
check_type (const EditPlan *plan, const Number *number, GError **error)
{
  WideInteger least, most;
  g_autofree char *text = NULL, *least_text = NULL, *most_text = NULL;

  if (number_fits (&plan->type, plan->bit_width, number))
    return TRUE;
  number_limits (&plan->type, plan->bit_width, &least, &most);
  text = number_integer_text (number->integer);
  least_text = number_integer_text (least);
  most_text = number_integer_text (most);
  if (plan->bit_width > 0)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                 g_dngettext (GETTEXT_PACKAGE, "%s: %s does not fit its %u bit; give %s to %s",
                              "%s: %s does not fit its %u bits; give %s to %s", plan->bit_width),
                 plan->edit->entry->name, text, plan->bit_width, least_text, most_text);
  else
    /* Translators: NAME: NUMBER does not fit TYPE; give LEAST to MOST. */
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                 _("%s: %s does not fit %s; give %s to %s"), plan->edit->entry->name, text,
                 shmlens_type_name (&plan->type), least_text, most_text);
  return FALSE;
}

gboolean
edit_plan_check_number (const EditPlan *plan, const Number *number, GError **error)
{
  const EntryInfo *entry = plan->edit->entry;
  g_autofree char *text = NULL, *limit = NULL, *other = NULL;
  Number minimum, maximum;
  gboolean is_low, is_high;

  if (!check_type (plan, number, error))
    return FALSE;
  if (plan->edit->field >= 0)
    return TRUE;
  minimum = number_load (&entry->type, entry->minimum);
  maximum = number_load (&entry->type, entry->maximum);
  is_low = entry->has_minimum && !number_less_or_equal (&minimum, number);
  is_high = entry->has_maximum && !number_less_or_equal (number, &maximum);
  if (!is_low && !is_high)
    return TRUE;

  text = edit_plan_value_text (plan, number);
  limit = edit_plan_value_text (plan, is_low ? &minimum : &maximum);
  other = edit_plan_value_text (plan, is_low ? &maximum : &minimum);
  if (entry->has_minimum && entry->has_maximum)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                 _("%s: %s is not within its range; give %s to %s"), entry->name, text,
                 is_low ? limit : other, is_low ? other : limit);
  else
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                 is_low ? _("%s: %s is below its range; give %s or more")
                        : _("%s: %s is above its range; give %s or less"),
                 entry->name, text, limit);
  return FALSE;
}

/* ----------------------------------------------------------------- the texts -- */

/* Of a ramp whose last value was checked. */
static Number
ramp_value (const struct edit_values *values, guint64 scalar)
{
  Number number = values->numbers[0];
  const Number *step = &values->numbers[1];

  if (number.form == NUMBER_INTEGER)
    number.integer += step->integer * (WideInteger) scalar;
  else if (number.form == NUMBER_FLOAT)
    number.single = (float) (number.single + (double) step->single * (double) scalar);
  else
    number.real += step->real * (double) scalar;
  return number;
}

Number
edit_values_get (const struct edit_values *values, guint64 scalar)
{
  static const Number nul = { .form = NUMBER_INTEGER };

  if (values->room > 0)
    return scalar % values->room < values->n ? values->numbers[scalar % values->room] : nul;
  if (values->is_ramp)
    return ramp_value (values, scalar);
  return values->numbers[values->n == 1 ? 0 : scalar];
}

static gboolean
find_label (const EditPlan *plan, const char *text, Number *ret_number)
{
  const EntryLabel *label = entry_info_find_label (plan->edit->entry, plan->edit->field, text);

  if (label == NULL)
    return FALSE;
  /* A label's value is 64 bits wide and signed, whatever the type. */
  *ret_number = (Number){ .form = NUMBER_INTEGER, .integer = label->value };
  if (plan->type.size == 8 && plan->type.kind == SHMLENS_KIND_UNSIGNED)
    ret_number->integer = (guint64) label->value;
  return TRUE;
}

static gboolean
refuse (const EditPlan *plan, GError **error)
{
  g_autofree char *labels = list_labels (plan), *sentence = inspect_error_core_sentence ();

  if (labels != NULL)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                 /* Translators: NAME: WHAT IS WRONG, AND WHAT COULD BE GIVEN; or one of WORDS. */
                 _("%s: %s; or one of %s"), plan->edit->entry->name, sentence, labels);
  else
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE, "%s: %s",
                 plan->edit->entry->name, sentence);
  return FALSE;
}

static gboolean
parse_scalar (const EditPlan *plan, const char *text, gsize length, Number *ret_number,
              GError **error)
{
  guint8 value[8];

  if (shmlens_type_parse (&plan->type, text, length, value) < 0)
    return refuse (plan, error);
  *ret_number = number_load (&plan->type, value);
  return TRUE;
}

/* A value that an element can have. */
static gboolean
parse_value (const EditPlan *plan, const char *text, Number *ret_number, GError **error)
{
  return find_label (plan, text, ret_number)
         || parse_scalar (plan, text, strlen (text), ret_number, error);
}

/* What is added or multiplied: of integers any, for the result is what must fit. */
static gboolean
parse_operand (const EditPlan *plan, const char *text, Number *ret_number, GError **error)
{
  if (plan->type.kind == SHMLENS_KIND_FLOAT)
    return parse_scalar (plan, text, strlen (text), ret_number, error);
  return number_parse_integer (text, strlen (text), ret_number) == 0 || refuse (plan, error);
}

/* The bytes of the first character or escape of a text. */
static gsize
character_length (const EditPlan *plan, const char *text, gsize left)
{
  gsize length = 1;

  if (text[0] == '\\')
    length = text[1] == 'x' ? 4 : text[1] == 'u' ? 6 : text[1] == 'U' ? 10 : 2;
  else if (plan->type.kind == SHMLENS_KIND_UNICODE)
    length = g_utf8_skip[(guchar) text[0]];
  return MIN (length, left);
}

static gboolean
parse_characters (const EditPlan *plan, const char *text, guint64 room,
                  struct edit_values *ret_values, GError **error)
{
  gsize left = strlen (text);
  struct edit_values values = { .numbers = g_new (Number, left + 1), .room = room };

  for (gsize length; left > 0; text += length, left -= length)
    {
      length = character_length (plan, text, left);
      if (!parse_scalar (plan, text, length, &values.numbers[values.n], error))
        break;
      values.n++;
    }
  if (left == 0 && values.n > room)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                 _("%s: the text has %" PRIu64 " characters, and there is room for %" PRIu64
                   "; shorten it"),
                 plan->edit->entry->name, values.n, room);
  if (left > 0 || values.n > room)
    {
      g_free (values.numbers);
      return FALSE;
    }
  *ret_values = values;
  return TRUE;
}

static gboolean
parse_texts (const EditPlan *plan, const char *const *texts, guint n_texts,
             struct edit_values *ret_values, GError **error)
{
  gboolean sets = plan->operation == EDIT_SET;
  struct edit_values values = { .n = n_texts };
  guint64 room = plan->edit->field >= 0 ? plan->n_indices : plan->n_scalars;

  if (sets && n_texts == 1 && is_character (plan) && room != 1)
    return parse_characters (plan, texts[0], room, ret_values, error);

  values.numbers = g_new (Number, n_texts + 1);
  for (guint i = 0; i < n_texts; i++)
    {
      Number *number = &values.numbers[i];

      if (sets ? parse_value (plan, texts[i], number, error)
               : parse_operand (plan, texts[i], number, error))
        continue;
      g_free (values.numbers);
      return FALSE;
    }
  *ret_values = values;
  return TRUE;
}

static const char *
skip_blanks (const char *text)
{
  while (g_ascii_isspace (*text))
    text++;
  return text;
}

enum edit_operation
edit_plan_split (const Edit *edit, const char **text)
{
  static const struct
  {
    char sign;
    enum edit_operation operation;
  } signs[] = { { '+', EDIT_ADD }, { '-', EDIT_SUBTRACT }, { '*', EDIT_MULTIPLY } };
  const EntryInfo *entry = edit->entry;
  gboolean is_field = edit->field >= 0 && (guint) edit->field < entry->n_fields;
  const struct shmlens_type *type = is_field ? &edit_field (edit)->type : &entry->type;
  const char *at = skip_blanks (*text);

  if (edit->operation != EDIT_FROM_TEXT)
    return edit->operation;
  if (edit->texts->len != 1 || type_is_character (type) || entry->role == SHMLENS_ROLE_TEXT)
    return EDIT_SET;
  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    if (at[0] == signs[i].sign && at[1] == '=')
      {
        *text = at + 2;
        return signs[i].operation;
      }
  return EDIT_SET;
}

static gboolean
is_finite (const Number *number)
{
  return number->form == NUMBER_INTEGER
         || (number->form == NUMBER_FLOAT ? isfinite (number->single) : isfinite (number->real));
}

/* A ramp goes up or down all the way: when the type and the range hold both ends, they hold
 * what is between. */
static gboolean
read_ramp (EditPlan *plan, GError **error)
{
  const GPtrArray *texts = plan->edit->texts;
  Number *numbers, last, steps = { .form = NUMBER_INTEGER };

  if (texts->len != 2 || is_character (plan) || plan->type.kind == SHMLENS_KIND_BOOL)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                   _("%s: a ramp needs two numbers, where it begins and its step; one does not"
                     " calculate with %s"),
                   plan->edit->entry->name, shmlens_type_name (&plan->type));
      return FALSE;
    }
  plan->operation = EDIT_SET;
  plan->operands.numbers = numbers = g_new (Number, 2);
  plan->operands.n = 2;
  plan->operands.is_ramp = TRUE;
  if (!parse_value (plan, texts->pdata[0], &numbers[0], error)
      || !parse_operand (plan, texts->pdata[1], &numbers[1], error))
    return FALSE;
  steps.integer = plan->n_scalars > 0 ? plan->n_scalars - 1 : 0;
  if (numbers[0].form == NUMBER_INTEGER
      && !number_compute (NUMBER_MULTIPLY, &numbers[1], &steps, &last))
    last.integer = G_MAXINT64 * (WideInteger) 4;
  else
    last = ramp_value (&plan->operands, steps.integer);
  if (!is_finite (&last))
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                   _("%s: the ramp goes beyond what %s can hold; give finite numbers and a smaller"
                     " step"),
                   plan->edit->entry->name, shmlens_type_name (&plan->type));
      return FALSE;
    }
  return edit_plan_check_number (plan, &numbers[0], error)
         && edit_plan_check_number (plan, &last, error);
}

static gboolean
read_operands (EditPlan *plan, GError **error)
{
  const Edit *edit = plan->edit;
  const char *const *texts = (const char *const *) edit->texts->pdata;
  const char *first = edit->texts->len == 1 ? texts[0] : "";

  if (edit->operation == EDIT_RAMP)
    return read_ramp (plan, error);
  if (edit->texts->len != plan->n_scalars && edit->texts->len != 1)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                   _("%s: %u values for %" PRIu64 " elements; give one for each, or one for all"),
                   edit->entry->name, edit->texts->len, plan->n_scalars);
      return FALSE;
    }
  plan->operation = edit_plan_split (edit, &first);
  if (edit->texts->len == 1)
    texts = &first;
  if (plan->operation != EDIT_SET
      && (is_character (plan) || plan->type.kind == SHMLENS_KIND_BOOL))
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                   _("%s: one does not calculate with %s; set it to a value"), edit->entry->name,
                   shmlens_type_name (&plan->type));
      return FALSE;
    }
  return parse_texts (plan, texts, edit->texts->len, &plan->operands, error);
}

static gboolean
check_operands (const EditPlan *plan, GError **error)
{
  static const Number nul = { .form = NUMBER_INTEGER };
  const struct edit_values *operands = &plan->operands;

  if (plan->operation != EDIT_SET || operands->is_ramp)
    return TRUE;
  for (guint64 i = 0; i < operands->n; i++)
    if (!edit_plan_check_number (plan, &operands->numbers[i], error))
      return FALSE;
  return operands->n >= operands->room
         || edit_plan_check_number (plan, &nul, error);
}

static gboolean
read_condition (EditPlan *plan, GError **error)
{
  EditPlan setting = *plan;
  const char *text = plan->edit->condition;

  if (text == NULL)
    return TRUE;
  setting.operation = EDIT_SET;
  return parse_texts (&setting, &text, 1, &plan->condition, error);
}

/* Whether the entry's range can hold elements that are given as bytes. */
static gboolean
check_elements (EditPlan *plan, GError **error)
{
  const EntryInfo *entry = plan->edit->entry;
  const guint8 *element = g_bytes_get_data (plan->edit->elements, NULL);
  guint8 value[8];

  plan->operation = EDIT_SET;
  if (plan->structure != NULL || plan->edit->field >= 0
      || (!entry->has_minimum && !entry->has_maximum))
    return TRUE;
  for (guint64 i = 0; i < plan->n_scalars; i++, element += entry->type.size)
    {
      Number number;

      entry_info_extract (entry, element, -1, 0, NULL, value);
      number = number_load (&plan->type, value);
      if (!edit_plan_check_number (plan, &number, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
edit_plan_init (EditPlan *plan, const Edit *edit, GError **error)
{
  if (!edit_plan_locate (plan, edit, error))
    return FALSE;
  plan->recover = edit->recover;
  if ((edit->elements != NULL ? check_elements (plan, error)
                              : read_operands (plan, error) && check_operands (plan, error))
      && read_condition (plan, error))
    return TRUE;
  edit_plan_clear (plan);
  return FALSE;
}

void
edit_plan_clear (EditPlan *plan)
{
  g_clear_pointer (&plan->operands.numbers, g_free);
  g_clear_pointer (&plan->condition.numbers, g_free);
  g_clear_pointer (&plan->structure, edit_structure_free);
}
