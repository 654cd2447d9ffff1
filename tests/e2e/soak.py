#!/usr/bin/env python3
"""soak.py SHMLENSCTL WORKER SHMLENS ATSPI_TREE XDOTOOL CHURN FRAME_WATCH: the window kept open,
at 60 Hz, on a program of 1000 entries that never rests. To be run by tests/support/with-display.

Two minutes, or thirty with SHMLENS_LONG in the environment; SOAK_SECONDS says how long else.
Round after round the pages are gone through, entries filtered, plotted and looked at as a
grid, while entries come and go; workers are killed, and the segment is replaced, removed
and made again. The window must answer all the time, say nothing, and need no more memory
at the end than it did at the beginning. How many frames it missed is told, for only a
machine with nothing beside can promise any.
"""
import os
import statistics
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
import programs
from driver import Window, environment, set_preferences
from programs import SHM, own_name, remove, wait_until

LONG = 'SHMLENS_LONG' in os.environ
SECONDS = float(os.environ.get('SOAK_SECONDS', 1800 if LONG else 120))
programs.PATIENCE = 600
ROUNDS_MIN = 6  # also on a machine on which they take longer than the time that is given
# The first rounds make what stays: pages, rows, fonts, the histories of entries.
WARM_UP = 2
MIB = 1 << 20
# What all rounds after that may add. A round makes and frees some 12 MiB of entries, rows and
# copies, 1000 entries among them five times: a hundred bytes of each that stayed would be
# half a MiB a round. malloc's own count is exact; what it keeps of pages that are free
# varies by some MiB, and is only to show what malloc does not count.
GROWTH_MAX = 2 * MIB
KEPT_MAX = 24 * MIB
THINGS_MAX = 6
FRAMES_TO_REST = 60
HANG_MS = 60000  # of a processor's time, that the main thread used at one go
COLUMNS = ['name', 'type', 'value', 'sparkline', 'rate-10', 'mean', 'lock', 'changed']


class Churn:
    """A process of tests/e2e/churn.c."""

    def __init__(self, case, *arguments):
        self.process = subprocess.Popen([programs.others[3], *arguments], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        case.addCleanup(self.end)
        if self.process.stdout.readline() != 'ready\n':
            raise AssertionError(f'churn did not start: status {self.process.wait()}')

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(programs.PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process.stdout.close()


class Watched(Window):
    """Tells four times a second how it keeps up, by tests/e2e/frame-watch.c."""

    def __init__(self, case, segment):
        super().__init__(case, segment, stdout=subprocess.PIPE, text=True, env={
            **environment(), 'LD_PRELOAD': programs.others[4], 'G_SLICE': 'always-malloc'})
        self.told = []
        self.thread = threading.Thread(target=self.read)
        self.thread.start()
        case.addCleanup(self.stop)

    def read(self):
        for line in self.process.stdout:
            if line.startswith('frames '):
                self.told.append([int(number) for number in line.split()[1:]])

    def stop(self):
        self.kill()
        self.thread.join()
        self.process.stdout.close()

    def settle(self):
        """Until it has done what it was told, and drawn that."""
        n = len(self.told)
        wait_until(lambda: len(self.told) > n + 1, 'the window tells of itself')

    def in_use(self):
        """Bytes, when the rows have come that come by a few with each frame, and those are gone
        that go so."""
        self.settle()
        drawn = self.told[-1][-2]
        wait_until(lambda: self.told[-1][-2] > drawn + FRAMES_TO_REST, 'the window draws')
        return self.told[-1][-1]

    def anonymous(self):
        """Bytes that are in memory and not of a file: what a leak would be part of."""
        with open(f'/proc/{self.pid}/smaps_rollup') as rollup:
            return next(int(line.split()[1]) * 1024 for line in rollup
                        if line.startswith('Anonymous:'))

    def things(self):
        """Descriptors and threads."""
        return (len(os.listdir(f'/proc/{self.pid}/fd')), len(os.listdir(f'/proc/{self.pid}/task')))


def slope(values):
    """The median of the slopes between any two: a single peak does not count (Theil and Sen)."""
    return statistics.median((values[j] - values[i]) / (j - i)
                             for i in range(len(values)) for j in range(i + 1, len(values)))


class Soak(unittest.TestCase):
    def setUp(self):
        # All of the window is looked at twice, and then it stands still; else there are keys and
        # places that are known: to a window that draws all the time such a look takes long.
        set_preferences(rate='60.0', columns=COLUMNS)
        self.segment = own_name('soak')
        self.addCleanup(remove, self.segment)
        self.make()
        self.window = Watched(self, self.segment)
        self.window.key('ctrl+p')
        self.learn_places()
        self.window.key('ctrl+p')

    def make(self):
        self.maker = Churn(self, self.segment)
        self.worker = Churn(self, '--attach', self.segment)

    def select(self, entry):
        """As a second start does, which hands over to the first: that the window answers."""
        subprocess.run([programs.others[0], self.segment, entry], env=environment(), check=True,
                       timeout=programs.PATIENCE)
        self.window.settle()

    def learn_places(self):
        window = self.window
        window.wait_for('label', 'steady 0')
        self.pages = {page: window.wait_for('page tab', page) for page in ('Details', 'Locks')}
        self.select('steady 5')
        window.key('ctrl+f', 'Escape', 'ctrl+d', 'ctrl+shift+p')
        self.remove_series = window.wait_at_rest('push button', 'Remove steady 5')
        window.click(self.remove_series)
        window.wait_for('label', 'Nothing Is Plotted')
        window.key('ctrl+l')
        self.assertIn('steady 5', wait_until(window.rows, 'there is something in the watch list'))
        window.key('ctrl+l')
        self.select('grid')
        window.key('ctrl+g')
        self.view_choice = window.wait_at_rest('push button', 'How the elements are shown')

    # What is done in each round.

    def look_through_the_table(self):
        window = self.window
        window.key('ctrl+f')
        window.type('steady 12')
        window.settle()
        window.key('Escape', 'Next', 'Next')
        window.settle()
        window.key('End', 'Prior', 'Home')

    def plot(self, entry):
        window = self.window
        self.select(entry)
        window.key('ctrl+shift+p')
        window.settle()
        window.key('ctrl+l')  # the watch list, and back
        window.settle()
        window.key('ctrl+l')
        window.settle()
        window.click(self.remove_series)

    def look_at_the_array(self):
        """As a line, a histogram, a picture, and as a grid again."""
        window = self.window
        self.select('grid')
        window.key('ctrl+g')
        window.type('150, 150')
        window.key('Return')
        for key in 'Down', 'Down', 'Down', 'Home':
            window.click(self.view_choice)
            window.settle()
            window.key(key, 'Return')
            window.settle()

    def lose_a_worker(self):
        self.window.click(self.pages['Locks'])
        self.worker.kill()
        self.worker = Churn(self, '--attach', self.segment)
        self.window.settle()

    def lose_the_segment(self, number):
        """Replaced, and another time removed and made again."""
        self.worker.kill()
        self.maker.kill()
        if number % 2:
            remove(self.segment)
            self.window.settle()
        self.make()
        self.window.settle()
        self.window.key('F5')

    def round(self, number):
        raw = f'{self.segment}-raw-{number % 2}'
        self.addCleanup(remove, raw)
        with open(SHM + raw, 'wb') as file:
            file.write(bytes(1 << 20))
        self.look_through_the_table()
        self.plot(f'steady {number % 10 + 10}')
        self.look_at_the_array()
        self.lose_a_worker()
        self.lose_the_segment(number)
        remove(raw)
        self.select('steady 0')
        self.window.click(self.pages['Details'])

    def report(self, used, kept):
        missed, busy, *_ = self.window.told[-1]
        longest, of_it, waited = max(line[2:5] for line in self.window.told)
        print(f'{len(used)} rounds; in use {used[WARM_UP] / MIB:.2f} MiB, then '
              f'{used[-1] / MIB:.2f}; anonymous {kept[WARM_UP] / MIB:.1f} MiB, then '
              f'{kept[-1] / MIB:.1f}; {missed} frames came more than 100 ms late, {busy} of them '
              f'for which the window used a processor as long; the longest {longest} ms, of which '
              f'it used {of_it} ms and waited {waited} ms for a processor', flush=True)

    def test_it_stays_as_it_is(self):
        window = self.window
        end = time.monotonic() + SECONDS
        used, kept, things = [], [], []
        while time.monotonic() < end or len(used) < ROUNDS_MIN:
            self.round(len(used))
            used.append(window.in_use())
            kept.append(window.anonymous())
            things.append(window.things())
        self.report(used, kept)
        used, kept, things = used[WARM_UP:], kept[WARM_UP:], things[WARM_UP:]
        self.assertLess(slope(used) * len(used), GROWTH_MAX, f'in use after each round: {used}')
        self.assertLess(slope(kept) * len(kept), KEPT_MAX, f'in memory after each round: {kept}')
        for what, counts in zip(('descriptors', 'threads'), zip(*things)):
            self.assertLess(slope(counts) * len(counts), THINGS_MAX, f'{what}: {counts}')
        self.assertLess(max(line[3] for line in window.told), HANG_MS, 'a hang')

        window.key('ctrl+p')
        window.wait_for('label', self.segment, '1002 entries')
        window.wait_for('label', 'steady 0')
        window.key('ctrl+q')
        self.assertEqual(window.process.wait(programs.PATIENCE), 0)
        self.assertEqual(window.complaints(), '')


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL', 'CHURN', 'FRAME_WATCH')
