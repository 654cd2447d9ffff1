#!/usr/bin/env python3
"""finding.py SHMLENSCTL WORKER SHMLENS ATSPI_TREE XDOTOOL: entries and segments found and
kept, with real keys and a real mouse. To be run by tests/support/with-display."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
import programs
from driver import Window, set_preferences
from programs import Worker, remove, wait_until


class Finding(unittest.TestCase):
    def setUp(self):
        set_preferences()
        self.worker = Worker()
        self.addCleanup(remove, self.worker.segment)
        self.addCleanup(self.worker.end)
        self.window = Window(self, self.worker.segment)
        self.window.wait_for('label', 'the worker')

    def test_words_of_the_filter_leave_what_they_mean(self):
        window = self.window
        for text, names in (('infinity', ['infinity', 'minus infinity']),
                            ('infinity -minus', ['infinity']),
                            ('type:int32 left', ['left']),
                            ('role:flag', ['flag']),
                            ('ri gh', ['right'])):
            window.filter(text, *names)
        window.filter('nothing of this name')
        window.wait_for('status bar', 'No entry passes the filter')
        window.key('Escape')
        window.wait_until_gone('status bar', 'No entry passes the filter')
        self.assertEqual(window.complaints(), '')

    def listed(self):
        return [widget.name for widget in self.window.widgets()
                if widget.role == 'label' and widget.name.startswith('/e2e-test-')]

    def test_segments_are_found_by_name(self):
        window = self.window
        other = Worker()
        self.addCleanup(other.end)
        window.wait_for('label', other.segment)
        window.key('ctrl+shift+f')
        window.type(other.segment[1:])
        wait_until(lambda: self.listed() == [other.segment], 'only the other one is listed')
        self.assertEqual(window.complaints(), '')

    def test_what_is_watched_is_found_again_when_its_segment_comes_back(self):
        window = self.window
        window.select('number -not', 'number')
        window.key('ctrl+d', 'ctrl+l')
        wait_until(lambda: window.rows().get('number', [''])[0] == '7', 'it is watched')
        self.worker.end()
        wait_until(lambda: 'was removed' in ' '.join(window.rows()['number']), 'it is gone')
        again = Worker(segment=self.worker.segment)
        self.addCleanup(again.end)
        programs.ctl('set', again.segment, 'number', '8')
        wait_until(lambda: window.rows()['number'][0] == '8', 'it is there again')
        self.assertEqual(window.complaints(), '')


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL')
