/* ctl-run.c - shmlensctl run. */
#include "ctl.h"
#include "run-program.h"

enum ctl_status
ctl_run (const struct ctl *ctl)
{
  g_ptr_array_add (ctl->arguments, NULL);
  return (enum ctl_status) run_program ("shmlensctl", (char *const *) ctl->arguments->pdata, NULL,
                                        NULL);
}
