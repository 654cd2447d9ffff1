/* condition-parse.c - a condition on the entries of a segment: reading it.
 *
 * By recursive descent, into nodes that only refer to nodes before them. */
#include "condition-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdarg.h>
#include <string.h>

#include "display-set.h"
#include "inspect-error.h"

#define DEPTH_MAX 100
#define NODES_MAX 1000

struct parser
{
  Attachment *attachment;
  GPtrArray *entries;
  Condition *condition;
  const char *position;
  guint depth;
  GError **error;
};

static gboolean parse_or (struct parser *parser, int *ret_node);
static gboolean parse_one_within (struct parser *parser, int *ret_node);

static long
column_of (const struct parser *parser, const char *place)
{
  return g_utf8_pointer_to_offset (parser->condition->text, place) + 1;
}

static gboolean G_GNUC_PRINTF (3, 4)
fail (struct parser *parser, const char *place, const char *format, ...)
{
  g_autofree char *why = NULL;
  va_list arguments;

  va_start (arguments, format);
  why = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (parser->error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
               /* Translators: character NUMBER: WHAT IS WRONG THERE. */
               _("condition, character %ld: %s; write for example \"loss > 10 and stop == 0\","
                 " \"changed(counts)\" or \"lock(done) > 1\""),
               column_of (parser, place), why);
  return FALSE;
}

static void
skip_blanks (struct parser *parser)
{
  while (*parser->position == ' ' || *parser->position == '\t')
    parser->position++;
}

/* Whether a name, a label or a number may end before this character. */
static gboolean
ends_word (char c)
{
  return c == '\0' || strchr (" \t[.)<>=!", c) != NULL;
}

/* A keyword that stands here, and is passed. A function's is followed by "(". */
static gboolean
take_keyword (struct parser *parser, const char *word, gboolean is_function)
{
  const char *end = parser->position + strlen (word);

  if (!g_str_has_prefix (parser->position, word))
    return FALSE;
  while (is_function && (*end == ' ' || *end == '\t'))
    end++;
  if (is_function ? *end != '(' : *end != '(' && *end != ' ' && *end != '\t')
    return FALSE;
  parser->position = end + is_function;
  skip_blanks (parser);
  return TRUE;
}

static gboolean
add_node (struct parser *parser, const struct condition_node *node, int *ret_node)
{
  if (parser->condition->nodes->len >= NODES_MAX)
    return fail (parser, parser->position, _("it has more than %d parts"), NODES_MAX);
  *ret_node = (int) parser->condition->nodes->len;
  g_array_append_val (parser->condition->nodes, *node);
  return TRUE;
}

/* Where a name in quotes ends. */
static const char *
behind_quote (const char *position)
{
  char quote = *position++;

  for (; *position != '\0' && *position != quote; position++)
    if (*position == '\\' && position[1] != '\0')
      position++;
  return *position == quote ? position + 1 : position;
}

/* The longest entry's name that stands here; its end, or of a word that is none. */
static const char *
behind_name (struct parser *parser, const EntryInfo **ret_entry)
{
  const char *position = parser->position;
  gsize longest = 0;

  *ret_entry = NULL;
  for (guint i = 0; i < parser->entries->len; i++)
    {
      const EntryInfo *entry = parser->entries->pdata[i];
      gsize length = strlen (entry->name);

      if (length > longest && strncmp (position, entry->name, length) == 0
          && ends_word (position[length]))
        {
          longest = length;
          *ret_entry = entry;
        }
    }
  if (longest > 0)
    return position + longest;
  if (*position == '\'' || *position == '"')
    return behind_quote (position);
  while (!ends_word (*position))
    position++;
  return position;
}

/* Names of fields hold dots: the longest that fits counts. */
static const char *
behind_field (const EntryInfo *entry, const char *position)
{
  gsize longest = 0;

  for (guint i = 0; entry != NULL && i < entry->n_fields; i++)
    {
      gsize length = strlen (entry->fields[i].name);

      if (length > longest && strncmp (position, entry->fields[i].name, length) == 0
          && ends_word (position[length]))
        longest = length;
    }
  if (longest > 0)
    return position + longest;
  while (!ends_word (*position) || *position == '.')
    position++;
  return position;
}

static const char *
behind_brackets (const char *position)
{
  while (*position == '[')
    {
      const char *end = strchr (position, ']');

      position = end != NULL ? end + 1 : position + strlen (position);
    }
  return position;
}

/* A target as it stands in the text, up to what follows it. */
static gboolean
parse_target (struct parser *parser, enum condition_use use, int *ret_operand)
{
  const char *start = parser->position, *end;
  const EntryInfo *entry;
  struct condition_operand operand = { .use = use };
  struct condition_fed fed = { .is_known = FALSE };
  g_autofree char *text = NULL;

  end = behind_brackets (behind_name (parser, &entry));
  if (*end == '.')
    end = behind_brackets (behind_field (entry, end + 1));
  if (end == start)
    return fail (parser, start, *start == '\0' ? _("it ends where an entry should follow")
                                               : _("an entry should stand here"));
  text = g_strndup (start, (gsize) (end - start));
  if (!target_parse (parser->attachment, text, &operand.target, parser->error))
    {
      /* Translators: stands before another sentence. */
      g_prefix_error (parser->error, _("condition, character %ld: "), column_of (parser, start));
      return FALSE;
    }
  *ret_operand = (int) parser->condition->operands->len;
  g_array_append_val (parser->condition->operands, operand);
  g_array_append_val (parser->condition->fed, fed);
  parser->position = end;
  skip_blanks (parser);
  return TRUE;
}

static const struct target *
target_of (const struct parser *parser, int operand)
{
  return &condition_get_operand (parser->condition, (guint) operand)->target;
}

static const struct shmlens_type *
type_of (const struct target *target)
{
  return target->field >= 0 ? &target->entry->fields[target->field].type : &target->entry->type;
}

/* One scalar, which can be compared. */
static gboolean
parse_value (struct parser *parser, int *ret_operand)
{
  const char *start = parser->position;
  const struct target *target;

  if (!parse_target (parser, CONDITION_VALUE, ret_operand))
    return FALSE;
  target = target_of (parser, *ret_operand);
  if (target->last - target->first != 1 || (target->field >= 0 && target->field_length != 1))
    return fail (parser, start, _("%s has several elements, and one can be compared; write which,"
                                  " as in counts[3]"), target->entry->name);
  if (type_of (target)->kind == SHMLENS_KIND_STRUCT)
    return fail (parser, start, _("%s is a structure, and a field of it can be compared; write"
                                  " which, as in pos.x"), target->entry->name);
  return TRUE;
}

/* The comparison that stands here, when one does. */
static gboolean
take_comparison (struct parser *parser, enum condition_comparison *ret_comparison)
{
  static const char *const signs[] = { "==", "!=", "<=", ">=", "<", ">", "=" };
  static const enum condition_comparison meant[]
    = { COMPARE_EQUAL, COMPARE_UNEQUAL, COMPARE_LESS_OR_EQUAL, COMPARE_GREATER_OR_EQUAL,
        COMPARE_LESS, COMPARE_GREATER, COMPARE_EQUAL };

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    if (g_str_has_prefix (parser->position, signs[i]))
      {
        parser->position += strlen (signs[i]);
        skip_blanks (parser);
        *ret_comparison = meant[i];
        return TRUE;
      }
  return FALSE;
}

static gboolean
load_text (const struct shmlens_type *type, const char *text, gsize length, Number *ret_number)
{
  guint8 value[8];

  if (shmlens_type_parse (type, text, length, value) < 0)
    return FALSE;
  *ret_number = number_load (type, value);
  return TRUE;
}

/* A number as exact as it is written: beside a float in the float's own form. */
static gboolean
load_number (const struct shmlens_type *type, const char *text, gsize length, Number *ret_number)
{
  static const struct shmlens_type real = { 8, SHMLENS_KIND_FLOAT, 'd', 0 };

  if (type->kind == SHMLENS_KIND_BOOL && load_text (type, text, length, ret_number))
    return TRUE;
  if (type->kind == SHMLENS_KIND_FLOAT)
    return load_text (type, text, length, ret_number)
           || load_text (&real, text, length, ret_number);
  return number_parse_integer (text, length, ret_number) == 0
         || load_text (&real, text, length, ret_number);
}

/* The longest label of the left side that stands here, also in quotes; blanks around it count
 * neither in the entry nor in those. */
static const char *
behind_label (struct parser *parser, const struct target *target, Number *ret_number)
{
  g_autoptr (Display) labels = display_set_own_labels (target->entry, target->field);
  const char *start = parser->position;
  gboolean is_quoted = *start == '\'' || *start == '"';
  const char *text = start + is_quoted, *end = NULL;

  while (is_quoted && g_ascii_isspace (*text))
    text++;
  for (guint i = 0; labels != NULL && i < labels->labels->len; i++)
    {
      const DisplayLabel *label = &g_array_index (labels->labels, DisplayLabel, i);
      const char *behind = text + strlen (label->text);

      if (!g_str_has_prefix (text, label->text))
        continue;
      while (is_quoted && g_ascii_isspace (*behind))
        behind++;
      if (is_quoted ? *behind != *start : !ends_word (*behind))
        continue;
      if (end == NULL || behind + is_quoted > end)
        {
          end = behind + is_quoted;
          *ret_number = (Number){ .form = NUMBER_INTEGER, .integer = label->value };
          /* Labels are kept as signed. */
          if (type_of (target)->kind == SHMLENS_KIND_UNSIGNED)
            ret_number->integer = (guint64) label->value;
        }
    }
  return end;
}

/* A character in quotes, when one stands here. */
static const char *
behind_character (struct parser *parser, const struct shmlens_type *type, Number *ret_number)
{
  const char *start = parser->position, *end;

  if ((*start != '\'' && *start != '"')
      || (type->kind != SHMLENS_KIND_CHAR && type->kind != SHMLENS_KIND_UNICODE))
    return NULL;
  end = behind_quote (start);
  return end - start >= 3 && load_text (type, start + 1, (gsize) (end - start - 2), ret_number)
           ? end
           : NULL;
}

static const char *
behind_number (const char *position)
{
  /* Dots are of numbers here, and a sign can stand behind an exponent. */
  for (const char *start = position;
       *position == '.' || !ends_word (*position); position++)
    if ((*position == '+' || *position == '-') && position > start
        && strchr ("eEpP", position[-1]) == NULL)
      break;
  return position;
}

/* What stands right of a comparison. */
static gboolean
parse_right (struct parser *parser, struct condition_node *node)
{
  const struct target target = *target_of (parser, node->left);
  const struct shmlens_type *type = type_of (&target);
  const char *start = parser->position;
  const char *end = behind_label (parser, &target, &node->literal);

  node->right = -1;
  if (end == NULL)
    end = behind_character (parser, type, &node->literal);
  if (end == NULL)
    {
      gsize length;

      end = behind_number (start);
      length = (gsize) (end - start);
      if (length == 0 || !load_number (type, start, length, &node->literal))
        end = NULL;
    }
  if (end == NULL)
    {
      if (g_ascii_isdigit (*start) || *start == '-' || *start == '+')
        return fail (parser, start, _("this is no number"));
      return parse_value (parser, &node->right);
    }
  parser->position = end;
  skip_blanks (parser);
  return TRUE;
}

static gboolean
parse_comparison (struct parser *parser, int *ret_node)
{
  struct condition_node node
    = { .kind = NODE_COMPARE, .comparison = COMPARE_UNEQUAL, .right = -1 };

  if (!parse_value (parser, &node.left))
    return FALSE;
  if (take_comparison (parser, &node.comparison) && !parse_right (parser, &node))
    return FALSE;
  return add_node (parser, &node, ret_node);
}

static gboolean
parse_closing (struct parser *parser)
{
  if (*parser->position != ')')
    return fail (parser, parser->position, _("a ) is missing"));
  parser->position++;
  skip_blanks (parser);
  return TRUE;
}

/* Behind "changed(", "lock(" or "dead(". */
static gboolean
parse_function (struct parser *parser, enum condition_node_kind kind, int *ret_node)
{
  static const struct shmlens_type real = { 8, SHMLENS_KIND_FLOAT, 'd', 0 };
  struct condition_node node = { .kind = kind, .right = -1 };
  const char *start = parser->position;
  gboolean is_of_lock = kind != NODE_CHANGED;

  if (!parse_target (parser, is_of_lock ? CONDITION_LOCK : CONDITION_CHANGED, &node.left)
      || !parse_closing (parser))
    return FALSE;
  if (is_of_lock
      && !lock_kind_can_be_taken (target_of (parser, node.left)->entry->lock_kind))
    return fail (parser, start, _("%s has no lock that can be looked at"),
                 target_of (parser, node.left)->entry->name);
  if (kind == NODE_HELD && take_comparison (parser, &node.comparison))
    {
      const char *end = behind_number (parser->position);

      node.kind = NODE_HELD_FOR;
      if (!load_text (&real, parser->position, (gsize) (end - parser->position), &node.literal))
        return fail (parser, parser->position, _("a number of seconds should stand here"));
      parser->position = end;
      skip_blanks (parser);
    }
  return add_node (parser, &node, ret_node);
}

/* The text decides how deep this goes. */
static gboolean
parse_one (struct parser *parser, int *ret_node)
{
  gboolean is_read;

  if (parser->depth == DEPTH_MAX)
    return fail (parser, parser->position, _("it is nested more than %d times"), DEPTH_MAX);
  parser->depth++;
  is_read = parse_one_within (parser, ret_node);
  parser->depth--;
  return is_read;
}

static gboolean
parse_one_within (struct parser *parser, int *ret_node)
{
  struct condition_node node = { .kind = NODE_NOT, .right = -1 };

  if (take_keyword (parser, "not", FALSE))
    return parse_one (parser, &node.left) && add_node (parser, &node, ret_node);
  if (take_keyword (parser, "changed", TRUE))
    return parse_function (parser, NODE_CHANGED, ret_node);
  if (take_keyword (parser, "lock", TRUE))
    return parse_function (parser, NODE_HELD, ret_node);
  if (take_keyword (parser, "dead", TRUE))
    return parse_function (parser, NODE_DEAD, ret_node);
  if (*parser->position != '(')
    return parse_comparison (parser, ret_node);
  parser->position++;
  skip_blanks (parser);
  return parse_or (parser, ret_node) && parse_closing (parser);
}

/* A row of what one of the words joins. */
static gboolean
parse_row (struct parser *parser, const char *word, enum condition_node_kind kind,
           gboolean (*parse_next) (struct parser *, int *), int *ret_node)
{
  if (!parse_next (parser, ret_node))
    return FALSE;
  while (take_keyword (parser, word, FALSE))
    {
      struct condition_node node = { .kind = kind, .left = *ret_node };

      if (!parse_next (parser, &node.right) || !add_node (parser, &node, ret_node))
        return FALSE;
    }
  return TRUE;
}

static gboolean
parse_and (struct parser *parser, int *ret_node)
{
  return parse_row (parser, "and", NODE_AND, parse_one, ret_node);
}

static gboolean
parse_or (struct parser *parser, int *ret_node)
{
  return parse_row (parser, "or", NODE_OR, parse_and, ret_node);
}

Condition *
condition_parse (Attachment *attachment, const char *text, GError **error)
{
  g_autoptr (GPtrArray) entries = attachment_get_entries (attachment, NULL);
  g_autoptr (Condition) condition = g_new0 (Condition, 1);
  struct parser parser
    = { .attachment = attachment, .entries = entries, .condition = condition, .error = error };

  condition->text = g_strdup (text);
  condition->operands = g_array_new (FALSE, FALSE, sizeof (struct condition_operand));
  condition->fed = g_array_new (FALSE, FALSE, sizeof (struct condition_fed));
  condition->nodes = g_array_new (FALSE, FALSE, sizeof (struct condition_node));
  parser.position = condition->text;
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
                           _("the condition is no UTF-8 text; give one that is"));
      return NULL;
    }
  skip_blanks (&parser);
  if (!parse_or (&parser, &condition->root))
    return NULL;
  if (*parser.position != '\0')
    {
      fail (&parser, parser.position, _("\"and\", \"or\" or the end should stand here"));
      return NULL;
    }
  return g_steal_pointer (&condition);
}
