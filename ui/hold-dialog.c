/* hold-dialog.c - asks how an entry is to be held. */
#include "hold-dialog.h"

#include <glib/gi18n.h>

#include "sentence.h"
#include "target.h"

struct _HoldDialog
{
  GtkWindow parent_instance;

  GtkEditable *target, *value, *low, *high;
  GtkCheckButton *at, *up, *down, *between, *risk;
  GtkLabel *message;
  GtkWidget *hold;

  HoldBanner *banner;
  EntryItem *item;
};

G_DEFINE_FINAL_TYPE (HoldDialog, hold_dialog, GTK_TYPE_WINDOW)

static enum hold_kind
kind_of (HoldDialog *self)
{
  return gtk_check_button_get_active (self->up)        ? HOLD_UP
         : gtk_check_button_get_active (self->down)    ? HOLD_DOWN
         : gtk_check_button_get_active (self->between) ? HOLD_RANGE
                                                       : HOLD_VALUE;
}

static void
show_error (HoldDialog *self, const char *text)
{
  sentence_show (self->message, text);
  gtk_widget_set_visible (GTK_WIDGET (self->message), text[0] != '\0');
}

static void
on_kind (GtkCheckButton *button, HoldDialog *self)
{
  enum hold_kind kind = kind_of (self);

  gtk_widget_set_sensitive (GTK_WIDGET (self->value), kind == HOLD_VALUE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->low), kind == HOLD_RANGE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->high), kind == HOLD_RANGE);
  show_error (self, "");
}

/* The one scalar that was named. */
static Hold *
make_hold (HoldDialog *self, GError **error)
{
  Attachment *attachment = entry_item_get_attachment (self->item);
  enum hold_kind kind = kind_of (self);
  struct target target;
  struct hold_place place = { .attachment = attachment };
  Hold *hold = NULL;

  if (!target_parse (attachment, gtk_editable_get_text (self->target), &target, error))
    return NULL;
  place.entry = target.entry;
  place.element = target.first;
  place.field = target.field;
  place.field_index = target.field_index;
  if (target.last - target.first != 1 || (target.field >= 0 && target.field_length != 1))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _("%s has several elements; name one, such as %s[0]"), target.entry->name,
                 target.entry->name);
  else
    hold = hold_new (&place, kind,
                     gtk_editable_get_text (kind == HOLD_RANGE ? self->low : self->value),
                     gtk_editable_get_text (self->high), gtk_check_button_get_active (self->risk),
                     error);
  target_clear (&target);
  return hold;
}

static void
on_hold (GtkButton *button, HoldDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Hold) hold = make_hold (self, &error);

  if (hold == NULL)
    {
      show_error (self, error->message);
      return;
    }
  hold_banner_add (self->banner, hold);
  gtk_window_close (GTK_WINDOW (self));
}

HoldDialog *
hold_dialog_new (GtkWindow *parent, HoldBanner *banner, EntryItem *item)
{
  HoldDialog *self = g_object_new (HOLD_TYPE_DIALOG, "transient-for", parent, NULL);
  const EntryInfo *info = entry_item_get_info (item);
  guint64 n = 0;
  const void *elements = entry_item_get_elements (item, &n);

  self->banner = g_object_ref (banner);
  self->item = g_object_ref (item);
  gtk_editable_set_text (self->target, info->name);
  if (info->dimensions == 0 && info->n_fields == 0 && elements != NULL && n > 0)
    {
      g_autofree char *value = entry_info_element_text (info, elements, -1);

      gtk_editable_set_text (self->value, value);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->risk), hold_is_risky (info));
  gtk_widget_grab_focus (GTK_WIDGET (info->length == 1 && info->n_fields == 0 ? self->value
                                                                             : self->target));
  return self;
}

static void
hold_dialog_finalize (GObject *object)
{
  HoldDialog *self = HOLD_DIALOG (object);

  g_clear_object (&self->banner);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (hold_dialog_parent_class)->finalize (object);
}

static void
hold_dialog_class_init (HoldDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = hold_dialog_finalize;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/hold-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, HoldDialog, target);
  gtk_widget_class_bind_template_child (widget_class, HoldDialog, value);
  gtk_widget_class_bind_template_child (widget_class, HoldDialog, low);
  gtk_widget_class_bind_template_child (widget_class, HoldDialog, high);
  gtk_widget_class_bind_template_child (widget_class, HoldDialog, at);
  gtk_widget_class_bind_template_child (widget_class, HoldDialog, up);
  gtk_widget_class_bind_template_child (widget_class, HoldDialog, down);
  gtk_widget_class_bind_template_child (widget_class, HoldDialog, between);
  gtk_widget_class_bind_template_child (widget_class, HoldDialog, risk);
  gtk_widget_class_bind_template_child (widget_class, HoldDialog, message);
  gtk_widget_class_bind_template_child (widget_class, HoldDialog, hold);
  gtk_widget_class_bind_template_callback (widget_class, on_kind);
  gtk_widget_class_bind_template_callback (widget_class, on_hold);
}

static void
hold_dialog_init (HoldDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  on_kind (NULL, self);
}
