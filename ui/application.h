/* application.h - the program: one session, one window, what is remembered. */
#pragma once

#include <gtk/gtk.h>

#include "window.h"

#define SHMLENS_TYPE_APPLICATION (shmlens_application_get_type ())
G_DECLARE_FINAL_TYPE (ShmlensApplication, shmlens_application, SHMLENS, APPLICATION,
                      GtkApplication)

/* Actions: app.about, app.quit. */
ShmlensApplication *shmlens_application_new (GApplicationFlags flags);

/* Shows the window, which is made when there is none. */
ShmlensWindow *shmlens_application_show (ShmlensApplication *self);
