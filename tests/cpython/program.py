"""Running the programs of the zoo, and shmlensctl on them."""
import collections
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'support'))
import programs

PATIENCE = 180  # seconds for one step of a program


class Failed(Exception):
    """Of a whole run."""


class Skipped(Exception):
    """Why a program cannot run with this Python."""


def as_user(user):
    """What makes subprocess start a program as an ordinary user, who can do nothing else."""
    return {} if user is None else {'user': user, 'group': user, 'extra_groups': []}


Done = collections.namedtuple('Done', 'returncode stdout stderr seconds megabytes')


def run_measured(command, patience=PATIENCE, **options):
    """As subprocess.run(), with what it cost."""
    with tempfile.TemporaryFile('w+') as out, tempfile.TemporaryFile('w+') as errors:
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors,
                                   **options)
        watchdog = threading.Timer(patience, process.kill)
        watchdog.start()
        _, status, usage = os.wait4(process.pid, 0)
        watchdog.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        for file in (out, errors):
            file.seek(0)
        return Done(process.returncode, out.read(), errors.read(), seconds,
                    usage.ru_maxrss / 1024)


class Program:
    """One that runs, and tells the truth."""

    def __init__(self, python, name, *arguments, user=None):
        """user: as whom it and shmlensctl run."""
        self.user = user
        self.directory = tempfile.TemporaryDirectory(prefix='shmlens-zoo-')
        os.chmod(self.directory.name, 0o777)
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE='1', PYTHONIOENCODING='utf-8',
                           TMPDIR=self.directory.name)
        self.errors = tempfile.TemporaryFile('w+')
        self.process = subprocess.Popen(
            [python, os.path.join(HERE, name + '.py'), *arguments], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self.errors, universal_newlines=True,
            start_new_session=True, env=environment, encoding='utf-8', **as_user(user))
        self.pid = self.process.pid
        self.truth = {}
        try:
            line = self.read_line()
            if line.startswith('SKIP '):
                raise Skipped(line[5:].strip())
            if not line.startswith('TRUTH '):
                raise Failed('the program said: %r' % line)
            self.truth = json.loads(line[6:])
        except BaseException:
            self.end()
            raise

    def ctl(self, *arguments):
        return run_measured([programs.shmlensctl, *arguments], **as_user(self.user))

    def ctl_json(self, *arguments):
        done = self.ctl(*arguments, '--json')
        if done.returncode != 0:
            raise Failed('shmlensctl %s: status %d: %s'
                         % (' '.join(arguments[:3]), done.returncode, done.stderr.strip()))
        return json.loads(done.stdout)

    def read_line(self):
        # A program that hangs is killed, which ends the reading.
        watchdog = threading.Timer(PATIENCE, self.kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        if not line:
            self.process.wait()
            self.errors.seek(0)
            raise Failed('the program ended with %s: %s' % (self.process.returncode,
                                                            self.errors.read()[-2000:]))
        return line

    def ask(self, question):
        self.tell(question)
        return json.loads(self.read_line())

    def tell(self, command):
        self.process.stdin.write(command + '\n')
        self.process.stdin.flush()

    def kill(self):
        """All of its session; nothing else is in it."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def names_in_shm(self):
        """Names that would be left behind: what its processes have mapped."""
        names = set(self.truth.get('made', []))
        for pid in self.truth.get('pids', []):
            try:
                with open('/proc/%d/maps' % pid) as maps:
                    names.update(re.findall(r' /dev/shm/((?:sem\.mp-|psm_|pym-|shmlens-zoo-)\S+)$',
                                            maps.read(), re.M))
            except OSError:
                pass
        return names

    def end(self):
        names = self.names_in_shm()
        try:
            self.tell('quit')
            self.process.wait(10)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            pass
        self.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except OSError:
                pass
        self.errors.close()
        for name in names:
            programs.remove('/' + name)
        self.directory.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


