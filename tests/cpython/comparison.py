"""The truth of a program against what shmlensctl says."""
import collections
import json
import math
import os
import re
import struct

WHAT = ('found', 'typed', 'named', 'locked', 'valued', 'edited')


def leaves(value, path='', index=()):
    """[(name, indices, scalar)]: nested names and indices laid flat, wherever in a name the
    indices stood."""
    if isinstance(value, dict):
        return [leaf for name, inner in value.items() for leaf in leaves(
            inner, path + ('.' if path else '') + re.sub(r'\[\d+\]', '', name),
            index + tuple(map(int, re.findall(r'\[(\d+)\]', name))))]
    if isinstance(value, list):
        return [leaf for i, inner in enumerate(value) for leaf in leaves(inner, path, index + (i,))]
    return [(path, index, value)]


def same_scalar(seen, true):
    if true is None or isinstance(true, (str, bool)):
        return seen == true and type(seen) is type(true)
    if isinstance(seen, (str, bool)) or seen is None:
        return False
    if isinstance(true, float):
        if seen == true:
            return math.copysign(1, seen) == math.copysign(1, true)
        # What a float32 is in Python has more digits than it needs.
        try:
            return struct.pack('f', seen) == struct.pack('f', true) and \
                struct.unpack('f', struct.pack('f', true))[0] == true
        except OverflowError:
            return False
    return seen == true


def same_value(seen, record):
    seen, true = leaves(seen), leaves(record['value'])
    if record.get('folded'):
        seen, true = ([('', (), one[2]) for one in some] for some in (seen, true))
    else:
        seen, true = (sorted(some, key=lambda one: one[:2]) for some in (seen, true))
    if len(seen) != len(true):
        return False
    return all(one[:2] == other[:2] and same_scalar(one[2], other[2])
               for one, other in zip(seen, true))


def overlap(record, other):
    """Whether they may have bytes in common. Of arrays with gaps the size does not say where
    they end: then anything of one block may be."""
    if record['place'] is None or other['place'] is None:
        return record is other
    (*file, start), (*other_file, other_start) = record['place'], other['place']
    if file != other_file:
        return False
    if 'ndarray' in (record['ctype'], other['ctype']):
        return True
    return start < other_start + other['size'] and other_start < start + record['size']


def plain_name(name):
    """Without what tells several of one name apart."""
    return re.sub(r' (\(\d+\)|#\d+)$', '', name)


class Comparison:
    def __init__(self, program, ways=()):
        """ways: how edits may take its locks."""
        self.program = program
        self.ways = ways
        self.truth = program.truth
        self.records = self.truth['records']
        self.wrong = []
        self.sums = collections.Counter()
        self.segment = 'pid:%d' % program.pid

    def check(self, what, right, text, *details):
        self.sums[what] += 1
        if not right:
            self.wrong.append('%s: %s' % (what, text % details if details else text))
        return right

    def run(self):
        listed = self.program.ctl_json('list')['segments']
        ours = [one for one in listed if one['segment'] == self.segment]
        others = [one['segment'] for one in listed if one['segment'] in
                  ['pid:%d' % pid for pid in self.truth['pids'][1:]]]
        self.check('found', len(ours) == 1 and not others, 'list has %d of %s, and %s',
                   len(ours), self.segment, others)
        seen = self.program.ctl_json('list', self.segment)
        self.check('found', set(self.truth['pids']) <= set(seen['pids']), 'pids %s instead of %s',
                   seen['pids'], self.truth['pids'])
        self.entries = seen['entries']
        names = collections.Counter(one['name'] for one in self.entries)
        self.check('named', not names or names.most_common(1)[0][1] == 1, 'twice the name %s',
                   names.most_common(1))
        self.match()
        for record, entry in self.pairs:
            self.compare_type(record, entry)
            self.compare_names(record, entry)
            self.compare_lock(record, entry)
            self.compare_pids(record, entry)
        self.compare_lock_groups()
        self.compare_values()
        self.compare_edits()

    # Which entry is which object

    def score(self, record, entry):
        """How well they fit; 0: not at all."""
        known = plain_name(entry['name']) in record['names']
        if record['is'] == 'coordinator':
            return 10 * known + 1 if entry['ctype'] == record['ctype'] and (
                known or not record['names']) else 0
        pid = str(entry['pids'][0]) if entry['pids'] else ''
        addresses = record['addresses'].get(pid, [])
        if record['is'] == 'list':
            inside = any(at <= entry['address'] < at + record['size'] for at in addresses)
        else:
            inside = entry['address'] in addresses
        if not inside:
            return 0
        return (1 + 20 * (entry['ctype'] == record['ctype'])
                + 8 * (entry['shape'] == record['shape']) + 4 * known)

    def match(self):
        near = collections.defaultdict(list)
        for i, record in enumerate(self.records):
            for place in self.places(record):
                near[place].append(i)
        scores = {(self.score(self.records[i], entry), i, j)
                  for j, entry in enumerate(self.entries)
                  for place in ((entry['ctype'], ), entry['address'])
                  for i in near[place]}
        matched, used = {}, set()
        for score, i, j in sorted(scores, reverse=True):
            if score > 0 and i not in matched and j not in used:
                matched[i] = j
                used.add(j)
        self.pairs = [(self.records[i], self.entries[j]) for i, j in sorted(matched.items())]
        for i, record in enumerate(self.records):
            if not record.get('optional'):
                self.check('found', i in matched, '%s %s is not listed', record['ctype'],
                           ' '.join(record['names']) or '(no name)')
        for j, entry in enumerate(self.entries):
            if j not in used:
                self.check('found', False, 'there is no %s %s (%s)', entry['ctype'],
                           entry['name'], json.dumps(entry)[:300])

    @staticmethod
    def places(record):
        """Under what an entry is looked for that may be the object."""
        if record['is'] == 'data':
            return {at for addresses in record['addresses'].values() for at in addresses}
        return [(record['ctype'], )]

    # What each is

    def compare_type(self, record, entry):
        name = entry['name']
        if not self.check('typed', entry['ctype'] == record['ctype'], '%s is %s instead of %s',
                          name, entry['ctype'], record['ctype']):
            return
        if record['codes']:
            self.check('typed', entry['typecode'] in record['codes'], '%s has code %s not %s',
                       name, entry['typecode'], record['codes'])
        if record['is'] == 'data' and not record.get('folded'):
            self.check('typed', entry['shape'] == record['shape'], '%s has shape %s not %s', name,
                       entry['shape'], record['shape'])
        if 'fields' in record:
            self.compare_fields(record, entry)

    def compare_fields(self, record, entry):
        seen = collections.defaultdict(set)
        for field in entry.get('fields') or []:
            seen[re.sub(r'\[\d+\]', '', field['name'])].add(field['typecode'])
        self.check('typed', set(seen) == set(record['fields']), '%s has fields %s not %s',
                   entry['name'], sorted(seen), sorted(record['fields']))
        for name, field in record['fields'].items():
            if field['codes'] and name in seen:
                self.check('typed', seen[name] <= set(field['codes']), '%s.%s has code %s not %s',
                           entry['name'], name, seen[name], field['codes'])

    def compare_names(self, record, entry):
        best = plain_name(entry['name'])
        right = best in record['names']
        if not right and (record.get('nameless') or record.get('optional')):
            base = re.escape(re.sub(r'(_Array_\d+)+$', '', record['ctype']))
            right = re.match(base + r'.* @ \S+$', entry['name']) is not None
        self.check('named', right, '%s %s is called %s', record['ctype'],
                   ' or '.join(record['names']) or '(no name)', entry['name'])
        names = entry.get('names') or [entry['name']]
        self.check('named', names[0] == entry['name'] or plain_name(names[0]) == best,
                   '%s is not the first of %s', entry['name'], names)
        # A process that cannot be asked may have names of its own.
        unasked = set(entry['pids']) - set(self.truth['pids'])
        for name in map(plain_name, names):
            if name not in record['names'] and ' @ ' not in name and not unasked:
                keys = self.program.ask('resolve ' + name)
                self.check('named', record['key'] in keys, '%s (%s) is no name of it: %s', name,
                           entry['name'], keys)

    def compare_lock(self, record, entry):
        true, seen, name = record['lock'], entry['lock'], entry['name']
        if record['is'] == 'coordinator' and record['ctype'] not in ('Lock', 'RLock'):
            return
        if not self.check('locked', seen['kind'] == true['kind'], '%s has a lock %s not %s', name,
                          seen['kind'], true['kind']):
            return
        if true['kind'] != 'sem':
            return
        if 'recursive' in true:
            self.check('locked', seen['recursive'] == true['recursive'], '%s: recursive is %s',
                       name, seen['recursive'])
        if self.ways:
            self.check('locked', seen['way'] in self.ways, '%s: way %s', name, seen['way'])
        if 'state' in record:
            self.check('locked', seen['state'] == record['state'], '%s is %s not %s', name,
                       seen['state'], record['state'])
        if 'owner' in record:
            self.check('locked', seen['owner_pid'] == record['owner'], '%s: held by %s not %s',
                       name, seen['owner_pid'], record['owner'])
        if 'waiters' in record and seen.get('waiters') is not None:
            self.check('locked', seen['waiters'] == record['waiters'], '%s: %s wait, not %s', name,
                       seen['waiters'], record['waiters'])

    def compare_lock_groups(self):
        """Equal ids for entries on one lock, and for no others."""
        groups = collections.defaultdict(set), collections.defaultdict(set)
        for record, entry in self.pairs:
            if record['lock']['kind'] == 'sem' == entry['lock']['kind'] and (
                    record['is'] == 'data' or record['ctype'] in ('Lock', 'RLock')):
                groups[0][record['lock']['id']].add(entry['lock']['id'])
                groups[1][entry['lock']['id']].add(record['lock']['id'])
        for group in groups:
            for one, others in group.items():
                self.check('locked', len(others) == 1 and None not in others,
                           'the lock %s has ids %s', one, others)

    def compare_pids(self, record, entry):
        seen, true = set(entry['pids']), set(record['pids'])
        extra = (seen - true) & set(self.truth['pids'])
        self.check('found', true <= seen and not extra, '%s is in %s not in %s', entry['name'],
                   sorted(seen), sorted(true))

    def compare_values(self):
        pairs = [(record, entry) for record, entry in self.pairs if record['value'] is not None]
        if not pairs:
            return
        line = self.program.ctl('watch', self.segment, *(entry['name'] for _, entry in pairs), '--count', '1',
                   '--json')
        try:
            values = json.loads(line.stdout)['values']
        except ValueError:
            self.check('valued', False, 'watch: status %s: %s', line.returncode, line.stderr[:500])
            return
        for (record, entry), seen in zip(pairs, values):
            self.check('valued', same_value(seen, record), '%s is %s not %s', entry['name'],
                       json.dumps(seen)[:200], json.dumps(record['value'])[:200])

    def has_no_lock(self, target):
        """Whether it needs an explicit unlocked edit."""
        records = [(len(name), record) for record in self.records for name in record['names']
                   if target.startswith(name)]
        record = max(records, key=lambda one: one[0])[1]
        return record['is'] != 'coordinator' and record['lock']['kind'] == 'none'

    def compare_edits(self):
        values = self.program.ask('values')
        without = [edit[0] for edit in self.truth['edits'] if self.has_no_lock(edit[0])]
        for target in without[:1]:
            done = self.program.ctl('set', self.segment, target, '1')
            self.check('edited', done.returncode == 3, 'set %s, which has no lock: status %s',
                       target, done.returncode)
        for target, texts, expression, wanted in self.truth['edits']:
            done = self.program.ctl('set', self.segment, target, *texts,
                                    *(['--unlocked'] if target in without else []))
            if not self.check('edited', done.returncode == 0, 'set %s: status %s: %s', target,
                              done.returncode, done.stderr.strip()):
                continue
            if expression is not None:
                got = self.program.ask('read ' + expression)
                self.check('edited', same_scalar(got, wanted) or got == wanted,
                           '%s is %s inside, not %s', target, got, wanted)
        for target, text in self.truth.get('refused', []):
            done = self.program.ctl('set', self.segment, target, text, '--timeout', '0.1')
            self.check('edited', done.returncode in (3, 4) and done.stderr, 'set %s: status %s %s',
                       target, done.returncode, done.stderr.strip())
        self.compare_untouched(values, self.program.ask('values'))

    def compare_untouched(self, before, after):
        """What no edit meant is as it was, and what does not overlap with what was meant."""
        meant = {re.search(r'\w+', text).group() for target, _, expression, _ in self.truth['edits']
                 for text in (target, expression or target)}
        touched = [record for record in self.records
                   if any(re.match(r'\w+', name).group() in meant for name in record['names'])]
        for record in self.records:
            if record['is'] != 'coordinator' and not any(overlap(record, other)
                                                         for other in touched):
                key = record['key']
                self.check('edited', before.get(key) == after.get(key), '%s changed from %s to %s',
                           record['names'], before.get(key), after.get(key))
