/* replay-bar.c - the time of a recording that is open. */
#include "replay-bar.h"

#include <glib/gi18n.h>

#include "attachment-recording.h"
#include "tooltip.h"

#define FRAME_MS 50
/* Ticks at the slider for alerts and notes: more would be a smear. */
#define MARKS_MAX 100

struct _ReplayBar
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkToggleButton *play_button;
  GtkRange *scale;
  GtkLabel *time_label;
  GtkDropDown *speed;

  Session *session;
  Attachment *attachment;   /* of a recording; NULL: hidden */
  gboolean playing;
  guint timer;              /* while it plays */
  gint64 frame_us;          /* of the last step */
};

enum
{
  PROP_PLAYING = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ReplayBar, replay_bar, GTK_TYPE_WIDGET)

/* As they stand in replay-bar.ui. */
static const double speeds[] = { 0.1, 0.5, 1, 2, 5, 10, 100 };

static const struct recording_head *
head_of (ReplayBar *self)
{
  return recording_file_head (attachment_recording_get_file (self->attachment));
}

static double
duration_of (ReplayBar *self)
{
  gint64 end_us = recording_file_end (attachment_recording_get_file (self->attachment));

  return (double) (end_us - head_of (self)->start_us) / G_USEC_PER_SEC;
}

static void
show_time (ReplayBar *self)
{
  gint64 offset_us = attachment_recording_get_time (self->attachment) - head_of (self)->start_us;
  gint64 wall_us = head_of (self)->start_wall_us + offset_us;
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (wall_us / G_USEC_PER_SEC);
  g_autofree char *clock = time != NULL ? g_date_time_format (time, "%H:%M:%S") : g_strdup ("?");
  g_autofree char *date = time != NULL ? g_date_time_format (time, "%x %X") : NULL;
  /* Translators: the time of day, then seconds of how many. */
  g_autofree char *text
    = g_strdup_printf (_("%s.%03d · %.1f of %.1f s"), clock,
                       (int) (wall_us % G_USEC_PER_SEC / 1000), (double) offset_us / 1e6,
                       duration_of (self));

  gtk_label_set_text (self->time_label, text);
  tooltip_set_text (GTK_WIDGET (self->time_label), date);
}

/* The slider says it; what is shown follows. */
static void
on_value_changed (GtkRange *scale, ReplayBar *self)
{
  if (self->attachment == NULL)
    return;
  attachment_recording_set_time (
    self->attachment,
    head_of (self)->start_us + (gint64) (gtk_range_get_value (scale) * G_USEC_PER_SEC));
  show_time (self);
  if (self->session != NULL)
    sampler_kick (session_get_sampler (self->session));
}

static void
set_playing (ReplayBar *self, gboolean playing)
{
  if (self->playing == playing)
    return;
  self->playing = playing;
  gtk_button_set_icon_name (GTK_BUTTON (self->play_button),
                            playing ? "media-playback-pause-symbolic"
                                    : "media-playback-start-symbolic");
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLAYING]);
}

/* A recording that is still written grows meanwhile. */
static gboolean
on_frame (gpointer user_data)
{
  ReplayBar *self = user_data;
  gint64 now = g_get_monotonic_time ();
  guint speed = gtk_drop_down_get_selected (self->speed);
  double position = gtk_range_get_value (self->scale), duration = duration_of (self);

  position += (double) (now - self->frame_us) / 1e6
              * (speed < G_N_ELEMENTS (speeds) ? speeds[speed] : 1);
  self->frame_us = now;
  gtk_range_set_range (self->scale, 0, MAX (duration, 0.001));
  gtk_range_set_value (self->scale, MIN (position, duration));
  if (position < duration)
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  set_playing (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
play (ReplayBar *self, gboolean playing)
{
  playing = playing && self->attachment != NULL;
  g_clear_handle_id (&self->timer, g_source_remove);
  if (playing)
    {
      /* From its end it begins again. */
      if (gtk_range_get_value (self->scale) >= duration_of (self))
        gtk_range_set_value (self->scale, 0);
      self->frame_us = g_get_monotonic_time ();
      self->timer = g_timeout_add (FRAME_MS, on_frame, self);
    }
  set_playing (self, playing);
}

static void
step (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ReplayBar *self = REPLAY_BAR (widget);

  gtk_range_set_value (self->scale,
                       gtk_range_get_value (self->scale) + g_variant_get_double (parameter));
}

static void
show_marks (ReplayBar *self)
{
  g_autoptr (GArray) marks
    = recording_file_marks (attachment_recording_get_file (self->attachment));

  gtk_scale_clear_marks (GTK_SCALE (self->scale));
  for (guint i = 0; i < MIN (marks->len, MARKS_MAX); i++)
    gtk_scale_add_mark (
      GTK_SCALE (self->scale),
      (double) (g_array_index (marks, struct recording_mark, i).time_us - head_of (self)->start_us)
        / G_USEC_PER_SEC,
      GTK_POS_TOP, NULL);
}

void
replay_bar_set_session (ReplayBar *self, Session *session)
{
  g_set_object (&self->session, session);
}

void
replay_bar_set_attachment (ReplayBar *self, Attachment *attachment)
{
  if (attachment != NULL && !attachment_is_recording (attachment))
    attachment = NULL;
  if (self->attachment == attachment)
    return;
  play (self, FALSE);
  g_clear_pointer (&self->attachment, attachment_unref);
  gtk_widget_set_visible (self->box, attachment != NULL);
  if (attachment == NULL)
    return;
  self->attachment = attachment_ref (attachment);
  gtk_range_set_range (self->scale, 0, MAX (duration_of (self), 0.001));
  gtk_range_set_value (self->scale, 0);
  show_marks (self);
  on_value_changed (self->scale, self);
}

double
replay_bar_get_position (ReplayBar *self)
{
  return gtk_range_get_value (self->scale);
}

static void
replay_bar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PLAYING)
    g_value_set_boolean (value, REPLAY_BAR (object)->playing);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
replay_bar_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PLAYING)
    play (REPLAY_BAR (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
replay_bar_dispose (GObject *object)
{
  ReplayBar *self = REPLAY_BAR (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->attachment, attachment_unref);
  g_clear_object (&self->session);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (replay_bar_parent_class)->dispose (object);
}

static void
replay_bar_class_init (ReplayBarClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = replay_bar_dispose;
  object_class->get_property = replay_bar_get_property;
  object_class->set_property = replay_bar_set_property;
  properties[PROP_PLAYING] = g_param_spec_boolean (
    "playing", NULL, NULL, FALSE,
    G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_install_property_action (widget_class, "replay.play", "playing");
  gtk_widget_class_install_action (widget_class, "replay.step", "d", step);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/replay-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, ReplayBar, box);
  gtk_widget_class_bind_template_child (widget_class, ReplayBar, play_button);
  gtk_widget_class_bind_template_child (widget_class, ReplayBar, scale);
  gtk_widget_class_bind_template_child (widget_class, ReplayBar, time_label);
  gtk_widget_class_bind_template_child (widget_class, ReplayBar, speed);
  gtk_widget_class_bind_template_callback (widget_class, on_value_changed);
}

static void
replay_bar_init (ReplayBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* Time goes from left to right in every language, as in the plots. */
  gtk_widget_set_direction (GTK_WIDGET (self->scale), GTK_TEXT_DIR_LTR);
  gtk_drop_down_set_selected (self->speed, 2);
}
