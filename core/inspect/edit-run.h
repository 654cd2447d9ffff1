/* edit-run.h - an edit being carried out: what can be prepared is, and what is left is to be done
 * under the lock. For edit.c and edit-group.c, which take the locks.
 */
#pragma once

#include "edit-plan.h"

typedef struct edit_run EditRun;

struct edit_run
{
  EditPlan plan;
  guint8 *before, *after;
  const guint8 *expected;  /* what must be there; NULL: anything */
  const guint8 *wanted;    /* what is written; NULL: what the plan computes */
  gboolean takes_lock;     /* the entry's, around edit_run_work() */
};

/* For edit_apply(), and for edit_restore(), whose bytes must live as long. Errors: theirs.
 * Nothing is to be cleared after a failure. */
gboolean edit_run_init (EditRun *run, const Edit *edit, GError **error);
gboolean edit_run_init_restore (EditRun *run, const Edit *edit, GBytes *expected, GBytes *wanted,
                                gboolean force, GError **error);
/* Reads, computes, stores; with the lock held. */
gboolean edit_run_work (EditRun *run, GError **error);
/* Hands over what was and what is there, once it has worked. */
void edit_run_give (EditRun *run, gboolean recovered, EditResult *ret_result);
void edit_run_clear (EditRun *run);
