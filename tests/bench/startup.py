#!/usr/bin/env python3
"""How long a program takes to start: the window to its first frame and to its first
values, shmlensctl as a whole.

Usage: with-display startup.py [--json] [--quick] [--rounds N] BUILD_DIRECTORY

The window is opened on a segment of 40 entries that change all the time, and compared
with the least program that shows a window (minimal-window.c), of the same size. Both
tell by the same preloaded library (first-frame.c) when a frame had been drawn and
handed to the screen. Time counts from before fork and exec. Each round starts the
minimal window, ours, and the minimal window once more.

`shmlensctl get` of one value is measured from before it is spawned until it was waited
for, in turn with /bin/true.
"""
import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time

PATIENCE = 30
ENTRIES = 40
TEXT = '8888'  # in every value of changing.c


def median(values):
    return statistics.median(values)


def quartiles(values):
    if len(values) < 2:
        return [values[0], values[0]]
    first, _, third = statistics.quantiles(values, n=4, method='inclusive')
    return [first, third]


class Changing:
    """A segment whose entries change as long as the block lasts."""

    def __init__(self, build, entries):
        self.name = f'/bench-changing-{os.getpid()}'
        self.command = [f'{build}/tests/bench/bench-changing', self.name, str(entries)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        if self.process.stdout.readline() != b'ready\n':
            sys.exit('bench-changing did not start')
        return self.name, self.process

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def first_frames(build, command, text=None):
    """Seconds to the first frame, by the clock and of processor time; and with a text by
    the clock to the first that shows it."""
    environment = dict(os.environ, LD_PRELOAD=f'{build}/tests/bench/libfirst-frame.so',
                       GSETTINGS_SCHEMA_DIR=f'{build}/data')
    if text:
        environment['FIRST_FRAME_TEXT'] = text
    start = time.monotonic_ns()
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE)
    signal.alarm(PATIENCE)  # ends us when no frame comes; with-display ends the program
    found = []
    for what in ('frame', 'values') if text else ('frame',):
        line = process.stdout.readline().decode().split()
        if not line or line[0] != what:
            sys.exit(f'{command[0]} said {line} instead of when its first {what} came')
        found.append((int(line[1]) - start) / 1e9)
        if what == 'frame':
            found.append(int(line[2]) / 1e9)
    signal.alarm(0)
    process.kill()
    process.wait()
    process.stdout.close()
    return found


def measure_window(build, rounds):
    minimal_command = [f'{build}/tests/bench/bench-minimal-window']
    minimal, frame, values, ratio, ratio_cpu, noise = [], [], [], [], [], []
    with Changing(build, ENTRIES) as (segment, _):
        command = [f'{build}/app/shmlens', segment]
        for number in range(rounds + 1):
            before, before_cpu = first_frames(build, minimal_command)
            ours, ours_cpu, ours_values = first_frames(build, command, TEXT)
            after, after_cpu = first_frames(build, minimal_command)
            if number == 0:  # warms up
                continue
            minimal += [before, after]
            frame.append(ours)
            values.append(ours_values - ours)
            ratio.append(2 * ours / (before + after))
            ratio_cpu.append(2 * ours_cpu / (before_cpu + after_cpu))
            noise.append(after / before)
    return {'minimal_s': minimal, 'frame_s': frame, 'values_after_frame_s': values,
            'ratio': ratio, 'ratio_cpu': ratio_cpu, 'noise': noise}


def spawned(command):
    """Milliseconds by the clock on the wall, and of processor time."""
    start = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ,
                         file_actions=[(os.POSIX_SPAWN_OPEN, 1, '/dev/null', os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    end = time.perf_counter()
    if status != 0:
        sys.exit(f'{command[0]} ended with status {status}')
    return (end - start) * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3


def measure_ctl(build, rounds):
    nothing, get, get_cpu, noise = [], [], [], []
    with Changing(build, ENTRIES) as (segment, _):
        command = [f'{build}/app/shmlensctl', 'get', segment, 'entry0']
        for number in range(rounds + 1):
            before, _ = spawned(['/bin/true'])
            ours, ours_cpu = spawned(command)
            again, _ = spawned(command)
            if number == 0:
                continue
            nothing.append(before)
            get.append(ours)
            get_cpu.append(ours_cpu)
            noise.append(again / ours)
    return {'true_ms': nothing, 'get_ms': get, 'get_cpu_ms': get_cpu, 'noise': noise}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--json', action='store_true')
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--rounds', type=int, default=15)
    parser.add_argument('build', metavar='BUILD_DIRECTORY')
    options = parser.parse_args()
    rounds = 1 if options.quick else options.rounds
    result = {}
    for name, series in (('window', measure_window(options.build, rounds)),
                         ('get', measure_ctl(options.build, 20 * rounds))):
        result[name] = {'rounds': len(series['noise'])}
        for what, values in series.items():
            result[name][what] = round(median(values), 4)
            result[name][what + '_quartiles'] = [round(v, 4) for v in quartiles(values)]
    if options.json:
        print(json.dumps(result))
        return
    for name, figures in result.items():
        print(f'{name}, {figures.pop("rounds")} rounds; medians (quartiles)')
        for what in figures:
            if not what.endswith('_quartiles'):
                first, third = figures[what + '_quartiles']
                print(f'  {what:22} {figures[what]:8.4f}  ({first:.4f}-{third:.4f})')


if __name__ == '__main__':
    main()
