/* status-page.c - fills a place where nothing can be shown. */
#include "status-page.h"

#include "sentence.h"

struct _StatusPage
{
  GtkWidget parent_instance;

  GtkImage *icon;
  GtkLabel *title, *description;
  GtkButton *button;
};

G_DEFINE_FINAL_TYPE (StatusPage, status_page, GTK_TYPE_WIDGET)

enum
{
  PROP_ICON_NAME = 1,
  PROP_TITLE,
  PROP_DESCRIPTION,
  PROP_BUTTON_LABEL,
  PROP_ACTION_NAME,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

void
status_page_set (StatusPage *self, const char *icon_name, const char *title,
                 const char *description, const char *button_label, const char *action_name)
{
  g_object_set (self, "icon-name", icon_name, "title", title, "description", description,
                "button-label", button_label, "action-name", action_name, NULL);
}

static void
status_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  StatusPage *self = STATUS_PAGE (object);

  switch (id)
    {
    case PROP_ICON_NAME:
      g_value_set_string (value, gtk_image_get_icon_name (self->icon));
      break;
    case PROP_TITLE:
      g_value_set_string (value, gtk_label_get_text (self->title));
      break;
    case PROP_DESCRIPTION:
      g_value_set_string (value, gtk_label_get_text (self->description));
      break;
    case PROP_BUTTON_LABEL:
      g_value_set_string (value, gtk_button_get_label (self->button));
      break;
    case PROP_ACTION_NAME:
      g_value_set_string (value, gtk_actionable_get_action_name (GTK_ACTIONABLE (self->button)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
status_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  StatusPage *self = STATUS_PAGE (object);
  const char *text = g_value_get_string (value);

  switch (id)
    {
    case PROP_ICON_NAME:
      gtk_widget_set_visible (GTK_WIDGET (self->icon), text != NULL);
      gtk_image_set_from_icon_name (self->icon, text);
      break;
    case PROP_TITLE:
      sentence_show (self->title, text);
      break;
    case PROP_DESCRIPTION:
      sentence_show (self->description, text);
      break;
    case PROP_BUTTON_LABEL:
      gtk_widget_set_visible (GTK_WIDGET (self->button), text != NULL);
      gtk_button_set_label (self->button, text != NULL ? text : "");
      break;
    case PROP_ACTION_NAME:
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
status_page_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (status_page_parent_class)->dispose (object);
}

static void
status_page_class_init (StatusPageClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = status_page_get_property;
  object_class->set_property = status_page_set_property;
  object_class->dispose = status_page_dispose;

  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_DESCRIPTION] = g_param_spec_string ("description", NULL, NULL, NULL, flags);
  properties[PROP_BUTTON_LABEL] = g_param_spec_string ("button-label", NULL, NULL, NULL, flags);
  properties[PROP_ACTION_NAME] = g_param_spec_string ("action-name", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/status-page.ui");
  gtk_widget_class_bind_template_child (widget_class, StatusPage, icon);
  gtk_widget_class_bind_template_child (widget_class, StatusPage, title);
  gtk_widget_class_bind_template_child (widget_class, StatusPage, description);
  gtk_widget_class_bind_template_child (widget_class, StatusPage, button);
}

static void
status_page_init (StatusPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self->button), FALSE);
}
