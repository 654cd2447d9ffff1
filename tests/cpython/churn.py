"""Makes and frees objects without pause, in two processes, beside some that stay: those
must be there at each look."""
import multiprocessing
import random
import sys
import threading
from ctypes import Structure, c_double, c_int
from multiprocessing import Array, Event, RawArray, RawValue, Value

import truth

if sys.version_info >= (3, 8):
    from multiprocessing import shared_memory


class Point(Structure):
    _fields_ = [('x', c_double), ('y', c_double), ('n', c_int)]


def churn(seed):
    """For ever: at most a few dozen at a time, of all kinds and sizes."""
    chance = random.Random(seed)
    kept = {}
    makers = [lambda: RawValue('i', 1), lambda: RawArray('d', chance.randrange(1, 5000)),
              lambda: Value('d', 2), lambda: Array('h', chance.randrange(1, 100)),
              lambda: Value(Point, 1, 2, 3), lambda: RawArray(Point, 3), Event,
              lambda: RawArray(RawArray('f', 4)._type_ * chance.randrange(1, 9), 3)]
    while True:
        kept[chance.randrange(30)] = chance.choice(makers)()
        if chance.randrange(20) == 0:
            kept.clear()


def worker(connection, counter):
    truth.begin()
    threading.Thread(target=churn, args=(2,), daemon=True).start()
    truth.note(counter, 'worker.counter')
    truth.attend(connection)


def main():
    global counter, progress, samples, points, stop, stable
    counter = Value('i', 10)
    progress = RawValue('d', 0.5)
    samples = Array('d', [1, 2, 3])
    points = RawArray(Point, [(1, 2, 3)] * 2)
    stop = Event()
    stable = {'list': [RawValue('h', n) for n in range(20)]}
    if sys.version_info >= (3, 8):
        global block
        block = shared_memory.SharedMemory(create=True, size=64)
        truth.made(block.name)
        truth.note(block, 'block')
    for name in ('counter', 'progress', 'samples', 'points', 'stop'):
        truth.note(globals()[name], name)
    for i, obj in enumerate(stable['list']):
        truth.note(obj, "stable['list'][%d]" % i)
    child = truth.child(multiprocessing, worker, counter)
    threading.Thread(target=churn, args=(1,), daemon=True).start()
    truth.serve([child[0]])
    if 'block' in globals():
        block.unlink()


if __name__ == '__main__':
    truth.begin()
    main()
