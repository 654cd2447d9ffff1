"""The types that have to be fast: out of the extension, or in Python over ctypes."""

from . import _library

if _library.extension is not None:
    from ._shmlens import Array, Guarded, Lock, Value
else:
    from ._ctypes_backend import Array, Guarded, Lock, Value

__all__ = ["Array", "Guarded", "Lock", "Value"]
