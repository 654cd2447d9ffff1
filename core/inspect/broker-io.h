/* broker-io.h - whole messages over a stream socket, in bounded time.
 *
 * Deadlines are of g_get_monotonic_time(); 0: none.
 */
#pragma once

#include <glib.h>

/* Waits until something can be received, or the other end has closed. 0; -ETIMEDOUT. */
int broker_io_wait (int fd, gint64 deadline);

/* Receives exactly length bytes. ret_fd: a descriptor that came with them, or -1; NULL: none
 * is taken. 0; -EPIPE the other end has closed; -ETIMEDOUT; -errno. */
int broker_io_receive (int fd, void *to, gsize length, gint64 deadline, int *ret_fd);

/* Sends all bytes of a head and of a payload. passed: a descriptor to send along; -1 none.
 * Returns as above; SIGPIPE is not raised. */
int broker_io_send (int fd, const void *head, gsize head_length, const void *payload,
                    gsize payload_length, int passed, gint64 deadline);
