/* py-runtime.c - the interpreter, by content: the type `type` is the only object that is its
 * own type, and it lies in the initialised data of the program or of libpython, as the other
 * built-in types do. The version is read from sys.version_info, an early object.
 */
#include "py-runtime.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "inspect-error.h"
#include "py-object.h"

#define CHUNK (256u << 10)
#define PAGE 4096u
/* Of memory that data of a program or library takes up, at most this is looked through. */
#define DATA_MAX (G_GUINT64_CONSTANT (512) << 20)
/* The first objects that a program makes lie in the first of these bytes of its heap and in
 * the last of its other memory (that grows downwards). */
#define EARLY (G_GUINT64_CONSTANT (4) << 20)
/* How far from each other two that were made one after the other lie. */
#define NEAR (128u << 10)
/* Versions from this on were read, not run (see py-layout.c). */
#define NOT_TRIED 14
#define SUBTYPE_OF_TYPE (1u << 31)
#define TYPE_NAME_MAX 64

static const struct
{
  const char *name;
  gsize offset;
} builtin_types[] = {
  { "object", offsetof (PyRuntime, object) },
  { "NoneType", offsetof (PyRuntime, none_type) },
  { "bool", offsetof (PyRuntime, boolean) },
  { "int", offsetof (PyRuntime, integer) },
  { "float", offsetof (PyRuntime, real) },
  { "str", offsetof (PyRuntime, string) },
  { "bytes", offsetof (PyRuntime, bytes) },
  { "tuple", offsetof (PyRuntime, tuple) },
  { "list", offsetof (PyRuntime, list) },
  { "dict", offsetof (PyRuntime, dict) },
  { "set", offsetof (PyRuntime, set) },
  { "module", offsetof (PyRuntime, module) },
  { "function", offsetof (PyRuntime, function) },
  { "method", offsetof (PyRuntime, method) },
  { "builtin_function_or_method", offsetof (PyRuntime, builtin_function) },
  { "cell", offsetof (PyRuntime, cell) },
  { "code", offsetof (PyRuntime, code) },
  { "frame", offsetof (PyRuntime, frame) },
  { "generator", offsetof (PyRuntime, generator) },
  { "member_descriptor", offsetof (PyRuntime, member_descriptor) },
  { "property", offsetof (PyRuntime, property) },
  { "weakref", offsetof (PyRuntime, weakref) },
  { "weakref.ReferenceType", offsetof (PyRuntime, weakref) },
  { "mappingproxy", offsetof (PyRuntime, mapping_proxy) },
  { "types.SimpleNamespace", offsetof (PyRuntime, simple_namespace) },
  { "memoryview", offsetof (PyRuntime, memory_view) },
  { "coroutine", offsetof (PyRuntime, coroutine) },
  { "async_generator", offsetof (PyRuntime, async_generator) },
};

/* A look through memory, piece by piece. */
struct look
{
  PyImage *image;
  guint64 *words;
};

/* Looks through n words that were at an address; TRUE ends the look. */
typedef gboolean (*WordFunc) (PyImage *image, guint64 address, const guint64 *words, guint n,
                              gpointer data);

static gboolean
look_through (struct look *look, guint64 start, guint64 end, gboolean backwards, WordFunc func,
              gpointer data)
{
  start &= ~G_GUINT64_CONSTANT (7);
  while (start < end)
    {
      guint64 length = MIN (end - start, CHUNK);
      guint64 at = backwards ? end - length : start;
      guint64 there = length;

      /* Where not all of it can be read, page by page. */
      if (!py_image_read (look->image, at, look->words, length))
        for (there = 0; there < length; there += PAGE)
          if (!py_image_read (look->image, at + there, (guint8 *) look->words + there,
                              MIN (PAGE, length - there)))
            break;
      if (py_image_is_exhausted (look->image))
        return FALSE;
      if (there >= 8 && func (look->image, at, look->words, (guint) (MIN (there, length) / 8), data))
        return TRUE;
      if (backwards)
        end = at;
      else
        start += length;
    }
  return FALSE;
}

struct run
{
  guint64 start, end;
};

/* Only what has content. */
static gboolean
look_through_content (struct look *look, guint64 start, guint64 end, gboolean backwards,
                      WordFunc func, gpointer data)
{
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (struct run));
  struct run run;

  while (start < end && py_image_next_content (look->image, start, end, &run.start, &run.end)
         && run.end > start)
    {
      g_array_append_val (runs, run);
      start = run.end;
    }
  for (guint i = 0; i < runs->len; i++)
    {
      run = g_array_index (runs, struct run, backwards ? runs->len - 1 - i : i);
      if (look_through (look, run.start, run.end, backwards, func, data))
        return TRUE;
    }
  return FALSE;
}

struct type_search
{
  guint64 type;
  gboolean has_longer_head;
};

static gboolean
is_type_type (PyImage *image, guint64 address, guint64 name_at, guint64 flags_at)
{
  guint64 name, flags;

  return py_image_u64 (image, address + name_at, &name) && py_image_has_string (image, name, "type")
         && py_image_u64 (image, address + flags_at, &flags) && (flags & SUBTYPE_OF_TYPE) != 0;
}

/* A word that points to the one before it, or (without the interpreter lock, or when references
 * are traced) to the third before it: an object of itself. */
static gboolean
find_type (PyImage *image, guint64 address, const guint64 *words, guint n, gpointer data)
{
  struct type_search *search = data;

  for (guint i = 0; i < n; i++)
    {
      guint64 own = address + (guint64) i * 8;

      if (words[i] == own - 8 && is_type_type (image, own - 8, 24, 168))
        {
          search->type = own - 8;
          search->has_longer_head = FALSE;
          return TRUE;
        }
      if (words[i] == own - 24 && is_type_type (image, own - 24, 40, 184))
        {
          search->type = own - 24;
          search->has_longer_head = TRUE;
          return TRUE;
        }
    }
  return FALSE;
}

struct builtin_search
{
  PyRuntime *runtime;
  guint64 version_type;   /* that of sys.version_info */
  guint64 version_hex;    /* of _Py_DebugOffsets; 0 none */
};

static gboolean
find_builtins (PyImage *image, guint64 address, const guint64 *words, guint n, gpointer data)
{
  struct builtin_search *search = data;
  guint64 cookie;

  memcpy (&cookie, "xdebugpy", sizeof cookie);
  for (guint i = 0; i < n; i++)
    {
      guint64 type = address + (guint64) i * 8 - 8;
      guint64 name_at;
      g_autofree char *name = NULL;

      if (words[i] == cookie && i + 1 < n)
        search->version_hex = words[i + 1];
      if (words[i] != search->runtime->type || !py_image_u64 (image, type + 24, &name_at)
          || name_at == 0)
        continue;
      name = py_image_string (image, name_at, TYPE_NAME_MAX);
      if (name == NULL)
        continue;
      if (strcmp (name, "sys.version_info") == 0)
        search->version_type = type;
      for (guint j = 0; j < G_N_ELEMENTS (builtin_types); j++)
        if (strcmp (name, builtin_types[j].name) == 0)
          {
            guint64 *known = (guint64 *) ((char *) search->runtime + builtin_types[j].offset);

            if (*known == 0)
              *known = type;
          }
    }
  return FALSE;
}

struct version_search
{
  guint64 type;
  guint parts[3];
  guint64 at;   /* where it was found */
};

/* The small int at an item of a structure sequence. Until 3.11 the word before its digit is the
 * number of digits, later sign and number in one; Python 2 has the value itself there. */
static gboolean
read_version_part (PyImage *image, guint64 item, guint64 *ret_tag, guint32 *ret_digit)
{
  return py_image_u64 (image, item + 16, ret_tag) && py_image_u32 (image, item + 24, ret_digit);
}

static gboolean
read_version (PyImage *image, guint64 object, guint parts[3])
{
  guint64 items[5], tag, major_tag = 0;
  guint64 count;
  guint32 digit;

  if (!py_image_u64 (image, object + 16, &count) || count != 5
      || !py_image_read (image, object + 24, items, sizeof items))
    return FALSE;
  for (guint i = 0; i < 3; i++)
    {
      if (!read_version_part (image, items[i], &tag, &digit))
        return FALSE;
      if (i == 0)
        major_tag = tag;
      if (major_tag == 2)
        digit = (guint32) tag;
      else if (major_tag == 8 ? tag == 1 : major_tag == 1 && tag == 0)
        digit = 0;
      else if (tag != major_tag)
        return FALSE;
      if (digit > 255)
        return FALSE;
      parts[i] = digit;
    }
  return parts[0] == 2 || parts[0] == 3;
}

static gboolean
find_version (PyImage *image, guint64 address, const guint64 *words, guint n, gpointer data)
{
  struct version_search *search = data;

  for (guint i = 0; i < n; i++)
    if (words[i] == search->type
        && read_version (image, address + (guint64) i * 8 - 8, search->parts))
      {
        search->at = address + (guint64) i * 8;
        return TRUE;
      }
  return FALSE;
}

/* The module sys, by its own entry in sys.modules. */
static gboolean
find_sys (PyImage *image, guint64 address, const guint64 *words, guint n, gpointer data)
{
  PyRuntime *runtime = data;
  const PyReader reader = { image, runtime };

  for (guint i = 0; i < n; i++)
    {
      guint64 module = address + (guint64) i * 8 - 8;
      guint64 dict, modules;

      if (words[i] != runtime->module || !py_object_is (&reader, module, runtime->module)
          || !py_image_u64 (image, module + 16, &dict))
        continue;
      modules = py_dict_find (&reader, dict, "modules");
      if (modules != 0 && py_dict_find (&reader, modules, "sys") == module)
        {
          runtime->modules = modules;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
is_data (const MemoryRegion *region)
{
  return region->is_readable && region->is_writable && !region->is_shared && region->inode != 0;
}

static gboolean
is_heap (const MemoryRegion *region)
{
  return strcmp (region->path, "[heap]") == 0;
}

static gboolean
is_anonymous (const MemoryRegion *region)
{
  return region->is_readable && region->is_writable && !region->is_shared && region->inode == 0
         && (region->path[0] == '\0' || is_heap (region) || g_str_has_prefix (region->path, "[anon"));
}

/* The data of program or library i and what follows it without initial content. */
static guint64
data_end (const GPtrArray *regions, guint i)
{
  const MemoryRegion *region = regions->pdata[i];
  const MemoryRegion *next = i + 1 < regions->len ? regions->pdata[i + 1] : NULL;

  if (next != NULL && next->start == region->end && is_anonymous (next) && !is_heap (next))
    return next->end;
  return region->end;
}

static gboolean
has_python_name (const MemoryRegion *region)
{
  const char *name = strrchr (region->path, '/');

  return name != NULL && strstr (name, "python") != NULL;
}

/* The region in whose data `type` is, those first whose file has python in its name. */
static const MemoryRegion *
find_interpreter (struct look *look, const GPtrArray *regions, struct type_search *search, guint *ret_i)
{
  guint64 looked_through = 0;

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < regions->len; i++)
      {
        const MemoryRegion *region = regions->pdata[i];

        if (!is_data (region) || has_python_name (region) != (pass == 0)
            || looked_through > DATA_MAX)
          continue;
        looked_through += region->end - region->start;
        if (look_through (look, region->start, region->end, FALSE, find_type, search))
          {
            *ret_i = i;
            return region;
          }
      }
  return NULL;
}

/* Looks through all memory of objects for one that was made early: first where those are. */
static gboolean
look_for_early (struct look *look, const GPtrArray *regions, WordFunc func, gpointer data)
{
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = regions->len; i-- > 0;)
      {
        const MemoryRegion *region = regions->pdata[i];
        guint64 early = MIN (region->end - region->start, EARLY);
        guint64 start = region->start, end = region->end;

        if (!is_anonymous (region))
          continue;
        if (is_heap (region))
          {
            start = pass == 0 ? start : start + early;
            end = pass == 0 ? region->start + early : end;
          }
        else
          {
            start = pass == 0 ? end - early : start;
            end = pass == 0 ? end : region->end - early;
          }
        if (look_through_content (look, start, end, !is_heap (region), func, data))
          return TRUE;
      }
  return FALSE;
}

/* What it may be instead. */
static void
set_not_found (const GPtrArray *regions, GError **error)
{
  static const struct
  {
    const char *part, *name;
  } others[] = { { "pypy", "PyPy" }, { "graalpy", "GraalPy" }, { "libgraalpy", "GraalPy" },
                 { "micropython", "MicroPython" }, { "ironpython", "IronPython" } };

  for (guint i = 0; i < regions->len; i++)
    {
      const MemoryRegion *region = regions->pdata[i];
      const char *name = strrchr (region->path, '/');

      for (guint j = 0; name != NULL && j < G_N_ELEMENTS (others); j++)
        if (strstr (name, others[j].part) != NULL)
          {
            g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                         _("no CPython interpreter: this is %s, whose objects are laid out in its"
                           " own way; only its shared memory can be shown, as bytes"), others[j].name);
            return;
          }
    }
  g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                       _("no CPython interpreter in this process"));
}

/* Only builds from 3.13 on have a version beside a cookie. */
static gboolean
refuse_build (guint64 version_hex, GError **error)
{
  if (version_hex != 0)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
                 _("Python %u.%u free-threaded: its objects are laid out in another way, which is"
                   " not supported; run the program with the ordinary build of Python"),
                 (guint) (version_hex >> 24 & 0xff), (guint) (version_hex >> 16 & 0xff));
  else
    g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
                         _("a debug build of Python that traces references: its objects are laid out"
                           " in another way, which is not supported; run the program with the"
                           " ordinary build of Python"));
  return FALSE;
}

/* The module sys was made just before or after what tells the version. */
static gboolean
look_for_sys (struct look *look, const GPtrArray *regions, guint64 near, PyRuntime *runtime)
{
  return look_through (look, near - MIN (near, NEAR), near + NEAR, FALSE, find_sys, runtime)
         || look_for_early (look, regions, find_sys, runtime);
}

static gboolean
find (struct look *look, const GPtrArray *regions, PyRuntime *ret_runtime, GError **error)
{
  PyRuntime runtime = { 0 };
  struct type_search type = { 0 };
  struct builtin_search builtins = { .runtime = &runtime };
  struct version_search version = { 0 };
  const MemoryRegion *region;
  guint i = 0;

  region = find_interpreter (look, regions, &type, &i);
  if (region == NULL)
    {
      set_not_found (regions, error);
      return FALSE;
    }
  runtime.type = type.type;
  runtime.data_start = region->start;
  runtime.data_end = data_end (regions, i);
  (void) look_through (look, runtime.data_start, runtime.data_end, FALSE, find_builtins, &builtins);
  if (type.has_longer_head)
    return refuse_build (builtins.version_hex, error);
  version.type = builtins.version_type;
  if (version.type == 0 || !look_for_early (look, regions, find_version, &version))
    {
      g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
                           _("a Python whose version cannot be read: it is starting or ending, or"
                             " is no build that is known; try again"));
      return FALSE;
    }
  runtime.major = version.parts[0];
  runtime.minor = version.parts[1];
  runtime.micro = version.parts[2];
  if (!py_layout_for (runtime.major, runtime.minor, &runtime.layout))
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
                   _("Python %u.%u: how this version lays out its objects is not known;"
                     " 3.6 to 3.14 are"), runtime.major, runtime.minor);
      return FALSE;
    }
  /* Without sys.modules the classes of multiprocessing are not found, but what is shared is. Of a
   * version that could not be tried it shows that the layout is not the one that is known. */
  if (!look_for_sys (look, regions, version.at, &runtime) && runtime.minor >= NOT_TRIED)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
                   _("Python %u.%u: its objects are not laid out as its public headers say, and"
                     " nothing is guessed"), runtime.major, runtime.minor);
      return FALSE;
    }
  *ret_runtime = runtime;
  return TRUE;
}

gboolean
py_runtime_find (PyImage *image, const GPtrArray *regions, PyRuntime *ret_runtime, GError **error)
{
  struct look look = { image, g_malloc (CHUNK) };
  gboolean is_found = find (&look, regions, ret_runtime, error);

  g_free (look.words);
  return is_found;
}
