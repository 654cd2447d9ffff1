/* window.c - the window: its layout, and what is selected in it. */
#include "window-private.h"

#include "filter-menu.h"
#include "wrap-box.h"

/* Below this there is room for the segments or for the entries. */
#define NARROW_WIDTH 640
#define MINIMUM_WIDTH 350  /* and what the theme draws around it */
/* Below this there is no room for the parts of the details one above the other. */
#define LOW_HEIGHT 480
#define DETAILS_HEIGHT 250  /* at first */

G_DEFINE_FINAL_TYPE (ShmlensWindow, shmlens_window, GTK_TYPE_APPLICATION_WINDOW)

/* ------------------------------------------------------------ the layout -- */

static void
update_layout (ShmlensWindow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->sidebar), self->show_sidebar);
  gtk_widget_set_visible (GTK_WIDGET (self->pages), !self->narrow || !self->show_sidebar);
  gtk_widget_set_visible (GTK_WIDGET (self->rate_button), !self->narrow);
  gtk_widget_set_visible (self->record_button, !self->narrow);
  gtk_widget_set_visible (self->undo_button, !self->narrow);
  gtk_widget_set_visible (self->redo_button, !self->narrow);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->filter_entry), self->narrow ? 8 : 22);
  g_object_set (self->table, "narrow", self->narrow, NULL);
  g_object_set (self->watch_page, "narrow", self->narrow, NULL);
  g_object_set (self->details, "narrow", self->narrow && !self->low, NULL);
}

static void
on_details_room (GtkPaned *paned, GParamSpec *pspec, ShmlensWindow *self)
{
  window_give_details_room (self);
}

void
window_set_show_sidebar (ShmlensWindow *self, gboolean show)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "sidebar");

  if (self->show_sidebar == show)
    return;
  self->show_sidebar = show;
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (show));
  update_layout (self);
}

static gboolean
adapt_to_size (gpointer user_data)
{
  ShmlensWindow *self = user_data;
  gboolean narrow = gtk_widget_get_width (GTK_WIDGET (self)) < NARROW_WIDTH;

  self->adapt_source = 0;
  self->low = gtk_widget_get_height (GTK_WIDGET (self)) < LOW_HEIGHT;
  if (narrow != self->narrow)
    {
      self->narrow = narrow;
      window_set_show_sidebar (self, !narrow || (self->entries == NULL && !self->is_asked));
    }
  update_layout (self);
  return G_SOURCE_REMOVE;
}

static void
shmlens_window_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  ShmlensWindow *self = SHMLENS_WINDOW (widget);

  GTK_WIDGET_CLASS (shmlens_window_parent_class)->size_allocate (widget, width, height, baseline);
  /* What is shown must not change while places are being given out. */
  if (((width < NARROW_WIDTH) != self->narrow || (height < LOW_HEIGHT) != self->low)
      && self->adapt_source == 0)
    self->adapt_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, adapt_to_size, self, NULL);
}

/* The window becomes narrow by being made narrower than it could be now. */
static void
shmlens_window_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                        int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  GTK_WIDGET_CLASS (shmlens_window_parent_class)
    ->measure (widget, orientation, for_size, minimum, natural, minimum_baseline,
               natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, MINIMUM_WIDTH);
}

/* ------------------------------------------------------ what is selected -- */

static void
on_segment_selected (Sidebar *sidebar, SegmentItem *item, ShmlensWindow *self)
{
  window_show_watch_list (self, FALSE);
  self->is_first = FALSE;
  /* The one that is open may have come back; it keeps its last values until win.reopen. */
  if (g_strcmp0 (segment_item_get_id (item), self->open_id) != 0)
    window_open_segment (self, segment_item_get_id (item));
}

static void
on_segment_activated (Sidebar *sidebar, SegmentItem *item, ShmlensWindow *self)
{
  if (self->narrow)
    window_set_show_sidebar (self, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->table));
}

static void
on_entry_selected (EntryTable *table, GParamSpec *pspec, ShmlensWindow *self)
{
  window_update_dock (self, entry_table_get_selected (table));
}

static void
on_table_apply (EntryTable *table, Edit *edit, ShmlensWindow *self)
{
  message_bar_apply (self->message_bar, edit);
}

static void
on_table_open (EntryTable *table, EntryItem *item, ShmlensWindow *self)
{
  dock_show_page (self->dock, "details");
  details_focus_content (self->details);
}

static void
on_edit_failed (MessageBar *bar, Edit *edit, ShmlensWindow *self)
{
  entry_table_refresh (self->table, edit->entry);
}

static void
on_filter_changed (GtkSearchEntry *entry, ShmlensWindow *self)
{
  entry_table_set_filter (self->table, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
on_filter_stopped (GtkSearchEntry *entry, ShmlensWindow *self)
{
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->table));
}

/* ------------------------------------------------------------- the window -- */

static gboolean
shmlens_window_close_request (GtkWindow *window)
{
  shmlens_window_save_state (SHMLENS_WINDOW (window));
  return GTK_WINDOW_CLASS (shmlens_window_parent_class)->close_request (window);
}

ShmlensWindow *
shmlens_window_new (GtkApplication *application, Session *session, GSettings *settings)
{
  ShmlensWindow *self
    = g_object_new (SHMLENS_TYPE_WINDOW, "application", application, NULL);

  self->session = g_object_ref (session);
  self->settings = settings != NULL ? g_object_ref (settings) : NULL;
  window_add_actions (self);
  window_add_hold (self);
  window_add_commands (self);
  window_add_watch_list (self);
  window_add_alerts (self);
  window_add_announcements (self);
  window_update_commands (self);
  message_bar_set_session (self->message_bar, session);
  if (settings != NULL)
    entry_table_set_settings (self->table, settings);
  window_restore_state (self);
  return self;
}

/* What is in the window can wait until people see that it opens. */
static void
on_first_frame (GdkFrameClock *clock, ShmlensWindow *self)
{
  g_clear_signal_handler (&self->frame_handler, clock);
  self->has_frame = TRUE;
  window_add_drop (self);
  window_load_alerts (self);
  window_show_last_page (self);
  registry_watch (session_get_registry (self->session), window_update_segments, self);
}

static void
shmlens_window_realize (GtkWidget *widget)
{
  ShmlensWindow *self = SHMLENS_WINDOW (widget);

  GTK_WIDGET_CLASS (shmlens_window_parent_class)->realize (widget);
  if (!self->has_frame)
    self->frame_handler = g_signal_connect (gtk_widget_get_frame_clock (widget), "after-paint",
                                            G_CALLBACK (on_first_frame), self);
}

static void
shmlens_window_unrealize (GtkWidget *widget)
{
  ShmlensWindow *self = SHMLENS_WINDOW (widget);

  g_clear_signal_handler (&self->frame_handler, gtk_widget_get_frame_clock (widget));
  GTK_WIDGET_CLASS (shmlens_window_parent_class)->unrealize (widget);
}

MessageBar *
shmlens_window_get_message_bar (ShmlensWindow *self)
{
  return self->message_bar;
}

static void
shmlens_window_dispose (GObject *object)
{
  ShmlensWindow *self = SHMLENS_WINDOW (object);

  if (self->session != NULL)
    {
      registry_unwatch (session_get_registry (self->session));
      editor_cancel (session_get_editor (self->session));
      window_set_entries (self, NULL);
      message_bar_set_session (self->message_bar, NULL);
      window_remove_actions (self);
      window_remove_commands (self);
      window_remove_watch_list (self);
      window_remove_alerts (self);
      window_remove_recording (self);
    }
  g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  g_clear_handle_id (&self->adapt_source, g_source_remove);
  g_clear_handle_id (&self->summary_source, g_source_remove);
  g_clear_pointer (&self->open_id, g_free);
  g_clear_pointer (&self->wanted_segment, g_free);
  g_clear_pointer (&self->wanted_entry, g_free);
  g_clear_pointer (&self->listed, g_ptr_array_unref);
  G_OBJECT_CLASS (shmlens_window_parent_class)->dispose (object);
  g_clear_object (&self->segments);
  g_clear_object (&self->settings);
  g_clear_object (&self->session);
}

static void
shmlens_window_class_init (ShmlensWindowClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = shmlens_window_dispose;
  widget_class->measure = shmlens_window_measure;
  widget_class->realize = shmlens_window_realize;
  widget_class->unrealize = shmlens_window_unrealize;
  widget_class->size_allocate = shmlens_window_size_allocate;
  GTK_WINDOW_CLASS (class)->close_request = shmlens_window_close_request;

  g_type_ensure (SIDEBAR_TYPE);
  g_type_ensure (MESSAGE_TYPE_BAR);
  g_type_ensure (REPLAY_TYPE_BAR);
  g_type_ensure (STATUS_TYPE_PAGE);
  g_type_ensure (ENTRY_TYPE_TABLE);
  g_type_ensure (DOCK_TYPE);
  g_type_ensure (FILTER_TYPE_MENU);
  g_type_ensure (WATCH_TYPE_PAGE);
  g_type_ensure (WRAP_TYPE_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, undo_button);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, redo_button);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, record_button);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, record_label);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, rate_button);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, message_bar);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, replay_bar);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, paned);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, details_paned);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, watch_page);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, table_stack);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, status);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, no_entries);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, banner_label);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, banner_button);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, title_label);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, subtitle_label);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, filter_entry);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, table);
  gtk_widget_class_bind_template_child (widget_class, ShmlensWindow, dock);
  gtk_widget_class_bind_template_callback (widget_class, on_segment_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_segment_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_details_room);
  gtk_widget_class_bind_template_callback (widget_class, on_table_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_table_open);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_edit_failed);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_stopped);
}

static void
shmlens_window_init (ShmlensWindow *self)
{
  self->show_sidebar = TRUE;
  self->details_height = DETAILS_HEIGHT;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->segments = segment_list_new ();
  sidebar_set_list (self->sidebar, self->segments);
  window_add_pages (self);
}
