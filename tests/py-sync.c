/* What views of guarded data get, and which names parts of other objects keep. Pairing with real
 * locks: tests/python-types.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "py-sync.h"

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) py_found_free);
}

static PyFound *
add (GPtrArray *list, guint64 object, guint64 data, guint64 size)
{
  PyFound *found = py_found_new ();

  found->object = object;
  found->data = data;
  found->size = size;
  g_ptr_array_add (list, found);
  return found;
}

/* Nothing is read when nothing is to be paired. */
static void
pair (GPtrArray *list)
{
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (guint64));
  PyScan scan = { .synchronized = none };
  PyReader reader = { NULL, NULL };

  py_sync_pair (&reader, &scan, NULL, list);
}

static void
views_get_the_lock (void **state)
{
  g_autoptr (GPtrArray) list = new_list ();
  PyFound *first = add (list, 1, 0x1000, 64), *second = add (list, 2, 0x2000, 64);
  PyFound *views[] = { add (list, 3, 0x2000, 64), add (list, 4, 0x2008, 56), add (list, 5, 0x1000, 8),
                       add (list, 6, 0x2008, 57), add (list, 7, 0xff8, 16), add (list, 8, 0x1040, 8),
                       add (list, 9, 0x2010, 0), add (list, 10, 0x2000, G_MAXUINT64) };

  first->wrapper = 11;
  first->lock_kind = LOCK_EXTERNAL;
  second->wrapper = 12;
  second->lock_kind = LOCK_SEMAPHORE;
  second->lock.inode = 99;
  pair (list);
  assert_int_equal (views[0]->lock_kind, LOCK_SEMAPHORE);
  assert_int_equal (views[0]->lock.inode, 99);
  assert_int_equal (views[1]->lock_kind, LOCK_SEMAPHORE);
  assert_int_equal (views[2]->lock_kind, LOCK_EXTERNAL);
  for (guint i = 3; i < G_N_ELEMENTS (views); i++)
    assert_int_equal (views[i]->lock_kind, LOCK_NONE);
}

static void
what_is_viewed_is_a_part (void **state)
{
  g_autoptr (GPtrArray) list = new_list ();
  PyFound *memory = add (list, 1, 0x1000, 64), *flat = add (list, 2, 0x1000, 64);
  PyFound *matrix = add (list, 3, 0x1000, 64), *own = add (list, 4, 0x3000, 8);

  flat->base = 1;
  matrix->base = 2;
  own->base = 4;
  pair (list);
  assert_false (memory->is_part);
  assert_true (flat->is_part);
  assert_false (matrix->is_part);
  assert_false (own->is_part);
}

static void
name (PyFound *found, const char *text)
{
  g_ptr_array_add (found->names, g_strdup (text));
}

static void
parts_keep_names_of_their_own (void **state)
{
  g_autoptr (GPtrArray) list = new_list ();
  PyFound *queue = add (list, 1, 0, 0), *nameless = add (list, 2, 0, 0);
  PyFound *reading = add (list, 3, 0, 0), *lock = add (list, 4, 0, 0);
  PyFound *guard = add (list, 5, 0, 0), *value = add (list, 6, 0x1000, 8);
  PyFound *simple = add (list, 7, 0, 0), *condition = add (list, 8, 0, 0);

  name (queue, "state.queues[0]");
  name (queue, "jobs");
  name (reading, "jobs._rlock");
  name (reading, "state.queues[0]._rlock");
  name (value, "counter");
  name (lock, "counter._lock");
  name (lock, "threading._active[5]._args[3]");
  name (lock, "worker._lock");
  name (lock, "jobs_lock");
  name (guard, "counter._lock");
  name (simple, "results._wlock");
  name (condition, "_cond");
  reading->is_part = lock->is_part = guard->is_part = simple->is_part = condition->is_part = TRUE;

  py_sync_drop_nameless (list);
  assert_int_equal (list->len, 5);
  assert_ptr_equal (list->pdata[0], queue);
  assert_ptr_equal (list->pdata[1], nameless);
  assert_ptr_equal (list->pdata[2], lock);
  assert_ptr_equal (list->pdata[3], value);
  assert_ptr_equal (list->pdata[4], condition);
  assert_int_equal (queue->names->len, 2);
  assert_int_equal (lock->names->len, 2);
  assert_string_equal (lock->names->pdata[0], "worker._lock");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (views_get_the_lock),
    cmocka_unit_test (what_is_viewed_is_a_part),
    cmocka_unit_test (parts_keep_names_of_their_own),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
