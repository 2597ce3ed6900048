"""Locks that are only tried, or tried for a millisecond."""

import random
import threading
import time

lock = threading.Lock()
got = []


def go(n):
    for _ in range(5):
        if lock.acquire(blocking=False):
            time.sleep(random.random() / 300)
            lock.release()
            got.append(n)
        elif lock.acquire(timeout=0.001):
            lock.release()
            got.append(-n)
        else:
            got.append("-")


ts = [threading.Thread(target=go, args=(n,)) for n in range(1, 4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(got, lock.locked())
