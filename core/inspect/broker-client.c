/* broker-client.c - asking a broker about processes that this one may not look into. */
#include "broker-client.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "broker-io.h"
#include "broker-place.h"
#include "process.h"

#define PROC "/proc"
/* For a request and its reply. */
#define PATIENCE_US 2000000

struct broker_client
{
  guint references;        /* under clients_mutex */
  char *path;
  pid_t pid;               /* of the broker */
  guint64 start_time;
  pthread_mutex_t mutex;   /* of what follows: one request at a time */
  int fd;                  /* -1: not connected */
  gboolean is_late;        /* it did not answer the last time */
  gboolean is_of_stop;
};

/* Those in use, but for the connections of stops. */
static GSList *clients;
static pthread_mutex_t clients_mutex = PTHREAD_MUTEX_INITIALIZER;

/* A request and what is to become of the reply's payload. */
struct exchange
{
  struct broker_request request;
  const void *payload;
  void *to;           /* room for the reply's payload; */
  gsize room;
  GString *text;      /* or where to put it, whatever its size; */
  int *ret_fd;        /* a descriptor; -1: none came */
  int said;           /* set: the result; */
  gsize received;     /* and the length of the reply's payload */
};

static BrokerClient *
client_new (const char *path, pid_t pid, guint64 start_time)
{
  BrokerClient *self = g_new0 (BrokerClient, 1);

  self->references = 1;
  self->path = g_strdup (path);
  self->pid = pid;
  self->start_time = start_time;
  self->fd = -1;
  pthread_mutex_init (&self->mutex, NULL);
  return self;
}

BrokerClient *
broker_client_ref (BrokerClient *self)
{
  pthread_mutex_lock (&clients_mutex);
  self->references++;
  pthread_mutex_unlock (&clients_mutex);
  return self;
}

void
broker_client_unref (BrokerClient *self)
{
  gboolean is_last;

  if (self == NULL)
    return;
  pthread_mutex_lock (&clients_mutex);
  is_last = --self->references == 0;
  if (is_last)
    clients = g_slist_remove (clients, self);
  pthread_mutex_unlock (&clients_mutex);
  if (!is_last)
    return;
  if (self->fd >= 0)
    close (self->fd);
  pthread_mutex_destroy (&self->mutex);
  g_free (self->path);
  g_free (self);
}

/* ---------------------------------------------------------------------- exchanging -- */

static int
connect_to (BrokerClient *self)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  struct ucred peer;
  socklen_t length = sizeof peer;
  int fd, result = 0;

  if (g_strlcpy (address.sun_path, self->path, sizeof address.sun_path) >= sizeof address.sun_path)
    return -ENAMETOOLONG;
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -errno;
  if (connect (fd, (struct sockaddr *) &address, sizeof address) < 0)
    result = errno == EAGAIN ? -ETIMEDOUT : -ESRCH;
  else if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0 || peer.pid != self->pid
           || peer.uid != geteuid ())
    result = -EPROTO;
  if (result < 0)
    close (fd);
  else
    self->fd = fd;
  return result;
}

static void
disconnect (BrokerClient *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

static int
receive_reply (BrokerClient *self, struct exchange *exchange, gint64 deadline)
{
  struct broker_reply reply;
  int result = broker_io_receive (self->fd, &reply, sizeof reply, deadline, exchange->ret_fd);

  if (result < 0)
    return result;
  if (reply.magic != BROKER_MAGIC || reply.result > 0
      || reply.length > (exchange->text != NULL ? BROKER_REPLY_MAX : exchange->room))
    return -EPROTO;
  if (exchange->text != NULL)
    {
      g_string_set_size (exchange->text, reply.length);
      exchange->to = exchange->text->str;
    }
  exchange->said = reply.result;
  exchange->received = reply.length;
  return broker_io_receive (self->fd, exchange->to, reply.length, deadline, NULL);
}

/* Connected. 0 when there was a reply. */
static int
exchange_once (BrokerClient *self, struct exchange *exchange)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_US;
  int result = broker_io_send (self->fd, &exchange->request, sizeof exchange->request,
                               exchange->payload, exchange->request.length, -1, deadline);

  return result < 0 ? result : receive_reply (self, exchange, deadline);
}

static int
exchange_connected (BrokerClient *self, struct exchange *exchange)
{
  gboolean was_connected = self->fd >= 0;
  int result;

  if (self->is_late && process_is_stopped (PROC, self->pid))
    return -ETIMEDOUT;
  result = was_connected ? 0 : connect_to (self);
  if (result == 0)
    result = exchange_once (self, exchange);
  /* An old connection may have broken for a reason that is past; but what it was to write may
   * have been written. */
  if (result == -EPIPE && was_connected && exchange->request.kind != BROKER_WRITE)
    {
      disconnect (self);
      result = connect_to (self);
      if (result == 0)
        result = exchange_once (self, exchange);
    }
  return result;
}

/* Asks. Returns what the broker said, or why it said nothing. */
static int
ask (BrokerClient *self, struct exchange *exchange)
{
  int result;

  exchange->request.magic = BROKER_MAGIC;
  if (exchange->ret_fd != NULL)
    *exchange->ret_fd = -1;
  pthread_mutex_lock (&self->mutex);
  /* A stop is over when its connection is. */
  if (self->is_of_stop)
    result = self->fd >= 0 ? exchange_once (self, exchange) : -ESRCH;
  else
    result = exchange_connected (self, exchange);
  self->is_late = result == -ETIMEDOUT;
  if (result < 0)
    disconnect (self);
  pthread_mutex_unlock (&self->mutex);
  if (result == 0)
    return exchange->said;
  if (exchange->ret_fd != NULL && *exchange->ret_fd >= 0)
    {
      close (*exchange->ret_fd);
      *exchange->ret_fd = -1;
    }
  return result == -EPIPE ? -ESRCH : result;
}

static struct exchange
request_of (enum broker_request_kind kind, const struct broker_target *target, guint64 address,
            guint64 size)
{
  return (struct exchange) {
    .request = { .kind = kind, .target = *target, .address = address, .size = size },
  };
}

/* ------------------------------------------------------------------------- finding -- */

static gboolean
is_ancestor (pid_t ancestor, pid_t pid)
{
  for (guint i = 0; i < BROKER_DEPTH_MAX && pid > 1; i++)
    {
      pid = process_parent (PROC, pid);
      if (pid == ancestor)
        return TRUE;
    }
  return FALSE;
}

/* The client for a broker, with a reference. */
static BrokerClient *
client_of (const struct broker_place *place)
{
  BrokerClient *client = NULL;

  pthread_mutex_lock (&clients_mutex);
  for (GSList *link = clients; link != NULL && client == NULL; link = link->next)
    {
      BrokerClient *other = link->data;

      if (other->pid == place->pid && other->start_time == place->start_time)
        client = other;
    }
  if (client != NULL)
    client->references++;
  else
    {
      client = client_new (place->path, place->pid, place->start_time);
      clients = g_slist_prepend (clients, client);
    }
  pthread_mutex_unlock (&clients_mutex);
  return client;
}

BrokerClient *
broker_client_find (const struct broker_target *target)
{
  g_autoptr (GPtrArray) places = broker_place_list ();

  for (guint i = 0; i < places->len; i++)
    {
      const struct broker_place *place = places->pdata[i];
      struct exchange exchange = request_of (BROKER_PROBE, target, 0, 0);
      BrokerClient *client;

      /* A broker has tried already what it could ask itself for. */
      if (place->pid == getpid () || !is_ancestor (place->pid, (pid_t) target->pid))
        continue;
      client = client_of (place);
      if (ask (client, &exchange) == 0)
        return client;
      broker_client_unref (client);
    }
  return NULL;
}

/* -------------------------------------------------------------------------- memory -- */

gssize
broker_client_read (BrokerClient *self, const struct broker_target *target, guint64 address,
                    void *to, gsize length)
{
  gsize done = 0;

  while (done < length)
    {
      gsize wanted = MIN (length - done, BROKER_READ_MAX);
      struct exchange exchange = request_of (BROKER_READ, target, address + done, wanted);
      int result;

      exchange.to = (char *) to + done;
      exchange.room = wanted;
      result = ask (self, &exchange);
      if (result < 0 && done == 0)
        return result;
      done += result < 0 ? 0 : exchange.received;
      if (result < 0 || exchange.received < wanted)
        break;
    }
  return done == 0 && length > 0 ? -EFAULT : (gssize) done;
}

/* Of n pieces, together at most BROKER_READ_MAX bytes. */
static guint
read_some (BrokerClient *self, const struct broker_target *target, struct memory_piece *pieces,
           guint n, gsize bytes)
{
  g_autofree struct broker_piece *wanted = g_new (struct broker_piece, n);
  g_autofree guint8 *reply = g_malloc (n + bytes);
  struct exchange exchange = request_of (BROKER_PIECES, target, 0, 0);
  gsize position = n;
  guint n_read = 0;

  for (guint i = 0; i < n; i++)
    wanted[i] = (struct broker_piece) { pieces[i].address, pieces[i].length };
  exchange.payload = wanted;
  exchange.request.length = n * sizeof *wanted;
  exchange.to = reply;
  exchange.room = n + bytes;
  if (ask (self, &exchange) < 0 || exchange.received < n)
    return 0;
  for (guint i = 0; i < n; i++)
    if (reply[i] != 0 && exchange.received - position >= pieces[i].length)
      {
        memcpy (pieces[i].to, reply + position, pieces[i].length);
        position += pieces[i].length;
        pieces[i].is_read = TRUE;
        n_read++;
      }
  return n_read;
}

guint
broker_client_read_pieces (BrokerClient *self, const struct broker_target *target,
                           struct memory_piece *pieces, guint n)
{
  guint n_read = 0;

  for (guint i = 0; i < n;)
    {
      gsize bytes = 0;
      guint some = 0;

      while (i + some < n && some < BROKER_PIECES_MAX
             && pieces[i + some].length <= BROKER_READ_MAX - bytes)
        {
          pieces[i + some].is_read = FALSE;
          bytes += pieces[i + some++].length;
        }
      if (some > 0)
        {
          n_read += read_some (self, target, pieces + i, some, bytes);
          i += some;
          continue;
        }
      /* One that is larger than a request. */
      pieces[i].is_read = broker_client_read (self, target, pieces[i].address, pieces[i].to,
                                              pieces[i].length)
                          == (gssize) pieces[i].length;
      n_read += pieces[i++].is_read;
    }
  return n_read;
}

int
broker_client_write (BrokerClient *self, const struct broker_target *target, guint64 address,
                     const void *from, gsize length)
{
  int result = 0;

  for (gsize done = 0; done < length && result == 0;)
    {
      gsize some = MIN (length - done, BROKER_WRITE_MAX);
      struct exchange exchange = request_of (BROKER_WRITE, target, address + done, 0);

      exchange.payload = (const char *) from + done;
      exchange.request.length = some;
      result = ask (self, &exchange);
      done += some;
    }
  return result;
}

int
broker_client_open_region (BrokerClient *self, const struct broker_target *target,
                           const MemoryRegion *region, gboolean writable,
                           gboolean is_kept_open)
{
  struct exchange exchange = request_of (BROKER_OPEN, target, region->start,
                                         (writable ? BROKER_OPEN_TO_WRITE : 0)
                                           | (is_kept_open ? 0 : BROKER_OPEN_MAPPED_ONLY));
  struct stat status;
  int fd, result;

  exchange.ret_fd = &fd;
  result = ask (self, &exchange);
  if (result < 0)
    {
      if (fd >= 0)
        close (fd);
      return result;
    }
  if (fd < 0)
    return -EPROTO;
  /* The program may have mapped something else there meanwhile. */
  if (fstat (fd, &status) == 0 && status.st_ino == region->inode
      && status.st_dev == region->device)
    return fd;
  close (fd);
  return -ENOENT;
}

static GString *
ask_for_text (BrokerClient *self, enum broker_request_kind kind, const struct broker_target *target)
{
  struct exchange exchange = request_of (kind, target, 0, 0);
  GString *text = g_string_new (NULL);
  int result;

  exchange.text = text;
  result = ask (self, &exchange);
  if (result == 0)
    return text;
  g_string_free (text, TRUE);
  errno = -result;
  return NULL;
}

GString *
broker_client_maps (BrokerClient *self, const struct broker_target *target)
{
  return ask_for_text (self, BROKER_MAPS, target);
}

GString *
broker_client_syscalls (BrokerClient *self, const struct broker_target *target)
{
  return ask_for_text (self, BROKER_SYSCALLS, target);
}

gssize
broker_client_pagemap (BrokerClient *self, const struct broker_target *target, guint64 address,
                       guint64 *entries, gsize n)
{
  gsize wanted = MIN (n, BROKER_PAGEMAP_MAX);
  struct exchange exchange = request_of (BROKER_PAGEMAP, target, address, wanted);
  int result;

  exchange.to = entries;
  exchange.room = wanted * sizeof *entries;
  result = ask (self, &exchange);
  return result < 0 ? result : (gssize) (exchange.received / sizeof *entries);
}

/* ------------------------------------------------------------------------ stopping -- */

int
broker_client_stop (BrokerClient *self, const struct broker_target *targets, guint n,
                    BrokerClient **ret_stop)
{
  g_autoptr (BrokerClient) stop = client_new (self->path, self->pid, self->start_time);
  struct broker_target none = { 0 };
  struct exchange exchange = request_of (BROKER_STOP, &none, 0, 0);
  int result;

  if (n == 0 || n > BROKER_STOP_MAX)
    return n == 0 ? -ESRCH : -EAGAIN;
  result = connect_to (stop);
  if (result < 0)
    return result;
  stop->is_of_stop = TRUE;
  exchange.payload = targets;
  exchange.request.length = n * sizeof *targets;
  result = ask (stop, &exchange);
  if (result == 0)
    *ret_stop = g_steal_pointer (&stop);
  return result;
}

int
broker_client_peek (BrokerClient *stop, guint process, guint64 address, guint64 *ret_word)
{
  struct broker_target none = { 0 };
  struct exchange exchange = request_of (BROKER_PEEK, &none, address, process);
  int result;

  exchange.to = ret_word;
  exchange.room = sizeof *ret_word;
  result = ask (stop, &exchange);
  return result == 0 && exchange.received != sizeof *ret_word ? -EPROTO : result;
}

int
broker_client_poke (BrokerClient *stop, guint process, guint64 address, guint64 word)
{
  struct broker_target none = { 0 };
  struct exchange exchange = request_of (BROKER_POKE, &none, address, process);

  exchange.payload = &word;
  exchange.request.length = sizeof word;
  return ask (stop, &exchange);
}

int
broker_client_checked (BrokerClient *stop, int result)
{
  struct broker_target none = { 0 };
  struct exchange exchange = request_of (BROKER_CHECKED, &none, 0, (guint64) -result);

  return ask (stop, &exchange);
}

int
broker_client_go_on (BrokerClient *stop)
{
  struct broker_target none = { 0 };
  struct exchange exchange = request_of (BROKER_GO_ON, &none, 0, 0);

  return ask (stop, &exchange);
}
