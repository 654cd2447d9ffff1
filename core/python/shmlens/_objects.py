"""Value, Array and their raw forms, with multiprocessing's interface."""

import ctypes
import operator
import weakref

from multiprocessing import sharedctypes
from multiprocessing.context import assert_spawning

from . import _backend, _library
from ._create import ABOUT, create
from ._entry import Entry
from ._layout import TYPES
from ._locks import Lock, of_entry, ours
from ._segment import resolve
from ._types import fast_code, field_names, from_code, to_ctypes

_MISSING = object()


def Value(typecode_or_type, *args, lock=True, name=None, segment=None, exist_ok=False, ctx=None,
          **about):
    """A value in shared memory, with a lock.

    typecode_or_type: one of ? c b B u h H i I l L q Q f d, or a ctypes type or
    structure; args: its initial value. lock: True for a lock of its own, a Lock
    of this module or of multiprocessing, or False, which gives what RawValue()
    gives. name: of the entry; without one it is that of the variable. segment: a
    name or a Segment; without one the program's own. exist_ok: take the entry
    that has this name and type, if there is one. ctx is there because
    multiprocessing has it.

    About it, for people: unit="ms", doc="one line", range=(0, 100) (None for no
    limit), role= one of "plain", "progress", "flag", "counter", "text", "bytes",
    "image", progress=100 (the end of a progress; implies its role),
    labels={0: "idle", 1: "busy"} (of a structure {"state": {0: "idle"}}),
    editable=False.
    """
    type_, initial = _scalar(typecode_or_type, args)
    return _make("Value", typecode_or_type, type_, type_, initial, lock, name=name,
                 segment=segment, exist_ok=exist_ok, **about)


def Array(typecode_or_type, size_or_initializer=_MISSING, *, lock=True, shape=None, name=None,
          segment=None, exist_ok=False, ctx=None, **about):
    """An array of fixed length in shared memory, with a lock.

    size_or_initializer: the number of elements, then zero, or the elements.
    shape: up to 4 dimensions; the array is still one run of elements in C order
    for len(), iteration, indices and slices, and a[y, x] is an element by its
    place. The rest is as for Value().
    """
    stored, type_, initial = _elements("Array", typecode_or_type, size_or_initializer, shape)
    return _make("Array", typecode_or_type, stored, type_, initial, lock, name=name,
                 segment=segment, exist_ok=exist_ok, **about)


def RawValue(typecode_or_type, *args, name=None, segment=None, exist_ok=False, **about):
    """A ctypes object in shared memory, without a lock; see Value()."""
    type_, initial = _scalar(typecode_or_type, args)
    return _make("RawValue", typecode_or_type, type_, type_, initial, False, name=name,
                 segment=segment, exist_ok=exist_ok, **about)


def RawArray(typecode_or_type, size_or_initializer=_MISSING, *, shape=None, name=None,
             segment=None, exist_ok=False, **about):
    """A ctypes array in shared memory, without a lock; see Array()."""
    stored, type_, initial = _elements("RawArray", typecode_or_type, size_or_initializer, shape)
    return _make("RawArray", typecode_or_type, stored, type_, initial, False, name=name,
                 segment=segment, exist_ok=exist_ok, **about)


def copy(obj):
    """A copy of a ctypes object, in shared memory and without a lock."""
    return _make("copy", None, type(obj), type(obj), obj, False)


def synchronized(obj, lock=None, ctx=None):
    """The object that RawValue() or RawArray() gave, guarded by `lock` or a new one."""
    assert not isinstance(obj, (SynchronizedBase, sharedctypes.SynchronizedBase)), \
        "object already synchronized"
    entry = entry_of(obj)
    if entry is None:
        return sharedctypes.synchronized(obj, lock, ctx)
    guarded = _wrap(entry, type(obj), lock or Lock(segment=entry.segment))
    guarded._obj = obj
    return guarded


def entry_of(obj):
    """The Entry of an object of this module, also of a raw one; else None."""
    entry = getattr(obj, "_entry" if isinstance(obj, SynchronizedBase) else "_wrapper", None)
    return entry if isinstance(entry, Entry) else None


def from_entry(entry):
    """The object for an entry that is there: a raw one when it has no lock of ours."""
    type_ = to_ctypes(entry._info)
    if entry._info.dimensions:
        type_ = type_ * entry._info.length
    if entry.lock_kind == "robust":
        return _wrap(entry, type_, of_entry(entry))
    return sharedctypes.rebuild_ctype(type_, entry, None)


def _scalar(typecode_or_type, args):
    type_ = from_code(typecode_or_type)
    ctypes.sizeof(type_)  # raises what multiprocessing raises
    return type_, type_(*args) if args else None


def _elements(function, typecode_or_type, given, shape):
    """The array type to store, the flat one to use, and the initial elements."""
    type_ = from_code(typecode_or_type)
    ctypes.sizeof(type_)
    if shape is None:
        if given is _MISSING:
            raise TypeError("%s() missing 1 required positional argument: 'size_or_initializer'"
                            % function)
        flat = type_ * (given if isinstance(given, int) else len(given))
        return flat, flat, _initial(flat, given)

    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    if not 1 <= len(shape) <= _library.DIMENSIONS_MAX:
        raise ValueError("shape: %r has not 1 to %d dimensions"
                         % (shape, _library.DIMENSIONS_MAX))
    stored = type_
    length = 1
    for size in reversed(shape):
        stored = stored * size
        length *= size
    if given is _MISSING:
        given = length
    elif not isinstance(given, int):
        for _ in shape[1:]:
            if len(given) and isinstance(given[0], (list, tuple)):
                given = [element for row in given for element in row]
    if (given if isinstance(given, int) else len(given)) != length:
        raise ValueError("shape %r has %d elements, but %d were given"
                         % (shape, length, given if isinstance(given, int) else len(given)))
    flat = type_ * length
    return stored, flat, _initial(flat, given)


def _initial(type_, given):
    if isinstance(given, int):
        return None
    code = fast_code(type_._type_)
    if code is not None:
        try:
            view = memoryview(given)
        except TypeError:
            pass
        else:
            if view.format == code and view.c_contiguous and len(view):
                return type_.from_buffer_copy(view)
    return type_(*given)


def _make(function, code, stored, type_, initial, lock, *, segment=None, name=None,
          exist_ok=False, **about):
    unknown = set(about) - ABOUT
    if unknown:
        raise TypeError("%s() got an unexpected keyword argument %r" % (function, min(unknown)))
    options = dict(about, name=name, exist_ok=exist_ok)
    if isinstance(code, str):
        options["code"] = code
    if lock is False:
        entry, _ = create(stored, initial, segment=segment, flags=_library.NO_LOCK, **options)
        return sharedctypes.rebuild_ctype(type_, entry, None)

    own = lock in (True, None)
    if not own and not hasattr(lock, "acquire"):
        raise AttributeError("%r has no method 'acquire'" % lock)
    shared = None if own else ours(lock)
    if shared is not None and segment is None:
        segment = shared.entry.segment
    if own:
        entry, made = create(stored, initial, segment=segment, **options)
    elif shared is not None and shared.entry.segment is resolve(segment):
        entry, made = create(stored, initial, segment=segment, lock=shared._address, **options)
    else:
        entry, made = create(stored, initial, segment=segment, flags=_library.EXTERNAL_LOCK,
                             **options)
    if own or shared is not None and not made:
        if entry.lock_kind != "robust":
            raise ValueError("%s has an entry %r without a lock of its own; take it with "
                             "lock=False" % (entry.segment.name, entry.name))
        lock = of_entry(entry)
    return _wrap(entry, type_, lock)


# ------------------------------------------------------------ the classes --

class SynchronizedBase(_backend.Guarded):
    """What all objects with a lock have."""

    def get_obj(self):
        """The ctypes object itself, in shared memory. Take the lock to use it."""
        obj = self._obj
        if obj is None:
            obj = self._obj = sharedctypes.rebuild_ctype(self._type, self._entry, None)
        return obj

    @property
    def entry(self):
        """What it is besides its content: name, segment, unit, writes…; see Entry."""
        return self._entry

    def __reduce__(self):
        assert_spawning(self)
        lock = self._lock
        if isinstance(lock, Lock) and lock.entry is self._entry:
            lock = None
        lengths, element = [], self._type
        while issubclass(element, ctypes.Array):
            lengths.append(element._length_)
            element = element._type_
        if hasattr(element, "_members_"):  # made here from a description, and so will be there
            element = None
        return _rebuild, (self._entry, element, lengths, lock)

    def __repr__(self):
        return "<%s wrapper for %s>" % (type(self).__name__, self.get_obj())


class Synchronized(SynchronizedBase, _backend.Value):
    """A scalar with a lock: `value`, and add()."""


class SynchronizedArray(SynchronizedBase, _backend.Array):
    """An array with a lock.

    Besides what multiprocessing's can do: a[y, x], add(), `shape`, and
    memoryview(a) for its memory itself (Python without the extension:
    memoryview(a.get_obj())).
    """

    @property
    def shape(self):
        """Its length in each dimension."""
        return self._entry.shape

    def _get_item(self, key):
        """Any element or slice, by ctypes' rules."""
        if isinstance(key, tuple):
            key = self._position(key)
        with self._lock:
            return self.get_obj()[key]

    def _set_item(self, key, value):
        """Any element or slice, by ctypes' rules; of a slice all or nothing."""
        obj = self.get_obj()
        if isinstance(key, tuple):
            key = self._position(key)
        elif isinstance(key, slice):
            start, stop, step = key.indices(len(obj))
            if step == 1:
                elements = (obj._type_ * max(stop - start, 0))()
                elements[:] = value
                size = ctypes.sizeof(obj._type_)
                with self._lock:
                    ctypes.memmove(ctypes.addressof(obj) + start * size, elements,
                                   ctypes.sizeof(elements))
                    self.commit()
                return
        with self._lock:
            obj[key] = value
            self.commit()

    def _position(self, key):
        """The place of an element in the run, for an index or one per dimension."""
        shape = self._entry.shape if isinstance(key, tuple) else (len(self),)
        key = key if isinstance(key, tuple) else (key,)
        if len(key) != len(shape):
            raise IndexError("%d indices for %d dimensions" % (len(key), len(shape)))
        position = 0
        for index, length in zip(key, shape):
            index = operator.index(index)
            if index < 0:
                index += length
            if not 0 <= index < length:
                raise IndexError("invalid index")
            position = position * length + index
        return position

    def _memoryview(self):
        view = self._entry.create_memoryview()
        if fast_code(self._type._type_) is None or self.entry.typecode == "u" or 0 in self.shape:
            return view
        return view.cast("B").cast(self.entry.typecode, self.shape)


def _guarded_property(name):
    """A member of the ctypes object that is read and set under the lock. A field of
    a structure may be called as any of our methods."""
    def get(self):
        obj = SynchronizedBase.get_obj(self)
        with self._lock:
            return getattr(obj, name)

    def set_(self, value):
        obj = SynchronizedBase.get_obj(self)
        with self._lock:
            setattr(obj, name, value)
            SynchronizedBase.commit(self)
    return property(get, set_)


class SynchronizedString(SynchronizedArray):
    """An array of characters with a lock: `value` up to the first NUL, `raw` all."""

    value = _guarded_property("value")
    raw = _guarded_property("raw")


_structures = weakref.WeakKeyDictionary()


def _structure_class(type_):
    """The class for a structure: its fields are attributes, as they are there."""
    found = _structures.get(type_)
    if found is None:
        members = {name: _guarded_property(name) for name in field_names(type_)}
        found = type("Synchronized" + type_.__name__, (SynchronizedBase,), members)
        _structures[type_] = found
    return found


def _wrap(entry, type_, lock):
    code = None
    if issubclass(type_, ctypes._SimpleCData):
        class_, code = Synchronized, fast_code(type_)
    elif issubclass(type_, ctypes.Array):
        class_ = SynchronizedString if type_._type_ is ctypes.c_char else SynchronizedArray
        code = fast_code(type_._type_)
    else:
        class_ = _structure_class(type_)
    if code is not None and TYPES.get(entry.typecode) is TYPES[code]:
        code = entry.typecode  # 'q' and 'l' are one type to ctypes, not to people
    known = ours(lock)
    return class_(entry, lock, type_, code, entry._handle,
                  known._address if known is not None else 0)


def _rebuild(entry, element, lengths, lock):
    if element is None:
        type_ = to_ctypes(entry._info)
    else:
        type_ = element
    for length in reversed(lengths):
        type_ = type_ * length
    return _wrap(entry, type_, of_entry(entry) if lock is None else lock)
