#!/usr/bin/env python3
"""borders.py SOURCE_ROOT BUILD_ROOT: the borders between the layers, and other
rules that a compiler does not know.

app -> ui -> core/inspect -> core, never back. The rules are the functions named
check_...; each gives back its findings as `path:line: what is wrong`.
borders_planted.py shows for every rule that it finds what it should.
"""
import concurrent.futures
import json
import os
import re
import subprocess
import sys

LIBC = set('''
    assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h limits.h locale.h math.h setjmp.h
    signal.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h
    stdnoreturn.h string.h strings.h time.h uchar.h wchar.h wctype.h
    byteswap.h cpuid.h dirent.h dlfcn.h elf.h endian.h fcntl.h features.h grp.h immintrin.h link.h
    malloc.h mqueue.h poll.h pthread.h pwd.h sched.h semaphore.h spawn.h syscall.h threads.h
    ucontext.h unistd.h
    '''.split())
LIBC_FOLDERS = ('sys/', 'linux/', 'asm/', 'bits/')
GLIB = re.compile(r'(glib|glib-object|glib-unix|gmodule)\.h|(gio|glib|gobject)/.*')
TOOLKIT = re.compile(r'(gtk|gdk|gsk|pango|cairo|graphene|epoxy|adwaita|X11|wayland)([-/.].*)?')
MODEL = re.compile(r'ui/.*-(model|item|list)\.[ch]')

# What a layer may include: of itself and of the layers below; and of the system
# (None: anything).
LAYERS = {
    'core': (('core',), lambda name: is_libc(name)),
    'core/python': (('core', 'core/python'), lambda name: is_libc(name) or is_python(name)),
    'core/inspect': (('core', 'core/inspect'), lambda name: is_libc(name) or GLIB.fullmatch(name)),
    'ui': (('core', 'core/inspect', 'ui'), None),
    'app': (('core', 'core/inspect', 'ui', 'app'), None),
}

# Only app/ talks to the terminal, ends the process or reads arguments.
FORBIDDEN_CALLS = re.compile(r'''
    (?<![\w.>])(?:
      (?P<prints> v?printf | puts | putchar | perror | psignal | g_print | g_printerr
                | v?err | v?errx | v?warn | v?warnx )
    | (?P<exits> exit | _exit | _Exit | quick_exit | abort | g_error )
    | (?P<parses> getopt | getopt_long | getopt_long_only | argp_parse | g_option_\w+ )
    )\s*\( | (?P<stream> \b(?:stdout|stderr|STDOUT_FILENO|STDERR_FILENO)\b )''', re.VERBOSE)
FORBIDDEN_PYTHON = re.compile(
    r'(?<![\w.])print\s*\(|\bsys\.(exit|stdout|stderr)\b|\bos\.(_exit|abort)\b|\b(argparse|getopt)\b')
ALLOWED_CALLS = {
    # (path, call): why it has to be there
}

# Text for people: marked for xgettext, or given to something that shows it.
MARKS = re.compile(r'(?<![\w])(?:_|N_|Q_|C_|NC_|ngettext|g_dngettext|g_dpgettext2)[ ]?\(')
MARKED_IN_UI = re.compile(r'\btranslatable="(yes|true|1)"')
LITERAL = re.compile(r'(?:\s|"(?:\\.|[^"\\\n])*"|PRI[diouxX]\w+)*')
SHOWN = re.compile(r'(?<![\w])(?:g_set_error|g_error_new)(?:_literal)?[ ]?\('
                   r'|(?<![\w])g_strdup_printf[ ]?\(')
REASON = re.compile(r'\breason\s*=\s*(?=")')
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')
SENTENCE = re.compile(r'[a-z]{2,} [a-z]{2,}')
POTFILES = 'data/po/POTFILES'

# Libraries that one file alone knows.
ALLOWED_INCLUDES = {
    ('core/inspect/database.c', 'sqlite3.h'),
}

UNFINISHED = re.compile(r'\b(TO' r'DO|FIX' r'ME)\b')
LONG_FILE = 600
LONG_FILES_ALLOWED = {
    'core/shmlens.h',  # the manual
}
SOURCE_ENDINGS = ('.c', '.h', '.py', '.ui', '.css', '.xml', '.in', '.md', '.sym', '.sh', 'meson.build',
                  'POTFILES')


def is_libc(name):
    return name in LIBC or name.startswith(LIBC_FOLDERS)


def is_python(name):
    return name in ('Python.h', 'structmember.h')


def layer_of(path):
    """The innermost layer that a file lies in, or None."""
    folder = os.path.dirname(path)
    while folder and folder not in LAYERS:
        folder = os.path.dirname(folder)
    return folder or None


def without_comments_and_text(source):
    """C source with comments, strings and character constants blanked; lines stay."""
    def blank(match):
        return re.sub(r'[^\n]', ' ', match.group()) if match.group().startswith('/') else '""'
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, source,
                  flags=re.DOTALL)


def without_comments(source):
    """C source with comments blanked; strings and lines stay."""
    def blank(match):
        text = match.group()
        return re.sub(r'[^\n]', ' ', text) if text.startswith('/') else text
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, source,
                  flags=re.DOTALL)


def arguments_of(source, start):
    """The arguments of a call, as (text, where it begins); start: behind its `(`."""
    arguments, begin, depth = [], start, 0
    token = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|[(),]')
    for match in token.finditer(source, start):
        character = match.group()
        if character == '(':
            depth += 1
        elif character == ')' and depth > 0:
            depth -= 1
        elif character in (',', ')') and depth == 0:
            arguments.append((source[begin:match.start()], begin))
            begin = match.end()
            if character == ')':
                break
    return arguments


class Tree:
    """The source files, read once."""

    def __init__(self, root):
        self.root = root
        self.text = {}
        for top in ('core', 'ui', 'app', 'data', 'tests'):
            for folder, folders, names in os.walk(os.path.join(root, top)):
                folders[:] = sorted(name for name in folders
                                    if name[0] != '.' and name != '__pycache__'
                                    and not name.endswith('.egg-info'))
                for name in sorted(names):
                    if name.endswith(SOURCE_ENDINGS):
                        path = os.path.join(folder, name)
                        with open(path, encoding='utf-8') as file:
                            self.text[os.path.relpath(path, root)] = file.read()

    def files(self, *endings):
        return [path for path in self.text if path.endswith(endings)]

    def includes(self, path):
        """(line, name as written, own files it may mean) for each #include."""
        for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', self.text[path],
                                 re.MULTILINE):
            name = match.group(1)
            line = self.text[path].count('\n', 0, match.start()) + 1
            beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
            if beside in self.text:
                yield line, name, [beside]
            else:
                plain = re.sub(r'^(\.\./)+', '', name)
                yield line, name, [other for other in self.text if ('/' + other).endswith('/' + plain)]


def check_includes(tree):
    findings = []
    for path in tree.files('.c', '.h'):
        layer = layer_of(path)
        if layer is None:
            continue
        layers_below, system_allows = LAYERS[layer]
        for line, name, meant in tree.includes(path):
            if meant:
                if not any(layer_of(other) in layers_below for other in meant):
                    findings.append(f'{path}:{line}: {layer} must not include {meant[0]}')
            elif system_allows and not system_allows(name) and (path, name) not in ALLOWED_INCLUDES:
                findings.append(f'{path}:{line}: {layer} must not include <{name}>')
    return findings


def toolkit_behind(tree, path, seen):
    """The toolkit header that a file includes, also by way of own headers."""
    seen.add(path)
    for _, name, meant in tree.includes(path):
        if not meant and TOOLKIT.fullmatch(name):
            return name
        for other in meant[:1]:
            if other not in seen and (found := toolkit_behind(tree, other, seen)):
                return f'{found} (by {other})'
    return None


def check_models(tree):
    """List models, and the command line, know nothing of the toolkit."""
    findings = []
    for path in tree.files('.c', '.h'):
        if MODEL.fullmatch(path) or re.fullmatch(r'app/ctl.*\.[ch]', path):
            if found := toolkit_behind(tree, path, set()):
                findings.append(f'{path}:1: must do without the toolkit, but includes {found}')
    return findings


def check_calls(tree):
    findings = []
    for path in tree.files('.c', '.h'):
        if layer_of(path) in (None, 'app'):
            continue
        source = without_comments_and_text(tree.text[path])
        for match in FORBIDDEN_CALLS.finditer(source):
            call = match.group().rstrip('( \t\n')
            if (path, call) not in ALLOWED_CALLS:
                line = source.count('\n', 0, match.start()) + 1
                findings.append(f'{path}:{line}: only app/ prints, exits or reads arguments: {call}')
    for path in tree.files('.py'):
        if not path.startswith('core/python/shmlens/'):
            continue
        for number, line in enumerate(tree.text[path].splitlines(), 1):
            match = FORBIDDEN_PYTHON.search(line.partition('#')[0])
            if match and (path, match.group()) not in ALLOWED_CALLS:
                findings.append(f'{path}:{number}: only app/ prints, exits or reads arguments: '
                                f'{match.group()}')
    return findings


def is_marked(tree, path):
    marks = MARKED_IN_UI if path.endswith('.ui') else MARKS
    return marks.search(without_comments(tree.text[path])) is not None


def check_files_to_translate(tree):
    """POTFILES names the files that hold marked text, and no others."""
    listed = tree.text[POTFILES].split()
    findings = [f'{POTFILES}:{number}: there is no text to translate in {path}'
                for number, path in enumerate(listed, 1)
                if path not in tree.text
                or (path.endswith(('.c', '.h', '.ui')) and not is_marked(tree, path))]
    return findings + [f'{path}:1: has text to translate, but is not in {POTFILES}'
                       for path in tree.files('.c', '.h', '.ui')
                       if layer_of(path) and path not in listed and is_marked(tree, path)]


def unmarked_sentences(source):
    """The strings that people will read as they are."""
    for match in REASON.finditer(source):
        string = STRING.match(source, match.end())
        if SENTENCE.search(string.group()):
            yield string
    for match in SHOWN.finditer(source):
        for text, where in arguments_of(source, match.end()):
            marked = [argument for mark in MARKS.finditer(text)
                      for argument in arguments_of(text, mark.end())]
            for string in STRING.finditer(source, where, where + len(text)):
                place = string.start() - where
                if (SENTENCE.search(string.group())
                        and not any(begin <= place < begin + len(argument)
                                    for argument, begin in marked)):
                    yield string


def check_marked_text(tree):
    """What is marked is a literal that xgettext can read, and errors are marked."""
    findings = []
    for path in tree.files('.c', '.h'):
        source = without_comments(tree.text[path])
        for match in MARKS.finditer(source):
            for text, where in arguments_of(source, match.end()):
                if '"' in text and not LITERAL.fullmatch(text):
                    line = source.count('\n', 0, where) + 1
                    findings.append(f'{path}:{line}: xgettext reads only literals and PRI macros: '
                                    + ' '.join(text.split())[:60])
        if layer_of(path) in ('core/inspect', 'ui', 'app'):
            for string in unmarked_sentences(source):
                line = source.count('\n', 0, string.start()) + 1
                findings.append(f'{path}:{line}: a sentence that is not marked with _(): '
                                f'{string.group()[:60]}')
    return findings


def check_unfinished(tree):
    return [f'{path}:{number}: unfinished: {match.group()}'
            for path, text in tree.text.items()
            for number, line in enumerate(text.splitlines(), 1)
            if (match := UNFINISHED.search(line))]


def long_files(tree):
    """Worth a look, no failure."""
    return [f'{path}: {lines} lines, split it by role?' for path in tree.files('.c', '.h', '.py')
            if (lines := tree.text[path].count('\n')) > LONG_FILE
            and path not in LONG_FILES_ALLOWED]


def compile_alone(command, root, path):
    done = subprocess.run([*command, '-fsyntax-only', '-fdiagnostics-color=never', '-'],
                          input=f'#include "{os.path.join(root, path)}"\n',
                          capture_output=True, text=True)
    if done.returncode == 0:
        return None
    return f'{path}:1: does not compile alone: {done.stderr.strip()[:2000]}'


def is_compiled_first(tree, path):
    """The file that belongs to a header begins with it: the build has shown that
    it compiles alone."""
    source = re.sub(r'/\*.*?\*/|//[^\n]*', '', tree.text.get(path[:-1] + 'c', ''), flags=re.DOTALL)
    return source.split()[:2] == ['#include', f'"{os.path.basename(path)}"']


def check_headers(tree, command_of):
    """Every header compiles alone, in C; the public one as strict C and as C++ too.

    command_of(folder) is how C is compiled there; None: not in this build.
    """
    jobs = []
    for path in tree.files('.h'):
        command = command_of(os.path.dirname(path))
        if layer_of(path) not in (None, 'app') and command and not is_compiled_first(tree, path):
            jobs.append(([*command, '-Werror', '-x', 'c'], path))
    public = 'core/shmlens.h'
    strict = ['-Wall', '-Wextra', '-pedantic', '-Werror', '-x']
    jobs.append((['cc', '-std=c11', *strict, 'c'], public))
    for language in ('c++11', 'c++20'):
        jobs.append((['c++', '-std=' + language, *strict, 'c++'], public))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda job: compile_alone(job[0], tree.root, job[1]), jobs))
    return [finding for finding in results if finding]


def check_tests_are_listed(tree, targets, tests):
    """Every C file below tests/ is in a target, and every test program is run."""
    findings = []
    built, programs = set(), {}
    for target in targets:
        for group in target['target_sources']:
            for source in group.get('sources', []):
                path = os.path.relpath(source, tree.root)
                built.add(path)
                if target['type'] == 'executable' and re.search(r'(^|/)test-',
                                                                target['filename'][0]):
                    programs.setdefault(target['filename'][0], path)
    for path in tree.files('.c'):
        if path.startswith('tests/') and path not in built:
            findings.append(f'{path}:1: no meson.build names it')
    run = {word for test in tests for word in test['cmd']}
    for program, path in sorted(programs.items()):
        if program not in run:
            findings.append(f'{path}:1: {os.path.basename(program)} is built but never run')
    return findings


def check_exports(tree, library):
    """What the public header declares is what the library exports, no more and no less."""
    listed = set(re.findall(r'^\s*(shmlens_\w+);', tree.text['core/shmlens.sym'], re.MULTILINE))
    declared = set(re.findall(r'SHMLENS_API[^;(]*?\b(shmlens_\w+)\s*\(',
                              without_comments_and_text(tree.text['core/shmlens.h'])))
    done = subprocess.run(['nm', '-D', '--defined-only', library], check=True,
                          capture_output=True, text=True)
    exported = {line.split()[-1].partition('@')[0] for line in done.stdout.splitlines()
                if line.split()[-2] != 'A'}
    return [f'{name}: missing in ' + ', '.join(where for where, names in places if name not in names)
            for places in [(('core/shmlens.h', declared), ('core/shmlens.sym', listed),
                            (os.path.basename(library), exported))]
            for name in sorted(declared | listed | exported)
            if not all(name in names for _, names in places)]


def check_needs(program, allowed):
    """A program or library needs no other libraries than these."""
    done = subprocess.run(['readelf', '-d', program], check=True, capture_output=True, text=True)
    needed = re.findall(r'\(NEEDED\).*\[(.*)\]', done.stdout)
    return [f'{os.path.basename(program)}: must not need {name}' for name in needed
            if not re.fullmatch(allowed, name)]


def main(root, build):
    with open(os.path.join(build, 'meson-info/intro-targets.json')) as file:
        targets = json.load(file)
    with open(os.path.join(build, 'meson-info/intro-tests.json')) as file:
        tests = json.load(file)
    with open(os.path.join(build, 'meson-info/intro-benchmarks.json')) as file:
        tests += json.load(file)
    tree = Tree(root)

    commands = {}
    for target in targets:
        for group in target['target_sources']:
            for source in group.get('sources', []):
                folder = os.path.relpath(os.path.dirname(source), root)
                if group['language'] == 'c':
                    # Of a folder with several targets, the one with the most dependencies.
                    command = [*group['compiler'], *group['parameters']]
                    commands[folder] = max(commands.get(folder, []), command, key=len)
    files = {os.path.basename(name): name for target in targets for name in target['filename']}

    findings = (check_includes(tree) + check_models(tree) + check_calls(tree) +
                check_unfinished(tree) + check_files_to_translate(tree) +
                check_marked_text(tree) + check_headers(tree, commands.get) +
                check_tests_are_listed(tree, targets, tests))
    libc = r'lib(c|pthread|rt)\.so\..*|ld-linux.*'
    library = next(name for base, name in files.items() if base.startswith('libshmlens.so'))
    findings += check_exports(tree, library) + check_needs(library, libc)
    if 'shmlensctl' in files:
        findings += check_needs(files['shmlensctl'],
                                libc + r'|lib(shmlens|m|glib-2\.0|gobject-2\.0|gio-2\.0)\.so\..*')

    print(f'{len(tree.text)} files looked at')
    for line in long_files(tree):
        print('note:', line)
    for line in findings:
        print(line)
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])))
