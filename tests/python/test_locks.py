"""Locks: ours, shared ones, and multiprocessing's."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import unittest
import warnings

import shmlens

import support

HOLD_AND_DIE = """
import os, signal, sys, shmlens
value = shmlens.attach(sys.argv[1])["v"]
value.acquire()
value.get_obj().value = 13
os.kill(os.getpid(), signal.SIGKILL)
"""

WAIT = """
import sys, shmlens
value = shmlens.attach(sys.argv[1])["v"]
print("waiting", flush=True)
try:
    {wait}
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


class Locks(support.TestCase):
    def setUp(self):
        self.segment = shmlens.Segment(self.segment_name())
        self.value = shmlens.Value("i", name="v", segment=self.segment)

    def holding_thread(self):
        """Another thread that holds the value's lock; call the result to end it."""
        holds, may_go = threading.Event(), threading.Event()

        def hold():
            with self.value:
                holds.set()
                may_go.wait(30)

        thread = threading.Thread(target=hold)
        thread.start()
        self.assertTrue(holds.wait(30))

        def end():
            may_go.set()
            thread.join()
        self.addCleanup(end)
        return end

    def test_a_lock_is_recursive(self):
        lock = self.value.get_lock()
        with lock:
            with self.value:
                self.assertTrue(lock.acquire(False))
                self.assertEqual(lock.describe().depth, 3)
                lock.release()
            self.assertEqual(lock.describe().state, "held")
        self.assertEqual(lock.describe().state, "free")

    def test_a_lock_tells_who_holds_it(self):
        with self.value.get_lock() as taken:
            self.assertIs(taken, True)
            found = self.value.get_lock().describe()
            self.assertEqual((found.state, found.owner_pid, found.depth),
                             ("held", os.getpid(), 1))
            self.assertEqual(found.owner_tid, threading.get_native_id())
            self.assertIn("held by process %d" % os.getpid(), repr(self.value.get_lock()))

    def test_releasing_what_one_does_not_hold_is_an_error(self):
        for release in (self.value.release, self.value.get_lock().release):
            with self.assertRaisesRegex(AssertionError, "not owned by thread"):
                release()
        end = self.holding_thread()
        with self.assertRaises(AssertionError):
            self.value.release()
        end()
        self.assertEqual(self.value.get_lock().describe().state, "free")

    def test_a_held_lock_is_not_had_in_time(self):
        end = self.holding_thread()
        lock = self.value.get_lock()
        self.assertIs(lock.acquire(False), False)
        self.assertIs(lock.acquire(block=False, timeout=5), False)
        self.assertIs(lock.acquire(timeout=0), False)
        self.assertIs(lock.acquire(timeout=-1), False)
        start = time.monotonic()
        self.assertIs(lock.acquire(True, 0.12), False)
        self.assertGreaterEqual(time.monotonic() - start, 0.12)
        end()
        self.assertIs(lock.acquire(True, 5), True)
        lock.release()

    def test_waiting_lets_other_threads_run(self):
        end = self.holding_thread()
        timer = threading.Timer(0.1, end)
        timer.start()
        self.value.value = 5
        self.assertEqual(self.value.value, 5)
        timer.join()

    def test_bad_arguments_are_refused(self):
        for arguments in ((True, "x"), (True, 1, 2)):
            with self.assertRaises(TypeError):
                self.value.get_lock().acquire(*arguments)

    def test_a_shared_lock_guards_several(self):
        lock = shmlens.Lock(name="both", segment=self.segment)
        one = shmlens.Value("i", lock=lock, name="one")
        many = shmlens.Array("d", 3, lock=lock, name="many")
        third = shmlens.Value("i", lock=one, name="third")  # that of another value
        self.assertIs(one.get_lock(), lock)
        self.assertIs(one.entry.segment, self.segment)
        with many:
            self.assertEqual(one.get_lock().describe().state, "held")
            one.value += 1
            seen = self.segment["third"]
            self.assertEqual(seen.get_lock().describe().state, "held")
            self.assertEqual(third.get_lock().get_lock().describe().depth, 1)
        self.assertEqual(self.segment["one"].get_lock().describe().state, "free")
        self.assertEqual(one.entry.lock_kind, "robust")

    def test_a_shared_lock_outlives_its_entry(self):
        value = shmlens.Value("i", lock=shmlens.Lock(name="l", segment=self.segment), name="x")
        value.get_lock().entry.remove()
        self.assertNotIn("l", self.segment)
        with value.get_lock():
            value.value += 1
            self.assertEqual(self.segment["x"].get_lock().describe().state, "held")

    def test_a_lock_of_another_segment_is_external(self):
        lock = shmlens.Lock(name="far", segment=self.segment_name())
        value = shmlens.Value("i", lock=lock, name="x", segment=self.segment)
        self.assertEqual(value.entry.lock_kind, "external")
        with value.get_lock():
            value.value += 1
            self.assertEqual(lock.describe().depth, 1)
        self.assertEqual(value.value, 1)

    def test_locks_of_multiprocessing_are_external(self):
        for lock in (multiprocessing.RLock(), multiprocessing.Lock()):
            value = shmlens.Value("i", lock=lock)
            a = shmlens.Array("d", 3, lock=lock)
            self.assertIs(value.get_lock(), lock)
            self.assertEqual(value.entry.lock_kind, "external")
            value.value = 3
            value.add(2)
            a[1] = 0.5
            a[2:] = [1.5]
            a.add(0, 4)
            self.assertEqual((value.value, a[:], a[1]), (5, [4, 0.5, 1.5], 0.5))
            with self.assertRaises(OverflowError):
                value.add(2**31)
            with self.assertRaises(TypeError):
                value.value = "x"
            with value:
                self.assertIs(value.acquire(False), isinstance(lock, type(multiprocessing.RLock())))
                if isinstance(lock, type(multiprocessing.RLock())):
                    value.release()
            self.assertTrue(lock.acquire(False))
            lock.release()

    def die_holding(self):
        with self.assertRaises(AssertionError):
            support.run(HOLD_AND_DIE, self.segment.name)

    def test_a_dead_holder_s_lock_is_recovered_with_a_warning(self):
        for take in (self.value.acquire, self.value.get_lock().acquire, self.value.__enter__,
                     self.value.get_lock().__enter__):
            self.die_holding()
            self.assertEqual(self.value.get_lock().describe().state, "dead")
            with self.assertWarnsRegex(shmlens.OwnerDiedWarning, "half written"):
                self.assertTrue(take())
            self.assertEqual(self.value.get_lock().describe().state, "held")
            self.assertEqual(self.value.get_obj().value, 13)
            self.value.release()
        self.assertEqual(self.value.get_lock().describe().recoveries, 4)
        self.die_holding()
        with self.assertWarns(shmlens.OwnerDiedWarning):
            self.value.value = 14
        self.assertEqual(self.value.value, 14)

    def test_a_warning_that_is_an_error_does_not_keep_the_lock(self):
        self.die_holding()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with self.assertRaises(shmlens.OwnerDiedWarning):
                self.value.acquire()
        self.assertEqual(self.value.get_lock().describe().state, "free")

    def test_ctrl_c_ends_a_wait(self):
        with self.value:
            for wait in ("value.acquire()", "value.value", "value.value = 1", "value.add(1)",
                         "value.get_lock().acquire(timeout=60)",
                         "with value.get_lock(): pass"):
                process = subprocess.Popen(
                    [sys.executable, "-c", WAIT.format(wait=wait), self.segment.name],
                    stdout=subprocess.PIPE, universal_newlines=True)
                try:
                    self.assertEqual(process.stdout.readline(), "waiting\n")
                    # Until it waits: a signal before would prove nothing.
                    self.wait_until(lambda: self.sleeps(process.pid))
                    process.send_signal(signal.SIGINT)
                    self.assertEqual(process.communicate(timeout=20)[0], "interrupted\n", wait)
                    self.assertEqual(process.returncode, 0)
                finally:
                    if process.poll() is None:
                        process.kill()
                    process.communicate()

    @staticmethod
    def sleeps(pid):
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rpartition(")")[2].split()[0] == "S"


if __name__ == "__main__":
    unittest.main()
