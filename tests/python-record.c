/* What a program under `python -m shmlens` wrote down, from made-up records; and JSON lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "json-line.h"
#include "python-merge.h"
#include "python-record.h"
#include "support/roots.h"

#define PID 4711
#define START 99
#define RECORD "shmlens-record-4711-99"
#define FIRST "{\"event\":\"program\",\"version\":1,\"pid\":4711,\"start\":99,\"argv\":[\"app.py\"]}\n"

static int
set_up (void **state)
{
  struct roots *roots = g_new0 (struct roots, 1);

  roots_make (roots);
  *state = roots;
  return 0;
}

static int
tear_down (void **state)
{
  roots_remove (*state);
  g_free (*state);
  return 0;
}

static PythonRecord *
open_record (struct roots *roots, const char *lines)
{
  roots_write (roots, RECORD, lines, strlen (lines));
  return python_record_open (roots->shm, PID, START);
}

static void
assert_json (const char *text, const char *expected)
{
  g_autoptr (GVariant) value = json_line_parse (text, strlen (text));
  g_autofree char *printed = value == NULL ? NULL : g_variant_print (value, TRUE);

  if (expected == NULL)
    assert_null (value);
  else
    {
      assert_non_null (value);
      assert_string_equal (printed, expected);
    }
}

static void
json_is_read_strictly (void **state)
{
  assert_json ("{}", "@a{sv} {}");
  assert_json (" {\"a\": 1, \"b\":[true,\"x\",null]}",
               "{'a': <int64 1>, 'b': <[<true>, <'x'>, <()>]>}");
  assert_json ("{\"n\":-9223372036854775808}", "{'n': <int64 -9223372036854775808>}");
  assert_json ("{\"t\":\"\\u00e9\\ud83d\\ude00\\n\\\"\"}", "{'t': <'é😀\\n\"'>}");
  assert_json ("{\"n\":9223372036854775808}", NULL);
  assert_json ("{\"n\":1.5}", NULL);
  assert_json ("{\"t\":\"\\ud83d\"}", NULL);
  assert_json ("{\"t\":\"\\u0000\"}", NULL);
  assert_json ("{\"t\":\"a", NULL);
  assert_json ("{\"a\":1} x", NULL);
  assert_json ("[1]", NULL);
  assert_json ("{\"a\":[[[[1]]]]}", NULL);
  assert_json ("{\"a\" 1}", NULL);
  assert_json ("{\"a\":}", NULL);
  assert_json ("{\"a\":1,}", NULL);
  assert_json ("", NULL);
}

#define OBJECT                                                                                     \
  "{\"event\":\"new\",\"id\":\"o1\",\"pid\":4711,\"kind\":\"object\",\"name\":\"counter\","         \
  "\"file\":\"app.py\",\"line\":12,\"ctype\":\"c_int_Array_3\",\"code\":\"i\",\"shape\":[3],"       \
  "\"dev\":%" G_GUINT64_FORMAT ",\"ino\":%" G_GUINT64_FORMAT ",\"arena\":4096,"                     \
  "\"path\":\"%s\",\"offset\":8,\"size\":12}\n"
#define SEMAPHORE                                                                                  \
  "{\"event\":\"new\",\"id\":\"s1\",\"pid\":4711,\"kind\":\"semaphore\",\"part\":true,"             \
  "\"class\":\"RLock\",\"recursive\":true,\"maxvalue\":1,\"sem\":\"/shmlens-4711-99-4711-2\","      \
  "\"dev\":%" G_GUINT64_FORMAT ",\"ino\":%" G_GUINT64_FORMAT "}\n"
#define LOCK(id)                                                                                   \
  "{\"event\":\"new\",\"id\":\"" id "\",\"pid\":1,\"kind\":\"semaphore\",\"class\":\"Lock\","                 \
  "\"recursive\":false,\"maxvalue\":1,\"dev\":1,\"ino\":2}\n"
#define GUARD "{\"event\":\"guard\",\"id\":\"o1\",\"lock\":\"s1\"}\n"

/* An arena and a free semaphore as multiprocessing has them, and a record of them. */
static PythonRecord *
open_whole (struct roots *roots)
{
  static const guint64 semaphore[4] = { 1, 128 };  /* glibc: shared among processes */
  static gint32 arena[1024] = { 0, 0, 5, 6, 7 };
  g_autofree char *arena_path = roots_path (roots, "shmlens-4711-99-4711-1");
  g_autofree char *semaphore_path = roots_path (roots, "sem.shmlens-4711-99-4711-2");
  struct stat arena_status, semaphore_status;
  g_autofree char *lines = NULL;

  roots_write (roots, "shmlens-4711-99-4711-1", arena, sizeof arena);
  roots_write (roots, "sem.shmlens-4711-99-4711-2", semaphore, sizeof semaphore);
  assert_int_equal (stat (arena_path, &arena_status), 0);
  assert_int_equal (stat (semaphore_path, &semaphore_status), 0);
  lines = g_strdup_printf (FIRST OBJECT SEMAPHORE GUARD, (guint64) arena_status.st_dev,
                           (guint64) arena_status.st_ino, arena_path,
                           (guint64) semaphore_status.st_dev, (guint64) semaphore_status.st_ino);
  return open_record (roots, lines);
}

static void
what_is_recorded_is_shown_and_edited_without_any_process (void **state)
{
  struct roots *roots = *state;
  g_autoptr (PythonRecord) record = open_whole (roots);
  g_autoptr (PythonCache) cache = python_cache_new (roots->shm, "/proc");
  g_autoptr (GPtrArray) processes = g_ptr_array_new ();
  g_autoptr (GPtrArray) entries = NULL;
  PyProcess process = { .pid = PID };
  PythonEntry *entry;
  const gint given_up = TRUE;
  gint32 values[3], seven = 70;
  LockInfo info;

  assert_non_null (record);
  process.found = python_record_found (record);
  assert_int_equal (process.found->len, 1);
  g_ptr_array_add (processes, &process);
  assert_null (python_merge (cache, processes, &given_up));
  entries = python_merge (cache, processes, NULL);
  assert_int_equal (entries->len, 1);
  entry = entries->pdata[0];
  assert_string_equal (entry->info->name, "counter");
  assert_string_equal (entry->info->doc, "made in app.py, line 12");
  assert_int_equal (entry->info->lock_kind, LOCK_SEMAPHORE);
  assert_int_equal (entry->info->lock_way, LOCK_WAY_LINKED);
  assert_true (entry->info->lock_recursive);
  assert_true (entry->info->editable);
  assert_true (python_entry_read (entry, 0, 3, values) >= 0);
  assert_int_equal (values[2], 7);
  assert_int_equal (posix_semaphore_acquire (python_lock_semaphore (entry->lock), 0, NULL), 0);
  assert_true (python_entry_store (entry, "pid:4711", 8, 4, &seven, NULL));
  assert_int_equal (python_lock_describe (entry->lock, &info), 0);
  /* Nobody can be asked who holds it, so that its holder is not called dead. */
  for (guint i = 0; i < 6; i++)
    {
      assert_int_equal (python_lock_describe (entry->lock, &info), 0);
      assert_int_equal (info.state, SHMLENS_LOCK_HELD);
      g_usleep (10000);
    }
  posix_semaphore_release (python_lock_semaphore (entry->lock));
  assert_true (python_entry_read (entry, 2, 3, values) >= 0);
  assert_int_equal (values[0], 70);
  g_ptr_array_unref (process.found);
}

static void
append (struct roots *roots, const char *text)
{
  g_autofree char *path = roots_path (roots, RECORD);
  FILE *file = fopen (path, "a");

  assert_non_null (file);
  fputs (text, file);
  fclose (file);
}

static guint
count (PythonRecord *record)
{
  g_autoptr (GPtrArray) found = python_record_found (record);

  return found->len;
}

static void
what_is_said_is_made_once_for_each_change (void **state)
{
  struct roots *roots = *state;
  g_autoptr (PythonRecord) record = open_record (roots, FIRST LOCK ("s"));
  g_autoptr (GPtrArray) first = python_record_found (record);
  g_autoptr (GPtrArray) again = NULL, changed = NULL;

  python_record_annotate (record, first);
  assert_false (python_record_update (record));
  again = python_record_found (record);
  assert_ptr_equal (first, again);
  append (roots, LOCK ("t"));
  assert_true (python_record_update (record));
  changed = python_record_found (record);
  assert_int_equal (changed->len, 2);
  assert_int_equal (first->len, 1);
}

static GPtrArray *
merge (struct roots *roots, PythonRecord *record)
{
  g_autoptr (PythonCache) cache = python_cache_new (roots->shm, "/proc");
  g_autoptr (GPtrArray) processes = g_ptr_array_new ();
  PyProcess process = { .pid = PID, .found = python_record_found (record) };
  GPtrArray *entries;

  g_ptr_array_add (processes, &process);
  entries = python_merge (cache, processes, NULL);
  g_ptr_array_unref (process.found);
  return entries;
}

static const EntryInfo *
info_of (GPtrArray *entries, guint i)
{
  return ((PythonEntry *) entries->pdata[i])->info;
}

#define HOSTILE(id, offset, name)                                                                  \
  "{\"event\":\"new\",\"id\":\"" id "\",\"pid\":1,\"kind\":\"object\",\"ctype\":\"P\\u0007\","             \
  "\"code\":\"i\",\"dev\":1,\"ino\":2,\"arena\":64,\"offset\":" offset ",\"size\":4,"                    \
  "\"file\":\"a\\n\\u001b]0;x.py\",\"line\":3,\"name\":\"" name "\"}\n"

static void
names_that_would_break_a_line_are_escaped_and_told_apart (void **state)
{
  struct roots *roots = *state;
  g_autoptr (PythonRecord) record = open_record (
    roots, FIRST HOSTILE ("a", "0", "evil\\n\\u001b[2J") HOSTILE ("b", "4", "evil\\\\n\\\\x1b[2J"));
  g_autoptr (GPtrArray) entries = merge (roots, record);

  assert_int_equal (entries->len, 2);
  assert_string_equal (info_of (entries, 0)->name, "evil\\n\\x1b[2J");
  assert_string_equal (info_of (entries, 1)->name, "evil\\n\\x1b[2J (4711)");
  assert_string_equal (info_of (entries, 0)->ctype, "P\\x07");
  assert_string_equal (info_of (entries, 0)->doc, "made in a\\n\\x1b]0;x.py, line 3");
}

/* Any number of lines may be about the same memory. */
static void
one_object_has_so_many_names_and_no_more (void **state)
{
  struct roots *roots = *state;
  g_autoptr (GString) text = g_string_new (FIRST);
  g_autoptr (PythonRecord) record = NULL;
  g_autoptr (GPtrArray) entries = NULL;

  for (guint i = 0; i < 3000; i++)
    g_string_append_printf (text, HOSTILE ("%u", "0", "name%u"), i, i);
  record = open_record (roots, text->str);
  entries = merge (roots, record);
  assert_int_equal (entries->len, 1);
  assert_string_equal (info_of (entries, 0)->name, "name0");
  assert_in_range (g_strv_length (info_of (entries, 0)->names), 2, 100);
}

static void
it_is_read_on_as_it_grows (void **state)
{
  struct roots *roots = *state;
  g_autoptr (PythonRecord) record = open_record (roots, FIRST);

  assert_false (python_record_update (record));
  append (roots, "{\"event\":\"new\",\"id\":\"s\",\"pid\":1,\"kind\":\"semaphore\",\"class\":\"Lock\",");
  assert_true (python_record_update (record));
  assert_int_equal (count (record), 0);
  append (roots, "\"recursive\":false,\"maxvalue\":1,\"dev\":1,\"ino\":2}\n");
  assert_true (python_record_update (record));
  assert_int_equal (count (record), 1);
  append (roots, "{\"event\":\"gone\",\"id\":\"s\"}\n");
  assert_true (python_record_update (record));
  assert_int_equal (count (record), 0);
}

static void
others_records_are_refused (void **state)
{
  struct roots *roots = *state;

  assert_null (python_record_open (roots->shm, PID, START));
  assert_null (open_record (roots, ""));
  assert_null (open_record (roots, "{\"event\":\"program\",\"version\":2,\"pid\":4711,\"start\":99}\n"));
  assert_null (open_record (roots, "{\"event\":\"program\",\"version\":1,\"pid\":1,\"start\":99}\n"));
  assert_null (open_record (roots, "garbage\n" FIRST));
}

static void
what_contradicts_itself_is_left_out (void **state)
{
  static const char *const lines[] = {
    /* beyond its arena; a shape of another size; no such code; a file without identity */
    "\"code\":\"i\",\"shape\":[3],\"dev\":1,\"ino\":2,\"arena\":16,\"offset\":8,\"size\":12",
    "\"code\":\"i\",\"shape\":[4],\"dev\":1,\"ino\":2,\"arena\":64,\"offset\":8,\"size\":12",
    ("\"code\":\"i\",\"shape\":[9223372036854775807,9223372036854775807],\"dev\":1,\"ino\":2,"
     "\"arena\":64,\"offset\":8,\"size\":4"),
    "\"code\":\"i\",\"shape\":[1,1,1,1,1],\"dev\":1,\"ino\":2,\"arena\":64,\"offset\":8,\"size\":4",
    "\"code\":\"x\",\"dev\":1,\"ino\":2,\"arena\":64,\"offset\":8,\"size\":4",
    "\"code\":\"T\",\"type\":\"none\",\"dev\":1,\"ino\":2,\"arena\":64,\"offset\":8,\"size\":4",
    "\"code\":\"i\",\"dev\":1,\"ino\":0,\"arena\":64,\"offset\":8,\"size\":4",
    "\"code\":\"i\",\"dev\":1,\"ino\":2,\"arena\":64,\"offset\":-8,\"size\":4",
    "\"code\":\"i\",\"dev\":1,\"ino\":2,\"arena\":64,\"offset\":\"8\",\"size\":4",
  };
  struct roots *roots = *state;
  g_autoptr (GString) text = g_string_new (FIRST);
  g_autoptr (PythonRecord) record = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_string_append_printf (text,
                            "{\"event\":\"new\",\"id\":\"%u\",\"pid\":1,\"kind\":\"object\",%s}\n", i,
                            lines[i]);
  /* And one that is right, so that it is not the lines as such that fail. */
  g_string_append (text, "{\"event\":\"new\",\"id\":\"x\",\"pid\":1,\"kind\":\"object\",\"ctype\":\"c_int\","
                         "\"code\":\"i\",\"dev\":1,\"ino\":2,\"arena\":64,\"offset\":8,\"size\":4}\n");
  record = open_record (roots, text->str);
  assert_int_equal (count (record), 1);
}

static void
structures_have_the_fields_that_fit (void **state)
{
  struct roots *roots = *state;
  g_autoptr (PythonRecord) record = open_record (
    roots,
    FIRST "{\"event\":\"type\",\"id\":\"t\",\"ctype\":\"P\",\"size\":16,\"count\":3,\"first\":0,"
          "\"fields\":[{\"name\":\"x\",\"code\":\"d\",\"offset\":0},{\"name\":\"low\",\"code\":\"I\","
          "\"offset\":8,\"bits\":[4,3]}]}\n"
          "{\"event\":\"type\",\"id\":\"t\",\"ctype\":\"P\",\"size\":16,\"count\":3,\"first\":2,"
          "\"fields\":[{\"name\":\"a\",\"code\":\"H\",\"offset\":12,\"shape\":[2],\"swapped\":true}]}\n"
          "{\"event\":\"type\",\"id\":\"bad\",\"ctype\":\"Q\",\"size\":4,\"count\":1,\"first\":0,"
          "\"fields\":[{\"name\":\"x\",\"code\":\"d\",\"offset\":0}]}\n"
          "{\"event\":\"new\",\"id\":\"o\",\"pid\":1,\"kind\":\"object\",\"ctype\":\"P\",\"code\":\"T\","
          "\"type\":\"t\",\"dev\":1,\"ino\":2,\"arena\":64,\"offset\":0,\"size\":16}\n"
          "{\"event\":\"new\",\"id\":\"o2\",\"pid\":1,\"kind\":\"object\",\"ctype\":\"Q\",\"code\":\"T\","
          "\"type\":\"bad\",\"dev\":1,\"ino\":2,\"arena\":64,\"offset\":16,\"size\":4}\n");
  g_autoptr (GPtrArray) all = python_record_found (record);
  const PyFound *found;

  assert_int_equal (all->len, 1);
  found = all->pdata[0];
  assert_int_equal (found->shape.n_fields, 3);
  assert_string_equal (found->shape.fields[1].name, "low");
  assert_int_equal (found->shape.fields[1].bit_offset, 4);
  assert_int_equal (found->shape.fields[1].bit_width, 3);
  assert_true (found->shape.fields[2].swapped);
  assert_int_equal (found->shape.fields[2].shape[0], 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    TEST (json_is_read_strictly),
    TEST (what_is_recorded_is_shown_and_edited_without_any_process),
    TEST (what_is_said_is_made_once_for_each_change),
    TEST (names_that_would_break_a_line_are_escaped_and_told_apart),
    TEST (one_object_has_so_many_names_and_no_more),
    TEST (it_is_read_on_as_it_grows),
    TEST (others_records_are_refused),
    TEST (what_contradicts_itself_is_left_out),
    TEST (structures_have_the_fields_that_fit),
  };

  g_set_prgname ("python-record");
  return cmocka_run_group_tests (tests, NULL, NULL);
}
