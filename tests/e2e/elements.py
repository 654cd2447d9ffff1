#!/usr/bin/env python3
"""elements.py SHMLENSCTL WORKER SHMLENS ATSPI_TREE XDOTOOL: the elements of an array selected,
filled, copied, pasted and found, with real keys. To be run by tests/support/with-display."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
import programs
from driver import Window, set_preferences
from programs import Worker, value, wait_until


class Elements(unittest.TestCase):
    def setUp(self):
        set_preferences()
        self.worker = Worker()
        self.addCleanup(self.worker.end)
        self.window = Window(self, self.worker.segment)
        self.window.wait_for('label', 'the worker')
        self.window.select('counts', 'counts')
        self.window.key('Return')
        wait_until(lambda: self.window.focused() and self.window.focused().role != 'table row',
                   'the elements have the focus')

    def wait_for_elements(self, *wanted):
        wait_until(lambda: value(self.worker.segment, 'counts') == list(wanted),
                   f'the elements are {wanted}')

    def fill(self, text):
        """What is selected, and of that the popover says how much it is."""
        window = self.window
        window.key('F2')
        window.wait_for('label', 'counts: 2 elements')
        window.wait_for_focus('New value')
        window.key('ctrl+a')
        window.type(text)
        window.key('Return')
        window.wait_until_gone('label', 'counts: 2 elements')

    def test_a_selection_is_summed_up_filled_and_pasted(self):
        window = self.window
        window.key('ctrl+Home', 'Home', 'shift+Right')
        window.wait_for('label', '2 elements', 'sum 3')
        self.fill('7')
        self.wait_for_elements(7, 7, 3, 4, 5)
        window.key('ctrl+c', 'Right', 'ctrl+v')
        self.wait_for_elements(7, 7, 7, 4, 5)
        window.key('ctrl+z')
        self.wait_for_elements(7, 7, 3, 4, 5)
        window.key('ctrl+z')
        self.wait_for_elements(1, 2, 3, 4, 5)
        self.assertEqual(window.complaints(), '')

    def test_elements_are_found(self):
        window = self.window
        window.key('ctrl+alt+f')
        window.wait_for_focus('Find elements')
        window.type('>3')
        window.key('Return')
        window.wait_for('label', '[3] = 4')
        window.key('F3')
        window.wait_for('label', '[4] = 5')
        window.key('Escape')
        # From elsewhere in the window, too.
        window.key('ctrl+shift+f')
        window.wait_for_focus('Filter segments')
        window.key('ctrl+alt+f')
        window.wait_for_focus('Find elements')
        self.assertEqual(window.complaints(), '')


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL')
