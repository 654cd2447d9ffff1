#!/usr/bin/env python3
"""Plants one violation after another into a small clean tree, and sees that
borders.py finds each of them."""
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import borders  # noqa: E402

CLEAN = {
    'core/shmlens.h': '#define SHMLENS_API\nSHMLENS_API int shmlens_version (void);\n',
    'core/shmlens.sym': 'X {\nglobal:\n  shmlens_version;\nlocal: *;\n};\n',
    'core/type.c': '#include "shmlens.h"\n#include <stdio.h>\n'
                   'int f (char *t) { return snprintf (t, 9, "printf (exit (1))"); }\n',
    'core/inspect/source.h': '#include "../shmlens.h"\n',
    'core/inspect/source.c': '#include <gio/gio.h>\n#include "source.h"\n/* exit (1) */\n',
    'core/python/module.c': '#include <Python.h>\n#include "shmlens.h"\n',
    'core/python/shmlens/__init__.py': 'value = 1  # print (value)\n',
    'ui/entry-list.c': '#include <gio/gio.h>\n#include "source.h"\n',
    'ui/table.h': '#include <gtk/gtk.h>\n',
    'ui/table.c': '#include "table.h"\n#include "inspect/source.h"\n',
    'app/main.c': '#include "ui/table.h"\nint main (void) { puts ("x"); exit (0); }\n',
    'app/ctl.c': '#include "inspect/source.h"\n'
                 '/* _(no text) */ char *t = _("%" PRIu64 " \\"bytes\\", (all)" " of it"), *n = _(n);\n'
                 'void g (void) { g_set_error (e, D, 1, _("no such thing: %s (%d)"), f ("x"), 1); }\n'
                 'void h (void) { g_set_error (e, D, 1, "%s: %s", name, reason); }\n',
    'ui/table.ui': '<property name="label">As it is</property>\n',
    'ui/row.ui': '<property name="label" translatable="yes">In words</property>\n',
    'data/words.xml.in': '<p>Words</p>\n',
    'data/po/POTFILES': 'app/ctl.c\ndata/words.xml.in\nui/row.ui\n',
    'tests/type.c': 'int main (void) { abort (); }\n',
}

# (the rule, the file, what is added to it, what the finding must hold)
PLANTED = [
    (borders.check_includes, 'core/type.c', '#include <glib.h>', 'core must not include <glib.h>'),
    (borders.check_includes, 'core/type.c', '#include <gtk/gtk.h>', '<gtk/gtk.h>'),
    (borders.check_includes, 'core/type.c', '#  include <Python.h>', '<Python.h>'),
    (borders.check_includes, 'core/type.c', '#include "inspect/source.h"', 'core/inspect/source.h'),
    (borders.check_includes, 'core/python/module.c', '#include <gio/gio.h>', '<gio/gio.h>'),
    (borders.check_includes, 'core/inspect/source.c', '#include <gdk/gdk.h>', '<gdk/gdk.h>'),
    (borders.check_includes, 'core/inspect/source.c', '#include "table.h"', 'ui/table.h'),
    (borders.check_includes, 'ui/table.c', '#include "../app/window.h"', 'app/window.h'),
    (borders.check_models, 'ui/entry-list.c', '#include <gtk/gtk.h>', 'gtk/gtk.h'),
    (borders.check_models, 'ui/entry-list.c', '#include "table.h"', 'gtk/gtk.h (by ui/table.h)'),
    (borders.check_models, 'app/ctl.c', '#include "table.h"', 'gtk/gtk.h (by ui/table.h)'),
    (borders.check_calls, 'core/type.c', 'int g (void) { printf ("x"); }', ': printf'),
    (borders.check_calls, 'core/type.c', 'int g (void) { fprintf (stderr, "x"); }', ': stderr'),
    (borders.check_calls, 'core/type.c', 'int g (void) { _exit (1); }', ': _exit'),
    (borders.check_calls, 'core/inspect/source.c', 'int g (void) { abort (); }', ': abort'),
    (borders.check_calls, 'core/inspect/source.c', 'int g (void) { g_print ("x"); }', ': g_print'),
    (borders.check_calls, 'ui/table.c', 'int g (void) { g_option_context_new (""); }',
     ': g_option_context_new'),
    (borders.check_calls, 'ui/table.c', 'int g (void) { getopt (1, 2, 3); }', ': getopt'),
    (borders.check_calls, 'core/python/shmlens/__init__.py', 'print(value)', ': print'),
    (borders.check_calls, 'core/python/shmlens/__init__.py', 'sys.exit(1)', ': sys.exit'),
    (borders.check_files_to_translate, 'core/inspect/source.c', 'char *t = _("a word");',
     'not in data/po/POTFILES'),
    (borders.check_files_to_translate, 'core/inspect/source.c', 'char *t = N_ ("a word");',
     'not in data/po/POTFILES'),
    (borders.check_files_to_translate, 'ui/table.ui',
     '<property name="title" translatable="yes">A word</property>', 'not in data/po/POTFILES'),
    (borders.check_files_to_translate, 'data/po/POTFILES', 'ui/gone.c', 'in ui/gone.c'),
    (borders.check_files_to_translate, 'data/po/POTFILES', 'ui/table.c', 'in ui/table.c'),
    (borders.check_files_to_translate, 'data/po/POTFILES', 'ui/table.ui', 'in ui/table.ui'),
    (borders.check_marked_text, 'core/inspect/source.c',
     'char *t = _("%" G_GUINT64_FORMAT " bytes");', 'only literals and PRI macros: "%" G_GUINT'),
    (borders.check_marked_text, 'app/ctl.c', 'char *t = _(one ? "byte" : "bytes");',
     'only literals and PRI macros: one ?'),
    (borders.check_marked_text, 'app/ctl.c', 'char *t = ngettext ("a", WORDS "b", 2);',
     'only literals and PRI macros: WORDS'),
    (borders.check_marked_text, 'core/inspect/source.c',
     'void k (void) { g_set_error (e, D, 1, "%s: it went away", name); }', 'not marked with _()'),
    (borders.check_marked_text, 'core/inspect/source.c',
     'void k (void) { values.reason = "it has no lock"; }', 'not marked with _()'),
    (borders.check_marked_text, 'core/inspect/source.c',
     'char *k (void) { return g_strdup_printf ("%s went away", name); }', 'not marked with _()'),
    (borders.check_marked_text, 'ui/table.c',
     'void k (void) { g_set_error_literal (e, D, 1, one ? _("it went") : "they went"); }',
     'not marked with _()'),
    (borders.check_unfinished, 'ui/table.c', '/* TO' 'DO: more */', 'TO' 'DO'),
    (borders.check_unfinished, 'tests/type.c', '// FIX' 'ME', 'FIX' 'ME'),
    (borders.check_tests_are_listed, 'tests/forgotten.c', '', 'no meson.build names it'),
    (borders.check_headers, 'core/inspect/source.h', 'size_t g (void);', 'does not compile alone'),
    (borders.check_headers, 'core/shmlens.h', 'int g (int new);', 'does not compile alone'),
    (borders.check_headers, 'core/shmlens.h', 'int g (ssize_t);', 'does not compile alone'),
    (borders.check_exports, 'core/shmlens.h', 'SHMLENS_API int shmlens_more (void);',
     'shmlens_more: missing in core/shmlens.sym, libshmlens.so'),
    (borders.check_exports, 'core/shmlens.sym', '  shmlens_old;',
     'shmlens_old: missing in core/shmlens.h, libshmlens.so'),
]


def compiler_for(folder):
    return ['cc', '-Wall', '-Icore'] if folder in ('core', 'core/inspect') else None


def target(source, program):
    return {'type': 'executable', 'filename': [program],
            'target_sources': [{'language': 'c', 'sources': [source]}]}


class Planted(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        for path, text in CLEAN.items():
            self.write(path, text)
        self.library = self.build_library('shmlens_version')

    def write(self, path, text):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'a') as file:
            file.write(text)

    def build_library(self, *names):
        library = os.path.join(self.root, 'libshmlens.so')
        subprocess.run(['cc', '-shared', '-fPIC', '-o', library, '-x', 'c', '-',
                        '-Wl,--no-as-needed', '-lm'], check=True,
                       input=''.join(f'int {name} (void) {{ return 0; }}\n' for name in names),
                       text=True)
        return library

    def run_rule(self, rule):
        tree = borders.Tree(self.root)
        if rule is borders.check_headers:
            return rule(tree, compiler_for)
        if rule is borders.check_exports:
            return rule(tree, self.library)
        if rule is borders.check_tests_are_listed:
            return rule(tree, [target(os.path.join(self.root, 'tests/type.c'), 'test-type')],
                        [{'cmd': ['test-type']}])
        return rule(tree)

    def test_nothing_is_found_in_a_clean_tree(self):
        for rule in {rule for rule, *_ in PLANTED}:
            self.assertEqual(self.run_rule(rule), [], rule.__name__)

    def test_every_planted_violation_is_found(self):
        for rule, path, text, expected in PLANTED:
            with self.subTest(rule=rule.__name__, path=path, text=text):
                self.setUp()
                if '../app/' in text:
                    self.write('app/window.h', '')
                self.write(path, text + '\n')
                findings = self.run_rule(rule)
                self.assertTrue(any(expected in finding for finding in findings), findings)

    def test_a_test_program_that_is_never_run_is_found(self):
        tree = borders.Tree(self.root)
        targets = [target(os.path.join(self.root, 'tests/type.c'), 'test-type')]
        findings = borders.check_tests_are_listed(tree, targets, [])
        self.assertEqual(findings, ['tests/type.c:1: test-type is built but never run'])

    def test_an_export_that_nobody_declared_is_found(self):
        library = self.build_library('shmlens_version', 'type_parse')
        findings = borders.check_exports(borders.Tree(self.root), library)
        self.assertEqual(findings, ['type_parse: missing in core/shmlens.h, core/shmlens.sym'])

    def test_a_library_that_must_not_be_needed_is_found(self):
        self.assertEqual(borders.check_needs(self.library, r'lib[cm]\.so\..*'), [])
        self.assertEqual(borders.check_needs(self.library, r'libc\.so\..*'),
                         ['libshmlens.so: must not need libm.so.6'])

    def test_every_rule_has_something_planted(self):
        rules = {name for name in vars(borders) if name.startswith('check_')}
        shown = {rule.__name__ for rule, *_ in PLANTED} | {'check_needs'}
        self.assertEqual(rules, shown)


if __name__ == '__main__':
    unittest.main()
