/* wait.h - running the main context until something has happened. */
#pragma once

#include <glib.h>

/* Fails the test when `condition` is not true after two minutes. */
#define WAIT_UNTIL(condition)                                                                 \
  do                                                                                          \
    {                                                                                         \
      gint64 wait_end = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;                       \
                                                                                              \
      while (!(condition))                                                                    \
        {                                                                                     \
          if (g_get_monotonic_time () > wait_end)                                             \
            fail_msg ("waited in vain for: %s", #condition);                                  \
          if (!g_main_context_iteration (NULL, FALSE))                                        \
            g_usleep (200);                                                                   \
        }                                                                                     \
    }                                                                                         \
  while (0)
