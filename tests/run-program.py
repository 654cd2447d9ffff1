#!/usr/bin/env python3
"""run-program.py SHMLENSCTL WORKER: shmlensctl run: a program behaves as if it was started
itself, and those whom the kernel refuses can look into it."""
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'support'))
import forbidden
import programs
from programs import PATIENCE, children_of, is_running, wait_until

USER = forbidden.ANOTHER
SYSTEM_PYTHON = '/usr/bin/python3'  # other users may not enter the home of root

COUNTS_SIGNALS = '''
import os, signal, sys, time
seen = []
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
    signal.signal(number, lambda number, frame: seen.append(number))
print('ready', os.getpid(), flush=True)
while signal.SIGUSR1 not in seen and signal.SIGINT not in seen:
    time.sleep(0.01)
time.sleep(0.2)
print(*map(int, seen), flush=True)
sys.exit(5)
'''
# As a shell with a terminal of its own: tells what becomes of its one job.
SHELL = '''
import os, signal, sys
def told(job):
    pid, status = os.waitpid(job, os.WUNTRACED)
    what = (f'stopped {os.WSTOPSIG(status)}' if os.WIFSTOPPED(status)
            else f'exited {os.WEXITSTATUS(status)}' if os.WIFEXITED(status)
            else f'killed {os.WTERMSIG(status)}')
    print('job', what, flush=True)
    return os.WIFSTOPPED(status)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = os.fork()
if job == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.argv[1], sys.argv[1:])
while told(job):
    os.tcsetpgrp(0, os.getpgrp())
    os.tcsetpgrp(0, job)
    os.killpg(job, signal.SIGCONT)
'''
SHARES = '''
import multiprocessing, os, sys, time
fork = multiprocessing.get_context('fork')
counter = fork.Value('i', 41)
stop = fork.Value('b', 0)
def work():
    while not stop.value:
        time.sleep(0.01)
if __name__ == '__main__':
    worker = fork.Process(target=work)
    worker.start()
    print('ready', os.getpid(), worker.pid, flush=True)
    worker.join()
    sys.exit(counter.value)
'''


def run(*words, **options):
    return programs.ctl('run', *words, **options)


class Behaviour(unittest.TestCase):
    def start(self, *words, **options):
        process = subprocess.Popen([programs.shmlensctl, 'run', *words], text=True,
                                   stdout=subprocess.PIPE, **options)
        # What it runs ends with it, also when it hangs.
        watchdog = threading.Timer(PATIENCE, self.end, [process])
        watchdog.start()
        for cleanup in (process.stdout.close, process.wait, lambda: self.end(process),
                        watchdog.cancel):
            self.addCleanup(cleanup)
        return process

    def end(self, process):
        for pid in (*children_of(process.pid), process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def test_the_exit_status_is_the_programs(self):
        for status in (0, 1, 7, 255):
            self.assertEqual(run('--', 'sh', '-c', f'exit {status}').returncode, status)

    def test_a_signal_that_ends_the_program_ends_this(self):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGINT):
            done = run('--', 'sh', '-c', f'kill -{int(number)} $$')
            self.assertEqual(done.returncode, -number)

    def test_what_cannot_be_started_is_named(self):
        done = run('--', '/no/such program')
        self.assertEqual((done.returncode, done.stdout), (127, ''))
        self.assertEqual(done.stderr,
                         'shmlensctl: /no/such program: No such file or directory\n')
        done = run('--', '/etc/passwd')
        self.assertEqual(done.returncode, 126)
        self.assertEqual(run().returncode, 1)
        self.assertEqual(run('--').returncode, 1)

    def test_words_and_streams_are_the_programs(self):
        script = 'import sys; print(sys.argv[1:], sys.stdin.read()); print("e", file=sys.stderr)'
        words = ['--help', '--json', '--', '-x']
        for dashes in ([], ['--']):
            done = run(*dashes, sys.executable, '-c', script, *words, input='in', stdin=None)
            self.assertEqual((done.returncode, done.stdout, done.stderr),
                             (0, f'{words} in\n', 'e\n'))
        self.assertIn('Usage:', run('--help').stdout)

    def test_what_was_ignored_and_blocked_is_so(self):
        def prepare():
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
        fields = 'SigBlk|SigIgn|SigCgt'
        command = ['grep', '-E', fields, '/proc/self/status']
        direct = subprocess.run(command, capture_output=True, text=True, preexec_fn=prepare)
        self.assertEqual(run('--', *command, preexec_fn=prepare).stdout, direct.stdout)

    def test_signals_to_this_process_reach_the_program_once(self):
        process = self.start(sys.executable, '-c', COUNTS_SIGNALS)
        self.assertRegex(process.stdout.readline(), 'ready')
        for number in (signal.SIGTERM, signal.SIGUSR1):
            process.send_signal(number)
        # Signals that wait together have no order.
        self.assertEqual(sorted(process.stdout.readline().split()),
                         sorted(str(int(n)) for n in (signal.SIGTERM, signal.SIGUSR1)))
        self.assertEqual(process.wait(PATIENCE), 5)

    def test_orphans_stay_below_and_leave_no_zombie(self):
        # The inner shell ends before the one that it starts.
        process = self.start('sh', '-c',
                             'sh -c "sleep 1 & echo \\$!"; echo go; read line; exit 3',
                             stdin=subprocess.PIPE)
        orphan = int(process.stdout.readline())
        self.assertEqual(process.stdout.readline(), 'go\n')
        wait_until(lambda: orphan in children_of(process.pid), 'the orphan came')
        wait_until(lambda: not os.path.exists(f'/proc/{orphan}'), 'the orphan was waited for')
        process.communicate('\n', timeout=PATIENCE)
        self.assertEqual(process.returncode, 3)

    def test_the_socket_is_private_and_goes_with_the_program(self):
        directory = tempfile.mkdtemp(prefix='shmlens-test-')
        self.addCleanup(shutil.rmtree, directory)
        process = self.start('sh', '-c', 'echo; read line', stdin=subprocess.PIPE,
                             env={**os.environ, 'XDG_RUNTIME_DIR': directory})
        process.stdout.readline()
        [name] = wait_until(lambda: os.path.exists(directory + '/shmlens')
                            and os.listdir(directory + '/shmlens'), 'there is a socket')
        self.assertRegex(name, rf'^{process.pid}-[0-9]+$')
        self.assertEqual(os.stat(f'{directory}/shmlens').st_mode & 0o777, 0o700)
        self.assertEqual(os.stat(f'{directory}/shmlens/{name}').st_mode & 0o777, 0o600)
        process.communicate('\n', timeout=PATIENCE)
        self.assertEqual(os.listdir(directory + '/shmlens'), [])


class Terminal(unittest.TestCase):
    """A shell with one job, which runs a program."""

    def start(self, *words):
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.execv(sys.executable, [sys.executable, '-c', SHELL, programs.shmlensctl, 'run',
                                      *words])
        self.text = ''
        os.set_blocking(self.terminal, False)
        # The shell is the leader of the session: with it all hang up.
        self.addCleanup(os.waitpid, pid, 0)
        self.addCleanup(os.kill, pid, signal.SIGKILL)
        self.addCleanup(os.close, self.terminal)

    def expect(self, pattern):
        def read():
            if not re.search(pattern, self.text):
                try:
                    self.text += os.read(self.terminal, 1000).decode()
                except BlockingIOError:
                    return None
                except OSError as error:
                    raise AssertionError(f'no {pattern} in: {self.text}') from error
            found = re.search(pattern, self.text)
            if found:
                self.text = self.text[found.end():]
            return found
        return wait_until(read, f'the terminal says {pattern}')

    def test_an_interrupt_reaches_the_program_once(self):
        self.start(sys.executable, '-c', COUNTS_SIGNALS)
        self.expect('ready')
        os.write(self.terminal, b'\x03')
        self.expect(rf'(?m)^(\^C)?{int(signal.SIGINT)}\s*$')
        self.expect('job exited 5')

    def test_suspending_and_going_on(self):
        self.start('sh', '-c', 'trap "echo goes on" CONT; echo ready; '
                               'while ! read line; do :; done; echo "got $line"; exit 4')
        self.expect('ready')
        for _ in range(3):
            os.write(self.terminal, b'\x1a')
            self.expect(f'job stopped {int(signal.SIGTSTP)}')
            self.expect('goes on')
        os.write(self.terminal, b'word\n')
        self.expect('got word')
        self.expect('job exited 4')


def forbid(pids, cover):
    """In a process to be, of another user: what Yama refuses to all but ancestors."""
    forbidden.take_own_mounts()
    for pid in pids:
        forbidden.cover(pid, cover)
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    forbidden.refuse_calls()


@unittest.skipUnless(forbidden.CAN_FORBID and os.path.exists(SYSTEM_PYTHON),
                     'only root can forbid things')
class Forbidden(unittest.TestCase):
    """A second command line, which may not look by itself."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix='shmlens-test-')
        self.addCleanup(shutil.rmtree, self.directory)
        os.chown(self.directory, USER, USER)
        self.script, self.cover = self.directory + '/shares.py', self.directory + '/cover'
        # Those who may not enter where this was built run a copy.
        self.program = shutil.copy(programs.shmlensctl, self.directory + '/shmlensctl')
        os.chmod(self.program, 0o755)
        with open(self.script, 'w') as script:
            script.write(SHARES)
        with open(self.cover, 'w'):
            os.chmod(self.cover, 0)
        self.environment = forbidden.without_leak_check(
            {**os.environ, 'XDG_RUNTIME_DIR': self.directory,
             'HOME': self.directory, 'XDG_CONFIG_HOME': self.directory})
        self.pids = []

    def start(self, *before):
        process = subprocess.Popen([*before, SYSTEM_PYTHON, self.script], text=True,
                                   stdout=subprocess.PIPE, env=self.environment,
                                   user=USER, group=USER, extra_groups=[])
        for cleanup in (process.stdout.close, process.wait, process.kill):
            self.addCleanup(cleanup)
        pids = [int(pid) for pid in process.stdout.readline().split()[1:]]
        for pid in pids:
            self.addCleanup(self.kill, pid)
        self.pids += pids
        return process

    def kill(self, pid):
        if is_running(pid):
            os.kill(pid, signal.SIGKILL)

    def ask(self, *words):
        return subprocess.run([self.program, *words], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=PATIENCE, env=self.environment,
                              preexec_fn=lambda: forbid(self.pids, self.cover))

    def expect(self, *words):
        done = self.ask(*words)
        self.assertEqual((done.returncode, done.stderr), (0, ''), words)
        return done.stdout

    def test_without_an_ancestor_it_is_refused(self):
        self.start()
        done = self.ask('get', f'pid:{self.pids[0]}', 'counter')
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertRegex(done.stderr, 'may not be read')

    def test_below_run_all_works(self):
        process = self.start(self.program, 'run', '--')
        program = f'pid:{self.pids[0]}'
        listed = json.loads(self.expect('list', program, '--json'))
        entries = {entry['name']: entry for entry in listed['entries']}
        self.assertEqual(listed['pids'], self.pids)
        self.assertEqual(entries['counter']['ctype'], 'c_int')
        self.assertEqual(self.expect('get', program, 'counter'), '41\n')
        self.expect('set', program, 'counter', '+=1', *self.unlocked(entries['counter']))
        self.assertEqual(self.expect('get', program, 'counter'), '42\n')
        self.expect('lock', program, 'counter')
        self.expect('set', program, 'stop', '1', *self.unlocked(entries['stop']))
        self.assertEqual(process.wait(PATIENCE), 42)

    def test_two_programs_at_once_are_both_read(self):
        processes = [self.start(self.program, 'run', '--') for _ in range(2)]
        listed = json.loads(self.expect('list', '--json'))['segments']
        for number in range(2):
            pids = self.pids[2 * number:2 * number + 2]
            program = f'pid:{pids[0]}'
            self.assertIn((pids, 'live'), [(segment['pids'], segment['state'])
                                           for segment in listed])
            self.assertEqual(self.expect('get', program, 'counter'), '41\n')
            self.expect('set', program, 'counter', str(50 + number), '--unlocked')
        for number, process in enumerate(processes):
            self.expect('set', f'pid:{self.pids[0]}', 'stop', '1', '--unlocked')
            self.assertEqual(process.wait(PATIENCE), 50 + number)
            del self.pids[:2]  # they are gone

    def unlocked(self, entry):
        return ['--unlocked'] if entry['lock']['way'] == 'none' else []


if __name__ == '__main__':
    programs.main()
