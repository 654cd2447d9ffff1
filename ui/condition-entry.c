/* condition-entry.c - a line in which a condition is written. */
#include "condition-entry.h"

#include <string.h>

#include "input-error.h"
#include "target.h"

struct _ConditionEntry
{
  GtkWidget parent_instance;

  GtkEditable *entry;
  GtkLabel *message;

  Attachment *attachment;
  char *label;
  gboolean is_valid;
};

G_DEFINE_FINAL_TYPE (ConditionEntry, condition_entry, GTK_TYPE_WIDGET)

enum
{
  PROP_LABEL = 1,
  PROP_VALID,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void
check (ConditionEntry *self)
{
  g_autofree char *text = condition_entry_dup_text (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (Condition) condition = NULL;
  gboolean is_valid = text[0] != '\0';

  if (is_valid && self->attachment != NULL)
    {
      condition = condition_parse (self->attachment, text, &error);
      is_valid = condition != NULL;
    }
  /* Nothing is not wrong yet. */
  input_error_show (GTK_WIDGET (self->entry), self->message,
                    error != NULL ? error->message : NULL);
  if (self->is_valid == is_valid)
    return;
  self->is_valid = is_valid;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALID]);
}

static void
on_changed (GtkEditable *editable, ConditionEntry *self)
{
  check (self);
}

void
condition_entry_set_attachment (ConditionEntry *self, Attachment *attachment)
{
  g_clear_pointer (&self->attachment, attachment_unref);
  self->attachment = attachment != NULL ? attachment_ref (attachment) : NULL;
  check (self);
}

void
condition_entry_set_text (ConditionEntry *self, const char *text)
{
  gtk_editable_set_text (self->entry, text);
  gtk_editable_set_position (self->entry, -1);
}

char *
condition_entry_dup_text (ConditionEntry *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
}

gboolean
condition_entry_is_valid (ConditionEntry *self)
{
  return self->is_valid;
}

char *
condition_entry_suggest (const EntryInfo *info, const char *part, const char *value)
{
  g_autofree char *name = part != NULL ? g_strdup (part) : target_name (info->name);

  if (info->object == OBJECT_LOCK)
    return g_strdup_printf ("lock(%s) > 1", name);
  if (part == NULL && (info->dimensions > 0 || info->n_fields > 0))
    return g_strdup_printf ("changed(%s)", name);
  if (info->type.kind == SHMLENS_KIND_BOOL || info->role == SHMLENS_ROLE_FLAG)
    return g_strdup_printf ("%s != 0", name);
  if (value == NULL
      || (info->type.kind != SHMLENS_KIND_SIGNED && info->type.kind != SHMLENS_KIND_UNSIGNED
          && info->type.kind != SHMLENS_KIND_FLOAT))
    return g_strdup_printf ("changed(%s)", name);
  return g_strdup_printf ("%s > %s", name, value);
}

static void
condition_entry_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ConditionEntry *self = CONDITION_ENTRY (object);

  if (id == PROP_LABEL)
    g_value_set_string (value, self->label);
  else if (id == PROP_VALID)
    g_value_set_boolean (value, self->is_valid);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
condition_entry_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ConditionEntry *self = CONDITION_ENTRY (object);

  if (id == PROP_LABEL)
    {
      g_free (self->label);
      self->label = g_value_dup_string (value);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      self->label, -1);
    }
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static gboolean
condition_entry_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (CONDITION_ENTRY (widget)->entry));
}

static void
condition_entry_dispose (GObject *object)
{
  ConditionEntry *self = CONDITION_ENTRY (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->attachment, attachment_unref);
  G_OBJECT_CLASS (condition_entry_parent_class)->dispose (object);
}

static void
condition_entry_finalize (GObject *object)
{
  g_free (CONDITION_ENTRY (object)->label);
  G_OBJECT_CLASS (condition_entry_parent_class)->finalize (object);
}

static void
condition_entry_class_init (ConditionEntryClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->get_property = condition_entry_get_property;
  object_class->set_property = condition_entry_set_property;
  object_class->dispose = condition_entry_dispose;
  object_class->finalize = condition_entry_finalize;
  widget_class->grab_focus = condition_entry_grab_focus;

  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_VALID] = g_param_spec_boolean ("valid", NULL, NULL, FALSE,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/condition-entry.ui");
  gtk_widget_class_bind_template_child (widget_class, ConditionEntry, entry);
  gtk_widget_class_bind_template_child (widget_class, ConditionEntry, message);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
}

static void
condition_entry_init (ConditionEntry *self)
{
  GtkLayoutManager *layout;

  gtk_widget_init_template (GTK_WIDGET (self));
  layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 4);
}
