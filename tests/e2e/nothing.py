#!/usr/bin/env python3
"""nothing.py SHMLENSCTL WORKER SHMLENS ATSPI_TREE XDOTOOL: the window when nothing shares anything,
and when the first program does. To be run by tests/support/alone, for any Python program on the
machine would be listed, and tests/support/with-display."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
import programs
from driver import Window, set_preferences
from programs import Worker, own_name


class Nothing(unittest.TestCase):
    def test_the_first_program_is_shown_when_it_starts(self):
        set_preferences()
        segment = own_name('first')
        window = Window(self)
        window.wait_for('label', 'No shared memory yet')
        window.wait_for('label', 'Start a Python program that uses multiprocessing',
                        'It appears here by itself.')
        self.assertIsNotNone(window.find('push button', 'Start the _Demo'))
        worker = Worker(segment=segment)
        self.addCleanup(worker.end)
        window.wait_for('label', f'shm:{segment} · ', 'MiB')
        window.filter('left', 'left')
        self.assertIn('left', window.rows())
        self.assertEqual(window.complaints(), '')


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL')
