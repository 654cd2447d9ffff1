/* source-native.h - segments that programs made with libshmlens. */
#pragma once

#include "shm-object.h"
#include "source.h"

Source *source_native_new (ShmDirectory *directory);
