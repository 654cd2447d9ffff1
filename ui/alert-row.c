/* alert-row.c - an alert as a row. */
#include "alert-row.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "sentence.h"

struct _AlertRowWidget
{
  GtkWidget parent_instance;

  GtkSwitch *toggle;
  GtkLabel *condition, *segment, *state, *count;
  GtkWidget *edit, *remove;

  AlertItem *item;
};

G_DEFINE_FINAL_TYPE (AlertRowWidget, alert_row, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_SWITCHED,
  SIGNAL_EDIT,
  SIGNAL_REMOVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Today's by the clock alone. Newly allocated. */
static char *
time_text (gint64 time_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (time_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  if (time == NULL)
    return g_strdup ("?");
  return g_date_time_format (time, g_date_time_get_year (time) == g_date_time_get_year (now)
                                       && g_date_time_get_day_of_year (time)
                                            == g_date_time_get_day_of_year (now)
                                     ? "%H:%M:%S"
                                     : "%x %H:%M:%S");
}

static char *
state_text (AlertItem *item)
{
  g_autofree char *since = NULL;

  switch (alert_item_get_state (item))
    {
    case ALERT_OFF:
      return g_strdup (C_("alert", "off"));
    case ALERT_WAITING:
      return g_strdup (C_("alert", "waiting"));
    case ALERT_MET:
      since = time_text (alert_item_get_since (item));
      return g_strdup_printf (C_("alert", "met since %s"), since);
    case ALERT_GONE:
      return g_strdup (C_("alert", "segment gone"));
    default:
      return g_strdup (C_("alert", "cannot be read"));
    }
}

static char *
count_text (const AlertRow *row)
{
  g_autofree char *last = NULL, *times = NULL;

  if (row->count == 0)
    return g_strdup (_("not met yet"));
  last = time_text (row->last_us);
  times = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "met %" PRIu64 " time",
                                        "met %" PRIu64 " times",
                                        (gulong) MIN (row->count, G_MAXUINT32)),
                           row->count);
  /* Translators: "met 3 times", then a time of day. */
  return g_strdup_printf (_("%s, last at %s"), times, last);
}

static void
name_button (GtkWidget *button, const char *format, const char *condition)
{
  g_autofree char *label = g_strdup_printf (format, condition);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
update (AlertRowWidget *self)
{
  const AlertRow *row = alert_item_get_row (self->item);
  enum alert_state state = alert_item_get_state (self->item);
  const char *reason = alert_item_get_reason (self->item);
  g_autofree char *segment = NULL, *said = NULL, *count = NULL;

  if (row == NULL)
    return;
  said = state_text (self->item);
  count = count_text (row);
  segment = row->note[0] != '\0' ? g_strdup_printf ("%s · %s", row->title, row->note)
                                 : g_strdup (row->title);
  gtk_label_set_text (self->condition, row->condition);
  sentence_show (self->segment, reason != NULL ? reason : segment);
  gtk_label_set_text (self->state, said);
  gtk_label_set_text (self->count, count);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->condition), row->condition);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->segment), reason != NULL ? reason : segment);
  gtk_switch_set_active (self->toggle, row->is_on);
  gtk_switch_set_state (self->toggle, row->is_on);
  if (state == ALERT_MET || state == ALERT_BROKEN)
    gtk_widget_add_css_class (GTK_WIDGET (self->state), "warning-text");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->state), "warning-text");
  /* Translators: %s is a condition. */
  name_button (GTK_WIDGET (self->toggle), _("Alert when %s"), row->condition);
  name_button (self->edit, _("Change the alert %s"), row->condition);
  name_button (self->remove, _("Remove the alert %s"), row->condition);
}

static void
on_item_changed (AlertItem *item, GParamSpec *pspec, AlertRowWidget *self)
{
  update (self);
}

static gboolean
on_switch (GtkSwitch *toggle, gboolean state, AlertRowWidget *self)
{
  const AlertRow *row = self->item != NULL ? alert_item_get_row (self->item) : NULL;

  if (row != NULL && row->is_on != state)
    g_signal_emit (self, signals[SIGNAL_SWITCHED], 0, state);
  /* The row says how it is. */
  return TRUE;
}

static void
on_edit (GtkButton *button, AlertRowWidget *self)
{
  g_signal_emit (self, signals[SIGNAL_EDIT], 0);
}

static void
on_remove (GtkButton *button, AlertRowWidget *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVE], 0);
}

AlertItem *
alert_row_get_item (AlertRowWidget *self)
{
  return self->item;
}

static void
alert_row_dispose (GObject *object)
{
  AlertRowWidget *self = ALERT_ROW (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (alert_row_parent_class)->dispose (object);
}

static void
alert_row_class_init (AlertRowWidgetClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = alert_row_dispose;
  signals[SIGNAL_SWITCHED] = g_signal_new ("switched", ALERT_TYPE_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[SIGNAL_EDIT] = g_signal_new ("edit", ALERT_TYPE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_REMOVE] = g_signal_new ("remove", ALERT_TYPE_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/alert-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AlertRowWidget, toggle);
  gtk_widget_class_bind_template_child (widget_class, AlertRowWidget, condition);
  gtk_widget_class_bind_template_child (widget_class, AlertRowWidget, segment);
  gtk_widget_class_bind_template_child (widget_class, AlertRowWidget, state);
  gtk_widget_class_bind_template_child (widget_class, AlertRowWidget, count);
  gtk_widget_class_bind_template_child (widget_class, AlertRowWidget, edit);
  gtk_widget_class_bind_template_child (widget_class, AlertRowWidget, remove);
  gtk_widget_class_bind_template_callback (widget_class, on_switch);
  gtk_widget_class_bind_template_callback (widget_class, on_edit);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
}

static void
alert_row_init (AlertRowWidget *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
alert_row_new (AlertItem *item)
{
  AlertRowWidget *self = g_object_new (ALERT_TYPE_ROW, NULL);

  self->item = g_object_ref (item);
  g_signal_connect (item, "notify", G_CALLBACK (on_item_changed), self);
  update (self);
  return GTK_WIDGET (self);
}
