/* list-fill.c - brings the rows of a list, and takes them away, a few in each frame. */
#include "list-fill.h"

/* More than fit on most screens, in the first two frames. */
#define ROWS_A_FRAME 24
/* To take one away costs half of making it. */
#define ROWS_TAKEN_A_FRAME (2 * ROWS_A_FRAME)
/* A list view has no more at a time: what is beyond costs nothing. */
#define ROWS_MAX 240

struct _ListFill
{
  GObject parent_instance;

  GtkWidget *widget;
  GListModel *source;
  gulong items_handler;
  guint size;             /* of the source's rows, that may be there */
  GPtrArray *held;        /* what is there instead */
  ListFillReady ready;
  gpointer user_data;
  gboolean is_leaving;    /* what is held is taken away, bit by bit */
  gulong unmap_handler;
  guint tick;
};

static guint
n_of_source (ListFill *self)
{
  return self->source != NULL ? g_list_model_get_n_items (self->source) : 0;
}

static GType
list_fill_get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
list_fill_get_n_items (GListModel *model)
{
  ListFill *self = LIST_FILL (model);

  return self->held != NULL ? self->held->len : MIN (self->size, n_of_source (self));
}

static gpointer
list_fill_get_item (GListModel *model, guint position)
{
  ListFill *self = LIST_FILL (model);

  if (position >= list_fill_get_n_items (model))
    return NULL;
  return self->held != NULL ? g_object_ref (self->held->pdata[position])
                               : g_list_model_get_item (self->source, position);
}

static void
list_fill_model_init (GListModelInterface *interface)
{
  interface->get_item_type = list_fill_get_item_type;
  interface->get_n_items = list_fill_get_n_items;
  interface->get_item = list_fill_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (ListFill, list_fill, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_fill_model_init))

static void
on_items_changed (GListModel *source, guint position, guint removed, guint added, ListFill *self)
{
  guint n = g_list_model_get_n_items (source), n_before = n + removed - added;
  guint shown = MIN (self->size, n), shown_before = MIN (self->size, n_before);

  if (self->held != NULL || position >= self->size)
    return;
  /* Rows are pushed over the end of those that may be there, or come in from beyond it. */
  if (removed != added && (n > self->size || n_before > self->size))
    g_list_model_items_changed (G_LIST_MODEL (self), position, shown_before - position,
                                shown - position);
  else
    g_list_model_items_changed (G_LIST_MODEL (self), position,
                                MIN (removed, shown_before - position),
                                MIN (added, shown - position));
}

static void
set_size (ListFill *self, guint size)
{
  guint before = list_fill_get_n_items (G_LIST_MODEL (self)), after;

  self->size = size;
  after = list_fill_get_n_items (G_LIST_MODEL (self));
  if (after > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, after - before);
  else if (after < before)
    g_list_model_items_changed (G_LIST_MODEL (self), after, before - after, 0);
}

/* What is there is of the source again. */
static void
be_ready (ListFill *self)
{
  if (self->ready != NULL)
    self->ready (self, self->user_data);
}

/* The last of what is held. */
static void
take (ListFill *self, guint n)
{
  guint start = self->held->len - n;

  g_ptr_array_remove_range (self->held, start, n);
  g_list_model_items_changed (G_LIST_MODEL (self), start, n, 0);
}

static void
end_leaving (ListFill *self)
{
  if (self->held->len > 0)
    take (self, self->held->len);
  g_clear_pointer (&self->held, g_ptr_array_unref);
  self->is_leaving = FALSE;
  set_size (self, ROWS_A_FRAME);
  be_ready (self);
}

static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  ListFill *self = user_data;

  if (self->is_leaving && self->held->len > ROWS_MAX)
    take (self, self->held->len - ROWS_MAX + ROWS_TAKEN_A_FRAME);
  else if (self->is_leaving && self->held->len > ROWS_TAKEN_A_FRAME)
    take (self, ROWS_TAKEN_A_FRAME);
  else if (self->is_leaving)
    end_leaving (self);
  else if (self->size + ROWS_A_FRAME < ROWS_MAX)
    set_size (self, self->size + ROWS_A_FRAME);
  else
    {
      self->tick = 0;
      set_size (self, G_MAXUINT);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

/* What nobody sees need not wait for frames, which may not come. */
static void
on_unmap (GtkWidget *widget, ListFill *self)
{
  if (self->is_leaving)
    end_leaving (self);
}

void
list_fill_hold (ListFill *self)
{
  guint n = list_fill_get_n_items (G_LIST_MODEL (self));

  if (self->held != NULL)
    return;
  self->held = g_ptr_array_new_full (n, g_object_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->held, g_list_model_get_item (self->source, i));
}

void
list_fill_restart (ListFill *self)
{
  list_fill_hold (self);
  self->is_leaving = TRUE;
  self->size = 0;
  if (!gtk_widget_get_mapped (self->widget) || self->held->len <= ROWS_TAKEN_A_FRAME)
    end_leaving (self);
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (self->widget, on_frame, self, NULL);
}

void
list_fill_release (ListFill *self)
{
  g_autoptr (GPtrArray) held = g_steal_pointer (&self->held);

  g_return_if_fail (held != NULL && !self->is_leaving);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, held->len,
                              list_fill_get_n_items (G_LIST_MODEL (self)));
  be_ready (self);
}

gboolean
list_fill_is_held (ListFill *self)
{
  return self->held != NULL;
}

void
list_fill_reach (ListFill *self, guint n)
{
  g_return_if_fail (self->held == NULL);
  set_size (self, MAX (self->size, n));
}

static void
set_source (ListFill *self, GListModel *source)
{
  if (self->source != NULL)
    g_clear_signal_handler (&self->items_handler, self->source);
  g_set_object (&self->source, source);
  if (source != NULL)
    self->items_handler
      = g_signal_connect (source, "items-changed", G_CALLBACK (on_items_changed), self);
}

void
list_fill_set_source (ListFill *self, GListModel *source)
{
  list_fill_hold (self);
  set_source (self, source);
  list_fill_restart (self);
}

GListModel *
list_fill_get_source (ListFill *self)
{
  return self->source;
}

static void
list_fill_dispose (GObject *object)
{
  ListFill *self = LIST_FILL (object);

  if (self->tick != 0)
    gtk_widget_remove_tick_callback (self->widget, self->tick);
  self->tick = 0;
  g_clear_signal_handler (&self->unmap_handler, self->widget);
  g_clear_pointer (&self->held, g_ptr_array_unref);
  set_source (self, NULL);
  G_OBJECT_CLASS (list_fill_parent_class)->dispose (object);
}

static void
list_fill_class_init (ListFillClass *class)
{
  G_OBJECT_CLASS (class)->dispose = list_fill_dispose;
}

static void
list_fill_init (ListFill *self)
{
  self->size = G_MAXUINT;
}

ListFill *
list_fill_new (GtkWidget *widget, GListModel *source, ListFillReady ready, gpointer user_data)
{
  ListFill *self = g_object_new (LIST_TYPE_FILL, NULL);

  self->widget = widget;
  self->ready = ready;
  self->user_data = user_data;
  self->unmap_handler = g_signal_connect (widget, "unmap", G_CALLBACK (on_unmap), self);
  set_source (self, source);
  return self;
}
