#!/usr/bin/env python3
"""locks.py SHMLENSCTL WORKER SHMLENS ATSPI_TREE XDOTOOL: the page of locks, with a Python program
of which one process keeps a lock, another waits for it, and the first dies. With real keys and a
real mouse; to be run by tests/support/with-display."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support'))
import programs
from driver import Window, set_preferences
from programs import Worker, ctl_json, value, wait_until

ZERO = 'minus zero'  # an entry of the worker with a lock of its own

# Says the numbers of its processes. Ends at the end of its input.
KEEPS = """
import multiprocessing, os, signal, sys
context = multiprocessing.get_context('fork')
counter = context.Value('q', 0)
taken = context.Event()
def hold():
    counter.get_lock().acquire()
    taken.set()
    signal.pause()
def add():
    taken.wait()
    with counter.get_lock():
        counter.value += 1
    signal.pause()
holder, waiter = (context.Process(target=each) for each in (hold, add))
holder.start()
waiter.start()
taken.wait()
print(holder.pid, waiter.pid, flush=True)
sys.stdin.read()
for each in (holder, waiter):
    each.kill()
    each.join()
"""


class Locks(unittest.TestCase):
    def setUp(self):
        set_preferences(dock_page="'locks'", lock_notice='0.5')

    def start_program(self):
        program = subprocess.Popen([sys.executable, '-c', KEEPS], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(program.stdout.close)
        self.addCleanup(program.wait)
        self.addCleanup(program.stdin.close)
        return (program.pid, *map(int, program.stdout.readline().split()))

    def wait_for_lock(self, window, name, *cells):
        """On the page the row of this entry's lock begins so."""
        wait_until(lambda: any(row[:1 + len(cells)] == [name, *cells] for row in window.all_rows()),
                   f'the lock of {name} is {cells}')

    def recover(self, window, segment, name):
        """First one thinks better of it."""
        window.wait_for('label', f'The holder of the lock of {name} has died.')
        window.click_on('push button', 'Recover…')
        question = f'Recover the lock of “{name}”'
        window.wait_for_dialog(question)
        window.wait_for('label', 'may be half written')
        window.end_dialog('Escape', question)
        self.assertEqual(ctl_json('lock', segment, name)['lock']['state'], 'dead')
        window.click_on('push button', 'Recover…')
        window.wait_for_dialog(question)
        window.end_dialog('alt+r', question)

    def test_a_lock_of_python_is_told_and_recovered(self):
        program, holder, waiter = self.start_program()
        window = Window(self, f'pid:{program}')
        window.wait_for('label', 'The lock of counter has been held by', f'({holder})')
        self.wait_for_lock(window, 'counter', 'held', f'python3 ({holder})')
        # How long and how deep it is held, and how many wait for it.
        wait_until(lambda: any(row[0] == 'counter' and row[4:6] == ['1', '1']
                               for row in window.all_rows()), 'one waits for the lock')
        os.kill(holder, 9)
        self.recover(window, f'pid:{program}', 'counter')
        # Who waited for it has it now.
        wait_until(lambda: value(f'pid:{program}', 'counter') == 1, 'the other one goes on')
        self.wait_for_lock(window, 'counter', 'free')
        self.assertEqual(window.complaints(), '')

    def test_a_lock_of_ours_is_told_and_recovered(self):
        worker = Worker()
        self.addCleanup(worker.end)
        worker.tell(f'hold {ZERO}')
        window = Window(self, worker.segment)
        window.wait_for('label', f'The lock of {ZERO} has been held by', f'({worker.pid})')
        window.filter('zero', ZERO)
        wait_until(lambda: f'worker ({worker.pid})' in window.rows()[ZERO][2],
                   'its holder is told')
        worker.kill()
        self.recover(window, worker.segment, ZERO)
        wait_until(lambda: ctl_json('lock', worker.segment, ZERO)['lock']['state'] == 'free',
                   'the lock is free')
        wait_until(lambda: window.rows()[ZERO][2] == 'free', 'the table says so')
        window.wait_until_gone('label', f'The holder of the lock of {ZERO} has died.')
        self.assertEqual(window.complaints(), '')


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL')
