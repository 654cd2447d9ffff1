"""Every place from which a shared object can have its name, and some that give none."""
import atexit
import collections
import functools
import multiprocessing
import sys
import threading
import types
from multiprocessing import Array, RawArray, RawValue, Value

import shelf
import truth


class State:
    def __init__(self):
        self.progress = RawValue('d', 0.5)
        self.counters = [Value('i', n) for n in range(3)]
        self.config = {'rate': RawValue('f', 2.0), 3: RawValue('i', 33)}


class Many:
    """More attributes than an instance keeps inline."""

    def __init__(self):
        for i in range(40):
            setattr(self, 'attribute_%d' % i, i)
        self.last = RawValue('i', 440)


class Slotted:
    __slots__ = ('first', 'second', '__weakref__')

    def __init__(self):
        self.first = 1
        self.second = Value('h', 55)


class Derived(Slotted):
    __slots__ = ('third',)

    def __init__(self):
        super().__init__()
        self.third = RawArray('B', 4)


class Mixed(Slotted):
    """Slots, and a dict too."""

    def __init__(self):
        super().__init__()
        self.loose = RawValue('b', 12)


class Settings:
    limit = Value('I', 77)

    class Inner:
        deep = None


class Tagged(list):
    """A list with attributes."""


class Runner:
    def __init__(self):
        self.speed = RawValue('d', 8.5)

    def bound(self):
        return self.speed


def make_counter():
    count = Value('i', 21)

    def bump():
        count.value += 1
    return bump


def by_default(step=None, *, size=None):
    return step, size


def counting():
    total = RawValue('q' if sys.version_info >= (3, 7) else 'l', 31)
    truth.note(total, 'counting.total', 'numbers_made.total', 'numbers_made.gi_frame.total')
    while True:
        yield total.value


class Pause:
    def __await__(self):
        yield


async def asking():
    answer = RawValue('i', 32)
    truth.note(answer, 'asking.answer', 'question.answer', 'question.cr_frame.answer')
    await Pause()
    return answer


def later(number, stop):
    """Of a process that has not been started."""


def passing():
    """Has returned when the runner looks: its local names nothing any more."""
    temporary = RawValue('i', 61)
    nameless.append_to(temporary)


def failing():
    remembered = RawValue('i', 62)
    truth.note(remembered, nameless=True)
    raise ValueError('kept with its frames')


def in_thread(ready, stop):
    thread_local = Value('d', 71.5)
    truth.note(thread_local, 'in_thread.thread_local')
    ready.set()
    stop.wait()


class Nameless:
    """Keeps what no path of names leads to: only C knows where."""

    def append_to(self, obj):
        truth.note(obj, nameless=True)
        atexit.register(functools.partial(id, obj))


def deeper(level):
    if level:
        return deeper(level - 1)
    return run()


def run():
    """Serves, so that its locals are those of a function that runs."""
    local_progress = RawValue('d', 0.25)
    local_state = State()
    pair = (Value('i', 1), RawArray('d', 3))
    truth.note(local_progress, 'run.local_progress')
    truth.note(local_state.progress, 'run.local_state.progress')
    for i in range(3):
        truth.note(local_state.counters[i], 'run.local_state.counters[%d]' % i)
    truth.note(local_state.config['rate'], "run.local_state.config['rate']")
    truth.note(local_state.config[3], 'run.local_state.config[3]')
    for i in range(2):
        truth.note(pair[i], 'run.pair[%d]' % i)
    truth.serve()


def note_globals():
    note = truth.note
    note(counter, 'counter', 'alias')
    note(state.progress, 'state.progress')
    for i, obj in enumerate(state.counters):
        note(obj, 'state.counters[%d]' % i)
    note(state.config['rate'], "state.config['rate']")
    note(state.config[3], 'state.config[3]')
    note(many.last, 'many.last')
    note(slotted.second, 'slotted.second')
    note(derived.second, 'derived.second')
    note(derived.third, 'derived.third')
    note(mixed.second, 'mixed.second')
    note(mixed.loose, 'mixed.loose')
    note(Settings.limit, 'Settings.limit')
    note(Settings.Inner.deep, 'Settings.Inner.deep')
    note(tagged[0], 'tagged[0]')
    note(tagged.extra, 'tagged.extra')
    note(couple[1], 'couple[1]')
    note(nested['runs'][1][0]['loss'], "nested['runs'][1][0]['loss']")
    note(named.a, 'named[0]', 'named.a')
    note(space.value, 'space.value')
    note(ordered['o'], "ordered['o']")
    note(grown['g'][0], "grown['g'][0]")
    note(bump.__closure__[0].cell_contents, 'bump.count', 'bump.__closure__[0].cell_contents',
         'bump.__closure__[0]')
    note(scale.__closure__[0].cell_contents, 'scale.factor',
         'scale.__closure__[0].cell_contents', 'scale.__closure__[0]')
    note(by_default.__defaults__[0], 'by_default.step', 'by_default.__defaults__[0]')
    note(by_default.__kwdefaults__['size'], 'by_default.size', "by_default.__kwdefaults__['size']")
    note(partly.args[0], 'partly.args[0]')
    note(partly.keywords['size'], "partly.keywords['size']")
    note(pending._args[0], 'later.number', 'pending._args[0]')
    note(pending._kwargs['stop'], 'later.stop', "pending._kwargs['stop']")
    note(method.__self__.speed, 'method.__self__.speed', 'method.speed')
    note(recent[0], 'recent[0]', nameless=True)
    note(next(iter(bag)), 'list(bag)[0]', nameless=True)
    note(shelf.total, 'shelf.total')
    note(shelf.Keeper.kept, 'shelf.Keeper.kept')


def main():
    global counter, alias, state, many, slotted, derived, mixed, tagged, couple, nested, named
    global space, ordered, grown, bump, scale, partly, pending, method, recent, bag, numbers_made
    global nameless, trouble, question
    counter = alias = Value('i', 11)
    state = State()
    many = Many()
    slotted, derived, mixed = Slotted(), Derived(), Mixed()
    Settings.Inner.deep = RawValue('i', 78)
    tagged = Tagged([RawValue('i', 81)])
    tagged.extra = RawValue('i', 82)
    couple = ('text', RawValue('d', 9.5))
    nested = {'runs': [{}, [{'loss': RawValue('f', 0.5)}]]}
    named = collections.namedtuple('Named', 'a b')(RawValue('i', 91), 2)
    space = types.SimpleNamespace(value=RawValue('i', 92))
    ordered = collections.OrderedDict(o=RawValue('i', 93))
    grown = collections.defaultdict(list)
    grown['g'].append(RawValue('i', 94))
    bump = make_counter()
    scale = shelf.make_scale(RawValue('d', 3.5))
    by_default.__defaults__ = (RawValue('i', 22),)
    by_default.__kwdefaults__ = {'size': RawValue('i', 23)}
    partly = functools.partial(by_default, RawValue('i', 24), size=RawValue('i', 25))
    pending = multiprocessing.Process(target=later, args=(RawValue('i', 41),),
                                      kwargs={'stop': RawValue('B', 42)})
    method = Runner().bound
    recent = collections.deque([RawValue('i', 51)])
    bag = {Value('i', 52)}
    nameless = Nameless()
    nameless.append_to(RawArray('d', 5))
    shelf.fill()
    numbers_made = counting()
    next(numbers_made)
    question = asking()
    question.send(None)
    passing()
    try:
        failing()
    except ValueError as error:
        trouble = error
    ready, stop = threading.Event(), threading.Event()
    thread = threading.Thread(target=in_thread, args=(ready, stop))
    thread.daemon = True
    thread.start()
    ready.wait()
    note_globals()
    truth.edits.append(['state.counters[2]', ['+=5'], 'state.counters[2].value', 7])
    truth.edits.append(['shelf.total', ['5'], 'shelf.total.value', 5])
    deeper(3)
    question.close()


if __name__ == '__main__':
    truth.begin()
    main()
