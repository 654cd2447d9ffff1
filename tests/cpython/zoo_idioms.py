"""zoo_idioms.py METHOD: what programs really do with what they share: pools, executors, a
manager beside it, raw objects that are given a lock later, mappings of their own."""
import concurrent.futures
import ctypes
import mmap
import multiprocessing
import os
import sys
import tempfile
from ctypes import Structure, c_double, c_int
from multiprocessing import Lock, RawArray, RawValue, Value, sharedctypes

import truth

shared = None


class Header(Structure):
    _fields_ = [('count', c_int), ('total', c_double)]


class Counter:
    """As in many an answer on the web."""

    def __init__(self, value=0):
        self.value = Value('i', value)
        self.lock = Lock()

    def increment(self):
        with self.lock:
            self.value.value += 1


class Account(sharedctypes.Synchronized):
    """A wrapper of one's own."""

    def deposit(self, amount):
        with self.get_lock():
            self.value += amount


def initialize(counter):
    global shared
    truth.begin(METHOD)
    shared = counter


def work(number):
    with shared.get_lock():
        shared.value += number
    return os.getpid()


def main():
    global raw, guarded, header, whole, pair, file_header, counter_of_ours, account, alias
    global pointer, wrapped_array
    local_counter = Value('i', 0)
    pool = multiprocessing.Pool(2, initialize, (local_counter, ))
    pool.map(work, [1, 2, 3], 1)
    executor_counter = Value('l', 0)
    truth.note(local_counter, 'main.local_counter', 'shared', '__mp_main__.shared')
    truth.note(executor_counter, 'main.executor_counter', 'shared', '__mp_main__.shared')
    executor = None
    if sys.version_info >= (3, 7):
        executor = concurrent.futures.ProcessPoolExecutor(
            1, multiprocessing.get_context(METHOD), initialize, (executor_counter, ))
        executor.submit(work, 5).result()
        truth.note(executor._call_queue, 'main.executor._call_queue', optional=True)
        truth.note(executor._result_queue, 'main.executor._result_queue', optional=True)
    truth.note(pool._inqueue, 'main.pool._inqueue', optional=True)
    truth.note(pool._outqueue, 'main.pool._outqueue', optional=True)
    manager = multiprocessing.Manager()
    managed = manager.Value('i', 7)

    raw = RawValue('d', 2.5)
    guarded = sharedctypes.synchronized(raw)
    wrapped_array = sharedctypes.synchronized(RawArray('h', [1, 2, 3]), Lock())
    counter_of_ours = Counter(5)
    counter_of_ours.increment()
    account = Account(RawValue('d', 100.0), ctx=multiprocessing.get_context(METHOD))
    alias = counter_of_ours
    truth.note(guarded, 'guarded', 'raw')
    truth.note(wrapped_array, 'wrapped_array')
    truth.note(counter_of_ours.value, 'counter_of_ours.value', 'alias.value')
    truth.note(counter_of_ours.lock, 'counter_of_ours.lock', 'alias.lock')
    truth.note(account, 'account')

    # Mappings that multiprocessing knows nothing of.
    memory = mmap.mmap(-1, 4096)
    header = Header.from_buffer(memory)
    header.count, header.total = 3, 4.5
    pair = (c_int * 2).from_buffer(memory, 64)
    pair[:] = [8, 9]
    truth.note(header, 'header')
    truth.note(pair, 'pair')
    file = tempfile.TemporaryFile()
    file.truncate(4096)
    mapped = mmap.mmap(file.fileno(), 4096)
    file_header = Header.from_buffer(mapped)
    file_header.count = 12
    truth.note(file_header, 'file_header')
    # The same place once more, as something else; and what only points there.
    whole = (ctypes.c_ubyte * 16).from_buffer(memory)
    truth.note(whole, 'whole', optional=True)
    pointer = ctypes.pointer(header)

    truth.edits += [
        ['header.count', ['33'], 'header.count', 33],
        ['guarded', ['3.5'], 'raw.value', 3.5],
        ['wrapped_array[2]', ['30'], 'wrapped_array[2]', 30],
        ['account', ['+=50'], 'account.value', 150.0],
        ['file_header.total', ['0.5'], 'file_header.total', 0.5],
        ['counter_of_ours.value', ['7'], 'counter_of_ours.value.value', 7],
    ]
    truth.serve(commands={'managed': lambda: managed.value,
                          'work': lambda: len(pool.map(work, [1, 1]))})
    if executor is not None:
        executor.shutdown()
    pool.terminate()
    manager.shutdown()


METHOD = sys.argv[1] if len(sys.argv) > 1 else 'fork'

if __name__ == '__main__':
    truth.begin(METHOD)
    main()
