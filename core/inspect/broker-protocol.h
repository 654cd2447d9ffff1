/* broker-protocol.h - what shmlens processes and a broker say to each other.
 *
 * A broker is an ancestor of the programs that it answers for (`shmlensctl run`): where
 * the kernel lets only ancestors look into a process, the others ask it. It listens on a
 * UNIX stream socket (broker-place.h). A client sends a request with its payload, and gets
 * a reply with its payload before it sends the next; both are of one machine, so numbers
 * are as they are in memory. Whoever gets something else closes the connection.
 */
#pragma once

#include <glib.h>

#define BROKER_MAGIC 0x31626c73u /* "slb1": another one for another protocol */

/* At most so much in one request; clients ask again for the rest. */
#define BROKER_READ_MAX    (4u << 20)
#define BROKER_WRITE_MAX   (1u << 20)
#define BROKER_PIECES_MAX  512u
#define BROKER_PAGEMAP_MAX 4096u
#define BROKER_STOP_MAX    256u
/* A stop is over by then, whatever the client does. */
#define BROKER_STOP_US     100000
/* Of a reply: the text of maps is the longest. */
#define BROKER_REPLY_MAX   (96u << 20)
/* Of a process below its broker. */
#define BROKER_DEPTH_MAX 256u

enum broker_request_kind
{
  BROKER_PROBE = 1,  /* whether it may be asked about the process */
  BROKER_READ,       /* size bytes from address on; reply: those that could be read */
  BROKER_PIECES,     /* payload: struct broker_piece each; reply: a byte each, 1 it was read, then
                      * the bytes of those that were */
  BROKER_WRITE,      /* payload: what to write at address */
  BROKER_MAPS,       /* reply: the text of PROC/PID/maps */
  BROKER_PAGEMAP,    /* size entries, from the page of address on; reply: those there are */
  BROKER_SYSCALLS,   /* reply: the text of PROC/PID/task/TID/syscall of each thread, a line each */
  BROKER_OPEN,       /* the file of the shared mapping that begins at address; size: flags, below.
                      * The descriptor comes with the reply */
  BROKER_STOP,       /* payload: struct broker_target each: all of them, in one stop. Until it
                      * is over, the connection takes only: */
  BROKER_PEEK,       /* 8 bytes at address of the process of number size; reply: them */
  BROKER_POKE,       /* payload: 8 bytes for there */
  BROKER_CHECKED,    /* size: 0 they shall stay stopped; or an errno, which is the result: all go
                      * on. Peek and poke come before it */
  BROKER_GO_ON       /* ends it. -ETIMEDOUT, as all of these: it was over before */
};

/* How a file is opened. */
#define BROKER_OPEN_TO_WRITE    1u
#define BROKER_OPEN_MAPPED_ONLY 2u  /* not by going through the descriptors of the process */

/* A process, told apart from others that had its id before. */
struct broker_target
{
  gint64 pid;
  guint64 start_time;
};

struct broker_request
{
  guint32 magic;
  guint32 kind;
  struct broker_target target;
  guint64 address;
  guint64 size;
  guint64 length;  /* of the payload */
};

struct broker_reply
{
  guint32 magic;
  gint32 result;   /* 0 or -errno */
  guint64 length;  /* of the payload */
};

struct broker_piece
{
  guint64 address;
  guint64 length;
};
