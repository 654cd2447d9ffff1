/* hold-banner.h - lists what is held, with how often it had to be set, and lets it go. What is held
 * is held by the banner: when it goes, with its window, nothing is. */
#pragma once

#include <gtk/gtk.h>

#include "hold-keeper.h"
#include "session.h"

#define HOLD_TYPE_BANNER (hold_banner_get_type ())
G_DECLARE_FINAL_TYPE (HoldBanner, hold_banner, HOLD, BANNER, GtkWidget)

/* Action: hold.release-all. It is hidden while nothing is held. It tells the session what is. */
GtkWidget *hold_banner_new (Session *session);

void hold_banner_add (HoldBanner *self, Hold *hold);
