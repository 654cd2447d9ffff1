/* window-fixture.c - a window on a segment of the test's own. */
#include "window-fixture.h"

#include <glob.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dock.h"
#include "edit-popover.h"
#include "entry-table.h"
#include "row-name.h"
#include "segment-row.h"
#include "style.h"

#define NOBODY 65534

static struct window_fixture fixture;

/* The segment, and what tests made whose names begin with its name. */
static void
remove_segments (void)
{
  g_autofree char *pattern = g_strdup_printf ("/dev/shm%s*", fixture.name);
  glob_t found;

  if (glob (pattern, 0, NULL, &found) == 0)
    for (size_t i = 0; i < found.gl_pathc; i++)
      unlink (found.gl_pathv[i]);
  globfree (&found);
}

/* A warning ends the process here; nothing shall stay. */
static void
remove_and_end (int number)
{
  if (fixture.name != NULL)
    remove_segments ();
  signal (number, SIG_DFL);
  raise (number);
}

/* GTK 4.8 asks a surface that is gone what is under the pointer, when a window is closed while a tip is due
 * in it: half a second after the pointer came to lie over it. */
static gboolean
is_fatal (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  return !g_str_has_suffix (message, ": assertion 'GDK_IS_SURFACE (surface)' failed")
         || !(g_str_has_prefix (message, "gdk_surface_get_device_position:")
              || g_str_has_prefix (message, "_gtk_widget_find_at_coords:"));
}

gboolean
window_fixture_start (void)
{
  if (!gtk_init_check ())
    return FALSE;
  style_load ();
  signal (SIGTRAP, remove_and_end);
  g_test_log_set_fatal_handler (is_fatal, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  return TRUE;
}

int
window_fixture_begin (void **state)
{
  static unsigned count;

  fixture = (struct window_fixture) {
    .name = g_strdup_printf ("/gui-test-%d-%u", (int) getpid (), count++),
  };
  fixture.raw_name = g_strconcat (fixture.name, "-raw", NULL);
  assert_int_equal (shmlens_segment_create (fixture.name, NULL, &fixture.segment), 0);
  fixture.session = session_new (NULL);
  *state = &fixture;
  return 0;
}

struct shmlens_entry *
window_fixture_value (struct window_fixture *self, const char *name, char code,
                      const void *initial, const struct shmlens_entry_attr *attr)
{
  struct shmlens_entry *entry = NULL;

  assert_int_equal (shmlens_value_create (self->segment, name, code, initial, attr, &entry), 0);
  return entry;
}

/* Rows come in a few with each frame. */
static gboolean
has_all_rows (struct window_fixture *self)
{
  GtkWidget *table = child_of (self->window, "table");
  GtkColumnView *view = child_of (table, "view");

  return g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (view)))
         == entry_table_get_n_visible (ENTRY_TABLE (table));
}

static gboolean
is_open (struct window_fixture *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (child_of (self->window, "stack")), "segment")
           == 0
         && gtk_widget_get_mapped (child_of (self->window, "table_stack")) && has_all_rows (self);
}

void
window_fixture_show_entry (struct window_fixture *self, const char *entry)
{
  self->window = shmlens_window_new (NULL, self->session, NULL);
  shmlens_window_open (self->window, self->name, entry);
  gtk_window_present (GTK_WINDOW (self->window));
  wait_until (is_open (self));
}

void
window_fixture_show (struct window_fixture *self)
{
  window_fixture_show_entry (self, NULL);
}

void
window_fixture_end_by (struct window_fixture *self, void (*end) (GtkWindow *))
{
  static gpointer window;

  window = self->window;
  self->window = NULL;
  g_object_add_weak_pointer (window, &window);
  end (window);
  wait_until (window == NULL);
}

void
window_fixture_close (struct window_fixture *self)
{
  window_fixture_end_by (self, gtk_window_destroy);
}

gboolean
window_fixture_says (struct window_fixture *self, const char *part)
{
  const char *said = message_bar_get_text (shmlens_window_get_message_bar (self->window));

  return said != NULL && strstr (said, part) != NULL;
}

gboolean
window_fixture_become_ordinary (void)
{
  return geteuid () != 0 || seteuid (NOBODY) == 0;
}

void
window_fixture_chmod (const char *name, mode_t mode)
{
  g_autofree char *path = g_strconcat ("/dev/shm", name, NULL);
  int status = -1;
  pid_t pid = fork ();

  /* Another process: the threads of this one stay what they are. */
  if (pid == 0)
    _exit (seteuid (getuid ()) < 0 || chmod (path, mode) < 0);
  assert_true (pid > 0 && waitpid (pid, &status, 0) == pid);
  assert_int_equal (status, 0);
}

int
window_fixture_end (void **state)
{
  static gpointer session;

  assert_int_equal (seteuid (getuid ()), 0);
  remove_segments ();
  g_clear_pointer (&fixture.name, g_free);
  g_clear_pointer (&fixture.raw_name, g_free);
  shmlens_segment_detach (fixture.segment);
  if (fixture.window != NULL)
    window_fixture_close (&fixture);
  session = fixture.session;
  g_object_add_weak_pointer (session, &session);
  g_object_unref (session);
  wait_until (session == NULL);
  return 0;
}

static gboolean
on_moment (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

void
run_main_loop_once (void)
{
  gboolean over = FALSE;
  guint source = g_timeout_add (20, on_moment, &over);

  g_main_context_iteration (NULL, TRUE);
  if (!over)
    g_source_remove (source);
}

void
run_main_loop_for (guint milliseconds)
{
  gboolean over = FALSE;

  g_timeout_add (milliseconds, on_moment, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

GtkWidget *
find_widget (gpointer root, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = gtk_widget_get_visible (child) ? find_widget (child, type) : NULL;

      if (found != NULL)
        return found;
    }
  return NULL;
}

const char *
get_action (GtkWidget *widget, guint index, const GVariantType **ret_parameter)
{
  const char *name, *property;
  GType owner;

  return gtk_widget_class_query_action (GTK_WIDGET_GET_CLASS (widget), index, &owner, &name,
                                        ret_parameter, &property)
           ? name
           : NULL;
}

static gboolean
has_action (GtkWidget *widget, const char *action)
{
  const GVariantType *parameter;
  const char *name;

  for (guint i = 0; (name = get_action (widget, i, &parameter)) != NULL; i++)
    if (g_str_equal (name, action))
      return TRUE;
  return FALSE;
}

GtkWidget *
find_owner (gpointer root, const char *action)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (has_action (root, action))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_owner (child, action);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
has_opened (gpointer widget, const char *action)
{
  GtkWidget *popover = find_widget (widget, EDIT_TYPE_POPOVER);

  if (popover != NULL && gtk_widget_get_mapped (popover))
    return TRUE;
  gtk_widget_activate_action (widget, action, NULL);
  return FALSE;
}

GtkWidget *
open_edit_popover (gpointer widget, const char *action)
{
  wait_until (has_opened (widget, action));
  return find_widget (widget, EDIT_TYPE_POPOVER);
}

gpointer
find_dialog (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (window, type))
        return window;
    }
  return NULL;
}

gpointer
child_of (gpointer widget, const char *id)
{
  GObject *child = gtk_widget_get_template_child (widget, G_OBJECT_TYPE (widget), id);

  assert_non_null (child);
  return child;
}

static GtkWidget *
find_text (GtkWidget *root, const char *text, gboolean whole)
{
  const char *own = row_name_text_of (root);

  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (own != NULL && (whole ? strcmp (own, text) == 0 : strstr (own, text) != NULL))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_text (child, text, whole);

      if (found != NULL)
        return found;
    }
  return NULL;
}

gboolean
shows (gpointer root, const char *text)
{
  return find_text (root, text, TRUE) != NULL;
}

gboolean
shows_part (gpointer root, const char *text)
{
  return find_text (root, text, FALSE) != NULL;
}

gboolean
shows_scrolled_to (gpointer root, const char *text)
{
  GtkWidget *found = find_text (root, text, TRUE);
  GtkWidget *view = found != NULL ? gtk_widget_get_ancestor (found, GTK_TYPE_SCROLLED_WINDOW)
                                  : NULL;
  graphene_rect_t place;

  return view != NULL && gtk_widget_compute_bounds (found, view, &place) && place.origin.y >= 0
         && place.origin.y + place.size.height <= (float) gtk_widget_get_height (view);
}

gboolean
segment_shows (struct window_fixture *self, const char *name, const char *text)
{
  GtkWidget *found = find_text (child_of (self->window, "sidebar"), name, TRUE);
  GtkWidget *row = found != NULL ? gtk_widget_get_ancestor (found, SEGMENT_TYPE_ROW) : NULL;

  return row != NULL && shows (row, text);
}

pid_t
window_fixture_hold_lock (struct window_fixture *f, const char *name, gboolean die)
{
  int taken[2];
  char byte;
  pid_t pid;

  assert_int_equal (pipe (taken), 0);
  pid = fork ();
  assert_true (pid >= 0);
  if (pid == 0)
    {
      struct shmlens_segment *segment;
      struct shmlens_entry *entry;

      prctl (PR_SET_PDEATHSIG, SIGKILL);
      if (shmlens_segment_attach (f->name, SHMLENS_READ_WRITE, &segment) < 0
          || shmlens_entry_open (segment, name, &entry) < 0
          || shmlens_lock_acquire (shmlens_entry_lock (entry)) < 0
          || write (taken[1], "x", 1) != 1 || die)
        _exit (0);
      for (;;)
        pause ();
    }
  assert_int_equal (read (taken[0], &byte, 1), 1);
  close (taken[0]);
  close (taken[1]);
  if (die)
    waitpid (pid, NULL, 0);
  return pid;
}

void
window_fixture_end_process (pid_t pid)
{
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
}

gpointer
window_fixture_details (struct window_fixture *self)
{
  return dock_get_page (child_of (self->window, "dock"), "details");
}

EntryItem *
window_fixture_item (struct window_fixture *self, const char *name)
{
  EntryTable *table = child_of (self->window, "table");

  wait_until (entry_table_select (table, name));
  return entry_table_get_selected (table);
}
