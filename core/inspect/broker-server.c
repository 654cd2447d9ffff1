/* broker-server.c - the socket of a broker, and its threads. */
#include "broker-server.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "broker-connection.h"
#include "broker-place.h"
#include "inspect-error.h"

#define CLIENTS_MAX 64
#define BACKLOG     16
#define NO_ROOM_US  10000

struct broker_server
{
  char *path;
  int listener;
  int end;                    /* an eventfd: set at the end */
  pthread_t thread;
  pthread_mutex_t stopping;   /* held while a client has something stopped */
  pthread_mutex_t mutex;      /* of what follows */
  pthread_cond_t left;        /* a client has */
  GSList *clients;
  guint n_clients;
  gboolean is_ending;
};

struct client
{
  BrokerServer *server;
  int fd;
};

static void *
serve_client (void *data)
{
  struct client *client = data;
  BrokerServer *server = client->server;

  broker_connection_serve (client->fd, &server->stopping);
  pthread_mutex_lock (&server->mutex);
  server->clients = g_slist_remove (server->clients, client);
  server->n_clients--;
  close (client->fd);
  g_free (client);
  pthread_cond_signal (&server->left);
  pthread_mutex_unlock (&server->mutex);
  return NULL;
}

/* The same user, or root. */
static gboolean
is_welcome (int fd)
{
  struct ucred peer;
  socklen_t length = sizeof peer;

  return getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0
         && (peer.uid == geteuid () || peer.uid == 0);
}

/* Takes the descriptor over. */
static void
meet_client (BrokerServer *self, int fd)
{
  struct client *client = g_new (struct client, 1);
  gboolean is_served = FALSE;
  pthread_attr_t attributes;
  pthread_t thread;

  *client = (struct client) { self, fd };
  pthread_attr_init (&attributes);
  pthread_attr_setdetachstate (&attributes, PTHREAD_CREATE_DETACHED);
  pthread_mutex_lock (&self->mutex);
  if (!self->is_ending && self->n_clients < CLIENTS_MAX && is_welcome (fd)
      && pthread_create (&thread, &attributes, serve_client, client) == 0)
    {
      self->clients = g_slist_prepend (self->clients, client);
      self->n_clients++;
      is_served = TRUE;
    }
  pthread_mutex_unlock (&self->mutex);
  pthread_attr_destroy (&attributes);
  if (is_served)
    return;
  close (fd);
  g_free (client);
}

static void *
await_clients (void *data)
{
  BrokerServer *self = data;

  for (;;)
    {
      struct pollfd fds[] = { { self->end, POLLIN, 0 }, { self->listener, POLLIN, 0 } };
      int fd;

      if (poll (fds, G_N_ELEMENTS (fds), -1) < 0)
        continue;
      if (fds[0].revents != 0)
        return NULL;
      fd = accept4 (self->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (fd >= 0)
        meet_client (self, fd);
      else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
        g_usleep (NO_ROOM_US);
    }
}

/* A listening socket at the path, for this user alone; or -errno. */
static int
listen_at (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int error;

  if (fd < 0)
    return -errno;
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  /* What is there is of a process before this one in the same place (exec). */
  unlink (path);
  if (fchmod (fd, 0600) == 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0
      && listen (fd, BACKLOG) == 0)
    return fd;
  error = errno;
  close (fd);
  return -error;
}

static gboolean
start_thread (BrokerServer *self)
{
  sigset_t all, before;
  gboolean is_started;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  is_started = pthread_create (&self->thread, NULL, await_clients, self) == 0;
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  return is_started;
}

static void
server_free (BrokerServer *self)
{
  unlink (self->path);
  if (self->listener >= 0)
    close (self->listener);
  if (self->end >= 0)
    close (self->end);
  pthread_cond_destroy (&self->left);
  pthread_mutex_destroy (&self->mutex);
  pthread_mutex_destroy (&self->stopping);
  g_free (self->path);
  g_free (self);
}

BrokerServer *
broker_server_new (GError **error)
{
  char *path = broker_place_make (error);
  BrokerServer *self;

  if (path == NULL)
    return NULL;
  self = g_new0 (BrokerServer, 1);
  self->path = path;
  self->end = eventfd (0, EFD_CLOEXEC);
  self->listener = listen_at (path);
  pthread_mutex_init (&self->stopping, NULL);
  pthread_mutex_init (&self->mutex, NULL);
  pthread_cond_init (&self->left, NULL);
  if (self->end >= 0 && self->listener >= 0 && start_thread (self))
    return self;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
               _("no socket can be made at %s: %s; remove what is there, or set XDG_RUNTIME_DIR"),
               path, g_strerror (self->listener < 0 ? -self->listener : EAGAIN));
  server_free (self);
  return NULL;
}

void
broker_server_free (BrokerServer *self)
{
  const guint64 one = 1;

  if (self == NULL)
    return;
  pthread_mutex_lock (&self->mutex);
  self->is_ending = TRUE;
  for (GSList *link = self->clients; link != NULL; link = link->next)
    shutdown (((struct client *) link->data)->fd, SHUT_RDWR);
  pthread_mutex_unlock (&self->mutex);
  while (write (self->end, &one, sizeof one) < 0 && errno == EINTR)
    continue;
  pthread_join (self->thread, NULL);
  pthread_mutex_lock (&self->mutex);
  while (self->n_clients > 0)
    pthread_cond_wait (&self->left, &self->mutex);
  pthread_mutex_unlock (&self->mutex);
  server_free (self);
}

void
broker_server_pause (BrokerServer *self)
{
  pthread_mutex_lock (&self->stopping);
}

void
broker_server_resume (BrokerServer *self)
{
  pthread_mutex_unlock (&self->stopping);
}
