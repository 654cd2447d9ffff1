/* lock-panel.c - a lock that is in use, and one whose holder has died. */
#include "lock-panel.h"

#include <glib/gi18n.h>

#include "release-dialog.h"
#include "sentence.h"
#include "words.h"
#include "wrap-box.h"

/* A look at who waits goes through all threads of the program. */
#define LOOK_US G_USEC_PER_SEC
/* So many entries on the same lock are named. */
#define SHARED_MAX 12

struct _LockPanel
{
  GtkWidget parent_instance;

  GtkLabel *dead, *held, *waiters, *shared;
  GtkWidget *dead_box;
  GtkButton *release;

  EntryItem *item;
  GCancellable *looking; /* while one looks who waits */
  gint64 looked_us;
};

G_DEFINE_FINAL_TYPE (LockPanel, lock_panel, GTK_TYPE_WIDGET)

static void
set_text (GtkLabel *label, char *text)
{
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
  if (text != NULL)
    sentence_show (label, text);
  g_free (text);
}

struct look
{
  Attachment *attachment;
  EntryInfo *info;
};

static void
look_free (gpointer data)
{
  struct look *look = data;

  attachment_unref (look->attachment);
  entry_info_unref (look->info);
  g_free (look);
}

/* Names are read in the thread too. */
static void
look_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  struct look *look = task_data;
  g_autoptr (GArray) pids = attachment_list_waiters (look->attachment, look->info);
  g_autofree char *who = words_processes ((const pid_t *)(gpointer)pids->data, pids->len);

  g_task_return_pointer (task, pids->len > 0 ? g_strdup_printf (_("Waiting: %s"), who) : NULL,
                         g_free);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LockPanel *self = LOCK_PANEL (source);
  g_autoptr (GError) error = NULL;
  char *text = g_task_propagate_pointer (G_TASK (result), &error);

  /* Another entry was selected meanwhile. */
  if (error != NULL)
    return;
  g_clear_object (&self->looking);
  set_text (self->waiters, text);
}

static void
look_who_waits (LockPanel *self)
{
  struct look *look = g_new (struct look, 1);
  g_autoptr (GTask) task = NULL;

  self->looked_us = g_get_monotonic_time ();
  self->looking = g_cancellable_new ();
  task = g_task_new (self, self->looking, on_looked, NULL);
  *look = (struct look){ attachment_ref (entry_item_get_attachment (self->item)),
                         entry_info_ref (entry_item_get_info (self->item)) };
  g_task_set_task_data (task, look, look_free);
  g_task_run_in_thread (task, look_in_thread);
}

/* Which other entries its lock guards. */
static char *
shared_text (EntryItem *item)
{
  const EntryInfo *info = entry_item_get_info (item);
  g_autofree char *names = NULL;

  if (info->lock_kind == LOCK_NONE || info->lock_id == 0)
    return NULL;
  names = words_on_same_lock (entry_item_get_attachment (item), info, SHARED_MAX);
  return names != NULL ? g_strdup_printf (_("On the same lock: %s"), names) : NULL;
}

static char *
held_text (EntryItem *item, const LockInfo *lock)
{
  g_autofree char *text = entry_item_get_lock_details (item);

  if (lock->waiters > 0)
    return g_strdup_printf (ngettext ("The lock is %s; %d waits for it.",
                                      "The lock is %s; %d wait for it.", lock->waiters),
                            text, lock->waiters);
  /* Translators: "held by python3 (4711) for at least 3.0 s". */
  return g_strdup_printf (_("The lock is %s."), text);
}

/* Who it was, and what that means. */
static char *
dead_text (EntryItem *item, const LockInfo *lock)
{
  g_autofree char *death = entry_item_get_lock_details (item);

  return g_strdup_printf ("%s %s", death,
                          lock->kind == LOCK_SEMAPHORE
                            ? _("A semaphore does not recover by itself: whoever wants it waits for"
                                " ever.")
                            : _("Whoever takes the lock next recovers it; until then nothing that it"
                                " guards can be edited."));
}

void
lock_panel_update (LockPanel *self)
{
  const LockInfo *lock = entry_item_get_lock_info (self->item);
  enum entry_lock state = entry_item_get_lock (self->item);
  gboolean is_in_use = lock != NULL && (state == ENTRY_LOCK_HELD || state == ENTRY_LOCK_DEAD);

  gtk_widget_set_visible (self->dead_box,
                          state == ENTRY_LOCK_DEAD && lock != NULL);
  set_text (self->dead, state == ENTRY_LOCK_DEAD && lock != NULL ? dead_text (self->item, lock) : NULL);
  set_text (self->held,
            is_in_use && state == ENTRY_LOCK_HELD ? held_text (self->item, lock) : NULL);
  if (!is_in_use || lock->waiters <= 0)
    {
      if (self->looking == NULL)
        set_text (self->waiters, NULL);
      return;
    }
  if (self->looking == NULL && g_get_monotonic_time () - self->looked_us >= LOOK_US)
    look_who_waits (self);
}

void
lock_panel_set_item (LockPanel *self, EntryItem *item)
{
  if (self->item != item)
    {
      g_cancellable_cancel (self->looking);
      g_clear_object (&self->looking);
      self->looked_us = 0;
      set_text (self->waiters, NULL);
    }
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  set_text (self->shared, shared_text (item));
  lock_panel_update (self);
}

static void
on_release (GtkButton *button, LockPanel *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  g_autofree char *death = NULL;

  if (self->item == NULL)
    return;
  death = entry_item_get_lock_details (self->item);
  gtk_window_present (GTK_WINDOW (
      release_dialog_new (window, entry_item_get_session (self->item),
                          entry_item_get_attachment (self->item),
                          entry_item_get_info (self->item), death)));
}

static void
lock_panel_dispose (GObject *object)
{
  LockPanel *self = LOCK_PANEL (object);
  GtkWidget *child;

  g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  g_clear_object (&self->item);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (lock_panel_parent_class)->dispose (object);
}

static void
lock_panel_class_init (LockPanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = lock_panel_dispose;

  g_type_ensure (WRAP_TYPE_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/lock-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, LockPanel, dead);
  gtk_widget_class_bind_template_child (widget_class, LockPanel, held);
  gtk_widget_class_bind_template_child (widget_class, LockPanel, waiters);
  gtk_widget_class_bind_template_child (widget_class, LockPanel, shared);
  gtk_widget_class_bind_template_child (widget_class, LockPanel, dead_box);
  gtk_widget_class_bind_template_child (widget_class, LockPanel, release);
  gtk_widget_class_bind_template_callback (widget_class, on_release);
}

static void
lock_panel_init (LockPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
