"""What Yama refuses to all but ancestors, refused to a process of a test, since this system may
have no Yama: reading another process's memory and tracing it. Only root can do that."""
import ctypes
import os
import struct
import subprocess

NUMBERS = {'x86_64': (310, 311, 101), 'aarch64': (270, 271, 117)}  # readv, writev, ptrace
ANOTHER = 65534  # a user who has nothing
CAN_FORBID = os.geteuid() == 0 and os.uname().machine in NUMBERS

libc = ctypes.CDLL(None, use_errno=True)


def need(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), 'cannot forbid anything')


def files_of(pid):
    """Those in /proc that need the same right."""
    return [f'/proc/{pid}/mem', f'/proc/{pid}/syscall', f'/proc/{pid}/task/{pid}/syscall']


def take_own_mounts():
    """In a process to be: what is covered is covered for it alone."""
    clone_newns, ms_rec, ms_private = 0x20000, 0x4000, 0x40000
    need(libc.unshare(clone_newns))
    need(libc.mount(b'none', b'/', None, ms_rec | ms_private, None))


def cover(pid, cover):
    """In a process with mounts of its own: a file that may not be read lies over those of /proc."""
    for path in files_of(pid):
        need(libc.mount(cover.encode(), path.encode(), None, 0x1000, None))


def cover_for(process, pid, cover):
    """The same for a process that runs already, and took mounts of its own."""
    for path in files_of(pid):
        subprocess.run(['nsenter', f'--mount=/proc/{process}/ns/mnt', 'mount', '--bind', cover,
                        path], check=True)


def drop_capabilities():
    """In a process to be: root there is a user like others."""
    pr_capbset_drop = 24
    for capability in range(64):
        libc.prctl(pr_capbset_drop, capability, 0, 0, 0)


def refuse_calls():
    """In a process to be: those calls fail for it and all that it starts."""
    # Loads the number of the call; those are refused, all others allowed.
    numbers = NUMBERS[os.uname().machine]
    program = struct.pack('=HBBI', 0x20, 0, 0, 0)
    for i, number in enumerate(numbers):
        program += struct.pack('=HBBI', 0x15, len(numbers) - i, 0, number)
    program += struct.pack('=HBBI', 0x06, 0, 0, 0x7fff0000)
    program += struct.pack('=HBBI', 0x06, 0, 0, 0x00050000 | 1)
    filters = ctypes.create_string_buffer(program)
    whole = ctypes.create_string_buffer(
        struct.pack('@HP', len(program) // 8, ctypes.addressof(filters)))
    pr_set_no_new_privs, pr_set_seccomp, mode_filter = 38, 22, 2
    need(libc.prctl(pr_set_no_new_privs, 1, 0, 0, 0))
    need(libc.prctl(pr_set_seccomp, mode_filter, whole, 0, 0))


def without_leak_check(environment):
    """Leaks are looked for by ptrace, which is just what is forbidden here."""
    if 'ASAN_OPTIONS' in environment:
        environment['ASAN_OPTIONS'] += ':detect_leaks=0'
    return environment
