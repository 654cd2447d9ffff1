"""What a path such as `worker.state.counters[2]` leads to in this process."""
import ast
import gc
import re
import sys
import types

TOKEN = re.compile(r"\.?([A-Za-z_]\w*)|\[(-?\d+)\]|\[('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\]")


def _tokens(name):
    """[('.', 'state'), ('[', 2)...], or None."""
    result, at = [], 0
    while at < len(name):
        match = TOKEN.match(name, at)
        if match is None or match.end() == at:
            return None
        if match.group(1):
            result.append(('.', match.group(1)))
        elif match.group(2):
            result.append(('[', int(match.group(2))))
        else:
            result.append(('[', ast.literal_eval(match.group(3))))
        at = match.end()
    return result


def _function_names(function):
    code = function.__code__
    for name, cell in zip(code.co_freevars, function.__closure__ or ()):
        try:
            yield name, cell.cell_contents
        except ValueError:
            pass
    defaults = function.__defaults__ or ()
    parameters = code.co_varnames[:code.co_argcount]
    for name, value in zip(parameters[len(parameters) - len(defaults):], defaults):
        yield name, value
    for name, value in (function.__kwdefaults__ or {}).items():
        yield name, value


def _steps(obj, kind, what):
    """All that one token can mean."""
    if kind == '[':
        try:
            return [obj[what]]
        except Exception:
            return []
    found = []
    if isinstance(obj, types.MethodType):
        obj = obj.__func__
    if isinstance(obj, types.FunctionType):
        found = [value for name, value in _function_names(obj) if name == what]
    frame = _suspended(obj)
    if frame is not None:
        found = [value for name, value in frame.f_locals.items() if name == what]
    try:
        found.append(getattr(obj, what))
    except Exception:
        pass
    return found


def _code_names(frame):
    code = frame.f_code
    yield code.co_name
    yield getattr(code, 'co_qualname', code.co_name).replace('.<locals>', '')
    owner = frame.f_locals.get('self')
    if owner is not None:
        yield type(owner).__name__ + '.' + code.co_name


def _suspended(obj):
    """The frame of a generator or coroutine that has not ended."""
    if isinstance(obj, types.GeneratorType):
        return obj.gi_frame
    return obj.cr_frame if isinstance(obj, types.CoroutineType) else None


def _frames():
    """Those that run or wait to go on."""
    for frame in sys._current_frames().values():
        while frame is not None:
            yield frame
            frame = frame.f_back
    for obj in gc.get_objects():
        frame = _suspended(obj)
        if frame is not None:
            yield frame


def _roots(tokens):
    """(an object, the tokens after it)."""
    for frame in _frames():
        module = frame.f_globals.get('__name__', '')
        for name in set(_code_names(frame)):
            for full in (name, module + '.' + name):
                parts = [('.', part) for part in full.split('.')]
                rest = tokens[len(parts):]
                if tokens[:len(parts)] == parts and rest and rest[0][0] == '.' \
                        and rest[0][1] in frame.f_locals:
                    yield frame.f_locals[rest[0][1]], rest[1:]
    # Of a program that was spawned, what runs as __main__ has globals of its own.
    for names in [vars(sys.modules['__main__'])] + [
            frame.f_globals for frame in _frames()
            if frame.f_globals.get('__name__') in ('__main__', '__mp_main__')]:
        for start in (0, 1) if tokens[0] == ('.', '__mp_main__') else (0,):
            if len(tokens) > start and tokens[start][1] in names:
                yield names[tokens[start][1]], tokens[start + 1:]
    for n in range(len(tokens), 0, -1):
        if all(kind == '.' for kind, _ in tokens[:n]):
            module = sys.modules.get('.'.join(what for _, what in tokens[:n]))
            if module is not None:
                yield module, tokens[n:]


def reached(name):
    """What a path leads to."""
    tokens = _tokens(name)
    if not tokens or tokens[0][0] != '.':
        return []
    found = []
    for obj, rest in _roots(tokens):
        here = [obj]
        for kind, what in rest:
            here = [after for before in here for after in _steps(before, kind, what)]
        found += here
    return found


CALL = re.compile(r'(?:list|getattr)\((?P<path>[^()]+?)(?:\.values\(\))?(?P<rest>,[^()]+)?\)')


def evaluated(name):
    """What is written with a call: list(group)[0], getattr(state, 'odd name')."""
    match = CALL.match(name)
    if match is None:
        return [eval(name, vars(sys.modules['__main__']))]
    inner = name[:match.start('path')] + '_it' + name[match.end('path'):]
    found = []
    for obj in reached(match.group('path')):
        try:
            found.append(eval(inner, {'_it': obj}))
        except Exception:
            pass
    return found
