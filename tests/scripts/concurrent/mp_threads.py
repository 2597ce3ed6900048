"""Threads that each start and ask a process of their own, and share one pool."""

import multiprocessing
import random
import threading
import time


def square(n):
    time.sleep(random.random() / 50)
    return n * n


def ask(pool, name):
    ours, theirs = multiprocessing.Pipe()
    worker = multiprocessing.Process(target=theirs.send, args=(name,))
    worker.start()
    print(ours.recv(), pool.apply(square, (len(name),)))
    worker.join()


if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        names = ["a", "bb", "ccc"]
        threads = [threading.Thread(target=ask, args=(pool, name)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
