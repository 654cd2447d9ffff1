"""Python objects of every layout, in a process that is looked at by tests/python-object.py.

Prints for each a command for python-look and what it should answer, as JSON, then `ready`, and
waits until its input ends. Runs on every Python from 3.6 on.
"""
import collections
import ctypes
import enum
import gc
import json
import os
import sys
import threading
import types

ROOTS = []


def describe(value, depth=1):
    """As python-look writes it."""
    if value is None or type(value) is bool:
        return str(value)
    if type(value) is int and -2**63 <= value < 2**63:
        return str(value)
    if isinstance(value, str):
        return "'" + ''.join(c if 32 <= ord(c) < 127 else '<%x>' % ord(c) for c in value) + "'"
    if depth > 5:
        return '...'
    if type(value) is tuple:
        return '(' + ', '.join(describe(item, depth + 1) for item in value) + ')'
    if type(value) is list:
        return '[' + ', '.join(describe(item, depth + 1) for item in value) + ']'
    if type(value) is dict:
        return '{' + ', '.join(describe(key, depth + 1) + ': ' + describe(item, depth + 1)
                               for key, item in value.items()) + '}'
    return '<' + type_name(type(value)) + '>'


def type_name(kind):
    """tp_name, which has the module for types that are not written in Python."""
    if kind.__flags__ & 1 << 9 or kind.__module__ == 'builtins':
        return kind.__name__
    return kind.__module__ + '.' + kind.__name__


def expect(command, value, answer, *more):
    ROOTS.append(value)
    print(json.dumps([' '.join([command, str(id(value))] + list(more)), answer]))


def expect_value(value):
    expect('value', value, describe(value))


class Plain:
    def __init__(self, **values):
        self.__dict__.update(values)


class Set:
    shared = 5

    def __init__(self, n):
        self.first = n
        self.second = 'two'
        self.third = [n]


class Derived(Set):
    pass


class Slots:
    __slots__ = ('left', 'right', '__hidden', 'unset')

    def __init__(self):
        self.left, self.right, self.__hidden = 1, 'r', (2, 3)


class MoreSlots(Slots):
    __slots__ = ('extra',)


class SlotsAndDict(Slots):
    pass


class WithWeak:
    __slots__ = ('value', '__weakref__', '__dict__')


class Meta(type):
    pass


class OfMeta(metaclass=Meta):
    def __init__(self):
        self.of = 'meta'


class Mixed(Plain, Slots):
    pass


class Text(str):
    pass


class Number(int):
    pass


class Pair(tuple):
    pass


class Items(list):
    pass


class Table(dict):
    pass


Named = collections.namedtuple('Named', 'x y')


class Colour(enum.Enum):
    RED = 1


def values():
    for text in ['', 'a', 'plain ASCII text', 'ä', 'Grüße', 'x' * 63, 'y' * 64, 'z' * 5000, '日本語',
                 '日' * 3000, '😀', 'a😀b' * 2000, '\x7f', '\x80', '\xff', 'tab\tnewline\n', '\U0010ffff']:
        expect_value(text)
    for number in [0, 1, -1, 5, 256, 257, -5, -6, 2**15 - 1, 2**15, 2**30 - 1, 2**30, -2**30, 2**31,
                   2**32, 2**59, 2**60 - 1, 2**60, 2**62, 2**63 - 1, -2**63, -2**63 + 1, -2**60, -2**45]:
        expect_value(number)
    for number in [2**63, -2**63 - 1, 2**64, 2**90, 10**300]:
        expect('value', number, '<int>')
    for other in [None, True, False, 1.5, b'bytes', {1, 2}, (), [], {}, (1,), [1, [2, (3, {'a': 4})]],
                  list(range(1000)), tuple(map(str, range(1000))), len, Plain, sys, Named(1, 2)]:
        expect_value(other)
    for other in [Colour.RED, object(), types.SimpleNamespace(a=1), sys.version_info, values]:
        expect('value', other, '<' + type_name(type(other)) + '>')
    deep = []
    for _ in range(10):
        deep = [deep]
    expect_value(deep)
    endless = [1]
    endless.append(endless)
    expect('value', endless, '[1, [1, [1, [1, [1, ...]]]]]')


def dicts():
    expect_value({'a': 1, 'b': 2, 'c': 3})
    expect_value({1: 'one', 'two': 2, (3, 4): 'tuple', None: None})
    for n in [5, 6, 10, 11, 100, 170, 171, 1000, 30000]:
        expect_value(dict(('key%d' % i, i) for i in range(n)))
    expect_value(dict((i, i * i) for i in range(1000)))
    holes = dict(('k%d' % i, i) for i in range(100))
    for i in range(0, 100, 3):
        del holes['k%d' % i]
    holes['again'] = -1
    expect_value(holes)
    gone = {'x': 1}
    del gone['x']
    expect_value(gone)
    turned = {'z': 1, 'a': 2}
    turned[5] = 'not a string'
    expect_value(turned)
    expect_value({'ключ': 1, 'schlüssel': 2, '鍵': 3})
    expect('attributes', Table(a=1), '{}')


def attributes(instance):
    expect('attributes', instance, describe(dict(vars(instance))))


def instances():
    few = [Set(i) for i in range(50)]
    attributes(few[0])
    attributes(few[49])
    expect('attribute', few[7], '7', 'first')
    expect('attribute', few[7], "'two'", 'second')
    expect('attribute', few[7], '[7]', 'third')
    expect('attribute', few[7], '', 'fourth')
    attributes(Derived(8))
    changed = Set(1)
    del changed.second
    changed.second = 'again'
    attributes(changed)
    more = Set(2)
    more.fourth = 4
    attributes(more)
    seen = Set(3)
    ROOTS.append(vars(seen))
    attributes(seen)
    seen_later = Set(4)
    held = vars(seen_later)
    seen_later.late = 1
    ROOTS.append(held)
    attributes(seen_later)
    replaced = Set(5)
    replaced.__dict__ = {'other': 1}
    attributes(replaced)
    without = Plain()
    expect('attributes', without, '{}')
    attributes(Plain(**dict(('v%d' % i, i) for i in range(5))))
    attributes(Plain(**dict(('v%d' % i, i) for i in range(200))))
    late = Plain()
    for i in range(60):
        setattr(late, 'late%d' % i, i)
    attributes(late)
    attributes(OfMeta())
    for kind, value in [(Text, 'text'), (Number, 2**70), (Number, 0), (Number, -1), (Pair, (1, 2, 3)), (Pair, ()),
                        (Items, [1]), (Table, {'a': 1})]:
        instance = kind(value)
        expect('attributes', instance, '{}')
        instance = kind(value)
        instance.name = 'of ' + kind.__name__
        instance.number = 1
        attributes(instance)
    expect_value(Text('ASCII'))
    expect_value(Text('日本'))
    error = ValueError('x')
    error.code = 5
    attributes(error)
    attributes(types.SimpleNamespace(b=1, a=2))
    values.note = 'on a function'
    attributes(values)


def slots():
    instance = Slots()
    expect('attributes', instance, "{'_Slots__hidden': (2, 3), 'left': 1, 'right': 'r'}")
    expect('attribute', instance, "'r'", 'right')
    expect('attribute', instance, '', 'unset')
    derived = MoreSlots()
    derived.extra = 'x'
    expect('attributes', derived,
           "{'extra': 'x', '_Slots__hidden': (2, 3), 'left': 1, 'right': 'r'}")
    both = SlotsAndDict()
    both.free = 0
    expect('attributes', both, "{'free': 0, '_Slots__hidden': (2, 3), 'left': 1, 'right': 'r'}")
    weak = WithWeak()
    weak.value, weak.other = 1, 2
    expect('attributes', weak, "{'other': 2, 'value': 1}")
    mixed = Mixed(a=1)
    mixed.left = 'l'
    expect('attributes', mixed, "{'a': 1, 'left': 'l'}")


def kinds():
    import multiprocessing
    import multiprocessing.sharedctypes
    expect('type', Plain(), 'Plain __main__')
    expect('type', sys, 'module -')
    expect('type', collections.OrderedDict(), 'collections.OrderedDict collections')
    expect('type', Plain, 'type -')
    expect('type', OfMeta, 'Meta __main__')
    expect('kind', OfMeta, 'yes', 'type')
    expect('kind', Derived(1), 'yes', 'Set')
    expect('kind', Derived(1), 'yes', 'object')
    expect('kind', Mixed(), 'yes', 'Slots')
    expect('kind', Derived(1), 'no', 'Slots')
    counter = multiprocessing.Value('i', 5)
    VALUES.append(counter)
    expect('kind', counter, 'yes', 'SynchronizedBase')
    expect('type', counter, 'Synchronized multiprocessing.sharedctypes')
    expect('attribute', counter, '<c_int>', '_obj')
    expect('attribute', counter, '<RLock>', '_lock')


def addresses(what, objects):
    ROOTS.append(objects)
    print(json.dumps(['list ' + what, ' '.join(map(str, sorted(map(id, objects))))]))


def shared():
    """What a scan finds, and nothing else."""
    from multiprocessing import heap, sharedctypes, synchronize
    import multiprocessing
    kind = type('Record', (ctypes.Structure,), {'_fields_': [('x', ctypes.c_double)]})
    own = type('OwnValue', (sharedctypes.Synchronized,), {})
    values = [multiprocessing.Value(code, 1) for code in 'bBhHiIlLfd'] + [
        multiprocessing.Value(kind), multiprocessing.Array('d', 5), multiprocessing.Array('c', 10),
        multiprocessing.Value('i', lock=multiprocessing.Lock()),
        own(multiprocessing.RawValue('i'), multiprocessing.RLock())]
    raw = [multiprocessing.RawValue('i', 1), multiprocessing.RawArray('d', 3), ctypes.c_int(5)]
    locks = [multiprocessing.Lock(), multiprocessing.RLock(), multiprocessing.Semaphore(2),
             multiprocessing.BoundedSemaphore(3), multiprocessing.Condition(), multiprocessing.Event(),
             multiprocessing.Barrier(2), multiprocessing.Queue(), multiprocessing.JoinableQueue(),
             multiprocessing.SimpleQueue()]
    gc.collect()
    addresses('synchronized', VALUES + values)
    instances = [o for o in gc.get_objects()
                 if isinstance(o, (synchronize.SemLock, synchronize.Condition, synchronize.Event,
                                   synchronize.Barrier, type(locks[7]), type(locks[9])))]
    assert len(instances) >= len(locks) + len(values) - 1
    addresses('coordinators', instances)
    in_shared = [v.get_obj() for v in VALUES + values] + raw[:2]
    in_shared += [o._semlock for o in instances if isinstance(o, synchronize.SemLock)]
    in_shared += [arena.buffer for arena in heap.BufferWrapper._heap._arenas]
    addresses('shared', in_shared)
    addresses('modules', [o for o in gc.get_objects() if type(o) is types.ModuleType])


def suspended_generator():
    kept = 1
    yield kept
    yield 2


def finished_generator():
    yield 1


def gone_function():
    return 1


async def waiting_coroutine(future):
    await future


class Future:
    def __await__(self):
        yield self


def in_thread(event):
    event.wait()


def in_child(end):
    os.read(end, 1)


def forked():
    """A child, in which only the thread that forked goes on; a question about it is asked with
    its id. Its end of a pipe: it ends when that is closed."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(writing)
        in_child(reading)
        os._exit(0)
    os.close(reading)
    return pid, writing


WAITING = ['suspended_generator', '__await__', 'waiting_coroutine', 'not_begun']


def ask_frames(names, *more):
    print(json.dumps(['frames python_objects.py', ' '.join(sorted(names + WAITING))] + list(more)))


def in_forking_thread(children):
    children.append(forked())


def innermost():
    stack = ['<module>', 'innermost', 'middle', 'middle', 'middle']
    children = [forked()]
    ask_frames(stack + ['forked', 'in_child'], children[0][0])
    forking = threading.Thread(target=in_forking_thread, args=(children,))
    forking.start()
    forking.join()
    ask_frames(['in_forking_thread', 'forked', 'in_child'], children[1][0])
    ask_frames(stack + ['in_thread', 'in_thread'])
    print('ready')
    sys.stdout.flush()
    sys.stdin.read()
    for _, writing in children:
        os.close(writing)
    for pid, _ in children:
        os.waitpid(pid, 0)


def not_begun():
    yield


def middle(depth):
    if depth:
        return middle(depth - 1)
    return innermost()


VALUES = []
print(json.dumps(['version', '%d.%d.%d' % sys.version_info[:3]]))
for part in values, dicts, instances, slots, kinds, shared:
    part()
suspended = suspended_generator()
next(suspended)
finished = finished_generator()
list(finished)
gone_function()
coroutine = waiting_coroutine(Future())
coroutine.send(None)
begun_later = not_begun()
end = threading.Event()
threads = [threading.Thread(target=in_thread, args=(end,)) for _ in range(2)]
for thread in threads:
    thread.start()
middle(2)
end.set()
