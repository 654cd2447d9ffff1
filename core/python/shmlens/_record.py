"""The record of what a program shares: a file that every process of it adds to.

record.md, beside this package, says what is in it. Here is how it is made, written
and removed, and the names that keep semaphores and arenas to be found: hard links in
/dev/shm that carry the record's own numbers. Without any library of ours.
"""

import errno
import fcntl
import functools
import itertools
import json
import os
import sys

from collections import deque

from ._leftovers import (DIRECTORY, NAME, is_unheld, links, open_record, remove, start_time,
                         sweep_record, unlink)

VERSION = 1
LINE_MAX = 16 << 10
FILE_MAX = 64 << 20

# Of semaphores whose object is gone while another process may still use them, so
# many keep their name.
_KEPT_MAX = 4096

_FORKS_UNTOLD = not hasattr(os, "register_at_fork")

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


@functools.lru_cache(maxsize=1024)
def text(value, limit):
    """A string as it may stand in a record."""
    return str(value).encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")


def semaphore_path(name):
    """The file of a semaphore, where glibc keeps it."""
    return DIRECTORY + "/sem." + name.lstrip("/")


class Record:
    """One process's hold on its program's record."""

    def __init__(self, path, pid, start, descriptor, root):
        self.path = path
        self._program = pid, start
        self._descriptor = descriptor
        found = os.fstat(descriptor)
        self._identity = found.st_dev, found.st_ino
        self._is_root = root
        self._size = found.st_size
        self._broken = False  # the last line was cut short
        self._holds = True
        self.children = 0  # processes started by this one
        self._begin_process()

    def _begin_process(self):
        self.pid = os.getpid()
        self._start = None
        self._numbers = itertools.count(1)
        self._links = set()
        self._kept = deque()

    @classmethod
    def create(cls, arguments):
        """A new record, of this process's program. Raises OSError."""
        pid = os.getpid()
        start = start_time(pid)
        if start is None:
            raise OSError(errno.ENOENT, "/proc does not tell of this process")
        path = "%s/shmlens-record-%d-%d" % (DIRECTORY, pid, start)
        try:
            descriptor = open_record(path, os.O_CREAT | os.O_EXCL)
        except FileExistsError:  # this process had one before it became another program
            sweep_record(path, (pid, start))
            descriptor = open_record(path, os.O_CREAT | os.O_EXCL)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        self = cls(path, pid, start, descriptor, True)
        self._start = start
        words, room = [], LINE_MAX // 8
        for argument in arguments:
            words.append(text(argument[:room], room))
            room -= len(_encode(words[-1]))
            if room <= 0:
                break
        self._write({"event": "program", "version": VERSION, "pid": pid, "start": start,
                     "argv": words, "python": "%d.%d.%d" % sys.version_info[:3]})
        return self

    @classmethod
    def join(cls, path, hold=True):
        """The record that another process of the program made. Raises OSError,
        ValueError. Without `hold` this process does not keep the program alive."""
        pid, start = NAME.fullmatch(os.path.basename(path)).groups()
        descriptor = open_record(path, 0)
        if hold:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        self = cls(path, int(pid), int(start), descriptor, False)
        self._holds = hold
        return self

    def before_fork(self):
        """A hold for the child that is about to be forked: it must not depend on the
        parent's, which may end before the child runs."""
        return self._reopen(hold=True)

    def after_fork_in_parent(self, held):
        self.children += 1
        if held is not None:
            os.close(held)

    def after_fork_in_child(self, held=None):
        inherited = self._own_descriptor()
        self._is_root = False
        self._holds = True
        self._begin_process()
        self._descriptor = self._reopen(hold=True) if held is None else held
        if self._descriptor is None:  # after a change of user or of root directory
            self._descriptor = inherited
        elif inherited is not None:
            os.close(inherited)

    def announce(self):
        """Says that this process belongs to the program."""
        if self._start is None:
            self._start = start_time(self.pid) or 0
            self._write({"event": "process", "pid": self.pid, "ppid": os.getppid(),
                         "start": self._start})
            if not self._is_root:
                self._unlink_those_of_the_dead()

    def new_id(self):
        """A name within the record for something that this process makes."""
        self.notice_fork()
        self.announce()
        return "%d.%d.%d" % (self.pid, self._start, next(self._numbers))

    def append(self, event, **members):
        """Adds a line. What does not fit is left out; what goes wrong is no
        concern of the program's."""
        self.notice_fork()
        self.announce()
        self._write(dict(event=event, **members))

    def notice_fork(self):
        """Where Python does not tell of forks: before 3.7."""
        if _FORKS_UNTOLD and self.pid != os.getpid():
            self.after_fork_in_child()

    def _write(self, members):
        line = _encode(members).encode() + b"\n"
        if len(line) > LINE_MAX:
            return
        descriptor = self._own_descriptor()
        if descriptor is None:
            return
        size = self._size
        if size + len(line) > FILE_MAX - LINE_MAX:
            line = b'{"event":"full"}\n'
            if size + len(line) > FILE_MAX:
                return
        if self._broken:
            line = b"\n" + line
        try:
            self._broken = os.write(descriptor, line) != len(line)
        except OSError:
            pass

    def _own_descriptor(self):
        """The record's descriptor, unless the program has closed it, and perhaps
        uses its number for something else."""
        if self._descriptor is not None:
            try:
                found = os.fstat(self._descriptor)
                if (found.st_dev, found.st_ino) == self._identity:
                    self._size = found.st_size
                    return self._descriptor
            except OSError:
                pass
            self._descriptor = self._reopen(self._holds)
        return self._descriptor

    def _reopen(self, hold):
        try:
            descriptor = open_record(self.path, 0)
        except OSError:
            return None
        found = os.fstat(descriptor)
        if (found.st_dev, found.st_ino) != self._identity:
            os.close(descriptor)
            return None
        self._size = found.st_size
        if hold:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        return descriptor

    # ------------------------------------------------------------- names kept

    @property
    def is_open(self):
        return self._descriptor is not None

    def semaphore_name(self):
        """A name for sem_open() that is taken away when the program ends."""
        self.notice_fork()
        name = "/shmlens-%d-%d-%d-%d" % (self._program + (self.pid, next(self._numbers)))
        self._links.add(semaphore_path(name))
        return name

    def link(self, path):
        """One more name for an arena's file; None when there can be none."""
        if not self.is_open:
            return None
        self.notice_fork()
        folder = os.path.dirname(path)
        if not folder.startswith(DIRECTORY):
            folder = os.path.dirname(folder)  # multiprocessing removes its own folder
        name = "%s/shmlens-%d-%d-%d-%d" % (
            (folder,) + self._program + (self.pid, next(self._numbers)))
        try:
            os.link(path, name)
        except OSError:
            return None
        self._links.add(name)
        return name

    def link_semaphore(self, name):
        """One more name for a semaphore, for sem_open(); None when there can be none."""
        other = self.semaphore_name()
        try:
            os.link(semaphore_path(name), semaphore_path(other))
        except OSError:
            self._links.discard(semaphore_path(other))
            return None
        return other

    def unlink(self, name):
        """Takes such a name away."""
        if name in self._links:
            self._links.discard(name)
            try:
                os.unlink(name)
            except OSError:
                pass

    def unlink_unless_used(self, name, children):
        """The same for a semaphore whose object is gone, unless a process started
        since it was made (when there were `children`) may still use it."""
        if self.children == children:
            self.unlink(name)
            return
        self._kept.append(name)
        if len(self._kept) > _KEPT_MAX:
            self.unlink(self._kept.popleft())

    def _unlink_those_of_the_dead(self):
        """Children that were killed leave names behind. The root's stay: what it made
        may outlive it."""
        for name, root, start, maker in links():
            if (root, start) == self._program and maker not in (root, self.pid) \
                    and not os.path.exists("/proc/%d" % maker):
                unlink(DIRECTORY + "/" + name)

    def leave(self):
        """At this process's end; the last one of the program takes all away."""
        if self.pid != os.getpid():
            return  # forked without notice: nothing here is its own
        descriptor = self._own_descriptor()
        if descriptor is None:
            return
        self._descriptor = None
        last = is_unheld(descriptor)
        if last or not self._is_root:
            for name in list(self._links):
                self.unlink(name)
        if last:
            remove(self.path, self._program)
        os.close(descriptor)
