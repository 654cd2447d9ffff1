/* watch-page-actions.c - the commands of the watch list. */
#include "watch-page-private.h"

#include <glib/gi18n.h>

static WatchItem *
selected_of (WatchPage *self, guint *ret_position)
{
  *ret_position = gtk_single_selection_get_selected (self->selection);
  return gtk_single_selection_get_selected_item (self->selection);
}

static const WatchRow *
row_at (WatchPage *self, guint position)
{
  g_autoptr (WatchItem) item = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  return item != NULL ? watch_item_get_row (item) : NULL;
}

static void
on_accepted (TextPopover *popover, const char *text, WatchPage *self)
{
  guint position = self->asked_of != NULL ? watch_page_find (self, self->asked_of) : G_MAXUINT;

  if (self->asked != ASK_NOTE && text[0] == '\0')
    {
      text_popover_refuse (popover, _("A heading needs a text."));
      return;
    }
  switch (self->asked)
    {
    case ASK_NEW_HEADING:
      position = MIN (position, g_list_model_get_n_items (G_LIST_MODEL (self->model)));
      if (watch_list_model_add_heading (self->model, position, text))
        {
          watch_page_select (self, position);
          watch_page_focus_later (self);
        }
      else
        text_popover_refuse (popover, _("The watch list is full. Remove something from it."));
      break;
    case ASK_HEADING:
      if (position != G_MAXUINT)
        watch_list_model_set_heading (self->model, position, text);
      break;
    case ASK_NOTE:
      if (position != G_MAXUINT)
        watch_list_model_set_note (self->model, position, text);
      break;
    }
}

static void
ask (WatchPage *self, int what, WatchItem *item, const char *title, const char *text)
{
  GdkRectangle place = watch_page_place (self);

  if (self->text_popover == NULL)
    {
      self->text_popover = text_popover_new ();
      gtk_widget_set_parent (GTK_WIDGET (self->text_popover), GTK_WIDGET (self));
      g_signal_connect (self->text_popover, "accepted", G_CALLBACK (on_accepted), self);
    }
  self->asked = what;
  g_set_object (&self->asked_of, item);
  text_popover_open (self->text_popover, title, text, &place);
}

static void
add_heading (GtkWidget *widget, const char *action, GVariant *parameter)
{
  WatchPage *self = WATCH_PAGE (widget);
  guint position;

  ask (self, ASK_NEW_HEADING, selected_of (self, &position), _("New heading"), "");
}

static void
edit_note (GtkWidget *widget, const char *action, GVariant *parameter)
{
  WatchPage *self = WATCH_PAGE (widget);
  guint position;
  WatchItem *item = selected_of (self, &position);

  if (item != NULL)
    ask (self, ASK_NOTE, item, _("Note"), watch_item_get_row (item)->note);
}

static void
show_in_segment (GtkWidget *widget, const char *action, GVariant *parameter)
{
  WatchPage *self = WATCH_PAGE (widget);
  guint position;
  WatchItem *item = selected_of (self, &position);
  const struct target *target = item != NULL ? watch_item_get_target (item) : NULL;
  g_autofree char *segment = target != NULL ? watch_list_model_segment_of (self->model, position)
                                            : NULL;

  if (segment != NULL)
    g_signal_emit_by_name (self, "open", segment, target->entry->name);
}

static void
edit (GtkWidget *widget, const char *action, GVariant *parameter)
{
  WatchPage *self = WATCH_PAGE (widget);
  guint position;
  WatchItem *item = selected_of (self, &position);
  g_autoptr (EntryItem) entry = NULL;
  g_autofree char *text = NULL;
  gboolean of_element = FALSE;
  GdkRectangle place = watch_page_place (self);
  const struct target *target;

  if (item == NULL)
    return;
  if (watch_item_get_row (item)->heading != NULL)
    {
      ask (self, ASK_HEADING, item, _("Heading"), watch_item_get_row (item)->heading);
      return;
    }
  entry = watch_item_begin_edit (item, &of_element, &text);
  if (entry == NULL)
    {
      show_in_segment (widget, action, parameter);
      return;
    }
  target = watch_item_get_target (item);
  if (self->edit_popover == NULL)
    {
      self->edit_popover = edit_popover_new ();
      gtk_widget_set_parent (GTK_WIDGET (self->edit_popover), widget);
    }
  if (of_element)
    edit_popover_open_element (self->edit_popover, entry, target->first, target->field, text,
                               &place);
  else
    edit_popover_open_text (self->edit_popover, entry, target->field, text, &place);
}

static void
remove_row (GtkWidget *widget, const char *action, GVariant *parameter)
{
  WatchPage *self = WATCH_PAGE (widget);
  guint position, n;

  if (selected_of (self, &position) == NULL)
    return;
  watch_list_model_remove (self->model, position);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  if (n > 0)
    watch_page_select (self, MIN (position, n - 1));
}

static void
move (WatchPage *self, guint from, guint to)
{
  watch_list_model_move (self->model, from, to);
  watch_page_select (self, to);
}

static void
move_by_one (GtkWidget *widget, const char *action, GVariant *parameter)
{
  WatchPage *self = WATCH_PAGE (widget);
  guint position, n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  gboolean up = g_str_equal (action, "watch.up");

  if (selected_of (self, &position) != NULL && (up ? position > 0 : position + 1 < n))
    move (self, position, up ? position - 1 : position + 1);
}

/* To the end of a group: before the heading that follows its own. */
static void
move_to (GtkWidget *widget, const char *action, GVariant *parameter)
{
  WatchPage *self = WATCH_PAGE (widget);
  guint position, to, n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  int heading = g_variant_get_int32 (parameter);

  if (selected_of (self, &position) == NULL || heading >= (int) n)
    return;
  to = (guint) (heading + 1);
  while (to < n && row_at (self, to)->heading == NULL)
    to++;
  /* Its own place becomes free. */
  move (self, position, to > position ? to - 1 : to);
}

static void
copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  WatchPage *self = WATCH_PAGE (widget);
  guint position;
  WatchItem *item = selected_of (self, &position);
  const WatchRow *row = item != NULL ? watch_item_get_row (item) : NULL;
  const char *text = NULL;

  if (row != NULL && row->heading == NULL)
    text = g_str_equal (action, "watch.copy-name") ? row->target : watch_item_get_value (item);
  else if (row != NULL)
    text = row->heading;
  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

void
watch_page_fill_groups (WatchPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));

  g_menu_remove_all (self->groups);
  g_menu_append (self->groups, _("_No Group"), "watch.move-to(-1)");
  for (guint i = 0; i < n; i++)
    {
      const WatchRow *row = row_at (self, i);
      g_autofree char *action = g_strdup_printf ("watch.move-to(%u)", i);
      g_autoptr (GString) label = g_string_new (row->heading);

      if (row->heading == NULL)
        continue;
      g_string_replace (label, "_", "__", 0);
      g_menu_append (self->groups, label->str, action);
    }
}

void
watch_page_install_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "watch.edit", NULL, edit);
  gtk_widget_class_install_action (class, "watch.remove", NULL, remove_row);
  gtk_widget_class_install_action (class, "watch.up", NULL, move_by_one);
  gtk_widget_class_install_action (class, "watch.down", NULL, move_by_one);
  gtk_widget_class_install_action (class, "watch.move-to", "i", move_to);
  gtk_widget_class_install_action (class, "watch.heading", NULL, add_heading);
  gtk_widget_class_install_action (class, "watch.note", NULL, edit_note);
  gtk_widget_class_install_action (class, "watch.show", NULL, show_in_segment);
  gtk_widget_class_install_action (class, "watch.copy-value", NULL, copy);
  gtk_widget_class_install_action (class, "watch.copy-name", NULL, copy);
}
