/* Entries as text for other programs, which take it for what it was: the C is compiled and gives
 * the same bytes, the Python is evaluated. argv: a python3, then the C compiler and its arguments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "entry-copy.h"
#include "inspect-error.h"
#include "support/fake-attachment.h"

static char **tools;

struct fixture
{
  FakeAttachment *fake;
  Attachment *attachment;
  EntryCopy copies[32];
  guint n;
};

static int
set_up (void **state)
{
  struct fixture *f = g_new0 (struct fixture, 1);

  f->fake = fake_attachment_new (1 << 16);
  f->attachment = fake_attachment_base (f->fake);
  *state = f;
  return 0;
}

static int
tear_down (void **state)
{
  struct fixture *f = *state;

  for (guint i = 0; i < f->n; i++)
    entry_copy_clear (&f->copies[i]);
  fake_attachment_unref (f->fake);
  g_free (f);
  return 0;
}

static struct shmlens_type
type_of (char code)
{
  struct shmlens_type type;

  assert_int_equal (shmlens_type_from_code (code, &type), 0);
  return type;
}

static void
add_info (struct fixture *f, const EntryInfo *values, const void *initial)
{
  g_autoptr (EntryInfo) entry = fake_attachment_add (f->fake, values, initial);

  assert_true (f->n < G_N_ELEMENTS (f->copies));
  entry_copy_init (&f->copies[f->n++], f->attachment, entry, NULL, FALSE);
}

static void
add (struct fixture *f, const char *name, char code, guint64 length, const void *initial)
{
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (f->fake, name, code, length, initial);

  entry_copy_init (&f->copies[f->n++], f->attachment, entry, NULL, FALSE);
}

/* Every kind of number at its limits, characters, texts, planes and structures. */
static void
add_everything (struct fixture *f)
{
  static const gint8 i8[] = { G_MININT8, G_MAXINT8 };
  static const guint8 u8[] = { 0, G_MAXUINT8 };
  static const gint16 i16 = G_MININT16;
  static const guint16 u16 = G_MAXUINT16;
  static const gint32 i32[] = { G_MININT32, G_MAXINT32 };
  static const guint32 u32 = G_MAXUINT32;
  static const gint64 i64[] = { G_MININT64, G_MAXINT64 };
  static const guint64 u64 = G_MAXUINT64;
  static const float reals[] = { 0.1f, -0.0f, 3.4028235e38f, 1e-45f, 5 };
  static const double doubles[] = { 0.1, -0.0, 1e308, 5e-324, 5, G_PI };
  static const guint8 flag = 1;
  static const char with_rest[24] = "Größe: \"5\"\0rest";
  static const guint32 wide[] = { 'G', 0xf6, 0x20ac, 0x1f600, 'a', 0x85, '1', 0xd800, 'b', 0, 0 };
  const EntryInfo text = { .name = (char *) "text", .type = type_of ('B'), .dimensions = 1, .shape = { 24 },
                           .role = SHMLENS_ROLE_TEXT };
  const EntryInfo plane = { .name = (char *) "plane", .type = type_of ('h'), .dimensions = 2,
                            .shape = { 2, 60 } };
  const EntryInfo strings = { .name = (char *) "strings", .type = type_of ('c'), .dimensions = 2,
                              .shape = { 2, 4 } };
  gint16 numbers[120];

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    numbers[i] = (gint16) (i * 257);
  add (f, "worker 1 loss", 'd', 6, doubles);
  add (f, "worker-1-loss", 'f', 5, reals);
  add (f, "int", 'i', 2, i32);
  add (f, "8 bits", 'b', 2, i8);
  add (f, "it's \"u\\8\"", 'B', 2, u8);
  add (f, "Größe", 'h', 0, &i16);
  add (f, "€", 'H', 0, &u16);
  add (f, "u32", 'I', 0, &u32);
  add (f, "i64", 'q', 2, i64);
  add (f, "u64", 'Q', 0, &u64);
  add (f, "flag", '?', 0, &flag);
  add (f, "letter", 'c', 0, "'");
  add (f, "bytes", 'c', 12, "a?" "?=\"\n\\\xff" "f1\0\0");
  add (f, "full", 'c', 3, "abc");
  add (f, "wide", 'u', 11, wide);
  add_info (f, &text, with_rest);
  add_info (f, &plane, numbers);
  add_info (f, &strings, "ab\0\0cdef");
}

struct point
{
  double x;
  guint8 bits;
  char name[5];
  gint32 axes[3];
};

static EntryInfo
point_info (EntryField *ret_fields)
{
  const EntryField fields[] = {
    { .name = (char *) "pos.x", .type = type_of ('d'), .offset = offsetof (struct point, x) },
    { .name = (char *) "pos x", .type = type_of ('B'), .offset = offsetof (struct point, bits),
      .bit_offset = 2, .bit_width = 3 },
    { .name = (char *) "name", .type = type_of ('c'), .offset = offsetof (struct point, name),
      .dimensions = 1, .shape = { 5 } },
    { .name = (char *) "axes", .type = type_of ('i'), .offset = offsetof (struct point, axes),
      .dimensions = 1, .shape = { 3 } },
  };

  memcpy (ret_fields, fields, sizeof fields);
  return (EntryInfo){ .name = (char *) "points",
                      .type = { sizeof (struct point), SHMLENS_KIND_STRUCT, 'T', 0 },
                      .dimensions = 1,
                      .shape = { 2 },
                      .fields = ret_fields,
                      .n_fields = G_N_ELEMENTS (fields) };
}

static const struct point points[] = {
  { 1.5, 0x14, "P1", { 1, -2, 3 } },
  { -0.25, 0xff, "five", { 4, 5, 6 } },
};

static void
add_points (struct fixture *f)
{
  EntryField fields[4];
  EntryInfo info = point_info (fields);

  add_info (f, &info, points);
}

static char *
text_of (struct fixture *f, enum literal_form form)
{
  g_autoptr (GError) error = NULL;
  char *text = entry_copy_text (f->copies, f->n, form, NULL, &error);

  if (text == NULL)
    fail_msg ("%s", error->message);
  return text;
}

/* What the program writes. */
static GByteArray *
run (char **arguments)
{
  g_autoptr (GError) error = NULL;
  GByteArray *output = g_byte_array_new ();
  char chunk[4096];
  gssize n;
  int out, status;
  GPid pid;

  if (!g_spawn_async_with_pipes (NULL, arguments, NULL,
                                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH, NULL, NULL, &pid,
                                 NULL, &out, NULL, &error))
    fail_msg ("%s", error->message);
  while ((n = read (out, chunk, sizeof chunk)) > 0)
    g_byte_array_append (output, (guint8 *) chunk, (guint) n);
  close (out);
  assert_int_equal (waitpid (pid, &status, 0), pid);
  g_spawn_close_pid (pid);
  if (!g_spawn_check_wait_status (status, &error))
    fail_msg ("%s: %s", arguments[0], error->message);
  return output;
}

static void
compile (const char *source, const char *program)
{
  GPtrArray *arguments = g_ptr_array_new ();

  for (guint i = 1; tools[i] != NULL; i++)
    g_ptr_array_add (arguments, tools[i]);
  for (const char *const *more = (const char *const[]){ "-std=c11", "-Wall", "-Wno-unused-variable",
                                                        "-Werror", "-o", program, source, NULL };
       *more != NULL; more++)
    g_ptr_array_add (arguments, (char *) *more);
  g_ptr_array_add (arguments, NULL);
  g_byte_array_unref (run ((char **) arguments->pdata));
  g_ptr_array_unref (arguments);
}

/* Compiles a program with these variables, which writes out these expressions' bytes. */
static GByteArray *
bytes_of_c (const char *variables, const char *expressions)
{
  g_autofree char *folder = g_dir_make_tmp ("shmlens-entry-copy-XXXXXX", NULL);
  g_autofree char *source = g_build_filename (folder, "copied.c", NULL);
  g_autofree char *program = g_build_filename (folder, "copied", NULL);
  g_autofree char *code = NULL;
  g_auto (GStrv) each = g_strsplit (expressions, " ", -1);
  g_autoptr (GString) writes = g_string_new (NULL);
  GByteArray *output;

  for (guint i = 0; each[i] != NULL; i++)
    g_string_append_printf (writes, "  fwrite (&%s, sizeof %s, 1, stdout);\n", each[i], each[i]);
  code = g_strdup_printf ("#include <math.h>\n#include <stdbool.h>\n#include <stddef.h>\n"
                          "#include <stdint.h>\n#include <stdio.h>\n%s\n"
                          "int\nmain (void)\n{\n%s  return 0;\n}\n",
                          variables, writes->str);
  assert_true (g_file_set_contents (source, code, -1, NULL));
  compile (source, program);
  output = run ((char *[]){ program, NULL });
  g_unlink (program);
  g_unlink (source);
  g_rmdir (folder);
  return output;
}

static void
c_gives_the_same_bytes (void **state)
{
  struct fixture *f = *state;
  g_autofree char *text = NULL;
  g_autoptr (GByteArray) output = NULL;
  gsize at = 0;

  add_everything (f);
  text = text_of (f, LITERAL_C);
  assert_non_null (strstr (text, "double worker_1_loss[6] = { 0.1, -0.0, 1e+308, "));
  assert_non_null (strstr (text, "uint8_t text[24] = \"Größe: \\\"5\\\"\";\n"));
  output = bytes_of_c (text, "worker_1_loss worker_1_loss_2 int_ _8_bits it_s_u_8 Gr_e value u32 i64"
                             " u64 flag letter bytes full wide text plane strings");
  for (guint i = 0; i < f->n; i++)
    {
      EntryInfo *entry = f->copies[i].entry;
      gsize size = entry->length * entry->type.size;
      g_autofree guint8 *expected = g_malloc (size);

      fake_attachment_peek (f->fake, entry, 0, entry->length, expected);
      /* Behind the end of a text nothing counts. */
      if (entry->role == SHMLENS_ROLE_TEXT)
        memset (expected + strlen ((char *) expected), 0, size - strlen ((char *) expected));
      assert_true (output->len - at >= size);
      if (memcmp (output->data + at, expected, size) != 0)
        fail_msg ("%s is another in C:\n%s", entry->name, text);
      at += size;
    }
  assert_int_equal (at, output->len);
}

static void
structures_are_declared_in_c (void **state)
{
  struct fixture *f = *state;
  const double odd[] = { INFINITY, -INFINITY, NAN };
  struct
  {
    double x0;
    guint8 bits1;
    char name0[5], name1[5];
    gint32 axes1[3];
    double odd[2];
  } __attribute__ ((packed)) got;
  g_autofree char *text = NULL;
  g_autoptr (GByteArray) output = NULL;

  add_points (f);
  add (f, "odd", 'd', 3, odd);
  text = text_of (f, LITERAL_C);
  assert_non_null (strstr (text, "struct {\n  double pos_x;\n  uint8_t pos_x_2;\n  char name[5];\n"
                                 "  int32_t axes[3];\n} points[2] = { { .pos_x = 1.5, "));
  assert_non_null (strstr (text, "{ INFINITY, -INFINITY, NAN }"));
  output = bytes_of_c (text, "points[0].pos_x points[1].pos_x_2 points[0].name points[1].name"
                             " points[1].axes odd[0] odd[1]");
  assert_int_equal (output->len, sizeof got);
  memcpy (&got, output->data, sizeof got);
  assert_true (got.x0 == 1.5 && got.bits1 == 7);
  assert_string_equal (got.name0, "P1");
  assert_string_equal (got.name1, "five");
  assert_memory_equal (got.axes1, points[1].axes, sizeof got.axes1);
  assert_memory_equal (got.odd, odd, sizeof got.odd);
}

/* The value that Python has read, as repr() writes it. evaluate: ast.literal_eval or eval. */
static void
assert_python (struct fixture *f, const char *evaluate, const char *expected)
{
  g_autofree char *text = text_of (f, LITERAL_PYTHON);
  g_autofree char *program
    = g_strdup_printf ("import ast, sys; sys.stdout.buffer.write(ascii(%s(sys.argv[1])).encode())",
                       evaluate);
  g_autoptr (GByteArray) output = run ((char *[]){ tools[0], (char *) "-c", program, text, NULL });

  g_byte_array_append (output, (const guint8 *) "", 1);
  assert_string_equal ((char *) output->data, expected);
}

static void
python_gives_the_same_values (void **state)
{
  struct fixture *f = *state;
  g_autoptr (GString) expected = g_string_new (NULL);

  add_everything (f);
  g_string_append (
    expected,
    "{'worker 1 loss': [0.1, -0.0, 1e+308, 5e-324, 5.0, 3.141592653589793],"
    " 'worker-1-loss': [0.1, -0.0, 3.4028235e+38, 1e-45, 5.0],"
    " 'int': [-2147483648, 2147483647], '8 bits': [-128, 127],"
    " 'it\\'s \"u\\\\8\"': [0, 255], 'Gr\\xf6\\xdfe': -32768, '\\u20ac': 65535, 'u32': 4294967295,"
    " 'i64': [-9223372036854775808, 9223372036854775807], 'u64': 18446744073709551615,"
    " 'flag': True, 'letter': b\"'\", 'bytes': b'a?" "?=\"\\n\\\\\\xfff1', 'full': b'abc',"
    " 'wide': 'G\\xf6\\u20ac\\U0001f600a\\x851\\ud800b', 'text': 'Gr\\xf6\\xdfe: \"5\"', 'plane': [[");
  for (guint i = 0; i < 120; i++)
    g_string_append_printf (expected, "%s%d", i == 60 ? "], [" : i == 0 ? "" : ", ",
                            (gint16) (i * 257));
  g_string_append (expected, "]], 'strings': [b'ab', b'cdef']}");
  assert_python (f, "ast.literal_eval", expected->str);
}

static void
one_entry_is_its_value_in_python (void **state)
{
  struct fixture *f = *state;

  add_points (f);
  assert_python (f, "ast.literal_eval",
                 "[{'pos.x': 1.5, 'pos x': 5, 'name': b'P1', 'axes': [1, -2, 3]},"
                 " {'pos.x': -0.25, 'pos x': 7, 'name': b'five', 'axes': [4, 5, 6]}]");
}

/* There is no literal of these, but code of them. */
static void
odd_numbers_are_python_code (void **state)
{
  struct fixture *f = *state;
  const double odd[] = { INFINITY, -INFINITY, NAN };

  add (f, "odd", 'd', 3, odd);
  assert_python (f, "eval", "[inf, -inf, nan]");
}

/* As shareable-list.c describes one. */
static void
lists_are_lists_in_python (void **state)
{
  struct fixture *f = *state;
  EntryField fields[] = {
    { .name = (char *) "[0]", .type = type_of ('q') },
    { .name = (char *) "[1]", .type = type_of ('c'), .offset = 8, .dimensions = 1, .shape = { 8 } },
    { .name = (char *) "[2]", .type = type_of ('?'), .offset = 16 },
    { .name = (char *) "[3]", .type = type_of ('?'), .offset = 17 },
    { .name = (char *) "[4]", .type = type_of ('c'), .offset = 18, .dimensions = 1, .shape = { 2 } },
  };
  EntryLabel none = { .value = 0, .field = 2, .text = (char *) "None" };
  const EntryInfo info = { .name = (char *) "list", .type = { 20, SHMLENS_KIND_STRUCT, 'T', 0 },
                           .fields = fields, .n_fields = G_N_ELEMENTS (fields), .labels = &none,
                           .n_labels = 1 };

  add_info (f, &info, "\5\0\0\0\0\0\0\0J\xc3\xb6rg\0\0\0\0\1\xff\xfe");
  assert_python (f, "ast.literal_eval", "[5, 'J\\xf6rg', None, True, b'\\xff\\xfe']");
}

static void
csv_has_a_line_an_entry (void **state)
{
  struct fixture *f = *state;
  const double values[] = { 1, NAN };
  const EntryInfo text = { .name = (char *) "a,b", .type = type_of ('B'), .dimensions = 1, .shape = { 8 },
                           .role = SHMLENS_ROLE_TEXT };
  g_autofree char *csv = NULL;

  add (f, "loss", 'd', 0, values);
  add (f, "both", 'd', 2, values);
  add_info (f, &text, "say \"5\"");
  add_points (f);
  csv = text_of (f, LITERAL_CSV);
  assert_string_equal (csv, "name,type,value\n"
                            "loss,float64,1.0\n"
                            "both,float64[2],\"[1.0, nan]\"\n"
                            "\"a,b\",uint8[8],\"say \"\"5\"\"\"\n"
                            "points,struct[2],\"[{pos.x: 1.5, pos x: 5, name: \"\"P1\"\", axes: "
                            "[1, -2, 3]}, {pos.x: -0.25, pos x: 7, name: \"\"five\"\", axes: "
                            "[4, 5, 6]}]\"\n");
}

static void
what_is_shown_is_copied (void **state)
{
  struct fixture *f = *state;
  const int now = 5, shown = 4;
  g_autoptr (EntryInfo) entry = fake_attachment_add_plain (f->fake, "n", 'i', 0, &now);
  g_autofree char *when_paused = NULL, *when_read = NULL, *when_gone = NULL;
  g_autoptr (GError) error = NULL;
  EntryCopy unread;

  entry_copy_init (&f->copies[0], f->attachment, entry, &shown, TRUE);
  f->n = 1;
  when_paused = text_of (f, LITERAL_PYTHON);
  assert_string_equal (when_paused, "4");
  f->copies[0].is_shown = FALSE;
  when_read = text_of (f, LITERAL_PYTHON);
  assert_string_equal (when_read, "5");
  fake_attachment_set_gone (f->fake, TRUE);
  when_gone = text_of (f, LITERAL_PYTHON);
  assert_string_equal (when_gone, "4");

  entry_copy_init (&unread, f->attachment, entry, NULL, FALSE);
  assert_null (entry_copy_text (&unread, 1, LITERAL_C, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT));
  entry_copy_clear (&unread);
}

static void
too_much_is_refused (void **state)
{
  EntryInfo large = { .name = (char *) "large", .type = type_of ('d'), .dimensions = 1,
                      .shape = { G_MAXUINT64 / 8 }, .length = G_MAXUINT64 / 8 };
  EntryCopy copy = { .entry = entry_info_new (&large) };
  g_autoptr (GError) error = NULL;

  assert_null (entry_copy_text (&copy, 1, LITERAL_PYTHON, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE));
  assert_true (g_str_has_prefix (error->message, "large: "));
  entry_info_unref (copy.entry);
}

int
main (int argc, char **argv)
{
#define test_of(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
    test_of (c_gives_the_same_bytes),
    test_of (structures_are_declared_in_c),
    test_of (python_gives_the_same_values),
    test_of (one_entry_is_its_value_in_python),
    test_of (odd_numbers_are_python_code),
    test_of (lists_are_lists_in_python),
    test_of (csv_has_a_line_an_entry),
    test_of (what_is_shown_is_copied),
    test_of (too_much_is_refused),
  };
#undef test_of

  if (argc < 3)
    return 99;
  tools = argv + 1;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
