/* snapshot-page.c - snapshots of the segment that is open. */
#include "snapshot-page-private.h"

#include <glib/gi18n.h>

#include "drop-down.h"
#include "input-error.h"
#include "sentence.h"
#include "snapshot-columns.h"
#include "snapshot-task.h"
#include "tab-focus.h"
#include "wrap-box.h"

/* How often the segment is compared at most, and how large a part of the time that may take. */
#define COMPARE_INTERVAL_MS 1000
#define COMPARE_PART 20
/* Names are cut to this in the choices. */
#define NAME_CHARACTERS 28

G_DEFINE_FINAL_TYPE (SnapshotPage, snapshot_page, GTK_TYPE_WIDGET)

static void compare (SnapshotPage *self);

static void
say (SnapshotPage *self, const char *text)
{
  sentence_show (self->message, text);
  gtk_widget_set_visible (GTK_WIDGET (self->message), text != NULL);
}

Snapshot *
snapshot_page_chosen (SnapshotPage *self)
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

Attachment *
snapshot_page_attachment (SnapshotPage *self)
{
  return self->list != NULL ? entry_list_get_attachment (self->list) : NULL;
}

static void
update_actions (SnapshotPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean has = snapshot_page_chosen (self) != NULL, open = self->list != NULL;
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
void
snapshot_page_fill (SnapshotPage *self, Snapshot *choice)
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
  snapshot_page_fill (self, snapshot);
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

  gboolean is_right = read_tolerance (self, &tolerance);

  input_error_mark (GTK_WIDGET (editable), !is_right);
  if (is_right)
    compare (self);
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
  struct snapshot_task_sides sides = { .a = snapshot_page_chosen (self), .b = compared_with (self) };

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
  sides.attachment = sides.b == NULL ? snapshot_page_attachment (self) : NULL;
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
  snapshot_task_take (self, snapshot_page_attachment (self), name, self->cancellable, on_snapshot);
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
  Snapshot *snapshot = snapshot_page_chosen (self);

  say (self, NULL);
  if (snapshot != NULL)
    snapshot_task_save (self, snapshot, path, on_saved);
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
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = snapshot_page_dispose;
  G_OBJECT_CLASS (class)->finalize = snapshot_page_finalize;
  widget_class->map = snapshot_page_map;
  widget_class->unmap = snapshot_page_unmap;

  gtk_widget_class_install_action (widget_class, "snapshot.take", NULL, take);
  snapshot_page_install_actions (widget_class);
  g_type_ensure (WRAP_TYPE_BOX);
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
  gtk_widget_class_bind_template_callback_full (widget_class, "on_renamed",
                                                G_CALLBACK (snapshot_page_rename));
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
  tab_focus_leave_list (GTK_WIDGET (self->view));
  self->then_names = gtk_string_list_new (NULL);
  self->now_names = gtk_string_list_new (now);
  gtk_drop_down_set_model (self->then_choice, G_LIST_MODEL (self->then_names));
  gtk_drop_down_set_model (self->now_choice, G_LIST_MODEL (self->now_names));
  drop_down_set_name (self->then_choice, _("Snapshot"));
  drop_down_set_name (self->now_choice, _("Compared with"));
  g_object_unref (self->then_names);
  g_object_unref (self->now_names);
  self->is_filling = FALSE;

  snapshot_columns_add (self->view);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (on_selection), self, 0);
  update_actions (self);
  compare (self);
}
