"""Segments: the program's own, and those that are named on purpose."""

import ctypes
import errno
import os
import re
import stat
import sys
import threading
import weakref

from collections import namedtuple
from collections.abc import Mapping
from multiprocessing import util

from . import _leftovers, _library
from ._entry import Entry

# Where glibc keeps POSIX shared memory.
_DIRECTORY = "/dev/shm"

# The logical name of a program's own segment ends in this, by which a later
# program knows that it may sweep it.
_OWN = " (program's own)"

_lock = threading.RLock()
_attached = weakref.WeakValueDictionary()
_own = None
_swept = False

Attacher = namedtuple("Attacher", "pid program start_time")


class Segment(Mapping):
    """A segment, attached: a mapping from the names of its entries to objects.

    Segment(name) attaches to the segment of this name or makes it; it stays
    until unlink(). `mode` and `capacity` count only when it is made. Objects
    are those that Value() and Array() give, or ctypes objects for entries
    without a lock of ours.
    """

    def __new__(cls, name, *, mode=0o600, capacity=0):
        return _attach(segment_name(name), create=True, mode=mode, capacity=capacity)

    @classmethod
    def _of(cls, name, handle, identity):
        self = object.__new__(cls)
        self._name = name
        self._handle = handle
        self._identity = identity
        self._pid = os.getpid()
        return self

    @property
    def name(self):
        """The name of the shared memory object, such as "/render"."""
        return self._name

    @property
    def program(self):
        """The program that made it."""
        return _library.segment_program(self._handle).decode("utf-8", "replace")

    @property
    def logical_name(self):
        """A name that stays the same from run to run."""
        return _library.segment_logical_name(self._handle).decode("utf-8", "replace")

    @property
    def size(self):
        """The bytes it has now."""
        return _library.segment_size(self._handle)

    def attachers(self):
        """The processes that have it attached: (pid, program, start_time)."""
        room = 16
        while True:
            found = (_library.Attacher * room)()
            count = _library.segment_attachers(self._handle, room, found)
            if count <= room:
                return [Attacher(one.pid, one.program.decode("utf-8", "replace"), one.start_time)
                        for one in found[:count]]
            room = count

    def unlink(self):
        """Removes its name. Who has it attached keeps it, nobody else finds it."""
        _library.segment_unlink(os.fsencode(self._name))

    def entries(self):
        """What the entries are, one after the other; see Entry."""
        cursor = ctypes.c_uint32(0)
        while True:
            handle = ctypes.c_void_p()
            if not _library.segment_next(self._handle, ctypes.byref(cursor),
                                         ctypes.byref(handle)):
                return
            yield Entry(self, handle.value)

    def entry(self, name):
        """What the entry of this name is."""
        handle = ctypes.c_void_p()
        try:
            _library.entry_open(self._handle, name.encode(), ctypes.byref(handle))
        except FileNotFoundError:
            raise KeyError(name) from None
        return Entry(self, handle.value)

    def __getitem__(self, name):
        from ._objects import from_entry
        return from_entry(self.entry(name))

    def __iter__(self):
        for entry in self.entries():
            yield entry.name

    def __len__(self):
        return sum(1 for _ in self.entries())

    def __contains__(self, name):
        try:
            self.entry(name)
        except (KeyError, AttributeError):
            return False
        return True

    # Two of them are equal when they are one, not when they hold the same.
    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__

    def __repr__(self):
        return "<%s %s>" % (type(self).__name__, self._name)

    def __del__(self, is_finalizing=sys.is_finalizing, getpid=os.getpid,
                detach=_library.segment_detach):
        # Nothing refers to its memory any more. At the interpreter's end other
        # threads may still be in there; in a forked child it is the parent's.
        handle = self.__dict__.get("_handle")
        if handle and self._pid == getpid() and not is_finalizing():
            detach(handle)

    def __reduce__(self):
        from multiprocessing.context import assert_spawning
        assert_spawning(self)
        return attach, (self._name,)


def attach(segment):
    """Attaches to the segment of this name, which must exist.

    Names are "/render", "render" or "shm:/render". Raises FileNotFoundError when
    there is none.
    """
    return _attach(segment_name(segment), create=False)


def segment_name(name):
    """"/render" for what people call a segment."""
    if isinstance(name, Segment):
        return name.name
    if not isinstance(name, str):
        raise TypeError("a segment is a name or a Segment, not %r" % (name,))
    if name.startswith("shm:"):
        name = name[len("shm:"):]
    return name if name.startswith("/") else "/" + name


def resolve(segment):
    """The Segment for the argument `segment` of Value() and the others."""
    if segment is None:
        return own_segment()
    if isinstance(segment, Segment):
        return segment
    return _attach(segment_name(segment), create=True)


def _identity(name):
    """Which object the name stands for now; None when there is none."""
    try:
        found = os.stat(_DIRECTORY + name)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _attach(name, create, mode=0o600, capacity=0):
    with _lock:
        _sweep_once()
        while True:
            identity = _identity(name)
            known = _attached.get(name)
            if known is not None and known._identity == identity and known._pid == os.getpid():
                return known
            handle = ctypes.c_void_p()
            if identity is not None or not create:
                try:
                    _library.segment_attach(os.fsencode(name), _library.READ_WRITE,
                                            ctypes.byref(handle))
                except FileNotFoundError:
                    if not create:
                        raise
                    continue
            else:
                attr = _library.SegmentAttr(mode=mode, capacity=capacity,
                                            program=os.fsencode(_program_name()))
                _library.segment_open_or_create(os.fsencode(name), ctypes.byref(attr),
                                                ctypes.byref(handle))
                identity = _identity(name)
            if identity != _identity(name):  # replaced meanwhile: which one was it?
                _library.segment_detach(handle)
                continue
            segment = _attached[name] = Segment._of(name, handle.value, identity)
            return segment


# ------------------------------------------------- the program's own segment

def _program_name():
    """The script's name, or the module's for `python -m`."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if spec is not None and spec.name not in ("__main__", "__mp_main__"):
        name = spec.name
        if name.endswith(".__main__"):
            name = name[:-len(".__main__")]
    else:
        name = os.path.basename(sys.argv[0] if getattr(sys, "argv", None) else "")
    if name in ("", "-c", "-"):
        name = "python"
    name = re.sub(r"[/\x00-\x1f\x7f-\x9f]", "_", name)
    name = name.encode("utf-8", "replace")[:48].decode("utf-8", "ignore")
    return name


def own_segment():
    """The segment for what is made without one: each process has its own, made
    at its first need and removed when it ends."""
    global _own
    with _lock:
        if (_own is not None and _own._pid == os.getpid()
                and _identity(_own._name) == _own._identity):
            return _own
        _sweep_once()
        program = _program_name()
        attr = _library.SegmentAttr(program=os.fsencode(program),
                                    logical_name=os.fsencode(program + _OWN))
        base = name = "/%s-%d" % (program, os.getpid())
        for number in range(2, 100):
            handle = ctypes.c_void_p()
            try:
                _library.segment_create(os.fsencode(name), ctypes.byref(attr),
                                        ctypes.byref(handle))
                break
            except FileExistsError:
                # Of a process that had our id before, or has it in another
                # namespace of process ids.
                name = "%s-%d" % (base, number)
        else:
            raise FileExistsError(errno.EEXIST, "%s: taken, and so are 98 names after it; "
                                  "remove the stale ones with 'shmlensctl rm --stale'" % base)
        _own = _attached[name] = Segment._of(name, handle.value, _identity(name))
        # After the children of multiprocessing were waited for.
        util.Finalize(None, _remove_own, (_own,), exitpriority=-10)
        return _own


def _remove_own(segment):
    if _identity(segment._name) == segment._identity:
        try:
            segment.unlink()
        except OSError:
            pass


def _sweep_once():
    """Removes the own segments of this user's programs that were killed."""
    global _swept
    if _swept or _is_child():
        return
    _swept = True
    _leftovers.sweep()
    try:
        names = os.listdir(_DIRECTORY)
    except OSError:
        return
    for name in names:
        if re.search(r"-\d+$", name):
            try:
                _sweep("/" + name)
            except (OSError, ValueError):
                pass  # somebody else's, not ours at all, or swept by another


def _sweep(name):
    found = os.lstat(_DIRECTORY + name)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
        return
    encoded = os.fsencode(name)
    if _library.segment_is_stale(encoded) != 1:
        return
    handle = ctypes.c_void_p()
    _library.segment_attach(encoded, 0, ctypes.byref(handle))
    logical_name = _library.segment_logical_name(handle)
    _library.segment_detach(handle)
    if logical_name.endswith(_OWN.encode()):
        _library.segment_unlink_stale(encoded)


def _is_child():
    """Whether multiprocessing started this process."""
    from multiprocessing import process
    return process.parent_process() is not None


def _after_fork():
    global _lock
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_after_fork)
