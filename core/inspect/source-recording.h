/* source-recording.h - recordings: files, which are opened by their path and listed nowhere. */
#pragma once

#include "source.h"

Source *source_recording_new (void);
