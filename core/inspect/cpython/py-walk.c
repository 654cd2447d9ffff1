/* py-walk.c - from what can be named to what was found.
 *
 * Objects are gone through place by place (py-place.h), each from its roots in the order of
 * their distance. One that is reached over a worse place waits until that is its turn, so
 * that the first way to an object is the best. What is found is reached as often as there
 * are ways to it: those are its names.
 */
#include "py-walk.h"

#include "py-code.h"
#include "py-path.h"

#define DEPTH_MAX 7
/* Objects that are looked at: in all; and once everything has a name, for each place. A look
 * costs 50 to 100 ns. */
#define LOOKS_MAX 2000000
#define LOOKS_MORE 20000
/* Of objects that wait for their place. */
#define DEFERRED_MAX 500000
#define CELLS_MAX 4
#define CELL_CONTENT 16
/* Names of one object, of which the best are taken. */
#define NAMES_MAX 16
#define NONE G_MAXUINT32

/* An object on the way, and how it was come to. */
struct node
{
  guint64 address;
  guint64 key;        /* of step; of a root the index of its path */
  guint32 from;       /* index of a node */
  guint32 step : 4, kind : 6, place : 4, depth : 4;
  guint32 has_attributes : 1;
  guint32 is_target : 1;  /* of its attributes only those are gone that are public */
};

/* An address that is looked for. */
struct target
{
  guint found;
  gboolean is_inner;  /* its object, which has a wrapper */
  guint32 next;       /* another one with this address; NONE */
  gboolean is_gone;   /* its own attributes were looked at */
};

struct py_walk
{
  const PyReader *reader;
  PyPlaces *places;
  PyKinds *kinds;
  const gint *cancelled;
  GArray *targets;
  GPtrArray *names;         /* for each found one a GPtrArray of PyName */
  GArray *is_open;          /* gboolean for each: it must have a name, and has none */
  guint n_open;
  GPtrArray *roots;         /* paths */
  GArray *nodes;            /* a queue: those before `next` were gone through */
  guint next;
  GArray *waiting[N_PLACES];
  guint n_waiting;
  guint64 *slots;           /* addresses that were come to, and are not again; 0 none */
  guint n_slots, n_filled;  /* a power of two many */
  GHashTable *by_address;   /* where in targets the first of an address is */
  enum py_place place;      /* whose turn it is */
  guint looks;              /* that are left */
  guint current;            /* the node whose edges are looked at */
  gboolean hides_private;   /* and its private attributes are not the program's */
};

static void
name_free (gpointer data)
{
  PyName *name = data;

  g_free (name->text);
  g_free (name);
}

static struct node *
node_at (PyWalk *self, guint index)
{
  return &g_array_index (self->nodes, struct node, index);
}

static gboolean
is_cancelled (const PyWalk *self)
{
  return (self->cancelled != NULL && g_atomic_int_get (self->cancelled) != 0)
         || py_image_is_exhausted (self->reader->image);
}

static guint64 *
slot_of (PyWalk *self, guint64 address)
{
  guint i = (guint) ((address >> 3) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> 32);

  for (i &= self->n_slots - 1; self->slots[i] != 0; i = (i + 1) & (self->n_slots - 1))
    if (self->slots[i] == address)
      break;
  return &self->slots[i];
}

static void
remember (PyWalk *self, guint64 address)
{
  guint64 *slot;

  if (self->n_filled * 2 >= self->n_slots)
    {
      g_autofree guint64 *old = self->slots;
      guint n_old = self->n_slots;

      self->n_slots *= 2;
      self->slots = g_new0 (guint64, self->n_slots);
      for (guint i = 0; i < n_old; i++)
        if (old[i] != 0)
          *slot_of (self, old[i]) = old[i];
    }
  slot = slot_of (self, address);
  if (*slot == 0)
    {
      *slot = address;
      self->n_filled++;
    }
}

/* What has to have a name: locks and the like are often parts of something, and nameless. */
static gboolean
must_have_name (const PyFound *found)
{
  return found->shape.object != OBJECT_LOCK && found->shape.object != OBJECT_SEMAPHORE
         && found->shape.object != OBJECT_CONDITION;
}

static void
add_target (PyWalk *self, guint64 address, guint found, gboolean is_inner)
{
  struct target target = { .found = found, .is_inner = is_inner, .next = NONE };
  gpointer known;

  if (g_hash_table_lookup_extended (self->by_address, GSIZE_TO_POINTER (address), NULL, &known))
    {
      struct target *first
          = &g_array_index (self->targets, struct target, GPOINTER_TO_UINT (known));

      target.next = first->next;
      first->next = self->targets->len;
    }
  else
    {
      g_hash_table_insert (self->by_address, GSIZE_TO_POINTER (address),
                           GUINT_TO_POINTER (self->targets->len));
      remember (self, address);
    }
  g_array_append_val (self->targets, target);
}

PyWalk *
py_walk_new (const PyReader *reader, PyPlaces *places, PyKinds *kinds, const GPtrArray *found,
             const gint *cancelled)
{
  PyWalk *self = g_new0 (PyWalk, 1);

  self->reader = reader;
  self->places = places;
  self->kinds = kinds;
  self->cancelled = cancelled;
  self->targets = g_array_new (FALSE, FALSE, sizeof (struct target));
  self->names = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  self->is_open = g_array_new (FALSE, FALSE, sizeof (gboolean));
  self->roots = g_ptr_array_new_with_free_func (g_free);
  self->nodes = g_array_new (FALSE, FALSE, sizeof (struct node));
  for (guint i = 0; i < N_PLACES; i++)
    self->waiting[i] = g_array_new (FALSE, FALSE, sizeof (struct node));
  self->n_slots = 1024;
  self->slots = g_new0 (guint64, self->n_slots);
  self->by_address = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < found->len; i++)
    {
      const PyFound *one = found->pdata[i];
      gboolean is_open = must_have_name (one);

      g_ptr_array_add (self->names, g_ptr_array_new_with_free_func (name_free));
      g_array_append_val (self->is_open, is_open);
      self->n_open += is_open ? 1 : 0;
      if (one->wrapper != 0)
        add_target (self, one->wrapper, i, FALSE);
      if (one->object != 0 && one->object != one->wrapper)
        add_target (self, one->object, i, one->wrapper != 0);
    }
  return self;
}

void
py_walk_free (PyWalk *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->targets);
  g_ptr_array_unref (self->names);
  g_array_unref (self->is_open);
  g_ptr_array_unref (self->roots);
  g_array_unref (self->nodes);
  for (guint i = 0; i < N_PLACES; i++)
    g_array_unref (self->waiting[i]);
  g_hash_table_unref (self->by_address);
  g_free (self->slots);
  g_free (self);
}

GPtrArray *
py_walk_names (PyWalk *self, guint index)
{
  return self->names->pdata[index];
}

/* A node to go through, now or when it is its place's turn. */
static void
add_node (PyWalk *self, const struct node *node)
{
  if (node->depth >= DEPTH_MAX)
    return;
  if (node->place > self->place)
    {
      if (self->n_waiting >= DEFERRED_MAX)
        return;
      g_array_append_vals (self->waiting[node->place], node, 1);
      self->n_waiting++;
      return;
    }
  g_array_append_vals (self->nodes, node, 1);
  remember (self, node->address);
}

void
py_walk_add_root (PyWalk *self, enum py_place place, enum py_kind kind, guint64 object,
                  char *path)
{
  struct node node = { .address = object, .key = self->roots->len, .from = NONE,
                       .step = STEP_ROOT, .kind = kind, .place = place };

  node.has_attributes = kind == KIND_INSTANCE;
  g_ptr_array_add (self->roots, path);
  g_array_append_val (self->waiting[place], node);
  self->n_waiting++;
}

/* The path to where a step from a node leads; NULL when it cannot be written. */
static char *
path_of (PyWalk *self, guint from, enum py_step step, guint64 key)
{
  /* A class behind an instance does not count as a step, so there can be more. */
  struct node chain[4 * DEPTH_MAX];
  guint n = 0;
  gboolean is_one = TRUE;
  GString *path;

  for (guint i = from; i != NONE && n < G_N_ELEMENTS (chain); i = chain[n - 1].from)
    chain[n++] = *node_at (self, i);
  if (chain[n - 1].step != STEP_ROOT)
    return NULL;
  path = g_string_new (self->roots->pdata[chain[n - 1].key]);
  for (guint i = n - 1; i > 0 && is_one; i--)
    is_one = py_path_append (path, self->reader, chain[i - 1].step, chain[i - 1].key,
                             chain[i].address);
  if (is_one && py_path_append (path, self->reader, step, key, chain[0].address))
    return py_path_finish (path);
  g_string_free (path, TRUE);
  return NULL;
}

static void
add_name (PyWalk *self, const struct target *target, char *text, const struct node *way)
{
  GPtrArray *names = self->names->pdata[target->found];
  gboolean *is_open = &g_array_index (self->is_open, gboolean, target->found);
  PyName *name;

  for (guint i = 0; i < names->len; i++)
    if (g_str_equal (((PyName *) names->pdata[i])->text, text))
      {
        g_free (text);
        return;
      }
  name = g_new (PyName, 1);
  *name = (PyName){ .text = text, .place = way->place, .is_inner = target->is_inner,
                    .depth = way->depth };
  g_ptr_array_add (names, name);
  if (!*is_open)
    return;
  *is_open = FALSE;
  if (--self->n_open == 0)
    self->looks = MIN (self->looks, LOOKS_MORE);
}

/* A way to what is looked for. */
static void
arrive (PyWalk *self, guint first, const struct node *way)
{
  struct target *target = &g_array_index (self->targets, struct target, first);
  const struct py_kind_info *info;
  g_autofree char *path = NULL;

  for (guint32 i = first; i != NONE;)
    {
      const struct target *one = &g_array_index (self->targets, struct target, i);

      if (((GPtrArray *) self->names->pdata[one->found])->len < NAMES_MAX)
        {
          if (path == NULL)
            path = path_of (self, way->from, way->step, way->key);
          if (path == NULL)
            return;
          add_name (self, one, g_strdup (path), way);
        }
      i = one->next;
    }
  /* A class that a program derived may have more in it. */
  if (target->is_gone)
    return;
  target->is_gone = TRUE;
  info = py_kinds_of (self->kinds, way->address, NULL);
  if (info != NULL && (info->has_attributes || info->kind == KIND_NDARRAY))
    {
      struct node more = *way;

      more.kind = info->kind;
      more.has_attributes = info->has_attributes;
      more.is_target = TRUE;
      /* What an array is a view of is nobody's name for it, if there is another. */
      if (info->kind == KIND_NDARRAY)
        more.place = PLACE_INTERNAL;
      add_node (self, &more);
    }
}

/* Of a name in globals, in a class, or among attributes: whether it begins with an
 * underscore; or with two and ends with two. */
static gboolean
is_private (PyWalk *self, guint64 key, gboolean *ret_is_special)
{
  g_autofree char *name = py_string (self->reader, key, PY_NAME_MAX);

  *ret_is_special = name == NULL || name[0] == '.'
                    || (g_str_has_prefix (name, "__") && g_str_has_suffix (name, "__"));
  return name != NULL && name[0] == '_';
}

/* Where a function or a class is from. Its globals can be those of a program that no module
 * has (see py-place.h): they are a root too. */
static enum py_place
place_of_definition (PyWalk *self, enum py_kind kind, guint64 object)
{
  const PyModuleInfo *info;
  PyFunction function;
  guint n_modules;

  if (kind == KIND_CLASS)
    return py_kinds_place_of_class (self->kinds, object);
  if (!py_function_read (self->reader, object, &function))
    return PLACE_INTERNAL;
  n_modules = py_places_modules (self->places)->len;
  info = py_places_with_globals (self->places, function.globals);
  if (info == NULL)
    return PLACE_PROGRAM;
  if (py_places_modules (self->places)->len > n_modules)
    {
      struct node node = { .address = info->globals, .key = self->roots->len, .from = NONE,
                           .step = STEP_ROOT, .kind = KIND_GLOBALS, .place = self->place };

      g_ptr_array_add (self->roots, g_strdup (""));
      add_node (self, &node);
    }
  return info->place;
}

/* Whether a step to an attribute is one; and whose it is. */
static gboolean
is_wanted (PyWalk *self, const struct node *from, struct node *way)
{
  gboolean has_scope = from->kind == KIND_GLOBALS || from->kind == KIND_CLASS
                       || from->kind == KIND_FRAME;
  gboolean is_special, is_own;

  if (!has_scope && !from->is_target && !self->hides_private)
    return TRUE;
  is_own = !is_private (self, way->key, &is_special);
  if ((has_scope && is_special) || (from->is_target && !is_own))
    return FALSE;
  if (self->hides_private && !is_own)
    way->place = PLACE_INTERNAL;
  return TRUE;
}

static guint
length_of (enum py_step step)
{
  return step == STEP_THROUGH ? 0 : step == STEP_OUTER ? 2 : 1;
}

static gboolean
follow (enum py_step step, guint64 key, guint64 to, gpointer data)
{
  PyWalk *self = data;
  const struct node from = *node_at (self, self->current);
  struct node way = { .address = to, .key = key, .from = self->current, .step = step,
                      .place = from.place, .depth = from.depth + length_of (step) };
  const struct py_kind_info *info = NULL;

  if (self->looks == 0 || is_cancelled (self))
    return FALSE;
  self->looks--;
  if (way.depth > DEPTH_MAX)
    return TRUE;
  if ((step == STEP_ATTRIBUTE || step == STEP_OUTER) && !is_wanted (self, &from, &way))
    return TRUE;
  /* A variable that an inner function uses too lies in a cell, which is no step. */
  for (guint i = 0; i < CELLS_MAX && (info == NULL || info->kind == KIND_CELL); i++)
    {
      gpointer target;

      if (info != NULL
          && !py_image_u64 (self->reader->image, way.address + CELL_CONTENT, &way.address))
        return TRUE;
      if (*slot_of (self, way.address) != 0)
        {
          if (g_hash_table_lookup_extended (self->by_address, GSIZE_TO_POINTER (way.address), NULL,
                                            &target))
            arrive (self, GPOINTER_TO_UINT (target), &way);
          return TRUE;
        }
      info = py_kinds_of (self->kinds, way.address, NULL);
      if (info == NULL)
        return TRUE;
    }
  if (info->kind == KIND_LEAF || info->kind == KIND_MODULE || info->kind == KIND_CELL)
    return TRUE;
  way.kind = info->kind;
  way.has_attributes = info->has_attributes;
  if (way.kind == KIND_FUNCTION || way.kind == KIND_CLASS)
    way.place = MAX (way.place, place_of_definition (self, way.kind, way.address));
  add_node (self, &way);
  return TRUE;
}

static void
go_through (PyWalk *self, guint index)
{
  const struct node node = *node_at (self, index);
  const struct py_kind_info *info;

  self->current = index;
  self->hides_private = FALSE;
  if (node.has_attributes)
    {
      info = py_kinds_of (self->kinds, node.address, NULL);
      self->hides_private = info != NULL && info->place >= PLACE_LIBRARY;
    }
  py_edges_foreach (self->kinds, self->reader, node.kind, node.has_attributes, node.address,
                    follow, self);
}

/* All that can be reached from the roots of a place, and from what waited for it. */
static void
go_to_place (PyWalk *self)
{
  GArray *waiting = self->waiting[self->place];

  for (guint i = 0; i < waiting->len; i++)
    {
      const struct node *node = &g_array_index (waiting, struct node, i);

      /* Frames and arguments are no objects of their own. */
      if (node->kind == KIND_FRAME || node->kind == KIND_ARGUMENTS || node->is_target
          || *slot_of (self, node->address) == 0)
        add_node (self, node);
    }
  self->n_waiting -= waiting->len;
  g_array_set_size (waiting, 0);
  while (self->next < self->nodes->len && self->looks > 0 && !is_cancelled (self))
    go_through (self, self->next++);
  self->next = self->nodes->len;
}

void
py_walk_run (PyWalk *self)
{
  guint left = LOOKS_MAX;

  for (self->place = PLACE_MAIN; self->place < N_PLACES; self->place++)
    {
      guint looks;

      if (self->n_open == 0 && self->place >= PLACE_PACKAGE)
        break;
      /* No place takes it all: something has to be left for the next. */
      looks = self->n_open == 0 ? LOOKS_MORE : left / 2;
      self->looks = looks;
      go_to_place (self);
      left -= looks - self->looks;
    }
}
