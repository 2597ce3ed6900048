"""A Pool that is closed and joined; initializer, maxtasksperchild, chunks; spawned workers."""

import multiprocessing
import random
import time

start = 0


def begin(number):
    global start
    start = number


def work(n):
    time.sleep(random.random() / 100)
    return start + n


if __name__ == "__main__":
    for method in ("fork", "spawn"):
        context = multiprocessing.get_context(method)
        pool = context.Pool(2, begin, (100,), maxtasksperchild=2)
        out = [method, pool.map(work, range(8), chunksize=2)]
        out += [sorted(pool.imap_unordered(work, range(4))), list(pool.imap(work, range(3)))]
        pool.close()
        pool.join()
        # not before: a worker that is forked at that moment writes what is buffered once more
        print(*out, pool)
