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
import re
import stat
import sys

from collections import deque

DIRECTORY = "/dev/shm"
VERSION = 1
LINE_MAX = 16 << 10
FILE_MAX = 64 << 20

# Of semaphores whose object is gone while another process may still use them, so
# many keep their name.
_KEPT_MAX = 4096

# The record's descriptor keeps out of the way of those that the program counts on.
_DESCRIPTOR_MIN = 200

_FORKS_UNTOLD = not hasattr(os, "register_at_fork")

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode

_NAME = re.compile(r"shmlens-record-(\d{1,10})-(\d{1,20})")
_LINK = re.compile(r"(?:sem\.)?shmlens-(\d{1,10})-(\d{1,20})-(\d{1,10})-\d{1,20}")


def start_time(pid):
    """When a process started, in clock ticks after the machine; None when there is
    no such process."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            text = file.read()
    except OSError:
        return None
    return int(text[text.rindex(b")") + 2:].split()[19])


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
            descriptor = _open(path, os.O_CREAT | os.O_EXCL)
        except FileExistsError:  # this process had one before it became another program
            _sweep_record(path, (pid, start))
            descriptor = _open(path, os.O_CREAT | os.O_EXCL)
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
        pid, start = _NAME.fullmatch(os.path.basename(path)).groups()
        descriptor = _open(path, 0)
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
            descriptor = _open(self.path, 0)
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
        for name, root, start, maker in _links():
            if (root, start) == self._program and maker not in (root, self.pid) \
                    and not os.path.exists("/proc/%d" % maker):
                _unlink(DIRECTORY + "/" + name)

    def leave(self):
        """At this process's end; the last one of the program takes all away."""
        if self.pid != os.getpid():
            return  # forked without notice: nothing here is its own
        descriptor = self._own_descriptor()
        if descriptor is None:
            return
        self._descriptor = None
        last = _is_unheld(descriptor)
        if last or not self._is_root:
            for name in list(self._links):
                self.unlink(name)
        if last:
            _remove(self.path, self._program)
        os.close(descriptor)


def _open(path, flags):
    """Opens a record, of this user, for appending."""
    descriptor = os.open(path, flags | os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK
                         | os.O_CLOEXEC, 0o600)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            raise PermissionError(errno.EPERM, "%s is not a record of this user's" % path)
        return _move_up(descriptor)
    except BaseException:
        os.close(descriptor)
        raise


def _move_up(descriptor):
    try:
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _DESCRIPTOR_MIN)
    except OSError:
        return descriptor
    os.close(descriptor)
    return moved


def _is_unheld(descriptor):
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError:
        return False


# ------------------------------------------------------------------- sweeping

def sweep():
    """Removes what this user's programs left that were killed."""
    records = set()
    for name in _names():
        found = _NAME.fullmatch(name)
        if found:
            program = tuple(map(int, found.groups()))
            records.add(program)
            if start_time(program[0]) != program[1]:
                try:
                    _sweep_record(DIRECTORY + "/" + name, program)
                except (OSError, ValueError):
                    pass  # somebody else's, in use, or swept by another
    for name, root, start, maker in _links():
        if (root, start) not in records and start_time(root) != start \
                and start_time(maker) is None:
            _unlink(DIRECTORY + "/" + name)


def _sweep_record(path, program):
    descriptor = _open(path, 0)
    try:
        found, named = os.fstat(descriptor), os.lstat(path)
        if _is_unheld(descriptor) and (found.st_dev, found.st_ino) == (named.st_dev,
                                                                       named.st_ino):
            _remove(path, program)
    finally:
        os.close(descriptor)


def _remove(path, program):
    """Removes a record, whose lock the caller has, and all names that belong to it."""
    for name, root, start, _ in _links():
        if (root, start) == program:
            _unlink(DIRECTORY + "/" + name)
    for name in _links_elsewhere(path, program):
        _unlink(name)
    _unlink(path)


def _links_elsewhere(path, program):
    """The names of arenas that are not in /dev/shm: the record alone knows them."""
    try:
        file = open(path, "rb")
    except OSError:
        return
    with file:
        for line in file:
            if b'"path":"' not in line or b'"path":"/dev/shm/' in line:
                continue
            try:
                name = json.loads(line.decode())["path"]
                found = _LINK.fullmatch(os.path.basename(name))
            except (ValueError, TypeError, KeyError):
                continue
            if found and (int(found.group(1)), int(found.group(2))) == program \
                    and name == os.path.normpath(name) and name[0] == "/":
                yield name


def _links():
    """The names that keep something: (name, root's pid and start time, maker's pid)."""
    for name in _names():
        found = _LINK.fullmatch(name)
        if found:
            yield (name,) + tuple(map(int, found.groups()))


def _names():
    try:
        return os.listdir(DIRECTORY)
    except OSError:
        return []


def _unlink(path):
    """Removes a name of a file of this user's."""
    try:
        if os.lstat(path).st_uid == os.geteuid():
            os.unlink(path)
    except OSError:
        pass
