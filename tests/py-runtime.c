/* Telling interpreters apart by content, from made-up memory: those that are supported, and why
 * others are not. The real ones: tests/python-object.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "inspect-error.h"
#include "py-object.h"
#include "support/made-memory.h"

#define DATA G_GUINT64_CONSTANT (0x7f0000100000)
#define DATA_END (DATA + 8 * MADE_PAGE)
#define BSS_END (DATA_END + 4 * MADE_PAGE)
#define HEAP G_GUINT64_CONSTANT (0x555500000000)
#define HEAP_END (HEAP + 8 * MADE_PAGE)
#define DICT (DATA + 1024)
#define STRING (DATA + 1536)
#define MODULE (DATA + 2048)
#define NAMES G_GUINT64_CONSTANT (0x7f0000000000)

/* head: bytes more before the type than usual. */
struct build
{
  guint parts[3];
  guint64 head;
  gboolean has_integer_tag;
  const char *path;
};

struct fixture
{
  struct made_memory *memory;
  PyImage *image;
  GPtrArray *regions;
  guint64 next_name;
};

static int
set_up (void **state)
{
  struct fixture *fixture = g_new0 (struct fixture, 1);

  fixture->memory = made_memory_new ();
  fixture->image = py_image_new (made_memory_read, fixture->memory);
  fixture->regions = g_ptr_array_new_with_free_func ((GDestroyNotify) memory_region_free);
  fixture->next_name = NAMES;
  *state = fixture;
  return 0;
}

static int
tear_down (void **state)
{
  struct fixture *fixture = *state;

  py_image_free (fixture->image);
  made_memory_free (fixture->memory);
  g_ptr_array_unref (fixture->regions);
  g_free (fixture);
  return 0;
}

static void
add_region (struct fixture *fixture, guint64 start, guint64 end, const char *path)
{
  MemoryRegion region = { .start = start, .end = end, .is_readable = TRUE, .is_writable = TRUE,
                          .inode = path[0] == '/' ? 5 : 0, .path = (char *) path };

  g_ptr_array_add (fixture->regions, memory_region_copy (&region));
  for (guint64 page = start; page < end; page += MADE_PAGE)
    made_memory_put_word (fixture->memory, page, 0);
}

static void
put_type (struct fixture *fixture, guint64 type, guint64 of, const char *name, guint64 flags,
          guint64 head)
{
  made_memory_put_word (fixture->memory, type, 100);
  made_memory_put_word (fixture->memory, type + head + 8, of);
  made_memory_put_word (fixture->memory, type + head + 24, fixture->next_name);
  made_memory_put_word (fixture->memory, type + head + 168, flags);
  made_memory_put_string (fixture->memory, fixture->next_name, name);
  fixture->next_name += 64;
}

static void
make (struct fixture *fixture, const struct build *build)
{
  const guint64 type = DATA + 512, version_type = DATA_END + 1024, version = HEAP + 3 * MADE_PAGE;

  add_region (fixture, HEAP, HEAP_END, "[heap]");
  add_region (fixture, DATA, DATA_END, build->path);
  add_region (fixture, DATA_END, BSS_END, "");
  put_type (fixture, type, type, "type", 1u << 31, build->head);
  put_type (fixture, DICT, type, "dict", 1u << 29, build->head);
  put_type (fixture, STRING, type, "str", 1u << 28, build->head);
  put_type (fixture, MODULE, type, "module", 0, build->head);
  put_type (fixture, version_type, type, "sys.version_info", 1u << 26, build->head);
  made_memory_put_word (fixture->memory, version, 3);
  made_memory_put_word (fixture->memory, version + 8, version_type);
  made_memory_put_word (fixture->memory, version + 16, 5);
  for (guint i = 0; i < 5; i++)
    {
      guint part = i < 3 ? build->parts[i] : 0;
      guint64 number = version + 256 + i * 32;

      made_memory_put_word (fixture->memory, version + 24 + i * 8, number);
      made_memory_put_word (fixture->memory, number, 1000);
      made_memory_put_word (fixture->memory, number + 16,
                            build->parts[0] == 2     ? part
                            : build->has_integer_tag ? (part == 0 ? 1 : 8)
                            : part == 0              ? 0
                                                     : 1);
      made_memory_put_word (fixture->memory, number + 24, part);
    }
}

static void
put_object (struct fixture *fixture, guint64 object, guint64 type)
{
  made_memory_put_word (fixture->memory, object, 1);
  made_memory_put_word (fixture->memory, object + 8, type);
}

/* A str and a dict of one entry, as 3.12 to 3.14 have them. kind: the first bit of the state. */
static void
put_string (struct fixture *fixture, guint64 string, const char *text, guint kind)
{
  put_object (fixture, string, STRING);
  made_memory_put_word (fixture->memory, string + 16, strlen (text));
  made_memory_put_word (fixture->memory, string + 32, (1 | 1 << 3 | 1 << 4) << kind);
  made_memory_put_string (fixture->memory, string + 40, text);
}

static void
put_dict (struct fixture *fixture, guint64 dict, guint64 key, guint64 value)
{
  const guint64 keys = dict + 64;

  put_object (fixture, dict, DICT);
  made_memory_put_word (fixture->memory, dict + 32, keys);
  made_memory_put_word (fixture->memory, dict + 40, 0);
  made_memory_put_word (fixture->memory, keys, 1);
  made_memory_put_word (fixture->memory, keys + 8, 3 | 3 << 8 | 1 << 16);
  made_memory_put_word (fixture->memory, keys + 24, 1);
  made_memory_put_word (fixture->memory, keys + 40, key);
  made_memory_put_word (fixture->memory, keys + 48, value);
}

/* sys, in which sys.modules is, in which sys is. */
static void
put_sys (struct fixture *fixture, guint kind)
{
  const guint64 sys = HEAP + 4096, dict = sys + 256, modules = sys + 512, names = sys + 1024;

  put_object (fixture, sys, MODULE);
  made_memory_put_word (fixture->memory, sys + 16, dict);
  put_string (fixture, names, "modules", kind);
  put_string (fixture, names + 128, "sys", kind);
  put_dict (fixture, dict, names, modules);
  put_dict (fixture, modules, names + 128, sys);
}

static void
assert_refused (struct fixture *fixture, int code, const char *part)
{
  g_autoptr (GError) error = NULL;
  PyRuntime runtime;

  assert_false (py_runtime_find (fixture->image, fixture->regions, &runtime, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, code));
  if (strstr (error->message, part) == NULL)
    fail_msg ("\"%s\" does not say \"%s\"", error->message, part);
}

static void
versions_are_read (void **state)
{
  static const struct build builds[] = {
    { { 3, 6, 0 }, 0, FALSE, "/usr/bin/python3.6" },
    { { 3, 11, 2 }, 0, FALSE, "/usr/lib/libpython3.11.so.1.0" },
    { { 3, 12, 0 }, 0, TRUE, "/opt/embedding/program" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (builds); i++)
    {
      struct fixture *fixture;
      PyRuntime runtime;

      tear_down (state);
      set_up (state);
      fixture = *state;
      make (fixture, &builds[i]);
      assert_true (py_runtime_find (fixture->image, fixture->regions, &runtime, NULL));
      assert_int_equal (runtime.major, 3);
      assert_int_equal (runtime.minor, builds[i].parts[1]);
      assert_int_equal (runtime.micro, builds[i].parts[2]);
      assert_int_equal (runtime.layout.minor, builds[i].parts[1]);
      assert_int_equal (runtime.type, DATA + 512);
      assert_int_equal (runtime.dict, DICT);
      assert_int_equal (runtime.data_start, DATA);
      assert_int_equal (runtime.data_end, BSS_END);
      assert_int_equal (runtime.modules, 0);
    }
}

static void
other_versions_are_refused (void **state)
{
  make (*state, &(struct build){ { 2, 7, 18 }, 0, FALSE, "/usr/bin/python2.7" });
  assert_refused (*state, INSPECT_ERROR_USAGE, "Python 2.7:");
  tear_down (state);
  set_up (state);
  make (*state, &(struct build){ { 3, 15, 0 }, 0, TRUE, "/usr/bin/python3.15" });
  assert_refused (*state, INSPECT_ERROR_USAGE, "Python 3.15:");
  tear_down (state);
  set_up (state);
  make (*state, &(struct build){ { 3, 5, 1 }, 0, FALSE, "/usr/bin/python3.5" });
  assert_refused (*state, INSPECT_ERROR_USAGE, "Python 3.5:");
}

/* What could not be tried on a real one is believed only when it fits. */
static void
a_layout_that_was_only_read_must_fit (void **state)
{
  static const struct build build = { { 3, 14, 1 }, 0, TRUE, "/usr/bin/python3.14" };
  struct fixture *fixture = *state;
  PyRuntime runtime;

  make (fixture, &build);
  assert_refused (fixture, INSPECT_ERROR_USAGE, "public headers");
  put_sys (fixture, 2);
  py_image_forget (fixture->image);
  assert_refused (fixture, INSPECT_ERROR_USAGE, "public headers");
  put_sys (fixture, 16);
  py_image_forget (fixture->image);
  assert_true (py_runtime_find (fixture->image, fixture->regions, &runtime, NULL));
  assert_int_equal (runtime.minor, 14);
  assert_int_equal (runtime.modules, HEAP + 4096 + 512);
}

static void
other_builds_are_refused (void **state)
{
  struct fixture *fixture = *state;

  make (fixture, &(struct build){ { 3, 7, 0 }, 16, FALSE, "/usr/bin/python3.7d" });
  assert_refused (fixture, INSPECT_ERROR_USAGE, "traces references");
  made_memory_put (fixture->memory, DATA + 4096, "xdebugpy", 8);
  made_memory_put_word (fixture->memory, DATA + 4104, 0x030e00f0);
  py_image_forget (fixture->image);
  assert_refused (fixture, INSPECT_ERROR_USAGE, "Python 3.14 free-threaded");
}

static void
others_are_told_by_their_files (void **state)
{
  struct fixture *fixture = *state;

  assert_refused (fixture, INSPECT_ERROR_NOT_FOUND, "no CPython interpreter");
  add_region (fixture, DATA, DATA_END, "/usr/lib/pypy3/bin/libpypy3.10-c.so");
  assert_refused (fixture, INSPECT_ERROR_NOT_FOUND, "PyPy");
}

static void
a_version_that_cannot_be_read_is_said (void **state)
{
  struct fixture *fixture = *state;

  make (fixture, &(struct build){ { 3, 11, 2 }, 0, FALSE, "/usr/bin/python3.11" });
  made_memory_put_word (fixture->memory, HEAP + 3 * MADE_PAGE + 16, 4);
  assert_refused (fixture, INSPECT_ERROR_USAGE, "version cannot be read");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (versions_are_read, set_up, tear_down),
    cmocka_unit_test_setup_teardown (other_versions_are_refused, set_up, tear_down),
    cmocka_unit_test_setup_teardown (a_layout_that_was_only_read_must_fit, set_up, tear_down),
    cmocka_unit_test_setup_teardown (other_builds_are_refused, set_up, tear_down),
    cmocka_unit_test_setup_teardown (others_are_told_by_their_files, set_up, tear_down),
    cmocka_unit_test_setup_teardown (a_version_that_cannot_be_read_is_said, set_up, tear_down),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
