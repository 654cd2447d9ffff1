/* list-fill.c - fills a list with rows bit by bit, a few in each frame. */
#include "list-fill.h"

/* More than fit on most screens, in the first two frames. */
#define ROWS_A_FRAME 24
/* A list view has no more at a time: what is beyond costs nothing. */
#define ROWS_MAX 240

struct list_fill
{
  GtkWidget *widget;
  GtkSliceListModel *rows;
  guint tick;
};

ListFill *
list_fill_new (GtkWidget *widget, GListModel *model)
{
  ListFill *self = g_new0 (ListFill, 1);

  self->widget = widget;
  self->rows = gtk_slice_list_model_new (g_object_ref (model), 0, G_MAXUINT);
  return self;
}

void
list_fill_free (ListFill *self)
{
  if (self == NULL)
    return;
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (self->widget, self->tick);
  g_object_unref (self->rows);
  g_free (self);
}

GListModel *
list_fill_get_model (ListFill *self)
{
  return G_LIST_MODEL (self->rows);
}

static gboolean
fill (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  ListFill *self = user_data;
  guint size = gtk_slice_list_model_get_size (self->rows) + ROWS_A_FRAME;

  if (size < ROWS_MAX)
    {
      gtk_slice_list_model_set_size (self->rows, size);
      return G_SOURCE_CONTINUE;
    }
  self->tick = 0;
  gtk_slice_list_model_set_size (self->rows, G_MAXUINT);
  return G_SOURCE_REMOVE;
}

void
list_fill_restart (ListFill *self)
{
  gtk_slice_list_model_set_size (self->rows, 0);
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (self->widget, fill, self, NULL);
}

void
list_fill_finish (ListFill *self)
{
  if (self->tick == 0)
    return;
  gtk_widget_remove_tick_callback (self->widget, self->tick);
  self->tick = 0;
  gtk_slice_list_model_set_size (self->rows, G_MAXUINT);
}
