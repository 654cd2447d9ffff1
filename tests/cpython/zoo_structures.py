"""Structures of every shape that ctypes can give them, and nested arrays."""
import ctypes
from ctypes import (BigEndianStructure, Structure, Union, c_bool, c_char, c_double, c_float,
                    c_int, c_int8, c_int16, c_int64, c_long, c_short, c_ubyte, c_uint, c_uint8,
                    c_uint16, c_uint32, c_wchar)
from multiprocessing import Array, RawArray, RawValue, Value

import truth


class Point(Structure):
    _fields_ = [('x', c_double), ('y', c_double)]


class Padded(Structure):
    _fields_ = [('flag', c_bool), ('big', c_int64), ('small', c_int8), ('wide', c_float)]


class Packed(Structure):
    _pack_ = 1
    _layout_ = 'ms'
    _fields_ = [('flag', c_bool), ('big', c_int64), ('small', c_int8), ('wide', c_float)]


class Bits(Structure):
    _fields_ = [('a', c_uint, 3), ('b', c_uint, 13), ('c', c_uint, 16), ('s', c_int, 5),
                ('t', c_int, 27), ('small', c_uint8, 2), ('rest', c_uint8, 6)]


class Number(Union):
    _fields_ = [('whole', c_long), ('real', c_double), ('bytes', c_ubyte * 8)]


class Network(BigEndianStructure):
    _fields_ = [('kind', c_uint16), ('length', c_uint32), ('value', c_double),
                ('hops', c_short * 3)]


class Record(Structure):
    _fields_ = [('id', c_int), ('pos', Point), ('name', c_char * 12), ('title', c_wchar * 4),
                ('data', c_int16 * 4), ('grid', c_int * 3 * 2), ('number', Number),
                ('bits', Bits)]


class Derived(Point):
    _fields_ = [('z', c_double)]


class Track(Structure):
    _fields_ = [('n', c_int), ('points', Point * 3)]


class Empty(Structure):
    _fields_ = []


def main():
    global point, padded, packed, bits, number, network, record, derived, track, empty
    global points, records, matrix, cube, deep, cells, row, one_point, bit_rows
    point = Value(Point, 1.5, -2.5)
    padded = Value(Padded, True, -2**62, -3, 0.25)
    packed = RawValue(Packed, True, -2**62, -3, 0.25)
    bits = Value(Bits, 5, 4097, 65535, -16, -2**26, 2, 33)
    number = Value(Number)
    number.real = 1.0
    network = Value(Network, 513, 70000, 2.5, (1, -2, 300))
    record = Value(Record, 7, (0.5, 1.5), b'record', '\xe4b', (1, -2, 3, -4))
    record.grid[1][2] = 12
    record.number.whole = -1
    record.bits.s = -1
    derived = RawValue(Derived, 1, 2, 3)
    track = Value(Track, 2, ((1, 2), (3, 4), (5, 6)))
    empty = RawValue(Empty)
    points = Array(Point, [(1, 2), (3, 4), (5, 6)])
    records = RawArray(Record, 2)
    records[1].pos.y = 9.5
    bit_rows = RawArray(Bits, [(1, 2, 3, -4, 5, 1, 2)] * 2)

    matrix = RawArray(c_double * 3, 2)
    matrix[1][2] = 12.5
    cube = Value(c_int16 * 4 * 3 * 2)
    cube[1][2][3] = 123
    deep = RawValue(c_int8 * 2 * 2 * 2 * 2 * 2)
    deep[1][1][1][1][1] = 99
    cells = RawArray(c_char * 5, 3)
    cells[1].value = b'mid'

    for name in ('point', 'padded', 'packed', 'bits', 'number', 'network', 'record', 'derived',
                 'track', 'points', 'records', 'bit_rows', 'matrix', 'cube', 'cells'):
        truth.note(globals()[name], name)
    # Five dimensions; entries have four at most.
    truth.note(deep, 'deep', folded=True)
    truth.note(empty, 'empty', optional=True, codes='B', shape=[0], value=[])
    # Parts of others, which are no objects of their own.
    row = matrix[1]
    one_point = points[0]

    truth.edits += [
        ['point.x', ['7.5'], 'point.x', 7.5],
        ['bits.s', ['-3'], 'bits.s', -3],
        ['bits.b', ['8191'], '(bits.b, bits.a, bits.c)', [8191, 5, 65535]],
        ['network.length', ['70001'], 'network.length', 70001],
        ['record.pos.y', ['-9'], 'record.pos.y', -9.0],
        ['records[1].data[2]', ['77'], 'records[1].data[2]', 77],
        ['points[1].y', ['44'], 'points[1].y', 44.0],
        ['packed.big', ['-5'], 'packed.big', -5],
        ['matrix[1][2]', ['13.5'], 'matrix[1][2]', 13.5],
    ]
    truth.serve()


if __name__ == '__main__':
    truth.begin()
    main()
