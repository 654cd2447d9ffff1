"""The ctypes declarations say what shmlens.h says."""

import ctypes
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from shmlens import _library

import support

CORE = os.path.join(support.HERE, "..", "..", "core")
STRUCTURES = {
    "shmlens_type": _library.Type, "shmlens_segment_attr": _library.SegmentAttr,
    "shmlens_attacher": _library.Attacher, "shmlens_lock_info": _library.LockInfo,
    "shmlens_field": _library.Field, "shmlens_label": _library.Label,
    "shmlens_entry_attr": _library.EntryAttr, "shmlens_entry_info": _library.EntryInfo,
}
CONSTANTS = {
    "SHMLENS_DIMENSIONS_MAX": _library.DIMENSIONS_MAX,
    "SHMLENS_ENTRY_NAME_MAX": _library.ENTRY_NAME_MAX,
    "SHMLENS_FIELDS_MAX": _library.FIELDS_MAX,
    "SHMLENS_READ_WRITE": _library.READ_WRITE,
    "SHMLENS_NO_LOCK": _library.NO_LOCK,
    "SHMLENS_EXTERNAL_LOCK": _library.EXTERNAL_LOCK,
    "SHMLENS_READ_ONLY_ENTRY": _library.READ_ONLY_ENTRY,
    "SHMLENS_UNNAMED": _library.UNNAMED,
}


class Declarations(support.TestCase):
    def test_structures_and_constants_agree_with_the_compiler(self):
        if shutil.which("cc") is None:
            self.skipTest("no C compiler")
        lines, expected = [], []
        for name, structure in STRUCTURES.items():
            lines.append('printf ("%%zu\\n", sizeof (struct %s));' % name)
            expected.append(ctypes.sizeof(structure))
            for field, *_ in structure._fields_:
                lines.append('printf ("%%zu\\n", offsetof (struct %s, %s));' % (name, field))
                expected.append(getattr(structure, field).offset)
        for name, value in CONSTANTS.items():
            lines.append('printf ("%%zu\\n", (size_t) %s);' % name)
            expected.append(value)
        for prefix, names in (("ROLE", _library.ROLES), ("LOCK", _library.LOCK_STATES)):
            for number, name in enumerate(names):
                lines.append('printf ("%%zu\\n", (size_t) SHMLENS_%s_%s);'
                             % (prefix, name.upper()))
                expected.append(number)
        with tempfile.TemporaryDirectory() as directory:
            source = os.path.join(directory, "sizes.c")
            with open(source, "w") as file:
                file.write('#include <stdio.h>\n#include "shmlens.h"\nint main (void) {\n'
                           + "\n".join(lines) + "\n}\n")
            program = os.path.join(directory, "sizes")
            subprocess.run(["cc", "-I" + CORE, source, "-o", program], check=True)
            found = subprocess.run([program], stdout=subprocess.PIPE, check=True).stdout.split()
        self.assertEqual([int(number) for number in found], expected)

    def test_functions_are_declared_with_as_many_parameters_as_they_have(self):
        with open(os.path.join(CORE, "shmlens.h")) as file:
            header = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
        declared = {name: 0 if parameters.strip() == "void" else parameters.count(",") + 1
                    for name, parameters in re.findall(
                        r"SHMLENS_API[^;(]*?shmlens_(\w+)\s*\(([^)]*)\);", header, re.S)}
        checked = 0
        for name, function in vars(_library).items():
            if isinstance(function, ctypes._CFuncPtr):
                self.assertEqual(len(function.argtypes), declared[name.lstrip("_")], name)
                checked += 1
        self.assertGreater(checked, 25)


if __name__ == "__main__":
    unittest.main()
