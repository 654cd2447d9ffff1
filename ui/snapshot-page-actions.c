/* snapshot-page-actions.c - what is done with the snapshot that is chosen. */
#include "snapshot-page-private.h"

#include <glib/gi18n.h>

#include "snapshot-file.h"
#include "snapshot-restore-dialog.h"

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
  if (action == GTK_FILE_CHOOSER_ACTION_SAVE && snapshot_page_chosen (self) != NULL)
    {
      g_autofree char *name = g_strconcat (snapshot_page_chosen (self)->name, SNAPSHOT_FILE_SUFFIX, NULL);

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
  snapshot_page_fill (self, position < self->snapshots->len ? self->snapshots->pdata[position] : NULL);
}

static void
rename_chosen (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnapshotPage *self = SNAPSHOT_PAGE (widget);
  graphene_rect_t bounds;

  if (snapshot_page_chosen (self) == NULL)
    return;
  if (gtk_widget_compute_bounds (GTK_WIDGET (self->then_choice), widget, &bounds))
    gtk_popover_set_pointing_to (
      self->rename_popover,
      &(GdkRectangle){ (int) bounds.origin.x, (int) bounds.origin.y, (int) bounds.size.width,
                       (int) bounds.size.height });
  gtk_editable_set_text (self->name, snapshot_page_chosen (self)->name);
  gtk_popover_popup (self->rename_popover);
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
}

void
snapshot_page_rename (GtkEntry *entry, SnapshotPage *self)
{
  guint position = gtk_drop_down_get_selected (self->then_choice);
  Snapshot *renamed;

  gtk_popover_popdown (self->rename_popover);
  if (position >= self->snapshots->len)
    return;
  renamed = snapshot_rename (self->snapshots->pdata[position], gtk_editable_get_text (self->name));
  snapshot_unref (self->snapshots->pdata[position]);
  self->snapshots->pdata[position] = renamed;
  snapshot_page_fill (self, renamed);
}

static void
restore (SnapshotPage *self, const char *const *names)
{
  if (snapshot_page_chosen (self) == NULL || self->list == NULL || self->session == NULL)
    return;
  gtk_window_present (GTK_WINDOW (snapshot_restore_dialog_new (
    window_of (self), self->session, snapshot_page_attachment (self), snapshot_page_chosen (self), names)));
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

void
snapshot_page_install_actions (GtkWidgetClass *class)
{
  static const struct
  {
    const char *name;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "snapshot.rename", rename_chosen },
    { "snapshot.save", save },
    { "snapshot.open", open_file },
    { "snapshot.delete", delete },
    { "snapshot.restore-all", restore_all },
    { "snapshot.restore-selected", restore_selected },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (class, actions[i].name, NULL, actions[i].activate);
}
