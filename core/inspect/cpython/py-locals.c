/* py-locals.c - the variables of functions that run. */
#include "py-locals.h"

#include "py-frame.h"

/* A word of a frame without the bits that are not the pointer's. */
static gboolean
pointer_at (const PyReader *reader, guint64 address, guint64 *ret)
{
  if (!py_image_u64 (reader->image, address, ret))
    return FALSE;
  *ret &= ~reader->runtime->layout.frame.tag_bits;
  return TRUE;
}

gboolean
py_locals_read (const PyReader *reader, guint64 frame, PyLocals *ret_locals)
{
  const struct py_layout_frame *layout = &reader->runtime->layout.frame;
  guint64 code;

  /* Later frames are no objects; that the scan has them says that they run. */
  if (reader->runtime->minor < 11
      && (!py_object_is (reader, frame, reader->runtime->frame)
          || !py_frame_is_live (reader, frame, &frame)))
    return FALSE;
  ret_locals->locals = frame + layout->locals;
  return py_image_u64 (reader->image, frame + layout->previous, &ret_locals->caller)
         && pointer_at (reader, frame + layout->code, &code)
         && pointer_at (reader, frame + layout->globals, &ret_locals->globals)
         && py_code_read (reader, code, &ret_locals->code);
}

void
py_locals_foreach (const PyReader *reader, const PyLocals *frame, PyLocalFunc func, gpointer data)
{
  for (guint i = 0; i < frame->code.n_variables; i++)
    {
      guint64 value, name;

      if (!pointer_at (reader, frame->locals + i * sizeof value, &value) || value == 0)
        continue;
      name = py_code_variable (reader, &frame->code, i);
      if (name != 0 && !func (i, name, value, data))
        return;
    }
}
