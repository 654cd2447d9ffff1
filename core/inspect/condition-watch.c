/* condition-watch.c - a condition that is fed by a sampler. */
#include "condition-watch.h"

/* An operand that is sampled. */
struct feed
{
  ConditionWatch *owner;
  guint operand;
  Watch *watch;
  gboolean is_held;       /* of a lock: by the newest sample */
};

struct condition_watch
{
  Sampler *sampler;
  Attachment *attachment;
  Condition *condition;
  guint n_feeds;
  struct feed *feeds;     /* one an operand */
};

static void
on_sample (Watch *watch, const Sample *sample, gpointer user_data)
{
  const struct feed *feed = user_data;

  condition_feed (feed->owner->condition, feed->operand,
                  sample->status >= 0 ? sample->elements : NULL, sample->changed);
}

static void
on_lock (Watch *watch, const Sample *sample, gpointer user_data)
{
  struct feed *feed = user_data;
  gboolean is_known = sample->status >= 0 && sample->has_lock;

  feed->is_held = is_known && sample->lock.state == SHMLENS_LOCK_HELD;
  condition_feed_lock (feed->owner->condition, feed->operand, is_known ? &sample->lock : NULL);
}

ConditionWatch *
condition_watch_new (Sampler *sampler, Attachment *attachment, Condition *condition)
{
  ConditionWatch *self = g_new0 (ConditionWatch, 1);

  self->sampler = sampler;
  self->attachment = attachment_ref (attachment);
  self->condition = condition;
  self->n_feeds = condition_n_operands (condition);
  self->feeds = g_new0 (struct feed, self->n_feeds);
  for (guint i = 0; i < self->n_feeds; i++)
    {
      const struct condition_operand *operand = condition_get_operand (condition, i);
      const struct target *target = &operand->target;
      struct feed *feed = &self->feeds[i];
      gboolean is_lock = operand->use == CONDITION_LOCK;

      feed->owner = self;
      feed->operand = i;
      feed->watch = sampler_watch (sampler, attachment, target->entry, is_lock ? 0 : target->first,
                                   is_lock ? 0 : target->last, is_lock ? on_lock : on_sample, feed);
    }
  return self;
}

void
condition_watch_free (ConditionWatch *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_feeds; i++)
    sampler_unwatch (self->sampler, self->feeds[i].watch);
  g_free (self->feeds);
  condition_free (self->condition);
  attachment_unref (self->attachment);
  g_free (self);
}

gboolean
condition_watch_evaluate (ConditionWatch *self)
{
  /* How long a lock is held is news only once a second to a sampler: one that is held is looked
   * at now. */
  for (guint i = 0; i < self->n_feeds; i++)
    if (self->feeds[i].is_held)
      {
        const struct condition_operand *operand = condition_get_operand (self->condition, i);
        LockInfo lock;

        condition_feed_lock (
          self->condition, i,
          attachment_describe_lock (self->attachment, operand->target.entry, &lock) == 0 ? &lock
                                                                                        : NULL);
      }
  return condition_evaluate (self->condition);
}

gboolean
condition_watch_is (ConditionWatch *self, const Condition *other)
{
  if (!g_str_equal (condition_get_text (self->condition), condition_get_text (other))
      || self->n_feeds != condition_n_operands (other))
    return FALSE;
  for (guint i = 0; i < self->n_feeds; i++)
    {
      const struct target *a = &condition_get_operand (self->condition, i)->target;
      const struct target *b = &condition_get_operand (other, i)->target;

      if (!entry_info_equal (a->entry, b->entry) || a->first != b->first || a->last != b->last
          || a->field != b->field || a->field_index != b->field_index)
        return FALSE;
    }
  return TRUE;
}

EntryInfo *
condition_watch_get_entry (ConditionWatch *self)
{
  return condition_get_operand (self->condition, 0)->target.entry;
}
