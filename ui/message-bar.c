/* message-bar.c - applies edits, and says how they went. */
#include "message-bar.h"

#include <glib/gi18n.h>

#include "edit-text.h"
#include "inspect-error.h"
#include "sentence.h"
#include "words.h"
#include "wrap-box.h"

enum job
{
  JOB_NONE,
  JOB_APPLY,
  JOB_UNDO,
  JOB_REDO
};

struct _MessageBar
{
  GtkWidget parent_instance;

  GtkBox *box;
  GtkSpinner *spinner;
  GtkImage *icon;
  GtkLabel *label;
  GtkButton *button, *close;

  Session *session;
  gulong waiting_handler;
  guint n_pending;         /* jobs of ours that are not done */
  gboolean waiting;        /* it says so now; the button cancels */
  enum job offered_job;    /* what the button does else */
  Edit *offered;
  char *later;             /* came while it was waiting, to be said when that is over; NULL */
  enum message_kind later_kind;
};

G_DEFINE_FINAL_TYPE (MessageBar, message_bar, GTK_TYPE_WIDGET)

static guint signal_failed;

static void
show (MessageBar *self, const char *icon, const char *class, const char *text, const char *button)
{
  static const char *const classes[] = { "notice", "error", "waiting" };

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (g_str_equal (class, classes[i]))
      gtk_widget_add_css_class (GTK_WIDGET (self->box), class);
    else
      gtk_widget_remove_css_class (GTK_WIDGET (self->box), classes[i]);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), icon != NULL);
  if (icon != NULL)
    gtk_image_set_from_icon_name (self->icon, icon);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), icon == NULL);
  gtk_spinner_set_spinning (self->spinner, icon == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->close), icon != NULL);
  sentence_show (self->label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->button), button != NULL);
  if (button != NULL)
    gtk_button_set_label (self->button, button);
  gtk_widget_set_visible (GTK_WIDGET (self->box), TRUE);
  /* Only what is on the screen by now is told of. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->box), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
}

static void
set_offer (MessageBar *self, enum job job, Edit *edit)
{
  g_clear_pointer (&self->offered, edit_unref);
  self->offered = edit;
  self->offered_job = job;
}

void
message_bar_close (MessageBar *self)
{
  g_autofree char *later = g_steal_pointer (&self->later);

  self->waiting = FALSE;
  set_offer (self, JOB_NONE, NULL);
  gtk_spinner_set_spinning (self->spinner, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->box), FALSE);
  if (later != NULL)
    message_bar_say (self, self->later_kind, later);
}

void
message_bar_say (MessageBar *self, enum message_kind kind, const char *text)
{
  /* The button that cancels stays where it is. */
  if (self->waiting)
    {
      g_free (self->later);
      self->later = g_strdup (text);
      self->later_kind = kind;
      return;
    }
  set_offer (self, JOB_NONE, NULL);
  if (kind == MESSAGE_ERROR)
    show (self, "dialog-error-symbolic", "error", text, NULL);
  else
    show (self, "dialog-information-symbolic", "notice", text, NULL);
}

void
message_bar_take_back (MessageBar *self, const char *text)
{
  g_autofree char *shown = sentence_isolate (text);

  if (g_strcmp0 (self->later, text) == 0)
    g_clear_pointer (&self->later, g_free);
  if (g_strcmp0 (message_bar_get_text (self), shown) == 0)
    message_bar_close (self);
}

void
message_bar_announce (MessageBar *self, const char *text)
{
  /* The same twice is told twice. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

const char *
message_bar_get_text (MessageBar *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self->box)) ? gtk_label_get_text (self->label) : NULL;
}

static void
on_waiting (Session *session, Edit *edit, guint64 waited_ns,
            const LockInfo *holder, MessageBar *self)
{
  g_autofree char *text = NULL;

  if (self->n_pending == 0)
    return;
  text = words_waiting (edit->entry->name, holder);
  if (self->waiting)
    sentence_show (self->label, text);
  else
    show (self, NULL, "waiting", text, _("_Cancel"));
  self->waiting = TRUE;
}

static void
report (MessageBar *self, enum job job, Edit *edit, const GError *error)
{
  const char *label = NULL;

  self->waiting = FALSE;
  set_offer (self, JOB_NONE, NULL);
  if (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED))
    {
      message_bar_close (self);
      return;
    }
  if (job == JOB_APPLY && edit_text_offer (edit, error) != NULL)
    {
      label = edit_text_offer (edit, error);
      set_offer (self, JOB_APPLY, edit_text_make_offer (edit, error));
    }
  else if (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CONDITION))
    {
      label = job == JOB_UNDO ? _("_Undo All the Same") : _("_Redo All the Same");
      set_offer (self, job, NULL);
    }
  show (self, "dialog-error-symbolic", "error", error->message, label);
}

struct task
{
  MessageBar *bar;
  enum job job;
};

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree struct task *task = user_data;
  g_autoptr (MessageBar) self = task->bar;
  g_autoptr (Edit) edit = session_edit_of_result (result);
  g_autoptr (GError) error = NULL;
  gboolean recovered = FALSE;

  self->n_pending--;
  if (self->session == NULL)
    return;
  if (session_edit_finish (SHMLENS_SESSION (source), result, &recovered, &error))
    {
      if (self->waiting)
        message_bar_close (self);
      if (recovered)
        message_bar_say (
          self, MESSAGE_NOTICE,
          edit != NULL && edit->entry->lock_kind == LOCK_SEMAPHORE
            ? _("Done. The lock was released for a process that had died; what it guards may be "
                "half written.")
            : _("Done. The lock was taken over from a process that had died; what it guards may be "
                "half written."));
      return;
    }
  if (edit != NULL)
    g_signal_emit (self, signal_failed, 0, edit);
  report (self, task->job, edit, error);
}

static struct task *
begin (MessageBar *self, enum job job)
{
  struct task *task = g_new (struct task, 1);

  *task = (struct task) { g_object_ref (self), job };
  self->n_pending++;
  if (!self->waiting)
    message_bar_close (self);
  return task;
}

void
message_bar_apply (MessageBar *self, Edit *edit)
{
  session_apply (self->session, edit, on_done, begin (self, JOB_APPLY));
}

static void
undo (MessageBar *self, gboolean force)
{
  session_undo (self->session, force, on_done, begin (self, JOB_UNDO));
}

static void
redo (MessageBar *self, gboolean force)
{
  session_redo (self->session, force, on_done, begin (self, JOB_REDO));
}

void
message_bar_undo (MessageBar *self)
{
  undo (self, FALSE);
}

void
message_bar_redo (MessageBar *self)
{
  redo (self, FALSE);
}

static void
on_button (GtkButton *button, MessageBar *self)
{
  g_autoptr (Edit) edit = NULL;

  if (self->waiting)
    {
      editor_cancel (session_get_editor (self->session));
      return;
    }
  edit = g_steal_pointer (&self->offered);
  switch (self->offered_job)
    {
    case JOB_APPLY:
      message_bar_apply (self, edit);
      break;
    case JOB_UNDO:
      undo (self, TRUE);
      break;
    case JOB_REDO:
      redo (self, TRUE);
      break;
    case JOB_NONE:
      break;
    }
}

static void
on_close (GtkButton *button, MessageBar *self)
{
  message_bar_close (self);
}

void
message_bar_set_session (MessageBar *self, Session *session)
{
  if (self->session != NULL)
    g_clear_signal_handler (&self->waiting_handler, self->session);
  if (g_set_object (&self->session, session) && session != NULL)
    self->waiting_handler
      = g_signal_connect (session, "waiting", G_CALLBACK (on_waiting), self);
}

static void
message_bar_dispose (GObject *object)
{
  MessageBar *self = MESSAGE_BAR (object);
  GtkWidget *child;

  message_bar_set_session (self, NULL);
  g_clear_pointer (&self->offered, edit_unref);
  g_clear_pointer (&self->later, g_free);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (message_bar_parent_class)->dispose (object);
}

static void
message_bar_class_init (MessageBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = message_bar_dispose;

  signal_failed = g_signal_new ("failed", MESSAGE_TYPE_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_POINTER);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
  g_type_ensure (WRAP_TYPE_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/message-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MessageBar, box);
  gtk_widget_class_bind_template_child (widget_class, MessageBar, spinner);
  gtk_widget_class_bind_template_child (widget_class, MessageBar, icon);
  gtk_widget_class_bind_template_child (widget_class, MessageBar, label);
  gtk_widget_class_bind_template_child (widget_class, MessageBar, button);
  gtk_widget_class_bind_template_child (widget_class, MessageBar, close);
  gtk_widget_class_bind_template_callback (widget_class, on_button);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
}

static void
message_bar_init (MessageBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
}
