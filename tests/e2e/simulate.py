"""A program as people write them: nothing in it knows of shmlens. It ends when it is told to
stop, or by itself after a while."""
import multiprocessing
import time

PATIENCE = 300  # seconds


def work(counter, progress, stop):
    end = time.monotonic() + PATIENCE
    while not stop.is_set() and time.monotonic() < end:
        with counter.get_lock():
            counter.value += 1
        progress.value = min(progress.value + 0.01, 100)
        time.sleep(0.01)


def keep(limit, hold, stop):
    end = time.monotonic() + PATIENCE
    while not stop.is_set() and time.monotonic() < end:
        if hold.wait(0.1):
            with limit.get_lock():
                while hold.is_set() and not stop.is_set() and time.monotonic() < end:
                    time.sleep(0.02)


if __name__ == '__main__':
    counter = multiprocessing.Value('q', 0)
    progress = multiprocessing.Value('d', 0.0)
    limit = multiprocessing.Value('i', 3)
    samples = multiprocessing.Array('d', [1, 2, 3])
    stop = multiprocessing.Event()
    hold = multiprocessing.Event()
    processes = [multiprocessing.Process(target=work, args=(counter, progress, stop)),
                 multiprocessing.Process(target=work, args=(counter, progress, stop)),
                 multiprocessing.Process(target=keep, args=(limit, hold, stop))]
    for process in processes:
        process.start()
    print('ready', flush=True)
    for process in processes:
        process.join()
    print(f'done with limit {limit.value} and samples {samples[:]}', flush=True)
