#!/usr/bin/env python3
"""python-window.py SHMLENSCTL WORKER SHMLENS ATSPI_TREE XDOTOOL: the window with a Python
program that was not prepared for it, used with real keys and a real mouse. To be run by
tests/support/with-display."""
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../support'))
import forbidden
import programs
from driver import Window, environment, set_preferences
from programs import children_of, ctl_json, value, wait_until

SCRIPT = 'simulate.py'
SHARES = """
import ctypes, multiprocessing, sys
class Pose(ctypes.Structure):
    _fields_ = [("x", ctypes.c_double), ("step", ctypes.c_int)]
pose = multiprocessing.Value(Pose, 1.5, 7)
print("ready", flush=True)
sys.stdin.read()
print(pose.x, pose.step, flush=True)
"""
# Waits to be told before it is the program, in the same process.
RUN = 'read line; exec "$@"'
LOCK_TIMEOUT = 15  # seconds that an edit waits: long enough to be looked at


class PythonTest(unittest.TestCase):
    def setUp(self):
        self.log = tempfile.TemporaryFile('w+')
        self.addCleanup(self.log.close)
        self.program = subprocess.Popen([sys.executable, os.path.join(HERE, SCRIPT)],
                                        stdout=self.log, stderr=subprocess.STDOUT,
                                        stdin=subprocess.DEVNULL, start_new_session=True)
        self.addCleanup(self.end_program)
        self.id = f'pid:{self.program.pid}'
        wait_until(lambda: 'ready' in self.said(), 'the program runs')

    def end_program(self):
        try:
            os.killpg(self.program.pid, 9)
        except ProcessLookupError:
            pass
        self.program.wait()

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def lock_of(self, name):
        return next(entry['lock'] for entry in ctl_json('list', self.id)['entries']
                    if entry['name'] == name)

    def wait_for_value(self, entry, wanted):
        wait_until(lambda: value(self.id, entry) == wanted, f'{entry} is {wanted}')

    def open_by_its_title(self, window):
        """As people do: they scroll through the list until they see it, and click on it."""
        def seen():
            title = window.find('label', SCRIPT)
            if title is not None and title.place[1] + title.place[3] < window.height():
                return title
            window.scroll_down(window.find('label', 'Python program'))
            return None
        window.wait_for('label', 'Python program')
        window.click(wait_until(seen, f'{SCRIPT} is in the list'))
        window.wait_for('label', self.id, 'entries')


class Looking(PythonTest):
    def test_a_program_is_found_watched_edited_and_stopped(self):
        window = Window(self)
        self.open_by_its_title(window)

        # Live, by the names that the program gave.
        window.filter('counter', 'counter')
        first = window.rows()['counter']
        wait_until(lambda: window.rows()['counter'] != first, 'the counter moves')
        window.filter('progress', 'progress')
        first = window.rows()['progress']
        wait_until(lambda: window.rows()['progress'] != first, 'the progress moves')

        # An element of an array, by the keys alone.
        window.select('samples', 'samples')
        self.assertIn('[1.0, 2.0, 3.0]', window.rows()['samples'])
        window.key('Return')
        window.key('Return')
        window.wait_for('label', 'samples[0] (')
        window.type('7.5')
        window.key('Return')
        self.wait_for_value('samples[0]', 7.5)
        window.wait_until_gone('label', 'samples[0] (')

        # What the stop flag does is up to the program.
        window.filter('stop', 'stop')
        self.assertIn('clear', window.rows()['stop'])
        window.click(window.switch_of('stop'))
        self.assertEqual(self.program.wait(programs.PATIENCE), 0)
        self.assertIn('done with limit 3 and samples [7.5, 2.0, 3.0]', self.said())
        window.wait_for('label', 'The program has ended')
        window.wait_for('label', 'ended')
        self.assertIn('set', window.rows()['stop'])
        window.key('ctrl+q')
        self.assertEqual(window.process.wait(programs.PATIENCE), 0)
        self.assertEqual(window.complaints(), '')


class Running(unittest.TestCase):
    """`shmlens run` while a window is open, which may not look into the program by itself."""

    def setUp(self):
        self.cover = tempfile.NamedTemporaryFile()
        self.addCleanup(self.cover.close)
        if forbidden.CAN_FORBID:
            os.chown(self.cover.name, forbidden.ANOTHER, forbidden.ANOTHER)
            os.chmod(self.cover.name, 0)

    def run_program(self):
        script = tempfile.NamedTemporaryFile('w', suffix='.py')
        self.addCleanup(script.close)
        script.write(SHARES)
        script.flush()
        runner = subprocess.Popen([programs.others[0], 'run', '--', 'sh', '-c', RUN, 'sh',
                                   sys.executable, script.name],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                  env=environment(), preexec_fn=self.drop)
        for cleanup in (runner.stdout.close, runner.wait, runner.kill, runner.stdin.close):
            self.addCleanup(cleanup)
        return runner

    def test_an_open_window_is_given_the_program_and_asks_its_ancestor(self):
        window = Window(self, preexec_fn=self.forbid,
                        env=forbidden.without_leak_check(environment()))
        runner = self.run_program()
        program = wait_until(lambda: children_of(runner.pid), 'the program runs')[0]
        # The window that the command opens gives the program to the one that is there, and ends.
        window.wait_for('label', str(program))
        wait_until(lambda: children_of(runner.pid) == [program], 'the second window has ended')
        if forbidden.CAN_FORBID:
            forbidden.cover_for(window.pid, program, self.cover.name)
        runner.stdin.write('\n')
        runner.stdin.flush()
        self.assertEqual(runner.stdout.readline(), 'ready\n')

        # A field of its structure.
        window.wait_for('label', f'pid:{program}', 'entry')
        wait_until(lambda: self.click_on_field(window, 'step'), 'the field has the focus')
        window.key('F2')
        window.wait_for('label', 'pose.step (')
        window.type('12')
        window.key('Return')
        wait_until(lambda: value(f'pid:{program}', 'pose.step') == 12, 'the field is changed')
        window.wait_until_gone('label', 'pose.step (')
        output, _ = runner.communicate(timeout=programs.PATIENCE)
        self.assertEqual((runner.returncode, output), (0, '1.5 12\n'))
        window.wait_for('label', 'The program has ended')
        window.key('ctrl+q')
        self.assertEqual(window.process.wait(programs.PATIENCE), 0)
        self.assertEqual(window.complaints(), '')

    def click_on_field(self, window, name):
        """Whether its row has the focus then."""
        for field in (widget for widget in window.widgets() if widget.name == name):
            window.click(field)
            focused = window.focused()
            return focused is not None and focused.role == 'table row' \
                and 0 <= field.place[1] - focused.place[1] < focused.place[3]
        return False

    # In the processes to be: who has fewer capabilities than another may not look into it.

    def drop(self):
        if forbidden.CAN_FORBID:
            forbidden.drop_capabilities()

    def forbid(self):
        if forbidden.CAN_FORBID:
            forbidden.take_own_mounts()
            forbidden.drop_capabilities()
            forbidden.refuse_calls()


class Waiting(PythonTest):
    def test_who_holds_a_lock_is_seen_and_waited_for(self):
        window = Window(self, self.id, 'limit')
        window.wait_for('label', self.id, 'entries')
        window.filter('hold', 'hold')
        window.click(window.switch_of('hold'))
        wait_until(lambda: self.lock_of('limit')['state'] == 'held', 'the lock is held')
        keeper = self.lock_of('limit')['owner_pid']

        window.edit('limit', 'limit')
        window.type('5')
        window.key('Return')
        window.wait_for('label', 'Waiting for the lock', str(keeper))
        window.wait_for('label', 'not obtained within', str(keeper))
        window.key('Escape')
        window.wait_until_gone('label', 'limit (')
        self.assertEqual(value(self.id, 'limit'), 3)
        window.wait_for('label', 'The lock is held by', str(keeper), 'for at least')

        window.filter('hold', 'hold')
        window.click(window.switch_of('hold'))
        wait_until(lambda: self.lock_of('limit')['state'] == 'free', 'the lock is let go')
        window.edit('limit', 'limit')
        window.type('5')
        window.key('Return')
        self.wait_for_value('limit', 5)
        window.wait_until_gone('label', 'limit (')
        window.key('ctrl+q')
        self.assertEqual(window.process.wait(programs.PATIENCE), 0)
        self.assertEqual(window.complaints(), '')


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL',
                  prepare=lambda: set_preferences(lock_timeout=f'{LOCK_TIMEOUT}.0'))
