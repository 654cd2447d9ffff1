/* window-drop.c - files and names that are dropped on the window. */
#include "window-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect-error.h"
#include "printable.h"
#include "segment-name.h"

/* What is shown of a name that is none. */
#define CHARACTERS_SHOWN 80

/* What was last said of something wrong; belongs to the target. */
static const char *const refusal_key = "refusal";

static char *
name_of (const GValue *value, GError **error)
{
  GSList *files;
  const char *text, *path;

  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    {
      text = g_value_get_string (value);
      return segment_name_of_text (text != NULL ? text : "", error);
    }
  files = g_value_get_boxed (value);
  path = files != NULL ? g_file_peek_path (files->data) : NULL;
  if (path != NULL)
    return segment_name_of_path (path, error);
  g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                       _("this file is not on this computer; copy it here first"));
  return NULL;
}

static char *
shortened (const char *name)
{
  g_autofree char *shown = printable_name (name);

  if (g_utf8_strlen (shown, -1) > CHARACTERS_SHOWN)
    strcpy (g_utf8_offset_to_pointer (shown, CHARACTERS_SHOWN - 1), "…");
  return g_steal_pointer (&shown);
}

/* A segment, a program or a recording, or an entry of what is open. */
static gboolean
go_to (ShmlensWindow *self, const char *name, GError **error)
{
  g_autofree char *program = g_strconcat ("pid:", name, NULL);
  g_autofree char *shown = NULL;
  const char *segment = name;

  if (segment_list_find (self->segments, name) == G_MAXUINT
      && segment_list_find (self->segments, program) != G_MAXUINT)
    segment = program;
  /* Of a program or file that is not listed, the page says why. */
  if (segment_list_find (self->segments, segment) != G_MAXUINT
      || g_str_has_prefix (segment, "pid:") || g_str_has_prefix (segment, "file:"))
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.open-segment", "s", segment);
      return TRUE;
    }
  if (self->entries != NULL && entry_list_find (self->entries, name) != G_MAXUINT)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.select-entry", "s", name);
      return TRUE;
    }
  shown = shortened (name);
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
               _("%s: there is no such segment now; drop the name of one, a recording, or a file in"
                 " /dev/shm"),
               shown);
  return FALSE;
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, ShmlensWindow *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = name_of (value, &error);

  if (name != NULL && go_to (self, name, &error))
    {
      const char *refusal = g_object_get_data (G_OBJECT (target), refusal_key);

      /* What was said of the last one is no longer true. */
      if (refusal != NULL)
        message_bar_take_back (self->message_bar, refusal);
      return TRUE;
    }
  message_bar_say (self->message_bar, MESSAGE_NOTICE, error->message);
  g_object_set_data_full (G_OBJECT (target), refusal_key, g_strdup (error->message), g_free);
  return FALSE;
}

/* What is dragged out of this window is not for it. */
static gboolean
on_accept (GtkDropTarget *target, GdkDrop *drop, ShmlensWindow *self)
{
  return gdk_drop_get_drag (drop) == NULL
         && gdk_content_formats_match (gtk_drop_target_get_formats (target),
                                       gdk_drop_get_formats (drop));
}

void
window_add_drop (ShmlensWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType types[] = { GDK_TYPE_FILE_LIST, G_TYPE_STRING };

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  g_signal_connect (target, "accept", G_CALLBACK (on_accept), self);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
