/* broker-client.h - asking a broker about processes that the kernel does not let this one
 * look into.
 *
 * All that look into processes of one broker share a connection, made when it is needed and
 * again after it broke. A broker that does not answer (its whole job was suspended) costs a
 * wait once; until it goes on, everything fails at once.
 *
 * Counted references; any function may be called from any thread. Functions return 0 (or what they say) or -errno, and besides what they
 * say: -EPERM the broker does not answer for that process, -ESRCH the process or the broker
 * has ended, -ETIMEDOUT, -EPROTO it is no broker.
 */
#pragma once

#include <sys/types.h>

#include "broker-protocol.h"
#include "process-memory.h"

typedef struct broker_client BrokerClient;

/* A broker that answers for the process, which is one of its descendants; NULL. */
BrokerClient *broker_client_find (const struct broker_target *target);
BrokerClient *broker_client_ref (BrokerClient *self);
void broker_client_unref (BrokerClient *self);

/* As the functions of process-memory.h without "broker_client". */
gssize broker_client_read (BrokerClient *self, const struct broker_target *target, guint64 address,
                           void *to, gsize length);
guint broker_client_read_pieces (BrokerClient *self, const struct broker_target *target,
                                 struct memory_piece *pieces, guint n);
int broker_client_write (BrokerClient *self, const struct broker_target *target, guint64 address,
                         const void *from, gsize length);
/* Returns a descriptor that the caller closes. */
int broker_client_open_region (BrokerClient *self, const struct broker_target *target,
                               const MemoryRegion *region, gboolean writable,
                               gboolean is_kept_open);

/* The text of maps, and what the threads do in the kernel. NULL with errno. The caller owns
 * it. */
GString *broker_client_maps (BrokerClient *self, const struct broker_target *target);
GString *broker_client_syscalls (BrokerClient *self, const struct broker_target *target);

/* Entries of pagemap from the page of the address on. Returns how many, at most n, there
 * are. */
gssize broker_client_pagemap (BrokerClient *self, const struct broker_target *target,
                              guint64 address, guint64 *entries, gsize n);

/* Stops processes, as process_stop_begin() does it, by a connection of its own, which the
 * caller unrefs; with that, or after 100 ms, all go on. */
int broker_client_stop (BrokerClient *self, const struct broker_target *targets, guint n,
                        BrokerClient **ret_stop);
/* 8 bytes of the stopped process of this number; before broker_client_checked(). */
int broker_client_peek (BrokerClient *stop, guint process, guint64 address, guint64 *ret_word);
int broker_client_poke (BrokerClient *stop, guint process, guint64 address, guint64 word);
/* 0: this is a good moment, they stay stopped; else -errno, which it returns: all go on. */
int broker_client_checked (BrokerClient *stop, int result);
/* Lets them go on. -ETIMEDOUT: they did before. */
int broker_client_go_on (BrokerClient *stop);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BrokerClient, broker_client_unref)
