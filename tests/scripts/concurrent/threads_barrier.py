"""A barrier with an action, met three times."""

import random
import threading
import time

barrier = threading.Barrier(4, action=lambda: print("all here"))
order = []


def go(n):
    for _ in range(3):
        time.sleep(random.random() / 100)
        order.append((n, barrier.wait()))


ts = [threading.Thread(target=go, args=(n,)) for n in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(order)
