/* plot-page-actions.c - what can be done with plots: by buttons, menu and keys alike. */
#include <glib/gi18n.h>
#include <string.h>

#include "plot-export.h"
#include "plot-page-private.h"
#include "plot-row.h"

static void
move (GtkWidget *widget, const char *action, GVariant *parameter)
{
  static const struct
  {
    const char *action;
    void (*run) (PlotView *view, double amount);
  } moves[] = {
    { "plot.zoom", plot_view_zoom },
    { "plot.zoom-values", plot_view_zoom_values },
    { "plot.pan", plot_view_pan },
    { "plot.pan-values", plot_view_pan_values },
  };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    if (g_str_equal (action, moves[i].action))
      moves[i].run (PLOT_PAGE (widget)->view, g_variant_get_double (parameter));
}

static void
move_cursor (GtkWidget *widget, const char *action, GVariant *parameter)
{
  plot_view_move_cursor (PLOT_PAGE (widget)->view, (int) g_variant_get_double (parameter));
}

static void
show_all (GtkWidget *widget, const char *action, GVariant *parameter)
{
  plot_view_show_all (PLOT_PAGE (widget)->view);
}

static void
make_automatic (GtkWidget *widget, const char *action, GVariant *parameter)
{
  plot_view_set_automatic (PLOT_PAGE (widget)->view);
}

static void
take_cursor_off (GtkWidget *widget, const char *action, GVariant *parameter)
{
  plot_view_set_cursor (PLOT_PAGE (widget)->view, PLOT_NO_TIME);
}

static void
add (GtkWidget *widget, const char *action, GVariant *parameter)
{
  plot_page_ask (PLOT_PAGE (widget), PLOT_PAGE (widget)->item);
}

static void
remove_selected (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlotPage *self = PLOT_PAGE (widget);
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->legend);

  if (row != NULL)
    plot_list_remove (self->plots,
                      plot_row_get_series (PLOT_ROW (gtk_list_box_row_get_child (row))));
}

static void
remove_all (GtkWidget *widget, const char *action, GVariant *parameter)
{
  plot_list_clear (PLOT_PAGE (widget)->plots);
}

static void
ask_range (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlotPage *self = PLOT_PAGE (widget);
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  GdkRectangle place = { 0 };
  double minimum, maximum;

  if (!plot_view_get_range (self->view, &minimum, &maximum))
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->range_minimum),
                         g_ascii_formatd (text, sizeof text, "%.6g", minimum));
  gtk_editable_set_text (GTK_EDITABLE (self->range_maximum),
                         g_ascii_formatd (text, sizeof text, "%.6g", maximum));
  gtk_widget_set_visible (GTK_WIDGET (self->range_error), FALSE);
  place.x = gtk_widget_get_width (widget) / 2;
  place.y = 40;
  place.width = place.height = 1;
  gtk_popover_set_pointing_to (self->range_popover, &place);
  gtk_popover_popup (self->range_popover);
  gtk_widget_grab_focus (GTK_WIDGET (self->range_minimum));
}

static gboolean
read_number (GtkEntry *entry, double *ret_number)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
  char *end;

  *ret_number = g_ascii_strtod (text, &end);
  return end != text && *end == '\0';
}

void
plot_page_take_range (GtkWidget *widget, PlotPage *self)
{
  double minimum, maximum;

  if (read_number (self->range_minimum, &minimum) && read_number (self->range_maximum, &maximum)
      && plot_view_set_range (self->view, minimum, maximum))
    {
      gtk_popover_popdown (self->range_popover);
      return;
    }
  gtk_label_set_text (self->range_error,
                      self->logarithmic
                        ? _("Two numbers are needed, both above 0 and the least one first.")
                        : _("Two numbers are needed, the least one first."));
  gtk_widget_set_visible (GTK_WIDGET (self->range_error), TRUE);
}

static void
show_error (PlotPage *self, const GError *error)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog = gtk_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                              GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                                              GTK_MESSAGE_ERROR, GTK_BUTTONS_CLOSE, "%s",
                                              _("The plot was not saved"));

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s", error->message);
  g_signal_connect (dialog, "response", G_CALLBACK (gtk_window_destroy), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_values_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlotPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!plot_export_values_finish (result, &error))
    show_error (self, error);
}

static void
on_file_chosen (GtkNativeDialog *dialog, int response, PlotPage *self)
{
  g_autoptr (GError) error = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      if (g_object_get_data (G_OBJECT (dialog), "values") != NULL)
        plot_export_values (self->plots, file, on_values_saved, g_object_ref (self));
      else if (!plot_export_picture (self->view, file, &error))
        show_error (self, error);
    }
  g_object_unref (dialog);
}

static void
save (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlotPage *self = PLOT_PAGE (widget);
  gboolean values = strcmp (action, "plot.save-values") == 0;
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkFileChooserNative *dialog
    = gtk_file_chooser_native_new (values ? _("Save Values") : _("Save Picture"),
                                   GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                   GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), values ? "plot.csv" : "plot.svg");
  g_object_set_data (G_OBJECT (dialog), "values", GINT_TO_POINTER (values));
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_chosen), self, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
plot_page_install_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "plot.zoom", "d", move);
  gtk_widget_class_install_action (class, "plot.zoom-values", "d", move);
  gtk_widget_class_install_action (class, "plot.pan", "d", move);
  gtk_widget_class_install_action (class, "plot.pan-values", "d", move);
  gtk_widget_class_install_action (class, "plot.move-cursor", "d", move_cursor);
  gtk_widget_class_install_action (class, "plot.show-all", NULL, show_all);
  gtk_widget_class_install_action (class, "plot.automatic", NULL, make_automatic);
  gtk_widget_class_install_action (class, "plot.cursor-off", NULL, take_cursor_off);
  gtk_widget_class_install_action (class, "plot.add", NULL, add);
  gtk_widget_class_install_action (class, "plot.remove", NULL, remove_selected);
  gtk_widget_class_install_action (class, "plot.remove-all", NULL, remove_all);
  gtk_widget_class_install_action (class, "plot.range", NULL, ask_range);
  gtk_widget_class_install_action (class, "plot.save-picture", NULL, save);
  gtk_widget_class_install_action (class, "plot.save-values", NULL, save);
  gtk_widget_class_install_property_action (class, "plot.following", "following");
  gtk_widget_class_install_property_action (class, "plot.logarithmic", "logarithmic");
  gtk_widget_class_install_property_action (class, "plot.panes", "panes");
  gtk_widget_class_add_binding_action (class, GDK_KEY_Delete, 0, "plot.remove", NULL);
}
