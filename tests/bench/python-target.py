#!/usr/bin/env python3
"""What an unmodified Python program loses while shmlens looks at it, and how soon its
objects are there.

Usage: python-target.py [--json] [--quick] [--rounds N] BUILD_DIRECTORY

A program of 50 MB counts under its lock, `with v.get_lock(): v.value += 1`, and is pinned
to one processor, the inspector to the other. Its count for each second of its own
processor time, and of wall clock, is taken by turns: alone, watched by `shmlensctl watch`
at 60 Hz, alone, scanned by `shmlensctl scan` without pause; the two turns alone tell the
noise. Besides: how long a `shmlensctl list pid:N` takes as a whole.
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


def loss(turns, base):
    return 100 * (1 - statistics.median(turns) / statistics.median(base))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--json', action='store_true')
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--rounds', type=int, default=12)
    parser.add_argument('build')
    options = parser.parse_args()
    ctl = os.path.join(options.build, 'app', 'shmlensctl')
    rounds, seconds = (1, 0.2) if options.quick else (options.rounds, 1.0)
    turns = {'alone': [], 'watched': [], 'again': [], 'scanned': []}
    listed = []

    os.sched_setaffinity(0, {1})
    with Target() as target:
        watch = [ctl, 'watch', target.segment, 'v', 'levels', '--interval', str(1 / 60)]
        scan = ['sh', '-c', f'while :; do {ctl} scan {target.segment}; done']
        for _ in range(rounds):
            turns['alone'].append(turn(ctl, target, seconds))
            turns['watched'].append(turn(ctl, target, seconds, watch))
            turns['again'].append(turn(ctl, target, seconds))
            turns['scanned'].append(turn(ctl, target, seconds, scan))
            begin = time.monotonic()
            subprocess.run([ctl, 'list', target.segment], stdout=subprocess.DEVNULL, check=True)
            listed.append(time.monotonic() - begin)
    result = {'list_s': round(statistics.median(listed), 4)}
    for index, clock in ((0, ''), (1, 'wall_')):
        base = [one[index] for one in turns['alone'] + turns['again']]
        result[f'watched_{clock}percent'] = round(loss([one[index] for one in turns['watched']], base), 2)
        result[f'scanned_{clock}percent'] = round(loss([one[index] for one in turns['scanned']], base), 2)
        result[f'noise_{clock}percent'] = round(
            loss([one[index] for one in turns['again']], [one[index] for one in turns['alone']]), 2)
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f'{name}: {value}')


main()
