"""A bounded semaphore: who is inside together."""

import random
import threading
import time

sem = threading.BoundedSemaphore(2)
inside = []
log = []


def go(n):
    with sem:
        inside.append(n)
        log.append(list(inside))
        time.sleep(random.random() / 100)
        inside.remove(n)


ts = [threading.Thread(target=go, args=(n,)) for n in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(log)
try:
    sem.release()
except ValueError as e:
    print(e)
