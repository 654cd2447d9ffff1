/* dock.c - pages below the entries, made when they are first seen. */
#include "dock.h"

struct _Dock
{
  GtkWidget parent_instance;

  GtkStack *stack;
  GtkWidget *switcher;
  char *wanted;       /* the page that is to be seen as soon as it is there */
};

G_DEFINE_FINAL_TYPE (Dock, dock, GTK_TYPE_WIDGET)

enum
{
  PROP_PAGE = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

/* Stands in the stack for a page, which becomes its child. */
struct place
{
  DockMake make;
  gpointer user_data;
};

static void
make_page (GtkWidget *bin)
{
  struct place *place = g_object_get_data (G_OBJECT (bin), "place");

  GtkWidget *page;

  if (gtk_widget_get_first_child (bin) != NULL)
    return;
  page = place->make (place->user_data);
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (bin), page);
}

void
dock_add (Dock *self, const char *name, const char *title, DockMake make, gpointer user_data)
{
  GtkWidget *bin = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  struct place *place = g_new (struct place, 1);

  *place = (struct place) { make, user_data };
  g_object_set_data_full (G_OBJECT (bin), "place", place, g_free);
  g_signal_connect (bin, "map", G_CALLBACK (make_page), NULL);
  gtk_stack_add_titled (self->stack, bin, name, title);
  gtk_widget_set_visible (self->switcher,
                          gtk_widget_get_first_child (GTK_WIDGET (self->stack))
                            != gtk_widget_get_last_child (GTK_WIDGET (self->stack)));
  if (g_strcmp0 (name, self->wanted) == 0)
    gtk_stack_set_visible_child (self->stack, bin);
}

GtkWidget *
dock_get_page (Dock *self, const char *name)
{
  GtkWidget *bin = gtk_stack_get_child_by_name (self->stack, name);

  return bin != NULL ? gtk_widget_get_first_child (bin) : NULL;
}

GtkWidget *
dock_show_page (Dock *self, const char *name)
{
  GtkWidget *bin = gtk_stack_get_child_by_name (self->stack, name);

  if (bin == NULL)
    return NULL;
  make_page (bin);
  gtk_stack_set_visible_child (self->stack, bin);
  return gtk_widget_get_first_child (bin);
}

static void
on_visible_page (GtkStack *stack, GParamSpec *pspec, Dock *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAGE]);
}

static void
dock_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PAGE)
    g_value_set_string (value, gtk_stack_get_visible_child_name (SHMLENS_DOCK (object)->stack));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
dock_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  Dock *self = SHMLENS_DOCK (object);

  if (id == PROP_PAGE)
    {
      g_free (self->wanted);
      self->wanted = g_value_dup_string (value);
      if (self->wanted != NULL && gtk_stack_get_child_by_name (self->stack, self->wanted) != NULL)
        gtk_stack_set_visible_child_name (self->stack, self->wanted);
    }
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
dock_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (dock_parent_class)->dispose (object);
}

static void
dock_finalize (GObject *object)
{
  g_free (SHMLENS_DOCK (object)->wanted);
  G_OBJECT_CLASS (dock_parent_class)->finalize (object);
}

static void
dock_class_init (DockClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->get_property = dock_get_property;
  object_class->set_property = dock_set_property;
  object_class->dispose = dock_dispose;
  object_class->finalize = dock_finalize;
  properties[PROP_PAGE]
    = g_param_spec_string ("page", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_css_name (widget_class, "dock");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/shmlens/Shmlens/ui/dock.ui");
  gtk_widget_class_bind_template_child (widget_class, Dock, stack);
  gtk_widget_class_bind_template_child (widget_class, Dock, switcher);
  gtk_widget_class_bind_template_callback (widget_class, on_visible_page);
}

static void
dock_init (Dock *self)
{
  GtkLayoutManager *layout;

  gtk_widget_init_template (GTK_WIDGET (self));
  layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
}
