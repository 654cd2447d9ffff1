/* list-update.h - makes a list model what a newer list says, with as few and as small
 * changes as it takes, so that rows, selection and scroll position stay. */
#pragma once

#include <gio/gio.h>

struct list_update_class
{
  GHashFunc hash;                            /* of what stays the same about an item */
  GEqualFunc equal;
  void (*adopt) (gpointer item, gpointer newer);  /* an item that stays takes over what is new */
};

/* items: the model's own array, which holds references; newer: as it shall be, in this
 * order, no two equal. Emits items-changed. */
void list_update (GListModel *model, GPtrArray *items, GPtrArray *newer,
                  const struct list_update_class *class);
