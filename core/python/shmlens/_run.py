"""Runs a program as Python itself would, with a record of what it shares.

    python [OPTIONS OF PYTHON] -m shmlens app.py [ARGUMENTS]
    python [OPTIONS OF PYTHON] -m shmlens -m module [ARGUMENTS]
    python [OPTIONS OF PYTHON] -m shmlens -c code [ARGUMENTS]
"""

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))

_USAGE = """usage: python -m shmlens (FILE | -m MODULE | -c CODE) [ARGUMENT...]

Runs a Python program as it is. While it lives, shmlens and shmlensctl show what it
shares through multiprocessing, by name, without reading the memory of its processes.
"""


def main():
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        _say(_USAGE)
        raise SystemExit(0 if arguments else 2)
    option, word = _option(arguments)
    _begin(arguments)
    {"-m": _run_module, "-c": _run_code, "": _run_file}[option](word)


def _option(arguments):
    """Takes what is to be run off the arguments, and leaves sys.argv as the program's."""
    first = arguments[0]
    if first[:2] in ("-m", "-c"):
        option, rest = first[:2], arguments[1:]
        if len(first) > 2:
            word = first[2:]
        elif rest:
            word, rest = rest[0], rest[1:]
        else:
            _say("shmlens: %s needs an argument\n" % option)
            raise SystemExit(2)
        sys.argv[:] = [option] + rest
        return option, word
    if first[:1] == "-" and first != "-":
        _say("shmlens: %s is no option here; those of Python itself stand before -m shmlens\n"
             % first)
        raise SystemExit(2)
    sys.argv[:] = arguments
    return "", first


def _begin(arguments):
    """A program that cannot be recorded runs all the same."""
    from . import _leftovers, _record, _watch
    try:
        _leftovers.sweep()
        _watch.start(_record.Record.create(arguments))
    except OSError as error:
        _say("shmlens: no record of what this program shares: %s\n" % error)


def _say(sentence):
    os.write(2, sentence.encode("utf-8", "surrogateescape"))


# ------------------------------------------------------------------------ __main__

def _main_names(**names):
    """The dictionary of __main__, as it is before anything ran in it."""
    main = sys.modules["__main__"].__dict__
    builtins = main["__builtins__"]
    main.clear()
    main.update(__name__="__main__", __doc__=None, __package__=None, __spec__=None)
    if sys.version_info < (3, 14):
        main["__annotations__"] = {}
    main.update(names, __builtins__=builtins)
    return main


def _is_safe_path():
    """Whether there is no sys.path[0] of the program's."""
    return sys.flags.isolated or getattr(sys.flags, "safe_path", False)


def _replace_path(first):
    """sys.path[0] is now where -m looked."""
    if not _is_safe_path():
        sys.path[0] = first


def _run_code(code):
    from importlib.machinery import BuiltinImporter
    _replace_path("")
    _run(lambda: compile(code, "<string>", "exec", dont_inherit=True),
         _main_names(__loader__=BuiltinImporter))


def _run_module(name):
    import runpy
    _main_names(__loader__=None)
    _call(lambda: runpy._run_module_as_main(name))


def _run_file(path):
    from importlib.machinery import BuiltinImporter, SourceFileLoader, SourcelessFileLoader
    if path == "-":
        _replace_path("")
        source = sys.stdin.buffer.read()
        _run(lambda: compile(source, "<stdin>", "exec", dont_inherit=True),
             _main_names(__loader__=BuiltinImporter, __file__="<stdin>", __cached__=None))
        return

    import pkgutil
    name = _absolute(path)
    if pkgutil.get_importer(name) is not None:  # a directory or a zip file
        import runpy
        if _is_safe_path():
            sys.path.insert(0, name)
        else:
            sys.path[0] = name
        _main_names(__loader__=None)
        _call(lambda: runpy._run_module_as_main("__main__", False))
        return

    try:
        with open(path, "rb") as file:
            compiled = pkgutil.read_code(file)
            file.seek(0)
            source = None if compiled else file.read()
    except OSError as error:
        _say("%s: can't open file %s: [Errno %d] %s\n"
             % (sys.executable, ascii(name), error.errno, os.strerror(error.errno)))
        raise SystemExit(2)
    _replace_path(os.path.dirname(os.path.realpath(path)))
    loader = SourcelessFileLoader if compiled else SourceFileLoader
    _run(lambda: compiled or compile(source, name, "exec", dont_inherit=True),
         _main_names(__loader__=loader("__main__", name), __file__=name, __cached__=None))


def _absolute(path):
    """As Python makes a file's name absolute, since 3.9; nothing else is tidied."""
    if sys.version_info < (3, 9) or os.path.isabs(path):
        return path
    if path == "." and sys.version_info >= (3, 11):
        return os.getcwd()
    return os.getcwd() + "/" + path


# ---------------------------------------------------------------------- tracebacks

def _run(make_code, names):
    _call(lambda: exec(make_code(), names))


def _call(function):
    """Calls what may be left by an exception, which is shown as without us."""
    try:
        function()
    except SystemExit:
        raise
    except BaseException:
        hook = sys.excepthook

        def show(kind, value, traceback):
            sys.excepthook = hook
            traceback = _without_ours(traceback)
            value.__traceback__ = traceback
            hook(kind, value, traceback)
        sys.excepthook = show
        raise


def _without_ours(traceback):
    """A traceback from the program's first frame on, without frames of this package."""
    def is_ours(entry):
        return os.path.dirname(entry.tb_frame.f_code.co_filename) == _HERE

    first = traceback
    while first is not None and not is_ours(first):
        first = first.tb_next
    while first is not None and is_ours(first):
        first = first.tb_next
    entry = first
    while entry is not None:
        after = entry.tb_next
        while after is not None and is_ours(after):
            after = after.tb_next
        if after is not entry.tb_next:
            try:
                entry.tb_next = after
            except AttributeError:  # before Python 3.7
                break
        entry = after
    return first
