"""multiprocessing.pool.ThreadPool: map, imap_unordered, apply."""

import random
import time
from multiprocessing.pool import ThreadPool


def work(n):
    time.sleep(random.random() / 100)
    return n, random.random()


with ThreadPool(3) as pool:
    print(pool.map(work, range(5)))
    print(list(pool.imap_unordered(work, range(5))))
    print(pool.apply(work, (9,)), pool.apply_async(work, (10,)).get(5))
