/* command-table.c - everything that can be done in the window. */
#include "command-table.h"

#include <glib/gi18n.h>

/* clang-format off: a command a line. */
#define NO_ENTRY N_("No entry is selected.")
#define NO_PLOT N_("Nothing is plotted.")
#define NO_SNAPSHOT N_("There is no snapshot.")
#define NO_SEGMENT N_("No segment is open.")

static const Command commands[] = {
  { "entry.edit", N_("Edit the selected value"), { "Return", "F2" }, COMMAND_VALUES, NO_ENTRY },
  { NULL, N_("Apply the edit"), { "Return" }, COMMAND_VALUES },
  { NULL, N_("Give up the edit, or waiting"), { "Escape" }, COMMAND_VALUES },
  { "win.undo", N_("Undo an edit"),
    { "<Control>z" }, COMMAND_VALUES, N_("There is nothing to undo.") },
  { "win.redo", N_("Redo an edit"),
    { "<Control><Shift>z", "<Control>y" }, COMMAND_VALUES, N_("There is nothing to redo.") },
  { "entry.copy-value", N_("Copy the value"), { "<Control>c" }, COMMAND_VALUES, NO_ENTRY },
  { "entry.copy-name", N_("Copy the name"), { "<Control><Shift>c" }, COMMAND_VALUES, NO_ENTRY },
  { "entry.copy-csv", N_("Copy the selected entries as CSV"), { NULL }, COMMAND_VALUES, NO_ENTRY },
  { "entry.copy-c", N_("Copy the selected entries as C"), { NULL }, COMMAND_VALUES, NO_ENTRY },
  { "entry.copy-python", N_("Copy the selected entries as Python"),
    { NULL }, COMMAND_VALUES, NO_ENTRY },
  { "win.hold", N_("Hold the selected entry"), { "<Control>h" }, COMMAND_VALUES, NO_ENTRY },
  { "win.alert", N_("Be told when a condition is met"), { "<Control><Shift>a" }, COMMAND_VALUES },
  { "entry.display", N_("Choose how the value is displayed"),
    { "<Alt>Return" }, COMMAND_VALUES, N_("The value has one form only.") },
  { "entry.reset-statistics", N_("Begin the statistics anew"), { NULL }, COMMAND_VALUES, NO_ENTRY },
  { "entry.columns", N_("Choose the columns of the table"), { NULL }, COMMAND_VALUES },
  { "entry.unsort", N_("Order entries as their segment does"), { NULL }, COMMAND_VALUES },
  { "entry.menu", N_("Menu of the selected row"),
    { "Menu", "<Shift>F10" }, COMMAND_VALUES, NO_ENTRY },
  { "field.edit", N_("Edit the selected field"), { "F2" }, COMMAND_VALUES },
  { "field.display", N_("Choose how the selected field is displayed"),
    { "<Alt>Return" }, COMMAND_VALUES },
  { "field.menu", N_("Menu of the selected field"),
    { "Menu", "<Shift>F10" }, COMMAND_VALUES },
  { "field.pin", N_("Watch the selected field"), { "<Control>d" }, COMMAND_WATCH },

  { "win.goto", N_("Go to an element of an array"), { "<Control>g" }, COMMAND_ARRAY },
  { "array.edit", N_("Edit the selected elements"), { "Return", "F2" }, COMMAND_ARRAY },
  { "array.display", N_("Choose how the elements are displayed"),
    { "<Alt>Return" }, COMMAND_ARRAY },
  { NULL, N_("Select elements of an array"),
    { "<Shift>Right", "<Shift>Down" }, COMMAND_ARRAY },
  { "array.copy-table", N_("Copy elements for a spreadsheet"),
    { "<Control>c" }, COMMAND_ARRAY },
  { "array.copy-csv", N_("Copy elements as CSV"), { NULL }, COMMAND_ARRAY },
  { "array.copy-c", N_("Copy elements as a C literal"), { NULL }, COMMAND_ARRAY },
  { "array.copy-python", N_("Copy elements as a Python literal"), { NULL }, COMMAND_ARRAY },
  { "array.paste", N_("Paste elements"), { "<Control>v" }, COMMAND_ARRAY },
  { "array.find", N_("Find elements of an array"), { "<Control><Alt>f" }, COMMAND_ARRAY },
  { "array.find-next", N_("Find the next element"), { "F3" }, COMMAND_ARRAY },
  { "array.find-previous", N_("Find the previous element"), { "<Shift>F3" }, COMMAND_ARRAY },

  { "win.plot", N_("Plot the selected entry"),
    { "<Control><Shift>p" }, COMMAND_PLOT, N_("No entry is selected that can be plotted.") },
  { "plot.add", N_("Add to the plot"), { NULL }, COMMAND_PLOT },
  { "plot.zoom(1.5)", N_("Less time"), { "plus" }, COMMAND_PLOT },
  { "plot.zoom(0.6666666666666666)", N_("More time"), { "minus" }, COMMAND_PLOT },
  { NULL, N_("Move in time"), { "Left", "Right" }, COMMAND_PLOT },
  { "plot.show-all", N_("All there is"), { "Home" }, COMMAND_PLOT, NO_PLOT },
  { "plot.following", N_("Follow now, or stand still"), { "space" }, COMMAND_PLOT },
  { NULL, N_("Move the cursor"), { "<Shift>Left", "<Shift>Right" }, COMMAND_PLOT },
  { "plot.cursor-off", N_("Take the cursor off"), { "Escape" }, COMMAND_PLOT },
  { NULL, N_("Zoom the values"), { "<Control>plus", "<Control>minus" }, COMMAND_PLOT },
  { NULL, N_("Move the values"), { "Up", "Down" }, COMMAND_PLOT },
  { "plot.automatic", N_("Range by what is in sight"), { "0" }, COMMAND_PLOT, NO_PLOT },
  { "plot.range", N_("Set the range of values"), { NULL }, COMMAND_PLOT, NO_PLOT },
  { "plot.logarithmic", N_("Logarithmic scale, or linear"), { NULL }, COMMAND_PLOT },
  { "plot.save-picture", N_("Save a picture of the plot"), { NULL }, COMMAND_PLOT, NO_PLOT },
  { "plot.save-values", N_("Save the plotted values"), { NULL }, COMMAND_PLOT, NO_PLOT },
  { "plot.remove", N_("Remove the selected series"), { "Delete" }, COMMAND_PLOT, NO_PLOT },
  { "plot.remove-all", N_("Remove all series"), { NULL }, COMMAND_PLOT, NO_PLOT },

  { "win.take-snapshot", N_("Take a snapshot of the segment"),
    { "<Control><Shift>s" }, COMMAND_SNAPSHOTS, NO_SEGMENT },
  { "snapshot.restore-all", N_("Restore all of the snapshot"),
    { NULL }, COMMAND_SNAPSHOTS, NO_SNAPSHOT },
  { "snapshot.restore-selected", N_("Restore what is selected of the snapshot"),
    { NULL }, COMMAND_SNAPSHOTS, NO_SNAPSHOT },
  { "snapshot.rename", N_("Rename the snapshot"), { NULL }, COMMAND_SNAPSHOTS, NO_SNAPSHOT },
  { "snapshot.save", N_("Save the snapshot to a file"), { NULL }, COMMAND_SNAPSHOTS, NO_SNAPSHOT },
  { "snapshot.open", N_("Open a snapshot from a file"), { NULL }, COMMAND_SNAPSHOTS },
  { "snapshot.delete", N_("Delete the snapshot"), { NULL }, COMMAND_SNAPSHOTS, NO_SNAPSHOT },

  { "win.watch-list", N_("Show the watch list, or the segment"),
    { "<Control>l" }, COMMAND_WATCH },
  { "entry.pin", N_("Watch the selected entry, element or field"),
    { "<Control>d" }, COMMAND_WATCH, NO_ENTRY },
  { "win.pin-part", N_("Watch part of the selected entry"),
    { "<Control><Shift>d" }, COMMAND_WATCH, NO_ENTRY },
  { "watch.edit", N_("Edit the watched value"), { "Return", "F2" }, COMMAND_WATCH_LIST },
  { "watch.show", N_("Show it in its segment"), { "<Control>Return" }, COMMAND_WATCH_LIST },
  { "watch.up", N_("Move up in the watch list"), { "<Alt>Up" }, COMMAND_WATCH_LIST },
  { "watch.down", N_("Move down in the watch list"), { "<Alt>Down" }, COMMAND_WATCH_LIST },
  { "watch.note", N_("Write a note in the watch list"), { "<Control>n" }, COMMAND_WATCH_LIST },
  { "watch.heading", N_("Add a heading to the watch list"), { "<Control>h" }, COMMAND_WATCH_LIST },
  { "watch.copy-value", N_("Copy the watched value"), { "<Control>c" }, COMMAND_WATCH_LIST },
  { "watch.copy-name", N_("Copy the watched name"), { "<Control><Shift>c" }, COMMAND_WATCH_LIST },
  { "watch.remove", N_("Remove from the watch list"), { "Delete" }, COMMAND_WATCH_LIST },
  { "watch.menu", N_("Menu of the selected row in the watch list"),
    { "Menu", "<Shift>F10" }, COMMAND_WATCH },

  { "win.record", N_("Record this segment, and end it"),
    { "<Control><Shift>r" }, COMMAND_SEGMENT, NO_SEGMENT },
  { "win.open-recording", N_("Open a recording"), { "<Control>o" }, COMMAND_SEGMENT },
  { "win.look-again", N_("Look again at the segment or program"),
    { "F5", "<Control>r" }, COMMAND_SEGMENT },
  { "win.set-type", N_("Set the type of raw memory"),
    { "<Control>t" }, COMMAND_SEGMENT, N_("What is in this segment is known already.") },
  { "win.copy-segment-name", N_("Copy the name of the segment"), { NULL }, COMMAND_SEGMENT },
  { "sidebar.menu", N_("Menu of the selected segment"),
    { "Menu", "<Shift>F10" }, COMMAND_SEGMENT },
  { "sidebar.filter", N_("Filter segments"), { "<Control><Shift>f" }, COMMAND_SEGMENT },

  { "win.commands", N_("Search for a command, a segment or an entry"),
    { "<Control>k" }, COMMAND_WINDOW },
  { "win.filter", N_("Filter entries"), { "<Control>f" }, COMMAND_WINDOW },
  { "win.pause", N_("Pause"), { "<Control>p" }, COMMAND_WINDOW },
  { "win.rate(1.0)", N_("Read values once a second"), { NULL }, COMMAND_WINDOW },
  { "win.rate(10.0)", N_("Read values 10 times a second"), { NULL }, COMMAND_WINDOW },
  { "win.rate(60.0)", N_("Read values 60 times a second"), { NULL }, COMMAND_WINDOW },
  { "win.mark-changes", N_("Mark changes, or do not"), { NULL }, COMMAND_WINDOW },
  { "win.dock-page::details", N_("Show the details"), { "<Alt>1" }, COMMAND_VIEW },
  { "win.dock-page::plot", N_("Show the plot"), { "<Alt>2" }, COMMAND_VIEW },
  { "win.dock-page::locks", N_("Show the locks"), { "<Alt>3" }, COMMAND_VIEW },
  { "win.dock-page::snapshots", N_("Show the snapshots"), { "<Alt>4" }, COMMAND_VIEW },
  { "win.dock-page::alerts", N_("Show the alerts"), { "<Alt>5" }, COMMAND_VIEW },
  { "win.sidebar", N_("Show or hide the segments"), { "F9" }, COMMAND_VIEW },
  { "app.demo", N_("Start the demo"), { NULL }, COMMAND_WINDOW },
  { NULL, N_("Main menu"), { "F10" }, COMMAND_WINDOW },
  { "win.preferences", N_("Preferences"), { "<Control>comma" }, COMMAND_WINDOW },
  { "win.show-help-overlay", N_("Keyboard shortcuts"),
    { "<Control>question", "F1" }, COMMAND_WINDOW },
  { "app.about", N_("About shmlens"), { NULL }, COMMAND_WINDOW },
  { "window.close", N_("Close the window"), { "<Control>w" }, COMMAND_WINDOW },
  { "app.quit", N_("Quit"), { "<Control>q" }, COMMAND_WINDOW },
};
/* clang-format on */

const Command *
command_table (guint *ret_n)
{
  *ret_n = G_N_ELEMENTS (commands);
  return commands;
}

const char *
command_title (const Command *command)
{
  return _(command->title);
}

const char *
command_group_title (enum command_group group)
{
  static const char *const titles[N_COMMAND_GROUPS] = {
    [COMMAND_VALUES] = N_("Values"),       [COMMAND_ARRAY] = N_("Array"),
    [COMMAND_PLOT] = N_("Plot"),           [COMMAND_SNAPSHOTS] = N_("Snapshots"),
    [COMMAND_WATCH] = N_("Watching"),      [COMMAND_WATCH_LIST] = N_("Watch list"),
    [COMMAND_SEGMENT] = N_("Segment"),     [COMMAND_VIEW] = N_("View"),
    [COMMAND_WINDOW] = N_("Window"),
  };

  return _(titles[group]);
}

gboolean
command_is_global (const Command *command)
{
  return command->action != NULL && command->keys[0] != NULL
         && (g_str_has_prefix (command->action, "app.")
             || g_str_has_prefix (command->action, "win.")
             || g_str_has_prefix (command->action, "window."));
}

const char *
command_why_not_shown (const char *action)
{
  static const struct
  {
    const char *prefix, *reason;
  } reasons[] = {
    { "entry.", N_("No entries are on the screen.") },
    { "field.", N_("No structure is shown in the details.") },
    { "array.", N_("No array is shown in the details.") },
    { "plot.", N_("The plot is not shown.") },
    { "snapshot.", N_("The snapshots are not shown.") },
    { "watch.", N_("The watch list is not shown.") },
    { "sidebar.", N_("The segments are not shown.") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_str_has_prefix (action, reasons[i].prefix))
      return _(reasons[i].reason);
  return _("It is not on the screen.");
}
