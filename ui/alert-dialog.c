/* alert-dialog.c - asks for the condition of an alert. */
#include "alert-dialog.h"

#include <glib/gi18n.h>

#include "condition-entry.h"
#include "sentence.h"

struct _AlertDialog
{
  GtkWindow parent_instance;

  GtkLabel *heading;
  ConditionEntry *condition;
  GtkEditable *note;
  GtkButton *accept;

  AlertListModel *alerts;
  SegmentInfo *info;       /* of a new alert */
  AlertItem *item;         /* the one that is changed */
};

G_DEFINE_FINAL_TYPE (AlertDialog, alert_dialog, GTK_TYPE_WINDOW)

static void
on_accept (GtkButton *button, AlertDialog *self)
{
  g_autofree char *condition = condition_entry_dup_text (self->condition);
  const char *note = gtk_editable_get_text (self->note);
  guint position;

  if (!condition_entry_is_valid (self->condition))
    return;
  if (self->item == NULL)
    alert_list_model_add (self->alerts, self->info, condition, note);
  else if ((position = alert_list_model_find (self->alerts, self->item)) != G_MAXUINT)
    alert_list_model_change (self->alerts, position, condition, note);
  gtk_window_close (GTK_WINDOW (self));
}

static AlertDialog *
make (GtkWindow *parent, AlertListModel *alerts, const char *title, const char *accept)
{
  AlertDialog *self = g_object_new (ALERT_TYPE_DIALOG, "transient-for", parent, NULL);
  /* Translators: %s is a segment or a program. */
  g_autofree char *heading = g_strdup_printf (_("Tell when, in “%s”"), title);

  self->alerts = g_object_ref (alerts);
  sentence_show (self->heading, heading);
  gtk_button_set_label (self->accept, accept);
  gtk_widget_grab_focus (GTK_WIDGET (self->condition));
  return self;
}

AlertDialog *
alert_dialog_new (GtkWindow *parent, AlertListModel *alerts, Attachment *attachment,
                  const char *condition)
{
  g_autoptr (SegmentInfo) info = attachment_get_info (attachment);
  AlertDialog *self = make (parent, alerts, info->title, _("_Add"));

  self->info = g_steal_pointer (&info);
  condition_entry_set_attachment (self->condition, attachment);
  condition_entry_set_text (self->condition, condition);
  return self;
}

AlertDialog *
alert_dialog_new_for_item (GtkWindow *parent, AlertListModel *alerts, AlertItem *item)
{
  const AlertRow *row = alert_item_get_row (item);
  AlertDialog *self = make (parent, alerts, row->title, _("_Change"));

  self->item = g_object_ref (item);
  condition_entry_set_attachment (self->condition, alert_item_get_attachment (item));
  condition_entry_set_text (self->condition, row->condition);
  gtk_editable_set_text (self->note, row->note);
  return self;
}

static void
alert_dialog_finalize (GObject *object)
{
  AlertDialog *self = ALERT_DIALOG (object);

  g_clear_object (&self->alerts);
  g_clear_object (&self->item);
  g_clear_pointer (&self->info, segment_info_unref);
  G_OBJECT_CLASS (alert_dialog_parent_class)->finalize (object);
}

static void
alert_dialog_class_init (AlertDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = alert_dialog_finalize;

  g_type_ensure (CONDITION_TYPE_ENTRY);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/alert-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, AlertDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, AlertDialog, condition);
  gtk_widget_class_bind_template_child (widget_class, AlertDialog, note);
  gtk_widget_class_bind_template_child (widget_class, AlertDialog, accept);
  gtk_widget_class_bind_template_callback (widget_class, on_accept);
}

static void
alert_dialog_init (AlertDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
