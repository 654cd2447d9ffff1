/* text-cell.c - a cell that shows one text about an entry.
 *
 * The text stands in a GtkInscription, which never asks for another size when its text
 * changes: a table of live labels would be laid out anew with every sample. */
#include "text-cell.h"

#include <glib/gi18n.h>

#include "inscription.h"
#include "object-text.h"

struct _TextCell
{
  EntryCell parent_instance;

  enum text_cell_kind kind;
  enum entry_statistic statistic;
  GtkWidget *icon;         /* of the lock */
  GtkInscription *text;
};

G_DEFINE_FINAL_TYPE (TextCell, text_cell, ENTRY_TYPE_CELL)

static void
update_lock (TextCell *self, EntryItem *item)
{
  static const char *const icons[] = {
    [ENTRY_LOCK_UNKNOWN] = NULL,
    [ENTRY_LOCK_NONE] = NULL,
    [ENTRY_LOCK_EXTERNAL] = "changes-prevent-symbolic",
    [ENTRY_LOCK_FREE] = "changes-allow-symbolic",
    [ENTRY_LOCK_BUSY] = "changes-prevent-symbolic",
    [ENTRY_LOCK_HELD] = "changes-prevent-symbolic",
    [ENTRY_LOCK_DEAD] = "dialog-warning-symbolic",
  };
  enum entry_lock lock = entry_item_get_lock (item);

  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), icons[lock]);
  if (lock == ENTRY_LOCK_DEAD)
    gtk_widget_add_css_class (GTK_WIDGET (self), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "warning");
  if (lock == ENTRY_LOCK_HELD || lock == ENTRY_LOCK_DEAD)
    gtk_widget_remove_css_class (GTK_WIDGET (self), "dim-label");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "dim-label");
}

static void
text_cell_update (EntryCell *cell, EntryItem *item, const char *property)
{
  TextCell *self = TEXT_CELL (cell);
  const EntryInfo *info = entry_item_get_info (item);

#define CONCERNS(name) (property == NULL || g_str_equal (property, name))
  switch (self->kind)
    {
    case TEXT_CELL_NAME:
      if (CONCERNS ("info") || CONCERNS ("name"))
        inscription_set_text (self->text, info->name);
      break;
    case TEXT_CELL_TYPE:
      if (CONCERNS ("info"))
        {
          g_autofree char *type = object_text_type (info);

          inscription_set_text (self->text, type);
        }
      break;
    case TEXT_CELL_LOCK:
      if (CONCERNS ("lock"))
        update_lock (self, item);
      if (CONCERNS ("lock-text"))
        inscription_set_text (self->text, entry_item_get_lock_text (item));
      break;
    case TEXT_CELL_AGE:
      if (CONCERNS ("age"))
        inscription_set_text (self->text, entry_item_get_age (item));
      break;
    case TEXT_CELL_STATISTIC:
      if (CONCERNS ("statistics"))
        {
          g_autofree char *text = entry_item_get_statistic (item, self->statistic);

          inscription_set_text (self->text, text);
        }
      break;
    }
#undef CONCERNS
}

static gboolean
text_cell_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  TextCell *self = TEXT_CELL (widget);
  EntryItem *item = entry_cell_get_item (ENTRY_CELL (self));
  const EntryInfo *info = item != NULL ? entry_item_get_info (item) : NULL;
  g_autofree char *type = NULL, *tip = NULL;

  if (info == NULL)
    return FALSE;
  switch (self->kind)
    {
    case TEXT_CELL_NAME:
      tip = info->names != NULL ? g_strjoinv ("\n", info->names) : NULL;
      gtk_tooltip_set_text (tooltip, info->doc[0] != '\0' ? info->doc
                                                          : tip != NULL ? tip : info->name);
      return TRUE;
    case TEXT_CELL_TYPE:
      type = object_text_type (info);
      tip = info->ctype != NULL ? g_strdup_printf (_("%s, in its program %s"), type, info->ctype)
                                : g_strdup_printf (_("%s, type code %c"), type, info->type.code);
      gtk_tooltip_set_text (tooltip, tip);
      return TRUE;
    case TEXT_CELL_LOCK:
      tip = entry_item_get_lock_details (item);
      gtk_tooltip_set_text (tooltip, tip);
      return TRUE;
    case TEXT_CELL_STATISTIC:
      tip = entry_item_get_statistic (entry_cell_get_item (ENTRY_CELL (self)), self->statistic);
      gtk_tooltip_set_text (tooltip, tip);
      return tip[0] != '\0';
    case TEXT_CELL_AGE:
      break;
    }
  return FALSE;
}

static void
text_cell_make_parts (EntryCell *cell)
{
  TextCell *self = TEXT_CELL (cell);
  GtkWidget *text = inscription_new ();

  if (self->kind == TEXT_CELL_LOCK)
    {
      /* The text beside it says the same. */
      self->icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role",
                                 GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
      gtk_widget_set_parent (self->icon, GTK_WIDGET (self));
    }
  self->text = GTK_INSCRIPTION (text);
  gtk_inscription_set_text_overflow (self->text, GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_chars (self->text, 0);
  gtk_inscription_set_nat_chars (self->text, 4);
  gtk_inscription_set_xalign (
    self->text, self->kind == TEXT_CELL_AGE || self->kind == TEXT_CELL_STATISTIC ? 1 : 0);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (text, GTK_WIDGET (self));
}

static void
text_cell_class_init (TextCellClass *class)
{
  ENTRY_CELL_CLASS (class)->make_parts = text_cell_make_parts;
  ENTRY_CELL_CLASS (class)->update = text_cell_update;
  GTK_WIDGET_CLASS (class)->query_tooltip = text_cell_query_tooltip;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "textcell");
}

static void
text_cell_init (TextCell *self)
{
  /* Asked for when it is to be shown: setting its text asks the screen each time. */
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
text_cell_new (enum text_cell_kind kind, enum entry_statistic statistic)
{
  TextCell *self = g_object_new (TEXT_TYPE_CELL, NULL);

  self->kind = kind;
  self->statistic = statistic;
  if (kind == TEXT_CELL_TYPE || kind == TEXT_CELL_AGE)
    gtk_widget_add_css_class (GTK_WIDGET (self), "dim-label");
  return GTK_WIDGET (self);
}
