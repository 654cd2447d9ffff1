/* Any bytes as a file with a snapshot: what is accepted can be looked at, compared with
 * itself, and written and read again. */
#include <glib.h>
#include <stdlib.h>

#include "fuzz.h"
#include "snapshot-compare.h"
#include "snapshot-file.h"

static void
demand (gboolean condition)
{
  if (!condition)
    abort ();
}

static void
look_at (const SnapshotEntry *entry)
{
  g_autofree char *type = entry_info_type_text (entry->info);

  demand ((entry->elements != NULL) != (entry->reason != NULL) && *type != '\0');
  if (entry->elements == NULL || entry->info->length == 0)
    return;
  for (int field = -1; field < (int) entry->info->n_fields; field++)
    {
      g_autofree char *text = snapshot_element_text (entry, field, entry->info->length - 1);

      demand (text != NULL);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (Snapshot) snapshot = snapshot_from_bytes (bytes, &error);
  g_autoptr (Snapshot) again = NULL;
  g_autoptr (GBytes) written = NULL;
  g_autoptr (GPtrArray) differences = NULL;

  demand ((snapshot == NULL) == (error != NULL));
  if (snapshot == NULL)
    return 0;
  for (guint i = 0; i < snapshot->entries->len; i++)
    look_at (snapshot->entries->pdata[i]);
  written = snapshot_to_bytes (snapshot);
  again = snapshot_from_bytes (written, NULL);
  demand (again != NULL && again->entries->len == snapshot->entries->len);
  differences = snapshot_compare (snapshot, again, NULL, NULL);
  for (guint i = 0; i < differences->len; i++)
    demand (((SnapshotDifference *) differences->pdata[i])->change == SNAPSHOT_NOT_READ);
  return 0;
}
