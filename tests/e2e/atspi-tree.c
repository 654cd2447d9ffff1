/* atspi-tree.c - what assistive technology sees of a program.
 *
 * atspi-tree PID: for each line on standard input writes the tree of the program's
 * widgets, a line each, and an empty line:
 *
 *   DEPTH  ROLE  NAME  STATES  X,Y,WIDTH,HEIGHT
 *
 * parted by tabs. Places are relative to the window, of no size when hidden. Lists and
 * tables with many rows are not walked into: a view makes two hundred of them whatever
 * is visible.
 *
 * Speaks the protocol itself, https://gitlab.gnome.org/GNOME/at-spi2-core (xml/), to ask
 * for a whole level of the tree at once: libatspi waits for each answer, and a window
 * that is busy drawing takes its time for each.
 */
#include <atspi/atspi.h>
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 16
#define DEPTH_MAX 40
#define TIMEOUT_MS 20000
#define ACCESSIBLE "org.a11y.atspi.Accessible"
#define ROOT "/org/a11y/atspi/accessible/root"

static const struct
{
  AtspiStateType state;
  const char *name;
} states[] = {
  { ATSPI_STATE_FOCUSED, "focused" },     { ATSPI_STATE_SENSITIVE, "sensitive" },
  { ATSPI_STATE_CHECKED, "checked" },     { ATSPI_STATE_ACTIVE, "active" },
  { ATSPI_STATE_INVALID_ENTRY, "invalid" }, { ATSPI_STATE_SELECTED, "selected" },
};

typedef struct
{
  char *bus_name, *path;
  char *role, *name;
  gint32 n_children;
  guint64 states;
  gboolean has_states;
  gint32 x, y, width, height;
  GPtrArray *children;
} Node;

static GDBusConnection *bus;
static guint pending;

static void
node_free (gpointer data)
{
  Node *node = data;

  g_free (node->bus_name);
  g_free (node->path);
  g_free (node->role);
  g_free (node->name);
  g_ptr_array_unref (node->children);
  g_free (node);
}

static Node *
node_new (const char *bus_name, const char *path)
{
  Node *node = g_new0 (Node, 1);

  node->bus_name = g_strdup (bus_name);
  node->path = g_strdup (path);
  node->children = g_ptr_array_new_with_free_func (node_free);
  return node;
}

static GVariant *
answer_of (GObject *source, GAsyncResult *result)
{
  pending--;
  return g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
}

static void
ask (Node *node, const char *interface, const char *method, GVariant *arguments,
     GAsyncReadyCallback callback)
{
  pending++;
  g_dbus_connection_call (bus, node->bus_name, node->path, interface, method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, callback, node);
}

/* A widget may vanish while it is looked at: what is not answered is left as it is. */
static void
wait_for_answers (void)
{
  while (pending > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
on_role (GObject *source, GAsyncResult *result, gpointer data)
{
  Node *node = data;
  g_autoptr (GVariant) answer = answer_of (source, result);

  guint32 role;

  if (answer == NULL)
    return;
  g_variant_get (answer, "(u)", &role);
  node->role = atspi_role_get_name (role);
}

static void
on_states (GObject *source, GAsyncResult *result, gpointer data)
{
  Node *node = data;
  g_autoptr (GVariant) answer = answer_of (source, result);
  g_autoptr (GVariant) words = NULL;
  const guint32 *word;
  gsize n;

  if (answer == NULL)
    return;
  words = g_variant_get_child_value (answer, 0);
  word = g_variant_get_fixed_array (words, &n, sizeof *word);
  node->states = (n > 0 ? word[0] : 0) | (n > 1 ? (guint64) word[1] << 32 : 0);
  node->has_states = TRUE;
}

static void
on_properties (GObject *source, GAsyncResult *result, gpointer data)
{
  Node *node = data;
  g_autoptr (GVariant) answer = answer_of (source, result);
  g_autoptr (GVariant) properties = NULL;

  if (answer == NULL)
    return;
  properties = g_variant_get_child_value (answer, 0);
  g_variant_lookup (properties, "Name", "s", &node->name);
  g_variant_lookup (properties, "ChildCount", "i", &node->n_children);
}

static void
on_extents (GObject *source, GAsyncResult *result, gpointer data)
{
  Node *node = data;
  g_autoptr (GVariant) answer = answer_of (source, result);

  if (answer != NULL)
    g_variant_get (answer, "((iiii))", &node->x, &node->y, &node->width, &node->height);
}

static void
on_children (GObject *source, GAsyncResult *result, gpointer data)
{
  Node *node = data;
  g_autoptr (GVariant) answer = answer_of (source, result);
  g_autoptr (GVariantIter) references = NULL;
  const char *bus_name, *path;

  if (answer == NULL)
    return;
  g_variant_get (answer, "(a(so))", &references);
  while (g_variant_iter_next (references, "(&s&o)", &bus_name, &path))
    g_ptr_array_add (node->children, node_new (bus_name, path));
}

static gboolean
has_state (const Node *node, AtspiStateType state)
{
  return (node->states >> state & 1) != 0;
}

static gboolean
is_shown (const Node *node, int depth)
{
  return node->role != NULL && node->has_states
         && (depth <= 1 || has_state (node, ATSPI_STATE_SHOWING)
             || has_state (node, ATSPI_STATE_VISIBLE));
}

static gboolean
has_size (const Node *node)
{
  return node->width > 0 && node->height > 0;
}

/* The pages of a stack have no size, but what is in them has. */
static gboolean
is_walked_into (const Node *node, int depth)
{
  return is_shown (node, depth) && node->n_children <= ROWS_MAX
         && (has_size (node)
             || (strcmp (node->role, "table row") != 0 && strcmp (node->role, "scroll bar") != 0));
}

/* Asks for everything about the nodes of a level, then for their children. */
static void
ask_level (GPtrArray *level, int depth)
{
  for (guint i = 0; i < level->len; i++)
    {
      Node *node = level->pdata[i];

      ask (node, ACCESSIBLE, "GetRole", NULL, on_role);
      ask (node, ACCESSIBLE, "GetState", NULL, on_states);
      ask (node, "org.freedesktop.DBus.Properties", "GetAll", g_variant_new ("(s)", ACCESSIBLE),
           on_properties);
      ask (node, "org.a11y.atspi.Component", "GetExtents",
           g_variant_new ("(u)", ATSPI_COORD_TYPE_WINDOW), on_extents);
    }
  wait_for_answers ();
  for (guint i = 0; i < level->len; i++)
    if (is_walked_into (level->pdata[i], depth))
      ask (level->pdata[i], ACCESSIBLE, "GetChildren", NULL, on_children);
  wait_for_answers ();
}

static void
walk (Node *root)
{
  g_autoptr (GPtrArray) level = g_ptr_array_new ();

  g_ptr_array_add (level, root);
  for (int depth = 0; depth <= DEPTH_MAX && level->len > 0; depth++)
    {
      GPtrArray *next = g_ptr_array_new ();

      ask_level (level, depth);
      for (guint i = 0; i < level->len; i++)
        {
          const Node *node = level->pdata[i];

          for (guint j = 0; j < node->children->len; j++)
            g_ptr_array_add (next, node->children->pdata[j]);
        }
      g_ptr_array_unref (level);
      level = next;
    }
}

/* One field: what would break the line is left out. */
static void
put (const char *text)
{
  for (const char *p = text != NULL ? text : ""; *p != '\0'; p++)
    putchar (*p == '\t' || *p == '\n' ? ' ' : *p);
  putchar ('\t');
}

static void
print (const Node *node, int depth)
{
  if (!is_shown (node, depth))
    return;
  printf ("%d\t", depth);
  put (node->role);
  put (node->name);
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (has_state (node, states[i].state))
      printf ("%s ", states[i].name);
  if (has_size (node))
    printf ("\t%d,%d,%d,%d\n", node->x, node->y, node->width, node->height);
  else
    printf ("\t0,0,0,0\n");
  for (guint i = 0; i < node->children->len; i++)
    print (node->children->pdata[i], depth + 1);
}

static gboolean
belongs_to (const Node *program, guint pid)
{
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "GetConnectionUnixProcessID", g_variant_new ("(s)", program->bus_name),
      G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, NULL);
  guint32 found = 0;

  if (answer != NULL)
    g_variant_get (answer, "(u)", &found);
  return found == pid;
}

/* Nothing as long as the program has not made itself known. */
static void
print_program (guint pid)
{
  Node *desktop = node_new ("org.a11y.atspi.Registry", ROOT);

  ask (desktop, ACCESSIBLE, "GetChildren", NULL, on_children);
  wait_for_answers ();
  for (guint i = 0; i < desktop->children->len; i++)
    if (belongs_to (desktop->children->pdata[i], pid))
      {
        walk (desktop->children->pdata[i]);
        print (desktop->children->pdata[i], 0);
        break;
      }
  node_free (desktop);
}

static GDBusConnection *
connect_to_bus (GError **error)
{
  g_autoptr (GDBusConnection) session = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, error);
  g_autoptr (GVariant) answer = NULL;
  const char *address;

  if (session == NULL)
    return NULL;
  answer = g_dbus_connection_call_sync (session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus",
                                        "GetAddress", NULL, G_VARIANT_TYPE ("(s)"),
                                        G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, error);
  if (answer == NULL)
    return NULL;
  g_variant_get (answer, "(&s)", &address);
  return g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  char line[16];

  bus = argc == 2 ? connect_to_bus (&error) : NULL;
  if (bus == NULL)
    {
      fprintf (stderr, "atspi-tree: %s\n",
               error != NULL ? error->message : "usage: atspi-tree PID");
      return 1;
    }
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      print_program ((guint) strtoul (argv[1], NULL, 10));
      putchar ('\n');
      if (fflush (stdout) != 0)
        break;
    }
  return 0;
}
