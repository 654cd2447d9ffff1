/* popover-place.c - where a popover opens on a low screen. */
#include "popover-place.h"

void
popover_place (GtkPopover *popover, const GdkRectangle *where)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (popover));
  GtkNative *native = gtk_widget_get_native (parent);
  GdkSurface *surface = gtk_native_get_surface (native);
  GdkMonitor *monitor
    = gdk_display_get_monitor_at_surface (gdk_surface_get_display (surface), surface);
  GdkRectangle place = *where, screen = { .height = G_MAXINT };
  graphene_rect_t bounds;
  int height;

  if (monitor != NULL)
    gdk_monitor_get_geometry (monitor, &screen);
  gtk_widget_measure (GTK_WIDGET (popover), GTK_ORIENTATION_VERTICAL, -1, NULL, &height, NULL,
                      NULL);
  /* On a higher one there is room on one side, also outside of the window. */
  if (screen.height < 2 * height + where->height
      && gtk_widget_compute_bounds (GTK_WIDGET (native), parent, &bounds))
    {
      int above = where->y - (int) bounds.origin.y;
      int missing = where->y + where->height + height
                    - (int) (bounds.origin.y + bounds.size.height);

      if (above < height)
        place.y -= CLAMP (missing, 0, MAX (above, 0));
    }
  gtk_popover_set_pointing_to (popover, &place);
}

void
popover_popup_at (GtkPopover *popover, const GdkRectangle *where)
{
  gtk_popover_set_pointing_to (popover, where);
  gtk_popover_popup (popover);
  popover_place (popover, where);   /* before, it has no height */
}
