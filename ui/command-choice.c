/* command-choice.c - something that the command search can go to. */
#include "command-choice.h"

#include "command-match.h"

struct _CommandChoice
{
  GObject parent_instance;

  char *title, *kind, *keys, *why_not;
  char *folded;
  char *action;
  GVariant *target;
  GWeakRef widget;
};

G_DEFINE_FINAL_TYPE (CommandChoice, command_choice, G_TYPE_OBJECT)

CommandChoice *
command_choice_new (const char *title, const char *kind, const char *keys, const char *why_not)
{
  CommandChoice *self = g_object_new (COMMAND_TYPE_CHOICE, NULL);

  self->title = g_strdup (title);
  self->kind = g_strdup (kind);
  self->keys = g_strdup (keys);
  self->why_not = g_strdup (why_not);
  self->folded = command_match_fold (title);
  return self;
}

void
command_choice_set_action (CommandChoice *self, const char *action, GVariant *target,
                           GtkWidget *widget)
{
  g_free (self->action);
  g_clear_pointer (&self->target, g_variant_unref);
  self->action = g_strdup (action);
  self->target = target != NULL ? g_variant_ref_sink (target) : NULL;
  g_weak_ref_set (&self->widget, widget);
}

const char *
command_choice_get_title (CommandChoice *self)
{
  return self->title;
}

const char *
command_choice_get_kind (CommandChoice *self)
{
  return self->kind;
}

const char *
command_choice_get_keys (CommandChoice *self)
{
  return self->keys;
}

const char *
command_choice_get_why_not (CommandChoice *self)
{
  return self->why_not;
}

int
command_choice_match (CommandChoice *self, const char *const *words)
{
  return command_match (words, self->folded);
}

gboolean
command_choice_run (CommandChoice *self)
{
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&self->widget);

  return widget != NULL && self->action != NULL
         && gtk_widget_activate_action_variant (widget, self->action, self->target);
}

static void
command_choice_finalize (GObject *object)
{
  CommandChoice *self = COMMAND_CHOICE (object);

  g_free (self->title);
  g_free (self->kind);
  g_free (self->keys);
  g_free (self->why_not);
  g_free (self->folded);
  g_free (self->action);
  g_clear_pointer (&self->target, g_variant_unref);
  g_weak_ref_clear (&self->widget);
  G_OBJECT_CLASS (command_choice_parent_class)->finalize (object);
}

static void
command_choice_class_init (CommandChoiceClass *class)
{
  G_OBJECT_CLASS (class)->finalize = command_choice_finalize;
}

static void
command_choice_init (CommandChoice *self)
{
  g_weak_ref_init (&self->widget, NULL);
}
