"""A thousand objects, and some that are larger than an arena."""
from multiprocessing import Array, RawArray, RawValue, Value

import truth


def main():
    global values, by_name, big, bigger, locked_big, matrix
    values = [RawValue('i', n) for n in range(1000)]
    by_name = {'number %d' % n: Value('d', n) for n in range(50)}
    big = RawArray('d', 1 << 20)
    big[(1 << 20) - 1] = 1.5
    bigger = RawArray('b', 20000001)
    locked_big = Array('i', 3 << 20)
    locked_big[12345] = 54321
    matrix = RawArray(RawArray('f', 1000)._type_ * 1000, 500)
    matrix[499][999] = 2.5
    for i, obj in enumerate(values):
        truth.note(obj, 'values[%d]' % i)
    for name, obj in by_name.items():
        truth.note(obj, 'by_name[%r]' % name)
    for name in ('big', 'bigger', 'locked_big', 'matrix'):
        truth.note(globals()[name], name)
    truth.edits += [
        ['big[1048575]', ['2.5'], 'big[1048575]', 2.5],
        ['bigger[20000000]', ['-7'], 'bigger[20000000]', -7],
        ['locked_big[12345]', ['1'], 'locked_big[12345]', 1],
        ['values[999]', ['-1'], 'values[999].value', -1],
        ["by_name['number 7']", ['7.5'], "by_name['number 7'].value", 7.5],
        ['matrix[499][999]', ['3.5'], 'matrix[499][999]', 3.5],
    ]
    truth.serve()


if __name__ == '__main__':
    truth.begin()
    main()
