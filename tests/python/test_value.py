"""Value beyond what multiprocessing has."""

import gc
import math
import threading
import unittest
import warnings

import shmlens

import support

LIMITS = {"b": (-128, 127), "B": (0, 255), "h": (-2**15, 2**15 - 1), "H": (0, 2**16 - 1),
          "i": (-2**31, 2**31 - 1), "I": (0, 2**32 - 1), "l": (-2**63, 2**63 - 1),
          "L": (0, 2**64 - 1), "q": (-2**63, 2**63 - 1), "Q": (0, 2**64 - 1)}


class Values(support.TestCase):
    def test_every_integer_type_holds_its_limits(self):
        for code, limits in LIMITS.items():
            for limit in limits:
                value = shmlens.Value(code, limit)
                self.assertEqual(value.value, limit)
                value.value = 0
                value.value = limit
                self.assertEqual(value.value, limit)
                self.assertEqual(value.entry.typecode, code)

    def test_floats_come_back_bit_by_bit(self):
        value = shmlens.Value("d")
        for number in (0.1, -0.0, math.inf, -math.inf, 5e-324, 1.7976931348623157e308):
            value.value = number
            self.assertEqual(value.value, number)
            self.assertEqual(math.copysign(1, value.value), math.copysign(1, number))
        value.value = math.nan
        self.assertTrue(math.isnan(value.value))

    def test_a_bool_is_a_bool(self):
        flag = shmlens.Value("?")
        self.assertIs(flag.value, False)
        flag.value = True
        self.assertIs(flag.value, True)
        flag.value = []
        self.assertIs(flag.value, False)

    def test_add_adds(self):
        count = shmlens.Value("i", 40)
        self.assertIsNone(count.add())
        count.add(2)
        count.add(-1)
        self.assertEqual(count.value, 42)
        level = shmlens.Value("d", 0.5)
        level.add(0.25)
        level.add(1)
        self.assertEqual(level.value, 1.75)
        single = shmlens.Value("f", 0.5)
        single.add(0.25)
        self.assertEqual(single.value, 0.75)

    def test_add_refuses_a_sum_that_does_not_fit_and_changes_nothing(self):
        for code, (low, high) in LIMITS.items():
            value = shmlens.Value(code, high)
            with self.assertRaises(OverflowError):
                value.add(1)
            self.assertEqual(value.value, high)
            value.value = low
            with self.assertRaises(OverflowError):
                value.add(-1)
            self.assertEqual(value.value, low)
            with self.assertRaises(OverflowError):
                value.add(2**64)
            self.assertEqual(value.value, low)
            self.assertEqual(value.entry.lock_kind, "robust")
            self.assertEqual(value.get_lock().describe().state, "free")

    def test_add_refuses_what_is_no_number(self):
        with self.assertRaises(TypeError):
            shmlens.Value("i").add(1.5)
        with self.assertRaises(TypeError):
            shmlens.Value("d").add("x")
        for code in "?cu":
            with self.assertRaises(TypeError):
                shmlens.Value(code).add(1)

    def test_writes_are_counted(self):
        value = shmlens.Value("i")
        value.value = 1
        value.add(1)
        value.value += 1
        with value:
            value.get_obj().value = 9
            value.commit()
        self.assertEqual(value.entry.writes, 4)

    def test_threads_lose_no_increment(self):
        count = shmlens.Value("i")

        def work():
            for _ in range(2000):
                with count.get_lock():
                    count.value += 1
                count.add(1)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(count.value, 16000)

    def test_what_is_said_about_an_entry_is_kept(self):
        speed = shmlens.Value("i", 5, unit="m/s", doc="how fast", range=(0, 100), role="counter",
                              labels={0: "still", 1: "slow"}, editable=False)
        entry = speed.entry
        self.assertEqual((entry.name, entry.unit, entry.doc, entry.role),
                         ("speed", "m/s", "how fast", "counter"))
        self.assertEqual(entry.range, (0, 100))
        self.assertEqual(entry.labels, {0: "still", 1: "slow"})
        self.assertFalse(entry.editable)
        plain = shmlens.Value("d")
        self.assertEqual((plain.entry.unit, plain.entry.doc, plain.entry.role),
                         ("", "", "plain"))
        self.assertEqual((plain.entry.range, plain.entry.progress), ((None, None), None))
        self.assertEqual((plain.entry.labels, plain.entry.editable), ({}, True))
        self.assertEqual(shmlens.Value("d", range=(None, 1.5)).entry.range, (None, 1.5))
        done = shmlens.Value("q", progress=1000)
        self.assertEqual((done.entry.role, done.entry.progress), ("progress", 1000))

    def test_what_cannot_be_said_is_an_error(self):
        with self.assertRaisesRegex(TypeError, r"Value\(\) got an unexpected .* 'units'"):
            shmlens.Value("i", units="m")
        with self.assertRaises(OverflowError):
            shmlens.Value("b", range=(0, 128))
        with self.assertRaisesRegex(ValueError, "role"):
            shmlens.Value("i", role="big")
        with self.assertRaises(ValueError):
            shmlens.Value("i", unit="x" * 24)

    def test_a_collected_object_leaves_nothing_behind(self):
        before = len(shmlens.Value("i").entry.segment)
        for _ in range(1000):
            shmlens.Value("i")
        kept = shmlens.Value("i")
        kept.itself = kept
        del kept
        gc.collect()
        self.assertLessEqual(len(shmlens.Value("i").entry.segment), before)

    def test_no_warning_is_given(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            value = shmlens.Value("i", 3)
            value.value += 1
            repr(value), repr(value.get_lock()), repr(value.entry), repr(value.entry.segment)


if __name__ == "__main__":
    unittest.main()
