/* error.h - the sentence behind shmlens_error(). */
#ifndef SHMLENS_CORE_ERROR_H
#define SHMLENS_CORE_ERROR_H

/* Notes a sentence (the thing, the reason, the remedy) for this thread, cut to
 * what fits, and gives back -code, so that a failing function can end with
 * `return error_set (EINVAL, "…", …)`. errno is left alone. */
int error_set (int code, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

#endif
