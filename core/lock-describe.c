/* lock-describe.c - looking at a lock without taking it. */
#include <string.h>
#include <time.h>

#include "attacher.h"
#include "lock.h"
#include "segment.h"

/* After so many tries a lock that changes all the time is copied as it is. */
#define COPY_TRIES 8

/* A coarse clock read on two processors can seem to go back by so much. */
#define CLOCK_SLACK_MS 1000u

bool
lock_read_begin (const struct format_lock *shared, uint32_t *ret_sequence)
{
  *ret_sequence = __atomic_load_n (&shared->sequence, __ATOMIC_ACQUIRE);
  return *ret_sequence % 2 == 0;
}

bool
lock_read_end (const struct format_lock *shared, uint32_t sequence)
{
  /* What was read before must not be read later than the sequence. */
  __atomic_thread_fence (__ATOMIC_ACQUIRE);
  return __atomic_load_n (&shared->sequence, __ATOMIC_RELAXED) == sequence;
}

void
lock_copy (const struct format_lock *shared, struct format_lock *ret_copy)
{
  const uint32_t *from = (const uint32_t *) shared;
  const uint32_t *word = &((const struct lock_words *) shared->mutex)->word;
  uint32_t *to = (uint32_t *) ret_copy;

  for (unsigned attempt = 0; attempt < COPY_TRIES; attempt++)
    {
      uint32_t holder = __atomic_load_n (word, __ATOMIC_ACQUIRE);
      uint32_t sequence = __atomic_load_n (&shared->sequence, __ATOMIC_ACQUIRE);

      for (size_t i = 0; i < sizeof *shared / sizeof *from; i++)
        to[i] = __atomic_load_n (from + i, __ATOMIC_RELAXED);
      if (lock_read_end (shared, sequence) && ret_copy->sequence == sequence
          && __atomic_load_n (word, __ATOMIC_RELAXED) == holder)
        break;
    }
}

uint32_t
lock_now_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC_COARSE, &now);
  return lock_milliseconds (&now);
}

void
lock_describe_copy (const struct format_lock *copy, const struct format_attacher *attachers,
                    size_t attacher_count, uint32_t now_ms, struct shmlens_lock_info *ret_info)
{
  struct lock_words words;
  uint32_t held_ms;

  memcpy (&words, copy->mutex, sizeof words);
  *ret_info = (struct shmlens_lock_info) {
    .kind = SHMLENS_LOCK_ROBUST,
    .recoveries = copy->recoveries,
  };
  if (words.word & LOCK_OWNER_DIED)
    {
      ret_info->state = SHMLENS_LOCK_DEAD;
      /* The kernel has wiped the thread id out of the word, not out of the mutex. */
      if (words.owner <= LOCK_THREAD_MASK)
        ret_info->owner_tid = (pid_t) words.owner;
    }
  else if (words.word & LOCK_THREAD_MASK)
    {
      ret_info->state = SHMLENS_LOCK_HELD;
      ret_info->owner_tid = (pid_t) (words.word & LOCK_THREAD_MASK);
    }
  else
    return;

  ret_info->depth = words.count;
  /* Just taken, or just being released: the notes are those of the last holder. */
  if (copy->sequence % 2 == 0)
    return;
  ret_info->owner_pid = (pid_t) (copy->holder_pid & INT32_MAX);
  held_ms = now_ms - copy->since_ms;
  if (held_ms < UINT32_MAX - CLOCK_SLACK_MS)
    ret_info->held_ns = held_ms * UINT64_C (1000000);
  for (size_t i = 0; attachers != NULL && i < attacher_count; i++)
    if (attachers[i].pid == copy->holder_pid)
      ret_info->owner_start_time = attachers[i].start_time;
}

/* Copies what is used of a process's record out of the table of attachers. */
static bool
find_attacher (const struct shmlens_segment *segment, uint32_t pid,
               struct format_attacher *ret_attacher)
{
  const struct format_attacher *table
    = (const struct format_attacher *) (segment->base + segment->header.attacher_offset);

  for (uint32_t i = 0; i < segment->header.attacher_count; i++)
    if (__atomic_load_n (&table[i].pid, __ATOMIC_ACQUIRE) == pid)
      {
        ret_attacher->pid = pid;
        ret_attacher->start_time = __atomic_load_n (&table[i].start_time, __ATOMIC_RELAXED);
        return true;
      }
  return false;
}

void
shmlens_lock_describe (const struct shmlens_lock *lock, struct shmlens_lock_info *ret_info)
{
  struct format_attacher holder;
  struct format_lock copy;
  bool known;

  if (lock == NULL)
    {
      *ret_info = (struct shmlens_lock_info) { .kind = SHMLENS_LOCK_NONE };
      return;
    }
  lock_copy (lock->shared, &copy);
  known = find_attacher (lock->segment, copy.holder_pid, &holder);
  lock_describe_copy (&copy, known ? &holder : NULL, known ? 1 : 0, lock_now_ms (), ret_info);

  /* A holder that unmapped the lock before it died left it as it was. */
  if (ret_info->state == SHMLENS_LOCK_HELD && ret_info->owner_pid != 0 && lock->same_namespace
      && attacher_is_gone (ret_info->owner_pid, ret_info->owner_start_time))
    ret_info->state = SHMLENS_LOCK_DEAD;
}
