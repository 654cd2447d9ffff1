#!/usr/bin/env python3
"""window.py SHMLENSCTL WORKER SHMLENS ATSPI_TREE XDOTOOL: the window with its demo, used
with real keys and a real mouse, read as assistive technology reads it, and checked by
what shmlensctl says. To be run by tests/support/with-display."""
import os
import signal
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
import programs
from driver import Window, set_preferences
from programs import Worker, children_of, exists, is_running, remove, value, wait_until

DEMOS = ('training', 'together', 'array')

class DemoWindow(Window):
    """shmlens --demo."""

    def __init__(self, case):
        self.demos = []
        super().__init__(case, '--demo')
        self.segment = f'/demo-training-{self.pid}'
        self.demos = wait_until(lambda: len(children_of(self.pid)) == 3 and children_of(self.pid),
                                'the demo programs run')
        self.demos += wait_until(lambda: len(children_of(self.demos[0])) == 3
                                 and children_of(self.demos[0]), 'the workers run')
        self.wait_for('label', 'demo training')

    def kill(self):
        super().kill()
        for pid in self.demos:
            if is_running(pid):
                os.kill(pid, signal.SIGKILL)
        for demo in DEMOS:
            remove(f'/demo-{demo}-{self.pid}')


class WindowTest(unittest.TestCase):
    lock_timeout = 15  # seconds that an edit waits: long enough to be looked at

    def setUp(self):
        set_preferences(lock_timeout=f'{self.lock_timeout:.1f}')
        self.window = DemoWindow(self)

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
        switch = window.switch_of('stop')
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


class LongWaiting(WindowTest):
    lock_timeout = 600  # longer than the slowest machine takes to find the button

    def test_waiting_can_be_cancelled(self):
        window = self.window
        window.filter('pause', 'pause')
        holder = self.hold('pause')
        switch = window.switch_of('pause')
        window.click(switch)
        window.wait_for('label', 'Waiting for the lock', 'worker', str(holder.pid))
        window.click_on('push button', 'Cancel')
        window.wait_until_gone('label', 'Waiting for the lock')
        holder.tell('release pause')
        steps = value(window.segment, 'steps')
        wait_until(lambda: value(window.segment, 'steps') > steps + 10, 'the workers go on')
        self.assertIs(value(window.segment, 'pause'), False)
        window.key('ctrl+q')
        self.check_end()


class Watching(WindowTest):
    def test_what_is_pinned_is_edited_and_found_again_in_the_next_run(self):
        window = self.window
        window.select('learning', 'learning rate')
        window.key('ctrl+d')
        window.key('ctrl+l')
        wait_until(lambda: window.rows().get('learning rate', [''])[0] == '0.1', 'it is watched')
        window.key('F2')
        window.wait_for('label', 'learning rate (')
        window.type('0.25')
        window.key('Return')
        self.wait_for_value('learning rate', 0.25)
        wait_until(lambda: window.rows()['learning rate'][0] == '0.25', 'it is live')
        window.key('ctrl+q')
        self.check_end()

        # The same program in another run, and so by another name of its segment.
        self.window = window = DemoWindow(self)
        window.key('ctrl+l')
        wait_until(lambda: window.rows().get('learning rate', [''])[0] == '0.1', 'it is found')
        window.key('Delete')
        window.wait_for('label', 'Nothing is watched yet')
        window.key('ctrl+q')
        self.check_end()


class Ending(WindowTest):
    def test_the_close_button_ends_everything(self):
        self.window.click_on('push button', 'Close')
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


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL')
