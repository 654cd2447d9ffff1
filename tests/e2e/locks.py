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

# Says the numbers of its processes. Ends at the end of its input.
KEEPS = """
import multiprocessing, os, signal, sys
context = multiprocessing.get_context('fork')
counter = context.Value('q', 0)
held = context.Event()
def hold():
    counter.get_lock().acquire()
    held.set()
    signal.pause()
def add():
    held.wait()
    with counter.get_lock():
        counter.value += 1
    signal.pause()
holder, waiter = (context.Process(target=each) for each in (hold, add))
holder.start()
waiter.start()
held.wait()
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

    def wait_for_lock(self, window, name, *texts):
        """On the page the lock of this entry has all of these."""
        wait_until(lambda: any(row[0] == name and all(any(text in cell for cell in row)
                                                      for text in texts)
                               for row in window.all_rows()), f'the lock of {name} is {texts}')

    def recover(self, window, name):
        """First one thinks better of it."""
        window.wait_for('label', f'The holder of the lock of {name} has died.')
        window.click_on('push button', 'Recover…')
        window.wait_for('label', f'Recover the lock of “{name}”')
        window.wait_for('label', 'may be half written')
        window.key('Escape')
        window.wait_until_gone('label', f'Recover the lock of “{name}”')
        self.wait_for_lock(window, name, 'holder died')
        window.click_on('push button', 'Recover…')
        window.wait_for('label', f'Recover the lock of “{name}”')
        window.key('alt+r')
        window.wait_until_gone('label', f'Recover the lock of “{name}”')

    def test_a_lock_of_python_is_told_and_recovered(self):
        program, holder, waiter = self.start_program()
        window = Window(self, f'pid:{program}')
        window.wait_for('label', 'The lock of counter has been held by', f'({holder})')
        self.wait_for_lock(window, 'counter', 'held', f'({holder})', f'({waiter})')
        os.kill(holder, 9)
        self.recover(window, 'counter')
        # Who waited for it has it now.
        wait_until(lambda: value(f'pid:{program}', 'counter') == 1, 'the other one goes on')
        self.wait_for_lock(window, 'counter', 'free')
        self.assertEqual(window.complaints(), '')

    def test_a_lock_of_ours_is_told_and_recovered(self):
        worker = Worker()
        self.addCleanup(worker.end)
        worker.tell('hold number')
        window = Window(self, worker.segment)
        window.wait_for('label', 'The lock of number has been held by', f'({worker.pid})')
        self.wait_for_lock(window, 'number', 'held', f'({worker.pid})')
        worker.kill()
        self.recover(window, 'number')
        wait_until(lambda: ctl_json('lock', worker.segment, 'number')['lock']['state'] == 'free',
                   'the lock is free')
        self.assertEqual(window.complaints(), '')


if __name__ == '__main__':
    programs.main('SHMLENS', 'ATSPI_TREE', 'XDOTOOL')
