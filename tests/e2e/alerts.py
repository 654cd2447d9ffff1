#!/usr/bin/env python3
"""alerts.py SHMLENSCTL WORKER SHMLENS ATSPI_TREE XDOTOOL: an alert on the training demo, made with
real keys; it is met, and is there again in the next window. To be run by
tests/support/with-display."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
import programs
from driver import Window, set_preferences, start_training
from programs import ctl, wait_until


class Alerting(unittest.TestCase):
    def setUp(self):
        set_preferences(dock_page="'alerts'")
        self.segment = start_training(self)

    def open_window(self):
        window = Window(self, self.segment)
        window.wait_for('label', 'demo training')
        return window

    def pause(self, value):
        done = ctl('set', self.segment, 'pause', value, '--timeout', '60')
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_an_alert_is_made_is_met_and_is_kept(self):
        window = self.open_window()
        window.wait_for('label', 'No alerts yet')
        window.select('pause', 'pause')
        window.key('ctrl+shift+a')
        # What is offered is right for a flag.
        window.wait_for_dialog('Tell when')
        wait_until(lambda: window.focused() and window.focused().name == 'Condition',
                   'the condition has the focus')
        window.end_dialog('Return', 'Tell when')
        window.wait_for('label', 'pause != 0')
        window.wait_for('label', 'waiting')
        self.pause('true')
        window.wait_for('label', 'Alert: pause != 0')
        window.wait_for('label', 'met since')
        window.wait_for('label', 'met 1 time')
        self.pause('false')
        window.wait_for('label', 'waiting')
        self.assertEqual(window.complaints(), '')
        window.key('ctrl+q')
        window.process.wait(programs.PATIENCE)

        window = self.open_window()
        window.wait_for('label', 'met 1 time')
        self.pause('true')
        window.wait_for('label', 'met 2 times')
        # The message moves what is below it.
        window.wait_for('label', 'Alert: pause != 0')
        window.click_on('push button', 'Remove the alert')
        window.wait_for('label', 'No alerts yet')
        self.assertEqual(window.complaints(), '')


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL')
