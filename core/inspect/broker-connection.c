/* broker-connection.c - a broker's answers to one client. */
#include "broker-connection.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "broker-io.h"
#include "broker-protocol.h"
#include "process-memory-private.h"
#include "process-stop.h"
#include "process.h"

#define PROC "/proc"
/* For the rest of a request that has begun, and for a client to take its reply. */
#define PATIENCE_US  5000000
#define MEMORIES_MAX 512
/* A client that does not keep to the protocol is hung up on. */
#define HANG_UP (-ECANCELED)
#define ERRNO_MAX 4096

typedef struct connection
{
  int fd;
  pthread_mutex_t *stopping;
  struct broker_request request;
  GByteArray *payload;
  GByteArray *reply;
  int passed;              /* a descriptor to send with the reply; -1 none */
  GHashTable *memories;    /* pid -> ProcessMemory, of those asked about before */
  gint64 stop_end;         /* until then something may be stopped; 0: nothing is */
  gboolean is_checked;
} Connection;

/* ------------------------------------------------------------------ whom it is about -- */

static gboolean
is_descendant (pid_t pid)
{
  const pid_t self = getpid ();

  for (guint i = 0; i < BROKER_DEPTH_MAX && pid > 1; i++)
    {
      pid = process_parent (PROC, pid);
      if (pid == self)
        return TRUE;
    }
  return FALSE;
}

/* 0 or -errno. The memory stays the connection's. */
static int
find_memory (Connection *self, const struct broker_target *target, ProcessMemory **ret_memory)
{
  gpointer key = GINT_TO_POINTER ((int) target->pid);
  ProcessMemory *memory;
  int result;

  if (target->pid <= 0 || target->pid > G_MAXINT32 || target->start_time == 0)
    return -EINVAL;
  if (process_start_time (PROC, (pid_t) target->pid) != target->start_time)
    return -ESRCH;
  if (!is_descendant ((pid_t) target->pid))
    return -EPERM;
  memory = g_hash_table_lookup (self->memories, key);
  if (memory == NULL || process_memory_start_time (memory) != target->start_time)
    {
      memory = process_memory_open_direct (PROC, (pid_t) target->pid, &result);
      if (memory == NULL)
        return result;
      if (g_hash_table_size (self->memories) >= MEMORIES_MAX)
        g_hash_table_remove_all (self->memories);
      g_hash_table_insert (self->memories, key, memory);
      if (process_memory_start_time (memory) != target->start_time)
        return -ESRCH;
    }
  *ret_memory = memory;
  return 0;
}

/* --------------------------------------------------------------------------- answers -- */

static int
answer_read (Connection *self, ProcessMemory *memory)
{
  gssize done;

  if (self->request.size > BROKER_READ_MAX)
    return -EINVAL;
  g_byte_array_set_size (self->reply, (guint) self->request.size);
  done = process_memory_read (memory, self->request.address, self->reply->data,
                              self->request.size);
  g_byte_array_set_size (self->reply, (guint) MAX (done, 0));
  return (int) MIN (done, 0);
}

static int
answer_pieces (Connection *self, ProcessMemory *memory)
{
  const struct broker_piece *wanted = (const void *) self->payload->data;
  guint n = self->payload->len / sizeof *wanted, position = n;
  g_autofree struct memory_piece *pieces = g_new0 (struct memory_piece, n);
  guint64 bytes = 0;

  for (guint i = 0; i < n; i++)
    if (wanted[i].length > BROKER_READ_MAX || (bytes += wanted[i].length) > BROKER_READ_MAX)
      return -EINVAL;
  g_byte_array_set_size (self->reply, n + (guint) bytes);
  for (guint i = 0; i < n; position += (guint) wanted[i].length, i++)
    pieces[i] = (struct memory_piece) { wanted[i].address, self->reply->data + position,
                                        wanted[i].length, FALSE };
  process_memory_read_pieces (memory, pieces, n);
  position = n;
  for (guint i = 0; i < n; i++)
    {
      self->reply->data[i] = pieces[i].is_read;
      if (pieces[i].is_read)
        {
          memmove (self->reply->data + position, pieces[i].to, pieces[i].length);
          position += (guint) pieces[i].length;
        }
    }
  g_byte_array_set_size (self->reply, position);
  return 0;
}

static int
answer_maps (Connection *self, ProcessMemory *memory)
{
  g_autoptr (GString) text = process_memory_maps (memory);

  if (text == NULL)
    return -errno;
  g_byte_array_append (self->reply, (const guint8 *) text->str, (guint) text->len);
  return 0;
}

static int
answer_pagemap (Connection *self, ProcessMemory *memory)
{
  gssize n;

  if (self->request.size > BROKER_PAGEMAP_MAX)
    return -EINVAL;
  g_byte_array_set_size (self->reply, (guint) self->request.size * sizeof (guint64));
  n = process_memory_pagemap (memory, self->request.address, (guint64 *) (void *) self->reply->data,
                              self->request.size);
  g_byte_array_set_size (self->reply, (guint) MAX (n, 0) * sizeof (guint64));
  return (int) MIN (n, 0);
}

static int
answer_syscalls (Connection *self, ProcessMemory *memory)
{
  g_autoptr (GString) text = process_memory_syscalls (memory);

  if (text == NULL)
    return -errno;
  g_byte_array_append (self->reply, (const guint8 *) text->str, (guint) text->len);
  return 0;
}

static int
answer_open (Connection *self, ProcessMemory *memory)
{
  g_autoptr (GPtrArray) regions = process_memory_regions (memory);
  const MemoryRegion *region;
  int fd;

  if (regions == NULL)
    return -errno;
  /* What the process has mapped, nothing else. */
  region = memory_regions_find (regions, self->request.address);
  if (region == NULL || !region->is_shared || region->start != self->request.address)
    return -ENOENT;
  fd = process_memory_open_region (memory, region,
                                   (self->request.size & BROKER_OPEN_TO_WRITE) != 0,
                                   (self->request.size & BROKER_OPEN_MAPPED_ONLY) == 0);
  if (fd < 0)
    return fd;
  self->passed = fd;
  return 0;
}

static int
answer (Connection *self)
{
  ProcessMemory *memory = NULL;
  int result;

  if (self->request.kind >= BROKER_PEEK && self->request.kind <= BROKER_GO_ON)
    return -ETIMEDOUT;
  result = find_memory (self, &self->request.target, &memory);
  if (result < 0)
    return result;
  switch ((enum broker_request_kind) self->request.kind)
    {
    case BROKER_PROBE:
      return 0;
    case BROKER_READ:
      return answer_read (self, memory);
    case BROKER_PIECES:
      return answer_pieces (self, memory);
    case BROKER_WRITE:
      return process_memory_write (memory, self->request.address, self->payload->data,
                                   self->payload->len);
    case BROKER_MAPS:
      return answer_maps (self, memory);
    case BROKER_PAGEMAP:
      return answer_pagemap (self, memory);
    case BROKER_SYSCALLS:
      return answer_syscalls (self, memory);
    case BROKER_OPEN:
      return answer_open (self, memory);
    default:
      return -EINVAL;
    }
}

/* ------------------------------------------------------------------------- requests -- */

/* How long its payload may be. */
static guint64
longest_payload (const struct broker_request *request)
{
  switch ((enum broker_request_kind) request->kind)
    {
    case BROKER_PIECES:
      return BROKER_PIECES_MAX * sizeof (struct broker_piece);
    case BROKER_WRITE:
      return BROKER_WRITE_MAX;
    case BROKER_STOP:
      return BROKER_STOP_MAX * sizeof (struct broker_target);
    case BROKER_POKE:
      return sizeof (guint64);
    default:
      return 0;
    }
}

/* 0; -ETIMEDOUT while something is stopped; or -errno: to be hung up on. */
static int
receive_request (Connection *self)
{
  gint64 deadline = self->stop_end;
  int result;

  self->passed = -1;
  g_byte_array_set_size (self->reply, 0);
  result = broker_io_wait (self->fd, deadline);
  if (result < 0)
    return result;
  if (deadline == 0)
    deadline = g_get_monotonic_time () + PATIENCE_US;
  if (broker_io_receive (self->fd, &self->request, sizeof self->request, deadline, NULL) < 0
      || self->request.magic != BROKER_MAGIC
      || self->request.length > longest_payload (&self->request))
    return HANG_UP;
  g_byte_array_set_size (self->payload, (guint) self->request.length);
  result
    = broker_io_receive (self->fd, self->payload->data, self->request.length, deadline, NULL);
  return result < 0 ? HANG_UP : 0;
}

static int
send_reply (Connection *self, int result)
{
  gint64 deadline
    = self->stop_end != 0 ? self->stop_end : g_get_monotonic_time () + PATIENCE_US;
  struct broker_reply reply = { .magic = BROKER_MAGIC, .result = result };

  if (result == 0)
    reply.length = self->reply->len;
  result = broker_io_send (self->fd, &reply, sizeof reply, self->reply->data, reply.length,
                           self->passed, deadline);
  if (self->passed >= 0)
    close (self->passed);
  return result;
}

/* -------------------------------------------------------------------------- stopping -- */

static int
answer_stopped (Connection *self, ProcessStop *stop)
{
  guint64 word = 0;
  int result;

  if (self->request.kind == BROKER_PEEK)
    {
      result = process_stop_peek (stop, (guint) self->request.size, self->request.address, &word);
      g_byte_array_append (self->reply, (const guint8 *) &word, sizeof word);
      return result;
    }
  memcpy (&word, self->payload->data, sizeof word);
  return process_stop_poke (stop, (guint) self->request.size, self->request.address, word);
}

/* All have stopped: the client looks at them. What it thinks of it is the result. */
static int
let_check (ProcessStop *stop, gpointer data)
{
  Connection *self = data;
  guint n = self->payload->len / sizeof (struct broker_target);
  int result;

  self->stop_end = g_get_monotonic_time () + BROKER_STOP_US;
  result = send_reply (self, 0);
  while (result == 0 && (result = receive_request (self)) == 0)
    {
      const struct broker_request *request = &self->request;

      if (request->kind == BROKER_CHECKED && request->size < ERRNO_MAX)
        {
          self->is_checked = TRUE;
          return -(int) request->size;
        }
      if (request->size < n
          && (request->kind == BROKER_PEEK
              || (request->kind == BROKER_POKE && request->length == sizeof (guint64))))
        result = send_reply (self, answer_stopped (self, stop));
      else
        result = HANG_UP;
    }
  return result == -ETIMEDOUT ? result : HANG_UP;
}

/* Under the mutex `stopping`. Returns as serve_stop(). */
static int
stop_and_go_on (Connection *self, ProcessMemory *const *memories, guint n)
{
  gboolean was_stopped;
  ProcessStop *stop;
  int result;

  self->is_checked = FALSE;
  result = process_stop_begin (memories, n, let_check, self, &stop);
  was_stopped = self->stop_end != 0;
  if (result == 0)
    {
      result = send_reply (self, 0);
      if (result == 0)
        result = receive_request (self);
      process_stop_end (stop);
      self->stop_end = 0;
      if (result == 0 && self->request.kind == BROKER_GO_ON)
        return send_reply (self, 0);
    }
  else
    {
      self->stop_end = 0;
      if (!was_stopped || self->is_checked)
        return send_reply (self, result);
    }
  /* One that is only late will ask, and is told. */
  return result == -ETIMEDOUT ? 0 : HANG_UP;
}

/* Answers a request to stop, and all that belong to it. 0; -errno: to be hung up on. */
static int
serve_stop (Connection *self)
{
  const struct broker_target *targets = (const void *) self->payload->data;
  guint n = self->payload->len / sizeof *targets;
  g_autoptr (GPtrArray) memories
    = g_ptr_array_new_with_free_func ((GDestroyNotify) process_memory_unref);
  int result = n == 0 ? -EINVAL : 0;

  for (guint i = 0; i < n && result == 0; i++)
    {
      ProcessMemory *memory = NULL;

      result = find_memory (self, &targets[i], &memory);
      if (result == 0)
        g_ptr_array_add (memories, process_memory_ref (memory));
    }
  if (result == 0 && pthread_mutex_trylock (self->stopping) != 0)
    result = -EAGAIN;
  if (result < 0)
    return send_reply (self, result);
  result = stop_and_go_on (self, (ProcessMemory *const *) memories->pdata, n);
  pthread_mutex_unlock (self->stopping);
  return result;
}

void
broker_connection_serve (int fd, pthread_mutex_t *stopping)
{
  Connection self = {
    .fd = fd,
    .stopping = stopping,
    .payload = g_byte_array_new (),
    .reply = g_byte_array_new (),
    .memories = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) process_memory_unref),
  };
  int result = 0;

  while (result == 0)
    {
      result = receive_request (&self);
      if (result == 0)
        result = self.request.kind == BROKER_STOP ? serve_stop (&self)
                                                  : send_reply (&self, answer (&self));
    }
  g_hash_table_unref (self.memories);
  g_byte_array_unref (self.payload);
  g_byte_array_unref (self.reply);
}
