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
 */
#include <atspi/atspi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 12
#define DEPTH_MAX 40

static const struct
{
  AtspiStateType state;
  const char *name;
} states[] = {
  { ATSPI_STATE_FOCUSED, "focused" },     { ATSPI_STATE_SENSITIVE, "sensitive" },
  { ATSPI_STATE_CHECKED, "checked" },     { ATSPI_STATE_ACTIVE, "active" },
  { ATSPI_STATE_INVALID_ENTRY, "invalid" }, { ATSPI_STATE_SELECTED, "selected" },
};

/* One field: what would break the line is left out. */
static void
put (const char *text)
{
  for (const char *p = text != NULL ? text : ""; *p != '\0'; p++)
    putchar (*p == '\t' || *p == '\n' ? ' ' : *p);
  putchar ('\t');
}

static void
put_states (AtspiStateSet *set)
{
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (atspi_state_set_contains (set, states[i].state))
      printf ("%s ", states[i].name);
  putchar ('\t');
}

/* False of what has no size. */
static gboolean
put_place (AtspiAccessible *accessible)
{
  AtspiComponent *component = atspi_accessible_get_component_iface (accessible);
  AtspiRect *place = NULL;
  gboolean has_size;

  if (component != NULL)
    {
      place = atspi_component_get_extents (component, ATSPI_COORD_TYPE_WINDOW, NULL);
      g_object_unref (component);
    }
  has_size = place != NULL && place->width > 0 && place->height > 0;
  if (has_size)
    printf ("%d,%d,%d,%d\n", place->x, place->y, place->width, place->height);
  else
    printf ("0,0,0,0\n");
  g_free (place);
  return has_size;
}

/* A widget may vanish while it is looked at: then it is left out. */
static void
walk (AtspiAccessible *accessible, int depth)
{
  AtspiStateSet *set = atspi_accessible_get_state_set (accessible);
  char *role, *name;
  gboolean has_size;
  int n_children;

  if (set == NULL || depth > DEPTH_MAX
      || (depth > 1 && !atspi_state_set_contains (set, ATSPI_STATE_SHOWING)
          && !atspi_state_set_contains (set, ATSPI_STATE_VISIBLE)))
    {
      g_clear_object (&set);
      return;
    }
  role = atspi_accessible_get_role_name (accessible, NULL);
  name = atspi_accessible_get_name (accessible, NULL);
  n_children = atspi_accessible_get_child_count (accessible, NULL);
  printf ("%d\t", depth);
  put (role);
  put (name);
  put_states (set);
  g_object_unref (set);
  has_size = put_place (accessible);
  /* The pages of a stack have no size, but what is in them has. */
  if (n_children <= ROWS_MAX
      && (has_size || (strcmp (role, "table row") != 0 && strcmp (role, "scroll bar") != 0)))
    for (int i = 0; i < n_children; i++)
      {
        AtspiAccessible *child = atspi_accessible_get_child_at_index (accessible, i, NULL);

        if (child == NULL)
          continue;
        walk (child, depth + 1);
        g_object_unref (child);
      }
  g_free (role);
  g_free (name);
}

/* NULL as long as the program has not made itself known. */
static AtspiAccessible *
find_program (guint pid)
{
  AtspiAccessible *desktop = atspi_get_desktop (0);
  AtspiAccessible *found = NULL;
  int n_children;

  atspi_accessible_set_cache_mask (desktop, ATSPI_CACHE_NONE);
  n_children = atspi_accessible_get_child_count (desktop, NULL);
  for (int i = 0; i < n_children && found == NULL; i++)
    {
      AtspiAccessible *program = atspi_accessible_get_child_at_index (desktop, i, NULL);

      if (program != NULL && atspi_accessible_get_process_id (program, NULL) == pid)
        found = program;
      else if (program != NULL)
        g_object_unref (program);
    }
  g_object_unref (desktop);
  return found;
}

int
main (int argc, char **argv)
{
  char line[16];

  if (argc != 2 || atspi_init () > 1)
    {
      fprintf (stderr, "atspi-tree: a process id is needed, and a session bus\n");
      return 1;
    }
  atspi_set_timeout (20000, 20000);
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      AtspiAccessible *program = find_program ((guint) strtoul (argv[1], NULL, 10));

      if (program != NULL)
        {
          atspi_accessible_set_cache_mask (program, ATSPI_CACHE_NONE);
          walk (program, 0);
          g_object_unref (program);
        }
      putchar ('\n');
      if (fflush (stdout) != 0)
        break;
    }
  return 0;
}
