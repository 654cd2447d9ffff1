/* broker-stage.h - a broker with a target below it, and this process as a client that the
 * kernel does not let look by itself: of the same user, but without the capability that its
 * target asks for, which the broker has. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "process-memory-private.h"
#include "process.h"

#define PAGE 4096u

/* At the same addresses in the client, the broker and the target. */
extern guint8 *stage_shared;    /* a page of an unlinked file, full of 's', which the target alone has
                                 * open */
extern guint8 *stage_private;   /* 16 pages; the target filled the fifth with 'p', the others have no
                                 * content */

/* FALSE: this is not root, from whom all begins; the tests are skipped. */
extern gboolean stage_has_rights;
#define NEED_RIGHTS()                                                                         \
  if (!stage_has_rights)                                                                      \
  skip ()

struct stage
{
  pid_t broker, target;
  char path[128];    /* of the broker's socket */
};

int stage_set_up_all (void **state);
int stage_tear_down_all (void **state);
int stage_set_up (void **state);
int stage_tear_down (void **state);

/* By the broker, for the kernel refuses. */
ProcessMemory *stage_open (const struct stage *stage);

/* A connection to the broker; its answer to a request without payload, 1: it hangs up. */
int stage_connect (const struct stage *stage);
int stage_ask (int fd, struct broker_request request);
struct broker_target stage_target_of (pid_t pid);

/* After the way to the socket is opened to all: what another user hears from the broker. 'n'
 * nothing; 'y' something; else what went wrong. */
char stage_ask_as_another (const struct stage *stage);

static inline guint64
address_of (const void *pointer)
{
  return GPOINTER_TO_SIZE (pointer);
}
