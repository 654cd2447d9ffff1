"""From ctypes types to what a segment stores, and back."""

import ctypes

from functools import lru_cache

from . import _library
from ._layout import OTHER_ORDER, TYPES, array_lengths, element


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
        lengths, self.element = array_lengths(type_)
        self.shape = lengths or None
        self.code, self.fields = _element(self.element)


@lru_cache(maxsize=256)
def _element(type_):
    code, fields = element(type_)
    return code, None if fields is None else [_field(field) for field in fields]


def _field(plain):
    """A field as the library takes it."""
    field = _library.Field(name=plain.name.encode(), code=plain.code.encode(),
                           swapped=plain.swapped, offset=plain.offset,
                           dimensions=len(plain.shape))
    for dimension, length in enumerate(plain.shape):
        field.shape[dimension] = length
    if plain.bits is not None:
        field.bit_offset, field.bit_width = plain.bits
    return field


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
        type_ = getattr(type_, OTHER_ORDER)
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
