/* Types given by hand, and how they are remembered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "inspect-error.h"
#include "type-expression.h"
#include "type-store.h"

/* "name type[shape]@offset; ..." */
static void
assert_parses (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = type_expression_parse (text, &error);
  g_autoptr (GString) found = g_string_new (NULL);

  if (items == NULL)
    fail_msg ("%s: %s", text, error->message);
  for (guint i = 0; i < items->len; i++)
    {
      TypeItem *item = items->pdata[i];

      g_string_append_printf (found, "%s%s %s", i > 0 ? "; " : "", item->name,
                              shmlens_type_name (&item->type));
      for (guint d = 0; d < item->dimensions; d++)
        if (d == 0 && item->is_open)
          g_string_append (found, "[]");
        else
          g_string_append_printf (found, "[%" G_GUINT64_FORMAT "]", item->shape[d]);
      g_string_append_printf (found, "@%" G_GUINT64_FORMAT, item->offset);
    }
  assert_string_equal (found->str, expected);
}

static void
assert_fails (const char *text, const char *part)
{
  g_autoptr (GError) error = NULL;

  assert_null (type_expression_parse (text, &error));
  if (!g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_USAGE)
      || strstr (error->message, part) == NULL)
    fail_msg ("%s: %s", text, error->message);
}

static void
types_have_dimensions_and_offsets (void **state)
{
  assert_parses ("float32[480][640]", "float32@0 float32[480][640]@0");
  assert_parses ("int64 @ 128", "int64@128 int64@128");
  assert_parses ("int64@0x80", "int64@128 int64@128");
  assert_parses ("d", "float64@0 float64@0");
  assert_parses ("  uint8 [ 2 ] [3] @ 5  ", "uint8@5 uint8[2][3]@5");
  assert_parses ("B[1][2][3][4]", "uint8@0 uint8[1][2][3][4]@0");
}

static void
several_follow_each_other_as_a_compiler_would_lay_them (void **state)
{
  assert_parses ("uint8; int32; uint8[3]; float64",
                 "uint8@0 uint8@0; int32@4 int32@4; uint8@8 uint8[3]@8; float64@16 float64@16");
  assert_parses ("int64 @ 128; int32", "int64@128 int64@128; int32@136 int32@136");
  assert_parses ("int32;", "int32@0 int32@0");
}

static void
names_are_optional (void **state)
{
  assert_parses ("loss: float64 @ 0; my hist : uint32[256] @ 8",
                 "loss float64@0; my hist uint32[256]@8");
}

static void
the_first_dimension_may_be_what_there_is_room_for (void **state)
{
  g_autoptr (GPtrArray) items = type_expression_parse ("int32[][4] @ 8", NULL);
  guint64 shape[SHMLENS_DIMENSIONS_MAX];

  assert_parses ("bytes: B[]", "bytes uint8[]@0");
  assert_true (type_item_resolve (items->pdata[0], 8 + 3 * 16 + 15, shape) == 12);
  assert_true (shape[0] == 3 && shape[1] == 4);
  assert_true (type_item_resolve (items->pdata[0], 8, shape) == 0);
  assert_true (type_item_resolve (items->pdata[0], 0, shape) == 0);
}

static void
what_cannot_be_read_says_where (void **state)
{
  assert_fails ("", "a type is missing");
  assert_fails (";", "a type is missing");
  assert_fails ("int32; ; int32", "character 8");
  assert_fails ("foot32", "\"foot32\" is no type");
  assert_fails ("int32; foot", "character 8");
  assert_fails ("int32[", "missing");
  assert_fails ("int32[3", "] is missing");
  assert_fails ("int32[0]", "at least 1");
  assert_fails ("int32[-1]", "number is missing");
  assert_fails ("int32[2][]", "number is missing");
  assert_fails ("int32[1][1][1][1][1]", "at most 4");
  assert_fails ("int32 @", "number is missing");
  assert_fails ("int32 @ -4", "number is missing");
  assert_fails ("int32 @ 99999999999999999999", "too large");
  assert_fails ("int64 @ 9223372036854775807", "largest possible file");
  assert_fails ("int32[4294967296][4294967296]", "too large");
  assert_fails ("int32 junk", "\"junk\"");
  assert_fails ("a: int32 @ 0; a: int32 @ 4", "twice");
  assert_fails ("int32[]; int32", "offset is missing");
  assert_fails (": int32", "a name has");
  assert_fails ("\xff", "UTF-8");
}

static void
too_many_or_too_long_is_refused (void **state)
{
  g_autoptr (GString) many = g_string_new ("B");
  g_autofree char *blanks = g_strnfill (TYPE_EXPRESSION_BYTES_MAX + 1, ' ');

  for (guint i = 0; i < TYPE_EXPRESSION_ITEMS_MAX; i++)
    g_string_append (many, ";B");
  assert_fails (many->str, "more than 256");
  assert_fails (blanks, "UTF-8 text of at most");
}

static void
any_text_is_answered (void **state)
{
  static const char letters[] = "intfloat3264B[]@; :0x19";
  GRand *random = g_rand_new_with_seed (3);
  guint understood = 0;

  for (guint i = 0; i < 100000; i++)
    {
      guint length = g_rand_int_range (random, 0, 16);
      g_autoptr (GPtrArray) items = NULL;
      char text[20] = "";

      for (guint j = 0; j < length; j++)
        text[j] = letters[g_rand_int_range (random, 0, sizeof letters - 1)];
      items = type_expression_parse (text, NULL);
      if (items != NULL)
        understood++;
    }
  assert_true (understood > 50);
  g_rand_free (random);
}

static void
expressions_are_remembered_by_id (void **state)
{
  const char *odd = "shm:/a=b[c] \\xff";
  TypeStore *store = type_store_new ();
  TypeStore *other;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL, *second = NULL, *forgotten = NULL, *none = NULL;
  guint generation = type_store_generation (store);

  none = type_store_get (store, odd);
  assert_null (none);
  assert_true (type_store_set (store, odd, "float32[2]; int64 @ 128", &error));
  assert_int_not_equal (type_store_generation (store), generation);
  assert_true (type_store_set (store, "shm:/x", "a: int8", &error));
  other = type_store_new ();
  first = type_store_get (other, odd);
  second = type_store_get (other, "shm:/x");
  assert_string_equal (first, "float32[2]; int64 @ 128");
  assert_string_equal (second, "a: int8");

  assert_true (type_store_set (other, odd, "", &error));
  forgotten = type_store_get (other, odd);
  assert_null (forgotten);
  type_store_unref (other);
  type_store_unref (store);
}

static void
what_cannot_be_understood_is_not_remembered (void **state)
{
  TypeStore *store = type_store_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *kept = NULL;

  assert_true (type_store_set (store, "shm:/y", "int8", NULL));
  assert_false (type_store_set (store, "shm:/y", "rubbish", &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_USAGE));
  kept = type_store_get (store, "shm:/y");
  assert_string_equal (kept, "int8");
  type_store_unref (store);
}

static void
a_broken_file_holds_nothing_and_is_written_anew (void **state)
{
  g_autofree char *path
    = g_build_filename (g_get_user_config_dir (), "shmlens", "types.ini", NULL);
  TypeStore *store = type_store_new ();
  g_autofree char *none = NULL, *some = NULL;

  assert_true (g_file_set_contents (path, "\xff no key file [", -1, NULL));
  none = type_store_get (store, "shm:/x");
  assert_null (none);
  assert_true (type_store_set (store, "shm:/x", "int8", NULL));
  some = type_store_get (store, "shm:/x");
  assert_string_equal (some, "int8");
  type_store_unref (store);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (types_have_dimensions_and_offsets),
    cmocka_unit_test (several_follow_each_other_as_a_compiler_would_lay_them),
    cmocka_unit_test (names_are_optional),
    cmocka_unit_test (the_first_dimension_may_be_what_there_is_room_for),
    cmocka_unit_test (what_cannot_be_read_says_where),
    cmocka_unit_test (too_many_or_too_long_is_refused),
    cmocka_unit_test (any_text_is_answered),
    cmocka_unit_test (expressions_are_remembered_by_id),
    cmocka_unit_test (what_cannot_be_understood_is_not_remembered),
    cmocka_unit_test (a_broken_file_holds_nothing_and_is_written_anew),
  };
  g_autofree char *home = g_dir_make_tmp ("type-expression-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (home, "shmlens", NULL);
  g_autofree char *file = g_build_filename (folder, "types.ini", NULL);
  int result;

  g_setenv ("XDG_CONFIG_HOME", home, TRUE);
  result = cmocka_run_group_tests (tests, NULL, NULL);
  g_unlink (file);
  g_rmdir (folder);
  g_rmdir (home);
  return result;
}
