/* The sidebar: headings, collapsing, its filter, and what stays selected. */
#include "window-fixture.h"

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

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (groups_have_headings_and_collapse),
    window_test (the_filter_hides_and_what_was_selected_comes_back),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
