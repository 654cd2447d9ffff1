/* attachment-native-private.h - what the parts of a native attachment share: its state,
 * reading (attachment-native-read.c), locking and storing (attachment-native-edit.c). */
#pragma once

#include <sys/stat.h>

#include "attachment.h"
#include "native-view.h"
#include "shm-object.h"

typedef struct native_attachment NativeAttachment;

struct native_attachment
{
  Attachment base;
  ShmDirectory *directory;
  char *file;
  char *id;
  int fd;
  gboolean same_namespace;      /* process and thread ids in it mean something here */
  NativeView *view;             /* under base.mutex */

  pthread_mutex_t refreshing;            /* what follows is used under it */
  gboolean writable;            /* the kernel would allow it */
  int write_fd;                 /* -1 until the first edit */
  struct format_attacher *attachers;
  gint64 attachers_us;          /* when they were asked whether they live */
  pid_t *pids;
  guint n_pids;
};

/* The newest view, with a reference. */
NativeView *native_attachment_view (NativeAttachment *self);

/* Whether this thread holds the entry's lock by native_lock(). */
gboolean native_holds (NativeAttachment *self, const EntryInfo *entry);

/* What the header says of its program. */
void native_describe (NativeView *view, SegmentInfo *values);

/* Why there is no view, as a sentence. */
char *native_corruption (const char *id, int code, const struct format_error *error);

/* The functions of the class. */
int native_read (Attachment *base, EntryInfo *entry, guint64 first, guint64 last,
                 void *ret_elements);
int native_writes (Attachment *base, EntryInfo *entry, guint64 *ret_writes);
int native_describe_lock (Attachment *base, EntryInfo *entry, LockInfo *ret_info);
gboolean native_lock (Attachment *base, EntryInfo *entry, guint64 timeout_ns, gboolean recover,
                      const gint *cancelled, gboolean *ret_recovered, GError **error);
void native_unlock (Attachment *base, EntryInfo *entry);
gboolean native_release_dead (Attachment *base, EntryInfo *entry, GError **error);
gboolean native_store_parts (Attachment *base, EntryInfo *entry, guint64 first, guint64 n,
                             const struct memory_part *parts, guint n_parts, const void *before,
                             const void *elements, GError **error);
gboolean native_store (Attachment *base, EntryInfo *entry, guint64 offset, guint64 length,
                       const void *bytes, GError **error);
