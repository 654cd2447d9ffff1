/* python-recorded.c - an object as the lines of a record describe it. Nothing in them is believed
 * that the lines themselves contradict: shapes must give the size, fields lie in their structure,
 * references lead to what they should. */
#include "python-recorded.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "py-coordinator.h"
#include "py-fields.h"
#include "printable.h"

static gboolean
get_number (GVariant *line, const char *name, guint64 *ret_number)
{
  gint64 number;

  if (!g_variant_lookup (line, name, "x", &number) || number < 0)
    return FALSE;
  *ret_number = (guint64) number;
  return TRUE;
}

static const char *
get_text (GVariant *line, const char *name)
{
  const char *text = NULL;

  g_variant_lookup (line, name, "&s", &text);
  return text;
}

/* The dimensions of "shape"; none when there is no such member. FALSE: it is no shape. */
static gboolean
get_shape (GVariant *line, guint64 *ret_shape, guint *ret_dimensions)
{
  g_autoptr (GVariant) shape = g_variant_lookup_value (line, "shape", NULL);

  *ret_dimensions = 0;
  if (shape == NULL)
    return TRUE;
  if (!g_variant_is_of_type (shape, G_VARIANT_TYPE ("av")) || g_variant_n_children (shape) == 0
      || g_variant_n_children (shape) > SHMLENS_DIMENSIONS_MAX)
    return FALSE;
  for (gsize i = 0; i < g_variant_n_children (shape); i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (shape, i);
      g_autoptr (GVariant) number = g_variant_get_variant (boxed);

      if (!g_variant_is_of_type (number, G_VARIANT_TYPE_INT64) || g_variant_get_int64 (number) < 0)
        return FALSE;
      ret_shape[(*ret_dimensions)++] = (guint64) g_variant_get_int64 (number);
    }
  return TRUE;
}

/* The line of an object that the member names; NULL. */
static GVariant *
follow (const struct recorded_lines *lines, GVariant *line, const char *member)
{
  const char *id = get_text (line, member);

  return id == NULL ? NULL : g_hash_table_lookup (lines->by_id, id);
}

static gboolean
is_kind (GVariant *line, const char *kind)
{
  const char *is = line == NULL ? NULL : get_text (line, "kind");

  return is != NULL && g_str_equal (is, kind);
}

static gboolean
read_semaphore (GVariant *line, PySemaphore *ret_semaphore)
{
  PySemaphore semaphore = { 0 };
  gboolean is_recursive = FALSE;
  guint64 maximum = 1;

  if (!is_kind (line, "semaphore") || !get_number (line, "dev", &semaphore.device)
      || !get_number (line, "ino", &semaphore.inode) || semaphore.inode == 0)
    return FALSE;
  g_variant_lookup (line, "recursive", "b", &is_recursive);
  get_number (line, "maxvalue", &maximum);
  semaphore.is_recursive = is_recursive;
  semaphore.maximum = (gint32) MIN (maximum, G_MAXINT32);
  *ret_semaphore = semaphore;
  return TRUE;
}

static gboolean
add_part (PyFound *found, GVariant *line)
{
  if (!read_semaphore (line, &found->parts[found->n_parts]))
    return FALSE;
  found->n_parts++;
  return TRUE;
}

static gboolean
add_condition (const struct recorded_lines *lines, PyFound *found, GVariant *condition)
{
  guint first = found->n_parts;

  if (!is_kind (condition, "condition") || !add_part (found, follow (lines, condition, "lock"))
      || !add_part (found, follow (lines, condition, "sleeping"))
      || !add_part (found, follow (lines, condition, "woken"))
      || !add_part (found, follow (lines, condition, "wait")))
    return FALSE;
  found->lock_kind = LOCK_SEMAPHORE;
  found->lock = found->parts[first];
  return TRUE;
}

/* Where it lies in an arena, and by which name that can be opened. */
static gboolean
read_place (const struct recorded_lines *lines, GVariant *line, PyFound *found)
{
  const char *path = get_text (line, "path");
  const char *file = path == NULL ? NULL : strrchr (path, '/');
  guint64 arena;

  if (!get_number (line, "dev", &found->device) || !get_number (line, "ino", &found->inode)
      || found->inode == 0 || !get_number (line, "arena", &arena)
      || !get_number (line, "offset", &found->offset) || !get_number (line, "size", &found->size)
      || found->offset > arena || found->size > arena - found->offset)
    return FALSE;
  if (file != NULL && g_str_has_prefix (file + 1, lines->prefix))
    found->path = g_strdup (path);
  return TRUE;
}

/* ------------------------------------------------------------------------------ types -- */

static gboolean
read_leaf (GVariant *dictionary, PyLeaf *ret_leaf)
{
  const char *code = get_text (dictionary, "code");
  gboolean swapped = FALSE;
  PyLeaf leaf = { .role = SHMLENS_ROLE_PLAIN };

  if (code == NULL || strlen (code) != 1 || shmlens_type_from_code (code[0], &leaf.type) < 0)
    return FALSE;
  g_variant_lookup (dictionary, "swapped", "b", &swapped);
  leaf.swapped = swapped;
  if (code[0] == '?')
    leaf.role = SHMLENS_ROLE_FLAG;
  *ret_leaf = leaf;
  return TRUE;
}

/* "bits": [lowest, width] */
static gboolean
read_bits (GVariant *dictionary, PyLeaf *leaf)
{
  g_autoptr (GVariant) bits = g_variant_lookup_value (dictionary, "bits", G_VARIANT_TYPE ("av"));
  gint64 numbers[2];

  if (bits == NULL)
    return TRUE;
  if (g_variant_n_children (bits) != 2)
    return FALSE;
  for (gsize i = 0; i < 2; i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (bits, i);
      g_autoptr (GVariant) number = g_variant_get_variant (boxed);

      if (!g_variant_is_of_type (number, G_VARIANT_TYPE_INT64))
        return FALSE;
      numbers[i] = g_variant_get_int64 (number);
    }
  if (numbers[0] < 0 || numbers[1] <= 0 || numbers[0] > 63 || numbers[1] > 64
      || numbers[0] + numbers[1] > leaf->type.size * 8)
    return FALSE;
  leaf->bit_offset = (guint) numbers[0];
  leaf->bit_width = (guint) numbers[1];
  return TRUE;
}

static gboolean
add_field (PyFields *fields, GVariant *boxed)
{
  g_autoptr (GVariant) field = g_variant_get_variant (boxed);
  guint64 shape[SHMLENS_DIMENSIONS_MAX + 1], offset;
  const char *name;
  guint dimensions;
  PyLeaf leaf;

  if (!g_variant_is_of_type (field, G_VARIANT_TYPE_VARDICT)
      || (name = get_text (field, "name")) == NULL || !get_number (field, "offset", &offset)
      || !get_shape (field, shape, &dimensions) || !read_leaf (field, &leaf)
      || !read_bits (field, &leaf))
    return FALSE;
  return py_fields_add (fields, "", name, offset, &leaf, shape, dimensions);
}

/* The fields that the lines of a type have, in order; FALSE when one does not fit. */
static gboolean
read_fields (const GPtrArray *parts, PyFields *fields)
{
  for (guint i = 0; i < parts->len; i++)
    {
      g_autoptr (GVariant) some
        = g_variant_lookup_value (parts->pdata[i], "fields", G_VARIANT_TYPE ("av"));
      guint64 first;

      if (some == NULL || !get_number (parts->pdata[i], "first", &first))
        return FALSE;
      if (first != fields->fields->len)
        continue;
      for (gsize j = 0; j < g_variant_n_children (some); j++)
        {
          g_autoptr (GVariant) boxed = g_variant_get_child_value (some, j);

          if (!add_field (fields, boxed))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
set_structure (const struct recorded_lines *lines, GVariant *line, guint64 *shape, guint dimensions,
               PyFound *found)
{
  const char *type = get_text (line, "type");
  const GPtrArray *parts = type == NULL ? NULL : g_hash_table_lookup (lines->types, type);
  PyLeaf leaf = { .role = SHMLENS_ROLE_PLAIN };
  PyFields fields;
  guint64 size;

  if (parts == NULL || !get_number (parts->pdata[0], "size", &size) || size == 0
      || size > G_MAXUINT32)
    return FALSE;
  leaf.type = (struct shmlens_type) { (guint32) size, SHMLENS_KIND_STRUCT, 'T', 0 };
  py_fields_init (&fields, size);
  if (!read_fields (parts, &fields))
    {
      py_fields_clear (&fields);
      return FALSE;
    }
  py_shape_set (&found->shape, &leaf, shape, dimensions);
  py_fields_steal (&fields, &found->shape);
  return TRUE;
}

static gboolean
read_object (const struct recorded_lines *lines, GVariant *line, PyFound *found)
{
  guint64 shape[SHMLENS_DIMENSIONS_MAX + 1], length;
  const char *code = get_text (line, "code");
  guint dimensions;
  PyLeaf leaf;

  if (!read_place (lines, line, found) || !get_shape (line, shape, &dimensions)
      || !py_shape_length (shape, dimensions, &length))
    return FALSE;
  if (code != NULL && g_str_equal (code, "T"))
    {
      if (!set_structure (lines, line, shape, dimensions, found))
        return FALSE;
    }
  else if (read_leaf (line, &leaf))
    {
      if (leaf.type.kind == SHMLENS_KIND_CHAR && dimensions == 1)
        leaf.role = SHMLENS_ROLE_TEXT;
      py_shape_set (&found->shape, &leaf, shape, dimensions);
    }
  else
    return FALSE;
  return length == found->size / found->shape.type.size
         && found->size % found->shape.type.size == 0;
}

/* The lock that guards an object, by the last line that says so. */
static void
read_guard (const struct recorded_lines *lines, const char *id, PyFound *found)
{
  GVariant *guard = g_hash_table_lookup (lines->guards, id);

  if (guard == NULL)
    return;
  found->lock_kind = read_semaphore (follow (lines, guard, "lock"), &found->lock) ? LOCK_SEMAPHORE
                                                                                 : LOCK_EXTERNAL;
}

/* ------------------------------------------------------------------------ coordinators -- */

static gboolean
read_lock (GVariant *line, PyFound *found)
{
  const char *class = get_text (line, "class");
  gboolean is_lock = class != NULL && g_str_has_suffix (class, "Lock");

  if (!add_part (found, line))
    return FALSE;
  py_found_identify (found, &found->parts[0]);
  py_coordinator_shape (found, is_lock ? OBJECT_LOCK : OBJECT_SEMAPHORE, FALSE,
                        found->parts[0].maximum);
  if (is_lock)
    {
      found->lock_kind = LOCK_SEMAPHORE;
      found->lock = found->parts[0];
    }
  return TRUE;
}

static gboolean
read_condition (const struct recorded_lines *lines, GVariant *line, PyFound *found)
{
  if (!add_condition (lines, found, line))
    return FALSE;
  py_found_identify (found, &found->parts[1]);
  py_coordinator_shape (found, OBJECT_CONDITION, FALSE, 0);
  return TRUE;
}

static gboolean
read_event (const struct recorded_lines *lines, GVariant *line, PyFound *found)
{
  if (!add_part (found, follow (lines, line, "flag"))
      || !add_condition (lines, found, follow (lines, line, "condition")))
    return FALSE;
  py_found_identify (found, &found->parts[0]);
  py_coordinator_shape (found, OBJECT_EVENT, FALSE, 0);
  return TRUE;
}

static gboolean
read_barrier (const struct recorded_lines *lines, GVariant *line, PyFound *found)
{
  guint64 parties = 0;

  if (!read_place (lines, line, found) || found->size < 2 * sizeof (gint32)
      || !add_condition (lines, found, follow (lines, line, "condition")))
    return FALSE;
  get_number (line, "parties", &parties);
  py_coordinator_shape (found, OBJECT_BARRIER, FALSE, (gint64) parties);
  return TRUE;
}

static gboolean
read_queue (const struct recorded_lines *lines, GVariant *line, PyFound *found)
{
  GVariant *unfinished = follow (lines, line, "unfinished");
  guint64 maximum = 0;

  if (!add_part (found, follow (lines, line, "free"))
      || (unfinished != NULL && !add_part (found, unfinished)))
    return FALSE;
  py_found_identify (found, &found->parts[0]);
  if (read_semaphore (follow (lines, line, "read_lock"), &found->lock))
    found->lock_kind = LOCK_SEMAPHORE;
  get_number (line, "maxsize", &maximum);
  py_coordinator_shape (found, OBJECT_QUEUE, unfinished != NULL,
                        (gint64) MIN (maximum, G_MAXINT32));
  return TRUE;
}

/* What its class is called, where no member says it. */
static const char *
class_of (GVariant *line, const PyFound *found)
{
  const char *class = get_text (line, found->shape.object == OBJECT_DATA ? "ctype" : "class");

  if (class != NULL)
    return class;
  return found->shape.object == OBJECT_EVENT     ? "Event"
         : found->shape.object == OBJECT_BARRIER ? "Barrier"
                                                 : "Condition";
}

PyFound *
recorded_found (const struct recorded_lines *lines, GVariant *line)
{
  PyFound *found = py_found_new ();
  const char *name = get_text (line, "name"), *file = get_text (line, "file");
  gboolean is_good = FALSE;
  guint64 number;

  if (is_kind (line, "object"))
    {
      is_good = read_object (lines, line, found);
      read_guard (lines, get_text (line, "id"), found);
    }
  else if (is_kind (line, "semaphore"))
    is_good = read_lock (line, found);
  else if (is_kind (line, "condition"))
    is_good = read_condition (lines, line, found);
  else if (is_kind (line, "event"))
    is_good = read_event (lines, line, found);
  else if (is_kind (line, "barrier"))
    is_good = read_barrier (lines, line, found);
  else if (is_kind (line, "queue"))
    is_good = read_queue (lines, line, found);
  if (!is_good)
    {
      py_found_free (found);
      return NULL;
    }
  found->shape.ctype = g_strdup (class_of (line, found));
  if (name != NULL && strlen (name) <= PY_NAME_MAX)
    found->recorded_name = g_strdup (name);
  if (file != NULL && get_number (line, "line", &number))
    {
      g_autofree char *shown = printable_name (file);

      g_free (found->shape.doc);
      found->shape.doc = g_strdup_printf (_("made in %s, line %" PRIu64), shown, number);
    }
  return found;
}
