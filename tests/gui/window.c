/* The window: what it shows of a segment while that changes. */
#include "window-fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "array-view.h"
#include "entry-cell.h"
#include "entry-table.h"
#include "tab-focus.h"
#include "type-dialog.h"
#include "value-cell.h"
#include "window-private.h"

static void
entries_appear_and_follow_the_program (void **state)
{
  struct window_fixture *f = *state;
  double loss = 1.5;
  int64_t steps = 41;
  struct shmlens_entry *entry;

  entry = window_fixture_value (f, "loss", 'd', &loss,
                                &(struct shmlens_entry_attr) { .unit = "nats", .doc = "of it" });
  window_fixture_show (f);
  wait_until (shows (f->window, "loss"));
  wait_until (shows (f->window, "1.5") && shows (f->window, "nats")
              && shows (f->window, "float64"));

  loss = -2.25;
  shmlens_entry_set (entry, 0, &loss);
  wait_until (shows (f->window, "-2.25"));
  assert_false (shows (f->window, "1.5"));

  /* Entries come and go while it is open. */
  entry = window_fixture_value (f, "steps", 'q', &steps, NULL);
  wait_until (shows (f->window, "steps") && shows (f->window, "41"));
  assert_int_equal (shmlens_entry_remove (entry), 0);
  wait_until (!shows (f->window, "steps"));
  assert_true (shows (f->window, "-2.25"));
}

static void
roles_have_their_own_look (void **state)
{
  struct window_fixture *f = *state;
  int32_t done = 25, end = 100;

  window_fixture_value (f, "done", 'i', &done,
                        &(struct shmlens_entry_attr) { .role = SHMLENS_ROLE_PROGRESS,
                                                       .progress_max = &end });
  window_fixture_value (f, "stop", '?', NULL,
                        &(struct shmlens_entry_attr) { .role = SHMLENS_ROLE_FLAG });
  window_fixture_show (f);
  wait_until (shows (f->window, "25 / 100") && shows_part (f->window, "25 %"));
  assert_true (gtk_progress_bar_get_fraction (
                 GTK_PROGRESS_BAR (find_widget (f->window, GTK_TYPE_PROGRESS_BAR)))
               == 0.25);
  assert_false (gtk_switch_get_active (GTK_SWITCH (find_widget (f->window, GTK_TYPE_SWITCH))));
}

static void
a_pause_keeps_what_is_shown (void **state)
{
  struct window_fixture *f = *state;
  int value = 1;
  struct shmlens_entry *entry;

  entry = window_fixture_value (f, "n", 'i', &value, NULL);
  window_fixture_show (f);
  wait_until (shows (f->window, "1"));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.pause", NULL);
  value = 2;
  shmlens_entry_set (entry, 0, &value);
  run_main_loop_for (500);
  assert_false (shows (f->window, "2"));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.pause", NULL);
  wait_until (shows (f->window, "2"));
}

static void
the_rate_is_chosen_from_the_header (void **state)
{
  struct window_fixture *f = *state;

  window_fixture_show (f);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.rate", "d", 30.0);
  assert_true (sampler_get_rate (session_get_sampler (f->session)) == 30);
  assert_string_equal (gtk_menu_button_get_label (child_of (f->window, "rate_button")), "30 Hz");
}

static void
a_removed_segment_says_so_and_keeps_its_values (void **state)
{
  struct window_fixture *f = *state;
  int value = 4711;

  window_fixture_value (f, "n", 'i', &value, NULL);
  window_fixture_show (f);
  wait_until (shows (f->window, "4711"));
  assert_false (gtk_widget_get_visible (child_of (f->window, "banner")));
  shmlens_segment_unlink (f->name);
  wait_until (gtk_widget_get_mapped (child_of (f->window, "banner")));
  assert_true (gtk_label_get_text (child_of (f->window, "banner_label"))[0] != '\0');
  assert_true (shows (f->window, "4711"));
}

/* So high it must be at least. */
static int
least_height (gpointer widget)
{
  int least;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, -1, &least, NULL, NULL, NULL);
  return least;
}

static void
a_segment_made_again_can_be_shown (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_segment *again = NULL;
  struct shmlens_entry *entry = NULL;
  int value = 4711, other = 815, least;

  window_fixture_value (f, "n", 'i', &value, NULL);
  window_fixture_show (f);
  wait_until (shows (f->window, "4711"));
  least = least_height (f->window);
  shmlens_segment_unlink (f->name);
  wait_until (gtk_widget_get_mapped (child_of (f->window, "banner")));
  /* A line of it, however long the sentence: the window does not grow beyond a low screen. */
  assert_in_range (least_height (f->window), least, least + 80);
  assert_int_equal (shmlens_segment_create (f->name, NULL, &again), 0);
  assert_int_equal (shmlens_value_create (again, "n", 'i', &other, NULL, &entry), 0);
  wait_until (gtk_widget_get_mapped (child_of (f->window, "banner_button")));
  assert_true (shows (f->window, "4711"));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.reopen", NULL);
  wait_until (shows (f->window, "815"));
  assert_false (gtk_widget_get_visible (child_of (f->window, "banner")));
  shmlens_segment_detach (again);
}

static void
bytes_get_a_type_by_hand (void **state)
{
  struct window_fixture *f = *state;
  int fd;
  double value = 2.75;
  GtkWidget *dialog;

  fd = shm_open (f->raw_name, O_CREAT | O_RDWR, 0600);
  assert_true (fd >= 0);
  assert_int_equal (ftruncate (fd, 64), 0);
  assert_int_equal (pwrite (fd, &value, sizeof value, 8), sizeof value);
  window_fixture_show (f);
  shmlens_window_open (f->window, f->raw_name, NULL);
  wait_until (shows (f->window, "uint8[64]"));

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.set-type", NULL);
  dialog = find_dialog (TYPE_TYPE_DIALOG);
  assert_non_null (dialog);
  gtk_editable_set_text (child_of (dialog, "expression"), "float64 @");
  assert_false (gtk_widget_get_sensitive (child_of (dialog, "apply")));
  assert_true (gtk_widget_has_css_class (child_of (dialog, "message"), "error"));
  gtk_editable_set_text (child_of (dialog, "expression"), "loss: float64 @ 8");
  assert_true (gtk_widget_get_sensitive (child_of (dialog, "apply")));
  g_signal_emit_by_name (child_of (dialog, "apply"), "clicked");
  wait_until (shows (f->window, "loss") && shows (f->window, "2.75"));
  assert_false (shows (f->window, "uint8[64]"));
  close (fd);
}

static void
add_numbers (struct window_fixture *f, int n)
{
  for (int i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%d", i);

      window_fixture_value (f, name, 'i', &i, &(struct shmlens_entry_attr) {
                                                 .flags = SHMLENS_NO_LOCK });
    }
}

static void
the_entry_that_was_asked_for_is_scrolled_to (void **state)
{
  struct window_fixture *f = *state;
  EntryTable *table;
  int value = 4711;

  add_numbers (f, 400);
  window_fixture_show_entry (f, "n300");
  table = child_of (f->window, "table");
  wait_until (shows_scrolled_to (table, "n300"));
  assert_true (shows_scrolled_to (table, "300") && shows_scrolled_to (table, "n299"));
  assert_false (shows_scrolled_to (table, "n0"));
  assert_string_equal (entry_item_get_info (entry_table_get_selected (table))->name, "n300");

  /* Back, and to one that is made only now. */
  shmlens_window_open (f->window, f->name, "n0");
  wait_until (shows_scrolled_to (table, "n0"));
  shmlens_window_open (f->window, f->name, "the last");
  run_main_loop_for (100);
  window_fixture_value (f, "the last", 'i', &value, NULL);
  wait_until (shows_scrolled_to (table, "the last") && shows_scrolled_to (table, "4711"));
  assert_false (shows_scrolled_to (table, "n0"));
}

static void
the_segment_that_was_asked_for_is_scrolled_to (void **state)
{
  enum { N = 60 };
  struct window_fixture *f = *state;
  GtkWidget *sidebar;

  for (int i = 0; i < N; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s%02d", f->raw_name, i);
      int fd = shm_open (name, O_CREAT | O_RDWR, 0600);

      assert_true (fd >= 0);
      assert_int_equal (ftruncate (fd, 64), 0);
      close (fd);
    }
  window_fixture_show (f);
  sidebar = child_of (f->window, "sidebar");
  for (int i = N - 1; i >= 0; i -= N - 1)
    {
      g_autofree char *name = g_strdup_printf ("%s%02d", f->raw_name, i);

      shmlens_window_open (f->window, name, NULL);
      wait_until (shows_scrolled_to (sidebar, name));
    }
}

static void
what_may_not_be_opened_says_why_and_what_helps (void **state)
{
  struct window_fixture *f = *state;
  GActionGroup *actions;
  int fd;

  window_fixture_value (f, "loss", 'd', NULL, NULL);
  window_fixture_chmod (f->name, 0);
  fd = shm_open (f->raw_name, O_CREAT | O_RDWR, 0600);
  assert_true (fd >= 0);
  assert_int_equal (ftruncate (fd, 64), 0);
  close (fd);
  window_fixture_chmod (f->raw_name, 0644);
  if (!window_fixture_become_ordinary ())
    skip ();

  /* One that may be opened first: what can be done with that cannot be done with the other. */
  f->window = shmlens_window_new (NULL, f->session, NULL);
  actions = G_ACTION_GROUP (f->window);
  shmlens_window_open (f->window, f->raw_name, NULL);
  gtk_window_present (GTK_WINDOW (f->window));
  wait_until (shows (f->window, "uint8[64]"));
  assert_true (g_action_group_get_action_enabled (actions, "set-type"));

  shmlens_window_open (f->window, f->name, "loss");
  wait_until (shows (child_of (f->window, "stack"), "No access"));
  assert_true (shows_part (child_of (f->window, "stack"), f->name));
  assert_true (shows_part (child_of (f->window, "stack"), "may not be opened: it "));
  assert_true (shows_part (child_of (f->window, "stack"), "with mode 0000"));
  assert_true (shows_part (child_of (f->window, "stack"), "run "));
  wait_until (segment_shows (f, f->name, "no access"));
  assert_false (shows (f->window, "uint8[64]"));
  assert_false (g_action_group_get_action_enabled (actions, "set-type"));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.reopen", NULL);
  wait_until (shows (child_of (f->window, "stack"), "No access"));

  /* It opens as soon as that is allowed. */
  window_fixture_chmod (f->name, 0444);
  wait_until (shows (child_of (f->window, "table"), "loss"));
  wait_until (segment_shows (f, f->name, "read only"));
  assert_false (segment_shows (f, f->name, "no access"));
  assert_true (shows_part (child_of (f->window, "subtitle_label"), "read only"));
}

/* As whoever waits at a machine where nothing tells of a change of rights. */
static void
the_button_opens_what_is_allowed_by_now (void **state)
{
  struct window_fixture *f = *state;
  GtkWidget *button;

  window_fixture_value (f, "loss", 'd', NULL, NULL);
  window_fixture_chmod (f->name, 0);
  if (!window_fixture_become_ordinary ())
    skip ();
  f->window = shmlens_window_new (NULL, f->session, NULL);
  shmlens_window_open (f->window, f->name, NULL);
  gtk_window_present (GTK_WINDOW (f->window));
  wait_until (shows (child_of (f->window, "stack"), "No access"));
  button = child_of (child_of (f->window, "status"), "button");
  wait_until (gtk_widget_get_mapped (button));

  /* From now on nothing is tried again by itself. */
  registry_unwatch (session_get_registry (f->session));
  g_signal_emit_by_name (button, "clicked");
  wait_until (f->window->opening == NULL);
  assert_true (shows (child_of (f->window, "stack"), "No access"));
  window_fixture_chmod (f->name, 0444);
  g_signal_emit_by_name (button, "clicked");
  wait_until (shows (child_of (f->window, "table"), "loss"));
}

static guint
count_held (GListModel *model)
{
  guint held = 0;

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (EntryItem) item = g_list_model_get_item (model, i);

      held += entry_item_is_held (item);
    }
  return held;
}

static void
only_what_is_on_the_screen_is_sampled (void **state)
{
  enum { N = 500 };
  struct window_fixture *f = *state;
  GListModel *model;

  add_numbers (f, N);
  window_fixture_show (f);
  wait_until (shows (f->window, "n3"));
  model = G_LIST_MODEL (gtk_column_view_get_model (
    GTK_COLUMN_VIEW (find_widget (f->window, GTK_TYPE_COLUMN_VIEW))));
  assert_int_equal (g_list_model_get_n_items (model), N);
  /* The view makes 205 rows at first, and takes a look at its size afterwards. */
  wait_until (count_held (model) <= 60);
  assert_in_range (count_held (model), 3, 60);

  /* And what comes onto it. */
  assert_true (entry_table_select (child_of (f->window, "table"), "n499"));
  wait_until (shows (f->window, "499"));
}

static void
the_filter_keeps_what_matches (void **state)
{
  struct window_fixture *f = *state;

  window_fixture_value (f, "worker loss", 'd', NULL, NULL);
  window_fixture_value (f, "steps", 'q', NULL, NULL);
  window_fixture_show (f);
  wait_until (shows (f->window, "steps"));
  gtk_editable_set_text (child_of (f->window, "filter_entry"), "LOSS");
  wait_until (entry_table_get_n_visible (child_of (f->window, "table")) == 1);
  wait_until (!shows (child_of (f->window, "table"), "steps"));
  gtk_editable_set_text (child_of (f->window, "filter_entry"), "int64");
  wait_until (entry_table_get_n_visible (child_of (f->window, "table")) == 1
              && shows (child_of (f->window, "table"), "steps"));
}

static void
it_becomes_narrow_without_complaint (void **state)
{
  struct window_fixture *f = *state;
  int minimum;
  graphene_rect_t cell;

  window_fixture_value (f, "a name that is rather long for what it is", 'd', NULL, NULL);
  window_fixture_show (f);
  gtk_widget_measure (GTK_WIDGET (f->window), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL,
                      NULL);
  assert_in_range (minimum, 1, 360);
  wait_until (gtk_widget_get_width (GTK_WIDGET (f->window)) > 640);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 360, 400);
  wait_until (!gtk_widget_get_visible (child_of (f->window, "sidebar")));
  /* The columns fill the table. */
  wait_until (gtk_widget_compute_bounds (find_widget (f->window, VALUE_TYPE_CELL),
                                         GTK_WIDGET (f->window), &cell)
              && cell.origin.x + cell.size.width > 300);
  for (GtkWidget *part = gtk_widget_get_first_child (GTK_WIDGET (f->window)); part != NULL;
       part = gtk_widget_get_next_sibling (part))
    {
      gtk_widget_measure (part, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      assert_in_range (minimum, 0, 360);
    }
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.sidebar", NULL);
  wait_until (gtk_widget_get_mapped (child_of (f->window, "sidebar")));
  assert_false (gtk_widget_get_mapped (child_of (f->window, "stack")));
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1024, 600);
  wait_until (gtk_widget_get_mapped (child_of (f->window, "stack"))
              && gtk_widget_get_mapped (child_of (f->window, "sidebar")));
}

/* As on a screen of 1024 x 600 whose pixels are doubled. */
static void
it_fits_a_low_screen (void **state)
{
  enum { WIDTH = 500, HEIGHT = 290 };
  struct window_fixture *f = *state;
  GtkWidget *window;
  struct shmlens_entry *entry;
  uint64_t shape[] = { 20 };
  int minimum;

  assert_int_equal (
    shmlens_array_create (f->segment, "array", 'd', 1, shape, NULL, NULL, &entry), 0);
  window_fixture_show (f);
  window = GTK_WIDGET (f->window);
  window_fixture_item (f, "array");
  wait_until (gtk_widget_get_mapped (find_widget (window, ARRAY_TYPE_VIEW)));
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  wait_until (gtk_widget_get_height (window) < 480 && gtk_widget_get_width (window) < 640
              && !gtk_widget_get_visible (child_of (window, "sidebar")));
  wait_until ((gtk_widget_measure (window, GTK_ORIENTATION_VERTICAL, WIDTH, &minimum, NULL, NULL,
                                   NULL),
               minimum <= HEIGHT));
  wait_until (gtk_widget_get_height (window) <= HEIGHT);
  assert_true (gtk_widget_get_height (child_of (window, "table")) >= 80);
  assert_true (gtk_widget_get_height (find_widget (window, ARRAY_TYPE_VIEW)) >= 80);
  assert_true (shows (child_of (window, "table"), "array"));
}

static void
a_narrow_window_opens_on_what_was_asked_for (void **state)
{
  struct window_fixture *f = *state;

  window_fixture_value (f, "n", 'i', NULL, NULL);
  f->window = shmlens_window_new (NULL, f->session, NULL);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 400, 600);
  shmlens_window_open (f->window, f->name, "n");
  gtk_window_present (GTK_WINDOW (f->window));
  wait_until (shows (child_of (f->window, "table"), "n"));
  assert_false (gtk_widget_get_mapped (child_of (f->window, "sidebar")));

  /* Also when the list is in front. */
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.sidebar", NULL);
  wait_until (gtk_widget_get_mapped (child_of (f->window, "sidebar")));
  shmlens_window_open (f->window, f->name, "n");
  wait_until (shows (child_of (f->window, "table"), "n"));
}

/* Those that a screen reader would call by their type, or by nothing. */
static guint
count_nameless (GtkWidget *widget)
{
  guint count = 0;

  if ((GTK_IS_BUTTON (widget) || GTK_IS_EDITABLE (widget) || GTK_IS_SWITCH (widget)
       || GTK_IS_MENU_BUTTON (widget) || GTK_IS_LIST_VIEW (widget)
       || GTK_IS_COLUMN_VIEW (widget) || GTK_IS_PROGRESS_BAR (widget))
      && !GTK_IS_MENU_BUTTON (gtk_widget_get_parent (widget)) && !GTK_IS_TEXT (widget)
      && gtk_widget_get_mapped (widget)
      && !gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget),
                                            GTK_ACCESSIBLE_PROPERTY_LABEL)
      && !gtk_test_accessible_has_relation (GTK_ACCESSIBLE (widget),
                                            GTK_ACCESSIBLE_RELATION_LABELLED_BY)
      && gtk_widget_get_ancestor (widget, GTK_TYPE_WINDOW_CONTROLS) == NULL
      && !GTK_IS_COLUMN_VIEW (gtk_widget_get_parent (widget)))
    {
      print_error ("%s in %s has no accessible label\n", G_OBJECT_TYPE_NAME (widget),
                   G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)));
      count++;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    count += count_nameless (child);
  return count;
}

/* As the file of a Python program's arena, whose name is taken away at once. */
static void
a_name_that_is_gone_at_once_is_not_insisted_on (void **state)
{
  struct window_fixture *f = *state;
  g_autofree char *id = g_strconcat ("shm:", f->name, "-never", NULL);
  SegmentInfo values = { .id = id, .name = id + strlen ("shm:"), .title = id, .kind = "posix" };
  g_autoptr (GPtrArray) list
    = g_ptr_array_new_with_free_func ((GDestroyNotify) segment_info_unref);

  g_ptr_array_add (list, segment_info_new (&values));
  f->window = shmlens_window_new (NULL, f->session, NULL);
  gtk_window_present (GTK_WINDOW (f->window));
  window_update_segments (NULL, list, f->window);
  assert_string_equal (f->window->open_id, id);
  wait_until (g_strcmp0 (f->window->open_id, id) != 0
              && g_strcmp0 (gtk_stack_get_visible_child_name (child_of (f->window, "stack")),
                            "segment") == 0);
}

static void
every_control_has_a_name (void **state)
{
  struct window_fixture *f = *state;
  int32_t end = 100;
  uint64_t shape[] = { 20 };
  struct shmlens_entry *entry;

  window_fixture_value (f, "stop", '?', NULL,
                        &(struct shmlens_entry_attr) { .role = SHMLENS_ROLE_FLAG });
  window_fixture_value (f, "done", 'i', NULL,
                        &(struct shmlens_entry_attr) { .role = SHMLENS_ROLE_PROGRESS,
                                                       .progress_max = &end });
  assert_int_equal (
    shmlens_array_create (f->segment, "array", 'd', 1, shape, NULL, NULL, &entry), 0);
  window_fixture_show (f);
  window_fixture_item (f, "array");
  message_bar_say (shmlens_window_get_message_bar (f->window), MESSAGE_ERROR, "Something.");
  wait_until (gtk_widget_get_mapped (find_widget (f->window, ARRAY_TYPE_VIEW))
              && shows (f->window, "Something."));
  assert_int_equal (count_nameless (GTK_WIDGET (f->window)), 0);
}

static gboolean
has_focus (struct window_fixture *f, GtkWidget *widget)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (f->window));

  return focus != NULL && gtk_widget_is_ancestor (focus, widget);
}

/* As the key does: in a list, it leaves the list. */
static void
press_tab (struct window_fixture *f, GtkDirectionType direction)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (f->window));
  GtkWidget *list = focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_LIST_VIEW) : NULL;
  GtkWidget *columns = focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_COLUMN_VIEW) : NULL;

  if (columns != NULL || list != NULL)
    tab_focus_leave (columns != NULL ? columns : list, direction);
  else
    g_signal_emit_by_name (f->window, "move-focus", direction);
}

/* How often Tab is pressed until the focus is in the widget again; 0: never. */
static guint
tabs_around (struct window_fixture *f, GtkWidget *widget, GtkDirectionType direction)
{
  for (guint i = 1; i <= 60; i++)
    {
      press_tab (f, direction);
      run_main_loop_once ();
      if (has_focus (f, widget))
        return i;
    }
  return 0;
}

static void
tab_leaves_a_list_and_comes_back_to_it (void **state)
{
  struct window_fixture *f = *state;
  GtkWidget *table, *sidebar, *view;
  struct shmlens_entry *entry;
  uint64_t shape[] = { 20 };

  assert_int_equal (
    shmlens_array_create (f->segment, "array", 'd', 1, shape, NULL, NULL, &entry), 0);
  window_fixture_value (f, "flag", '?', NULL,
                        &(struct shmlens_entry_attr) { .role = SHMLENS_ROLE_FLAG });
  add_numbers (f, 100);
  window_fixture_show (f);
  table = child_of (f->window, "table");
  sidebar = child_of (child_of (f->window, "sidebar"), "view");
  wait_until (shows (table, "n3"));
  gtk_widget_grab_focus (table);
  wait_until (has_focus (f, table));
  assert_in_range (tabs_around (f, table, GTK_DIR_TAB_FORWARD), 2, 60);
  /* A row has it, not the switch in it. */
  assert_false (GTK_IS_SWITCH (gtk_window_get_focus (GTK_WINDOW (f->window))));
  assert_in_range (tabs_around (f, sidebar, GTK_DIR_TAB_FORWARD), 2, 60);
  assert_in_range (tabs_around (f, sidebar, GTK_DIR_TAB_BACKWARD), 2, 60);
  assert_in_range (tabs_around (f, table, GTK_DIR_TAB_BACKWARD), 1, 60);
  assert_in_range (tabs_around (f, table, GTK_DIR_TAB_BACKWARD), 2, 60);

  /* Neither are the parts of what is below the table traps. */
  window_fixture_item (f, "array");
  view = find_widget (f->window, ARRAY_TYPE_VIEW);
  wait_until (gtk_widget_get_mapped (view));
  gtk_widget_grab_focus (view);
  wait_until (has_focus (f, view));
  assert_in_range (tabs_around (f, table, GTK_DIR_TAB_FORWARD), 1, 60);
  assert_in_range (tabs_around (f, view, GTK_DIR_TAB_FORWARD), 1, 60);
  assert_in_range (tabs_around (f, sidebar, GTK_DIR_TAB_BACKWARD), 1, 60);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (entries_appear_and_follow_the_program),
    window_test (roles_have_their_own_look),
    window_test (a_pause_keeps_what_is_shown),
    window_test (the_rate_is_chosen_from_the_header),
    window_test (a_removed_segment_says_so_and_keeps_its_values),
    window_test (a_segment_made_again_can_be_shown),
    window_test (bytes_get_a_type_by_hand),
    window_test (the_entry_that_was_asked_for_is_scrolled_to),
    window_test (the_segment_that_was_asked_for_is_scrolled_to),
    window_test (what_may_not_be_opened_says_why_and_what_helps),
    window_test (the_button_opens_what_is_allowed_by_now),
    window_test (only_what_is_on_the_screen_is_sampled),
    window_test (the_filter_keeps_what_matches),
    window_test (it_becomes_narrow_without_complaint),
    window_test (it_fits_a_low_screen),
    window_test (a_narrow_window_opens_on_what_was_asked_for),
    window_test (a_name_that_is_gone_at_once_is_not_insisted_on),
    window_test (every_control_has_a_name),
    window_test (tab_leaves_a_list_and_comes_back_to_it),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
