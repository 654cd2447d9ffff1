/* preferences.c - the window with the preferences. */
#include "preferences.h"

struct _Preferences
{
  GtkWindow parent_instance;

  GtkAdjustment *rate_adjustment, *timeout_adjustment, *notice_adjustment;
  GtkSwitch *mark, *reopen;
};

G_DEFINE_FINAL_TYPE (Preferences, preferences, GTK_TYPE_WINDOW)

Preferences *
preferences_new (GtkWindow *parent, Session *session, GSettings *settings)
{
  const GBindingFlags flags = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;
  Preferences *self = g_object_new (PREFERENCES_TYPE, "transient-for", parent, NULL);

  g_object_bind_property (session, "rate", self->rate_adjustment, "value", flags);
  g_object_bind_property (session, "lock-timeout", self->timeout_adjustment, "value", flags);
  g_object_bind_property (session, "lock-notice", self->notice_adjustment, "value", flags);
  g_object_bind_property (session, "mark-changes", self->mark, "active", flags);
  if (settings != NULL)
    g_settings_bind (settings, "reopen-last", self->reopen, "active", G_SETTINGS_BIND_DEFAULT);
  else
    gtk_widget_set_sensitive (GTK_WIDGET (self->reopen), FALSE);
  return self;
}

static void
preferences_class_init (PreferencesClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, Preferences, rate_adjustment);
  gtk_widget_class_bind_template_child (widget_class, Preferences, timeout_adjustment);
  gtk_widget_class_bind_template_child (widget_class, Preferences, notice_adjustment);
  gtk_widget_class_bind_template_child (widget_class, Preferences, mark);
  gtk_widget_class_bind_template_child (widget_class, Preferences, reopen);
}

static void
preferences_init (Preferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
