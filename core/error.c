/* error.c - the sentence behind shmlens_error(). */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

#include "shmlens.h"

static _Thread_local char last_error[1024];

int
error_set (int code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  vsnprintf (last_error, sizeof last_error, format, arguments);
  va_end (arguments);
  return -code;
}

const char *
shmlens_error (void)
{
  return last_error;
}

const char *
shmlens_version (void)
{
  return SHMLENS_VERSION;
}
