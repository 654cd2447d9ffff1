/* Any text as a condition: what is read can be fed and evaluated, and gives the same twice;
 * what is not read has a sentence. */
#include <stdlib.h>
#include <string.h>

#include "condition.h"
#include "fuzz.h"

static const AttachmentClass class = { 0 };
static Attachment *segment;

static void
demand (gboolean condition)
{
  if (!condition)
    abort ();
}

static void
make_segment (void)
{
  static const struct
  {
    const char *name;
    char code;
    guint64 length;
  } entries[] = { { "stop", '?', 0 },   { "loss", 'd', 0 },   { "rate", 'f', 0 },
                  { "big", 'q', 0 },    { "huge", 'Q', 0 },   { "counts", 'i', 5 },
                  { "letter", 'c', 0 }, { "a and b", 'h', 0 } };
  EntryLabel labels[] = { { 1, -1, (char *) "on" }, { -1, -1, (char *) "on and off" } };
  g_autoptr (GPtrArray) infos
    = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_info_unref);
  g_autoptr (SegmentInfo) info
    = segment_info_new (&(SegmentInfo){ .id = (char *) "shm:/f", .kind = "native" });

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      EntryInfo values = { .id = i,
                           .name = (char *) entries[i].name,
                           .dimensions = entries[i].length > 0,
                           .shape = { entries[i].length },
                           .length = MAX (entries[i].length, 1),
                           .lock_kind = i % 2 == 0 ? LOCK_ROBUST : LOCK_NONE,
                           .n_labels = 2,
                           .labels = labels };

      shmlens_type_from_code (entries[i].code, &values.type);
      g_ptr_array_add (infos, entry_info_new (&values));
    }
  segment = g_new0 (Attachment, 1);
  attachment_init (segment, &class, info);
  attachment_update (segment, NULL, infos);
}

static gboolean
evaluate (Condition *condition)
{
  static const guint8 elements[64] = { 1, 0, 0, 0, 0, 0, 0, 0x40 };
  const LockInfo lock = { .state = SHMLENS_LOCK_HELD, .held_ns = 2000000000 };

  for (guint i = 0; i < condition_n_operands (condition); i++)
    if (condition_get_operand (condition, i)->use == CONDITION_LOCK)
      condition_feed_lock (condition, i, &lock);
    else
      condition_feed (condition, i, elements, TRUE);
  return condition_evaluate (condition);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (Condition) condition = NULL;

  if (segment == NULL)
    make_segment ();
  condition = condition_parse (segment, text, &error);
  demand ((condition == NULL) == (error != NULL));
  if (condition == NULL)
    demand (*error->message != '\0');
  else
    demand (evaluate (condition) == evaluate (condition));
  return 0;
}
