#!/usr/bin/env python3
"""keep.py SHMLENSCTL WORKER SHMLENS ATSPI_TREE XDOTOOL: what people keep of a program, with real
keys and a real mouse: its values, to compare and restore them; and one that they hold. To be run
by tests/support/with-display."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
import programs
from driver import Window, set_preferences, start_training
from programs import Worker, ctl, ctl_json, value, wait_until

RATE = 'learning rate'  # only people change it


class Case(unittest.TestCase):
    def set(self, entry, text):
        done = ctl('set', self.segment, entry, text, '--timeout', '60')
        self.assertEqual(done.returncode, 0, done.stderr)

    def wait_for_value(self, entry, wanted):
        wait_until(lambda: value(self.segment, entry) == wanted, f'{entry} is {wanted}')


class Snapshot(Case):
    def test_what_changed_since_is_seen_restored_and_undone(self):
        set_preferences()
        worker = Worker()
        self.addCleanup(worker.end)
        self.segment = worker.segment
        window = Window(self, self.segment)
        window.wait_for('label', 'the worker')
        window.select('left', 'left')
        window.key('ctrl+shift+s')
        window.wait_for('label', 'Nothing differs')
        self.set('left', '40')
        window.wait_for('status bar', '1 entry differs')
        top = window.find('push button', 'Compared with').place[1]
        window.click(wait_until(lambda: next((widget for widget in window.widgets()
                                              if widget.role == 'label' and widget.name == 'left'
                                              and widget.place[1] > top), None),
                                'the difference is in the table'))
        window.click_on('push button', 'Restore')
        window.click_on('menu item', 'Restore Selected…')
        window.wait_for_dialog('1 entry is written')
        window.end_dialog('alt+r', '1 entry is written')
        self.wait_for_value('left', 0)
        window.wait_until_gone('status bar', '1 entry differs')
        window.key('ctrl+z')
        self.wait_for_value('left', 40)
        window.wait_for('status bar', '1 entry differs')
        self.assertEqual(window.complaints(), '')


class Hold(Case):
    def setUp(self):
        set_preferences()
        self.segment = start_training(self)

    def hold_rate(self):
        """Holds it where it is."""
        window = Window(self, self.segment)
        window.wait_for('label', 'demo training')
        window.select('learning', RATE)
        window.key('ctrl+h')
        window.wait_for_dialog('fifty times a second')
        window.end_dialog('alt+h', 'fifty times a second')
        window.wait_for('push button', f'Release {RATE} at 0.1')
        self.set(RATE, '0.25')
        self.wait_for_value(RATE, 0.1)
        # It says what it found there.
        window.wait_for('label', f'{RATE} at 0.1', '0.25')
        return window

    def test_an_entry_is_held_until_it_is_released(self):
        window = self.hold_rate()
        window.click_on('push button', f'Release {RATE} at 0.1')
        window.wait_until_gone('push button', f'Release {RATE} at 0.1')
        self.set(RATE, '0.5')
        self.assertEqual(value(self.segment, RATE), 0.5)
        self.assertEqual(window.complaints(), '')

    def test_a_window_that_is_killed_leaves_nothing_held(self):
        self.hold_rate().kill()
        self.set(RATE, '0.5')
        self.assertEqual(value(self.segment, RATE), 0.5)
        self.assertEqual(ctl_json('lock', self.segment, RATE)['lock']['state'], 'free')


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL')
