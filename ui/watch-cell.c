/* watch-cell.c - a cell of the watch list. */
#include "watch-cell.h"

#include "inscription.h"
#include "signal-follow.h"

struct _WatchCell
{
  GtkWidget parent_instance;

  enum watch_cell_kind kind;
  GtkWidget *text;

  WatchItem *item;
  gulong handler;
};

G_DEFINE_FINAL_TYPE (WatchCell, watch_cell, GTK_TYPE_WIDGET)

static void
set_class (WatchCell *self, const char *class, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (GTK_WIDGET (self), class);
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), class);
}

static const char *
text_of (WatchCell *self)
{
  const WatchRow *row = watch_item_get_row (self->item);
  const char *reason = watch_item_get_reason (self->item);

  switch (self->kind)
    {
    case WATCH_CELL_NAME:
      return row->heading != NULL ? row->heading : row->target;
    case WATCH_CELL_VALUE:
      return watch_item_get_value (self->item);
    case WATCH_CELL_SEGMENT:
      return reason != NULL ? reason : row->title;
    case WATCH_CELL_NOTE:
      return row->note;
    }
  return NULL;
}

static void
update (WatchCell *self)
{
  enum entry_mark mark = watch_item_get_mark (self->item);
  gboolean is_value = self->kind == WATCH_CELL_VALUE;

  inscription_set_text (GTK_INSCRIPTION (self->text), text_of (self));
  set_class (self, "heading", watch_item_get_row (self->item)->heading != NULL);
  set_class (self, "stale", self->kind <= WATCH_CELL_VALUE
                              && watch_item_get_reason (self->item) != NULL);
  set_class (self, "changed", is_value && mark == ENTRY_MARK_CHANGED);
  set_class (self, "fading", is_value && mark == ENTRY_MARK_FADING);
}

static void
on_notify (WatchItem *item, GParamSpec *pspec, WatchCell *self)
{
  /* What is taken out of the list may be told to let go before its cell is. */
  if (watch_item_get_row (item) != NULL)
    update (self);
}

void
watch_cell_set_item (WatchCell *self, WatchItem *item)
{
  if (signal_follow (&self->item, &self->handler, item, "notify", G_CALLBACK (on_notify), self)
      && item != NULL)
    update (self);
}

WatchItem *
watch_cell_get_item (WatchCell *self)
{
  return self->item;
}

static gboolean
watch_cell_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  WatchCell *self = WATCH_CELL (widget);
  const WatchRow *row = self->item != NULL ? watch_item_get_row (self->item) : NULL;
  const char *text = row != NULL ? text_of (self) : NULL;

  if (row != NULL && self->kind == WATCH_CELL_VALUE && watch_item_get_reason (self->item) != NULL)
    text = watch_item_get_reason (self->item);
  gtk_tooltip_set_text (tooltip, text);
  return text != NULL && text[0] != '\0';
}

static void
watch_cell_dispose (GObject *object)
{
  WatchCell *self = WATCH_CELL (object);

  watch_cell_set_item (self, NULL);
  g_clear_pointer (&self->text, gtk_widget_unparent);
  G_OBJECT_CLASS (watch_cell_parent_class)->dispose (object);
}

static void
watch_cell_class_init (WatchCellClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = watch_cell_dispose;
  widget_class->query_tooltip = watch_cell_query_tooltip;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "valuecell");
}

static void
watch_cell_init (WatchCell *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  self->text = inscription_new_cell ();
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (self->text), 8);
  gtk_widget_set_parent (self->text, GTK_WIDGET (self));
}

GtkWidget *
watch_cell_new (enum watch_cell_kind kind)
{
  WatchCell *self = g_object_new (WATCH_TYPE_CELL, NULL);

  self->kind = kind;
  if (kind >= WATCH_CELL_SEGMENT)
    gtk_widget_add_css_class (GTK_WIDGET (self), "dim-label");
  return GTK_WIDGET (self);
}
