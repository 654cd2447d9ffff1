/* made-memory.h - made-up memory of a process that never was, for what reads through PyImage. */
#pragma once

#include <string.h>

#include "py-image.h"

#define MADE_PAGE 4096u

struct made_memory
{
  GHashTable *pages;  /* number -> MADE_PAGE bytes */
  guint64 n_reads, n_bytes;
};

static inline struct made_memory *
made_memory_new (void)
{
  struct made_memory *self = g_new0 (struct made_memory, 1);

  self->pages = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return self;
}

static inline void
made_memory_free (struct made_memory *self)
{
  g_hash_table_unref (self->pages);
  g_free (self);
}

/* Makes pages where there are none. */
static inline void
made_memory_put (struct made_memory *self, guint64 address, const void *bytes, gsize length)
{
  const guint8 *from = bytes;

  while (length > 0)
    {
      guint64 number = address / MADE_PAGE, at = address % MADE_PAGE;
      gsize n = MIN (length, MADE_PAGE - at);
      guint8 *page = g_hash_table_lookup (self->pages, &number);

      if (page == NULL)
        {
          page = g_malloc0 (MADE_PAGE);
          g_hash_table_insert (self->pages, g_memdup2 (&number, sizeof number), page);
        }
      memcpy (page + at, from, n);
      from += n;
      address += n;
      length -= n;
    }
}

static inline void
made_memory_put_word (struct made_memory *self, guint64 address, guint64 word)
{
  made_memory_put (self, address, &word, sizeof word);
}

static inline void
made_memory_put_string (struct made_memory *self, guint64 address, const char *text)
{
  made_memory_put (self, address, text, strlen (text) + 1);
}

/* A PyImageRead, with the memory as data. */
static inline gssize
made_memory_read (gpointer data, guint64 address, void *to, gsize length)
{
  struct made_memory *self = data;
  gsize done = 0;

  self->n_reads++;
  while (done < length)
    {
      guint64 number = (address + done) / MADE_PAGE, at = (address + done) % MADE_PAGE;
      gsize n = MIN (length - done, MADE_PAGE - at);
      const guint8 *page = g_hash_table_lookup (self->pages, &number);

      if (page == NULL)
        break;
      memcpy ((guint8 *) to + done, page + at, n);
      done += n;
    }
  self->n_bytes += done;
  return done > 0 ? (gssize) done : -14;
}
