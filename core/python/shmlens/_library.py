"""The C library's functions, by ctypes.

They come out of the extension module, which holds the whole library, or out of
libshmlens.so where there is no extension. Everything that need not be fast goes
through here, whichever of the two it is.

Environment: SHMLENS_PYTHON=ctypes leaves the extension alone; SHMLENS_LIBRARY
is the path of libshmlens.so.
"""

import ctypes
import os

from ctypes import (POINTER, c_bool, c_char, c_char_p, c_int, c_int32, c_int64, c_uint, c_uint8,
                    c_uint16, c_uint32, c_uint64, c_void_p, c_size_t)
from importlib.machinery import EXTENSION_SUFFIXES

from ._errors import failure
from ._layout import DIMENSIONS_MAX, FIELDS_MAX

ENTRY_NAME_MAX = 95
SEGMENT_NAME_MAX = 255

READ_WRITE = 1

LOCK_NONE, LOCK_ROBUST, LOCK_EXTERNAL = 0, 1, 2

NO_LOCK = 1 << 0
EXTERNAL_LOCK = 1 << 1
READ_ONLY_ENTRY = 1 << 2
UNNAMED = 1 << 3

ROLES = ("plain", "progress", "flag", "counter", "text", "bytes", "image")
LOCK_STATES = ("free", "held", "dead", "unknown")


class Type(ctypes.Structure):
    _fields_ = [("size", c_uint32), ("kind", c_uint8), ("code", c_char), ("reserved", c_uint16)]


class SegmentAttr(ctypes.Structure):
    _fields_ = [("mode", c_uint), ("capacity", c_uint64), ("program", c_char_p),
                ("logical_name", c_char_p), ("reserved", c_uint64 * 4)]


class Attacher(ctypes.Structure):
    _fields_ = [("pid", c_int), ("start_time", c_uint64), ("program", c_char * 32)]


class LockInfo(ctypes.Structure):
    _fields_ = [("kind", c_int), ("state", c_int), ("owner_pid", c_int), ("owner_tid", c_int),
                ("owner_start_time", c_uint64), ("depth", c_uint32), ("held_ns", c_uint64),
                ("recoveries", c_uint32)]


class Field(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("code", c_char), ("swapped", c_bool),
                ("bit_offset", c_uint8), ("bit_width", c_uint8), ("offset", c_uint32),
                ("dimensions", c_uint8), ("shape", c_uint32 * DIMENSIONS_MAX)]


class Label(ctypes.Structure):
    _fields_ = [("value", c_int64), ("text", c_char_p), ("field", c_int32)]


class EntryAttr(ctypes.Structure):
    _fields_ = [("flags", c_uint), ("role", c_int), ("lock", c_void_p), ("unit", c_char_p),
                ("doc", c_char_p), ("minimum", c_void_p), ("maximum", c_void_p),
                ("progress_max", c_void_p), ("element_size", c_uint32),
                ("field_count", c_uint32), ("fields", POINTER(Field)),
                ("label_count", c_uint32), ("labels", POINTER(Label)),
                ("reserved", c_uint64 * 4)]


class EntryInfo(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("type", Type), ("dimensions", c_uint),
                ("shape", c_uint64 * DIMENSIONS_MAX), ("length", c_uint64),
                ("offset", c_uint64), ("flags", c_uint), ("role", c_int), ("lock_kind", c_int),
                ("unit", c_char_p), ("doc", c_char_p), ("minimum", c_void_p),
                ("maximum", c_void_p), ("progress_max", c_void_p), ("field_count", c_uint32),
                ("fields", POINTER(Field)), ("label_count", c_uint32),
                ("labels", POINTER(Label))]


def _load():
    """The extension module or None, and the path of what has the functions."""
    package = os.path.dirname(os.path.abspath(__file__))
    if os.environ.get("SHMLENS_PYTHON") != "ctypes":
        try:
            from . import _shmlens
        except ImportError:
            pass
        else:
            return _shmlens, _shmlens.__file__
    given = os.environ.get("SHMLENS_LIBRARY")
    if given:
        return None, given
    for name in ["libshmlens.so"] + ["_shmlens" + suffix for suffix in EXTENSION_SUFFIXES]:
        beside = os.path.join(package, name)
        if os.path.exists(beside):
            return None, beside
    return None, "libshmlens.so.0"


extension, path = _load()
try:
    # Calls through _quick keep the interpreter lock: they are short, and no
    # other thread can fork in the midst of them. Those through _waiting may
    # have to wait for other processes.
    _quick = ctypes.PyDLL(path)
    _waiting = ctypes.CDLL(path)
except OSError as error:
    raise ImportError(
        "shmlens: neither its extension module nor libshmlens.so can be loaded (%s); "
        "install the package with pip, or set SHMLENS_LIBRARY to the library's path" % error
    ) from None


def error():
    """What went wrong in this thread's last failed call."""
    return _error().decode("utf-8", "replace")


def _raise_failure(result, function, arguments):
    if result < 0:
        raise failure(-result, error())
    return result


def _function(library, name, result, *arguments, check=False):
    function = getattr(library, "shmlens_" + name)
    function.restype = result
    function.argtypes = arguments
    if check:
        function.errcheck = _raise_failure
    return function


_error = _function(_quick, "error", c_char_p)
version = _function(_quick, "version", c_char_p)

_handle = POINTER(c_void_p)
segment_create = _function(_waiting, "segment_create", c_int, c_char_p, POINTER(SegmentAttr),
                           _handle, check=True)
segment_attach = _function(_waiting, "segment_attach", c_int, c_char_p, c_int, _handle,
                           check=True)
segment_open_or_create = _function(_waiting, "segment_open_or_create", c_int, c_char_p,
                                   POINTER(SegmentAttr), _handle, check=True)
segment_detach = _function(_quick, "segment_detach", c_int, c_void_p)
segment_unlink = _function(_quick, "segment_unlink", c_int, c_char_p, check=True)
segment_is_stale = _function(_quick, "segment_is_stale", c_int, c_char_p, check=True)
segment_unlink_stale = _function(_quick, "segment_unlink_stale", c_int, c_char_p, check=True)
segment_program = _function(_quick, "segment_program", c_char_p, c_void_p)
segment_logical_name = _function(_quick, "segment_logical_name", c_char_p, c_void_p)
segment_size = _function(_quick, "segment_size", c_uint64, c_void_p)
segment_attachers = _function(_quick, "segment_attachers", c_int, c_void_p, c_size_t,
                              POINTER(Attacher), check=True)
segment_next = _function(_quick, "segment_next", c_int, c_void_p, POINTER(c_uint32),
                         _handle, check=True)

_value = (c_void_p, c_char_p, c_char, c_void_p, POINTER(EntryAttr), POINTER(c_void_p))
_array = (c_void_p, c_char_p, c_char, c_uint, POINTER(c_uint64), c_void_p, POINTER(EntryAttr),
          POINTER(c_void_p))
value_create = _function(_waiting, "value_create", c_int, *_value, check=True)
value_open_or_create = _function(_waiting, "value_open_or_create", c_int, *_value, check=True)
array_create = _function(_waiting, "array_create", c_int, *_array, check=True)
array_open_or_create = _function(_waiting, "array_open_or_create", c_int, *_array, check=True)

entry_open = _function(_quick, "entry_open", c_int, c_void_p, c_char_p, POINTER(c_void_p),
                       check=True)
entry_open_id = _function(_quick, "entry_open_id", c_int, c_void_p, c_uint64, POINTER(c_void_p),
                          check=True)
entry_close = _function(_quick, "entry_close", None, c_void_p)
entry_remove = _function(_quick, "entry_remove", c_int, c_void_p)
entry_is_live = _function(_quick, "entry_is_live", c_bool, c_void_p)
entry_id = _function(_quick, "entry_id", c_uint64, c_void_p)
entry_describe = _function(_quick, "entry_describe", POINTER(EntryInfo), c_void_p)
entry_lock = _function(_quick, "entry_lock", c_void_p, c_void_p)
entry_data = _function(_quick, "entry_data", c_void_p, c_void_p)
entry_commit = _function(_quick, "entry_commit", None, c_void_p)
entry_writes = _function(_quick, "entry_writes", c_uint64, c_void_p)
entry_add = _function(_quick, "entry_add", c_int, c_void_p, c_uint64, c_int64)
entry_add_double = _function(_quick, "entry_add_double", c_int, c_void_p, c_uint64,
                             ctypes.c_double)

lock_try_acquire = _function(_quick, "lock_try_acquire", c_int, c_void_p)
lock_acquire_timed = _function(_waiting, "lock_acquire_timed", c_int, c_void_p, c_uint64)
lock_release = _function(_quick, "lock_release", c_int, c_void_p)
lock_describe = _function(_quick, "lock_describe", None, c_void_p, POINTER(LockInfo))
