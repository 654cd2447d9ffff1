/* desktop.c - what shows notifications on a desktop, on the session's bus. */
#include "desktop.h"

#include "window-fixture.h"

#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"

struct desktop desktop;

static GDBusConnection *bus;
static guint owner;
static gboolean is_there;

static const char interface[]
  = "<node><interface name='" NAME "'>"
    "<method name='Notify'>"
    "<arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
    "<arg type='u' direction='out'/></method>"
    "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
    "<signal name='ActionInvoked'><arg type='u'/><arg type='s'/></signal>"
    "</interface></node>";

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface_name,
         const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  const char *title, *body;
  g_autofree const char **actions = NULL;
  guint replaced;

  if (!g_str_equal (method, "Notify"))
    {
      g_dbus_method_invocation_return_value (invocation, NULL);
      return;
    }
  g_variant_get (parameters, "(&su&s&s&s^a&s@a{sv}i)", NULL, &replaced, NULL, &title, &body,
                 &actions, NULL, NULL);
  g_free (desktop.title);
  g_free (desktop.body);
  g_free (desktop.action);
  desktop.title = g_strdup (title);
  desktop.body = g_strdup (body);
  desktop.action = g_strdup (actions[0]);
  desktop.replaced = replaced;
  if (replaced == 0)
    desktop.last++;
  desktop.n_shown++;
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", desktop.last));
}

static void
on_acquired (GDBusConnection *connection, const char *name, gpointer data)
{
  is_there = TRUE;
}

gboolean
desktop_start (void)
{
  static const GDBusInterfaceVTable calls = { .method_call = on_call };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (interface, NULL);
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, NULL);

  assert_non_null (node);
  if (address != NULL)
    bus = g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, NULL);
  if (bus == NULL)
    return FALSE;
  assert_true (g_dbus_connection_register_object (bus, PATH, node->interfaces[0], &calls,
                                                  NULL, NULL, NULL) > 0);
  owner = g_bus_own_name_on_connection (bus, NAME, 0, on_acquired, NULL, NULL, NULL);
  wait_until (is_there);
  return TRUE;
}

void
desktop_stop (void)
{
  g_bus_unown_name (owner);
  g_dbus_connection_close_sync (bus, NULL, NULL);
  g_clear_object (&bus);
  g_free (desktop.title);
  g_free (desktop.body);
  g_free (desktop.action);
  desktop = (struct desktop){ 0 };
}

void
desktop_click (void)
{
  assert_true (g_dbus_connection_emit_signal (bus, NULL, PATH, NAME, "ActionInvoked",
                                              g_variant_new ("(us)", desktop.last, desktop.action),
                                              NULL));
}
