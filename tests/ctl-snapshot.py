#!/usr/bin/env python3
"""ctl-snapshot.py SHMLENSCTL WORKER: shmlensctl snapshot, diff and restore."""
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'support'))
import programs
from programs import Worker, ctl, value

(DONE, USAGE, NOT_FOUND, NO_PERMISSION, NOT_IN_TIME, BAD_VALUE, CORRUPT, NOT_MET) = range(8)
DIFFERENT = 1


class Snapshots(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.worker = Worker()
        self.addCleanup(self.worker.end)
        self.segment = self.worker.segment
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.file = os.path.join(directory.name, 'before.shmsnap')
        self.expect(DONE, 'snapshot', self.segment, '--output', self.file, '--name', 'before')

    def expect(self, status, *arguments, says=None):
        done = ctl(*arguments)
        self.assertEqual(done.returncode, status, f'{arguments}: {done.stdout}{done.stderr}')
        if says is not None:
            self.assertIn(says, done.stdout + done.stderr)
        return done

    def set(self, *arguments):
        self.expect(DONE, 'set', self.segment, *arguments)

    def test_what_is_the_same_is_no_difference(self):
        self.assertEqual(self.expect(DONE, 'diff', self.file, self.segment).stdout, '')
        self.assertEqual(self.expect(DONE, 'diff', self.segment, self.file).stdout, '')
        self.expect(DONE, 'diff', self.file, self.file)

    def test_only_the_differences_are_told(self):
        self.set('number', '9')
        self.set('counts[1:3]', '+=10')
        self.set('robots[1].speed', '2')
        told = self.expect(DIFFERENT, 'diff', self.file, self.segment).stdout
        self.assertEqual(told.splitlines(), [
            'counts[1:3]: 2 -> 12 (+10), the first of 2, by up to 10',
            'robots[1].speed: -1.0 -> 2.0 (+3.0)',
            'number: 7 -> 9 (+2)'])
        self.expect(DONE, 'diff', self.file, self.segment, '--tolerance', '10')
        self.expect(DIFFERENT, 'diff', self.file, self.segment, '--tolerance', '9.5')
        document = json.loads(self.expect(DIFFERENT, 'diff', self.file, self.segment, '--json').stdout)
        self.assertEqual([d['entry'] for d in document['differences']], ['counts', 'robots', 'number'])
        self.assertEqual(document['differences'][0], {
            'entry': 'counts', 'change': 'elements', 'count': 2, 'largest': 10.0,
            'ranges': [{'field': None, 'first': 1, 'last': 3, 'count': 2, 'largest': 10.0,
                        'a': '2', 'b': '12'}]})

    def test_an_entry_that_is_gone_is_told(self):
        self.worker.tell('remove number')
        self.expect(DIFFERENT, 'diff', self.file, self.segment, says='number: only in the first\n')
        self.expect(DIFFERENT, 'diff', self.segment, self.file, says='number: only in the second\n')
        done = self.expect(NOT_MET, 'restore', self.file, self.segment)
        self.assertIn('number: the segment has no entry of this name now', done.stderr)

    def test_all_is_restored(self):
        self.set('number', '9')
        self.set('million[5:7]', '3')
        self.set('robot.mode', '1')
        self.expect(DONE, 'restore', self.file, self.segment, '--dry-run', says='number would be restored\n')
        self.assertEqual(value(self.segment, 'number'), 9)
        self.expect(DONE, 'restore', self.file, self.segment, says='3 entries restored')
        self.expect(DONE, 'diff', self.file, self.segment)

    def test_some_are_restored_and_a_held_lock_keeps_its_own(self):
        for entry in ('number', 'left', 'counts[0]'):
            self.set(entry, '50')
        self.worker.tell('hold left')
        done = self.expect(NOT_MET, 'restore', self.file, self.segment, 'number', 'left', 'none',
                           '--timeout', '0.05', '--json')
        document = json.loads(done.stdout)
        self.assertEqual((document['restored'], document['same']), (1, 0))
        self.assertEqual([r['entry'] for r in document['refused']], ['none', 'left'])
        self.assertEqual([value(self.segment, e) for e in ('number', 'left', 'counts[0]')],
                         [7, 50, 50])

    def test_what_has_no_lock_needs_to_be_told_so(self):
        self.expect(DONE, 'set', self.segment, 'outside', '5', '--unlocked')
        self.expect(NOT_MET, 'restore', self.file, self.segment, 'outside', says='outside: ')
        self.expect(DONE, 'restore', self.file, self.segment, 'outside', '--unlocked')
        self.assertEqual(value(self.segment, 'outside'), 0)

    def test_a_snapshot_of_some_entries(self):
        self.expect(DONE, 'snapshot', self.segment, 'number', '--output', self.file, '--locked')
        told = self.expect(DIFFERENT, 'diff', self.file, self.segment).stdout
        self.assertNotIn('\nnumber: ', told)
        self.assertIn('counts: only in the second', told)
        self.expect(USAGE, 'snapshot', self.segment, 'counts[1]', '--output', self.file,
                    says='whole entries')
        self.expect(NOT_FOUND, 'snapshot', self.segment, 'none', '--output', self.file)

    def test_mistakes(self):
        self.expect(USAGE, 'snapshot', self.segment, says='--output')
        self.expect(NO_PERMISSION, 'snapshot', self.segment, '--output', '/proc/none/file')
        self.expect(NOT_FOUND, 'restore', '/none/such', self.segment, says='/none/such')
        self.expect(NOT_FOUND, 'diff', self.file, '/no-such-segment')
        self.expect(USAGE, 'diff', self.file, self.segment, '--tolerance', 'x')
        with open(self.file, 'wb') as file:
            file.write(b'shmlens snapshot 1\0 and nonsense')
        self.expect(CORRUPT, 'diff', self.file, self.segment, says='damaged')
        self.expect(CORRUPT, 'restore', self.file, self.segment, says='damaged')


if __name__ == '__main__':
    programs.main()
