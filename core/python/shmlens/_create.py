"""Making entries: from ctypes types and Python arguments to the library's call."""

import ctypes
import errno
import sys

from . import _library, _names
from ._entry import Entry, remove_at_exit, retry_busy
from ._layout import STRUCTURE, TYPES
from ._segment import own_segment, resolve
from ._types import Layout

# What can be said of an entry, as keyword arguments; see _attributes().
ABOUT = {"unit", "doc", "range", "role", "progress", "labels", "editable"}


def create(type_, initial, code=None, segment=None, name=None, lock=0, flags=0, exist_ok=False,
           **about):
    """Makes an entry for a ctypes type, or takes the one that exists (exist_ok);
    returns it and whether it was made.

    initial is a ctypes object of that type, or None for zeroes; code the type code
    when one was given (ctypes has one type for several); lock the address of a
    lock of ours to be shared.
    """
    layout = Layout(type_)
    if code is not None:
        layout.code = code
    attr = _attributes(layout, **about)
    attr.lock = lock
    attr.flags |= flags
    made_up = name is None
    if made_up:
        if exist_ok:
            raise ValueError("exist_ok: an entry that may exist needs a name; give name=")
        name = _names.for_caller(sys._getframe(1))
        attr.flags |= _library.UNNAMED
    elif not isinstance(name, str):
        raise TypeError("name must be str, not %s" % type(name).__name__)
    segment = resolve(segment)
    retry_busy()

    handle = ctypes.c_void_p()
    data = ctypes.addressof(initial) if initial is not None else None
    arguments = [segment._handle, _encoded(name, made_up), layout.code.encode()]
    if layout.shape is None:
        call = _library.value_open_or_create if exist_ok else _library.value_create
    else:
        call = _library.array_open_or_create if exist_ok else _library.array_create
        arguments += [len(layout.shape), (ctypes.c_uint64 * len(layout.shape))(*layout.shape)]
    try:
        result = call(*arguments, data, ctypes.byref(attr), ctypes.byref(handle))
    except FileExistsError:
        raise FileExistsError(
            errno.EEXIST,
            "%s has an entry %r already; attach to it with shmlens.attach(%r)[%r], "
            "or give exist_ok=True" % (segment.name, name, segment.name, name)) from None
    entry = Entry(segment, handle.value, owned=made_up)
    if made_up and segment is not own_segment():
        remove_at_exit(entry)
    return entry, not exist_ok or result == 1


def _encoded(name, made_up):
    encoded = name.encode("utf-8", "replace" if made_up else "strict")
    if made_up and len(encoded) > _library.ENTRY_NAME_MAX:
        encoded = encoded[:_library.ENTRY_NAME_MAX].decode("utf-8", "ignore").encode()
    return encoded


def _attributes(layout, *, unit=None, doc=None, range=None, role=None, progress=None,
                labels=None, editable=True):
    """The library's attributes. What they point to is kept by the result."""
    attr = _library.EntryAttr()
    if unit is not None:
        attr.unit = unit.encode()
    if doc is not None:
        attr.doc = doc.encode()
    if not editable:
        attr.flags |= _library.READ_ONLY_ENTRY
    if progress is not None and role is None:
        role = "progress"
    if role is not None:
        if role not in _library.ROLES:
            raise ValueError("role: %r is none of %s" % (role, ", ".join(_library.ROLES)))
        attr.role = _library.ROLES.index(role)

    numbers = {"progress_max": progress}
    if range is not None:
        numbers["minimum"], numbers["maximum"] = range
    attr.kept = []
    for member, number in numbers.items():
        if number is not None:
            element = _number(layout, member, number)
            attr.kept.append(element)
            setattr(attr, member, ctypes.addressof(element))

    if layout.code == STRUCTURE:
        attr.element_size = ctypes.sizeof(layout.element)
        attr.field_count = len(layout.fields)
        attr.fields = (_library.Field * len(layout.fields))(*layout.fields)
    if labels:
        found = _labels(layout, labels)
        attr.label_count = len(found)
        attr.labels = (_library.Label * len(found))(*found)
    return attr


def _number(layout, what, number):
    """A limit as an element, exactly (a float as near as the type can)."""
    if layout.code == STRUCTURE:
        raise ValueError("a structure has no range and no progress; those are of numbers")
    element = TYPES[layout.code](number)
    if layout.code not in "fd" and element.value != number:
        raise OverflowError("%s: %r does not fit type %r" % (what, number, layout.code))
    return element


def _labels(layout, labels):
    if layout.code != STRUCTURE:
        return [_library.Label(value, text.encode(), -1) for value, text in labels.items()]
    names = [field.name.decode() for field in layout.fields]
    found = []
    for field, texts in labels.items():
        if field not in names:
            raise ValueError("labels: the structure has no field %r" % (field,))
        found += [_library.Label(value, text.encode(), names.index(field))
                  for value, text in texts.items()]
    return found
