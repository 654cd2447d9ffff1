#!/usr/bin/env python3
"""recordings.py SHMLENSCTL WORKER NO_SQLITE: shmlensctl record, replay and export."""
import ast
import csv
import io
import itertools
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'support'))
import programs
from programs import Worker, ctl, ctl_json, value, wait_until


def read_npy(path):
    """Its type, shape and bytes."""
    with open(path, 'rb') as file:
        magic, length = struct.unpack('<8sH', file.read(10))
        assert magic == b'\x93NUMPY\x01\x00', magic
        assert (10 + length) % 64 == 0
        heading = ast.literal_eval(file.read(length).decode())
        assert heading['fortran_order'] is False
        return heading['descr'], heading['shape'], file.read()


class Recordings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = Worker()
        cls.addClassCleanup(cls.worker.end)
        cls.segment = cls.worker.segment
        if 'without SQLite' in ctl('list', 'file:' + __file__).stderr:
            raise unittest.SkipTest('built without SQLite')

    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)
        self.file = self.directory + '/r.shmrec'

    def done(self, *arguments):
        done = ctl(*arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ''), arguments)
        return done.stdout

    def fails(self, status, says, *arguments):
        done = ctl(*arguments)
        self.assertEqual((done.returncode, done.stdout), (status, ''))
        self.assertIn(says, done.stderr)

    def start(self, *arguments):
        process = subprocess.Popen([programs.shmlensctl, 'record', self.segment, *arguments,
                                    '--output', self.file, '--json'], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for cleanup in (process.stdout.close, process.stderr.close, process.wait, process.kill):
            self.addCleanup(cleanup)
        return process

    def set(self, entry, new):
        self.done('set', self.segment, entry, str(new))

    def record_numbers(self):
        """The numbers 1 to 5, one after the other; begun and ended by conditions."""
        self.set('number', 0)
        process = self.start('number', 'counts', '--rate', '500', '--when', 'number == 1',
                             '--until', 'number == 99')
        wait_until(lambda: os.path.exists(self.file), 'there is a file')
        self.set('counts[4]', -5)
        for number in (1, 2, 3, 4, 5):
            self.set('number', number)
            wait_until(lambda: self.recorded() == str(number), f'{number} was recorded')
        self.set('number', 99)
        self.assertEqual(process.wait(timeout=programs.PATIENCE), 0, process.stderr.read())

    def recorded(self):
        return ctl('get', self.file, 'number').stdout.strip()

    def test_what_was_recorded_is_listed_replayed_and_exported(self):
        self.record_numbers()
        listed = ctl_json('list', self.file)
        self.assertEqual(listed['kind'], 'recording')
        self.assertEqual([entry['name'] for entry in listed['entries']], ['number', 'counts'])
        self.assertEqual(value(self.file, 'counts'), [1, 2, 3, 4, -5])

        lines = ctl('replay', self.file, 'number', '--speed', '0', '--interval', '0.002').stdout
        seen = {line.rpartition('=')[2] for line in lines.splitlines()}
        self.assertEqual(seen - {'?'}, {'1', '2', '3', '4', '5', '99'})
        replayed = ctl('replay', self.file, 'number')
        self.assertIn('start: number == 1', replayed.stderr)
        self.assertIn('end: number == 99', replayed.stderr)

        rows = list(csv.reader(io.StringIO(self.done('export', self.file))))
        self.assertEqual(rows[0], ['time', 'number', 'counts'])
        # The entries may have been sampled first at different moments.
        self.assertEqual([value for value, _ in itertools.groupby(row[1] for row in rows[1:])],
                         ['1', '2', '3', '4', '5', '99'])
        self.assertEqual(next(row[2] for row in rows[1:] if row[2]), '[1, 2, 3, 4, -5]')
        self.assertRegex(rows[1][0], r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$')

        self.done('export', self.file, '--format', 'npy', '--output', self.directory + '/x.npy')
        # One that was read while its lock was held is a sample, and again once the lock is free.
        descr, (n,), numbers = read_npy(self.directory + '/x-number.npy')
        numbers = struct.unpack(f'<{n}i', numbers)
        self.assertEqual((descr, [number for number, _ in itertools.groupby(numbers)]),
                         ('<i4', [1, 2, 3, 4, 5, 99]))
        descr, shape, times = read_npy(self.directory + '/x-number.time.npy')
        self.assertEqual((descr, shape), ('<i8', (n,)))
        times = struct.unpack(f'<{n}q', times)
        self.assertEqual(list(times), sorted(times))
        descr, shape, _ = read_npy(self.directory + '/x-counts.npy')
        self.assertEqual((descr, shape[1:]), ('<i4', (5,)))
        self.check_writes()
        with open('/dev/full', 'w') as full:
            for command in ('replay', '--speed', '0'), ('export', '--writes'):
                done = subprocess.run([programs.shmlensctl, command[0], self.file, *command[1:]],
                                      stdout=full, stderr=subprocess.PIPE, text=True)
                self.assertEqual(done.returncode, 3, command)
                self.assertIn('standard output', done.stderr)
        self.fails(1, 'is a recording already', 'record', self.file, '--output',
                   self.directory + '/again.shmrec')
        self.fails(1, 'lives', 'replay', self.segment)
        self.fails(1, 'the recording is over', 'replay', self.file, '--at', '9999')
        self.fails(3, 'it is of a recording', 'set', self.file, 'number', '1')

    def check_writes(self):
        live, recorded = (
            next(entry['writes'] for entry in ctl_json('list', segment)['entries']
                 if entry['name'] == 'number') for segment in (self.segment, self.file))
        # The last value may have been seen just before it was counted.
        self.assertIn(recorded, (live - 1, live))
        rows = list(csv.reader(io.StringIO(self.done('export', self.file, 'number', '--writes'))))
        self.assertEqual(rows[0], ['time', 'number', 'number writes'])
        counters = [int(row[2]) for row in rows[1:]]
        self.assertEqual(counters, sorted(counters))
        self.assertEqual(counters[-1], recorded)
        self.assertGreaterEqual(counters[-1] - counters[0], 4)
        replay = ('replay', self.file, 'number', '--speed', '0', '--interval', '9999', '--writes')
        self.assertIn(f'number=99 ({recorded} writes)', ctl(*replay).stdout.splitlines()[-1])
        last = json.loads(ctl(*replay, '--json').stdout.splitlines()[-1])
        self.assertEqual((last['values'], last['writes']), ([99], [recorded]))
        # Its beginning shows what was then.
        self.assertIn('number=1 (', ctl(*replay).stdout.splitlines()[0])

    def test_it_ends_after_its_duration_or_when_it_is_interrupted(self):
        outcome = ctl_json('record', self.segment, 'number', '--output', self.file, '--rate', '100',
                           '--duration', '0.3')
        self.assertGreaterEqual(outcome['seconds'], 0.3)
        self.assertEqual(outcome['lost_samples'], 0)
        os.unlink(self.file)
        process = self.start()
        wait_until(lambda: ctl('list', self.file).stdout.count('\n') > 10, 'entries are recorded')
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=programs.PATIENCE), 0)
        self.assertEqual(os.listdir(self.directory), ['r.shmrec'])
        listed = ctl_json('list', self.file)['entries']
        live = [entry['name'] for entry in ctl_json('list', self.segment)['entries']]
        self.assertEqual([entry['name'] for entry in listed],
                         [name for name in live if name != 'empty'])
        output = self.directory + '/grid.npy'
        self.done('export', self.file, 'grid', '--format', 'npy', '--output', output)
        self.assertEqual(read_npy(output)[:2], ('<f4', (1, 2, 3)))

    def test_an_array_that_lives_is_exported(self):
        output = self.directory + '/grid.npy'
        self.done('export', self.segment, 'grid', '--format', 'npy', '--output', output)
        self.assertEqual(read_npy(output),
                         ('<f4', (2, 3), struct.pack('<6f', 0, 1, 2, 10, 11, float('inf'))))
        self.assertEqual(self.done('export', self.segment, 'grid'), '0.0,1.0,2.0\n10.0,11.0,inf\n')
        self.done('export', self.segment, 'robots', '--format', 'npy', '--output', output)
        self.assertEqual(read_npy(output)[:2], ('|V32', (2,)))  # it has bit fields

    def test_without_the_library_all_but_recordings_is_there(self):
        if programs.others[0] == 'none':
            self.skipTest('nothing can be preloaded before a sanitizer')
        environment = {**os.environ, 'LD_PRELOAD': programs.others[0]}
        record = [programs.shmlensctl, 'record', self.segment, '--output', self.file]
        done = subprocess.run(record, env=environment, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (3, ''))
        self.assertIn('install the package libsqlite3-0', done.stderr)
        self.assertEqual(os.listdir(self.directory), [])
        got = subprocess.run([programs.shmlensctl, 'get', self.segment, 'number'], env=environment,
                             capture_output=True, text=True)
        self.assertEqual((got.returncode, got.stderr), (0, ''))

    def test_mistakes_are_told_and_leave_no_file(self):
        self.fails(1, '--output', 'record', self.segment)
        self.fails(1, '--rate takes', 'record', self.segment, '--output', self.file, '--rate', '0')
        self.fails(1, 'character 10: ', 'record', self.segment, '--output', self.file,
                   '--when', 'number > ')
        self.fails(2, '"number"', 'record', self.segment, '--output', self.file, 'numbr')
        self.fails(1, 'csv or npy', 'export', self.segment, 'grid', '--format', 'xml')
        self.assertEqual(os.listdir(self.directory), [])
        with open(self.file, 'w') as file:
            file.write('no recording')
        self.fails(3, 'is there already', 'record', self.segment, '--output', self.file)
        self.fails(6, 'is no recording', 'list', self.file)
        for path in ('absent.shmrec', self.directory + '/absent.shmrec', self.directory):
            self.fails(2, f'there is no recording "{path}"', 'replay', path)


programs.main('NO_SQLITE')
