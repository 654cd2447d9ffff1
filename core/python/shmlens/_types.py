"""From ctypes types to what a segment stores, and back."""

import ctypes
import sys

from functools import lru_cache

from . import _library

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

_other_order = "__ctype_le__" if sys.byteorder == "big" else "__ctype_be__"


def from_code(typecode_or_type):
    """The ctypes type for a type code; anything else is given back as it is."""
    return TYPES.get(typecode_or_type, typecode_or_type)


def fast_code(type_):
    """The type code when `type_` is the very type of that code, else None.

    Subclasses of ctypes' types keep their own ways, and go through ctypes.
    """
    code = getattr(type_, "_type_", None)
    return code if isinstance(code, str) and TYPES.get(code) is type_ else None


class Layout:
    """What the segment is told about a ctypes type.

    shape is None for a value; fields, a list of `_library.Field`, is None unless
    the element is a structure.
    """

    __slots__ = ("type", "element", "code", "shape", "fields", "size")

    def __init__(self, type_):
        self.size = ctypes.sizeof(type_)
        self.type = type_
        lengths, self.element = _array_lengths(type_)
        self.shape = lengths or None
        self.code, self.fields = _element(self.element)


def _array_lengths(type_):
    """The shape of a ctypes array, and the type of its elements."""
    lengths = []
    while issubclass(type_, ctypes.Array):
        lengths.append(type_._length_)
        type_ = type_._type_
    if len(lengths) > _library.DIMENSIONS_MAX:
        product = 1
        for length in lengths:
            product *= length
        lengths = [product]
    return tuple(lengths), type_


def _scalar(type_):
    """The type code of a scalar and whether its bytes are swapped; (None, False)
    when there is no code for it."""
    if issubclass(type_, ctypes._SimpleCData):
        code = type_._type_
        if code in TYPES and ctypes.sizeof(TYPES[code]) == ctypes.sizeof(type_):
            other = getattr(type_, _other_order, None)
            return code, other is type_ and ctypes.sizeof(type_) > 1
        if ctypes.sizeof(type_) != ctypes.sizeof(ctypes.c_void_p):
            return None, False
    return ("Q" if ctypes.sizeof(ctypes.c_void_p) == 8 else "I"), False  # a pointer


def _is_compound(type_):
    return issubclass(type_, (ctypes.Structure, ctypes.Union))


def _field(name, code, offset, shape=(), swapped=False, bits=None):
    field = _library.Field(name=name.encode(), code=code.encode(), swapped=swapped,
                           offset=offset, dimensions=len(shape))
    for dimension, length in enumerate(shape):
        field.shape[dimension] = length
    if bits is not None:
        field.bit_offset, field.bit_width = bits
    return field


def _bytes_field(name, size, offset):
    return _field(name, "B", offset, (size,))


@lru_cache(maxsize=256)
def _element(type_):
    """The type code of an element, and its fields when it is a structure."""
    if _is_compound(type_):
        fields = []
        _flatten(type_, "", 0, fields)
        if len(fields) > _library.FIELDS_MAX:
            fields = [_bytes_field("bytes", ctypes.sizeof(type_), 0)]
        return STRUCTURE, fields
    code, swapped = _scalar(type_)
    if code is None:
        return STRUCTURE, [_bytes_field("bytes", ctypes.sizeof(type_), 0)]
    if swapped:
        return STRUCTURE, [_field("value", code, 0, swapped=True)]
    return code, None


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
    shape, element = _array_lengths(type_)
    if _is_compound(element):
        size = ctypes.sizeof(element)
        for number, suffix in enumerate(_suffixes(shape)):
            if len(fields) > _library.FIELDS_MAX:
                return
            _flatten(element, name + suffix + ".", offset + number * size, fields)
        return
    code, swapped = _scalar(element)
    if code is None:
        fields.append(_bytes_field(name, ctypes.sizeof(type_), offset))
    else:
        fields.append(_field(name, code, offset, shape, swapped, bits))


def _suffixes(shape):
    """"" for a scalar; "[0][0]", "[0][1]"… for the elements of an array."""
    if not shape:
        yield ""
        return
    for index in range(shape[0]):
        for rest in _suffixes(shape[1:]):
            yield "[%d]%s" % (index, rest)


# Entries that another program made: a ctypes type for what their fields say.

def to_ctypes(info):
    """A ctypes type for an entry's description; its length is not in it."""
    if info.field_count:
        fields = [(field.name.decode(), field.offset, _field_type(field), _field_bits(field))
                  for field in info.fields[:info.field_count]]
        return _structure(info.name.decode("utf-8", "replace"), info.type.size, fields)
    return TYPES[info.type.code.decode("latin-1")]


def _field_type(field):
    type_ = TYPES[field.code.decode("latin-1")]
    if field.swapped:
        type_ = getattr(type_, _other_order)
    for length in reversed(field.shape[:field.dimensions]):
        type_ = type_ * length
    return type_


def _field_bits(field):
    return (field.bit_offset, field.bit_width) if field.bit_width else None


def _structure(name, size, fields):
    """A structure class with properties at given offsets.

    The properties, unlike ctypes' own fields, may lie anywhere, overlap, and be
    any bits: what the maker's compiler did is not repeated but followed. A path
    such as "pos.x" becomes a structure "pos" with a field "x".
    """
    members = {}
    groups = {}
    for path, offset, type_, bits in fields:
        first, dot, rest = path.partition(".")
        if dot:
            groups.setdefault(first, []).append((rest, offset, type_, bits))
        else:
            members[first] = _member(offset, type_, bits)
    for first, inner in groups.items():
        start = min(offset for _, offset, _, _ in inner)
        end = max(offset + ctypes.sizeof(type_) for _, offset, type_, _ in inner)
        members[first] = _member(start, _structure(
            first, end - start,
            [(rest, offset - start, type_, bits) for rest, offset, type_, bits in inner]), None)
    members["_fields_"] = [("_bytes", ctypes.c_ubyte * size)]
    members["_members_"] = tuple(key for key in members if key != "_fields_")
    return type(name, (ctypes.Structure,), members)


def _member(offset, type_, bits):
    if not issubclass(type_, ctypes._SimpleCData):
        return property(lambda self: type_.from_buffer(self, offset))
    if bits is None:
        def get(self):
            return type_.from_buffer(self, offset).value

        def set_(self, value):
            type_.from_buffer(self, offset).value = value
        return property(get, set_)

    low, width = bits
    mask = (1 << width) - 1
    signed = type_(-1).value < 0

    def get_bits(self):
        value = type_.from_buffer(self, offset).value >> low & mask
        return value - (1 << width) if signed and value >> (width - 1) else value

    def set_bits(self, value):
        storage = type_.from_buffer(self, offset)
        storage.value = storage.value & ~(mask << low) | (value & mask) << low
    return property(get_bits, set_bits)


def field_names(type_):
    """The names by which a structure's fields are attributes."""
    names = getattr(type_, "_members_", None)
    if names is not None:
        return names
    return tuple(name for class_ in reversed(type_.__mro__)
                 for name, *_ in class_.__dict__.get("_fields_", ()))
