"""The processes of a program whose making of shared objects is noted.

They are found as they start, whichever way; what is noted is in _notes.py. Modules
of multiprocessing are patched when the program imports them, not before: it imports
what it would without us.
"""

import functools
import os
import sys

from _thread import get_ident

from . import _notes
from ._record import Record

_DIRECTORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Before these lines a child runs this, so that it adds to the same record.
_CHILDREN = {"from multiprocessing.spawn import ": True,
             "from multiprocessing.forkserver import ": False}
_PRELUDE = """try:
    import sys
    sys.path.insert(0, %r)
    from shmlens._watch import join
    sys.path.remove(%r)
    join(%r, %r)
    del join, sys
except Exception:
    pass
"""


def start(record):
    """Begins to note what this process makes, and its children will."""
    _notes.record = record
    sys.meta_path.insert(0, _Finder())
    for name, patch in _PATCHES.items():
        if name in sys.modules:
            patch(sys.modules[name])
    if hasattr(os, "register_at_fork"):  # since Python 3.7
        os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent,
                            after_in_child=_after_fork_in_child)
    import atexit
    atexit.register(_leave)


def join(path, hold):
    """The same in a process that was started with the path of its program's record."""
    start(Record.join(path, hold))


@_notes.quietly
def _leave():
    _notes.references.clear()
    if _notes.record is not None:
        _notes.record.leave()


_held = {}  # for the child that a thread is about to fork


@_notes.quietly
def _before_fork():
    _held[get_ident()] = _notes.record.before_fork()


@_notes.quietly
def _after_fork_in_parent():
    _notes.record.after_fork_in_parent(_held.pop(get_ident(), None))


@_notes.quietly
def _after_fork_in_child():
    held = _held.pop(get_ident(), None)
    for other in _held.values():  # of forks that other threads are about to make
        if other is not None:
            os.close(other)
    _held.clear()
    _notes.references.clear()
    _notes.record.after_fork_in_child(held)


# ------------------------------------------------------------------ as modules come

class _Finder:
    """Lets modules be imported as ever, and then patches them."""

    def __init__(self):
        self._busy = False

    def find_spec(self, name, path=None, target=None):
        patch = _PATCHES.get(name)
        if patch is None or self._busy:
            return None
        self._busy = True
        try:
            for finder in sys.meta_path:
                spec = finder.find_spec(name, path, target) if finder is not self else None
                if spec is not None:
                    self._patch_after_loading(spec.loader, patch)
                    return spec
        finally:
            self._busy = False
        return None

    @staticmethod
    def _patch_after_loading(loader, patch):
        if isinstance(loader, type) or not hasattr(loader, "exec_module"):
            return

        def exec_module(module):
            del loader.exec_module
            loader.exec_module(module)
            try:
                patch(module)
            except Exception:
                pass
        try:
            loader.exec_module = exec_module
        except AttributeError:
            pass


def _patch_util(util):
    """Children are processes of the program, however they are started."""
    original = util.spawnv_passfds

    @functools.wraps(original)
    def spawnv_passfds(path, args, passfds):
        return original(path, _with_prelude(args), passfds)
    util.spawnv_passfds = spawnv_passfds
    util.register_after_fork(_Child, _begin_child)


class _Child:
    """What util keeps the next function under."""


@_notes.quietly
def _begin_child(_):
    """In each child of multiprocessing, before its target is called."""
    from multiprocessing import util
    _notes.record.notice_fork()
    _notes.record.announce()
    # After its own children were waited for.
    util.Finalize(None, _leave, exitpriority=-10)


def _with_prelude(args):
    args = list(args)
    for place in range(1, len(args)):
        if args[place - 1] == "-c" and isinstance(args[place], str):
            for line, hold in _CHILDREN.items():
                if args[place].startswith(line):
                    _notes.record.children += 1
                    args[place] = _PRELUDE % (_DIRECTORY, _DIRECTORY, _notes.record.path,
                                              hold) + args[place]
            break
    return args


_PATCHES = dict(_notes.PATCHES, **{"multiprocessing.util": _patch_util})
