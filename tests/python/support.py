"""What the tests of the Python module share."""

import itertools
import os
import subprocess
import sys
import tempfile
import time
import unittest

import shmlens

HERE = os.path.dirname(os.path.abspath(__file__))
METHODS = ("fork", "spawn", "forkserver")
EXTENSION = shmlens.Value.__globals__["_library"].extension is not None

_numbers = itertools.count()


def exists(name):
    return os.path.exists("/dev/shm" + name)


class TestCase(unittest.TestCase):
    """Gives names for segments that nobody else has, and removes them."""

    def segment_name(self):
        name = "/python-test-%d-%d" % (os.getpid(), next(_numbers))
        self.addCleanup(self._remove, name)
        return name

    @staticmethod
    def _remove(name):
        try:
            os.unlink("/dev/shm" + name)
        except FileNotFoundError:
            pass

    def wait_until(self, condition, seconds=20):
        """Polls for what another process does."""
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, "waited %d s for nothing" % seconds)
            time.sleep(0.002)


def run(text, *arguments, name="program.py", check=True, **options):
    """Runs a program of its own; returns what it printed."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, name)
        with open(path, "w") as file:
            file.write(text)
        result = subprocess.run([sys.executable, path, *arguments], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, timeout=60, universal_newlines=True,
                                **options)
    if check and result.returncode != 0:
        raise AssertionError("the program ended with %d:\n%s"
                             % (result.returncode, result.stdout))
    return result.stdout
