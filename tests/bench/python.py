#!/usr/bin/env python3
"""How fast the Python module is beside multiprocessing, on each of some Pythons.

Usage: python.py [--json] [--rounds N] [--package DIRECTORY] [PYTHON...]

Without PYTHON: Debian's /usr/bin/python3, and the fastest other one that is found.
The module is built for each with build_backend.py, as pip does. All ways are run in
turn, round after round, pinned to one processor, by that thread's processor time (so
that other programs do not count); a figure is the median over the rounds. The noise
floor is how far two medians of the very same code are apart: multiprocessing's
increment is measured twice in each round.

Statements are repeated ten times in the loop's body, and an empty loop is not
subtracted.
"""

import argparse
import glob
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BACKEND = os.path.join(HERE, "..", "..", "core", "python", "build_backend.py")

REPEATS = 10
LOOPS = 1000
ELEMENTS = 10**6
SMALL = 1000

# name: what it is compared with, the least ratio that is wanted, and its title.
AIMS = {
    "with": ("mp_with", 2.0, "with v.get_lock(): v.value += 1"),
    "add": ("mp_with", 10.0, "v.add(1)"),
    "item": ("mp_item", 1.0, "a[i] += 1"),
    "get": ("mp_get", 1.0, "v.value"),
    "slice": ("mp_slice", 1.0, "a[:] of 1e6 doubles"),
    "set_slice": ("mp_set_slice", 1.0, "a[:] = list of 1e6 doubles"),
    "small_slice": ("mp_small_slice", 1.0, "a[:] of 1000 doubles"),
    "buffer": ("mp_slice", 1.0, "memoryview(a) of 1e6 doubles"),
    "make": ("mp_make", 1.0, "Value('i')"),
}


def repeated(statement):
    body = "\n".join(["        " + line for line in statement.splitlines()] * REPEATS)
    names = {}
    exec("def run(v, loops):\n    for _ in range(loops):\n" + body, names)
    return names["run"]


def measure(rounds):
    """Medians in ns of one statement, for this Python."""
    import multiprocessing
    import shmlens

    numbers = [float(i) for i in range(ELEMENTS)]
    increment = "with v.get_lock():\n    v.value += 1"
    mp_value, value = multiprocessing.Value("q"), shmlens.Value("q")
    mp_array = multiprocessing.Array("d", numbers)
    array = shmlens.Array("d", numbers)
    mp_small = multiprocessing.Array("d", numbers[:SMALL])
    small = shmlens.Array("d", numbers[:SMALL])

    def statement(text, target, loops=LOOPS):
        function = repeated(text)
        return lambda: function(target, loops), loops * REPEATS

    def single(function):
        return function, 1

    ways = {
        "mp_with": statement(increment, mp_value),
        "with": statement(increment, value),
        "add": statement("v.add(1)", value, 10 * LOOPS),
        "mp_with_again": statement(increment, mp_value),
        "mp_get": statement("v.value", mp_value),
        "get": statement("v.value", value),
        "mp_item": statement("v[5] += 1", mp_small),
        "item": statement("v[5] += 1", small),
        "mp_slice": single(lambda: mp_array[:]),
        "slice": single(lambda: array[:]),
        "buffer": statement("memoryview(v)", array) if shmlens._library.extension else None,
        "mp_set_slice": single(lambda: mp_array.__setitem__(slice(None), numbers)),
        "set_slice": single(lambda: array.__setitem__(slice(None), numbers)),
        "mp_small_slice": statement("v[:]", mp_small, 10),
        "small_slice": statement("v[:]", small, 10),
        "mp_make": statement("v('i')", multiprocessing.Value, 10),
        "make": statement("v('i')", shmlens.Value, 10),
    }
    times = {name: [] for name, way in ways.items() if way is not None}
    for number in range(rounds + 1):
        for name in times:
            function, count = ways[name]
            start = time.thread_time()
            kept = function()
            spent = time.thread_time() - start
            del kept
            if number:  # the first one warms up
                times[name].append(spent / count * 1e9)
    medians = {name: statistics.median(spent) for name, spent in times.items()}
    return {"version": "%d.%d.%d" % sys.version_info[:3], "python": sys.executable,
            "extension": shmlens._library.extension is not None, "rounds": rounds,
            "noise": abs(medians["mp_with_again"] / medians["mp_with"] - 1),
            "ns": {name: round(median, 1) for name, median in medians.items()},
            "ratios": {name: round(medians[base] / medians[name], 2)
                       for name, (base, _, _) in AIMS.items() if name in medians}}


def find_pythons():
    """Debian's, and of the others the one that is fastest at a plain loop."""
    loop = "import timeit; print(min(timeit.repeat('for i in range(1000): i * i', number=300)))"
    others = {}
    for path in glob.glob(os.path.expanduser("~/.pyenv/versions/3.*/bin/python3")):
        result = subprocess.run([path, "-c", "import sys; assert sys.version_info >= (3, 8)\n"
                                 + loop], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if result.returncode == 0:
            others[path] = float(result.stdout)
    found = ["/usr/bin/python3"] if os.path.exists("/usr/bin/python3") else []
    return found + sorted(others, key=others.get)[:1]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--package", help="a built package, for use with one PYTHON")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("pythons", metavar="PYTHON", nargs="*")
    options = parser.parse_args()
    if options.measure:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        print(json.dumps(measure(options.rounds)))
        return

    results = []
    for python in options.pythons or find_pythons():
        with tempfile.TemporaryDirectory() as directory:
            package = options.package
            if package is None:
                package = directory
                subprocess.run([python, BACKEND, package], check=True)
            output = subprocess.run(
                [python, os.path.abspath(__file__), "--measure", "--rounds",
                 str(options.rounds)], check=True, stdout=subprocess.PIPE,
                env=dict(os.environ, PYTHONPATH=package)).stdout
        results.append(json.loads(output))
    if options.json:
        print(json.dumps(results, indent=2))
        return
    for result in results:
        print("Python %s (%s)%s, noise %.1f %%" % (
            result["version"], result["python"],
            "" if result["extension"] else " without the extension", 100 * result["noise"]))
        for name, (base, aim, title) in AIMS.items():
            if name in result["ratios"]:
                print("  %-34s %12.1f ns, multiprocessing %12.1f ns, ratio %8.2f (wanted %g)"
                      % (title, result["ns"][name], result["ns"][base], result["ratios"][name],
                         aim))


if __name__ == "__main__":
    main()
