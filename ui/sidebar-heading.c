/* sidebar-heading.c - the row of a heading in the sidebar. */
#include "sidebar-heading.h"

#include "signal-follow.h"

struct _SidebarHeading
{
  GtkWidget parent_instance;

  GtkImage *arrow;
  GtkLabel *label, *count;

  SidebarGroup *group;
  gulong handler;
};

G_DEFINE_FINAL_TYPE (SidebarHeading, sidebar_heading, GTK_TYPE_WIDGET)

static guint clicked_signal;

static void
update (SidebarHeading *self)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));
  gboolean open = sidebar_group_get_open (self->group);
  g_autofree char *count = g_strdup_printf ("· %s", sidebar_group_get_count (self->group));

  gtk_image_set_from_icon_name (self->arrow, open ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_label_set_text (self->label, sidebar_group_get_heading (self->group));
  gtk_label_set_text (self->count, count);
  /* The row is what has the focus. */
  if (row != NULL)
    gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_EXPANDED, open, -1);
}

static void
on_notify (SidebarGroup *group, GParamSpec *pspec, SidebarHeading *self)
{
  update (self);
}

static void
on_released (GtkGestureClick *gesture, int n_press, double x, double y, SidebarHeading *self)
{
  /* The second of a double click activates the row. */
  if (n_press == 1)
    g_signal_emit (self, clicked_signal, 0);
}

void
sidebar_heading_set_group (SidebarHeading *self, SidebarGroup *group)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));

  if (!signal_follow (&self->group, &self->handler, group, "notify", G_CALLBACK (on_notify), self))
    return;
  if (group != NULL)
    update (self);
  else if (row != NULL)
    gtk_accessible_reset_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_EXPANDED);
}

SidebarGroup *
sidebar_heading_get_group (SidebarHeading *self)
{
  return self->group;
}

GtkWidget *
sidebar_heading_new (void)
{
  return g_object_new (SIDEBAR_TYPE_HEADING, NULL);
}

static void
sidebar_heading_dispose (GObject *object)
{
  SidebarHeading *self = SIDEBAR_HEADING (object);
  GtkWidget *child;

  sidebar_heading_set_group (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sidebar_heading_parent_class)->dispose (object);
}

static void
sidebar_heading_class_init (SidebarHeadingClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sidebar_heading_dispose;

  clicked_signal = g_signal_new ("clicked", SIDEBAR_TYPE_HEADING, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "sidebarheading");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/sidebar-heading.ui");
  gtk_widget_class_bind_template_child (widget_class, SidebarHeading, arrow);
  gtk_widget_class_bind_template_child (widget_class, SidebarHeading, label);
  gtk_widget_class_bind_template_child (widget_class, SidebarHeading, count);
  gtk_widget_class_bind_template_callback (widget_class, on_released);
}

static void
sidebar_heading_init (SidebarHeading *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
