#!/usr/bin/env python3
"""printable.py SHMLENSCTL WORKER: whatever a program calls what it shares, and itself, the lines
of shmlensctl stay lines, and nothing in them reaches the terminal but what can be seen."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'support'))
import programs
from programs import SHM, ctl, ctl_json, own_name, value, wait_until

EVIL = '\x1b[2J\n\u202e\x9b'
SHOWN = r'\x1b[2J\n\u202e\u009b'
SCRIPT = r'''
import ctypes, multiprocessing as mp, os, sys
EVIL = '\x1b[2J\n\u202e\x9b'
with open('/proc/self/comm', 'w') as comm:
    comm.write('c' + EVIL)
fork = mp.get_context('fork')
Record = type('R' + EVIL, (ctypes.Structure,), {'_fields_': [('f' + EVIL, ctypes.c_int)]})
record = fork.RawValue(Record, 7)
table = {'k' + EVIL: fork.Value('i', 5)}
globals()['g' + EVIL] = fork.Value('i', 6)
table['k' + EVIL].get_lock().acquire()
print('ready', flush=True)
sys.stdin.read()
'''


class Printable(unittest.TestCase):
    def start(self, *options):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        path = f'{directory.name}/p{EVIL}.py'
        with open(path, 'w') as script:
            script.write(SCRIPT)
        program = subprocess.Popen(
            [sys.executable, *options, path, b'argument\xff\n\t' + EVIL.encode()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, 'PYTHONPATH': os.path.join(HERE, '../core/python'),
                 'PYTHONDONTWRITEBYTECODE': '1'})
        for cleanup in (program.stdout.close, program.wait, program.stdin.close):
            self.addCleanup(cleanup)
        self.assertEqual(program.stdout.readline(), 'ready\n')
        return f'pid:{program.pid}'

    def run_ctl(self, *arguments):
        done = ctl(*arguments)
        for line in (done.stdout + done.stderr).splitlines():
            # GLib writes sizes with a blank where no line is broken.
            self.assertTrue(line.replace('\xa0', ' ').isprintable(), (arguments, line))
        return done

    def look(self, program):
        listed = self.run_ctl('list', program).stdout
        entries = ctl_json('list', program)['entries']
        self.assertEqual(len(listed.splitlines()), 1 + len(entries), listed)
        title = next(line for line in self.run_ctl('list').stdout.splitlines() if program in line)
        self.assertIn(r'argument\xff  \x1b[2J \u202e\u009b', title)
        self.run_ctl('list', program, '--json')
        self.run_ctl('list', '--json')
        self.run_ctl('scan', program)
        self.run_ctl('watch', program, '--count', '1', '--interval', '0.01')
        self.run_ctl('complete', 'get', program, '')
        return {entry['name']: entry for entry in entries}

    def test_of_memory(self):
        program = self.start()
        entries = self.look(program)
        key = f"table['k{SHOWN}']".replace(r'\u009b', r'\x9b')
        self.assertEqual(sorted(entries), sorted(['record', key, f"globals()['g{EVIL}']"
                         .replace('\n', r'\n').replace('\x1b', r'\x1b')
                         .replace('\u202e', r'\u202e').replace('\x9b', r'\x9b')]))
        self.assertEqual(entries['record']['ctype'], 'R' + SHOWN)
        self.assertEqual(value(program, key), 5)
        # A field by its name, as it is shown or as it is.
        for name in (SHOWN, EVIL):
            self.assertEqual(value(program, f'record.f{name}'), 7)
        done = self.run_ctl('lock', program, key)
        self.assertIn(r'held by c\x1b[2J \u202e', done.stdout)
        for arguments in (['get', program, 'none' + EVIL], ['get', program, f'{key}[{EVIL}'],
                          ['get', program, 'record.x' + EVIL],
                          ['set', program, key, '1', '--timeout', '0.01'],
                          ['set', program, f'record.f{EVIL}', 'x' + EVIL]):
            self.assertNotEqual(self.run_ctl(*arguments).returncode, 0)

    def test_of_a_record(self):
        program = self.start('-m', 'shmlens')
        names = [name for entry in self.look(program).values()
                 for name in (entry['name'], *entry['names'])]
        self.assertTrue(all(name.isprintable() for name in names), names)
        self.assertIn('record', names)

    def test_of_files_in_shared_memory(self):
        name = own_name('evil' + EVIL + '\u2028')
        with open(SHM + name[1:], 'wb') as file:
            file.write(b'abc')
        listed = json.loads(self.run_ctl('list', '--json').stdout)['segments']
        [segment] = [segment['segment'] for segment in listed if 'evil' in segment['segment']]
        for way in (segment, name):
            self.assertEqual(value(way, 'bytes[0]'), 97)
            self.run_ctl('list', way)
            self.run_ctl('get', way, 'none')
        os.unlink(SHM + name[1:])


if __name__ == '__main__':
    programs.main()
