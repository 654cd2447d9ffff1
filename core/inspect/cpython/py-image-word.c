/* py-image-word.c - words of another process's memory, over any way of reading it. */
#include "py-image.h"

gboolean
py_image_u8 (PyImage *self, guint64 address, guint8 *ret)
{
  return py_image_read (self, address, ret, sizeof *ret);
}

gboolean
py_image_u32 (PyImage *self, guint64 address, guint32 *ret)
{
  return py_image_read (self, address, ret, sizeof *ret);
}

gboolean
py_image_i32 (PyImage *self, guint64 address, gint32 *ret)
{
  return py_image_read (self, address, ret, sizeof *ret);
}

gboolean
py_image_i64 (PyImage *self, guint64 address, gint64 *ret)
{
  return address % sizeof *ret == 0 && py_image_read (self, address, ret, sizeof *ret);
}

gboolean
py_image_u64 (PyImage *self, guint64 address, guint64 *ret)
{
  return address % sizeof *ret == 0 && py_image_read (self, address, ret, sizeof *ret);
}
