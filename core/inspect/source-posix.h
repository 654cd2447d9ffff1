/* source-posix.h - objects in the shared memory directory that nobody describes. */
#pragma once

#include "shm-object.h"
#include "source.h"
#include "type-store.h"

Source *source_posix_new (ShmDirectory *directory, TypeStore *types);
