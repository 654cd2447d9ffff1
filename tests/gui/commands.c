/* The command search: everything that can be done, and everything that can be gone to. */
#include "window-fixture.h"

#include "command-help.h"
#include "command-search.h"
#include "command-table.h"
#include "entry-table.h"

static GtkWidget *
open_search (struct window_fixture *f)
{
  GtkWidget *search;

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.commands", NULL);
  search = find_widget (f->window, COMMAND_TYPE_SEARCH);
  assert_non_null (search);
  wait_until (gtk_widget_get_mapped (search));
  return search;
}

static GListModel *
found_by (GtkWidget *search)
{
  return gtk_single_selection_get_model (child_of (search, "selection"));
}

/* The one of this title, when it is found; NULL. */
static CommandChoice *
find_item (GtkWidget *search, const char *title, guint *ret_place)
{
  for (guint i = 0; i < g_list_model_get_n_items (found_by (search)); i++)
    {
      g_autoptr (CommandChoice) item = g_list_model_get_item (found_by (search), i);

      if (!g_str_equal (command_choice_get_title (item), title))
        continue;
      if (ret_place != NULL)
        *ret_place = i;
      return item;
    }
  return NULL;
}

static void
type_and_enter (GtkWidget *search, const char *text)
{
  gtk_editable_set_text (child_of (search, "entry"), text);
  g_signal_emit_by_name (child_of (search, "entry"), "activate");
}

static void
a_command_is_found_and_run (void **state)
{
  struct window_fixture *f = *state;
  int value = 5;
  GtkWidget *search;
  CommandChoice *item;
  guint sidebar;
  gboolean paused;

  window_fixture_value (f, "n", 'i', &value, NULL);
  window_fixture_show (f);
  window_fixture_item (f, "n");
  search = open_search (f);
  item = find_item (search, "Pause", NULL);
  assert_non_null (item);
  assert_string_equal (command_choice_get_kind (item), "Window");
  assert_string_equal (command_choice_get_keys (item), "Ctrl+P");
  assert_null (command_choice_get_why_not (item));
  assert_null (command_choice_get_why_not (find_item (search, "Edit the selected value", NULL)));

  /* What cannot be run comes last, and says why. */
  assert_non_null (find_item (search, "Show or hide the segments", &sidebar));
  gtk_editable_set_text (child_of (search, "entry"), "undo");
  item = find_item (search, "Undo an edit", NULL);
  assert_string_equal (command_choice_get_why_not (item), "There is nothing to undo.");
  type_and_enter (search, "undo");
  assert_true (gtk_widget_get_visible (search));

  type_and_enter (search, "nothing of this name");
  assert_true (gtk_widget_get_visible (child_of (search, "nothing")));
  type_and_enter (search, "paus");
  wait_until (!gtk_widget_get_visible (search));
  g_object_get (f->session, "paused", &paused, NULL);
  assert_true (paused);

  /* It begins anew. */
  search = open_search (f);
  assert_string_equal (gtk_editable_get_text (child_of (search, "entry")), "");
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.commands", NULL);
  wait_until (!gtk_widget_get_visible (search));
}

static const char *
selected_name (struct window_fixture *f)
{
  EntryItem *item = entry_table_get_selected (child_of (f->window, "table"));

  return item != NULL ? entry_item_get_info (item)->name : "";
}

/* Opens the search and types this; closes it again when nothing is found. */
static gboolean
is_offered (struct window_fixture *f, const char *text)
{
  GtkWidget *search = open_search (f);

  gtk_editable_set_text (child_of (search, "entry"), text);
  if (g_list_model_get_n_items (found_by (search)) > 0)
    return TRUE;
  gtk_popover_popdown (GTK_POPOVER (search));
  return FALSE;
}

static void
entries_and_segments_are_gone_to (void **state)
{
  struct window_fixture *f = *state;
  g_autofree char *other = g_strconcat (f->name, "-other", NULL);
  struct shmlens_segment *segment;
  struct shmlens_entry *entry;
  int value = 5;
  GtkWidget *search;

  assert_int_equal (shmlens_segment_create (other, NULL, &segment), 0);
  assert_int_equal (shmlens_value_create (segment, "far", 'i', &value, NULL, &entry), 0);
  window_fixture_value (f, "first", 'i', &value, NULL);
  window_fixture_value (f, "worker 2 loss", 'i', &value, NULL);
  window_fixture_show (f);
  wait_until (g_list_model_get_n_items (found_by (open_search (f))) > 0);

  search = find_widget (f->window, COMMAND_TYPE_SEARCH);
  type_and_enter (search, "w2 loss");
  wait_until (!gtk_widget_get_visible (search));
  wait_until (g_str_equal (selected_name (f), "worker 2 loss"));

  /* The filter hides it. */
  gtk_editable_set_text (child_of (f->window, "filter_entry"), "worker");
  wait_until (entry_table_get_n_visible (child_of (f->window, "table")) == 1);
  search = open_search (f);
  type_and_enter (search, "first");
  wait_until (g_str_equal (selected_name (f), "first"));

  wait_until (is_offered (f, other + 1));
  type_and_enter (find_widget (f->window, COMMAND_TYPE_SEARCH), other + 1);
  wait_until (g_str_equal (selected_name (f), "far"));
  shmlens_segment_detach (segment);
}

/* Whether the table has a command of this action. */
static gboolean
is_in_table (const char *action)
{
  guint n;
  const Command *commands = command_table (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GVariant) target = NULL;
      g_autofree char *name = NULL;

      if (commands[i].action == NULL)
        continue;
      assert_true (g_action_parse_detailed_name (commands[i].action, &name, &target, NULL));
      if (g_str_equal (name, action))
        return TRUE;
    }
  return FALSE;
}

static void
check_actions_of (GtkWidget *widget, gpointer unused)
{
  static const char *const own[] = { "entry.", "field.",  "array.", "plot.",
                                     "watch.", "snapshot.", "sidebar." };
  const GVariantType *parameter;
  const char *name;

  for (guint i = 0; (name = get_action (widget, i, &parameter)) != NULL; i++)
    for (guint j = 0; j < G_N_ELEMENTS (own); j++)
      /* The button of its page calls this one by way of win.take-snapshot's. */
      if (g_str_has_prefix (name, own[j]) && parameter == NULL && !is_in_table (name)
          && !g_str_equal (name, "snapshot.take") && !g_str_equal (name, "array.pin")
          && !g_str_equal (name, "sidebar.clear-filter"))
        fail_msg ("%s is not in the table of commands", name);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_actions_of (child, NULL);
}

static void
the_table_has_all_actions (void **state)
{
  static const char *const with_target[] = { "pin", "open-segment", "select-entry" };
  struct window_fixture *f = *state;
  const uint64_t length = 3;
  const double values[] = { 1, 2, 3 };
  struct shmlens_entry *entry;
  g_auto (GStrv) actions = NULL;

  assert_int_equal (
    shmlens_array_create (f->segment, "array", 'd', 1, &length, values, NULL, &entry), 0);
  window_fixture_show (f);
  window_fixture_item (f, "array");
  for (const char *const *page = (const char *const[]){ "plot", "locks", "snapshots", "details",
                                                        NULL };
       *page != NULL; page++)
    gtk_widget_activate_action (GTK_WIDGET (f->window), "win.dock-page", "s", *page);
  check_actions_of (GTK_WIDGET (f->window), NULL);

  actions = g_action_group_list_actions (G_ACTION_GROUP (f->window));
  for (guint i = 0; actions[i] != NULL; i++)
    {
      g_autofree char *name = g_strconcat ("win.", actions[i], NULL);

      if (!g_strv_contains (with_target, actions[i]) && !g_str_equal (actions[i], "reopen")
          && !is_in_table (name))
        fail_msg ("%s is not in the table of commands", name);
    }
}

/* "Pause, Ctrl+P". */
static char *
name_of (const Command *command)
{
  g_autoptr (GString) name = g_string_new (command->title);

  for (guint i = 0; command->keys[i] != NULL; i++)
    {
      GdkModifierType modifiers;
      guint key;
      g_autofree char *label = NULL;

      assert_true (gtk_accelerator_parse (command->keys[i], &key, &modifiers));
      label = gtk_accelerator_get_label (key, modifiers);
      g_string_append_printf (name, ", %s", label);
    }
  return g_string_free (g_steal_pointer (&name), FALSE);
}

/* How many rows a screen reader calls so; shown: only of those that were not searched away. */
static guint
n_rows_named (CommandHelp *help, const char *name, gboolean shown)
{
  GtkListBox *list = child_of (help, "list");
  GtkListBoxRow *row;
  guint n = 0;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (list, i)) != NULL; i++)
    {
      g_autofree char *wrong = gtk_test_accessible_check_property (
        GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name);

      if (wrong == NULL && (!shown || gtk_widget_get_mapped (GTK_WIDGET (row))))
        n++;
    }
  return n;
}

static void
keys_are_valid_and_shown_by_the_page_of_shortcuts (void **state)
{
  struct window_fixture *f = *state;
  CommandHelp *help;
  guint n;
  const Command *commands = command_table (&n);
  g_autoptr (GHashTable) global = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < n; i++)
    for (guint j = 0; commands[i].keys[j] != NULL; j++)
      {
        GdkModifierType modifiers;
        guint key;

        assert_true (gtk_accelerator_parse (commands[i].keys[j], &key, &modifiers));
        assert_true (key != 0);
        if (command_is_global (&commands[i]))
          assert_true (g_hash_table_add (global, (gpointer) commands[i].keys[j]));
      }
  window_fixture_show (f);
  help = command_help_new (GTK_WINDOW (f->window));
  for (guint i = 0; i < n; i++)
    if (commands[i].keys[0] != NULL)
      {
        g_autofree char *name = name_of (&commands[i]);

        assert_int_equal (n_rows_named (help, name, FALSE), 1);
      }
  gtk_window_destroy (GTK_WINDOW (help));
}

static void
shortcuts_are_searched_for_by_name_and_by_key (void **state)
{
  struct window_fixture *f = *state;
  gpointer filter, help;

  window_fixture_show (f);
  help = command_help_new (GTK_WINDOW (f->window));
  filter = child_of (help, "filter");
  g_object_add_weak_pointer (help, &help);
  gtk_window_present (GTK_WINDOW (help));
  wait_until (n_rows_named (help, "Pause, Ctrl+P", TRUE) == 1);
  gtk_editable_set_text (filter, "ctrl+p");
  wait_until (n_rows_named (help, "Quit, Ctrl+Q", TRUE) == 0);
  assert_int_equal (n_rows_named (help, "Pause, Ctrl+P", TRUE), 1);
  gtk_editable_set_text (filter, "quit");
  wait_until (n_rows_named (help, "Quit, Ctrl+Q", TRUE) == 1);
  wait_until (n_rows_named (help, "Pause, Ctrl+P", TRUE) == 0);
  gtk_editable_set_text (filter, "no such thing");
  wait_until (gtk_widget_get_mapped (child_of (help, "nothing")));
  assert_false (gtk_widget_get_mapped (child_of (help, "scrolled")));
  g_signal_emit_by_name (filter, "stop-search");
  wait_until (help == NULL);
}

/* Of 1024x600 pixels at 200 %, less a title and a panel. */
static void
the_page_of_shortcuts_fits_a_small_screen (void **state)
{
  struct window_fixture *f = *state;
  CommandHelp *help;
  int width, height;

  window_fixture_show (f);
  help = command_help_new (GTK_WINDOW (f->window));
  gtk_widget_measure (GTK_WIDGET (help), GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (help), GTK_ORIENTATION_VERTICAL, 488, &height, NULL, NULL, NULL);
  assert_in_range (width, 1, 488);
  assert_in_range (height, 1, 228);
  gtk_window_destroy (GTK_WINDOW (help));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (a_command_is_found_and_run),
    window_test (entries_and_segments_are_gone_to),
    window_test (the_table_has_all_actions),
    window_test (keys_are_valid_and_shown_by_the_page_of_shortcuts),
    window_test (shortcuts_are_searched_for_by_name_and_by_key),
    window_test (the_page_of_shortcuts_fits_a_small_screen),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
