"""A name for what is made without one: the variable it is assigned to.

The bytecode after the call tells where the result goes, also where there is no
source. What it does not tell (an element of a list display, an argument) is
read in the source line; what remains is called by file and line.
"""

import ast
import dis
import itertools
import linecache
import os
import re

_PASSED_OVER = {"DUP_TOP", "COPY", "NOP", "CACHE", "EXTENDED_ARG", "RESUME"}
_LOADS = {"LOAD_NAME", "LOAD_FAST", "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_CLASSDEREF",
          "LOAD_FAST_CHECK", "LOAD_FROM_DICT_OR_GLOBALS", "LOAD_FROM_DICT_OR_DEREF"}
_STORES = {"STORE_NAME", "STORE_FAST", "STORE_GLOBAL", "STORE_DEREF"}
_RETURN = object()
_SELF = ("self", "cls")

_MAKERS = "Value|Array|RawValue|RawArray|Lock|RLock|Semaphore|BoundedSemaphore|Condition" \
          "|Event|Barrier|Queue|JoinableQueue|SimpleQueue|SharedMemory|ShareableList"
_CALL = r"(?:\w+\.)*(?:%s)\(" % _MAKERS
_LINE_PATTERNS = [re.compile(pattern) for pattern in (
    r"""["']([^"']+)["']\s*:\s*""" + _CALL,
    r"^\s*([\w.]+)\s*(?::[^=]*)?=\s*[\[({].*?" + _CALL,
    r"([\w.]+)\.(?:append|appendleft|add)\(\s*" + _CALL,
    r"(\w+)\s*=\s*" + _CALL,
)]
_ANY_CALL = re.compile(r"\b(?:%s)\(" % _MAKERS)

# What was found out, by the code object's id and the position: a loop that makes
# many values disassembles once. The code object is in the value, so that its id
# stays its own; as a key it would be hashed whole each time.
_known = {}
_KNOWN_MAX = 4096

# So many bytes of code after a call are looked at: the longest name, with room.
_WINDOW = 400


def package(frame):
    """The top package that a frame's code is in; None for no frame."""
    if frame is None:
        return None
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def for_caller(frame):
    """A name for what a call in `frame` makes. Frames of this package are skipped."""
    while package(frame) == "shmlens":
        frame = frame.f_back
    name = find(frame)
    if name is not None:
        return name
    if frame is None:
        return "value"
    return "%s:%d" % (os.path.basename(frame.f_code.co_filename), frame.f_lineno)


def find(frame):
    """The variable for what the present call in `frame` makes; None when there is
    none. A function that returns it leaves the name to its caller."""
    while frame is not None:
        target = _target(frame)
        if target is _RETURN:
            frame = frame.f_back
            if package(frame) == "multiprocessing":
                return None  # the target of a process returns it
            continue
        name = _resolve(target, frame) if target else None
        name = name or _from_line(frame)
        if name is None and frame.f_code.co_name == "<listcomp>":
            frame = frame.f_back
            continue
        return name
    return None


def _target(frame):
    """Where the result of the present call is stored: None when that is not plain,
    _RETURN, or the pieces of its name, each ("text", …) or ("index", …)."""
    code, position = frame.f_code, frame.f_lasti
    key = id(code), position
    known = _known.get(key)
    if known is None:
        if len(_known) >= _KNOWN_MAX:
            _known.clear()
        target = _find_target(code, position) or _among_several(frame)
        known = _known[key] = target, code
    return known[0]


class _Part:
    """The code from `position` on, as far as dis looks at it: to disassemble a long
    module whole takes longer than to make a thousand values."""

    co_lnotab = co_exceptiontable = b""

    def __init__(self, code, position):
        self._code = code
        self.co_code = code.co_code[position:position + _WINDOW]

    def __getattr__(self, name):
        return getattr(self._code, name)

    @staticmethod
    def co_lines():
        return iter(())

    co_positions = co_lines


def _operations(code, position):
    """The instructions after `position` as (name, argument); those that do two
    things at once, as 3.13 has them, are taken apart."""
    for instruction in dis.get_instructions(_Part(code, position)):
        if instruction.offset == 0 or instruction.opname in _PASSED_OVER:
            continue
        name, argument = instruction.opname, instruction.argval
        if isinstance(argument, tuple) and name.startswith(("STORE_FAST_", "LOAD_FAST_LOAD")):
            first, second = ("STORE_FAST", name[11:]) if name[0] == "S" else ("LOAD_FAST",) * 2
            yield first, argument[0]
            yield second, argument[1]
        else:
            yield name, argument


def _find_target(code, position):
    stack = []
    for name, argument in _operations(code, position):
        if name in _STORES:
            return None if stack else [("text", argument)]
        if name == "RETURN_VALUE" and not stack:
            return _RETURN
        if name in _LOADS:
            stack.append([("variable", argument)])
        elif name == "LOAD_CONST":
            stack.append([("constant", argument)])
        elif name == "LOAD_ATTR" and stack:
            stack[-1] = stack[-1] + [("attribute", argument)]
        elif name == "STORE_ATTR":
            return _spell(stack[0]) + [("attribute", argument)] if len(stack) == 1 else None
        elif name == "STORE_SUBSCR":
            return _spell(stack[0]) + [("index", stack[1])] if len(stack) == 2 else None
        else:
            return None
    return None


def _spell(pieces):
    """The pieces of an object's name; "self" is not worth being said."""
    if pieces[0][0] == "variable" and pieces[0][1] in _SELF:
        return pieces[1:]
    return pieces


def _resolve(target, frame):
    text = ""
    for kind, argument in target:
        if kind == "index":
            text += "[%s]" % _index(argument, frame)
        elif kind == "attribute" and text:
            text += "." + argument
        else:
            text += str(argument)
    return text


def _index(pieces, frame):
    """An index as it is now: counters[3] rather than counters[i]."""
    (kind, argument), *rest = pieces
    if not rest and kind == "constant":
        return repr(argument)
    if not rest and kind == "variable":
        value = frame.f_locals.get(argument, frame.f_globals.get(argument))
        if isinstance(value, (int, str)):
            return repr(value)
    return ".".join(str(piece) for _, piece in pieces)


def _among_several(frame):
    """The target of one of several calls in a line: "b" of "a, b = Value(…), Lock()",
    "pair[1]" of "pair = [Value(…), Value(…)]"."""
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno, frame.f_globals)
    if len(_ANY_CALL.findall(line)) < 2:
        return None
    try:
        statement, = ast.parse(line.strip()).body
    except (SyntaxError, ValueError):
        return None
    if not isinstance(statement, ast.Assign) or any(
            isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
                              ast.Lambda, ast.IfExp, ast.BoolOp)) for node in ast.walk(statement)):
        return None
    calls = [node for node in _in_order(statement.value) if isinstance(node, ast.Call)]
    call = _which(calls, frame, len(line) - len(line.lstrip()))
    return call and _place_in(statement.targets[0], statement.value, call)


def _in_order(node):
    """An expression's parts, those that are computed first before the others."""
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)
    yield node


def _which(calls, frame, indentation):
    """Which of a line's calls is the present one."""
    code, position = frame.f_code, frame.f_lasti
    if hasattr(code, "co_positions"):
        _, _, _, end = next(itertools.islice(code.co_positions(), position // 2, None))
        found = [call for call in calls if call.end_col_offset + indentation == end]
        return found[0] if found else None
    start = max(offset for offset, line in dis.findlinestarts(code)
                if offset <= position and line == frame.f_lineno)
    part = _Part(code, start)
    part.co_code = part.co_code[:position - start]
    number = sum(instruction.opname.startswith("CALL_")
                 for instruction in dis.get_instructions(part))
    return calls[number] if number < len(calls) else None


def _place_in(target, value, call):
    """The pieces of the name for a call somewhere in the value of an assignment."""
    if value is call:
        return _pieces_of(target)
    if not isinstance(value, (ast.Tuple, ast.List)):
        return None
    for number, element in enumerate(value.elts):
        if any(node is call for node in ast.walk(element)):
            if isinstance(target, (ast.Tuple, ast.List)):
                return len(target.elts) == len(value.elts) \
                    and _place_in(target.elts[number], element, call) or None
            pieces = _pieces_of(target)
            return pieces and element is call and pieces + [("index", [("constant", number)])] \
                or None
    return None


def _pieces_of(target):
    if isinstance(target, ast.Name):
        return [("text", target.id)]
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        return _spell([("variable", target.value.id), ("attribute", target.attr)])
    return None


def _from_line(frame):
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno, frame.f_globals)
    if len(_ANY_CALL.findall(line)) != 1:
        return None
    for pattern in _LINE_PATTERNS:
        found = pattern.search(line)
        if found:
            name = found.group(1)
            first, dot, rest = name.partition(".")
            return rest if dot and first in _SELF else name
    return None
