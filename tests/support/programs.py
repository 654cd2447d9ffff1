"""What the tests of whole programs share: running them, waiting, looking at /dev/shm."""
import ctypes
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PATIENCE = 180  # seconds; a loaded machine needs some
SHM = '/dev/shm/'

# Set by main().
shmlensctl = worker_program = None
others = []
has_own_shm = False


def take_own_shm():
    """Gives this process and what it starts a /dev/shm of their own, so that they see
    and remove nothing of others. True when that was possible."""
    clone_newns, ms_rec, ms_private = 0x20000, 0x4000, 0x40000
    libc = ctypes.CDLL(None)
    return (libc.unshare(clone_newns) == 0
            and libc.mount(b'none', b'/', None, ms_rec | ms_private, None) == 0
            and libc.mount(b'tmpfs', b'/dev/shm', b'tmpfs', 0, b'mode=1777,size=256m') == 0)


def main(*needed, prepare=lambda: None):
    """Runs the tests of the script, whose arguments are programs and files: shmlensctl,
    the worker, and the others that are needed."""
    global shmlensctl, worker_program, has_own_shm
    n = 2 + len(needed)
    if len(sys.argv) <= n:
        sys.exit(f'usage: {sys.argv[0]} ' + ' '.join(('SHMLENSCTL', 'WORKER', *needed)))
    shmlensctl, worker_program, *others[:] = sys.argv[1:1 + n]
    has_own_shm = take_own_shm()
    with tempfile.TemporaryDirectory(prefix='shmlens-test-') as home:
        os.environ.update(HOME=home, XDG_CONFIG_HOME=home, LC_ALL='C.UTF-8')
        prepare()
        tests = unittest.main(argv=[sys.argv[0], *sys.argv[1 + n:]], verbosity=2, exit=False)
    sys.exit(not tests.result.wasSuccessful())


def own_name(what):
    """A segment's name that no other test has."""
    own_name.count += 1
    return f'/e2e-test-{os.getpid()}-{own_name.count}-{what}'


own_name.count = 0


def exists(segment):
    return os.path.exists(SHM + segment.lstrip('/'))


def remove(segment):
    try:
        os.unlink(SHM + segment.lstrip('/'))
    except FileNotFoundError:
        pass


def is_running(pid):
    """False also of a process that has ended and was not waited for."""
    try:
        with open(f'/proc/{pid}/stat') as stat:
            return stat.read().rpartition(')')[2].split()[0] not in 'ZX'
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(pid):
    try:
        with open(f'/proc/{pid}/task/{pid}/children') as children:
            return [int(child) for child in children.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def wait_until(condition, what):
    """Gives back the first result that is true."""
    deadline = time.monotonic() + PATIENCE
    pause = 0.01
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f'waited {PATIENCE} s in vain until {what}')
        time.sleep(pause)
        pause = min(1.5 * pause, 0.2)


def ctl(*arguments, **options):
    """Runs shmlensctl; standard input is no terminal unless asked for."""
    options = {'stdin': subprocess.DEVNULL, 'timeout': PATIENCE, **options}
    return subprocess.run([shmlensctl, *arguments], capture_output=True, text=True, **options)


def ctl_json(*arguments):
    done = ctl(*arguments, '--json')
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f'{arguments}: status {done.returncode}, {done.stderr}')
    return json.loads(done.stdout)


def value(segment, entry):
    return ctl_json('get', segment, entry)['value']


class Worker:
    """tests/support/worker.c: has a segment, and does as it is told."""

    def __init__(self, attach=None, segment=None):
        """Makes a segment of its own, of this name, or attaches to one."""
        self.segment = attach or segment or own_name('worker')
        self.owns = attach is None
        arguments = [self.segment] if self.owns else ['--attach', self.segment]
        self.process = subprocess.Popen([worker_program, *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.pid = self.process.pid
        self.expect('ready')

    def expect(self, answer):
        # A program that hangs is killed, which ends the reading.
        watchdog = threading.Timer(PATIENCE, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline().strip()
        watchdog.cancel()
        if line != answer:
            raise AssertionError(f'the worker said "{line}" instead of "{answer}"')

    def tell(self, command):
        self.process.stdin.write(command + '\n')
        self.process.stdin.flush()
        self.expect('done')

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        """A segment of its own is gone afterwards, whatever became of the process."""
        self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process.stdout.close()
        if self.owns:
            remove(self.segment)
