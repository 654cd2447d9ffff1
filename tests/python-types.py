#!/usr/bin/env python3
"""python-types.py PYTHON-DECODE: every kind of shared object of every Python that is found, as
python-decode sees it and as the program itself does (support/python_types.py)."""
import collections
import glob
import json
import math
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ['data', 'event', 'lock', 'semaphore', 'condition', 'barrier', 'queue']
SEM_VALUE_MAX = 2**31 - 1


def pythons():
    """Every Python from 3.6 on; several of one version when they are built in other ways."""
    found = sorted(glob.glob(os.path.expanduser('~/.pyenv/versions/3.*/bin/python3')))
    return found + ['/usr/bin/python3'] if os.path.exists('/usr/bin/python3') else found


def same(expected, got):
    """A scalar against its text; structures and lists of them."""
    if isinstance(expected, dict):
        return isinstance(got, dict) and list(expected) == list(got) \
            and all(same(expected[key], got[key]) for key in expected)
    if isinstance(expected, list):
        return len(expected) == len(got) and all(map(same, expected, got))
    if isinstance(expected, bool):
        return got == str(expected).lower()
    if isinstance(expected, float):
        if got in ('true', 'false'):
            return False
        number = float(got)
        if math.isnan(expected):
            return math.isnan(number)
        return number == expected and math.copysign(1, number) == math.copysign(1, expected) \
            or float(got) != expected and is_single(expected, got)
    return got == str(expected)


def is_single(expected, got):
    """A float32, of which the shortest text is shorter than that of the same number as float64."""
    import ctypes
    return ctypes.c_float(float(got)).value == expected


class Checker:
    def __init__(self, found):
        self.by_address = collections.defaultdict(list)
        self.problems = []
        self.right = 0
        for one in found:
            self.by_address[one['object']].append(one)

    def find(self, expected):
        found = self.by_address[expected['object']]
        if 'wrapper' in expected:
            found = [one for one in found if one['wrapper'] == expected['wrapper']]
        return found[0] if len(found) == 1 else None

    def check(self, expected):
        label, found = expected['label'], self.find(expected)
        if expected.get('hidden'):
            self.demand(label, 'hidden', found is None, found)
            return
        if expected['scan'] == 'synchronized':
            return
        if found is None:
            self.problems.append('%s: not found' % label)
            return
        for key in ('ctype', 'wrapper', 'data', 'size', 'role', 'editable', 'unit', 'progress'):
            if key in expected:
                self.demand(label, key, found.get(key) == expected[key], found.get(key), expected[key])
        self.demand(label, 'part', found['part'] == expected.get('part', False), found['part'])
        if 'kind' in expected:
            self.demand(label, 'kind', KINDS[found['kind']] == expected['kind'], found['kind'])
        if expected.get('bytes'):
            self.demand(label, 'bytes', found['code'] == 'B' or any(
                field['code'] == 'B' and field['shape'] for field in found['fields']), found['fields'])
        if 'shape' in expected and not expected.get('folded'):
            shape = expected['shape'] + ([16] if 'double' in found['ctype'] and found['code'] == 'B' else [])
            self.demand(label, 'shape', found['shape'] == shape, found['shape'], shape)
        if 'values' in expected:
            self.check_values(label, expected, found)
        self.check_lock(label, expected, found)

    def check_values(self, label, expected, found):
        got = found['values']
        if expected.get('padded'):
            # A str is shorter than its slot.
            for key, value in expected['values'][0].items():
                got[0][key] = got[0][key][:len(value)]
        self.demand(label, 'values', same(expected['values'], got), got, expected['values'])

    def check_lock(self, label, expected, found):
        lock = expected.get('lock')
        if lock == 'none':
            self.demand(label, 'no lock', found['lock_kind'] == 'none', found['lock_kind'])
        elif lock == 'external':
            self.demand(label, 'external', found['lock_kind'] == 'external', found['lock_kind'])
        elif lock is not None:
            semaphore = found['lock']
            self.demand(label, 'lock', semaphore is not None, found['lock_kind'])
            if semaphore is None:
                return
            self.demand(label, 'recursive', semaphore['recursive'] == (lock == 'recursive'), semaphore)
            if 'semlock' in expected:
                self.demand(label, 'semlock', semaphore['object'] == expected['semlock'], semaphore)
            for key, name in (('count', 'count'), ('value', 'free')):
                if name in expected:
                    self.demand(label, key, semaphore[key] == expected[name], semaphore)
        if 'parts' in expected:
            parts = [part and part['object'] for part in found['parts']]
            self.demand(label, 'parts', parts == expected['parts'], parts, expected['parts'])
        if 'state' in expected:
            state = [part and part['value'] for part in found['parts']]
            self.demand(label, 'state', state == expected['state'], state, expected['state'])

    def demand(self, label, what, is_right, got, expected=None):
        if is_right:
            self.right += 1
        else:
            self.problems.append('%s: %s\n  expected %s\n  got      %s'
                                 % (label, what, str(expected)[:600], str(got)[:600]))


def check(decode, python):
    """How much was right, and what was not."""
    target = subprocess.Popen([python, os.path.join(HERE, 'support', 'python_types.py')],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True)
    try:
        expected = []
        for line in iter(target.stdout.readline, ''):
            expected.append(json.loads(line))
            if 'ready' in expected[-1]:
                break
        else:
            return 0, ['the program ended with status %d' % target.wait()]
        done = subprocess.run([decode, str(target.pid)], stdout=subprocess.PIPE, timeout=120)
    finally:
        target.stdin.close()
        target.wait()
    if done.returncode != 0:
        return 0, ['python-decode ended with status %d' % done.returncode]
    checker = Checker([json.loads(line) for line in done.stdout.decode().splitlines()])
    for one in expected[:-1]:
        checker.check(one)
    known = {one['object'] for one in expected[:-1]}
    for address, found in checker.by_address.items():
        if address not in known and found[0]['kind'] == 0 and not found[0]['part']:
            checker.problems.append('%s at %#x is not known to the program' % (found[0]['ctype'], address))
    return checker.right, checker.problems


def main(decode):
    failed = False
    for python in pythons():
        right, problems = check(decode, python)
        print('%s: %d right, %d wrong' % (python, right, len(problems)))
        for problem in problems:
            print(problem)
        failed = failed or bool(problems) or right < 500
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
