/* condition.c - a condition on the entries of a segment: evaluating it. */
#include "condition-private.h"

#include <math.h>

/* The answers that there are; by minimum and maximum "and" and "or" of them. */
enum answer
{
  ANSWER_NO,
  ANSWER_UNKNOWN,
  ANSWER_YES
};

/* Where an integer lies against a real number: -1, 0, 1; exactly, since neither is
 * converted to what cannot hold it. */
static int
compare_mixed (WideInteger integer, double real)
{
  const double beyond = 0x1p70;  /* any integer of ours */
  WideInteger whole;

  if (real >= beyond)
    return -1;
  if (real <= -beyond)
    return 1;
  whole = (WideInteger) floor (real);
  if (integer != whole)
    return integer < whole ? -1 : 1;
  return floor (real) < real ? -1 : 0;
}

static double
real_of (const Number *number)
{
  return number->form == NUMBER_FLOAT ? number->single : number->real;
}

static gboolean
is_nan (const Number *number)
{
  return number->form != NUMBER_INTEGER && isnan (real_of (number));
}

/* Neither is NaN. */
static int
compare (const Number *a, const Number *b)
{
  if (a->form == NUMBER_INTEGER && b->form == NUMBER_INTEGER)
    return (a->integer > b->integer) - (a->integer < b->integer);
  if (a->form == NUMBER_INTEGER)
    return compare_mixed (a->integer, real_of (b));
  if (b->form == NUMBER_INTEGER)
    return -compare_mixed (b->integer, real_of (a));
  return (real_of (a) > real_of (b)) - (real_of (a) < real_of (b));
}

/* NaN equals NaN, so that "loss == nan" can be asked, and nothing else. */
static gboolean
holds (enum condition_comparison comparison, const Number *a, const Number *b)
{
  gboolean unordered = is_nan (a) || is_nan (b);
  int order = unordered ? 0 : compare (a, b);
  gboolean equal = unordered ? is_nan (a) && is_nan (b) : order == 0;

  switch (comparison)
    {
    case COMPARE_EQUAL:
      return equal;
    case COMPARE_UNEQUAL:
      return !equal;
    case COMPARE_LESS:
      return order < 0;
    case COMPARE_LESS_OR_EQUAL:
      return !unordered && order <= 0;
    case COMPARE_GREATER:
      return order > 0;
    default:
      return !unordered && order >= 0;
    }
}

static enum answer
answer (gboolean is_so)
{
  return is_so ? ANSWER_YES : ANSWER_NO;
}

static enum answer
evaluate_lock (const struct condition_node *node, const struct condition_fed *fed)
{
  const LockInfo *lock = &fed->lock;
  gboolean held = lock->state == SHMLENS_LOCK_HELD || lock->state == SHMLENS_LOCK_DEAD;
  Number seconds = { .form = NUMBER_DOUBLE, .real = held ? (double) lock->held_ns / 1e9 : 0 };

  if (!fed->is_known || lock->state == SHMLENS_LOCK_UNKNOWN)
    return ANSWER_UNKNOWN;
  if (node->kind == NODE_HELD)
    return answer (held);
  if (node->kind == NODE_DEAD)
    return answer (lock->state == SHMLENS_LOCK_DEAD);
  return answer (holds (node->comparison, &seconds, &node->literal));
}

/* As deep as the parser allowed. */
static enum answer
evaluate (const Condition *self, int index)
{
  const struct condition_node *node
    = &g_array_index (self->nodes, struct condition_node, (guint) index);
  const struct condition_fed *fed = (const struct condition_fed *) (void *) self->fed->data;
  enum answer a, b;

  switch (node->kind)
    {
    case NODE_OR:
      a = evaluate (self, node->left);
      b = evaluate (self, node->right);
      return MAX (a, b);
    case NODE_AND:
      a = evaluate (self, node->left);
      b = evaluate (self, node->right);
      return MIN (a, b);
    case NODE_NOT:
      return ANSWER_YES - evaluate (self, node->left);
    case NODE_CHANGED:
      return fed[node->left].is_known ? answer (fed[node->left].changed) : ANSWER_UNKNOWN;
    case NODE_COMPARE:
      if (!fed[node->left].is_known || (node->right >= 0 && !fed[node->right].is_known))
        return ANSWER_UNKNOWN;
      return answer (holds (node->comparison, &fed[node->left].number,
                            node->right >= 0 ? &fed[node->right].number : &node->literal));
    default:
      return evaluate_lock (node, &fed[node->left]);
    }
}

gboolean
condition_evaluate (Condition *self)
{
  gboolean is_met = evaluate (self, self->root) == ANSWER_YES;

  for (guint i = 0; i < self->fed->len; i++)
    g_array_index (self->fed, struct condition_fed, i).changed = FALSE;
  return is_met;
}

void
condition_feed (Condition *self, guint operand, const void *elements, gboolean changed)
{
  const struct target *target = &condition_get_operand (self, operand)->target;
  struct condition_fed *fed = &g_array_index (self->fed, struct condition_fed, operand);
  struct shmlens_type type;
  guint8 scalar[8];

  fed->is_known = elements != NULL;
  fed->changed = fed->changed || (elements != NULL && changed);
  if (elements == NULL || condition_get_operand (self, operand)->use != CONDITION_VALUE)
    return;
  entry_info_extract (target->entry, elements, target->field, target->field_index, &type, scalar);
  fed->number = number_load (&type, scalar);
}

void
condition_feed_lock (Condition *self, guint operand, const LockInfo *lock)
{
  struct condition_fed *fed = &g_array_index (self->fed, struct condition_fed, operand);

  fed->is_known = lock != NULL;
  if (lock != NULL)
    fed->lock = *lock;
}

void
condition_free (Condition *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->operands->len; i++)
    target_clear (&g_array_index (self->operands, struct condition_operand, i).target);
  g_array_unref (self->operands);
  g_array_unref (self->fed);
  g_array_unref (self->nodes);
  g_free (self->text);
  g_free (self);
}

const char *
condition_get_text (const Condition *self)
{
  return self->text;
}

guint
condition_n_operands (const Condition *self)
{
  return self->operands->len;
}

const struct condition_operand *
condition_get_operand (const Condition *self, guint index)
{
  return &g_array_index (self->operands, struct condition_operand, index);
}

gboolean
condition_edge_update (struct condition_edge *edge, gboolean is_met, gint64 time_us,
                       gint64 rearm_us)
{
  if (is_met)
    {
      gboolean begins = !edge->fired || (edge->is_off && time_us - edge->off_us >= rearm_us);

      edge->fired = TRUE;
      edge->is_off = FALSE;
      return begins;
    }
  if (!edge->is_off)
    edge->off_us = time_us;
  edge->is_off = TRUE;
  return FALSE;
}
