/* Plots: what is plotted, moved through and written to files. */
#include "window-fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "array-grid.h"
#include "dock.h"
#include "plot-export.h"
#include "plot-page.h"
#include "plot-row.h"

struct stage
{
  struct window_fixture *fixture;
  GtkWidget *window;
  PlotPage *page;
  EntryList *list;
};

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(Attachment **) user_data = session_open_finish (SHMLENS_SESSION (source), result, NULL);
}

static EntryList *
open_list (struct window_fixture *f)
{
  g_autofree char *id = g_strconcat ("shm:", f->name, NULL);
  g_autoptr (Attachment) attachment = NULL;

  session_open (f->session, id, NULL, on_opened, &attachment);
  wait_until (attachment != NULL);
  return entry_list_new (f->session, attachment);
}

/* The page alone in a window, with the fixture's segment. */
static struct stage
begin (struct window_fixture *f)
{
  struct stage stage = { .fixture = f, .window = gtk_window_new () };

  stage.page = PLOT_PAGE (plot_page_new ());
  stage.list = open_list (f);
  plot_page_set_session (stage.page, f->session);
  plot_page_set_list (stage.page, stage.list);
  gtk_window_set_default_size (GTK_WINDOW (stage.window), 900, 400);
  gtk_window_set_child (GTK_WINDOW (stage.window), GTK_WIDGET (stage.page));
  gtk_window_present (GTK_WINDOW (stage.window));
  wait_until (gtk_widget_get_mapped (stage.window));
  return stage;
}

static void
end (struct stage *stage)
{
  gtk_window_destroy (GTK_WINDOW (stage->window));
  g_object_unref (stage->list);
}

static PlotSeries *
plot (struct stage *stage, const char *target)
{
  PlotList *plots = plot_page_get_plots (stage->page);
  g_autoptr (GError) error = NULL;

  assert_true (plot_page_add (stage->page, target, &error));
  assert_null (error);
  return plot_list_get (plots, plot_list_length (plots) - 1);
}

static double
newest (PlotSeries *series)
{
  return series_at (plot_series_get_series (series), G_MAXINT64);
}

static void
act (struct stage *stage, const char *action, GVariant *parameter)
{
  assert_true (gtk_widget_activate_action_variant (GTK_WIDGET (stage->page), action,
                                                   parameter != NULL
                                                     ? g_variant_ref_sink (parameter)
                                                     : NULL));
  if (parameter != NULL)
    g_variant_unref (parameter);
}

/* The plot was drawn at least once since there is something in it. */
static void
wait_for_view (struct stage *stage)
{
  gint64 first, last;

  wait_until (gtk_widget_get_mapped (GTK_WIDGET (plot_page_get_view (stage->page)))
              && gtk_widget_get_width (GTK_WIDGET (plot_page_get_view (stage->page))) > 0
              && plot_view_get_time (plot_page_get_view (stage->page), &first, &last));
}

static gint64
span (struct stage *stage)
{
  gint64 first, last;

  assert_true (plot_view_get_time (plot_page_get_view (stage->page), &first, &last));
  return last - first;
}

static void
a_value_is_plotted_whether_or_not_its_row_is_seen (void **state)
{
  struct window_fixture *f = *state;
  double loss = 1.5;
  struct shmlens_entry *entry = window_fixture_value (f, "loss", 'd', &loss, NULL);
  struct stage stage = begin (f);
  PlotSeries *series;

  assert_true (shows_part (stage.page, "Nothing Is Plotted"));
  series = plot (&stage, "loss");
  wait_until (newest (series) == 1.5);
  loss = 2.25;
  assert_int_equal (shmlens_entry_store (entry, 0, &loss), 0);
  wait_until (newest (series) == 2.25);
  wait_until (shows (stage.page, "2.25"));
  assert_false (shows_part (stage.page, "Nothing Is Plotted"));

  /* Once more is no other. */
  plot (&stage, "loss");
  assert_int_equal (plot_list_length (plot_page_get_plots (stage.page)), 1);
  end (&stage);
}

static void
elements_are_plotted_and_what_is_no_number_is_refused (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *entry;
  struct stage stage;
  g_autoptr (GError) error = NULL;
  gint32 three = 3;

  assert_int_equal (shmlens_array_create (f->segment, "counts", 'i', 1, (uint64_t[]) { 100 }, NULL,
                                          NULL, &entry),
                    0);
  assert_int_equal (shmlens_entry_store (entry, 7, &three), 0);
  stage = begin (f);
  wait_until (newest (plot (&stage, "counts[7]")) == 3);
  plot (&stage, "counts[0:4]");
  assert_int_equal (plot_list_length (plot_page_get_plots (stage.page)), 5);
  wait_until (shows (stage.page, "counts[7]") && shows (stage.page, "counts[3]"));

  assert_false (plot_page_add (stage.page, "counts", &error));
  assert_non_null (strstr (error->message, "counts[0]"));
  g_clear_error (&error);
  assert_false (plot_page_add (stage.page, "nothing", &error));
  g_clear_error (&error);
  assert_false (plot_page_add (stage.page, "counts[100]", &error));
  assert_int_equal (plot_list_length (plot_page_get_plots (stage.page)), 5);

  act (&stage, "plot.remove-all", NULL);
  assert_int_equal (plot_list_length (plot_page_get_plots (stage.page)), 0);
  wait_until (shows_part (stage.page, "Nothing Is Plotted"));
  end (&stage);
}

static void
the_time_is_zoomed_moved_and_followed (void **state)
{
  struct window_fixture *f = *state;
  double loss = 1;
  struct stage stage;
  PlotView *view;
  gint64 before, first, last, to;

  window_fixture_value (f, "loss", 'd', &loss, NULL);
  stage = begin (f);
  view = plot_page_get_view (stage.page);
  plot (&stage, "loss");
  wait_for_view (&stage);
  before = span (&stage);
  act (&stage, "plot.zoom", g_variant_new_double (2));
  assert_true (llabs (span (&stage) - before / 2) < before / 100);
  assert_true (plot_view_get_following (view));
  act (&stage, "plot.zoom", g_variant_new_double (0.5));

  /* Moved, it stands still while sampling goes on. */
  act (&stage, "plot.pan", g_variant_new_double (-0.5));
  assert_false (plot_view_get_following (view));
  assert_true (shows_part (stage.page, "stands still"));
  plot_view_get_time (view, &first, &last);
  run_main_loop_for (250);
  plot_view_get_time (view, &before, &to);
  assert_true (before == first && to == last);
  act (&stage, "plot.following", NULL);
  assert_true (plot_view_get_following (view));
  plot_view_get_time (view, &before, &to);
  assert_true (to > last);

  /* A chosen span, and all there is. */
  plot_view_set_time (view, to - 2000000, to - 1000000);
  plot_view_get_time (view, &first, &last);
  assert_true (last - first <= 1000000 && last - first > 900000);
  assert_true (llabs (last - (to - 1000000)) <= 10000);
  act (&stage, "plot.show-all", NULL);
  assert_true (span (&stage) < 60000000);

  /* What is pointed at stays where it is. */
  plot_view_set_time (view, to - 60000000, to);
  act (&stage, "plot.following", NULL);
  plot_view_set_cursor (view, to - 40000000);
  act (&stage, "plot.zoom", g_variant_new_double (4));
  assert_false (plot_view_get_following (view));
  plot_view_get_time (view, &first, &last);
  assert_true (first < to - 40000000 && last > to - 40000000);
  end (&stage);
}

static void
ranges_of_values_are_set_and_given_back (void **state)
{
  struct window_fixture *f = *state;
  double loss = 10;
  struct stage stage;
  PlotView *view;
  double minimum, maximum;

  window_fixture_value (f, "loss", 'd', &loss, NULL);
  stage = begin (f);
  view = plot_page_get_view (stage.page);
  wait_until (newest (plot (&stage, "loss")) == 10);
  wait_for_view (&stage);
  assert_true (plot_view_get_range (view, &minimum, &maximum));
  assert_true (minimum < 10 && maximum > 10);
  assert_true (plot_view_set_range (view, -5, 95));
  assert_false (plot_view_set_range (view, 5, 5));
  act (&stage, "plot.zoom-values", g_variant_new_double (2));
  plot_view_get_range (view, &minimum, &maximum);
  assert_true (minimum == 20 && maximum == 70);
  act (&stage, "plot.automatic", NULL);
  plot_view_get_range (view, &minimum, &maximum);
  assert_true (minimum < 10 && maximum > 10 && maximum < 20);

  act (&stage, "plot.logarithmic", NULL);
  plot_view_get_range (view, &minimum, &maximum);
  assert_true (minimum > 0 && minimum < 10 && maximum > 10);
  assert_false (plot_view_set_range (view, -1, 10));
  end (&stage);
}

static PlotRow *
row_of (struct stage *stage)
{
  return PLOT_ROW (find_widget (stage->page, PLOT_TYPE_ROW));
}

static void
the_cursor_tells_what_was (void **state)
{
  struct window_fixture *f = *state;
  double loss = 1.5;
  struct shmlens_entry *entry = window_fixture_value (f, "loss", 'd', &loss, NULL);
  struct stage stage = begin (f);
  PlotView *view = plot_page_get_view (stage.page);
  PlotSeries *series = plot (&stage, "loss");
  g_autofree char *said = NULL;
  gint64 then;

  wait_until (newest (series) == 1.5);
  then = plot_series_get_now (series);
  wait_for_view (&stage);
  /* Not in the same column of the plot. */
  wait_until (plot_series_get_now (series) > then + G_USEC_PER_SEC / 2);
  loss = 9.5;
  assert_int_equal (shmlens_entry_store (entry, 0, &loss), 0);
  wait_until (newest (series) == 9.5);
  plot_view_set_cursor (view, then);
  assert_true (shows (row_of (&stage), "1.5"));
  act (&stage, "plot.move-cursor", g_variant_new_double (0));
  said = gtk_test_accessible_check_property (GTK_ACCESSIBLE (view),
                                             GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "", NULL);
  assert_non_null (said);
  assert_non_null (strstr (said, "1 series from "));
  assert_non_null (strstr (said, "loss: 1.5, between 1.5 and 9.5"));
  act (&stage, "plot.cursor-off", NULL);
  assert_true (plot_view_get_cursor (view) == PLOT_NO_TIME);
  assert_true (shows (row_of (&stage), "9.5"));
  /* By keys it begins now. */
  act (&stage, "plot.move-cursor", g_variant_new_double (-1));
  assert_true (plot_view_get_cursor (view) > then - 1000000);
  end (&stage);
}

static void
a_pause_is_a_gap (void **state)
{
  struct window_fixture *f = *state;
  double loss = 4;
  struct stage stage;
  PlotSeries *series;
  gint64 paused_at;

  window_fixture_value (f, "loss", 'd', &loss, NULL);
  stage = begin (f);
  series = plot (&stage, "loss");
  wait_until (newest (series) == 4);
  g_object_set (f->session, "paused", TRUE, NULL);
  assert_true (isnan (newest (series)));
  paused_at = plot_series_get_now (series);
  run_main_loop_for (150);
  assert_true (plot_series_get_now (series) == paused_at);
  g_object_set (f->session, "paused", FALSE, NULL);
  wait_until (newest (series) == 4);
  assert_true (isnan (series_at (plot_series_get_series (series), paused_at + 2)));
  end (&stage);
}

static void
removed_it_is_no_longer_sampled (void **state)
{
  struct window_fixture *f = *state;
  double loss = 1;
  struct shmlens_entry *entry = window_fixture_value (f, "loss", 'd', &loss, NULL);
  struct stage stage = begin (f);
  g_autoptr (PlotSeries) series = g_object_ref (plot (&stage, "loss"));

  wait_until (newest (series) == 1);
  g_signal_emit_by_name (child_of (row_of (&stage), "remove"), "clicked");
  assert_int_equal (plot_list_length (plot_page_get_plots (stage.page)), 0);
  loss = 2;
  assert_int_equal (shmlens_entry_store (entry, 0, &loss), 0);
  run_main_loop_for (250);
  assert_true (newest (series) == 1);
  end (&stage);
}

static void
a_hidden_line_is_still_sampled (void **state)
{
  struct window_fixture *f = *state;
  double loss = 1;
  struct shmlens_entry *entry = window_fixture_value (f, "loss", 'd', &loss, NULL);
  struct stage stage = begin (f);
  PlotSeries *series = plot (&stage, "loss");

  wait_until (newest (series) == 1);
  gtk_check_button_set_active (child_of (row_of (&stage), "check"), FALSE);
  assert_false (plot_series_get_visible (series));
  loss = 2;
  assert_int_equal (shmlens_entry_store (entry, 0, &loss), 0);
  wait_until (newest (series) == 2);
  end (&stage);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(int *) user_data = plot_export_values_finish (result, NULL) ? 1 : -1;
}

static void
plots_become_files (void **state)
{
  struct window_fixture *f = *state;
  gint64 exact = 9007199254740991, too_long = 9007199254740993;
  g_autofree char *directory = g_dir_make_tmp ("plot-XXXXXX", NULL);
  static const char *const names[] = { "plot.csv", "plot.svg", "plot.png" };
  g_autofree char *csv = NULL;
  g_autofree char *svg = NULL;
  g_autofree char *png = NULL;
  gsize length;
  struct stage stage;
  int written = 0;

  window_fixture_value (f, "exact", 'q', &exact, NULL);
  window_fixture_value (f, "a,b", 'q', &too_long, NULL);
  stage = begin (f);
  wait_until (newest (plot (&stage, "exact")) == 9007199254740991.0);
  wait_until (newest (plot (&stage, "'a,b'")) > 0);
  wait_for_view (&stage);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (directory, names[i], NULL);
      g_autoptr (GFile) file = g_file_new_for_path (path);

      if (i == 0)
        {
          plot_export_values (plot_page_get_plots (stage.page), file, on_written, &written);
          wait_until (written != 0);
          assert_int_equal (written, 1);
          assert_true (g_file_get_contents (path, &csv, NULL, NULL));
        }
      else
        {
          assert_true (plot_export_picture (plot_page_get_view (stage.page), file, NULL));
          assert_true (g_file_get_contents (path, i == 1 ? &svg : &png, &length, NULL));
        }
      g_file_delete (file, NULL, NULL);
    }
  g_rmdir (directory);
  assert_true (g_str_has_prefix (csv, "time,exact,\"a,b (rounded beyond 2^53)\"\n"));
  assert_non_null (strstr (csv, ",9007199254740991,9007199254740992\n"));
  assert_non_null (strstr (svg, "<svg"));
  assert_memory_equal (png, "\x89PNG", 4);
  assert_true (length > 1000);
  end (&stage);
}

/* A program that ends and begins again is the same to who looks at it for hours. */
static void
a_segment_that_comes_back_goes_on (void **state)
{
  struct window_fixture *f = *state;
  double loss = 1;
  struct shmlens_segment *old = f->segment;
  struct stage stage;
  PlotSeries *series;

  window_fixture_value (f, "loss", 'd', &loss, NULL);
  stage = begin (f);
  series = plot (&stage, "loss");
  wait_until (newest (series) == 1);
  assert_int_equal (shmlens_segment_unlink (f->name), 0);
  shmlens_segment_detach (old);
  assert_int_equal (shmlens_segment_create (f->name, NULL, &f->segment), 0);
  loss = 7;
  window_fixture_value (f, "loss", 'd', &loss, NULL);
  g_object_unref (stage.list);
  stage.list = open_list (f);
  plot_page_set_list (stage.page, stage.list);
  wait_until (newest (series) == 7);
  assert_true (series_length (plot_series_get_series (series)) >= 2);
  end (&stage);
}

/* The legend beside the plot, in a window of this width. */
static int
legend_width (struct stage *stage, GtkPaned *paned, int width)
{
  GtkWidget *legend = gtk_paned_get_end_child (paned);

  gtk_window_set_default_size (GTK_WINDOW (stage->window), width, 400);
  wait_until (gtk_widget_get_width (stage->window) == width);
  run_main_loop_for (50);
  return gtk_widget_get_width (legend);
}

static void
the_legend_is_as_wide_as_people_chose_where_there_is_room (void **state)
{
  struct window_fixture *f = *state;
  struct stage stage;
  GtkPaned *paned;
  int wide, least;

  window_fixture_value (f, "loss", 'd', NULL, NULL);
  stage = begin (f);
  plot (&stage, "loss");
  wait_for_view (&stage);
  paned = GTK_PANED (find_widget (stage.page, GTK_TYPE_PANED));
  gtk_widget_measure (stage.window, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  wide = legend_width (&stage, paned, 900);
  assert_true (legend_width (&stage, paned, least) < wide);
  assert_int_equal (legend_width (&stage, paned, 900), wide);

  /* As dragging it does. */
  gtk_paned_set_position (paned, gtk_paned_get_position (paned) - 100);
  assert_int_equal (legend_width (&stage, paned, 900), wide + 100);
  assert_true (legend_width (&stage, paned, least) < wide);
  assert_int_equal (legend_width (&stage, paned, 900), wide + 100);
  end (&stage);
}

/* From the table into the dock: by the action that its menu and Ctrl+Shift+P call. */
static void
the_window_plots_what_is_selected (void **state)
{
  struct window_fixture *f = *state;
  double loss = 5;
  struct shmlens_entry *entry;
  GtkWidget *page, *grid;

  window_fixture_value (f, "loss", 'd', &loss, NULL);
  assert_int_equal (shmlens_array_create (f->segment, "counts", 'i', 1, (uint64_t[]) { 100 }, NULL,
                                          NULL, &entry),
                    0);
  window_fixture_show (f);
  window_fixture_item (f, "loss");
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.plot", NULL);
  wait_until ((page = find_widget (f->window, PLOT_TYPE_PAGE)) != NULL
              && gtk_widget_get_mapped (page));
  assert_int_equal (plot_list_length (plot_page_get_plots (PLOT_PAGE (page))), 1);
  wait_until (newest (plot_list_get (plot_page_get_plots (PLOT_PAGE (page)), 0)) == 5);

  /* Of an array it asks which element. */
  window_fixture_item (f, "counts");
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.plot", NULL);
  assert_int_equal (plot_list_length (plot_page_get_plots (PLOT_PAGE (page))), 1);
  wait_until (gtk_widget_get_mapped (child_of (page, "add_popover")));
  assert_string_equal (gtk_editable_get_text (child_of (page, "add_entry")), "counts[0]");
  g_signal_emit_by_name (child_of (page, "add_entry"), "activate");
  assert_int_equal (plot_list_length (plot_page_get_plots (PLOT_PAGE (page))), 2);

  /* Of a cell of an array, that one. */
  dock_show_page (child_of (f->window, "dock"), "details");
  wait_until ((grid = find_widget (f->window, ARRAY_TYPE_GRID)) != NULL
              && gtk_widget_get_mapped (grid));
  array_grid_go_to (ARRAY_GRID (grid), 42, -1);
  gtk_widget_grab_focus (grid);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.plot", NULL);
  assert_int_equal (plot_list_length (plot_page_get_plots (PLOT_PAGE (page))), 3);
  assert_string_equal (
    plot_series_get_name (plot_list_get (plot_page_get_plots (PLOT_PAGE (page)), 2)), "counts[42]");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (a_value_is_plotted_whether_or_not_its_row_is_seen),
    window_test (elements_are_plotted_and_what_is_no_number_is_refused),
    window_test (the_time_is_zoomed_moved_and_followed),
    window_test (ranges_of_values_are_set_and_given_back),
    window_test (the_cursor_tells_what_was),
    window_test (a_pause_is_a_gap),
    window_test (removed_it_is_no_longer_sampled),
    window_test (a_hidden_line_is_still_sampled),
    window_test (plots_become_files),
    window_test (a_segment_that_comes_back_goes_on),
    window_test (the_legend_is_as_wide_as_people_chose_where_there_is_room),
    window_test (the_window_plots_what_is_selected),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
