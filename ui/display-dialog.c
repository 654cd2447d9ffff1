/* display-dialog.c - asks how an entry, or a field of it, is to be displayed, and shows it
 * meanwhile. */
#include "display-dialog.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "drop-down.h"
#include "sentence.h"

/* Of a longer element there is no preview. */
#define ELEMENT_BYTES_MAX (1024 * 1024)

struct _DisplayDialog
{
  GtkWindow parent_instance;

  GtkLabel *question, *preview, *message;
  GtkDropDown *form;
  GtkWidget *maximum_label, *maximum, *labels_label, *labels, *unit;
  GtkWidget *apply;

  GPtrArray *items;
  EntryItem *item;           /* the first */
  EntryInfo *info;           /* of it, as it was when it was asked about */
  int field;                 /* of it; -1: the entry itself */
  Watch *watch;              /* of the element that is shown meanwhile; NULL: none */
  guint8 *element;           /* as read last; NULL: not yet */
  enum display_form forms[DISPLAY_N_FORMS];  /* those that suit it, as the list has them */
  Display *display;          /* as it would be; NULL while something is wrong */
};

G_DEFINE_FINAL_TYPE (DisplayDialog, display_dialog, GTK_TYPE_WINDOW)

static const char *const titles[DISPLAY_N_FORMS] = {
  [DISPLAY_STANDARD] = N_("As the program says"),
  [DISPLAY_DECIMAL] = N_("Decimal"),
  [DISPLAY_HEXADECIMAL] = N_("Hexadecimal"),
  [DISPLAY_OCTAL] = N_("Octal"),
  [DISPLAY_BINARY] = N_("Binary"),
  [DISPLAY_CHARACTER] = N_("Character"),
  [DISPLAY_PROGRESS] = N_("Progress of a maximum"),
  [DISPLAY_BITS] = N_("Names of the bits"),
  [DISPLAY_LABELS] = N_("Names of the values"),
};

static const char *
text_of (GtkWidget *entry)
{
  return gtk_editable_get_text (GTK_EDITABLE (entry));
}

static enum display_form
chosen (DisplayDialog *self)
{
  guint selected = gtk_drop_down_get_selected (self->form);

  return selected < DISPLAY_N_FORMS ? self->forms[selected] : DISPLAY_STANDARD;
}

static const struct shmlens_type *
type_of (DisplayDialog *self)
{
  return display_set_type (self->info, self->field, NULL);
}

static void
update_preview (DisplayDialog *self)
{
  g_autofree char *text = NULL, *with_unit = NULL;
  const char *unit = text_of (self->unit);
  struct shmlens_type type;
  guint8 value[8];
  guint bits;

  if (self->display == NULL || self->element == NULL
      || !display_suits (self->display, type_of (self)))
    {
      gtk_label_set_text (self->preview, "");
      return;
    }
  entry_info_extract (self->info, self->element, self->field, 0, &type, value);
  display_set_type (self->info, self->field, &bits);
  text = display_format (self->display, &type, bits, value);
  if (text == NULL)
    text = entry_info_element_text (self->info, self->element, self->field);
  with_unit = g_strdup_printf (unit[0] != '\0' ? "%s  %s" : "%s", text, unit);
  gtk_label_set_text (self->preview, with_unit);
}

static void
take_element (DisplayDialog *self, const void *element)
{
  g_free (self->element);
  self->element = g_memdup2 (element, self->info->type.size);
}

static void
on_sample (Watch *watch, const Sample *sample, gpointer user_data)
{
  DisplayDialog *self = user_data;

  if (sample->elements == NULL || sample->last == sample->first)
    return;
  take_element (self, sample->elements);
  update_preview (self);
}

/* Looks at an element for as long as the dialog is open. */
static void
show_element (DisplayDialog *self, guint64 index)
{
  guint64 n = 0;
  const guint8 *elements = entry_item_get_elements (self->item, &n);
  gsize size = self->info->type.size;

  if (index >= self->info->length || size > ELEMENT_BYTES_MAX)
    return;
  /* What is on the screen already is not waited for. */
  if (elements != NULL && index < n)
    take_element (self, elements + index * size);
  self->watch = sampler_watch (session_get_sampler (entry_item_get_session (self->item)),
                               entry_item_get_attachment (self->item), self->info, index,
                               index + 1, on_sample, self);
}

/* What stands there now, or an error. */
static Display *
read_display (DisplayDialog *self, GError **error)
{
  g_autoptr (Display) display = display_new (chosen (self));
  char *end;

  if (text_of (self->unit)[0] != '\0')
    display->unit = g_strdup (text_of (self->unit));
  if ((display->form == DISPLAY_BITS || display->form == DISPLAY_LABELS)
      && !display_set_labels (display, text_of (self->labels), error))
    return NULL;
  if (display->form != DISPLAY_PROGRESS)
    return g_steal_pointer (&display);
  display->maximum = g_ascii_strtod (text_of (self->maximum), &end);
  if (end != text_of (self->maximum) && g_strstrip (end)[0] == '\0'
      && isfinite (display->maximum) && display->maximum > 0)
    return g_steal_pointer (&display);
  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                       _("The maximum is no number above 0; give it as 100 or 1e6"));
  return NULL;
}

static void
check (DisplayDialog *self)
{
  enum display_form form = chosen (self);
  gboolean labels = form == DISPLAY_BITS || form == DISPLAY_LABELS;
  g_autoptr (GError) error = NULL;

  gtk_widget_set_visible (self->maximum, form == DISPLAY_PROGRESS);
  gtk_widget_set_visible (self->maximum_label, form == DISPLAY_PROGRESS);
  gtk_widget_set_visible (self->labels, labels);
  gtk_widget_set_visible (self->labels_label, labels);
  g_clear_pointer (&self->display, display_free);
  self->display = read_display (self, &error);
  gtk_widget_set_sensitive (self->apply, self->display != NULL);
  if (error != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->message), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->message), "error");
  sentence_show (self->message,
                 error != NULL ? error->message
                 : form == DISPLAY_BITS
                   ? _("The bits by their numbers, from 0: 0=ready, 3=error.")
                 : form == DISPLAY_LABELS
                   ? _("The values and their names: 0=idle, 1=running.")
                   : _("Values are typed in the same form when they are edited."));
  update_preview (self);
}

static void
on_changed (DisplayDialog *self)
{
  if (self->item != NULL)
    check (self);
}

static void
on_form (GtkDropDown *form, GParamSpec *pspec, DisplayDialog *self)
{
  if (self->item != NULL)
    check (self);
}

static void
on_apply (GtkButton *button, DisplayDialog *self)
{
  g_autoptr (GError) error = NULL;

  if (self->display == NULL)
    return;
  for (guint i = 0; i < self->items->len; i++)
    if (!entry_item_set_display (self->items->pdata[i], self->field, self->display,
                                 error == NULL ? &error : NULL)
        && error != NULL)
      {
        gtk_widget_add_css_class (GTK_WIDGET (self->message), "error");
        sentence_show (self->message, error->message);
      }
  if (error == NULL)
    gtk_window_close (GTK_WINDOW (self));
}

static void
list_forms (DisplayDialog *self)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  const Display *now = display_set_get (entry_item_get_displays (self->item), self->field);
  guint selected = 0, n = 0;

  for (enum display_form form = 0; form < DISPLAY_N_FORMS; form++)
    {
      g_autoptr (Display) display = display_new (form);

      if (!display_suits (display, type_of (self)))
        continue;
      if (now != NULL && form == now->form)
        selected = n;
      self->forms[n++] = form;
      gtk_string_list_append (list, _(titles[form]));
    }
  gtk_drop_down_set_model (self->form, G_LIST_MODEL (list));
  gtk_drop_down_set_selected (self->form, selected);
}

static void
set_text (GtkWidget *entry, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

static char *
maximum_text (double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, "%.15g", number));
}

/* As many as people could give, and that would be read back. */
static char *
own_labels_text (const EntryInfo *info, int field)
{
  g_autoptr (Display) own = display_set_own_labels (info, field);
  g_autoptr (Display) given = display_new (DISPLAY_LABELS);

  for (guint i = 0; own != NULL && i < own->labels->len; i++)
    {
      const DisplayLabel *label = &g_array_index (own->labels, DisplayLabel, i);

      if (given->labels->len < DISPLAY_LABELS_MAX && strpbrk (label->text, ",|") == NULL)
        display_add_label (given, label->value, label->text);
    }
  return display_get_labels (given);
}

/* What it is displayed in now; of names those that the program itself has told. */
static void
fill_in (DisplayDialog *self)
{
  const EntryInfo *info = self->info;
  const Display *display = display_set_get (entry_item_get_displays (self->item), self->field);
  g_autofree char *labels = display != NULL && display->labels->len > 0
                              ? display_get_labels (display)
                              : own_labels_text (info, self->field);
  g_autofree char *maximum = NULL;

  set_text (self->labels, labels);
  if (display != NULL && display->form == DISPLAY_PROGRESS)
    maximum = maximum_text (display->maximum);
  else if (self->field < 0 && info->has_progress_max)
    maximum = maximum_text (entry_info_element_double (info, info->progress_max, -1));
  else if (self->field < 0 && info->has_maximum)
    maximum = maximum_text (entry_info_element_double (info, info->maximum, -1));
  set_text (self->maximum, maximum != NULL ? maximum : "100");
  set_text (self->unit, display != NULL && display->unit != NULL ? display->unit
                        : self->field < 0                        ? info->unit
                                                                 : "");
}

static DisplayDialog *
open_dialog (GtkWindow *parent, GPtrArray *items, guint64 index, int field)
{
  DisplayDialog *self = g_object_new (DISPLAY_TYPE_DIALOG, "transient-for", parent, NULL);
  EntryItem *item = items->pdata[0];
  g_autofree char *part
    = entry_info_field_text (entry_item_get_info (item), field, ENTRY_FIELD_WHOLE);
  g_autofree char *name = g_strconcat (entry_item_get_info (item)->name, part, NULL);
  g_autofree char *question
    = items->len == 1
        ? g_strdup_printf (_("How is “%s” to be displayed?"), name)
        : g_strdup_printf (ngettext ("How is %u entry to be displayed?",
                                     "How are %u entries to be displayed?", items->len),
                           items->len);

  self->items = g_ptr_array_ref (items);
  self->field = field;
  sentence_show (self->question, question);
  self->item = g_object_ref (item);
  self->info = entry_info_ref (entry_item_get_info (item));
  show_element (self, index);
  fill_in (self);
  list_forms (self);
  check (self);
  return self;
}

DisplayDialog *
display_dialog_new (GtkWindow *parent, GPtrArray *items)
{
  return open_dialog (parent, items, 0, -1);
}

DisplayDialog *
display_dialog_new_field (GtkWindow *parent, EntryItem *item, guint64 index, int field)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (items, g_object_ref (item));
  return open_dialog (parent, items, index, field);
}

static void
display_dialog_dispose (GObject *object)
{
  DisplayDialog *self = DISPLAY_DIALOG (object);

  if (self->watch != NULL)
    sampler_unwatch (session_get_sampler (entry_item_get_session (self->item)), self->watch);
  self->watch = NULL;
  g_clear_object (&self->item);
  G_OBJECT_CLASS (display_dialog_parent_class)->dispose (object);
}

static void
display_dialog_finalize (GObject *object)
{
  DisplayDialog *self = DISPLAY_DIALOG (object);

  display_free (self->display);
  g_free (self->element);
  g_clear_pointer (&self->info, entry_info_unref);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  G_OBJECT_CLASS (display_dialog_parent_class)->finalize (object);
}

static void
display_dialog_class_init (DisplayDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = display_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = display_dialog_finalize;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/display-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, DisplayDialog, question);
  gtk_widget_class_bind_template_child (widget_class, DisplayDialog, preview);
  gtk_widget_class_bind_template_child (widget_class, DisplayDialog, message);
  gtk_widget_class_bind_template_child (widget_class, DisplayDialog, form);
  gtk_widget_class_bind_template_child (widget_class, DisplayDialog, maximum_label);
  gtk_widget_class_bind_template_child (widget_class, DisplayDialog, maximum);
  gtk_widget_class_bind_template_child (widget_class, DisplayDialog, labels_label);
  gtk_widget_class_bind_template_child (widget_class, DisplayDialog, labels);
  gtk_widget_class_bind_template_child (widget_class, DisplayDialog, unit);
  gtk_widget_class_bind_template_child (widget_class, DisplayDialog, apply);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_form);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
}

static void
display_dialog_init (DisplayDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  drop_down_set_name (self->form, _("Form"));
}
