/* array-find-bar.c - looks for elements of an array. */
#include "array-find-bar.h"

#include <glib/gi18n.h>

#include "array-find.h"
#include "input-error.h"
#include "inscription.h"
#include "inspect-error.h"

/* How often it is told how far a search is. */
#define PROGRESS_MS 200

struct _ArrayFindBar
{
  GtkWidget parent_instance;

  GtkEntry *entry;
  GtkButton *previous, *next, *remember, *close;
  GtkInscription *result;

  ArrayGrid *grid;
  EntryItem *item;
  guint progress;          /* a timeout, while a search goes on */

  /* The thread's while there is a task. */
  ArrayTask *task;
  ArrayReader *reader;
  ArrayQuery query;
  guint64 from;
  gboolean backwards, remembers;
  GBytes *copy;            /* of the field copy_field */
  int field, copy_field;
  struct array_found found;
  GError *error;
};

G_DEFINE_FINAL_TYPE (ArrayFindBar, array_find_bar, GTK_TYPE_WIDGET)

static void
say (ArrayFindBar *self, const char *text, gboolean is_error)
{
  inscription_set_text (self->result, text);
  input_error_mark (GTK_WIDGET (self->entry), is_error);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->result), text);
  if (text != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry),
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
stop (ArrayFindBar *self)
{
  g_clear_handle_id (&self->progress, g_source_remove);
  g_clear_pointer (&self->task, array_task_free);
  g_clear_pointer (&self->reader, array_reader_free);
  g_clear_error (&self->error);
}

static gboolean
tell_progress (gpointer user_data)
{
  ArrayFindBar *self = user_data;
  g_autofree char *text
    = g_strdup_printf (_("%.0f %% looked through…"), 100 * array_task_get_progress (self->task));

  say (self, text, FALSE);
  return G_SOURCE_CONTINUE;
}

static void
show_found (ArrayFindBar *self)
{
  g_autofree char *where = NULL, *text = NULL;

  if (self->remembers)
    {
      say (self, _("Remembered; “changed” finds what is other than now"), FALSE);
      return;
    }
  if (!self->found.found)
    {
      say (self, _("There is none"), TRUE);
      return;
    }
  array_grid_go_to (self->grid, self->found.number, self->field);
  where = entry_info_place_text (entry_item_get_info (self->item), self->found.number);
  text = !self->found.wrapped ? g_strdup (where)
         : self->backwards    ? g_strdup_printf (_("%s, from the end again"), where)
                              : g_strdup_printf (_("%s, from the beginning again"), where);
  say (self, text, FALSE);
}

static void
note_done (ArrayTask *task, gpointer data)
{
  ArrayFindBar *self = data;
  g_autoptr (GError) error = g_steal_pointer (&self->error);

  stop (self);
  if (error == NULL)
    show_found (self);
  else
    say (self, error->message, TRUE);
}

static void
run (ArrayTask *task, gpointer data)
{
  ArrayFindBar *self = data;

  if (self->remembers)
    {
      g_clear_pointer (&self->copy, g_bytes_unref);
      self->copy = array_find_copy (self->reader, task, &self->error);
      self->copy_field = self->field;
    }
  else
    array_find (self->reader, &self->query, self->copy, self->from, self->backwards, task,
                &self->found, &self->error);
}

/* A reader of all elements, for a search or a copy. */
static gboolean
prepare (ArrayFindBar *self, GError **error)
{
  EntryInfo *info = entry_item_get_info (self->item);
  ArrayBlock all = array_block_range (0, info->length);

  stop (self);
  self->from = 0;
  self->field = -1;
  array_grid_get_cursor (self->grid, &self->from, &self->field);
  self->reader
    = array_reader_new (entry_item_get_attachment (self->item), info, self->field, &all, error);
  return self->reader != NULL;
}

static void
start (ArrayFindBar *self)
{
  self->progress = g_timeout_add (PROGRESS_MS, tell_progress, self);
  self->task = array_task_new (run, note_done, self);
}

static gboolean
read_query_in (ArrayFindBar *self, const Display *display, const char *text, GError **error)
{
  guint bits;

  display_set_type (entry_item_get_info (self->item), self->field, &bits);
  return array_query_parse (array_reader_get_type (self->reader), display, bits, text,
                            &self->query, error);
}

/* In the form in which the elements are shown; else by the names that the program gives them; else
 * as their type has it. */
static gboolean
read_query (ArrayFindBar *self, const char *text, GError **error)
{
  const DisplaySet *displays = entry_item_get_displays (self->item);
  g_autoptr (Display) names
    = display_set_own_labels (entry_item_get_info (self->item), self->field);
  GError *refused = NULL;

  if (read_query_in (self,
                     display_set_has_form (displays, self->field)
                       ? display_set_get (displays, self->field)
                       : names,
                     text, &refused))
    return TRUE;
  if ((names != NULL && read_query_in (self, names, text, NULL))
      || read_query_in (self, NULL, text, NULL))
    {
      g_error_free (refused);
      return TRUE;
    }
  g_propagate_error (error, refused);
  return FALSE;
}

void
array_find_bar_go (ArrayFindBar *self, gboolean backwards)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autoptr (GError) error = NULL;

  if (self->item == NULL || text[0] == '\0')
    return;
  if (!prepare (self, &error) || !read_query (self, text, &error))
    {
      say (self, error->message, TRUE);
      return;
    }
  if (self->query.kind == ARRAY_QUERY_CHANGED
      && (self->copy == NULL || self->copy_field != self->field))
    {
      say (self, _("Nothing was remembered to compare with; press Remember first"), TRUE);
      return;
    }
  self->backwards = backwards;
  self->remembers = FALSE;
  start (self);
}

static void
on_remember (GtkButton *button, ArrayFindBar *self)
{
  g_autoptr (GError) error = NULL;

  if (self->item == NULL)
    return;
  self->remembers = TRUE;
  if (prepare (self, &error))
    start (self);
  else
    say (self, error->message, TRUE);
}

static void
on_next (GtkButton *button, ArrayFindBar *self)
{
  array_find_bar_go (self, FALSE);
}

static void
on_previous (GtkButton *button, ArrayFindBar *self)
{
  array_find_bar_go (self, TRUE);
}

static void
on_activate (GtkEntry *entry, ArrayFindBar *self)
{
  array_find_bar_go (self, FALSE);
}

static void
on_changed (GtkEditable *editable, ArrayFindBar *self)
{
  stop (self);
  say (self, NULL, FALSE);
}

static void
on_close (GtkButton *button, ArrayFindBar *self)
{
  stop (self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->grid));
}

static gboolean
close_by_key (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  on_close (NULL, ARRAY_FIND_BAR (widget));
  return TRUE;
}

void
array_find_bar_set_grid (ArrayFindBar *self, ArrayGrid *grid)
{
  self->grid = grid;
}

void
array_find_bar_set_item (ArrayFindBar *self, EntryItem *item)
{
  stop (self);
  g_clear_pointer (&self->copy, g_bytes_unref);
  g_set_object (&self->item, item);
  say (self, NULL, FALSE);
}

void
array_find_bar_open (ArrayFindBar *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
array_find_bar_dispose (GObject *object)
{
  ArrayFindBar *self = ARRAY_FIND_BAR (object);
  GtkWidget *child;

  stop (self);
  g_clear_pointer (&self->copy, g_bytes_unref);
  g_clear_object (&self->item);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (array_find_bar_parent_class)->dispose (object);
}

static void
array_find_bar_class_init (ArrayFindBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = array_find_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/array-find-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, ArrayFindBar, entry);
  gtk_widget_class_bind_template_child (widget_class, ArrayFindBar, previous);
  gtk_widget_class_bind_template_child (widget_class, ArrayFindBar, next);
  gtk_widget_class_bind_template_child (widget_class, ArrayFindBar, remember);
  gtk_widget_class_bind_template_child (widget_class, ArrayFindBar, result);
  gtk_widget_class_bind_template_child (widget_class, ArrayFindBar, close);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, on_remember);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, close_by_key, NULL);
}

static void
array_find_bar_init (ArrayFindBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
