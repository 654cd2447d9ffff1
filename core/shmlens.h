/* shmlens.h - typed values and arrays in named shared memory.
 *
 * SPDX-License-Identifier: MIT
 *
 * A *segment* is a POSIX shared memory object that describes itself: any
 * process that may open it finds in it, by name, *entries*: a value (a scalar
 * or a structure) or an array of fixed length. Each entry has an element type,
 * and a lock unless it was made without one. The model is that of Python's
 * multiprocessing.Value and multiprocessing.Array. The program `shmlens` and
 * the command `shmlensctl` show and edit what is in a segment while programs
 * run. The bytes of a segment are specified in core/format.md.
 *
 * A worker in ten lines:
 *
 *     struct shmlens_segment *segment;
 *     struct shmlens_entry *done;
 *     if (shmlens_segment_open_or_create ("/render", NULL, &segment) < 0 ||
 *         shmlens_value_open_or_create (segment, "done", 'q', NULL, NULL, &done) < 0)
 *       errx (1, "%s", shmlens_error ());
 *     int64_t *frames = shmlens_entry_data (done);
 *     struct shmlens_lock *lock = shmlens_entry_lock (done);
 *     if (shmlens_lock_acquire (lock) >= 0)
 *       {
 *         ++*frames;
 *         shmlens_entry_commit (done);
 *         shmlens_lock_release (lock);
 *       }
 *
 * Conventions
 *
 * - Functions that can fail return 0 or a positive answer on success and a
 *   negative errno on failure; results go to the last parameters, named ret_...,
 *   which are not touched on failure. shmlens_error() then has a sentence that
 *   names the thing, the reason and the remedy.
 * - Names are UTF-8, without control characters.
 * - Functions that close or detach accept NULL.
 * - Thread safety: a segment and an entry may be used by several threads at
 *   once; closing one while another thread uses it is the caller's error.
 *   Handles stay valid in a child after fork().
 * - Nothing here prints, exits, or removes a segment unless told to.
 */
#ifndef SHMLENS_H
#define SHMLENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `noplt`: callers reach the library by one jump instead of two, which of a locked
 * increment is a tenth. */
#if defined __GNUC__ && defined __has_attribute
#if __has_attribute (noplt)
#define SHMLENS_API __attribute__ ((visibility ("default"), noplt))
#endif
#endif
#if !defined SHMLENS_API && defined __GNUC__
#define SHMLENS_API __attribute__ ((visibility ("default")))
#elif !defined SHMLENS_API
#define SHMLENS_API
#endif

/** The longest name of a segment, in bytes without the NUL, including "/". */
#define SHMLENS_SEGMENT_NAME_MAX 255
/** The longest name of an entry, in bytes without the NUL. */
#define SHMLENS_ENTRY_NAME_MAX 95
/** The longest unit, in bytes without the NUL. */
#define SHMLENS_UNIT_MAX 23
/** The longest one-line description, in bytes without the NUL. */
#define SHMLENS_DOC_MAX 1023
/** The most dimensions an array can have. */
#define SHMLENS_DIMENSIONS_MAX 4
/** The most fields a structure can have, nested ones counted flat. */
#define SHMLENS_FIELDS_MAX 1024
/** The most enumeration labels an entry can have. */
#define SHMLENS_LABELS_MAX 1024

struct shmlens_segment;
struct shmlens_entry;
struct shmlens_lock;

/** The version of the library that runs, for example "0.1.0". Static. */
SHMLENS_API const char *shmlens_version (void);

/** What went wrong in this thread's last failed call, as one sentence or two:
 * the thing, the reason, the remedy.
 *
 * @returns text owned by the library, valid until this thread's next failed
 *   call; "" when nothing failed yet. Never NULL.
 */
SHMLENS_API const char *shmlens_error (void);


/* ---------------------------------------------------------------- types -- */

/** What the bits of an element mean. With the size this is all that is stored;
 * type codes such as 'l' differ between machines. */
enum shmlens_kind
{
  SHMLENS_KIND_BOOL = 1,     /**< 0 or 1; any other bits read as true */
  SHMLENS_KIND_CHAR = 2,     /**< a byte of text */
  SHMLENS_KIND_UNICODE = 3,  /**< a wchar_t: one Unicode code point */
  SHMLENS_KIND_SIGNED = 4,   /**< two's complement integer */
  SHMLENS_KIND_UNSIGNED = 5,
  SHMLENS_KIND_FLOAT = 6,    /**< IEEE 754 */
  SHMLENS_KIND_STRUCT = 7    /**< fields say what is inside */
};

/** The element type of an entry or a field.
 *
 * Type codes are those of Python's array module and of multiprocessing:
 * `c` char, `b` `B` char as integer, `u` wchar_t, `h` `H` short, `i` `I` int,
 * `l` `L` long, `q` `Q` long long, `f` float, `d` double, and `?` bool;
 * upper case is unsigned. A structure has the code `T`.
 */
struct shmlens_type
{
  uint32_t size;  /**< bytes of one element */
  uint8_t kind;   /**< enum shmlens_kind */
  char code;      /**< a type code of this kind and size */
  uint16_t reserved;
};

/** The type that a type code stands for on this machine.
 *
 * @param code one of `? c b B u h H i I l L q Q f d`.
 * @returns 0, or -EINVAL when there is no such code.
 */
SHMLENS_API int shmlens_type_from_code (char code, struct shmlens_type *ret_type);

/** The type that a sized name stands for: `bool char wchar int8 uint8 int16
 * uint16 int32 uint32 int64 uint64 float32 float64`, or a type code.
 *
 * @returns 0, or -EINVAL when the name is none of them.
 */
SHMLENS_API int shmlens_type_from_name (const char *name, struct shmlens_type *ret_type);

/** The sized name of a type, for example "int32"; "struct" for structures.
 * Static; never NULL ("?" for a type that does not exist). */
SHMLENS_API const char *shmlens_type_name (const struct shmlens_type *type);

/** Reads one element from text, exactly.
 *
 * Integers: decimal, 0x, 0o or 0b with a sign before, digits may be grouped by
 * single `_`. Floats: decimal or hexadecimal notation, `inf`, `infinity`,
 * `nan`, with a sign, at most 4095 characters. bool: `true`, `false`, `on`,
 * `off`, `yes`, `no`, `1`, `0`. `c`: one byte as itself or as an escape
 * (`\n \t \r \0 \\ \' \" \xNN`). `u`: one UTF-8 character or an escape (also
 * `\uXXXX`, `\UXXXXXXXX`). Blanks around numbers and bools are ignored; nothing
 * else is.
 *
 * @param type    a scalar type.
 * @param text    the text; need not end in NUL.
 * @param length  its bytes.
 * @param ret_element  room for type->size bytes; no alignment needed.
 * @returns 0; -EINVAL the text is not of this type (empty, trailing
 *   characters, embedded NUL, bad multi-byte character); -ERANGE the number
 *   does not fit.
 */
SHMLENS_API int shmlens_type_parse (const struct shmlens_type *type, const char *text,
                                    size_t length, void *ret_element);

/** Writes one element as text that shmlens_type_parse() reads back to the same
 * bits (of NaN only the sign, of a bool only whether it is true). Floats print
 * shortest, in the form of Python's repr(), whatever the locale.
 *
 * @param type     a scalar type.
 * @param element  type->size bytes, no alignment needed.
 * @param size     room at ret_text; 64 is enough for every type.
 * @param ret_text the text, ended by NUL.
 * @returns the length without the NUL; -ENOSPC when size is too small;
 *   -EINVAL for a type that is no scalar.
 */
SHMLENS_API int shmlens_type_print (const struct shmlens_type *type, const void *element,
                                    size_t size, char *ret_text);


/* ------------------------------------------------------------- segments -- */

/** How a new segment is made. All zero means the defaults. */
struct shmlens_segment_attr
{
  /** Permission bits; 0 means 0600. Set exactly, whatever the umask. */
  mode_t mode;
  /** The most bytes the segment can ever have; 0 means 64 GiB. This is
   * address space, not memory: memory is taken as entries are made. */
  uint64_t capacity;
  /** The program's name as people know it; NULL means that of the executable. */
  const char *program;
  /** A name that stays the same from run to run, on which watch lists hang;
   * NULL means the segment's own name. */
  const char *logical_name;
  uint64_t reserved[4];  /**< zero */
};

/** How a segment is attached. */
enum shmlens_access
{
  SHMLENS_READ_ONLY = 0,
  SHMLENS_READ_WRITE = 1
};

/** Makes a new segment; there must be none of this name.
 *
 * The segment appears under its name only when it is complete. It stays until
 * shmlens_segment_unlink().
 *
 * @param name  "/name", as for shm_open(3).
 * @param attr  NULL for the defaults.
 * @param ret_segment  the segment, attached read-write; give it to
 *   shmlens_segment_detach().
 * @returns 0; -EEXIST; -EINVAL a bad name or attribute; -ENAMETOOLONG;
 *   -EACCES; -ENOSPC /dev/shm is full; -ENOMEM no address space.
 */
SHMLENS_API int shmlens_segment_create (const char *name, const struct shmlens_segment_attr *attr,
                                        struct shmlens_segment **ret_segment);

/** Attaches a segment to this process.
 *
 * Everything in it is checked first; a failed call has changed nothing.
 *
 * @returns 0; -ENOENT; -EACCES; -EBADMSG what lies there is corrupt or no
 *   segment of ours (shmlens_error() names the field); -EPROTONOSUPPORT it
 *   needs a newer library or another machine; -ENOMEM no address space; -EBUSY
 *   another process keeps it locked against attaching.
 */
SHMLENS_API int shmlens_segment_attach (const char *name, enum shmlens_access access,
                                        struct shmlens_segment **ret_segment);

/** Attaches the segment read-write, or makes it when there is none. The
 * attributes count only when it is made.
 *
 * @returns 0 attached, 1 made; else as the two functions above.
 */
SHMLENS_API int shmlens_segment_open_or_create (const char *name,
                                                const struct shmlens_segment_attr *attr,
                                                struct shmlens_segment **ret_segment);

/** Detaches a segment. Its entries and locks in this process must not be used
 * any more; entry handles are freed with it. The segment itself stays.
 *
 * @returns 0; -EBUSY this thread holds one of its locks: nothing was done.
 */
SHMLENS_API int shmlens_segment_detach (struct shmlens_segment *segment);

/** Removes a segment's name. Programs that have it attached keep it.
 *
 * @returns 0; -ENOENT; -EACCES; -EINVAL. Any shared memory object is removed,
 *   whether ours or not.
 */
SHMLENS_API int shmlens_segment_unlink (const char *name);

/** Tells whether every program that had the segment attached has ended, also
 * when it was killed.
 *
 * @returns 1 nobody has it, 0 it is in use; -ENOENT; -EACCES; -EBADMSG not a
 *   segment of ours; -EPROTONOSUPPORT a segment that needs a newer library.
 */
SHMLENS_API int shmlens_segment_is_stale (const char *name);

/** Removes a segment's name if it is stale; one to which a program attaches in
 * this very moment is not removed, or the program is told that it is gone.
 *
 * @returns 1 removed, 0 it is in use: nothing was done; else as
 *   shmlens_segment_is_stale().
 */
SHMLENS_API int shmlens_segment_unlink_stale (const char *name);

/** The name it was attached by. Owned by the segment. */
SHMLENS_API const char *shmlens_segment_name (const struct shmlens_segment *segment);

/** The program's name that its maker gave. Owned by the segment. */
SHMLENS_API const char *shmlens_segment_program (const struct shmlens_segment *segment);

/** The name that stays the same from run to run. Owned by the segment. */
SHMLENS_API const char *shmlens_segment_logical_name (const struct shmlens_segment *segment);

/** The bytes it has now, and the most it can have. */
SHMLENS_API uint64_t shmlens_segment_size (const struct shmlens_segment *segment);
SHMLENS_API uint64_t shmlens_segment_capacity (const struct shmlens_segment *segment);

/** How it is attached. */
SHMLENS_API enum shmlens_access shmlens_segment_access (const struct shmlens_segment *segment);

/** A process that has a segment attached. */
struct shmlens_attacher
{
  pid_t pid;
  uint64_t start_time;  /**< field 22 of /proc/PID/stat: tells reused ids apart */
  char program[32];     /**< its comm */
};

/** The processes that have the segment attached read-write and live.
 *
 * @param size  room at ret_attachers, in elements.
 * @returns how many there are, which may be more than size.
 */
SHMLENS_API int shmlens_segment_attachers (struct shmlens_segment *segment, size_t size,
                                           struct shmlens_attacher *ret_attachers);


/* ---------------------------------------------------------------- locks -- */

/** What guards an entry. */
enum shmlens_lock_kind
{
  SHMLENS_LOCK_NONE = 0,
  SHMLENS_LOCK_ROBUST = 1,   /**< recursive, process-shared, survives its holder's death */
  SHMLENS_LOCK_EXTERNAL = 2  /**< a lock that only the program itself can take */
};

enum shmlens_lock_state
{
  SHMLENS_LOCK_FREE = 0,
  SHMLENS_LOCK_HELD = 1,
  SHMLENS_LOCK_DEAD = 2,    /**< its holder died; the next one to take it recovers it */
  SHMLENS_LOCK_UNKNOWN = 3  /**< an external lock */
};

/** What can be said of a lock without taking it. */
struct shmlens_lock_info
{
  enum shmlens_lock_kind kind;
  enum shmlens_lock_state state;
  pid_t owner_pid;            /**< 0 when not known */
  pid_t owner_tid;            /**< 0 when not known */
  uint64_t owner_start_time;  /**< field 22 of /proc/PID/stat; 0 when not known */
  uint32_t depth;             /**< how often the holder has taken it */
  uint64_t held_ns;           /**< since when, as a time span; 4 ms coarse */
  uint32_t recoveries;        /**< how often a dead holder's lock was recovered */
};

/** Makes a lock of its own, to be given to several entries so that they change
 * together (shmlens_entry_attr.lock). It lives as long as an entry uses it or the
 * handle made here is open in the process that made it (children inherit the
 * handle; closing theirs does not end the lock). Whoever ends without closing it
 * leaves it in the segment.
 *
 * @param ret_lock  give it to shmlens_lock_close().
 * @returns 0; -EROFS attached read-only; -ENOSPC.
 */
SHMLENS_API int shmlens_lock_create (struct shmlens_segment *segment,
                                     struct shmlens_lock **ret_lock);

/** Gives back a lock from shmlens_lock_create(), which nobody holds; entries
 * that use it go on. Locks from shmlens_entry_lock() are not to be closed. */
SHMLENS_API void shmlens_lock_close (struct shmlens_lock *lock);

/** Takes the lock, waiting as long as it takes. A thread may take it again
 * while it holds it, and must release it as often.
 *
 * @returns 0 taken; 1 taken, and the holder before died holding it: what it
 *   guards may be half written (the lock itself is whole again); -EROFS
 *   attached read-only; -EXDEV this process is in another PID namespace than the
 *   maker, where thread ids mean other threads; -EAGAIN held too often by this
 *   thread; -ENOTRECOVERABLE.
 */
SHMLENS_API int shmlens_lock_acquire (struct shmlens_lock *lock);

/** As shmlens_lock_acquire(), but does not wait: -EBUSY when another holds it. */
SHMLENS_API int shmlens_lock_try_acquire (struct shmlens_lock *lock);

/** As shmlens_lock_acquire(), but waits timeout_ns at most (by
 * CLOCK_MONOTONIC): -ETIMEDOUT. While it waits it asks holders that take the
 * lock again and again to let it in. */
SHMLENS_API int shmlens_lock_acquire_timed (struct shmlens_lock *lock, uint64_t timeout_ns);

/** Lets the lock go.
 *
 * @returns 0; -EPERM this thread does not hold it: nothing was done.
 */
SHMLENS_API int shmlens_lock_release (struct shmlens_lock *lock);

/** Tells whether the calling thread holds the lock. */
SHMLENS_API bool shmlens_lock_is_mine (const struct shmlens_lock *lock);

/** Describes the lock at this moment; never waits, needs no write access. */
SHMLENS_API void shmlens_lock_describe (const struct shmlens_lock *lock,
                                        struct shmlens_lock_info *ret_info);


/* -------------------------------------------------------------- entries -- */

/** How an entry wants to be shown. */
enum shmlens_role
{
  SHMLENS_ROLE_PLAIN = 0,
  SHMLENS_ROLE_PROGRESS = 1,  /**< grows to progress_max */
  SHMLENS_ROLE_FLAG = 2,      /**< on or off */
  SHMLENS_ROLE_COUNTER = 3,   /**< only grows; its rate is of interest */
  SHMLENS_ROLE_TEXT = 4,      /**< characters up to the first NUL */
  SHMLENS_ROLE_BYTES = 5,     /**< raw bytes */
  SHMLENS_ROLE_IMAGE = 6      /**< height x width [x channels] */
};

/** A field of a structure. Structures in structures are laid flat, their fields
 * named by path: "pos.x". */
struct shmlens_field
{
  const char *name;    /**< at most SHMLENS_ENTRY_NAME_MAX bytes */
  char code;           /**< its type code; `T` is not one */
  bool swapped;        /**< in the other byte order */
  uint8_t bit_offset;  /**< bit field: lowest bit, counted from the value's least significant */
  uint8_t bit_width;   /**< bit field: bits; 0 means no bit field */
  uint32_t offset;     /**< bytes from the structure's start */
  uint8_t dimensions;  /**< 0 for a scalar */
  uint32_t shape[SHMLENS_DIMENSIONS_MAX];
};

/** A name for one number an element or a field can have. */
struct shmlens_label
{
  int64_t value;
  const char *text;  /**< at most 63 bytes */
  int32_t field;     /**< index of the field; -1 the element itself */
};

enum
{
  SHMLENS_NO_LOCK = 1u << 0,        /**< the entry has no lock */
  SHMLENS_EXTERNAL_LOCK = 1u << 1,  /**< the program guards it by a lock of another kind */
  SHMLENS_READ_ONLY_ENTRY = 1u << 2, /**< people shall not edit it */
  SHMLENS_UNNAMED = 1u << 3         /**< the name was made up: `#2`, `#3` is added when it is taken */
};

/** What an entry is besides its name, type and content. All zero means: a lock
 * of its own, shown plain. Everything is copied. */
struct shmlens_entry_attr
{
  unsigned flags;              /**< SHMLENS_NO_LOCK and so on */
  enum shmlens_role role;
  struct shmlens_lock *lock;   /**< an existing lock of the same segment to share; NULL: its own */
  const char *unit;            /**< "ms", "°C"; NULL: none */
  const char *doc;             /**< one line; NULL: none */
  const void *minimum;         /**< an element each, for editors; the program itself is not held */
  const void *maximum;         /**< to it; NULL: no limit */
  const void *progress_max;    /**< an element: the end of SHMLENS_ROLE_PROGRESS */
  uint32_t element_size;       /**< code `T`: bytes of the structure */
  uint32_t field_count;
  const struct shmlens_field *fields;  /**< code `T` */
  uint32_t label_count;
  const struct shmlens_label *labels;
  uint64_t reserved[4];        /**< zero */
};

/** Makes a value.
 *
 * @param name   at most SHMLENS_ENTRY_NAME_MAX bytes.
 * @param code   a type code, or `T` for a structure.
 * @param initial  an element; NULL means zero.
 * @param attr   NULL means a plain entry with its own lock.
 * @param ret_entry  give it to shmlens_entry_close(), or leave it to
 *   shmlens_segment_detach().
 * @returns 0; -EEXIST the name is taken (shmlens_entry_open() attaches to it);
 *   -EINVAL a bad name, code or attribute; -EROFS attached read-only; -ENOSPC the
 *   segment's capacity or /dev/shm is full; -EXDEV as for locks.
 */
SHMLENS_API int shmlens_value_create (struct shmlens_segment *segment, const char *name, char code,
                                      const void *initial, const struct shmlens_entry_attr *attr,
                                      struct shmlens_entry **ret_entry);

/** Makes an array. Its length is fixed for good.
 *
 * @param dimensions  1 to SHMLENS_DIMENSIONS_MAX.
 * @param shape    elements in each dimension, the last varies fastest; 0 is allowed.
 * @param initial  all elements; NULL means zero.
 * @returns as shmlens_value_create(); -EOVERFLOW when the size overflows.
 */
SHMLENS_API int shmlens_array_create (struct shmlens_segment *segment, const char *name, char code,
                                      unsigned dimensions, const uint64_t *shape,
                                      const void *initial, const struct shmlens_entry_attr *attr,
                                      struct shmlens_entry **ret_entry);

/** As the two above, but takes the entry that exists when its type and shape
 * are the same.
 *
 * @returns 0 opened, 1 made; -EPROTOTYPE it exists with another type or shape;
 *   else as above.
 */
SHMLENS_API int shmlens_value_open_or_create (struct shmlens_segment *segment, const char *name,
                                              char code, const void *initial,
                                              const struct shmlens_entry_attr *attr,
                                              struct shmlens_entry **ret_entry);
SHMLENS_API int shmlens_array_open_or_create (struct shmlens_segment *segment, const char *name,
                                              char code, unsigned dimensions,
                                              const uint64_t *shape, const void *initial,
                                              const struct shmlens_entry_attr *attr,
                                              struct shmlens_entry **ret_entry);

/** Attaches to an entry by name.
 *
 * @returns 0; -ENOENT; -EBADMSG the entry is corrupt.
 */
SHMLENS_API int shmlens_entry_open (struct shmlens_segment *segment, const char *name,
                                    struct shmlens_entry **ret_entry);

/** Attaches to the entry that shmlens_entry_id() named in another process.
 *
 * @returns 0; -ENOENT it was removed since; -EBADMSG.
 */
SHMLENS_API int shmlens_entry_open_id (struct shmlens_segment *segment, uint64_t id,
                                       struct shmlens_entry **ret_entry);

/** Goes through the entries in the order of their slots. Start with *cursor = 0.
 *
 * @returns 1 and an entry, 0 at the end; -EBADMSG a corrupt entry, after which
 *   one can go on.
 */
SHMLENS_API int shmlens_segment_next (struct shmlens_segment *segment, uint32_t *cursor,
                                      struct shmlens_entry **ret_entry);

/** Frees this process's handle; the entry stays in the segment. */
SHMLENS_API void shmlens_entry_close (struct shmlens_entry *entry);

/** Removes the entry from the segment and frees the handle. Other processes
 * must not use theirs any more (shmlens_entry_is_live() tells).
 *
 * @returns 0; -EBUSY its lock is held by another thread, or by this one when no
 *   other entry uses the lock; -EROFS; -EXDEV; -ENOENT it is gone already. On
 *   failure the handle is not freed.
 */
SHMLENS_API int shmlens_entry_remove (struct shmlens_entry *entry);

/** False once somebody has removed the entry. */
SHMLENS_API bool shmlens_entry_is_live (const struct shmlens_entry *entry);

/** A number that names the entry within its segment for as long as it lives. */
SHMLENS_API uint64_t shmlens_entry_id (const struct shmlens_entry *entry);

/** The entry's segment. */
SHMLENS_API struct shmlens_segment *shmlens_entry_segment (const struct shmlens_entry *entry);

/** What an entry is. Strings and arrays belong to the entry. */
struct shmlens_entry_info
{
  const char *name;
  struct shmlens_type type;
  unsigned dimensions;  /**< 0 for a value */
  uint64_t shape[SHMLENS_DIMENSIONS_MAX];
  uint64_t length;      /**< elements in all; 1 for a value */
  uint64_t offset;      /**< of the first byte, from the segment's start */
  unsigned flags;
  enum shmlens_role role;
  enum shmlens_lock_kind lock_kind;
  const char *unit;          /**< "" when none */
  const char *doc;           /**< "" when none */
  const void *minimum;       /**< NULL when none */
  const void *maximum;       /**< NULL when none */
  const void *progress_max;  /**< NULL when none */
  uint32_t field_count;
  const struct shmlens_field *fields;
  uint32_t label_count;
  const struct shmlens_label *labels;
};

/** Describes the entry. Owned by the entry; does not change. */
SHMLENS_API const struct shmlens_entry_info *
shmlens_entry_describe (const struct shmlens_entry *entry);

/** The entry's lock, or NULL when it has none or an external one. Owned by the
 * entry. Every lock function fails with -EINVAL for NULL. */
SHMLENS_API struct shmlens_lock *shmlens_entry_lock (const struct shmlens_entry *entry);

/** The elements themselves, in C order. Take the lock before use, call
 * shmlens_entry_commit() after a change.
 *
 * @returns memory that stays where it is until the segment is detached; NULL
 *   when attached read-only (use shmlens_entry_peek()).
 */
SHMLENS_API void *shmlens_entry_data (const struct shmlens_entry *entry);

/** As shmlens_entry_data(), to read only. Never NULL. */
SHMLENS_API const void *shmlens_entry_peek (const struct shmlens_entry *entry);

/** Says that the elements were changed through the pointer, so that others see
 * it. To be called while the lock is held. */
SHMLENS_API void shmlens_entry_commit (struct shmlens_entry *entry);

/** How often the entry was written by the functions below and
 * shmlens_entry_commit(). Of an entry without a lock this is 0: not counted. */
SHMLENS_API uint64_t shmlens_entry_writes (const struct shmlens_entry *entry);

/** Reads or writes one element under the entry's lock (without, when it has
 * none).
 *
 * @param index  below the entry's length; 0 for a value. Arrays of several
 *   dimensions count in C order.
 * @returns as shmlens_lock_acquire() (1: written, and the holder before died);
 *   -ERANGE index out of bounds.
 */
SHMLENS_API int shmlens_entry_get (struct shmlens_entry *entry, uint64_t index, void *ret_element);
SHMLENS_API int shmlens_entry_set (struct shmlens_entry *entry, uint64_t index,
                                   const void *element);

/** Reads or writes the elements first <= i < last as one operation under the
 * lock.
 *
 * @returns as above; -ERANGE unless first <= last <= length.
 */
SHMLENS_API int shmlens_entry_get_slice (struct shmlens_entry *entry, uint64_t first,
                                         uint64_t last, void *ret_elements);
SHMLENS_API int shmlens_entry_set_slice (struct shmlens_entry *entry, uint64_t first,
                                         uint64_t last, const void *elements);

/** Adds to one element under the lock.
 *
 * @returns as above; -EOVERFLOW the sum does not fit an integer element: nothing
 *   was written; -EINVAL the element is no number (for _add: no integer and no
 *   float; for _add_double: no float).
 */
SHMLENS_API int shmlens_entry_add (struct shmlens_entry *entry, uint64_t index, int64_t delta);
SHMLENS_API int shmlens_entry_add_double (struct shmlens_entry *entry, uint64_t index,
                                          double delta);

/** Reads or stores one element without the lock, atomically when it is
 * naturally aligned and has 1, 2, 4 or 8 bytes.
 *
 * @returns 0; -ERANGE; -EROFS; -ENOTSUP the element cannot be atomic.
 */
SHMLENS_API int shmlens_entry_load (const struct shmlens_entry *entry, uint64_t index,
                                    void *ret_element);
SHMLENS_API int shmlens_entry_store (struct shmlens_entry *entry, uint64_t index,
                                     const void *element);

/** How sure one can be that a copy is of one moment. */
enum shmlens_consistency
{
  SHMLENS_CONSISTENCY_LOCKED = 0,
  SHMLENS_CONSISTENCY_SEQUENCE = 1,  /**< nobody held the lock while it was copied */
  SHMLENS_CONSISTENCY_ATOMIC = 2,    /**< one aligned element of at most 8 bytes */
  SHMLENS_CONSISTENCY_UNLOCKED = 3   /**< parts may be of different moments */
};

/** Copies the elements first <= i < last without taking the lock and without
 * disturbing anyone: tries a few times for a moment when nobody holds it.
 *
 * @returns an enum shmlens_consistency; -ERANGE.
 */
SHMLENS_API int shmlens_entry_snapshot (const struct shmlens_entry *entry, uint64_t first,
                                        uint64_t last, void *ret_elements);

/** An array's length is fixed.
 *
 * @returns -ENOTSUP unless length is the one it has; shmlens_error() says what to do
 *   instead.
 */
SHMLENS_API int shmlens_array_resize (struct shmlens_entry *entry, uint64_t length);

#ifdef __cplusplus
}
#endif

#endif
