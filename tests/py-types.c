/* Types that no Python here has (3.14, numpy 2), and such as no Python has: hostile ones. The real
 * ones: tests/python-types.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "py-ctype.h"
#include "py-ndarray.h"
#include "support/made-python.h"

#define DATA G_GUINT64_CONSTANT (0x7f5500000000)
#define BUDGET (64u << 20)

struct fixture
{
  struct made_python python;
  guint64 simple, array, structure, field_type, ndarray, dtype;  /* types */
};

static int
set_up (void **state)
{
  struct fixture *fixture = g_new0 (struct fixture, 1);
  struct made_python *python = &fixture->python;

  made_python_init (python, 14);
  py_image_set_budget (python->image, BUDGET);
  fixture->simple = made_type (python, "_ctypes._SimpleCData", 0);
  fixture->array = made_type (python, "_ctypes.Array", 0);
  fixture->structure = made_type (python, "_ctypes.Structure", 0);
  fixture->field_type = made_type (python, "_ctypes.CField", 0);
  fixture->ndarray = made_type (python, "numpy.ndarray", 0);
  fixture->dtype = made_type (python, "numpy.dtype", 0);
  *state = fixture;
  return 0;
}

static int
tear_down (void **state)
{
  struct fixture *fixture = *state;

  made_python_clear (&fixture->python);
  g_free (fixture);
  return 0;
}

/* ------------------------------------------------------------------- ctypes -- */

static guint64
simple_type (struct fixture *fixture, const char *name, const char *code)
{
  struct made_python *python = &fixture->python;
  guint64 type = made_type (python, name, fixture->simple);
  guint64 key = made_string (python, "_type_"), value = made_string (python, code);

  made_type_set_dict (python, type, made_dict (python, &key, &value, 1));
  return type;
}

static guint64
array_type (struct fixture *fixture, guint64 of, gint64 length)
{
  struct made_python *python = &fixture->python;
  guint64 type = made_type (python, "made_Array", fixture->array);
  guint64 keys[] = { made_string (python, "_type_"), made_string (python, "_length_") };
  guint64 values[] = { of, made_integer (python, length) };

  made_type_set_dict (python, type, made_dict (python, keys, values, 2));
  return type;
}

struct member
{
  const char *name;
  guint64 type, offset, size;
  guint bit_width, bit_offset;
};

static guint64
descriptor (struct fixture *fixture, const struct member *member)
{
  struct made_python *python = &fixture->python;
  guint64 field = made_object (python, fixture->field_type, 80);

  made_word (python, field + 16, member->offset);
  made_word (python, field + 24, member->size);
  made_word (python, field + 40, member->type);
  made_byte (python, field + 65, member->bit_width);
  made_byte (python, field + 66, member->bit_offset);
  return field;
}

static void
set_members (struct fixture *fixture, guint64 type, const struct member *members, guint n)
{
  struct made_python *python = &fixture->python;
  g_autofree guint64 *keys = g_new (guint64, n + 1), *values = g_new (guint64, n + 1);
  g_autofree guint64 *fields = g_new (guint64, n + 1);

  keys[0] = made_string (python, "_fields_");
  for (guint i = 0; i < n; i++)
    {
      keys[i + 1] = made_string (python, members[i].name);
      values[i + 1] = descriptor (fixture, &members[i]);
      fields[i] = made_tuple (python, (guint64[]){ keys[i + 1], members[i].type }, 2);
    }
  values[0] = made_tuple (python, fields, n);
  made_type_set_dict (python, type, made_dict (python, keys, values, n + 1));
}

static guint64
structure_type (struct fixture *fixture, const struct member *members, guint n)
{
  guint64 type = made_type (&fixture->python, "Made", fixture->structure);

  set_members (fixture, type, members, n);
  return type;
}

static guint64
instance (struct fixture *fixture, guint64 type, guint64 size)
{
  struct made_python *python = &fixture->python;
  guint64 object = made_object (python, type, 96);

  made_word (python, object + 16, DATA);
  made_word (python, object + 40, size);
  return object;
}

static PyFound *
decode (struct fixture *fixture, guint64 object)
{
  g_autoptr (PyFound) found = py_found_new ();

  return py_ctype_decode (&fixture->python.reader, object, found) ? g_steal_pointer (&found) : NULL;
}

static void
assert_fields (const PyFound *found, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < found->shape.n_fields; i++)
    {
      const EntryField *field = &found->shape.fields[i];

      g_string_append_printf (text, "%s%s %s", i > 0 ? "; " : "", field->name,
                              shmlens_type_name (&field->type));
      for (guint d = 0; d < field->dimensions; d++)
        g_string_append_printf (text, "[%u]", (guint) field->shape[d]);
      g_string_append_printf (text, "@%u", field->offset);
      if (field->bit_width > 0)
        g_string_append_printf (text, ":%u<<%u", field->bit_width, field->bit_offset);
    }
  assert_string_equal (text->str, expected);
}

static void
bit_fields_of_3_14 (void **state)
{
  struct fixture *fixture = *state;
  guint64 integer = simple_type (fixture, "c_int", "i");
  const struct member members[]
    = { { "low", integer, 0, 4, 3, 0 }, { "high", integer, 0, 4, 29, 3 }, { "whole", integer, 4, 4 } };
  g_autoptr (PyFound) found
    = decode (fixture, instance (fixture, structure_type (fixture, members, 3), 8));

  assert_non_null (found);
  assert_fields (found, "low int32@0:3<<0; high int32@0:29<<3; whole int32@4");
  assert_int_equal (found->shape.type.size, 8);
  assert_int_equal (found->data, DATA);
}

static void
complex_numbers_of_3_14 (void **state)
{
  struct fixture *fixture = *state;
  guint64 complex_double = simple_type (fixture, "c_double_complex", "D");
  const struct member members[] = { { "z", complex_double, 0, 16 } };
  guint64 objects[] = { instance (fixture, complex_double, 16),
                        instance (fixture, array_type (fixture, complex_double, 3), 48),
                        instance (fixture, structure_type (fixture, members, 1), 16) };
  static const char *const expected[] = { "real float64@0; imag float64@8",
                                          "real float64@0; imag float64@8",
                                          "z.real float64@0; z.imag float64@8" };

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      g_autoptr (PyFound) found = decode (fixture, objects[i]);

      assert_non_null (found);
      assert_fields (found, expected[i]);
      assert_int_equal (found->shape.length, i == 1 ? 3 : 1);
    }
}

/* Shown as bytes, all of them. */
static void
assert_bytes (struct fixture *fixture, guint64 type, guint64 size)
{
  g_autoptr (PyFound) found = decode (fixture, instance (fixture, type, size));

  assert_non_null (found);
  assert_int_equal (found->shape.type.code, 'B');
  assert_int_equal (found->shape.length, size);
  assert_int_equal (found->shape.n_fields, 0);
  assert_non_null (found->shape.doc);
  assert_false (py_image_is_exhausted (fixture->python.image));
}

static void
fields_that_lie_outside (void **state)
{
  struct fixture *fixture = *state;
  guint64 integer = simple_type (fixture, "c_int", "i");
  static const guint64 offsets[] = { 5, 8, G_MAXUINT32, G_MAXINT64, G_MAXUINT64 - 2 };

  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      const struct member members[]
        = { { "fine", integer, 0, 4 }, { "outside", integer, offsets[i], 4 } };

      assert_bytes (fixture, structure_type (fixture, members, 2), 8);
    }
}

static void
bits_that_lie_outside (void **state)
{
  struct fixture *fixture = *state;
  guint64 integer = simple_type (fixture, "c_int", "i"), real = simple_type (fixture, "c_double", "d");
  const struct member members[] = { { "wide", integer, 0, 4, 33, 0 }, { "far", integer, 0, 4, 2, 31 },
                                    { "real", real, 0, 8, 3, 0 },     { "far", integer, 4, 4, 1, 255 } };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autoptr (PyFound) found
        = decode (fixture, instance (fixture, structure_type (fixture, &members[i], 1), 8));

      assert_non_null (found);
      assert_int_equal (found->shape.n_fields, 1);
      assert_int_equal (found->shape.fields[0].type.code, 'B');
      assert_int_equal (found->shape.fields[0].bit_width, 0);
    }
}

/* A structure that has itself in it, many times: the tree has no end, the work has. */
static void
structures_in_themselves (void **state)
{
  struct fixture *fixture = *state;
  guint64 type = made_type (&fixture->python, "Loop", fixture->structure);
  g_autofree struct member *members = g_new0 (struct member, 500);

  for (guint i = 0; i < 500; i++)
    members[i] = (struct member) { g_strdup_printf ("f%u", i), type, 0, 64 };
  set_members (fixture, type, members, 1);
  {
    g_autoptr (PyFound) found = decode (fixture, instance (fixture, type, 64));

    assert_non_null (found);
    assert_false (py_image_is_exhausted (fixture->python.image));
  }
  set_members (fixture, type, members, 500);
  {
    g_autoptr (PyFound) found = decode (fixture, instance (fixture, type, 64));

    assert_non_null (found);
    assert_in_range (found->shape.n_fields, 0, SHMLENS_FIELDS_MAX);
  }
  for (guint i = 0; i < 500; i++)
    g_free ((char *) members[i].name);
}

static void
arrays_without_end (void **state)
{
  struct fixture *fixture = *state;
  guint64 integer = simple_type (fixture, "c_int", "i"), type = integer;
  guint64 loop = array_type (fixture, integer, 2);
  guint64 keys[] = { made_string (&fixture->python, "_type_"),
                     made_string (&fixture->python, "_length_") };
  guint64 values[] = { loop, made_integer (&fixture->python, 2) };

  made_type_set_dict (&fixture->python, loop, made_dict (&fixture->python, keys, values, 2));
  assert_null (decode (fixture, instance (fixture, loop, 64)));

  assert_null (decode (fixture, instance (fixture, array_type (fixture, integer, G_MAXINT64), 64)));
  assert_null (decode (fixture, instance (fixture, array_type (fixture, integer, -1), 64)));
  assert_null (decode (fixture, instance (fixture, array_type (fixture, integer, 17), 64)));
  for (guint i = 0; i < 5; i++)
    type = array_type (fixture, type, 1 << 20);
  assert_null (decode (fixture, instance (fixture, type, 64)));

  type = integer;
  for (guint i = 0; i < 8; i++)
    type = array_type (fixture, type, 2);
  {
    g_autoptr (PyFound) found = decode (fixture, instance (fixture, type, 1024));

    assert_non_null (found);
    assert_int_equal (found->shape.dimensions, 4);
    assert_int_equal (found->shape.shape[0], 32);
    assert_int_equal (found->shape.length, 256);
  }
}

static void
what_is_no_object_of_its_own (void **state)
{
  struct fixture *fixture = *state;
  struct made_python *python = &fixture->python;
  guint64 integer = simple_type (fixture, "c_int", "i");
  guint64 object = instance (fixture, integer, 4);

  made_word (python, object + 32, object);
  assert_null (decode (fixture, object));
  made_word (python, object + 32, 0);
  made_word (python, object + 16, 0);
  assert_null (decode (fixture, object));
  made_word (python, object + 16, DATA);
  made_word (python, object + 40, 3);
  assert_null (decode (fixture, object));
  made_word (python, object + 40, 4);
  made_word (python, object, 0);
  assert_null (decode (fixture, object));
  assert_null (decode (fixture, instance (fixture, simple_type (fixture, "x", "x"), 8)));
  assert_null (decode (fixture, instance (fixture, simple_type (fixture, "none", ""), 8)));
  assert_null (decode (fixture, instance (fixture, python->runtime.string, 8)));
  assert_null (decode (fixture, 16));
}

/* -------------------------------------------------------------------- numpy -- */

/* major: of numpy. */
static guint64
made_dtype (struct fixture *fixture, guint major, char kind, guint64 size, guint64 fields)
{
  struct made_python *python = &fixture->python;
  guint64 dtype = made_object (python, fixture->dtype, 160);

  made_byte (python, dtype + 24, kind);
  made_byte (python, dtype + 26, '<');
  if (major == 1)
    {
      made_word (python, dtype + 32, size | G_GUINT64_CONSTANT (8) << 32);
      made_word (python, dtype + 48, fields);
    }
  else
    {
      made_word (python, dtype + 32, 0x40);
      made_word (python, dtype + 40, size);
      made_word (python, dtype + 48, 8);
      made_word (python, dtype + 96, fields);
    }
  return dtype;
}

static guint64
made_array (struct fixture *fixture, guint64 dtype, const gint64 *shape, const gint64 *strides,
            guint n)
{
  struct made_python *python = &fixture->python;
  guint64 array = made_object (python, fixture->ndarray, 96);
  guint64 lengths = made_space (python, 16 * n + 16);

  made_memory_put (python->memory, lengths, shape, 8 * n);
  made_memory_put (python->memory, lengths + 8 * n, strides, 8 * n);
  made_word (python, array + 16, DATA);
  made_word (python, array + 24, n);
  made_word (python, array + 32, lengths);
  made_word (python, array + 40, lengths + 8 * n);
  made_word (python, array + 56, dtype);
  return array;
}

static PyFound *
decode_array (struct fixture *fixture, guint64 object)
{
  g_autoptr (PyFound) found = py_found_new ();

  return py_ndarray_decode (&fixture->python.reader, object, found) ? g_steal_pointer (&found) : NULL;
}

static void
both_numpys (void **state)
{
  struct fixture *fixture = *state;
  struct made_python *python = &fixture->python;
  const gint64 shape[] = { 3, 2 }, strides[] = { -32, 16 };

  for (guint major = 1; major <= 2; major++)
    {
      guint64 real = made_dtype (fixture, major, 'f', 8, 0);
      guint64 zero = made_integer (python, 0), eight = made_integer (python, 8);
      guint64 keys[] = { made_string (python, "x"), made_string (python, "y") };
      guint64 values[] = { made_tuple (python, (guint64[]){ real, zero }, 2),
                           made_tuple (python, (guint64[]){ real, eight }, 2) };
      guint64 record
        = made_dtype (fixture, major, 'V', 16, made_dict (python, keys, values, 2));
      g_autoptr (PyFound) plain
        = decode_array (fixture, made_array (fixture, real, shape, strides, 2));
      g_autoptr (PyFound) records
        = decode_array (fixture, made_array (fixture, record, shape, strides, 2));

      assert_non_null (plain);
      assert_int_equal (plain->shape.type.code, 'd');
      assert_int_equal (plain->shape.strides[0], -32);
      assert_int_equal (plain->shape.offset, 64);
      assert_int_equal (plain->data, DATA - 64);
      assert_int_equal (plain->first, DATA);
      assert_int_equal (plain->size, 64 + 16 + 8);
      assert_non_null (records);
      assert_fields (records, "x float64@0; y float64@8");
      assert_int_equal (records->shape.type.size, 16);
    }
}

static void
hostile_arrays (void **state)
{
  struct fixture *fixture = *state;
  struct made_python *python = &fixture->python;
  guint64 real = made_dtype (fixture, 1, 'f', 8, 0);
  static const struct
  {
    gint64 shape, stride;
  } wrong[] = { { -1, 8 }, { G_MAXINT64, 8 }, { 3, G_MAXINT64 }, { 3, G_MININT64 },
                { G_GINT64_CONSTANT (1) << 47, 8 }, { 2, -(gint64) DATA - 8 } };
  gint64 ones[64], gaps[64];
  guint64 array;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    assert_null (decode_array (
      fixture, made_array (fixture, real, &wrong[i].shape, &wrong[i].stride, 1)));
  array = made_array (fixture, real, ones, gaps, 1);
  made_word (python, array + 24, 65);
  assert_null (decode_array (fixture, array));
  made_word (python, array + 24, G_MAXUINT32);
  assert_null (decode_array (fixture, array));

  /* More dimensions than there is room for, and none that fold: bytes. */
  for (guint i = 0; i < 64; i++)
    {
      ones[i] = 1;
      gaps[i] = 1 << (i % 8);
    }
  ones[0] = ones[1] = ones[2] = 2;
  {
    g_autoptr (PyFound) found = decode_array (fixture, made_array (fixture, real, ones, gaps, 64));

    assert_non_null (found);
    assert_int_equal (found->shape.type.code, 'B');
    assert_int_equal (found->shape.length, found->size);
  }
}

static void
records_in_themselves (void **state)
{
  struct fixture *fixture = *state;
  struct made_python *python = &fixture->python;
  const gint64 shape = 2, stride = 8;
  guint64 record = made_dtype (fixture, 2, 'V', 8, 0);
  guint64 keys[] = { made_string (python, "a"), made_string (python, "b"), made_string (python, "c") };
  guint64 value = made_tuple (python, (guint64[]){ record, made_integer (python, 0) }, 2);
  guint64 values[] = { value, value, value };
  g_autoptr (PyFound) found = NULL;

  made_word (python, record + 96, made_dict (python, keys, values, 3));
  found = decode_array (fixture, made_array (fixture, record, &shape, &stride, 1));
  assert_non_null (found);
  assert_in_range (found->shape.n_fields, 0, SHMLENS_FIELDS_MAX);
  assert_false (py_image_is_exhausted (python->image));
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    TEST (bit_fields_of_3_14),
    TEST (complex_numbers_of_3_14),
    TEST (fields_that_lie_outside),
    TEST (bits_that_lie_outside),
    TEST (structures_in_themselves),
    TEST (arrays_without_end),
    TEST (what_is_no_object_of_its_own),
    TEST (both_numpys),
    TEST (hostile_arrays),
    TEST (records_in_themselves),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
