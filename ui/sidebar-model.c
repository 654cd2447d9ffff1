/* sidebar-model.c - the rows of the sidebar. */
#include "sidebar-model.h"

#include <string.h>

#include "list-update.h"
#include "process-match.h"

struct _SidebarModel
{
  GObject parent_instance;

  SegmentList *list;
  gulong items_handler;
  GPtrArray *watched;        /* of SegmentItem: whose info is listened to */
  SidebarGroup *groups[SIDEBAR_N_KINDS];
  GPtrArray *rows;
  char **words;              /* of the filter, case folded; NULL: there is none */
  guint update_source;       /* an info is another: once for all of them */
};

static GType
sidebar_model_get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
sidebar_model_get_n_items (GListModel *model)
{
  return SIDEBAR_MODEL (model)->rows->len;
}

static gpointer
sidebar_model_get_item (GListModel *model, guint position)
{
  SidebarModel *self = SIDEBAR_MODEL (model);

  return position < self->rows->len ? g_object_ref (self->rows->pdata[position]) : NULL;
}

static void
sidebar_model_list_init (GListModelInterface *interface)
{
  interface->get_item_type = sidebar_model_get_item_type;
  interface->get_n_items = sidebar_model_get_n_items;
  interface->get_item = sidebar_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (SidebarModel, sidebar_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, sidebar_model_list_init))

enum
{
  PROP_COLLAPSED = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static gboolean
contains (const char *text, const char *folded)
{
  g_autofree char *other = g_utf8_casefold (text, -1);

  return strstr (other, folded) != NULL;
}

static gboolean
passes (SidebarModel *self, const SegmentInfo *info, GHashTable *names)
{
  for (char **word = self->words; word != NULL && *word != NULL; word++)
    if (!contains (info->title, *word) && !contains (info->id, *word)
        && !process_match (info->pids, info->n_pids, *word, names))
      return FALSE;
  return TRUE;
}

/* Segments whose text is the same are of one program; newly allocated. */
static char *
program_of (const SegmentInfo *info, enum sidebar_kind kind)
{
  if (kind == SIDEBAR_OTHER)
    return info->n_pids > 0 ? g_strdup_printf ("%d", (int) info->pids[0]) : g_strdup (info->id);
  return g_strdup_printf ("%u %s", (guint) info->owner, info->title);
}

struct place
{
  SegmentItem *item;
  guint program;   /* where the first segment of the same program stands in the list */
  guint position;
};

static gint
compare_places (gconstpointer a, gconstpointer b)
{
  const struct place *first = a, *second = b;

  if (first->program != second->program)
    return first->program < second->program ? -1 : 1;
  return first->position < second->position ? -1 : 1;
}

/* The segments of a kind that pass, in order. */
static GArray *
collect (SidebarModel *self, enum sidebar_kind kind, GHashTable *names, guint *ret_n)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (struct place));
  g_autoptr (GHashTable) programs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->watched->len; i++)
    {
      SegmentItem *item = self->watched->pdata[i];
      const SegmentInfo *info = segment_item_get_info (item);
      struct place place = { .item = item, .program = i, .position = i };
      g_autofree char *program = NULL;
      gpointer first;

      if (sidebar_kind_of (info) != kind)
        continue;
      ++*ret_n;
      if (!passes (self, info, names))
        continue;
      program = program_of (info, kind);
      if (g_hash_table_lookup_extended (programs, program, NULL, &first))
        place.program = GPOINTER_TO_UINT (first);
      else
        g_hash_table_insert (programs, g_steal_pointer (&program), GUINT_TO_POINTER (i));
      g_array_append_val (places, place);
    }
  g_array_sort (places, compare_places);
  return places;
}

static void
keep (gpointer item, gpointer newer)
{
}

static void
update (SidebarModel *self)
{
  static const struct list_update_class class = { g_direct_hash, g_direct_equal, keep };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) names = process_match_names_new ();

  g_clear_handle_id (&self->update_source, g_source_remove);
  for (guint kind = 0; kind < SIDEBAR_N_KINDS; kind++)
    {
      guint n = 0;
      g_autoptr (GArray) places = collect (self, kind, names, &n);
      SidebarGroup *group = self->groups[kind];

      sidebar_group_set_count (group, places->len, n);
      sidebar_group_set_open (group, self->words != NULL || !sidebar_group_get_collapsed (group));
      if (places->len > 0)
        g_ptr_array_add (rows, g_object_ref (group));
      if (sidebar_group_get_open (group))
        for (guint i = 0; i < places->len; i++)
          g_ptr_array_add (rows, g_object_ref (g_array_index (places, struct place, i).item));
    }
  list_update (G_LIST_MODEL (self), self->rows, rows, &class);
}

static gboolean
update_later (gpointer user_data)
{
  SidebarModel *self = user_data;

  self->update_source = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
on_info (SegmentItem *item, GParamSpec *pspec, SidebarModel *self)
{
  if (self->update_source == 0)
    self->update_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, update_later, self, NULL);
}

static void
watch (SidebarModel *self, guint position, guint removed, guint added)
{
  for (guint i = position; i < position + removed; i++)
    g_signal_handlers_disconnect_by_data (self->watched->pdata[i], self);
  if (removed > 0)
    g_ptr_array_remove_range (self->watched, position, removed);
  for (guint i = position; i < position + added; i++)
    {
      SegmentItem *item = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      g_signal_connect (item, "notify::info", G_CALLBACK (on_info), self);
      g_ptr_array_insert (self->watched, (gint) i, item);
    }
}

static void
on_items_changed (GListModel *list, guint position, guint removed, guint added,
                  SidebarModel *self)
{
  watch (self, position, removed, added);
  update (self);
}

void
sidebar_model_set_list (SidebarModel *self, SegmentList *list)
{
  if (self->list == list)
    return;
  if (self->list != NULL)
    g_clear_signal_handler (&self->items_handler, self->list);
  watch (self, 0, self->watched->len, 0);
  g_set_object (&self->list, list);
  if (list != NULL)
    {
      self->items_handler
        = g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), self);
      watch (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (list)));
    }
  update (self);
}

void
sidebar_model_set_filter (SidebarModel *self, const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text != NULL ? text : "", -1);
  g_auto (GStrv) parts = g_strsplit_set (folded, " \t", -1);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0')
      g_ptr_array_add (words, *part);
  g_ptr_array_add (words, NULL);
  g_clear_pointer (&self->words, g_strfreev);
  if (words->len > 1)
    self->words = g_strdupv ((char **) words->pdata);
  update (self);
}

void
sidebar_model_set_group_collapsed (SidebarModel *self, SidebarGroup *group, gboolean collapsed)
{
  if (sidebar_group_get_collapsed (group) == collapsed)
    return;
  sidebar_group_set_collapsed (group, collapsed);
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLLAPSED]);
}

SidebarGroup *
sidebar_model_group_of (SidebarModel *self, gpointer item)
{
  return SIDEBAR_IS_GROUP (item) ? item
                                 : self->groups[sidebar_kind_of (segment_item_get_info (item))];
}

guint
sidebar_model_find (SidebarModel *self, gpointer item)
{
  guint position;

  return g_ptr_array_find (self->rows, item, &position) ? position : G_MAXUINT;
}

guint
sidebar_model_first_segment (SidebarModel *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (SEGMENT_IS_ITEM (self->rows->pdata[i]))
      return i;
  return G_MAXUINT;
}

SidebarModel *
sidebar_model_new (void)
{
  return g_object_new (SIDEBAR_TYPE_MODEL, NULL);
}

static void
sidebar_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SidebarModel *self = SIDEBAR_MODEL (object);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (id != PROP_COLLAPSED)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  for (guint i = 0; i < SIDEBAR_N_KINDS; i++)
    if (sidebar_group_get_collapsed (self->groups[i]))
      g_ptr_array_add (names, (char *) sidebar_group_get_name (self->groups[i]));
  g_ptr_array_add (names, NULL);
  g_value_set_boxed (value, names->pdata);
}

static void
sidebar_model_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SidebarModel *self = SIDEBAR_MODEL (object);
  const char *const *names = g_value_get_boxed (value);

  if (id != PROP_COLLAPSED)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  for (guint i = 0; i < SIDEBAR_N_KINDS; i++)
    sidebar_model_set_group_collapsed (
      self, self->groups[i],
      names != NULL && g_strv_contains (names, sidebar_group_get_name (self->groups[i])));
}

static void
sidebar_model_dispose (GObject *object)
{
  SidebarModel *self = SIDEBAR_MODEL (object);

  sidebar_model_set_list (self, NULL);
  g_clear_handle_id (&self->update_source, g_source_remove);
  G_OBJECT_CLASS (sidebar_model_parent_class)->dispose (object);
}

static void
sidebar_model_finalize (GObject *object)
{
  SidebarModel *self = SIDEBAR_MODEL (object);

  for (guint i = 0; i < SIDEBAR_N_KINDS; i++)
    g_object_unref (self->groups[i]);
  g_ptr_array_unref (self->watched);
  g_ptr_array_unref (self->rows);
  g_strfreev (self->words);
  G_OBJECT_CLASS (sidebar_model_parent_class)->finalize (object);
}

static void
sidebar_model_class_init (SidebarModelClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = sidebar_model_get_property;
  object_class->set_property = sidebar_model_set_property;
  object_class->dispose = sidebar_model_dispose;
  object_class->finalize = sidebar_model_finalize;

  properties[PROP_COLLAPSED]
    = g_param_spec_boxed ("collapsed", NULL, NULL, G_TYPE_STRV,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
sidebar_model_init (SidebarModel *self)
{
  self->watched = g_ptr_array_new_with_free_func (g_object_unref);
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < SIDEBAR_N_KINDS; i++)
    self->groups[i] = sidebar_group_new (i);
}
