/* entry-filter.c - which entries are looked for. */
#include "entry-filter-private.h"

#include <string.h>

#include "object-text.h"
#include "process-match.h"

/* What types are called elsewhere. */
static const struct
{
  const char *name, *type;
} aliases[] = {
  { "double", "float64" }, { "short", "int16" }, { "long", "int64" },
  { "byte", "int8" },      { "str", "char" },    { "string", "char" },
};

static void
clear_word (gpointer word)
{
  g_array_unref (((struct filter_word *) word)->values);
}

EntryFilter *
entry_filter_new (const char *text)
{
  EntryFilter *self = g_new0 (EntryFilter, 1);

  self->words = g_array_new (FALSE, FALSE, sizeof (struct filter_word));
  g_array_set_clear_func (self->words, clear_word);
  self->names = process_match_names_new ();
  if (text != NULL)
    entry_filter_parse (self, text);
  return self;
}

void
entry_filter_free (EntryFilter *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->words);
  g_hash_table_unref (self->names);
  g_free (self->problem);
  g_free (self);
}

const char *
entry_filter_get_problem (const EntryFilter *self)
{
  return self->problem;
}

gboolean
entry_filter_is_empty (const EntryFilter *self)
{
  return self->words->len == 0;
}

/* Whether it asks for one of these: bits by enum filter_is. */
static gboolean
asks_for (const EntryFilter *self, guint states)
{
  for (guint i = 0; i < self->words->len; i++)
    {
      const struct filter_word *word = &g_array_index (self->words, struct filter_word, i);

      for (guint j = 0; j < word->values->len; j++)
        {
          guint number = g_array_index (word->values, struct filter_value, j).number;

          if (word->key == FILTER_IS && (states >> number & 1) != 0)
            return TRUE;
        }
    }
  return FALSE;
}

gboolean
entry_filter_needs_state (const EntryFilter *self)
{
  return asks_for (self, 1u << FILTER_CHANGED | 1u << FILTER_LOCKED);
}

gboolean
entry_filter_needs_held (const EntryFilter *self)
{
  return asks_for (self, 1u << FILTER_HELD);
}

static gboolean
contains (const char *text, const char *folded)
{
  g_autofree char *other = text != NULL ? g_utf8_casefold (text, -1) : NULL;

  return other != NULL && strstr (other, folded) != NULL;
}

static gboolean
is_named (const EntryInfo *entry, const char *folded)
{
  if (contains (entry->name, folded))
    return TRUE;
  for (char **name = entry->names; name != NULL && *name != NULL; name++)
    if (contains (*name, folded))
      return TRUE;
  return FALSE;
}

static gboolean
has_type (const EntryInfo *entry, const char *folded)
{
  g_autofree char *type = entry_info_type_text (entry);
  g_autofree char *shown = object_text_type (entry);

  return contains (type, folded) || contains (shown, folded) || contains (entry->ctype, folded);
}

static gboolean
is_of_type (const EntryInfo *entry, const struct filter_value *value)
{
  if (value->code != 0)
    return entry->type.code == value->code;
  if (has_type (entry, value->folded))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (aliases); i++)
    if (g_str_equal (value->folded, aliases[i].name) && has_type (entry, aliases[i].type))
      return TRUE;
  return FALSE;
}

static gboolean
has_process (EntryFilter *self, const EntryInfo *entry, const SegmentInfo *segment,
             enum filter_key key, const struct filter_value *value)
{
  const pid_t *pids = entry->n_pids > 0 ? entry->pids : segment->pids;
  guint n = entry->n_pids > 0 ? entry->n_pids : segment->n_pids;

  if (key == FILTER_PROCESS)
    return process_match (pids, n, value->folded, self->names);
  for (guint i = 0; i < n; i++)
    if ((guint) pids[i] == value->number)
      return TRUE;
  return FALSE;
}

static gboolean
is_so (const EntryInfo *entry, const struct entry_filter_state *state, enum filter_is is)
{
  switch (is)
    {
    case FILTER_CHANGED:
      return state->changed;
    case FILTER_LOCKED:
      return state->lock == ENTRY_LOCK_HELD || state->lock == ENTRY_LOCK_BUSY
             || state->lock == ENTRY_LOCK_DEAD;
    case FILTER_HELD:
      return state->held;
    case FILTER_ARRAY:
      return entry->dimensions > 0;
    case FILTER_VALUE:
      return entry->dimensions == 0;
    case FILTER_STRUCT:
      return entry->object == OBJECT_DATA && entry->type.kind == SHMLENS_KIND_STRUCT;
    case FILTER_READONLY:
      return !entry->editable;
    case FILTER_N_IS:
      break;
    }
  return FALSE;
}

static gboolean
is_true (EntryFilter *self, enum filter_key key, const struct filter_value *value,
         const EntryInfo *entry, const SegmentInfo *segment,
         const struct entry_filter_state *state)
{
  switch (key)
    {
    case FILTER_TEXT:
      return is_named (entry, value->folded) || contains (entry->unit, value->folded)
             || has_type (entry, value->folded);
    case FILTER_NAME:
      return is_named (entry, value->folded);
    case FILTER_TYPE:
      return is_of_type (entry, value);
    case FILTER_UNIT:
      return contains (entry->unit, value->folded);
    case FILTER_ROLE:
      return (guint) entry->role == value->number;
    case FILTER_PID:
    case FILTER_PROCESS:
      return has_process (self, entry, segment, key, value);
    case FILTER_IS:
      return is_so (entry, state, value->number);
    }
  return FALSE;
}

gboolean
entry_filter_matches (EntryFilter *self, const EntryInfo *entry, const SegmentInfo *segment,
                      const struct entry_filter_state *state)
{
  for (guint i = 0; i < self->words->len; i++)
    {
      const struct filter_word *word = &g_array_index (self->words, struct filter_word, i);
      gboolean any = FALSE;

      for (guint j = 0; j < word->values->len && !any; j++)
        any = is_true (self, word->key, &g_array_index (word->values, struct filter_value, j),
                       entry, segment, state);
      if (any == word->negative)
        return FALSE;
    }
  return TRUE;
}

gboolean
entry_filter_has (const char *text, const char *word)
{
  g_autofree char *other = NULL;

  while ((other = entry_filter_next_word (&text)) != NULL)
    {
      if (g_ascii_strcasecmp (other, word) == 0)
        return TRUE;
      g_clear_pointer (&other, g_free);
    }
  return FALSE;
}

/* Of these an entry has only one. */
static gboolean
replaces (const char *word, const char *other)
{
  gsize length = strcspn (word, ":");

  return word[length] == ':' && !g_str_has_prefix (word, "is:")
         && g_ascii_strncasecmp (word, other, length + 1) == 0;
}

char *
entry_filter_toggle (const char *text, const char *word)
{
  g_autoptr (GString) result = g_string_new (NULL);
  gboolean has = entry_filter_has (text, word);
  g_autofree char *other = NULL;

  while ((other = entry_filter_next_word (&text)) != NULL)
    {
      if (g_ascii_strcasecmp (other, word) != 0 && !replaces (word, other))
        g_string_append_printf (result, result->len > 0 ? " %s" : "%s", other);
      g_clear_pointer (&other, g_free);
    }
  if (!has)
    g_string_append_printf (result, result->len > 0 ? " %s" : "%s", word);
  return g_strdup (result->str);
}
