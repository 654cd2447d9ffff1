/* hold.h - one scalar that is kept from changing, or from changing in one direction.
 *
 * A hold looks without a lock, and writes only what breaks its rule: under the lock, looked at again,
 * where the lock is one that the system releases when we die; by one atomic store where the
 * entry has no lock and the scalar is one aligned machine word. Between two looks the program
 * can see another value for a moment. What a hold in one direction lets it to is only ever a value
 * that was there while nobody held the lock: where a look cannot tell, the lock is taken for it.
 */
#pragma once

#include "attachment.h"

typedef struct hold Hold;

enum hold_kind
{
  HOLD_VALUE,   /* at a value */
  HOLD_UP,      /* it may only rise: what is lower is set back to the highest that was seen */
  HOLD_DOWN,    /* it may only fall */
  HOLD_RANGE    /* what is beyond an end is set to that end */
};

/* What is held: an element, or a field of it (field -1: none; of an array the field_index). */
struct hold_place
{
  Attachment *attachment;
  EntryInfo *entry;
  guint64 element;
  int field;
  guint64 field_index;
};

struct hold_statistics
{
  guint64 looks;     /* how often it was looked at */
  guint64 writes;    /* how often it had to be set */
  guint64 missed;    /* how often the lock was not to be had in time; tried again */
  char found[64];    /* what was there the last time; "" never */
  char *reason;      /* why it has ended: a sentence; NULL: it goes on. To be freed. */
};

/* How long a look waits for a lock at most. */
#define HOLD_LOCK_TIMEOUT_NS (20 * 1000 * 1000)

/* Checks all that can be told now, and reads what is there.
 *
 * low: of HOLD_VALUE the value, of HOLD_RANGE its lower end, with `high` the upper; NULL else.
 * risk: hold it also under a semaphore, which stays locked for ever when this process is killed at the
 * wrong moment.
 * Errors: BAD_VALUE the texts, or what is no number; PERMISSION; NO_LOCK it cannot be
 * held safely, or not without `risk`; NOT_FOUND, CORRUPT. */
Hold *hold_new (const struct hold_place *place, enum hold_kind kind, const char *low,
                const char *high, gboolean risk, GError **error);
Hold *hold_ref (Hold *hold);
void hold_unref (Hold *hold);

/* Looks once, and sets it when need be; waits for its lock. FALSE: it has ended, and its statistics
 * say why. cancelled: atomic; may be NULL. For one thread at a time. */
gboolean hold_look (Hold *hold, const gint *cancelled);

/* From any thread. */
void hold_get_statistics (Hold *hold, struct hold_statistics *ret_statistics);
gboolean hold_has_ended (Hold *hold);
const struct hold_place *hold_get_place (Hold *hold);
/* "counts[3] at 5", "loss only down". Newly allocated. */
char *hold_describe (Hold *hold);
/* Whether an entry can be held only with `risk`. */
gboolean hold_is_risky (const EntryInfo *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Hold, hold_unref)
