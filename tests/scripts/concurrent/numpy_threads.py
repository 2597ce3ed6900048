"""numpy in a pool of threads: large products, in the order of their ends."""

import random
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

import numpy


def work(n):
    time.sleep(random.random() / 100)
    square = numpy.full((120, 120), n)
    return n, int((square @ square).sum())


with ThreadPoolExecutor(3) as pool:
    for future in as_completed([pool.submit(work, n) for n in range(8)]):
        print(future.result())
# needs: numpy
