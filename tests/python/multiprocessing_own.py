"""CPython's own tests of Value, Array and sharedctypes, with ours in their place.

Usage: multiprocessing_own.py METHOD, one of fork, spawn, forkserver. Needs the
package `test`, as Python's source has it (Debian: libpython3.11-testsuite).
"""

import multiprocessing
import sys
import unittest

try:
    from test import _test_multiprocessing as own
except (ImportError, unittest.SkipTest) as error:
    print("SKIP: no test._test_multiprocessing here: %s" % error)
    sys.exit(77)

import shmlens

# The first three test them; in the last they carry what processes tell each other.
CLASSES = ["_TestValue", "_TestArray", "_TestSharedCTypes"]
if "fork" in sys.argv:
    CLASSES.append("_TestCondition")

own.Value = shmlens.Value
own.copy = shmlens.copy


class Processes(own.ProcessesMixin):
    Value = staticmethod(shmlens.Value)
    Array = staticmethod(shmlens.Array)
    RawValue = staticmethod(shmlens.RawValue)
    RawArray = staticmethod(shmlens.RawArray)


for class_name in CLASSES:
    name = "WithProcesses" + class_name[1:]
    globals()[name] = type(name, (getattr(own, class_name), Processes, unittest.TestCase),
                           {"__module__": __name__})


class AsIfOurs(unittest.TestCase):
    def test_the_tests_do_use_ours(self):
        made = WithProcessesTestValue("test_value").Value("i")  # noqa: F821
        self.assertIsInstance(made, shmlens.Synchronized)
        self.assertIs(own.Value, shmlens.Value)


if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv.pop(1), force=True)
    unittest.main()
