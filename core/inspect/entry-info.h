/* entry-info.h - what is known of an entry. Immutable, counted references, safe
 * to hand between threads. Everything in it was validated by its source. */
#pragma once

#include <glib.h>

#include "lock-info.h"

typedef struct entry_info EntryInfo;
typedef struct entry_field EntryField;
typedef struct entry_label EntryLabel;
typedef struct display_set DisplaySet;

/* A field of a structure, nested ones laid flat: "pos.x". */
struct entry_field
{
  char *name;
  struct shmlens_type type;
  gboolean swapped;
  guint bit_offset;
  guint bit_width;    /* 0: no bit field */
  guint32 offset;     /* from the element's start */
  guint dimensions;
  guint64 shape[SHMLENS_DIMENSIONS_MAX];
  char *reason;       /* why it cannot be edited though the entry can: a sentence; NULL: it can */
};

struct entry_label
{
  gint64 value;
  int field;          /* index; -1 the element itself */
  char *text;
};

/* What an entry is: data; or something that programs coordinate with, whose state is
 * shown as if it were data. */
enum entry_object
{
  OBJECT_DATA,
  OBJECT_EVENT,      /* bool: set or clear */
  OBJECT_LOCK,       /* int: how often it can still be taken: 1 free, 0 held */
  OBJECT_SEMAPHORE,  /* int: likewise */
  OBJECT_CONDITION,  /* int: how many wait to be notified */
  OBJECT_BARRIER,    /* structure: state, waiting */
  OBJECT_QUEUE       /* structure: size, and of one that can be joined unfinished */
};

struct entry_info
{
  guint64 id;         /* names the entry within its segment as long as it lives */
  char *name;         /* the best one */
  char **names;       /* all that are known, the best first; NULL: just the one */
  enum entry_object object;
  char *ctype;        /* the type's own name in its program: "c_double_Array_5"; NULL: none */
  guint64 address;    /* in process pids[0]; 0: not known */
  guint n_pids;
  pid_t *pids;        /* the processes that have it, where the segment's do not tell */
  struct shmlens_type type;
  gboolean swapped;   /* elements are in the other byte order */
  guint dimensions;   /* 0: a value */
  guint64 shape[SHMLENS_DIMENSIONS_MAX];
  gint64 strides[SHMLENS_DIMENSIONS_MAX];  /* bytes; C order for our own segments */
  guint64 length;     /* elements in all; 1 for a value */
  guint64 offset;     /* of the first element, in bytes from the segment's start */
  enum shmlens_role role;
  char *unit;         /* "" none */
  char *doc;          /* "" none */
  gboolean has_minimum, has_maximum, has_progress_max;
  guint8 minimum[8], maximum[8], progress_max[8];  /* an element each */
  enum lock_kind lock_kind;
  guint64 lock_id;    /* equal for entries on one lock; meaningless when the kind is NONE */
  gboolean lock_recursive;
  enum lock_way lock_way;  /* of a lock that is not ours */
  gboolean editable;
  char *reason;       /* why it cannot be edited, or needs an unlocked edit: a sentence; else NULL */
  guint n_fields;
  EntryField *fields;
  guint n_labels;
  EntryLabel *labels;
};

/* A copy with one reference; strings, fields and labels are its own. What comes from outside is
 * made printable: names are what people write to mean the entry, see target.h. */
EntryInfo *entry_info_new (const EntryInfo *values);
EntryInfo *entry_info_ref (EntryInfo *info);
void entry_info_unref (EntryInfo *info);
gboolean entry_info_equal (const EntryInfo *a, const EntryInfo *b);

/* Fills in a struct with what another has; strings, fields and labels are its own. */
void entry_info_copy (const EntryInfo *values, EntryInfo *ret_copy);
/* Frees what a struct that was filled in by hand owns, not the struct; it is empty then. */
void entry_info_clear (EntryInfo *values);

/* The type as people write it: "int32", "float32[480][640]", "struct". */
char *entry_info_type_text (const EntryInfo *info);

/* One element, or one field of it, as text; structures as "{x: 1, y: 2}", a number
 * with a label as "running (2)". A field of thousands of elements is cut with "…".
 *
 * element: type.size bytes, from a sample. field: index, or -1 for the whole.
 * Returns newly allocated text. */
char *entry_info_element_text (const EntryInfo *info, const void *element, int field);
/* The same appended, in the forms of a set (see display-set.h; NULL: as the entry says). */
void entry_info_append_element (const EntryInfo *info, const DisplaySet *displays,
                                const void *element, int field, GString *text);

/* One scalar out of an element, in this machine's byte order and, of a bit field,
 * at its lowest bit: the element itself (field -1), or number `index` of a field (0
 * unless it is an array). insert puts one back into a copy of an element; FALSE
 * when it does not fit a bit field. Not for a whole structure.
 *
 * value: 8 bytes of room. ret_type: its type; may be NULL. */
void entry_info_extract (const EntryInfo *info, const void *element, int field, guint64 index,
                         struct shmlens_type *ret_type, void *ret_value);
gboolean entry_info_insert (const EntryInfo *info, void *element, int field, guint64 index,
                            const void *value);

/* Whether values can be shown with labels: integers and bool, of an entry that has any. */
gboolean entry_info_has_labels (const EntryInfo *info, int field);
/* The label of such a value; NULL when it has none. Owned by info. */
const char *entry_info_label (const EntryInfo *info, int field, const void *value);

/* The label that people wrote: its text, or as it is shown, "running (2)". NULL: none. Owned by
 * info. */
const EntryLabel *entry_info_find_label (const EntryInfo *info, int field, const char *text);

/* Whether its fields are named by their numbers: a list whose elements differ in type. */
gboolean entry_info_is_list (const EntryInfo *info);

/* How many scalars a field has: 1, or all of its shape. */
guint64 entry_field_length (const EntryField *field);

/* For the number of a scalar in a field: all of the field. */
#define ENTRY_FIELD_WHOLE G_MAXUINT64

/* Where an element is: its place along each axis, "[3][7]"; "" of a value. Newly allocated. */
char *entry_info_place_text (const EntryInfo *info, guint64 element);
/* What stands behind an element to mean a field of it: ".pos.x", ".counts[3]"; "" for -1. Newly
 * allocated. */
char *entry_info_field_text (const EntryInfo *info, int field, guint64 index);
/* What one scalar is called: "counts[3][7]", "robots[1].pos.x[2]". Newly allocated. */
char *entry_info_scalar_name (const EntryInfo *info, guint64 element, int field, guint64 index);

/* A preview of the first elements, at most max_characters long and cut with "…":
 * "1.5", "[0, 1, 2, …]", "\"text\"" for the text role. */
char *entry_info_preview (const EntryInfo *info, const void *elements, guint64 n_elements,
                          guint max_characters);
/* The same in the forms of a set; characters in a form of their own are no text any more. */
char *entry_info_preview_in (const EntryInfo *info, const DisplaySet *displays,
                             const void *elements, guint64 n_elements, guint max_characters);

/* An element as a double for plots, bars and rates; NAN when it is no number.
 * Never used for exact text or edits. */
double entry_info_element_double (const EntryInfo *info, const void *element, int field);

/* "plain", "progress", "flag", "counter", "text", "bytes", "image". Static. */
const char *entry_role_name (enum shmlens_role role);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntryInfo, entry_info_unref)
