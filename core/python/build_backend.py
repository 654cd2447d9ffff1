"""Makes a wheel with nothing but Python and a C compiler.

`pip install ./core/python` calls build_wheel(). The extension, with the library
in it, is compiled from the sources beside this directory; without Python.h the
library alone, for ctypes. There is no sdist: the sources are those of the whole
project, and pip does not need one to install from the tree.

Run as a program it builds a package that can be imported, for tests:
`python3 build_backend.py DIRECTORY`; `--ctypes` leaves the extension out.
"""

import base64
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))


def find_core():
    """The directory with the library's sources: the parent of this one.

    Versions of pip before 21.3 copy this directory elsewhere; they leave us the
    directory that they were started in.
    """
    places = [os.path.dirname(HERE)]
    for start in (os.environ.get("PWD"), os.getcwd()):
        while start and start != os.path.dirname(start):
            places.append(os.path.join(start, "core"))
            places.append(start)
            start = os.path.dirname(start)
    for place in places:
        if os.path.exists(os.path.join(place, "shmlens.h")):
            return place
    raise SystemExit("shmlens: the library's sources (shmlens.h) are not beside %s; install from "
                     "a whole source tree, with 'pip install ./core/python' in its top directory"
                     % HERE)


def find_version(core):
    with open(os.path.join(os.path.dirname(core), "meson.build"), encoding="utf-8") as file:
        return re.search(r"version: '([^']+)'", file.read()).group(1)


def compiler():
    """$CC, else cc: the compiler that Python was built with may not be here."""
    return shlex.split(os.environ.get("CC", "cc"))


def has_headers():
    return os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h"))


def compile_into(package, ctypes_only=False):
    """Puts the extension or the library into the package; returns its file name."""
    core = find_core()
    extension = not ctypes_only and has_headers()
    name = "libshmlens.so"
    sources = [os.path.join(core, file) for file in sorted(os.listdir(core))
               if file.endswith(".c")]
    command = compiler() + [
        "-shared", "-fPIC", "-O2", "-flto=auto", "-fno-semantic-interposition", "-std=gnu11",
        "-fvisibility=hidden", "-Wl,-Bsymbolic", "-pthread", "-D_GNU_SOURCE",
        '-DSHMLENS_VERSION="%s"' % find_version(core), "-I" + core]
    if extension:
        name = "_shmlens" + sysconfig.get_config_var("EXT_SUFFIX")
        directory = os.path.join(HERE, "extension")
        sources += [os.path.join(directory, file) for file in sorted(os.listdir(directory))
                    if file.endswith(".c")]
        command.append("-I" + sysconfig.get_path("include"))
        if sysconfig.get_path("platinclude") != sysconfig.get_path("include"):
            command.append("-I" + sysconfig.get_path("platinclude"))
    command += sources + ["-o", os.path.join(package, name)]
    try:
        subprocess.run(command, check=True)
    except FileNotFoundError:
        raise SystemExit("shmlens: there is no C compiler %r; install one (Debian: "
                         "apt install gcc libc6-dev), or set CC" % command[0]) from None
    except subprocess.CalledProcessError:
        raise SystemExit("shmlens: the C sources do not compile; the messages above say "
                         "why") from None
    return name


def build_package(directory, ctypes_only=False):
    """Makes directory/shmlens, complete; returns whether it has the extension."""
    package = os.path.join(directory, "shmlens")
    os.makedirs(package, exist_ok=True)
    for file in sorted(os.listdir(os.path.join(HERE, "shmlens"))):
        if file.endswith(".py"):
            shutil.copy(os.path.join(HERE, "shmlens", file), package)
    return compile_into(package, ctypes_only).startswith("_shmlens")


def metadata(version):
    return "Metadata-Version: 2.1\nName: shmlens\nVersion: %s\n" \
           "Summary: Values and arrays in named shared memory, as multiprocessing has them\n" \
           "License: MIT\nRequires-Python: >=3.8\n" % version


def tag(extension):
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    if not extension:
        return "py3-none-" + platform
    version = "cp%d%d" % sys.version_info[:2]
    return "%s-%s%s-%s" % (version, version, getattr(sys, "abiflags", ""), platform)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    version = find_version(find_core())
    with tempfile.TemporaryDirectory() as directory:
        extension = build_package(directory)
        info = "shmlens-%s.dist-info" % version
        os.mkdir(os.path.join(directory, info))
        texts = {"METADATA": metadata(version),
                 "WHEEL": "Wheel-Version: 1.0\nGenerator: shmlens\nRoot-Is-Purelib: false\n"
                          "Tag: %s\n" % tag(extension)}
        for name, text in texts.items():
            with open(os.path.join(directory, info, name), "w", encoding="utf-8") as file:
                file.write(text)
        wheel = "shmlens-%s-%s.whl" % (version, tag(extension))
        write_wheel(os.path.join(wheel_directory, wheel), directory, info)
    return wheel


def write_wheel(path, directory, info):
    record = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in ("shmlens", info):
            for file in sorted(os.listdir(os.path.join(directory, folder))):
                name = folder + "/" + file
                archive.write(os.path.join(directory, name), name)
                with open(os.path.join(directory, name), "rb") as content:
                    data = content.read()
                digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
                record.append("%s,sha256=%s,%d" % (name, digest.decode(), len(data)))
        record.append(info + "/RECORD,,")
        archive.writestr(info + "/RECORD", "\n".join(record) + "\n")


if __name__ == "__main__":
    build_package(sys.argv[-1], ctypes_only="--ctypes" in sys.argv[1:-1])
