/* snapshot-restore-dialog.c - restores entries from a snapshot, when a person confirms it. */
#include "snapshot-restore-dialog.h"

#include <glib/gi18n.h>

#include "sentence.h"
#include "snapshot-restore.h"
#include "snapshot-task.h"

struct _SnapshotRestoreDialog
{
  GtkWindow parent_instance;

  GtkLabel *question, *message, *report;
  GtkWidget *report_window;
  GtkCheckButton *unlocked;
  GtkButton *cancel, *restore;

  Session *session;
  Attachment *attachment;
  Snapshot *snapshot, *live;    /* live: NULL until it was read */
  GStrv names;
  SnapshotRestore *plan;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (SnapshotRestoreDialog, snapshot_restore_dialog, GTK_TYPE_WINDOW)

static void
show_refusals (SnapshotRestoreDialog *self)
{
  g_autofree char *report = snapshot_restore_report (self->plan);

  gtk_label_set_text (self->report, report);
  gtk_widget_set_visible (self->report_window, *report != '\0');
}

/* What would be done now. */
static void
plan (SnapshotRestoreDialog *self)
{
  guint n;
  GString *message = g_string_new (NULL);

  snapshot_restore_free (self->plan);
  self->plan = snapshot_restore_new (
    self->snapshot, self->attachment, (const char *const *) self->names, self->live,
    gtk_check_button_get_active (self->unlocked), session_get_lock_timeout_ns (self->session));
  n = self->plan->n_entries;
  g_string_append_printf (message,
                          ngettext ("%u entry is written, under its lock, in one step that Undo"
                                    " takes back.",
                                    "%u entries are written, under their locks, in one step that"
                                    " Undo takes back.",
                                    n),
                          n);
  if (self->plan->bytes > EDITOR_JOURNAL_BYTES)
    g_string_append_printf (message, " %s",
                            _("That is too much to be kept for Undo: it cannot be taken back."));
  if (self->plan->n_same > 0)
    g_string_append_printf (message,
                            ngettext (" %u is as it was.", " %u are as they were.",
                                      self->plan->n_same),
                            self->plan->n_same);
  if (self->plan->refusals->len > 0)
    g_string_append_printf (message, " %s", _("These cannot be:"));
  gtk_label_set_text (self->message, message->str);
  gtk_widget_set_sensitive (GTK_WIDGET (self->restore), n > 0);
  show_refusals (self);
  g_string_free (message, TRUE);
}

static void
on_unlocked (GtkCheckButton *button, SnapshotRestoreDialog *self)
{
  if (self->live != NULL)
    plan (self);
}

static void
on_live (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SnapshotRestoreDialog *self = SNAPSHOT_RESTORE_DIALOG (source);

  self->live = snapshot_task_finish (result, NULL);
  if (self->live != NULL && self->session != NULL)
    plan (self);
}

/* user_data holds a reference of the dialog. */
static void
on_restored (Editor *editor, const EditGroup *group, const GArray *outcomes, const GError *error,
             gpointer user_data)
{
  g_autoptr (SnapshotRestoreDialog) self = user_data;
  g_autofree char *summary = NULL;

  if (self->session == NULL)
    return;
  sampler_kick (session_get_sampler (self->session));
  snapshot_restore_finish (self->plan, outcomes, error);
  if (self->plan->refusals->len == 0)
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  summary = snapshot_restore_summary (self->plan);
  sentence_show (self->question, summary);
  gtk_widget_set_visible (GTK_WIDGET (self->message), FALSE);
  gtk_button_set_label (self->cancel, _("_Close"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->cancel), TRUE);
  show_refusals (self);
}

static void
on_restore (GtkButton *button, SnapshotRestoreDialog *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->restore), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->unlocked), FALSE);
  /* If it is too much for that, the message has said so. */
  for (guint i = 0; i < self->plan->group->edits->len; i++)
    ((Edit *) self->plan->group->edits->pdata[i])->without_undo = TRUE;
  editor_apply_group (session_get_editor (self->session), self->plan->group, on_restored,
                      g_object_ref (self));
}

SnapshotRestoreDialog *
snapshot_restore_dialog_new (GtkWindow *parent, Session *session, Attachment *attachment,
                             Snapshot *snapshot, const char *const *names)
{
  SnapshotRestoreDialog *self
    = g_object_new (SNAPSHOT_TYPE_RESTORE_DIALOG, "transient-for", parent, NULL);
  g_autoptr (SegmentInfo) segment = attachment_get_info (attachment);
  /* Translators: the name of a snapshot, and the segment that is written. */
  g_autofree char *question
    = g_strdup_printf (_("Restore “%s” into %s?"), snapshot->name, segment->id);

  self->session = g_object_ref (session);
  self->attachment = attachment_ref (attachment);
  self->snapshot = snapshot_ref (snapshot);
  self->names = g_strdupv ((char **) names);
  sentence_show (self->question, question);
  snapshot_task_take (self, attachment, NULL, self->cancellable, on_live);
  return self;
}

static void
snapshot_restore_dialog_dispose (GObject *object)
{
  SnapshotRestoreDialog *self = SNAPSHOT_RESTORE_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (snapshot_restore_dialog_parent_class)->dispose (object);
}

static void
snapshot_restore_dialog_finalize (GObject *object)
{
  SnapshotRestoreDialog *self = SNAPSHOT_RESTORE_DIALOG (object);

  snapshot_restore_free (self->plan);
  snapshot_unref (self->live);
  snapshot_unref (self->snapshot);
  attachment_unref (self->attachment);
  g_strfreev (self->names);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (snapshot_restore_dialog_parent_class)->finalize (object);
}

static void
snapshot_restore_dialog_class_init (SnapshotRestoreDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = snapshot_restore_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = snapshot_restore_dialog_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/shmlens/Shmlens/ui/snapshot-restore-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SnapshotRestoreDialog, question);
  gtk_widget_class_bind_template_child (widget_class, SnapshotRestoreDialog, message);
  gtk_widget_class_bind_template_child (widget_class, SnapshotRestoreDialog, report);
  gtk_widget_class_bind_template_child (widget_class, SnapshotRestoreDialog, report_window);
  gtk_widget_class_bind_template_child (widget_class, SnapshotRestoreDialog, unlocked);
  gtk_widget_class_bind_template_child (widget_class, SnapshotRestoreDialog, cancel);
  gtk_widget_class_bind_template_child (widget_class, SnapshotRestoreDialog, restore);
  gtk_widget_class_bind_template_callback (widget_class, on_unlocked);
  gtk_widget_class_bind_template_callback (widget_class, on_restore);
}

static void
snapshot_restore_dialog_init (SnapshotRestoreDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
