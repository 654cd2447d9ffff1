/* What a screen reader is told: each control on each page, in each dialog and popover of the window
 * has a name; and none of them makes the toolkit complain. */
#include "window-fixture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "array-grid.h"
#include "array-histogram.h"
#include "array-image.h"
#include "array-plot.h"
#include "array-view.h"
#include "database.h"
#include "edit-popover.h"
#include "lock-panel.h"
#include "window-private.h"

/* ------------------------------------------------------------ the names -- */

/* The part of the widget that the toolkit took for its label; NULL: none, or not a part of it. */
static GtkWidget *
find_label (GtkWidget *widget, GtkAccessible *of)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      g_autofree char *other
        = gtk_test_accessible_check_relation (of, GTK_ACCESSIBLE_RELATION_LABELLED_BY, child, NULL);
      GtkWidget *found = other == NULL ? child : find_label (child, of);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* What the toolkit's reader of names takes, in this version: not all that is in a button, nor what
 * a tip says. */
static gboolean
has_name_of_its_own (GtkAccessible *accessible)
{
  g_autofree char *no_text = NULL;

  if (gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY))
    {
      GtkWidget *label = find_label (GTK_WIDGET (accessible), accessible);

      /* A button with an icon is labelled by that, which has no name. */
      if (!GTK_IS_IMAGE (label) || has_name_of_its_own (GTK_ACCESSIBLE (label)))
        return TRUE;
    }
  if (!gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL))
    return FALSE;
  no_text = gtk_test_accessible_check_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL, "");
  return no_text != NULL;
}

static gboolean
has_text (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return gtk_label_get_text (GTK_LABEL (widget))[0] != '\0';
  if (GTK_IS_INSCRIPTION (widget))
    return gtk_inscription_get_text (GTK_INSCRIPTION (widget)) != NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_visible (child) && has_text (child))
      return TRUE;
  return FALSE;
}

static gboolean
is_named (GtkWidget *widget)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);
  GtkAccessibleRole role = gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget));

  /* The text is not a thing of its own beside the entry that it is part of. */
  if (GTK_IS_TEXT (widget) && GTK_IS_EDITABLE (parent))
    return is_named (parent);
  /* Rows of tables get a name with the focus, and may have no cells yet. */
  if (role == GTK_ACCESSIBLE_ROLE_ROW)
    return TRUE;
  /* Of these a reader says what is in them. */
  if (role == GTK_ACCESSIBLE_ROLE_LIST_ITEM && has_text (widget))
    return TRUE;
  return has_name_of_its_own (GTK_ACCESSIBLE (widget));
}

/* Nobody is told of what only holds other things, although the focus may pass through it; nor of
 * the arrows of an entry for numbers, the list inside a table, and the row that a drop-down
 * shows. */
static gboolean
is_passed_over (GtkWidget *widget)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);

  return GTK_IS_WINDOW (widget) || GTK_IS_POPOVER (widget) || GTK_IS_SCROLLED_WINDOW (widget)
         || GTK_IS_VIEWPORT (widget) || GTK_IS_STACK (widget)
         || (GTK_IS_BUTTON (widget) && GTK_IS_SPIN_BUTTON (parent))
         || (GTK_IS_LIST_VIEW (widget) && GTK_IS_COLUMN_VIEW (parent))
         || (GTK_IS_STACK (parent)
             && gtk_widget_get_ancestor (parent, GTK_TYPE_DROP_DOWN) != NULL);
}

/* Notes each control below that takes the focus and has no name, and where (static) that is. */
static void
find_nameless (GtkWidget *widget, const char *where, GHashTable *found)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (gtk_widget_get_focusable (widget) && !is_passed_over (widget) && !is_named (widget))
    {
      char *flaw = g_strdup_printf ("%s in %s", G_OBJECT_TYPE_NAME (widget),
                                    G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)));

      /* Where it was seen first. */
      if (g_hash_table_contains (found, flaw))
        g_free (flaw);
      else
        g_hash_table_insert (found, flaw, (gpointer) where);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    find_nameless (child, where, found);
}

static void
a_control_without_a_name_is_found (void **state)
{
  struct window_fixture *f = *state;
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GtkWidget *bar, *planted[] = {
    gtk_button_new_from_icon_name ("edit-undo-symbolic"), gtk_entry_new (), gtk_switch_new (),
    gtk_button_new_with_label ("It has a name"),
  };

  window_fixture_show (f);
  bar = gtk_widget_get_parent (GTK_WIDGET (f->window->message_bar));
  for (guint i = 0; i < G_N_ELEMENTS (planted); i++)
    gtk_box_append (GTK_BOX (bar), planted[i]);
  wait_until (gtk_widget_get_mapped (planted[2]));
  find_nameless (bar, "planted", found);
  assert_true (g_hash_table_contains (found, "GtkButton in GtkBox"));
  assert_true (g_hash_table_contains (found, "GtkText in GtkEntry"));
  assert_true (g_hash_table_contains (found, "GtkSwitch in GtkBox"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (planted[0]), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  "Undo", -1);
  g_hash_table_remove_all (found);
  find_nameless (bar, "planted", found);
  assert_false (g_hash_table_contains (found, "GtkButton in GtkBox"));
}

/* ------------------------------------------------------------- the walk -- */

struct walk
{
  struct window_fixture *f;
  GHashTable *found;
};

static GtkWidget *
find_popover (GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (GTK_IS_POPOVER (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_popover (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* One above the window, or NULL. */
static GtkWidget *
find_any_dialog (struct walk *walk)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (window != GTK_WIDGET (walk->f->window) && gtk_widget_get_mapped (window))
        return window;
    }
  return NULL;
}

static GtkWidget *
find_opened (struct walk *walk)
{
  GtkWidget *dialog = find_any_dialog (walk);

  return dialog != NULL ? dialog : find_popover (GTK_WIDGET (walk->f->window));
}

static void
close_opened (struct walk *walk)
{
  GtkWidget *opened = find_opened (walk);

  if (GTK_IS_POPOVER (opened))
    gtk_popover_popdown (GTK_POPOVER (opened));
  else
    gtk_window_destroy (GTK_WINDOW (opened));
  wait_until (find_opened (walk) == NULL);
}

/* Whether there is something to be named. */
static gboolean
has_control (GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  if (gtk_widget_get_focusable (widget) && !is_passed_over (widget))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_control (child))
      return TRUE;
  return FALSE;
}

static void
on_painted (GdkFrameClock *clock, gboolean *painted)
{
  *painted = TRUE;
}

/* Until it has been given its place with all that is in it, and is on the screen. */
static void
wait_for_controls (GtkWidget *root)
{
  GdkFrameClock *clock;
  gboolean painted = FALSE;
  gulong handler;

  wait_until (has_control (root));
  clock = gtk_widget_get_frame_clock (root);
  handler = g_signal_connect (clock, "after-paint", G_CALLBACK (on_painted), &painted);
  gtk_widget_queue_draw (root);
  wait_until (painted);
  g_signal_handler_disconnect (clock, handler);
}

/* Into each menu and popover that a button opens. */
static void
look_behind_buttons (struct walk *walk, GtkWidget *widget, const char *where)
{
  if (!gtk_widget_get_mapped (widget) || GTK_IS_POPOVER (widget))
    return;
  if (GTK_IS_MENU_BUTTON (widget) && gtk_widget_is_sensitive (widget))
    {
      GtkWidget *popover;

      gtk_menu_button_popup (GTK_MENU_BUTTON (widget));
      popover = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (widget)));
      wait_until (gtk_widget_get_mapped (popover));
      wait_for_controls (popover);
      find_nameless (popover, where, walk->found);
      gtk_menu_button_popdown (GTK_MENU_BUTTON (widget));
      wait_until (!gtk_widget_get_mapped (popover));
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    look_behind_buttons (walk, child, where);
}

static void
look (struct walk *walk, GtkWidget *root, const char *where)
{
  wait_for_controls (root);
  find_nameless (root, where, walk->found);
  look_behind_buttons (walk, root, where);
}

/* Activates an action of the window, or of what is on it, and looks at what that opens. */
static void
open_and_look (struct walk *walk, const char *action)
{
  GtkWidget *window = GTK_WIDGET (walk->f->window);
  GtkWidget *owner = g_str_has_prefix (action, "win.") ? window : find_owner (window, action);

  if (owner == NULL)
    fail_msg ("nothing on the screen has the action %s", action);
  assert_true (gtk_widget_activate_action (owner, action, NULL));
  wait_until (find_opened (walk) != NULL);
  look (walk, find_opened (walk), action);
  close_opened (walk);
}

static void
show_page (struct walk *walk, const char *name)
{
  GtkWidget *page = dock_show_page (walk->f->window->dock, name);

  wait_until (gtk_widget_get_mapped (page));
  look (walk, GTK_WIDGET (walk->f->window), name);
}

static void
select_entry (struct walk *walk, const char *name)
{
  window_fixture_item (walk->f, name);
  dock_show_page (walk->f->window->dock, "details");
  wait_until (shows (window_fixture_details (walk->f), name));
  look (walk, GTK_WIDGET (walk->f->window), name);
}

static void
check (struct walk *walk)
{
  GString *all = g_string_new (NULL);
  GHashTableIter iter;
  gpointer flaw, where;

  g_hash_table_iter_init (&iter, walk->found);
  while (g_hash_table_iter_next (&iter, &flaw, &where))
    g_string_append_printf (all, "\n%s, seen at %s", (const char *) flaw, (const char *) where);
  g_hash_table_unref (walk->found);
  if (all->len > 0)
    fail_msg ("these have no name:%s", all->str);
  g_string_free (all, TRUE);
}

static void
begin_walk (struct walk *walk, struct window_fixture *f)
{
  *walk = (struct walk) {
    f, g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
  };
}

/* ------------------------------------------------------------- the tests -- */

static void
the_table_and_its_dialogs_have_names (void **state)
{
  struct window_fixture *f = *state;
  struct walk walk;
  const double loss = 0.5;
  const int done = 25, end = 100;
  const struct shmlens_field fields[] = {
    { .name = "x", .code = 'd', .offset = 0 }, { .name = "y", .code = 'i', .offset = 8 },
  };

  window_fixture_value (f, "loss", 'd', &loss, NULL);
  window_fixture_value (f, "done", 'i', &done,
                        &(struct shmlens_entry_attr) { .role = SHMLENS_ROLE_PROGRESS,
                                                       .progress_max = &end });
  window_fixture_value (f, "stop", '?', NULL,
                        &(struct shmlens_entry_attr) { .role = SHMLENS_ROLE_FLAG });
  window_fixture_value (f, "point", 'T', NULL,
                        &(struct shmlens_entry_attr) { .field_count = 2, .fields = fields,
                                                       .element_size = 16 });
  window_fixture_show (f);
  begin_walk (&walk, f);
  wait_until (shows (f->window, "0.5"));
  select_entry (&walk, "stop");
  select_entry (&walk, "done");
  select_entry (&walk, "point");
  open_and_look (&walk, "field.edit");
  select_entry (&walk, "loss");
  open_and_look (&walk, "entry.edit");
  open_and_look (&walk, "entry.menu");
  open_and_look (&walk, "entry.columns");
  open_and_look (&walk, "entry.display");
  open_and_look (&walk, "win.hold");
  open_and_look (&walk, "win.alert");
  open_and_look (&walk, "win.pin-part");
  open_and_look (&walk, "win.commands");
  open_and_look (&walk, "win.preferences");
  open_and_look (&walk, "win.show-help-overlay");
  gtk_widget_child_focus (child_of (f->window->sidebar, "view"), GTK_DIR_TAB_FORWARD);
  open_and_look (&walk, "sidebar.menu");
  if (database_is_built ())
    open_and_look (&walk, "win.record");
  gtk_selection_model_select_all (GTK_SELECTION_MODEL (gtk_column_view_get_model (
    GTK_COLUMN_VIEW (find_widget (f->window->table, GTK_TYPE_COLUMN_VIEW)))));
  open_and_look (&walk, "entry.edit");
  check (&walk);
}

static void
pages_of_arrays_have_names (void **state)
{
  const struct
  {
    const char *name;
    GType type;
  } pages[] = { { "grid", ARRAY_TYPE_GRID }, { "line", ARRAY_TYPE_PLOT },
                { "histogram", ARRAY_TYPE_HISTOGRAM }, { "picture", ARRAY_TYPE_IMAGE } };
  struct window_fixture *f = *state;
  struct walk walk;
  const uint64_t shape[] = { 3, 4, 5 };
  struct shmlens_entry *entry;
  GtkWidget *view;

  assert_int_equal (
    shmlens_array_create (f->segment, "field", 'd', 3, shape, NULL, NULL, &entry), 0);
  window_fixture_show (f);
  begin_walk (&walk, f);
  select_entry (&walk, "field");
  wait_until ((view = find_widget (f->window, ARRAY_TYPE_VIEW)) != NULL
              && gtk_widget_get_mapped (view));
  look (&walk, open_edit_popover (view, "array.edit"), "array.edit");
  close_opened (&walk);
  gtk_widget_activate_action (view, "array.find", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      GtkWidget *page;

      gtk_drop_down_set_selected (child_of (view, "page"), i);
      wait_until ((page = find_widget (view, pages[i].type)) != NULL
                  && gtk_widget_get_mapped (page));
      look (&walk, GTK_WIDGET (f->window), pages[i].name);
    }
  check (&walk);
}

static void
pages_below_the_entries_have_names (void **state)
{
  static const char *const pages[] = { "plot", "locks", "snapshots", "alerts" };
  struct window_fixture *f = *state;
  struct walk walk;
  const double loss = 0.5;
  struct shmlens_entry *entry = window_fixture_value (f, "loss", 'd', &loss, NULL);
  GtkWidget *window;

  window_fixture_show_entry (f, "loss");
  window = GTK_WIDGET (f->window);
  begin_walk (&walk, f);
  wait_until (shows (window, "0.5"));
  /* With nothing on them yet, and with something. */
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    show_page (&walk, pages[i]);
  gtk_widget_activate_action (window, "win.plot", NULL);
  show_page (&walk, "plot");
  open_and_look (&walk, "plot.range");
  open_and_look (&walk, "plot.add");
  gtk_widget_activate_action (window, "win.take-snapshot", NULL);
  wait_until (shows (dock_get_page (f->window->dock, "snapshots"), "Nothing differs."));
  shmlens_entry_set (entry, 0, &(double) { 2 });
  wait_until (shows (dock_get_page (f->window->dock, "snapshots"), "2.0"));
  show_page (&walk, "snapshots");
  open_and_look (&walk, "snapshot.rename");
  open_and_look (&walk, "snapshot.restore-all");
  gtk_widget_activate_action (window, "win.alert", NULL);
  wait_until (find_any_dialog (&walk) != NULL);
  g_signal_emit_by_name (child_of (find_any_dialog (&walk), "accept"), "clicked");
  wait_until (find_any_dialog (&walk) == NULL);
  show_page (&walk, "alerts");
  window_fixture_hold_lock (f, "loss", TRUE);
  wait_until (shows (window, "holder died"));
  show_page (&walk, "locks");
  show_page (&walk, "details");
  check (&walk);
}

static void
bars_and_dialogs_of_some_segments_have_names (void **state)
{
  struct window_fixture *f = *state;
  struct walk walk;
  GtkWidget *window, *dialog;
  int fd = shm_open (f->raw_name, O_CREAT | O_RDWR, 0600);

  assert_true (fd >= 0 && ftruncate (fd, 64) == 0);
  close (fd);
  window_fixture_value (f, "n", 'i', &(int) { 5 }, NULL);
  window_fixture_show_entry (f, "n");
  window = GTK_WIDGET (f->window);
  begin_walk (&walk, f);
  wait_until (shows (window, "5"));
  gtk_widget_activate_action (window, "win.hold", NULL);
  wait_until ((dialog = find_any_dialog (&walk)) != NULL);
  g_signal_emit_by_name (child_of (dialog, "hold"), "clicked");
  wait_until (find_any_dialog (&walk) == NULL);
  look (&walk, window, "what is held");
  gtk_widget_activate_action (f->window->hold_banner, "hold.release-all", NULL);

  window_fixture_hold_lock (f, "n", TRUE);
  wait_until (shows (window, "holder died"));
  g_signal_emit_by_name (child_of (find_widget (window, LOCK_TYPE_PANEL), "release"), "clicked");
  wait_until (find_any_dialog (&walk) != NULL);
  look (&walk, find_any_dialog (&walk), "release");
  close_opened (&walk);

  shmlens_segment_unlink (f->name);
  wait_until (gtk_widget_get_mapped (f->window->banner));
  look (&walk, window, "removed");
  shmlens_window_open (f->window, f->raw_name, NULL);
  wait_until (shows (window, "uint8[64]"));
  look (&walk, window, "bytes");
  open_and_look (&walk, "win.set-type");
  check (&walk);
}

static gboolean
is_called (GtkWidget *widget, const char *name)
{
  g_autofree char *other
    = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                          name);

  return other == NULL;
}

static GtkWidget *
focused_row (struct window_fixture *f)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (f->window));

  return focus != NULL
             && gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (focus))
                  == GTK_ACCESSIBLE_ROLE_ROW
           ? focus
           : NULL;
}

static void
a_row_is_called_by_what_stands_in_it (void **state)
{
  struct window_fixture *f = *state;
  GtkWidget *first;

  window_fixture_value (f, "loss", 'd', &(double) { 0.5 }, &(struct shmlens_entry_attr) {
                          .unit = "nats", .flags = SHMLENS_NO_LOCK });
  window_fixture_value (f, "steps", 'q', &(int64_t) { 41 }, NULL);
  window_fixture_show_entry (f, "loss");
  wait_until (shows (f->window, "0.5") && shows (f->window, "41") && shows (f->window, "free"));
  gtk_widget_grab_focus (GTK_WIDGET (f->window->table));
  wait_until ((first = focused_row (f)) != NULL);
  assert_true (is_called (first, "loss, float64, 0.5, nats, none"));
  gtk_widget_child_focus (gtk_widget_get_parent (first), GTK_DIR_DOWN);
  wait_until (focused_row (f) != first);
  assert_true (is_called (first, ""));
  wait_until (is_called (focused_row (f), "steps, int64, 41, free"));
}

static void
write_value (struct window_fixture *f, const char *entry, const char *value)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window->table), "entry.write", "(ss)", entry, value);
}

/* As a reader does, to notice the next. */
static void
forget_announcement (GtkWidget *bar)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
}

static void
what_happens_is_announced_where_it_is_seen (void **state)
{
  struct window_fixture *f = *state;
  GtkWidget *window, *bar;

  window_fixture_value (f, "n", 'i', &(int) { 5 }, NULL);
  window_fixture_show_entry (f, "n");
  window = GTK_WIDGET (f->window);
  bar = GTK_WIDGET (f->window->message_bar);
  wait_until (shows (window, "5"));
  assert_true (is_called (bar, ""));
  write_value (f, "n", "7");
  wait_until (is_called (bar, "Done: n = 7"));
  /* The same once more is another edit. */
  forget_announcement (bar);
  write_value (f, "n", "7");
  wait_until (is_called (bar, "Done: n = 7"));
  gtk_widget_activate_action (window, "win.undo", NULL);
  wait_until (is_called (bar, "Undone: n = 7"));
  gtk_widget_activate_action (window, "win.redo", NULL);
  wait_until (is_called (bar, "Done: n = 7"));
  gtk_widget_activate_action (window, "win.pause", NULL);
  assert_true (is_called (bar, "Paused: values stand still"));
  gtk_widget_activate_action (window, "win.pause", NULL);
  assert_true (is_called (bar, "Values are read again"));
  shmlens_segment_unlink (f->name);
  wait_until (gtk_widget_get_mapped (f->window->banner));
  assert_true (is_called (f->window->banner, gtk_label_get_text (f->window->banner_label)));
}

static void
what_cannot_be_undone_is_not_called_done (void **state)
{
  struct window_fixture *f = *state;
  Editor *editor = session_get_editor (f->session);
  struct shmlens_entry *other;
  GtkWidget *bar;

  window_fixture_value (f, "n", 'i', NULL, NULL);
  other = window_fixture_value (f, "other", 'i', NULL, NULL);
  window_fixture_show_entry (f, "n");
  bar = GTK_WIDGET (f->window->message_bar);
  write_value (f, "n", "7");
  wait_until (is_called (bar, "Done: n = 7"));
  write_value (f, "other", "8");
  wait_until (is_called (bar, "Done: other = 8"));
  forget_announcement (bar);
  assert_int_equal (shmlens_entry_remove (other), 0);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.undo", NULL);
  wait_until (window_fixture_says (f, "other") && !editor_is_busy (editor));
  /* The edit before it is the next to be undone, and was not made now. */
  assert_true (is_called (bar, ""));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.undo", NULL);
  wait_until (is_called (bar, "Undone: n = 7"));
}

static void
a_step_that_is_undone_in_parts_is_told_each_time (void **state)
{
  struct window_fixture *f = *state;
  Editor *editor = session_get_editor (f->session);
  struct shmlens_entry *first = window_fixture_value (f, "n", 'i', NULL, NULL);
  g_autoptr (EditGroup) group = edit_group_new (NULL);
  GtkWidget *bar;

  window_fixture_value (f, "other", 'i', NULL, NULL);
  window_fixture_show_entry (f, "n");
  bar = GTK_WIDGET (f->window->message_bar);
  for (guint i = 0; i < 2; i++)
    {
      EntryItem *item = window_fixture_item (f, i == 0 ? "n" : "other");
      g_autoptr (Edit) edit
        = edit_new (entry_item_get_attachment (item), entry_item_get_info (item), 0, 1, "7");

      edit_group_add (group, edit);
    }
  editor_apply_group (editor, group, NULL, NULL);
  wait_until (is_called (bar, "Done: n = 7"));
  assert_int_equal (shmlens_entry_set (first, 0, &(int) { 8 }), 0);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.undo", NULL);
  wait_until (is_called (bar, "Undone: other = 7"));
  assert_int_equal (shmlens_entry_set (first, 0, &(int) { 7 }), 0);
  forget_announcement (bar);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.undo", NULL);
  wait_until (is_called (bar, "Undone: n = 7"));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.redo", NULL);
  wait_until (is_called (bar, "Done: n = 7"));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.redo", NULL);
  wait_until (is_called (bar, "Done: other = 7"));
}

static gboolean
is_described (GtkWidget *widget, const char *description)
{
  g_autofree char *other
    = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget),
                                          GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description);

  return other == NULL;
}

static void
a_new_value_is_told_what_it_is_for_and_what_is_wrong (void **state)
{
  struct window_fixture *f = *state;
  g_autofree char *hint = NULL;
  GtkWidget *popover, *entry;
  GtkLabel *message;

  window_fixture_value (f, "level", 'B', &(uint8_t) { 5 }, NULL);
  window_fixture_show_entry (f, "level");
  wait_until (shows (f->window, "5"));
  gtk_widget_activate_action (GTK_WIDGET (f->window->table), "entry.edit", NULL);
  wait_until ((popover = find_widget (f->window, EDIT_TYPE_POPOVER)) != NULL);
  entry = child_of (popover, "entry");
  message = child_of (popover, "message");
  hint = g_strconcat ("level (uint8), ", gtk_label_get_text (message), NULL);
  assert_true (is_described (entry, hint));
  gtk_editable_set_text (GTK_EDITABLE (entry), "256");
  assert_true (gtk_widget_has_css_class (GTK_WIDGET (message), "error"));
  assert_true (is_described (entry, gtk_label_get_text (message)));
  gtk_editable_set_text (GTK_EDITABLE (entry), "6");
  assert_true (is_described (entry, hint));
}

static void
the_watch_list_has_names (void **state)
{
  struct window_fixture *f = *state;
  struct walk walk;
  GtkWidget *page;

  window_fixture_value (f, "n", 'i', NULL, NULL);
  window_fixture_show_entry (f, "n");
  begin_walk (&walk, f);
  window_show_watch_list (f->window, TRUE);
  look (&walk, GTK_WIDGET (f->window), "empty watch list");
  window_show_watch_list (f->window, FALSE);
  window_fixture_item (f, "n");
  gtk_widget_activate_action (GTK_WIDGET (f->window->table), "entry.pin", NULL);
  window_show_watch_list (f->window, TRUE);
  page = GTK_WIDGET (f->window->watch_page);
  wait_until (shows (page, "n"));
  look (&walk, GTK_WIDGET (f->window), "watch list");
  gtk_widget_child_focus (find_widget (page, GTK_TYPE_COLUMN_VIEW), GTK_DIR_TAB_FORWARD);
  open_and_look (&walk, "watch.heading");
  open_and_look (&walk, "watch.note");
  check (&walk);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (a_control_without_a_name_is_found),
    window_test (the_table_and_its_dialogs_have_names),
    window_test (pages_of_arrays_have_names),
    window_test (pages_below_the_entries_have_names),
    window_test (the_watch_list_has_names),
    window_test (bars_and_dialogs_of_some_segments_have_names),
    window_test (a_row_is_called_by_what_stands_in_it),
    window_test (what_happens_is_announced_where_it_is_seen),
    window_test (what_cannot_be_undone_is_not_called_done),
    window_test (a_step_that_is_undone_in_parts_is_told_each_time),
    window_test (a_new_value_is_told_what_it_is_for_and_what_is_wrong),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
