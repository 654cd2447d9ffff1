#!/usr/bin/env python3
"""window.py SHMLENSCTL WORKER SHMLENS ATSPI_TREE XDOTOOL: the window with its demo, used
with real keys and a real mouse, read as assistive technology reads it, and checked by
what shmlensctl says. To be run by tests/support/with-display."""
import collections
import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
import programs
from programs import Worker, children_of, exists, is_running, remove, value, wait_until

DEMOS = ('training', 'together', 'array')
LOCK_TIMEOUT = 8  # seconds that an edit waits: long enough to be looked at

Widget = collections.namedtuple('Widget', 'depth role name states place')


class Window:
    """shmlens --demo, as a user starts it."""

    def __init__(self, case):
        self.log = tempfile.TemporaryFile('w+')
        case.addCleanup(self.log.close)
        shmlens, atspi_tree, self.xdotool = programs.others
        self.process = subprocess.Popen(
            [shmlens, '--demo'], stderr=self.log,
            env={**os.environ, 'GSETTINGS_BACKEND': 'keyfile'})
        self.pid = self.process.pid
        self.segment = f'/demo-training-{self.pid}'
        self.demos = []
        case.addCleanup(self.kill)
        self.reader = subprocess.Popen([atspi_tree, str(self.pid)], text=True,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL)  # it warns of GTK's bridge
        case.addCleanup(self.stop_reading)
        self.demos = wait_until(lambda: len(children_of(self.pid)) == 3 and children_of(self.pid),
                                'the demo programs run')
        self.demos += wait_until(lambda: len(children_of(self.demos[0])) == 3
                                 and children_of(self.demos[0]), 'the workers run')
        self.window = wait_until(self.find_window, 'the window is there and has the focus')
        self.wait_for('label', 'demo training')

    def kill(self):
        for pid in (self.pid, *self.demos):
            if is_running(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        for demo in DEMOS:
            remove(f'/demo-{demo}-{self.pid}')

    def stop_reading(self):
        self.reader.stdin.close()
        self.reader.kill()
        self.reader.wait()
        self.reader.stdout.close()

    def run(self, *arguments):
        return subprocess.run([self.xdotool, *arguments], capture_output=True, text=True,
                              timeout=programs.PATIENCE)

    def find_window(self):
        active = self.run('getactivewindow').stdout.strip()
        return active and self.run('getwindowpid', active).stdout.strip() == str(self.pid) and active

    def complaints(self):
        self.log.seek(0)
        return self.log.read()

    # What is on the screen.

    def widgets(self):
        """Everything that can be seen now."""
        watchdog = threading.Timer(programs.PATIENCE, self.reader.kill)
        watchdog.start()
        self.reader.stdin.write('\n')
        self.reader.stdin.flush()
        found = []
        while line := self.reader.stdout.readline().rstrip('\n'):
            depth, *fields, place = line.split('\t')
            place = tuple(map(int, place.split(',')))
            if place[2] > 0 and place[3] > 0:
                found.append(Widget(int(depth), *fields, place))
        watchdog.cancel()
        if not found and self.process.poll() is not None:
            raise AssertionError(f'the window has ended: {self.complaints()}')
        return found

    def find(self, role, *parts):
        """The first widget of this role whose name has all the parts."""
        for widget in self.widgets():
            if widget.role == role and all(part in widget.name for part in parts):
                return widget
        return None

    def wait_for(self, role, *parts):
        return wait_until(lambda: self.find(role, *parts), f'there is a {role} with {parts}')

    def wait_until_gone(self, role, *parts):
        wait_until(lambda: not self.find(role, *parts), f'there is no {role} with {parts}')

    def rows(self):
        """The texts of each row of the table; the filter must have left few."""
        rows, row, depth = [], None, 0
        for widget in self.widgets():
            if row is not None and widget.depth <= depth:
                row = None
            if widget.role == 'table row':
                row, depth = [], widget.depth
            elif widget.name == 'GtkColumnViewCell' and row == []:
                rows.append(row)
            elif widget.role == 'label' and row is not None:
                row.append(widget.name)
        return {row[0]: row[1:] for row in rows if row}

    # Keys and the mouse.

    def key(self, *keys):
        self.run('key', '--clearmodifiers', *keys)

    def type(self, text):
        self.run('type', '--clearmodifiers', text)

    def click(self, widget):
        geometry = dict(line.split('=') for line in
                        self.run('getwindowgeometry', '--shell', self.window).stdout.split())
        x, y, width, height = widget.place
        # What the toolkit calls the window begins inside its shadow.
        self.run('mousemove', '--sync', str(int(geometry['X']) + x + width // 2 + 5),
                 str(int(geometry['Y']) + y + height // 2 + 5))
        self.run('click', '1')

    def focused(self):
        return next((widget for widget in self.widgets() if 'focused' in widget.states), None)

    def filter(self, text, *names):
        """Leaves only the rows of these entries."""
        self.key('ctrl+f')
        wait_until(lambda: (self.focused() or Widget(*[''] * 5)).role == 'entry',
                   'the filter has the focus')
        self.key('ctrl+a')
        self.type(text)
        wait_until(lambda: sorted(self.rows()) == sorted(names), f'the table has only {names}')

    def select(self, text, name):
        """Selects the entry; the table has the focus then."""
        self.filter(text, name)
        self.key('Tab')
        self.key('ctrl+Home')

    def edit(self, text, name):
        """Opens the place to type a new value in."""
        self.select(text, name)
        self.key('F2')
        self.wait_for('label', f'{name} (')
        wait_until(lambda: any('New value' in widget.name and 'focused' in widget.states
                               for widget in self.widgets()), 'the value can be typed in')


class WindowTest(unittest.TestCase):
    def setUp(self):
        self.window = Window(self)

    def check_end(self, status=0):
        """Ends well: says nothing, and leaves neither programs nor shared memory."""
        self.assertEqual(self.window.process.wait(programs.PATIENCE), status)
        wait_until(lambda: not any(map(is_running, self.window.demos)), 'all programs have ended')
        for demo in DEMOS:
            self.assertFalse(exists(f'/demo-{demo}-{self.window.pid}'))
        if programs.has_own_shm:
            self.assertEqual(os.listdir(programs.SHM), [])
        self.assertEqual(self.window.complaints(), '')

    def wait_for_value(self, entry, wanted):
        wait_until(lambda: value(self.window.segment, entry) == wanted, f'{entry} is {wanted}')

    def hold(self, entry):
        """Lets another program hold the entry's lock; gives back how to let go."""
        holder = Worker(attach=self.window.segment)
        self.addCleanup(holder.end)
        holder.tell(f'hold {entry}')
        return holder


class Looking(WindowTest):
    def test_values_move(self):
        self.window.filter('uint64', 'steps')
        first = self.window.rows()['steps']
        wait_until(lambda: self.window.rows()['steps'] != first, 'the counter moves')
        self.window.key('ctrl+q')
        self.check_end()

    def test_pausing_stands_still_and_goes_on(self):
        window = self.window
        window.filter('uint64', 'steps')
        window.key('ctrl+p')
        wait_until(lambda: window.rows() == window.rows(), 'the values stand still')
        still, steps = window.rows(), value(window.segment, 'steps')
        wait_until(lambda: value(window.segment, 'steps') > steps + 50, 'the program goes on')
        self.assertEqual(window.rows(), still)
        window.key('ctrl+p')
        wait_until(lambda: window.rows() != still, 'the values move again')


class Editing(WindowTest):
    def test_a_typed_value_arrives_and_is_undone_and_redone(self):
        window = self.window
        window.edit('learning', 'learning rate')
        window.type('0.25')
        window.key('Return')
        self.wait_for_value('learning rate', 0.25)
        window.wait_until_gone('label', 'learning rate (')
        window.key('ctrl+z')
        self.wait_for_value('learning rate', 0.1)
        window.key('ctrl+shift+z')
        self.wait_for_value('learning rate', 0.25)
        window.key('F2')
        window.wait_for('label', 'learning rate (')
        window.type('*=2')
        window.key('Return')
        self.wait_for_value('learning rate', 0.5)
        window.wait_until_gone('label', 'learning rate (')
        window.key('ctrl+q')
        self.check_end()

    def test_a_wrong_value_is_refused_with_its_sentence(self):
        window = self.window
        window.edit('learning', 'learning rate')
        for text, sentence in (('much', 'much'), ('7', '1.0'), ('', '')):
            window.key('ctrl+a', 'BackSpace')
            window.type(text)
            wait_until(lambda: any('invalid' in widget.states for widget in window.widgets())
                       or not window.find('push button', 'Apply')
                       or 'sensitive' not in window.find('push button', 'Apply').states,
                       f'"{text}" is refused')
            window.wait_for('label', sentence)
            window.key('Return')
        self.assertIsNotNone(window.find('label', 'learning rate ('))
        self.assertEqual(value(window.segment, 'learning rate'), 0.1)
        window.key('Escape')
        window.wait_until_gone('label', 'learning rate (')
        window.key('ctrl+w')
        self.check_end()

    def test_the_stop_switch_is_obeyed(self):
        window = self.window
        window.filter('stop', 'stop')
        switch = next(widget for widget in window.widgets()
                      if widget.name == 'stop' and widget.role not in ('label', 'table row'))
        training, *_ = window.demos
        workers = children_of(training)
        window.click(switch)
        wait_until(lambda: not any(map(is_running, [training, *workers])), 'the workers end')
        self.assertFalse(exists(window.segment))
        window.wait_for('label', 'removed')
        window.key('ctrl+q')
        self.check_end()


class Waiting(WindowTest):
    def test_a_held_lock_is_named_and_given_up_in_time(self):
        window = self.window
        holder = self.hold('learning rate')
        window.edit('learning', 'learning rate')
        window.type('0.5')
        window.key('Return')
        window.wait_for('label', 'Waiting for the lock', 'worker', str(holder.pid))
        window.wait_for('label', 'not obtained within')
        self.assertEqual(value(window.segment, 'learning rate'), 0.1)
        holder.tell('release learning rate')
        window.wait_for('push button', 'Try Again')
        window.key('Return')
        self.wait_for_value('learning rate', 0.5)
        window.wait_until_gone('label', 'learning rate (')
        window.key('ctrl+q')
        self.check_end()

    def test_waiting_can_be_cancelled(self):
        window = self.window
        window.filter('pause', 'pause')
        holder = self.hold('pause')
        switch = next(widget for widget in window.widgets()
                      if widget.name == 'pause' and widget.role not in ('label', 'table row'))
        window.click(switch)
        window.wait_for('label', 'Waiting for the lock', 'worker', str(holder.pid))
        window.click(window.wait_for('push button', 'Cancel'))
        window.wait_until_gone('label', 'Waiting for the lock')
        holder.tell('release pause')
        steps = value(window.segment, 'steps')
        wait_until(lambda: value(window.segment, 'steps') > steps + 10, 'the workers go on')
        self.assertIs(value(window.segment, 'pause'), False)
        window.key('ctrl+q')
        self.check_end()


class Ending(WindowTest):
    def test_the_close_button_ends_everything(self):
        self.window.click(self.window.wait_for('push button', 'Close'))
        self.check_end()

    def test_sigterm_ends_everything(self):
        self.window.process.terminate()
        self.assertIn(self.window.process.wait(programs.PATIENCE), (0, -signal.SIGTERM))
        self.check_end(self.window.process.returncode)

    def test_sigkill_ends_everything(self):
        self.window.process.kill()
        self.window.process.wait()
        for demo in DEMOS:
            wait_until(lambda: not exists(f'/demo-{demo}-{self.window.pid}'), 'the names are gone')
        self.check_end(-signal.SIGKILL)


def set_preferences():
    directory = os.path.join(os.environ['XDG_CONFIG_HOME'], 'glib-2.0', 'settings')
    os.makedirs(directory)
    with open(os.path.join(directory, 'keyfile'), 'w') as keyfile:
        keyfile.write(f'[org/shmlens/Shmlens]\nlock-timeout={LOCK_TIMEOUT}.0\n')


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL', prepare=set_preferences)
