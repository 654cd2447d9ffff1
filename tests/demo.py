#!/usr/bin/env python3
"""demo.py SHMLENSCTL WORKER PYTHON_DEMO: the demo programs, to their end and cut short.
PYTHON_DEMO is app/demo.py when its module can be imported, else "none"."""
import os
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'support'))
import programs
from programs import (children_of, ctl, ctl_json, exists, is_running, own_name, remove, value,
                      wait_until)

RESULTS = {
    'mixed': 'number = 2.0\nelements = [4, 8, 12, 16, 20]\n',
    'counter': 'counter = 100\n',
    'array': 'counts = [100, 100, 100, 100, 100]\n',
    'ranges': '',
    'squares': '',
    'together': '',
}


class Demo:
    """A demo program that runs."""

    def __init__(self, case, name, *options):
        self.segment = own_name(name)
        case.addCleanup(remove, self.segment)
        self.process = subprocess.Popen(
            [programs.shmlensctl, 'demo', name, '--segment', self.segment, *options],
            stdout=subprocess.DEVNULL)
        case.addCleanup(self.end)
        self.workers = []

    def wait_for_workers(self, count):
        self.workers = wait_until(
            lambda: len(children_of(self.process.pid)) == count and children_of(self.process.pid),
            f'{count} workers run')

    def end(self):
        for pid in (self.process.pid, *self.workers):
            if is_running(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def wait(self):
        return self.process.wait(programs.PATIENCE)

    def wait_until_nothing_is_left(self):
        wait_until(lambda: not any(map(is_running, self.workers)), 'the workers have ended')
        wait_until(lambda: not exists(self.segment), 'the name is gone')


class ToTheEnd(unittest.TestCase):
    def check(self, *command):
        for name, result in RESULTS.items():
            with self.subTest(demo=name):
                done = subprocess.run([*command, name], text=True, capture_output=True,
                                      timeout=programs.PATIENCE)
                self.assertEqual((done.returncode, done.stderr), (0, ''), done.stdout)
                self.assertIn(result, done.stdout)
                self.assertTrue(done.stdout.endswith(f'{name}: pass\n'), done.stdout)
                if programs.has_own_shm:  # else the names of others come and go
                    self.assertEqual(os.listdir(programs.SHM), [])

    def test_every_small_demo_in_c_passes(self):
        self.check(programs.shmlensctl, 'demo')

    def test_every_small_demo_in_python_passes(self):
        [demo] = programs.others
        if demo == 'none':
            self.skipTest('the Python module was not built, or with a sanitizer')
        self.check(sys.executable, demo)

    def test_more_workers_do_more(self):
        done = ctl('demo', 'counter', '--workers', '5', '--segment', own_name('five'))
        self.assertEqual(done.returncode, 0)
        self.assertIn('counter = 250\n', done.stdout)
        self.assertEqual(ctl('demo', 'counter', '--workers', '65').returncode, 7)

    def test_a_name_that_is_taken_is_left_alone(self):
        demo = Demo(self, 'training')
        demo.wait_for_workers(3)
        second = ctl('demo', 'counter', '--segment', demo.segment)
        self.assertNotEqual(second.returncode, 0)
        self.assertIn(demo.segment, second.stderr)
        self.assertTrue(exists(demo.segment))

    def test_the_slow_pace_can_be_watched(self):
        demo = Demo(self, 'counter', '--slow')
        first = wait_until(lambda: exists(demo.segment) and value(demo.segment, 'counter'),
                           'the counter counts')
        self.assertLess(first, 100)
        wait_until(lambda: value(demo.segment, 'counter') > first, 'it goes on')


class CutShort(unittest.TestCase):
    def check_signal(self, number, *names):
        for name in names:
            with self.subTest(demo=name, signal=number):
                demo = Demo(self, name, '--slow')
                demo.wait_for_workers(3 if name == 'training' else 2)
                demo.process.send_signal(number)
                status = demo.wait()
                self.assertEqual(status, -number if number == signal.SIGKILL else 7)
                demo.wait_until_nothing_is_left()

    def test_sigterm_ends_everything(self):
        self.check_signal(signal.SIGTERM, 'training', 'counter')

    def test_sigint_ends_everything(self):
        self.check_signal(signal.SIGINT, 'training', 'together')

    def test_sighup_ends_everything(self):
        self.check_signal(signal.SIGHUP, 'training')

    def test_sigkill_ends_everything(self):
        self.check_signal(signal.SIGKILL, 'training', 'array')

    def test_a_killed_worker_makes_the_demo_say_so(self):
        demo = Demo(self, 'training')
        demo.wait_for_workers(3)
        os.kill(demo.workers[1], signal.SIGKILL)
        wait_until(lambda: value(demo.segment, 'steps') > 20, 'the others go on')
        self.assertEqual(ctl('set', demo.segment, 'stop', '1', '--recover').returncode, 0)
        self.assertEqual(demo.wait(), 7)
        demo.wait_until_nothing_is_left()

    def test_a_demo_ends_with_its_parent_when_it_shall(self):
        segment = own_name('with-parent')
        self.addCleanup(remove, segment)
        parent = subprocess.Popen([sys.executable, '-c', 'import subprocess, sys\n'
                                   'subprocess.Popen(sys.argv[1:])\nsys.stdin.read()',
                                   programs.shmlensctl, 'demo', 'training', '--with-parent',
                                   '--segment', segment],
                                  stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self.addCleanup(parent.wait)
        self.addCleanup(parent.kill)
        self.addCleanup(parent.stdin.close)
        wait_until(lambda: exists(segment) and ctl_json('list', segment)['pids'],
                   'the demo runs')
        wait_until(lambda: value(segment, 'steps') > 0, 'it does something')
        pids = ctl_json('list', segment)['pids']
        parent.kill()
        wait_until(lambda: not any(map(is_running, pids)), 'the demo has ended')
        self.assertFalse(exists(segment))


class Training(unittest.TestCase):
    def status(self, demo):
        return [value(demo.segment, f'worker {i} status') for i in range(3)]

    def test_it_obeys_pause_and_stop(self):
        waiting, running, paused, stopped = range(4)
        demo = Demo(self, 'training')
        demo.wait_for_workers(3)
        wait_until(lambda: self.status(demo) == [running] * 3, 'all workers run')
        wait_until(lambda: value(demo.segment, 'steps') > 0, 'steps are made')

        self.assertEqual(ctl('set', demo.segment, 'pause', 'on').returncode, 0)
        wait_until(lambda: self.status(demo) == [paused] * 3, 'all workers pause')
        steps = value(demo.segment, 'steps')
        image = value(demo.segment, 'image')
        self.assertEqual((value(demo.segment, 'steps'), value(demo.segment, 'image')),
                         (steps, image))
        self.assertEqual(ctl('set', demo.segment, 'pause', 'off').returncode, 0)
        wait_until(lambda: value(demo.segment, 'steps') > steps, 'it goes on')
        wait_until(lambda: value(demo.segment, 'image') != image, 'the image changes')

        self.assertEqual(ctl('set', demo.segment, 'stop', 'true').returncode, 0)
        self.assertEqual(demo.wait(), 0)
        demo.wait_until_nothing_is_left()

    def test_it_stops_while_it_pauses(self):
        demo = Demo(self, 'training')
        demo.wait_for_workers(3)
        self.assertEqual(ctl('set', demo.segment, 'pause', '1').returncode, 0)
        self.assertEqual(ctl('set', demo.segment, 'stop', '1').returncode, 0)
        demo.wait()
        demo.wait_until_nothing_is_left()

    def test_a_learning_rate_out_of_range_is_refused(self):
        demo = Demo(self, 'training')
        demo.wait_for_workers(3)
        self.assertEqual(ctl('set', demo.segment, 'learning rate', '2').returncode, 5)
        self.assertEqual(ctl('set', demo.segment, 'learning rate', '*=2').returncode, 0)
        self.assertEqual(value(demo.segment, 'learning rate'), 0.2)


if __name__ == '__main__':
    programs.main('PYTHON_DEMO')
