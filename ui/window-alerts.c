/* window-alerts.c - the window's alerts: making one, their page, and what happens when one is met. */
#include "window-private.h"

#include <glib/gi18n.h>

#include "alert-dialog.h"
#include "alert-page.h"
#include "array-plane.h"
#include "attachment-recording.h"
#include "condition-entry.h"
#include "notifier.h"
#include "plot-page.h"
#include "target.h"

#define NAME "alerts"

struct window_alerts
{
  AlertListModel *list;
  MarkList *marks;
  Notifier *notifier;      /* made for the first that is told; NULL also without an application */
};

/* "counts[1][3].x": how people write a cell of an array. Newly allocated. */
static char *
cell_name (const EntryInfo *info, guint64 index, int field)
{
  g_autofree char *name = target_name (info->name);
  g_autofree char *place = entry_info_place_text (info, index);
  g_autofree char *part = entry_info_field_text (info, field, ENTRY_FIELD_WHOLE);

  return g_strconcat (name, place, part, NULL);
}

/* On the cell that the keys go to, or else on the whole entry. */
char *
window_suggest_condition (ShmlensWindow *self)
{
  EntryItem *item = entry_table_get_selected (self->table);
  const EntryInfo *info;
  g_autofree char *value = NULL, *part = NULL;
  const void *elements;
  guint64 n = 0, index;
  int field;
  ArrayGrid *grid;

  if (item == NULL)
    return g_strdup ("");
  info = entry_item_get_info (item);
  elements = entry_item_get_elements (item, &n);
  grid = window_find_cell (self, &index, &field);
  if (grid != NULL)
    {
      part = cell_name (info, index, field);
      value = array_grid_get_cursor_text (grid);
    }
  else if (info->dimensions == 0 && info->n_fields == 0 && elements != NULL && n > 0)
    value = entry_info_element_text (info, elements, -1);
  return condition_entry_suggest (info, part, value);
}

static void
alert (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;
  g_autofree char *condition = NULL;
  Attachment *attachment;

  if (self->entries == NULL)
    {
      message_bar_say (self->message_bar, MESSAGE_NOTICE,
                       _("An alert is on a segment. Select one, and an entry of it, first."));
      return;
    }
  attachment = entry_list_get_attachment (self->entries);
  if (attachment_is_recording (attachment))
    message_bar_say (self->message_bar, MESSAGE_NOTICE,
                     _("Alerts are for what is running now, and this is a recording. Open the "
                       "program's own segment."));
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->alerts->list)) >= ALERT_LIST_ROWS_MAX)
    message_bar_say (self->message_bar, MESSAGE_NOTICE,
                     _("There is no room for more alerts. Remove one first."));
  else
    {
      condition = window_suggest_condition (self);
      gtk_window_present (GTK_WINDOW (
        alert_dialog_new (GTK_WINDOW (self), self->alerts->list, attachment, condition)));
    }
}

static void
notify_desktop (ShmlensWindow *self, AlertItem *item)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  const AlertRow *row = alert_item_get_row (item);
  Attachment *attachment = alert_item_get_attachment (item);
  const char *entry = alert_item_get_entry (item);
  g_autoptr (GNotification) notification = NULL;
  g_autoptr (SegmentInfo) info = NULL;
  g_autofree char *id = g_strdup_printf ("alert-%s-%s", row->segment, row->condition);
  g_autofree char *body = NULL;

  if (application == NULL || attachment == NULL)
    return;
  if (self->alerts->notifier == NULL)
    self->alerts->notifier = notifier_new (G_APPLICATION (application));
  info = attachment_get_info (attachment);
  notification = g_notification_new (row->condition);
  body = row->note[0] != '\0' ? g_strdup_printf ("%s\n%s", row->title, row->note)
                              : g_strdup (row->title);
  g_notification_set_body (notification, body);
  g_notification_set_default_action_and_target (notification, "app.show-entry", "(ss)", info->id,
                                                entry != NULL ? entry : "");
  notifier_send (self->alerts->notifier, id, notification);
}

static void
on_fired (AlertListModel *list, AlertItem *item, gint64 time_us, gboolean is_told,
          ShmlensWindow *self)
{
  const AlertRow *row = alert_item_get_row (item);
  /* Translators: a condition is met; in a segment, and a note of the person's own. */
  g_autofree char *said
    = row->note[0] != '\0'
        ? g_strdup_printf (_("Alert: %s, in “%s” (%s)"), row->condition, row->title, row->note)
        : g_strdup_printf (_("Alert: %s, in “%s”"), row->condition, row->title);

  mark_list_add (self->alerts->marks, plot_time (time_us), row->condition);
  window_mark_recording (self, row->condition);
  if (!is_told)
    return;
  message_bar_say (self->message_bar, MESSAGE_NOTICE, said);
  notify_desktop (self, item);
}

static void
on_failed (AlertListModel *list, const char *why, ShmlensWindow *self)
{
  g_autofree char *said = g_strconcat (why, ".", NULL);

  message_bar_say (self->message_bar, MESSAGE_ERROR, said);
}

static void
on_open (AlertPage *page, AlertItem *item, ShmlensWindow *self)
{
  Attachment *attachment = alert_item_get_attachment (item);
  g_autoptr (SegmentInfo) info = attachment != NULL ? attachment_get_info (attachment) : NULL;

  if (info != NULL)
    shmlens_window_open (self, info->id, alert_item_get_entry (item));
}

static GtkWidget *
make_page (gpointer user_data)
{
  ShmlensWindow *self = user_data;
  GtkWidget *page = alert_page_new (self->alerts->list);

  g_signal_connect (page, "open", G_CALLBACK (on_open), self);
  return page;
}

MarkList *
window_get_marks (ShmlensWindow *self)
{
  return self->alerts->marks;
}

void
window_load_alerts (ShmlensWindow *self)
{
  alert_list_model_load (self->alerts->list);
}

void
window_add_alerts (ShmlensWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "alert", .activate = alert },
  };

  self->alerts = g_new0 (struct window_alerts, 1);
  self->alerts->marks = mark_list_new ();
  self->alerts->list = alert_list_model_new (self->session, self->segments, NULL);
  g_signal_connect_object (self->alerts->list, "fired", G_CALLBACK (on_fired), self, 0);
  g_signal_connect_object (self->alerts->list, "failed", G_CALLBACK (on_failed), self, 0);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  dock_add (self->dock, NAME, _("Alerts"), make_page, self);
}

void
window_remove_alerts (ShmlensWindow *self)
{
  if (self->alerts == NULL)
    return;
  notifier_free (self->alerts->notifier);
  g_clear_object (&self->alerts->list);
  g_clear_object (&self->alerts->marks);
  g_clear_pointer (&self->alerts, g_free);
}
