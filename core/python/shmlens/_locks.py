"""Locks: those of entries, and such as stand alone to be given to several."""

import ctypes

from collections import namedtuple
from multiprocessing.context import assert_spawning

from . import _library
from ._backend import Guarded
from ._backend import Lock as _Lock
from ._create import create

LockInfo = namedtuple("LockInfo", "state owner_pid owner_tid depth held_s recoveries")


class Lock(_Lock):
    """A lock that several values and arrays can share: Value('i', lock=lock).

    It is recursive, whether it was made as Lock() or RLock(), works between
    processes and threads, and is recovered when its holder dies: the next one
    to take it gets an OwnerDiedWarning. People see it in its segment by its name.
    """

    __slots__ = ()

    def __new__(cls, *, name=None, segment=None, doc=None):
        # An array of nothing, for its lock.
        entry, _ = create(ctypes.c_ubyte * 0, None, segment=segment, name=name, doc=doc)
        return of_entry(entry)

    @property
    def entry(self):
        """The entry that has the lock; see Entry."""
        return self._owner

    def describe(self):
        """What can be said of it without taking it: (state, owner_pid, owner_tid,
        depth, held_s, recoveries). state is "free", "held" or "dead"."""
        info = _library.LockInfo()
        _library.lock_describe(self._address, ctypes.byref(info))
        return LockInfo(_library.LOCK_STATES[info.state], info.owner_pid, info.owner_tid,
                        info.depth, info.held_ns / 1e9, info.recoveries)

    def __repr__(self):
        found = self.describe()
        text = found.state
        if found.owner_pid:
            text += " by process %d" % found.owner_pid
        return "<%s of %s in %s, %s>" % (type(self).__name__, self._owner.name,
                                         self._owner.segment.name, text)

    def __reduce__(self):
        assert_spawning(self)
        return of_entry, (self._owner,)


RLock = Lock


def of_entry(entry):
    """The lock of an entry that has one of ours."""
    return _Lock.__new__(Lock, _library.entry_lock(entry._handle), entry)


def ours(lock):
    """The Lock behind `lock`: itself, that of a Value or Array; None when it is
    not ours."""
    while isinstance(lock, Guarded):
        lock = lock._lock
    return lock if isinstance(lock, Lock) else None
