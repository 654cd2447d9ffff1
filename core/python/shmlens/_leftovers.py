"""Records and the names that belong to them, as files: opened, tested, removed.

What a program that was killed left is removed by the next one of this user that
begins. Without any library of ours.
"""

import errno
import fcntl
import json
import os
import re
import stat

DIRECTORY = "/dev/shm"

# The record's descriptor keeps out of the way of those that the program counts on.
_DESCRIPTOR_MIN = 200

NAME = re.compile(r"shmlens-record-(\d{1,10})-(\d{1,20})")
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


def open_record(path, flags):
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


def is_unheld(descriptor):
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
        found = NAME.fullmatch(name)
        if found:
            program = tuple(map(int, found.groups()))
            records.add(program)
            if start_time(program[0]) != program[1]:
                try:
                    sweep_record(DIRECTORY + "/" + name, program)
                except (OSError, ValueError):
                    pass  # somebody else's, in use, or swept by another
    for name, root, start, maker in links():
        if (root, start) not in records and start_time(root) != start \
                and start_time(maker) is None:
            unlink(DIRECTORY + "/" + name)


def sweep_record(path, program):
    descriptor = open_record(path, 0)
    try:
        found, named = os.fstat(descriptor), os.lstat(path)
        if is_unheld(descriptor) and (found.st_dev, found.st_ino) == (named.st_dev,
                                                                       named.st_ino):
            remove(path, program)
    finally:
        os.close(descriptor)


def remove(path, program):
    """Removes a record, whose lock the caller has, and all names that belong to it."""
    for name, root, start, _ in links():
        if (root, start) == program:
            unlink(DIRECTORY + "/" + name)
    for name in _links_elsewhere(path, program):
        unlink(name)
    unlink(path)


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


def links():
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


def unlink(path):
    """Removes a name of a file of this user's."""
    try:
        if os.lstat(path).st_uid == os.geteuid():
            os.unlink(path)
    except OSError:
        pass
