/* display.h - how people want one value displayed, and reading back what they type in that
 * form. Pure: of values and texts alone.
 *
 * Integers, bool and characters can be displayed in every form; floats only in decimal and as
 * progress. A form that does not suit the type is as none. Not safe between threads by itself.
 */
#pragma once

#include <glib.h>

#include "shmlens.h"

typedef struct display Display;
typedef struct display_label DisplayLabel;

enum display_form
{
  DISPLAY_STANDARD,     /* as the entry says: its role, its labels */
  DISPLAY_DECIMAL,
  DISPLAY_HEXADECIMAL,  /* the bits of the type's size, negative numbers too */
  DISPLAY_OCTAL,
  DISPLAY_BINARY,
  DISPLAY_CHARACTER,    /* 'A' */
  DISPLAY_PROGRESS,     /* of a maximum */
  DISPLAY_BITS,         /* the names of the bits that are set */
  DISPLAY_LABELS,       /* the name of the value */
  DISPLAY_N_FORMS
};

struct display_label
{
  gint64 value;         /* of BITS: the number of the bit, from 0 */
  char *text;
};

/* What people give by hand, and what a file could hold. */
#define DISPLAY_LABELS_MAX 256
#define DISPLAY_TEXT_MAX 4096

struct display
{
  enum display_form form;
  double maximum;       /* of PROGRESS; above 0 */
  GArray *labels;       /* of DisplayLabel */
  char *unit;           /* NULL: the entry's own */
};

Display *display_new (enum display_form form);
Display *display_copy (const Display *display);
void display_free (Display *display);

/* Whether the form can be used for values of the type. */
gboolean display_suits (const Display *display, const struct shmlens_type *type);
/* Whether nothing of it differs from having none. */
gboolean display_is_standard (const Display *display);

/* "0=idle, 1=running", or names alone, which are counted from 0. Of BITS the values must be 0 to
 * 63. Replaces the labels. Errors: BAD_VALUE. */
gboolean display_set_labels (Display *display, const char *text, GError **error);
/* One more, with a text that may have commas in it too: nobody types it. */
void display_add_label (Display *display, gint64 value, const char *text);
/* The label that this is the text of; of LABELS also as it is shown, "running (2)". NULL: none.
 * Owned by the display. */
const DisplayLabel *display_find_label (const Display *display, const char *text);
/* As it is given to display_set_labels(). Newly allocated. */
char *display_get_labels (const Display *display);

/* Appends a value in this machine's byte order; FALSE, and nothing, when the form is STANDARD or
 * does not suit the type. bits: of a bit field, else 0. No memory is allocated but for the text. */
gboolean display_append (const Display *display, const struct shmlens_type *type, guint bits,
                         const void *value, GString *text);
/* The same newly allocated; NULL for FALSE. */
char *display_format (const Display *display, const struct shmlens_type *type, guint bits,
                      const void *value);
/* How many characters a value has at most, of names what is usual: for columns. decimal: the same
 * of the number itself. */
guint display_width (const Display *display, const struct shmlens_type *type, guint bits,
                     guint decimal);
/* Reads back such a text, also a number in any base. ret_value: 8 bytes of room, untouched on
 * failure; what fits the type may be too much for a bit field. Errors: BAD_VALUE. */
gboolean display_parse (const Display *display, const struct shmlens_type *type, guint bits,
                        const char *text, void *ret_value, GError **error);

/* How many bytes a character has that stands here for a value and could be taken for what parts
 * values: in quotes, as CHARACTER displays it ("','"), or the separator where a value must follow
 * (",,"; '\0': no separator does). 0: there is none. */
gsize display_character_length (const char *text, char separator);
/* Parts what people typed for several values; characters that are values stay whole. */
char **display_split (const Display *display, const char *text, char separator);

/* Of PROGRESS: how much of the maximum is done, from 0 to 1; and how many seconds are left at this
 * rate. NAN when it is not known. */
double display_fraction (const Display *display, double value);
double display_time_left (const Display *display, double value, double per_second);

/* "hexadecimal": as files and settings name a form. Static. */
const char *display_form_name (enum display_form form);

/* Into a group of a file; and out of it, NULL when there is none or it is wrong. */
void display_save (const Display *display, GKeyFile *file, const char *group);
Display *display_load (GKeyFile *file, const char *group);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Display, display_free)
