/* type-dialog.c - gives the bytes of a foreign segment a type by hand. */
#include "type-dialog.h"

#include <glib/gi18n.h>

#include "input-error.h"
#include "sentence.h"
#include "type-expression.h"

struct _TypeDialog
{
  GtkWindow parent_instance;

  GtkLabel *question, *message;
  GtkEntry *expression;
  GtkButton *apply;

  Session *session;
  char *id;
};

G_DEFINE_FINAL_TYPE (TypeDialog, type_dialog, GTK_TYPE_WINDOW)

static const char *
get_text (TypeDialog *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->expression));
}

static void
show_error (TypeDialog *self, const char *text)
{
  sentence_show (self->message, text);
  gtk_widget_add_css_class (GTK_WIDGET (self->message), "error");
  input_error_mark (GTK_WIDGET (self->expression), TRUE);
}

static void
check (TypeDialog *self)
{
  const char *text = get_text (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = text[0] != '\0' ? type_expression_parse (text, &error) : NULL;

  gtk_button_set_label (self->apply, text[0] != '\0' ? _("_Set") : _("Show _Bytes"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->apply), text[0] == '\0' || items != NULL);
  if (text[0] != '\0' && items == NULL)
    {
      show_error (self, error->message);
      return;
    }
  gtk_widget_remove_css_class (GTK_WIDGET (self->message), "error");
  input_error_mark (GTK_WIDGET (self->expression), FALSE);
  gtk_label_set_text (self->message,
                      _("A type, a shape, an offset: int64 @ 128. Several are separated by “;” "
                        "and may have names: loss: float64; hist: uint32[256]; rest: B[]. "
                        "Empty: bytes."));
}

static void
on_changed (GtkEditable *editable, TypeDialog *self)
{
  check (self);
}

static void
on_apply (GtkButton *button, TypeDialog *self)
{
  g_autoptr (GError) error = NULL;

  if (registry_set_type (session_get_registry (self->session), self->id, get_text (self), &error))
    {
      sampler_kick (session_get_sampler (self->session));
      gtk_window_close (GTK_WINDOW (self));
    }
  else
    show_error (self, error->message);
}

TypeDialog *
type_dialog_new (GtkWindow *parent, Session *session, const char *id)
{
  TypeDialog *self = g_object_new (TYPE_TYPE_DIALOG, "transient-for", parent, NULL);
  g_autofree char *question = g_strdup_printf (_("What is in %s?"), id);
  g_autofree char *expression = registry_type_of (session_get_registry (session), id);

  self->session = g_object_ref (session);
  self->id = g_strdup (id);
  sentence_show (self->question, question);
  if (expression != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->expression), expression);
  check (self);
  return self;
}

static void
type_dialog_finalize (GObject *object)
{
  TypeDialog *self = TYPE_DIALOG (object);

  g_clear_object (&self->session);
  g_free (self->id);
  G_OBJECT_CLASS (type_dialog_parent_class)->finalize (object);
}

static void
type_dialog_class_init (TypeDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = type_dialog_finalize;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/type-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TypeDialog, question);
  gtk_widget_class_bind_template_child (widget_class, TypeDialog, message);
  gtk_widget_class_bind_template_child (widget_class, TypeDialog, expression);
  gtk_widget_class_bind_template_child (widget_class, TypeDialog, apply);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
}

static void
type_dialog_init (TypeDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
