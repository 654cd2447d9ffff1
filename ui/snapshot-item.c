/* snapshot-item.c - a difference between two snapshots, as a row. */
#include "snapshot-item.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Of an entry that only one side has. */
#define PREVIEW_CHARACTERS 60
#define PREVIEW_ELEMENTS 32

enum
{
  PROP_ENTRY = 1,
  PROP_PLACE,
  PROP_THEN,
  PROP_NOW,
  PROP_CHANGE,
  N_PROPERTIES
};

struct _SnapshotItem
{
  GObject parent_instance;

  char *texts[N_PROPERTIES];   /* by property; none is NULL */
};

G_DEFINE_FINAL_TYPE (SnapshotItem, snapshot_item, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPERTIES];

/* Takes the text. */
static void
set_text (SnapshotItem *self, guint property, char *text)
{
  g_free (self->texts[property]);
  self->texts[property] = text;
}

static char *
preview (const SnapshotEntry *entry)
{
  if (entry->elements == NULL)
    return g_strdup (entry->reason);
  return entry_info_preview (entry->info, g_bytes_get_data (entry->elements, NULL),
                             MIN (entry->info->length, PREVIEW_ELEMENTS), PREVIEW_CHARACTERS);
}

static char *
range_change (const SnapshotDifference *difference, const struct snapshot_range *range)
{
  char *text;

  if (range->count == 1)
    {
      text = snapshot_difference_text (difference, range->field, range->first);
      return text != NULL ? text : g_strdup (_("other"));
    }
  if (isnan (range->largest))
    /* Translators: so many elements of an array differ. */
    return g_strdup_printf (_("%" PRIu64 " differ"), range->count);
  /* Translators: so many elements of an array differ, the one that differs most by that much. */
  return g_strdup_printf (_("%" PRIu64 " differ, by up to %g"), range->count, range->largest);
}

static void
describe_range (SnapshotItem *self, const SnapshotDifference *difference,
                const struct snapshot_range *range)
{
  g_autofree char *name = snapshot_range_name (difference, range);
  const char *more = range->count > 1 ? " …" : "";
  g_autofree char *then = snapshot_element_text (difference->a, range->field, range->first);
  g_autofree char *now = snapshot_element_text (difference->b, range->field, range->first);

  set_text (self, PROP_PLACE, g_strdup (name + strlen (difference->a->info->name)));
  set_text (self, PROP_THEN, g_strconcat (then, more, NULL));
  set_text (self, PROP_NOW, g_strconcat (now, more, NULL));
  set_text (self, PROP_CHANGE, range_change (difference, range));
}

static void
describe (SnapshotItem *self, const SnapshotDifference *difference)
{
  switch (difference->change)
    {
    case SNAPSHOT_ELEMENTS:
      return;
    case SNAPSHOT_ONLY_A:
      set_text (self, PROP_THEN, preview (difference->a));
      set_text (self, PROP_CHANGE, g_strdup (_("gone")));
      return;
    case SNAPSHOT_ONLY_B:
      set_text (self, PROP_NOW, preview (difference->b));
      set_text (self, PROP_CHANGE, g_strdup (_("new")));
      return;
    case SNAPSHOT_TYPE:
      set_text (self, PROP_THEN, entry_info_type_text (difference->a->info));
      set_text (self, PROP_NOW, entry_info_type_text (difference->b->info));
      set_text (self, PROP_CHANGE, g_strdup (_("another type")));
      return;
    case SNAPSHOT_NOT_READ:
      set_text (self, PROP_THEN, preview (difference->a));
      set_text (self, PROP_NOW, preview (difference->b));
      set_text (self, PROP_CHANGE, g_strdup (_("not compared")));
      return;
    }
}

SnapshotItem *
snapshot_item_new (const SnapshotDifference *difference, const struct snapshot_range *range)
{
  SnapshotItem *self = g_object_new (SNAPSHOT_TYPE_ITEM, NULL);
  const SnapshotEntry *entry = difference->a != NULL ? difference->a : difference->b;

  set_text (self, PROP_ENTRY, g_strdup (entry->info->name));
  if (range != NULL)
    describe_range (self, difference, range);
  else
    describe (self, difference);
  return self;
}

const char *
snapshot_item_get_entry (SnapshotItem *self)
{
  return self->texts[PROP_ENTRY];
}

guint
snapshot_item_hash (gconstpointer item)
{
  SnapshotItem *self = SNAPSHOT_ITEM ((gpointer) item);

  return g_str_hash (self->texts[PROP_ENTRY]) * 31 + g_str_hash (self->texts[PROP_PLACE]);
}

gboolean
snapshot_item_equal (gconstpointer a, gconstpointer b)
{
  SnapshotItem *self = SNAPSHOT_ITEM ((gpointer) a), *other = SNAPSHOT_ITEM ((gpointer) b);

  return g_str_equal (self->texts[PROP_ENTRY], other->texts[PROP_ENTRY])
         && g_str_equal (self->texts[PROP_PLACE], other->texts[PROP_PLACE]);
}

void
snapshot_item_adopt (gpointer item, gpointer newer)
{
  SnapshotItem *self = item, *other = newer;

  for (guint i = PROP_THEN; i < N_PROPERTIES; i++)
    {
      if (g_str_equal (self->texts[i], other->texts[i]))
        continue;
      set_text (self, i, g_strdup (other->texts[i]));
      g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
    }
}

static void
snapshot_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id < N_PROPERTIES)
    g_value_set_string (value, SNAPSHOT_ITEM (object)->texts[id]);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
snapshot_item_finalize (GObject *object)
{
  for (guint i = PROP_ENTRY; i < N_PROPERTIES; i++)
    g_free (SNAPSHOT_ITEM (object)->texts[i]);
  G_OBJECT_CLASS (snapshot_item_parent_class)->finalize (object);
}

static void
snapshot_item_class_init (SnapshotItemClass *class)
{
  static const char *const names[]
    = { [PROP_ENTRY] = "entry", [PROP_PLACE] = "place", [PROP_THEN] = "then",
        [PROP_NOW] = "now",     [PROP_CHANGE] = "change" };
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = snapshot_item_get_property;
  object_class->finalize = snapshot_item_finalize;
  for (guint i = PROP_ENTRY; i < N_PROPERTIES; i++)
    properties[i] = g_param_spec_string (names[i], NULL, NULL, NULL,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
snapshot_item_init (SnapshotItem *self)
{
  for (guint i = PROP_ENTRY; i < N_PROPERTIES; i++)
    self->texts[i] = g_strdup ("");
}
