"""Array beyond what multiprocessing has."""

import array
import sys
import unittest

import shmlens

import support

CODES = "bBhHiIlLqQfd"


class Arrays(support.TestCase):
    def test_slices_of_every_type_come_back(self):
        for code in CODES:
            numbers = list(range(7))
            a = shmlens.Array(code, numbers)
            self.assertEqual(a[:], numbers)
            self.assertEqual(a[2:5], numbers[2:5])
            a[1:4] = [9, 8, 7]
            self.assertEqual(list(a), [0, 9, 8, 7, 4, 5, 6])
        self.assertEqual(shmlens.Array("?", [1, 0, True])[:], [True, False, True])

    def test_large_slices_come_back(self):
        for code in "bhid":
            numbers = array.array(code, [i % 100 for i in range(100000)])
            a = shmlens.Array(code, numbers)
            self.assertEqual(a[:], numbers.tolist())
            a[:] = numbers[::-1]
            self.assertEqual(a[10:], numbers.tolist()[::-1][10:])
            a[:] = numbers.tolist()
            self.assertEqual(a[99990:], numbers.tolist()[99990:])

    def test_a_slice_is_set_whole_or_not_at_all(self):
        a = shmlens.Array("i", range(5))
        for wrong in ([1, 2, "x"], [1, 2], [1, 2, 3, 4], 7, None):
            with self.assertRaises((TypeError, ValueError)):
                a[1:4] = wrong
            self.assertEqual(a[:], [0, 1, 2, 3, 4])
        a[1:4] = [2**32 + 1, -2**31 - 1, True]  # as ctypes: the low bits
        self.assertEqual(a[:], [0, 1, 2**31 - 1, 1, 4])

    def test_a_shape_gives_places(self):
        field = shmlens.Array("f", shape=(3, 4))
        self.assertEqual((field.shape, field.entry.shape, len(field)), ((3, 4), (3, 4), 12))
        field[1, 2] = 0.5
        field[-1, -1] = 2
        self.assertEqual((field[6], field[1, 2], field[2, 3]), (0.5, 0.5, 2))
        for wrong in ((3, 0), (0, 4), (-4, 0), (1,), (1, 1, 1)):
            with self.assertRaises(IndexError):
                field[wrong]
            with self.assertRaises(IndexError):
                field[wrong] = 1
        with self.assertRaises(TypeError):
            field[1.5, 2]

    def test_a_shape_takes_flat_and_nested_elements(self):
        flat = shmlens.Array("i", range(6), shape=(2, 3))
        nested = shmlens.Array("i", [[0, 1, 2], [3, 4, 5]], shape=(2, 3))
        self.assertEqual(flat[:], nested[:])
        self.assertEqual(nested[1, 0], 3)
        deep = shmlens.RawArray("i", range(24), shape=(2, 3, 2, 2))
        self.assertEqual(shmlens.entry_of(deep).shape, (2, 3, 2, 2))
        for shape in ((2, 4), (), (1,) * 5, (-1, 2)):
            with self.assertRaises(ValueError):
                shmlens.Array("i", range(6), shape=shape)

    def test_the_buffer_is_the_memory_itself(self):
        if not support.EXTENSION and sys.version_info < (3, 12):
            self.skipTest("no buffers without the extension before Python 3.12")
        for code in CODES + "?c":
            view = memoryview(shmlens.Array(code, shape=(2, 3)))
            self.assertEqual((view.format, view.shape, view.nbytes),
                             (code, (2, 3), 6 * view.itemsize))
            self.assertFalse(view.readonly)
        a = shmlens.Array("d", 4)
        view = memoryview(a)
        view[2] = 1.5
        self.assertEqual(a[:], [0, 0, 1.5, 0])
        a[0] = 3
        self.assertEqual(view.tolist(), [3, 0, 1.5, 0])
        del a
        view[1] = 7  # the view keeps the memory
        self.assertEqual(view.tolist(), [3, 7, 1.5, 0])
        image = shmlens.Array("B", shape=(2, 2, 3), role="image")
        memoryview(image)[1, 1, 2] = 255
        self.assertEqual(image[11], 255)
        self.assertEqual(bytes(memoryview(shmlens.Array("i", 0))), b"")

    def test_add_adds_to_one_element(self):
        a = shmlens.Array("i", 5)
        a.add(2)
        a.add(-1, 10)
        self.assertEqual(a[:], [0, 0, 1, 0, 10])
        for index in (5, -6):
            with self.assertRaises(IndexError):
                a.add(index)
        with self.assertRaises(OverflowError):
            a.add(0, 2**31)
        self.assertEqual(a[0], 0)

    def test_writes_are_counted_once_for_a_slice(self):
        a = shmlens.Array("i", 5)
        a[1:3] = [1, 2]
        a[0] = 1
        a.add(0)
        a[1:3] = range(2)
        self.assertEqual(a.entry.writes, 4)
        text = shmlens.Array("c", 5)
        text.value = b"ab"
        self.assertEqual(text.entry.writes, 1)

    def test_characters(self):
        text = shmlens.Array("c", b"hello")
        text[1:4] = b"EY!"
        self.assertEqual((text.value, text[0], text[2:]), (b"hEY!o", b"h", b"Y!o"))
        wide = shmlens.Array("u", "gr\u00fc\U0001f600")
        self.assertEqual((wide[:], wide[3]), ("gr\u00fc\U0001f600", "\U0001f600"))

    def test_elements_that_no_code_fits_go_through_ctypes(self):
        import ctypes
        rows = shmlens.Array(ctypes.c_int * 2, 3)
        self.assertEqual((len(rows), rows.entry.shape), (3, (3, 2)))
        rows[1][1] = 4
        self.assertEqual([list(row) for row in rows], [[0, 0], [0, 4], [0, 0]])
        rows[0] = (ctypes.c_int * 2)(7, 8)
        self.assertEqual(list(rows[0]), [7, 8])


if __name__ == "__main__":
    unittest.main()
