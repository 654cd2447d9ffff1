/* made-python.h - Python objects of 3.12 to 3.14 in made-up memory, for what decodes them. */
#pragma once

#include "py-object.h"
#include "support/made-memory.h"

struct made_python
{
  struct made_memory *memory;
  PyImage *image;
  PyRuntime runtime;
  PyReader reader;
  guint64 next;  /* where the next object comes */
};

void made_python_init (struct made_python *self, guint minor);
void made_python_clear (struct made_python *self);

/* Memory of zeros, at a multiple of 16. */
guint64 made_space (struct made_python *self, gsize size);
void made_word (struct made_python *self, guint64 address, guint64 word);
void made_byte (struct made_python *self, guint64 address, guint8 byte);

/* An object with a count of references and a type, and zeros behind them. */
guint64 made_object (struct made_python *self, guint64 type, gsize size);
/* name: tp_name. base: 0 none. Its dict has n entries of keys and values. */
guint64 made_type (struct made_python *self, const char *name, guint64 base);
void made_type_set_dict (struct made_python *self, guint64 type, guint64 dict);
guint64 made_string (struct made_python *self, const char *ascii);
guint64 made_integer (struct made_python *self, gint64 value);
guint64 made_tuple (struct made_python *self, const guint64 *items, guint n);
guint64 made_dict (struct made_python *self, const guint64 *keys, const guint64 *values, guint n);
