"""A pool: submit, callbacks, as_completed, wait, map, a map that times out."""

import concurrent.futures as cf
import random
import threading
import time


def work(n):
    time.sleep(random.random() / 100)
    if n == 4:
        raise ValueError(n)
    return n * n


done = []
with cf.ThreadPoolExecutor(3, thread_name_prefix="w") as pool:
    fs = [pool.submit(work, n) for n in range(8)]
    for f in fs:
        f.add_done_callback(
            lambda f: done.append((f.exception() or f.result(), threading.current_thread().name))
        )
    print([f.result() if not f.exception() else repr(f.exception()) for f in cf.as_completed(fs)])
    r = cf.wait([pool.submit(work, n) for n in range(3)], return_when=cf.FIRST_COMPLETED)
    print(sorted(f.result() for f in r.done), len(r.not_done))
    print(list(pool.map(work, [1, 2, 3])))
    try:
        list(pool.map(lambda n: time.sleep(0.2), [1, 2, 3], timeout=0.01))
    except TimeoutError as e:
        print("timeout", e)
print(done)
