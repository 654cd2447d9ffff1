/* entry-table.c - the entries of a segment as a table. */
#include "entry-drag.h"
#include "entry-table-private.h"
#include "list-scroll.h"
#include "tab-focus.h"

#define ROWS_MADE_ANEW_MAX 48

G_DEFINE_FINAL_TYPE (EntryTable, entry_table, GTK_TYPE_WIDGET)

enum
{
  PROP_SELECTED = 1,
  PROP_NARROW,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

void
entry_table_scroll_to_selected (EntryTable *self)
{
  list_scroll_to_selected (GTK_LIST_VIEW (gtk_widget_get_last_child (GTK_WIDGET (self->view))));
}

EntryItem *
entry_table_get_selected (EntryTable *self)
{
  return self->selection != NULL ? entry_selection_get_cursor (self->selection) : NULL;
}

guint
entry_table_find (EntryTable *self, const char *name, gboolean by_other_names)
{
  GListModel *model = list_fill_get_source (self->fill);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (EntryItem) item = g_list_model_get_item (model, i);
      const EntryInfo *info = entry_item_get_info (item);

      const char *const *names = (const char *const *) info->names;

      if (by_other_names ? names != NULL && g_strv_contains (names, name)
                         : g_str_equal (info->name, name))
        return i;
    }
  return G_MAXUINT;
}

static void
on_columns_changed (EntryColumns *columns, gpointer user_data)
{
  entry_follow_set_wanted (ENTRY_TABLE (user_data)->follow,
                           entry_columns_want_statistics (columns));
}

void
entry_table_set_settings (EntryTable *self, GSettings *settings)
{
  entry_columns_set_settings (self->columns, settings);
}

static void
on_selected (EntrySelection *selection, gpointer user_data)
{
  EntryTable *self = user_data;

  entry_table_enable_actions (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

gboolean
entry_table_select (EntryTable *self, const char *name)
{
  guint found = entry_table_find (self, name, FALSE);

  if (found == G_MAXUINT)
    found = entry_table_find (self, name, TRUE);
  if (found == G_MAXUINT)
    return FALSE;
  if (list_fill_is_held (self->fill))
    {
      g_autoptr (EntryItem) item
        = g_list_model_get_item (list_fill_get_source (self->fill), found);

      entry_selection_keep (self->selection, item);
      return TRUE;
    }
  list_fill_reach (self->fill, found + 1);
  entry_selection_select (self->selection, found);
  entry_table_scroll_to_selected (self);
  return TRUE;
}

/* Rows go and come, and may be the same. */
static void
hold (EntryTable *self)
{
  entry_selection_suspend (self->selection);
  list_fill_hold (self->fill);
}

static void
on_ready (ListFill *fill, gpointer user_data)
{
  EntryTable *self = user_data;
  guint n = entry_selection_reach (self->selection, list_fill_get_source (fill));

  list_fill_reach (fill, n);
  entry_selection_resume (self->selection);
  if (n > 0)
    entry_table_scroll_to_selected (self);
}

void
entry_table_set_filter (EntryTable *self, const char *text)
{
  /* Of many rows that stay many most are made already, and it takes long to make them anew. */
  gboolean were_many = entry_table_get_n_visible (self) > ROWS_MADE_ANEW_MAX
                       && !list_fill_is_held (self->fill);

  hold (self);
  entry_row_filter_set_text (self->filter, text);
  if (were_many && entry_table_get_n_visible (self) > ROWS_MADE_ANEW_MAX)
    list_fill_release (self->fill);
  else
    list_fill_restart (self->fill);
}

/* An empty table says why it is. */
static void
on_filtered (GListModel *filtered, guint position, guint removed, guint added, EntryTable *self)
{
  GListModel *all = gtk_filter_list_model_get_model (self->filtered);

  gtk_widget_set_visible (self->no_match, all != NULL && g_list_model_get_n_items (all) > 0
                                            && g_list_model_get_n_items (filtered) == 0);
}

guint
entry_table_get_n_visible (EntryTable *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
}

void
entry_table_set_list (EntryTable *self, EntryList *list)
{
  if (self->popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->popover));
  if (self->group_popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->group_popover));
  entry_columns_forget_entries (self->columns);
  hold (self);
  entry_selection_keep (self->selection, NULL);
  entry_row_filter_set_list (self->filter, list);
  gtk_filter_list_model_set_model (self->filtered, G_LIST_MODEL (list));
  list_fill_restart (self->fill);
  entry_follow_set_model (self->follow, G_LIST_MODEL (list),
                          list != NULL ? entry_list_get_session (list) : NULL);
}

void
entry_table_refresh (EntryTable *self, EntryInfo *info)
{
  entry_columns_refresh (self->columns, info);
}

static void
set_narrow (EntryTable *self, gboolean narrow)
{
  if (self->narrow == narrow)
    return;
  self->narrow = narrow;
  entry_columns_set_narrow (self->columns, narrow);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
}

static void
entry_table_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntryTable *self = ENTRY_TABLE (object);

  switch (id)
    {
    case PROP_SELECTED:
      g_value_set_object (value, entry_table_get_selected (self));
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
entry_table_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_NARROW)
    set_narrow (ENTRY_TABLE (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static gboolean
entry_table_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (ENTRY_TABLE (widget)->view));
}

static void
entry_table_dispose (GObject *object)
{
  EntryTable *self = ENTRY_TABLE (object);
  GtkWidget *child;

  self->popover = NULL;
  self->group_popover = NULL;
  self->chooser = NULL;
  entry_follow_set_model (self->follow, NULL, NULL);
  if (self->view != NULL)
    {
      entry_columns_forget_entries (self->columns);
      gtk_column_view_set_model (self->view, NULL);
    }
  if (self->fill != NULL)
    g_object_run_dispose (G_OBJECT (self->fill));
  g_clear_object (&self->fill);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  self->view = NULL;
  g_clear_pointer (&self->selection, entry_selection_free);
  g_clear_object (&self->filtered);
  G_OBJECT_CLASS (entry_table_parent_class)->dispose (object);
}

static void
entry_table_finalize (GObject *object)
{
  EntryTable *self = ENTRY_TABLE (object);

  entry_columns_free (self->columns);
  entry_follow_free (self->follow);
  G_OBJECT_CLASS (entry_table_parent_class)->finalize (object);
}

static void
entry_table_class_init (EntryTableClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->get_property = entry_table_get_property;
  object_class->set_property = entry_table_set_property;
  object_class->dispose = entry_table_dispose;
  object_class->finalize = entry_table_finalize;
  widget_class->focus = tab_focus_table;
  widget_class->grab_focus = entry_table_grab_focus;

  properties[PROP_SELECTED]
    = g_param_spec_object ("selected", NULL, NULL, ENTRY_TYPE_ITEM,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_NARROW]
    = g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_signal_new ("apply", ENTRY_TYPE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_POINTER);
  g_signal_new ("open", ENTRY_TYPE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                ENTRY_TYPE_ITEM);

  entry_table_install_actions (widget_class);
  gtk_widget_class_set_css_name (widget_class, "entrytable");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/entry-table.ui");
  gtk_widget_class_bind_template_child (widget_class, EntryTable, view);
  gtk_widget_class_bind_template_child (widget_class, EntryTable, menu);
  gtk_widget_class_bind_template_child (widget_class, EntryTable, no_match);
  gtk_widget_class_bind_template_callback (widget_class, entry_table_edit_row);
  gtk_widget_class_bind_template_callback (widget_class, entry_table_open_menu);
}

static void
entry_table_init (EntryTable *self)
{
  g_autoptr (GtkSortListModel) sorted = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  tab_focus_leave_list (GTK_WIDGET (self->view));
  entry_drag_start_from (GTK_WIDGET (self->view));
  self->follow = entry_follow_new ();
  self->columns = entry_columns_new (self->view);
  self->filter = entry_row_filter_new ();
  self->filtered = gtk_filter_list_model_new (NULL, GTK_FILTER (self->filter));
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (on_filtered), self,
                           G_CONNECT_AFTER);
  entry_columns_set_changed_func (self->columns, on_columns_changed, self);
  sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->filtered)),
                                    g_object_ref (gtk_column_view_get_sorter (self->view)));
  self->fill = list_fill_new (GTK_WIDGET (self->view), G_LIST_MODEL (sorted), on_ready, self);
  self->selection = entry_selection_new (G_LIST_MODEL (self->fill), on_selected, self);
  gtk_column_view_set_model (self->view, entry_selection_get_model (self->selection));
  entry_selection_start (self->selection);
}
