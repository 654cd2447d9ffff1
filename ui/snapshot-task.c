/* snapshot-task.c - what takes time with snapshots, on threads of its own. */
#include "snapshot-task.h"

#include "snapshot-file.h"

struct order
{
  struct snapshot_task_sides sides;
  char *text;       /* a name, or a path */
  gint cancelled;   /* atomic */
  gulong handler;
  GCancellable *cancellable;
};

static void
order_free (gpointer data)
{
  struct order *order = data;

  if (order->cancellable != NULL)
    g_cancellable_disconnect (order->cancellable, order->handler);
  g_clear_object (&order->cancellable);
  snapshot_unref (order->sides.a);
  snapshot_unref (order->sides.b);
  attachment_unref (order->sides.attachment);
  g_free (order->text);
  g_free (order);
}

static void
on_cancelled (GCancellable *cancellable, struct order *order)
{
  g_atomic_int_set (&order->cancelled, TRUE);
}

static void
start (gpointer source, const struct snapshot_task_sides *sides, const char *text,
       GCancellable *cancellable, GAsyncReadyCallback callback, GTaskThreadFunc run)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, NULL);
  struct order *order = g_new0 (struct order, 1);

  order->sides = *sides;
  order->sides.a = sides->a != NULL ? snapshot_ref (sides->a) : NULL;
  order->sides.b = sides->b != NULL ? snapshot_ref (sides->b) : NULL;
  order->sides.attachment = sides->attachment != NULL ? attachment_ref (sides->attachment) : NULL;
  order->text = g_strdup (text);
  if (cancellable != NULL)
    {
      order->cancellable = g_object_ref (cancellable);
      order->handler
        = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), order, NULL);
    }
  g_task_set_task_data (task, order, order_free);
  g_task_run_in_thread (task, run);
}

/* NULL: it was given up, and the task has returned. */
static Snapshot *
take (GTask *task, struct order *order, const char *name)
{
  const struct snapshot_options options = { .name = name };
  Snapshot *snapshot = snapshot_take (order->sides.attachment, &options, &order->cancelled);

  if (snapshot == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  return snapshot;
}

static void
run_take (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  struct order *order = task_data;
  Snapshot *snapshot = take (task, order, order->text);

  if (snapshot != NULL)
    g_task_return_pointer (task, snapshot, (GDestroyNotify) snapshot_unref);
}

void
snapshot_task_take (gpointer source, Attachment *attachment, const char *name,
                    GCancellable *cancellable, GAsyncReadyCallback callback)
{
  const struct snapshot_task_sides sides = { .attachment = attachment };

  start (source, &sides, name, cancellable, callback, run_take);
}

static void
run_load (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  struct order *order = task_data;
  GError *error = NULL;
  Snapshot *snapshot = snapshot_load (order->text, &error);

  if (snapshot != NULL)
    g_task_return_pointer (task, snapshot, (GDestroyNotify) snapshot_unref);
  else
    g_task_return_error (task, error);
}

void
snapshot_task_load (gpointer source, const char *path, GCancellable *cancellable,
                    GAsyncReadyCallback callback)
{
  const struct snapshot_task_sides sides = { .a = NULL };

  start (source, &sides, path, cancellable, callback, run_load);
}

Snapshot *
snapshot_task_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_save (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  struct order *order = task_data;
  GError *error = NULL;

  if (snapshot_save (order->sides.a, order->text, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
snapshot_task_save (gpointer source, Snapshot *snapshot, const char *path,
                    GAsyncReadyCallback callback)
{
  const struct snapshot_task_sides sides = { .a = snapshot };

  start (source, &sides, path, NULL, callback, run_save);
}

gboolean
snapshot_task_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
snapshot_comparison_free (SnapshotComparison *comparison)
{
  if (comparison == NULL)
    return;
  g_ptr_array_unref (comparison->differences);
  snapshot_unref (comparison->a);
  snapshot_unref (comparison->b);
  g_free (comparison);
}

static void
run_compare (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  struct order *order = task_data;
  gint64 begin = g_get_monotonic_time ();
  SnapshotComparison *comparison;
  Snapshot *b = order->sides.b != NULL ? snapshot_ref (order->sides.b) : take (task, order, NULL);

  if (b == NULL)
    return;
  comparison = g_new0 (SnapshotComparison, 1);
  comparison->a = snapshot_ref (order->sides.a);
  comparison->b = b;
  comparison->differences
    = snapshot_compare (comparison->a, b, &order->sides.tolerance, NULL);
  comparison->took_us = g_get_monotonic_time () - begin;
  g_task_return_pointer (task, comparison, (GDestroyNotify) snapshot_comparison_free);
}

void
snapshot_task_compare (gpointer source, const struct snapshot_task_sides *sides,
                       GCancellable *cancellable, GAsyncReadyCallback callback)
{
  start (source, sides, NULL, cancellable, callback, run_compare);
}

SnapshotComparison *
snapshot_task_compare_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
