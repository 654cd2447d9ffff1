/* edit-plan.h - an edit, read and checked: all that can be prepared before the lock
 * is taken. For edit.c and edit-describe.c alone.
 *
 * The edit is of scalars: of each element first <= i < last, one (the element itself
 * or a field), or several (an array in a structure). They are counted through.
 */
#pragma once

#include "edit.h"
#include "edit-structure.h"
#include "number.h"

typedef struct edit_plan EditPlan;

/* The value of each scalar: one for all, one for each, a ramp, or a text of characters with
 * NULs behind it, which begins anew after `room` scalars. */
struct edit_values
{
  Number *numbers;
  guint64 n;        /* 1: the same for all, unless it is a text */
  guint64 room;     /* 0: no text */
  gboolean is_ramp; /* two numbers: where it begins, and its step */
};

struct edit_plan
{
  const Edit *edit;
  struct shmlens_type type;   /* of the scalars */
  guint bit_width;            /* of a bit field; else 0 */
  guint32 offset;             /* of the first scalar in an element */
  guint64 index, n_indices;   /* which of a field's scalars; 0, 1 unless it is an array */
  guint64 n_scalars;
  EditStructure *structure;   /* when all fields are set at once; else NULL */
  enum edit_operation operation;
  gboolean recover;           /* over a dead holder; never to restore */
  struct edit_values operands;
  struct edit_values condition;  /* numbers NULL: none */
};

/* Errors: as edit_check(). Nothing is to be cleared after a failure. */
gboolean edit_plan_init (EditPlan *plan, const Edit *edit, GError **error);
void edit_plan_clear (EditPlan *plan);

/* Where the edit's scalars are: the part of the plan that does not depend on texts. Only an edit that
 * has elements has anything to be cleared afterwards. */
gboolean edit_plan_locate (EditPlan *plan, const Edit *edit, GError **error);

/* What the edit does: of EDIT_FROM_TEXT what its text begins with, which is then taken off,
 * unless characters are edited. */
enum edit_operation edit_plan_split (const Edit *edit, const char **text);

/* The value of a scalar. */
Number edit_values_get (const struct edit_values *values, guint64 scalar);

/* Whether the type, the bit field and the entry's range can hold it; else BAD_VALUE. */
gboolean edit_plan_check_number (const EditPlan *plan, const Number *number, GError **error);

/* What a scalar is called: "counts[3]", "robot.pos[1].x"; and how a value of it reads. */
char *edit_plan_scalar_name (const EditPlan *plan, guint64 scalar);
char *edit_plan_value_text (const EditPlan *plan, const Number *number);
