/* segment-item.c - a segment in the list. */
#include "segment-item.h"

struct _SegmentItem
{
  GObject parent_instance;

  SegmentInfo *info;
};

G_DEFINE_FINAL_TYPE (SegmentItem, segment_item, G_TYPE_OBJECT)

enum
{
  PROP_ID = 1,
  PROP_INFO,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

SegmentItem *
segment_item_new (SegmentInfo *info)
{
  SegmentItem *self = g_object_new (SEGMENT_TYPE_ITEM, NULL);

  self->info = segment_info_ref (info);
  return self;
}

SegmentInfo *
segment_item_get_info (SegmentItem *self)
{
  return self->info;
}

const char *
segment_item_get_id (SegmentItem *self)
{
  return self->info->id;
}

gboolean
segment_item_is_raw (SegmentItem *self)
{
  return g_str_equal (self->info->kind, "posix");
}

gboolean
segment_item_is_program (SegmentItem *self)
{
  return g_str_equal (self->info->kind, "python");
}

void
segment_item_set_info (SegmentItem *self, SegmentInfo *info)
{
  if (segment_info_equal (self->info, info))
    return;
  segment_info_ref (info);
  segment_info_unref (self->info);
  self->info = info;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INFO]);
}

static void
segment_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SegmentItem *self = SEGMENT_ITEM (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_string (value, self->info->id);
      break;
    case PROP_INFO:
      g_value_set_pointer (value, self->info);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
segment_item_finalize (GObject *object)
{
  segment_info_unref (SEGMENT_ITEM (object)->info);
  G_OBJECT_CLASS (segment_item_parent_class)->finalize (object);
}

static void
segment_item_class_init (SegmentItemClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = segment_item_get_property;
  object_class->finalize = segment_item_finalize;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, readable);
  properties[PROP_INFO] = g_param_spec_pointer ("info", NULL, NULL, readable);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
segment_item_init (SegmentItem *self)
{
}
