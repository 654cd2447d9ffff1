#!/usr/bin/env python3
"""What an unmodified Python program loses while shmlens looks at it, and how soon its
objects are there.

Usage: python-target.py [--json] [--quick] [--rounds N] BUILD_DIRECTORY

A program of 50 MB counts under its lock, `with v.get_lock(): v.value += 1`, and is pinned
to one processor, the inspector to the other. Its count for each second of its own
processor time, and of wall clock, is taken in short turns: alone, watched by `shmlensctl
watch` at 60 Hz, alone, scanned by `shmlensctl scan` without pause, alone, alone. A loss is
that of a turn against the mean of its neighbours; the noise floor is the loss, reckoned the
same way, of the fifth, in which nothing is different. Besides: how long a `shmlensctl list
pid:N` takes as a whole.
"""
import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time

PROGRAM = '''
import multiprocessing, sys
ballast = [str(i) * 3 for i in range(500000)]
v = multiprocessing.Value('q', 0)
levels = multiprocessing.Array('d', 40)
print('ready', flush=True)
while True:
    with v.get_lock():
        v.value += 1
'''


class Target:
    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, '-c', PROGRAM], stdout=subprocess.PIPE,
                                        preexec_fn=lambda: os.sched_setaffinity(0, {0}))
        self.process.stdout.readline()
        self.segment = f'pid:{self.process.pid}'
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def processor_s(self):
        with open(f'/proc/{self.process.pid}/schedstat') as file:
            return int(file.read().split()[0]) / 1e9


def count(ctl, target):
    return int(subprocess.check_output([ctl, 'get', target.segment, 'v']))


def turn(ctl, target, seconds, command=None, again=False):
    """(increments a second of processor time, of wall clock)"""
    inspector = None
    if command:
        inspector = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                     preexec_fn=lambda: (os.setpgrp(),
                                                         os.sched_setaffinity(0, {1})))
        time.sleep(0.3)
    before, begin, processor = count(ctl, target), time.monotonic(), target.processor_s()
    end = begin + seconds
    while time.monotonic() < end:
        time.sleep(0.02)
    after, wall, used = count(ctl, target), time.monotonic() - begin, target.processor_s()
    if inspector:
        os.killpg(inspector.pid, signal.SIGTERM)
        inspector.wait()
    return (after - before) / (used - processor), (after - before) / wall


TURNS = ('alone', 'watched', 'alone', 'scanned', 'alone', 'alone')
# Of them, the ones whose loss is told, and what it is called.
TOLD = ((1, 'watched'), (3, 'scanned'), (5, 'noise'))


def losses(rates):
    """The loss in percent of each told turn of each round."""
    found = {name: [] for _, name in TOLD}
    n = len(TURNS)
    for start in range(0, len(rates) - n, n):
        for index, name in TOLD:
            before, own, after = rates[start + index - 1:start + index + 2]
            found[name].append(100 - 200 * own / (before + after))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--json', action='store_true')
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--rounds', type=int, default=20)
    parser.add_argument('build')
    options = parser.parse_args()
    ctl = os.path.join(options.build, 'app', 'shmlensctl')
    rounds, seconds = (2, 0.1) if options.quick else (options.rounds, 0.4)
    listed, rates = [], []

    os.sched_setaffinity(0, {1})
    with Target() as target:
        commands = {
            'alone': None,
            'watched': [ctl, 'watch', target.segment, 'v', 'levels', '--interval', str(1 / 60)],
            'scanned': ['sh', '-c', f'while :; do {ctl} scan {target.segment}; done'],
        }
        for _ in range(rounds):
            for name in TURNS:
                rates.append(turn(ctl, target, seconds, commands[name]))
            begin = time.monotonic()
            subprocess.run([ctl, 'list', target.segment], stdout=subprocess.DEVNULL, check=True)
            listed.append(time.monotonic() - begin)
        rates.append(turn(ctl, target, seconds))
    result = {'list_s': round(statistics.median(listed), 4)}
    for index, clock in ((0, ''), (1, 'wall_')):
        for name, found in losses([rate[index] for rate in rates]).items():
            quartiles = statistics.quantiles(found, n=4)
            result[f'{name}_{clock}percent'] = round(statistics.median(found), 2)
            result[f'{name}_{clock}percent_quartiles'] = [round(quartiles[0], 2),
                                                          round(quartiles[2], 2)]
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f'{name}: {value}')


main()
