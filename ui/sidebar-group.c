/* sidebar-group.c - a heading of the sidebar. */
#include "sidebar-group.h"

#include <glib/gi18n.h>

struct _SidebarGroup
{
  GObject parent_instance;

  enum sidebar_kind kind;
  guint n_shown, n;
  char *count;
  gboolean collapsed, open;
};

G_DEFINE_FINAL_TYPE (SidebarGroup, sidebar_group, G_TYPE_OBJECT)

enum
{
  PROP_COUNT = 1,
  PROP_OPEN,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static const struct
{
  const char *kind;   /* of its segments */
  const char *name, *heading;
} kinds[] = {
  [SIDEBAR_PYTHON] = { "python", "python", N_ ("Python programs") },
  [SIDEBAR_NATIVE] = { "native", "native", N_ ("Programs that use shmlens") },
  [SIDEBAR_OTHER] = { "posix", "other", N_ ("Other shared memory") },
  [SIDEBAR_RECORDING] = { "recording", "recordings", N_ ("Recordings") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == SIDEBAR_N_KINDS);

enum sidebar_kind
sidebar_kind_of (const SegmentInfo *info)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (info->kind, kinds[i].kind))
      return i;
  return SIDEBAR_OTHER;
}

static void
update_count (SidebarGroup *self)
{
  g_free (self->count);
  if (self->n_shown == self->n)
    self->count = g_strdup_printf ("%u", self->n);
  else
    /* Translators: of a list that is filtered: 2 of 5 are shown. */
    self->count = g_strdup_printf (_("%u of %u"), self->n_shown, self->n);
}

SidebarGroup *
sidebar_group_new (enum sidebar_kind kind)
{
  SidebarGroup *self = g_object_new (SIDEBAR_TYPE_GROUP, NULL);

  self->kind = kind;
  update_count (self);
  return self;
}

enum sidebar_kind
sidebar_group_get_kind (SidebarGroup *self)
{
  return self->kind;
}

const char *
sidebar_group_get_name (SidebarGroup *self)
{
  return kinds[self->kind].name;
}

const char *
sidebar_group_get_heading (SidebarGroup *self)
{
  return _(kinds[self->kind].heading);
}

const char *
sidebar_group_get_count (SidebarGroup *self)
{
  return self->count;
}

void
sidebar_group_set_count (SidebarGroup *self, guint n_shown, guint n)
{
  if (self->n_shown == n_shown && self->n == n)
    return;
  self->n_shown = n_shown;
  self->n = n;
  update_count (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT]);
}

gboolean
sidebar_group_get_collapsed (SidebarGroup *self)
{
  return self->collapsed;
}

void
sidebar_group_set_collapsed (SidebarGroup *self, gboolean collapsed)
{
  self->collapsed = collapsed;
}

gboolean
sidebar_group_get_open (SidebarGroup *self)
{
  return self->open;
}

void
sidebar_group_set_open (SidebarGroup *self, gboolean open)
{
  if (self->open == open)
    return;
  self->open = open;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPEN]);
}

static void
sidebar_group_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SidebarGroup *self = SIDEBAR_GROUP (object);

  switch (id)
    {
    case PROP_COUNT:
      g_value_set_string (value, self->count);
      break;
    case PROP_OPEN:
      g_value_set_boolean (value, self->open);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sidebar_group_finalize (GObject *object)
{
  g_free (SIDEBAR_GROUP (object)->count);
  G_OBJECT_CLASS (sidebar_group_parent_class)->finalize (object);
}

static void
sidebar_group_class_init (SidebarGroupClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sidebar_group_get_property;
  object_class->finalize = sidebar_group_finalize;

  properties[PROP_COUNT] = g_param_spec_string ("count", NULL, NULL, NULL, readable);
  properties[PROP_OPEN] = g_param_spec_boolean ("open", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
sidebar_group_init (SidebarGroup *self)
{
}
