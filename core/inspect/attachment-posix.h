/* attachment-posix.h - an object that nobody describes: its bytes, or what a type
 * expression given by hand makes of them. */
#pragma once

#include "attachment.h"
#include "shm-object.h"
#include "type-store.h"

/* Takes over the descriptor. */
Attachment *attachment_posix_new (ShmDirectory *directory, TypeStore *types, const char *file,
                                  int fd, const struct stat *status);
