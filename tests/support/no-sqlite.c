/* no-sqlite.c - preloaded into a program, hides SQLite from it. */
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

void *
dlopen (const char *file, int mode)
{
  void *(*next) (const char *, int);

  *(void **) &next = dlsym (RTLD_NEXT, "dlopen");
  return file != NULL && strstr (file, "libsqlite3") != NULL ? NULL : next (file, mode);
}
