"""The window as a user has it before him: what is on the screen, as assistive technology
reads it, and real keys and a real mouse."""
import collections
import itertools
import os
import signal
import subprocess
import tempfile
import threading

import programs
from programs import exists, is_running, own_name, remove, wait_until

Widget = collections.namedtuple('Widget', 'depth role name states place')


def environment():
    return {**os.environ, 'GSETTINGS_BACKEND': 'keyfile'}


class Window:
    """shmlens, as a user starts it."""

    def __init__(self, case, *arguments, **options):
        self.log = tempfile.TemporaryFile('w+')
        case.addCleanup(self.log.close)
        shmlens, atspi_tree, self.xdotool = programs.others[:3]
        self.process = subprocess.Popen(
            [shmlens, *arguments], stderr=self.log, **{'env': environment(), **options})
        self.pid = self.process.pid
        case.addCleanup(self.kill)
        self.reader = subprocess.Popen([atspi_tree, str(self.pid)], text=True,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL)  # it warns of GTK's bridge
        case.addCleanup(self.stop_reading)
        self.window = wait_until(self.find_window, 'the window is there and has the focus')

    def kill(self):
        if is_running(self.pid):
            os.kill(self.pid, signal.SIGKILL)
        self.process.wait()

    def stop_reading(self):
        self.reader.stdin.close()
        self.reader.kill()
        self.reader.wait()
        self.reader.stdout.close()

    def run(self, *arguments):
        return subprocess.run([self.xdotool, *arguments], capture_output=True, text=True,
                              timeout=programs.PATIENCE)

    def find_window(self):
        active = self.run('getactivewindow').stdout.strip()
        return active and self.run('getwindowpid', active).stdout.strip() == str(self.pid) and active

    def complaints(self):
        self.log.seek(0)
        return self.log.read()

    # What is on the screen.

    def widgets(self):
        """Everything that can be seen now."""
        watchdog = threading.Timer(programs.PATIENCE, self.reader.kill)
        watchdog.start()
        self.reader.stdin.write('\n')
        self.reader.stdin.flush()
        found = []
        while line := self.reader.stdout.readline().rstrip('\n'):
            depth, *fields, place = line.split('\t')
            place = tuple(map(int, place.split(',')))
            if place[2] > 0 and place[3] > 0:
                found.append(Widget(int(depth), *fields, place))
        watchdog.cancel()
        if not found and self.process.poll() is not None:
            raise AssertionError(f'the window has ended: {self.complaints()}')
        return found

    def find(self, role, *parts):
        """The first widget of this role whose name has all the parts."""
        for widget in self.widgets():
            if widget.role == role and all(part in widget.name for part in parts):
                return widget
        return None

    def wait_for(self, role, *parts):
        return wait_until(lambda: self.find(role, *parts), f'there is a {role} with {parts}')

    def wait_until_gone(self, role, *parts):
        wait_until(lambda: not self.find(role, *parts), f'there is no {role} with {parts}')

    def rows(self):
        """The texts of each row of the table; the filter must have left few."""
        return {row[0]: row[1:] for row in self.all_rows()}

    def all_rows(self):
        """Likewise, of all tables there are, as lists."""
        rows, row, depth = [], None, 0
        for widget in self.widgets():
            if row is not None and widget.depth <= depth:
                row = None
            if widget.role == 'table row':
                row, depth = [], widget.depth
            elif widget.name == 'GtkColumnViewCell' and row == []:
                rows.append(row)
            elif widget.role == 'label' and row is not None:
                row.append(widget.name)
        return [row for row in rows if row]

    # Keys and the mouse.

    def key(self, *keys):
        self.run('key', '--clearmodifiers', *keys)

    def type(self, text):
        self.run('type', '--clearmodifiers', text)

    def shell(self, command, *arguments):
        """What xdotool says in the way of a shell."""
        return dict(line.split('=') for line in
                    self.run(command, '--shell', *arguments).stdout.split())

    def geometry(self):
        return self.shell('getwindowgeometry', self.window)

    def height(self):
        return int(self.geometry()['HEIGHT'])

    def move_to(self, widget):
        geometry = self.geometry()
        x, y, width, height = widget.place
        # What the toolkit calls the window begins inside its shadow.
        place = {'X': str(int(geometry['X']) + x + width // 2 + 5),
                 'Y': str(int(geometry['Y']) + y + height // 2 + 5)}
        # From elsewhere: xdotool waits a quarter of a minute for a pointer that is there already,
        # and a new window takes no click of a pointer that has not moved over it.
        if place.items() <= self.shell('getmouselocation').items():
            self.run('mousemove_relative', '--sync', '1', '1')
        self.run('mousemove', '--sync', place['X'], place['Y'])

    def click(self, widget):
        self.move_to(widget)
        self.run('click', '1')

    def wait_at_rest(self, role, *parts):
        """For one that appears, and moves while it does."""
        seen = []

        def at_rest():
            seen.append(self.find(role, *parts))
            return seen[-1] if len(seen) > 1 and seen[-1] and seen[-1] == seen[-2] else None
        return wait_until(at_rest, f'a {role} with {parts} stands still')

    def click_on(self, role, *parts):
        """On one that appears: clicks when it has come to rest."""
        self.click(self.wait_at_rest(role, *parts))

    def wait_for_dialog(self, *parts):
        """One with such a label; it gets the keys then."""
        self.wait_for('label', *parts)
        wait_until(lambda: self.run('getactivewindow').stdout.strip() not in ('', self.window),
                   'the dialog is active')

    def end_dialog(self, key, *parts):
        """Presses the key that ends it; the window gets the keys then."""
        self.key(key)
        self.wait_until_gone('label', *parts)
        wait_until(self.find_window, 'the window is active')

    def scroll_down(self, widget):
        """With the wheel over it."""
        self.move_to(widget)
        self.run('click', '5')

    def focused(self):
        return next((widget for widget in self.widgets() if 'focused' in widget.states), None)

    def has_focus(self, name):
        """A widget of this name, or one with such a label in it; also in a window above this
        one, which keeps its own."""
        widgets = self.widgets()
        for i, focused in enumerate(widgets):
            if 'focused' in focused.states:
                within = itertools.takewhile(lambda widget: widget.depth > focused.depth,
                                             widgets[i + 1:])
                if any(name in widget.name for widget in (focused, *within)):
                    return True
        return False

    def wait_for_focus(self, name):
        wait_until(lambda: self.has_focus(name), f'{name} has the focus')

    def filter(self, text, *names):
        """Leaves only the rows of these entries."""
        self.key('ctrl+f')
        wait_until(lambda: (self.focused() or Widget(*[''] * 5)).role == 'entry',
                   'the filter has the focus')
        self.key('ctrl+a')
        self.type(text)
        wait_until(lambda: sorted(self.rows()) == sorted(names), f'the table has only {names}')

    def select(self, text, name):
        """Selects the entry; the table has the focus then."""
        self.filter(text, name)
        wait_until(self.tab_into_table, 'the table has the focus')
        self.key('ctrl+Home')

    def tab_into_table(self):
        self.key('Tab')
        focused = self.focused()
        return focused is not None and focused.role == 'table row'

    def edit(self, text, name):
        """Opens the place to type a new value in."""
        self.select(text, name)
        self.key('F2')
        self.wait_for('label', f'{name} (')
        self.wait_for_focus('New value')

    def move_focus(self, name, key='Tab'):
        """Presses the key until a widget of this name has the focus."""
        wait_until(lambda: self.has_focus(name) or self.key(key), f'{name} gets the focus')

    def choose(self, item):
        """Of the menu of the selected row."""
        self.key('Menu')
        self.wait_for('menu item', item)
        self.move_focus(item, 'Up')
        self.key('Return')
        self.wait_until_gone('menu item', item)

    def switch_of(self, name):
        return next(widget for widget in self.widgets()
                    if widget.name == name and widget.role not in ('label', 'table row'))


def set_preferences(**preferences):
    directory = os.path.join(os.environ['XDG_CONFIG_HOME'], 'glib-2.0', 'settings')
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, 'keyfile'), 'w') as keyfile:
        keyfile.write('[org/shmlens/Shmlens]\n')
        for name, text in preferences.items():
            keyfile.write(f'{name.replace("_", "-")}={text}\n')


def start_training(case):
    """The training demo, until the case is over; its segment."""
    segment = own_name('training')
    case.addCleanup(remove, segment)
    demo = subprocess.Popen([programs.shmlensctl, 'demo', 'training', '--slow', '--segment',
                             segment, '--with-parent'], stdout=subprocess.DEVNULL)
    case.addCleanup(demo.wait)
    case.addCleanup(demo.terminate)
    wait_until(lambda: exists(segment), 'the demo runs')
    return segment
