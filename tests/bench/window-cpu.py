#!/usr/bin/env python3
"""How much processor time the window uses while it shows values that change.

Usage: WITH_DISPLAY_SCREEN=1280x1640 with-display \\
         window-cpu.py [--json] [--quick] [--seconds N] [--sparklines] BUILD_DIRECTORY

The window shows a segment of 1000 entries, each changed 200 times a second, at 10 Hz, and
fills a screen so high that some 40 rows are seen. Told is its processor time, of all
its threads, in percent of one core: median and quartiles over periods of one second.
Half of the periods, in turn, are with the program stopped, so that nothing changes
(`still`); the noise floor is how far the two halves of the changing periods are apart.
With --sparklines the table has a column more, with the last minute of each entry as a
picture; all 1000 entries are sampled then, also those that are not seen.
"""
import argparse
import json
import os
import signal
import subprocess
import sys
import time

from startup import PATIENCE, TEXT, Changing, median, quartiles

ENTRIES = 1000
PERIODS_IN_TURN = 5
SIZE = '1280', '1640'  # 41 rows of the table


def seconds_used(pid):
    """With all threads; to the nanosecond, where /proc/PID/stat has 10 ms."""
    total = 0
    for task in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{task}/schedstat') as schedstat:
            total += int(schedstat.read().split()[0])
    return total / 1e9


def measure_periods(pid, number, length):
    found = []
    used, start = seconds_used(pid), time.monotonic()
    for _ in range(number):
        time.sleep(length)
        now, end = seconds_used(pid), time.monotonic()
        found.append(100 * (now - used) / (end - start))
        used, start = now, end
    return found


def choose_columns(*columns):
    settings = f'{os.environ["XDG_CONFIG_HOME"]}/glib-2.0/settings'
    os.makedirs(settings, exist_ok=True)
    with open(f'{settings}/keyfile', 'w') as keyfile:
        keyfile.write(f'[org/shmlens/Shmlens]\ncolumns={list(columns)}\n')


def run(command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)


def measure(build, seconds, quick):
    environment = dict(os.environ, LD_PRELOAD=f'{build}/tests/bench/libfirst-frame.so',
                       GSETTINGS_SCHEMA_DIR=f'{build}/data', GSETTINGS_BACKEND='keyfile',
                       FIRST_FRAME_TEXT=TEXT)
    changing, still = [], []
    length = 0.2 if quick else 1
    with Changing(build, ENTRIES) as (name, program):
        window = subprocess.Popen([f'{build}/app/shmlens', name], env=environment,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        signal.alarm(PATIENCE)
        # From the frame that shows values on, what is preloaded does nothing.
        while True:
            line = window.stdout.readline()
            if line.startswith('values'):
                break
            if not line:
                sys.exit('the window ended')
        signal.alarm(0)
        run(['xdotool', 'search', '--sync', '--onlyvisible', '--all', '--pid', str(window.pid),
             '--name', '.', 'windowmove', '%1', '0', '0', 'windowsize', '%1', *SIZE])
        size = subprocess.run(['xdotool', 'search', '--onlyvisible', '--all', '--pid',
                               str(window.pid), '--name', '.', 'getwindowgeometry', '--shell'],
                              check=True, stdout=subprocess.PIPE, text=True).stdout
        if f'HEIGHT={SIZE[1]}' not in size:
            sys.exit(f'the window is not as high as wanted, but {size}: is the screen?')
        time.sleep(length * 2)
        for _ in range(max(1, round(seconds / PERIODS_IN_TURN / length))):
            changing += measure_periods(window.pid, PERIODS_IN_TURN, length)
            program.send_signal(signal.SIGSTOP)
            time.sleep(length * 2)  # what fades has faded
            still += measure_periods(window.pid, PERIODS_IN_TURN, length)
            program.send_signal(signal.SIGCONT)
            time.sleep(length)
        window.kill()
        window.wait()
    return changing, still


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--json', action='store_true')
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--seconds', type=float, default=10)
    parser.add_argument('--sparklines', action='store_true')
    parser.add_argument('build', metavar='BUILD_DIRECTORY')
    options = parser.parse_args()
    choose_columns('name', 'type', 'value', *['sparkline'] * options.sparklines, 'lock', 'changed')
    seconds = 1 if options.quick else options.seconds
    changing, still = measure(options.build, seconds, options.quick)
    half = len(changing) // 2
    result = {'percent': round(median(changing), 2),
              'percent_quartiles': [round(v, 2) for v in quartiles(changing)],
              'still_percent': round(median(still), 2),
              'still_percent_quartiles': [round(v, 2) for v in quartiles(still)],
              'noise_percent': round(abs(median(changing[:half]) - median(changing[half:])), 2)}
    if options.json:
        print(json.dumps(result))
        return
    for what, value in result.items():
        print(f'{what:26} {value}')


main()
