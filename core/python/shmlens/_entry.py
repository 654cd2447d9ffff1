"""Entries: the handles behind Value and Array objects, and what they say of themselves."""

import ctypes
import errno
import os
import sys
import weakref

from multiprocessing import util
from multiprocessing.context import assert_spawning, get_spawning_popen

from . import _library
from ._errors import failure

# Entries that were to be removed while another process held their lock. The
# next entry that is made tries again.
_busy = []

_made = weakref.WeakSet()
_made_pid = 0


class Entry:
    """What a value or an array is, besides its content.

    Found as `.entry` of every object of this module, and by Segment.entries().
    An entry whose name was made up is removed by the process that made it when
    the last object that uses it is gone.
    """

    __slots__ = ("segment", "_handle", "_info", "_owned", "_pid", "address", "__weakref__")

    def __init__(self, segment, handle, owned=False):
        self.segment = segment
        self._handle = handle
        self._info = _library.entry_describe(handle).contents
        self._owned = owned
        self._pid = os.getpid()
        self.address = _library.entry_data(handle)

    @property
    def name(self):
        """Its name in the segment."""
        return self._info.name.decode("utf-8", "replace")

    @property
    def id(self):
        """A number that names it within its segment for as long as it lives."""
        return _library.entry_id(self._handle)

    @property
    def typecode(self):
        """Its type code; "T" for a structure."""
        return self._info.type.code.decode("latin-1")

    @property
    def shape(self):
        """Its length in each dimension; () for a value."""
        return tuple(self._info.shape[:self._info.dimensions])

    @property
    def nbytes(self):
        """The bytes of all its elements."""
        return self._info.length * self._info.type.size

    @property
    def unit(self):
        """Its unit, "" when none was given."""
        return self._info.unit.decode("utf-8", "replace")

    @property
    def doc(self):
        """Its description, "" when none was given."""
        return self._info.doc.decode("utf-8", "replace")

    @property
    def role(self):
        """How it wants to be shown, for example "plain" or "progress"."""
        return _library.ROLES[self._info.role]

    @property
    def range(self):
        """The smallest and the largest number it should have; None for no limit."""
        return self._element(self._info.minimum), self._element(self._info.maximum)

    @property
    def progress(self):
        """The end of a progress, or None."""
        return self._element(self._info.progress_max)

    @property
    def labels(self):
        """Names for numbers: {0: "idle"}; of a structure {"state": {0: "idle"}}."""
        labels = {}
        for label in self._info.labels[:self._info.label_count]:
            target = labels
            if label.field >= 0:
                field = self._info.fields[label.field].name.decode("utf-8", "replace")
                target = labels.setdefault(field, {})
            target[label.value] = label.text.decode("utf-8", "replace")
        return labels

    @property
    def editable(self):
        """Whether people may edit it."""
        return not self._info.flags & _library.READ_ONLY_ENTRY

    @property
    def lock_kind(self):
        """"robust" for ours, "external" for one of multiprocessing, or "none"."""
        return ("none", "robust", "external")[self._info.lock_kind]

    @property
    def writes(self):
        """How often it was written; 0 without a lock, for then it is not counted."""
        return _library.entry_writes(self._handle)

    @property
    def is_live(self):
        """False once somebody has removed it."""
        return _library.entry_is_live(self._handle)

    def commit(self):
        """Says that it was changed through get_obj() or a buffer. To be called
        while the lock is held."""
        _library.entry_commit(self._handle)

    def remove(self):
        """Removes it from its segment. Its memory will be given to others: objects
        that use it, here and in other processes, must not be used any more."""
        # By a handle of its own: removing frees it, and objects have this one.
        handle = _open_id(self.segment, self.id)
        result = _library.entry_remove(handle)
        if result < 0:
            sentence = _library.error()
            _library.entry_close(handle)
            raise failure(-result, sentence)

    def create_memoryview(self):
        """Its bytes. The view keeps the entry."""
        data = (ctypes.c_ubyte * self.nbytes).from_address(self.address)
        data.entry = self
        return memoryview(data)

    def _element(self, address):
        from ._layout import TYPES
        type_ = TYPES.get(self.typecode)
        return type_.from_address(address).value if address and type_ else None

    def __repr__(self):
        return "<%s %s in %s>" % (type(self).__name__, self.name, self.segment.name)

    def __del__(self, is_finalizing=sys.is_finalizing, getpid=os.getpid, busy=_busy,
                close=_library.entry_close, remove=_library.entry_remove, ebusy=-errno.EBUSY):
        # A forked child leaves its copy of the handle alone: a thread of the
        # parent may have been at work on it.
        handle = getattr(self, "_handle", None)
        if not handle or is_finalizing() or self._pid != getpid():
            return
        if not self._owned:
            close(handle)
        else:
            result = remove(handle)
            if result == ebusy:
                busy.append(type(self)(self.segment, handle, owned=True))
            elif result < 0:
                close(handle)

    def __reduce__(self):
        assert_spawning(self)
        # The child opens it some time after start() has let go of the arguments:
        # keep it for as long as there is the child.
        popen = get_spawning_popen()
        if popen is not None:
            popen.__dict__.setdefault("_shmlens_entries", []).append(self)
        return _open, (self.segment, self.id)


def _open_id(segment, entry_id):
    handle = ctypes.c_void_p()
    _library.entry_open_id(segment._handle, entry_id, ctypes.byref(handle))
    return handle.value


def _open(segment, entry_id):
    return Entry(segment, _open_id(segment, entry_id))


def remove_at_exit(entry):
    """Notes an entry with a made-up name in a segment that stays: it goes when
    this process ends, unless others still have the segment."""
    global _made_pid
    if _made_pid != os.getpid():
        _made_pid = os.getpid()
        _made.clear()
        util.Finalize(None, _remove_made, exitpriority=-10)
    _made.add(entry)


def _remove_made():
    for entry in list(_made):
        if all(one.pid == os.getpid() for one in entry.segment.attachers()):
            try:
                entry.remove()
            except (OSError, AssertionError):
                pass  # in use after all, or gone


def retry_busy():
    """Removes what could not be removed before."""
    waiting, _busy[:] = _busy[:], []
    waiting.clear()
