"""What a ctypes type is made of, in plain Python: it needs no library of ours."""

import ctypes
import sys

from collections import namedtuple
from functools import lru_cache

TYPES = {
    "?": ctypes.c_bool,
    "c": ctypes.c_char, "u": ctypes.c_wchar,
    "b": ctypes.c_byte, "B": ctypes.c_ubyte,
    "h": ctypes.c_short, "H": ctypes.c_ushort,
    "i": ctypes.c_int, "I": ctypes.c_uint,
    "l": ctypes.c_long, "L": ctypes.c_ulong,
    "q": ctypes.c_longlong, "Q": ctypes.c_ulonglong,
    "f": ctypes.c_float, "d": ctypes.c_double,
}

STRUCTURE = "T"

# As in shmlens.h.
DIMENSIONS_MAX = 4
FIELDS_MAX = 1024

OTHER_ORDER = "__ctype_le__" if sys.byteorder == "big" else "__ctype_be__"

# bits: (lowest bit, width) of a bit field, else None.
Field = namedtuple("Field", "name code offset shape swapped bits")


def array_lengths(type_):
    """The shape of a ctypes array, and the type of its elements."""
    lengths = []
    while issubclass(type_, ctypes.Array):
        lengths.append(type_._length_)
        type_ = type_._type_
    if len(lengths) > DIMENSIONS_MAX:
        product = 1
        for length in lengths:
            product *= length
        lengths = [product]
    return tuple(lengths), type_


@lru_cache(maxsize=256)
def element(type_):
    """The type code of an element, and its fields when it is a structure."""
    if _is_compound(type_):
        fields = []
        _flatten(type_, "", 0, fields)
        if len(fields) > FIELDS_MAX:
            fields = [_bytes_field("bytes", ctypes.sizeof(type_), 0)]
        return STRUCTURE, fields
    code, swapped = _scalar(type_)
    if code is None:
        return STRUCTURE, [_bytes_field("bytes", ctypes.sizeof(type_), 0)]
    if swapped:
        return STRUCTURE, [Field("value", code, 0, (), True, None)]
    return code, None


def _scalar(type_):
    """The type code of a scalar and whether its bytes are swapped; (None, False)
    when there is no code for it."""
    if issubclass(type_, ctypes._SimpleCData):
        code = type_._type_
        if code in TYPES and ctypes.sizeof(TYPES[code]) == ctypes.sizeof(type_):
            other = getattr(type_, OTHER_ORDER, None)
            return code, other is type_ and ctypes.sizeof(type_) > 1
        if ctypes.sizeof(type_) != ctypes.sizeof(ctypes.c_void_p):
            return None, False
    return ("Q" if ctypes.sizeof(ctypes.c_void_p) == 8 else "I"), False  # a pointer


def _is_compound(type_):
    return issubclass(type_, (ctypes.Structure, ctypes.Union))


def _bytes_field(name, size, offset):
    return Field(name, "B", offset, (size,), False, None)


def _flatten(type_, prefix, base, fields):
    """Adds the fields of a structure, those of structures in it by their path."""
    for class_ in reversed(type_.__mro__):
        for name, field_type, *width in class_.__dict__.get("_fields_", ()):
            descriptor = class_.__dict__[name]
            bits = None
            if width:
                bits = descriptor.size & 0xffff, descriptor.size >> 16
            _add_field(prefix + name, field_type, base + descriptor.offset, bits, fields)


def _add_field(name, type_, offset, bits, fields):
    shape, inner = array_lengths(type_)
    if _is_compound(inner):
        size = ctypes.sizeof(inner)
        for number, suffix in enumerate(_suffixes(shape)):
            if len(fields) > FIELDS_MAX:
                return
            _flatten(inner, name + suffix + ".", offset + number * size, fields)
        return
    code, swapped = _scalar(inner)
    if code is None:
        fields.append(_bytes_field(name, ctypes.sizeof(type_), offset))
    else:
        fields.append(Field(name, code, offset, shape, swapped, bits))


def _suffixes(shape):
    """"" for a scalar; "[0][0]", "[0][1]"… for the elements of an array."""
    if not shape:
        yield ""
        return
    for index in range(shape[0]):
        for rest in _suffixes(shape[1:]):
            yield "[%d]%s" % (index, rest)
