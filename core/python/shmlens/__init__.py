"""Values and arrays in named shared memory, for programs of several processes.

    from shmlens import Value, Array

is all that changes in a program that has these from multiprocessing. What it
shares can then be watched and edited while it runs, by name, in the window
`shmlens` or with `shmlensctl`:

    from multiprocessing import Process
    from shmlens import Value, Array

    def work(frames, levels):
        for _ in range(1000):
            with frames.get_lock():
                frames.value += 1
            levels[0] = 0.5

    if __name__ == "__main__":
        frames = Value("q", 0, unit="frames", progress=2000)
        levels = Array("d", 4, range=(0.0, 1.0))
        workers = [Process(target=work, args=(frames, levels)) for _ in range(2)]
        for worker in workers: worker.start()
        for worker in workers: worker.join()

    $ shmlensctl list
    /train.py-4711
    $ shmlensctl set /train.py-4711 levels[2] 0.25

Making

    Value(typecode_or_type, *args, lock=True, name=None, segment=None, ...)
    Array(typecode_or_type, size_or_initializer, *, lock=True, shape=None, ...)
    RawValue(...), RawArray(...)    without a lock: plain ctypes objects
    Lock(), RLock()                 to be given to several: Value("d", lock=both)
    copy(obj), synchronized(obj, lock=None)    as in multiprocessing.sharedctypes

They behave, and fail, as those of multiprocessing; see help(Value) for what
can be said about an entry besides (unit, doc, range, role, progress, labels).
`v.add(1)` adds under the lock in one call, many times faster than a `with` block.
memoryview(array) and numpy.asarray(array) are the memory itself, without a copy.

Names

A program's own segment is called after the script and its process id. It is made
when it is first needed, and removed when the program ends; when it was killed, the
next program that uses this module removes it. An entry is called after the
variable that it is assigned to, and is freed with the last object that uses it in
the process that made it.

What is named on purpose stays: Value("q", name="done", segment="/render") is
found by any program as attach("/render")["done"], until
attach("/render").unlink(). A second one of that name is a FileExistsError, unless
exist_ok=True says to take the one that is there.

    segment = attach("/render")        # or Segment("/render"), which makes it
    list(segment)                      # a mapping of names to objects
    segment["done"].value += 1
    segment["done"].entry.writes       # see Entry for what an entry tells of itself

Locks

They are recursive, work between threads and processes, and survive their
holder's death: who takes such a lock next gets an OwnerDiedWarning. Ctrl-C works
while one waits.

Programs that use multiprocessing's own

`python -m shmlens app.py` runs a program as it is and writes down what it shares, so
that it can be watched and edited without reading the process's memory.

Installing

`pip install ./core/python` in the source tree compiles the extension for this Python;
without Python's headers it compiles the library alone, which is then called through
ctypes: the same, but slower, and memoryview() takes array.get_obj() instead of the
array (before Python 3.12). SHMLENS_PYTHON=ctypes in the environment asks for that way.

Children

Objects are given to children as arguments of multiprocessing.Process, whichever
way it starts them, as with multiprocessing's own.
"""

__all__ = ["Array", "Entry", "Lock", "OwnerDiedWarning", "RLock", "RawArray", "RawValue",
           "Segment", "Synchronized", "SynchronizedArray", "SynchronizedBase",
           "SynchronizedString", "Value", "attach", "copy", "entry_of", "synchronized"]


def __getattr__(name):
    # Only now is the library loaded: `python -m shmlens` does without it.
    if name not in __all__ and name != "__version__":
        raise AttributeError("module %r has no attribute %r" % (__name__, name))
    from . import _entry, _errors, _library, _locks, _objects, _segment
    names = globals()
    names["__version__"] = _library.version().decode()
    for public in __all__:
        for module in (_objects, _segment, _entry, _locks, _errors):
            if public in vars(module):
                names[public] = getattr(module, public)
                break
    return names[name]


def __dir__():
    return sorted({*globals(), *__all__, "__version__"})
