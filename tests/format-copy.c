/* Copying what changes meanwhile: slots and headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format.h"
#include "support/segment-bytes.h"

static char *
new_segment (void)
{
  char *segment = aligned_alloc (64, SEGMENT_BYTES_SIZE);

  assert_non_null (segment);
  segment_bytes_build (segment);
  return segment;
}

/* What changes while it is copied. It lies across two pages of which one is
 * closed: the copying runs into it, whereupon the other one is closed instead,
 * or the change is made. */

static struct
{
  char *pages;
  size_t size;        /* of a page */
  int closed;         /* which page; -1 none */
  unsigned passes;    /* so often it is only the other page that is closed */
  bool again;         /* change at each page from then on, not once */
  void (*change) (void);
  char *victim;
} trap;

static void
close_page (int page)
{
  trap.closed = page;
  mprotect (trap.pages + (size_t) page * trap.size, trap.size, PROT_NONE);
}

static void
spring_trap (int signal_number)
{
  int was_closed = trap.closed;

  if (was_closed < 0)
    {
      signal (SIGSEGV, SIG_DFL);
      return;
    }
  mprotect (trap.pages, 2 * trap.size, PROT_READ | PROT_WRITE);
  trap.closed = -1;
  if (trap.passes == 0)
    trap.change ();
  if (trap.passes > 0 || trap.again)
    close_page (!was_closed);
  if (trap.passes > 0)
    trap.passes--;
}

/* Lays size bytes so that `before` of them are on the first page. */
static char *
set_trap (const void *bytes, size_t size, size_t before, int closed, void (*change) (void))
{
  trap.size = (size_t) sysconf (_SC_PAGESIZE);
  trap.pages = mmap (NULL, 2 * trap.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                     0);
  assert_ptr_not_equal (trap.pages, MAP_FAILED);
  trap.change = change;
  trap.victim = trap.pages + trap.size - before;
  memcpy (trap.victim, bytes, size);
  signal (SIGSEGV, spring_trap);
  close_page (closed);
  return trap.victim;
}

static void
remove_trap (void)
{
  signal (SIGSEGV, SIG_DFL);
  munmap (trap.pages, 2 * trap.size);
  memset (&trap, 0, sizeof trap);
  trap.closed = -1;
}

/* All words of a generation are its number. */
static void
fill_slot (struct format_slot *slot, uint32_t generation)
{
  for (size_t i = 0; i < sizeof *slot; i += sizeof generation)
    memcpy ((char *) slot + i, &generation, sizeof generation);
  slot->state = generation << FORMAT_STATE_BITS | FORMAT_SLOT_LIVE;
}

static void
check_filled (const struct format_slot *slot)
{
  struct format_slot wanted;

  fill_slot (&wanted, FORMAT_GENERATION (slot->state));
  assert_memory_equal (slot, &wanted, sizeof wanted);
}

static void
make_next_generation (void)
{
  struct format_slot *slot = (struct format_slot *) trap.victim;

  fill_slot (slot, FORMAT_GENERATION (slot->state) + 1);
}

static void
copies_a_slot_again_that_was_remade_meanwhile (void **state)
{
  struct format_slot slot, copy;

  fill_slot (&slot, 5);
  for (size_t before = 8; before < sizeof slot; before += 8)
    {
      const char *shared = set_trap (&slot, sizeof slot, before, 1, make_next_generation);

      assert_int_equal (format_copy_slot (shared, &copy), 0);
      assert_int_equal (FORMAT_GENERATION (copy.state), 6);
      check_filled (&copy);
      remove_trap ();
    }
}

static void
gives_up_on_a_slot_that_is_always_remade (void **state)
{
  struct format_slot slot, copy = { .state = 77 };
  const char *shared;

  fill_slot (&slot, 5);
  shared = set_trap (&slot, sizeof slot, 160, 1, make_next_generation);
  trap.again = true;
  assert_int_equal (format_copy_slot (shared, &copy), -EAGAIN);
  assert_int_equal (copy.state, 77);
  remove_trap ();
}

#define CHANGE_HEADER(field, value)                                                               \
  memcpy (trap.victim + offsetof (struct format_header, field),                                   \
          &(__typeof__ (((struct format_header *) NULL)->field)){ value },                        \
          sizeof ((struct format_header *) NULL)->field)

static void
grow_at_once (void)
{
  CHANGE_HEADER (size, 1u << 20);
  CHANGE_HEADER (used, 1u << 19);
  CHANGE_HEADER (block_offset[1], 65536);
  CHANGE_HEADER (slot_count, 100);
  CHANGE_HEADER (free_head[3], 98);
  CHANGE_HEADER (free_slot, 99);
}

static void
copies_a_valid_header_whenever_the_segment_grows (void **state)
{
  char *segment = new_segment ();
  struct format_header copy;
  struct format_error error;

  for (size_t before = 8; before < sizeof copy; before += 8)
    for (unsigned passes = 0; passes < 12; passes++)
      {
        const char *shared = set_trap (segment, sizeof copy, before, passes % 2, grow_at_once);

        trap.passes = passes / 2;
        format_copy_header (shared, &copy);
        if (format_check_header (&copy, 1u << 20, &error) != 0)
          fail_msg ("change at pass %u over byte %zu: %s", passes / 2, before, error.text);
        remove_trap ();
      }
  free (segment);
}


/* The same with threads, for ThreadSanitizer to see. */

#define CHANGES 20000

struct race
{
  char *segment;
  uint32_t done;
};

/* Removes and makes an entry again and again. */
static void *
remake_slot (void *argument)
{
  struct race *race = argument;
  struct format_slot *shared = segment_bytes_slot (race->segment, 0);
  struct format_slot slot;

  for (uint32_t generation = 1; generation <= CHANGES; generation++)
    {
      __atomic_store_n (&shared->state, generation << FORMAT_STATE_BITS | FORMAT_SLOT_BUILDING,
                        __ATOMIC_RELEASE);
      fill_slot (&slot, generation);
      format_store_slot (shared, &slot);
      __atomic_store_n (&shared->state, generation << FORMAT_STATE_BITS | FORMAT_SLOT_LIVE,
                        __ATOMIC_RELEASE);
    }
  __atomic_store_n (&race->done, 1, __ATOMIC_RELEASE);
  return NULL;
}

static void
copies_slots_of_one_generation (void **state)
{
  struct race race = { .segment = new_segment () };
  struct format_slot *shared = segment_bytes_slot (race.segment, 0);
  pthread_t thread;
  uint32_t generation = 0;
  bool done;

  memset (shared, 0, sizeof *shared);
  assert_int_equal (pthread_create (&thread, NULL, remake_slot, &race), 0);
  do
    {
      struct format_slot copy;
      int result;

      done = __atomic_load_n (&race.done, __ATOMIC_ACQUIRE);
      result = format_copy_slot (shared, &copy);
      assert_true (result == 0 || result == -EAGAIN);
      if (result < 0 || FORMAT_STATE (copy.state) != FORMAT_SLOT_LIVE)
        continue;
      generation = FORMAT_GENERATION (copy.state);
      check_filled (&copy);
    }
  while (!done);
  assert_int_equal (pthread_join (thread, NULL), 0);
  assert_int_equal (generation, CHANGES);
  free (race.segment);
}

static void *
grow_segment (void *argument)
{
  struct race *race = argument;
  struct format_header *header = (struct format_header *) race->segment;

  for (uint64_t i = 1; i <= CHANGES; i++)
    {
      uint64_t end = SEGMENT_BYTES_SIZE + i * FORMAT_PAGE;

      __atomic_store_n (&header->size, end, __ATOMIC_RELEASE);
      __atomic_store_n (&header->used, end, __ATOMIC_RELEASE);
      if (i == CHANGES / 2)
        {
          __atomic_store_n (&header->block_offset[1], end - 2 * 20480, __ATOMIC_RELEASE);
          __atomic_store_n (&header->slot_count, 100, __ATOMIC_RELEASE);
          __atomic_store_n (&header->free_slot, 99, __ATOMIC_RELEASE);
        }
    }
  __atomic_store_n (&race->done, 1, __ATOMIC_RELEASE);
  return NULL;
}

static void
copies_a_whole_header_while_the_segment_grows (void **state)
{
  char *memory = new_segment ();
  struct race race = { .segment = memory };
  struct format_header copy;
  struct format_error error;
  pthread_t thread;
  bool done;

  ((struct format_header *) memory)->capacity = 1u << 30;
  assert_int_equal (pthread_create (&thread, NULL, grow_segment, &race), 0);
  do
    {
      done = __atomic_load_n (&race.done, __ATOMIC_ACQUIRE);
      format_copy_header (memory, &copy);
      if (format_check_header (&copy, UINT64_MAX, &error) != 0)
        fail_msg ("%s", error.text);
    }
  while (!done);
  assert_int_equal (pthread_join (thread, NULL), 0);
  assert_memory_equal (&copy, memory, sizeof copy);
  free (memory);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (copies_a_slot_again_that_was_remade_meanwhile),
    cmocka_unit_test (gives_up_on_a_slot_that_is_always_remade),
    cmocka_unit_test (copies_a_valid_header_whenever_the_segment_grows),
    cmocka_unit_test (copies_slots_of_one_generation),
    cmocka_unit_test (copies_a_whole_header_while_the_segment_grows),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
