/* broker-server.h - answers other shmlens processes about the descendants of this one
 * (broker-protocol.h).
 *
 * Threads of its own, with all signals blocked: one waits for clients, and each client has
 * one. Only clients of the same user, or root, are answered, and only about processes that
 * are descendants of this one when they ask.
 */
#pragma once

#include <glib.h>

typedef struct broker_server BrokerServer;

/* Begins to serve. NULL with a sentence when no socket can be made. */
BrokerServer *broker_server_new (GError **error);
/* Lets go what is stopped, ends the threads, and removes the socket. */
void broker_server_free (BrokerServer *self);

/* Waits until nothing is stopped by a client, and lets no client stop anything until
 * broker_server_resume(): for when this process is to be suspended. */
void broker_server_pause (BrokerServer *self);
void broker_server_resume (BrokerServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BrokerServer, broker_server_free)
