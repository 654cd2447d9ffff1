#!/usr/bin/env python3
"""That the runner of the zoo finds what it is to find: it is given answers made from the
truth itself, which it must accept, and then with a fault planted in each."""
import copy
import json
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
from comparison import Comparison
from program import Program, programs


def entry_of(record, truth):
    """The entry as shmlensctl would list the object."""
    pid = sorted(record['addresses'])[0]
    lock = {'kind': record['lock']['kind'], 'recursive': record['lock'].get('recursive'),
            'id': record['lock'].get('id'), 'way': 'map_files',
            'state': record.get('state', 'free'), 'owner_pid': record.get('owner'),
            'waiters': record.get('waiters')}
    return {'name': record['names'][0] if record['names'] else record['ctype'] + ' @ 0x10',
            'names': list(record['names']), 'ctype': record['ctype'],
            'typecode': (record['codes'] or 'B')[0], 'shape': list(record['shape']),
            'address': record['addresses'][pid][0],
            'pids': [int(pid)] + [one for one in record['pids'] if one != int(pid)],
            'fields': [{'name': name, 'typecode': (one['codes'] or 'B')[0]}
                       for name, one in record.get('fields', {}).items()],
            'lock': lock, 'value': record['value']}


class Answers:
    """In the place of shmlensctl."""

    def __init__(self, truth):
        self.truth = truth
        self.segments = [{'segment': 'pid:%d' % truth['pid']}]
        self.pids = list(truth['pids'])
        self.entries = [entry_of(record, truth) for record in truth['records']]

    def list(self, *arguments):
        if len(arguments) == 1:
            return {'segments': self.segments}
        return {'pids': self.pids, 'entries': self.entries}

    def ctl(self, command, segment, *arguments):
        if command == 'set':
            return subprocess.CompletedProcess(arguments, 4, '', 'refused')
        by_name = {entry['name']: entry['value'] for entry in self.entries}
        values = [by_name[name] for name in arguments[:arguments.index('--count')]]
        return subprocess.CompletedProcess(arguments, 0, json.dumps({'values': values}), '')


class Planted(unittest.TestCase):
    program = None

    @classmethod
    def setUpClass(cls):
        cls.programs = {}
        for name, *arguments in (('zoo_structures', ), ('zoo_locks', 'fork'), ('zoo_simple', )):
            cls.programs[name] = Program(sys.executable, name, *arguments)
            cls.addClassCleanup(cls.programs[name].end)

    def compare(self, name, plant=lambda answers: None):
        """What the runner finds wrong."""
        program = self.programs[name]
        truth = copy.deepcopy(program.truth)
        truth['edits'] = []
        answers = Answers(truth)
        plant(answers)
        program.ctl, program.ctl_json = answers.ctl, answers.list
        comparison = Comparison(program, ('map_files', ))
        comparison.truth = truth
        comparison.run()
        return comparison.wrong

    def entry(self, answers, name):
        return next(entry for entry in answers.entries if entry['name'] == name)

    def expect(self, name, what, plant):
        wrong = self.compare(name, plant)
        self.assertTrue(any(text.startswith(what) for text in wrong), wrong)

    def change(self, program, what, entry, **values):
        def plant(answers):
            self.entry(answers, entry).update(values)
        self.expect(program, what, plant)

    def change_lock(self, entry, **values):
        def plant(answers):
            self.entry(answers, entry)['lock'].update(values)
        self.expect('zoo_locks', 'locked', plant)

    def test_the_truth_is_accepted(self):
        for name in self.programs:
            self.assertEqual(self.compare(name), [])

    def test_what_is_missing_twice_or_made_up_is_found(self):
        self.expect('zoo_simple', 'found', lambda answers: answers.entries.pop(3))
        self.expect('zoo_simple', 'found', lambda answers: answers.entries.append(
            dict(answers.entries[0], name='made_up', address=12345)))
        self.expect('zoo_simple', 'found', lambda answers: answers.entries.append(
            dict(answers.entries[0], name='twice')))
        self.expect('zoo_locks', 'found', lambda answers: answers.entries.append(
            dict(self.entry(answers, 'held'), name='a_part')))
        self.expect('zoo_locks', 'found', lambda answers: answers.segments.append(
            {'segment': 'pid:%d' % answers.truth['pids'][1]}))
        self.expect('zoo_locks', 'found', lambda answers: answers.pids.pop())

    def test_a_wrong_type_is_found(self):
        self.change('zoo_simple', 'typed', 'counter', ctype='c_uint')
        self.change('zoo_simple', 'typed', 'counter', typecode='I')
        self.change('zoo_simple', 'typed', 'flags', shape=[4])
        self.change('zoo_structures', 'typed', 'record', fields=[])
        self.change('zoo_structures', 'typed', 'point', fields=[
            {'name': 'x', 'typecode': 'd'}, {'name': 'y', 'typecode': 'f'}])

    def test_a_wrong_name_is_found(self):
        self.change('zoo_simple', 'named', 'counter', name='other', names=['other'])
        self.change('zoo_simple', 'named', 'counter', names=['counter', 'zero'])
        self.change('zoo_simple', 'named', 'counter', name='c_int @ 0x40', names=[])

    def test_a_wrong_lock_is_found(self):
        self.change_lock('recursive', kind='none')
        self.change_lock('raw', kind='sem')
        self.change_lock('of_threads', kind='sem')
        self.change_lock('recursive', recursive=False)
        self.change_lock('sharing_a', id='1:2:3')
        self.change_lock('held', state='free')
        self.change_lock('held', owner_pid=1)
        self.change_lock('held', waiters=0)
        self.change_lock('dead_value', state='held')
        self.change_lock('plain', way='none')

    def test_a_wrong_process_is_found(self):
        self.change('zoo_locks', 'found', 'held', pids=[self.programs['zoo_locks'].pid])

    def test_a_wrong_value_is_found(self):
        self.change('zoo_simple', 'valued', 'counter', value=40)
        self.change('zoo_simple', 'valued', 'zero', value=0.0)
        self.change('zoo_simple', 'valued', 'flags', value=[1, 0, 1])
        self.change('zoo_simple', 'valued', 'not_a_number', value='inf')
        self.change('zoo_structures', 'valued', 'matrix', value=[[0, 0, 0], [0, 12.5, 0]])
        self.change('zoo_structures', 'valued', 'bits', value={'a': 5})
        self.change('zoo_locks', 'valued', 'event_set', value=False)
        self.change('zoo_locks', 'valued', 'queue', value={'size': 3})

    def test_an_edit_that_does_not_arrive_is_found(self):
        program = self.programs['zoo_simple']
        comparison = Comparison(program, ('map_files', ))
        program.ctl = lambda *arguments: subprocess.CompletedProcess(arguments, 0, '', '')
        comparison.compare_edits()
        for edit in program.truth['edits']:
            self.assertTrue(any(text.startswith('edited: %s is ' % edit[0])
                                for text in comparison.wrong), comparison.wrong)


if __name__ == '__main__':
    programs.take_own_shm()
    unittest.main()
