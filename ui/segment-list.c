/* segment-list.c - the segments there are, as a list model. */
#include "segment-list.h"

#include <string.h>

#include "list-update.h"
#include "process.h"

/* Of a process below the one that was asked for. */
#define DEPTH_MAX 64

struct _SegmentList
{
  GObject parent_instance;

  GPtrArray *items;
  gboolean loaded;
};

static GType
segment_list_get_item_type (GListModel *model)
{
  return SEGMENT_TYPE_ITEM;
}

static guint
segment_list_get_n_items (GListModel *model)
{
  return SEGMENT_LIST (model)->items->len;
}

static gpointer
segment_list_get_item (GListModel *model, guint position)
{
  SegmentList *self = SEGMENT_LIST (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
segment_list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = segment_list_get_item_type;
  interface->get_n_items = segment_list_get_n_items;
  interface->get_item = segment_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (SegmentList, segment_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, segment_list_model_init))

enum
{
  PROP_LOADED = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

SegmentList *
segment_list_new (void)
{
  return g_object_new (SEGMENT_TYPE_LIST, NULL);
}

static guint
hash_of_item (gconstpointer item)
{
  return g_str_hash (segment_item_get_id ((SegmentItem *) item));
}

static gboolean
is_same_segment (gconstpointer a, gconstpointer b)
{
  return g_str_equal (segment_item_get_id ((SegmentItem *) a),
                      segment_item_get_id ((SegmentItem *) b));
}

static void
adopt (gpointer item, gpointer newer)
{
  segment_item_set_info (item, segment_item_get_info (newer));
}

void
segment_list_update (SegmentList *self, GPtrArray *segments)
{
  static const struct list_update_class class = { hash_of_item, is_same_segment, adopt };
  g_autoptr (GPtrArray) items = g_ptr_array_new_full (segments->len, g_object_unref);

  for (guint i = 0; i < segments->len; i++)
    g_ptr_array_add (items, segment_item_new (segments->pdata[i]));
  list_update (G_LIST_MODEL (self), self->items, items, &class);
  if (!self->loaded)
    {
      self->loaded = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
    }
}

gboolean
segment_list_is_loaded (SegmentList *self)
{
  return self->loaded;
}

/* Whether the process is one of a program's, or started it. */
static gboolean
has_process (const SegmentInfo *info, const char *text)
{
  guint64 pid;

  if (!g_str_equal (info->kind, "python")
      || !g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT32, &pid, NULL))
    return FALSE;
  for (guint i = 0; i < info->n_pids; i++)
    {
      pid_t above = info->pids[i];

      for (guint depth = 0; depth < DEPTH_MAX && above > 1; depth++)
        {
          if ((guint64) above == pid)
            return TRUE;
          above = process_parent ("/proc", above);
        }
    }
  return FALSE;
}

guint
segment_list_find (SegmentList *self, const char *id)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      const SegmentInfo *info = segment_item_get_info (self->items->pdata[i]);

      if (g_str_equal (info->id, id) || g_str_equal (info->name, id)
          || (info->name[0] == '/' && g_str_equal (info->name + 1, id)))
        return i;
    }

  /* A program by any of its processes, or by what started it. */
  if (g_str_has_prefix (id, "pid:"))
    for (guint i = 0; i < self->items->len; i++)
      if (has_process (segment_item_get_info (self->items->pdata[i]), id + strlen ("pid:")))
        return i;
  return G_MAXUINT;
}

static void
segment_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOADED)
    g_value_set_boolean (value, SEGMENT_LIST (object)->loaded);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
segment_list_finalize (GObject *object)
{
  g_ptr_array_unref (SEGMENT_LIST (object)->items);
  G_OBJECT_CLASS (segment_list_parent_class)->finalize (object);
}

static void
segment_list_class_init (SegmentListClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = segment_list_get_property;
  object_class->finalize = segment_list_finalize;

  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
segment_list_init (SegmentList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}
