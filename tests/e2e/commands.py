#!/usr/bin/env python3
"""commands.py SHMLENSCTL WORKER SHMLENS ATSPI_TREE XDOTOOL: the command search by keys alone, and
a second start. To be run by tests/support/with-display."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
import programs
from driver import Window, environment, set_preferences
from programs import Worker, wait_until


class Commands(unittest.TestCase):
    def setUp(self):
        set_preferences()
        self.worker = Worker()
        self.addCleanup(self.worker.end)
        self.window = Window(self, self.worker.segment)
        self.window.wait_for('label', self.worker.segment)

    def search(self, text):
        """Opens the search, and types."""
        window = self.window
        window.key('ctrl+k')
        window.wait_for('entry', 'Search for a command')
        window.type(text)

    def test_what_is_typed_is_found_and_run(self):
        window = self.window
        self.search('shw lcks')
        window.wait_for('label', 'Show the locks')
        window.key('Return')
        window.wait_until_gone('entry', 'Search for a command')
        wait_until(lambda: any('selected' in widget.states or 'checked' in widget.states
                               for widget in window.widgets() if widget.name == 'Locks'),
                   'the locks are shown')

        self.search('nothing of this name')
        wait_until(lambda: any(widget.name == 'Nothing fits' for widget in window.widgets()),
                   'it is said that nothing is found')
        window.key('Escape')
        window.wait_until_gone('entry', 'Search for a command')
        self.assertEqual(window.complaints(), '')

    def test_a_second_start_shows_what_it_names_in_the_first(self):
        other = Worker()
        self.addCleanup(other.end)
        second = subprocess.run([programs.others[0], other.segment], env=environment(),
                                capture_output=True, text=True, timeout=programs.PATIENCE)
        self.assertEqual((second.returncode, second.stdout, second.stderr), (0, '', ''))
        self.window.wait_for('label', f'shm:{other.segment} ·')
        self.assertTrue(programs.is_running(self.window.pid))
        self.assertEqual(self.window.complaints(), '')


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL')
