/* registry.h - the registry's own parts, for registry.c and registry-watch.c. */
#pragma once

#include <pthread.h>

#include "shm-object.h"
#include "source.h"
#include "type-store.h"

struct registry
{
  ShmDirectory *directory;
  TypeStore *types;
  pthread_mutex_t mutex;              /* around the sources' list and changed */
  Source *sources[4];
  guint n_sources;
  GMainContext *context;     /* of whoever made it */
  struct registry_watch *watch;
};

/* The sorted list of the sources of a kind, or of all. */
GPtrArray *registry_list_by (Registry *self, const char *kind, ProcessTable *processes);

/* An empty table of those who map what lies in the directory. */
ProcessTable *registry_processes (Registry *self);
