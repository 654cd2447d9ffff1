/* native-view.h - a segment of ours as it is mapped at one moment, with a checked
 * copy of its header. Immutable but for the shared memory itself; counted
 * references, so that a reader can go on while another maps it anew.
 *
 * Everything that looks into the memory goes through memory_guarded(): it may
 * vanish, and may change between any two looks.
 */
#pragma once

#include <glib.h>

#include "format.h"

typedef struct native_view NativeView;

struct native_view
{
  guint8 *base;
  guint64 mapped;                /* of the file, when it was mapped */
  guint64 length;                /* usable: header.size, which is checked to be no more */
  gboolean writable;
  struct format_header header;   /* the checked copy */
};

/* The first bytes of every segment of ours. */
gboolean native_is_one (int fd);

/* Maps the file behind a descriptor.
 *
 * Returns 0; -EBADMSG, -EPROTONOSUPPORT with ret_error; another -errno when it
 * cannot be mapped. */
int native_view_new (int fd, gboolean writable, NativeView **ret_view,
                     struct format_error *ret_error);
NativeView *native_view_ref (NativeView *self);
void native_view_unref (NativeView *self);

/* Copies a slot, and judges the copy when it is live or retired.
 *
 * Returns 0; -ENOENT there is no such one, or it is neither; -EBADMSG with
 * ret_error; -EFAULT; -EAGAIN it kept changing. */
int native_view_slot (NativeView *self, guint32 index, struct format_slot *ret_slot,
                      struct format_error *ret_error);

/* The state word of a slot. 0, -ENOENT, -EFAULT. */
int native_view_state (NativeView *self, guint32 index, guint32 *ret_state);

/* Where the robust lock that lies in a slot's extent is; 0 or as native_view_slot(). */
int native_view_lock (NativeView *self, guint32 lock_slot, guint64 *ret_offset,
                      struct format_error *ret_error);

/* Copies the table of attachers: FORMAT_ATTACHERS of them. 0 or -EFAULT. */
int native_view_attachers (NativeView *self, struct format_attacher *ret_attachers);

/* The attachers that live, as process ids, ascending: NULL when there are none, or
 * when their ids mean nothing here. The caller frees them. */
pid_t *native_view_live (NativeView *self, const struct format_attacher *attachers,
                         const char *proc, guint *ret_n);

/* The inode of this process's PID namespace. 0: not known. */
guint64 native_pid_namespace (const char *proc);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NativeView, native_view_unref)
