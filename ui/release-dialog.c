/* release-dialog.c - makes free the lock of a holder that has died, when a person confirms it. */
#include "release-dialog.h"

#include <glib/gi18n.h>

#include "sentence.h"
#include "words.h"

/* So many more entries that the lock guards are named. */
#define OTHERS_MAX 11

struct _ReleaseDialog
{
  GtkWindow parent_instance;

  GtkLabel *question, *death, *guarded, *message;
  GtkButton *release;

  Session *session;
  Attachment *attachment;
  EntryInfo *entry;
};

G_DEFINE_FINAL_TYPE (ReleaseDialog, release_dialog, GTK_TYPE_WINDOW)

struct lock
{
  Attachment *attachment;
  EntryInfo *info;
};

static void
lock_free (gpointer data)
{
  struct lock *lock = data;

  attachment_unref (lock->attachment);
  entry_info_unref (lock->info);
  g_free (lock);
}

/* Looks several times, so as to be certain that the holder is dead. */
static void
release_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  struct lock *lock = task_data;
  GError *error = NULL;

  if (attachment_release_dead (lock->attachment, lock->info, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_released (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ReleaseDialog *self = RELEASE_DIALOG (source);
  g_autoptr (GError) error = NULL;
  gboolean released = g_task_propagate_boolean (G_TASK (result), &error);

  sampler_kick (session_get_sampler (self->session));
  if (released)
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  sentence_show (self->message, error->message);
  gtk_widget_add_css_class (GTK_WIDGET (self->message), "error");
  gtk_widget_set_sensitive (GTK_WIDGET (self->release), TRUE);
}

static void
on_release (GtkButton *button, ReleaseDialog *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_released, NULL);
  struct lock *lock = g_new (struct lock, 1);

  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
  *lock = (struct lock){ attachment_ref (self->attachment), entry_info_ref (self->entry) };
  g_task_set_task_data (task, lock, lock_free);
  g_task_run_in_thread (task, release_in_thread);
}

/* All that the lock guards. */
static char *
guarded_text (Attachment *attachment, const EntryInfo *entry)
{
  g_autofree char *others = words_on_same_lock (attachment, entry, OTHERS_MAX);
  g_autofree char *names = g_strjoin (", ", entry->name, others, NULL);

  return g_strdup_printf (
      _("It may have been in the middle of a change. What the lock guards may be half written: %s."),
      names);
}

ReleaseDialog *
release_dialog_new (GtkWindow *parent, Session *session, Attachment *attachment, EntryInfo *entry,
                    const char *death)
{
  ReleaseDialog *self = g_object_new (RELEASE_TYPE_DIALOG, "transient-for", parent, NULL);
  g_autofree char *question = g_strdup_printf (_("Recover the lock of “%s”?"), entry->name);
  g_autofree char *guarded = guarded_text (attachment, entry);

  self->session = g_object_ref (session);
  self->attachment = attachment_ref (attachment);
  self->entry = entry_info_ref (entry);
  sentence_show (self->question, question);
  sentence_show (self->death, death);
  sentence_show (self->guarded, guarded);
  gtk_label_set_text (self->message,
                      entry->lock_kind == LOCK_SEMAPHORE
                          ? _("Those who wait for the lock go on as soon as it is recovered; they are"
                              " not told of the death.")
                          : _("Left alone, the next program that takes the lock recovers it and is told"
                              " of the death. Once it is recovered here, none is told."));
  return self;
}

static void
release_dialog_finalize (GObject *object)
{
  ReleaseDialog *self = RELEASE_DIALOG (object);

  g_clear_object (&self->session);
  attachment_unref (self->attachment);
  entry_info_unref (self->entry);
  G_OBJECT_CLASS (release_dialog_parent_class)->finalize (object);
}

static void
release_dialog_class_init (ReleaseDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = release_dialog_finalize;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/release-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ReleaseDialog, question);
  gtk_widget_class_bind_template_child (widget_class, ReleaseDialog, death);
  gtk_widget_class_bind_template_child (widget_class, ReleaseDialog, guarded);
  gtk_widget_class_bind_template_child (widget_class, ReleaseDialog, message);
  gtk_widget_class_bind_template_child (widget_class, ReleaseDialog, release);
  gtk_widget_class_bind_template_callback (widget_class, on_release);
}

static void
release_dialog_init (ReleaseDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
