/* locale-dir.c - preloaded into a program, lets it find its translations in the folder
 * SHMLENS_TEST_LOCALE_DIR instead of where they are installed. */
#include <dlfcn.h>
#include <libintl.h>
#include <stdlib.h>

char *
bindtextdomain (const char *domain, const char *folder)
{
  char *(*next) (const char *, const char *);
  const char *instead = getenv ("SHMLENS_TEST_LOCALE_DIR");

  *(void **) &next = dlsym (RTLD_NEXT, "bindtextdomain");
  return next (domain, instead != NULL && folder != NULL ? instead : folder);
}
