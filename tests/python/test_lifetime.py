"""What is made lasts as long as it should, and no longer."""

import gc
import os
import signal
import subprocess
import sys
import threading
import unittest

import shmlens

import support

OWN = "import shmlens, os, sys, signal\nvalue = shmlens.Value('i')\n" \
      "print(value.entry.segment.name, flush=True)\n"


class Lifetime(support.TestCase):
    def test_a_program_s_segment_goes_with_it(self):
        for end in ("", "sys.exit(0)", "raise SystemExit", "del value",
                    "keep = value, value.get_obj(), value.get_lock()"):
            self.assertFalse(support.exists(support.run(OWN + end).strip()))

    def test_also_when_it_fails(self):
        text = support.run(OWN + "raise ValueError", check=False)
        self.assertFalse(support.exists(text.split()[0]))

    def test_a_killed_program_s_segment_is_swept_by_the_next(self):
        killed = support.run(OWN + "os.kill(os.getpid(), signal.SIGKILL)", check=False).strip()
        self.assertRegex(killed, r"^/program\.py-\d+$")
        # It is still there, unless a program beside this test has swept it already.
        support.run("import shmlens\nshmlens.Value('i')\n")
        self.assertFalse(support.exists(killed))

    def test_but_not_one_that_was_named_on_purpose(self):
        name = self.segment_name()  # it ends in "-0" or so, too
        self.assertRegex(name, r"-\d+$")
        support.run("import shmlens, sys, os, signal\n"
                    "shmlens.Value('i', name='x', segment=sys.argv[1])\n"
                    "os.kill(os.getpid(), signal.SIGKILL)\n", name, check=False)
        support.run("import shmlens\nshmlens.Value('i')\n")
        self.assertTrue(support.exists(name))

    def test_nor_what_is_not_ours_or_in_use(self):
        alien = "/dev/shm" + self.segment_name()
        with open(alien, "w") as file:
            file.write("x" * 5000)
        program = subprocess.Popen([sys.executable, "-c", OWN + "sys.stdin.read()"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   universal_newlines=True)
        try:
            used = program.stdout.readline().strip()
            support.run("import shmlens\nshmlens.Value('i')\n")
            self.assertTrue(support.exists(used))
            self.assertTrue(os.path.exists(alien))
        finally:
            program.communicate("")
        self.assertFalse(support.exists(used))

    def test_what_has_a_name_stays_when_its_object_is_gone(self):
        name = self.segment_name()
        value = shmlens.Value("i", 5, name="kept", segment=name)
        del value
        gc.collect()
        self.assertEqual(shmlens.attach(name)["kept"].value, 5)
        support.run("import shmlens, sys\n"
                    "shmlens.attach(sys.argv[1])['kept'].value += 1\n", name)
        self.assertEqual(shmlens.attach(name)["kept"].value, 6)

    def test_what_has_none_goes_with_its_last_object(self):
        segment = shmlens.Segment(self.segment_name())
        value = shmlens.Value("i", segment=segment)
        raw = shmlens.RawValue("i", segment=segment)
        lock = shmlens.Lock(segment=segment)
        self.assertEqual(list(segment), ["value", "raw", "lock"])
        obj = value.get_obj()
        del value, raw, lock
        gc.collect()
        self.assertEqual(list(segment), ["value"])  # obj is its memory
        obj.value = 3
        del obj
        gc.collect()
        self.assertEqual(list(segment), [])

    def test_and_at_the_program_s_end(self):
        name = self.segment_name()
        segment = shmlens.Segment(name)
        text = "import shmlens, sys\nvalue = shmlens.Value('i', segment=sys.argv[1])\n" \
               "named = shmlens.Value('i', name='named', segment=sys.argv[1])\n"
        support.run(text, name)
        # This process has the segment: it might use the value.
        self.assertEqual(list(segment), ["value", "named"])
        segment["value"].entry.remove()
        segment["named"].entry.remove()
        del segment
        gc.collect()
        support.run(text, name)
        self.assertEqual(list(shmlens.attach(name)), ["named"])

    def test_a_value_that_is_used_at_the_very_end_works(self):
        text = "import shmlens, atexit\n" \
               "def last(): value.value += 1; print(value.value, value.get_lock().acquire())\n" \
               "atexit.register(last)\n" \
               "value = shmlens.Value('i')\n" \
               "class Late:\n" \
               "    def __del__(self, value=value): value.value += 1; print(value.value)\n" \
               "late = Late()\n"
        self.assertEqual(support.run(text), "1 True\n2\n")

    def test_an_entry_whose_lock_is_held_is_removed_later(self):
        segment = shmlens.Segment(self.segment_name())
        value = shmlens.Value("i", segment=segment)
        seen = segment["value"]
        holds, may_go = threading.Event(), threading.Event()

        def hold():
            with seen:
                holds.set()
                may_go.wait(30)

        thread = threading.Thread(target=hold)
        thread.start()
        self.assertTrue(holds.wait(30))
        del value
        gc.collect()
        self.assertEqual(list(segment), ["value"])
        may_go.set()
        thread.join()
        other = shmlens.Value("i", segment=segment)
        self.assertEqual(list(segment), [other.entry.name])

    def test_a_forked_child_removes_nothing(self):
        value = shmlens.Value("i", 5)
        segment = value.entry.segment
        child = os.fork()
        if child == 0:
            status = 1
            try:
                del value
                gc.collect()
                status = 0
            finally:
                os._exit(status)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(value.value, 5)
        self.assertTrue(value.entry.is_live)
        self.assertTrue(support.exists(segment.name))

    def test_what_a_forked_child_makes_beside_the_parent_s_it_also_removes(self):
        lock = shmlens.Lock()
        segment = lock.entry.segment
        before = list(segment)
        child = os.fork()
        if child == 0:
            status = 1
            try:
                value = shmlens.Value("i", lock=lock)  # where the lock is
                if value.entry.segment is segment and list(segment) != before:
                    del value
                    gc.collect()
                    status = list(segment) != before
            finally:
                os._exit(status)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(list(segment), before)

    def test_a_forked_child_that_exits_leaves_the_parent_s_segment(self):
        text = OWN + "pid = os.fork()\nif pid == 0: sys.exit(0)\nos.waitpid(pid, 0)\n" \
                     "print(os.path.exists('/dev/shm' + value.entry.segment.name))\n"
        self.assertEqual(support.run(text).split()[-1], "True")

    def test_forks_while_threads_make_values_do_not_hang(self):
        text = """
import gc, os, threading, shmlens
stop = False
def make():
    while not stop:
        shmlens.Value("i")
threads = [threading.Thread(target=make) for _ in range(2)]
for thread in threads: thread.start()
value = shmlens.Value("i")
for _ in range(30):
    pid = os.fork()
    if pid == 0:
        own = shmlens.Value("i")
        own.value += 1
        value.add(1)
        name = own.entry.segment.name
        del own
        shmlens.attach(name).unlink()
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
stop = True
for thread in threads: thread.join()
assert value.value == 30
"""
        support.run(text)

    def test_segments_are_detached_when_nothing_uses_them(self):
        def mappings():
            with open("/proc/self/maps") as file:
                return file.read().count("/dev/shm/python-test")
        before = mappings()
        names = [self.segment_name() for _ in range(20)]
        for name in names:
            shmlens.Value("i", name="x", segment=name).value = 1
        gc.collect()
        self.assertEqual(mappings(), before)
        held = [shmlens.attach(name)["x"].get_obj() for name in names]
        self.assertEqual([obj.value for obj in held], [1] * 20)
        self.assertGreaterEqual(mappings(), before + 20)


if __name__ == "__main__":
    unittest.main()
