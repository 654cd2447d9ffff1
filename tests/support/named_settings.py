"""A module of the program named.py, which has names of its own."""
import threading


class Keeper:
    kept = None


def fill(mark):
    global flag
    flag = mark('named_settings.flag')
    Keeper.kept = mark('named_settings.Keeper.kept')


def make_scale(factor):
    def scale():
        return factor
    return scale


def serve(mark, ready, stop):
    shelved = mark('named_settings.serve.shelved')
    ready.set()
    stop.wait()
    del shelved


def start_thread(mark, stop):
    ready = threading.Event()
    thread = threading.Thread(target=serve, args=(mark, ready, stop))
    thread.daemon = True
    thread.start()
    ready.wait()
