/* list-fill.c - fills a list with rows bit by bit, a few in each frame. */
#include "list-fill.h"

/* More than fit on most screens, in the first two frames. */
#define ROWS_A_FRAME 24
/* To take one away costs half of making it. */
#define ROWS_TAKEN_A_FRAME (2 * ROWS_A_FRAME)
/* A list view has no more at a time: what is beyond costs nothing. */
#define ROWS_MAX 240

struct list_fill
{
  GtkWidget *widget;
  GtkSliceListModel *rows;
  GListModel *next;         /* what takes the place of the rows that are taken away */
  gboolean is_emptying;
  guint tick;
};

static void
exchange (ListFill *self)
{
  self->is_emptying = FALSE;
  gtk_slice_list_model_set_size (self->rows, 0);
  gtk_slice_list_model_set_model (self->rows, self->next);
  g_clear_object (&self->next);
}

/* What nobody sees any more need not wait for frames, which do not come. */
static void
on_unmap (GtkWidget *widget, ListFill *self)
{
  if (self->is_emptying)
    exchange (self);
}

ListFill *
list_fill_new (GtkWidget *widget, GListModel *model)
{
  ListFill *self = g_new0 (ListFill, 1);

  self->widget = widget;
  self->rows
    = gtk_slice_list_model_new (model != NULL ? g_object_ref (model) : NULL, 0, G_MAXUINT);
  g_signal_connect (widget, "unmap", G_CALLBACK (on_unmap), self);
  return self;
}

void
list_fill_free (ListFill *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->widget, self);
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (self->widget, self->tick);
  g_clear_object (&self->next);
  g_object_unref (self->rows);
  g_free (self);
}

GListModel *
list_fill_get_model (ListFill *self)
{
  return G_LIST_MODEL (self->rows);
}

GListModel *
list_fill_get_source (ListFill *self)
{
  return gtk_slice_list_model_get_model (self->rows);
}

static void
empty (ListFill *self)
{
  guint n = MIN (g_list_model_get_n_items (G_LIST_MODEL (self->rows)), ROWS_MAX);

  if (n > ROWS_TAKEN_A_FRAME)
    gtk_slice_list_model_set_size (self->rows, n - ROWS_TAKEN_A_FRAME);
  else
    exchange (self);
}

static gboolean
fill (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  ListFill *self = user_data;
  guint size = gtk_slice_list_model_get_size (self->rows) + ROWS_A_FRAME;

  if (self->is_emptying)
    {
      empty (self);
      return G_SOURCE_CONTINUE;
    }
  if (size < ROWS_MAX)
    {
      gtk_slice_list_model_set_size (self->rows, size);
      return G_SOURCE_CONTINUE;
    }
  self->tick = 0;
  gtk_slice_list_model_set_size (self->rows, G_MAXUINT);
  return G_SOURCE_REMOVE;
}

static void
start (ListFill *self)
{
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (self->widget, fill, self, NULL);
}

void
list_fill_restart (ListFill *self)
{
  gtk_slice_list_model_set_size (self->rows, 0);
  start (self);
}

void
list_fill_reach (ListFill *self, guint n)
{
  guint size = gtk_slice_list_model_get_size (self->rows);

  gtk_slice_list_model_set_size (self->rows, MAX (size, MAX (n, ROWS_A_FRAME)));
}

void
list_fill_set_model (ListFill *self, GListModel *model)
{
  g_set_object (&self->next, model);
  self->is_emptying = TRUE;
  if (!gtk_widget_get_mapped (self->widget))
    exchange (self);
  start (self);
}
