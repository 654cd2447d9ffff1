/* array-range.c - a range of numbers that people may give. */
#include "array-range.h"

#include <math.h>

#include "input-error.h"

/* On the check button, while what is in the entries is not people's. */
static const char *const showing_key = "array-range-showing";

static double
number_in (GtkEntry *entry)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));
  char *end;
  double number = g_ascii_strtod (text, &end);

  return end != text && *end == '\0' && isfinite (number) ? number : NAN;
}

gboolean
array_range_get (GtkCheckButton *fixed, GtkEntry *low, GtkEntry *high, double *ret_low,
                 double *ret_high)
{
  double from = number_in (low), to = number_in (high);

  if (!gtk_check_button_get_active (fixed) || !(from < to))
    return FALSE;
  *ret_low = from;
  *ret_high = to;
  return TRUE;
}

gboolean
array_range_check (GtkCheckButton *fixed, GtkEntry *low, GtkEntry *high)
{
  gboolean given = gtk_check_button_get_active (fixed);
  gboolean wrong = given && !(number_in (low) < number_in (high));
  GtkEntry *entries[] = { low, high };

  if (g_object_get_data (G_OBJECT (fixed), showing_key) != NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      gtk_widget_set_sensitive (GTK_WIDGET (entries[i]), given);
      input_error_mark (GTK_WIDGET (entries[i]), wrong);
    }
  return TRUE;
}

static void
show_number (GtkEntry *entry, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.6g", number);
  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (entry)), text))
    gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

void
array_range_show (GtkCheckButton *fixed, GtkEntry *low, GtkEntry *high, double low_number,
                  double high_number)
{
  g_object_set_data (G_OBJECT (fixed), showing_key, GINT_TO_POINTER (TRUE));
  show_number (low, low_number);
  show_number (high, high_number);
  g_object_set_data (G_OBJECT (fixed), showing_key, NULL);
}
