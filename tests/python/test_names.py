"""Names of entries and segments: made up, or given."""

import os
import re
import unittest

import shmlens
from shmlens import Array, Lock, RawValue, Value

import support


class Worker:
    shared = Value("i")

    def __init__(self):
        self.done = Value("i")
        self.table = {}
        self.table["rate"] = Value("d")


def make():
    return Value("i")


def name(obj):
    return re.sub(r"#\d+$", "", shmlens.entry_of(obj).name)


class MadeUpNames(support.TestCase):
    def test_an_entry_is_called_after_its_variable(self):
        counter = Value("i")
        raw = RawValue("i")
        first = second = Array("i", 2)
        annotated: object = Value("i")
        made = make()
        long = Value("i",
                     3)
        mutex = Lock()
        self.assertEqual([name(obj) for obj in (counter, raw, first, annotated, made, long)],
                         ["counter", "raw", "first", "annotated", "made", "long"])
        self.assertEqual(re.sub("#.*", "", mutex.entry.name), "mutex")
        self.assertIs(first, second)

    def test_or_after_its_attribute_or_place(self):
        worker = Worker()
        worker.rate = Value("d")
        self.assertEqual(name(worker.done), "done")
        self.assertEqual(name(worker.rate), "worker.rate")
        self.assertEqual(name(Worker.shared), "shared")
        self.assertEqual(name(worker.table["rate"]), "table['rate']")
        places = [None] * 2
        for i in range(2):
            places[i] = Value("i")
        self.assertEqual([name(place) for place in places], ["places[0]", "places[1]"])

    def test_or_after_what_it_is_put_into(self):
        counters = [Value("i") for _ in range(3)]
        self.assertEqual([name(counter) for counter in counters], ["counters"] * 3)
        self.assertEqual(len({counter.entry.name for counter in counters}), 3)
        appended = []
        appended.append(Value("i"))
        self.assertEqual(name(appended[0]), "appended")
        table = {"key": Value("i")}
        self.assertEqual(name(table["key"]), "key")

        def give(argument):
            return argument
        self.assertEqual(name(give(argument=Value("i"))), "argument")

    def test_several_in_one_line(self):
        one, two = Value("i"), Array("d", [1.5] * int(3))
        self.assertEqual((name(one), name(two)), ("one", "two"))
        pair = [Value("i"), Value("i")]
        self.assertEqual((name(pair[0]), name(pair[1])), ("pair[0]", "pair[1]"))
        worker = Worker()
        (worker.first, table), last = (Value("i"), {}), Value("i")
        self.assertEqual((name(worker.first), name(last)), ("worker.first", "last"))
        self.assertEqual(table, {})

    def test_else_after_file_and_line(self):
        self.assertRegex(name((lambda value: value)(Value("i"))), r"^test_names\.py:\d+$")

    def test_a_closed_over_variable_and_a_global_have_names_too(self):
        outer = None

        def inner():
            nonlocal outer
            outer = Value("i")
            global made_here
            made_here = Value("i")
        inner()
        self.assertEqual((name(outer), name(made_here)), ("outer", "made_here"))

    def test_the_same_variable_again_gets_a_number(self):
        one = Value("i")
        kept = one
        one = Value("i")
        self.assertEqual(one.entry.name, kept.entry.name + "#2")

    def test_names_without_source(self):
        names = {"Value": Value}
        exec("unsourced = Value('i')", names)
        self.assertEqual(name(names["unsourced"]), "unsourced")

    def test_a_program_s_segment_is_called_after_script_and_process(self):
        text = ("import shmlens, os\n"
                "v = shmlens.Value('i')\n"
                "print(v.entry.segment.name, os.getpid(), v.entry.segment.program)\n")
        segment, pid, program = support.run(text, name="train.py").split()
        self.assertEqual((segment, program), ("/train.py-" + pid, "train.py"))


class GivenNames(support.TestCase):
    def test_a_name_that_is_taken_says_how_to_attach(self):
        segment = self.segment_name()
        Value("i", 7, name="done", segment=segment)
        for make in (Value, RawValue):
            with self.assertRaisesRegex(FileExistsError,
                                        r"shmlens\.attach\('%s'\)\['done'\]" % segment):
                make("i", name="done", segment=segment)
        self.assertEqual(shmlens.attach(segment)["done"].value, 7)

    def test_exist_ok_takes_what_is_there(self):
        segment = self.segment_name()
        made = Value("i", 7, name="done", segment=segment, exist_ok=True)
        taken = Value("i", 9, name="done", segment=segment, exist_ok=True)
        self.assertEqual(taken.value, 7)
        made.value = 8
        self.assertEqual(taken.value, 8)
        with self.assertRaises(TypeError):
            Value("d", name="done", segment=segment, exist_ok=True)
        with self.assertRaises(TypeError):
            Array("i", 3, name="done", segment=segment, exist_ok=True)
        Array("i", 3, name="list", segment=segment, exist_ok=True)[1] = 5
        self.assertEqual(Array("i", 3, name="list", segment=segment, exist_ok=True)[:], [0, 5, 0])
        with self.assertRaisesRegex(ValueError, "needs a name"):
            Value("i", segment=segment, exist_ok=True)

    def test_exist_ok_wants_the_lock_that_was_asked_for(self):
        segment = self.segment_name()
        RawValue("i", 7, name="raw", segment=segment)
        with self.assertRaisesRegex(ValueError, "lock=False"):
            Value("i", name="raw", segment=segment, exist_ok=True)
        self.assertEqual(RawValue("i", name="raw", segment=segment, exist_ok=True).value, 7)

    def test_bad_names_are_refused(self):
        segment = self.segment_name()
        for bad in ("", "x" * 96, "a\nb"):
            with self.assertRaises(ValueError):
                Value("i", name=bad, segment=segment)
        with self.assertRaises(TypeError):
            Value("i", name=5, segment=segment)
        with self.assertRaises(TypeError):
            Value("i", name="x", segment=5)
        self.assertEqual(len(shmlens.attach(segment)), 0)

    def test_a_segment_has_several_spellings(self):
        segment = self.segment_name()
        made = shmlens.Segment(segment)
        for spelling in (segment, segment[1:], "shm:" + segment):
            self.assertIs(shmlens.attach(spelling), made)
        self.assertIs(shmlens.Segment(segment), made)

    def test_attaching_to_nothing_is_an_error(self):
        segment = self.segment_name()
        with self.assertRaises(FileNotFoundError):
            shmlens.attach(segment)
        self.assertFalse(support.exists(segment))

    def test_a_segment_is_a_mapping(self):
        segment = shmlens.Segment(self.segment_name())
        Value("i", 1, name="a", segment=segment)
        Array("d", [1, 2], name="b", segment=segment)
        RawValue("h", 3, name="c", segment=segment)
        self.assertEqual(list(segment), ["a", "b", "c"])
        self.assertEqual((len(segment), "a" in segment, "x" in segment), (3, True, False))
        self.assertEqual((segment["a"].value, segment["b"][:], segment["c"].value),
                         (1, [1, 2], 3))
        self.assertEqual(sorted(segment.keys()), ["a", "b", "c"])
        with self.assertRaises(KeyError):
            segment["x"]
        self.assertIsNone(segment.get("x"))
        self.assertIn(os.getpid(), [one.pid for one in segment.attachers()])
        self.assertEqual(segment.logical_name, segment.name)

    def test_an_entry_can_be_removed(self):
        segment = shmlens.Segment(self.segment_name())
        value = Value("i", 1, name="a", segment=segment)
        value.entry.remove()
        self.assertFalse(value.entry.is_live)
        self.assertEqual(list(segment), [])
        Value("i", 2, name="a", segment=segment)

    def test_a_segment_that_was_removed_is_made_anew(self):
        name = self.segment_name()
        old = Value("i", 1, name="a", segment=name)
        shmlens.attach(name).unlink()
        new = Value("i", 2, name="a", segment=name)
        self.assertEqual((old.value, new.value), (1, 2))
        self.assertIsNot(old.entry.segment, new.entry.segment)
        self.assertEqual(shmlens.attach(name)["a"].value, 2)

    def test_mode_is_set_exactly(self):
        name = self.segment_name()
        mask = os.umask(0o077)
        try:
            shmlens.Segment(name, mode=0o640)
        finally:
            os.umask(mask)
        self.assertEqual(os.stat("/dev/shm" + name).st_mode & 0o777, 0o640)


if __name__ == "__main__":
    unittest.main()
