"""What the programs of the zoo know of themselves, for the runner to compare with what
shmlens saw from outside.

A program makes objects, tells note() of each, and calls serve(). That prints a line
`TRUTH {...}` with a record for each object, and obeys lines on standard input, each
answered by a line of JSON:

    values         {key: value} as the objects are now, of all processes
    read EXPR      what the expression is in __main__, as a value
    resolve NAME   the keys of what the name stands for, in whichever process
    quit

Nothing here may give an object a name or keep it alive: what is kept of it is text and
weak references. Runs with Python 3.6 and later.
"""
import ctypes
import json
import math
import multiprocessing
import os
import signal
import sys
import weakref

import paths

_records = []   # of dict
_objects = []   # a weak reference to each record's object
_made = []      # names in /dev/shm that the program made on purpose
edits = []      # what the runner is to try: [target, [text...], expression, expected]

POINTERS = 'PzZO'
# Type codes that say the same on this machine.
SAME = {'l': 'lq', 'q': 'lq', 'L': 'LQ', 'Q': 'LQ', 'P': 'LQ', 'z': 'LQ', 'Z': 'LQ', 'O': 'LQ'}


def begin(method='fork'):
    """First of all, in the main process and in each child: nothing is left of it when its
    parent is killed."""
    ctypes.CDLL(None).prctl(1, int(signal.SIGKILL))
    multiprocessing.set_start_method(method, force=True)


# Where things are

def _mappings():
    result = []
    with open('/proc/self/maps') as maps:
        for line in maps:
            fields = line.split(None, 5)
            start, end = (int(part, 16) for part in fields[0].split('-'))
            major, minor = (int(part, 16) for part in fields[3].split(':'))
            result.append((start, end, fields[1], int(fields[2], 16), os.makedev(major, minor),
                           int(fields[4])))
    return result


_known = []  # mappings as they were


def place_of(address):
    """(device, inode, offset), or None where no file is mapped."""
    for fresh in (False, True):
        if fresh:
            _known[:] = _mappings()
        for start, end, access, offset, device, inode in _known:
            if start <= address < end and inode and access[3] == 's':
                return [device, inode, address - start + offset]
    return None


# What things are

def _simple(code):
    # Of a long double only its bytes can be shown.
    return {'code': code, 'codes': 'B' if code == 'g' else SAME.get(code, code),
            'shape': [16] if code == 'g' else []}


def _describe(kind):
    """A type of ctypes: {code, codes, shape, fields}."""
    if issubclass(kind, ctypes.Array):
        inner = _describe(kind._type_)
        return dict(inner, shape=[kind._length_] + inner['shape'])
    if issubclass(kind, (ctypes.Structure, ctypes.Union)):
        return {'code': 'T', 'codes': 'T', 'shape': [], 'fields': _fields(kind)}
    return _simple(kind._type_)


def _all_fields(kind):
    for base in reversed(kind.__mro__):
        for field in vars(base).get('_fields_', ()):
            yield field


def _fields(kind):
    """Nested structures laid flat: {"pos.x": {codes, shape}}; of an array of structures
    the indices come last."""
    fields = {}
    for field in _all_fields(kind):
        inner = _describe(field[1])
        if 'fields' in inner:
            for name, one in inner['fields'].items():
                fields[field[0] + '.' + name] = dict(one, shape=inner['shape'] + one['shape'])
        else:
            fields[field[0]] = inner
    return fields


def _character(code, value):
    if code == 'u':
        return value
    return ''.join(chr(byte) if 32 <= byte < 127 and byte != 92 else '\\x%02x' % byte
                   for byte in value)


def _number(value):
    if isinstance(value, float) and not math.isfinite(value):
        return 'nan' if value != value else 'inf' if value > 0 else '-inf'
    return value


def _value_at(kind, address):
    """As `shmlensctl get` prints it, read through ctypes' own eyes."""
    if issubclass(kind, ctypes.Array):
        if getattr(kind._type_, '_type_', None) in ('c', 'u') and isinstance(
                kind._type_._type_, str):
            one = ctypes.sizeof(kind._type_)
            return ''.join(_value_at(kind._type_, address + i * one)
                           for i in range(kind._length_))
        size = ctypes.sizeof(kind._type_)
        return [_value_at(kind._type_, address + i * size) for i in range(kind._length_)]
    if issubclass(kind, (ctypes.Structure, ctypes.Union)):
        return {field[0]: _field_value(kind, field, address) for field in _all_fields(kind)}
    if kind._type_ == 'g':
        return list(ctypes.string_at(address, 16))
    if kind._type_ in POINTERS:
        return ctypes.c_uint64.from_address(address).value
    value = kind.from_address(address).value
    return _character(kind._type_, value) if kind._type_ in 'cu' else _number(value)


def _field_value(kind, field, address):
    descriptor = getattr(kind, field[0])
    if len(field) == 2:
        if hasattr(field[1], '_fields_') or issubclass(field[1], ctypes.Array) \
                or field[1]._type_ in POINTERS + 'g':
            return _value_at(field[1], address + descriptor.offset)
    value = getattr(kind.from_address(address), field[0])
    return _character(field[1]._type_, value) if field[1]._type_ in 'cu' else _number(value)


def _dtype(dtype):
    if dtype.fields:
        fields = {}
        for name in dtype.names:
            inner, shape = dtype.fields[name][0], []
            if inner.subdtype:
                inner, shape = inner.subdtype[0], list(inner.subdtype[1])
            inner = _dtype(inner)
            if 'fields' in inner:
                for deeper, one in inner['fields'].items():
                    fields[name + '.' + deeper] = dict(one, shape=shape + one['shape'])
            else:
                fields[name] = dict(inner, shape=shape + inner['shape'])
        return {'code': 'T', 'codes': 'T', 'shape': [], 'fields': fields}
    if dtype.kind == 'S':
        return {'code': 'c', 'codes': 'c', 'shape': [dtype.itemsize]}
    if dtype.kind == 'U':
        return {'code': 'u', 'codes': 'u', 'shape': [dtype.itemsize // 4]}
    if dtype.kind == 'c':
        part = _simple({8: 'f', 16: 'd'}[dtype.itemsize])
        return {'code': 'T', 'codes': 'T', 'shape': [], 'fields': {'real': part, 'imag': part}}
    # Of a float16 the bits are shown.
    code = {'b1': '?', 'i1': 'b', 'u1': 'B', 'i2': 'h', 'u2': 'H', 'f2': 'H', 'i4': 'i',
            'u4': 'I', 'i8': 'l', 'u8': 'L', 'f4': 'f', 'f8': 'd'}[
                '%s%d' % (dtype.kind, dtype.itemsize)]
    return _simple(code)


def _element_value(element, dtype):
    """Of an element of a numpy array, as .item() gives it."""
    if dtype.fields:
        return {name: _nested_value(part, dtype.fields[name][0])
                for name, part in zip(dtype.names, element)}
    if dtype.kind == 'S':
        return _character('c', element.ljust(dtype.itemsize, b'\0'))
    if dtype.kind == 'U':
        return element.ljust(dtype.itemsize // 4, '\0')
    if isinstance(element, complex):
        return {'real': _number(element.real), 'imag': _number(element.imag)}
    return _number(element)


def _nested_value(part, dtype):
    """Of a field, which may be an array itself."""
    if dtype.subdtype is None:
        return _element_value(part, dtype)
    return [_nested_value(one, dtype.subdtype[0]) if not isinstance(one, list)
            else [_element_value(inner, dtype.subdtype[0]) for inner in one]
            for one in part.tolist()]


def _array_value(array):
    """Of a numpy array."""
    if array.dtype.str[1:] == 'f2':
        return array.view('u2').tolist()

    def rows(value, dimensions):
        if dimensions == 0:
            return _element_value(value, array.dtype)
        return [rows(one, dimensions - 1) for one in value]
    return rows(array.tolist(), array.ndim)


def _semaphore(lock):
    """The SemLock inside one of multiprocessing's objects."""
    for path in (('_semlock',), ('_lock', '_semlock'), ('_cond', '_lock', '_semlock'),
                 ('_rlock', '_semlock')):
        found = lock
        for name in path:
            found = getattr(found, name, None)
        if found is not None and hasattr(found, 'handle'):
            return found
    return None


def _lock_of(obj):
    lock = getattr(obj, '_lock', None) if hasattr(obj, 'get_obj') else None
    if lock is None:
        return {'kind': 'none'}
    semaphore = _semaphore(lock)
    if semaphore is None:
        return {'kind': 'external'}
    return {'kind': 'sem', 'id': '%d:%d:%d' % tuple(place_of(semaphore.handle)),
            'recursive': semaphore.kind == 0}


COORDINATORS = {'Event', 'Lock', 'RLock', 'Semaphore', 'BoundedSemaphore', 'Condition', 'Barrier',
                'Queue', 'JoinableQueue', 'SimpleQueue'}


def _coordinator(obj):
    """Which of them it is, or is derived from; None."""
    for kind in type(obj).__mro__:
        if kind.__name__ in COORDINATORS and kind.__module__.startswith('multiprocessing.'):
            return kind.__name__
    return None


def _coordinator_value(obj):
    kind = _coordinator(obj)
    if kind == 'Event':
        return obj.is_set()
    if kind in ('Lock', 'RLock', 'Semaphore', 'BoundedSemaphore'):
        return obj._semlock._get_value()
    if kind == 'Condition':
        return (obj._sleeping_count._semlock._get_value()
                - obj._woken_count._semlock._get_value())
    if kind == 'Barrier':
        return {'state': obj._state, 'waiting': obj._count}
    if kind == 'JoinableQueue':
        return {'size': obj.qsize(), 'unfinished': obj._unfinished_tasks._semlock._get_value()}
    return {'size': obj.qsize()} if kind == 'Queue' else None


def _is_array(obj):
    numpy = sys.modules.get('numpy')
    return numpy is not None and isinstance(obj, numpy.ndarray)


def _record(obj):
    """(record, what is called by the record's name)."""
    kind = type(obj).__name__
    if _coordinator(obj):
        semaphore = _semaphore(obj)
        place = place_of(semaphore.handle)
        return {'is': 'coordinator', 'ctype': kind, 'place': place, 'address': semaphore.handle,
                'codes': None, 'shape': [], 'size': 0,
                'lock': {'kind': 'sem', 'id': '%d:%d:%d' % tuple(place)}}
    if kind == 'SharedMemory':
        address = ctypes.addressof(ctypes.c_char.from_buffer(obj.buf))
        return {'is': 'data', 'ctype': kind, 'codes': 'B', 'shape': [obj.size],
                'address': address, 'size': obj.size, 'lock': {'kind': 'none'}}
    if kind == 'ShareableList':
        address = ctypes.addressof(ctypes.c_char.from_buffer(obj.shm.buf))
        return {'is': 'list', 'ctype': kind, 'codes': None, 'shape': [len(obj)],
                'address': address, 'size': obj.shm.size, 'lock': {'kind': 'none'}}
    if _is_array(obj):
        result = dict(_dtype(obj.dtype))
        result['shape'] = list(obj.shape) + result['shape']
        result.update({'is': 'data', 'ctype': kind, 'size': obj.nbytes, 'lock': {'kind': 'none'},
                       'address': obj.__array_interface__['data'][0]})
        return result
    data = obj.get_obj() if hasattr(obj, 'get_obj') else obj
    result = _describe(type(data))
    result.update({'is': 'data', 'ctype': type(data).__name__, 'lock': _lock_of(obj),
                   'address': ctypes.addressof(data), 'size': ctypes.sizeof(data)})
    return result


def key_of(obj):
    record = _record(obj)
    place = record.get('place') or place_of(record['address'])
    view = ''.join('/%d' % stride for stride in obj.strides) if _is_array(obj) else ''
    return '%s@%s%s%s' % (record['ctype'], ':'.join(map(str, place or [0, 0, record['address']])),
                          view, ''.join('*%d' % n for n in record['shape']) if view else '')


def _slot(element):
    """An element of a ShareableList as it lies there: text with what fills its slot."""
    if isinstance(element, (str, bytes)):
        text = element.encode() if isinstance(element, str) else element
        return _character('c', text.ljust(8 * (len(element) // 8 + 1), b'\0'))
    return _number(element)


VALUE_MAX = 20000  # elements printed


def value_of(obj):
    """None: too long, or of a type that has no value to compare."""
    record = _record(obj)
    if record['is'] == 'coordinator':
        return _coordinator_value(obj)
    count = 1
    for n in record['shape']:
        count *= n
    if count > VALUE_MAX:
        return None
    if record['ctype'] == 'SharedMemory':
        return list(bytes(obj.buf))
    if record['is'] == 'list':
        return [_slot(one) for one in obj]
    if _is_array(obj):
        return _array_value(obj)
    data = obj.get_obj() if hasattr(obj, 'get_obj') else obj
    return _value_at(type(data), ctypes.addressof(data))


def note(obj, *names, **more):
    """An object that must be found, with the names that are right, the best first. Children
    that are forked later have it too.

    nameless: it has none; what names it then is its type and place.
    optional: it may be listed or not.
    guard: what it is a view of, with the lock that so is its own too.
    state, owner, waiters: of a lock: "held" and so on.
    Returns its key."""
    record = _record(obj)
    guard = more.pop('guard', None)
    if guard is not None:
        record['lock'] = _lock_of(guard)
    record.update(more)
    record['key'] = key_of(obj)
    record['place'] = record.get('place') or place_of(record['address'])
    record['names'] = list(names)
    record['addresses'] = {str(os.getpid()): [record.pop('address')]}
    _records.append(record)
    _objects.append(weakref.ref(obj))
    return record['key']


def made(name):
    """A name in /dev/shm that is to be gone at the end."""
    _made.append(name.lstrip('/'))


def _own_records():
    """Those whose object this process still has: also what it inherited."""
    pid = str(os.getpid())
    result = []
    for record, reference in zip(_records, _objects):
        obj = reference()
        if obj is not None:
            addresses = next(iter(record['addresses'].values()))
            result.append({'value': value_of(obj), **record, 'addresses': {pid: addresses}})
    return result


def _own_values():
    result = {}
    for record, reference in zip(_records, _objects):
        obj = reference()
        if obj is not None:
            result[record['key']] = value_of(obj)
    return result


def _keys(name):
    """Of all that the name stands for in this process."""
    keys = set()
    try:
        found = paths.reached(name) or paths.evaluated(name)
    except Exception:
        found = []
    for one in found:
        try:
            keys.add(key_of(one))
        except Exception:
            pass
    return sorted(keys)


def _read(expression):
    value = eval(expression, vars(sys.modules['__main__']))
    if isinstance(value, bytes):
        return _character('c', value)
    return list(value) if isinstance(value, tuple) else _number(value)


# Talking

def child(context, target, *arguments):
    """Starts target(connection, *arguments); gives back our end and the process."""
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(theirs,) + arguments)
    process.daemon = True
    process.start()
    theirs.close()
    return ours, process


def attend(connection):
    """What a child does once it has noted its own: reports, and answers until it is told
    to quit or its parent is gone."""
    try:
        connection.send({'pid': os.getpid(), 'records': _own_records()})
        while True:
            command, argument = connection.recv()
            if command == 'values':
                connection.send(_own_values())
            elif command == 'resolve':
                connection.send(_keys(argument))
            else:
                break
    except (EOFError, OSError):
        pass


def _merge(records):
    """Records of one object, of all processes that have it."""
    merged = {}
    for record in records:
        known = merged.get(record['key'])
        if known is None:
            merged[record['key']] = dict(record, pids=sorted(map(int, record['addresses'])))
            continue
        for pid, addresses in record['addresses'].items():
            known['addresses'].setdefault(pid, [])
            known['addresses'][pid] += addresses
        known['pids'] = sorted(map(int, known['addresses']))
        known['names'] += [name for name in record['names'] if name not in known['names']]
    return list(merged.values())


def serve(connections=(), commands=None, **more):
    """Waits for the children's reports, tells all, and obeys until the end of the input.

    commands: {word: function} that this program knows besides."""
    connections = list(connections)
    reports = [connection.recv() for connection in connections]
    records = _own_records()
    for report in reports:
        records += report['records']
    document = {'pid': os.getpid(), 'pids': [os.getpid()] + [one['pid'] for one in reports],
                'python': sys.version.split()[0], 'made': _made, 'edits': edits,
                'records': _merge(records)}
    document.update(more)
    print('TRUTH ' + json.dumps(document), flush=True)

    def ask(command, argument=None):
        for connection in connections:
            connection.send((command, argument))
        return [connection.recv() for connection in connections]

    for line in iter(sys.stdin.readline, ''):
        command, _, argument = line.rstrip('\n').partition(' ')
        if command == 'quit':
            break
        if command == 'values':
            answer = {}
            for values in ask('values'):
                answer.update(values)
            answer.update(_own_values())
        elif command == 'resolve':
            answer = set(_keys(argument))
            for keys in ask('resolve', argument):
                answer.update(keys)
            answer = sorted(answer)
        elif command == 'read':
            try:
                answer = _read(argument)
            except Exception as error:
                answer = {'error': repr(error)}
        elif command in (commands or {}):
            answer = commands[command]()
        else:
            answer = {'error': 'unknown command'}
        print(json.dumps(answer), flush=True)
    for connection in connections:
        try:
            connection.send(('quit', None))
        except OSError:
            pass
