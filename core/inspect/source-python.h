/* source-python.h - running Python programs that share objects: "pid:4711". */
#pragma once

#include "source.h"

/* shm: the shared memory directory. */
Source *source_python_new (const char *shm, const char *proc);
