/* The sidebar: headings, collapsing, its filter, and what stays selected. */
#include "window-fixture.h"

#include "popover-place.h"
#include "segment-row.h"
#include "sidebar-group.h"
#include "sidebar.h"

static void
add_bytes (struct window_fixture *f)
{
  g_autofree char *path = g_strconcat ("/dev/shm", f->raw_name, NULL);

  assert_true (g_file_set_contents (path, "0123456789abcdef", 16, NULL));
}

static GtkSingleSelection *
selection_of (struct window_fixture *f)
{
  GtkListView *view = child_of (child_of (f->window, "sidebar"), "view");

  return GTK_SINGLE_SELECTION (gtk_list_view_get_model (view));
}

/* The row that says this; its place among all rows. */
static guint
place_of (struct window_fixture *f, const char *title)
{
  GListModel *rows = G_LIST_MODEL (selection_of (f));

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (rows, i);
      g_autofree char *text = NULL;

      if (SEGMENT_IS_ITEM (item))
        text = g_strdup (segment_item_get_info (SEGMENT_ITEM (item))->name);
      else
        text = g_strdup (sidebar_group_get_heading (SIDEBAR_GROUP (item)));
      if (g_str_has_prefix (text, title))
        return i;
    }
  return G_MAXUINT;
}

static void
activate (struct window_fixture *f, guint position)
{
  g_signal_emit_by_name (child_of (child_of (f->window, "sidebar"), "view"), "activate", position);
}

static void
groups_have_headings_and_collapse (void **state)
{
  struct window_fixture *f = *state;
  GtkWidget *sidebar;

  add_bytes (f);
  window_fixture_show (f);
  sidebar = child_of (f->window, "sidebar");
  wait_until (shows (sidebar, "Programs that use shmlens")
              && shows (sidebar, "Other shared memory") && shows_part (sidebar, "· ")
              && shows (sidebar, f->name)
              && shows (sidebar, f->raw_name));
  assert_true (place_of (f, "Programs that use shmlens") < place_of (f, f->name));
  assert_true (place_of (f, f->name) < place_of (f, "Other shared memory"));
  assert_true (place_of (f, "Other shared memory") < place_of (f, f->raw_name));

  activate (f, place_of (f, "Programs that use shmlens"));
  wait_until (!shows (sidebar, f->name));
  /* The segment stays open, and is selected when its row is back. */
  assert_string_equal (gtk_stack_get_visible_child_name (child_of (f->window, "stack")),
                       "segment");
  activate (f, place_of (f, "Programs that use shmlens"));
  wait_until (shows (sidebar, f->name));
  assert_int_equal (gtk_single_selection_get_selected (selection_of (f)), place_of (f, f->name));
}

static void
the_filter_hides_and_what_was_selected_comes_back (void **state)
{
  struct window_fixture *f = *state;
  GtkWidget *sidebar;
  GtkEditable *filter;

  add_bytes (f);
  window_fixture_show (f);
  sidebar = child_of (f->window, "sidebar");
  filter = child_of (sidebar, "filter");
  wait_until (shows (sidebar, f->raw_name));
  gtk_editable_set_text (filter, "no segment has this name");
  wait_until (shows (sidebar, "No segment matches."));
  assert_false (shows (sidebar, f->name));
  gtk_editable_set_text (filter, f->raw_name + 1);
  wait_until (shows (sidebar, f->raw_name) && !shows (sidebar, f->name));
  assert_false (shows (sidebar, "No segment matches."));
  gtk_editable_set_text (filter, "");
  wait_until (shows (sidebar, f->name));
  assert_int_equal (gtk_single_selection_get_selected (selection_of (f)), place_of (f, f->name));

  /* What is asked for is shown whatever was filtered. */
  gtk_editable_set_text (filter, "no segment has this name");
  wait_until (shows (sidebar, "No segment matches."));
  shmlens_window_open (f->window, f->raw_name, NULL);
  wait_until (shows (sidebar, f->raw_name));
  assert_string_equal (gtk_editable_get_text (filter), "");
}

/* Of a recording the title has all of the row, and what is said of it stands below. */
static void
a_title_gives_no_room_to_what_is_said_of_it (void **state)
{
  const SegmentInfo values = {
    .id = (char *) "file:/run.shmrec", .name = (char *) "run.shmrec",
    .title = (char *) "a training run with a long title (recording)", .kind = "recording",
    .state = SEGMENT_LIVE, .size = 4096,
  };
  g_autoptr (SegmentInfo) info = segment_info_new (&values);
  g_autoptr (SegmentItem) item = segment_item_new (info);
  GtkWidget *window = gtk_window_new (), *row = segment_row_new ();
  GtkWidget *title = child_of (row, "title"), *badge = child_of (row, "badge");
  graphene_rect_t of_title, of_badge;

  segment_row_set_item (SEGMENT_ROW (row), item);
  gtk_window_set_child (GTK_WINDOW (window), row);
  gtk_window_set_default_size (GTK_WINDOW (window), 260, 80);
  gtk_window_present (GTK_WINDOW (window));
  wait_until (gtk_widget_get_mapped (badge) && gtk_widget_get_height (badge) > 0);
  assert_true (gtk_widget_compute_bounds (title, row, &of_title));
  assert_true (gtk_widget_compute_bounds (badge, row, &of_badge));
  assert_true (of_badge.origin.y >= of_title.origin.y + of_title.size.height);
  assert_int_equal (gtk_label_get_ellipsize (GTK_LABEL (title)), PANGO_ELLIPSIZE_MIDDLE);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* How far down a popover of this height points that is to be opened at y. */
static int
place_of_popover (GtkWidget *parent, int height, int y)
{
  GtkWidget *popover = gtk_popover_new (), *child = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GdkRectangle place;

  gtk_widget_set_size_request (child, 20, height);
  gtk_popover_set_child (GTK_POPOVER (popover), child);
  gtk_popover_set_autohide (GTK_POPOVER (popover), FALSE);   /* it would ask for the focus */
  gtk_widget_set_parent (popover, parent);
  popover_popup_at (GTK_POPOVER (popover), &(GdkRectangle){ 10, y, 1, 1 });
  assert_true (gtk_popover_get_pointing_to (GTK_POPOVER (popover), &place));
  gtk_widget_unparent (popover);
  return place.y;
}

static void
a_menu_that_fits_neither_above_nor_below_is_moved_up (void **state)
{
  GtkWidget *window = gtk_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  int height;

  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), 300, 700);
  gtk_window_present (GTK_WINDOW (window));
  wait_until (gtk_widget_get_mapped (box) && gtk_widget_get_height (box) > 0);
  height = gtk_widget_get_height (box);
  assert_int_equal (place_of_popover (box, 50, height / 2), height / 2);
  assert_true (place_of_popover (box, 900, height / 2) <= 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (groups_have_headings_and_collapse),
    window_test (the_filter_hides_and_what_was_selected_comes_back),
    cmocka_unit_test (a_title_gives_no_room_to_what_is_said_of_it),
    cmocka_unit_test (a_menu_that_fits_neither_above_nor_below_is_moved_up),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
