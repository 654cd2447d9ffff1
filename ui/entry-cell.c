/* entry-cell.c - base of the table's cells.
 *
 * A column view makes some 200 rows whatever is visible; those that are not are
 * unmapped. So a cell is empty until it is mapped for the first time, and listens, and
 * has its entry sampled, only while it is mapped. */
#include "entry-cell.h"

typedef struct
{
  EntryItem *item;
  gulong handler;   /* while mapped with an item */
  guint listening;  /* a tick callback: mapped, and about to listen */
  gboolean is_made; /* it has its parts */
} EntryCellPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (EntryCell, entry_cell, GTK_TYPE_WIDGET)

static void
on_notify (GObject *item, GParamSpec *pspec, EntryCell *self)
{
  ENTRY_CELL_GET_CLASS (self)->update (self, ENTRY_ITEM (item), pspec->name);
}

static void
listen (EntryCell *self)
{
  EntryCellPrivate *private = entry_cell_get_instance_private (self);

  if (private->item == NULL || private->handler != 0 || private->listening != 0
      || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  entry_item_hold (private->item);
  ENTRY_CELL_GET_CLASS (self)->update (self, private->item, NULL);
  private->handler = g_signal_connect (private->item, "notify", G_CALLBACK (on_notify), self);
}

static void
ignore (EntryCell *self)
{
  EntryCellPrivate *private = entry_cell_get_instance_private (self);

  if (private->handler == 0)
    return;
  g_clear_signal_handler (&private->handler, private->item);
  entry_item_release (private->item);
}

void
entry_cell_set_item (EntryCell *self, EntryItem *item)
{
  EntryCellPrivate *private = entry_cell_get_instance_private (self);

  if (private->item == item)
    return;
  ignore (self);
  g_set_object (&private->item, item);
  listen (self);
}

EntryItem *
entry_cell_get_item (EntryCell *self)
{
  EntryCellPrivate *private = entry_cell_get_instance_private (self);

  return private->item;
}

static gboolean
listen_now (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  EntryCellPrivate *private = entry_cell_get_instance_private (ENTRY_CELL (widget));

  private->listening = 0;
  if (!private->is_made && ENTRY_CELL_GET_CLASS (widget)->make_parts != NULL)
    ENTRY_CELL_GET_CLASS (widget)->make_parts (ENTRY_CELL (widget));
  private->is_made = TRUE;
  listen (ENTRY_CELL (widget));
  gtk_widget_set_opacity (widget, 1);
  return G_SOURCE_REMOVE;
}

/* A list maps its rows while it allocates them. What is shown or hidden then would leave
 * the row without an allocation for good, so that it waits for the next frame; until
 * then nothing is to be seen of what the cell showed last. */
static void
entry_cell_map (GtkWidget *widget)
{
  EntryCellPrivate *private = entry_cell_get_instance_private (ENTRY_CELL (widget));

  GTK_WIDGET_CLASS (entry_cell_parent_class)->map (widget);
  gtk_widget_set_opacity (widget, 0);
  private->listening = gtk_widget_add_tick_callback (widget, listen_now, NULL, NULL);
}

static void
entry_cell_unmap (GtkWidget *widget)
{
  EntryCellPrivate *private = entry_cell_get_instance_private (ENTRY_CELL (widget));

  if (private->listening != 0)
    gtk_widget_remove_tick_callback (widget, private->listening);
  private->listening = 0;
  ignore (ENTRY_CELL (widget));
  GTK_WIDGET_CLASS (entry_cell_parent_class)->unmap (widget);
}

static void
entry_cell_dispose (GObject *object)
{
  GtkWidget *child;

  entry_cell_set_item (ENTRY_CELL (object), NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (entry_cell_parent_class)->dispose (object);
}

static void
entry_cell_class_init (EntryCellClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = entry_cell_dispose;
  widget_class->map = entry_cell_map;
  widget_class->unmap = entry_cell_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
entry_cell_init (EntryCell *self)
{
}
