/* recorder-rule.h - a condition by which a recording begins or ends: parsed once, then fed on the
 * thread of a sampler. */
#pragma once

#include "condition.h"
#include "sampler.h"

struct recorder_rule
{
  Condition *condition;   /* NULL: none, which is never met */
  GArray *feeds;          /* stays as it is once it is watched */
};

/* text: NULL is none. The rule stays where it is until recorder_rule_clear(). Errors: as
 * condition_parse(). */
gboolean recorder_rule_parse (struct recorder_rule *rule, Attachment *attachment, const char *text,
                              GError **error);
/* After the sampler was freed. */
void recorder_rule_clear (struct recorder_rule *rule);

/* From now on the sampler feeds it. */
void recorder_rule_watch (struct recorder_rule *rule, Sampler *sampler, Attachment *attachment);
/* What it says at this tick; on the sampler's thread. */
gboolean recorder_rule_is_met (struct recorder_rule *rule, Attachment *attachment);
