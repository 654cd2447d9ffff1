"""python_kept.py METHOD: shares objects of every kind, and does as it is told by lines: `change`
gives all of them other values, `show` prints them, `hold` and `let go` the lock of numbers."""
import ctypes
import json
import multiprocessing
import sys


class Point(ctypes.Structure):
    _fields_ = [('tag', ctypes.c_char), ('x', ctypes.c_double), ('low', ctypes.c_uint, 3),
                ('high', ctypes.c_uint, 7), ('name', ctypes.c_char * 5), ('deep', ctypes.c_short * 3)]


def make(context):
    global counter, loss, numbers, raw, lone, point, points, text, beside
    counter = context.Value(ctypes.c_longlong, 7)
    loss = context.Value('d', 0.5)
    numbers = context.Array('i', [1, 2, 3])
    raw = context.RawArray('d', [0.25, 0.5])
    lone = context.RawValue('i', -1)
    point = context.Value(Point, b'p', 1.5, 5, 100, b'one', (1, 2, 3))
    points = context.Array(Point, [(b'q', float(i), i, i, b'two', (i, i, i)) for i in range(3)])
    text = context.Array('c', b'hello')
    # Two objects on one lock.
    beside = context.Value('i', 11, lock=counter.get_lock())


def change():
    with counter.get_lock():
        counter.value = 8
        beside.value = 12
    loss.value = -1
    numbers[1] = 20
    raw[0] = 9
    lone.value = 1
    point.low, point.high, point.name = 2, 3, b'other'
    points[2].deep[1] = 77
    text.value = b'other'


def of_point(one):
    return [one.tag.decode(), one.x, one.low, one.high, one.name.decode(), list(one.deep)]


def show():
    return [counter.value, beside.value, loss.value, numbers[:], raw[:], lone.value,
            of_point(point), [of_point(one) for one in points], text.value.decode()]


def count(ticks, stop):
    while not stop.value:
        with ticks.get_lock():
            ticks.value += 1


def main():
    global ticks
    context = multiprocessing.get_context(sys.argv[1])
    make(context)
    ticks = context.Value('i', 0)
    stop = context.RawValue('b', 0)
    worker = context.Process(target=count, args=(ticks, stop))
    worker.start()
    print('ready', flush=True)
    for line in sys.stdin:
        command = line.strip()
        if command == 'change':
            change()
        elif command == 'hold':
            numbers.get_lock().acquire()
        elif command == 'let go':
            numbers.get_lock().release()
        print(json.dumps(show() if command == 'show' else 'done'), flush=True)
    stop.value = 1
    worker.join()


if __name__ == '__main__':
    main()
