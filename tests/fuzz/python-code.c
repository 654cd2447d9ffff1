/* python-code.c - inputs that tell a process's memory. */
#include "python-code.h"

#include <string.h>

#define PAGE 4096u

gboolean
python_code_decode (const guint8 *data, gsize size, void *ret_header,
                    struct python_code_memory *ret_memory)
{
  struct python_code_piece piece;

  if (size < python_code_header_length)
    return FALSE;
  memcpy (ret_header, data, python_code_header_length);
  data += python_code_header_length;
  size -= python_code_header_length;
  for (ret_memory->n = 0; size > sizeof piece && ret_memory->n < PYTHON_CODE_PIECES_MAX;
       ret_memory->n++)
    {
      guint i = ret_memory->n;

      memcpy (&piece, data, sizeof piece);
      data += sizeof piece;
      size -= sizeof piece;
      ret_memory->pieces[i].address = piece.address % (G_GUINT64_CONSTANT (1) << 47);
      ret_memory->pieces[i].length = MIN (piece.length, size);
      ret_memory->pieces[i].bytes = data;
      data += ret_memory->pieces[i].length;
      size -= ret_memory->pieces[i].length;
    }
  return TRUE;
}

static gboolean
read_page (const struct python_code_memory *memory, guint64 page, guint8 *bytes)
{
  gboolean is_there = FALSE;

  memset (bytes, 0, PAGE);
  for (guint i = 0; i < memory->n; i++)
    {
      guint64 address = memory->pieces[i].address;
      guint64 start = MAX (address, page), end = MIN (address + memory->pieces[i].length, page + PAGE);

      if (start >= end)
        continue;
      memcpy (bytes + (start - page), memory->pieces[i].bytes + (start - address), end - start);
      is_there = TRUE;
    }
  return is_there;
}

gssize
python_code_read (gpointer memory, guint64 address, void *to, gsize length)
{
  guint8 bytes[PAGE];
  gsize done = 0;

  while (done < length)
    {
      guint64 page = (address + done) / PAGE * PAGE, at = address + done - page;
      gsize n = MIN (length - done, PAGE - at);

      if (!read_page (memory, page, bytes))
        break;
      memcpy ((guint8 *) to + done, bytes + at, n);
      done += n;
    }
  return done > 0 ? (gssize) done : -1;
}

void
python_code_runtime (const struct python_code_header *header, PyRuntime *ret_runtime)
{
  PyRuntime runtime = { .major = 3, .minor = 6 + (header->minor + 9u - 6u) % 9u };

  (void) py_layout_for (runtime.major, runtime.minor, &runtime.layout);
  runtime.type = header->type;
  runtime.none_type = header->none_type;
  runtime.boolean = header->boolean;
  runtime.integer = header->integer;
  runtime.string = header->string;
  runtime.tuple = header->tuple;
  runtime.list = header->list;
  runtime.dict = header->dict;
  runtime.module = header->module;
  runtime.code = header->code;
  runtime.frame = header->frame;
  runtime.generator = header->generator;
  runtime.member_descriptor = header->member_descriptor;
  *ret_runtime = runtime;
}

void
python_names_runtime (const struct python_names_header *header, PyRuntime *runtime)
{
  runtime->builtin_function = header->types.builtin_function;
  runtime->memory_view = header->types.memory_view;
  runtime->function = header->function;
  runtime->method = header->method;
  runtime->cell = header->cell;
  runtime->set = header->set;
  runtime->simple_namespace = header->simple_namespace;
  runtime->mapping_proxy = header->mapping_proxy;
  runtime->property = header->property;
  runtime->weakref = header->weakref;
}
