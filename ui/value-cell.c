/* value-cell.c - the cell with an entry's value. */
#include "value-cell.h"

#include <glib/gi18n.h>

#include "inscription.h"
#include "sentence.h"

struct _ValueCell
{
  EntryCell parent_instance;

  GtkWidget *flag;       /* a switch; NULL as long as none was needed */
  gulong flag_handler;
  GtkWidget *bar;        /* the same of a progress bar */
  GtkWidget *text;
  GtkWidget *suffix;
};

G_DEFINE_FINAL_TYPE (ValueCell, value_cell, ENTRY_TYPE_CELL)

/* The switch shows what is in memory, which follows when the edit is made. */
static gboolean
on_flag_set (GtkSwitch *flag, gboolean on, ValueCell *self)
{
  EntryItem *item = entry_cell_get_item (ENTRY_CELL (self));

  if (item != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "entry.write", "(ss)",
                                entry_item_get_info (item)->name, on ? "1" : "0");
  return TRUE;
}

static gboolean
is_flag (const EntryInfo *info)
{
  return info->role == SHMLENS_ROLE_FLAG && info->dimensions == 0
         && info->type.kind != SHMLENS_KIND_STRUCT;
}

static gboolean
is_number (EntryItem *item)
{
  const EntryInfo *info = entry_item_get_info (item);
  enum display_form form = entry_item_get_form (item);

  return info->dimensions == 0 && info->object == OBJECT_DATA
         && (info->type.kind == SHMLENS_KIND_SIGNED || info->type.kind == SHMLENS_KIND_UNSIGNED
             || info->type.kind == SHMLENS_KIND_FLOAT)
         && (form == DISPLAY_STANDARD ? info->n_labels == 0
                                      : form != DISPLAY_BITS && form != DISPLAY_LABELS);
}

static GtkWidget *
make_inscription (GtkWidget *parent)
{
  GtkWidget *widget = inscription_new_cell ();

  gtk_widget_set_parent (widget, parent);
  return widget;
}

/* The parts that this entry needs. */
static void
update_parts (ValueCell *self, EntryItem *item)
{
  const EntryInfo *info = entry_item_get_info (item);
  gboolean flag = is_flag (info), bar = entry_item_get_fraction (item) >= 0;
  gboolean number = is_number (item) && !flag;

  if (flag && self->flag == NULL)
    {
      self->flag = gtk_switch_new ();
      gtk_widget_set_valign (self->flag, GTK_ALIGN_CENTER);
      self->flag_handler
        = g_signal_connect (self->flag, "state-set", G_CALLBACK (on_flag_set), self);
      gtk_widget_insert_after (self->flag, GTK_WIDGET (self), NULL);
    }
  if (self->flag != NULL)
    {
      gtk_widget_set_visible (self->flag, flag);
      gtk_widget_set_sensitive (self->flag, info->editable);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->flag), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      info->name, -1);
    }
  if (bar && self->bar == NULL)
    {
      self->bar = gtk_progress_bar_new ();
      gtk_widget_set_valign (self->bar, GTK_ALIGN_CENTER);
      gtk_widget_set_hexpand (self->bar, TRUE);
      gtk_widget_insert_before (self->bar, GTK_WIDGET (self), self->text);
    }
  if (self->bar != NULL)
    {
      gtk_widget_set_visible (self->bar, bar);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      info->name, -1);
    }
  gtk_inscription_set_xalign (GTK_INSCRIPTION (self->text), number ? 1 : 0);
  /* Of a number the end tells as much as the beginning. */
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (self->text),
                                     number ? GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_MIDDLE
                                            : GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (self->suffix),
                                 entry_item_get_form (item) == DISPLAY_PROGRESS ? 18 : 12);
  gtk_widget_set_visible (self->suffix, bar || entry_item_get_suffix (item)[0] != '\0'
                                          || info->role == SHMLENS_ROLE_COUNTER);
}

static void
update_flag (ValueCell *self, EntryItem *item)
{
  if (self->flag == NULL || !is_flag (entry_item_get_info (item)))
    return;
  g_signal_handler_block (self->flag, self->flag_handler);
  gtk_switch_set_active (GTK_SWITCH (self->flag), entry_item_get_active (item));
  gtk_switch_set_state (GTK_SWITCH (self->flag), entry_item_get_active (item));
  g_signal_handler_unblock (self->flag, self->flag_handler);
}

static void
set_class (ValueCell *self, const char *class, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (GTK_WIDGET (self), class);
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), class);
}

static void
value_cell_update (EntryCell *cell, EntryItem *item, const char *property)
{
  ValueCell *self = VALUE_CELL (cell);

#define CONCERNS(name) (property == NULL || g_str_equal (property, name))
  if (CONCERNS ("info") || CONCERNS ("name"))
    update_parts (self, item);
  if (CONCERNS ("value"))
    inscription_set_text (GTK_INSCRIPTION (self->text), entry_item_get_value (item));
  if (CONCERNS ("suffix"))
    inscription_set_text (GTK_INSCRIPTION (self->suffix), entry_item_get_suffix (item));
  if (self->bar != NULL && (CONCERNS ("fraction") || CONCERNS ("name")))
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar),
                                   MAX (entry_item_get_fraction (item), 0));
  if (CONCERNS ("active"))
    update_flag (self, item);
  if (CONCERNS ("mark"))
    {
      set_class (self, "changed", entry_item_get_mark (item) == ENTRY_MARK_CHANGED);
      set_class (self, "fading", entry_item_get_mark (item) == ENTRY_MARK_FADING);
    }
  if (CONCERNS ("status"))
    set_class (self, "stale", entry_item_get_status (item) < 0);
#undef CONCERNS
}

static gboolean
value_cell_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  EntryItem *item = entry_cell_get_item (ENTRY_CELL (widget));
  const EntryInfo *info = item != NULL ? entry_item_get_info (item) : NULL;
  g_autofree char *reason
    = info != NULL && info->reason != NULL ? sentence_begin (info->reason, info->name) : NULL;
  g_autofree char *shown = reason != NULL ? sentence_isolate (reason) : NULL;

  gtk_tooltip_set_text (tooltip, shown);
  return reason != NULL;
}

static void
value_cell_make_parts (EntryCell *cell)
{
  ValueCell *self = VALUE_CELL (cell);

  self->text = make_inscription (GTK_WIDGET (self));
  gtk_widget_set_hexpand (self->text, TRUE);
  /* Where there is little room, the value has it before what is said of it. */
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (self->text), 9);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (self->text), 12);
  self->suffix = make_inscription (GTK_WIDGET (self));
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (self->suffix), 4);
  gtk_widget_add_css_class (self->suffix, "dim-label");
}

static void
value_cell_class_init (ValueCellClass *class)
{
  ENTRY_CELL_CLASS (class)->make_parts = value_cell_make_parts;
  ENTRY_CELL_CLASS (class)->update = value_cell_update;
  GTK_WIDGET_CLASS (class)->query_tooltip = value_cell_query_tooltip;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "valuecell");
}

static void
value_cell_init (ValueCell *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
value_cell_new (void)
{
  return g_object_new (VALUE_TYPE_CELL, NULL);
}
