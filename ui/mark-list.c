/* mark-list.c - moments that plots show. */
#include "mark-list.h"

/* Dropped at once, so that not each new one moves all. */
#define SURPLUS 100

struct _MarkList
{
  GObject parent_instance;

  GArray *marks;
};

G_DEFINE_FINAL_TYPE (MarkList, mark_list, G_TYPE_OBJECT)

static guint changed_signal;

static void
clear_mark (gpointer data)
{
  g_free (((struct mark *) data)->text);
}

MarkList *
mark_list_new (void)
{
  return g_object_new (MARK_TYPE_LIST, NULL);
}

void
mark_list_add (MarkList *self, gint64 time_us, const char *text)
{
  struct mark mark = { time_us, g_strdup (text) };

  if (self->marks->len >= MARK_LIST_MAX)
    g_array_remove_range (self->marks, 0, SURPLUS);
  g_array_append_val (self->marks, mark);
  g_signal_emit (self, changed_signal, 0);
}

guint
mark_list_length (MarkList *self)
{
  return self->marks->len;
}

const struct mark *
mark_list_get (MarkList *self, guint index)
{
  return &g_array_index (self->marks, struct mark, index);
}

static void
mark_list_finalize (GObject *object)
{
  g_array_unref (MARK_LIST (object)->marks);
  G_OBJECT_CLASS (mark_list_parent_class)->finalize (object);
}

static void
mark_list_class_init (MarkListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = mark_list_finalize;
  changed_signal = g_signal_new ("changed", MARK_TYPE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
mark_list_init (MarkList *self)
{
  self->marks = g_array_new (FALSE, FALSE, sizeof (struct mark));
  g_array_set_clear_func (self->marks, clear_mark);
}
