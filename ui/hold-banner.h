/* hold-banner.h - lists what is held, with how often it had to be set, and lets it go. What is held
 * is held by the banner: when it goes, with its window, nothing is. */
#pragma once

#include <gtk/gtk.h>

#include "hold-keeper.h"

#define HOLD_TYPE_BANNER (hold_banner_get_type ())
G_DECLARE_FINAL_TYPE (HoldBanner, hold_banner, HOLD, BANNER, GtkWidget)

/* Action: hold.release-all. It is hidden while nothing is held. */

void hold_banner_add (HoldBanner *self, Hold *hold);
