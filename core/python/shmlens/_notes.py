"""What multiprocessing makes is noted in a record as it is made.

Only making is touched, and from inside, after everything that may fail: what the
program does with its objects goes no other way than without us, and the tracebacks
of its mistakes show no frame of ours. Whatever goes wrong here stays here.
"""

import functools
import os
import sys
import weakref

from . import _names
from ._record import semaphore_path, text

# How long a name and a file's name may be, in bytes of UTF-8.
_NAME_MAX = 255
_FILE_MAX = 1024

# Fields in a line; the rest follows in lines of their own.
_FIELDS_IN_A_LINE = 8
_FIELD_NAME_MAX = 255

record = None  # this process's hold on the record, once there is one
references = {}  # weak ones, to what this process made


def quietly(function):
    """For what is called from the program: nothing goes wrong in there."""
    @functools.wraps(function)
    def call(*arguments):
        try:
            return function(*arguments)
        except Exception:
            return None
    return call


# -------------------------------------------------------------------------- arenas

class _Around:
    """A module or class, with some members that are ours."""

    def __init__(self, original, **members):
        self._original = original
        self.__dict__.update(members)

    def __getattr__(self, name):
        return getattr(self._original, name)


def _patch_heap(heap):
    """An arena's file is given a second name before it loses its own."""
    make = heap.tempfile.mkstemp

    def mkstemp(*args, **kwargs):
        descriptor, name = make(*args, **kwargs)
        _link_arena(descriptor, name)
        return descriptor, name
    heap.tempfile = _Around(heap.tempfile, mkstemp=mkstemp)


_arenas = {}  # (st_dev, st_ino) to path, until its first object is made


@quietly
def _link_arena(descriptor, name):
    found = os.fstat(descriptor)
    _arenas[found.st_dev, found.st_ino] = record.link(name)


def _place(wrapper):
    """Where a BufferWrapper lies."""
    (arena, begin, _), size = wrapper._state
    known = arena.__dict__.get("_shmlens")
    if known is None:
        found = os.fstat(arena.fd)
        identity = found.st_dev, found.st_ino
        path = _arenas.pop(identity, None)
        known = arena._shmlens = identity + (found.st_size, path)
        if path is not None:
            _when_gone(arena, record.unlink, path)
    device, inode, length, path = known
    return {"dev": device, "ino": inode, "arena": length, "path": path, "offset": begin,
            "size": size}


def _when_gone(obj, function, *arguments):
    """Calls a function when an object of this process is gone. In a forked child
    there are no such references."""
    def call(reference):
        references.pop(reference, None)
        try:
            record.notice_fork()
            if pid == record.pid:
                function(*arguments)
        except Exception:
            pass
    pid = record.pid
    references[weakref.ref(obj, call)] = None


def _say_gone(id_, semaphore, children):
    record.append("gone", id=id_)
    if semaphore is not None:
        record.unlink_unless_used(semaphore, children)


# ---------------------------------------------------------------------- what is made

def _caller(inner):
    """The program's own frame, and whether what is made is a part of something
    that multiprocessing makes."""
    frame = sys._getframe(2)
    part = False
    while frame is not None:
        if _names.package(frame) not in ("multiprocessing", "shmlens"):
            break
        code = frame.f_code
        part = part or code is not inner and id(code) in _composing
        frame = frame.f_back
    return frame, part


# Functions of multiprocessing whose semaphores are parts of what they make.
_composing = {}


def _note(kind, obj, members, inner=None, semaphore=None):
    """Adds the line for something new; returns its id. It is gone with `obj`, and then
    the name of its semaphore."""
    frame, part = _caller(inner)
    id_ = record.new_id()
    line = {"id": id_, "pid": record.pid, "kind": kind}
    if frame is not None:
        line.update(file=text(frame.f_code.co_filename, _FILE_MAX), line=frame.f_lineno)
    if part and kind != "object":
        line["part"] = True
    else:
        name = _names.find(frame)
        line["name"] = name and text(name, _NAME_MAX)
    line.update(members)
    record.append("new", **line)
    _when_gone(obj, _say_gone, id_, semaphore, record.children)
    return id_


def _after(class_, note):
    """Calls `note` with each new object of a class, when it is complete."""
    original = class_.__init__
    _composing[id(original.__code__)] = original

    @functools.wraps(original)
    def __init__(self, *args, **kwargs):
        original(self, *args, **kwargs)
        try:
            note(self, original.__code__)
        except Exception:
            pass
    class_.__init__ = __init__


def _id(obj):
    return getattr(obj, "_shmlens", None)


# ------------------------------------------------------------------- ctypes objects

def _patch_sharedctypes(module):
    original = module.rebuild_ctype
    new = module._new_value.__code__

    @functools.wraps(original)
    def rebuild_ctype(type_, wrapper, length):
        obj = original(type_, wrapper, length)
        if sys._getframe(1).f_code is new:
            _note_object(obj, wrapper)
        return obj
    module.rebuild_ctype = rebuild_ctype
    for function in (module.Value, module.Array):
        _composing[id(function.__code__)] = function
    _after(module.SynchronizedBase, _note_guard)


@quietly
def _note_object(obj, wrapper):
    from ._layout import STRUCTURE, array_lengths, element
    type_ = type(obj)
    shape, inner = array_lengths(type_)
    code, fields = element(inner)
    members = {"ctype": text(type_.__name__, _NAME_MAX), "code": code}
    if shape:
        members["shape"] = shape
    if code == STRUCTURE:
        members["type"] = _type_id(inner, fields)
    members.update(_place(wrapper))
    wrapper._shmlens = [_note("object", wrapper, members), None]


_types = weakref.WeakKeyDictionary()


def _type_id(type_, fields):
    """The id of a structure's description, which is written once in a process."""
    import ctypes
    known = _types.get(type_)
    if known is not None and known[0] == record.pid:
        return known[1]
    id_ = record.new_id()
    _types[type_] = record.pid, id_
    for first in range(0, max(len(fields), 1), _FIELDS_IN_A_LINE):
        record.append("type", id=id_, ctype=text(type_.__name__, _NAME_MAX),
                       size=ctypes.sizeof(type_), count=len(fields), first=first,
                       fields=[_field(field) for field
                               in fields[first:first + _FIELDS_IN_A_LINE]])
    return id_


def _field(field):
    members = {"name": text(field.name, _FIELD_NAME_MAX), "code": field.code,
               "offset": field.offset}
    if field.shape:
        members["shape"] = field.shape
    if field.swapped:
        members["swapped"] = True
    if field.bits is not None:
        members["bits"] = field.bits
    return members


def _note_guard(synchronized, _):
    """Which lock guards an object."""
    known = getattr(synchronized._obj._wrapper, "_shmlens", None)
    lock = synchronized._lock
    if known is None or known[1] is not None and hasattr(lock, "_semlock"):
        return  # the child that is given the two makes them anew
    id_ = _id(lock)
    guard = {"lock": id_}
    if id_ is None:
        kind = type(lock)
        id_ = "%s.%s" % (kind.__module__, kind.__name__)
        guard["class"] = text(id_, _NAME_MAX)
        if hasattr(lock, "_semlock"):  # given to this child by name
            found = os.stat(semaphore_path(lock._semlock.name))
            guard.update(dev=found.st_dev, ino=found.st_ino)
    if known[1] != id_:
        known[1] = id_
        record.append("guard", id=known[0], **guard)


# ----------------------------------------------------------------------- semaphores

_semaphores = {}  # handle to (name, dev, ino), until its object is complete


def _patch_synchronize(module):
    module._multiprocessing = _Around(
        module._multiprocessing,
        SemLock=_SemLock(module._multiprocessing.SemLock, module._multiprocessing.sem_unlink))
    _after(module.SemLock, _note_semaphore)
    _after(module.Condition, _note_condition)
    _after(module.Event, _note_event)
    _after(module.Barrier, _note_barrier)


class _SemLock(_Around):
    """multiprocessing's own SemLock; what it makes keeps a name of ours."""

    def __init__(self, original, sem_unlink):
        super().__init__(original)
        self._sem_unlink = sem_unlink

    def __call__(self, kind, value, maxvalue, name, unlink):
        if not record.is_open:
            return self._original(kind, value, maxvalue, name, unlink)
        if not unlink:
            made = self._original(kind, value, maxvalue, name, False)
            _remember(made.handle, record.link_semaphore(name))
            return made
        own = record.semaphore_name()
        made = self._original(kind, value, maxvalue, own, False)
        if _open_once_more(own) == made.handle:
            _remember(made.handle, own)
            return self._original._rebuild(made.handle, kind, maxvalue, None)
        self._sem_unlink(own)
        return self._original(kind, value, maxvalue, name, True)


@quietly
def _remember(handle, name):
    if name is not None:
        found = os.stat(semaphore_path(name))
        _semaphores[handle] = name, found.st_dev, found.st_ino


_sem_open = []  # glibc's function, when it was needed


@quietly
def _open_once_more(name):
    """Opens a semaphore that is open here. The object that made it tells its name,
    which multiprocessing would remove; so another, that does not, takes its place,
    and each closes it once."""
    if not _sem_open:
        import ctypes
        function = ctypes.CDLL(None).sem_open
        function.restype = ctypes.c_void_p
        function.argtypes = ctypes.c_char_p, ctypes.c_int
        _sem_open.append(function)
    return _sem_open[0](name.encode(), 0)


def _note_semaphore(obj, inner):
    lock = obj._semlock
    name, device, inode = _semaphores.pop(lock.handle, (None, 0, 0))
    obj._shmlens = _note("semaphore", obj, {
        "class": text(type(obj).__name__, _NAME_MAX), "recursive": lock.kind == 0,
        "maxvalue": lock.maxvalue, "sem": name, "dev": device, "ino": inode},
        inner, name and semaphore_path(name))


def _note_condition(obj, inner):
    obj._shmlens = _note("condition", obj, {
        "lock": _id(obj._lock), "sleeping": _id(obj._sleeping_count),
        "woken": _id(obj._woken_count), "wait": _id(obj._wait_semaphore)}, inner)


def _note_event(obj, inner):
    _note("event", obj, {"condition": _id(obj._cond), "flag": _id(obj._flag)}, inner)


def _note_barrier(obj, inner):
    members = {"condition": _id(obj._cond), "parties": obj._parties}
    members.update(_place(obj._wrapper))
    _note("barrier", obj, members, inner)


# --------------------------------------------------------------- queues and segments

def _patch_queues(module):
    _after(module.Queue, _note_queue)
    _after(module.JoinableQueue, _note_joinable_queue)
    _after(module.SimpleQueue, _note_queue)


def _queue(obj):
    members = {"class": text(type(obj).__name__, _NAME_MAX),
               "read_lock": _id(obj._rlock), "write_lock": _id(obj._wlock),
               "pipe": os.fstat(obj._reader.fileno()).st_ino}
    if hasattr(obj, "_sem"):
        members.update(free=_id(obj._sem), maxsize=obj._maxsize)
    return members


def _note_queue(obj, inner):
    if not hasattr(obj, "task_done"):  # a JoinableQueue is not complete yet
        _note("queue", obj, _queue(obj), inner)


def _note_joinable_queue(obj, inner):
    _note("queue", obj, dict(_queue(obj), unfinished=_id(obj._unfinished_tasks),
                             condition=_id(obj._cond)), inner)


_segments = set()  # what this process has told of: attaching again is nothing new


def _patch_shared_memory(module):
    _after(module.SharedMemory, _note_shared_memory)
    _after(module.ShareableList, _note_shareable_list)


def _note_shared_memory(obj, inner):
    _note_segment("shared_memory", obj, obj, inner)


def _note_shareable_list(obj, inner):
    _note_segment("shareable_list", obj, obj.shm, inner)


def _note_segment(kind, obj, memory, inner):
    found = os.fstat(memory._fd)
    key = os.getpid(), kind, found.st_dev, found.st_ino
    if key not in _segments and len(_segments) < 65536:
        _segments.add(key)
        _note(kind, obj, {"shm": text(memory._name, _NAME_MAX), "dev": found.st_dev,
                          "ino": found.st_ino, "size": found.st_size}, inner)


PATCHES = {
    "multiprocessing.heap": _patch_heap,
    "multiprocessing.sharedctypes": _patch_sharedctypes,
    "multiprocessing.synchronize": _patch_synchronize,
    "multiprocessing.queues": _patch_queues,
    "multiprocessing.shared_memory": _patch_shared_memory,
}
