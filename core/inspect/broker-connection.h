/* broker-connection.h - a broker's answers to one client. */
#pragma once

#include <pthread.h>

/* Answers the requests that come over a connected socket, until the client closes it, does
 * not keep to the protocol, or somebody shuts it down. The socket stays the caller's.
 *
 * stopping: held while the client has processes stopped. */
void broker_connection_serve (int fd, pthread_mutex_t *stopping);
