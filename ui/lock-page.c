/* lock-page.c - the locks of a segment as a table. */
#include "lock-page.h"

#include <glib/gi18n.h>
#include <math.h>

#include "inscription.h"
#include "list-fill.h"
#include "lock-timeline.h"
#include "release-dialog.h"
#include "sentence.h"
#include "tab-focus.h"
#include "words.h"
#include "wrap-box.h"

/* How often what is said below the table is said anew. */
#define NOTES_MS 1000

struct _LockPage
{
  GtkWidget parent_instance;

  GtkStack *pages;
  GtkColumnView *view;
  GtkWidget *dead_box;
  GtkLabel *dead, *waited;

  Session *session;
  LockList *list;
  ListFill *fill;
  GtkSingleSelection *selection;
  gulong items_handler;
  guint timeout;          /* while it is mapped */
};

G_DEFINE_FINAL_TYPE (LockPage, lock_page, GTK_TYPE_WIDGET)

static guint activate_signal;

/* ----------------------------------------------------------- the columns -- */

static char *
names_text (LockItem *item)
{
  return g_strdup (lock_item_get_names (item));
}

static char *
state_text (LockItem *item)
{
  switch (lock_item_get_state (item))
    {
    case ENTRY_LOCK_FREE:
      return g_strdup (C_("lock", "free"));
    case ENTRY_LOCK_BUSY:
      return g_strdup (C_("lock", "in use"));
    case ENTRY_LOCK_HELD:
      return g_strdup (C_("lock", "held"));
    case ENTRY_LOCK_DEAD:
      return g_strdup (C_("lock", "holder died"));
    default:
      return g_strdup ("");
    }
}

static gboolean
is_taken (LockItem *item)
{
  enum entry_lock state = lock_item_get_state (item);

  return state == ENTRY_LOCK_HELD || state == ENTRY_LOCK_DEAD;
}

static char *
holder_text (LockItem *item)
{
  const char *holder;

  if (!is_taken (item))
    return g_strdup ("");
  holder = lock_item_get_holder (item);
  return g_strdup (holder != NULL ? holder : _("not known"));
}

static char *
span_text (LockItem *item)
{
  const LockInfo *info = lock_item_get_info (item);
  g_autofree char *span = NULL;

  if (lock_item_get_state (item) != ENTRY_LOCK_HELD)
    return g_strdup ("");
  span = words_span (info->held_ns);
  return info->held_longer ? g_strdup_printf ("≥ %s", span) : g_steal_pointer (&span);
}

static char *
depth_text (LockItem *item)
{
  const LockInfo *info = lock_item_get_info (item);

  return is_taken (item) && info->depth > 0 ? g_strdup_printf ("%u", info->depth) : g_strdup ("");
}

static char *
waiters_text (LockItem *item)
{
  int waiters = lock_item_get_info (item)->waiters;

  return waiters > 0 ? g_strdup_printf ("%d", waiters) : g_strdup ("");
}

static char *
share_text (LockItem *item)
{
  double share = lock_history_share (lock_item_get_history (item));

  return isnan (share) ? g_strdup ("") : g_strdup_printf (_("%.0f %%"), 100 * share);
}

static char *
longest_text (LockItem *item)
{
  guint64 longest = lock_history_longest_ns (lock_item_get_history (item));

  return longest > 0 ? words_span (longest) : g_strdup ("");
}

static const struct
{
  const char *title;
  char *(*text) (LockItem *item);   /* NULL: the picture of the last minute */
  int width;
  gboolean expands;
} columns[] = {
  { N_("Lock of"), names_text, 150, TRUE },    { N_("State"), state_text, 90, FALSE },
  { N_("Holder"), holder_text, 150, FALSE },   { N_("Held for"), span_text, 90, FALSE },
  { N_("Depth"), depth_text, 60, FALSE },      { N_("Waiting"), waiters_text, 78, FALSE },
  { N_("Last minute"), NULL, 170, FALSE },     { N_("Held"), share_text, 78, FALSE },
  { N_("Longest"), longest_text, 80, FALSE },
};

static void
update_cell (LockItem *item, GtkListItem *list_item)
{
  GtkWidget *cell = gtk_list_item_get_child (list_item);
  guint column = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (cell), "column"));
  g_autofree char *now = NULL;

  if (!gtk_widget_get_mapped (cell))
    return;
  now = columns[column].text (item);
  if (g_strcmp0 (now, gtk_inscription_get_text (GTK_INSCRIPTION (cell))) == 0)
    return;
  inscription_set_text (GTK_INSCRIPTION (cell), now);
}

/* Made when it is asked for: what is held changes at each look. */
static gboolean
on_query_tooltip (GtkWidget *cell, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  const char *text = gtk_inscription_get_text (GTK_INSCRIPTION (cell));

  gtk_tooltip_set_text (tooltip, text);
  return text != NULL && text[0] != '\0';
}

static void
on_mapped (GtkWidget *cell, GtkListItem *list_item)
{
  LockItem *item = gtk_list_item_get_item (list_item);

  if (item != NULL)
    update_cell (item, list_item);
}

static void
setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer column)
{
  gboolean is_text = columns[GPOINTER_TO_UINT (column)].text != NULL;
  GtkWidget *cell = is_text ? inscription_new () : lock_timeline_new ();

  if (is_text)
    {
      gtk_inscription_set_nat_chars (GTK_INSCRIPTION (cell), 6);
      gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell),
                                         GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
      gtk_widget_add_css_class (cell, "numeric");
      g_object_set_data (G_OBJECT (cell), "column", column);
      gtk_widget_set_has_tooltip (cell, TRUE);
      g_signal_connect (cell, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
      g_signal_connect_object (cell, "map", G_CALLBACK (on_mapped), list_item, 0);
    }
  gtk_list_item_set_child (list_item, cell);
}

static void
bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer column)
{
  LockItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *cell = gtk_list_item_get_child (list_item);

  if (LOCK_IS_TIMELINE (cell))
    {
      lock_timeline_set_item (LOCK_TIMELINE (cell), item);
      return;
    }
  update_cell (item, list_item);
  g_signal_connect (item, "looked", G_CALLBACK (update_cell), list_item);
}

static void
unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer column)
{
  GtkWidget *cell = gtk_list_item_get_child (list_item);

  if (LOCK_IS_TIMELINE (cell))
    lock_timeline_set_item (LOCK_TIMELINE (cell), NULL);
  else
    g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (list_item), list_item);
}

static void
add_columns (LockPage *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) column = NULL;

      g_signal_connect (factory, "setup", G_CALLBACK (setup), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "bind", G_CALLBACK (bind), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "unbind", G_CALLBACK (unbind), GUINT_TO_POINTER (i));
      column = gtk_column_view_column_new (_(columns[i].title), factory);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_expand (column, columns[i].expands);
      gtk_column_view_column_set_fixed_width (column, columns[i].width);
      gtk_column_view_append_column (self->view, column);
    }
}

/* -------------------------------------------------------------- the page -- */

/* The lock that is to be recovered: the selected one if its holder has died, else the first such;
 * a reference, or NULL. ret_n: how many there are. */
static LockItem *
find_dead (LockPage *self, guint *ret_n)
{
  LockItem *selected = gtk_single_selection_get_selected_item (self->selection), *found = NULL;
  guint n = self->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->list)) : 0;

  *ret_n = 0;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LockItem) item = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      if (lock_item_get_state (item) != ENTRY_LOCK_DEAD)
        continue;
      if (++*ret_n == 1 || item == selected)
        g_set_object (&found, item);
    }
  return found;
}

static void
update_dead (LockPage *self)
{
  guint n;
  g_autoptr (LockItem) item = find_dead (self, &n);
  g_autoptr (GString) text = g_string_new (NULL);

  gtk_widget_set_visible (self->dead_box, item != NULL);
  if (item == NULL)
    return;
  g_string_append_printf (text, _("The holder of the lock of %s has died."),
                          lock_item_get_names (item));
  if (n > 1)
    g_string_append_printf (text,
                            ngettext (" So has that of %u other lock.",
                                      " So have those of %u other locks.", n - 1),
                            n - 1);
  sentence_show (self->dead, text->str);
}

static void
on_recover (GtkButton *button, LockPage *self)
{
  guint n;
  g_autoptr (LockItem) item = find_dead (self, &n);
  g_autofree char *death = NULL;

  if (item == NULL)
    return;
  death = lock_item_get_death (item);
  gtk_window_present (
      GTK_WINDOW (release_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                      self->session, lock_item_get_attachment (item),
                                      lock_item_get_entry (item), death)));
}

static void
update_waited (LockPage *self)
{
  guint64 waited_ns = session_get_waited_ns (self->session);
  g_autofree char *span = words_span (waited_ns), *text = NULL;

  text = waited_ns > 0 ? g_strdup_printf (_("Your own edits have waited %s for locks."), span)
                       : g_strdup (_("Your own edits have not had to wait for a lock."));
  gtk_label_set_text (self->waited, text);
}

static gboolean
update_notes (gpointer user_data)
{
  update_waited (user_data);
  update_dead (user_data);
  return G_SOURCE_CONTINUE;
}

static void
update_page (GListModel *model, guint position, guint removed, guint added, LockPage *self)
{
  gboolean has_locks = self->list != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0;

  gtk_stack_set_visible_child_name (self->pages, has_locks ? "locks" : "none");
}

static void
update_seen (LockPage *self)
{
  if (self->list != NULL)
    lock_list_set_seen (self->list, gtk_widget_get_mapped (GTK_WIDGET (self)));
}

void
lock_page_set_list (LockPage *self, LockList *list)
{
  if (self->list == list)
    return;
  if (self->list != NULL)
    {
      lock_list_set_seen (self->list, FALSE);
      g_clear_signal_handler (&self->items_handler, self->list);
    }
  g_set_object (&self->list, list);
  /* First, so that a page that is on the screen finds its locks in the list. */
  update_seen (self);
  list_fill_set_source (self->fill, G_LIST_MODEL (list));
  if (list != NULL)
    self->items_handler = g_signal_connect (list, "items-changed", G_CALLBACK (update_page), self);
  update_page (NULL, 0, 0, 0, self);
  update_dead (self);
}

static void
on_activate (GtkColumnView *view, guint position, LockPage *self)
{
  g_autoptr (LockItem) item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (item != NULL)
    g_signal_emit (self, activate_signal, 0, item);
}

static void
lock_page_map (GtkWidget *widget)
{
  LockPage *self = LOCK_PAGE (widget);

  GTK_WIDGET_CLASS (lock_page_parent_class)->map (widget);
  update_seen (self);
  update_notes (self);
  self->timeout = g_timeout_add (NOTES_MS, update_notes, self);
}

static void
lock_page_unmap (GtkWidget *widget)
{
  LockPage *self = LOCK_PAGE (widget);

  g_clear_handle_id (&self->timeout, g_source_remove);
  GTK_WIDGET_CLASS (lock_page_parent_class)->unmap (widget);
  update_seen (self);
}

static void
lock_page_dispose (GObject *object)
{
  LockPage *self = LOCK_PAGE (object);
  GtkWidget *child;

  if (self->selection != NULL)
    lock_page_set_list (self, NULL);
  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->fill != NULL)
    g_object_run_dispose (G_OBJECT (self->fill));
  g_clear_object (&self->fill);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (lock_page_parent_class)->dispose (object);
}

static void
lock_page_class_init (LockPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = lock_page_dispose;
  widget_class->map = lock_page_map;
  widget_class->unmap = lock_page_unmap;
  activate_signal = g_signal_new ("activate", LOCK_TYPE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, LOCK_TYPE_ITEM);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  g_type_ensure (WRAP_TYPE_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/lock-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LockPage, pages);
  gtk_widget_class_bind_template_child (widget_class, LockPage, view);
  gtk_widget_class_bind_template_child (widget_class, LockPage, dead_box);
  gtk_widget_class_bind_template_child (widget_class, LockPage, dead);
  gtk_widget_class_bind_template_child (widget_class, LockPage, waited);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_recover);
}

static void
lock_page_init (LockPage *self)
{
  GtkLayoutManager *layout;

  gtk_widget_init_template (GTK_WIDGET (self));
  tab_focus_leave_list (GTK_WIDGET (self->view));
  layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  self->fill = list_fill_new (GTK_WIDGET (self->view), NULL, NULL, NULL);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->fill)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_swapped (self->selection, "notify::selected-item", G_CALLBACK (update_dead), self);
  add_columns (self);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
}

GtkWidget *
lock_page_new (Session *session)
{
  LockPage *self = g_object_new (LOCK_TYPE_PAGE, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}
