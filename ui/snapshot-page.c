/* snapshot-page.c - snapshots of the segment that is open. */
#include "snapshot-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "snapshot-columns.h"
#include "snapshot-file.h"
#include "snapshot-list.h"
#include "snapshot-restore-dialog.h"
#include "snapshot-task.h"

/* How often the segment is compared at most, and how large a part of the time that may take. */
#define COMPARE_INTERVAL_MS 1000
#define COMPARE_PART 20
/* Names are cut to this in the choices. */
#define NAME_CHARACTERS 28

struct _SnapshotPage
{
  GtkWidget parent_instance;

  GtkDropDown *then_choice, *now_choice;
  GtkEditable *tolerance, *name;
  GtkLabel *status, *message, *hint;
  GtkStack *stack;
  GtkColumnView *view;
  GtkPopover *rename_popover;
  GtkWidget *more_button;

  Session *session;
  EntryList *list;
  GPtrArray *snapshots;         /* in the order of the choices */
  guint n_taken;
  GtkStringList *then_names, *now_names;
  SnapshotList *differences;
  GtkMultiSelection *selection;
  GCancellable *cancellable;
  gboolean is_filling;          /* the choices */
  gboolean is_comparing, is_outdated;
  guint timer;
};

G_DEFINE_FINAL_TYPE (SnapshotPage, snapshot_page, GTK_TYPE_WIDGET)

static void compare (SnapshotPage *self);

static void
say (SnapshotPage *self, const char *text)
{
  gtk_label_set_text (self->message, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), text != NULL);
}

static Snapshot *
chosen (SnapshotPage *self)
{
  guint position = gtk_drop_down_get_selected (self->then_choice);

  return position < self->snapshots->len ? self->snapshots->pdata[position] : NULL;
}

/* NULL: the segment as it is now. */
static Snapshot *
compared_with (SnapshotPage *self)
{
  guint position = gtk_drop_down_get_selected (self->now_choice);

  return position > 0 && position <= self->snapshots->len ? self->snapshots->pdata[position - 1]
                                                          : NULL;
}

static Attachment *
attachment_of (SnapshotPage *self)
{
  return self->list != NULL ? entry_list_get_attachment (self->list) : NULL;
}

static void
update_actions (SnapshotPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean has = chosen (self) != NULL, open = self->list != NULL;
  g_autoptr (GtkBitset) selected
    = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

  gtk_widget_action_set_enabled (widget, "snapshot.take", open);
  gtk_widget_action_set_enabled (widget, "snapshot.rename", has);
  gtk_widget_action_set_enabled (widget, "snapshot.save", has);
  gtk_widget_action_set_enabled (widget, "snapshot.delete", has);
  gtk_widget_action_set_enabled (widget, "snapshot.restore-all", has && open);
  gtk_widget_action_set_enabled (widget, "snapshot.restore-selected",
                                 has && open && !gtk_bitset_is_empty (selected));
}

/* ------------------------------------------------------------------------- choices -- */

static char *
label_of (Snapshot *snapshot)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (snapshot->time_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autofree char *time = local != NULL ? g_date_time_format (local, "%H:%M:%S") : g_strdup ("");
  g_autofree char *name = g_utf8_substring (
    snapshot->name, 0, MIN (g_utf8_strlen (snapshot->name, -1), NAME_CHARACTERS));

  return g_strdup_printf ("%s  %s", name, time);
}

/* Chooses this one; the other side stays what it was, unless that is gone. */
static void
fill_choices (SnapshotPage *self, Snapshot *choice)
{
  Snapshot *other = compared_with (self);
  guint position;

  self->is_filling = TRUE;
  gtk_string_list_splice (self->then_names, 0,
                          g_list_model_get_n_items (G_LIST_MODEL (self->then_names)), NULL);
  gtk_string_list_splice (self->now_names, 1,
                          g_list_model_get_n_items (G_LIST_MODEL (self->now_names)) - 1, NULL);
  for (guint i = 0; i < self->snapshots->len; i++)
    {
      g_autofree char *label = label_of (self->snapshots->pdata[i]);

      gtk_string_list_append (self->then_names, label);
      gtk_string_list_append (self->now_names, label);
    }
  if (choice != NULL && g_ptr_array_find (self->snapshots, choice, &position))
    gtk_drop_down_set_selected (self->then_choice, position);
  gtk_drop_down_set_selected (
    self->now_choice,
    other != NULL && g_ptr_array_find (self->snapshots, other, &position) ? position + 1 : 0);
  self->is_filling = FALSE;
  update_actions (self);
  compare (self);
}

/* Takes the snapshot. */
static void
add_snapshot (SnapshotPage *self, Snapshot *snapshot)
{
  g_ptr_array_add (self->snapshots, snapshot);
  fill_choices (self, snapshot);
}

static void
on_choice (GtkDropDown *choice, GParamSpec *pspec, SnapshotPage *self)
{
  if (self->is_filling)
    return;
  update_actions (self);
  compare (self);
}

/* ----------------------------------------------------------------------- comparing -- */

/* FALSE: what stands there is no tolerance. */
static gboolean
read_tolerance (SnapshotPage *self, struct snapshot_tolerance *ret_tolerance)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->tolerance)));
  char *end = text;
  double number = *text != '\0' ? g_ascii_strtod (text, &end) : 0;
  gboolean is_part;

  while (g_ascii_isspace (*end))
    end++;
  is_part = *end == '%';
  *ret_tolerance = (struct snapshot_tolerance){ .absolute = is_part ? 0 : number,
                                                .relative = is_part ? number / 100 : 0 };
  return end[is_part] == '\0' && number >= 0;
}

static void
on_tolerance (GtkEditable *editable, SnapshotPage *self)
{
  struct snapshot_tolerance tolerance;

  if (read_tolerance (self, &tolerance))
    {
      gtk_widget_remove_css_class (GTK_WIDGET (editable), "error");
      compare (self);
    }
  else
    gtk_widget_add_css_class (GTK_WIDGET (editable), "error");
}

static void
show_hint (SnapshotPage *self, const char *text)
{
  gtk_label_set_text (self->hint, text);
  gtk_label_set_text (self->status, "");
  gtk_stack_set_visible_child_name (self->stack, "empty");
  snapshot_list_update (self->differences, NULL);
}

static void
show (SnapshotPage *self, SnapshotComparison *comparison)
{
  guint n = comparison->differences->len;
  guint left_out = snapshot_left_out (comparison->a);
  gboolean fits = snapshot_list_update (self->differences, comparison->differences);
  g_autoptr (GString) text = g_string_new (NULL);

  if (n == 0)
    {
      show_hint (self, _("Nothing differs."));
      return;
    }
  g_string_append_printf (text, ngettext ("%u entry differs", "%u entries differ", n), n);
  if (!fits)
    g_string_append (text, _("; the first are shown"));
  if (left_out > 0)
    g_string_append_printf (text, ngettext ("; %u was left out", "; %u were left out", left_out),
                            left_out);
  gtk_label_set_text (self->status, text->str);
  gtk_stack_set_visible_child_name (self->stack, "differences");
}

static gboolean
on_timer (gpointer user_data)
{
  SnapshotPage *self = user_data;
  gboolean paused = FALSE;

  if (self->session != NULL)
    g_object_get (self->session, "paused", &paused, NULL);
  if (paused)
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  compare (self);
  return G_SOURCE_REMOVE;
}

static void
on_compared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SnapshotPage *self = SNAPSHOT_PAGE (source);
  g_autoptr (SnapshotComparison) comparison = snapshot_task_compare_finish (result, NULL);

  self->is_comparing = FALSE;
  if (comparison == NULL || self->snapshots == NULL)
    return;
  if (self->is_outdated)
    {
      compare (self);
      return;
    }
  show (self, comparison);
  if (compared_with (self) == NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->timer = g_timeout_add ((guint) MAX (COMPARE_INTERVAL_MS,
                                              comparison->took_us * COMPARE_PART / 1000),
                                 on_timer, self);
}

static void
compare (SnapshotPage *self)
{
  struct snapshot_task_sides sides = { .a = chosen (self), .b = compared_with (self) };

  g_clear_handle_id (&self->timer, g_source_remove);
  self->is_outdated = self->is_comparing;
  if (sides.a == NULL)
    {
      show_hint (self, _("Take a snapshot to see later what has changed since, and to put values"
                         " back as they were."));
      return;
    }
  if (sides.b == NULL && self->list == NULL)
    {
      show_hint (self, _("Open a segment to compare the snapshot with it."));
      return;
    }
  if (self->is_comparing || !gtk_widget_get_mapped (GTK_WIDGET (self))
      || !read_tolerance (self, &sides.tolerance))
    return;
  sides.attachment = sides.b == NULL ? attachment_of (self) : NULL;
  self->is_comparing = TRUE;
  snapshot_task_compare (self, &sides, self->cancellable, on_compared);
}

/* ------------------------------------------------------------------------- actions -- */

static void
on_snapshot (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SnapshotPage *self = SNAPSHOT_PAGE (source);
  g_autoptr (GError) error = NULL;
  Snapshot *snapshot = snapshot_task_finish (result, &error);

  if (snapshot != NULL && self->snapshots != NULL)
    add_snapshot (self, snapshot);
  else if (snapshot != NULL)
    snapshot_unref (snapshot);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    say (self, error->message);
}

static void
take (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnapshotPage *self = SNAPSHOT_PAGE (widget);
  g_autofree char *name = NULL;

  if (self->list == NULL)
    return;
  say (self, NULL);
  name = g_strdup_printf (_("Snapshot %u"), ++self->n_taken);
  snapshot_task_take (self, attachment_of (self), name, self->cancellable, on_snapshot);
}

void
snapshot_page_open_file (SnapshotPage *self, const char *path)
{
  say (self, NULL);
  snapshot_task_load (self, path, self->cancellable, on_snapshot);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!snapshot_task_save_finish (result, &error))
    say (SNAPSHOT_PAGE (source), error->message);
}

void
snapshot_page_save_file (SnapshotPage *self, const char *path)
{
  Snapshot *snapshot = chosen (self);

  say (self, NULL);
  if (snapshot != NULL)
    snapshot_task_save (self, snapshot, path, on_saved);
}

static GtkWindow *
window_of (SnapshotPage *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static void
on_file_chosen (GtkNativeDialog *dialog, int response, SnapshotPage *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  gboolean saves
    = gtk_file_chooser_get_action (GTK_FILE_CHOOSER (dialog)) == GTK_FILE_CHOOSER_ACTION_SAVE;

  if (response == GTK_RESPONSE_ACCEPT && path != NULL)
    (saves ? snapshot_page_save_file : snapshot_page_open_file) (self, path);
  g_object_unref (dialog);
}

static void
choose_file (SnapshotPage *self, GtkFileChooserAction action, const char *title)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  GtkFileChooserNative *dialog
    = gtk_file_chooser_native_new (title, window_of (self), action, NULL, NULL);

  gtk_file_filter_add_suffix (filter, &SNAPSHOT_FILE_SUFFIX[1]);
  gtk_file_filter_set_name (filter, _("Snapshots"));
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  if (action == GTK_FILE_CHOOSER_ACTION_SAVE && chosen (self) != NULL)
    {
      g_autofree char *name = g_strconcat (chosen (self)->name, SNAPSHOT_FILE_SUFFIX, NULL);

      gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), g_strdelimit (name, "/", '-'));
    }
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
save (GtkWidget *widget, const char *action, GVariant *parameter)
{
  choose_file (SNAPSHOT_PAGE (widget), GTK_FILE_CHOOSER_ACTION_SAVE, _("Save the Snapshot"));
}

static void
open_file (GtkWidget *widget, const char *action, GVariant *parameter)
{
  choose_file (SNAPSHOT_PAGE (widget), GTK_FILE_CHOOSER_ACTION_OPEN, _("Open a Snapshot"));
}

static void
delete (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnapshotPage *self = SNAPSHOT_PAGE (widget);
  guint position = gtk_drop_down_get_selected (self->then_choice);

  if (position >= self->snapshots->len)
    return;
  g_ptr_array_remove_index (self->snapshots, position);
  position = MIN (position, MAX (self->snapshots->len, 1) - 1);
  fill_choices (self, position < self->snapshots->len ? self->snapshots->pdata[position] : NULL);
}

static void
rename_chosen (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnapshotPage *self = SNAPSHOT_PAGE (widget);
  graphene_rect_t bounds;

  if (chosen (self) == NULL)
    return;
  if (gtk_widget_compute_bounds (GTK_WIDGET (self->then_choice), widget, &bounds))
    gtk_popover_set_pointing_to (
      self->rename_popover,
      &(GdkRectangle){ (int) bounds.origin.x, (int) bounds.origin.y, (int) bounds.size.width,
                       (int) bounds.size.height });
  gtk_editable_set_text (self->name, chosen (self)->name);
  gtk_popover_popup (self->rename_popover);
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
}

static void
on_renamed (GtkEntry *entry, SnapshotPage *self)
{
  guint position = gtk_drop_down_get_selected (self->then_choice);
  Snapshot *renamed;

  gtk_popover_popdown (self->rename_popover);
  if (position >= self->snapshots->len)
    return;
  renamed = snapshot_rename (self->snapshots->pdata[position], gtk_editable_get_text (self->name));
  snapshot_unref (self->snapshots->pdata[position]);
  self->snapshots->pdata[position] = renamed;
  fill_choices (self, renamed);
}

static void
restore (SnapshotPage *self, const char *const *names)
{
  if (chosen (self) == NULL || self->list == NULL || self->session == NULL)
    return;
  gtk_window_present (GTK_WINDOW (snapshot_restore_dialog_new (
    window_of (self), self->session, attachment_of (self), chosen (self), names)));
}

static void
restore_all (GtkWidget *widget, const char *action, GVariant *parameter)
{
  restore (SNAPSHOT_PAGE (widget), NULL);
}

static void
restore_selected (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnapshotPage *self = SNAPSHOT_PAGE (widget);
  g_autoptr (GtkBitset) selected
    = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) list = NULL;

  for (guint i = 0; i < gtk_bitset_get_size (selected); i++)
    {
      g_autoptr (SnapshotItem) item = g_list_model_get_item (
        G_LIST_MODEL (self->differences), gtk_bitset_get_nth (selected, i));

      if (item != NULL && g_hash_table_add (seen, g_strdup (snapshot_item_get_entry (item))))
        g_strv_builder_add (names, snapshot_item_get_entry (item));
    }
  list = g_strv_builder_end (names);
  if (list[0] != NULL)
    restore (self, (const char *const *) list);
}

/* --------------------------------------------------------------------------- widget -- */

void
snapshot_page_set_session (SnapshotPage *self, Session *session)
{
  g_set_object (&self->session, session);
}

void
snapshot_page_set_list (SnapshotPage *self, EntryList *list)
{
  if (!g_set_object (&self->list, list))
    return;
  update_actions (self);
  compare (self);
}

static void
on_selection (GtkSelectionModel *model, guint position, guint n, SnapshotPage *self)
{
  update_actions (self);
}

static void
snapshot_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (snapshot_page_parent_class)->map (widget);
  compare (SNAPSHOT_PAGE (widget));
}

static void
snapshot_page_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&SNAPSHOT_PAGE (widget)->timer, g_source_remove);
  GTK_WIDGET_CLASS (snapshot_page_parent_class)->unmap (widget);
}

static void
snapshot_page_dispose (GObject *object)
{
  SnapshotPage *self = SNAPSHOT_PAGE (object);
  GtkWidget *child;

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->snapshots, g_ptr_array_unref);
  g_clear_object (&self->selection);
  g_clear_object (&self->differences);
  g_clear_object (&self->list);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (snapshot_page_parent_class)->dispose (object);
}

static void
snapshot_page_finalize (GObject *object)
{
  g_object_unref (SNAPSHOT_PAGE (object)->cancellable);
  G_OBJECT_CLASS (snapshot_page_parent_class)->finalize (object);
}

static void
snapshot_page_class_init (SnapshotPageClass *class)
{
  static const struct
  {
    const char *name;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "snapshot.take", take },
    { "snapshot.rename", rename_chosen },
    { "snapshot.save", save },
    { "snapshot.open", open_file },
    { "snapshot.delete", delete },
    { "snapshot.restore-all", restore_all },
    { "snapshot.restore-selected", restore_selected },
  };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = snapshot_page_dispose;
  G_OBJECT_CLASS (class)->finalize = snapshot_page_finalize;
  widget_class->map = snapshot_page_map;
  widget_class->unmap = snapshot_page_unmap;

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/snapshot-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SnapshotPage, then_choice);
  gtk_widget_class_bind_template_child (widget_class, SnapshotPage, now_choice);
  gtk_widget_class_bind_template_child (widget_class, SnapshotPage, tolerance);
  gtk_widget_class_bind_template_child (widget_class, SnapshotPage, name);
  gtk_widget_class_bind_template_child (widget_class, SnapshotPage, status);
  gtk_widget_class_bind_template_child (widget_class, SnapshotPage, message);
  gtk_widget_class_bind_template_child (widget_class, SnapshotPage, hint);
  gtk_widget_class_bind_template_child (widget_class, SnapshotPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SnapshotPage, view);
  gtk_widget_class_bind_template_child (widget_class, SnapshotPage, rename_popover);
  gtk_widget_class_bind_template_child (widget_class, SnapshotPage, more_button);
  gtk_widget_class_bind_template_callback (widget_class, on_choice);
  gtk_widget_class_bind_template_callback (widget_class, on_tolerance);
  gtk_widget_class_bind_template_callback (widget_class, on_renamed);
}

static void
snapshot_page_init (SnapshotPage *self)
{
  const char *const now[] = { C_ ("compare a snapshot with", "Now"), NULL };

  self->cancellable = g_cancellable_new ();
  self->snapshots = g_ptr_array_new_with_free_func ((GDestroyNotify) snapshot_unref);
  self->differences = snapshot_list_new ();
  self->selection = gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->differences)));
  self->is_filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->then_names = gtk_string_list_new (NULL);
  self->now_names = gtk_string_list_new (now);
  gtk_drop_down_set_model (self->then_choice, G_LIST_MODEL (self->then_names));
  gtk_drop_down_set_model (self->now_choice, G_LIST_MODEL (self->now_names));
  g_object_unref (self->then_names);
  g_object_unref (self->now_names);
  self->is_filling = FALSE;

  snapshot_columns_add (self->view);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (on_selection), self, 0);
  update_actions (self);
  compare (self);
}
