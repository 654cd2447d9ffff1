"""What the documentation of multiprocessing shows of Value, Array and sharedctypes."""

import ctypes
import multiprocessing
import unittest

import shmlens

import support


# "Sharing state between processes"
def f(n, a):
    n.value = 3.1415927
    for i in range(len(a)):
        a[i] = -a[i]


# "The multiprocessing.sharedctypes module"
class Point(ctypes.Structure):
    _fields_ = [("x", ctypes.c_double), ("y", ctypes.c_double)]


def modify(n, x, s, points):
    n.value **= 2
    x.value **= 2
    s.value = s.value.upper()
    for point in points:
        point.x **= 2
        point.y **= 2


# "Shared ctypes objects": counter.value += 1 is not atomic, so:
def increment(counter):
    for _ in range(500):
        with counter.get_lock():
            counter.value += 1


class DocumentationExamples(support.TestCase):
    def run_child(self, context, target, *arguments):
        child = context.Process(target=target, args=arguments)
        child.start()
        child.join(60)
        self.assertEqual(child.exitcode, 0)

    def test_sharing_state_between_processes(self):
        for method in support.METHODS:
            num = shmlens.Value("d", 0.0)
            arr = shmlens.Array("i", range(10))
            self.run_child(multiprocessing.get_context(method), f, num, arr)
            self.assertEqual(num.value, 3.1415927)
            self.assertEqual(arr[:], [0, -1, -2, -3, -4, -5, -6, -7, -8, -9])

    def test_sharedctypes(self):
        for method in support.METHODS:
            context = multiprocessing.get_context(method)
            lock = context.Lock()
            n = shmlens.Value("i", 7)
            x = shmlens.Value(ctypes.c_double, 1.0 / 3.0, lock=False)
            s = shmlens.Array("c", b"hello world", lock=lock)
            a = shmlens.Array(Point, [(1.875, -6.25), (-5.75, 2.0), (2.375, 9.5)], lock=lock)
            self.run_child(context, modify, n, x, s, a)
            self.assertEqual((n.value, x.value, s.value),
                             (49, 0.1111111111111111, b"HELLO WORLD"))
            self.assertEqual([(point.x, point.y) for point in a],
                             [(3.515625, 39.0625), (33.0625, 4.0), (5.640625, 90.25)])

    def test_incrementing_under_the_lock(self):
        context = multiprocessing.get_context("fork")
        counter = shmlens.Value("i", 0)
        children = [context.Process(target=increment, args=(counter,)) for _ in range(4)]
        for child in children:
            child.start()
        for child in children:
            child.join(60)
        self.assertEqual(counter.value, 2000)

    def test_from_another_process_by_name(self):
        name = self.segment_name()
        shmlens.Value("i", 5, name="done", segment=name)
        text = "import sys, shmlens\n" \
               "shmlens.attach(sys.argv[1])['done'].value += 1\n"
        support.run(text, name)
        self.assertEqual(shmlens.attach(name)["done"].value, 6)


if __name__ == "__main__":
    unittest.main()
