/* process-memory-private.h - what a broker needs of process-memory.c, and what goes over it. */
#pragma once

#include "broker-client.h"
#include "process-memory.h"

/* As process_memory_open(), but asks no broker. NULL with ret_result: -ESRCH; -EPERM. */
ProcessMemory *process_memory_open_direct (const char *proc, pid_t pid, int *ret_result);

/* The broker that it is read over; NULL: none. */
BrokerClient *process_memory_broker (ProcessMemory *self);

/* The text of its maps. NULL with errno. The caller owns it. */
GString *process_memory_maps (ProcessMemory *self);

/* Entries of its pagemap from the page of the address on. Returns how many, at most n, there
 * are; or -errno. */
gssize process_memory_pagemap (ProcessMemory *self, guint64 address, guint64 *entries, gsize n);
