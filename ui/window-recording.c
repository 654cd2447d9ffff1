/* window-recording.c - recordings: opening one, and recording the segment that is open. */
#include "window-private.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <inttypes.h>

#include "attachment-recording.h"
#include "record-dialog.h"
#include "recorder.h"
#include "tooltip.h"

/* What the window records; it goes on when another segment is opened. */
struct window_recording
{
  Recorder *recorder;      /* NULL: nothing is recorded */
  Attachment *attachment;  /* what is, or was last, recorded; NULL: nothing yet */
  char *path;              /* into this file */
  char *before;            /* where the file that it replaces is until it begins; NULL: none */
  char *when, *until;      /* as asked for; NULL: at once, by hand */
  guint timer;             /* shows for how long */
  GPtrArray *endings;      /* of struct ending: what is still written; owned by who writes it */
};

/* A recording that was ended, but is not yet all in its file. */
struct ending
{
  ShmlensWindow *window;   /* NULL: it is gone */
  GApplication *application;
  char *path;
  gboolean is_given_up;    /* before it began */
  char *before;            /* what was to be replaced by it; NULL: nothing */
};

/* What button and tip say. Newly allocated. */
static char *
describe (struct window_recording *recording, char **ret_label)
{
  int seconds = recorder_get_seconds (recording->recorder);

  if (recorder_get_state (recording->recorder) == RECORDER_WAITING)
    {
      /* Translators: a recording waits to begin. */
      *ret_label = g_strdup (_("waiting…"));
      return g_strdup_printf (_("Waiting for %s to record into %s; press to give it up"),
                              recording->when, recording->path);
    }
  *ret_label = g_strdup_printf ("%d:%02d", seconds / 60, seconds % 60);
  return recording->until != NULL
           ? g_strdup_printf (_("Recording into %s until %s; press to end it now"),
                              recording->path, recording->until)
           : g_strdup_printf (_("Recording into %s; press to end it"), recording->path);
}

static void
show_state (ShmlensWindow *self)
{
  struct window_recording *recording = self->recording;
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "record");
  gboolean is_on = recording->recorder != NULL, is_ending = recording->endings->len > 0;
  g_autofree char *label = NULL;
  g_autofree char *tip = is_on ? describe (recording, &label)
                               : g_strdup (_("Record this segment (Ctrl+Shift+R)"));

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (is_on));
  /* Translators: a recording, which is brought to the disk. */
  gtk_label_set_text (self->record_label, is_on ? label : _("writing…"));
  gtk_widget_set_visible (GTK_WIDGET (self->record_label), is_on || is_ending);
  tooltip_set_text (self->record_button, tip);
  if (is_on)
    gtk_widget_add_css_class (self->record_button, "destructive-action");
  else
    gtk_widget_remove_css_class (self->record_button, "destructive-action");
}

static void
say_outcome (ShmlensWindow *self, const char *path, const struct recording_statistics *statistics,
             const GError *error)
{
  g_autofree char *said = NULL;

  if (error != NULL)
    {
      message_bar_say (self->message_bar, MESSAGE_ERROR, error->message);
      return;
    }
  said = g_strdup_printf (_("Recorded %" PRIu64 " samples into %s; %" PRIu64
                            " were lost, and %" PRIu64 " ticks missed"),
                          statistics->samples, path, statistics->lost, statistics->missed_ticks);
  message_bar_say (self->message_bar, MESSAGE_NOTICE, said);
}

/* What never began leaves nothing behind, and what it was to replace where it was. */
static void
put_back (const struct ending *ending)
{
  if (ending->before != NULL)
    g_rename (ending->before, ending->path);
  else
    g_unlink (ending->path);
}

static void
on_ended (const struct recording_statistics *statistics, const GError *error, gpointer user_data)
{
  struct ending *ending = user_data;
  gboolean is_given_up = ending->is_given_up && error == NULL && statistics->samples == 0;

  if (is_given_up)
    put_back (ending);
  else if (ending->before != NULL)
    g_unlink (ending->before);
  if (ending->window != NULL)
    {
      g_ptr_array_remove (ending->window->recording->endings, ending);
      if (is_given_up)
        message_bar_say (ending->window->message_bar, MESSAGE_NOTICE,
                         _("Given up before it began; nothing was recorded."));
      else
        say_outcome (ending->window, ending->path, statistics, error);
      show_state (ending->window);
    }
  if (ending->application != NULL)
    {
      g_application_release (ending->application);
      g_object_unref (ending->application);
    }
  g_free (ending->path);
  g_free (ending->before);
  g_free (ending);
}

/* What waits is written on another thread; the program stays until it is, also without a window. */
static void
stop (ShmlensWindow *self)
{
  struct window_recording *recording = self->recording;
  struct ending *ending = g_new0 (struct ending, 1);

  g_clear_handle_id (&recording->timer, g_source_remove);
  ending->window = self;
  ending->path = g_strdup (recording->path);
  ending->is_given_up = recorder_get_state (recording->recorder) == RECORDER_WAITING;
  ending->before = g_steal_pointer (&recording->before);
  if (ending->is_given_up)
    {
      g_clear_pointer (&recording->attachment, attachment_unref);
      window_update_plot_recorded (self);
    }
  ending->application = g_application_get_default ();
  if (ending->application != NULL)
    {
      g_object_ref (ending->application);
      g_application_hold (ending->application);
    }
  g_ptr_array_add (recording->endings, ending);
  recorder_stop_later (g_steal_pointer (&recording->recorder), on_ended, ending);
}

/* Whether a recording is still written into this file. */
static gboolean
is_written (ShmlensWindow *self, const char *path)
{
  for (guint i = 0; i < self->recording->endings->len; i++)
    if (g_str_equal (((struct ending *) self->recording->endings->pdata[i])->path, path))
      return TRUE;
  return FALSE;
}

static gboolean
on_second (gpointer user_data)
{
  show_state (user_data);
  return G_SOURCE_CONTINUE;
}

/* From now on there is a recording in place of what was there. */
static void
note_begun (struct window_recording *recording)
{
  if (recording->before != NULL)
    g_unlink (recording->before);
  g_clear_pointer (&recording->before, g_free);
}

/* A condition is met, the disk is full, or the file gone. */
static void
on_state (Recorder *recorder, enum recorder_state state, gpointer user_data)
{
  ShmlensWindow *self = user_data;

  if (state == RECORDER_RECORDING)
    {
      g_autofree char *said = g_strdup_printf (_("%s: it is recorded into %s now."),
                                               self->recording->when, self->recording->path);

      note_begun (self->recording);
      message_bar_say (self->message_bar, MESSAGE_NOTICE, said);
    }
  else if (state != RECORDER_WAITING)
    stop (self);
  show_state (self);
}

Attachment *
window_get_recorded (ShmlensWindow *self, const char **ret_path)
{
  *ret_path = self->recording->path;
  return self->recording->attachment;
}

void
window_record_into (ShmlensWindow *self, const char *path)
{
  window_record_between (self, path, NULL, NULL);
}

void
window_record_between (ShmlensWindow *self, const char *path, const char *when, const char *until)
{
  struct window_recording *recording = self->recording;
  struct recorder_options options = { .when = when, .until = until };
  g_autoptr (GError) error = NULL;

  if (self->entries == NULL || recording->recorder != NULL)
    return;
  g_object_get (self->session, "rate", &options.rate, NULL);
  recording->recorder = recorder_start (entry_list_get_attachment (self->entries), NULL, path,
                                        &options, on_state, self, NULL, &error);
  if (recording->recorder == NULL)
    {
      message_bar_say (self->message_bar, MESSAGE_ERROR, error->message);
      show_state (self);
      return;
    }
  g_free (recording->path);
  recording->path = g_strdup (path);
  if (recording->attachment != NULL)
    attachment_unref (recording->attachment);
  recording->attachment = attachment_ref (entry_list_get_attachment (self->entries));
  window_update_plot_recorded (self);
  if (recording->when != when)
    {
      g_free (recording->when);
      recording->when = g_strdup (when);
    }
  if (recording->until != until)
    {
      g_free (recording->until);
      recording->until = g_strdup (until);
    }
  recording->timer = g_timeout_add_seconds (1, on_second, self);
  show_state (self);
}

void
window_mark_recording (ShmlensWindow *self, const char *text)
{
  if (self->recording->recorder != NULL)
    recorder_add_mark (self->recording->recorder, "alert", text);
}

/* The chooser asked whether a file that is there may be replaced. */
static void
on_record_response (GtkNativeDialog *dialog, int response, ShmlensWindow *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  if (response == GTK_RESPONSE_ACCEPT && file != NULL && g_file_peek_path (file) != NULL)
    {
      const char *path = g_file_peek_path (file);
      g_autofree char *before = g_strconcat (path, ".before", NULL);
      gboolean is_replaced;

      if (is_written (self, path))
        {
          g_autofree char *said = g_strdup_printf (
            _("%s is still being written; wait until it is, or give another name"), path);

          message_bar_say (self->message_bar, MESSAGE_ERROR, said);
          g_object_unref (dialog);
          return;
        }
      is_replaced = g_rename (path, before) == 0;
      /* Of what is to be replaced nothing is lost when no recording begins. */
      window_record_between (self, path, self->recording->when, self->recording->until);
      if (is_replaced && self->recording->recorder == NULL)
        g_rename (before, path);
      else if (is_replaced)
        {
          self->recording->before = g_steal_pointer (&before);
          if (recorder_get_state (self->recording->recorder) != RECORDER_WAITING)
            note_begun (self->recording);
        }
    }
  g_object_unref (dialog);
}

static void
on_open_response (GtkNativeDialog *dialog, int response, ShmlensWindow *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  if (response == GTK_RESPONSE_ACCEPT && file != NULL && g_file_peek_path (file) != NULL)
    {
      g_autofree char *id = g_strconcat ("file:", g_file_peek_path (file), NULL);

      shmlens_window_open (self, id, NULL);
    }
  g_object_unref (dialog);
}

static GtkFileChooserNative *
show_chooser (ShmlensWindow *self, const char *title, GtkFileChooserAction action,
              GCallback on_response)
{
  GtkFileChooserNative *dialog
    = gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, NULL, NULL);
  g_autoptr (GtkFileFilter) recordings = gtk_file_filter_new ();

  gtk_file_filter_set_name (recordings, _("Recordings"));
  gtk_file_filter_add_pattern (recordings, "*.shmrec");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), recordings);
  g_signal_connect_object (dialog, "response", on_response, self, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
  return dialog;
}

static void
open_recording (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show_chooser (user_data, _("Open Recording"), GTK_FILE_CHOOSER_ACTION_OPEN,
                G_CALLBACK (on_open_response));
}

/* Then where to. */
static void
on_record_accepted (RecordDialog *asked, const char *when, const char *until, ShmlensWindow *self)
{
  GtkFileChooserNative *dialog;

  if (self->recording->recorder != NULL)
    return;
  g_free (self->recording->when);
  g_free (self->recording->until);
  self->recording->when = g_strdup (when);
  self->recording->until = g_strdup (until);
  dialog = show_chooser (self, _("Record Into"), GTK_FILE_CHOOSER_ACTION_SAVE,
                         G_CALLBACK (on_record_response));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), "recording.shmrec");
}

/* Toggled: ends it, or asks when and where to; it is on only when it has begun, or waits. */
static void
change_record (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  ShmlensWindow *self = user_data;
  g_autofree char *condition = NULL;
  RecordDialog *dialog;

  if (self->recording->recorder != NULL)
    {
      stop (self);
      show_state (self);
      return;
    }
  show_state (self);
  if (self->entries == NULL)
    return;
  condition = window_suggest_condition (self);
  dialog = record_dialog_new (GTK_WINDOW (self), entry_list_get_attachment (self->entries),
                              condition);
  g_signal_connect_object (dialog, "accepted", G_CALLBACK (on_record_accepted), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
window_update_recording (ShmlensWindow *self)
{
  Attachment *attachment
    = self->entries != NULL ? entry_list_get_attachment (self->entries) : NULL;

  replay_bar_set_session (self->replay_bar, attachment != NULL ? self->session : NULL);
  replay_bar_set_attachment (self->replay_bar, attachment);
  window_enable_action (self, "record",
                        database_is_built ()
                          && (self->recording->recorder != NULL
                              || (attachment != NULL && !attachment_is_recording (attachment))));
  if (attachment != NULL && attachment_is_recording (attachment))
    sidebar_select (self->sidebar, self->open_id);
}

void
window_add_recording (ShmlensWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "open-recording", .activate = open_recording },
    { .name = "record", .state = "false", .change_state = change_record },
  };

  self->recording = g_new0 (struct window_recording, 1);
  self->recording->endings = g_ptr_array_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  window_enable_action (self, "open-recording", database_is_built ());
  window_enable_action (self, "record", FALSE);
  show_state (self);
}

void
window_remove_recording (ShmlensWindow *self)
{
  if (self->recording == NULL)
    return;
  g_clear_handle_id (&self->recording->timer, g_source_remove);
  if (self->recording->recorder != NULL)
    stop (self);
  for (guint i = 0; i < self->recording->endings->len; i++)
    ((struct ending *) self->recording->endings->pdata[i])->window = NULL;
  g_ptr_array_unref (self->recording->endings);
  g_clear_pointer (&self->recording->attachment, attachment_unref);
  g_free (self->recording->path);
  g_free (self->recording->before);
  g_free (self->recording->when);
  g_free (self->recording->until);
  g_clear_pointer (&self->recording, g_free);
}
