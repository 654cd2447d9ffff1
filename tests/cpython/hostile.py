"""hostile.py [SEED [PIECES]]: a process whose memory was made to look like Python objects:
loops, huge sizes, wild pointers, names that are none. A few honest objects are among them.

The forgeries are copies of the interpreter's own objects with some words replaced, and
lie where nothing of the interpreter looks at them. Others are honest but monstrous."""
import ctypes
import mmap
import multiprocessing
import random
import struct
import sys
import types
from ctypes import Structure, c_double, c_int
from multiprocessing import Array, Event, Lock, Queue, RawArray, RawValue, Value

import truth

SLOT = 1024
pieces = []


class Point(Structure):
    _fields_ = [('x', c_double), ('y', c_double)]


class Slotted:
    __slots__ = ('value', )


class Plain:
    pass


def originals():
    """What is worth forging: addresses of objects."""
    plain, slotted = Plain(), Slotted()
    plain.value, slotted.value = counter, counter
    objects = [counter, counter.get_obj(), counter._lock, counter._lock._semlock, samples.get_obj(),
               point.get_obj(), points, type(counter.get_obj()), type(samples.get_obj()), Point,
               type(points), type, object, type(Point), type(ctypes.c_int), plain, slotted, Plain,
               Slotted, vars(plain), [counter, point], (counter, point), {'counter': counter, 1: 2},
               sys.modules['__main__'], vars(sys.modules['__main__']), 'counter', 'm\xe4nner',
               12345678901234567890, b'bytes', event, queue, lock, lambda: counter, originals,
               originals.__code__, sys._getframe(), sys.version_info, Point.x, counter.acquire,
               types.SimpleNamespace(a=counter), (lambda x: lambda: x)(counter).__closure__[0],
               None, True, memoryview(b'x'), iter([1]), (n for n in range(3))]
    numpy = sys.modules.get('numpy')
    if numpy is not None:
        array = numpy.frombuffer(samples.get_obj())
        objects += [array, array.dtype, array[::2], numpy.ndarray]
    pieces.append(objects)
    return [id(obj) for obj in objects]


def readable(address):
    """How much of SLOT can be read from there, that is before the end of the mapping."""
    for start, end, access, *_ in truth._known:
        if start <= address < end and access[0] == 'r':
            return min(SLOT, end - address)
    return 0


def forge(chance, count):
    """A region of `count` forgeries."""
    region = mmap.mmap(-1, count * SLOT, flags=mmap.MAP_PRIVATE)
    start = ctypes.addressof(ctypes.c_char.from_buffer(region))
    truth._known[:] = truth._mappings()
    models = [(address, ctypes.string_at(address - 32, readable(address) // 2))
              for address in originals() if readable(address) > 64]
    shared = ctypes.addressof(samples.get_obj())
    wild = [0, 1, 7, 2**31, 2**32 - 1, 2**47, 2**62, 2**63, 2**64 - 1, 0x4141414141414141, shared,
            shared + 1, shared + 4096, shared + 2**30, id(type), id(object), id(counter),
            id(vars(sys.modules['__main__']))]
    for i in range(count):
        here = start + i * SLOT + 32
        address, model = chance.choice(models)
        words = list(struct.unpack('<%dQ' % (len(model) // 8), model[:len(model) // 8 * 8]))
        for n, word in enumerate(words):
            # What pointed into the model points into the copy.
            if address - 32 <= word < address + len(model) and chance.random() < 0.5:
                words[n] = word - address + here
            elif n != 4 and word >= 2**20 and chance.random() < 0.05:
                # Forgeries point to each other: loops of any length.
                words[n] = start + chance.randrange(count) * SLOT + 32
            elif n != 4 and chance.random() < 0.05:
                words[n] = chance.choice(wild + [here])
        words[4] = chance.choice([1, 1, 2, 5, 2**20])
        text = struct.pack('<%dQ' % len(words), *words)
        region[i * SLOT:i * SLOT + len(text)] = text
    pieces.append(region)


def forge_type_itself(chance):
    """Others that are their own type and are named "type"."""
    name = ctypes.create_string_buffer(b'type')
    size = 904
    region = mmap.mmap(-1, 64 * SLOT, flags=mmap.MAP_PRIVATE)
    start = ctypes.addressof(ctypes.c_char.from_buffer(region))
    model = ctypes.string_at(id(type), size)
    for i in range(64):
        here = start + i * SLOT
        words = list(struct.unpack('<%dQ' % (size // 8), model))
        words[1], words[3] = here, ctypes.addressof(name)
        if i % 2:
            words[chance.randrange(4, len(words))] = chance.choice([0, here, 2**63, shared_address()])
        region[i * SLOT:i * SLOT + size] = struct.pack('<%dQ' % len(words), *words)
    pieces.extend([name, region])


def shared_address():
    return ctypes.addressof(samples.get_obj())


def monsters():
    """Honest objects that try patience."""
    loop = []
    loop.append(loop)
    deep = bottom = []
    for _ in range(100000):
        bottom.append([])
        bottom = bottom[0]
    bottom.append(RawValue('i', 1))
    deep_dict = {}
    for _ in range(20000):
        deep_dict = {'next': deep_dict, 'self': deep_dict}
    wide = dict.fromkeys(range(300000))
    kind = Plain
    for _ in range(150):
        kind = type('Derived', (kind, ), {})
    instance = kind()
    for i in range(3000):
        setattr(instance, 'attribute_%d' % i, i)
    many = type('Fields', (Structure, ), {'_fields_': [('field_%d' % i, c_int)
                                                       for i in range(5000)]})
    nested = c_int
    for _ in range(150):
        nested = nested * 1
    names = {'\x1b[31mred\x1b[0m\n': RawValue('i', 2), 'x' * 100000: RawValue('i', 3),
             '\ud800': RawValue('i', 4), '': RawValue('i', 5), "it's \"quoted\" \\": RawValue('i', 6),
             '\u202eright to left': RawValue('i', 7), (1, 2): RawValue('i', 8),
             2**200: RawValue('i', 9), -1: RawValue('i', 10)}
    odd_field = type('Odd', (Structure, ), {'_fields_': [('a.b[0]', c_int), ('\n', c_int)]})
    node = type('Node', (Structure, ), {})
    node._fields_ = [('next', ctypes.POINTER(node)), ('value', c_int)]
    empty_name = type('', (Structure, ), {'_fields_': [('x', c_int)]})
    long_name = type('L' * 100000, (Structure, ), {'_fields_': [('x', c_int)]})
    lying = types.ModuleType('__main__')
    lying.counter = RawValue('i', 11)
    sys.modules['lying'] = lying
    pieces.append([loop, deep, deep_dict, wide, instance, names, RawValue(many), RawValue(nested),
                   RawValue(odd_field), RawValue(node), RawValue(empty_name), RawValue(long_name),
                   RawArray(c_int, 0), [RawValue('i', n) for n in range(3000)]])


def main():
    global counter, samples, point, points, event, queue, lock
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20000
    counter = Value('i', 41)
    samples = Array('d', [1, 2, 3])
    point = Value(Point, 1, 2)
    points = RawArray(Point, 3)
    event, queue, lock = Event(), Queue(3), Lock()
    for name in ('counter', 'samples', 'point', 'points', 'event', 'queue', 'lock'):
        truth.note(globals()[name], name)
    chance = random.Random(seed)
    monsters()
    forge(chance, count)
    forge_type_itself(chance)
    truth.serve()
    # No destructor is to run over what was made here: the deep ones would need the stack.
    sys.stdout.flush()
    multiprocessing.process.os._exit(0)


if __name__ == '__main__':
    truth.begin()
    main()
