/* py-place.c - where code comes from. */
#include "py-place.h"

#include <string.h>

#define MODULE_DICT 16
#define MODULES_MAX 65536
#define PATH_MAX_LENGTH 4096

struct py_places
{
  const PyReader *reader;
  GPtrArray *modules;
  GHashTable *by_name;     /* to modules, which own the names */
  GHashTable *by_globals;  /* their addresses to modules; NULL: looked at, and not taken in */
  char *library;           /* "/usr/lib/python3.11/"; NULL not known */
};

static void
module_info_free (gpointer data)
{
  PyModuleInfo *info = data;

  g_free (info->name);
  g_free (info);
}

static gboolean
is_main (const char *name)
{
  return g_str_equal (name, "__main__") || g_str_equal (name, "__mp_main__");
}

/* What starts and holds other code. */
static gboolean
is_internal (const char *name)
{
  static const char *const packages[] = { "multiprocessing", "concurrent", "importlib",
                                          "threading", "runpy", "_frozen_importlib",
                                          "_frozen_importlib_external" };

  for (gsize i = 0; i < G_N_ELEMENTS (packages); i++)
    {
      gsize length = strlen (packages[i]);

      if (strncmp (name, packages[i], length) == 0 && (name[length] == '\0' || name[length] == '.'))
        return TRUE;
    }
  return FALSE;
}

/* The string in a dict; NULL. */
static char *
string_in (const PyReader *reader, guint64 dict, const char *key)
{
  guint64 string = py_dict_find (reader, dict, key);

  return string != 0 ? py_string (reader, string, PATH_MAX_LENGTH) : NULL;
}

enum py_place
py_places_of_file (const PyPlaces *self, const char *path)
{
  static const char *const internal[] = { "multiprocessing/", "concurrent/", "importlib/",
                                          "threading.py", "runpy.py" };
  gsize length = self->library != NULL ? strlen (self->library) : 0;

  if (strstr (path, "/site-packages/") != NULL || strstr (path, "/dist-packages/") != NULL)
    return PLACE_PACKAGE;
  if (g_str_has_prefix (path, "<frozen "))
    return PLACE_INTERNAL;
  if (length == 0 || strncmp (path, self->library, length) != 0)
    return PLACE_PROGRAM;
  for (gsize i = 0; i < G_N_ELEMENTS (internal); i++)
    if (g_str_has_prefix (path + length, internal[i]))
      return PLACE_INTERNAL;
  return PLACE_LIBRARY;
}

static enum py_place
place_of_globals (const PyPlaces *self, guint64 globals, const char *name)
{
  g_autofree char *path = NULL;
  guint64 spec;

  if (is_main (name))
    return PLACE_MAIN;
  if (is_internal (name))
    return PLACE_INTERNAL;
  path = string_in (self->reader, globals, "__file__");
  if (path != NULL)
    return py_places_of_file (self, path);
  /* Modules in C have no file; those that a program made by itself have no spec either. */
  spec = py_dict_find (self->reader, globals, "__spec__");
  return spec != 0 && py_object_is (self->reader, spec, self->reader->runtime->none_type)
             ? PLACE_PROGRAM
             : PLACE_LIBRARY;
}

static PyModuleInfo *
add (PyPlaces *self, guint64 globals, char *name)
{
  PyModuleInfo *info = g_new0 (PyModuleInfo, 1);

  info->globals = globals;
  info->name = name;
  g_ptr_array_add (self->modules, info);
  g_hash_table_insert (self->by_globals, GSIZE_TO_POINTER (globals), info);
  return info;
}

/* The folder of the standard library is that of its module os. */
static void
find_library (PyPlaces *self)
{
  const PyModuleInfo *os = py_places_named (self, "os");
  g_autofree char *path = os != NULL ? string_in (self->reader, os->globals, "__file__") : NULL;
  const char *name = path != NULL ? strrchr (path, '/') : NULL;

  if (name != NULL)
    self->library = g_strndup (path, (gsize) (name + 1 - path));
}

PyPlaces *
py_places_new (const PyReader *reader, const PyScan *scan)
{
  PyPlaces *self = g_new0 (PyPlaces, 1);

  self->reader = reader;
  self->modules = g_ptr_array_new_with_free_func (module_info_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_globals = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < scan->modules->len && i < MODULES_MAX; i++)
    {
      guint64 module = g_array_index (scan->modules, guint64, i);
      guint64 globals;
      char *name;

      if (!py_object_is_kind (reader, module, reader->runtime->module)
          || !py_image_u64 (reader->image, module + MODULE_DICT, &globals)
          || g_hash_table_contains (self->by_globals, GSIZE_TO_POINTER (globals)))
        continue;
      name = string_in (reader, globals, "__name__");
      if (name != NULL)
        g_hash_table_insert (self->by_name, name, add (self, globals, name));
    }
  find_library (self);
  for (guint i = 0; i < self->modules->len; i++)
    {
      PyModuleInfo *info = self->modules->pdata[i];

      info->place = place_of_globals (self, info->globals, info->name);
    }
  return self;
}

void
py_places_free (PyPlaces *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_globals);
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->modules);
  g_free (self->library);
  g_free (self);
}

const GPtrArray *
py_places_modules (const PyPlaces *self)
{
  return self->modules;
}

const PyModuleInfo *
py_places_named (const PyPlaces *self, const char *name)
{
  return g_hash_table_lookup (self->by_name, name);
}

const PyModuleInfo *
py_places_with_globals (PyPlaces *self, guint64 globals)
{
  gpointer known;
  g_autofree char *name = NULL;

  if (g_hash_table_lookup_extended (self->by_globals, GSIZE_TO_POINTER (globals), NULL, &known))
    return known;
  name = string_in (self->reader, globals, "__name__");
  if (name == NULL || !is_main (name) || self->modules->len >= MODULES_MAX)
    {
      if (g_hash_table_size (self->by_globals) < 2 * MODULES_MAX)
        g_hash_table_insert (self->by_globals, GSIZE_TO_POINTER (globals), NULL);
      return NULL;
    }
  return add (self, globals, g_steal_pointer (&name));
}

enum py_place
py_places_of_module (const PyPlaces *self, const char *name)
{
  const PyModuleInfo *info;

  if (is_main (name))
    return PLACE_MAIN;
  if (is_internal (name))
    return PLACE_INTERNAL;
  info = py_places_named (self, name);
  if (info != NULL)
    return info->place;
  return g_str_equal (name, "builtins") ? PLACE_LIBRARY : PLACE_PROGRAM;
}
