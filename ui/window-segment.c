/* window-segment.c - which segment is open, and which page says what of it. */
#include "window-private.h"

#include <glib/gi18n.h>

#include "inspect-error.h"
#include "sentence.h"
#include "tooltip.h"
#include "words.h"

static void
show_status (ShmlensWindow *self, const char *icon, const char *title, const char *description,
             const char *button, const char *action)
{
  status_page_set (self->status, icon, title, description, button, action);
  gtk_stack_set_visible_child_name (self->stack, "status");
}

static gboolean
is_program (const SegmentInfo *info)
{
  return g_str_equal (info->kind, "python");
}

static gpointer
copy_segment (gconstpointer info, gpointer user_data)
{
  return segment_info_ref ((SegmentInfo *) info);
}

/* A program that has ended stays in the list as long as its last values are shown, and what is
 * found nowhere, a recording, as long as it is open. */
static void
update_list (ShmlensWindow *self)
{
  SegmentInfo *open = self->entries != NULL ? entry_list_get_segment (self->entries) : NULL;
  g_autoptr (GPtrArray) list = NULL;
  guint place = 0;

  if (self->listed == NULL)
    return;
  list = g_ptr_array_copy (self->listed, copy_segment, NULL);
  for (guint i = 0; i < list->len && open != NULL; i++)
    {
      const SegmentInfo *info = list->pdata[i];

      if (g_str_equal (info->id, open->id))
        open = NULL;
      else if (g_utf8_collate (info->title, open->title) < 0)
        place = i + 1;
    }
  if (open != NULL && (is_program (open) || g_str_equal (open->kind, "recording")))
    g_ptr_array_insert (list, (gint) place, segment_info_ref (open));
  segment_list_update (self->segments, list);
}

static void
show_no_entries (ShmlensWindow *self, const SegmentInfo *info)
{
  if (info->state == SEGMENT_FORBIDDEN)
    status_page_set (self->no_entries, "changes-prevent-symbolic", _("No access"), info->reason,
                     _("_Try Again"), "win.look-again");
  else if (is_program (info))
    status_page_set (self->no_entries, "view-list-symbolic", _("Nothing shared yet"),
                     _("This program shares no objects. They appear here as soon as it makes some."),
                     NULL, NULL);
  else
    status_page_set (self->no_entries, "view-list-symbolic", _("Nothing in it yet"),
                     _("This segment has no entries. They appear here as soon as a program makes "
                       "some."),
                     NULL, NULL);
}

/* What the segment that is open looks like from outside. */
static void
update_segment (ShmlensWindow *self)
{
  SegmentInfo *info = entry_list_get_segment (self->entries);
  guint position = segment_list_find (self->segments, info->id);
  guint n_entries = g_list_model_get_n_items (G_LIST_MODEL (self->entries));
  g_autoptr (SegmentItem) item = NULL;
  g_autofree char *summary = NULL, *subtitle = NULL;
  gboolean is_in_list;

  /* Who maps it is for the registry to know. */
  item = g_list_model_get_item (G_LIST_MODEL (self->segments), position);
  is_in_list = item != NULL && segment_item_get_info (item)->inode == info->inode;
  if (is_in_list && !is_program (info))
    summary = words_segment_summary (segment_item_get_info (item), n_entries);
  else
    summary = words_segment_summary (info, n_entries);
  subtitle = g_strdup_printf ("%s · %s", info->id, summary);
  gtk_label_set_text (self->title_label, info->title);
  sentence_show (self->subtitle_label, subtitle);
  tooltip_set_text (GTK_WIDGET (self->subtitle_label), subtitle);
  window_show_reason (self, info->state == SEGMENT_FORBIDDEN && n_entries == 0 ? NULL
                                                                              : info->reason);
  gtk_widget_set_visible (self->banner_button,
                          info->state == SEGMENT_REPLACED
                            || (info->state != SEGMENT_LIVE && item != NULL
                                && !(is_in_list && is_program (info))));
  /* What became shorter or corrupt has no other in its place. */
  if (gtk_widget_get_visible (self->banner_button))
    gtk_button_set_label (GTK_BUTTON (self->banner_button),
                          info->state == SEGMENT_REPLACED || !is_in_list ? _("_Show the New One")
                                                                         : _("_Try Again"));
  window_enable_action (self, "set-type", g_str_equal (info->kind, "posix"));

  if (n_entries == 0)
    show_no_entries (self, info);
  gtk_stack_set_visible_child_name (self->table_stack, n_entries == 0 ? "none" : "table");
}

static void
on_segment_changed (EntryList *entries, ShmlensWindow *self)
{
  update_list (self);
  update_segment (self);
}

/* The entry that was asked for, when it is there by now. */
static void
select_wanted_entry (ShmlensWindow *self)
{
  if (self->wanted_entry != NULL
      && (entry_table_select (self->table, self->wanted_entry) || self->wants_entry_at_once))
    g_clear_pointer (&self->wanted_entry, g_free);
  self->wants_entry_at_once = FALSE;
}

static gboolean
update_segment_later (gpointer user_data)
{
  ShmlensWindow *self = user_data;

  self->summary_source = 0;
  update_segment (self);
  select_wanted_entry (self);
  return G_SOURCE_REMOVE;
}

/* Once for all that come and go at a time: another number of entries lays the header out anew. */
static void
on_entries_changed (GListModel *entries, guint position, guint removed, guint added,
                    ShmlensWindow *self)
{
  if (self->summary_source == 0)
    self->summary_source
      = g_idle_add_full (G_PRIORITY_HIGH_IDLE, update_segment_later, self, NULL);
}

void
window_set_entries (ShmlensWindow *self, EntryList *entries)
{
  if (self->entries != NULL)
    {
      g_clear_signal_handler (&self->segment_handler, self->entries);
      g_clear_signal_handler (&self->items_handler, self->entries);
    }
  g_clear_handle_id (&self->summary_source, g_source_remove);
  window_update_dock (self, NULL);
  entry_table_set_list (self->table, entries);
  g_set_object (&self->entries, entries);
  window_update_locks (self);
  update_list (self);
  window_update_recording (self);
  if (entries == NULL)
    {
      window_update_dock (self, NULL);
      window_enable_action (self, "set-type", FALSE);
      return;
    }
  self->segment_handler = g_signal_connect (entries, "segment-changed",
                                            G_CALLBACK (on_segment_changed), self);
  self->items_handler = g_signal_connect_after (entries, "items-changed",
                                                G_CALLBACK (on_entries_changed), self);
  update_segment (self);
  gtk_stack_set_visible_child_name (self->stack, "segment");
  window_update_dock (self, entry_table_get_selected (self->table));
  select_wanted_entry (self);
}

static void
show_open_error (ShmlensWindow *self, const GError *error)
{
  g_autofree char *why = sentence_begin (error->message, NULL);

  if (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION))
    show_status (self, "changes-prevent-symbolic", _("No access"), why,
                 _("_Try Again"), "win.reopen");
  else if (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND))
    show_status (self, "edit-delete-symbolic",
                 g_str_has_prefix (self->open_id, "pid:") ? _("Nothing is shared")
                                                          : _("It is gone"),
                 why, _("_Try Again"), "win.reopen");
  else
    show_status (self, "dialog-warning-symbolic", _("This segment cannot be read"),
                 why, _("_Try Again"), "win.reopen");
}

static void
show_first_page (ShmlensWindow *self)
{
  if (self->wanted_segment != NULL)
    {
      g_autofree char *title = g_strdup_printf (_("%s is not there"), self->wanted_segment);

      show_status (self, "edit-find-symbolic", title,
                   _("It is shown as soon as a program makes it."), NULL, NULL);
    }
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->segments)) == 0)
    show_status (self, "org.shmlens.Shmlens-symbolic", _("No shared memory yet"),
                 _("Start a Python program that uses multiprocessing, a program that links "
                   "libshmlens, or anything else that makes POSIX shared memory. It appears here "
                   "by itself."),
                 _("Start the _Demo"), "app.demo");
  else
    show_status (self, "view-list-symbolic", _("Select a segment"),
                 _("The values that programs share are listed by segment."), NULL, NULL);
}

/* What could not be opened may be allowed, or there, by now. */
static gboolean
is_live (ShmlensWindow *self, const char *id)
{
  g_autoptr (SegmentItem) item = g_list_model_get_item (
    G_LIST_MODEL (self->segments), segment_list_find (self->segments, id));

  return item != NULL && segment_item_get_info (item)->state == SEGMENT_LIVE;
}

/* Opens what is wanted, or else any. */
static void
show_what_is_there (ShmlensWindow *self)
{
  if (self->wanted_segment != NULL)
    {
      if (sidebar_select (self->sidebar, self->wanted_segment))
        g_clear_pointer (&self->wanted_segment, g_free);
    }
  else if (self->open_id == NULL && self->listed->len > 0 && !window_shows_watch_list (self)
           && !window_open_last (self))
    {
      sidebar_select_first (self->sidebar);
      self->is_first = TRUE;
    }

  if (self->entries != NULL)
    update_segment (self);
  else if (self->opening == NULL && self->open_id == NULL)
    show_first_page (self);
  else if (self->opening == NULL && is_live (self, self->open_id))
    window_open_segment (self, self->open_id);
}

/* What was opened because it was the first, and was gone before it was open, nobody misses:
 * programs make files in /dev/shm whose names they take away at once. */
static gboolean
forget_first (ShmlensWindow *self)
{
  if (!self->is_first || self->entries != NULL || self->opening != NULL || self->open_id == NULL
      || segment_list_find (self->segments, self->open_id) != G_MAXUINT)
    return FALSE;
  g_clear_pointer (&self->open_id, g_free);
  return TRUE;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ShmlensWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Attachment) attachment
    = session_open_finish (SHMLENS_SESSION (source), result, &error);

  /* Another one was selected meanwhile, or the window is gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->opening);
  if (attachment == NULL)
    {
      window_set_entries (self, NULL);
      if (forget_first (self))
        show_what_is_there (self);
      else
        show_open_error (self, error);
    }
  else
    {
      g_autoptr (EntryList) entries = entry_list_new (self->session, attachment);

      window_set_entries (self, entries);
    }
}

void
window_open_segment (ShmlensWindow *self, const char *id)
{
  g_autofree char *owned = g_strdup (id);

  g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  self->opening = g_cancellable_new ();
  g_free (self->open_id);
  self->open_id = g_steal_pointer (&owned);
  session_open (self->session, self->open_id, self->opening, on_opened, g_object_ref (self));
}

void
window_update_segments (Registry *registry, GPtrArray *list, gpointer user_data)
{
  ShmlensWindow *self = user_data;

  g_clear_pointer (&self->listed, g_ptr_array_unref);
  self->listed = g_ptr_array_ref (list);
  update_list (self);
  forget_first (self);
  show_what_is_there (self);
}

void
shmlens_window_open (ShmlensWindow *self, const char *segment, const char *entry)
{
  g_free (self->wanted_segment);
  g_free (self->wanted_entry);
  self->is_asked = TRUE;
  self->is_first = FALSE;
  if (self->narrow)
    window_set_show_sidebar (self, FALSE);
  self->wanted_entry = g_strdup (entry);
  self->wanted_segment = sidebar_select (self->sidebar, segment) ? NULL : g_strdup (segment);
  /* Of a program that is not listed one can still say why; a recording is listed nowhere. */
  if (self->wanted_segment != NULL
      && (g_str_has_prefix (segment, "pid:") || g_str_has_prefix (segment, "file:")))
    window_open_segment (self, segment);
  if (g_str_has_prefix (segment, "file:"))
    g_clear_pointer (&self->wanted_segment, g_free);
  if (self->entries != NULL && self->wanted_segment == NULL && self->opening == NULL)
    select_wanted_entry (self);
}
