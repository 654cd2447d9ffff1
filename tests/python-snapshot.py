#!/usr/bin/env python3
"""python-snapshot.py SHMLENSCTL WORKER: snapshot, diff and restore of programs of every Python that is
found, which know nothing of us."""
import glob
import json
import os
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'support'))
import programs
from programs import ctl

DONE, DIFFERENT, NOT_MET = 0, 1, 7
PATIENCE = 300  # seconds; a loaded machine needs some
OBJECTS = ['counter', 'beside', 'loss', 'numbers', 'raw', 'lone', 'point', 'points', 'text']
WITHOUT_LOCK = ['raw', 'lone']


def pythons():
    """Each with a start method; both of the one that everybody has."""
    found = sorted(glob.glob(os.path.expanduser('~/.pyenv/versions/3.*/bin/python3')))
    each = [(path, ('fork', 'spawn')[i % 2]) for i, path in enumerate(found)]
    return each + [('/usr/bin/python3', 'fork'), ('/usr/bin/python3', 'spawn')]


class Program:
    def __init__(self, python, method):
        self.process = subprocess.Popen([python, os.path.join(HERE, 'support', 'python_kept.py'), method],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        universal_newlines=True)
        self.id = f'pid:{self.process.pid}'
        assert self.line() == 'ready'

    def line(self):
        watchdog = threading.Timer(PATIENCE, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline().strip()
        watchdog.cancel()
        return line

    def tell(self, command):
        self.process.stdin.write(command + '\n')
        self.process.stdin.flush()
        return json.loads(self.line())

    def end(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


class OfPython(unittest.TestCase):
    maxDiff = None

    def run_ctl(self, status, *arguments):
        done = ctl(*arguments, timeout=PATIENCE)
        self.assertEqual(done.returncode, status, f'{arguments}: {done.stdout}{done.stderr}')
        return done.stdout + done.stderr

    def entries(self, file, program):
        """What differs now, without what its worker counts, or has in a frame that it is in."""
        done = ctl('diff', file, program.id, '--json', timeout=PATIENCE)
        self.assertIn(done.returncode, (DONE, DIFFERENT), done.stderr)
        names = {d['entry'] for d in json.loads(done.stdout)['differences']}
        return sorted(name for name in names - {'ticks', 'stop'} if '.' not in name)

    def keep(self, program, file):
        before = program.tell('show')
        self.run_ctl(DONE, 'snapshot', program.id, '--locked', '--output', file)
        self.assertEqual(self.entries(file, program), [])
        program.tell('change')
        self.assertEqual(self.entries(file, program), sorted(OBJECTS))

        # What has no lock is written only when that is said; the rest is restored.
        said = self.run_ctl(NOT_MET, 'restore', file, program.id, *OBJECTS, '--timeout', '60')
        self.assertIn('7 entries restored, 2 could not be', said)
        self.assertEqual(self.entries(file, program), WITHOUT_LOCK[::-1])
        self.run_ctl(DONE, 'restore', file, program.id, *WITHOUT_LOCK, '--unlocked')
        self.assertEqual(program.tell('show'), before)

        # While somebody else holds a lock, its entry alone stays.
        program.tell('change')
        program.tell('hold')
        said = self.run_ctl(NOT_MET, 'restore', file, program.id, 'numbers', 'loss', '--timeout', '0.5')
        self.assertIn('numbers: ', said)
        self.assertIn('1 entry restored, 1 could not be', said)
        self.run_ctl(DONE, 'snapshot', program.id, '--locked', '--output', file + '.held')
        program.tell('let go')
        self.run_ctl(DONE, 'restore', file, program.id, *OBJECTS, '--unlocked', '--timeout', '60')
        self.assertEqual(program.tell('show'), before)

    def test_each_python(self):
        for python, method in pythons():
            with self.subTest(python=python, method=method), tempfile.TemporaryDirectory() as home:
                program = Program(python, method)
                try:
                    self.keep(program, os.path.join(home, 'before.shmsnap'))
                finally:
                    program.end()


if __name__ == '__main__':
    programs.main()
