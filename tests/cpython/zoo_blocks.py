"""zoo_blocks.py METHOD: SharedMemory and ShareableList, Python 3.8 and later."""
import multiprocessing
import os
import sys

import truth


def reader(connection, name, given, items_name):
    truth.begin(METHOD)
    attached = shared_memory.SharedMemory(name=name)
    attached.buf[1] = 201
    listed = shared_memory.ShareableList(name=items_name)
    truth.note(attached, 'reader.attached', 'block')
    truth.note(given, 'reader.given', 'anonymous')
    truth.note(listed, 'reader.listed', 'items')
    truth.note(listed.shm, 'reader.listed.shm', optional=True)
    truth.attend(connection)


class Store:
    def __init__(self):
        self.block = shared_memory.SharedMemory(create=True, size=64)


def name_of(what):
    return 'shmlens-zoo-%d-%s' % (os.getpid(), what)


def main():
    global block, anonymous, store, items, other, numbers, empty, big
    block = shared_memory.SharedMemory(name=name_of('block'), create=True, size=100)
    truth.made(block.name)
    block.buf[:5] = b'\x00\x01\xc8\xff\x20'
    anonymous = shared_memory.SharedMemory(create=True, size=5000)
    store = Store()
    big = shared_memory.SharedMemory(create=True, size=3 << 20)
    items = shared_memory.ShareableList(
        [True, False, 0, -1, 2**62, -2**63, 0.1, float('-inf'), 'text', '', 'h\xe9llo', '\U0001f600',
         b'bytes', b'', b'\xff\x80', None, 'x' * 30], name=name_of('items'))
    truth.made(name_of('items'))
    other = [shared_memory.ShareableList(['only', None])]
    numbers = shared_memory.ShareableList(range(10))
    empty = shared_memory.ShareableList(['', b''])
    for obj in (anonymous, store.block, big, other[0].shm, numbers.shm, empty.shm):
        truth.made(obj.name)
    for name in ('block', 'anonymous', 'big', 'items', 'numbers', 'empty'):
        truth.note(globals()[name], name)
    truth.note(store.block, 'store.block')
    truth.note(other[0], 'other[0]')
    for name in ('items', 'numbers', 'empty', 'other[0]'):
        obj = other[0] if name == 'other[0]' else globals()[name]
        truth.note(obj.shm, name + '.shm', optional=True)
    del obj
    child = truth.child(multiprocessing, reader, block.name, anonymous, items.shm.name)
    truth.edits += [
        ['block[2]', ['7'], 'block.buf[2]', 7],
        ['items[2]', ['-12'], 'items[2]', -12],
        ['items[6]', ['2.5'], 'items[6]', 2.5],
        ['items[8]', ['new'], 'items[8]', 'new'],
        ['items[0]', ['false'], 'items[0]', False],
    ]
    truth.serve([child[0]])
    # The child's own tracker may have removed what it only attached to.
    for obj in (block, anonymous, store.block, big, items.shm, other[0].shm, numbers.shm,
                empty.shm):
        obj.close()
        try:
            obj.unlink()
        except FileNotFoundError:
            pass


METHOD = sys.argv[1] if len(sys.argv) > 1 else 'fork'

if sys.version_info < (3, 8):
    print('SKIP multiprocessing.shared_memory is in Python 3.8 and later')
    sys.exit()
from multiprocessing import shared_memory

if __name__ == '__main__':
    truth.begin(METHOD)
    main()
