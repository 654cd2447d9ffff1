/* py-frame.c - from the interpreter's own data to its threads and to their frames.
 *
 * From 3.13 on a table in the interpreter tells where it keeps what, found by its cookie. Before,
 * a word of the interpreter's data is looked for that points to the state of an interpreter: it
 * has the state of a thread that has its address.
 */
#include "py-frame.h"

#include <string.h>

#define CHUNK_WORDS 8192u
#define THREADS_MAX 10000
#define INTERPRETERS_MAX 256
#define FRAMES_MAX 100000u
/* Words of the table (_Py_DebugOffsets), from its cookie on; the same in 3.13 and 3.14. */
#define TABLE_VERSION 1
#define TABLE_FREE_THREADED 2
#define TABLE_INTERPRETERS 5
#define TABLE_INTERPRETER_NEXT 8
#define TABLE_THREADS 9
/* Where the words of a thread's state begin differs: its previous, next and interpreter, which
 * are at 0, 8 and 16, then its frame. The words of a frame follow. */
#define TABLE_THREAD_MIN 18
#define TABLE_THREAD_MAX 32
#define TABLE_THREAD_FRAME 3
#define TABLE_FRAME_PREVIOUS 9
#define TABLE_FRAME_CODE 10
#define TABLE_FRAME_LOCALS 12
#define TABLE_FRAME_OWNER 13
#define TABLE_WORDS 64
#define TABLE_OFFSET_MAX (1u << 24)
/* Of a thread's state, in all versions. */
#define THREAD_PREVIOUS 0
#define THREAD_NEXT 8
#define THREAD_INTERPRETER 16
/* Of an interpreter's state, up to 3.12. */
#define INTERPRETER_NEXT 0
/* f_state of 3.10, f_executing before. */
#define STATE_EXECUTING 0
#define IS_EXECUTING 1
/* Whose a frame is: those from this on have no code of Python. */
#define OWNER_GENERATOR 1
#define OWNER_INTERPRETER 3
#define TUPLE_SIZE 16

static gboolean
has_code (const PyReader *reader, guint64 frame)
{
  const struct py_layout_frame *layout = &reader->runtime->layout.frame;
  guint64 code;

  return py_image_u64 (reader->image, frame + layout->code, &code)
         && py_object_is (reader, code & ~layout->tag_bits, reader->runtime->code);
}

/* How many words of locals a frame of the code has before its stack, up to 3.10. */
static gboolean
count_locals (const PyReader *reader, guint64 code, guint64 *ret_n)
{
  const struct py_layout_frame *layout = &reader->runtime->layout.frame;
  guint64 cells, free, n_cells, n_free;
  gint32 n;

  if (!py_image_read (reader->image, code + layout->code_n_locals, &n, sizeof n)
      || !py_image_u64 (reader->image, code + layout->code_cells, &cells)
      || !py_image_u64 (reader->image, code + layout->code_free, &free)
      || !py_image_u64 (reader->image, cells + TUPLE_SIZE, &n_cells)
      || !py_image_u64 (reader->image, free + TUPLE_SIZE, &n_free))
    return FALSE;
  *ret_n = (guint64) n + n_cells + n_free;
  return TRUE;
}

/* On the stacks of threads there are words in the order of a frame's, too. But a frame knows
 * itself: up to 3.10 its stack begins in it, right behind its locals; later it is the
 * generator's. */
static gboolean
is_whole (const PyReader *reader, guint64 frame)
{
  const struct py_layout *layout = &reader->runtime->layout;
  guint64 code, stack, n;
  guint8 owner;

  if (layout->minor >= 11)
    return py_image_u8 (reader->image, frame + layout->frame.owner, &owner)
           && owner == OWNER_GENERATOR;
  return py_image_u64 (reader->image, frame + layout->frame.code, &code)
         && py_image_u64 (reader->image, frame + layout->frame.value_stack, &stack)
         && count_locals (reader, code, &n) && stack == frame + layout->frame.locals + 8 * n;
}

gboolean
py_frame_is_waiting (const PyReader *reader, guint64 object, guint64 *ret_frame)
{
  const struct py_layout *layout = &reader->runtime->layout;
  guint64 stack_top;
  guint8 state;

  *ret_frame = layout->minor >= 11 ? object + layout->frame.generator : object;
  if (!py_image_u8 (reader->image, object + layout->frame.state, &state)
      || !has_code (reader, *ret_frame) || !is_whole (reader, *ret_frame))
    return FALSE;
  /* Negative before and between its steps. */
  if (layout->minor >= 10)
    return (gint8) state < 0;
  return state == 0 && py_image_u64 (reader->image, object + layout->frame.stack_top, &stack_top)
         && stack_top != 0;
}

gboolean
py_frame_is_live (const PyReader *reader, guint64 object, guint64 *ret_frame)
{
  const struct py_layout *layout = &reader->runtime->layout;
  guint8 state;

  if (py_frame_is_waiting (reader, object, ret_frame))
    return TRUE;
  return layout->minor <= 10 && has_code (reader, object) && is_whole (reader, object)
         && py_image_u8 (reader->image, object + layout->frame.state, &state)
         && state == (layout->minor == 10 ? STATE_EXECUTING : IS_EXECUTING);
}

/* What is found, and how many more frames are followed in all. */
struct chains
{
  GArray *frames;
  guint left;
};

static void
follow_frames (const PyReader *reader, guint64 frame, struct chains *chains)
{
  const struct py_layout_frame *layout = &reader->runtime->layout.frame;
  gboolean has_owner = reader->runtime->layout.minor >= 11;
  guint8 owner = 0;

  for (; frame != 0 && chains->left > 0; chains->left--)
    {
      if (has_owner && !py_image_u8 (reader->image, frame + layout->owner, &owner))
        return;
      if (owner < OWNER_INTERPRETER && has_code (reader, frame))
        g_array_append_val (chains->frames, frame);
      if (!py_image_u64 (reader->image, frame + layout->previous, &frame))
        return;
    }
}

/* The current frame of a thread; 0 none. at: where its state has that. */
static guint64
current_frame (const PyReader *reader, guint64 thread, guint64 at)
{
  const struct py_layout *layout = &reader->runtime->layout;
  guint64 address;

  if (!py_image_u64 (reader->image, thread + at, &address))
    return 0;
  if (layout->minor != 11 && layout->minor != 12)
    return address;
  return py_image_u64 (reader->image, address + layout->thread_frame_in, &address) ? address : 0;
}

static void
follow_threads (const PyReader *reader, guint64 thread, guint64 frame_at, struct chains *chains)
{
  for (guint i = 0; thread != 0 && i < THREADS_MAX; i++)
    {
      follow_frames (reader, current_frame (reader, thread, frame_at), chains);
      if (!py_image_u64 (reader->image, thread + THREAD_NEXT, &thread))
        return;
    }
}

/* Calls with each word of the interpreter's data, and the n - 1 that follow, until TRUE. */
typedef gboolean (*DataFunc) (const PyReader *reader, guint64 address, const guint64 *words,
                              gpointer data);

static gboolean
look_through_data (const PyReader *reader, guint n, DataFunc func, gpointer data)
{
  g_autofree guint64 *words = g_new (guint64, CHUNK_WORDS);
  guint64 end = reader->runtime->data_end;

  for (guint64 at = reader->runtime->data_start; at + (guint64) n * 8 <= end;
       at += (CHUNK_WORDS - n + 1) * 8)
    {
      guint there = (guint) MIN ((end - at) / 8, CHUNK_WORDS);

      if (!py_image_read (reader->image, at, words, (gsize) there * 8))
        continue;
      for (guint i = 0; i + n <= there; i++)
        if (func (reader, at + (guint64) i * 8, words + i, data))
          return TRUE;
    }
  return FALSE;
}

static gboolean
is_table (const PyReader *reader, guint64 address, const guint64 *words, gpointer data)
{
  guint64 cookie;

  memcpy (&cookie, "xdebugpy", sizeof cookie);
  if (words[0] != cookie || words[TABLE_FREE_THREADED] != 0
      || words[TABLE_VERSION] >> 16 != (3u << 8 | reader->runtime->minor))
    return FALSE;
  *(guint64 *) data = address;
  return TRUE;
}

/* Where in a thread's state its frame is; 0: not told, or frames are not as they are known. */
static guint64
thread_frame (const PyReader *reader, const guint64 table[TABLE_WORDS])
{
  const struct py_layout_frame *frame = &reader->runtime->layout.frame;

  for (guint i = TABLE_THREAD_MIN; i < TABLE_THREAD_MAX; i++)
    if (table[i] == THREAD_PREVIOUS && table[i + 1] == THREAD_NEXT && table[i + 2] == THREAD_INTERPRETER)
      return table[i + TABLE_FRAME_PREVIOUS] == frame->previous
                     && table[i + TABLE_FRAME_CODE] == frame->code
                     && table[i + TABLE_FRAME_LOCALS] == frame->locals
                     && table[i + TABLE_FRAME_OWNER] == frame->owner
                     && table[i + TABLE_THREAD_FRAME] <= TABLE_OFFSET_MAX
                 ? table[i + TABLE_THREAD_FRAME]
                 : 0;
  return 0;
}

/* 3.13 and later. */
static void
follow_table (const PyReader *reader, guint64 runtime, struct chains *chains)
{
  guint64 table[TABLE_WORDS], interpreter, thread, frame;

  if (!py_image_read (reader->image, runtime, table, sizeof table))
    return;
  frame = thread_frame (reader, table);
  if (frame == 0 || table[TABLE_INTERPRETERS] > TABLE_OFFSET_MAX
      || table[TABLE_INTERPRETER_NEXT] > TABLE_OFFSET_MAX || table[TABLE_THREADS] > TABLE_OFFSET_MAX
      || !py_image_u64 (reader->image, runtime + table[TABLE_INTERPRETERS], &interpreter))
    return;
  for (guint i = 0; interpreter != 0 && i < INTERPRETERS_MAX; i++)
    {
      if (py_image_u64 (reader->image, interpreter + table[TABLE_THREADS], &thread))
        follow_threads (reader, thread, frame, chains);
      if (!py_image_u64 (reader->image, interpreter + table[TABLE_INTERPRETER_NEXT], &interpreter))
        return;
    }
}

/* Up to 3.12. Other lists lead back in the same way, but not to frames. */
static gboolean
is_interpreter (const PyReader *reader, guint64 address, const guint64 *words, gpointer data)
{
  const struct py_layout *layout = &reader->runtime->layout;
  guint64 thread, state[3];

  if (words[0] == 0 || words[0] % 8 != 0
      || !py_image_u64 (reader->image, words[0] + layout->interpreter_threads, &thread)
      || thread == 0 || thread % 8 != 0
      || !py_image_read (reader->image, thread, state, sizeof state)
      || state[THREAD_PREVIOUS / 8] != 0 || state[THREAD_INTERPRETER / 8] != words[0])
    return FALSE;
  for (guint i = 0; thread != 0 && i < THREADS_MAX; i++)
    {
      if (has_code (reader, current_frame (reader, thread, layout->thread_frame)))
        {
          *(guint64 *) data = words[0];
          return TRUE;
        }
      if (!py_image_u64 (reader->image, thread + THREAD_NEXT, &thread))
        return FALSE;
    }
  return FALSE;
}

static void
follow_interpreters (const PyReader *reader, guint64 interpreter, struct chains *chains)
{
  const struct py_layout *layout = &reader->runtime->layout;
  guint64 thread;

  for (guint i = 0; interpreter != 0 && i < INTERPRETERS_MAX; i++)
    {
      if (py_image_u64 (reader->image, interpreter + layout->interpreter_threads, &thread))
        follow_threads (reader, thread, layout->thread_frame, chains);
      if (!py_image_u64 (reader->image, interpreter + INTERPRETER_NEXT, &interpreter))
        return;
    }
}

void
py_frames_of_threads (const PyReader *reader, GArray *frames)
{
  struct chains chains = { frames, FRAMES_MAX };
  guint64 address;

  if (reader->runtime->layout.minor >= 13)
    {
      if (look_through_data (reader, TABLE_FREE_THREADED + 1, is_table, &address))
        follow_table (reader, address, &chains);
    }
  else if (look_through_data (reader, 1, is_interpreter, &address))
    follow_interpreters (reader, address, &chains);
}
