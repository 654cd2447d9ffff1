"""zoo_locks.py METHOD: what guards what, who holds it and who waits; and all else that
processes coordinate with."""
import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from multiprocessing import (Array, Barrier, BoundedSemaphore, Condition, Event, JoinableQueue,
                             Lock, Queue, RawValue, RLock, Semaphore, SimpleQueue, Value)

import truth


def in_thread(function, *arguments):
    """Calls what does not come back."""
    thread = threading.Thread(target=function, args=arguments)
    thread.daemon = True
    thread.start()


def wait_on(condition):
    with condition:
        condition.wait()


def waiters_of(lock):
    """How many sleep on the semaphore: glibc counts them in its upper half."""
    return ctypes.c_uint32.from_address(lock._semlock.handle + 4).value


def waiter(connection, held, held_value, deep, condition, barrier, started):
    truth.begin(METHOD)
    in_thread(held.acquire)
    in_thread(held_value.acquire)
    in_thread(wait_on, condition)
    in_thread(barrier.wait)
    while not (waiters_of(held) and waiters_of(held_value.get_lock())
               and condition._sleeping_count._semlock._get_value() and barrier._count):
        time.sleep(0.002)
    started.set()
    note_shared(locals(), 'waiter.')
    truth.attend(connection)


def victim(dead_lock, dead_value, ready):
    truth.begin(METHOD)
    dead_lock.acquire()
    dead_value.acquire()
    dead_value.acquire()
    ready.set()
    os.kill(os.getpid(), signal.SIGKILL)


def note_shared(names, prefix):
    """What more than one process notes."""
    for name in ('held', 'held_value', 'deep', 'condition', 'barrier', 'started'):
        truth.note(names[name], prefix + name, **STATES.get(name, {}))


STATES = {}


def main():
    global recursive, plain, unguarded, injected, injected_array, shared_lock, sharing_a, sharing_b
    global sharing_array, sharing_rlock, first, second, of_threads, raw, held, held_value, deep
    global free, dead_lock, dead_value, event_set, event_clear, semaphore, bounded, zero_semaphore
    global condition, condition_on, barrier, queue, unbounded, joinable, simple, started, named_lock
    # Pairs.
    recursive = Value('i', 1)
    plain = Value('i', 2, lock=Lock())
    unguarded = Value('i', 3, lock=False)
    raw = RawValue('i', 4)
    injected = Value('d', 5, lock=RLock())
    injected_array = Array('d', 5, lock=Lock())
    shared_lock = Lock()
    sharing_a = Value('i', 6, lock=shared_lock)
    sharing_b = Value('h', 7, lock=shared_lock)
    sharing_array = Array('d', 3, lock=shared_lock)
    sharing_rlock = RLock()
    first = Value('i', 8, lock=sharing_rlock)
    second = Array('c', 8, lock=sharing_rlock)
    of_threads = Value('i', 9, lock=threading.Lock())
    # Held, waited for, left by the dead.
    held = Lock()
    held_value = Value('i', 10)
    deep = Value('i', 11)
    free = Lock()
    dead_lock = Lock()
    dead_value = Value('i', 12)
    # The rest.
    event_set, event_clear = Event(), Event()
    event_set.set()
    semaphore = Semaphore(3)
    semaphore.acquire()
    bounded = BoundedSemaphore(2)
    zero_semaphore = Semaphore(0)
    condition = Condition()
    condition_on = Condition(shared_lock)
    barrier = Barrier(3)
    queue = Queue(5)
    unbounded = Queue()
    joinable = JoinableQueue(7)
    simple = SimpleQueue()
    started = Event()

    held.acquire()
    held_value.acquire()
    for _ in range(3):
        deep.acquire()
    for q, items in ((queue, 2), (joinable, 3), (unbounded, 1)):
        q.cancel_join_thread()
        for i in range(items):
            q.put(i)
    joinable.get()
    simple.put('one')

    # As they will be when the children are ready.
    pid = os.getpid()
    STATES.update({
        'held': {'state': 'held', 'owner': pid, 'waiters': 1},
        'held_value': {'state': 'held', 'owner': pid, 'waiters': 1},
        'deep': {'state': 'held', 'owner': pid, 'waiters': 0}})
    for name in ('recursive', 'plain', 'injected', 'injected_array', 'sharing_a', 'sharing_b',
                 'sharing_array', 'first', 'second', 'shared_lock', 'sharing_rlock', 'free'):
        truth.note(globals()[name], name, state='free', waiters=0)
    for name in ('unguarded', 'raw', 'of_threads', 'event_set', 'event_clear', 'semaphore',
                 'bounded', 'zero_semaphore', 'condition_on', 'queue', 'unbounded', 'joinable'):
        truth.note(globals()[name], name)
    for name in ('dead_lock', 'dead_value'):
        truth.note(globals()[name], name, state='dead')
    truth.note(simple, 'simple', optional=True)  # it does not know how much is in it
    note_shared(globals(), '')

    ready = Event()
    process = multiprocessing.Process(target=victim, args=(dead_lock, dead_value, ready))
    process.start()
    process.join()
    del ready, process
    child = truth.child(multiprocessing, waiter, held, held_value, deep, condition, barrier,
                        started)
    started.wait()

    truth.edits += [
        ['plain', ['20'], 'plain.value', 20],
        ['sharing_array[1]', ['2.5'], 'sharing_array[1]', 2.5],
        ['event_clear', ['true'], 'event_clear.is_set()', True],
        ['event_set', ['false'], 'event_set.is_set()', False],
    ]
    truth.serve([child[0]], refused=[['held_value', '1'], ['dead_value', '1'], ['of_threads', '1']])


METHOD = sys.argv[1] if len(sys.argv) > 1 else 'fork'

if __name__ == '__main__':
    truth.begin(METHOD)
    main()
