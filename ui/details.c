/* details.c - all that is known of one entry, and what is in it. */
#include "details.h"

#include <glib/gi18n.h>

#include "array-view.h"
#include "field-table.h"
#include "inscription.h"
#include "lock-panel.h"
#include "object-text.h"
#include "sentence.h"
#include "words.h"
#include "wrap-box.h"

/* So many processes are listed. */
#define PROCESSES_MAX 100

enum fact
{
  FACT_TYPE,
  FACT_CTYPE,
  FACT_STATE,
  FACT_ELEMENTS,
  FACT_RANGE,
  FACT_ROLE,
  FACT_UNIT,
  FACT_LABELS,
  FACT_LOCK,
  FACT_HOLDER,
  FACT_WAY,
  FACT_RECOVERIES,
  FACT_WRITES,
  FACT_COPY,
  FACT_OFFSET,
  FACT_ADDRESS,
  FACT_PROCESSES,
  N_FACTS
};

struct _Details
{
  GtkWidget parent_instance;

  GtkStack *pages, *content;
  GtkBox *sides, *reason_box;
  GtkWidget *separator;
  GtkImage *reason_icon;
  GtkLabel *name_label, *names_label, *doc_label, *reason_label;
  LockPanel *lock_panel;
  GtkFlowBox *facts;
  FieldTable *fields;
  ArrayView *array;      /* made for the first array: it has many parts */
  GtkWidget *boxes[N_FACTS];         /* each with a caption and a text */
  GtkInscription *texts[N_FACTS];

  EntryItem *item;                   /* held while this is mapped */
  gulong sampled_handler, info_handler, name_handler;
  gboolean held;
  gboolean narrow;
};

G_DEFINE_FINAL_TYPE (Details, details, GTK_TYPE_WIDGET)

enum
{
  PROP_NARROW = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static const char *
caption_of (enum fact fact)
{
  switch (fact)
    {
    case FACT_TYPE:
      return C_("fact", "Type");
    case FACT_CTYPE:
      return C_("fact", "In the program");
    case FACT_STATE:
      return C_("fact", "It is");
    case FACT_ELEMENTS:
      return C_("fact", "Elements");
    case FACT_RANGE:
      return C_("fact", "Range");
    case FACT_ROLE:
      return C_("fact", "Shown as");
    case FACT_UNIT:
      return C_("fact", "Unit");
    case FACT_LABELS:
      return C_("fact", "Labels");
    case FACT_LOCK:
      return C_("fact", "Lock");
    case FACT_HOLDER:
      return C_("fact", "Lock is");
    case FACT_WAY:
      return C_("fact", "Edits take it");
    case FACT_RECOVERIES:
      return C_("fact", "Recovered");
    case FACT_WRITES:
      return C_("fact", "Writes");
    case FACT_COPY:
      return C_("fact", "This copy is");
    case FACT_OFFSET:
      return C_("fact", "Offset");
    case FACT_ADDRESS:
      return C_("fact", "Address");
    case FACT_PROCESSES:
      return C_("fact", "Processes");
    case N_FACTS:
      break;
    }
  return "";
}

/* NULL hides the fact. Takes text over. */
static void
set_fact (Details *self, enum fact fact, char *text)
{
  gtk_widget_set_visible (gtk_widget_get_parent (self->boxes[fact]), text != NULL);
  if (text != NULL && g_strcmp0 (gtk_inscription_get_text (self->texts[fact]), text) != 0)
    {
      inscription_set_text (self->texts[fact], text);
      gtk_widget_set_tooltip_text (self->boxes[fact], text);
    }
  g_free (text);
}

static char *
range_text (const EntryInfo *info)
{
  g_autofree char *low = NULL, *high = NULL;

  if (info->has_minimum)
    low = entry_info_element_text (info, info->minimum, -1);
  if (info->has_maximum)
    high = entry_info_element_text (info, info->maximum, -1);
  else if (info->has_progress_max)
    high = entry_info_element_text (info, info->progress_max, -1);
  if (low != NULL && high != NULL)
    return g_strdup_printf (_("%s to %s"), low, high);
  if (low != NULL)
    return g_strdup_printf (_("at least %s"), low);
  return high != NULL ? g_strdup_printf (_("at most %s"), high) : NULL;
}

static char *
elements_text (const EntryInfo *info)
{
  g_autofree char *size
    = g_format_size_full (info->length * info->type.size, G_FORMAT_SIZE_IEC_UNITS);
  g_autoptr (GString) shape = g_string_new (NULL);

  if (info->dimensions == 0)
    return NULL;
  for (guint i = 0; i < info->dimensions; i++)
    g_string_append_printf (shape, i > 0 ? " × %" G_GUINT64_FORMAT : "%" G_GUINT64_FORMAT,
                            info->shape[i]);
  if (info->dimensions > 1)
    g_string_append_printf (shape, " = %" G_GUINT64_FORMAT, info->length);
  return g_strdup_printf (_("%s, %s"), shape->str, size);
}

static char *
labels_text (const EntryInfo *info)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < info->n_labels && text->len < 1000; i++)
    if (info->labels[i].field < 0)
      g_string_append_printf (text, text->len > 0 ? ", %" G_GINT64_FORMAT " %s"
                                                  : "%" G_GINT64_FORMAT " %s",
                              info->labels[i].value, info->labels[i].text);
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

/* In one word; the panel below says more. */
static const char *
lock_word (EntryItem *item)
{
  if (entry_item_get_lock_info (item) == NULL)
    return NULL;
  switch (entry_item_get_lock (item))
    {
    case ENTRY_LOCK_UNKNOWN:
      return C_("lock", "not known");
    case ENTRY_LOCK_NONE:
    case ENTRY_LOCK_EXTERNAL:
      return NULL;
    case ENTRY_LOCK_FREE:
      return C_("lock", "free");
    case ENTRY_LOCK_BUSY:
      return C_("lock", "in use");
    case ENTRY_LOCK_HELD:
      return C_("lock", "held");
    case ENTRY_LOCK_DEAD:
      return C_("lock", "holder died");
    }
  return NULL;
}

static char *
names_text (const EntryInfo *info)
{
  g_autofree char *joined = NULL;

  if (info->names == NULL || info->names[0] == NULL || info->names[1] == NULL)
    return NULL;
  joined = g_strjoinv (", ", info->names + 1);
  return g_strdup_printf (_("Also: %s"), joined);
}

static char *
processes_text (const EntryInfo *info)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < info->n_pids && i < PROCESSES_MAX; i++)
    g_string_append_printf (text, i > 0 ? ", %d" : "%d", (int) info->pids[i]);
  if (info->n_pids > PROCESSES_MAX)
    g_string_append (text, ", …");
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

static char *
address_text (const EntryInfo *info)
{
  g_autofree char *address = g_strdup_printf ("0x%" G_GINT64_MODIFIER "x", info->address);

  if (info->address == 0)
    return NULL;
  if (info->n_pids < 2)
    return g_steal_pointer (&address);
  /* Translators: an address, and the id of the process in which it is this. */
  return g_strdup_printf (_("%s in %d"), address, (int) info->pids[0]);
}

static void
update_live (Details *self)
{
  const LockInfo *lock = entry_item_get_lock_info (self->item);
  const EntryInfo *info = entry_item_get_info (self->item);
  guint64 writes = 0;

  set_fact (self, FACT_HOLDER, g_strdup (lock_word (self->item)));
  lock_panel_update (self->lock_panel);
  set_fact (self, FACT_STATE,
            info->object != OBJECT_DATA ? g_strdup (entry_item_get_value (self->item)) : NULL);
  set_fact (self, FACT_RECOVERIES,
            lock != NULL && lock->recoveries > 0
              ? g_strdup_printf (ngettext ("%u time", "%u times", lock->recoveries),
                                 lock->recoveries)
              : NULL);
  set_fact (self, FACT_WRITES,
            entry_item_get_writes (self->item, &writes)
              ? g_strdup_printf ("%" G_GUINT64_FORMAT, writes)
              : NULL);
  set_fact (self, FACT_COPY,
            g_strdup (words_consistency (entry_item_get_status (self->item), info->lock_kind)));
}

/* NULL: none. */
static void
set_array (Details *self, EntryItem *item)
{
  if (self->array == NULL && item != NULL)
    {
      self->array = g_object_new (ARRAY_TYPE_VIEW, NULL);
      gtk_stack_add_named (self->content, GTK_WIDGET (self->array), "array");
    }
  if (self->array != NULL)
    array_view_set_item (self->array, item);
}

static void
update_all (Details *self)
{
  EntryInfo *info = entry_item_get_info (self->item);
  g_autofree char *type = entry_info_type_text (info), *names = names_text (info);
  const char *about = info->doc[0] != '\0' ? info->doc : object_text_about (info);
  g_autofree char *reason
    = info->reason != NULL ? sentence_begin (info->reason, info->name) : NULL;
  const char *form = words_form (entry_item_get_form (self->item));
  gboolean is_data = info->object == OBJECT_DATA;
  gboolean array = info->dimensions > 0;
  gboolean structure = is_data && !array && info->type.kind == SHMLENS_KIND_STRUCT;

  gtk_label_set_text (self->name_label, info->name);
  gtk_label_set_text (self->names_label, names != NULL ? names : "");
  gtk_widget_set_visible (GTK_WIDGET (self->names_label), names != NULL);
  gtk_label_set_text (self->doc_label, about != NULL ? about : "");
  gtk_widget_set_visible (GTK_WIDGET (self->doc_label), about != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->reason_box), info->reason != NULL);
  gtk_image_set_from_icon_name (self->reason_icon, info->editable ? "dialog-information-symbolic"
                                                                  : "changes-prevent-symbolic");
  sentence_show (self->reason_label, reason);

  set_fact (self, FACT_TYPE,
            is_data ? g_strdup_printf (_("%s (%c)"), type, info->type.code) : NULL);
  set_fact (self, FACT_CTYPE, g_strdup (info->ctype));
  set_fact (self, FACT_ELEMENTS, elements_text (info));
  set_fact (self, FACT_RANGE, is_data ? range_text (info) : NULL);
  set_fact (self, FACT_ROLE,
            is_data ? g_strdup (form != NULL ? form : words_role (info->role)) : NULL);
  set_fact (self, FACT_UNIT, info->unit[0] != '\0' ? g_strdup (info->unit) : NULL);
  set_fact (self, FACT_LABELS, labels_text (info));
  set_fact (self, FACT_LOCK, g_strdup (words_lock_kind (info)));
  set_fact (self, FACT_WAY, info->lock_kind == LOCK_SEMAPHORE && info->editable
                              ? g_strdup (words_lock_way (info->lock_way))
                              : NULL);
  set_fact (self, FACT_OFFSET,
            is_data ? g_strdup_printf ("0x%" G_GINT64_MODIFIER "x", info->offset) : NULL);
  set_fact (self, FACT_ADDRESS, address_text (info));
  set_fact (self, FACT_PROCESSES, processes_text (info));
  lock_panel_set_item (self->lock_panel, self->item);
  update_live (self);

  field_table_set_item (self->fields, structure ? self->item : NULL);
  set_array (self, array ? self->item : NULL);
  if (structure || array)
    gtk_stack_set_visible_child_name (self->content, structure ? "fields" : "array");
  gtk_widget_set_visible (GTK_WIDGET (self->content), structure || array);
  gtk_widget_set_visible (self->separator, structure || array);
}

static void
on_sampled (EntryItem *item, Details *self)
{
  update_live (self);
}

static void
on_info (EntryItem *item, GParamSpec *pspec, Details *self)
{
  update_all (self);
}

static void
hold (Details *self)
{
  if (self->held || self->item == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  self->held = TRUE;
  entry_item_hold (self->item);
}

static void
let_go (Details *self)
{
  if (self->held)
    entry_item_release (self->item);
  self->held = FALSE;
}

void
details_set_item (Details *self, EntryItem *item)
{
  if (self->item == item)
    return;
  let_go (self);
  if (self->item != NULL)
    {
      g_clear_signal_handler (&self->sampled_handler, self->item);
      g_clear_signal_handler (&self->info_handler, self->item);
      g_clear_signal_handler (&self->name_handler, self->item);
    }
  g_set_object (&self->item, item);
  gtk_stack_set_visible_child_name (self->pages, item != NULL ? "entry" : "none");
  if (item == NULL)
    {
      lock_panel_set_item (self->lock_panel, NULL);
      field_table_set_item (self->fields, NULL);
      set_array (self, NULL);
      return;
    }
  update_all (self);
  self->sampled_handler = g_signal_connect (item, "sampled", G_CALLBACK (on_sampled), self);
  self->info_handler = g_signal_connect (item, "notify::info", G_CALLBACK (on_info), self);
  self->name_handler = g_signal_connect (item, "notify::name", G_CALLBACK (on_info), self);
  hold (self);
}

void
details_focus_content (Details *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self->content)))
    gtk_widget_grab_focus (gtk_stack_get_visible_child (self->content));
}

void
details_go_to (Details *self)
{
  if (self->item != NULL && entry_item_get_info (self->item)->dimensions > 0)
    array_view_ask_index (self->array);
}

static GtkWidget *
make_fact (Details *self, enum fact fact)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *caption = gtk_label_new (caption_of (fact));
  GtkWidget *text = inscription_new ();
  GtkWidget *child = gtk_flow_box_child_new ();

  gtk_label_set_xalign (GTK_LABEL (caption), 0);
  gtk_widget_add_css_class (caption, "caption");
  gtk_widget_add_css_class (caption, "dim-label");
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (text), 16);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (text), 19);
  gtk_widget_add_css_class (text, "numeric");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  caption, NULL, -1);
  gtk_box_append (GTK_BOX (box), caption);
  gtk_box_append (GTK_BOX (box), text);
  gtk_widget_set_focusable (child, FALSE);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), box);
  gtk_flow_box_append (self->facts, child);
  self->boxes[fact] = box;
  self->texts[fact] = GTK_INSCRIPTION (text);
  return box;
}

static void
details_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (details_parent_class)->map (widget);
  hold (SHMLENS_DETAILS (widget));
}

static void
details_unmap (GtkWidget *widget)
{
  let_go (SHMLENS_DETAILS (widget));
  GTK_WIDGET_CLASS (details_parent_class)->unmap (widget);
}

static void
details_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_NARROW)
    g_value_set_boolean (value, SHMLENS_DETAILS (object)->narrow);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
details_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  Details *self = SHMLENS_DETAILS (object);

  if (id != PROP_NARROW)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  if (self->narrow == g_value_get_boolean (value))
    return;
  self->narrow = g_value_get_boolean (value);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->sides),
                                  self->narrow ? GTK_ORIENTATION_VERTICAL
                                               : GTK_ORIENTATION_HORIZONTAL);
  g_object_notify_by_pspec (object, pspec);
}

static void
details_dispose (GObject *object)
{
  Details *self = SHMLENS_DETAILS (object);
  GtkWidget *child;

  if (self->pages != NULL)
    details_set_item (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  self->array = NULL;
  G_OBJECT_CLASS (details_parent_class)->dispose (object);
}

static void
details_class_init (DetailsClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->get_property = details_get_property;
  object_class->set_property = details_set_property;
  object_class->dispose = details_dispose;
  widget_class->map = details_map;
  widget_class->unmap = details_unmap;

  properties[PROP_NARROW]
    = g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (FIELD_TYPE_TABLE);
  g_type_ensure (LOCK_TYPE_PANEL);
  g_type_ensure (WRAP_TYPE_BOX);
  gtk_widget_class_set_css_name (widget_class, "details");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/details.ui");
  gtk_widget_class_bind_template_child (widget_class, Details, pages);
  gtk_widget_class_bind_template_child (widget_class, Details, content);
  gtk_widget_class_bind_template_child (widget_class, Details, sides);
  gtk_widget_class_bind_template_child (widget_class, Details, reason_icon);
  gtk_widget_class_bind_template_child (widget_class, Details, separator);
  gtk_widget_class_bind_template_child (widget_class, Details, reason_box);
  gtk_widget_class_bind_template_child (widget_class, Details, name_label);
  gtk_widget_class_bind_template_child (widget_class, Details, names_label);
  gtk_widget_class_bind_template_child (widget_class, Details, doc_label);
  gtk_widget_class_bind_template_child (widget_class, Details, reason_label);
  gtk_widget_class_bind_template_child (widget_class, Details, lock_panel);
  gtk_widget_class_bind_template_child (widget_class, Details, facts);
  gtk_widget_class_bind_template_child (widget_class, Details, fields);
}

static void
details_init (Details *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (int fact = 0; fact < N_FACTS; fact++)
    make_fact (self, fact);
}
