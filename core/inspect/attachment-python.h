/* attachment-python.h - a running Python program, opened as a guest. */
#pragma once

#include "attachment.h"
#include "python-program.h"

/* Takes its own reference. Never NULL. */
Attachment *attachment_python_new (PythonProgram *program);
