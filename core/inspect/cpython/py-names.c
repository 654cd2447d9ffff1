/* py-names.c - what a program calls its objects: where names begin, and which are the best. */
#include "py-names.h"

#include "py-locals.h"
#include "py-path.h"
#include "py-walk.h"

#define NAMES_MAX 8
#define FRAMES_MAX 65536
#define CALLERS_MAX 256
#define FILE_MAX 4096

/* What functions of a module are prefixed with; NULL nothing. */
static const char *
prefix_of (const PyModuleInfo *module)
{
  return module != NULL && module->place != PLACE_MAIN ? module->name : NULL;
}

/* Comprehensions and modules run as functions, but nobody calls them so. */
static gboolean
is_function_title (const char *title)
{
  return *title != '\0' && (*title != '<' || g_str_equal (title, "<lambda>"));
}

/* A frame that may have names. */
struct running
{
  guint64 address;
  enum py_place place;
  char *path;             /* NULL: it gives none */
  guint depth;            /* how many frames are known to have called it */
};

static void
running_clear (gpointer data)
{
  struct running *running = data;

  g_free (running->path);
}

/* What it is called, and what its names are worth. */
static void
describe_frame (const PyReader *reader, PyPlaces *places, const PyLocals *frame,
                struct running *running)
{
  /* Of a frame's globals there may be no module. */
  const PyModuleInfo *module = py_places_with_globals (places, frame->globals);
  g_autofree char *file = py_string (reader, frame->code.filename, FILE_MAX);
  g_autofree char *title = py_code_title (reader, &frame->code);

  running->place = file != NULL ? py_places_of_file (places, file) : PLACE_INTERNAL;
  if (title == NULL || running->place == PLACE_INTERNAL || !is_function_title (title))
    return;
  if (running->place == PLACE_PROGRAM)
    running->place = PLACE_RUNNING;
  running->path = py_path_function (prefix_of (module), title);
}

/* Whether everything that called this frame was left behind by a fork: multiprocessing never
 * returns from here. */
static gboolean
is_start_of_process (const PyReader *reader, const PyLocals *frame)
{
  g_autofree char *file = NULL;

  if (!py_string_is (reader, frame->code.name, "_bootstrap"))
    return FALSE;
  file = py_string (reader, frame->code.filename, FILE_MAX);
  return file != NULL && g_str_has_suffix (file, "/multiprocessing/process.py");
}

/* Outer ones first: their names for what they hand on are shorter. */
static gint
compare_depth (gconstpointer a, gconstpointer b)
{
  const struct running *first = a, *second = b;

  return first->depth != second->depth ? (first->depth < second->depth ? -1 : 1) : 0;
}

static void
add_frames (const PyReader *reader, const PyScan *scan, PyPlaces *places, PyWalk *walk)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (struct running));
  g_autoptr (GHashTable) left_behind = g_hash_table_new (NULL, NULL);

  g_array_set_clear_func (all, running_clear);
  for (guint i = 0; i < scan->frames->len && i < FRAMES_MAX; i++)
    {
      struct running running = { .address = g_array_index (scan->frames, guint64, i) };
      gboolean is_behind = FALSE;
      PyLocals frame;

      if (!py_locals_read (reader, running.address, &frame))
        continue;
      describe_frame (reader, places, &frame, &running);
      is_behind = is_start_of_process (reader, &frame);
      for (guint64 caller = frame.caller; caller != 0 && running.depth < CALLERS_MAX;
           running.depth++)
        {
          if (is_behind)
            g_hash_table_add (left_behind, GSIZE_TO_POINTER (caller));
          if (!py_image_u64 (reader->image, caller + reader->runtime->layout.frame.previous,
                             &caller))
            break;
        }
      g_array_append_val (all, running);
    }
  g_array_sort (all, compare_depth);
  for (guint i = 0; i < all->len; i++)
    {
      struct running *running = &g_array_index (all, struct running, i);

      if (running->path == NULL)
        continue;
      if (running->place == PLACE_RUNNING
          && g_hash_table_contains (left_behind, GSIZE_TO_POINTER (running->address)))
        running->place = PLACE_LIBRARY;
      py_walk_add_root (walk, running->place, KIND_FRAME, running->address,
                        g_steal_pointer (&running->path));
    }
}

/* The function that a process was started with; it may be a bound method. */
static gboolean
find_target (const PyReader *reader, guint64 process, PyFunction *ret_function)
{
  guint64 target = py_attribute (reader, process, "_target");

  if (target == 0)
    return FALSE;
  if (py_object_is (reader, target, reader->runtime->method)
      && !py_image_u64 (reader->image, target + 16, &target))
    return FALSE;
  return py_function_read (reader, target, ret_function);
}

/* What this process was started with. */
static void
add_process (const PyReader *reader, PyPlaces *places, PyKinds *kinds, PyWalk *walk)
{
  const PyModuleInfo *own = py_places_named (places, "multiprocessing.process");
  guint64 process
      = own != NULL ? py_dict_find (reader, own->globals, "_current_process") : 0;
  const struct py_kind_info *info = process != 0 ? py_kinds_of (kinds, process, NULL) : NULL;
  PyFunction function;

  if (info == NULL || info->kind != KIND_INSTANCE)
    return;
  /* Behind what its own run() calls `self`. */
  py_walk_add_root (walk, info->place >= PLACE_LIBRARY ? PLACE_INTERNAL : PLACE_PROGRAM,
                    KIND_INSTANCE, process, g_strdup ("current_process()"));
  if (find_target (reader, process, &function))
    {
      const PyModuleInfo *module = py_places_with_globals (places, function.globals);
      g_autofree char *title = py_function_title (reader, &function);

      if (title != NULL)
        py_walk_add_root (walk, PLACE_RUNNING, KIND_ARGUMENTS, process,
                          py_path_function (prefix_of (module), title));
    }
}

static void
add_modules (PyPlaces *places, PyWalk *walk)
{
  const GPtrArray *modules = py_places_modules (places);

  for (guint i = 0; i < modules->len; i++)
    {
      const PyModuleInfo *module = modules->pdata[i];
      const char *prefix = prefix_of (module);

      py_walk_add_root (walk, module->place, KIND_GLOBALS, module->globals,
                        prefix != NULL ? py_path_module (prefix) : g_strdup (""));
    }
}

/* The better one first. What is as far was seen in the order of insertion, which is that of
 * the program's text: that stays, for sorting is stable. */
static gint
compare (gconstpointer a, gconstpointer b)
{
  const PyName *first = *(PyName *const *) a, *second = *(PyName *const *) b;

  if (first->place != second->place)
    return first->place < second->place ? -1 : 1;
  if (first->is_inner != second->is_inner)
    return first->is_inner ? 1 : -1;
  return first->depth != second->depth ? (first->depth < second->depth ? -1 : 1) : 0;
}

static void
take_best (PyFound *found, GPtrArray *names)
{
  if (found->names == NULL)
    found->names = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_sort (names, compare);
  for (guint i = 0; i < names->len && i < NAMES_MAX; i++)
    {
      PyName *best = names->pdata[0], *name = names->pdata[i];

      /* What only the library calls so is no name, unless there is no other. */
      if (name->place >= PLACE_LIBRARY && (best->place < PLACE_LIBRARY || i > 0))
        break;
      g_ptr_array_add (found->names, g_strdup (name->text));
    }
}

void
py_names_find (const PyReader *reader, const PyScan *scan, GPtrArray *found,
               const gint *cancelled)
{
  g_autoptr (PyPlaces) places = NULL;
  g_autoptr (PyKinds) kinds = NULL;
  g_autoptr (PyWalk) walk = NULL;

  if (found->len == 0)
    return;
  places = py_places_new (reader, scan);
  kinds = py_kinds_new (reader, scan, places);
  walk = py_walk_new (reader, places, kinds, found, cancelled);
  add_frames (reader, scan, places, walk);
  add_process (reader, places, kinds, walk);
  add_modules (places, walk);
  py_walk_run (walk);
  for (guint i = 0; i < found->len; i++)
    take_best (found->pdata[i], py_walk_names (walk, i));
}
