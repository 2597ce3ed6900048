"""multiprocessing.Pool: map, imap_unordered, apply_async with callbacks, a worker that raises."""

import multiprocessing
import random
import time


def work(n):
    time.sleep(random.random() / 50)
    if n == 13:
        raise ValueError("unlucky")
    return n, n * n


def done(answer):
    print("done", answer)


def failed(error):
    print("failed", repr(error))


if __name__ == "__main__":
    with multiprocessing.Pool(3) as pool:
        print(pool.map(work, range(6)))
        print(list(pool.imap_unordered(work, range(6))))
        print(pool.starmap(pow, [(2, 3), (3, 2)]))
        asked = [pool.apply_async(work, (n,), {}, done, failed) for n in (11, 12, 13, 14)]
        for each in asked:
            try:
                print(each.get(10))
            except ValueError as error:
                print(repr(error), type(error.__cause__).__name__)
        try:
            pool.apply_async(time.sleep, (10,)).get(0.05)
        except multiprocessing.TimeoutError as error:
            print("too late", repr(error))
