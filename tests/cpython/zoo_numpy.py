"""Arrays of numpy in shared memory, in every way that they can lie there."""
import multiprocessing
import os
import sys
import tempfile
from multiprocessing import Array, RawArray

import truth

try:
    import numpy
except ImportError:
    print('SKIP this Python has no numpy')
    sys.exit()
from multiprocessing import shared_memory


class Frame:
    """As people wrap a block and the array over it."""

    def __init__(self, shape, dtype):
        size = int(numpy.prod(shape)) * numpy.dtype(dtype).itemsize
        self.block = shared_memory.SharedMemory(create=True, size=size)
        self.array = numpy.ndarray(shape, dtype, buffer=self.block.buf)
        self.array[:] = 0


def worker(connection, shape, name):
    truth.begin()
    block = shared_memory.SharedMemory(name=name)
    view = numpy.ndarray(shape, 'f4', buffer=block.buf)
    truth.note(block, 'worker.block')
    truth.note(view, 'worker.view')
    truth.attend(connection)


def main():
    global raw, over_raw, guarded, over_guarded, frame, every_second, backwards, corner, transposed
    global column, structured, big_endian, swapped_ints, texts, wide, half, complex_numbers
    global flags, mapped, mapped_path, cube, fortran, shared, zero, scalar, private, private_view
    global rows, read_only, records
    note = truth.note
    raw = RawArray('d', range(12))
    over_raw = numpy.frombuffer(raw).reshape(3, 4)
    guarded = Array('i', range(6))
    over_guarded = numpy.ctypeslib.as_array(guarded.get_obj())
    frame = Frame((4, 5), 'f4')
    frame.array[:] = numpy.arange(20).reshape(4, 5) / 10
    every_second = frame.array[:, ::2]
    backwards = frame.array[::-1, ::-1]
    corner = frame.array[1:3, 2:4]
    transposed = frame.array.T
    column = frame.array[:, 1]

    shared = shared_memory.SharedMemory(create=True, size=4096)
    def place(at, shape, dtype, order='C'):
        return numpy.ndarray(shape, dtype, buffer=shared.buf, offset=at, order=order)
    structured = place(0, (3,), [('id', 'i4'), ('pos', [('x', 'f8'), ('y', 'f8')]),
                                 ('tag', 'S4'), ('hist', 'u2', (2, 2))])
    structured['id'] = [1, 2, 3]
    structured['pos']['y'] = [0.5, 1.5, 2.5]
    structured['tag'] = [b'a', b'bc', b'def']
    structured['hist'][1, 1, 0] = 999
    big_endian = place(256, (4,), '>f8')
    big_endian[:] = [1.5, -2.5, 1e300, 0]
    swapped_ints = place(320, (2, 3), '>i4')
    swapped_ints[:] = numpy.arange(6).reshape(2, 3) - 3
    texts = place(384, (2,), 'S6')
    texts[:] = [b'one', b'three']
    wide = place(416, (2,), 'U3')
    wide[:] = ['\xe4', 'abc']
    half = place(448, (4,), 'f2')
    half[:] = [0.5, 1, 2, -3]
    complex_numbers = place(512, (2,), 'c16')
    complex_numbers[:] = [1 + 2j, -3j]
    flags = place(576, (5,), '?')
    flags[:] = [True, False, True, True, False]
    cube = place(640, (2, 3, 4), 'u1')
    cube[:] = numpy.arange(24).reshape(2, 3, 4)
    fortran = place(704, (3, 2), 'i2', 'F')
    fortran[:] = [[1, 2], [3, 4], [5, 6]]
    scalar = place(768, (), 'u8')
    scalar[()] = 2**64 - 1
    zero = place(800, (0, 3), 'f8')
    rows = [place(832 + 32 * i, (4,), 'i8') for i in range(3)]
    for i, row in enumerate(rows):
        row[:] = i
    read_only = place(960, (4,), 'i4')
    read_only.flags.writeable = False
    records = place(1024, (2,), [('n', '>i4'), ('v', '>f4')]).view(numpy.recarray)
    records['n'] = [7, 8]

    mapped_path = tempfile.mkdtemp(prefix='shmlens-zoo-') + '/mapped'
    mapped = numpy.memmap(mapped_path, dtype='i8', mode='w+', shape=(3, 5))
    mapped[:] = numpy.arange(15).reshape(3, 5) * 1000000007
    # Not shared: these are nobody's business.
    private = numpy.arange(10)
    private_view = private[::2]

    for name in ('raw', 'over_raw', 'guarded', 'every_second', 'backwards',
                 'corner', 'transposed', 'column', 'shared', 'structured', 'big_endian',
                 'swapped_ints', 'texts', 'wide', 'half', 'complex_numbers', 'flags', 'cube',
                 'fortran', 'scalar', 'read_only', 'records', 'mapped'):
        note(globals()[name], name)
    note(over_guarded, 'over_guarded', guard=guarded)
    note(zero, 'zero', optional=True)
    # frombuffer() makes one more array, which reshape() looks at.
    note(over_raw.base, 'over_raw.base', optional=True)
    for i, row in enumerate(rows):
        note(row, 'rows[%d]' % i)
    note(frame.block, 'frame.block')
    note(frame.array, 'frame.array')
    del row
    child = truth.child(multiprocessing, worker, (4, 5), frame.block.name)
    truth.edits += [
        ['frame.array[2][3]', ['9.5'], 'float(frame.array[2][3])', 9.5],
        ['every_second[1][2]', ['8.5'], 'float(frame.array[1][4])', 8.5],
        ['backwards[0][0]', ['3.25'], 'float(frame.array[3][4])', 3.25],
        ['transposed[1][0]', ['4.5'], 'float(frame.array[0][1])', 4.5],
        ['big_endian[1]', ['7.25'], 'float(big_endian[1])', 7.25],
        ['swapped_ints[1][2]', ['-77'], 'int(swapped_ints[1][2])', -77],
        ['structured[1].pos.y', ['6.5'], 'float(structured[1]["pos"]["y"])', 6.5],
        ['mapped[1][2]', ['5'], 'int(mapped[1][2])', 5],
        ['over_guarded[1]', ['55'], 'guarded[1]', 55],
    ]
    truth.serve([child[0]])


def clean():
    if 'mapped_path' in globals():
        os.unlink(mapped_path)
        os.rmdir(os.path.dirname(mapped_path))
    for block in [globals().get('shared'), getattr(globals().get('frame'), 'block', None)]:
        if block is not None:
            block.unlink()


if __name__ == '__main__':
    truth.begin()
    try:
        main()
    finally:
        clean()
