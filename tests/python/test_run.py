"""`python -m shmlens`: programs run as without it, and what they share is recorded."""

import glob
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest

import shmlens

import support

PACKAGE = os.path.dirname(os.path.abspath(shmlens.__file__))


if os.environ.get("SHMLENS_PYTHON") == "ctypes":
    raise unittest.SkipTest("nothing of this goes through the library")


class Program:
    """A program in a file of its own, run with and without us."""

    def __init__(self, test, text, name="program.py"):
        directory = tempfile.TemporaryDirectory()
        test.addCleanup(directory.cleanup)
        self.directory = os.path.realpath(directory.name)
        self.path = os.path.join(self.directory, name)
        with open(self.path, "w") as file:
            file.write(textwrap.dedent(text))

    def command(self, *arguments, recorded=True, options=()):
        ours = ["-m", "shmlens"] if recorded else []
        return [sys.executable, *options, *ours, *(arguments or [self.path])]

    def start(self, *arguments, recorded=True, options=(), **more):
        return subprocess.Popen(self.command(*arguments, recorded=recorded, options=options),
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, universal_newlines=True,
                                cwd=self.directory, **more)

    def run(self, *arguments, input="", **more):
        """Its standard output, its errors, and how it ended."""
        program = self.start(*arguments, **more)
        try:
            output, errors = program.communicate(input, timeout=60)
        finally:
            program.kill()
        return output, errors, program.returncode


def record_of(pid):
    found = glob.glob("/dev/shm/shmlens-record-%d-*" % pid)
    return found[0] if found else None


def leftovers(pid):
    return [name for name in os.listdir("/dev/shm")
            if re.match(r"(sem\.)?shmlens-(record-)?%d-" % pid, name)]


def read(path):
    with open(path) as file:
        lines = file.read().split("\n")
    assert lines.pop() == "", "the last line has no end"
    return [json.loads(line) for line in lines]


def new(lines, kind, **members):
    """The lines for what was made of a kind, with these members."""
    return [line for line in lines if line["event"] == "new" and line["kind"] == kind
            and all(line.get(member) == value for member, value in members.items())]


class AsWithoutUs(support.TestCase):
    """Each program says the same, ends the same, with and without us."""

    def same(self, text, *arguments, name="program.py", options=(), input=""):
        program = Program(self, text, name)
        arguments = [argument.replace("PROGRAM", program.path) for argument in arguments]
        plain = program.run(*arguments, recorded=False, options=options, input=input)
        ours = program.run(*arguments, options=options, input=input)
        self.assertEqual(ours, plain)
        return ours

    WHO = """
        import sys, os
        main = sys.modules["__main__"]
        own = dict(vars(main))
        for name in sorted(own):
            if name in ("sys", "os", "main", "own"): continue
            value = own[name]
            if name == "__builtins__": value = type(value)
            if name == "__spec__" and value is not None:
                value = value.name, value.origin, value.cached
            if name == "__loader__" and value is not None:
                value = type(value), getattr(value, "name", 0), getattr(value, "path", 0)
            print(name, value)
        print(sys.argv, sys.path[0], main.__dict__ is globals(), sys.excepthook)
        print(sys._getframe().f_code.co_filename)
        """

    def test_main_and_its_arguments(self):
        output, errors, status = self.same(self.WHO, "PROGRAM", "-m", "--x", "y z")
        self.assertIn("'-m', '--x', 'y z'", output)
        self.assertEqual((errors, status), ("", 0))
        for arguments in (["program.py"], ["./program.py", "1"], ["-m", "program", "-c"],
                          ["-mprogram"], ["-c", textwrap.dedent(self.WHO), "1", "2"],
                          ["-cprint(__name__, __import__('sys').argv)"]):
            self.same(self.WHO, *arguments)
        self.same("", "-", "1", input=textwrap.dedent(self.WHO))

    def test_options_of_python(self):
        text = "import sys; print(sys.path, sys.argv, sys.warnoptions, sys._xoptions)"
        self.same(text, "PROGRAM", "1", options=["-W", "error", "-X", "dev"])
        if sys.version_info >= (3, 11):
            self.same(text, options=["-P"])

    def test_a_directory_is_run_too(self):
        self.same(self.WHO, ".", "a", name="__main__.py")

    def test_a_compiled_file_too(self):
        program = Program(self, self.WHO)
        compiled = program.path + "c"
        import py_compile
        py_compile.compile(program.path, compiled)
        self.assertEqual(program.run(compiled), program.run(compiled, recorded=False))

    def test_ways_to_end(self):
        for text, status in (("", 0), ("import sys; sys.exit(7)", 7),
                             ("import sys; sys.exit('words')", 1),
                             ("raise SystemExit", 0), ("import os; os._exit(9)", 9),
                             ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
                              -signal.SIGTERM),
                             ("import os; os.abort()", -signal.SIGABRT)):
            self.assertEqual(self.same(text)[2], status, text)

    def test_tracebacks(self):
        output, errors, status = self.same("""
            def f(x):
                raise ValueError(x)
            try:
                f(1)
            except ValueError as error:
                raise KeyError("é") from error
            """)
        self.assertEqual(status, 1)
        self.assertNotIn("shmlens", errors.replace("/shmlens-python", ""))
        self.same("x = = 1\n")
        self.same("import sys\nsys.excepthook = lambda *a: print(a[0], a[2].tb_lineno)\n1/0\n")
        self.same("from multiprocessing import Value\nValue('i', 'text')\n")
        self.same("from multiprocessing import Value\nValue('no code')\n")
        self.same("from multiprocessing import Semaphore\nSemaphore(-1)\n")
        self.same("from multiprocessing import Queue\nQueue('x')\n")
        self.same("import threading, sys\n"
                  "t = threading.Thread(target=lambda: 1/0, name='t'); t.start(); t.join()\n")
        self.same("raise ValueError", "-m", "program")
        self.same("", "-m", "no_such_module")

    def test_what_cannot_be_run(self):
        output, errors, status = self.same("", "nothing.py")
        self.assertEqual(status, 2)

    def test_interrupted(self):
        text = "import os, signal\n" \
               "import atexit; atexit.register(print, 'at exit')\n" \
               "os.kill(os.getpid(), signal.SIGINT)\nimport time; time.sleep(30)\n"
        self.same(text)

    def test_order_of_what_is_done_at_exit(self):
        self.same("""
            import atexit
            atexit.register(print, "before")
            import multiprocessing, time
            def child():
                time.sleep(0.2)
                print("child", flush=True)
            multiprocessing.set_start_method("fork")
            multiprocessing.Process(target=child).start()
            atexit.register(print, "after", flush=True)
            """)

    def test_usage(self):
        program = Program(self, "")
        self.assertEqual(program.run("--help")[2], 0)
        for arguments in ([], ["-x"], ["-m"], ["-c"]):
            command = [sys.executable, "-m", "shmlens", *arguments]
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  timeout=60)
            self.assertEqual(done.returncode, 2)
            self.assertRegex(done.stderr.decode(), r"^(usage|shmlens): ")

    def test_without_extension_and_library(self):
        program = Program(self, """
            import glob, os
            from multiprocessing import Value
            v = Value("i")
            path, = glob.glob("/dev/shm/shmlens-record-%d-*" % os.getpid())
            with open(path) as file:
                print(file.read().count('"name":"v"'))
            """)
        package = os.path.join(program.directory, "shmlens")
        os.mkdir(package)
        for file in glob.glob(os.path.join(PACKAGE, "*.py")):
            with open(file) as source, open(os.path.join(package, os.path.basename(file)),
                                            "w") as copy:
                copy.write(source.read())
        environment = dict(os.environ, PYTHONPATH=program.directory)
        self.assertEqual(program.run(env=environment), ("1\n", "", 0))


MAKER = """
    import ctypes, multiprocessing, os, sys
    from multiprocessing import sharedctypes

    class Inner(ctypes.Structure):
        _fields_ = [("x", ctypes.c_int16)]

    class Point(ctypes.Structure):
        _fields_ = [("x", ctypes.c_int), ("low", ctypes.c_uint, 3), ("high", ctypes.c_uint, 5),
                    ("rows", ctypes.c_double * 3 * 2), ("inner", Inner * 2)]

    class Holder: pass

    def child(value, out):
        mine = multiprocessing.get_context(method).Value("h", 3)  # in child
        with value.get_lock():
            value.value += 1
        out.put(os.getpid())
        sys.stdin.close()
        out.get()

    method = sys.argv[1]
    context = multiprocessing.get_context(method)
    if __name__ == "__main__":
        counter = context.Value("i", 3)
        levels = context.Array("d", [1, 2, 3])
        raw = context.RawValue(Point)
        text = context.RawArray("c", b"abc")
        holder = Holder()
        holder.done = context.Event()
        given = context.Lock()
        shared = context.Value("q" if sys.version_info > (3, 7) else "l", lock=given)
        unlocked = context.Value("b", lock=False)
        recursive = context.RLock()
        several = context.Semaphore(3)
        bounded = context.BoundedSemaphore(2)
        condition = context.Condition()
        barrier = context.Barrier(2)
        queue = context.Queue()
        joinable = context.JoinableQueue(7)
        simple = context.SimpleQueue()
        later = sharedctypes.synchronized(raw, recursive, ctx=context)
        objects = [context.Value("i") for _ in range(2)]
        out, back = context.Queue(), context.Queue()
        worker = context.Process(target=child, args=(counter, out))
        worker.start()
        pid = out.get()
        print(worker.pid == pid, counter.value, flush=True)
        sys.stdin.readline()
        del bounded
        print("deleted", flush=True)
        sys.stdin.readline()
        out.put(None)
        worker.join()
        print(worker.exitcode, flush=True)
    """


class Records(support.TestCase):
    def maker(self, method):
        program = Program(self, MAKER)
        running = program.start(program.path, method)
        self.addCleanup(self.end, running)
        return program, running

    @staticmethod
    def end(running):
        running.kill()
        for stream in (running.stdin, running.stdout, running.stderr):
            stream.close()
        running.wait()

    def test_what_is_made_in_all_ways(self):
        for method in support.METHODS:
            with self.subTest(method):
                self.check(method)

    def check(self, method):
        program, running = self.maker(method)
        self.assertEqual(running.stdout.readline(), "True 4\n")
        lines = read(record_of(running.pid))
        first = lines[0]
        self.assertEqual((first["event"], first["version"], first["pid"], first["argv"]),
                         ("program", 1, running.pid, [program.path, method]))
        one = {line["name"]: line for line in lines if line.get("name")}

        counter = one["counter"]
        self.assertEqual((counter["kind"], counter["ctype"], counter["code"], counter["size"]),
                         ("object", "c_int", "i", 4))
        with open(program.path) as file:
            source = file.read().split("\n")
        self.assertEqual(counter["file"], program.path)
        self.assertIn("counter = ", source[counter["line"] - 1])
        self.assertEqual(self.bytes_of(counter), b"\4\0\0\0")

        self.assertEqual((one["levels"]["ctype"], one["levels"]["shape"]),
                         ("c_double_Array_3", [3]))
        self.assertEqual(one["text"]["ctype"], "c_char_Array_3")
        self.assertEqual(self.bytes_of(one["text"]), b"abc")
        self.assertEqual(one["objects"]["ctype"], "c_int")
        self.assertEqual(len(new(lines, "object", name="objects")), 2)

        types = {line["id"]: line for line in lines if line["event"] == "type"}
        point = types[one["raw"]["type"]]
        self.assertEqual((point["ctype"], point["count"], point["first"]), ("Point", 6, 0))
        self.assertEqual(point["fields"], [
            {"name": "x", "code": "i", "offset": 0},
            {"name": "low", "code": "I", "offset": 4, "bits": [0, 3]},
            {"name": "high", "code": "I", "offset": 4, "bits": [3, 5]},
            {"name": "rows", "code": "d", "offset": 8, "shape": [2, 3]},
            {"name": "inner[0].x", "code": "h", "offset": 56},
            {"name": "inner[1].x", "code": "h", "offset": 58}])

        guards = {line["id"]: line["lock"] for line in lines if line["event"] == "guard"}
        by_id = {line["id"]: line for line in lines if line["event"] == "new"}
        self.assertEqual(by_id[guards[counter["id"]]]["class"], "RLock")
        self.assertTrue(by_id[guards[counter["id"]]]["part"])
        self.assertEqual(guards[one["shared"]["id"]], one["given"]["id"])
        self.assertEqual(guards[one["raw"]["id"]], one["recursive"]["id"])
        self.assertNotIn(one["unlocked"]["id"], guards)
        self.assertNotIn(one["text"]["id"], guards)

        for name, class_, recursive, maxvalue, value in (
                ("given", "Lock", False, 1, 1), ("recursive", "RLock", True, 1, 1),
                ("several", "Semaphore", False, 2 ** 31 - 1, 3),
                ("bounded", "BoundedSemaphore", False, 2, 2)):
            lock = one[name]
            self.assertEqual((lock["kind"], lock["class"], lock["recursive"], lock["maxvalue"]),
                             ("semaphore", class_, recursive, maxvalue))
            self.assertEqual(self.semaphore(lock), value)
        for name in ("condition", "barrier", "holder.done", "queue", "joinable", "simple"):
            parts = [member for member in ("lock", "sleeping", "woken", "wait", "condition",
                                           "flag", "read_lock", "write_lock", "free",
                                           "unfinished") if member in one[name]]
            self.assertGreater(len(parts), 0)
            for part in parts:
                self.assertIn(one[name][part], by_id, name)
        self.assertEqual(one["holder.done"]["kind"], "event")
        self.assertEqual(self.semaphore(by_id[one["holder.done"]["flag"]]), 0)
        self.assertEqual((one["joinable"]["class"], one["joinable"]["maxsize"]),
                         ("JoinableQueue", 7))
        self.assertEqual(self.semaphore(by_id[one["joinable"]["free"]]), 7)
        self.assertEqual(one["barrier"]["parties"], 2)

        processes = [line["pid"] for line in lines if line["event"] == "process"]
        self.assertEqual(len(processes), 1)
        mine, = new(lines, "object", name="mine")
        self.assertEqual((mine["pid"], mine["ctype"]), (processes[0], "c_short"))
        self.assertIn("# in child", source[mine["line"] - 1])
        self.assertEqual(self.bytes_of(mine), b"\3\0")
        self.assertTrue(all(len(line["id"]) < 64 for line in lines if "id" in line))

        running.stdin.write("\n")
        running.stdin.flush()
        self.assertEqual(running.stdout.readline(), "deleted\n")
        gone = [line["id"] for line in read(record_of(running.pid)) if line["event"] == "gone"]
        self.assertIn(one["bounded"]["id"], gone)
        self.assertNotIn(counter["id"], gone)

        output, errors = running.communicate("\n", timeout=60)
        self.assertEqual((output, errors, running.returncode), ("0\n", "", 0))
        self.wait_until(lambda: not leftovers(running.pid))

    def bytes_of(self, line):
        with open(line["path"], "rb") as file:
            found = os.fstat(file.fileno())
            self.assertEqual((found.st_dev, found.st_ino, found.st_size),
                             (line["dev"], line["ino"], line["arena"]))
            file.seek(line["offset"])
            return file.read(line["size"])

    def semaphore(self, line):
        """Its value: glibc's, in the low 32 bits of a 64-bit word."""
        with open("/dev/shm/sem." + line["sem"][1:], "rb") as file:
            found = os.fstat(file.fileno())
            self.assertEqual((found.st_dev, found.st_ino), (line["dev"], line["ino"]))
            return int.from_bytes(file.read(4), sys.byteorder)

    @unittest.skipIf(sys.version_info < (3, 8), "shared_memory came with Python 3.8")
    def test_shared_memory(self):
        output, errors, status = Program(self, """
            import glob, os
            from multiprocessing.shared_memory import SharedMemory, ShareableList
            block = SharedMemory(create=True, size=100)
            again = SharedMemory(block.name)
            items = ShareableList([1, "x"])
            print(block.name, items.shm.name)
            path, = glob.glob("/dev/shm/shmlens-record-%d-*" % os.getpid())
            print(open(path).read(), end="")
            for one in (again, block, items.shm): one.close()
            block.unlink(); items.shm.unlink()
            """).run()
        self.assertEqual((errors, status), ("", 0))
        names, *lines = output.splitlines()
        block, items = names.split()
        lines = [json.loads(line) for line in lines]
        self.assertEqual([(line["name"], line["shm"]) for line in new(lines, "shared_memory")
                          if not line.get("part")], [("block", "/" + block)])
        line, = new(lines, "shareable_list")
        self.assertEqual((line["name"], line["shm"]), ("items", "/" + items))

    def test_a_lock_of_threads(self):
        output, _, status = Program(self, """
            import glob, os, threading
            from multiprocessing import Value
            value = Value("i", lock=threading.Lock())
            path, = glob.glob("/dev/shm/shmlens-record-%d-*" % os.getpid())
            print(open(path).read(), end="")
            """).run()
        self.assertEqual(status, 0)
        guard, = [line for line in map(json.loads, output.splitlines())
                  if line["event"] == "guard"]
        self.assertEqual((guard["lock"], guard["class"]), (None, "_thread.lock"))

    def test_arenas_are_not_kept_longer_than_their_objects(self):
        output, errors, status = Program(self, """
            import gc, os
            from multiprocessing import RawArray
            for _ in range(5):
                big = RawArray("b", 16 << 20)
                del big
                gc.collect()
            print(len([name for name in os.listdir("/dev/shm")
                       if name.startswith("shmlens-") and "-%d-" % os.getpid() in name]))
            """).run()
        self.assertEqual((errors, status), ("", 0))
        if sys.version_info >= (3, 8):  # before, multiprocessing keeps them itself
            self.assertLessEqual(int(output), 3)

    def test_a_descriptor_that_the_program_closed_is_not_written_to(self):
        output, errors, status = Program(self, """
            import glob, os
            from multiprocessing import Value
            one = Value("i")
            os.closerange(3, 1024)
            files = [open("own", "w") for _ in range(300)]
            two = Value("i")
            for file in files: file.close()
            path, = glob.glob("/dev/shm/shmlens-record-%d-*" % os.getpid())
            print(os.path.getsize("own"), open(path).read().count('"name":"two"'))
            os._exit(0)
            """).run()
        self.assertEqual((output, errors, status), ("0 1\n", "", 0))
        sweep()

    def test_a_full_record_says_so(self):
        program = Program(self, """
            import glob, os
            from multiprocessing import RawValue
            path, = glob.glob("/dev/shm/shmlens-record-%d-*" % os.getpid())
            os.truncate(path, (64 << 20) - 9000)
            one, two = RawValue("i"), RawValue("i")
            with open(path, "rb") as file:
                file.seek(-9000, 2)
                file.seek((64 << 20) - 9000)
                print(file.read().decode())
            """)
        output, errors, status = program.run()
        self.assertEqual((errors, status), ("", 0))
        self.assertEqual(set(output.split()), {'{"event":"full"}'})


def sweep():
    """What each start of ours does."""
    subprocess.run([sys.executable, "-m", "shmlens", "-c", ""], check=True, timeout=60)


HELD = "import os, signal, sys\n" \
       "from multiprocessing import Value\n" \
       "value = Value('i')\n" \
       "print('made', flush=True)\n"


class Leftovers(support.TestCase):
    def test_nothing_is_left_at_the_end(self):
        for end in ("", "raise ValueError", "sys.exit(3)", "del value"):
            running = Program(self, HELD + end).start()
            running.communicate(timeout=60)
            self.assertEqual(leftovers(running.pid), [], end)

    def test_after_a_kill_the_next_start_sweeps(self):
        running = Program(self, HELD + "os.kill(os.getpid(), signal.SIGKILL)").start()
        self.assertEqual(running.communicate(timeout=60)[0], "made\n")
        sweep()
        self.assertEqual(leftovers(running.pid), [])

    def test_so_does_our_own_module(self):
        running = Program(self, HELD + "os.kill(os.getpid(), signal.SIGKILL)").start()
        self.assertEqual(running.communicate(timeout=60)[0], "made\n")
        support.run("import shmlens\nshmlens.Value('i')\n")
        self.assertEqual(leftovers(running.pid), [])

    def test_but_not_what_lives(self):
        running = Program(self, HELD + "sys.stdin.read()").start()
        try:
            self.assertEqual(running.stdout.readline(), "made\n")
            before = leftovers(running.pid)
            self.assertEqual(len(before), 3)
            sweep()
            self.assertEqual(leftovers(running.pid), before)
        finally:
            running.communicate("", timeout=60)
        self.assertEqual(leftovers(running.pid), [])

    def test_what_outlives_its_first_process(self):
        program = Program(self, HELD + textwrap.dedent("""
            if os.fork():
                os._exit(0) if len(sys.argv) > 1 else sys.exit(0)
            sys.stdin.readline()
            value.value += 1
            other = Value("i")
            print(value.value, flush=True)
            sys.stdin.readline()
            """))
        for arguments in ([program.path], [program.path, "hard"]):
            running = program.start(*arguments)
            self.assertEqual(running.stdout.readline(), "made\n")
            self.assertEqual(running.wait(60), 0)
            sweep()
            self.assertEqual(len(leftovers(running.pid)), 3)
            running.stdin.write("\n")
            running.stdin.flush()
            self.assertEqual(running.stdout.readline(), "1\n")
            self.assertEqual(len(new(read(record_of(running.pid)), "object", name="other")), 1)
            running.communicate(timeout=60)
            self.wait_until(lambda: not leftovers(running.pid))

    def test_of_a_program_that_becomes_another(self):
        program = Program(self, HELD + textwrap.dedent("""
            if len(sys.argv) < 2:
                os.execv(sys.executable, [sys.executable, "-m", "shmlens", sys.argv[0], "again"])
            sys.stdin.readline()
            """))
        running = program.start()
        self.assertEqual([running.stdout.readline() for _ in range(2)], ["made\n"] * 2)
        self.assertEqual(read(record_of(running.pid))[0]["argv"][1:], ["again"])
        self.assertEqual(len(leftovers(running.pid)), 3)
        self.assertEqual(running.communicate("\n", timeout=60), ("", ""))
        self.assertEqual(leftovers(running.pid), [])

    def test_of_children_that_are_killed(self):
        running = Program(self, """
            import multiprocessing, os, signal, sys
            def child():
                value = context.Value("i")
                os.kill(os.getpid(), signal.SIGKILL)
            context = multiprocessing.get_context("fork")
            for _ in range(5):
                process = context.Process(target=child)
                process.start()
                process.join()
            print(len([name for name in os.listdir("/dev/shm")
                       if "shmlens-%d-" % os.getpid() in name]), flush=True)
            """).start()
        output, errors = running.communicate(timeout=60)
        self.assertEqual(errors, "")
        self.assertLessEqual(int(output), 2)  # the last one's
        self.assertEqual(leftovers(running.pid), [])


if __name__ == "__main__":
    unittest.main()
