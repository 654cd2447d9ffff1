/* text-popover.c - asks for a line of text where it will stand. */
#include "text-popover.h"

#include "input-error.h"
#include "popover-place.h"

struct _TextPopover
{
  GtkPopover parent_instance;

  GtkLabel *title, *message;
  GtkEntry *entry;
};

G_DEFINE_FINAL_TYPE (TextPopover, text_popover, GTK_TYPE_POPOVER)

static guint accepted_signal;

/* why: NULL takes away what was said before. */
static void
say (TextPopover *self, const char *why)
{
  input_error_show (GTK_WIDGET (self->entry), self->message, why);
}

static void
on_changed (GtkEditable *editable, TextPopover *self)
{
  say (self, NULL);
}

static void
on_accept (GtkWidget *widget, TextPopover *self)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));

  g_signal_emit (self, accepted_signal, 0, text);
  if (!gtk_widget_get_visible (GTK_WIDGET (self->message)))
    gtk_popover_popdown (GTK_POPOVER (self));
}

static void
on_cancel (GtkButton *button, TextPopover *self)
{
  gtk_popover_popdown (GTK_POPOVER (self));
}

void
text_popover_open (TextPopover *self, const char *title, const char *text,
                   const GdkRectangle *where)
{
  gtk_label_set_text (self->title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title, -1);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  say (self, NULL);
  popover_popup_at (GTK_POPOVER (self), where);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}

void
text_popover_refuse (TextPopover *self, const char *why)
{
  say (self, why);
}

TextPopover *
text_popover_new (void)
{
  return g_object_new (TEXT_TYPE_POPOVER, NULL);
}

static void
text_popover_class_init (TextPopoverClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  accepted_signal = g_signal_new ("accepted", TEXT_TYPE_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/text-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, TextPopover, title);
  gtk_widget_class_bind_template_child (widget_class, TextPopover, message);
  gtk_widget_class_bind_template_child (widget_class, TextPopover, entry);
  gtk_widget_class_bind_template_callback (widget_class, on_accept);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
}

static void
text_popover_init (TextPopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
