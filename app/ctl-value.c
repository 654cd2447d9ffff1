/* ctl-value.c - opening what a command names, and printing what is in it. */
#include "ctl.h"

#include <stdio.h>
#include <string.h>

#include "inspect-error.h"

enum ctl_status
ctl_open (const struct ctl *ctl, const char *entry, struct ctl_opened *ret_opened)
{
  g_autoptr (GError) error = NULL;

  *ret_opened = (struct ctl_opened){ .registry = registry_new (NULL) };
  ret_opened->attachment = registry_open (ret_opened->registry, ctl_argument (ctl, 0), &error);
  if (ret_opened->attachment != NULL)
    attachment_settle (ret_opened->attachment);
  if (ret_opened->attachment == NULL
      || (entry != NULL
          && !target_parse (ret_opened->attachment, entry, &ret_opened->target, &error)))
    return ctl_fail (error);
  return CTL_DONE;
}

void
ctl_close (struct ctl_opened *opened)
{
  target_clear (&opened->target);
  if (opened->attachment != NULL)
    attachment_unref (opened->attachment);
  registry_free (opened->registry);
}

int
ctl_padding (const char *text, int width)
{
  while (*text != '\0' && width > 0)
    {
      gunichar character = g_utf8_get_char_validated (text, -1);

      gboolean is_text = character < (gunichar) -2;

      text = is_text ? g_utf8_next_char (text) : text + 1;
      if (!is_text || !g_unichar_iszerowidth (character))
        width -= is_text && g_unichar_iswide (character) ? 2 : 1;
    }
  return MAX (width, 0);
}

void
ctl_print_json (Json *json)
{
  g_autofree char *text = json_finish (json);

  puts (text);
}

const char *
ctl_consistency_name (int consistency)
{
  switch ((enum shmlens_consistency) consistency)
    {
    case SHMLENS_CONSISTENCY_LOCKED:
      return "locked";
    case SHMLENS_CONSISTENCY_SEQUENCE:
      return "sequence";
    case SHMLENS_CONSISTENCY_ATOMIC:
      return "atomic";
    case SHMLENS_CONSISTENCY_UNLOCKED:
      break;
    }
  return "unlocked";
}

static gboolean
is_characters (const struct shmlens_type *type)
{
  return type->kind == SHMLENS_KIND_CHAR || type->kind == SHMLENS_KIND_UNICODE;
}

/* The cells of a target in C order: its elements, or the elements of a field in each
 * of them. */
struct cells
{
  const struct target *target;
  const guint8 *elements;
  guint64 next;
};

static void
json_field (Json *json, const char *name, EntryInfo *entry, const guint8 *element, int field)
{
  const EntryField *described = &entry->fields[field];
  struct target target = { .entry = entry,
                           .last = 1,
                           .field = field,
                           .field_length = entry_field_length (described),
                           .dimensions = described->dimensions };

  memcpy (target.shape, described->shape, sizeof described->shape);
  ctl_json_value (json, name, &target, element);
}

static const struct shmlens_type *
cell_type (const struct target *target)
{
  return target->field >= 0 ? &target->entry->fields[target->field].type : &target->entry->type;
}

/* The element that the next cell lies in, and which one of its field. */
static const guint8 *
next_cell (struct cells *cells, guint64 *ret_index)
{
  const struct target *target = cells->target;
  guint64 length = target->field >= 0 ? target->field_length : 1;
  guint64 number = cells->next++;

  *ret_index = target->field >= 0 ? target->field_index + number % length : 0;
  return cells->elements + number / length * target->entry->type.size;
}

/* Of a list's elements, None is shown as a bool whose only label it is. */
static gboolean
is_none (const EntryInfo *entry, int field)
{
  guint8 none[8] = { 0 };
  const char *label = entry_info_label (entry, field, none);

  return label != NULL && g_str_equal (label, "None");
}

static void
json_cell (Json *json, const char *name, struct cells *cells)
{
  EntryInfo *entry = cells->target->entry;
  struct shmlens_type type;
  guint8 scalar[8];
  guint64 index;
  const guint8 *element = next_cell (cells, &index);

  if (cells->target->field >= 0 || entry->n_fields == 0)
    {
      entry_info_extract (entry, element, cells->target->field, index, &type, scalar);
      json_element (json, name, &type, scalar);
      return;
    }
  if (entry_info_is_list (entry))
    {
      json_begin_array (json, name);
      for (guint i = 0; i < entry->n_fields; i++)
        if (is_none (entry, (int) i))
          json_null (json, NULL);
        else
          json_field (json, NULL, entry, element, (int) i);
      json_end_array (json);
      return;
    }
  json_begin_object (json, name);
  for (guint i = 0; i < entry->n_fields; i++)
    json_field (json, entry->fields[i].name, entry, element, (int) i);
  json_end_object (json);
}

/* A row of characters, in this machine's byte order. */
static guint8 *
take_characters (struct cells *cells, guint64 length)
{
  gsize size = cell_type (cells->target)->size;
  guint8 *characters = g_malloc ((gsize) length * size + 8);
  guint8 scalar[8];
  guint64 index;

  for (guint64 i = 0; i < length; i++)
    {
      const guint8 *element = next_cell (cells, &index);

      entry_info_extract (cells->target->entry, element, cells->target->field, index, NULL,
                          scalar);
      memcpy (characters + i * size, scalar, size);
    }
  return characters;
}

static gboolean
is_string (const struct target *target, guint dimension)
{
  return dimension + 1 == target->dimensions && is_characters (cell_type (target));
}

/* Whether there is no cell from this dimension on: it may have any number of rows. */
static gboolean
is_empty (const struct target *target, guint dimension)
{
  for (guint i = dimension; i < target->dimensions; i++)
    if (target->shape[i] == 0)
      return TRUE;
  return FALSE;
}

static void
json_dimension (Json *json, const char *name, struct cells *cells, guint dimension)
{
  const struct target *target = cells->target;

  if (dimension == target->dimensions)
    {
      json_cell (json, name, cells);
      return;
    }
  if (is_string (target, dimension))
    {
      g_autofree guint8 *characters = take_characters (cells, target->shape[dimension]);

      json_characters (json, name, cell_type (target), characters, target->shape[dimension]);
      return;
    }
  json_begin_array (json, name);
  for (guint64 i = 0; !is_empty (target, dimension) && i < target->shape[dimension]; i++)
    json_dimension (json, NULL, cells, dimension + 1);
  json_end_array (json);
}

void
ctl_json_value (Json *json, const char *name, const struct target *target, const void *elements)
{
  struct cells cells = { .target = target, .elements = elements };

  json_dimension (json, name, &cells, 0);
}

static void
append_cell (GString *text, struct cells *cells)
{
  const struct target *target = cells->target;
  const EntryInfo *entry = target->entry;
  struct shmlens_type type;
  guint8 scalar[8];
  guint64 index;
  const guint8 *element = next_cell (cells, &index);
  g_autofree char *one = NULL;

  if (target->field < 0 || entry->fields[target->field].dimensions == 0)
    one = entry_info_element_text (entry, element, target->field);
  else
    {
      one = g_malloc (64);
      entry_info_extract (entry, element, target->field, index, &type, scalar);
      shmlens_type_print (&type, scalar, 64, one);
    }
  g_string_append (text, one);
}

/* One string: what is printable as itself, the rest escaped; NULs at the end are
 * padding. */
static void
append_characters (GString *text, const struct shmlens_type *type, const guint8 *characters,
                   guint64 length)
{
  char one[64];

  while (length > 0 && memcmp (characters + (length - 1) * type->size, "\0\0\0", type->size) == 0)
    length--;
  g_string_append_c (text, '"');
  for (guint64 i = 0; i < length; i++)
    if (shmlens_type_print (type, characters + i * type->size, sizeof one, one) > 0)
      g_string_append (text, one);
  g_string_append_c (text, '"');
}

static void
append_dimension (GString *text, struct cells *cells, guint dimension)
{
  const struct target *target = cells->target;

  if (dimension == target->dimensions)
    {
      append_cell (text, cells);
      return;
    }
  if (is_string (target, dimension))
    {
      g_autofree guint8 *characters = take_characters (cells, target->shape[dimension]);

      append_characters (text, cell_type (target), characters, target->shape[dimension]);
      return;
    }
  g_string_append_c (text, '[');
  for (guint64 i = 0; !is_empty (target, dimension) && i < target->shape[dimension]; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      append_dimension (text, cells, dimension + 1);
    }
  g_string_append_c (text, ']');
}

void
ctl_append_value (GString *text, const struct target *target, const void *elements)
{
  struct cells cells = { .target = target, .elements = elements };

  append_dimension (text, &cells, 0);
}

void
ctl_json_lock (Json *json, Attachment *attachment, EntryInfo *entry)
{
  LockInfo lock = { .kind = entry->lock_kind, .state = SHMLENS_LOCK_UNKNOWN };
  gboolean held;

  if (lock_kind_can_be_taken (entry->lock_kind))
    attachment_describe_lock (attachment, entry, &lock);
  held = lock.state == SHMLENS_LOCK_HELD || lock.state == SHMLENS_LOCK_DEAD;
  json_begin_object (json, "lock");
  json_string (json, "kind", lock_kind_name (entry->lock_kind));
  json_string (json, "state", lock_state_name (entry->lock_kind, lock.state));
  if (held && lock.owner_pid > 0)
    json_unsigned (json, "owner_pid", (guint64) lock.owner_pid);
  else
    json_null (json, "owner_pid");
  if (held && lock.owner_tid > 0)
    json_unsigned (json, "owner_tid", (guint64) lock.owner_tid);
  else
    json_null (json, "owner_tid");
  if (held)
    json_double (json, "held_s", (double) lock.held_ns / 1e9, 3);
  else
    json_null (json, "held_s");
  if (entry->lock_kind == LOCK_SEMAPHORE)
    {
      json_boolean (json, "recursive", entry->lock_recursive);
      json_unsigned (json, "id", entry->lock_id);
      json_string (json, "way", lock_way_name (entry->lock_way));
      if (lock.waiters >= 0)
        json_unsigned (json, "waiters", (guint64) lock.waiters);
      else
        json_null (json, "waiters");
    }
  json_end_object (json);
}
