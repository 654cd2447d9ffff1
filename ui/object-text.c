/* object-text.c - what programs coordinate with, and its state, in words. */
#include "object-text.h"

#include <glib/gi18n.h>
#include <string.h>

const char *
object_text_about (const EntryInfo *info)
{
  switch (info->object)
    {
    case OBJECT_DATA:
      break;
    case OBJECT_EVENT:
      return _("An event: processes wait until it is set.");
    case OBJECT_LOCK:
      return info->lock_recursive ? _("A lock that its holder can take several times.")
                                  : _("A lock: one process at a time has it.");
    case OBJECT_SEMAPHORE:
      return _("A semaphore: it can be taken so many times at once.");
    case OBJECT_CONDITION:
      return _("A condition: processes wait until another notifies them.");
    case OBJECT_BARRIER:
      return _("A barrier: processes wait for each other until all are there.");
    case OBJECT_QUEUE:
      return _("A queue: processes put in what others take out.");
    }
  return NULL;
}

char *
object_text_type (const EntryInfo *info)
{
  if (info->object != OBJECT_DATA && info->ctype != NULL)
    return g_strdup (info->ctype);
  return entry_info_type_text (info);
}

/* A number of the element, which is made of ints. */
static gint32
number_at (const EntryInfo *info, const void *element, guint index)
{
  gint32 value = 0;

  if (info->type.size >= (index + 1) * sizeof value)
    memcpy (&value, (const guint8 *)element + index * sizeof value, sizeof value);
  return value;
}

static gint32
maximum_of (const EntryInfo *info)
{
  gint32 value;

  memcpy (&value, info->progress_max, sizeof value);
  return info->has_progress_max ? value : 0;
}

static char *
waiting_text (int n)
{
  if (n == 0)
    return g_strdup (C_("processes", "nobody waits"));
  return g_strdup_printf (ngettext ("%d waits", "%d wait", n), n);
}

static char *
lock_text (gint32 value, const LockInfo *lock, const char *holder)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (lock != NULL && lock->state == SHMLENS_LOCK_DEAD)
    g_string_append (text, _("held by a process that has died"));
  else if (lock != NULL ? lock->state == SHMLENS_LOCK_FREE : value > 0)
    return g_strdup (C_("lock", "free"));
  else if (holder == NULL)
    g_string_append (text, C_("lock", "held"));
  else
    g_string_append_printf (text, _("held by %s"), holder);
  if (lock != NULL && lock->depth > 1)
    g_string_append_printf (text, _(", %u deep"), lock->depth);
  if (lock != NULL && lock->waiters > 0)
    {
      g_autofree char *waiting = waiting_text (lock->waiters);

      g_string_append_printf (text, ", %s", waiting);
    }
  return g_strdup (text->str);
}

static char *
barrier_text (const EntryInfo *info, const void *element)
{
  gint32 state = number_at (info, element, 0), waiting = number_at (info, element, 1);
  const char *label = info->n_fields > 0 ? entry_info_label (info, 0, &state) : NULL;
  g_autofree char *count = NULL;

  if (maximum_of (info) > 0)
    count = g_strdup_printf (_("%d of %d wait"), waiting, maximum_of (info));
  else
    count = waiting_text (waiting);
  return label != NULL ? g_strdup_printf ("%s, %s", label, count) : g_steal_pointer (&count);
}

static char *
queue_text (const EntryInfo *info, const void *element)
{
  gint32 size = number_at (info, element, 0), maximum = maximum_of (info);
  g_autofree char *fill = maximum > 0 ? g_strdup_printf (_("%d of %d"), size, maximum)
                                      : g_strdup_printf (_("%d in it"), size);

  if (info->n_fields < 2)
    return g_steal_pointer (&fill);
  return g_strdup_printf (_("%s, %d unfinished"), fill, number_at (info, element, 1));
}

char *
object_text_state (const EntryInfo *info, const void *element, const LockInfo *lock,
                   const char *holder)
{
  switch (info->object)
    {
    case OBJECT_DATA:
      break;
    case OBJECT_EVENT:
      return g_strdup (*(const guint8 *)element != 0 ? C_("event", "set") : C_("event", "clear"));
    case OBJECT_LOCK:
      return lock_text (number_at (info, element, 0), lock, holder);
    case OBJECT_SEMAPHORE:
      if (maximum_of (info) > 0)
        return g_strdup_printf (_("%d of %d free"), number_at (info, element, 0),
                                maximum_of (info));
      return g_strdup_printf (_("%d free"), number_at (info, element, 0));
    case OBJECT_CONDITION:
      return waiting_text (number_at (info, element, 0));
    case OBJECT_BARRIER:
      return barrier_text (info, element);
    case OBJECT_QUEUE:
      return queue_text (info, element);
    }
  return entry_info_preview (info, element, 1, 96);
}

double
object_text_fraction (const EntryInfo *info, const void *element)
{
  if (info->object != OBJECT_QUEUE || maximum_of (info) <= 0)
    return -1;
  if (element == NULL)
    return 0;
  return CLAMP ((double)number_at (info, element, 0) / maximum_of (info), 0, 1);
}
