"""ProcessPoolExecutor: submit, map, as_completed, callbacks, an error, a worker that dies."""

import os
import random
import time
from concurrent.futures import ProcessPoolExecutor, TimeoutError, as_completed, wait
from concurrent.futures.process import BrokenProcessPool


def work(n):
    time.sleep(random.random() / 30)
    if n == 3:
        raise LookupError("three")
    return n * 2


if __name__ == "__main__":
    with ProcessPoolExecutor(3) as pool:
        print(list(pool.map(work, [0, 1, 2])))
        futures = {pool.submit(work, n): n for n in range(6)}
        for future in futures:
            future.add_done_callback(lambda future: print("done", futures[future]))
        for future in as_completed(futures):
            print(futures[future], future.exception() or future.result())
        print(len(wait([pool.submit(work, 7)]).done))
        try:
            pool.submit(time.sleep, 0.3).result(0.05)
        except TimeoutError:
            print("too late")
    with ProcessPoolExecutor(1) as pool:
        try:
            print(pool.submit(os._exit, 5).result())
        except BrokenProcessPool as error:
            print(type(error).__name__, error)
