/* command-search.c - everything the window can do and shows, found by typing some of its name. */
#include "command-search.h"

#include <glib/gi18n.h>

#include "command-find.h"
#include "command-match.h"

/* Nobody reads more; who wants another types more. */
#define FOUND_MAX 100
#define WIDTH     520
#define BESIDE    40
#define PAGE      8

struct _CommandSearch
{
  GtkPopover parent_instance;

  GtkEditable *entry;
  GtkWidget *scrolled, *list, *nothing;
  GtkSingleSelection *selection;
  GListStore *found;

  GPtrArray *items;  /* CommandChoice: all that can be found */
  gboolean has_more; /* what there is besides commands is among them */
  CommandSearchMore more;
  gpointer user_data;
  GtkWidget *focus; /* weak: where it was */
};

G_DEFINE_FINAL_TYPE (CommandSearch, command_search, GTK_TYPE_POPOVER)

struct match
{
  CommandChoice *item;
  int points;
  guint place;
};

static int
compare_matches (gconstpointer a, gconstpointer b)
{
  const struct match *first = a, *second = b;

  if (first->points != second->points)
    return first->points > second->points ? -1 : 1;
  return first->place < second->place ? -1 : 1;
}

static void
find (CommandSearch *self)
{
  const char *typed = gtk_editable_get_text (self->entry);
  g_auto (GStrv) words = command_match_words (typed);
  g_autoptr (GArray) matches = g_array_new (FALSE, FALSE, sizeof (struct match));
  g_autoptr (GPtrArray) best = g_ptr_array_new ();

  if (words[0] != NULL && !self->has_more && self->more != NULL)
    {
      self->more (self->items, self->user_data);
      self->has_more = TRUE;
    }
  for (guint i = 0; i < self->items->len; i++)
    {
      CommandChoice *item = self->items->pdata[i];
      struct match match = { item, command_choice_match (item, (const char *const *)words), i };

      if (match.points < 0)
        continue;
      if (words[0] == NULL)
        match.points = 0;
      if (command_choice_get_why_not (item) != NULL)
        match.points /= 2;
      g_array_append_val (matches, match);
    }
  g_array_sort (matches, compare_matches);
  for (guint i = 0; i < MIN (matches->len, FOUND_MAX); i++)
    g_ptr_array_add (best, g_array_index (matches, struct match, i).item);
  g_list_store_splice (self->found, 0, g_list_model_get_n_items (G_LIST_MODEL (self->found)),
                       best->pdata, best->len);
  gtk_widget_set_visible (self->nothing, best->len == 0);
  gtk_widget_set_visible (self->scrolled, best->len > 0);
}

/* The selected row is not where the focus is: what is to be read of it is said of the entry. */
static void
describe (CommandSearch *self)
{
  CommandChoice *item = gtk_single_selection_get_selected_item (self->selection);
  const char *keys, *why_not;
  g_autofree char *text = NULL;

  if (item == NULL)
    text = g_strdup (_("Nothing fits"));
  else
    {
      keys = command_choice_get_keys (item);
      why_not = command_choice_get_why_not (item);
      text = g_strjoin (", ", command_choice_get_title (item), command_choice_get_kind (item),
                        why_not != NULL ? why_not : keys, NULL);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text, -1);
}

static void
on_selected (GtkSingleSelection *selection, GParamSpec *pspec, CommandSearch *self)
{
  describe (self);
}

static void
on_changed (GtkEditable *editable, CommandSearch *self)
{
  if (self->items == NULL)
    return;
  find (self);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->found)) > 0)
    {
      gtk_single_selection_set_selected (self->selection, 0);
      gtk_widget_activate_action (self->list, "list.scroll-to-item", "u", 0u);
    }
  describe (self);
}

static void
move (CommandSearch *self, int rows)
{
  int n = (int)g_list_model_get_n_items (G_LIST_MODEL (self->found));
  int selected = (int)gtk_single_selection_get_selected (self->selection);

  if (n == 0)
    return;
  selected = CLAMP (selected + rows, 0, n - 1);
  gtk_single_selection_set_selected (self->selection, (guint)selected);
  gtk_widget_activate_action (self->list, "list.scroll-to-item", "u", (guint)selected);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType modifiers,
        CommandSearch *self)
{
  static const struct
  {
    guint key;
    int rows;
  } moves[] = {
    { GDK_KEY_Up, -1 },          { GDK_KEY_KP_Up, -1 },          { GDK_KEY_Down, 1 },
    { GDK_KEY_KP_Down, 1 },      { GDK_KEY_Page_Up, -PAGE },     { GDK_KEY_KP_Page_Up, -PAGE },
    { GDK_KEY_Page_Down, PAGE }, { GDK_KEY_KP_Page_Down, PAGE },
  };

  if ((modifiers & gtk_accelerator_get_default_mod_mask ()) != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    if (key == moves[i].key)
      {
        move (self, moves[i].rows);
        return TRUE;
      }
  return FALSE;
}

static void
set_focus (CommandSearch *self, GtkWidget *focus)
{
  if (self->focus != NULL)
    g_object_remove_weak_pointer (G_OBJECT (self->focus), (gpointer *)&self->focus);
  self->focus = focus;
  if (focus != NULL)
    g_object_add_weak_pointer (G_OBJECT (focus), (gpointer *)&self->focus);
}

static void
on_closed (GtkPopover *popover, CommandSearch *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->focus != NULL && root != NULL && gtk_widget_get_mapped (self->focus))
    gtk_root_set_focus (root, self->focus);
  set_focus (self, NULL);
}

static void
run (CommandSearch *self, guint position)
{
  g_autoptr (CommandChoice) item = g_list_model_get_item (G_LIST_MODEL (self->found), position);

  /* What cannot be run says why, where people look. */
  if (item == NULL || command_choice_get_why_not (item) != NULL)
    return;
  gtk_popover_popdown (GTK_POPOVER (self));
  command_choice_run (item);
}

static void
on_entry_activate (GtkSearchEntry *entry, CommandSearch *self)
{
  run (self, gtk_single_selection_get_selected (self->selection));
}

static void
on_row_activate (GtkListView *list, guint position, CommandSearch *self)
{
  run (self, position);
}

/* The list's own way to be activated by one click selects whatever lies under a pointer that
 * rests, which the keys would then run. */
static void
on_released (GtkGestureClick *gesture, int n_press, double x, double y, GtkListItem *list_item)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));

  run (COMMAND_SEARCH (gtk_widget_get_ancestor (row, COMMAND_TYPE_SEARCH)),
       gtk_list_item_get_position (list_item));
}

static void
on_stop (GtkSearchEntry *entry, CommandSearch *self)
{
  gtk_popover_popdown (GTK_POPOVER (self));
}

/* A label of a row, and what it is of. */
static GtkWidget *
make_label (const char *class, gboolean grows)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (grows)
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, grows);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  return label;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer unused)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *kind = make_label ("caption", FALSE), *keys = make_label ("caption", FALSE);
  GtkGesture *click;

  gtk_box_append (GTK_BOX (texts), make_label (NULL, TRUE));
  gtk_box_append (GTK_BOX (texts), make_label ("caption", TRUE));
  gtk_widget_add_css_class (kind, "dim-label");
  gtk_box_append (GTK_BOX (row), texts);
  gtk_box_append (GTK_BOX (row), kind);
  gtk_box_append (GTK_BOX (row), keys);
  click = gtk_gesture_click_new ();
  g_signal_connect_object (click, "released", G_CALLBACK (on_released), list_item, 0);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  gtk_list_item_set_child (list_item, row);
}

/* An empty one takes no room. */
static void
set_text (GtkWidget *label, const char *text)
{
  gtk_label_set_text (GTK_LABEL (label), text != NULL ? text : "");
  gtk_widget_set_visible (label, text != NULL);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer unused)
{
  CommandChoice *item = gtk_list_item_get_item (list_item);
  GtkWidget *row = gtk_list_item_get_child (list_item);
  GtkWidget *texts = gtk_widget_get_first_child (row);
  GtkWidget *kind = gtk_widget_get_next_sibling (texts);
  GtkWidget *title = gtk_widget_get_first_child (texts);
  const char *why_not = command_choice_get_why_not (item);

  set_text (title, command_choice_get_title (item));
  set_text (gtk_widget_get_next_sibling (title), why_not);
  set_text (kind, command_choice_get_kind (item));
  set_text (gtk_widget_get_next_sibling (kind), command_choice_get_keys (item));
  if (why_not != NULL)
    gtk_widget_add_css_class (row, "dim-label");
  else
    gtk_widget_remove_css_class (row, "dim-label");
}

void
command_search_open (CommandSearch *self)
{
  GtkWidget *window = gtk_widget_get_parent (GTK_WIDGET (self));
  int width = gtk_widget_get_width (window);

  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    {
      gtk_popover_popdown (GTK_POPOVER (self));
      return;
    }
  g_clear_pointer (&self->items, g_ptr_array_unref);
  set_focus (self, gtk_window_get_focus (GTK_WINDOW (window)));
  gtk_editable_set_text (self->entry, "");
  self->items = command_find_all (GTK_WINDOW (window));
  self->has_more = FALSE;
  gtk_widget_set_size_request (self->scrolled, MAX (MIN (WIDTH, width - BESIDE), -1), -1);
  gtk_popover_set_pointing_to (GTK_POPOVER (self), &(GdkRectangle){ width / 2, BESIDE, 1, 1 });
  on_changed (self->entry, self);
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

CommandSearch *
command_search_new (CommandSearchMore more, gpointer user_data)
{
  CommandSearch *self = g_object_new (COMMAND_TYPE_SEARCH, NULL);

  self->more = more;
  self->user_data = user_data;
  return self;
}

static void
command_search_dispose (GObject *object)
{
  CommandSearch *self = COMMAND_SEARCH (object);

  set_focus (self, NULL);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  G_OBJECT_CLASS (command_search_parent_class)->dispose (object);
}

static void
command_search_class_init (CommandSearchClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = command_search_dispose;
  g_type_ensure (COMMAND_TYPE_CHOICE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/command-search.ui");
  gtk_widget_class_bind_template_child (widget_class, CommandSearch, entry);
  gtk_widget_class_bind_template_child (widget_class, CommandSearch, scrolled);
  gtk_widget_class_bind_template_child (widget_class, CommandSearch, list);
  gtk_widget_class_bind_template_child (widget_class, CommandSearch, nothing);
  gtk_widget_class_bind_template_child (widget_class, CommandSearch, selection);
  gtk_widget_class_bind_template_child (widget_class, CommandSearch, found);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_key);
  gtk_widget_class_bind_template_callback (widget_class, on_closed);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
}

static void
command_search_init (CommandSearch *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
