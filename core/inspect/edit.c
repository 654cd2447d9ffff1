/* edit.c - one change of elements: made, checked and applied. */
#include "edit.h"

#include "edit-run.h"

static Edit *
edit_make (Attachment *attachment, EntryInfo *entry, guint64 first, guint64 last)
{
  Edit *edit = g_new0 (Edit, 1);

  edit->references = 1;
  edit->attachment = attachment_ref (attachment);
  edit->entry = entry_info_ref (entry);
  edit->first = first;
  edit->last = last;
  edit->field = -1;
  edit->timeout_ns = EDIT_TIMEOUT_DEFAULT_NS;
  return edit;
}

Edit *
edit_new (Attachment *attachment, EntryInfo *entry, guint64 first, guint64 last, const char *text)
{
  Edit *edit = edit_make (attachment, entry, first, last);

  edit->operation = EDIT_FROM_TEXT;
  edit->texts = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (edit->texts, g_strdup (text));
  return edit;
}

Edit *
edit_new_texts (Attachment *attachment, EntryInfo *entry, guint64 first, guint64 last,
                enum edit_operation operation, GPtrArray *texts)
{
  Edit *edit = edit_make (attachment, entry, first, last);

  edit->operation = operation;
  edit->texts = g_ptr_array_ref (texts);
  return edit;
}

Edit *
edit_new_elements (Attachment *attachment, EntryInfo *entry, guint64 first, guint64 last,
                   GBytes *elements)
{
  Edit *edit = edit_make (attachment, entry, first, last);

  g_return_val_if_fail (g_bytes_get_size (elements) == (last - first) * entry->type.size, edit);
  edit->operation = EDIT_SET;
  edit->texts = g_ptr_array_new ();
  edit->elements = g_bytes_ref (elements);
  return edit;
}

void
edit_set_block (Edit *edit, const ArrayBlock *block)
{
  guint64 n = array_block_n_elements (block);

  g_free (edit->block);
  edit->block = g_memdup2 (block, sizeof *block);
  edit->first = block->first;
  edit->last = n > 0 ? array_block_element (block, n - 1) + 1 : block->first;
}

ArrayBlock
edit_get_block (const Edit *edit)
{
  return edit->block != NULL ? *edit->block : array_block_range (edit->first, edit->last);
}

gsize
edit_size (const Edit *edit)
{
  ArrayBlock block = edit_get_block (edit);

  return array_block_n_elements (&block) * edit->entry->type.size;
}

Edit *
edit_ref (Edit *edit)
{
  g_atomic_int_inc (&edit->references);
  return edit;
}

void
edit_unref (Edit *edit)
{
  if (edit == NULL || !g_atomic_int_dec_and_test (&edit->references))
    return;
  attachment_unref (edit->attachment);
  entry_info_unref (edit->entry);
  g_ptr_array_unref (edit->texts);
  g_clear_pointer (&edit->elements, g_bytes_unref);
  g_free (edit->block);
  g_free (edit->condition);
  g_free (edit);
}

void
edit_result_clear (EditResult *result)
{
  g_clear_pointer (&result->before, g_bytes_unref);
  g_clear_pointer (&result->after, g_bytes_unref);
}

gboolean
edit_check (const Edit *edit, GError **error)
{
  EditPlan plan;

  if (!edit_plan_init (&plan, edit, error))
    return FALSE;
  edit_plan_clear (&plan);
  return TRUE;
}

/* Takes the lock for one run, and clears it. */
static gboolean
carry_out (EditRun *run, const gint *cancelled, EditResult *ret_result, GError **error)
{
  const Edit *edit = run->plan.edit;
  gboolean recovered = FALSE, done;

  done = !run->takes_lock
         || attachment_lock (edit->attachment, edit->entry, edit->timeout_ns, run->plan.recover,
                             cancelled, &recovered, error);
  if (done)
    {
      done = edit_run_work (run, error);
      if (run->takes_lock)
        attachment_unlock (edit->attachment, edit->entry);
    }
  if (done && ret_result != NULL)
    edit_run_give (run, recovered, ret_result);
  edit_run_clear (run);
  return done;
}

gboolean
edit_apply (const Edit *edit, const gint *cancelled, EditResult *ret_result, GError **error)
{
  EditRun run;

  return edit_run_init (&run, edit, error) && carry_out (&run, cancelled, ret_result, error);
}

gboolean
edit_restore (const Edit *edit, GBytes *expected, GBytes *wanted, gboolean force,
              const gint *cancelled, EditResult *ret_result, GError **error)
{
  EditRun run;

  return edit_run_init_restore (&run, edit, expected, wanted, force, error)
         && carry_out (&run, cancelled, ret_result, error);
}
