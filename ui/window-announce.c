/* window-announce.c - what a screen reader is told without being asked: that an edit was made or
 * taken back, and that values stand still. What went wrong, an alert that is met and a segment that
 * is gone are told by the bars that show it. Nothing is told of values: they change all the time. */
#include "window-private.h"

#include <glib/gi18n.h>

#include "row-name.h"
#include "sentence.h"

/* What could be undone and redone when it was last looked at. */
struct window_announce
{
  char *undo, *redo;
};

static void
on_journal (Session *session, GParamSpec *pspec, ShmlensWindow *self)
{
  struct window_announce *before = self->announce;
  g_autofree char *undo = NULL, *redo = NULL, *said = NULL;
  gboolean busy;

  /* While an edit is being made, the two may be of different moments. */
  g_object_get (session, "busy", &busy, NULL);
  if (busy)
    return;
  g_object_get (session, "undo-text", &undo, "redo-text", &redo, NULL);
  if (redo != NULL && g_strcmp0 (redo, before->undo) == 0 && g_strcmp0 (redo, before->redo) != 0)
    said = g_strdup_printf (_("Undone: %s"), redo);
  else if (undo != NULL && g_strcmp0 (undo, before->undo) != 0)
    said = g_strdup_printf (_("Done: %s"), undo);
  if (said != NULL)
    message_bar_announce (self->message_bar, said);
  g_free (before->undo);
  g_free (before->redo);
  before->undo = g_steal_pointer (&undo);
  before->redo = g_steal_pointer (&redo);
}

static void
on_paused (Session *session, GParamSpec *pspec, ShmlensWindow *self)
{
  gboolean paused;

  g_object_get (session, "paused", &paused, NULL);
  message_bar_announce (self->message_bar,
                        paused ? _("Paused: values stand still") : _("Values are read again"));
}

void
window_show_reason (ShmlensWindow *self, const char *reason)
{
  g_autofree char *sentence = reason != NULL ? sentence_begin (reason, NULL) : NULL;
  g_autofree char *before = g_strdup (gtk_label_get_text (self->banner_label));
  gboolean was_shown = gtk_widget_get_visible (self->banner);

  if (sentence != NULL)
    sentence_show (self->banner_label, sentence);
  gtk_widget_set_visible (self->banner, sentence != NULL);
  /* Only what is on the screen by now is told of. */
  if (sentence != NULL
      && !(was_shown && g_str_equal (before, gtk_label_get_text (self->banner_label))))
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->banner), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    sentence, -1);
}

void
window_add_announcements (ShmlensWindow *self)
{
  row_name_watch (GTK_WINDOW (self));
  self->announce = g_new0 (struct window_announce, 1);
  g_signal_connect_object (self->session, "notify::undo-text", G_CALLBACK (on_journal), self, 0);
  g_signal_connect_object (self->session, "notify::paused", G_CALLBACK (on_paused), self, 0);
}

void
window_remove_announcements (ShmlensWindow *self)
{
  if (self->announce == NULL)
    return;
  g_free (self->announce->undo);
  g_free (self->announce->redo);
  g_clear_pointer (&self->announce, g_free);
}
