"""lost_updates.py [METHOD [WORKERS]]: workers that add 1 to a counter under its lock all
the while, each counting its own. What is added from outside under the lock must come on
top: `stop` ends the workers and answers {"value": N, "counts": [N, N]}."""
import multiprocessing
import sys
from multiprocessing import RawArray, RawValue, Value

import truth


def worker(connection, number, counter, counts, stop):
    truth.begin(METHOD)
    done = 0
    while not stop.value:
        with counter.get_lock():
            counter.value += 1
        done += 1
        counts[number] = done
    connection.send(done)
    connection.recv()


def main():
    global counter, counts, stop
    n_workers = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    counter = Value('l', 0)
    counts = RawArray('l', n_workers)
    stop = RawValue('b', 0)
    children = [truth.child(multiprocessing, worker, number, counter, counts, stop)
                for number in range(n_workers)]
    while not all(counts[:]):
        pass
    for name in ('counter', 'counts', 'stop'):
        truth.note(globals()[name], name)

    def end():
        stop.value = 1
        done = [connection.recv() for connection, _ in children]
        for connection, _ in children:
            connection.send('quit')
        return {'value': counter.value, 'counts': done}
    truth.serve(commands={'stop': end})


METHOD = sys.argv[1] if len(sys.argv) > 1 else 'fork'

if __name__ == '__main__':
    truth.begin(METHOD)
    main()
