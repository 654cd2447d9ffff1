#!/usr/bin/env python3
"""What `python -m shmlens` costs a program that is run by it.

Usage: python-record.py [--json] [--quick] [PYTHON]

Two things, each with and without, in turn, by the processor time of the whole process or
of the thread, so that other programs do not count; figures are medians: how much later
such a program starts (python3 -m shmlens -c pass, beside python3 -c pass), and how long
it takes to make a multiprocessing.Value, of which two or three lines are written down.
PYTHON: default /usr/bin/python3.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

PACKAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../core/python/shmlens')
BATCHES, BATCH = 15, 40
MAKE = f'''
import multiprocessing, statistics, time
clock = getattr(time, 'thread_time', time.process_time)
context = multiprocessing.get_context('fork')
times, kept = [], []
for batch in range({BATCHES}):
    start = clock()
    for _ in range({BATCH}):
        value = context.Value('i', 0)
        kept.append(value)
    times.append(clock() - start)
print(statistics.median(times) / {BATCH})
'''


def command(python, recorded, code):
    return [python, *['-m', 'shmlens'] * recorded, '-c', code]


def start(python, recorded):
    """Seconds of the processor that a program takes which does nothing."""
    words = command(python, recorded, 'pass')
    _, status, used = os.wait4(os.posix_spawn(words[0], words, os.environ), 0)
    if status != 0:
        sys.exit(f'{words}: status {status}')
    return used.ru_utime + used.ru_stime


def make(python, recorded):
    return float(subprocess.run(command(python, recorded, MAKE), check=True,
                                stdout=subprocess.PIPE).stdout)


def measure(what, python, rounds):
    """Medians without and with, and how far two medians of the very same are apart."""
    plain, recorded, again = [], [], []
    for _ in range(rounds):
        plain.append(what(python, False))
        recorded.append(what(python, True))
        again.append(what(python, False))
    medians = [statistics.median(times) for times in (plain, recorded, again)]
    return {'plain_s': medians[0], 'recorded_s': medians[1],
            'noise_s': abs(medians[2] - medians[0])}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--json', action='store_true')
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('python', metavar='PYTHON', nargs='?', default='/usr/bin/python3')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        # As it is when it was installed: compiled.
        shutil.copytree(PACKAGE, directory + '/shmlens')
        subprocess.run([options.python, '-m', 'compileall', '-q', directory], check=True)
        os.environ['PYTHONPATH'] = directory
        result = {'start': measure(start, options.python, 1 if options.quick else 15),
                  'make': measure(make, options.python, 1 if options.quick else 5)}
    if options.json:
        print(json.dumps(result))
        return
    for name, unit, scale in ('start', 'ms', 1e3), ('make', 'us', 1e6):
        times = result[name]
        print(f'{name}: {scale * times["plain_s"]:.1f} {unit}, recorded '
              f'{scale * times["recorded_s"]:.1f} {unit}, noise {scale * times["noise_s"]:.1f} {unit}')


main()
