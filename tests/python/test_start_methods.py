"""Objects go to children, whichever way they are started."""

import ctypes
import multiprocessing
import pickle
import unittest

import shmlens

import support


class Point(ctypes.Structure):
    _fields_ = [("x", ctypes.c_int), ("y", ctypes.c_double)]


def work(objects, rounds):
    for _ in range(rounds):
        with objects["count"].get_lock():
            objects["count"].value += 1
        objects["added"].add(1)
        with objects["lock"]:
            objects["one"].value += 1
            objects["two"][1] += 1
        with objects["alien"]:
            objects["alien"].value += 1
    with objects["point"]:
        objects["point"].x += 1
    with objects["count"]:
        objects["raw"].value += 1
        objects["rawlist"][2] += 1
        objects["text"].value += b"x"
        objects["field"][1, 2] += 1
        objects["points"][1].y += 1
        objects["taken"].value += 1
        objects["given"].value += 1


def take(value, expected):
    value.value = expected


def name_own(queue):
    value = shmlens.Value("i")
    queue.put(value.entry.segment.name)


class StartMethods(support.TestCase):
    def objects(self, context):
        segment = shmlens.Segment(self.segment_name())
        lock = shmlens.Lock()
        count = shmlens.Value("i")
        return {
            "count": count, "added": shmlens.Value("q"), "lock": lock,
            "one": shmlens.Value("d", lock=lock), "two": shmlens.Array("i", 3, lock=lock),
            "alien": shmlens.Value("i", lock=context.RLock()),
            "point": shmlens.Value(Point), "raw": shmlens.RawValue("i"),
            "rawlist": shmlens.RawArray("d", 3), "text": shmlens.Array("c", 16),
            "field": shmlens.Array("f", shape=(2, 3)), "points": shmlens.Array(Point, 2),
            "taken": shmlens.Value("i", lock=count),
            "given": shmlens.Value("i", name="given", segment=segment),
        }

    def test_objects_work_in_children(self):
        for method in support.METHODS:
            with self.subTest(method):
                context = multiprocessing.get_context(method)
                objects = self.objects(context)
                children = [context.Process(target=work, args=(objects, 200)) for _ in range(2)]
                for child in children:
                    child.start()
                for child in children:
                    child.join(60)
                    self.assertEqual(child.exitcode, 0)
                self.assertEqual((objects["count"].value, objects["added"].value), (400, 400))
                self.assertEqual((objects["one"].value, objects["two"][:]), (400, [0, 400, 0]))
                self.assertEqual(objects["alien"].value, 400)
                self.assertEqual(objects["point"].x, 2)
                self.assertEqual((objects["raw"].value, objects["rawlist"][2]), (2, 2))
                self.assertEqual((objects["text"].value, objects["field"][5]), (b"xx", 2))
                self.assertEqual(objects["points"][1].y, 2)
                self.assertEqual((objects["taken"].value, objects["given"].value), (2, 2))
                self.assertIs(objects["lock"], objects["two"].get_lock())

    def test_an_argument_that_only_the_child_holds_gets_there(self):
        for method in ("spawn", "forkserver"):
            context = multiprocessing.get_context(method)
            seen = shmlens.Value("i", name="seen", segment=self.segment_name())
            child = context.Process(target=take_two, args=(shmlens.Value("i", 5), seen))
            child.start()
            child.join(60)
            self.assertEqual((child.exitcode, seen.value), (0, 5))

    def test_objects_are_not_pickled_for_anything_else(self):
        for obj in (shmlens.Value("i"), shmlens.Array("i", 2), shmlens.Lock(),
                    shmlens.Value(Point)):
            with self.assertRaisesRegex(RuntimeError, "through inheritance"):
                pickle.dumps(obj)

    def test_a_child_has_a_segment_of_its_own_until_it_ends(self):
        own = shmlens.Value("i").entry.segment.name
        for method in support.METHODS:
            context = multiprocessing.get_context(method)
            queue = context.Queue()
            child = context.Process(target=name_own, args=(queue,))
            child.start()
            name = queue.get(timeout=60)
            child.join(60)
            self.assertNotEqual(name, own)
            self.assertTrue(name.endswith("-%d" % child.pid), name)
            self.assertFalse(support.exists(name))
            queue.close()
        self.assertTrue(support.exists(own))

    def test_multiprocessing_s_objects_still_work_beside_ours(self):
        for method in support.METHODS:
            context = multiprocessing.get_context(method)
            theirs, mine = context.Value("i"), shmlens.Value("i")
            raw = context.RawValue("i")
            for value in (theirs, mine, raw):
                value.value = 1
                child = context.Process(target=take, args=(value, 7))
                child.start()
                child.join(60)
                self.assertEqual((child.exitcode, value.value), (0, 7))


def take_two(value, seen):
    seen.value = value.value


if __name__ == "__main__":
    unittest.main()
