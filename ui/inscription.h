/* inscription.h - GtkInscription, whose text must never be NULL.
 *
 * The toolkit's bridge to assistive technology (4.8) counts the characters of NULL,
 * and says so on the console each time somebody asks. */
#pragma once

#include <gtk/gtk.h>

static inline GtkWidget *
inscription_new (void)
{
  return gtk_inscription_new ("");
}

static inline void
inscription_set_text (GtkInscription *self, const char *text)
{
  gtk_inscription_set_text (self, text != NULL ? text : "");
}
