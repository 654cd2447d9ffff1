/* application.c - the program: one session, one window, what is remembered. */
#include "application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "command-table.h"
#include "right-to-left.h"
#include "style.h"

#define APPLICATION_ID "org.shmlens.Shmlens"

static const int ending_signals[] = { SIGTERM, SIGINT, SIGHUP };

struct _ShmlensApplication
{
  GtkApplication parent_instance;

  Session *session;
  GSettings *settings;   /* NULL when its schema is not installed */
  guint signal_sources[G_N_ELEMENTS (ending_signals)];
};

G_DEFINE_FINAL_TYPE (ShmlensApplication, shmlens_application, GTK_TYPE_APPLICATION)

ShmlensApplication *
shmlens_application_new (GApplicationFlags flags)
{
  return g_object_new (SHMLENS_TYPE_APPLICATION, "application-id", APPLICATION_ID, "flags", flags,
                       NULL);
}

/* g_settings_new() would end the program when the schema is missing. */
static GSettings *
find_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, APPLICATION_ID, TRUE);
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

static void
about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_show_about_dialog (gtk_application_get_active_window (user_data),
                         "program-name", "shmlens",
                         "logo-icon-name", APPLICATION_ID,
                         "version", shmlens_version (),
                         "license-type", GTK_LICENSE_MIT_X11,
                         "comments", _("See what is inside live shared memory, and change it "
                                       "safely"),
                         NULL);
}

/* What a notification is about, which can be older than this window. */
static void
show_entry (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *window = shmlens_application_show (user_data);
  const char *segment, *entry;

  g_variant_get (parameter, "(&s&s)", &segment, &entry);
  shmlens_window_open (window, segment, entry[0] != '\0' ? entry : NULL);
}

/* NULL when there is none. A dialog of it may be the active one. */
static GtkWindow *
main_window_of (ShmlensApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  while (window != NULL && gtk_window_get_transient_for (window) != NULL)
    window = gtk_window_get_transient_for (window);
  return window;
}

static void
quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window = main_window_of (user_data);

  /* By way of the window, which then keeps its size. */
  if (window != NULL)
    gtk_window_close (window);
  else
    g_application_quit (user_data);
}

/* Dying at once could leave a lock taken that the editor holds at this very moment. */
static gboolean
on_ending_signal (gpointer user_data)
{
  GtkWindow *window = main_window_of (user_data);

  if (SHMLENS_IS_WINDOW (window))
    shmlens_window_save_state (SHMLENS_WINDOW (window));
  g_application_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
shmlens_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "about", .activate = about },
    { .name = "quit", .activate = quit },
    { .name = "show-entry", .parameter_type = "(ss)", .activate = show_entry },
  };
  guint n_commands;
  const Command *commands = command_table (&n_commands);
  ShmlensApplication *self = SHMLENS_APPLICATION (application);

  G_APPLICATION_CLASS (shmlens_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (APPLICATION_ID);
  style_load ();
  right_to_left_prepare ();
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (guint i = 0; i < n_commands; i++)
    if (command_is_global (&commands[i]))
      gtk_application_set_accels_for_action (GTK_APPLICATION (self), commands[i].action,
                                             commands[i].keys);

  for (guint i = 0; i < G_N_ELEMENTS (ending_signals); i++)
    self->signal_sources[i] = g_unix_signal_add (ending_signals[i], on_ending_signal, self);
  self->session = session_new (NULL);
  self->settings = find_settings ();
  if (self->settings != NULL)
    {
      g_settings_bind (self->settings, "rate", self->session, "rate", G_SETTINGS_BIND_DEFAULT);
      g_settings_bind (self->settings, "lock-timeout", self->session, "lock-timeout",
                       G_SETTINGS_BIND_DEFAULT);
      g_settings_bind (self->settings, "lock-notice", self->session, "lock-notice",
                       G_SETTINGS_BIND_DEFAULT);
      g_settings_bind (self->settings, "mark-changes", self->session, "mark-changes",
                       G_SETTINGS_BIND_DEFAULT);
    }
}

ShmlensWindow *
shmlens_application_show (ShmlensApplication *self)
{
  GtkWindow *window = main_window_of (self);

  if (window == NULL)
    {
      ShmlensWindow *made
        = shmlens_window_new (GTK_APPLICATION (self), self->session, self->settings);

      if (self->settings == NULL)
        message_bar_say (shmlens_window_get_message_bar (made), MESSAGE_NOTICE,
                         _("Preferences are not kept: their schema is not installed. Install "
                           "shmlens, or set GSETTINGS_SCHEMA_DIR as app/run does."));
      window = GTK_WINDOW (made);
    }
  gtk_window_present (window);
  return SHMLENS_WINDOW (window);
}

static void
shmlens_application_activate (GApplication *application)
{
  shmlens_application_show (SHMLENS_APPLICATION (application));
}

static void
shmlens_application_shutdown (GApplication *application)
{
  ShmlensApplication *self = SHMLENS_APPLICATION (application);

  for (guint i = 0; i < G_N_ELEMENTS (ending_signals); i++)
    g_clear_handle_id (&self->signal_sources[i], g_source_remove);
  G_APPLICATION_CLASS (shmlens_application_parent_class)->shutdown (application);
  g_clear_object (&self->settings);
  g_clear_object (&self->session);
}

static void
shmlens_application_class_init (ShmlensApplicationClass *class)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (class);

  application_class->startup = shmlens_application_startup;
  application_class->activate = shmlens_application_activate;
  application_class->shutdown = shmlens_application_shutdown;
}

static void
shmlens_application_init (ShmlensApplication *self)
{
}
