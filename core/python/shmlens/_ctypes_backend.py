"""Lock, Value and Array without the extension: the same by ctypes, slower.

Guarded objects are made from (entry, lock, type, code, handle, lock address);
code is None when their elements need ctypes' own ways.
"""

import errno
import operator
import time
import warnings

from . import _library
from ._errors import NOT_OWNED, OWNER_DIED, OwnerDiedWarning, failure

# How long one wait may last: between two, Python looks for Ctrl-C.
_SLICE_NS = 50000000


class Lock:
    """A robust recursive lock in a segment."""

    __slots__ = ("_address", "_owner", "__weakref__")

    def __new__(cls, address, owner):
        self = object.__new__(cls)
        self._address = address
        self._owner = owner
        return self

    def acquire(self, block=True, timeout=None):
        """Takes the lock; returns whether it did. timeout is in seconds."""
        if timeout is not None:
            timeout = max(timeout + 0.0, 0)
        result = _library.lock_try_acquire(self._address)
        if result == -errno.EBUSY:
            if not block or not self._wait(timeout):
                return False
        elif result != 0:
            self._judge(result)
        return True

    def _wait(self, timeout):
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            span = _SLICE_NS
            if end is not None:
                span = max(min(span, int((end - time.monotonic()) * 1e9)), 0)
            result = _library.lock_acquire_timed(self._address, span)
            if result != -errno.ETIMEDOUT:
                self._judge(result)
                return True
            if end is not None and time.monotonic() >= end:
                return False

    def _judge(self, result):
        if result < 0:
            raise failure(-result, _library.error())
        if result > 0:
            try:
                warnings.warn(OWNER_DIED, OwnerDiedWarning, stacklevel=2)
            except OwnerDiedWarning:
                _library.lock_release(self._address)
                raise

    def release(self):
        """Lets the lock go."""
        if _library.lock_release(self._address) < 0:
            raise AssertionError(NOT_OWNED)

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()


class Guarded:
    """A ctypes object in a segment, and the lock that guards it."""

    __slots__ = ("_entry", "_lock", "_type", "_obj", "_handle", "__dict__", "__weakref__")

    def __new__(cls, entry, lock, type_, code, handle, lock_address):
        self = object.__new__(cls)
        self._entry = entry
        self._lock = lock
        self._type = type_
        self._handle = handle
        self._obj = None
        return self

    def get_lock(self):
        """The lock."""
        return self._lock

    def acquire(self, *args, **kwargs):
        """Takes the lock, as the lock's own acquire()."""
        return self._lock.acquire(*args, **kwargs)

    def release(self):
        """Lets the lock go."""
        return self._lock.release()

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, *exception):
        return self._lock.__exit__(*exception)

    def commit(self):
        """Says that the content was changed through get_obj() or a buffer. To be
        called while the lock is held."""
        _library.entry_commit(self._handle)

    def _add(self, index, delta):
        code = self._entry.typecode
        if code in "fd":
            call = _library.entry_add_double
            delta += 0.0
        elif code in "?cuT":
            raise TypeError("add() is for numbers")
        else:
            call = _library.entry_add
            if not -1 << 63 <= operator.index(delta) < 1 << 63:
                raise OverflowError("the sum does not fit")
        with self._lock:
            result = call(self._handle, index, delta)
            if result < 0:
                raise failure(-result, _library.error())


class Value(Guarded):
    """A scalar."""

    __slots__ = ()

    @property
    def value(self):
        """The value; the lock is taken to read it, and to set it."""
        with self._lock:
            return self.get_obj().value

    @value.setter
    def value(self, value):
        obj = self.get_obj()
        with self._lock:
            obj.value = value
            _library.entry_commit(self._handle)

    def add(self, delta=1, /):
        """Adds to the value under the lock. Raises OverflowError when the sum does not
        fit, and then changes nothing."""
        self._add(0, delta)


class Array(Guarded):
    """Elements."""

    __slots__ = ()

    def __len__(self):
        return len(self.get_obj())

    def __getitem__(self, key):
        return self._get_item(key)

    def __setitem__(self, key, value):
        self._set_item(key, value)

    def add(self, index, delta=1, /):
        """Adds to one element under the lock, as Synchronized.add()."""
        self._add(self._position(index), delta)

    def __buffer__(self, flags):  # Python 3.12 and later
        return self._memoryview()
