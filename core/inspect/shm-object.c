/* shm-object.c - an object in the shared memory directory as a file. */
#include "shm-object.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "inspect-error.h"
#include "printable.h"

#define SCHEME "shm:"

ShmDirectory *
shm_directory_new (const char *path, const char *proc)
{
  ShmDirectory *self = g_atomic_rc_box_new0 (ShmDirectory);

  self->fd = open (path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (self->fd < 0)
    self->fd = -errno;
  self->path = g_strdup (path);
  self->proc = g_strdup (proc);
  return self;
}

ShmDirectory *
shm_directory_ref (ShmDirectory *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
shm_directory_clear (gpointer data)
{
  ShmDirectory *self = data;

  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self->proc);
}

void
shm_directory_unref (ShmDirectory *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, shm_directory_clear);
}

GPtrArray *
shm_directory_names (ShmDirectory *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  int fd = self->fd < 0 ? self->fd
                        : openat (self->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = fd < 0 ? NULL : fdopendir (fd);
  struct dirent *entry;

  if (stream == NULL)
    {
      if (fd >= 0)
        close (fd);
      else if (self->fd < 0)
        errno = -self->fd;
      return NULL;
    }
  while ((entry = readdir (stream)) != NULL)
    if (entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN)
      g_ptr_array_add (names, g_strdup (entry->d_name));
  closedir (stream);
  return g_steal_pointer (&names);
}

static gboolean
is_file_name (const char *file)
{
  return *file != '\0' && strchr (file, '/') == NULL && strlen (file) <= NAME_MAX
         && !g_str_equal (file, ".") && !g_str_equal (file, "..");
}

char *
shm_object_id (const char *file)
{
  GString *id = g_string_new (SCHEME "/");

  while (*file != '\0')
    {
      gunichar c = g_utf8_get_char_validated (file, -1);

      if (c < 0x110000 && c != '\\' && printable_character (c))
        {
          g_string_append_unichar (id, c);
          file = g_utf8_next_char (file);
        }
      else
        g_string_append_printf (id, "\\x%02x", (guint8) *file++);
    }
  return g_string_free (id, FALSE);
}

static char *
unescape (const char *text)
{
  GString *file = g_string_new (NULL);

  while (*text != '\0')
    if (text[0] == '\\' && text[1] == 'x' && g_ascii_isxdigit (text[2])
        && g_ascii_isxdigit (text[3]) && !(text[2] == '0' && text[3] == '0'))
      {
        g_string_append_c (file, g_ascii_xdigit_value (text[2]) * 16
                                   + g_ascii_xdigit_value (text[3]));
        text += 4;
      }
    else
      g_string_append_c (file, *text++);
  return g_string_free (file, FALSE);
}

char *
shm_object_file (ShmDirectory *directory, const char *id)
{
  g_autofree char *file = NULL;
  struct stat status;

  if (g_str_has_prefix (id, SCHEME))
    id += strlen (SCHEME);
  if (*id != '/')
    return NULL;
  id++;
  /* An id first; but people write names as they stand. */
  file = unescape (id);
  if (is_file_name (file) && shm_object_stat (directory, file, &status) == 0)
    return g_steal_pointer (&file);
  return is_file_name (id) ? g_strdup (id) : NULL;
}

int
shm_object_open (ShmDirectory *directory, const char *file, struct stat *ret_status)
{
  int code, fd;

  /* What is no file is not opened: that would wake who waits at a FIFO. */
  if ((code = shm_object_stat (directory, file, ret_status)) < 0)
    return code;
  fd = openat (directory->fd, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0)
    return errno == ELOOP || errno == ENXIO ? -ENOENT : -errno;
  code = fstat (fd, ret_status) < 0 ? -errno : S_ISREG (ret_status->st_mode) ? 0 : -ENOENT;
  if (code == 0)
    return fd;
  close (fd);
  return code;
}

/* Opens the object behind a descriptor again. A descriptor or -errno. */
static int
reopen (int fd)
{
  char path[40];
  int result;

  /* By its descriptor it is the same object, whatever its name means by now. */
  g_snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  result = open (path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  return result < 0 ? -errno : result;
}

int
shm_object_open_to_write (ShmDirectory *directory, const char *file, int fd,
                          pthread_mutex_t *mutex, int *write_fd, GError **error)
{
  int result;

  pthread_mutex_lock (mutex);
  if (*write_fd < 0)
    *write_fd = reopen (fd);
  result = *write_fd;
  pthread_mutex_unlock (mutex);
  if (result < 0)
    {
      g_autofree char *sentence = shm_object_refusal (directory, file, result);

      g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION, sentence);
    }
  return result;
}

int
shm_object_stat (ShmDirectory *directory, const char *file, struct stat *ret_status)
{
  if (directory->fd < 0)
    return directory->fd;
  if (fstatat (directory->fd, file, ret_status, AT_SYMLINK_NOFOLLOW) < 0)
    return -errno;
  return S_ISREG (ret_status->st_mode) ? 0 : -ENOENT;
}

void
shm_object_describe (ShmDirectory *directory, const char *file, const struct stat *status,
                     SegmentInfo *ret_values)
{
  const char *kind = ret_values->kind;
  char *id = shm_object_id (file);

  *ret_values = (SegmentInfo) {
    .id = id,
    .name = g_strdup (id + strlen (SCHEME)),
    .title = g_strdup (id + strlen (SCHEME)),
    .kind = kind,
    .state = SEGMENT_LIVE,
    .size = status->st_size,
    .device = status->st_dev,
    .inode = status->st_ino,
    .owner = status->st_uid,
    .mode = status->st_mode & 07777,
    .writable = faccessat (directory->fd, file, W_OK, AT_EACCESS) == 0,
  };
}

void
shm_object_clear (SegmentInfo *values)
{
  g_clear_pointer (&values->id, g_free);
  g_clear_pointer (&values->name, g_free);
  g_clear_pointer (&values->title, g_free);
  g_clear_pointer (&values->logical_name, g_free);
  g_clear_pointer (&values->reason, g_free);
  g_clear_pointer (&values->pids, g_free);
}

enum segment_state
shm_object_state (ShmDirectory *directory, const char *file, const struct stat *opened,
                  char **ret_reason)
{
  struct stat now;

  if (shm_object_stat (directory, file, &now) < 0)
    {
      g_autofree char *id = shm_object_id (file);

      *ret_reason = g_strdup_printf (_("%s was removed; what is shown is the memory that programs"
                                       " which still have it share"),
                                     id);
      return SEGMENT_REMOVED;
    }
  if (now.st_dev != opened->st_dev || now.st_ino != opened->st_ino)
    {
      g_autofree char *id = shm_object_id (file);

      *ret_reason = g_strdup_printf (_("%s now names another segment; open it again to see the new"
                                       " one"),
                                     id);
      return SEGMENT_REPLACED;
    }
  return SEGMENT_LIVE;
}

/* Where the kernel's no comes from, and what helps. refusal: what may not be done, with the
 * id; chmod: the change of mode by which the owner allows it. */
static char *
explain_permission (ShmDirectory *directory, const char *id, const struct stat *status,
                    const char *refusal, const char *chmod)
{
  const char *path = id + strlen (SCHEME "/");
  guint mode = (guint) status->st_mode & 07777, uid = status->st_uid;
  struct passwd *owner = NULL, entry;
  char buffer[1024];

  if (status->st_uid == geteuid ())
    /* Translators: first comes "shm:/name may not be opened". */
    return g_strdup_printf (_("%s: it is yours, with mode %04o; run chmod %s %s/%s"), refusal, mode,
                            chmod, directory->path, path);
  getpwuid_r (status->st_uid, &entry, buffer, sizeof buffer, &owner);
  /* Translators: first comes "shm:/name may not be opened". */
  return g_strdup_printf (_("%s: it belongs to %s (user %u) with mode %04o; run as that user, or"
                            " have its owner run chmod on %s/%s"),
                          refusal, owner != NULL ? owner->pw_name : _("an unknown user"), uid, mode,
                          directory->path, path);
}

char *
shm_object_refusal (ShmDirectory *directory, const char *file, int code)
{
  g_autofree char *id = shm_object_id (file);
  g_autofree char *refusal = NULL;
  struct stat status;

  if ((code != -EACCES && code != -EPERM) || shm_object_stat (directory, file, &status) < 0)
    return g_strdup_printf (_("%s: cannot be opened: %s"), id, g_strerror (-code));
  refusal = g_strdup_printf (_("%s may not be opened"), id);
  return explain_permission (directory, id, &status, refusal, "u+rw");
}

gboolean
shm_object_may_write (int fd)
{
  char path[40];

  g_snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  return faccessat (AT_FDCWD, path, W_OK, AT_EACCESS) == 0;
}

char *
shm_object_read_only (ShmDirectory *directory, const char *file, int fd)
{
  g_autofree char *id = shm_object_id (file);
  g_autofree char *refusal = NULL;
  struct stat status;

  if (fstat (fd, &status) < 0)
    return shm_object_refusal (directory, file, -errno);
  refusal = g_strdup_printf (_("%s may not be written"), id);
  return explain_permission (directory, id, &status, refusal, "u+w");
}
