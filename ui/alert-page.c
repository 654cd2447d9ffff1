/* alert-page.c - all alerts. */
#include "alert-page.h"

#include "alert-dialog.h"
#include "alert-row.h"

struct _AlertPage
{
  GtkWidget parent_instance;

  GtkStack *pages;
  GtkListBox *list;

  AlertListModel *alerts;
};

G_DEFINE_FINAL_TYPE (AlertPage, alert_page, GTK_TYPE_WIDGET)

static guint open_signal;

static void
on_switched (AlertRowWidget *row, gboolean is_on, AlertPage *self)
{
  guint position = alert_list_model_find (self->alerts, alert_row_get_item (row));

  if (position != G_MAXUINT)
    alert_list_model_set_on (self->alerts, position, is_on);
}

static void
on_edit (AlertRowWidget *row, AlertPage *self)
{
  AlertItem *item = alert_row_get_item (row);

  if (alert_item_get_row (item) != NULL)
    gtk_window_present (GTK_WINDOW (alert_dialog_new_for_item (
      GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->alerts, item)));
}

static void
on_remove (AlertRowWidget *row, AlertPage *self)
{
  guint position = alert_list_model_find (self->alerts, alert_row_get_item (row));

  if (position != G_MAXUINT)
    alert_list_model_remove (self->alerts, position);
}

static void
on_activated (GtkListBox *list, GtkListBoxRow *row, AlertPage *self)
{
  g_signal_emit (self, open_signal, 0,
                 alert_row_get_item (ALERT_ROW (gtk_list_box_row_get_child (row))));
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = alert_row_new (item);

  g_signal_connect (row, "switched", G_CALLBACK (on_switched), user_data);
  g_signal_connect (row, "edit", G_CALLBACK (on_edit), user_data);
  g_signal_connect (row, "remove", G_CALLBACK (on_remove), user_data);
  return row;
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, AlertPage *self)
{
  gtk_stack_set_visible_child_name (self->pages,
                                    g_list_model_get_n_items (model) > 0 ? "alerts" : "none");
}

static void
alert_page_dispose (GObject *object)
{
  AlertPage *self = ALERT_PAGE (object);
  GtkWidget *child;

  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  self->list = NULL;
  if (self->alerts != NULL)
    g_signal_handlers_disconnect_by_data (self->alerts, self);
  g_clear_object (&self->alerts);
  G_OBJECT_CLASS (alert_page_parent_class)->dispose (object);
}

static void
alert_page_class_init (AlertPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = alert_page_dispose;
  open_signal = g_signal_new ("open", ALERT_TYPE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 1, ALERT_TYPE_ITEM);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/alert-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AlertPage, pages);
  gtk_widget_class_bind_template_child (widget_class, AlertPage, list);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
}

static void
alert_page_init (AlertPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
alert_page_new (AlertListModel *alerts)
{
  AlertPage *self = g_object_new (ALERT_TYPE_PAGE, NULL);

  self->alerts = g_object_ref (alerts);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (alerts), make_row, self, NULL);
  g_signal_connect (alerts, "items-changed", G_CALLBACK (on_items_changed), self);
  on_items_changed (G_LIST_MODEL (alerts), 0, 0, 0, self);
  return GTK_WIDGET (self);
}
