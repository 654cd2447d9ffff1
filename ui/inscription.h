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

/* In a cell of a table: as narrow as its column is made. */
static inline GtkWidget *
inscription_new_cell (void)
{
  GtkWidget *text = inscription_new ();

  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (text), 0);
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  return text;
}

static inline void
inscription_set_text (GtkInscription *self, const char *text)
{
  gtk_inscription_set_text (self, text != NULL ? text : "");
}
