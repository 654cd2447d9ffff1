/* In which form values, elements of arrays and fields of structures are displayed, and typed
 * in. */
#include "window-fixture.h"

#include "array-commands.h"
#include "array-grid.h"
#include "array-view.h"
#include "display-dialog.h"
#include "edit-popover.h"
#include "field-table.h"

static GtkWidget *
open_dialog (gpointer widget, const char *action)
{
  GtkWidget *dialog;

  gtk_widget_activate_action (widget, action, NULL);
  dialog = find_dialog (DISPLAY_TYPE_DIALOG);
  assert_non_null (dialog);
  return dialog;
}

static GtkWidget *
open_display_dialog (struct window_fixture *f, const char *name)
{
  EntryItem *item = window_fixture_item (f, name);

  wait_until (entry_item_get_value (item) != NULL);
  return open_dialog (child_of (f->window, "table"), "entry.display");
}

static void
choose_form (GtkWidget *dialog, const char *title)
{
  GtkDropDown *form = child_of (dialog, "form");
  GListModel *list = gtk_drop_down_get_model (form);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    if (g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (list), i), title))
      {
        gtk_drop_down_set_selected (form, i);
        return;
      }
  fail_msg ("there is no form %s", title);
}

static const char *
preview_of (GtkWidget *dialog)
{
  return gtk_label_get_text (child_of (dialog, "preview"));
}

static void
press (GtkWidget *owner, const char *button)
{
  assert_true (gtk_widget_get_sensitive (child_of (owner, button)));
  g_signal_emit_by_name (child_of (owner, button), "clicked");
}

/* Types it into the popover that an action opens. */
static void
edit_by (gpointer widget, const char *action, const char *begins_with, const char *text)
{
  GtkWidget *popover = open_edit_popover (widget, action);

  assert_string_equal (gtk_editable_get_text (child_of (popover, "entry")), begins_with);
  gtk_editable_set_text (child_of (popover, "entry"), "nonsense");
  assert_false (gtk_widget_get_sensitive (child_of (popover, "apply")));
  gtk_editable_set_text (child_of (popover, "entry"), text);
  press (popover, "apply");
  wait_until (!gtk_widget_get_mapped (popover));
}

static void
edit_to (struct window_fixture *f, const char *begins_with, const char *text)
{
  edit_by (child_of (f->window, "table"), "entry.edit", begins_with, text);
}

static void
values_are_displayed_typed_in_and_remembered_in_a_form (void **state)
{
  struct window_fixture *f = *state;
  uint16_t value = 5;
  struct shmlens_entry *entry = window_fixture_value (f, "flags", 'H', &value, NULL);
  GtkWidget *table, *dialog;

  window_fixture_show (f);
  table = child_of (f->window, "table");
  dialog = open_display_dialog (f, "flags");
  choose_form (dialog, "Hexadecimal");
  assert_string_equal (preview_of (dialog), "0x0005");
  gtk_editable_set_text (child_of (dialog, "unit"), "mask");
  value = 0xbeef;
  shmlens_entry_set (entry, 0, &value);
  wait_until (g_str_equal (preview_of (dialog), "0xbeef  mask"));
  press (dialog, "apply");
  wait_until (shows (table, "0xbeef") && shows (table, "mask"));

  edit_to (f, "0xbeef", "0x00ff");
  wait_until (shmlens_entry_load (entry, 0, &value) == 0 && value == 0xff);
  wait_until (shows (table, "0x00ff"));

  dialog = open_display_dialog (f, "flags");
  choose_form (dialog, "Names of the bits");
  gtk_editable_set_text (child_of (dialog, "labels"), "0=RUN, 1=");
  assert_false (gtk_widget_get_sensitive (child_of (dialog, "apply")));
  gtk_editable_set_text (child_of (dialog, "labels"), "0=RUN, 3=ERR");
  assert_string_equal (preview_of (dialog), "RUN | ERR | 0xf6  mask");
  press (dialog, "apply");
  wait_until (shows (table, "RUN | ERR | 0xf6"));
  edit_to (f, "RUN | ERR | 0xf6", "ERR");
  wait_until (shmlens_entry_load (entry, 0, &value) == 0 && value == 8);

  /* Another look at the segment knows it still. */
  {
    EntryItem *item = window_fixture_item (f, "flags");
    g_autoptr (EntryItem) again = entry_item_new (f->session, entry_item_get_attachment (item),
                                                  entry_item_get_info (item));
    g_autofree char *path
      = g_build_filename (g_get_user_config_dir (), "shmlens", "displays.ini", NULL);
    g_autofree char *kept = NULL;

    assert_int_equal (entry_item_get_form (again), DISPLAY_BITS);
    assert_true (g_file_get_contents (path, &kept, NULL, NULL));
    assert_non_null (strstr (kept, "Labels=0=RUN, 3=ERR"));
  }

  dialog = open_display_dialog (f, "flags");
  choose_form (dialog, "As the program says");
  gtk_editable_set_text (child_of (dialog, "unit"), "");
  press (dialog, "apply");
  wait_until (shows (table, "8") && !shows (table, "mask"));
}

static void
progress_of_a_maximum_has_a_bar (void **state)
{
  struct window_fixture *f = *state;
  double value = 1;
  struct shmlens_entry *entry = window_fixture_value (f, "done", 'd', &value, NULL);
  GtkWidget *table, *dialog, *bar;

  window_fixture_show (f);
  table = child_of (f->window, "table");
  dialog = open_display_dialog (f, "done");
  choose_form (dialog, "Progress of a maximum");
  gtk_editable_set_text (child_of (dialog, "maximum"), "-8");
  assert_false (gtk_widget_get_sensitive (child_of (dialog, "apply")));
  gtk_editable_set_text (child_of (dialog, "maximum"), "8");
  press (dialog, "apply");
  wait_until (shows (table, "1.0 / 8") && (bar = find_widget (table, GTK_TYPE_PROGRESS_BAR)));
  assert_true (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (bar)) == 0.125);
  value = 2;
  shmlens_entry_set (entry, 0, &value);
  wait_until (shows (table, "2.0 / 8") && shows_part (table, "25 %") && shows_part (table, "left"));
  edit_to (f, "2.0", "50 %");
  wait_until (shmlens_entry_load (entry, 0, &value) == 0 && value == 4);
}

/* The grid of an array, once it is on the screen. */
static ArrayGrid *
show_array (struct window_fixture *f, const char *name, GtkWidget **ret_view)
{
  window_fixture_item (f, name);
  *ret_view = find_widget (f->window, ARRAY_TYPE_VIEW);
  wait_until (*ret_view != NULL && gtk_widget_get_mapped (*ret_view));
  return child_of (*ret_view, "grid");
}

static void
find_next (GtkWidget *view, const char *text)
{
  gtk_widget_activate_action (view, "array.find", NULL);
  gtk_editable_set_text (child_of (child_of (view, "find_bar"), "entry"), text);
  gtk_widget_activate_action (view, "array.find-next", NULL);
}

/* Once the cell has been read, and stands where a popover can point at it. */
static void
wait_for_cell (GtkWidget *view, ArrayGrid *grid, const char *place)
{
  wait_until (shows (view, place) && array_grid_get_cursor_area (grid, &(GdkRectangle){ 0 }));
}

/* An array of this many elements, as it is in memory. */
static void *
add_array (struct window_fixture *f, const char *name, char code, guint64 length,
           const struct shmlens_entry_attr *attr)
{
  struct shmlens_entry *entry = NULL;

  assert_int_equal (shmlens_array_create (f->segment, name, code, 1, &length, NULL, attr, &entry),
                    0);
  return shmlens_entry_data (entry);
}

static void
elements_of_arrays_are_displayed_typed_found_and_pasted_in_a_form (void **state)
{
  struct window_fixture *f = *state;
  uint16_t *elements = add_array (f, "masks", 'H', 40, NULL);
  GtkWidget *view, *dialog;
  ArrayGrid *grid;

  for (int i = 0; i < 40; i++)
    elements[i] = (uint16_t) (i + 8);
  window_fixture_show (f);
  grid = show_array (f, "masks", &view);
  wait_for_cell (view, grid, "[0] = 8");

  /* The same dialog from the table's row and from the grid. */
  dialog = open_display_dialog (f, "masks");
  choose_form (dialog, "Hexadecimal");
  assert_string_equal (preview_of (dialog), "0x0008");
  press (dialog, "apply");
  wait_for_cell (view, grid, "[0] = 0x0008");
  wait_until (shows_part (child_of (f->window, "table"), "[0x0008, 0x0009, "));
  wait_until (shows (window_fixture_details (f), "hexadecimal"));

  edit_by (view, "array.edit", "0x0008", "0xff");
  wait_until (elements[0] == 0xff);
  wait_for_cell (view, grid, "[0] = 0x00ff");
  array_grid_select (grid, 1, 3);
  edit_by (view, "array.edit", "", "0x10:0x10");
  wait_until (elements[1] == 0x10 && elements[3] == 0x30);
  edit_by (view, "array.edit", "", "0x30:-16");
  wait_until (elements[1] == 0x30 && elements[3] == 0x10);
  wait_until (shows (view, "3 elements · sum 96 · 0x0010 to 0x0030 · mean 32 · deviation 13.06"));
  array_grid_go_to (grid, 4, -1);
  array_commands_paste_text (grid, window_fixture_item (f, "masks"), "0xa\n11\n0b1100\n");
  wait_until (elements[4] == 10 && elements[5] == 11 && elements[6] == 12);

  /* What it would look like is told of the cell that is chosen. */
  dialog = open_dialog (view, "array.display");
  wait_until (g_str_equal (preview_of (dialog), "0x000a"));
  choose_form (dialog, "Names of the values");
  gtk_editable_set_text (child_of (dialog, "labels"), "255=full, 20=err:io");
  press (dialog, "apply");
  array_grid_go_to (grid, 0, -1);
  wait_for_cell (view, grid, "[0] = full (255)");
  edit_by (view, "array.edit", "full (255)", "err:io");
  wait_until (elements[0] == 20);
  array_grid_select (grid, 8, 10);
  edit_by (view, "array.edit", "", "full");
  wait_until (elements[8] == 255 && elements[10] == 255);
  array_grid_go_to (grid, 0, -1);
  find_next (view, "full");
  wait_for_cell (view, grid, "[8] = full (255)");
  find_next (view, "!= full");
  wait_for_cell (view, grid, "[11] = 19");
  array_commands_paste_text (grid, window_fixture_item (f, "masks"), "full\nempty\n");
  wait_until (message_bar_get_text (shmlens_window_get_message_bar (f->window)) != NULL);
  assert_non_null (strstr (message_bar_get_text (shmlens_window_get_message_bar (f->window)),
                           "row 2, column 1, “empty”"));
  assert_int_equal (elements[11], 19);

  /* What is drawn is told in the same form. */
  gtk_drop_down_set_selected (child_of (view, "page"), 1);
  wait_until (gtk_widget_get_mapped (child_of (view, "plot")));
  {
    GtkWidget *canvas = find_widget (child_of (view, "plot"), GTK_TYPE_DRAWING_AREA);

    gtk_widget_grab_focus (canvas);
    gtk_widget_set_can_target (canvas, FALSE);
  }
  wait_until (shows (child_of (view, "plot"), "[0] = err:io (20)"));
}

static void
edits_of_elements_begin_with_what_is_done (void **state)
{
  struct window_fixture *f = *state;
  volatile int32_t *done = add_array (f, "done", 'i', 5000, NULL);
  GtkWidget *view, *dialog, *page;
  ArrayGrid *grid;

  done[0] = 7;
  done[4321] = 12;
  window_fixture_show (f);
  grid = show_array (f, "done", &view);
  array_grid_go_to (grid, 4321, -1);
  wait_for_cell (view, grid, "[4321] = 12");
  dialog = open_dialog (view, "array.display");
  choose_form (dialog, "Progress of a maximum");
  wait_until (g_str_equal (preview_of (dialog), "12 / 100"));
  done[4321] = 13;
  wait_until (g_str_equal (preview_of (dialog), "13 / 100"));
  press (dialog, "apply");
  wait_for_cell (view, grid, "[4321] = 13 / 100");
  edit_by (view, "array.edit", "13", "50 %");
  wait_until (done[4321] == 50);

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.pin", "s", "done[4321]");
  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "watch-list",
                                      g_variant_new_boolean (TRUE));
  page = child_of (f->window, "watch_page");
  wait_until (gtk_widget_get_mapped (page) && shows (page, "50 / 100"));
  edit_by (page, "watch.edit", "50", "51");
  wait_until (done[4321] == 51);
}

static void
labels_of_the_program_are_found_and_typed_in_an_array (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_label labels[300];
  char texts[G_N_ELEMENTS (labels)][16];
  const struct shmlens_entry_attr attr
    = { .label_count = G_N_ELEMENTS (labels), .labels = labels };
  volatile uint16_t *states;
  GtkWidget *view;
  ArrayGrid *grid;
  int height;

  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      g_snprintf (texts[i], sizeof texts[i], "state %u", i);
      labels[i] = (struct shmlens_label){ i, texts[i], -1 };
    }
  labels[1].text = "1:1";
  labels[2].text = "a..b, c|d";
  states = add_array (f, "states", 'H', 50, &attr);
  states[20] = 299;
  states[30] = 2;
  window_fixture_show (f);
  grid = show_array (f, "states", &view);
  wait_for_cell (view, grid, "[0] = state 0 (0)");
  /* The last one stays in sight as the bar to look for others takes its room. */
  array_grid_go_to (grid, 49, -1);
  wait_for_cell (view, grid, "[49] = state 0 (0)");
  height = gtk_widget_get_height (GTK_WIDGET (grid));
  gtk_widget_activate_action (view, "array.find", NULL);
  wait_until (gtk_widget_get_height (GTK_WIDGET (grid)) < height);
  wait_for_cell (view, grid, "[49] = state 0 (0)");
  find_next (view, "state 299");
  wait_for_cell (view, grid, "[20] = state 299 (299)");
  find_next (view, "!= state 0");
  wait_for_cell (view, grid, "[30] = a..b, c|d (2)");
  find_next (view, "299");
  wait_for_cell (view, grid, "[20] = state 299 (299)");
  find_next (view, "a..b, c|d");
  wait_for_cell (view, grid, "[30] = a..b, c|d (2)");
  array_grid_select (grid, 5, 7);
  edit_by (view, "array.edit", "", "1:1");
  wait_until (states[5] == 1 && states[6] == 1 && states[7] == 1);
  edit_by (view, "array.edit", "", "1:2");
  wait_until (states[5] == 1 && states[6] == 3 && states[7] == 5);
}

static void
labels_of_the_program_are_offered_without_blanks (void **state)
{
  struct window_fixture *f = *state;
  const struct shmlens_label labels[] = { { 0, " idle", -1 }, { 1, "  ", -1 }, { 2, "a, b", -1 },
                                          { 3, "running fast ", -1 } };
  const struct shmlens_entry_attr attr
    = { .label_count = G_N_ELEMENTS (labels), .labels = labels };
  GtkWidget *dialog;

  window_fixture_value (f, "state", 'B', NULL, &attr);
  window_fixture_show (f);
  dialog = open_display_dialog (f, "state");
  choose_form (dialog, "Names of the values");
  assert_string_equal (gtk_editable_get_text (child_of (dialog, "labels")),
                       "0=idle, 3=running fast");
  assert_string_equal (preview_of (dialog), "idle (0)");
}

static void
fields_are_displayed_and_typed_in_a_form_of_their_own (void **state)
{
  struct window_fixture *f = *state;
  static const struct shmlens_field fields[] = {
    { .name = "mode", .code = 'I', .bit_width = 3 },
    { .name = "pid", .code = 'i', .offset = 4 },
    { .name = "path", .code = 'H', .offset = 8, .dimensions = 1, .shape = { 3 } },
  };
  const struct shmlens_entry_attr attr
    = { .element_size = 16, .field_count = G_N_ELEMENTS (fields), .fields = fields };
  struct shmlens_entry *one = window_fixture_value (f, "state", 'T', NULL, &attr);
  GtkWidget *table, *view, *dialog;
  uint16_t *path = (uint16_t *) ((char *) shmlens_entry_data (one) + 8);
  uint32_t *flags = shmlens_entry_data (one), *all = add_array (f, "states", 'T', 9, &attr);
  ArrayGrid *grid;

  window_fixture_show (f);
  window_fixture_item (f, "state");
  table = find_widget (f->window, FIELD_TYPE_TABLE);
  wait_until (table != NULL && gtk_widget_get_mapped (table) && shows (table, "[0, 0, 0]"));
  dialog = open_dialog (table, "field.display");
  assert_true (shows (dialog, "How is “state.mode” to be displayed?"));
  choose_form (dialog, "Binary");
  assert_string_equal (preview_of (dialog), "0b000");
  gtk_editable_set_text (child_of (dialog, "unit"), "rwx");
  press (dialog, "apply");
  wait_until (shows (table, "0b000  rwx"));
  edit_by (table, "field.edit", "0b000", "0b101");
  wait_until (flags[0] == 5);
  wait_until (shows (table, "0b101  rwx"));
  /* Another look at the segment knows it still. */
  {
    EntryItem *item = window_fixture_item (f, "state");
    g_autoptr (EntryItem) again = entry_item_new (f->session, entry_item_get_attachment (item),
                                                  entry_item_get_info (item));
    const DisplaySet *displays = entry_item_get_displays (again);

    assert_int_equal (display_set_get (displays, 0)->form, DISPLAY_BINARY);
    assert_null (display_set_get (displays, 1));
    assert_int_equal (entry_item_get_form (again), DISPLAY_STANDARD);
  }

  /* An array in it, number by number. */
  gtk_single_selection_set_selected (
    GTK_SINGLE_SELECTION (gtk_column_view_get_model (child_of (table, "view"))), 2);
  dialog = open_dialog (table, "field.display");
  choose_form (dialog, "Hexadecimal");
  press (dialog, "apply");
  wait_until (shows (table, "[0x0000, 0x0000, 0x0000]"));
  edit_by (table, "field.edit", "0x0000, 0x0000, 0x0000", "0x1, 2, 0xffff");
  wait_until (path[0] == 1 && path[1] == 2 && path[2] == 0xffff);
  wait_until (shows_part (child_of (f->window, "table"), "path: [0x0001, 0x0002, 0xffff]"));
  dialog = open_dialog (table, "field.display");
  choose_form (dialog, "Character");
  press (dialog, "apply");
  wait_until (shows (table, "['\\x01', '\\x02', '\\uffff']"));
  edit_by (table, "field.edit", "'\\x01', '\\x02', '\\uffff'", "'a', ',', 'b'");
  wait_until (path[0] == 'a' && path[1] == ',' && path[2] == 'b');
  wait_until (shows (table, "['a', ',', 'b']"));
  edit_by (table, "field.edit", "'a', ',', 'b'", "',', 0x41, x");
  wait_until (path[0] == ',' && path[1] == 'A' && path[2] == 'x');

  /* Of an array of such structures the field that the cursor is at. */
  grid = show_array (f, "states", &view);
  array_grid_go_to (grid, 2, 1);
  wait_for_cell (view, grid, "[2].pid = 0");
  dialog = open_dialog (view, "array.display");
  assert_true (shows (dialog, "How is “states.pid” to be displayed?"));
  choose_form (dialog, "Hexadecimal");
  press (dialog, "apply");
  wait_for_cell (view, grid, "[2].pid = 0x00000000");
  edit_by (view, "array.edit", "0x00000000", "0xffffffff");
  wait_until (all[4 * 2 + 1] == 0xffffffff);
  wait_for_cell (view, grid, "[2].pid = 0xffffffff");
  assert_int_equal (all[4 * 2], 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (values_are_displayed_typed_in_and_remembered_in_a_form),
    window_test (progress_of_a_maximum_has_a_bar),
    window_test (elements_of_arrays_are_displayed_typed_found_and_pasted_in_a_form),
    window_test (edits_of_elements_begin_with_what_is_done),
    window_test (labels_of_the_program_are_found_and_typed_in_an_array),
    window_test (labels_of_the_program_are_offered_without_blanks),
    window_test (fields_are_displayed_and_typed_in_a_form_of_their_own),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
