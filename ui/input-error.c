/* input-error.c - what is typed is not right. */
#include "input-error.h"

#include "sentence.h"

void
input_error_mark (GtkWidget *field, gboolean is_wrong)
{
  if (is_wrong)
    gtk_widget_add_css_class (field, "error");
  else
    gtk_widget_remove_css_class (field, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_STATE_INVALID,
                               is_wrong ? GTK_ACCESSIBLE_INVALID_TRUE
                                        : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

void
input_error_show (GtkWidget *field, GtkLabel *message, const char *why)
{
  sentence_show (message, why);
  gtk_widget_set_visible (GTK_WIDGET (message), why != NULL);
  input_error_mark (field, why != NULL);
}
