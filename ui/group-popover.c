/* group-popover.c - edits several entries at once: checks the text for all of them while it is
 * typed, applies it as one step, and says of which it failed and why. */
#include "group-popover.h"

#include <glib/gi18n.h>

#include "edit-text.h"
#include "sentence.h"

/* How many failures are told one by one. */
#define TOLD_MAX 6

struct _GroupPopover
{
  GtkPopover parent_instance;

  GtkLabel *title, *message;
  GtkEntry *entry;
  GtkButton *offer, *apply;

  GPtrArray *items;         /* NULL while it is closed */
  GPtrArray *offered;       /* of Edit: those that failed, as they could be made */
  EditGroup *pending;       /* while it is being applied */
};

G_DEFINE_FINAL_TYPE (GroupPopover, group_popover, GTK_TYPE_POPOVER)

static void
show_message (GroupPopover *self, const char *text, gboolean is_error)
{
  sentence_show (self->message, text);
  if (is_error)
    gtk_widget_add_css_class (GTK_WIDGET (self->message), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->message), "error");
}

static void
set_offered (GroupPopover *self, GPtrArray *offered, const char *label)
{
  g_clear_pointer (&self->offered, g_ptr_array_unref);
  self->offered = offered;
  gtk_widget_set_visible (GTK_WIDGET (self->offer), offered != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->apply), offered == NULL);
  if (offered != NULL)
    gtk_button_set_label (self->offer, label);
}

static Edit *
make_edit (EntryItem *item, const char *text, GError **error)
{
  EntryInfo *info = entry_item_get_info (item);
  g_autofree char *parsed = NULL;
  g_autoptr (Edit) edit = NULL;

  if (!edit_text_is_possible (info, -1))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   _("%s: no single text can stand for it; edit it alone"), info->name);
      return NULL;
    }
  parsed = entry_item_parse_text (item, -1, text, error);
  if (parsed == NULL)
    return NULL;
  edit = edit_text_make (entry_item_get_attachment (item), info, -1, parsed);
  return edit_check (edit, error) ? g_steal_pointer (&edit) : NULL;
}

/* An edit for each, or an error when it cannot be made of one of them. */
static GPtrArray *
make_edits (GroupPopover *self, GError **error)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autoptr (GPtrArray) edits = g_ptr_array_new_with_free_func ((GDestroyNotify) edit_unref);

  for (guint i = 0; i < self->items->len; i++)
    {
      Edit *edit = make_edit (self->items->pdata[i], text, error);

      if (edit == NULL)
        return NULL;
      g_ptr_array_add (edits, edit);
    }
  return g_steal_pointer (&edits);
}

static void
check (GroupPopover *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) edits = make_edits (self, &error);

  set_offered (self, NULL, NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->apply), edits != NULL);
  if (edits == NULL && gtk_editable_get_text (GTK_EDITABLE (self->entry))[0] != '\0')
    show_message (self, error->message, TRUE);
  else
    show_message (self, _("A value for all of them; +=5, -=1 and *=2 change what is there then."),
                  FALSE);
}

static void
on_text_changed (GtkEditable *editable, GroupPopover *self)
{
  if (self->items != NULL && self->pending == NULL)
    check (self);
}

static void
set_pending (GroupPopover *self, EditGroup *group)
{
  g_clear_pointer (&self->pending, edit_group_unref);
  self->pending = group != NULL ? edit_group_ref (group) : NULL;
  gtk_editable_set_editable (GTK_EDITABLE (self->entry), group == NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->apply), group == NULL);
}

/* Which failed and why, and what can be done about those. */
static void
report (GroupPopover *self, const EditGroup *group, const GArray *outcomes)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) offered = g_ptr_array_new_with_free_func ((GDestroyNotify) edit_unref);
  const char *label = NULL;
  guint failed = 0;

  for (guint i = 0; i < outcomes->len; i++)
    {
      const EditOutcome *outcome = &g_array_index (outcomes, EditOutcome, i);
      const Edit *edit = group->edits->pdata[i];

      if (outcome->error == NULL)
        continue;
      if (failed++ < TOLD_MAX)
        g_string_append_printf (text, "\n%s", outcome->error->message);
      if (edit_text_offer (edit, outcome->error) == NULL)
        continue;
      if (label == NULL)
        label = edit_text_offer (edit, outcome->error);
      /* One button, one kind of offer. */
      if (g_str_equal (label, edit_text_offer (edit, outcome->error)))
        g_ptr_array_add (offered, edit_text_make_offer (edit, outcome->error));
    }
  if (failed > TOLD_MAX)
    g_string_append (text, "\n…");
  g_string_prepend_c (text, '.');
  {
    g_autofree char *summary
      = g_strdup_printf (ngettext ("%u of %u was not written", "%u of %u were not written", failed),
                         failed, outcomes->len);

    g_string_prepend (text, summary);
  }
  show_message (self, text->str, TRUE);
  if (label != NULL)
    set_offered (self, g_steal_pointer (&offered), label);
}

struct applying
{
  GroupPopover *self;
  Session *session;  /* keeps the editor */
};

static void
on_done (Editor *editor, const EditGroup *group, const GArray *outcomes, const GError *error,
         gpointer user_data)
{
  struct applying *applying = user_data;
  GroupPopover *self = applying->self;

  sampler_kick (session_get_sampler (applying->session));
  if (group == self->pending)
    {
      set_pending (self, NULL);
      if (error == NULL)
        gtk_popover_popdown (GTK_POPOVER (self));
      else if (outcomes != NULL)
        report (self, group, outcomes);
      else
        show_message (self, error->message, TRUE);
    }
  g_object_unref (applying->self);
  g_object_unref (applying->session);
  g_free (applying);
}

static void
start (GroupPopover *self, GPtrArray *edits)
{
  Session *session = entry_item_get_session (self->items->pdata[0]);
  struct applying *applying = g_new (struct applying, 1);
  g_autofree char *title
    /* Translators: what one undo takes back: TEXT was typed for so many entries. */
    = g_strdup_printf (ngettext ("“%s” in %u entry", "“%s” in %u entries", edits->len),
                       gtk_editable_get_text (GTK_EDITABLE (self->entry)), edits->len);
  g_autoptr (EditGroup) group = edit_group_new (title);

  for (guint i = 0; i < edits->len; i++)
    {
      Edit *edit = edits->pdata[i];

      edit->timeout_ns = session_get_lock_timeout_ns (session);
      edit_group_add (group, edit);
    }
  *applying = (struct applying){ g_object_ref (self), g_object_ref (session) };
  set_pending (self, group);
  editor_apply_group (session_get_editor (session), group, on_done, applying);
}

static void
on_apply (GtkButton *button, GroupPopover *self)
{
  g_autoptr (GPtrArray) edits = NULL;

  if (self->items == NULL || self->pending != NULL)
    return;
  edits = make_edits (self, NULL);
  if (edits != NULL)
    start (self, edits);
}

static void
on_offer (GtkButton *button, GroupPopover *self)
{
  g_autoptr (GPtrArray) edits = g_steal_pointer (&self->offered);

  if (self->items == NULL || self->pending != NULL || edits == NULL)
    return;
  set_offered (self, NULL, NULL);
  start (self, edits);
}

static void
on_cancel (GtkButton *button, GroupPopover *self)
{
  gtk_popover_popdown (GTK_POPOVER (self));
}

static void
forget_items (GroupPopover *self)
{
  if (self->items == NULL)
    return;
  /* Whoever closes it does not want to wait any longer. */
  if (self->pending != NULL)
    editor_cancel (session_get_editor (entry_item_get_session (self->items->pdata[0])));
  set_pending (self, NULL);
  set_offered (self, NULL, NULL);
  g_clear_pointer (&self->items, g_ptr_array_unref);
}

static void
group_popover_closed (GtkPopover *popover)
{
  forget_items (GROUP_POPOVER (popover));
}

void
group_popover_open (GroupPopover *self, GPtrArray *items, const GdkRectangle *where)
{
  g_autofree char *title
    = g_strdup_printf (ngettext ("Edit %u entry", "Edit %u entries", items->len), items->len);

  forget_items (self);
  self->items = g_ptr_array_ref (items);
  gtk_label_set_text (self->title, title);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  check (self);
  gtk_popover_set_pointing_to (GTK_POPOVER (self), where);
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

GroupPopover *
group_popover_new (void)
{
  return g_object_new (GROUP_TYPE_POPOVER, NULL);
}

static void
group_popover_dispose (GObject *object)
{
  forget_items (GROUP_POPOVER (object));
  G_OBJECT_CLASS (group_popover_parent_class)->dispose (object);
}

static void
group_popover_class_init (GroupPopoverClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = group_popover_dispose;
  GTK_POPOVER_CLASS (class)->closed = group_popover_closed;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/group-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, GroupPopover, title);
  gtk_widget_class_bind_template_child (widget_class, GroupPopover, message);
  gtk_widget_class_bind_template_child (widget_class, GroupPopover, entry);
  gtk_widget_class_bind_template_child (widget_class, GroupPopover, offer);
  gtk_widget_class_bind_template_child (widget_class, GroupPopover, apply);
  gtk_widget_class_bind_template_callback (widget_class, on_text_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_offer);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
}

static void
group_popover_init (GroupPopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
