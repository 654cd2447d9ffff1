/* lock-timeline.c - the last minute of a lock as a strip, the newest on the right, as in
 * plots, in every language. */
#include "lock-timeline.h"

#include <glib/gi18n.h>
#include <math.h>

#include "signal-follow.h"

#define HEIGHT 14
#define WIDTH_MIN 60
#define WIDTH_NATURAL 160

struct _LockTimeline
{
  GtkWidget parent_instance;

  LockItem *item;
  gulong handler;
};

G_DEFINE_FINAL_TYPE (LockTimeline, lock_timeline, GTK_TYPE_WIDGET)

/* A third of the height tells free from unknown also without colours. */
static float
height_of (enum lock_past past, float height)
{
  return past == LOCK_PAST_FREE ? 2 : past == LOCK_PAST_UNKNOWN ? 0 : height;
}

static GdkRGBA
color_of (GtkWidget *widget, enum lock_past past)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GdkRGBA color;

  gtk_style_context_get_color (context, &color);
  if (past == LOCK_PAST_DEAD)
    gtk_style_context_lookup_color (context, "error_color", &color);
  else
    color.alpha *= past == LOCK_PAST_FREE ? 0.35f : 0.75f;
  return color;
}

/* Spans of one kind are one box. */
static void
lock_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LockTimeline *self = LOCK_TIMELINE (widget);
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  float span = width / LOCK_HISTORY_SPANS, box = MIN (height, HEIGHT);

  if (self->item == NULL)
    return;
  for (guint back = 0; back < LOCK_HISTORY_SPANS;)
    {
      const LockHistory *history = lock_item_get_history (self->item);
      enum lock_past past = lock_history_get (history, back);
      float part = height_of (past, box);
      GdkRGBA color = color_of (widget, past);
      guint n = 1;
      float end;

      while (back + n < LOCK_HISTORY_SPANS && lock_history_get (history, back + n) == past)
        n++;
      end = width - (float) back * span;
      if (part > 0)
        gtk_snapshot_append_color (
          snapshot, &color,
          &GRAPHENE_RECT_INIT (end - (float) n * span, (height + box) / 2 - part,
                               (float) n * span, part));
      back += n;
    }
}

static void
on_looked (LockItem *item, LockTimeline *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
lock_timeline_set_item (LockTimeline *self, LockItem *item)
{
  if (signal_follow (&self->item, &self->handler, item, "looked", G_CALLBACK (on_looked), self))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
lock_timeline_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH_MIN : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH_NATURAL : HEIGHT;
}

static void
lock_timeline_dispose (GObject *object)
{
  lock_timeline_set_item (LOCK_TIMELINE (object), NULL);
  G_OBJECT_CLASS (lock_timeline_parent_class)->dispose (object);
}

static void
lock_timeline_class_init (LockTimelineClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = lock_timeline_dispose;
  widget_class->measure = lock_timeline_measure;
  widget_class->snapshot = lock_timeline_snapshot;
  gtk_widget_class_set_css_name (widget_class, "locktimeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
lock_timeline_init (LockTimeline *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("When it was held in the last minute"), -1);
}

GtkWidget *
lock_timeline_new (void)
{
  return g_object_new (LOCK_TYPE_TIMELINE, NULL);
}
