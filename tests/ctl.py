#!/usr/bin/env python3
"""ctl.py SHMLENSCTL WORKER COMPLETION: the command line, run as people and scripts do."""
import json
import math
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'support'))
import programs
from programs import SHM, Worker, ctl, ctl_json, exists, own_name, remove, value, wait_until

(DONE, USAGE, NOT_FOUND, NO_PERMISSION, NOT_IN_TIME, BAD_VALUE, CORRUPT, NOT_MET) = range(8)


class Case(unittest.TestCase):
    """With one worker for all tests of a class; each test leaves it as it was."""
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.worker = Worker()
        cls.addClassCleanup(cls.worker.end)
        cls.segment = cls.worker.segment

    def expect(self, status, *arguments, says=None, **options):
        done = ctl(*arguments, **options)
        self.assertEqual(done.returncode, status, f'{arguments}: {done.stdout}{done.stderr}')
        if status not in (DONE, NOT_MET):
            self.assertEqual(done.stdout, '')
            self.assertRegex(done.stderr, r'^shmlensctl: .+\n$')
        if says is not None:
            self.assertIn(says, done.stdout + done.stderr)
        return done

    def make_file(self, content, what='bytes'):
        name = own_name(what)
        with open(SHM + name[1:], 'wb') as file:
            file.write(content)
        self.addCleanup(remove, name)
        return name

    def read_file(self, name):
        with open(SHM + name[1:], 'rb') as file:
            return file.read()

    def watch(self, *arguments):
        """Starts a watch, which ends with the test at the latest."""
        process = subprocess.Popen([programs.shmlensctl, 'watch', *arguments], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        watchdog = threading.Timer(programs.PATIENCE, process.kill)
        watchdog.start()
        for cleanup in (process.stdout.close, process.stderr.close, process.wait, process.kill,
                        watchdog.cancel):
            self.addCleanup(cleanup)
        return process


class List(Case):
    def test_list_has_the_documented_keys(self):
        listed = ctl_json('list')
        self.assertEqual(list(listed), ['segments'])
        [ours] = [s for s in listed['segments'] if s['segment'] == 'shm:' + self.segment]
        self.assertEqual(list(ours), ['segment', 'kind', 'size', 'state', 'pids', 'entries'])
        self.assertEqual((ours['kind'], ours['state'], ours['pids']),
                         ('native', 'live', [self.worker.pid]))
        self.assertEqual(ours['size'], os.path.getsize(SHM + self.segment))
        self.assertEqual(ours['entries'], len(ctl_json('list', self.segment)['entries']))

    def test_list_of_a_segment_has_the_documented_keys(self):
        listed = ctl_json('list', 'shm:' + self.segment)
        self.assertEqual(list(listed), ['segment', 'kind', 'size', 'state', 'pids', 'entries'])
        entries = {entry['name']: entry for entry in listed['entries']}
        for entry in entries.values():
            keys = [key for key in entry if key != 'fields']
            self.assertEqual('fields' in entry, entry['typecode'] == 'T')
            self.assertEqual(keys, ['name', 'typecode', 'type', 'shape', 'offset', 'role',
                                           'unit', 'doc', 'writes', 'editable', 'lock'])
            self.assertEqual(list(entry['lock']),
                             ['kind', 'state', 'owner_pid', 'owner_tid', 'held_s'])
        number = entries['number']
        self.assertIsInstance(number.pop('offset'), int)
        self.assertIsInstance(number.pop('writes'), int)
        self.assertEqual(number, {
            'name': 'number', 'typecode': 'i', 'type': 'int32', 'shape': [], 'role': 'plain',
            'unit': 'mm', 'doc': 'a number to set', 'editable': True,
            'lock': {'kind': 'robust', 'state': 'free', 'owner_pid': None, 'owner_tid': None,
                     'held_s': None}})
        self.assertEqual((entries['grid']['shape'], entries['empty']['shape']), ([2, 3], [0]))
        self.assertIsNone(entries['grid']['doc'])
        self.assertEqual(entries['flag']['role'], 'flag')
        self.assertFalse(entries['fixed']['editable'])
        self.assertIsNone(entries['bare']['writes'])
        self.assertEqual([(entries[name]['lock']['kind'], entries[name]['lock']['state'])
                          for name in ('bare', 'outside')],
                         [('none', 'none'), ('external', 'unknown')])

    def test_list_for_people_names_every_entry(self):
        listed = self.expect(DONE, 'list', self.segment).stdout
        for entry in ctl_json('list', self.segment)['entries']:
            self.assertIn(f'\n{entry["name"]} ', listed)

    def test_other_objects_are_listed_as_bytes(self):
        name = self.make_file(bytes(range(24)))
        listed = ctl_json('list', name)
        self.assertEqual((listed['kind'], listed['size'], listed['pids']), ('posix', 24, []))
        [entry] = listed['entries']
        self.assertEqual((entry['typecode'], entry['shape'], entry['writes']), ('B', [24], None))

    def test_control_characters_in_names_do_not_reach_the_terminal(self):
        name = own_name('esc') + '\x1b[31m'
        with open(SHM + name[1:], 'wb'):
            self.addCleanup(remove, name)
        for arguments in (['list'], ['list', '--json'], ['complete', 'get']):
            self.assertNotIn('\x1b', self.expect(DONE, *arguments).stdout)


class Get(Case):
    def test_every_type_is_exact(self):
        expected = {
            '?': True, 'c': '\\xe9', 'b': -2**7, 'B': 2**8 - 1, 'u': '\U0001f600', 'h': -2**15,
            'H': 2**16 - 1, 'i': -2**31, 'I': 2**32 - 1, 'l': -2**63, 'L': 2**64 - 1,
            'q': 2**63 - 1, 'Q': 2**64 - 1, 'f': 0.1, 'd': 0.1}
        for code, wanted in expected.items():
            got = ctl_json('get', self.segment, f'of {code}')
            self.assertEqual(got, {'segment': 'shm:' + self.segment, 'entry': f'of {code}',
                                   'typecode': code, 'shape': [], 'value': wanted,
                                   'consistency': 'sequence'})
            self.assertEqual(list(got),
                             ['segment', 'entry', 'typecode', 'shape', 'value', 'consistency'])
        self.assertEqual([value(self.segment, name) for name in
                          ('not a number', 'infinity', 'minus infinity')], ['nan', 'inf', '-inf'])
        self.assertEqual(math.copysign(1, value(self.segment, 'minus zero')), -1)

    def test_characters_are_strings(self):
        self.assertEqual(value(self.segment, 'text'), r'a\x5cb"\x01\x7f\xff\x00')
        self.assertEqual(value(self.segment, 'text[1:3]'), r'\x5cb')
        self.assertEqual(value(self.segment, 'text[1]'), r'\x5c')
        self.assertEqual(value(self.segment, 'letters'), 'é\U0001f600')

    def test_slices_and_indices_shape_the_result(self):
        for target, shape, wanted in (
                ('grid', [2, 3], [[0, 1, 2], [10, 11, 'inf']]), ('grid[1]', [3], [10, 11, 'inf']),
                ('grid[1][1]', [], 11), ('grid[0:1]', [1, 3], [[0, 1, 2]]),
                ('grid[-1][0:2]', [2], [10, 11]), ('counts[-1]', [], 5), ('counts[:2]', [2], [1, 2]),
                ('counts[3:]', [2], [4, 5]), ('counts[2:2]', [0], []), ('empty', [0], [])):
            got = ctl_json('get', self.segment, target)
            self.assertEqual((got['shape'], got['value']), (shape, wanted), target)

    def test_huge_slices_are_printed_whole(self):
        whole = value(self.segment, 'million')
        self.assertEqual((len(whole), set(whole)), (1000000, {0.0}))

    def test_what_cannot_be_printed_is_refused_before_it_takes_memory(self):
        name = self.make_file(b'\x01')
        os.truncate(SHM + name[1:], 8 << 30)
        self.expect(USAGE, 'get', name, 'bytes', says='bytes[0:1000]')
        self.assertEqual(value(name, 'bytes[0:2]'), [1, 0])
        self.assertEqual(value(name, 'bytes[-2:]'), [0, 0])

    def test_odd_names_are_found(self):
        names = ['two words', 'array[1]', 'dotted.name', 'with "quotes"', "it's", '-dash', 'größe']
        for number, name in enumerate(names):
            self.assertEqual(value(self.segment, name), number, name)
        self.assertEqual(value(self.segment, "'two words'"), 0)
        self.assertEqual(value(self.segment, "'array[1]'"), 1)

    def test_structures_have_fields(self):
        one = {'speed': 0.5, 'joints': [1, 2, 3], 'label': r'one\x00', 'mode': 5, 'ready': 1}
        two = {'speed': -1.0, 'joints': [-1, -2, -3], 'label': 'two!', 'mode': 7, 'ready': 0}
        self.assertEqual(value(self.segment, 'robot'), one)
        self.assertEqual(value(self.segment, 'robots'), [one, two])
        self.assertEqual(value(self.segment, 'robots[1]'), two)
        self.assertEqual(value(self.segment, 'robot.joints[1:]'), [2, 3])
        self.assertEqual(value(self.segment, 'robots.speed'), [0.5, -1.0])
        self.assertEqual(value(self.segment, 'robots[1].label'), 'two!')

    def test_get_and_list_do_not_wait_for_a_held_lock(self):
        self.worker.tell('hold number')
        self.addCleanup(self.worker.tell, 'release number')
        self.assertIn(ctl_json('get', self.segment, 'number')['consistency'],
                      ('atomic', 'unlocked'))
        [entry] = [e for e in ctl_json('list', self.segment)['entries'] if e['name'] == 'number']
        self.assertEqual((entry['lock']['state'], entry['lock']['owner_pid']),
                         ('held', self.worker.pid))

    def test_what_is_not_there_is_not_found(self):
        self.expect(NOT_FOUND, 'get', '/no-such-segment', 'number', says='/no-such-segment')
        self.expect(NOT_FOUND, 'get', self.segment, 'numbr', says='"numbr"')
        self.expect(NOT_FOUND, 'get', self.segment, 'counts[5]', says='5')
        self.expect(NOT_FOUND, 'get', self.segment, 'counts[0:6]')
        self.expect(NOT_FOUND, 'get', self.segment, 'robot.nothing')
        self.expect(USAGE, 'get', self.segment, 'number[0]')
        self.expect(USAGE, 'get', self.segment, 'counts[1')


class Set(Case):
    def set_number(self, number):
        self.expect(DONE, 'set', self.segment, 'number', str(number))

    def test_set_writes_and_says_what_it_wrote(self):
        before = self.writes('number')
        got = ctl_json('set', self.segment, 'number', '-3')
        self.assertEqual((got['value'], got['consistency']), (-3, 'locked'))
        self.assertEqual(value(self.segment, 'number'), -3)
        self.assertEqual(self.writes('number'), before + 1)

    def writes(self, name):
        [entry] = [e for e in ctl_json('list', self.segment)['entries'] if e['name'] == name]
        return entry['writes']

    def test_operators_compute_with_what_is_there(self):
        self.set_number(7)
        for text, wanted in (('+=5', 12), ('-=1', 11), ('*=2', 22), ('-= 20', 2), ('-5', -5)):
            self.expect(DONE, 'set', self.segment, 'number', text)
            self.assertEqual(value(self.segment, 'number'), wanted)
        self.expect(DONE, 'set', self.segment, 'counts', '+=10')
        self.assertEqual(value(self.segment, 'counts'), [11, 12, 13, 14, 15])
        self.expect(DONE, 'set', self.segment, 'counts', '1', '2', '3', '4', '5')

    def test_negative_values_need_no_dashes(self):
        self.expect(DONE, 'set', self.segment, 'counts[1:3]', '-2', '-0x3')
        self.assertEqual(value(self.segment, 'counts'), [1, -2, -3, 4, 5])
        self.expect(DONE, 'set', self.segment, 'counts[1:3]', '--', '2', '3')
        self.expect(DONE, 'set', self.segment, 'infinity', '-inf')
        self.assertEqual(value(self.segment, 'infinity'), '-inf')
        self.expect(DONE, 'set', self.segment, 'infinity', 'inf')

    def test_one_value_fills_a_slice(self):
        self.expect(DONE, 'set', self.segment, 'million[10:999990]', '1.5')
        self.assertEqual(value(self.segment, 'million[9:11]'), [0.0, 1.5])
        self.assertEqual(value(self.segment, 'million[999989:999991]'), [1.5, 0.0])
        self.expect(DONE, 'set', self.segment, 'million', '0')

    def test_text_is_spread_over_characters(self):
        old = self.read_bytes('text')
        self.expect(DONE, 'set', self.segment, 'text', r'hi\x00\\')
        self.assertEqual(value(self.segment, 'text'), r'hi\x00\x5c\x00\x00\x00\x00')
        self.expect(BAD_VALUE, 'set', self.segment, 'text', '123456789')
        self.expect(DONE, 'set', self.segment, 'text', old)
        self.expect(DONE, 'set', self.segment, 'letters[0]', 'ß')
        self.assertEqual(value(self.segment, 'letters[0]'), 'ß')
        self.expect(DONE, 'set', self.segment, 'letters[0]', 'é')

    def read_bytes(self, name):
        return value(self.segment, name).replace('"', r'\x22')

    def test_fields_bits_and_labels_are_set(self):
        for target, text, wanted in (('robot.mode', '3', 3), ('robot.ready', '0', 0),
                                     ('robot.joints[1]', '+=40', 42), ('robot.label', 'new', r'new\x00'),
                                     ('robots[1].speed', '2.5', 2.5), ('switch', 'on', 1)):
            self.expect(DONE, 'set', self.segment, target, text)
            self.assertEqual(value(self.segment, target), wanted, target)
        self.assertEqual(value(self.segment, 'robot'), {
            'speed': 0.5, 'joints': [1, 42, 3], 'label': r'new\x00', 'mode': 3, 'ready': 0})
        self.expect(BAD_VALUE, 'set', self.segment, 'robot.mode', '8')
        self.expect(DONE, 'set', self.segment, 'robot.joints', '7', '8', '9')
        self.assertEqual(value(self.segment, 'robot.joints'), [7, 8, 9])

    def test_bad_values_are_refused_and_nothing_is_written(self):
        self.set_number(7)
        for target, text in (('number', 'seven'), ('number', ''), ('number', '1 2'),
                             ('number', '101'), ('number', '-101'), ('number', '+=94'),
                             ('number', '2147483648'), ('number', '1.5'), ('flag', '2'),
                             ('of B', '256'), ('of B', '+=1'), ('of Q', '+=1'), ('of d', '1,5'),
                             ('of c', 'ab'), ('switch', 'perhaps')):
            before = value(self.segment, target)
            self.expect(BAD_VALUE, 'set', self.segment, target, text)
            self.assertEqual(value(self.segment, target), before)
        self.expect(BAD_VALUE, 'set', self.segment, 'counts', '1', '2')
        self.expect(BAD_VALUE, 'set', self.segment, 'counts[0:2]', '9', 'x')
        self.assertEqual(value(self.segment, 'counts[0:2]'), [1, 2])

    def test_conditions_are_looked_at(self):
        self.set_number(7)
        self.expect(NOT_MET, 'set', self.segment, 'number', '1', '--if', '8', says='is 7')
        self.assertEqual(value(self.segment, 'number'), 7)
        self.expect(DONE, 'set', self.segment, 'number', '-1', '--if=7')
        self.expect(DONE, 'set', self.segment, 'number', '1', '--if', '-1')
        self.expect(NOT_MET, 'set', self.segment, 'counts', '0', '--if', '1')
        self.expect(BAD_VALUE, 'set', self.segment, 'number', '1', '--if', 'x')

    def test_a_held_lock_is_waited_for_and_then_named(self):
        self.set_number(7)
        self.worker.tell('hold number')
        self.addCleanup(self.worker.tell, 'release number')
        self.expect(NOT_IN_TIME, 'set', self.segment, 'number', '3', '--timeout', '0.05',
                    says=f'process {self.worker.pid}')
        self.expect(NOT_IN_TIME, 'set', self.segment, 'number', '3', '--timeout=0')
        self.assertEqual(value(self.segment, 'number'), 7)
        self.expect(DONE, 'set', self.segment, 'number', '3', '--unlocked')
        self.assertEqual(value(self.segment, 'number'), 3)

    def test_a_lock_that_is_let_go_in_time_is_taken(self):
        self.worker.tell('hold left')
        waiting = subprocess.Popen([programs.shmlensctl, 'set', self.segment, 'right', '4',
                                    '--timeout', str(programs.PATIENCE)])
        self.addCleanup(waiting.wait)
        wait_until(lambda: waiting.pid in ctl_json('list', self.segment)['pids'],
                   'the edit has opened the segment')
        self.assertIsNone(waiting.poll())
        self.assertEqual(value(self.segment, 'right'), 0)
        self.worker.tell('release left')
        self.assertEqual(waiting.wait(programs.PATIENCE), DONE)
        self.assertEqual(value(self.segment, 'right'), 4)

    def test_what_cannot_be_locked_needs_to_be_told_so(self):
        name = self.make_file(bytes(8))
        for segment, target, how in ((self.segment, 'outside', 'atomic'),
                                     (self.segment, 'bare', 'atomic'), (name, 'bytes[3]', 'atomic'),
                                     (name, 'bytes[4:8]', 'unlocked')):
            self.expect(NO_PERMISSION, 'set', segment, target, '9', says='--unlocked')
            done = ctl_json('set', segment, target, '9', '--unlocked')
            self.assertEqual(done['consistency'], how, target)
        self.assertEqual(self.read_file(name), bytes((0, 0, 0, 9, 9, 9, 9, 9)))
        self.expect(NO_PERMISSION, 'set', self.segment, 'fixed', '9', '--unlocked')
        self.assertEqual(value(self.segment, 'fixed'), 0)


class Lock(Case):
    def test_lock_tells_who_holds_it(self):
        self.expect(DONE, 'lock', self.segment, 'number', says='free')
        self.assertEqual(ctl_json('lock', self.segment, 'number'), {
            'segment': 'shm:' + self.segment, 'entry': 'number',
            'lock': {'kind': 'robust', 'state': 'free', 'owner_pid': None, 'owner_tid': None,
                     'held_s': None}})
        self.worker.tell('hold number')
        self.worker.tell('hold number')
        self.expect(DONE, 'lock', self.segment, 'number', says=f'process {self.worker.pid},')
        self.expect(DONE, 'lock', self.segment, 'number', says='2 deep')
        lock = ctl_json('lock', self.segment, 'number')['lock']
        self.assertEqual((lock['state'], lock['owner_pid'], lock['owner_tid']),
                         ('held', self.worker.pid, self.worker.pid))
        self.assertGreaterEqual(lock['held_s'], 0)
        self.worker.tell('release number')
        self.worker.tell('release number')
        self.expect(DONE, 'lock', self.segment, 'bare', says='no lock')
        self.expect(DONE, 'lock', self.segment, 'outside', says='cannot be looked at')

    def test_entries_of_one_lock_are_held_together(self):
        self.worker.tell('hold left')
        self.assertEqual(ctl_json('lock', self.segment, 'right')['lock']['state'], 'held')
        self.worker.tell('release left')

    def test_a_dead_holder_is_told_and_taken_over_only_when_asked(self):
        worker = Worker()
        self.addCleanup(worker.end)
        worker.tell('hold number')
        worker.kill()
        self.assertEqual(ctl_json('lock', worker.segment, 'number')['lock']['state'], 'dead')
        self.expect(DONE, 'lock', worker.segment, 'number', says=f'process {worker.pid}) has died')
        self.expect(NOT_IN_TIME, 'set', worker.segment, 'number', '3', says='--recover')
        self.assertEqual(value(worker.segment, 'number'), 7)
        self.expect(DONE, 'set', worker.segment, 'number', '3', '--recover', says='half written')
        self.assertEqual(value(worker.segment, 'number'), 3)
        self.expect(DONE, 'lock', worker.segment, 'number', says='recovered 1 time')


    def test_a_dead_holder_s_lock_is_released_when_confirmed(self):
        worker = Worker()
        self.addCleanup(worker.end)
        worker.tell('hold number')
        self.expect(NOT_MET, 'lock', worker.segment, 'number', '--release', '--yes',
                    says='which lives')
        worker.kill()
        self.expect(NOT_MET, 'lock', worker.segment, 'number', '--release', says='half written')
        self.assertEqual(ctl_json('lock', worker.segment, 'number')['lock']['state'], 'dead')
        self.expect(DONE, 'lock', worker.segment, 'number', '--release', '--yes', says='free again')
        self.expect(DONE, 'lock', worker.segment, 'number', says='recovered 1 time')
        self.expect(NOT_MET, 'lock', worker.segment, 'number', '--release', '--yes',
                    says='nothing to let go')


class Watch(Case):
    def test_watch_prints_a_line_for_each_interval(self):
        lines = self.expect(DONE, 'watch', self.segment, 'number', 'counts[1:3]', '--count', '3',
                            '--interval', '0.02').stdout.splitlines()
        self.assertEqual(len(lines), 3)
        for line in lines:
            self.assertRegex(line, r'^\d\d:\d\d:\d\d\.\d{3}  number=7  counts\[1:3\]=\[2, 3\]$')

    def test_csv_has_a_heading_and_quotes(self):
        lines = self.expect(DONE, 'watch', self.segment, 'number', 'with "quotes"', 'counts',
                            '--csv', '--count', '1').stdout.splitlines()
        self.assertEqual(lines[0], 'time,number,"with ""quotes""",counts')
        self.assertRegex(lines[1], r'^[0-9:.]+,7,3,"\[1, 2, 3, 4, 5\]"$')

    def test_json_is_a_document_a_line(self):
        done = self.expect(DONE, 'watch', self.segment, 'number', 'robot', '--json', '--count', '2',
                           '--interval', '0.02')
        for line in done.stdout.splitlines():
            document = json.loads(line)
            self.assertEqual(list(document), ['time', 'values'])
            self.assertEqual(document['values'][0], 7)
            self.assertEqual(document['values'][1]['label'], r'one\x00')

    def test_without_entries_all_are_watched(self):
        done = self.expect(DONE, 'watch', self.segment, '--count', '1', '--json')
        self.assertEqual(len(json.loads(done.stdout)['values']),
                         len(ctl_json('list', self.segment)['entries']))

    def test_watch_follows_changes_and_ends_when_interrupted(self):
        watch = self.watch(self.segment, 'number', '--interval', '0.02')
        self.assertIn('number=7', watch.stdout.readline())
        self.expect(DONE, 'set', self.segment, 'number', '8')
        while 'number=8' not in watch.stdout.readline():
            self.assertIsNone(watch.poll())
        self.expect(DONE, 'set', self.segment, 'number', '7')
        watch.send_signal(signal.SIGINT)
        self.assertEqual(watch.wait(programs.PATIENCE), DONE)

    def test_a_removed_segment_is_told_and_watched_on(self):
        worker = Worker()
        self.addCleanup(worker.end)
        watch = self.watch(worker.segment, 'number', '--interval', '0.02')
        self.assertIn('number=7', watch.stdout.readline())
        worker.end()
        self.assertIn('removed', watch.stderr.readline())
        watch.stdout.readline()
        self.assertIn('number=7', watch.stdout.readline())
        watch.send_signal(signal.SIGINT)
        self.assertEqual(watch.wait(programs.PATIENCE), DONE)

    def test_a_segment_that_shrinks_does_not_end_the_watch(self):
        worker = Worker()
        self.addCleanup(worker.end)
        watch = self.watch(worker.segment, 'number', 'million[999999]', '--interval', '0.02')
        self.assertIn('number=7', watch.stdout.readline())
        worker.tell('shrink')
        self.assertIn('shorter', watch.stderr.readline())
        while 'number=?' not in watch.stdout.readline():
            self.assertIsNone(watch.poll())
        watch.send_signal(signal.SIGINT)
        self.assertEqual(watch.wait(programs.PATIENCE), DONE)

    def test_an_entry_that_is_removed_is_shown_as_gone(self):
        worker = Worker()
        self.addCleanup(worker.end)
        watch = self.watch(worker.segment, 'number', 'left', '--interval', '0.02')
        self.assertIn('number=7  left=0', watch.stdout.readline())
        worker.tell('remove number')
        while 'number=?  left=0' not in watch.stdout.readline():
            self.assertIsNone(watch.poll())

    def test_output_that_nobody_reads_ends_the_watch(self):
        watch = self.watch(self.segment, 'number', '--interval', '0.02')
        watch.stdout.readline()
        watch.stdout.close()
        self.assertNotEqual(watch.wait(programs.PATIENCE), DONE)


class Remove(Case):
    def test_rm_asks_and_takes_only_yes(self):
        for answer, status in (('\n', NOT_MET), ('n\n', NOT_MET), ('\x04', NOT_MET), ('y\n', DONE)):
            name = self.make_file(b'x')
            ours, theirs = pty.openpty()
            os.write(ours, answer.encode())
            done = self.expect(status, 'rm', name, stdin=theirs)
            os.close(ours)
            os.close(theirs)
            self.assertIn(f'Remove shm:{name} (1 byte, used by 0 processes)?', done.stdout)
            self.assertEqual(exists(name), status != DONE)

    def test_rm_removes_nothing_where_nobody_can_be_asked(self):
        name = self.make_file(b'x')
        self.expect(NOT_MET, 'rm', name, says='--yes')
        self.assertTrue(exists(name))
        self.expect(DONE, 'rm', 'shm:' + name, '--yes', says='removed')
        self.assertFalse(exists(name))
        self.expect(NOT_FOUND, 'rm', name, '--yes')

    def test_rm_counts_the_processes_that_use_it(self):
        self.expect(NOT_MET, 'rm', self.segment, says='used by 1 process)')

    def test_rm_stale_removes_only_what_is_ours_and_stale(self):
        if not programs.has_own_shm:
            self.skipTest('needs a /dev/shm of its own, which takes root')
        self.expect(DONE, 'rm', '--stale', '--yes', says='No segment is stale')
        foreign = self.make_file(b'not ours')
        corrupt = self.make_file(self.read_file(self.segment)[:5000])
        dead = Worker()
        self.addCleanup(dead.end)
        dead.kill()
        self.expect(NOT_MET, 'rm', '--stale', says=dead.segment)
        self.assertTrue(exists(dead.segment))
        done = self.expect(DONE, 'rm', '--stale', '--yes').stdout
        self.assertIn(f'removed shm:{dead.segment}\n', done)
        self.assertEqual([exists(name) for name in (dead.segment, foreign, corrupt, self.segment)],
                         [False, True, True, True])


class Hostile(Case):
    def damaged(self):
        """Segments of ours that are not what they claim to be."""
        whole = self.read_file(self.segment)
        yield whole[:100]
        yield whole[:5000]
        yield whole[:8] + os.urandom(len(whole[:20000]) - 8)
        yield whole[:16] + b'\xff' * 64 + whole[80:20000]

    def test_corrupt_segments_are_told_and_left_as_they_are(self):
        for content in self.damaged():
            name = self.make_file(content, 'corrupt')
            for command in (['list', name], ['list', name, '--json'], ['get', name, 'number'],
                            ['set', name, 'number', '1'], ['lock', name, 'number'],
                            ['watch', name, '--count', '1']):
                self.expect(CORRUPT, *command, says=f'shm:{name} ')
            self.assertEqual(self.read_file(name), content)
            [listed] = [s for s in ctl_json('list')['segments'] if s['segment'] == 'shm:' + name]
            self.assertEqual(listed['state'], 'corrupt')
            self.expect(NOT_MET, 'rm', name)
            self.expect(DONE, 'rm', name, '--yes')
            self.assertFalse(exists(name))

    def test_random_damage_never_crashes(self):
        whole = self.read_file(self.segment)
        for seed in range(25):
            content = bytearray(whole)
            for i in range(4):
                content[(seed * 7919 + i * 10007) % 40000] = (seed * 31 + i * 17) % 256
            name = self.make_file(content, 'random')
            for command in (['list', name, '--json'], ['watch', name, '--count', '1']):
                done = ctl(*command)
                self.assertIn(done.returncode, (DONE, CORRUPT), f'seed {seed}: {done.stderr}')
            self.assertEqual(self.read_file(name), content)
            remove(name)

    def test_what_may_not_be_read_is_no_permission(self):
        worker = Worker()
        self.addCleanup(worker.end)
        name = self.make_file(b'secret')
        without = []
        if os.geteuid() == 0:  # who may read everything
            without = ['setpriv', '--bounding-set=-dac_override,-dac_read_search']
            if subprocess.run([*without, 'true'], stderr=subprocess.DEVNULL).returncode != 0:
                self.skipTest('setpriv cannot give rights away here')
        for forbidden in (worker.segment, name):
            os.chmod(SHM + forbidden[1:], 0)
            for command in (['list', forbidden], ['get', forbidden, 'number'],
                            ['set', forbidden, 'number', '1'], ['watch', forbidden, '--count', '1']):
                done = subprocess.run([*without, programs.shmlensctl, *command], text=True,
                                      capture_output=True, timeout=programs.PATIENCE)
                self.assertEqual(done.returncode, NO_PERMISSION, f'{command}: {done}')
                self.assertRegex(done.stderr, rf'^shmlensctl: .*{forbidden} may not be opened: it is '
                                              rf'yours, with mode 0000; run chmod .*\n$')

    def test_what_may_not_be_written_is_no_permission(self):
        worker = Worker()
        self.addCleanup(worker.end)
        name = self.make_file(b'public')
        as_other = []
        if os.geteuid() == 0:
            as_other = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
            if subprocess.run([*as_other, 'true'], stderr=subprocess.DEVNULL).returncode != 0:
                self.skipTest('setpriv cannot change the user here')
        for segment, entry in ((worker.segment, 'number'), (name, 'bytes[0]')):
            os.chmod(SHM + segment[1:], 0o444)
            for option in ([], ['--unlocked']):
                done = subprocess.run([*as_other, programs.shmlensctl, 'set', segment, entry, '1',
                                       *option],
                                      text=True, capture_output=True, timeout=programs.PATIENCE)
                self.assertEqual(done.returncode, NO_PERMISSION, done)
                self.assertRegex(done.stderr, rf'{segment} may not be written: it (belongs to|is '
                                              rf'yours, with mode 0444; run) .*\n$')


class Types(Case):
    def test_bytes_get_a_type_that_is_remembered_and_forgotten(self):
        name = self.make_file(bytes(20) + b'\x00\x00\x80\x3f')
        self.expect(DONE, 'type', name, 'float32[2][3]')
        [entry] = ctl_json('list', name)['entries']
        self.assertEqual((entry['typecode'], entry['shape']), ('f', [2, 3]))
        self.assertEqual(value(name, entry['name']), [[0, 0, 0], [0, 0, 1]])
        self.expect(USAGE, 'type', name, 'float99[2]', says='float99')
        self.assertEqual(ctl_json('list', name)['entries'][0]['shape'], [2, 3])
        self.expect(DONE, 'type', name)
        self.assertEqual(ctl_json('list', name)['entries'][0]['shape'], [24])

    def test_what_says_itself_what_it_is_takes_no_type(self):
        self.expect(USAGE, 'type', self.segment, 'int8', says='says itself')


class Words(Case):
    def test_mistakes_on_the_command_line_are_usage(self):
        for words in ([], ['nonsense'], ['get'], ['get', '/x'], ['get', '/x', 'y', 'z'],
                      ['list', '--no-such-option'], ['list', '--json=1'], ['get', '/x', 'y', '--yes'],
                      ['set', '/x', 'y', '1', '--timeout'], ['set', '/x', 'y', '1', '--timeout', 'x'],
                      ['set', '/x', 'y', '1', '--timeout', '-1'],
                      ['set', '/x', 'y', '1', '--timeout', 'nan'], ['watch', '/x', '--count', '0'],
                      ['rm'], ['rm', '/x', '--stale'], ['demo', 'no-such-demo']):
            self.expect(USAGE, *words)

    def test_help_and_version_are_printed(self):
        self.assertRegex(self.expect(DONE, '--version').stdout, r'^shmlensctl \d+\.\d+\.\d+\n$')
        described = self.expect(DONE, '--help').stdout
        for word in ('list', 'get', 'set', 'watch', 'lock', 'rm', 'type', 'demo', '--json',
                     '--timeout', '--if', '--unlocked', '--stale', '--csv'):
            self.assertIn(f'  {word} ', described)

    def test_what_cannot_be_written_is_no_success(self):
        with open('/dev/full', 'w') as full:
            done = subprocess.run([programs.shmlensctl, 'get', self.segment, 'number'],
                                  stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertNotEqual(done.returncode, DONE)
        self.assertIn('No space left', done.stderr)


class Completion(Case):
    def complete(self, *words):
        script = ('source "$1"; shift; COMP_WORDS=(shmlensctl "$@"); COMP_CWORD=$#; _shmlensctl;'
                  ' printf "%s\\n" "${COMPREPLY[@]}"')
        path = os.path.dirname(programs.shmlensctl) + ':' + os.environ['PATH']
        done = subprocess.run(['bash', '-c', script, 'bash', programs.others[0], *words], text=True,
                              capture_output=True, timeout=programs.PATIENCE,
                              env={**os.environ, 'PATH': path})
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return done.stdout.splitlines()

    def test_commands_and_options(self):
        self.assertEqual(self.complete('wa'), ['watch'])
        self.assertEqual(self.complete('set', '--t'), ['--timeout'])
        self.assertEqual(self.complete('demo', 'tog'), ['together'])

    def test_segments_that_there_are(self):
        for command in ('list', 'get', 'set', 'watch', 'lock', 'rm'):
            self.assertEqual(self.complete(command, self.segment[:-1]), [self.segment])

    def test_entries_of_the_segment(self):
        self.assertEqual(self.complete('get', self.segment, 'num'), ['number'])
        self.assertEqual(self.complete('get', self.segment, 'two'), [r'two\ words'])
        self.assertEqual(self.complete('set', '--timeout', '3', self.segment, 'with'),
                         [r'with\ \"quotes\"'])
        self.assertEqual(self.complete('watch', self.segment, 'number', 'lef'), ['left'])
        self.assertEqual(self.complete('get', self.segment, 'number', ''), [''])

    def test_every_command_that_help_names_is_completed(self):
        described = self.expect(DONE, '--help').stdout
        commands = re.findall(r'^  ([a-z]+) ', described.partition('\nOptions:')[0], re.MULTILINE)
        offered = self.complete('')
        self.assertEqual([word for word in commands if word not in offered], [])


if __name__ == '__main__':
    programs.main('COMPLETION')
