/* broker-place.h - where the sockets of brokers lie: "shmlens/PID-STARTTIME" in the user's
 * runtime directory, else "/tmp/shmlens-UID/PID-STARTTIME".
 *
 * A directory counts only when it is this user's and nobody else may enter it.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* A broker's socket, by its name. */
struct broker_place
{
  char *path;
  pid_t pid;           /* of the broker */
  guint64 start_time;
};

/* The path for a broker of this process, whose directory is made when it is not there.
 * Removes what brokers left that were killed. NULL with a sentence when there is no
 * directory that will do. The caller frees it. */
char *broker_place_make (GError **error);

/* The sockets of all brokers that live, of this user. The caller owns the array of
 * struct broker_place *. */
GPtrArray *broker_place_list (void);
