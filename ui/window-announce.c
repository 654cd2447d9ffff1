/* window-announce.c - what a screen reader is told without being asked: that an edit was made or
 * taken back, and that values stand still. What went wrong, an alert that is met and a segment that
 * is gone are told by the bars that show it. Nothing is told of values: they change all the time. */
#include "window-private.h"

#include <glib/gi18n.h>

#include "row-name.h"
#include "sentence.h"

static void
on_journal (Session *session, GParamSpec *pspec, ShmlensWindow *self)
{
  Editor *editor = session_get_editor (session);
  g_autofree char *step = NULL, *said = NULL;
  guint64 undo, redo;

  /* While an edit is being made, the two may be of different moments. */
  if (editor_is_busy (editor))
    return;
  undo = editor_get_undo_number (editor);
  redo = editor_get_redo_number (editor);
  /* By their numbers: the same edit may be made twice, and a step be undone in parts. And what is
   * next to be undone is another, too, when a step could not be undone and is forgotten. */
  if (MAX (undo, redo) <= self->announced)
    return;
  self->announced = MAX (undo, redo);
  step = redo > undo ? editor_describe_redo (editor) : editor_describe_undo (editor);
  said = g_strdup_printf (redo > undo ? _("Undone: %s") : _("Done: %s"), step);
  message_bar_announce (self->message_bar, said);
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
  g_signal_connect_object (self->session, "notify::undo-text", G_CALLBACK (on_journal), self, 0);
  g_signal_connect_object (self->session, "notify::paused", G_CALLBACK (on_paused), self, 0);
}
