/* ctl-edit.c - shmlensctl get, set, lock and type. */
#include "ctl.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "edit.h"
#include "inspect-error.h"
#include "process.h"

/* Elements that a get copies at most: more is a mistake, or belongs in a file. */
#define GET_BYTES_MAX (G_GUINT64_CONSTANT (1) << 32)

static void
print_document (const struct ctl_opened *opened, const void *elements, int consistency)
{
  const struct target *target = &opened->target;
  g_autoptr (SegmentInfo) info = attachment_get_info (opened->attachment);
  const struct shmlens_type *type
    = target->field >= 0 ? &target->entry->fields[target->field].type : &target->entry->type;
  char code[2] = { type->code, '\0' };
  Json json;

  json_init (&json);
  json_begin_object (&json, NULL);
  json_string (&json, "segment", info->id);
  json_string (&json, "entry", target->entry->name);
  json_string (&json, "typecode", code);
  json_begin_array (&json, "shape");
  for (guint i = 0; i < target->dimensions; i++)
    json_unsigned (&json, NULL, target->shape[i]);
  json_end_array (&json);
  ctl_json_value (&json, "value", target, elements);
  json_string (&json, "consistency", ctl_consistency_name (consistency));
  json_end_object (&json);
  ctl_print_json (&json);
}

/* The sentence for a copy that failed. */
static enum ctl_status
fail_read (const struct target *target, int code)
{
  g_autoptr (GError) error
    = g_error_new (INSPECT_ERROR, code == -ESTALE ? INSPECT_ERROR_NOT_FOUND : INSPECT_ERROR_CORRUPT,
                   code == -ESTALE ? _("\"%s\" cannot be read: its program has removed it; list the"
                                       " segment again to see what became of it")
                                   : _("\"%s\" cannot be read: its memory is gone; list the segment"
                                       " again to see what became of it"),
                   target->entry->name);

  return ctl_fail (error);
}

enum ctl_status
ctl_get (const struct ctl *ctl)
{
  struct ctl_opened opened;
  enum ctl_status status = ctl_open (ctl, ctl_argument (ctl, 1), &opened);
  const struct target *target = &opened.target;

  if (status == CTL_DONE)
    {
      guint64 size = (target->last - target->first) * target->entry->type.size;
      g_autofree guint8 *elements = size <= GET_BYTES_MAX ? g_try_malloc (size + 8) : NULL;
      int consistency;

      if (elements == NULL)
        status = ctl_usage (_("\"%s\" has %" PRIu64 " bytes, too many to print; ask for a part:"
                              " %s[0:1000]"),
                            target->entry->name, size, target->entry->name);
      else if ((consistency = attachment_read (opened.attachment, target->entry, target->first,
                                               target->last, elements))
               < 0)
        status = fail_read (target, consistency);
      else if (ctl->json)
        print_document (&opened, elements, consistency);
      else
        {
          g_autoptr (GString) text = g_string_new (NULL);

          ctl_append_value (text, target, elements);
          puts (text->str);
        }
    }
  ctl_close (&opened);
  return status;
}

/* The edit that the words after SEGMENT and ENTRY ask for. */
static Edit *
make_edit (const struct ctl *ctl, const struct ctl_opened *opened, GError **error)
{
  const struct target *target = &opened->target;
  guint n_texts = ctl->arguments->len - 2;
  Edit *edit;

  if (n_texts == 1)
    edit = edit_new (opened->attachment, target->entry, target->first, target->last,
                     ctl_argument (ctl, 2));
  else
    {
      g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

      for (guint i = 0; i < n_texts; i++)
        g_ptr_array_add (texts, g_strdup (ctl_argument (ctl, 2 + i)));
      edit = edit_new_texts (opened->attachment, target->entry, target->first, target->last,
                             EDIT_SET, texts);
    }
  edit->field = target->field;
  edit->field_index = target->field_index;
  if (target->field >= 0 && target->field_length > 1)
    {
      if (target->field_length != entry_field_length (&target->entry->fields[target->field]))
        {
          g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
                       _("\"%s\" is a part of an array in a structure; set one element of it, or"
                         " all"),
                       ctl_argument (ctl, 1));
          edit_unref (edit);
          return NULL;
        }
      edit->field_index = EDIT_FIELD_ALL;
    }
  edit->condition = g_strdup (ctl->condition);
  edit->timeout_ns = (guint64) (ctl->timeout * 1e9);
  edit->unlocked = ctl->unlocked;
  edit->recover = ctl->recover;
  return edit;
}

enum ctl_status
ctl_set (const struct ctl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Edit) edit = NULL;
  struct ctl_opened opened;
  enum ctl_status status = ctl_open (ctl, ctl_argument (ctl, 1), &opened);

  if (status == CTL_DONE)
    {
      g_auto (EditResult) result = { 0 };

      edit = make_edit (ctl, &opened, &error);
      if (edit == NULL || !edit_apply (edit, NULL, &result, &error))
        status = ctl_fail (error);
      else
        {
          if (result.recovered)
            g_printerr (_("shmlensctl: the lock of \"%s\" was held by a process that has died; it"
                          " was recovered, and what it guards may be half written\n"),
                        opened.target.entry->name);
          if (ctl->json)
            print_document (&opened, g_bytes_get_data (result.after, NULL),
                            (int) result.consistency);
        }
    }
  ctl_close (&opened);
  return status;
}

/* "4712, loader", of a thread that is not its process's first; else only the number. */
static char *
thread_text (const LockInfo *lock)
{
  g_autofree char *name = lock->owner_tid != lock->owner_pid
                            ? process_thread_name ("/proc", lock->owner_pid, lock->owner_tid)
                            : NULL;

  return name != NULL ? g_strdup_printf ("%d, %s", (int) lock->owner_tid, name)
                      : g_strdup_printf ("%d", (int) lock->owner_tid);
}

static char *
describe_lock (const EntryInfo *entry, const LockInfo *lock)
{
  g_autofree char *owner = process_name ("/proc", lock->owner_pid);
  g_autofree char *thread = thread_text (lock);

  switch (lock->state)
    {
    case SHMLENS_LOCK_FREE:
      return g_strdup_printf (_("%s: free"), entry->name);
    case SHMLENS_LOCK_HELD:
      if (owner == NULL)
        return g_strdup_printf (_("%s: held by a process that has ended (process %d, thread %d)"
                                  " for %.3f s, %u deep"),
                                entry->name, (int) lock->owner_pid, (int) lock->owner_tid,
                                (double) lock->held_ns / 1e9, lock->depth);
      /* Translators: an entry, a program, the numbers of its process and thread; the thread's may
       * have its name behind it. */
      return g_strdup_printf (_("%s: held by %s (process %d, thread %s) for %.3f s, %u deep"),
                              entry->name, owner, (int) lock->owner_pid, thread,
                              (double) lock->held_ns / 1e9, lock->depth);
    case SHMLENS_LOCK_DEAD:
      return g_strdup_printf (
        _("%s: its holder (process %d) has died; the next one to take it recovers it, as does"
          " shmlensctl lock --release"),
        entry->name, (int) lock->owner_pid);
    case SHMLENS_LOCK_UNKNOWN:
      break;
    }
  return g_strdup_printf (
    _("%s: a lock of the program's own that cannot be looked at from outside"), entry->name);
}

/* Who waits for it, behind what is said of the lock. */
static void
print_waiters (Attachment *attachment, EntryInfo *entry, const LockInfo *lock)
{
  g_autoptr (GArray) pids = attachment_list_waiters (attachment, entry);

  if (lock->waiters > 0)
    g_print (ngettext ("; %d waits for it", "; %d wait for it", (gulong) lock->waiters),
             lock->waiters);
  for (guint i = 0; i < pids->len; i++)
    {
      pid_t pid = g_array_index (pids, pid_t, i);
      g_autofree char *name = process_name ("/proc", pid);

      g_print ("%s", i == 0 ? " (" : "; ");
      g_print (_("%s, process %d"), name != NULL ? name : "?", (int) pid);
    }
  if (pids->len > 0)
    g_print (")");
}

static void
print_semaphore (Attachment *attachment, EntryInfo *entry, const LockInfo *lock)
{
  g_autofree char *owner = process_name ("/proc", lock->owner_pid);
  g_autofree char *thread = thread_text (lock);

  if (lock->state == SHMLENS_LOCK_FREE)
    g_print (_("%s: free"), entry->name);
  else if (lock->state == SHMLENS_LOCK_HELD && lock->owner_tid > 0)
    g_print (_("%s: held by %s (process %d, thread %s), %u deep"), entry->name,
             owner != NULL ? owner : "?", (int) lock->owner_pid, thread, lock->depth);
  else if (lock->state == SHMLENS_LOCK_HELD && lock->owner_pid > 0)
    g_print (_("%s: held by %s (process %d), %u deep"), entry->name, owner != NULL ? owner : "?",
             (int) lock->owner_pid, lock->depth);
  else if (lock->state == SHMLENS_LOCK_HELD)
    g_print (_("%s: held; by which process cannot be told"), entry->name);
  else if (lock->state == SHMLENS_LOCK_DEAD)
    g_print (_("%s: held, but no process that lives holds it: its holder has died. A semaphore does"
               " not recover by itself, and what it guards may be half written; shmlensctl lock"
               " --release lets it go"),
             entry->name);
  else
    g_print (_("%s: a semaphore that cannot be looked at from here"), entry->name);
  print_waiters (attachment, entry, lock);
  g_print ("\n");
}

/* Lets a dead holder's lock go, for a person who was told what that means. */
static enum ctl_status
release_lock (const struct ctl *ctl, const struct ctl_opened *opened)
{
  g_autoptr (GError) error = NULL;
  EntryInfo *entry = opened->target.entry;
  g_autofree char *question = g_strdup_printf (
    _("The holder of the lock of \"%s\" died, and what it guards may be half written. Let it go?"),
    entry->name);

  if (!ctl->yes && !ctl_ask (question))
    return CTL_CONDITION;
  if (!attachment_release_dead (opened->attachment, entry, &error))
    return ctl_fail (error);
  g_print (_("%s: its lock is free again\n"), entry->name);
  return CTL_DONE;
}

static void
print_lock (const EntryInfo *entry, const LockInfo *lock)
{
  g_autofree char *described = describe_lock (entry, lock);

  if (lock->recoveries > 0)
    /* Translators: what the lock is doing, and how often one recovered it. */
    g_print (ngettext ("%s; recovered %u time\n", "%s; recovered %u times\n", lock->recoveries),
             described, lock->recoveries);
  else
    g_print ("%s\n", described);
}

enum ctl_status
ctl_lock (const struct ctl *ctl)
{
  struct ctl_opened opened;
  enum ctl_status status = ctl_open (ctl, ctl_argument (ctl, 1), &opened);

  if (status == CTL_DONE)
    {
      EntryInfo *entry = opened.target.entry;
      LockInfo lock = { .kind = entry->lock_kind, .state = SHMLENS_LOCK_UNKNOWN };
      int result = lock_kind_can_be_taken (entry->lock_kind)
                     ? attachment_describe_lock (opened.attachment, entry, &lock)
                     : 0;

      if (result < 0)
        status = fail_read (&opened.target, result);
      else if (ctl->release)
        status = release_lock (ctl, &opened);
      else if (ctl->json)
        {
          g_autoptr (SegmentInfo) info = attachment_get_info (opened.attachment);
          Json json;

          json_init (&json);
          json_begin_object (&json, NULL);
          json_string (&json, "segment", info->id);
          json_string (&json, "entry", entry->name);
          ctl_json_lock (&json, opened.attachment, entry);
          json_end_object (&json);
          ctl_print_json (&json);
        }
      else if (entry->lock_kind == LOCK_NONE)
        g_print (_("%s: has no lock\n"), entry->name);
      else if (entry->lock_kind == LOCK_SEMAPHORE)
        print_semaphore (opened.attachment, entry, &lock);
      else
        print_lock (entry, &lock);
    }
  ctl_close (&opened);
  return status;
}

enum ctl_status
ctl_type (const struct ctl *ctl)
{
  g_autoptr (GError) error = NULL;
  struct ctl_opened opened;
  enum ctl_status status = ctl_open (ctl, NULL, &opened);

  if (status == CTL_DONE)
    {
      g_autoptr (SegmentInfo) info = attachment_get_info (opened.attachment);

      if (!g_str_equal (info->kind, "posix"))
        status = ctl_usage (_("%s says itself what is in it, and takes no type"), info->id);
    }
  if (status == CTL_DONE
      && !registry_set_type (opened.registry, ctl_argument (ctl, 0), ctl_argument (ctl, 1),
                             &error))
    status = ctl_fail (error);
  ctl_close (&opened);
  return status;
}
