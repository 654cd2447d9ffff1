/* hold-banner.c - lists what is held, and lets it go. */
#include "hold-banner.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "sentence.h"
#include "tooltip.h"

struct _HoldBanner
{
  GtkWidget parent_instance;

  GtkBox *rows;
  GtkWidget *release_all;

  HoldKeeper *keeper;
  Session *session;
};

G_DEFINE_FINAL_TYPE (HoldBanner, hold_banner, GTK_TYPE_WIDGET)

static const char *const hold_key = "hold";

static Hold *
hold_of (GtkWidget *row)
{
  return g_object_get_data (G_OBJECT (row), hold_key);
}

static char *
text_of (Hold *hold)
{
  g_autofree char *what = hold_describe (hold);
  struct hold_statistics statistics;
  g_autofree char *reason = NULL;
  GString *text = g_string_new (what);

  hold_get_statistics (hold, &statistics);
  reason = statistics.reason;
  if (statistics.writes > 0)
    g_string_append_printf (text,
                            /* Translators: of a value that is held; how often it was set back. */
                            g_dngettext (GETTEXT_PACKAGE, " · set %" PRIu64 " time, it was %s",
                                         " · set %" PRIu64 " times, last it was %s",
                                         (gulong) statistics.writes),
                            statistics.writes, statistics.found);
  if (statistics.missed > 0)
    g_string_append_printf (text, _(" · its lock was not free %" PRIu64 " times"),
                            statistics.missed);
  if (reason != NULL)
    /* Translators: a hold that has ended by itself, and the reason. */
    g_string_append_printf (text, _(" · has ended: %s"), reason);
  return g_string_free (text, FALSE);
}

static void
on_release (GtkButton *button, HoldBanner *self)
{
  g_autoptr (Hold) hold = hold_ref (hold_of (gtk_widget_get_parent (GTK_WIDGET (button))));

  hold_keeper_release (self->keeper, hold);
}

static void
show (GtkWidget *row)
{
  GtkWidget *label = gtk_widget_get_first_child (row);
  g_autofree char *text = text_of (hold_of (row));

  sentence_show (GTK_LABEL (label), text);
  tooltip_set_text (label, text);
}

static GtkWidget *
row_new (HoldBanner *self, Hold *hold)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *button = gtk_button_new_with_mnemonic (_("_Release"));
  g_autofree char *what = hold_describe (hold);
  /* Translators: lets go what is held. */
  g_autofree char *name = g_strdup_printf (_("Release %s"), what);

  g_object_set_data_full (G_OBJECT (row), hold_key, hold_ref (hold),
                          (GDestroyNotify) hold_unref);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (button, "clicked", G_CALLBACK (on_release), self);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), button);
  show (row);
  return row;
}

/* Rows stay as long as what they are of, so that the focus does. */
static void
update (HoldBanner *self)
{
  g_autoptr (GPtrArray) holds = hold_keeper_list (self->keeper);
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->rows));

  session_set_holds (self->session, holds);
  while (row != NULL)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (row);
      guint position;

      if (g_ptr_array_find (holds, hold_of (row), &position))
        {
          show (row);
          g_ptr_array_remove_index (holds, position);
        }
      else
        gtk_box_remove (self->rows, row);
      row = next;
    }
  for (guint i = 0; i < holds->len; i++)
    gtk_box_append (self->rows, row_new (self, holds->pdata[i]));
  row = gtk_widget_get_first_child (GTK_WIDGET (self->rows));
  gtk_widget_set_visible (GTK_WIDGET (self), row != NULL);
  gtk_widget_set_visible (self->release_all,
                          row != NULL && gtk_widget_get_next_sibling (row) != NULL);
}

static void
on_changed (HoldKeeper *keeper, gpointer user_data)
{
  update (user_data);
}

void
hold_banner_add (HoldBanner *self, Hold *hold)
{
  hold_keeper_add (self->keeper, hold);
  update (self);
}

GtkWidget *
hold_banner_new (Session *session)
{
  HoldBanner *self = g_object_new (HOLD_TYPE_BANNER, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}

static void
release_all (GtkWidget *widget, const char *action, GVariant *parameter)
{
  hold_keeper_release_all (HOLD_BANNER (widget)->keeper);
}

static void
hold_banner_dispose (GObject *object)
{
  HoldBanner *self = HOLD_BANNER (object);
  GtkWidget *child;

  g_clear_pointer (&self->keeper, hold_keeper_free);
  if (self->session != NULL)
    session_set_holds (self->session, NULL);
  g_clear_object (&self->session);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (hold_banner_parent_class)->dispose (object);
}

static void
hold_banner_class_init (HoldBannerClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hold_banner_dispose;

  gtk_widget_class_install_action (widget_class, "hold.release-all", NULL, release_all);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/hold-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, HoldBanner, rows);
  gtk_widget_class_bind_template_child (widget_class, HoldBanner, release_all);
}

static void
hold_banner_init (HoldBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->keeper = hold_keeper_new ();
  hold_keeper_set_changed_func (self->keeper, on_changed, self);
}
