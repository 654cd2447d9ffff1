"""numpy arrays over our memory, without a copy."""
import unittest

try:
    import numpy
except ImportError:
    numpy = None

import shmlens

import support


@unittest.skipIf(numpy is None, "numpy is not installed")
class Numpy(support.TestCase):
    def setUp(self):
        super().setUp()
        try:
            memoryview(shmlens.Array("b", 1))
        except TypeError:
            self.skipTest("no buffers without the extension before Python 3.12")

    def test_an_array_is_seen_with_its_shape(self):
        shared = shmlens.Array("d", 12, shape=(3, 4))
        seen = numpy.asarray(shared)
        self.assertEqual((seen.shape, seen.dtype), ((3, 4), numpy.dtype("d")))
        seen[1, 2] = 7.5
        self.assertEqual(shared[1, 2], 7.5)
        shared[0, 3] = -1.0
        self.assertEqual(seen[0, 3], -1.0)

    def test_whole_array_operations_change_the_memory_itself(self):
        shared = shmlens.Array("i", [1, 2, 3])
        seen = numpy.frombuffer(shared, dtype=numpy.int32)
        seen += 1
        self.assertEqual(shared[:], [2, 3, 4])

    def test_an_array_without_a_lock_is_memory_too(self):
        shared = shmlens.RawArray("f", [0.5, 1.5])
        numpy.asarray(shared)[1] = 2.5
        self.assertEqual(shared[1], 2.5)


if __name__ == "__main__":
    unittest.main()
