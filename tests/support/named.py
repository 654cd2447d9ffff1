"""A program whose objects have names of every kind, for ../cpython-names.py.

Prints a line of JSON: a list of {"pid", "what", "records": [{"object", "wrapper", "names"}]},
one for each of its processes, and waits for the end of its input. What is noted of an
object is its address alone. Runs with Python 3.6 and later.
"""
import asyncio
import atexit
import collections
import ctypes
import enum
import functools
import json
import multiprocessing
import os
import signal
import string
import sys
import threading
import types
import weakref

import named_settings

# Code knows its class from 3.11 on.
HAS_QUALNAME = sys.version_info >= (3, 11)
records = []


class Mark:
    """What is looked for."""


def note(obj, *names, wrapper=0):
    records.append({'object': id(obj), 'wrapper': wrapper, 'names': list(names)})


def mark(*names):
    """A new one, which is to have exactly these names, in this order; none: nameless."""
    obj = Mark()
    note(obj, *names)
    return obj


def keep(obj):
    """So that only C knows where it is."""
    atexit.register(functools.partial(id, obj))


def report(what):
    return {'pid': os.getpid(), 'what': what, 'records': records}


class State:
    def __init__(self, path):
        self.counter = mark(path + '.counter')
        self.counters = [mark('%s.counters[%d]' % (path, i)) for i in range(3)]
        self.config = {'rate': mark(path + ".config['rate']")}
        self._inner = mark(path + '._inner')


class Worker:
    total = mark('Worker.total')

    class Inner:
        deep = mark('Worker.Inner.deep')

    def method(self, given=mark('Worker.method.given')):
        return given

    @staticmethod
    def helper(given=mark('Worker.helper.given')):
        return given

    @classmethod
    def maker(cls, *, given=mark('Worker.maker.given')):
        return given

    def run(self, stop):
        here = mark('Worker.run.here' if HAS_QUALNAME else 'run.here')
        self.seen = mark('Worker.run.self.seen' if HAS_QUALNAME else 'run.self.seen')
        ready.set()
        stop.wait()
        del here


class Many:
    def __init__(self):
        for i in range(40):
            setattr(self, 'attribute%d' % i, i)
        self.last = mark('many.last')


class Slotted:
    __slots__ = ('first', 'second', '__weakref__')


class Derived(Slotted):
    __slots__ = ('third',)


class Mixed(Slotted):
    pass


class ListOf(list):
    pass


class DictOf(dict):
    pass


class Color(enum.Enum):
    RED = 1


class Base:
    pass


def make_counting(name):
    count = mark(name + '.count')

    def bump():
        return count
    return bump


def counted(function):
    calls = mark('decorated.calls')

    @functools.wraps(function)
    def wrapper():
        return calls, function()
    return wrapper


def inner_class():
    class Local:
        shared = mark('local_instance.shared')
    return Local()


def by_default(plain, step=mark('by_default.step'), *, size=mark('by_default.size')):
    return plain, step, size


by_default.extra = mark('by_default.extra')


@counted
def decorated():
    return None


def make_attributes():
    global plain, one, another, state, worker, many, slotted, derived, mixed, local_instance
    global _hidden, both, zähler, materialized, holes
    plain = mark('plain')
    one = another = mark('one', 'another')
    _hidden = mark('_hidden')
    zähler = mark('zähler')
    globals()['odd key'] = mark("globals()['odd key']")
    state = State('state')
    setattr(state, 'odd name', mark("getattr(state, 'odd name')"))
    worker = Worker()
    many = Many()
    slotted, derived, mixed = Slotted(), Derived(), Mixed()
    slotted.second = mark('slotted.second')
    derived.first = mark('derived.first')
    derived.third = mark('derived.third')
    mixed.second = mark('mixed.second')
    mixed.loose = mark('mixed.loose')
    local_instance = inner_class()
    materialized = Base()
    materialized.first = mark('materialized.first')
    vars(materialized)['second'] = mark('materialized.second')
    holes = Base()
    for i in range(5):
        setattr(holes, 'a%d' % i, mark(*(['holes.a%d' % i] if i % 2 else [])))
    for i in range(0, 5, 2):
        keep(getattr(holes, 'a%d' % i))
        delattr(holes, 'a%d' % i)
    # What only the library calls so is a name when there is no other.
    string.named_extra = mark('string.named_extra')
    both = string.named_both = mark('both')


def make_containers():
    global items, nested, table, queue, bag, frozen, ordered, grown, record, space, proxy
    global listed, mapped, often
    items = [0, mark('items[1]')]
    nested = ({'runs': [{}, [{'loss': mark("nested[0]['runs'][1][0]['loss']")}]]},)
    table = collections.OrderedDict()
    for key, text in (
            ('rate', "'rate'"), ("it's", '"it\'s"'), ('"\'', "'\"\\''"), ('a\nb\x01', "'a\\nb\\x01'"),
            ('ключ', "'ключ'"), ('\u2028', "'\\u2028'"), ('back\\slash', "'back\\\\slash'"),
            ('', "''"), ('x' * 100, "'" + 'x' * 64 + "…'"), (3, '3'), (-7, '-7'), (2 ** 62, str(2 ** 62)),
            (2.5, '2.5'), (1e100, '1e+100'), (0.1, '0.1'), (None, 'None'), (b'\x00a\'\xff', "b'\\x00a\\'\\xff'"),
            (('a', 1), "('a', 1)"), (('a',), "('a',)"), ((), '()'), (Color.RED, 'Color.RED')):
        table[key] = mark('table[%s]' % text)
    table[True] = mark('table[True]')
    for key in (2 ** 70, Base(), '\ud800', float('inf'), (((1,),),)):
        table[key] = mark('list(table.values())[%d]' % len(table))
    queue = collections.deque(range(200))
    queue.rotate(70)
    queue[130] = mark('queue[130]')
    queue.append(mark('queue[200]'))
    bag = {mark('list(bag)[0]')}
    frozen = frozenset([mark('list(frozen)[0]')])
    ordered = collections.OrderedDict(o=mark("ordered['o']"))
    ordered['gone'] = 1
    del ordered['gone']
    grown = collections.defaultdict(list)
    grown['g'].append(mark("grown['g'][0]"))
    record = collections.namedtuple('Record', 'a b')(mark('record.a'), 2)
    space = types.SimpleNamespace(value=mark('space.value'))
    proxy = types.MappingProxyType({'p': mark("proxy['p']")})
    listed = ListOf([mark('listed[0]')])
    listed.extra = mark('listed.extra')
    mapped = DictOf(k=mark("mapped['k']"))
    mapped.extra = mark('mapped.extra')
    often = [mark(*['often[%d]' % i for i in range(8)])] * 20


def make_callables():
    global bump, partly, bound, scaled, scale, pending
    bump = make_counting('bump')
    partly = functools.partial(by_default, mark('partly.args[0]'),
                               size=mark("partly.keywords['size']"))
    instance = Base()
    instance.speed = mark('bound.__self__.speed')
    bound = types.MethodType(by_default, instance)
    scale = named_settings.make_scale(mark('scale.factor'))
    pending = multiprocessing.Process(target=id, args=(mark('pending._args[0]'),),
                                      kwargs={'stop': mark("pending._kwargs['stop']")})
    scaled = functools.partial(make_counting('scaled.func'))


def make_hostile():
    """Cycles, and what is too far, too long or not to be followed."""
    global ring, tangle, seven, weak, numbers, behind_numbers
    ring = []
    ring.append(ring)
    ring.append({'ring': ring, 'itself': None, 'end': mark("ring[1]['end']")})
    ring[1]['itself'] = ring[1]
    tangle = [Base() for _ in range(20000)]
    for i, one in enumerate(tangle):
        one.next, one.other, one.all = tangle[i - 1], tangle[i * 7919 % len(tangle)], tangle
    tangle[1000].mark = mark('tangle[1000].mark')
    seven = [[[[[[mark('seven[0][0][0][0][0][0]'), [mark()]]]]]]]
    kept = mark()
    keep(kept)
    weak = weakref.ref(kept)
    numbers = list(range(300000))
    behind_numbers = [{'a': mark("behind_numbers[0]['a']")}]


# Functions that run, or do not run any more

def returned():
    temporary = mark()
    keep(temporary)
    return sys._getframe()


def failing():
    remembered = mark()
    keep(remembered)
    raise ValueError('kept with its frames')


def generating():
    total = mark('generating.total')
    yield total
    yield total


def generated():
    finished = mark()
    keep(finished)
    yield finished


async def fetching():
    pending = mark('fetching.pending')
    await asyncio.sleep(0)
    return pending


def make_frames(stop):
    global stale, trouble, started, ended, coroutine, runner, ready
    stale = returned()
    try:
        failing()
    except ValueError as error:
        trouble = error
    started = generating()
    next(started)
    ended = generated()
    list(ended)
    coroutine = fetching()
    coroutine.send(None)
    runner = Worker()
    ready = threading.Event()
    thread = threading.Thread(target=hidden_runner, args=(stop,))
    thread.daemon = True
    thread.start()
    ready.wait()
    named_settings.start_thread(mark, stop)


def hidden_runner(stop):
    Worker().run(stop)


def running(given, *more):
    local = mark('running.local')
    boxed = mark('running.boxed', 'inner.boxed', 'running.inner.boxed')
    pair = (mark('running.pair[0]'), State('running.pair[1]'))
    note(given, 'running.given')
    note(more[0], 'running.more[0]')

    def inner(deeper):
        note(deeper, 'inner.deeper')
        inside = mark('inner.inside')
        serve()
        return boxed, inside
    inner(Mark())
    del local, pair


# Other processes

class Child(multiprocessing.Process):
    def __init__(self, connection):
        super().__init__()
        self.connection = connection

    def run(self):
        begin_child()
        prefix = 'Child.run' if HAS_QUALNAME else 'run'
        self.inner = mark(prefix + '.self.inner')
        answer(self.connection, 'Process.run')


class Target:
    def work(self, connection, counter):
        begin_child()
        note(counter, 'Target.work.counter')
        self.mine = mark('Target.work.self.mine')
        del self, counter
        answer(connection, 'method')


def begin_child():
    ctypes.CDLL(None).prctl(1, int(signal.SIGKILL))
    del records[:]


def answer(connection, what):
    connection.send(report(what))
    connection.recv()


def working(connection, method, counter, kept, *, rate, also):
    global own
    begin_child()
    own = mark('own')
    note(counter, 'working.counter')
    note(kept, 'working.kept')
    note(rate, 'working.rate')
    note(also, 'working.also')
    # Only the process's own arguments keep these.
    del kept, also
    answer(connection, method)


def begin_pool():
    global pooled
    del records[:]
    pooled = mark('pooled')


def report_pool(_):
    return report('pool')


def start_children():
    """[(connection, process)], [pool]"""
    children, pools = [], []
    for method in ('fork', 'spawn', 'forkserver'):
        context = multiprocessing.get_context(method)
        ours, theirs = context.Pipe()
        process = context.Process(target=working, args=(theirs, method, Mark(), Mark()),
                                  kwargs={'rate': Mark(), 'also': Mark()})
        process.daemon = True
        process.start()
        children.append((ours, process))
        pools.append(context.Pool(1, begin_pool))
    for target in (True, False):
        ours, theirs = multiprocessing.Pipe()
        process = Child(theirs) if target else multiprocessing.Process(
            target=Target().work, args=(theirs, Mark()))
        process.daemon = True
        process.start()
        children.append((ours, process))
    return children, pools


def serve():
    children, pools = start_children()
    reports = [report('main')] + [connection.recv() for connection, _ in children]
    reports += [pool.apply(report_pool, (0,)) for pool in pools]
    print(json.dumps(reports), flush=True)
    sys.stdin.readline()
    for connection, process in children:
        connection.send(None)
        process.join(5)
    for pool in pools:
        pool.close()
        pool.join()
    stopped.set()


def main():
    global value, view, stopped
    value = multiprocessing.Value('i', 1)
    view = value.get_obj()
    note(view, 'value', 'view', wrapper=id(value))
    stopped = threading.Event()
    make_attributes()
    make_containers()
    make_callables()
    make_hostile()
    make_frames(stopped)
    named_settings.fill(mark)
    running(Mark(), Mark())


if __name__ == '__main__':
    main()
