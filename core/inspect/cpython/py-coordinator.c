/* py-coordinator.c - how what programs coordinate with is shown. */
#include "py-coordinator.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "py-fields.h"

static void
set_scalar (PyFound *found, char code, const char *reason)
{
  PyLeaf leaf = { .role = SHMLENS_ROLE_PLAIN, .reason = reason };
  guint64 shape[1];

  (void) shmlens_type_from_code (code, &leaf.type);
  if (code == '?')
    leaf.role = SHMLENS_ROLE_FLAG;
  py_shape_set (&found->shape, &leaf, shape, 0);
}

/* A structure of ints. */
static void
set_ints (PyFound *found, const char *const *names, guint n, const char *reason)
{
  PyLeaf leaf = { .role = SHMLENS_ROLE_PLAIN, .reason = reason };
  PyLeaf member = { .role = SHMLENS_ROLE_PLAIN };
  PyFields fields;
  guint64 shape[1];

  (void) shmlens_type_from_code ('i', &member.type);
  leaf.type = (struct shmlens_type) { n * member.type.size, SHMLENS_KIND_STRUCT, 'T', 0 };
  py_fields_init (&fields, leaf.type.size);
  for (guint i = 0; i < n; i++)
    (void) py_fields_add (&fields, "", names[i], i * member.type.size, &member, NULL, 0);
  py_shape_set (&found->shape, &leaf, shape, 0);
  py_fields_steal (&fields, &found->shape);
}

/* The maximum of what has none is kept too: a queue's size is counted from it. */
static void
set_progress_maximum (PyFound *found, gint64 maximum)
{
  gint32 value = CLAMP (maximum, 0, G_MAXINT32);

  found->shape.has_progress_max = value > 0 && value < G_MAXINT32;
  memcpy (found->shape.progress_max, &value, sizeof value);
}

static void
label_states (EntryInfo *shape)
{
  /* threading.Barrier's states. */
  static const struct
  {
    int value;
    const char *text;
  } states[] = {
    { 0, N_ ("filling") }, { 1, N_ ("draining") }, { -1, N_ ("resetting") }, { -2, N_ ("broken") }
  };

  shape->n_labels = G_N_ELEMENTS (states);
  shape->labels = g_new0 (EntryLabel, shape->n_labels);
  for (guint i = 0; i < shape->n_labels; i++)
    shape->labels[i] = (EntryLabel) { states[i].value, 0, g_strdup (_(states[i].text)) };
}

void
py_coordinator_shape (PyFound *found, enum entry_object object, gboolean is_joinable,
                      gint64 maximum)
{
  static const char *const of_barrier[] = { "state", "waiting" };
  static const char *const of_queue[] = { "size", "unfinished" };
  const char *counts
    = _("it counts what the program does, which an edit would not change; let the program "
        "change it");

  switch (object)
    {
    case OBJECT_EVENT:
      set_scalar (found, '?', NULL);
      break;
    case OBJECT_LOCK:
      set_scalar (found, 'i',
                  _("it is a lock, which only programs take and give back; one whose holder has "
                    "ended can be released"));
      break;
    case OBJECT_BARRIER:
      set_ints (found, of_barrier, G_N_ELEMENTS (of_barrier), counts);
      label_states (&found->shape);
      break;
    case OBJECT_QUEUE:
      set_ints (found, of_queue, is_joinable ? 2 : 1, counts);
      break;
    case OBJECT_SEMAPHORE:
    case OBJECT_CONDITION:
    case OBJECT_DATA:
      set_scalar (found, 'i', counts);
      break;
    }
  if (object == OBJECT_SEMAPHORE || object == OBJECT_BARRIER || object == OBJECT_QUEUE)
    set_progress_maximum (found, maximum);
  found->shape.object = object;
}
