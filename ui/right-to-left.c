/* right-to-left.c - the direction of texts and drawings in a window that is mirrored.
 *
 * It looks at each widget as it comes onto the screen, since texts are everywhere: in cells,
 * dialogs and menus. */
#include "right-to-left.h"

/* By these keys, that a widget has been looked at, and how far a table could be scrolled. */
#define LOOKED_AT "right-to-left"
#define START "right-to-left-start"

GtkTextDirection
right_to_left_of_letter (gunichar letter)
{
  if (!g_unichar_isalpha (letter))
    return GTK_TEXT_DIR_NONE;
  switch (g_unichar_get_script (letter))
    {
    case G_UNICODE_SCRIPT_ADLAM:
    case G_UNICODE_SCRIPT_ARABIC:
    case G_UNICODE_SCRIPT_HANIFI_ROHINGYA:
    case G_UNICODE_SCRIPT_HEBREW:
    case G_UNICODE_SCRIPT_MANDAIC:
    case G_UNICODE_SCRIPT_NKO:
    case G_UNICODE_SCRIPT_SAMARITAN:
    case G_UNICODE_SCRIPT_SYRIAC:
    case G_UNICODE_SCRIPT_THAANA:
      return GTK_TEXT_DIR_RTL;
    default:
      return GTK_TEXT_DIR_LTR;
    }
}

/* That of the first letter; NONE: there is none. */
static GtkTextDirection
direction_of (const char *text)
{
  GtkTextDirection direction = GTK_TEXT_DIR_NONE;

  for (const char *p = text; p != NULL && *p != '\0' && direction == GTK_TEXT_DIR_NONE;
       p = g_utf8_next_char (p))
    direction = right_to_left_of_letter (g_utf8_get_char (p));
  return direction;
}

/* At the window's start. A paragraph of the direction that its widget does not have would be
 * moved to the other side. */
static void
place_inscription (GtkInscription *text)
{
  gboolean is_rtl = direction_of (gtk_inscription_get_text (text)) == GTK_TEXT_DIR_RTL;

  gtk_widget_set_direction (GTK_WIDGET (text), is_rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  gtk_inscription_set_xalign (text, is_rtl ? 0 : 1);
}

/* Whether it is written from left to right although it has no letters: not what goes on with
 * the text before it, as "· 3" does. */
static gboolean
is_number (const char *text)
{
  return text[0] != '\0' && direction_of (text) == GTK_TEXT_DIR_NONE
         && !g_str_has_prefix (text, "·");
}

/* Turns a widget; FALSE: it is so already. */
static gboolean
set_number (GtkWidget *widget, gboolean number)
{
  GtkTextDirection direction = number ? GTK_TEXT_DIR_LTR : GTK_TEXT_DIR_RTL;

  if (gtk_widget_get_direction (widget) == direction)
    return FALSE;
  gtk_widget_set_direction (widget, direction);
  return TRUE;
}

static GtkAlign
mirrored (GtkAlign align)
{
  return align == GTK_ALIGN_START ? GTK_ALIGN_END : align == GTK_ALIGN_END ? GTK_ALIGN_START : align;
}

/* Where the toolkit puts it. text: a label, or what is typed. */
static void
place_text (GtkWidget *text)
{
  GtkLabel *label = GTK_IS_LABEL (text) ? GTK_LABEL (text) : NULL;
  GtkEditable *typed = label == NULL ? GTK_EDITABLE (text) : NULL;

  if (!set_number (text, is_number (label != NULL ? gtk_label_get_text (label)
                                                  : gtk_editable_get_text (typed))))
    return;
  if (label == NULL)
    {
      gtk_editable_set_alignment (typed, 1 - gtk_editable_get_alignment (typed));
      return;
    }
  gtk_widget_set_halign (text, mirrored (gtk_widget_get_halign (text)));
  gtk_label_set_xalign (label, 1 - gtk_label_get_xalign (label));
}

static void
on_inscription (GtkInscription *text, GParamSpec *pspec, gpointer user_data)
{
  place_inscription (text);
}

static void
on_text (GtkWidget *text, GParamSpec *pspec, gpointer user_data)
{
  place_text (text);
}

static void
follow_inscription (GtkInscription *text)
{
  g_signal_connect (text, "notify::text", G_CALLBACK (on_inscription), NULL);
  g_signal_connect (text, "notify::xalign", G_CALLBACK (on_inscription), NULL);
  place_inscription (text);
}

static void
follow_text (GtkWidget *text, const char *signal)
{
  g_signal_connect (text, signal, G_CALLBACK (on_text), NULL);
  place_text (text);
}

static double
start_of (GtkAdjustment *adjustment)
{
  return gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
}

static gboolean
scroll_to_start (GtkWidget *view, GdkFrameClock *clock, gpointer user_data)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (view));

  gtk_adjustment_set_value (adjustment, start_of (adjustment));
  return G_SOURCE_REMOVE;
}

/* Until somebody scrolls away from it. The view is giving out places and takes no other now. */
static void
on_scroll_range (GtkAdjustment *adjustment, GtkWidget *view)
{
  double *start = g_object_get_data (G_OBJECT (view), START);
  gboolean was_at_start = gtk_adjustment_get_value (adjustment) >= *start;

  *start = start_of (adjustment);
  if (was_at_start && gtk_adjustment_get_value (adjustment) < *start)
    gtk_widget_add_tick_callback (view, scroll_to_start, NULL, NULL);
}

static void
follow_table (GtkWidget *view)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (view));

  if (adjustment == NULL)
    return;
  g_object_set_data_full (G_OBJECT (view), START, g_new0 (double, 1), g_free);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_scroll_range), view, 0);
  on_scroll_range (adjustment, view);
}

static gboolean
on_map (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer user_data)
{
  GtkWidget *widget = g_value_get_object (&values[0]);

  if (gtk_widget_get_default_direction () != GTK_TEXT_DIR_RTL
      || g_object_get_data (G_OBJECT (widget), LOOKED_AT) != NULL)
    return TRUE;
  g_object_set_data (G_OBJECT (widget), LOOKED_AT, widget);
  if (GTK_IS_INSCRIPTION (widget))
    follow_inscription (GTK_INSCRIPTION (widget));
  else if (GTK_IS_LABEL (widget))
    follow_text (widget, "notify::label");
  else if (GTK_IS_TEXT (widget))
    follow_text (widget, "notify::text");
  else if (GTK_IS_COLUMN_VIEW (widget))
    follow_table (widget);
  else if (GTK_IS_DRAWING_AREA (widget))
    gtk_widget_set_direction (widget, GTK_TEXT_DIR_LTR);
  return TRUE;
}

void
right_to_left_prepare (void)
{
  g_autoptr (GTypeClass) class = NULL;

  if (gtk_widget_get_default_direction () != GTK_TEXT_DIR_RTL)
    return;
  class = g_type_class_ref (GTK_TYPE_WIDGET);   /* before its first object it has no signals */
  g_signal_add_emission_hook (g_signal_lookup ("map", GTK_TYPE_WIDGET), 0, on_map, NULL, NULL);
}
