/* recorder-rule.c - a condition by which a recording begins or ends. */
#include "recorder-rule.h"

struct feed
{
  struct recorder_rule *rule;
  guint operand;
};

static void
feed_rule (Watch *watch, const Sample *sample, gpointer user_data)
{
  const struct feed *feed = user_data;

  condition_feed (feed->rule->condition, feed->operand,
                  sample->status >= 0 ? sample->elements : NULL, sample->changed);
}

gboolean
recorder_rule_parse (struct recorder_rule *rule, Attachment *attachment, const char *text,
                     GError **error)
{
  if (text == NULL)
    return TRUE;
  rule->condition = condition_parse (attachment, text, error);
  if (rule->condition == NULL)
    return FALSE;
  rule->feeds = g_array_new (FALSE, FALSE, sizeof (struct feed));
  for (guint i = 0; i < condition_n_operands (rule->condition); i++)
    {
      struct feed feed = { rule, i };

      g_array_append_val (rule->feeds, feed);
    }
  return TRUE;
}

void
recorder_rule_clear (struct recorder_rule *rule)
{
  condition_free (rule->condition);
  if (rule->feeds != NULL)
    g_array_unref (rule->feeds);
}

void
recorder_rule_watch (struct recorder_rule *rule, Sampler *sampler, Attachment *attachment)
{
  for (guint i = 0; rule->condition != NULL && i < rule->feeds->len; i++)
    {
      const struct condition_operand *operand = condition_get_operand (rule->condition, i);

      if (operand->use != CONDITION_LOCK)
        sampler_watch_directly (sampler, attachment, operand->target.entry, operand->target.first,
                                operand->target.last, feed_rule,
                                &g_array_index (rule->feeds, struct feed, i));
    }
}

/* Locks are looked at now: how long one is held is news only once a second to a sampler. */
gboolean
recorder_rule_is_met (struct recorder_rule *rule, Attachment *attachment)
{
  if (rule->condition == NULL)
    return FALSE;
  for (guint i = 0; i < condition_n_operands (rule->condition); i++)
    {
      const struct condition_operand *operand = condition_get_operand (rule->condition, i);
      LockInfo lock;

      if (operand->use == CONDITION_LOCK)
        condition_feed_lock (
          rule->condition, i,
          attachment_describe_lock (attachment, operand->target.entry, &lock) == 0 ? &lock : NULL);
    }
  return condition_evaluate (rule->condition);
}
