/* segment-row.c - one segment in the sidebar. */
#include "segment-row.h"

#include <glib/gi18n.h>

#include "signal-follow.h"
#include "tooltip.h"
#include "words.h"

struct _SegmentRow
{
  GtkWidget parent_instance;

  GtkImage *icon;
  GtkLabel *title, *name, *subtitle, *badge;

  SegmentItem *item;
  gulong handler;
};

G_DEFINE_FINAL_TYPE (SegmentRow, segment_row, GTK_TYPE_WIDGET)

static gboolean
is_program (const SegmentInfo *info)
{
  return g_str_equal (info->kind, "python");
}

static const char *
icon_of (const SegmentInfo *info)
{
  switch (info->state)
    {
    case SEGMENT_FORBIDDEN:
      return "changes-prevent-symbolic";
    case SEGMENT_CORRUPT:
    case SEGMENT_SHRUNK:
      return "dialog-warning-symbolic";
    case SEGMENT_REMOVED:
    case SEGMENT_REPLACED:
      return is_program (info) ? "action-unavailable-symbolic" : "edit-delete-symbolic";
    case SEGMENT_LIVE:
      break;
    }
  if (is_program (info))
    return "application-x-executable-symbolic";
  return info->stale ? "action-unavailable-symbolic" : "media-record-symbolic";
}

static void
update (SegmentRow *self)
{
  const SegmentInfo *info = segment_item_get_info (self->item);
  g_autofree char *size = words_segment_size (info);
  g_autofree char *subtitle = is_program (info) ? g_strdup_printf (_("Python program · %s"), size)
                                                : g_steal_pointer (&size);
  const char *badge = NULL;

  gtk_image_set_from_icon_name (self->icon, icon_of (info));
  gtk_widget_set_css_classes (
    GTK_WIDGET (self->icon),
    (const char *[]) { "segment-icon", segment_state_name (info->state),
                       info->n_pids > 0 && info->state == SEGMENT_LIVE ? "in-use" : "idle", NULL });
  gtk_label_set_text (self->title, info->title);
  gtk_label_set_text (self->name, info->name);
  gtk_widget_set_visible (GTK_WIDGET (self->name), g_strcmp0 (info->title, info->name) != 0);
  gtk_label_set_text (self->subtitle, subtitle);

  if (info->state != SEGMENT_LIVE)
    badge = words_segment_state (info);
  else if (info->stale)
    badge = C_("segment state", "ended");
  else if (!info->writable)
    badge = C_("segment", "read only");
  gtk_widget_set_visible (GTK_WIDGET (self->badge), badge != NULL);
  gtk_label_set_text (self->badge, badge != NULL ? badge : "");

  /* A reason begins with the id. */
  tooltip_set_text (GTK_WIDGET (self), info->reason != NULL ? info->reason : info->id);
}

static void
on_info (SegmentItem *item, GParamSpec *pspec, SegmentRow *self)
{
  update (self);
}

void
segment_row_set_item (SegmentRow *self, SegmentItem *item)
{
  if (signal_follow (&self->item, &self->handler, item, "notify::info", G_CALLBACK (on_info), self)
      && item != NULL)
    update (self);
}

SegmentItem *
segment_row_get_item (SegmentRow *self)
{
  return self->item;
}

GtkWidget *
segment_row_new (void)
{
  return g_object_new (SEGMENT_TYPE_ROW, NULL);
}

static void
segment_row_dispose (GObject *object)
{
  SegmentRow *self = SEGMENT_ROW (object);
  GtkWidget *child;

  segment_row_set_item (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (segment_row_parent_class)->dispose (object);
}

static void
segment_row_class_init (SegmentRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = segment_row_dispose;

  gtk_widget_class_set_css_name (widget_class, "segmentrow");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/segment-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SegmentRow, icon);
  gtk_widget_class_bind_template_child (widget_class, SegmentRow, title);
  gtk_widget_class_bind_template_child (widget_class, SegmentRow, name);
  gtk_widget_class_bind_template_child (widget_class, SegmentRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, SegmentRow, badge);
}

static void
segment_row_init (SegmentRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
