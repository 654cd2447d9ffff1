/* py-kind.c - which kinds of objects lead to others. */
#include "py-kind.h"

#define TYPES_MAX 65536
#define BASES_MAX 64
#define TYPE_FLAGS 168
#define TYPE_DICT 264
#define FLAG_HEAP_TYPE (1u << 9)

struct py_kinds
{
  const PyReader *reader;
  PyPlaces *places;
  GHashTable *infos;     /* a type's address to its struct py_kind_info */
  GHashTable *builtin;   /* a type's address to its enum py_kind */
  guint64 last_type;
  struct py_kind_info last;
};

static void
teach (PyKinds *self, guint64 type, enum py_kind kind)
{
  if (type != 0)
    g_hash_table_insert (self->builtin, GSIZE_TO_POINTER (type), GUINT_TO_POINTER (kind));
}

PyKinds *
py_kinds_new (const PyReader *reader, const PyScan *scan, PyPlaces *places)
{
  const PyRuntime *runtime = reader->runtime;
  PyKinds *self = g_new0 (PyKinds, 1);
  const guint64 leaves[] = { runtime->none_type, runtime->boolean, runtime->integer,
                             runtime->real,      runtime->string,  runtime->bytes,
                             runtime->code,      runtime->frame,   runtime->generator,
                             runtime->property,  runtime->weakref, runtime->builtin_function,
                             runtime->member_descriptor, scan->mmap };

  self->reader = reader;
  self->places = places;
  self->infos = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->builtin = g_hash_table_new (NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (leaves); i++)
    teach (self, leaves[i], KIND_LEAF);
  teach (self, runtime->list, KIND_SEQUENCE);
  teach (self, runtime->tuple, KIND_SEQUENCE);
  teach (self, runtime->dict, KIND_DICT);
  teach (self, runtime->set, KIND_SET);
  teach (self, runtime->type, KIND_CLASS);
  teach (self, runtime->module, KIND_MODULE);
  teach (self, runtime->function, KIND_FUNCTION);
  teach (self, runtime->method, KIND_METHOD);
  teach (self, runtime->cell, KIND_CELL);
  teach (self, runtime->simple_namespace, KIND_NAMESPACE);
  teach (self, runtime->memory_view, KIND_MEMORYVIEW);
  teach (self, runtime->mapping_proxy, KIND_PROXY);
  teach (self, scan->partial, KIND_PARTIAL);
  teach (self, scan->deque, KIND_DEQUE);
  return self;
}

void
py_kinds_free (PyKinds *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->infos);
  g_hash_table_unref (self->builtin);
  g_free (self);
}

/* Those that no address is known of. */
static gboolean
kind_by_name (const PyReader *reader, guint64 type, enum py_kind *ret_kind)
{
  static const struct
  {
    const char *name;
    enum py_kind kind;
  } named[] = {
    { "frozenset", KIND_SET },        { "staticmethod", KIND_CALLABLE },
    { "classmethod", KIND_CALLABLE }, { "numpy.ndarray", KIND_NDARRAY },
  };
  g_autofree char *name = py_type_name (reader, type);

  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (named); i++)
    if (g_str_equal (name, named[i].name))
      {
        *ret_kind = named[i].kind;
        return TRUE;
      }
  return FALSE;
}

static gboolean
is_heap_type (const PyReader *reader, guint64 type)
{
  guint64 flags;

  return py_image_u64 (reader->image, type + TYPE_FLAGS, &flags) && (flags & FLAG_HEAP_TYPE) != 0;
}

/* Whether a class of tuples has names for its items. */
static gboolean
has_fields (const PyReader *reader, guint64 type)
{
  guint64 dict;

  return py_image_u64 (reader->image, type + TYPE_DICT, &dict)
         && py_dict_find (reader, dict, "_fields") != 0;
}

static struct py_kind_info
find_out (PyKinds *self, guint64 type)
{
  const PyReader *reader = self->reader;
  struct py_kind_info info = { .kind = KIND_LEAF, .place = PLACE_LIBRARY };
  gboolean is_known = FALSE;
  guint64 base = type;

  if (!py_type_is_type (reader, type))
    return info;
  info.has_attributes = is_heap_type (reader, type);
  for (guint i = 0; i < BASES_MAX && base != 0 && !is_known; i++)
    {
      gpointer kind;

      if (g_hash_table_lookup_extended (self->builtin, GSIZE_TO_POINTER (base), NULL, &kind))
        {
          info.kind = GPOINTER_TO_UINT (kind);
          is_known = TRUE;
        }
      else if (kind_by_name (reader, base, &info.kind))
        is_known = TRUE;
      else
        base = py_type_base (reader, base);
    }
  if (base == type)
    info.has_attributes = FALSE;
  if (info.kind == KIND_LEAF && info.has_attributes)
    info.kind = KIND_INSTANCE;
  if (info.kind == KIND_SEQUENCE && info.has_attributes && has_fields (reader, type))
    info.kind = KIND_RECORD;
  if (info.has_attributes || info.kind == KIND_CLASS)
    {
      g_autofree char *module = py_type_module (reader, type);

      if (module != NULL)
        info.place = py_places_of_module (self->places, module);
    }
  return info;
}

const struct py_kind_info *
py_kinds_of (PyKinds *self, guint64 object, guint64 *ret_type)
{
  struct { guint64 count, type; } header;
  struct py_kind_info *info;

  if (object % sizeof object != 0
      || !py_image_read (self->reader->image, object, &header, sizeof header) || header.type == 0)
    return NULL;
  if (ret_type != NULL)
    *ret_type = header.type;
  if (header.type == self->last_type)
    return &self->last;
  info = g_hash_table_lookup (self->infos, GSIZE_TO_POINTER (header.type));
  if (info == NULL)
    {
      struct py_kind_info found = find_out (self, header.type);

      if (g_hash_table_size (self->infos) >= TYPES_MAX)
        g_hash_table_remove_all (self->infos);
      info = g_new (struct py_kind_info, 1);
      *info = found;
      g_hash_table_insert (self->infos, GSIZE_TO_POINTER (header.type), info);
    }
  self->last_type = header.type;
  self->last = *info;
  return &self->last;
}

enum py_place
py_kinds_place_of_class (PyKinds *self, guint64 type)
{
  g_autofree char *module = py_type_module (self->reader, type);

  return module != NULL ? py_places_of_module (self->places, module) : PLACE_LIBRARY;
}
