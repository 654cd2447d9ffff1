#!/usr/bin/env python3
"""translations.py SHMLENSCTL WORKER LOCALE_DIR_LIBRARY SOURCE_ROOT: the catalogue of
sentences can be made, and what a translator makes of it is what people read.

Ends with 77, skipped, where there is no gettext or no locale but C.
"""
import ast
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'support'))
import programs
from programs import SHM, Worker, ctl, exists, own_name, remove

NOT_FOUND = 2
KEYWORDS = ['_', 'N_', 'C_:1c,2', 'NC_:1c,2', 'ngettext:1,2', 'g_dngettext:2,3']
NO_SEGMENT = 'there is no segment "%s"; shmlensctl list tells which there are'
OUT_OF_BOUNDS = ('%s: index %<PRId64> is out of bounds: dimension %u has %<PRIu64> element{}; '
                 'use 0 up to one less, or a negative index from the end')
TRANSLATED = r'''
msgid ""
msgstr "Language: de\nContent-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#, c-format
msgid "there is no segment \"%s\"; shmlensctl list tells which there are"
msgstr "Segment „%s“ fehlt; shmlensctl list nennt alle"

#, c-format
msgid "ONE"
msgid_plural "MORE"
msgstr[0] "%1$s: Index %2$<PRId64>: Dimension %3$u hat %4$<PRIu64> Element"
msgstr[1] "%1$s: Index %2$<PRId64>: in Dimension %3$u sind %4$<PRIu64> Elemente"

#, c-format
msgid "%s: held by %s (process %d, thread %s) for %.3f s, %u deep"
msgstr "%s: gehalten von %s (Prozess %d, Thread %s) seit %.3f s, %u tief"

msgid "[y/N]"
msgstr "[j/N]"

#, c-format
msgid "does not fit into %s; give %s to %s"
msgstr "passt nicht in %s; erlaubt ist %s bis %s"

msgid "neither true nor false; give true, false, on, off, yes, no, 1 or 0"
msgstr "weder wahr noch falsch"
'''


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=programs.PATIENCE,
                          **options)


def in_catalogue(text):
    """The msgids of a catalogue, and the files that each is from."""
    for entry in text.split('\n\n')[1:]:
        files = re.findall(r'(\S+):\d+', ' '.join(re.findall(r'^#: (.*)', entry, re.MULTILINE)))
        for lines in re.findall(r'^msgid(?:_plural)? ((?:"(?:.*)"\n?)+)', entry, re.MULTILINE):
            yield ''.join(ast.literal_eval(line) for line in lines.splitlines()), files


class Catalogue(unittest.TestCase):
    def setUp(self):
        self.root = programs.others[1]
        with open(os.path.join(self.root, 'data/po/POTFILES')) as file:
            self.listed = file.read().split()

    def template(self):
        """What is to be translated."""
        done = run('xgettext', '--files-from=data/po/POTFILES', '--from-code=UTF-8', '--output=-',
                   '--add-comments', *('--keyword=' + word for word in KEYWORDS), cwd=self.root)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotRegex(done.stderr, r'\.c:')
        return done.stdout

    def test_it_has_the_sentences_of_every_file(self):
        found = list(in_catalogue(self.template()))
        sentences = {sentence for sentence, _ in found}
        self.assertEqual({path for path in self.listed if path.endswith('.c')}
                         - {path for _, files in found for path in files}, set())
        for sentence in (NO_SEGMENT, OUT_OF_BOUNDS.format(''), OUT_OF_BOUNDS.format('s'),
                         'Remove %u stale segments?', 'Print the version'):
            self.assertIn(sentence, sentences)

    def test_every_language_has_all_of_them(self):
        template = os.path.join(os.environ['HOME'], 'template.pot')
        with open(template, 'w') as file:
            file.write(self.template())
        with open(os.path.join(self.root, 'data/po/LINGUAS')) as file:
            languages = file.read().split()
        self.assertIn('de', languages)
        for language in languages:
            with self.subTest(language=language):
                catalogue = os.path.join(self.root, f'data/po/{language}.po')
                merged = run('msgmerge', '--no-fuzzy-matching', '--output-file=-', catalogue,
                             template)
                self.assertEqual(merged.returncode, 0, merged.stderr)
                for lacking in ('--untranslated', '--only-fuzzy'):
                    left = run('msgattrib', '--no-obsolete', lacking, input=merged.stdout)
                    self.assertEqual([text for text, _ in in_catalogue(left.stdout)], [], lacking)
                checked = run('msgfmt', '--check', '--output-file=/dev/null', catalogue)
                self.assertEqual((checked.returncode, checked.stderr), (0, ''))


def environments(home):
    """Ways to be understood as German: a locale made for this, any, and the C.UTF-8 of C
    libraries that translate in it."""
    plain = {**os.environ, 'LANGUAGE': 'de'}
    if shutil.which('localedef'):
        run('localedef', '-i', 'de_DE', '-f', 'UTF-8', os.path.join(home, 'de_DE.UTF-8'))
        yield {**plain, 'LC_ALL': 'de_DE.UTF-8', 'LOCPATH': home}
    for name in run('locale', '-a').stdout.split():
        if name.lower().endswith(('.utf8', '.utf-8')) and not name.startswith('C.'):
            yield {**plain, 'LC_ALL': name}
    yield {**plain, 'LC_ALL': 'C.UTF-8'}


def translates(environment):
    """Whether the C library alone does."""
    return run(sys.executable, '-c', 'import locale, sys\n'
               'locale.setlocale(locale.LC_ALL, "")\n'
               'locale.bindtextdomain("shmlens", sys.argv[1])\n'
               'sys.exit(locale.dgettext("shmlens", sys.argv[2]) == sys.argv[2])',
               os.environ['HOME'], NO_SEGMENT, env=environment).returncode == 0


def prepare():
    """Makes the translation, and finds out how to have it used."""
    home = os.environ['HOME']
    folder = os.path.join(home, 'de/LC_MESSAGES')
    os.makedirs(folder)
    words = TRANSLATED.replace('ONE', OUT_OF_BOUNDS.format('')).replace(
        'MORE', OUT_OF_BOUNDS.format('s'))
    done = run('msgfmt', '--check', '-o', os.path.join(folder, 'shmlens.mo'), '-', input=words)
    if done.returncode != 0:
        sys.exit(done.stderr)
    Translated.environment = next(filter(translates, environments(home)), None)
    if Translated.environment is None:
        print('no locale but C here')
        sys.exit(77)
    Translated.environment.update(LD_PRELOAD=programs.others[0], SHMLENS_TEST_LOCALE_DIR=home)


class Translated(unittest.TestCase):
    environment = None

    def make_file(self, content):
        name = own_name('translations')
        with open(SHM + name[1:], 'wb') as file:
            file.write(content)
        self.addCleanup(remove, name)
        return name

    def test_an_error_of_the_engine_is_translated(self):
        done = ctl('list', 'shm:/nowhere-at-all', env=self.environment)
        self.assertEqual(done.stderr, 'shmlensctl: Segment „shm:/nowhere-at-all“ fehlt; '
                                      'shmlensctl list nennt alle\n')
        self.assertEqual(done.returncode, NOT_FOUND)

    def test_a_plural_with_numbers_of_64_bits_is_translated(self):
        for content, says in ((b'1', 'bytes: Index 9: Dimension 1 hat 1 Element'),
                              (b'123', 'bytes: Index 9: in Dimension 1 sind 3 Elemente')):
            done = ctl('get', self.make_file(content), 'bytes[9]', env=self.environment)
            self.assertEqual(done.stderr, f'shmlensctl: {says}\n')

    def test_what_the_library_says_of_a_text_that_is_no_value_is_translated(self):
        worker = Worker()
        self.addCleanup(worker.end)
        for entry, text, says in (('of ?', 'maybe', 'weder wahr noch falsch'),
                                  ('of b', '300', 'passt nicht in int8; erlaubt ist -128 bis 127')):
            done = ctl('set', worker.segment, entry, text, env=self.environment)
            self.assertIn(f'"{text}": {says}', done.stderr)

    def test_yes_begins_with_the_letter_of_the_language(self):
        for answer, is_yes in (('n\n', False), ('j\n', True), ('y\n', True)):
            name = self.make_file(b'1')
            ours, theirs = pty.openpty()
            os.write(ours, answer.encode())
            done = ctl('rm', name, env=self.environment, stdin=theirs)
            os.close(ours)
            os.close(theirs)
            self.assertIn('? Programs that have it keep it. [j/N] ', done.stdout)
            self.assertEqual(exists(name), not is_yes)

    def test_what_is_not_translated_stays_english(self):
        done = ctl('get', self.make_file(b'1'), 'bytes[', env=self.environment)
        self.assertIn('an index is missing', done.stderr)

    def test_numbers_and_words_of_documents_stay_as_they_are(self):
        worker = Worker()
        self.addCleanup(worker.end)
        worker.tell('hold number')
        done = ctl('lock', worker.segment, 'number', env=self.environment)
        self.assertRegex(done.stdout,
                         r'^number: gehalten von worker \(Prozess .*\) seit \d+\.\d{3} s')
        done = ctl('lock', worker.segment, 'number', '--json', env=self.environment)
        lock = json.loads(done.stdout)['lock']
        self.assertEqual((lock['kind'], lock['state']), ('robust', 'held'))
        self.assertIsInstance(lock['held_s'], float)


if __name__ == '__main__':
    if not all(shutil.which(tool) for tool in ('xgettext', 'msgfmt')):
        print('no gettext here')
        sys.exit(77)
    programs.main('LOCALE_DIR_LIBRARY', 'SOURCE_ROOT', prepare=prepare)
