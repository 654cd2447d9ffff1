#!/usr/bin/env python3
"""plot.py SHMLENSCTL WORKER SHMLENS ATSPI_TREE XDOTOOL: plots of the training demo, made and
moved through with real keys and a real mouse. To be run by tests/support/with-display."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
import programs
from driver import Window, set_preferences, start_training
from programs import wait_until


class Plotting(unittest.TestCase):
    def setUp(self):
        set_preferences()
        self.window = Window(self, start_training(self))
        self.window.wait_for('label', 'demo training')

    def value_of(self, name):
        """What the legend says of a series, of which there is only one."""
        widgets = self.window.widgets()
        box = next(i for i, widget in enumerate(widgets) if widget.name == f'Show {name}')
        return next(widget.name for widget in widgets[box:]
                    if widget.role == 'label' and widget.name not in ('', name))

    def is_still(self):
        return self.window.find('label', 'The plot stands still') is not None

    def test_an_entry_is_plotted_moved_through_and_removed(self):
        window = self.window
        window.select('worker 0 loss', 'worker 0 loss')
        window.key('ctrl+shift+p')
        window.wait_for('check box', 'Show worker 0 loss')
        first = wait_until(lambda: self.value_of('worker 0 loss'), 'it has a value')
        wait_until(lambda: self.value_of('worker 0 loss') != first, 'the value moves')
        self.assertFalse(self.is_still())

        # Keys go where the mouse was last.
        plot = next(widget for widget in window.widgets() if widget.name == 'Plot'
                    and widget.place[2] > 200 and widget.place[3] > 60)
        window.click(plot)
        window.key('Left')
        wait_until(self.is_still, 'it stands still')
        window.key('space')
        wait_until(lambda: not self.is_still(), 'it follows again')
        # With Shift a span is chosen.
        window.move_to(plot)
        window.run('keydown', 'shift', 'mousedown', '1')
        window.run('mousemove_relative', '--sync', '40', '0')
        window.run('mousemove_relative', '--sync', '30', '0')
        window.run('mouseup', '1', 'keyup', 'shift')
        wait_until(self.is_still, 'the chosen span is shown')
        window.click_on('push button', 'Remove worker 0 loss')
        window.wait_for('label', 'Nothing Is Plotted')
        self.assertEqual(window.complaints(), '')


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL')
