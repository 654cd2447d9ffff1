/* py-image.c - pages of another process's memory, kept in a small table by their number. */
#include "py-image.h"

#include <string.h>

#define PAGE 4096u
#define PAGES 512u
/* More than this at once goes past the pages: it would only push others out. */
#define LONG_READ (8 * PAGE)
/* Where a program's addresses end, and where the first one can be. */
#define ADDRESS_END (G_GUINT64_CONSTANT (1) << 47)
#define ADDRESS_START 4096u
#define NO_PAGE G_MAXUINT64

struct page
{
  guint64 number;
  guint length;  /* of its beginning that could be read; 0: nothing is there */
};

struct py_image
{
  PyImageRead read;
  PyImageContent content;  /* NULL */
  gpointer data;
  guint64 budget;
  gboolean is_exhausted;
  const gint *cancelled;   /* atomic; NULL */
  struct page pages[PAGES];
  guint8 *bytes;  /* of pages[i] at i * PAGE */
};

PyImage *
py_image_new (PyImageRead read, gpointer data)
{
  PyImage *self = g_new0 (PyImage, 1);

  self->read = read;
  self->data = data;
  self->budget = G_MAXUINT64;
  self->bytes = g_malloc (PAGES * PAGE);
  py_image_forget (self);
  return self;
}

void
py_image_set_content (PyImage *self, PyImageContent content)
{
  self->content = content;
}

gboolean
py_image_next_content (PyImage *self, guint64 from, guint64 end, guint64 *ret_start,
                       guint64 *ret_end)
{
  if (self->content != NULL)
    return self->content (self->data, from, end, ret_start, ret_end);
  *ret_start = from;
  *ret_end = end;
  return from < end;
}

void
py_image_free (PyImage *self)
{
  if (self == NULL)
    return;
  g_free (self->bytes);
  g_free (self);
}

void
py_image_forget (PyImage *self)
{
  for (guint i = 0; i < PAGES; i++)
    self->pages[i].number = NO_PAGE;
}

void
py_image_set_budget (PyImage *self, guint64 bytes)
{
  self->budget = bytes;
  self->is_exhausted = FALSE;
}

gboolean
py_image_is_exhausted (PyImage *self)
{
  return self->is_exhausted
         || (self->cancelled != NULL && g_atomic_int_get (self->cancelled) != 0);
}

void
py_image_set_cancelled (PyImage *self, const gint *cancelled)
{
  self->cancelled = cancelled;
}

/* What cannot be read is paid for too, and so is a read of nothing: no loop of reads is
 * without an end. */
static gboolean
pay (PyImage *self, gsize length)
{
  guint64 price = MAX (length, 1);

  if (py_image_is_exhausted (self) || price > self->budget)
    {
      self->is_exhausted = TRUE;
      return FALSE;
    }
  if (self->budget != G_MAXUINT64)
    self->budget -= price;
  return TRUE;
}

/* The page's bytes, of which ret_length are there. */
static const guint8 *
page_bytes (PyImage *self, guint64 number, guint *ret_length)
{
  guint i = (guint) ((number ^ number >> 9) % PAGES);
  struct page *page = &self->pages[i];
  guint8 *bytes = self->bytes + (gsize) i * PAGE;

  if (page->number != number)
    {
      gssize n = self->read (self->data, number * PAGE, bytes, PAGE);

      page->number = number;
      page->length = n > 0 ? (guint) MIN (n, (gssize) PAGE) : 0;
    }
  *ret_length = page->length;
  return bytes;
}

gboolean
py_image_read (PyImage *self, guint64 address, void *to, gsize length)
{
  guint8 *end = to;

  if (!pay (self, length) || address < ADDRESS_START || address >= ADDRESS_END
      || length > ADDRESS_END - address)
    return FALSE;
  if (length >= LONG_READ)
    return self->read (self->data, address, to, length) == (gssize) length;
  while (length > 0)
    {
      guint at = (guint) (address % PAGE), there;
      gsize n = MIN (length, PAGE - at);
      const guint8 *bytes = page_bytes (self, address / PAGE, &there);

      if (at + n > there)
        return FALSE;
      memcpy (end, bytes + at, n);
      end += n;
      address += n;
      length -= n;
    }
  return TRUE;
}

/* How many bytes from address on lie in its page and are there; NULL none. */
static const guint8 *
rest_of_page (PyImage *self, guint64 address, gsize *ret_length)
{
  guint at = (guint) (address % PAGE), there;
  const guint8 *bytes;

  if (address < ADDRESS_START || address >= ADDRESS_END)
    return NULL;
  bytes = page_bytes (self, address / PAGE, &there);
  if (at >= there)
    return NULL;
  *ret_length = there - at;
  return bytes + at;
}

char *
py_image_string (PyImage *self, guint64 address, gsize most)
{
  g_autoptr (GString) text = g_string_new (NULL);

  while (text->len < most)
    {
      gsize length, n;
      const guint8 *bytes = rest_of_page (self, address + text->len, &length);
      const guint8 *end;

      if (bytes == NULL)
        return NULL;
      length = MIN (length, most - text->len);
      end = memchr (bytes, '\0', length);
      n = end != NULL ? (gsize) (end - bytes) : length;
      if (!pay (self, n + 1))
        return NULL;
      g_string_append_len (text, (const char *) bytes, (gssize) n);
      if (end != NULL)
        return g_utf8_validate (text->str, (gssize) text->len, NULL)
                   ? g_string_free (g_steal_pointer (&text), FALSE)
                   : NULL;
    }
  return NULL;
}

gboolean
py_image_has_string (PyImage *self, guint64 address, const char *text)
{
  gsize left = strlen (text) + 1;

  if (!pay (self, left))
    return FALSE;
  while (left > 0)
    {
      gsize length;
      const guint8 *bytes = rest_of_page (self, address, &length);

      if (bytes == NULL)
        return FALSE;
      length = MIN (length, left);
      if (memcmp (bytes, text, length) != 0)
        return FALSE;
      text += length;
      address += length;
      left -= length;
    }
  return TRUE;
}
