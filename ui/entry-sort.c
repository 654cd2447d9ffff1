/* entry-sort.c - by what entries are put in order. */
#include "entry-sort.h"

#include <math.h>
#include <string.h>

static gboolean
number_of_value (EntryItem *item, Number *ret_number)
{
  const EntryInfo *info = entry_item_get_info (item);
  struct shmlens_type type;
  guint64 n;
  const void *elements = entry_item_get_elements (item, &n);
  guint8 value[8];

  if (elements == NULL || n == 0 || info->dimensions > 0 || info->type.size > sizeof value
      || info->type.kind == SHMLENS_KIND_STRUCT)
    return FALSE;
  entry_info_extract (info, elements, -1, 0, &type, value);
  *ret_number = number_load (&type, value);
  return TRUE;
}

static gboolean
number_of (EntryItem *item, enum entry_sort by, enum entry_statistic statistic, Number *ret_number)
{
  gint64 changed;

  switch (by)
    {
    case ENTRY_SORT_VALUE:
      return number_of_value (item, ret_number);
    case ENTRY_SORT_STATISTIC:
      return entry_item_get_statistic_number (item, statistic, ret_number);
    case ENTRY_SORT_LOCK:
      *ret_number = (Number) { .form = NUMBER_INTEGER, .integer = entry_item_get_lock (item) };
      return TRUE;
    case ENTRY_SORT_CHANGED:
      /* As its column reads: what changed just now has the least age. */
      changed = entry_item_get_changed_us (item);
      *ret_number = (Number) { .form = NUMBER_INTEGER, .integer = -(WideInteger) changed };
      return changed != 0;
    default:
      return FALSE;
    }
}

static const char *
text_of (EntryItem *item, enum entry_sort by)
{
  switch (by)
    {
    case ENTRY_SORT_NAME:
      return entry_item_get_sort_key (item);
    case ENTRY_SORT_VALUE:
      return entry_item_get_value (item);
    default:
      return NULL;
    }
}

void
entry_sort_key_make (EntryItem *item, enum entry_sort by, enum entry_statistic statistic,
                     struct entry_sort_key *ret_key)
{
  *ret_key = (struct entry_sort_key) { .kind = ENTRY_SORT_UNKNOWN };
  if (number_of (item, by, statistic, &ret_key->number))
    {
      ret_key->kind = ENTRY_SORT_NUMBER;
      return;
    }
  if (by == ENTRY_SORT_TYPE)
    g_object_get (item, "type-text", &ret_key->text, NULL);
  else
    ret_key->text = g_strdup (text_of (item, by));
  if (ret_key->text != NULL)
    ret_key->kind = ENTRY_SORT_TEXT;
}

void
entry_sort_key_clear (struct entry_sort_key *key)
{
  g_clear_pointer (&key->text, g_free);
}

static int
compare_numbers (const Number *a, const Number *b)
{
  double first, second;

  if (a->form == NUMBER_INTEGER && b->form == NUMBER_INTEGER)
    return (a->integer > b->integer) - (a->integer < b->integer);
  first = number_double (a);
  second = number_double (b);
  if (isnan (first) || isnan (second))
    return (isnan (first) != 0) - (isnan (second) != 0);
  return (first > second) - (first < second);
}

int
entry_sort_key_compare (const struct entry_sort_key *a, const struct entry_sort_key *b)
{
  if (a->kind != b->kind)
    return a->kind < b->kind ? -1 : 1;
  switch (a->kind)
    {
    case ENTRY_SORT_NUMBER:
      return compare_numbers (&a->number, &b->number);
    case ENTRY_SORT_TEXT:
      return strcmp (a->text, b->text);
    default:
      return 0;
    }
}

gboolean
entry_sort_is_live (enum entry_sort by)
{
  return by >= ENTRY_SORT_VALUE;
}
