/* ctl-demo.c - shmlensctl demo. */
#include "ctl.h"

#include <glib/gi18n.h>

#include "demo.h"

enum ctl_status
ctl_demo (const struct ctl *ctl)
{
  const struct demo *demo;
  const struct demo_options options = {
    .segment = ctl->segment,
    .slow = ctl->slow,
    .workers = (unsigned) ctl->workers,
    .with_parent = ctl->with_parent,
  };

  if (ctl->arguments->len == 0)
    {
      for (guint i = 0; demo_all[i] != NULL; i++)
        g_print ("%-10s %s\n", demo_all[i]->name, _(demo_all[i]->summary));
      return CTL_DONE;
    }
  demo = demo_find (ctl_argument (ctl, 0));
  if (demo == NULL)
    return ctl_usage (_("there is no demo \"%s\"; \"shmlensctl demo\" lists them"),
                      ctl_argument (ctl, 0));
  return demo_run (demo, &options) == 0 ? CTL_DONE : CTL_CONDITION;
}
