/* condition-private.h - what reading a condition (condition-parse.c) and evaluating it
 * (condition.c) share: the nodes of its tree. */
#pragma once

#include "condition.h"
#include "number.h"

enum condition_node_kind
{
  NODE_OR,
  NODE_AND,
  NODE_NOT,
  NODE_COMPARE,   /* an operand's number with a literal or another operand's */
  NODE_CHANGED,
  NODE_HELD,
  NODE_HELD_FOR,  /* seconds, compared with a literal */
  NODE_DEAD
};

enum condition_comparison
{
  COMPARE_EQUAL,
  COMPARE_UNEQUAL,
  COMPARE_LESS,
  COMPARE_LESS_OR_EQUAL,
  COMPARE_GREATER,
  COMPARE_GREATER_OR_EQUAL
};

struct condition_node
{
  enum condition_node_kind kind;
  enum condition_comparison comparison;
  int left, right;     /* nodes, or operands of what is compared; right -1: the literal */
  Number literal;
};

/* What an operand was fed with. */
struct condition_fed
{
  gboolean is_known;
  gboolean changed;
  Number number;
  LockInfo lock;
};

struct condition
{
  char *text;
  GArray *operands;    /* of struct condition_operand */
  GArray *fed;         /* of struct condition_fed, one an operand */
  GArray *nodes;       /* of struct condition_node */
  int root;
};
