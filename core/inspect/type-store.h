/* type-store.h - the type expressions that people gave, remembered by the segment's
 * id in $XDG_CONFIG_HOME/shmlens/types.ini. Counted references; any thread. */
#pragma once

#include <glib.h>

typedef struct type_store TypeStore;

/* Reads nothing yet. */
TypeStore *type_store_new (void);
TypeStore *type_store_ref (TypeStore *self);
void type_store_unref (TypeStore *self);

/* The expression for an id, or NULL. */
char *type_store_get (TypeStore *self, const char *id);

/* Another number after every type_store_set(). */
guint type_store_generation (TypeStore *self);

/* Remembers an expression; NULL or "" forgets it. Errors: USAGE when it cannot be
 * understood, PERMISSION when it cannot be kept. */
gboolean type_store_set (TypeStore *self, const char *id, const char *expression,
                         GError **error);
