#!/usr/bin/env python3
"""cpython-names.py PYTHON-NAMES [PYTHON]...: what Python programs call their objects, found
from outside: support/named.py and its processes under the Pythons that are given; else
under the oldest and the newest CPython from 3.6 on and /usr/bin/python3, and in a long
run under all there are. The names must be exactly those, in that order; and where memory
is read that does not hold together, whatever comes, it ends.
"""
import glob
import json
import os
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 180  # seconds; a loaded machine needs some
IS_LONG = bool(os.environ.get('SHMLENS_LONG'))
SEEDS = 40 if IS_LONG else 5


def find_pythons(wanted):
    """[(version, path)], each once, the oldest first."""
    paths = {os.path.realpath(path) for path in wanted or
             ['/usr/bin/python3', sys.executable]
             + glob.glob(os.path.expanduser('~/.pyenv/versions/*/bin/python3'))}
    found = []
    for path in paths:
        if os.path.exists(path):
            done = subprocess.run([path, '-c', 'import sys; print(*sys.version_info[:3])'],
                                  stdout=subprocess.PIPE, universal_newlines=True)
            found.append((tuple(map(int, done.stdout.split())), path))
    found = sorted(one for one in found if one[0] >= (3, 6))
    if IS_LONG or wanted:
        return found
    own = os.path.realpath('/usr/bin/python3')
    return [one for one in found if one in (found[0], found[-1]) or one[1] == own]


class Program:
    """named.py while it runs."""

    def __init__(self, python):
        self.process = subprocess.Popen(
            [python, os.path.join(HERE, 'support', 'named.py')], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, universal_newlines=True, encoding='utf-8',
            env=dict(os.environ, PYTHONDONTWRITEBYTECODE='1', PYTHONIOENCODING='utf-8',
                     LC_ALL='C.UTF-8'))

    def __enter__(self):
        watchdog = threading.Timer(PATIENCE, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        return json.loads(line or '[]')

    def __exit__(self, *_):
        try:
            self.process.communicate('\n', timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


def names_of(tool, report, *seed):
    """None: it failed."""
    lines = ''.join('%d %d\n' % (one['object'], one['wrapper']) for one in report['records'])
    done = subprocess.run([tool, str(report['pid']), *seed], input=lines, stdout=subprocess.PIPE,
                          universal_newlines=True, encoding='utf-8', timeout=PATIENCE)
    return json.loads(done.stdout) if done.returncode == 0 else None


def check(tool, report):
    """(how many names were looked at, what is wrong, ms)."""
    seen = names_of(tool, report)
    if seen is None:
        return 0, ['nothing was found'], 0
    wrong = ['%s instead of %s' % (names, record['names'])
             for record, names in zip(report['records'], seen['names'])
             if names != record['names']]
    return len(report['records']), wrong, seen['ms']


def check_changed(tool, report):
    """What is wrong with names out of memory that is not as the program has it."""
    wrong, n_names, slowest = [], 0, 0
    for seed in range(SEEDS):
        seen = names_of(tool, report, str(seed))
        if seen is None:
            wrong.append('seed %d: it failed' % seed)
            continue
        slowest = max(slowest, seen['ms'])
        for names in seen['names']:
            n_names += len(names)
            wrong += ['seed %d: %r' % (seed, name) for name in names
                      if not name.isprintable() or len(name.encode()) > 256]
            if len(names) > 8 or len(set(names)) < len(names):
                wrong.append('seed %d: %s' % (seed, names))
    return n_names, wrong, slowest


def run(tool, version, python):
    """How many were wrong."""
    with Program(python) as reports:
        if not reports:
            print('Python %s: the program did not start' % (version, ))
            return 1
        failures = 0
        for report in reports:
            n, wrong, ms = check(tool, report)
            print('Python %-7s %-12s %3d objects, %d wrong, %.0f ms' % (
                '.'.join(map(str, version)), report['what'], n, len(wrong), ms))
            print(''.join('    %s\n' % text for text in wrong), end='', flush=True)
            failures += len(wrong)
        n, wrong, ms = check_changed(tool, reports[0])
        print('Python %-7s %d names out of changed memory, %d wrong, at most %.0f ms' % (
            '.'.join(map(str, version)), n, len(wrong), ms))
        print(''.join('    %s\n' % text for text in wrong[:20]), end='', flush=True)
        return failures + len(wrong)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    tool, *wanted = sys.argv[1:]
    pythons = find_pythons(wanted)
    failures = sum(run(tool, *one) for one in pythons)
    print('%d Pythons, %d wrong' % (len(pythons), failures))
    return 1 if failures else 0 if pythons else 77


if __name__ == '__main__':
    sys.exit(main())
