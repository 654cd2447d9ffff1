#!/usr/bin/env python3
"""python-object.py PYTHON-LOOK: objects of every Python that is found, as python-look sees them."""
import glob
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def pythons():
    """Every Python from 3.6 on; several of one version when they are built in other ways."""
    found = sorted(glob.glob(os.path.expanduser('~/.pyenv/versions/3.*/bin/python3')))
    return found + ['/usr/bin/python3'] if os.path.exists('/usr/bin/python3') else found


def check(look, python):
    """How many answers were right, and what was not."""
    target = subprocess.Popen([python, os.path.join(HERE, 'support', 'python_objects.py')],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True,
                              env=dict(os.environ, PYTHONIOENCODING='utf-8',
                                       PYTHONWARNINGS='ignore'))
    try:
        questions = []
        for line in iter(target.stdout.readline, 'ready\n'):
            if not line:
                return 0, ['the program ended with status %d' % target.wait()]
            questions.append(json.loads(line))
        wrong = ask(look, target.pid, questions)
    finally:
        target.stdin.close()
        target.wait()
    return len(questions) - len(wrong), wrong


def ask(look, own, questions):
    """What was not answered as expected. A question is a command, the answer, and the process
    when it is another."""
    wrong = []
    for pid in sorted({(question + [own])[2] for question in questions}):
        asked = [question for question in questions if (question + [own])[2] == pid]
        done = subprocess.run([look, str(pid)], input=''.join(question[0] + '\n' for question in asked),
                              stdout=subprocess.PIPE, universal_newlines=True, timeout=120)
        answers = done.stdout.split('\n')
        if done.returncode != 0:
            answers = [done.stdout] * len(asked)
        wrong += ['%s\n  expected %s\n  got      %s' % (command, expected[:300], answer[:300])
                  for (command, expected, *_), answer in zip(asked, answers) if answer != expected]
    return wrong


def main(look):
    failed = False
    for python in pythons():
        right, wrong = check(look, python)
        print('%s: %d right, %d wrong' % (python, right, len(wrong)))
        for line in wrong:
            print(line)
        failed = failed or bool(wrong) or right < 100
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
