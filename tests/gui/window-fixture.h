/* window-fixture.h - a window on a segment of the test's own, and looking at what it
 * shows. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/types.h>

#include <gtk/gtk.h>

#include "entry-item.h"
#include "shmlens.h"
#include "window.h"

struct window_fixture
{
  char *name;                       /* "/gui-test-PID-N" */
  char *raw_name;                   /* of an object that a test may make; removed too, as is
                                       every object whose name begins with this */
  struct shmlens_segment *segment;
  Session *session;
  ShmlensWindow *window;
};

/* Once, before all tests. FALSE: there is no screen. From now on a warning of the toolkit
 * ends the test. */
gboolean window_fixture_start (void);

/* A test whose *state is a fixture with a segment without entries, and a session.
 * Afterwards the segment is gone, and the window and the session have been freed. */
#define window_test(name) \
  cmocka_unit_test_setup_teardown (name, window_fixture_begin, window_fixture_end)
int window_fixture_begin (void **state);
int window_fixture_end (void **state);

/* Opens the window on it, and waits until it shows its entries. */
void window_fixture_show (struct window_fixture *self);
/* As `shmlens SEGMENT ENTRY` does. */
void window_fixture_show_entry (struct window_fixture *self, const char *entry);

/* Closes the window, and waits until it is freed; or ends it in this way. */
void window_fixture_close (struct window_fixture *self);
void window_fixture_end_by (struct window_fixture *self, void (*end) (GtkWindow *));
/* Whether this is a part of what the message bar says. */
gboolean window_fixture_says (struct window_fixture *self, const char *part);

struct shmlens_entry *window_fixture_value (struct window_fixture *self, const char *name,
                                            char code, const void *initial,
                                            const struct shmlens_entry_attr *attr);

/* From now to the end of the test this process is of a user whom modes mean something, also
 * when root runs it; FALSE when it cannot be. */
gboolean window_fixture_become_ordinary (void);
/* chmod of an object by its owner. */
void window_fixture_chmod (const char *name, mode_t mode);

/* Runs the main loop until the condition holds; fails after three minutes, which a busy machine
 * may need. */
#define wait_until(condition)                                                              \
  do                                                                                       \
    {                                                                                      \
      gint64 wait_end = g_get_monotonic_time () + 180 * G_USEC_PER_SEC;                    \
      while (!(condition))                                                                 \
        {                                                                                  \
          if (g_get_monotonic_time () > wait_end)                                          \
            fail_msg ("it did not happen in three minutes: %s", #condition);               \
          run_main_loop_once ();                                                           \
        }                                                                                  \
    }                                                                                      \
  while (0)
/* Until something happens, or a moment. */
void run_main_loop_once (void);
/* Whatever is to be done, and so many milliseconds. */
void run_main_loop_for (guint milliseconds);

/* The first widget of the type below this one that is visible; NULL. */
GtkWidget *find_widget (gpointer root, GType type);
/* The action of this number that the widget's class has, by its name, and what is given to it;
 * NULL: it has not so many. */
const char *get_action (GtkWidget *widget, guint index, const GVariantType **ret_parameter);
/* The first widget on the screen below this one whose class has this action; NULL. */
GtkWidget *find_owner (gpointer root, const char *action);
/* Asks the widget for this action until it has opened its popover for editing: nothing is edited
 * while a value is being read anew. */
GtkWidget *open_edit_popover (gpointer widget, const char *action);
/* A window of this type that is open; NULL. */
gpointer find_dialog (GType type);
/* A child that is named in the .ui file of the widget's type. */
gpointer child_of (gpointer widget, const char *id);
/* Whether this text stands somewhere on the screen, as a whole. */
gboolean shows (gpointer root, const char *text);
/* Whether this text stands in the segment's row in the sidebar. */
gboolean segment_shows (struct window_fixture *self, const char *name, const char *text);
/* Whether something on the screen contains this text. */
gboolean shows_part (gpointer root, const char *text);
/* Whether this text stands in a place that is scrolled to so that all of it is seen. */
gboolean shows_scrolled_to (gpointer root, const char *text);

/* A process that has taken the entry's lock, and keeps it until window_fixture_end_process(), or
 * has died with it. */
pid_t window_fixture_hold_lock (struct window_fixture *self, const char *entry, gboolean die);
void window_fixture_end_process (pid_t pid);

/* The page of the selected entry. */
gpointer window_fixture_details (struct window_fixture *self);
EntryItem *window_fixture_item (struct window_fixture *self, const char *name);
