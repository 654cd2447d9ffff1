"""python_types.py: shares an object of every type that ctypes, numpy and multiprocessing have, says
on a line of JSON each what it is, then waits until its input ends.

A value is what the program itself reads: by attributes, not by layout."""
import ctypes
import itertools
import json
import multiprocessing
import multiprocessing.sharedctypes as shared
import struct
import sys
import threading

kept = []


def dimensions(kind):
    shape = []
    while issubclass(kind, ctypes.Array):
        shape.append(kind._length_)
        kind = kind._type_
    return shape, kind


def fields_of(kind):
    """(name, type) of a structure, those of its base classes first."""
    for parent in reversed(kind.__mro__):
        for field in vars(parent).get('_fields_', ()):
            yield field[0], field[1]


def raw(scalar_type, memory, offset):
    return bytes(memory[offset:offset + ctypes.sizeof(scalar_type)])


def is_address(kind):
    """What must not be read: these here point nowhere."""
    code = getattr(kind, '_type_', 'P')
    return not is_structure(kind) and (not isinstance(code, str) or code in 'PzZO')


def scalar(kind, value, memory, offset):
    """As the decoder prints it: numbers; characters as codes; addresses as numbers."""
    code = getattr(kind, '_type_', 'P')
    if is_address(kind):
        return struct.unpack('Q', raw(kind, memory, offset))[0]
    if code in 'cu':
        return ord(value)
    return value


def simple_values(kind, holder, memory, offset):
    """The scalars of an array of simple ones, in order."""
    shape, inner = dimensions(kind)
    if getattr(inner, '_type_', None) == 'g':
        return list(bytes(memory[offset:offset + ctypes.sizeof(kind)]))
    if getattr(inner, '_type_', None) == 'c' and shape:
        return list(bytes(memory[offset:offset + ctypes.sizeof(kind)]))
    if getattr(inner, '_type_', None) == 'u' and shape:
        return list(memory[offset:offset + ctypes.sizeof(kind)].cast('I'))
    size = ctypes.sizeof(inner)
    values = []
    for number, index in enumerate(itertools.product(*map(range, shape))):
        value = holder
        for i in index:
            value = None if is_address(inner) else value[i]
        values.append(scalar(inner, value, memory, offset + number * size))
    return values


def flatten(kind, value, memory, offset, path, result):
    """result[path] = scalars, for every field below a structure."""
    for name, field_type in fields_of(kind):
        descriptor = getattr(kind, name)
        shape, inner = dimensions(field_type)
        at = offset + descriptor.offset
        member = None if is_address(inner) else getattr(value, name)
        if issubclass(inner, (ctypes.Structure, ctypes.Union)):
            size = ctypes.sizeof(inner)
            for number, index in enumerate(itertools.product(*map(range, shape))):
                element = member
                for i in index:
                    element = element[i]
                if name in getattr(kind, '_anonymous_', ()):
                    below = path
                else:
                    below = path + name + ''.join('[%d]' % i for i in index) + '.'
                flatten(inner, element, memory, at + number * size, below, result)
        else:
            result[path + name] = simple_values(field_type, member, memory, at)


def is_structure(kind):
    return issubclass(kind, (ctypes.Structure, ctypes.Union))


def describe(value):
    kind = type(value)
    shape, inner = dimensions(kind)
    memory = memoryview(value).cast('B') if ctypes.sizeof(kind) else memoryview(b'')
    if is_structure(inner):
        values = []
        for number, index in enumerate(itertools.product(*map(range, shape))):
            element = value
            for i in index:
                element = element[i]
            values.append({})
            flatten(inner, element, memory, number * ctypes.sizeof(inner), '', values[-1])
    elif shape:
        values = simple_values(kind, value, memory, 0)
    else:
        values = simple_values(kind, None if is_address(kind) else value.value, memory, 0)
    return shape, values


def say(**what):
    print(json.dumps(what), flush=True)


def address(value):
    return ctypes.addressof(value)


def ctype(label, value, **more):
    kept.append(value)
    shape, values = describe(value)
    say(label=label, scan='shared', object=id(value), ctype=type(value).__name__, shape=shape,
        values=values, data=address(value), size=ctypes.sizeof(value), **more)


def hidden(label, value):
    """Something that must not be listed."""
    kept.append(value)
    say(label=label, scan='shared', object=id(value), hidden=True)


class Point(ctypes.Structure):
    _fields_ = [('x', ctypes.c_double), ('y', ctypes.c_double)]


class Packed(ctypes.Structure):
    _pack_ = 1
    _layout_ = 'ms'
    _fields_ = [('flag', ctypes.c_char), ('value', ctypes.c_double), ('tail', ctypes.c_short)]


class Padded(ctypes.Structure):
    _fields_ = [('flag', ctypes.c_bool), ('value', ctypes.c_double), ('tail', ctypes.c_short)]


class Bits(ctypes.Structure):
    _fields_ = [('a', ctypes.c_int, 3), ('b', ctypes.c_int, 5), ('c', ctypes.c_uint, 7),
                ('d', ctypes.c_uint, 32), ('e', ctypes.c_longlong, 40), ('whole', ctypes.c_int)]


class NarrowBits(ctypes.Structure):
    _fields_ = [('f', ctypes.c_ubyte, 1), ('g', ctypes.c_ubyte, 7), ('h', ctypes.c_short, 9),
                ('i', ctypes.c_short, 7), ('flag', ctypes.c_bool), ('last', ctypes.c_longlong, 1)]


class PackedBits(ctypes.Structure):
    _pack_ = 1
    _layout_ = 'ms'
    _fields_ = [('a', ctypes.c_ushort, 5), ('b', ctypes.c_ushort, 11), ('c', ctypes.c_byte, 3),
                ('d', ctypes.c_int)]


class BigBits(ctypes.BigEndianStructure):
    _fields_ = [('a', ctypes.c_int, 3), ('b', ctypes.c_uint, 12), ('c', ctypes.c_short),
                ('d', ctypes.c_ulonglong, 33)]


class Big(ctypes.BigEndianStructure):
    _fields_ = [('i', ctypes.c_int), ('d', ctypes.c_double), ('h', ctypes.c_ushort * 3),
                ('b', ctypes.c_ubyte), ('f', ctypes.c_float)]


class Little(ctypes.LittleEndianStructure):
    _fields_ = [('i', ctypes.c_int), ('d', ctypes.c_double)]


class Number(ctypes.Union):
    _fields_ = [('i', ctypes.c_int), ('f', ctypes.c_float), ('raw', ctypes.c_ubyte * 4)]


class Body(ctypes.Structure):
    _fields_ = [('name', ctypes.c_char * 12), ('pos', Point), ('trail', Point * 3),
                ('grid', (ctypes.c_short * 2) * 3), ('number', Number), ('wide', ctypes.c_wchar * 4)]


class Derived(Point):
    _fields_ = [('z', ctypes.c_double)]


class Later(ctypes.Structure):
    pass


Later._fields_ = [('one', ctypes.c_uint8), ('two', Point * 2)]


class Inner(ctypes.Union):
    _fields_ = [('whole', ctypes.c_uint32), ('half', ctypes.c_uint16 * 2)]


class Anonymous(ctypes.Structure):
    _anonymous_ = ('u',)
    _fields_ = [('kind', ctypes.c_int), ('u', Inner)]


class Nested(ctypes.Structure):
    _fields_ = [('deep', Anonymous), ('many', (Anonymous * 2) * 2)]


class Pointers(ctypes.Structure):
    _fields_ = [('n', ctypes.c_int), ('void', ctypes.c_void_p), ('text', ctypes.c_char_p),
                ('int_p', ctypes.POINTER(ctypes.c_int)), ('call', ctypes.CFUNCTYPE(ctypes.c_int)),
                ('long_double', ctypes.c_longdouble), ('point', ctypes.POINTER(Point))]


class Node(ctypes.Structure):
    pass


Node._fields_ = [('value', ctypes.c_int), ('next', ctypes.POINTER(Node))]


class Huge(ctypes.Structure):
    _fields_ = [('f%d' % i, ctypes.c_int) for i in range(1500)]


class Wide(ctypes.Structure):
    _fields_ = [('n', ctypes.c_int), ('points', Point * 600)]


class Counter(ctypes.c_int):
    pass


class Empty(ctypes.Structure):
    _fields_ = []


def fill(value):
    """Bytes that are not alike, and no NaN among them."""
    memory = memoryview(value).cast('B')
    for i in range(len(memory)):
        memory[i] = (i * 37 + 11) % 120 + 1


def share_ctypes():
    number = 0
    for name in sorted(vars(ctypes)):
        kind = getattr(ctypes, name)
        if not isinstance(kind, type) or not issubclass(kind, ctypes._SimpleCData) \
                or kind is ctypes._SimpleCData or name in ('HRESULT', 'c_voidp'):
            continue
        value = shared.RawValue(kind)
        memory = memoryview(value).cast('B')
        number += 1
        for i in range(len(memory)):
            memory[i] = (number * 7 + i * 3) % 90 + 1
        if kind is ctypes.c_wchar:
            value.value = '\u20ac'
        elif kind is ctypes.c_bool:
            value.value = True
        ctype(name, value, editable=kind._type_ not in 'PzZO')
        if kind._type_ in 'PzZO':
            continue
        array = shared.RawArray(kind, 5)
        if kind is ctypes.c_wchar:
            array.value = 'a\u20acz'
        elif kind is ctypes.c_bool:
            array[1] = True
        else:
            fill(array)
        ctype(name + '[5]', array)
    for code in 'cbBuhHiIlLfd':
        value = multiprocessing.RawArray(code, 3)
        ctype('code ' + code, value, role='text' if code in 'cu' else 'plain')
    value = multiprocessing.RawValue('d', -0.0)
    ctype('minus nul', value)
    value = multiprocessing.RawValue('Q' if sys.version_info > (3, 7) else ctypes.c_uint64, 2**64 - 1)
    ctype('largest', value)
    ctype('minimum', multiprocessing.RawValue(ctypes.c_int64, -2**63))
    ctype('flag', multiprocessing.RawValue(ctypes.c_bool, False), role='flag')
    ctype('derived simple', shared.RawValue(Counter, 77))
    ctype('matrix', shared.RawValue((ctypes.c_double * 4) * 3))
    for kind, label in ((((((ctypes.c_short * 2) * 3) * 2) * 2) * 3, '5 dimensions'),
                        (((ctypes.c_char * 5) * 2), 'texts')):
        value = shared.RawValue(kind)
        fill(value)
        ctype(label, value, folded=True)
    ctype('no elements', shared.RawArray(ctypes.c_int, 0))
    for kind in (Point, Packed, Padded, Bits, NarrowBits, PackedBits, BigBits, Big, Little, Number, Body, Derived, Later, Anonymous,
                 Nested, Pointers, Node):
        value = shared.RawValue(kind)
        fill(value)
        if hasattr(kind, 'wide'):
            value.wide = 'w\u20ac'
        if kind in (Padded, NarrowBits):
            value.flag = True
        ctype(kind.__name__, value)
        array = shared.RawArray(kind, 3)
        fill(array)
        for element in array:
            if hasattr(kind, 'wide'):
                element.wide = 'w\u20ac'
            if kind in (Padded, NarrowBits):
                element.flag = True
        ctype(kind.__name__ + '[3]', array)
    big = shared.RawValue(Big)
    big.i, big.d, big.f = -5, 2.5, 0.1
    ctype('big values', big)
    bits = shared.RawValue(Bits)
    bits.a, bits.b, bits.c, bits.d, bits.e, bits.whole = -4, 15, 127, 2**32 - 1, -2**39, -1
    ctype('bit values', bits)
    for kind in (Huge, Wide):
        value = shared.RawValue(kind)
        fill(value)
        kept.append(value)
        say(label=kind.__name__, scan='shared', object=id(value), ctype=kind.__name__, bytes=True,
            data=address(value), size=ctypes.sizeof(value))
    points = shared.RawArray(Point, 4)
    hidden('view of an element', points[1])
    ctype('viewed', points)
    body = shared.RawValue(Body)
    hidden('view of a field', body.pos)
    ctype('viewed in part', body)
    text = multiprocessing.Array('c', b'hello world')
    kept.append(text)
    ctype('string array', text.get_obj(), role='text')


def share_locked():
    """Every way to guard a value."""
    lock = multiprocessing.Lock()
    again = multiprocessing.RLock()
    ways = [
        ('default', multiprocessing.Value('i', 1), 'recursive'),
        ('array', multiprocessing.Array('d', 4), 'recursive'),
        ('lock', multiprocessing.Value('i', 2, lock=lock), 'plain'),
        ('same lock', multiprocessing.Array('i', 2, lock=lock), 'plain'),
        ('rlock', multiprocessing.Value(Point, 1, 2, lock=again), 'recursive'),
        ('condition', multiprocessing.Value('i', 5, lock=multiprocessing.Condition()), 'recursive'),
        ('threads', multiprocessing.Value('i', 3, lock=threading.Lock()), 'external'),
        ('structure', multiprocessing.Value(Body), 'recursive'),
        ('structures', multiprocessing.Array(Body, 2), 'recursive'),
        ('string', multiprocessing.Array('c', 10), 'recursive'),
    ]
    for label, wrapper, way in ways:
        kept.append(wrapper)
        say(label='wrapper ' + label, scan='synchronized', object=id(wrapper))
        guard = getattr(wrapper.get_lock(), '_semlock', None)
        if label == 'condition':
            guard = wrapper.get_lock()._lock._semlock
        ctype(label, wrapper.get_obj(), wrapper=id(wrapper), lock=way,
              semlock=id(guard) if guard is not None else 0)
    ctype('none', multiprocessing.Value('i', 4, lock=False), lock='none')
    held = multiprocessing.Value('i', 6)
    held.get_lock().acquire()
    held.get_lock().acquire()
    kept.append(held)
    say(label='wrapper held', scan='synchronized', object=id(held))
    ctype('held', held.get_obj(), wrapper=id(held), lock='recursive', count=2, free=0,
          semlock=id(held.get_lock()._semlock))


def coordinator(label, what, kind, parts, **more):
    kept.append(what)
    say(label=label, scan='coordinators', object=id(what), ctype=type(what).__name__, kind=kind,
        parts=[id(part._semlock) for part in parts], **more)


def condition_parts(condition):
    return [condition._lock, condition._sleeping_count, condition._woken_count, condition._wait_semaphore]


def share_coordinators():
    lock = multiprocessing.Lock()
    lock.acquire()
    coordinator('lock', lock, 'lock', [lock], lock='plain', count=1, free=0)
    lock = multiprocessing.RLock()
    coordinator('rlock', lock, 'lock', [lock], lock='recursive', free=1)
    semaphore = multiprocessing.Semaphore(3)
    semaphore.acquire()
    coordinator('semaphore', semaphore, 'semaphore', [semaphore], lock='none', state=[2])
    semaphore = multiprocessing.BoundedSemaphore(4)
    coordinator('bounded semaphore', semaphore, 'semaphore', [semaphore], progress=4, state=[4])
    for label, condition in (('condition', multiprocessing.Condition()),
                             ('condition of a lock', multiprocessing.Condition(multiprocessing.Lock()))):
        coordinator(label, condition, 'condition', condition_parts(condition), state=[1, 0, 0, 0])
        part(condition._lock)
        part(condition._woken_count)
    event = multiprocessing.Event()
    event.set()
    coordinator('event', event, 'event', [event._flag] + condition_parts(event._cond), state=[1, 1, 0, 0, 0])
    part(event._cond)
    part(event._flag)
    barrier = multiprocessing.Barrier(3)
    coordinator('barrier', barrier, 'barrier', condition_parts(barrier._cond), progress=3,
                values=[{'state': [0], 'waiting': [0]}])
    queue = multiprocessing.Queue(5)
    queue.put(1)
    queue.put(2)
    coordinator('queue', queue, 'queue', [queue._sem], progress=5, state=[3], lock='plain')
    part(queue._rlock)
    part(queue._sem)
    queue = multiprocessing.JoinableQueue()
    queue.put(1)
    coordinator('joinable queue', queue, 'queue', [queue._sem, queue._unfinished_tasks],
                state=[2**31 - 2, 1])
    part(queue._cond)
    part(queue._unfinished_tasks)
    simple = multiprocessing.SimpleQueue()
    kept.append(simple)
    say(label='simple queue', scan='coordinators', object=id(simple), hidden=True)
    part(simple._rlock)


def part(what):
    say(label='part ' + type(what).__name__, scan='coordinators', object=id(what), part=True,
        ctype=type(what).__name__)


def share_blocks():
    try:
        from multiprocessing import shared_memory
    except ImportError:
        return
    block = shared_memory.SharedMemory(create=True, size=100)
    kept.append(block)
    for i in range(100):
        block.buf[i] = i
    say(label='block', scan='blocks', object=id(block._mmap), wrapper=id(block), ctype='SharedMemory',
        shape=[block.size], values=list(bytes(block.buf)), role='bytes', size=block.size)
    values = [1, -2**63, 2.5, True, False, None, 'text', 'gr\u00fc\u00dfe', b'bytes', '', b'', 'x' * 20]
    elements = shared_memory.ShareableList(values)
    kept.append(elements)
    elements[4] = True
    elements[6] = 'other'
    elements[7] = 99
    expected = {}
    for i, value in enumerate(list(elements)):
        if isinstance(value, (str, bytes)):
            value = list(value.encode() if isinstance(value, str) else value)
        elif value is None:
            value = [False]
        else:
            value = [value]
        expected['[%d]' % i] = value
    say(label='list', scan='blocks', object=id(elements.shm._mmap), wrapper=id(elements),
        ctype='ShareableList', shape=[], values=[expected], padded=True, size=elements.shm.size)
    say(label='list block', scan='blocks', object=id(elements.shm._mmap), wrapper=id(elements.shm),
        part=True, ctype='SharedMemory')
    return [block, elements.shm]


def array_values(array):
    """Each element as scalars, or a dict of them."""
    import numpy

    def scalars(value, dtype):
        if dtype.kind == 'c' and dtype.itemsize <= 16:
            return {'real': [float(value.real)], 'imag': [float(value.imag)]}
        if dtype.kind == 'V' and dtype.names:
            result = {}
            for name in dtype.names:
                field = dtype.fields[name][0]
                base, shape = field.subdtype or (field, ())
                member = numpy.asarray(value[name])
                if base.names or base.kind == 'c':
                    for index in numpy.ndindex(*shape):
                        path = name + ''.join('[%d]' % i for i in index) + '.'
                        below = scalars(member[index] if shape else value[name], base)
                        result.update((path + key, text) for key, text in below.items())
                else:
                    result[name] = [one for index in numpy.ndindex(*member.shape)
                                    for one in flat(member[index], base)]
            return result
        return flat(value, dtype)

    def flat(value, dtype):
        if dtype.kind in 'biu' or dtype.kind == 'f' and dtype.itemsize in (4, 8):
            return [value.item()]
        if dtype.kind == 'S':
            return list(value.ljust(dtype.itemsize, b'\0'))
        if dtype.kind == 'U':
            return [ord(c) for c in str(value).ljust(dtype.itemsize // 4, '\0')]
        if dtype.kind in 'mM':
            return [value.astype('i8').item()]
        if dtype.kind == 'f' and dtype.itemsize == 2:
            return [value.view('u2').item()]
        return list(value.tobytes())

    values = []
    for index in numpy.ndindex(*array.shape):
        one = scalars(array[index], array.dtype)
        values.extend([one] if isinstance(one, dict) else one)
    return values


def ndarray(label, array, **more):
    kept.append(array)
    more.setdefault('shape', list(array.shape))
    say(label=label, scan='shared', object=id(array), ctype=type(array).__name__,
        values=array_values(array), **more)


def share_arrays():
    try:
        import numpy
    except ImportError:
        return
    import mmap
    import tempfile

    def memory(size):
        value = shared.RawArray(ctypes.c_ubyte, size)
        fill(value)
        kept.append(value)
        say(label='memory', scan='shared', object=id(value), ctype=type(value).__name__)
        return value

    for kind in ('?', 'i1', 'u1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8', 'f4', 'f8', 'c8', 'c16', 'f2', 'g',
                 'S5', 'U3', 'M8[s]', 'm8[25us]', '>i2', '>i4', '>u8', '>f8', '>f4', '>c8', 'V7'):
        dtype = numpy.dtype(kind)
        array = numpy.frombuffer(memory(dtype.itemsize * 6), dtype=dtype)
        if kind == '?':
            array[:] = [0, 1, 1, 0, 0, 1]
        elif dtype.kind == 'U':
            array[:] = ['a', 'bc', '\u20acuv', '', 'x', 'yz']
        elif kind == 'g':
            array[:] = 1.25
        if dtype.kind in 'SU':
            last = [dtype.itemsize // (4 if dtype.kind == 'U' else 1)]
        else:
            last = [dtype.itemsize] if kind in 'gV7' else []
        ndarray('ndarray ' + kind, array, shape=[6] + last,
                unit={'M8[s]': 's', 'm8[25us]': '25 us'}.get(kind))
    base = numpy.frombuffer(memory(8 * 24), dtype='i8')
    kept.append(base)
    ndarray('reshaped', base.reshape(4, 6))
    ndarray('strided', base[3::5])
    ndarray('reversed', base[::-1])
    ndarray('transposed', base.reshape(4, 6).T)
    ndarray('reversed rows', base.reshape(4, 6)[::-1, ::2])
    ndarray('broadcast', numpy.broadcast_to(base[:4], (3, 4)))
    ndarray('scalar', base[5:6].reshape(()))
    ndarray('folded', base.reshape(2, 3, 2, 1, 2), shape=[6, 2, 1, 2])
    ndarray('no elements', base[:0])
    ndarray('offset', numpy.frombuffer(memory(100), dtype='f4', offset=20, count=5))
    record = numpy.dtype([('id', 'u1'), ('pos', [('x', 'f8'), ('y', '>f4')]), ('grid', 'i2', (2, 3)),
                          ('name', 'S6'), ('parts', [('a', 'i4')], 2), ('z', 'c8'), (('title', 'flag'), '?')])
    records = numpy.frombuffer(memory(record.itemsize * 3), dtype=record)
    records['flag'] = [True, False, True]
    ndarray('records', records)
    aligned = numpy.dtype([('a', 'u1'), ('b', 'f8'), ('c', 'u2')], align=True)
    ndarray('aligned', numpy.frombuffer(memory(aligned.itemsize * 3), dtype=aligned)[::2])
    with tempfile.NamedTemporaryFile() as file:
        file.truncate(4096)
        mapped = numpy.memmap(file.name, dtype='i4', shape=(4, 5))
        mapped[2, 3] = 99
        ndarray('memmap', mapped)
    anonymous = mmap.mmap(-1, 4096)
    kept.append(anonymous)
    ndarray('over mmap', numpy.frombuffer(anonymous, dtype='u2', count=10))
    wrapper = multiprocessing.Array('d', 6)
    kept.append(wrapper)
    say(label='wrapper viewed', scan='synchronized', object=id(wrapper))
    ctype('viewed array', wrapper.get_obj(), wrapper=id(wrapper), lock='recursive',
          semlock=id(wrapper.get_lock()._semlock))
    ndarray('view', numpy.frombuffer(wrapper.get_obj(), dtype='d'), lock='recursive',
            semlock=id(wrapper.get_lock()._semlock))
    private = numpy.arange(5)
    kept.append(private)


def main():
    share_ctypes()
    share_locked()
    share_coordinators()
    blocks = share_blocks()
    share_arrays()
    say(ready=True)
    sys.stdin.read()
    for block in blocks or ():
        block.unlink()


if __name__ == '__main__':
    main()
