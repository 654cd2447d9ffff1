/* type-dialog.h - gives the bytes of a foreign segment a type by hand. */
#pragma once

#include <gtk/gtk.h>

#include "session.h"

#define TYPE_TYPE_DIALOG (type_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TypeDialog, type_dialog, TYPE, DIALOG, GtkWindow)

/* id: of the segment. */
TypeDialog *type_dialog_new (GtkWindow *parent, Session *session, const char *id);
