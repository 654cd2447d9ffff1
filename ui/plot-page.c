/* plot-page.c - plots of entries over time, with what is plotted beside them. */
#include "plot-page.h"

#include <glib/gi18n.h>

#include "attachment-recording.h"
#include "inscription.h"
#include "inspect-error.h"
#include "plot-page-private.h"
#include "plot-row.h"
#include "sentence.h"
#include "status-page.h"
#include "tab-focus.h"
#include "target.h"
#include "tooltip.h"

#define AT_ONCE_MAX 16                    /* of a slice */
#define VALUES_US (G_USEC_PER_SEC / 10)   /* how often the legend is brought up to date */
#define LEGEND_WIDTH 300                  /* unless people chose another */

G_DEFINE_FINAL_TYPE (PlotPage, plot_page, GTK_TYPE_WIDGET)

enum
{
  PROP_FOLLOWING = 1,
  PROP_LOGARITHMIC,
  PROP_PANES,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];
static guint failed_signal;
static const char *const panes_names[] = { "unit", "one", "each" };

/* Where there is little room, most of it is the plot's, unless people chose how it is shared. */
static void
on_room (GtkPaned *paned, GParamSpec *pspec, PlotPage *self)
{
  int lowest, highest, least, room, width;

  g_object_get (paned, "min-position", &lowest, "max-position", &highest, NULL);
  if (highest <= 0 || highest == G_MAXINT)
    return;
  gtk_widget_measure (gtk_paned_get_end_child (paned), GTK_ORIENTATION_HORIZONTAL, -1, &least,
                      NULL, NULL, NULL);
  room = highest + least;
  width = self->legend_chosen != 0 ? self->legend_chosen : MIN (room * 2 / 5, LEGEND_WIDTH);
  self->highest = highest;
  self->position = CLAMP (room - width, lowest, highest);
  gtk_paned_set_position (paned, self->position);
}

/* Only people move it while there is as much room as before. */
static void
on_position (GtkPaned *paned, GParamSpec *pspec, PlotPage *self)
{
  int position = gtk_paned_get_position (paned), highest, least;

  g_object_get (paned, "max-position", &highest, NULL);
  if (highest != self->highest || position == self->position)
    return;
  gtk_widget_measure (gtk_paned_get_end_child (paned), GTK_ORIENTATION_HORIZONTAL, -1, &least,
                      NULL, NULL, NULL);
  self->position = position;
  self->legend_chosen = highest + least - position;
}

static void
show_values (PlotPage *self)
{
  gint64 cursor = plot_view_get_cursor (self->view);
  GtkListBoxRow *row;

  self->shown_us = g_get_monotonic_time ();
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->legend, i)) != NULL; i++)
    plot_row_show (PLOT_ROW (gtk_list_box_row_get_child (row)), cursor);
}

static void
show_note (PlotPage *self)
{
  const char *said = plot_view_get_following (self->view)
                       ? ""
                       : _("The plot stands still; sampling goes on");
  const char *failure = NULL;
  gint64 first, last;

  if (!plot_view_get_time (self->view, &first, &last))
    return;
  for (guint i = 0; i < plot_list_length (self->plots); i++)
    {
      PlotSeries *series = plot_list_get (self->plots, i);

      if (plot_series_get_failure (series) != NULL)
        failure = plot_series_get_failure (series);
      if (plot_series_has_lost (series, first, last))
        said = _("Of the oldest values the extremes are left");
    }
  inscription_set_text (self->note, failure != NULL ? failure : said);
  tooltip_set_text (GTK_WIDGET (self->note), failure);
}

static void
on_failed (PlotList *plots, const char *sentence, PlotPage *self)
{
  show_note (self);
  g_signal_emit (self, failed_signal, 0, sentence);
}

static void
on_cursor_moved (PlotView *view, PlotPage *self)
{
  show_values (self);
}

static void
on_view_changed (PlotView *view, PlotPage *self)
{
  show_note (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOWING]);
}

static void
on_tick (Session *session, gint64 time_us, PlotPage *self)
{
  plot_view_refresh (self->view);
  if (gtk_widget_get_mapped (GTK_WIDGET (self->view))
      && g_get_monotonic_time () - self->shown_us >= VALUES_US)
    show_values (self);
}

static PlotSeries *
selected_series (PlotPage *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->legend);

  return row != NULL ? plot_row_get_series (PLOT_ROW (gtk_list_box_row_get_child (row))) : NULL;
}

static void
on_selected (GtkListBox *legend, PlotPage *self)
{
  plot_view_set_emphasized (self->view, selected_series (self));
}

static void
on_remove (PlotRow *row, PlotPage *self)
{
  plot_list_remove (self->plots, plot_row_get_series (row));
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = plot_row_new (item);

  g_signal_connect (row, "remove", G_CALLBACK (on_remove), user_data);
  return row;
}

static void
on_plots_changed (GListModel *model, guint position, guint removed, guint added, PlotPage *self)
{
  gboolean some = plot_list_length (self->plots) > 0;
  static const char *const needed[] = { "plot.range", "plot.save-picture", "plot.save-values",
                                        "plot.remove-all", "plot.show-all", "plot.automatic" };

  gtk_stack_set_visible_child_name (self->stack, some ? "plots" : "empty");
  gtk_widget_set_visible (self->tools, some);
  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), needed[i], some);
  show_note (self);
}

void
plot_page_set_session (PlotPage *self, Session *session)
{
  if (self->session == session)
    return;
  if (self->session != NULL)
    {
      g_clear_signal_handler (&self->tick_handler, self->session);
      plot_list_clear (self->plots);
    }
  g_set_object (&self->session, session);
  if (session != NULL)
    self->tick_handler = g_signal_connect (session, "tick", G_CALLBACK (on_tick), self);
}

void
plot_page_set_marks (PlotPage *self, MarkList *marks)
{
  plot_view_set_marks (self->view, marks);
}

/* What is plotted of a segment that is no longer what its name stands for goes on with the one
 * that is. */
static void
follow_segment (PlotPage *self, Attachment *attachment)
{
  g_autoptr (SegmentInfo) newer = attachment_get_info (attachment);

  for (guint i = 0; i < plot_list_length (self->plots); i++)
    {
      PlotSeries *series = plot_list_get (self->plots, i);
      Attachment *before = plot_series_get_attachment (series);
      g_autoptr (SegmentInfo) old = NULL;

      if (before == NULL || before == attachment)
        continue;
      old = attachment_get_info (before);
      if (g_str_equal (old->id, newer->id)
          && (old->state != SEGMENT_LIVE || old->inode != newer->inode
              || old->device != newer->device))
        plot_series_move (series, attachment);
    }
}

void
plot_page_set_list (PlotPage *self, EntryList *list)
{
  if (!g_set_object (&self->list, list) && list != NULL)
    return;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "plot.add", list != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->add_button), list != NULL);
  if (list != NULL)
    follow_segment (self, entry_list_get_attachment (list));
}

void
plot_page_set_recorded (PlotPage *self, Attachment *attachment, const char *path)
{
  g_clear_pointer (&self->recorded, attachment_unref);
  g_free (self->recorded_path);
  self->recorded = attachment != NULL ? attachment_ref (attachment) : NULL;
  self->recorded_path = g_strdup (path);
}

void
plot_page_set_item (PlotPage *self, EntryItem *item)
{
  g_set_object (&self->item, item);
}

PlotList *
plot_page_get_plots (PlotPage *self)
{
  return self->plots;
}

PlotView *
plot_page_get_view (PlotPage *self)
{
  return self->view;
}

/* All of a recording is shown at first, not its end alone. */
static void
on_loaded (PlotSeries *series, PlotPage *self)
{
  plot_view_show_all (self->view);
}

gboolean
plot_page_add_place (PlotPage *self, const struct plot_place *place)
{
  g_autoptr (PlotSeries) series = NULL;
  PlotSeries *old = plot_list_find (self->plots, place);

  if (self->session == NULL || !plot_place_is_number (place))
    return FALSE;
  if (old != NULL)
    {
      plot_series_set_visible (old, TRUE);
      return TRUE;
    }
  series = plot_series_new (self->session, place);
  if (attachment_is_recording (place->attachment))
    g_signal_connect_object (series, "loaded", G_CALLBACK (on_loaded), self, 0);
  else if (self->recorded == place->attachment)
    plot_series_load (series, self->recorded_path);
  return plot_list_add (self->plots, series);
}

static gboolean
add_target (PlotPage *self, Attachment *attachment, const char *text, const struct target *target,
            GError **error)
{
  struct plot_place place = { .attachment = attachment,
                              .entry = target->entry,
                              .field = target->field };
  guint64 n_elements = target->last - target->first;
  guint64 n_numbers = MAX (target->field_length, 1);

  if (n_elements == 0 || n_elements > AT_ONCE_MAX || n_numbers > AT_ONCE_MAX)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
                   _("“%s” is not one number, nor up to %d of them; name an element, such as %s[0]"),
                   text, AT_ONCE_MAX, target->entry->name);
      return FALSE;
    }
  for (place.element = target->first; place.element < target->last; place.element++)
    for (guint64 i = 0; i < n_numbers; i++)
      {
        place.field_index = target->field_index + i;
        if (!plot_place_is_number (&place))
          {
            g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
                         _("“%s” is a structure; name one of its fields, such as %s.%s"), text, text,
                         target->entry->n_fields > 0 ? target->entry->fields[0].name : "x");
            return FALSE;
          }
        if (!plot_page_add_place (self, &place))
          {
            g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
                         _("The plot is full with %d series; remove one of them first"),
                         PLOT_LIST_MAX);
            return FALSE;
          }
      }
  return TRUE;
}

gboolean
plot_page_add (PlotPage *self, const char *text, GError **error)
{
  Attachment *attachment;
  struct target target;
  gboolean added;

  if (self->list == NULL || self->session == NULL)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("No segment is open to plot from; open one first"));
      return FALSE;
    }
  attachment = entry_list_get_attachment (self->list);
  if (!target_parse (attachment, text, &target, error))
    return FALSE;
  added = add_target (self, attachment, text, &target, error);
  target_clear (&target);
  return added;
}

/* What would be plotted of an entry; newly allocated. */
static char *
suggestion (EntryItem *item)
{
  const EntryInfo *info = entry_item_get_info (item);
  g_autoptr (GString) text = g_string_new (info->name);

  for (guint i = 0; i < info->dimensions; i++)
    g_string_append (text, "[0]");
  if (info->type.kind == SHMLENS_KIND_STRUCT && info->n_fields > 0)
    g_string_append_printf (text, entry_info_is_list (info) ? "%s" : ".%s", info->fields[0].name);
  return g_strdup (text->str);
}

void
plot_page_ask (PlotPage *self, EntryItem *item)
{
  g_autofree char *text = item != NULL ? suggestion (item) : g_strdup ("");

  gtk_editable_set_text (GTK_EDITABLE (self->add_entry), text);
  gtk_widget_set_visible (GTK_WIDGET (self->add_error), FALSE);
  gtk_menu_button_popup (self->add_button);
  gtk_widget_grab_focus (GTK_WIDGET (self->add_entry));
}

void
plot_page_add_item (PlotPage *self, EntryItem *item)
{
  const EntryInfo *info = entry_item_get_info (item);
  const struct plot_place place = { .attachment = entry_item_get_attachment (item),
                                    .entry = entry_item_get_info (item),
                                    .field = -1 };

  if (info->dimensions > 0 || !plot_page_add_place (self, &place))
    plot_page_ask (self, item);
}

static void
on_add (GtkWidget *widget, PlotPage *self)
{
  g_autoptr (GError) error = NULL;

  if (plot_page_add (self, gtk_editable_get_text (GTK_EDITABLE (self->add_entry)), &error))
    {
      gtk_popover_popdown (self->add_popover);
      gtk_widget_grab_focus (GTK_WIDGET (self->view));
      return;
    }
  sentence_show (self->add_error, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->add_error), TRUE);
}

static void
plot_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PlotPage *self = PLOT_PAGE (object);

  switch (id)
    {
    case PROP_FOLLOWING:
      g_value_set_boolean (value, plot_view_get_following (self->view));
      break;
    case PROP_LOGARITHMIC:
      g_value_set_boolean (value, self->logarithmic);
      break;
    case PROP_PANES:
      g_value_set_string (value, panes_names[self->panes]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
plot_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PlotPage *self = PLOT_PAGE (object);

  switch (id)
    {
    case PROP_FOLLOWING:
      plot_view_set_following (self->view, g_value_get_boolean (value));
      break;
    case PROP_LOGARITHMIC:
      self->logarithmic = g_value_get_boolean (value);
      plot_view_set_logarithmic (self->view, self->logarithmic);
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_PANES:
      for (guint i = 0; i < G_N_ELEMENTS (panes_names); i++)
        if (g_strcmp0 (panes_names[i], g_value_get_string (value)) == 0)
          self->panes = i;
      plot_view_set_panes (self->view, self->panes);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static gboolean
plot_page_grab_focus (GtkWidget *widget)
{
  PlotPage *self = PLOT_PAGE (widget);

  return gtk_widget_grab_focus (plot_list_length (self->plots) > 0 ? GTK_WIDGET (self->view)
                                                                   : GTK_WIDGET (self->add_button));
}

static void
plot_page_dispose (GObject *object)
{
  PlotPage *self = PLOT_PAGE (object);
  GtkWidget *child;

  if (self->legend != NULL)
    gtk_list_box_bind_model (self->legend, NULL, NULL, NULL, NULL);
  if (self->plots != NULL)
    g_signal_handlers_disconnect_by_data (self->plots, self);
  if (self->view != NULL)
    {
      plot_view_set_list (self->view, NULL);
      plot_view_set_marks (self->view, NULL);
    }
  plot_page_set_session (self, NULL);
  plot_page_set_recorded (self, NULL, NULL);
  g_clear_object (&self->plots);
  g_clear_object (&self->list);
  g_clear_object (&self->item);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  self->legend = NULL;
  self->view = NULL;
  G_OBJECT_CLASS (plot_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, PlotPage, add_button);
  gtk_widget_class_bind_template_child (class, PlotPage, add_popover);
  gtk_widget_class_bind_template_child (class, PlotPage, add_entry);
  gtk_widget_class_bind_template_child (class, PlotPage, add_error);
  gtk_widget_class_bind_template_child (class, PlotPage, tools);
  gtk_widget_class_bind_template_child (class, PlotPage, note);
  gtk_widget_class_bind_template_child (class, PlotPage, menu);
  gtk_widget_class_bind_template_child (class, PlotPage, stack);
  gtk_widget_class_bind_template_child (class, PlotPage, empty);
  gtk_widget_class_bind_template_child (class, PlotPage, view);
  gtk_widget_class_bind_template_child (class, PlotPage, legend);
  gtk_widget_class_bind_template_child (class, PlotPage, range_popover);
  gtk_widget_class_bind_template_child (class, PlotPage, range_minimum);
  gtk_widget_class_bind_template_child (class, PlotPage, range_maximum);
  gtk_widget_class_bind_template_child (class, PlotPage, range_error);
  gtk_widget_class_bind_template_callback (class, on_room);
  gtk_widget_class_bind_template_callback (class, on_position);
  gtk_widget_class_bind_template_callback (class, on_add);
  gtk_widget_class_bind_template_callback (class, on_cursor_moved);
  gtk_widget_class_bind_template_callback (class, on_view_changed);
  gtk_widget_class_bind_template_callback (class, on_selected);
  gtk_widget_class_bind_template_callback_full (class, "on_range",
                                                G_CALLBACK (plot_page_take_range));
}

static void
plot_page_class_init (PlotPageClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = plot_page_get_property;
  object_class->set_property = plot_page_set_property;
  object_class->dispose = plot_page_dispose;
  widget_class->focus = tab_focus_children;
  widget_class->grab_focus = plot_page_grab_focus;
  properties[PROP_FOLLOWING] = g_param_spec_boolean ("following", NULL, NULL, TRUE, flags);
  properties[PROP_LOGARITHMIC] = g_param_spec_boolean ("logarithmic", NULL, NULL, FALSE, flags);
  properties[PROP_PANES] = g_param_spec_string ("panes", NULL, NULL, "unit", flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  failed_signal = g_signal_new ("failed", PLOT_TYPE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (PLOT_TYPE_VIEW);
  g_type_ensure (STATUS_TYPE_PAGE);
  gtk_widget_class_set_css_name (widget_class, "plotpage");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/plot-page.ui");
  bind_children (widget_class);
  plot_page_install_actions (widget_class);
}

static void
plot_page_init (PlotPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->plots = plot_list_new ();
  status_page_set (self->empty, NULL, _("Nothing Is Plotted"),
                   _("Select an entry and press Ctrl+Shift+P, choose Plot in its menu, or add an "
                     "element or a field by its name."),
                   _("_Add…"), "plot.add");
  plot_view_set_list (self->view, self->plots);
  gtk_list_box_bind_model (self->legend, G_LIST_MODEL (self->plots), make_row, self, NULL);
  g_signal_connect (self->plots, "items-changed", G_CALLBACK (on_plots_changed), self);
  g_signal_connect (self->plots, "failed", G_CALLBACK (on_failed), self);
  on_plots_changed (NULL, 0, 0, 0, self);
  plot_page_set_list (self, NULL);
}

GtkWidget *
plot_page_new (void)
{
  return g_object_new (PLOT_TYPE_PAGE, NULL);
}
