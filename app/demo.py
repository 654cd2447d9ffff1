#!/usr/bin/env python3
"""The demos of `shmlensctl demo`, written with the Python module.

    python3 app/demo.py NAME [--slow] [--workers N]

Each makes a few Values and Arrays, starts workers that share them, checks the
result and says pass or fail. While one runs, `shmlens` shows what it does.
"""

import argparse
import ctypes
import math
import multiprocessing
import signal
import sys
import time

import shmlens

TIMES = 50

# What the workers see of the command line: a pace that people can watch.
slow = False


class Demo:
    """make() gives the shared objects, work() runs in each worker, check() judges."""

    workers = 2

    def make(self, workers):
        raise NotImplementedError

    def work(self, shared, worker, workers):
        raise NotImplementedError

    def check(self, shared, workers):
        raise NotImplementedError


class Mixed(Demo):
    """each worker adds 1.0 to a float and doubles every element of an array"""

    def make(self, workers):
        return {
            "number": shmlens.Value("d", 0.0, name="number"),
            "elements": shmlens.Array("i", [1, 2, 3, 4, 5], name="elements"),
        }

    def work(self, shared, worker, workers):
        number, elements = shared["number"], shared["elements"]
        with number.get_lock():
            number.value += 1.0
        for i in range(len(elements)):
            pace(0.5)
            with elements.get_lock():
                elements[i] *= 2

    def check(self, shared, workers):
        print("number =", shared["number"].value)
        print("elements =", shared["elements"][:])
        return (shared["number"].value == float(workers)
                and shared["elements"][:] == [i * 2 ** workers for i in range(1, 6)])


class Counter(Demo):
    """each worker raises one counter 50 times under its lock"""

    def make(self, workers):
        return {"counter": shmlens.Value("i", 0, name="counter", progress=TIMES * workers)}

    def work(self, shared, worker, workers):
        counter = shared["counter"]
        for _ in range(TIMES):
            pace(0.1)
            with counter.get_lock():
                counter.value += 1

    def check(self, shared, workers):
        print("counter =", shared["counter"].value)
        return shared["counter"].value == TIMES * workers


class Array(Demo):
    """each worker raises every element of an array 50 times under its lock"""

    def make(self, workers):
        return {"counts": shmlens.Array("i", 5, name="counts")}

    def work(self, shared, worker, workers):
        counts = shared["counts"]
        for _ in range(TIMES):
            pace(0.1)
            with counts.get_lock():
                for i in range(len(counts)):
                    counts[i] += 1

    def check(self, shared, workers):
        print("counts =", shared["counts"][:])
        return shared["counts"][:] == [TIMES * workers] * 5


class Ranges(Demo):
    """an array without a lock, each worker in its own range"""

    def make(self, workers):
        return {"cells": shmlens.Array("i", 100 * workers, name="cells", lock=False)}

    def work(self, shared, worker, workers):
        cells = shared["cells"]
        for i in range(worker * 100, (worker + 1) * 100):
            pace(0.05)
            cells[i] = i * 3

    def check(self, shared, workers):
        wrong = [i for i, cell in enumerate(shared["cells"]) if cell != i * 3]
        print(len(shared["cells"]), "cells,", len(wrong), "wrong")
        return not wrong


class Squares(Demo):
    """squares written to an array, and their sum to a value"""

    def make(self, workers):
        return {
            "squares": shmlens.Array("q", 4 * workers, name="squares"),
            "sum": shmlens.Value("q", 0, name="sum"),
        }

    def work(self, shared, worker, workers):
        for i in range(worker * 4, (worker + 1) * 4):
            pace(0.5)
            shared["squares"][i] = (i + 1) ** 2
            with shared["sum"].get_lock():
                shared["sum"].value += (i + 1) ** 2

    def check(self, shared, workers):
        expected = [(i + 1) ** 2 for i in range(4 * workers)]
        print("squares =", shared["squares"][:], "sum =", shared["sum"].value)
        return shared["squares"][:] == expected and shared["sum"].value == sum(expected)


class Together(Demo):
    """two values and an array that change together, on one shared lock"""

    def make(self, workers):
        lock = shmlens.RLock()
        return {
            "left": shmlens.Value("q", 1000, lock=lock, name="left"),
            "right": shmlens.Value("q", 1000, lock=lock, name="right"),
            "moved": shmlens.Array("q", workers, lock=lock, name="moved"),
        }

    def work(self, shared, worker, workers):
        for i in range(200):
            pace(0.05)
            coins = i % 7 - 2
            with shared["left"].get_lock():
                shared["left"].value -= coins
                shared["right"].value += coins
                shared["moved"][worker] += coins

    def check(self, shared, workers):
        left, right, moved = shared["left"].value, shared["right"].value, sum(shared["moved"][:])
        print("left =", left, "right =", right, "moved =", moved)
        return left + right == 2000 and right == 1000 + moved


class Best(ctypes.Structure):
    _fields_ = [("loss", ctypes.c_double), ("step", ctypes.c_int64), ("worker", ctypes.c_int32)]


class Training(Demo):
    """a training run that goes on until its stop flag is set"""

    workers = 3
    states = {0: "waiting", 1: "running", 2: "paused", 3: "stopped"}

    def make(self, workers):
        shared = {
            "stop": shmlens.Value("?", False, name="stop", role="flag",
                                  doc="ends the run after the step under way"),
            "pause": shmlens.Value("?", False, name="pause", role="flag",
                                   doc="holds all workers until it is off again"),
            "learning rate": shmlens.Value("d", 0.1, name="learning rate", range=(1e-6, 1.0)),
            "steps": shmlens.Value("Q", 0, name="steps", role="counter", unit="steps"),
            "best": shmlens.Value(Best, 1.0, 0, -1, name="best"),
            "field": shmlens.Array("f", 48 * 64, name="field", lock=False, shape=(48, 64)),
            "image": shmlens.Array("B", 64 * 96, name="image", lock=False, shape=(64, 96),
                                   role="image"),
        }
        for i in range(workers):
            for what, value in {
                "status": shmlens.Value("B", 0, name=f"worker {i} status", labels=self.states),
                "progress": shmlens.Value("i", 0, name=f"worker {i} progress", progress=500),
                "loss": shmlens.Value("d", 1.0, name=f"worker {i} loss"),
                "rate": shmlens.Value("f", 0.0, name=f"worker {i} rate", unit="steps/s"),
            }.items():
                shared[f"{what} {i}"] = value
        return shared

    def work(self, shared, worker, workers):
        own = {what: shared[f"{what} {worker}"] for what in ("status", "progress", "loss", "rate")}
        loss, step, since = 1.0 + 0.1 * worker, 0, time.monotonic()
        own["status"].value = 1
        while not shared["stop"].value:
            if shared["pause"].value:
                own["status"].value = 2
                time.sleep(0.02)
                continue
            own["status"].value = 1
            step += 1
            rate = shared["learning rate"].value
            loss += (0.05 * rate - loss) * 0.02 * rate
            own["loss"].value = loss
            own["progress"].value = step % 500
            shared["steps"].add(1)
            with shared["best"].get_lock():
                best = shared["best"].get_obj()
                if loss < best.loss:
                    best.loss, best.step, best.worker = loss, step, worker
            if step % 20 == 0:
                own["rate"].value = 20 / (time.monotonic() - since)
                since = time.monotonic()
            if worker == 0:
                self.draw(shared["field"], shared["image"], step)
            time.sleep(0.02)
        own["status"].value = 3

    @staticmethod
    def draw(field, image, step):
        """One row of each a step: all of it would be most of the work in Python."""
        row = step % 48
        field[row * 64:(row + 1) * 64] = [math.sin(x * 0.2 + step * 0.05) * math.cos(row * 0.15)
                                          for x in range(64)]
        row = step % 64
        image[row * 96:(row + 1) * 96] = [(x * row + step) % 256 for x in range(96)]

    def check(self, shared, workers):
        stopped = sum(shared[f"status {i}"].value == 3 for i in range(workers))
        print(shared["steps"].value, "steps,", stopped, "of", workers, "workers stopped")
        return stopped == workers and shared["steps"].value > 0


DEMOS = {demo.__name__.lower(): demo
         for demo in (Mixed, Counter, Array, Ranges, Squares, Together, Training)}


def pace(seconds):
    if slow:
        time.sleep(seconds)


def run_worker(name, shared, worker, workers, is_slow):
    global slow
    slow = is_slow
    # The one who started us decides when it is over; see stop() below.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    DEMOS[name]().work(shared, worker, workers)


def run(name, is_slow, workers):
    demo = DEMOS[name]()
    workers = workers or demo.workers
    shared = demo.make(workers)
    print(f"{name}: {DEMOS[name].__doc__}")
    segment = shmlens.entry_of(next(iter(shared.values()))).segment
    print(f"segment {segment.name}, {workers} workers", flush=True)
    processes = [multiprocessing.Process(target=run_worker, daemon=True,
                                         args=(name, shared, i, workers, is_slow))
                 for i in range(workers)]
    for process in processes:
        process.start()

    def stop(number, frame):
        for process in processes:
            process.terminate()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    try:
        for process in processes:
            process.join()
    except KeyboardInterrupt:
        print(f"{name}: stopped early")
        return 1
    passed = demo.check(shared, workers) and all(process.exitcode == 0 for process in processes)
    print(f"{name}: {'pass' if passed else 'FAIL'}")
    return 0 if passed else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=DEMOS, help="which demo")
    parser.add_argument("--slow", action="store_true", help="at a pace to watch")
    parser.add_argument("--workers", type=int, default=0, help="how many workers")
    options = parser.parse_args()
    return run(options.name, options.slow, options.workers)


if __name__ == "__main__":
    sys.exit(main())
