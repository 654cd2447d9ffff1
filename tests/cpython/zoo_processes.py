"""zoo_processes.py METHOD: one program of a main process and three children."""
import multiprocessing
import os
import sys
from multiprocessing import Array, RawArray, RawValue, Value

import shelf
import truth

# Children that are spawned import this module, and then have one of their own.
own = None


class State:
    def __init__(self):
        self.progress = RawValue('d', 0.5)
        self.counters = [Value('i', n) for n in range(3)]


class Child(multiprocessing.Process):
    """The other way to write a process."""

    def __init__(self, connection, shared):
        super().__init__()
        self.daemon = True
        self.connection = connection
        self.shared = shared

    def run(self):
        truth.begin(METHOD)
        self.inner = RawValue('i', 500)
        truth.note(self.shared, 'run.self.shared', 'Child.run.self.shared', 'self.shared')
        truth.note(self.inner, 'run.self.inner', 'Child.run.self.inner', 'self.inner')
        truth.attend(self.connection)


def worker(connection, number, counter, state, argument):
    truth.begin(METHOD)
    global own
    own = RawValue('i', 100 + number)
    local_rate = Value('d', number + 0.5)
    made_there = [RawArray('d', number)]
    truth.note(counter, 'worker.counter')
    truth.note(state.progress, 'worker.state.progress')
    for i in range(3):
        truth.note(state.counters[i], 'worker.state.counters[%d]' % i)
    if argument is not None:
        truth.note(argument, 'worker.argument')
    # Where a child was spawned, the globals of its functions are not those of the module.
    truth.note(own, 'own', '__mp_main__.own')
    truth.note(local_rate, 'worker.local_rate')
    truth.note(made_there[0], 'worker.made_there[0]')
    with counter.get_lock():
        counter.value += 1
    truth.attend(connection)


def main():
    global counter, state, grid, own, only_here
    counter = Value('i', 10)
    state = State()
    grid = RawArray('f', 6)
    only_here = Array('h', [1, 2, 3])
    shelf.fill()
    truth.note(counter, 'counter')
    truth.note(state.progress, 'state.progress')
    for i in range(3):
        truth.note(state.counters[i], 'state.counters[%d]' % i)
    truth.note(grid, 'grid')
    truth.note(only_here, 'only_here')
    truth.note(shelf.total, 'shelf.total')
    truth.note(shelf.Keeper.kept, 'shelf.Keeper.kept')
    children = []
    # The first child alone keeps what it was given: its parent forgets it.
    children.append(truth.child(multiprocessing, worker, 1, counter, state, RawValue('i', 77)))
    children.append(truth.child(multiprocessing, worker, 2, counter, state, grid))
    ours, theirs = multiprocessing.Pipe()
    child = Child(theirs, only_here)
    child.start()
    theirs.close()
    children.append((ours, child))
    truth.edits.append(['counter', ['+=5'], 'counter.value', 17])
    truth.edits.append(['state.counters[2]', ['9'], 'state.counters[2].value', 9])
    truth.edits.append(['worker.argument', ['78'], None, None])
    truth.serve([connection for connection, _ in children])
    for _, process in children:
        process.join(5)


METHOD = sys.argv[1] if len(sys.argv) > 1 else 'fork'

if __name__ == '__main__':
    truth.begin(METHOD)
    main()
