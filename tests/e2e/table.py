#!/usr/bin/env python3
"""table.py SHMLENSCTL WORKER SHMLENS ATSPI_TREE XDOTOOL: columns chosen, values displayed in a
form, several edited at once, with real keys and a real mouse. To be run by
tests/support/with-display."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
import programs
from driver import Window, set_preferences
from programs import Worker, value, wait_until


class Table(unittest.TestCase):
    def setUp(self):
        set_preferences()
        self.worker = Worker()
        self.addCleanup(self.worker.end)
        self.segment = self.worker.segment
        self.window = Window(self, self.segment)
        self.window.wait_for('label', 'the worker')

    def test_a_column_is_chosen(self):
        window = self.window
        window.select('number -not', 'number')
        window.choose('Columns…')
        window.wait_for('check box', 'Previous')
        window.move_focus('Previous')
        window.key('space', 'Escape')
        window.wait_until_gone('check box', 'Previous')
        programs.ctl('set', self.segment, 'number', '9')
        wait_until(lambda: {'9', '7'} <= set(window.rows()['number']), 'both values are seen')
        self.assertEqual(window.complaints(), '')

    def test_a_value_is_displayed_and_typed_in_hexadecimal(self):
        window = self.window
        window.select('number -not', 'number')
        window.choose('Display…')
        window.wait_for('combo box', 'Form')
        window.wait_for_focus('Form')
        window.key('space')
        window.wait_for('label', 'Hexadecimal')
        wait_until(lambda: not window.has_focus('GtkToggleButton'), 'the list has the focus')
        window.move_focus('Hexadecimal', 'Down')
        window.key('Return')
        window.wait_for('label', '0x00000007')
        window.move_focus('Apply')
        window.key('Return')
        wait_until(lambda: '0x00000007' in window.rows().get('number', []), 'it is displayed')
        window.edit('number -not', 'number')
        window.key('ctrl+a')
        window.type('0x2a')
        window.key('Return')
        wait_until(lambda: value(self.segment, 'number') == 42, 'it is written')
        wait_until(lambda: '0x0000002a' in window.rows()['number'], 'it is displayed')
        self.assertEqual(window.complaints(), '')

    def test_several_are_edited_and_undone_at_once(self):
        window = self.window
        window.filter('infinity', 'infinity', 'minus infinity')
        before = value(self.segment, 'minus infinity')
        wait_until(window.tab_into_table, 'the table has the focus')
        window.key('ctrl+Home', 'ctrl+a', 'F2')
        window.wait_for('label', 'Edit 2 entries')
        window.wait_for_focus('New value of all')
        window.type('0.5')
        window.key('Return')
        for name in 'infinity', 'minus infinity':
            wait_until(lambda: value(self.segment, name) == 0.5, f'{name} is written')
        window.wait_until_gone('label', 'Edit 2 entries')
        window.key('ctrl+z')
        wait_until(lambda: value(self.segment, 'minus infinity') == before, 'it is undone')
        self.assertEqual(window.complaints(), '')


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL')
