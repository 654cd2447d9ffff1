"""Values and arrays of every type code and every simple type of ctypes, with and without
a lock."""
import ctypes
import sys
from multiprocessing import Array, RawArray, RawValue, Value

import truth

INTEGERS = {'b': -2**7, 'B': 2**8 - 1, 'h': -2**15, 'H': 2**16 - 1, 'i': -2**31, 'I': 2**32 - 1,
            'l': -2**63, 'L': 2**64 - 1}
if sys.version_info >= (3, 7):
    INTEGERS.update(q=2**63 - 1, Q=2**64 - 1)
SAMPLES = dict(INTEGERS, f=0.1, d=0.1, c=b'\xe9', u='\U0001f600')

CTYPES = {
    'bool': (ctypes.c_bool, True), 'byte': (ctypes.c_byte, -7), 'ubyte': (ctypes.c_ubyte, 200),
    'short': (ctypes.c_short, -300), 'ushort': (ctypes.c_ushort, 60000),
    'int': (ctypes.c_int, -70000), 'uint': (ctypes.c_uint, 4000000000),
    'long': (ctypes.c_long, -2**62), 'ulong': (ctypes.c_ulong, 2**63 + 1),
    'longlong': (ctypes.c_longlong, -3), 'ulonglong': (ctypes.c_ulonglong, 2**64 - 2),
    'int8': (ctypes.c_int8, -1), 'uint8': (ctypes.c_uint8, 1), 'int16': (ctypes.c_int16, -2),
    'uint16': (ctypes.c_uint16, 2), 'int32': (ctypes.c_int32, -3), 'uint32': (ctypes.c_uint32, 3),
    'int64': (ctypes.c_int64, -4), 'uint64': (ctypes.c_uint64, 4),
    'size_t': (ctypes.c_size_t, 2**40), 'ssize_t': (ctypes.c_ssize_t, -2**40),
    'float': (ctypes.c_float, 1.5e-5), 'double': (ctypes.c_double, 1e300),
    'longdouble': (ctypes.c_longdouble, 2.5), 'char': (ctypes.c_char, b'x'),
    'wchar': (ctypes.c_wchar, 'ß'), 'void_p': (ctypes.c_void_p, 0xdeadbeef),
    'char_p': (ctypes.c_char_p, None), 'wchar_p': (ctypes.c_wchar_p, None),
    'py_object': (ctypes.py_object, None),
}


def main():
    global counter, infinite, not_a_number, small, zero, letters, text, word, empty, flags
    global values, arrays, raw_values, raw_arrays, typed, typed_arrays, unlocked
    values = {code: Value(code, sample) for code, sample in SAMPLES.items()}
    arrays = {code: Array(code, [sample, type(sample)(1) if code not in 'cu' else sample] * 2)
              for code, sample in SAMPLES.items() if code not in 'cu'}
    raw_values = {code: RawValue(code, sample) for code, sample in SAMPLES.items()}
    raw_arrays = {code: RawArray(code, 3) for code in SAMPLES}
    typed = {name: RawValue(kind) if value is None else Value(kind, value)
             for name, (kind, value) in CTYPES.items()}
    typed_arrays = {name: RawArray(kind, 2) for name, (kind, _) in CTYPES.items()}
    unlocked = [Value('i', 5, lock=False), Array('d', 4, lock=False)]

    counter = Value('i', 41)
    infinite = RawValue('d', float('inf'))
    not_a_number = RawValue('f', float('nan'))
    small = Value('d', 5e-324)
    zero = Value('d', -0.0)
    letters = Array('u', 'h\xe9llo')
    text = Array('c', 16)
    text.value = b'a\\b"\x01\x7f'
    word = RawArray(ctypes.c_char, b'thirteen')
    empty = RawArray('i', 0)
    flags = Array(ctypes.c_bool, [True, False, True])

    for name in ('counter', 'infinite', 'not_a_number', 'small', 'zero', 'letters', 'text',
                 'word', 'flags'):
        truth.note(globals()[name], name)
    truth.note(empty, 'empty', optional=True)
    for name in ('values', 'arrays', 'raw_values', 'raw_arrays', 'typed', 'typed_arrays'):
        for key, obj in globals()[name].items():
            truth.note(obj, '%s[%r]' % (name, key))
    for i, obj in enumerate(unlocked):
        truth.note(obj, 'unlocked[%d]' % i)
    truth.edits += [
        ['counter', ['42'], 'counter.value', 42],
        ["values['L']", ['18446744073709551614'], "values['L'].value", 2**64 - 2],
        ["arrays['d'][1]", ['-2.5'], "arrays['d'][1]", -2.5],
        ['flags[1]', ['true'], 'flags[1]', True],
        ['unlocked[0]', ['6'], 'unlocked[0].value', 6],
    ]
    truth.serve()


if __name__ == '__main__':
    truth.begin()
    main()
