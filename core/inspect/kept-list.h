/* kept-list.h - a list that people have made by hand, kept in a file: what the lists of each kind
 * have in common, whatever their rows are.
 *
 * The file has a group for each row, and one that says how to read it. Not safe between threads.
 */
#pragma once

#include "kept-file.h"

typedef struct kept_list KeptList;

/* What rows of one kind are. */
typedef struct
{
  const char *file;    /* its name, when no other path is given */
  const char *head;    /* the group that holds the version */
  const char *group;   /* the groups of the rows are "GROUP 1" and so on */
  guint n_max;         /* no more rows than this */
  /* A row from its group; NULL: this is none. */
  gpointer (*load_row) (GKeyFile *file, const char *group);
  void (*save_row) (gconstpointer row, GKeyFile *file, const char *group);
  GDestroyNotify free_row;
} KeptListClass;

/* What a list of one kind has of this. */
struct kept_list
{
  const KeptListClass *class;
  GPtrArray *rows;      /* which it owns */
  char *path;
  gboolean is_locked;   /* a file that could neither be read nor put aside stands there */
};

enum kept_list_state
{
  KEPT_LIST_WHOLE,    /* all of the file was understood, or there is none */
  KEPT_LIST_ASIDE,    /* what could be read is in the list, and the file has another name now */
  KEPT_LIST_LOCKED    /* it can neither be read nor put aside: nothing will be saved */
};

/* Empty. path: of the file; NULL: the class's own. */
void kept_list_init (KeptList *self, const KeptListClass *class, const char *path);
void kept_list_clear (KeptList *self);

/* Reads the file. ret_aside: newly allocated, its name when it was put ASIDE. error: of the file
 * system, if it was that which kept a LOCKED one from being read. */
enum kept_list_state kept_list_load (KeptList *self, char **ret_aside, GError **error);
/* Writes the file anew, as a whole or not at all; does nothing when it is LOCKED, which was said
 * when it was read. Errors: as kept_file_write(). */
gboolean kept_list_save (KeptList *self, GError **error);

gboolean kept_list_is_full (const KeptList *self);
gpointer kept_list_get (const KeptList *self, guint index);
void kept_list_remove (KeptList *self, guint index);
