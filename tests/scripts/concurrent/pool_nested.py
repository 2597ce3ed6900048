"""Pools within a pool, as_completed in both."""

import concurrent.futures as cf
import random
import time


def leaf(n):
    time.sleep(random.random() / 200)
    return n


def branch(n):
    with cf.ThreadPoolExecutor(2) as inner:
        return [f.result() for f in cf.as_completed([inner.submit(leaf, (n, i)) for i in range(3)])]


with cf.ThreadPoolExecutor(3) as pool:
    print([f.result() for f in cf.as_completed([pool.submit(branch, n) for n in range(3)])])
