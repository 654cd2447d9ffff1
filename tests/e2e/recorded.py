#!/usr/bin/env python3
"""recorded.py SHMLENSCTL WORKER SHMLENS ATSPI_TREE XDOTOOL: a segment recorded from the
window, and the recording opened in it, with real keys and a real mouse. To be run by
tests/support/with-display."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
import programs
from driver import Window, environment, set_preferences
from programs import Worker, ctl, wait_until


class Recording(unittest.TestCase):
    def setUp(self):
        set_preferences(rate='60.0')
        self.worker = Worker()
        self.addCleanup(self.worker.end)
        self.path = os.path.join(os.environ['HOME'], 'run.shmrec')
        self.window = Window(self, self.worker.segment)
        self.window.wait_for('label', 'the worker')

    def set(self, number):
        done = ctl('set', self.worker.segment, 'number', str(number))
        self.assertEqual(done.returncode, 0, done.stderr)

    def exported(self):
        """The values of the entry that the recording has, one after the other."""
        done = ctl('export', self.path, 'number')
        return [float(line.split(',')[-1]) for line in done.stdout.splitlines()[1:]]

    def wait_for_value(self, text):
        wait_until(lambda: self.window.rows()['number'][1] == text, f'{text} is shown')

    def step_to(self, text):
        shown = self.window.rows()['number'][1]
        if shown != text:
            self.window.key('Left' if shown > text else 'Right')
        return shown == text

    def record(self):
        window = self.window
        window.key('ctrl+shift+r')
        window.wait_for('push button', 'Record Into')
        window.key('alt+r')
        window.wait_for_focus('Name:')
        window.key('ctrl+a')
        window.type(self.path)
        window.key('Return')
        window.wait_until_gone('text', 'Name:')
        wait_until(lambda: os.path.exists(self.path), 'it is being recorded')

    def test_what_is_recorded_is_gone_through_with_the_time_slider(self):
        window = self.window
        self.record()
        for number in 8, 9:
            self.set(number)
            wait_until(lambda: number in self.exported(), f'{number} is in the recording')
        window.key('ctrl+shift+r')
        window.wait_for('label', 'Recorded')
        self.assertEqual(self.exported(), [7, 8, 9])

        # Opened by a second start, which hands it over to the first.
        shmlens = programs.others[0]
        subprocess.run([shmlens, self.path], env=environment(), check=True,
                       timeout=programs.PATIENCE)
        window.wait_for('slider', 'Time in the recording')
        window.filter('number -not', 'number')
        window.click_on('slider', 'Time in the recording')
        window.key('End')
        self.wait_for_value('9')
        # Back, by less than the value before was there; forth, when that was too far.
        wait_until(lambda: self.step_to('8'), 'the value before is shown')
        self.assertEqual(window.complaints(), '')


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL')
