#!/usr/bin/env python3
"""states.py SHMLENSCTL WORKER SHMLENS ATSPI_TREE XDOTOOL: what can be the matter with a segment:
not there yet, removed, replaced, shrunk, corrupt, closed to us, read only. Each says so, and has a
way forward, which is taken. To be run by tests/support/with-display."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
import forbidden
import programs
from driver import Window, environment, set_preferences
from programs import SHM, Worker, ctl, own_name, remove, value, wait_until

NEW_ONE, TRY_AGAIN = '_Show the New One', '_Try Again'


class States(unittest.TestCase):
    def setUp(self):
        set_preferences()
        self.segment = own_name('state')
        self.path = SHM + self.segment.lstrip('/')

    def start_worker(self):
        worker = Worker(segment=self.segment)
        self.addCleanup(worker.end)
        return worker

    def wait_until_open(self, window):
        """The window says below its title what the whole segment is."""
        window.wait_for('label', f'shm:{self.segment} · ', 'MiB')

    def check_shown(self, window, left):
        """The segment's table is there and follows the program."""
        self.wait_until_open(window)
        window.filter('left', 'left')
        done = ctl('set', self.segment, 'left', left, '--timeout', '60')
        self.assertEqual(done.returncode, 0, done.stderr)
        wait_until(lambda: window.rows().get('left', [''] * 2)[1] == left, f'left is {left}')

    def test_one_that_comes_goes_and_comes_again(self):
        window = Window(self, self.segment)
        window.wait_for('label', f'{self.segment} is not there')
        window.wait_for('label', 'It is shown as soon as a program makes it.')
        self.start_worker()
        self.check_shown(window, '11')

        remove(self.segment)
        window.wait_for('label', 'was removed; what is shown is the memory')
        self.assertEqual(window.rows()['left'][1], '11')
        self.assertIsNone(window.find('push button', NEW_ONE))

        self.start_worker()
        window.wait_for('label', 'now names another segment')
        self.assertEqual(window.rows()['left'][1], '11')
        window.click_on('push button', NEW_ONE)
        window.wait_until_gone('label', 'now names another segment')
        self.check_shown(window, '12')
        self.assertEqual(window.complaints(), '')

    def test_one_that_shrinks_and_is_made_anew(self):
        worker = self.start_worker()
        window = Window(self, self.segment)
        self.wait_until_open(window)
        window.filter('left', 'left')
        worker.tell('shrink')
        # The last values stay.
        window.wait_for('label', 'became shorter: its file has 4096 bytes', 'start them again')
        self.assertIn('left', window.rows())
        window.click_on('push button', TRY_AGAIN)
        window.wait_for('label', 'This segment cannot be read')
        window.wait_for('label', 'is corrupt', 'remove it and start its programs again')
        self.assertIsNotNone(window.find('push button', TRY_AGAIN))
        remove(self.segment)
        self.start_worker()
        self.check_shown(window, '13')
        self.assertEqual(window.complaints(), '')

    def test_one_that_may_not_be_opened_or_not_be_written(self):
        self.start_worker()
        os.chmod(self.path, 0)
        window = Window(self, self.segment, preexec_fn=self.drop,
                        env=forbidden.without_leak_check(environment()))
        window.wait_for('label', 'No access')
        window.wait_for('label', 'may not be opened: it is yours, with mode 0000; run chmod u+rw')
        window.click_on('push button', TRY_AGAIN)
        self.assertIsNone(window.find('label', f'shm:{self.segment} · '))
        os.chmod(self.path, 0o400)
        window.wait_for('label', self.segment, 'read only')
        window.edit('left', 'left')
        window.wait_for('label', 'left: ', 'may not be written: it is yours, with mode 0400;'
                        ' run chmod u+w')
        window.key('Escape')
        window.wait_until_gone('label', 'left (')
        os.chmod(self.path, 0o600)
        window.wait_until_gone('label', self.segment, 'read only')
        window.edit('left', 'left')
        window.type('14')
        window.key('Return')
        wait_until(lambda: value(self.segment, 'left') == 14, 'left is 14')
        window.wait_until_gone('label', 'left (')
        self.assertEqual(window.complaints(), '')

    def drop(self):
        """In the window to be: root is a user like others."""
        if forbidden.CAN_FORBID:
            forbidden.drop_capabilities()


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL')
