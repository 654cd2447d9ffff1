/* edit-popover.c - edits one value where it stands: checks the text while it is typed,
 * waits for the lock, and says what else can be done when that fails. */
#include "edit-popover.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "edit-text.h"
#include "input-error.h"
#include "inspect-error.h"
#include "popover-place.h"
#include "sentence.h"
#include "words.h"

struct _EditPopover
{
  GtkPopover parent_instance;

  GtkLabel *title, *message;
  GtkEntry *entry;
  GtkSpinner *spinner;
  GtkButton *cancel, *offer, *apply;

  EntryItem *item;
  int field;
  gboolean of_element;      /* of an array */
  guint64 index;
  ArrayBlock block;         /* of several elements; no rows: not of such */
  GdkRectangle where;       /* the value stands in the parent */
  Edit *pending;            /* while it is being applied */
  Edit *offered;
  gulong waiting_handler;
};

G_DEFINE_FINAL_TYPE (EditPopover, edit_popover, GTK_TYPE_POPOVER)

/* A screen reader says what the entry with the focus is described by, and what that becomes. */
static void
describe (EditPopover *self, const char *message, gboolean is_error)
{
  const char *title = gtk_label_get_text (self->title);
  g_autofree char *description
    = is_error || message[0] == '\0' ? g_strdup (is_error ? message : title)
                                     : g_strconcat (title, ", ", message, NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
}

static void
show_message (EditPopover *self, const char *text, gboolean is_error)
{
  describe (self, text, is_error);
  sentence_show (self->message, text);
  if (is_error)
    gtk_widget_add_css_class (GTK_WIDGET (self->message), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->message), "error");
  input_error_mark (GTK_WIDGET (self->entry), is_error);
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    popover_place (GTK_POPOVER (self), &self->where);
}

static void
set_offer (EditPopover *self, Edit *offered, const char *label)
{
  g_clear_pointer (&self->offered, edit_unref);
  self->offered = offered;
  gtk_widget_set_visible (GTK_WIDGET (self->offer), offered != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->apply), offered == NULL);
  if (offered != NULL)
    gtk_button_set_label (self->offer, label);
}

/* Whether the text of a whole array is typed, as it is. */
static gboolean
is_text (EditPopover *self)
{
  return !self->of_element && self->field < 0
         && entry_item_get_info (self->item)->dimensions > 0;
}

/* NULL: the text cannot be read. */
static Edit *
make_edit (EditPopover *self, GError **error)
{
  Attachment *attachment = entry_item_get_attachment (self->item);
  EntryInfo *info = entry_item_get_info (self->item);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autofree char *parsed = NULL;
  Edit *edit;

  if (self->block.n_rows > 0)
    {
      parsed = entry_item_parse_block_text (self->item, self->field, text, error);
      return parsed != NULL
               ? edit_text_make_block (attachment, info, &self->block, self->field, parsed)
               : NULL;
    }
  parsed = is_text (self) ? g_strdup (text)
                          : entry_item_parse_text (self->item, self->field, text, error);
  if (parsed == NULL)
    return NULL;
  if (!self->of_element)
    return edit_text_make (attachment, info, self->field, parsed);
  edit = edit_new (attachment, info, self->index, self->index + 1, parsed);
  edit->field = self->field;
  return edit;
}

static void
check (EditPopover *self)
{
  const EntryInfo *info = entry_item_get_info (self->item);
  g_autoptr (GError) error = NULL;
  g_autoptr (Edit) edit = make_edit (self, &error);
  gboolean valid = edit != NULL && edit_check (edit, &error);

  set_offer (self, NULL, NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->apply), valid);
  if (!valid)
    show_message (self, error->message, TRUE);
  else
    {
      g_autofree char *hint = self->block.n_rows > 0
                                ? edit_text_block_hint (info, self->field)
                              : is_text (self)
                                ? edit_text_hint (info, -1)
                                : entry_item_get_edit_hint (self->item, self->field);

      show_message (self, info->reason != NULL ? info->reason : hint, FALSE);
    }
}

static void
on_text_changed (GtkEditable *editable, EditPopover *self)
{
  if (self->item != NULL)
    check (self);
}

static void
on_waiting (Session *session, Edit *edit, guint64 waited_ns,
            const LockInfo *holder, EditPopover *self)
{
  g_autofree char *text = NULL;

  if (edit != self->pending)
    return;
  text = words_waiting (edit->entry->name, holder);
  show_message (self, text, FALSE);
}

static void
set_pending (EditPopover *self, Edit *edit)
{
  g_clear_pointer (&self->pending, edit_unref);
  self->pending = edit != NULL ? edit_ref (edit) : NULL;
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), edit != NULL);
  gtk_spinner_set_spinning (self->spinner, edit != NULL);
  /* Not insensitive: it would lose the focus without being told. */
  gtk_editable_set_editable (GTK_EDITABLE (self->entry), edit == NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->apply), edit == NULL);
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EditPopover) self = user_data;
  g_autoptr (Edit) edit = session_edit_of_result (result);
  g_autoptr (GError) error = NULL;

  if (session_edit_finish (SHMLENS_SESSION (source), result, NULL, &error))
    {
      if (edit == self->pending)
        {
          set_pending (self, NULL);
          gtk_popover_popdown (GTK_POPOVER (self));
        }
      return;
    }
  if (edit != self->pending)
    return;
  set_pending (self, NULL);
  if (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED))
    {
      check (self);
      return;
    }
  show_message (self, error->message, TRUE);
  if (edit_text_offer (edit, error) != NULL)
    set_offer (self, edit_text_make_offer (edit, error), edit_text_offer (edit, error));
  gtk_widget_grab_focus (self->offered != NULL ? GTK_WIDGET (self->offer)
                                               : GTK_WIDGET (self->entry));
}

static void
start (EditPopover *self, Edit *edit)
{
  set_pending (self, edit);
  session_apply (entry_item_get_session (self->item), edit, on_applied, g_object_ref (self));
}

static void
on_apply (GtkButton *button, EditPopover *self)
{
  g_autoptr (Edit) edit = NULL;

  if (self->pending != NULL || self->item == NULL)
    return;
  edit = make_edit (self, NULL);
  if (edit != NULL && edit_check (edit, NULL))
    start (self, edit);
}

static void
on_offer (GtkButton *button, EditPopover *self)
{
  g_autoptr (Edit) edit = g_steal_pointer (&self->offered);

  if (self->pending != NULL || edit == NULL)
    return;
  set_offer (self, NULL, NULL);
  start (self, edit);
}

static void
on_cancel (GtkButton *button, EditPopover *self)
{
  gtk_popover_popdown (GTK_POPOVER (self));
}

static void
forget_item (EditPopover *self)
{
  if (self->item == NULL)
    return;
  /* Whoever closes it does not want to wait any longer. */
  if (self->pending != NULL)
    editor_cancel (session_get_editor (entry_item_get_session (self->item)));
  set_pending (self, NULL);
  set_offer (self, NULL, NULL);
  g_clear_signal_handler (&self->waiting_handler, entry_item_get_session (self->item));
  entry_item_release (self->item);
  g_clear_object (&self->item);
}

static void
edit_popover_closed (GtkPopover *popover)
{
  forget_item (EDIT_POPOVER (popover));
}

static void
begin (EditPopover *self, EntryItem *item, int field, const char *text, const GdkRectangle *where)
{
  const EntryInfo *info = entry_item_get_info (item);
  g_autofree char *element
    = self->of_element ? entry_info_place_text (info, self->index) : NULL;
  g_autofree char *part = entry_info_field_text (info, field, ENTRY_FIELD_WHOLE);
  g_autoptr (GString) title = g_string_new (info->name);

  self->field = field;
  if (self->block.n_rows > 0)
    g_string_append_printf (title, ngettext (": %" PRIu64 " element", ": %" PRIu64 " elements",
                                             (gulong) array_block_n_elements (&self->block)),
                            array_block_n_elements (&self->block));
  else if (element != NULL)
    g_string_append (title, element);
  g_string_append_printf (
    title, "%s (%s)", part,
    shmlens_type_name (field >= 0 ? &info->fields[field].type : &info->type));
  gtk_label_set_text (self->title, title->str);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  self->item = g_object_ref (item);
  entry_item_hold (item);
  self->waiting_handler = g_signal_connect (entry_item_get_session (item), "waiting",
                                            G_CALLBACK (on_waiting), self);
  check (self);
  self->where = *where;
  popover_popup_at (GTK_POPOVER (self), where);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}

void
edit_popover_open (EditPopover *self, EntryItem *item, int field, const GdkRectangle *where)
{
  g_autofree char *text = entry_item_get_field_edit_text (item, field);

  edit_popover_open_text (self, item, field, text != NULL ? text : "", where);
}

void
edit_popover_open_text (EditPopover *self, EntryItem *item, int field, const char *text,
                        const GdkRectangle *where)
{
  forget_item (self);
  self->of_element = FALSE;
  self->block.n_rows = 0;
  begin (self, item, field, text, where);
}

void
edit_popover_open_element (EditPopover *self, EntryItem *item, guint64 index, int field,
                           const char *text, const GdkRectangle *where)
{
  forget_item (self);
  self->of_element = TRUE;
  self->block.n_rows = 0;
  self->index = index;
  begin (self, item, field, text, where);
}

void
edit_popover_open_block (EditPopover *self, EntryItem *item, const ArrayBlock *block, int field,
                         const GdkRectangle *where)
{
  forget_item (self);
  self->of_element = FALSE;
  self->block = *block;
  begin (self, item, field, "", where);
}

EditPopover *
edit_popover_new (void)
{
  return g_object_new (EDIT_TYPE_POPOVER, NULL);
}

static void
edit_popover_dispose (GObject *object)
{
  forget_item (EDIT_POPOVER (object));
  G_OBJECT_CLASS (edit_popover_parent_class)->dispose (object);
}

static void
edit_popover_class_init (EditPopoverClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = edit_popover_dispose;
  GTK_POPOVER_CLASS (class)->closed = edit_popover_closed;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/edit-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, EditPopover, title);
  gtk_widget_class_bind_template_child (widget_class, EditPopover, message);
  gtk_widget_class_bind_template_child (widget_class, EditPopover, entry);
  gtk_widget_class_bind_template_child (widget_class, EditPopover, spinner);
  gtk_widget_class_bind_template_child (widget_class, EditPopover, cancel);
  gtk_widget_class_bind_template_child (widget_class, EditPopover, offer);
  gtk_widget_class_bind_template_child (widget_class, EditPopover, apply);
  gtk_widget_class_bind_template_callback (widget_class, on_text_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_offer);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
}

static void
edit_popover_init (EditPopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
