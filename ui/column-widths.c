/* column-widths.c - how wide the columns of a table are. */
#include "column-widths.h"

/* While somebody drags an edge, the width is another with every move. */
#define KEEP_AFTER_MS 500
/* What is kept may be anything. */
#define WIDTH_MIN 24
#define WIDTH_MAX 4096

struct width
{
  ColumnWidths *widths;
  GtkColumnViewColumn *column;
  gulong handler;
  const char *id;
  int at_first, wanted;
  int override;             /* 0: none */
};

struct column_widths
{
  GPtrArray *columns;       /* of struct width */
  GSettings *settings;      /* NULL: nothing is kept */
  guint keep_source;
};

static void
width_free (gpointer data)
{
  struct width *width = data;

  g_clear_signal_handler (&width->handler, width->column);
  g_object_unref (width->column);
  g_free (width);
}

static void
apply (struct width *width)
{
  g_signal_handler_block (width->column, width->handler);
  gtk_column_view_column_set_fixed_width (width->column, width->override != 0 ? width->override
                                                                              : width->wanted);
  g_signal_handler_unblock (width->column, width->handler);
}

static gboolean
keep (gpointer data)
{
  ColumnWidths *self = data;
  GVariantBuilder kept;

  self->keep_source = 0;
  if (self->settings == NULL)
    return G_SOURCE_REMOVE;
  g_variant_builder_init (&kept, G_VARIANT_TYPE ("a{si}"));
  for (guint i = 0; i < self->columns->len; i++)
    {
      const struct width *width = self->columns->pdata[i];

      if (width->wanted != width->at_first)
        g_variant_builder_add (&kept, "{si}", width->id, width->wanted);
    }
  g_settings_set_value (self->settings, COLUMN_WIDTHS_KEY, g_variant_builder_end (&kept));
  return G_SOURCE_REMOVE;
}

static void
on_width (GtkColumnViewColumn *column, GParamSpec *pspec, gpointer data)
{
  struct width *width = data;
  ColumnWidths *self = width->widths;

  if (width->override != 0 || gtk_column_view_column_get_expand (column))
    return;
  width->wanted = gtk_column_view_column_get_fixed_width (column);
  if (width->wanted >= 0)
    width->wanted = CLAMP (width->wanted, WIDTH_MIN, WIDTH_MAX);
  if (self->keep_source == 0)
    self->keep_source = g_timeout_add (KEEP_AFTER_MS, keep, self);
}

ColumnWidths *
column_widths_new (void)
{
  ColumnWidths *self = g_new0 (ColumnWidths, 1);

  self->columns = g_ptr_array_new_with_free_func (width_free);
  return self;
}

void
column_widths_free (ColumnWidths *self)
{
  if (self == NULL)
    return;
  if (self->keep_source != 0)
    {
      g_clear_handle_id (&self->keep_source, g_source_remove);
      keep (self);
    }
  g_ptr_array_unref (self->columns);
  g_clear_object (&self->settings);
  g_free (self);
}

void
column_widths_add (ColumnWidths *self, GtkColumnViewColumn *column, const char *id, int width)
{
  struct width *added = g_new0 (struct width, 1);

  *added = (struct width){ .widths = self, .column = g_object_ref (column), .id = id,
                           .at_first = width, .wanted = width };
  added->handler = g_signal_connect (column, "notify::fixed-width", G_CALLBACK (on_width), added);
  apply (added);
  g_ptr_array_add (self->columns, added);
}

void
column_widths_set_settings (ColumnWidths *self, GSettings *settings)
{
  g_autoptr (GVariant) kept = g_settings_get_value (settings, COLUMN_WIDTHS_KEY);

  g_set_object (&self->settings, settings);
  for (guint i = 0; i < self->columns->len; i++)
    {
      struct width *width = self->columns->pdata[i];
      int wanted;

      if (gtk_column_view_column_get_expand (width->column)
          || !g_variant_lookup (kept, width->id, "i", &wanted))
        continue;
      width->wanted = wanted < 0 ? -1 : CLAMP (wanted, WIDTH_MIN, WIDTH_MAX);
      apply (width);
    }
}

void
column_widths_override (ColumnWidths *self, const char *id, int width)
{
  for (guint i = 0; i < self->columns->len; i++)
    {
      struct width *overridden = self->columns->pdata[i];

      if (!g_str_equal (overridden->id, id))
        continue;
      overridden->override = width;
      apply (overridden);
    }
}

void
column_widths_reset (ColumnWidths *self)
{
  for (guint i = 0; i < self->columns->len; i++)
    {
      struct width *width = self->columns->pdata[i];

      width->wanted = width->at_first;
      apply (width);
    }
  g_clear_handle_id (&self->keep_source, g_source_remove);
  keep (self);
}
