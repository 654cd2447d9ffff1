/* record-dialog.c - asks when a recording is to begin, and when it is to end. */
#include "record-dialog.h"

#include "condition-entry.h"

struct _RecordDialog
{
  GtkWindow parent_instance;

  GtkCheckButton *at_once, *when, *by_hand, *until;
  ConditionEntry *when_entry, *until_entry;
  GtkWidget *accept;
};

G_DEFINE_FINAL_TYPE (RecordDialog, record_dialog, GTK_TYPE_WINDOW)

static guint accepted_signal;

/* What is not chosen need not be right. */
static void
update (RecordDialog *self)
{
  gboolean has_when = gtk_check_button_get_active (self->when);
  gboolean has_until = gtk_check_button_get_active (self->until);

  gtk_widget_set_sensitive (GTK_WIDGET (self->when_entry), has_when);
  gtk_widget_set_sensitive (GTK_WIDGET (self->until_entry), has_until);
  gtk_widget_set_sensitive (self->accept,
                            (!has_when || condition_entry_is_valid (self->when_entry))
                              && (!has_until || condition_entry_is_valid (self->until_entry)));
}

static void
on_choice (GtkCheckButton *button, RecordDialog *self)
{
  update (self);
  if (gtk_check_button_get_active (button) && button == self->when)
    gtk_widget_grab_focus (GTK_WIDGET (self->when_entry));
  else if (gtk_check_button_get_active (button) && button == self->until)
    gtk_widget_grab_focus (GTK_WIDGET (self->until_entry));
}

static void
on_valid (ConditionEntry *entry, GParamSpec *pspec, RecordDialog *self)
{
  update (self);
}

static void
on_accept (GtkButton *button, RecordDialog *self)
{
  g_autofree char *when = NULL, *until = NULL;

  if (gtk_check_button_get_active (self->when))
    when = condition_entry_dup_text (self->when_entry);
  if (gtk_check_button_get_active (self->until))
    until = condition_entry_dup_text (self->until_entry);
  g_signal_emit (self, accepted_signal, 0, when, until);
  gtk_window_close (GTK_WINDOW (self));
}

RecordDialog *
record_dialog_new (GtkWindow *parent, Attachment *attachment, const char *condition)
{
  RecordDialog *self = g_object_new (RECORD_TYPE_DIALOG, "transient-for", parent, NULL);

  condition_entry_set_attachment (self->when_entry, attachment);
  condition_entry_set_attachment (self->until_entry, attachment);
  condition_entry_set_text (self->when_entry, condition);
  condition_entry_set_text (self->until_entry, condition);
  update (self);
  gtk_widget_grab_focus (self->accept);
  return self;
}

static void
record_dialog_class_init (RecordDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  accepted_signal
    = g_signal_new ("accepted", RECORD_TYPE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);

  g_type_ensure (CONDITION_TYPE_ENTRY);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/record-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RecordDialog, at_once);
  gtk_widget_class_bind_template_child (widget_class, RecordDialog, when);
  gtk_widget_class_bind_template_child (widget_class, RecordDialog, when_entry);
  gtk_widget_class_bind_template_child (widget_class, RecordDialog, by_hand);
  gtk_widget_class_bind_template_child (widget_class, RecordDialog, until);
  gtk_widget_class_bind_template_child (widget_class, RecordDialog, until_entry);
  gtk_widget_class_bind_template_child (widget_class, RecordDialog, accept);
  gtk_widget_class_bind_template_callback (widget_class, on_choice);
  gtk_widget_class_bind_template_callback (widget_class, on_valid);
  gtk_widget_class_bind_template_callback (widget_class, on_accept);
}

static void
record_dialog_init (RecordDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
